#include "config/values.h"

#include "config/secrets.h"
#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_NAME_EXTRA "!#$%&'*+-.^_`|~" /* with letters and digits: RFC 9110, section 5.6.2 */

typedef struct Reading {
        Mistakes *mistakes;
        const Directive *row;
        void *field;
} Reading;

#define tell(reading, node, ...) mistakes_add((reading)->mistakes, (node)->line, (node)->column, __VA_ARGS__)

static char *shown(const YamlNode *node) {
        return text_clean_copy(node->text, MISTAKES_SHOWN_MAX);
}

/* The node as one plain word or number, or NULL and the mistake told. */
static const char *take_word(const Reading *reading, const YamlNode *node, const char *expected) {
        if (node->kind == YAML_SCALAR && !node->quoted && !yaml_is_null(node))
                return node->text;
        if (yaml_is_null(node))
                tell(reading, node, "'%s' has no value: it takes %s", reading->row->key, expected);
        else if (node->kind == YAML_SCALAR)
                tell(reading, node, "'%s' takes %s: write it without quotes", reading->row->key, expected);
        else
                tell(reading, node, "'%s' takes %s, not a %s", reading->row->key, expected,
                     node->kind == YAML_LIST ? "list" : "map");
        return NULL;
}

/* A text as every kind of text is wanted: there, one line, nothing hidden in it, of a size to keep. */
static const char *take_text(const Reading *reading, const YamlNode *node) {
        const char *key = reading->row->key;

        if (node->kind != YAML_SCALAR) {
                tell(reading, node, "'%s' takes a text, not a %s", key, node->kind == YAML_LIST ? "list" : "map");
                return NULL;
        }
        bool is_empty = yaml_is_null(node) || node->text[0] == '\0';
        if (is_empty && !(reading->row->may_be_empty && node->quoted)) {
                tell(reading, node, "'%s' is empty: write a text, or leave the key out", key);
                return NULL;
        }
        size_t len = strlen(node->text);
        if (len > DIRECTIVE_TEXT_MAX) {
                tell(reading, node, "'%s' is longer than %d bytes", key, DIRECTIVE_TEXT_MAX);
                return NULL;
        }
        if (strchr(node->text, '\n')) {
                tell(reading, node, "'%s' takes one line", key);
                return NULL;
        }
        mon_auto_free char *clean = mon_strdup(node->text);
        text_clean(clean);
        if (!text_is(clean, node->text)) {
                tell(reading, node, "'%s' holds a control or an invisible character: remove it", key);
                return NULL;
        }
        return node->text;
}

static void warn(const Reading *reading, const YamlNode *node, DirectiveCheck *check) {
        mon_auto_free char *warning = check(node->text);

        if (warning)
                mistakes_warn(reading->mistakes, node->line, node->column, "'%s': %s", reading->row->key, warning);
}

static bool passes_check(const Reading *reading, const YamlNode *node, const char *text) {
        if (reading->mistakes->leaves_secrets && secret_is_reference(text))
                return true;
        mon_auto_free char *mistake = reading->row->check ? reading->row->check(text) : NULL;

        if (mistake)
                tell(reading, node, "'%s': %s", reading->row->key, mistake);
        mon_auto_free char *warning = !mistake && reading->row->warn ? reading->row->warn(text) : NULL;
        if (warning)
                mistakes_warn(reading->mistakes, node->line, node->column, "'%s': %s", reading->row->key, warning);
        return !mistake;
}

/* A text that everybody may see. */
static const char *take_shown_text(const Reading *reading, const YamlNode *node) {
        const char *text = take_text(reading, node);

        if (!text)
                return NULL;
        if (secret_is_reference(text)) {
                tell(reading, node, "'%s' is no secret and would be shown: ${…} is read in secret fields alone",
                     reading->row->key);
                return NULL;
        }
        return text;
}

static const char *take_open_text(const Reading *reading, const YamlNode *node) {
        const char *text = take_shown_text(reading, node);

        return text && passes_check(reading, node, text) ? text : NULL;
}

