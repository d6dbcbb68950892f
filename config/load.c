#include "config/config.h"

#include "config/directives.h"
#include "config/file.h"
#include "config/merge.h"
#include "config/notifiers.h"
#include "config/paths.h"
#include "config/rows.h"
#include "config/targets.h"
#include "daemon/base/digest.h"
#include "daemon/base/text.h"
#include "daemon/net/url.h"

#include <assert.h>
#include <dirent.h>

typedef struct Loading {
        const char *path;
        Mistakes mistakes;
        int home;        /* the base of the main file's lines */
        YamlNode *root;  /* all files as one */
        bool is_partial; /* a file of conf.d could not be read: what is missing may stand there */
} Loading;

static void loading_fini(Loading *loading) {
        mistakes_fini(&loading->mistakes);
        yaml_node_free(loading->root);
}

void config_free(Config *config) {
        if (!config)
                return;
        directives_fini(config_rows, config);
        list_each (Target, target, &config->targets)
                target_free(target);
        list_fini(&config->targets);
        list_each (Path, path, &config->paths)
                path_free(path);
        list_fini(&config->paths);
        list_each (Notifier, notifier, &config->notifiers)
                notifier_free(notifier);
        list_fini(&config->notifiers);
        free(config->path);
        free(config);
}

/* Lines from here on name their file too (mistakes.h). */
static void mark_file(YamlNode *node, int base) {
        node->line += base;
        for (size_t i = 0; i < node->n; i++) {
                if (node->keys)
                        node->keys[i]->line += base;
                mark_file(node->items[i], base);
        }
}

static void tell_duplicate(void *userdata, const YamlNode *key, const YamlNode *first) {
        mon_auto_free char *name = text_clean_copy(key->text, MISTAKES_SHOWN_MAX);

        mistakes_add(userdata, key->line, key->column, "the key '%s' stands twice: first at line %d", name,
                     mistakes_line(first->line));
}

static int read_bytes(const char *path, int base, Mistakes *mistakes, Buf *bytes) {
        int r = file_read(path, bytes);

        if (r < 0)
                mistakes_add(mistakes, base + 1, 1, "the file cannot be read: %s", mon_strerror(r));
        else if (r == FILE_E_LARGE)
                mistakes_add(mistakes, base + 1, 1, "the file is larger than %u bytes", YAML_FILE_MAX);
        else if (r == FILE_E_NOT_REGULAR)
                mistakes_add(mistakes, base + 1, 1, "this is a folder, a pipe or a device, not a file");
        return r;
}

/* The file's tree, or NULL and the mistake told. */
static YamlNode *read_file(const char *path, int base, Mistakes *mistakes) {
        mon_auto_buf Buf bytes = BUF_INIT(YAML_FILE_MAX);
        YamlProblem problem = {0};
        YamlNode *root;

        if (read_bytes(path, base, mistakes, &bytes) != 0)
                return NULL;
        if (yaml_read_loose(buf_text(&bytes), bytes.len, &root, &problem) != 0) {
                mistakes_add(mistakes, base + problem.line, problem.column, "%s",
                             problem.text ? problem.text : "out of memory");
                free(problem.text);
                return NULL;
        }
        mark_file(root, base);
        yaml_each_duplicate(root, tell_duplicate, mistakes);
        return root;
}

static int is_config_name(const struct dirent *entry) {
        return entry->d_name[0] != '.' && text_ends(entry->d_name, ".yaml");
}

