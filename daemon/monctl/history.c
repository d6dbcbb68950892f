#include "daemon/monctl/ask.h"
#include "daemon/monctl/show.h"

static void show_history(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_WHEN), 0, false},
                                  {say(ctl, PHRASE_STATE), 0, false},
                                  {"HTTP", 0, true},
                                  {say(ctl, PHRASE_TIME_TAKEN), 0, true},
                                  {say(ctl, PHRASE_WHY), 10, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                const char *verdict = json_get_text(row, "verdict", "unknown");
                const char *detail = json_get_text(row, "detail", NULL);
                mon_auto_free char *msec = show_int(json_object_get(row, "duration_ms"));
                table_row(table);
                table_take(table, local_moment(ctl, json_get_text(row, "at", NULL)), COLOR_NONE);
                table_take(table, show_state(ctl, verdict), show_color(verdict));
                table_take(table, show_int(json_object_get(row, "http_status")), COLOR_NONE);
                table_take(table, mon_printf("%s ms", msec), COLOR_DIM);
                table_take(table,
                           mon_printf("%s%s%s", cause_words(ctl, json_get_text(row, "cause", NULL)), detail ? ": " : "",
                                      detail ? detail : ""),
                           COLOR_NONE);
        }
        show_table(ctl, table);
}

int cmd_history(Monctl *ctl) {
        return ask_and_show(ctl, ASK_HISTORY, ctl->args.items[0], show_history);
}

static void show_banners(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_TARGET), 20, false},
                                  {say(ctl, PHRASE_FIRST_SEEN), 0, false},
                                  {say(ctl, PHRASE_LAST_SEEN), 0, false},
                                  {say(ctl, PHRASE_TIMES), 0, true},
                                  {say(ctl, PHRASE_RULE), 8, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                mon_auto_free char *quoted = show_quoted(ctl, json_get_text(row, "text", ""));
                table_row(table);
                table_cell(table, json_get_text(row, "target", "?"), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(row, "first_seen", NULL)), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(row, "last_seen", NULL)), COLOR_NONE);
                table_take(table, show_int(json_object_get(row, "times")), COLOR_NONE);
                table_cell(table, json_get_text(row, "rule", NULL), COLOR_DIM);
                table_note(table, "    ", quoted);
        }
        show_table(ctl, table);
}

int cmd_banners(Monctl *ctl) {
        return ask_and_show(ctl, ASK_BANNERS, ctl->args.n > 0 ? ctl->args.items[0] : NULL, show_banners);
}