/* From the folder of the main file: where mond was started from says nothing. */
static char *whole_path(const Reading *reading, const char *path) {
        const char *home = mistakes_file(reading->mistakes, 1), *slash = strrchr(home, '/');
        mon_auto_free char *folder = slash ? mon_strndup(home, (size_t)(slash + 1 - home)) : mon_strdup("./");
        mon_auto_free char *whole = *path == '/' ? NULL : realpath(folder, NULL);

        return whole ? mon_printf("%s/%s", whole, path) : mon_strdup(path);
}

static char *file_mistake(const char *path) {
        struct stat file;

        if (access(path, R_OK) < 0 || stat(path, &file) < 0)
                return mon_printf("'%s' cannot be read: %s", path, mon_strerror(mon_errno()));
        return S_ISREG(file.st_mode) ? NULL : mon_printf("'%s' is no file", path);
}

static bool read_file_name(const Reading *reading, const YamlNode *node) {
        const char *text = take_open_text(reading, node);
        mon_auto_free char *path = text ? whole_path(reading, text) : NULL;
        mon_auto_free char *mistake = path ? file_mistake(path) : NULL;

        if (mistake)
                tell(reading, node, "'%s': %s", reading->row->key, mistake);
        else if (path)
                mon_replace(reading->field, path);
        return path && !mistake;
}

static bool read_text(const Reading *reading, const YamlNode *node) {
        const char *text = take_open_text(reading, node);

        if (text)
                mon_replace(reading->field, text);
        return text;
}

static bool read_bool(const Reading *reading, const YamlNode *node) {
        static const struct {
                const char *word;
                bool value;
        } words[] = {{"true", true}, {"yes", true}, {"on", true}, {"false", false}, {"no", false}, {"off", false}};
        const char *word = take_word(reading, node, "true or false");

        if (!word)
                return false;
        for (size_t i = 0; i < mon_count_of(words); i++)
                if (strcasecmp(word, words[i].word) == 0) {
                        *(bool *)reading->field = words[i].value;
                        return true;
                }
        mon_auto_free char *quoted = shown(node);
        tell(reading, node, "'%s' takes true or false, not '%s'", reading->row->key, quoted);
        return false;
}

static char *amount_text(DirectiveType type, int64_t value) {
        if (type == DIRECTIVE_DURATION)
                return text_duration(value);
        if (type == DIRECTIVE_SIZE && value >= 1024 && value % (INT64_C(1) << 20) == 0)
                return mon_printf("%" PRId64 "M", value >> 20);
        if (type == DIRECTIVE_SIZE && value >= 1024 && value % 1024 == 0)
                return mon_printf("%" PRId64 "K", value >> 10);
        return mon_printf("%" PRId64, value);
}

static bool is_number(const char *text) {
        return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool tell_wrong_form(const Reading *reading, const YamlNode *node, const char *expected) {
        mon_auto_free char *quoted = shown(node);

        if (reading->row->type == DIRECTIVE_DURATION && is_number(node->text))
                tell(reading, node, "'%s' needs a unit: write %ss for seconds, %sm for minutes", reading->row->key,
                     quoted, quoted);
        else
                tell(reading, node, "'%s' takes %s, not '%s'", reading->row->key, expected, quoted);
        return false;
}

static bool read_amount(const Reading *reading, const YamlNode *node) {
        static const char *const expected[] = {
                [DIRECTIVE_INT] = "a whole number",
                [DIRECTIVE_DURATION] = "a duration such as 30s, 5m, 6h or 400d",
                [DIRECTIVE_SIZE] = "a size such as 512K or 2M",
        };
        const Directive *row = reading->row;
        int64_t value = 0;
        int r;

        if (row->type == DIRECTIVE_INT) {
                if (!take_word(reading, node, expected[row->type]))
                        return false;
                r = text_parse_int(node->text, INT64_MIN, INT64_MAX, &value);
        } else {
                if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
                        (void)take_word(reading, node, expected[row->type]);
                        return false;
                }
                r = row->type == DIRECTIVE_SIZE ? text_parse_size(node->text, &value)
                                                : text_parse_duration(node->text, &value);
        }
        if (r == TEXT_E_FORM)
                return tell_wrong_form(reading, node, expected[row->type]);
        bool bounded = row->min != 0 || row->max != 0;
        if (r != 0 || (bounded && (value < row->min || value > row->max))) {
                mon_auto_free char *quoted = shown(node);
                mon_auto_free char *min = amount_text(row->type, row->min);
                mon_auto_free char *max = amount_text(row->type, bounded ? row->max : INT64_MAX);
                tell(reading, node, "'%s' must be between %s and %s, not '%s'", row->key, min, max, quoted);
                return false;
        }
        *(int64_t *)reading->field = value;
        return true;
}

