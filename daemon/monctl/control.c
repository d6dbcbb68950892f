#include "build-config.h"
#include "daemon/base/text.h"
#include "daemon/monctl/client.h"
#include "daemon/monctl/show.h"

#include <inttypes.h>
#include <stdio.h>

static int post(const Monctl *ctl, const char *path, const char *body, json_t **ret_document) {
        const ClientRequest request = {
                .path = path, .post = body, .wait_msec = CLIENT_COMMAND_MSEC, .progress = PHRASE_WAITING};
        return client_document(ctl, &request, ret_document);
}

static int set_paused(Monctl *ctl, const char *path, Phrase done) {
        mon_auto_json *document = NULL, *body = json_object();

        json_set(body, "target", json_text(ctl->args.items[0]));
        mon_auto_free char *line = json_line(body);
        int r = post(ctl, path, line, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        mon_auto_free char *text = phrase_fill(done, ctl->language, ctl->args.items[0]);
        (void)printf("%s\n", text);
        return flush_output(ctl);
}

int cmd_pause(Monctl *ctl) {
        return set_paused(ctl, "/v1/pause", PHRASE_PAUSED_NOW);
}

int cmd_resume(Monctl *ctl) {
        return set_paused(ctl, "/v1/resume", PHRASE_RESUMED_NOW);
}

/* A number of the document as text: to free. */
static char *number(const json_t *document, const char *key) {
        const json_t *value = json_object_get(document, key);
        return mon_printf("%" PRId64,
                          json_is_array(value) ? (int64_t)json_array_size(value) : json_get_int(document, key, 0));
}

int cmd_reload(Monctl *ctl) {
        mon_auto_json *document = NULL;
        size_t i;
        json_t *warning;

        int r = post(ctl, "/v1/reload", "{}", &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        mon_auto_free char *added = number(document, "added"), *removed = number(document, "removed");
        mon_auto_free char *changed = number(document, "changed"), *unchanged = number(document, "unchanged");
        mon_auto_free char *text = phrase_fill(PHRASE_RELOADED, ctl->language, added, removed, changed, unchanged);
        (void)printf("%s\n", text);
        json_array_foreach (json_object_get(document, "warnings"), i, warning) {
                mon_auto_free char *clean = text_clean_copy(json_string_value(warning), TABLE_CELL_MAX);
                (void)fprintf(stderr, "%s\n", clean ? clean : "");
        }
        return flush_output(ctl);
}

int cmd_health(Monctl *ctl) {
        const ClientRequest request = {.path = "/v1/health"};
        mon_auto_json *document = NULL;
        size_t i;
        json_t *problem;

        int r = client_document(ctl, &request, &document);
        if (r != EXIT_DONE)
                return r;
        bool well = text_is(json_get_text(document, "status", ""), "ok");
        if (ctl->options.json) {
                r = print_document(ctl, document);
                return r != EXIT_DONE ? r : well ? EXIT_DONE : EXIT_UNHEALTHY;
        }
        (void)printf("%s\n", say(ctl, well ? PHRASE_HEALTHY : PHRASE_UNHEALTHY));
        json_array_foreach (json_object_get(document, "problems"), i, problem) {
                mon_auto_free char *text = text_clean_copy(json_get_text(problem, "text", "?"), TABLE_CELL_MAX);
                mon_auto_free char *since = local_time(ctl, json_get_text(problem, "since", NULL));
                (void)printf("  %s: %s (%s)\n", json_get_text(problem, "code", "?"), text, since);
        }
        r = flush_output(ctl);
        return r != EXIT_DONE ? r : well ? EXIT_DONE : EXIT_UNHEALTHY;
}

int cmd_version(Monctl *ctl) {
        const ClientRequest request = {.path = "/v1/version"};
        mon_auto_json *document = NULL;
        const char *name;
        json_t *version;

        (void)(ctl->options.json ? 0 : printf("monctl %s\n", MOND_VERSION));
        int r = client_document(ctl, &request, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        (void)printf("mond   %s\n", json_get_text(document, "version", "?"));
        json_object_foreach (json_object_get(document, "libraries"), name, version)
                (void)printf("  %s %s\n", name, json_string_value(version));
        return flush_output(ctl);
}
