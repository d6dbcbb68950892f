#include "daemon/monctl/client.h"
#include "daemon/monctl/show.h"

#include <string.h>

static char *body_of(const Monctl *ctl) {
        mon_auto_json *body = json_object();

        if (ctl->options.all)
                json_set(body, "all", json_yes(true));
        else {
                json_t *targets = json_array();
                list_each (const char, target, &ctl->args)
                        json_add(targets, json_text(target));
                json_set(body, "target", targets);
        }
        return json_line(body);
}

static char *msec(const json_t *value, const char *key) {
        const json_t *number = json_object_get(value, key);
        return json_is_number(number) ? mon_printf("%.0f ms", json_number_value(number)) : mon_strdup("-");
}

static void show(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_STATE), 0, false},
                                  {say(ctl, PHRASE_TARGET), 20, false},
                                  {"HTTP", 0, true},
                                  {"DNS", 0, true},
                                  {"TLS", 0, true},
                                  {say(ctl, PHRASE_TIME_TAKEN), 0, true},
                                  {say(ctl, PHRASE_WHY), 10, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                const char *verdict = json_get_text(row, "verdict", "unknown");
                const char *banner = json_get_text(json_object_get(row, "banner"), "text", NULL);
                const char *detail = json_get_text(row, "detail", NULL);
                table_row(table);
                table_take(table, show_state(ctl, verdict), show_color(verdict));
                table_cell(table, json_get_text(row, "target", "?"), COLOR_NONE);
                table_take(table, show_int(json_object_get(row, "http_status")), COLOR_NONE);
                table_take(table, msec(row, "dns_ms"), COLOR_DIM);
                table_take(table, msec(row, "tls_ms"), COLOR_DIM);
                table_take(table, msec(row, "duration_ms"), COLOR_NONE);
                table_cell(table, cause_words(ctl, json_get_text(row, "cause", NULL)), COLOR_NONE);
                if (banner) {
                        mon_auto_free char *quoted = show_quoted(ctl, banner);
                        table_note(table, "    ", quoted);
                } else if (detail)
                        table_note(table, "    ", detail);
        }
        show_table(ctl, table);
}

int cmd_check(Monctl *ctl) {
        mon_auto_json *document = NULL;

        if (ctl->options.all == (ctl->args.n > 0))
                return tell(ctl, EXIT_USAGE, say(ctl, PHRASE_CHECK_WHAT));
        mon_auto_free char *body = body_of(ctl);
        const ClientRequest request = {
                .path = "/v1/check", .post = body, .wait_msec = CLIENT_CHECK_MSEC, .progress = PHRASE_PROBING};
        int r = client_document(ctl, &request, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        show(ctl, document);
        return flush_output(ctl);
}