static bool read_choice(const Reading *reading, const YamlNode *node) {
        const char *names[TEXT_LIST_MAX];
        size_t n = 0;

        for (const DirectiveChoice *choice = reading->row->choices; choice->name && n < TEXT_LIST_MAX; choice++) {
                if (node->kind == YAML_SCALAR && text_is(node->text, choice->name)) {
                        *(int *)reading->field = choice->value;
                        return true;
                }
                names[n++] = choice->name;
        }
        mon_auto_free char *all = mistakes_join(names, n);
        if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
                tell(reading, node, "'%s' takes one of: %s", reading->row->key, all);
                return false;
        }
        mon_auto_free char *quoted = shown(node);
        const char *nearest = text_nearest(node->text, names, n);
        if (nearest)
                tell(reading, node, "'%s' takes one of: %s; not '%s', did you mean '%s'?", reading->row->key, all,
                     quoted, nearest);
        else
                tell(reading, node, "'%s' takes one of: %s; not '%s'", reading->row->key, all, quoted);
        return false;
}

static bool has_bad_length(const Reading *reading, const YamlNode *node) {
        const Directive *row = reading->row;
        size_t most = row->max ? (size_t)row->max : TEXT_LIST_MAX;

        if (node->n > most)
                tell(reading, node, "'%s' has %zu items: %zu are the most", row->key, node->n, most);
        if (node->n < (size_t)row->min)
                tell(reading, node, "'%s' has %zu items: %" PRId64 " are the least", row->key, node->n, row->min);
        return node->n > most || node->n < (size_t)row->min;
}

/* The items of a list, or the one node that stands for it. False: too many or too few, and told. */
static bool take_items(const Reading *reading, YamlNode *const *node, YamlNode *const **ret_items, size_t *ret_n) {
        bool is_list = (*node)->kind == YAML_LIST;

        if (is_list && has_bad_length(reading, *node))
                return false;
        *ret_items = is_list ? (*node)->items : node;
        *ret_n = is_list ? (*node)->n : 1;
        return true;
}

static bool read_texts(const Reading *reading, const YamlNode *node) {
        YamlNode *const only = (YamlNode *)node, *const * items;
        size_t n;
        bool good = true;

        if (node->kind == YAML_MAP) {
                tell(reading, node, "'%s' takes a list of texts, not a map", reading->row->key);
                return false;
        }
        if (!take_items(reading, &only, &items, &n))
                return false;
        text_list_fini(reading->field);
        for (size_t i = 0; i < n; i++) {
                const char *text = take_open_text(reading, items[i]);
                if (text)
                        text_list_add(reading->field, text, items[i]->line, items[i]->column);
                good &= text != NULL;
        }
        if (good && n > 0 && reading->row->warn_first)
                warn(reading, items[0], reading->row->warn_first);
        return good;
}

static void warn_of_literal(const Reading *reading, const YamlNode *node, const char *name, const char *text) {
        if (text_is(text, "<secret>"))
                mistakes_warn(reading->mistakes, node->line, node->column,
                              "'%s' is '<secret>', which is what mond shows in place of a secret", name);
        else if (!secret_is_reference(text))
                mistakes_warn(
                        reading->mistakes, node->line, node->column,
                        "'%s' stands here for every reader of this file: write ${credential:NAME} or ${file:/path}",
                        name);
}