static int compare_names(const struct dirent **a, const struct dirent **b) {
        return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_part(Loading *loading, const char *path) {
        Mistakes *mistakes = &loading->mistakes;

        if (mistakes->files.n == MISTAKES_FILES_MAX) {
                mistakes_add(mistakes, loading->home + 1, 1, "conf.d holds more than %d files: '%s' is not read",
                             MISTAKES_FILES_MAX - 1, path);
                return;
        }
        mon_cleanup(yaml_node_free_p) YamlNode *part = read_file(path, mistakes_add_file(mistakes, path), mistakes);
        if (!part)
                loading->is_partial = true;
        else if (part->kind != YAML_MAP)
                mistakes_add(mistakes, part->line, part->column,
                             "the file holds no keys: it takes the same ones as the main file, such as 'targets:'");
        else if (loading->root && loading->root->kind == YAML_MAP)
                merge_into(loading->root, part, mistakes);
}

static void read_parts(Loading *loading) {
        const char *slash = strrchr(loading->path, '/');
        mon_auto_free char *folder =
                mon_printf("%.*sconf.d", slash ? (int)(slash + 1 - loading->path) : 0, loading->path);
        struct dirent **entries = NULL;

        int n = scandir(folder, &entries, is_config_name, compare_names);
        if (n < 0 && errno != ENOENT)
                mistakes_add(&loading->mistakes, loading->home + 1, 1, "'%s' cannot be read: %s", folder,
                             mon_strerror(mon_errno()));
        for (int i = 0; i < n; i++) {
                mon_auto_free char *path = mon_printf("%s/%s", folder, entries[i]->d_name);
                read_part(loading, path);
                free(entries[i]);
        }
        free(entries);
}

static bool is_contact_form(const char *contact) {
        return strchr(contact, '@') || text_starts(contact, "https://") || text_starts(contact, "http://") ||
               text_starts(contact, "mailto:");
}

static void check_contact(Loading *loading, const Config *config) {
        const YamlNode *node = yaml_get(yaml_get(loading->root, "observer"), "contact");

        if (!config->observer_contact)
                return;
        if (strstr(config->observer_contact, "example.org"))
                mistakes_warn(&loading->mistakes, node->line, node->column,
                              "'contact' is the example's: write your own, so that the owner of a site can reach you");
        else if (!is_contact_form(config->observer_contact))
                mistakes_warn(
                        &loading->mistakes, node->line, node->column,
                        "'contact' is neither a web address nor an e-mail address: can the owner of a site use it?");
}

static void check_references(Loading *loading, const Config *config) {
        if (config->references.n == 0 && !yaml_get(loading->root, "references"))
                mistakes_warn(&loading->mistakes, loading->home + 1, 1,
                              "no 'references': when our own network fails, the sites will be said to be down");
        if (config->references.n > CONFIG_REFERENCES_MAX) {
                const TextPlace *first = &config->references.items[CONFIG_REFERENCES_MAX];
                mistakes_add(&loading->mistakes, first->line, first->column,
                             "there are %zu references: %d are the most", config->references.n, CONFIG_REFERENCES_MAX);
        }
}

static void check_heartbeat(Loading *loading, Config *config) {
        const YamlNode *node = yaml_get(loading->root, "heartbeat"), *every = yaml_get(node, "every");
        url_auto Url url = {0};

        if (!node || node->kind != YAML_MAP)
                return;
        if (every && !yaml_get(node, "url"))
                mistakes_add(&loading->mistakes, node->line, node->column,
                             "'url' is missing in 'heartbeat': the address that is asked while mond does its work");
        if (!every && config->heartbeat_url)
                config->heartbeat_every = CONFIG_HEARTBEAT_EVERY;
        if (!every || !config->heartbeat_url || url_parse(config->heartbeat_url, &url) != 0 ||
            net_host_is_local(url.host))
                return;
        if (config->heartbeat_every > 0 && config->heartbeat_every < TARGET_INTERVAL_REMOTE_MIN)
                mistakes_add(&loading->mistakes, every->line, every->column,
                             "'every' is at least 30s for a host that is not on this machine");
}

static void interpret(Loading *loading, const ProbeDriver *const *drivers, const NotifierDriver *const *notifiers,
                      Config *config) {
        static const char *const others[] = {"targets", "paths", "notifiers", NULL};
        mon_cleanup(list_fini) List meant = {0};
        DirectiveBlock block = {
                .mistakes = &loading->mistakes,
                .name = "",
                .node = loading->root,
                .line = loading->home + 1,
                .column = 1,
                .others = others,
                .ret_meant = &meant,
        };
        const YamlNode *targets = yaml_get(loading->root, "targets");

        (void)directives_read(&block, config_rows, config);
        if (loading->root->kind != YAML_MAP)
                return;
        check_contact(loading, config);
        check_references(loading, config);
        check_heartbeat(loading, config);
        bool is_misspelt = false;
        list_each (const char, key, &meant)
                is_misspelt |= text_is(key, "targets");
        if (targets || (!loading->is_partial && !is_misspelt))
                targets_read(config, targets, loading->home, drivers, &loading->mistakes);
        paths_read(config, loading->root, loading->is_partial || is_misspelt, &loading->mistakes);
        if (!loading->mistakes.leaves_secrets)
                notifiers_read(config, yaml_get(loading->root, "notifiers"), notifiers, &loading->mistakes);
}

static int load(const char *path, const ProbeDriver *const *drivers, const NotifierDriver *const *notifiers,
                bool leaves_secrets, Config **ret_config, ConfigMistakes *ret_mistakes) {
        mon_cleanup(loading_fini) Loading loading = {.path = path, .mistakes.leaves_secrets = leaves_secrets};
        mon_cleanup(config_free_p) Config *config = mon_new(Config);

        config->path = mon_strdup(path);
        loading.home = mistakes_add_file(&loading.mistakes, path);
        loading.root = read_file(path, loading.home, &loading.mistakes);
        read_parts(&loading);
        if (loading.root)
                interpret(&loading, drivers, notifiers, config);

        bool is_sound = loading.mistakes.n_errors == 0;
        mistakes_finish(&loading.mistakes, ret_mistakes);
        if (!is_sound)
                return CONFIG_E_MISTAKES;
        mon_auto_free char *printed = config_print(config);
        config->hash = hash_of(printed, strlen(printed), 0);
        *ret_config = mon_steal(&config);
        return 0;
}

int config_load(const char *path, const ProbeDriver *const *drivers, const NotifierDriver *const *notifiers,
                Config **ret_config, ConfigMistakes *ret_mistakes) {
        return load(path, drivers, notifiers, false, ret_config, ret_mistakes);
}

int config_load_without_secrets(const char *path, const ProbeDriver *const *drivers, Config **ret_config,
                                ConfigMistakes *ret_mistakes) {
        return load(path, drivers, NULL, true, ret_config, ret_mistakes);
}
