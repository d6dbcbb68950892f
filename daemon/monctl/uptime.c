#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/show.h"
#include "daemon/text/message.h"

#include <inttypes.h>

static char *seconds_of(const Monctl *ctl, const json_t *row, const char *const *states, size_t n) {
        const json_t *seconds = json_object_get(row, "seconds");
        double total = 0;

        for (size_t i = 0; i < n; i++)
                total += json_get_number(seconds, states[i], 0);
        mon_auto_json *value = json_real(total);
        return total > 0 ? show_seconds(ctl, value) : mon_strdup("0");
}

static bool is_path(const json_t *row) {
        return text_is(json_get_text(row, "kind", ""), "path");
}

static void add_row(const Monctl *ctl, Table *table, const json_t *row) {
        static const char *const maintenance[] = {"maintenance"}, *const down[] = {"down"},
                                 *const unseen[] = {"blocked", "unreadable", "unknown"};
        const json_t *unconfirmed = json_object_get(row, "unconfirmed");

        table_row(table);
        table_cell(table, json_get_text(row, "subject", "?"), COLOR_NONE);
        table_take(table, show_share(ctl, json_object_get(row, "availability")), COLOR_BOLD);
        table_take(table, show_share(ctl, json_object_get(row, "coverage")), COLOR_NONE);
        table_take(table, seconds_of(ctl, row, maintenance, 1), COLOR_NONE);
        table_take(table, seconds_of(ctl, row, down, 1), COLOR_NONE);
        table_take(table, seconds_of(ctl, row, unseen, mon_count_of(unseen)), COLOR_DIM);
        table_take(table, show_int(json_object_get(row, "incidents")), COLOR_NONE);
        if (json_get_int(unconfirmed, "checks", 0) > 0) {
                mon_auto_free char *checks = mon_printf("%" PRId64, json_get_int(unconfirmed, "checks", 0));
                mon_auto_free char *lasted = show_seconds(ctl, json_object_get(unconfirmed, "seconds"));
                mon_auto_free char *text = phrase_fill(PHRASE_UNCONFIRMED, ctl->language, checks, lasted);
                table_note(table, "    ", text);
        }
}

static void add_path(const Monctl *ctl, Table *table, const json_t *row) {
        static const char *const states[] = {"open", "impaired", "closed", "unknown"};

        table_row(table);
        table_cell(table, json_get_text(row, "subject", "?"), COLOR_NONE);
        table_take(table, show_share(ctl, json_object_get(row, "availability")), COLOR_BOLD);
        table_take(table, show_share(ctl, json_object_get(row, "coverage")), COLOR_NONE);
        for (size_t i = 0; i < mon_count_of(states); i++)
                table_take(table, seconds_of(ctl, row, &states[i], 1), COLOR_NONE);
        table_take(table, show_int(json_object_get(row, "incidents")), COLOR_NONE);
}

static void show_paths(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_PATH), 12, false},
                                  {say(ctl, PHRASE_AVAILABLE), 0, true},
                                  {say(ctl, PHRASE_COVERAGE), 0, true},
                                  {message_state("open", ctl->language), 0, true},
                                  {message_state("impaired", ctl->language), 0, true},
                                  {message_state("closed", ctl->language), 0, true},
                                  {message_state("unknown", ctl->language), 0, true},
                                  {say(ctl, PHRASE_INCIDENTS), 0, true}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row)
                if (is_path(row))
                        add_path(ctl, table, row);
        if (table_rows(table) == 0)
                return;
        show_table(ctl, table);
        if (table_rows(table) < json_array_size(document))
                (void)printf("\n");
}

static void show(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_TARGET), 20, false}, {say(ctl, PHRASE_AVAILABLE), 0, true},
                                  {say(ctl, PHRASE_COVERAGE), 0, true}, {say(ctl, PHRASE_IN_MAINTENANCE), 0, true},
                                  {say(ctl, PHRASE_BROKEN), 0, true},   {say(ctl, PHRASE_NOT_SEEN), 0, true},
                                  {say(ctl, PHRASE_INCIDENTS), 0, true}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        const json_t *first = json_array_get(document, 0);
        size_t i;
        json_t *row;

        if (first) {
                mon_auto_free char *from = local_time(ctl, json_get_text(first, "from", NULL));
                mon_auto_free char *until = local_time(ctl, json_get_text(first, "until", NULL));
                mon_auto_free char *text =
                        phrase_fill(PHRASE_PERIOD, ctl->language, from, until, json_get_text(first, "rule", "?"));
                (void)printf("%s\n\n", text);
        }
        show_paths(ctl, document);
        json_array_foreach (document, i, row)
                if (!is_path(row))
                        add_row(ctl, table, row);
        if (table_rows(table) > 0 || json_array_size(document) == 0)
                show_table(ctl, table);
}

int cmd_uptime(Monctl *ctl) {
        return ask_and_show(ctl, ASK_UPTIME, NULL, show);
}