/* The text with its references replaced, or NULL and the mistake told. To free. */
static char *take_secret(const Reading *reading, const YamlNode *node, const char *name) {
        const char *text = take_text(reading, node);
        char *secret, *mistake;

        if (!text)
                return NULL;
        if (reading->mistakes->leaves_secrets)
                return mon_strdup(text);
        warn_of_literal(reading, node, name, text);
        if (!strstr(text, "${"))
                return mon_strdup(text);
        if (secret_expand(text, &secret, &mistake) == 0)
                return secret;
        tell(reading, node, "'%s': %s", name, mistake);
        free(mistake);
        return NULL;
}

static bool read_secret(const Reading *reading, const YamlNode *node) {
        mon_auto_free char *secret = take_secret(reading, node, reading->row->key);

        if (!secret || !passes_check(reading, node, secret))
                return false;
        mon_replace(reading->field, secret);
        return true;
}

static bool read_secrets(const Reading *reading, const YamlNode *node) {
        YamlNode *const only = (YamlNode *)node, *const * items;
        size_t n;
        bool good = true;

        if (!take_items(reading, &only, &items, &n))
                return false;
        text_list_fini(reading->field);
        for (size_t i = 0; i < n; i++) {
                mon_auto_free char *secret = take_secret(reading, items[i], reading->row->key);
                bool is_good = secret && passes_check(reading, items[i], secret);
                if (is_good)
                        text_list_add(reading->field, secret, items[i]->line, items[i]->column);
                good &= is_good;
        }
        return good;
}

/* Tabs and ends of lines are what lines are made of; the rest is as for any text. */
static bool is_clean_text(const char *text) {
        mon_auto_free char *bare = mon_strdup(text), *clean = mon_strdup(text);

        for (char *at = bare; *at; at++)
                if (*at == '\n' || *at == '\t')
                        *at = ' ';
        mon_replace(&clean, bare);
        text_clean(clean);
        return text_is(clean, bare);
}

static bool read_lines(const Reading *reading, const YamlNode *node) {
        const char *key = reading->row->key;
        TextPlace *field = reading->field;

        if (node->kind != YAML_SCALAR || yaml_is_null(node) || node->text[0] == '\0') {
                tell(reading, node, "'%s' takes a text: several lines follow '|', indented", key);
                return false;
        }
        if (strlen(node->text) > DIRECTIVE_LINES_MAX) {
                tell(reading, node, "'%s' is longer than %d bytes", key, DIRECTIVE_LINES_MAX);
                return false;
        }
        if (!is_clean_text(node->text)) {
                tell(reading, node, "'%s' holds a control or an invisible character: remove it", key);
                return false;
        }
        if (!passes_check(reading, node, node->text))
                return false;
        mon_replace(&field->text, node->text);
        field->line = node->block_column ? node->line + 1 : node->line;
        field->column = node->block_column ? node->block_column : node->column + node->quoted;
        return true;
}

static bool is_header_name(const char *name) {
        for (const char *c = name; *c; c++)
                if (!isalnum((unsigned char)*c) && !strchr(HEADER_NAME_EXTRA, *c))
                        return false;
        return *name != '\0';
}

static bool read_header(const Reading *reading, const YamlNode *key, const YamlNode *item) {
        TextList *headers = reading->field;
        mon_auto_free char *name = shown(key);

        if (!is_header_name(key->text)) {
                tell(reading, key, "'%s' is no name of a header: letters, digits and '-'", name);
                return false;
        }
        if (text_list_has_header(headers, key->text)) {
                tell(reading, key, "the header '%s' stands twice", name);
                return false;
        }
        mon_auto_free char *value = secret_is_header(key->text) ? take_secret(reading, item, name)
                                                                : mon_strdup(take_shown_text(reading, item));
        if (!value)
                return false;
        mon_auto_free char *header = mon_printf("%s: %s", key->text, value);
        if (!passes_check(reading, key, header))
                return false;
        text_list_add(headers, header, key->line, key->column);
        return true;
}

static bool read_headers(const Reading *reading, const YamlNode *node) {
        bool good = true;

        if (node->kind != YAML_MAP) {
                tell(reading, node, "'%s' takes a map: { Name: value }", reading->row->key);
                return false;
        }
        if (has_bad_length(reading, node))
                return false;
        text_list_fini(reading->field);
        for (size_t i = 0; i < node->n; i++)
                good &= read_header(reading, node->keys[i], node->items[i]);
        return good;
}

static bool read_title_map(const Reading *reading, const YamlNode *node, Title *title) {
        static const char *const languages[LANGUAGE_COUNT] = {[LANGUAGE_FR] = "fr", [LANGUAGE_EN] = "en"};
        bool good = node->n > 0;

        if (!good)
                tell(reading, node, "'%s' is empty: write a text, or { fr: …, en: … }", reading->row->key);
        for (size_t i = 0; i < node->n; i++) {
                int language = 0;
                while (language < LANGUAGE_COUNT && !text_is(node->keys[i]->text, languages[language]))
                        language++;
                if (language == LANGUAGE_COUNT) {
                        mon_auto_free char *quoted = shown(node->keys[i]);
                        tell(reading, node->keys[i], "'%s' is no language of '%s': fr and en are", quoted,
                             reading->row->key);
                        good = false;
                        continue;
                }
                const char *text = take_open_text(reading, node->items[i]);
                mon_replace(&title->in[language], text);
                good &= text != NULL;
        }
        return good;
}

static bool read_title(const Reading *reading, const YamlNode *node) {
        mon_cleanup(title_fini) Title title = {0};
        bool good;

        if (node->kind == YAML_MAP)
                good = read_title_map(reading, node, &title);
        else {
                const char *text = take_open_text(reading, node);
                for (int i = 0; i < LANGUAGE_COUNT; i++)
                        mon_replace(&title.in[i], text);
                good = text;
        }
        if (!good)
                return false;
        for (int i = 0; i < LANGUAGE_COUNT; i++)
                if (!title.in[i])
                        title.in[i] = mon_strdup(title.in[!i]);
        title_copy(reading->field, &title);
        return true;
}

bool value_read(Mistakes *mistakes, const Directive *row, const YamlNode *node, void *base) {
        Reading reading = {mistakes, row, (char *)base + row->offset};

        switch (row->type) {
        case DIRECTIVE_TEXT:
                return read_text(&reading, node);
        case DIRECTIVE_FILE:
                return read_file_name(&reading, node);
        case DIRECTIVE_BOOL:
                return read_bool(&reading, node);
        case DIRECTIVE_INT:
        case DIRECTIVE_DURATION:
        case DIRECTIVE_SIZE:
                return read_amount(&reading, node);
        case DIRECTIVE_CHOICE:
                return read_choice(&reading, node);
        case DIRECTIVE_TEXTS:
                return read_texts(&reading, node);
        case DIRECTIVE_HEADERS:
                return read_headers(&reading, node);
        case DIRECTIVE_TITLE:
                return read_title(&reading, node);
        case DIRECTIVE_SECRET:
                return read_secret(&reading, node);
        case DIRECTIVE_SECRETS:
                return read_secrets(&reading, node);
        case DIRECTIVE_LINES:
                return read_lines(&reading, node);
        case DIRECTIVE_SECTION:
        case DIRECTIVE_SECTIONS:
                break;
        }
        abort(); /* the caller's business */
}

void value_fini(const Directive *row, void *base) {
        void *field = (char *)base + row->offset;

        switch (row->type) {
        case DIRECTIVE_TEXT:
        case DIRECTIVE_FILE:
        case DIRECTIVE_SECRET:
                mon_replace(field, NULL);
                break;
        case DIRECTIVE_TEXTS:
        case DIRECTIVE_HEADERS:
        case DIRECTIVE_SECRETS:
                text_list_fini(field);
                break;
        case DIRECTIVE_LINES:
                mon_replace(&((TextPlace *)field)->text, NULL);
                break;
        case DIRECTIVE_TITLE:
                title_fini(field);
                break;
        default:
                break;
        }
}
