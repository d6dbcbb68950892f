#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/show.h"

#include <stdio.h>

static void show_incidents(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{"ID", 0, true},
                                  {say(ctl, PHRASE_TARGET), 20, false},
                                  {say(ctl, PHRASE_STATE), 0, false},
                                  {say(ctl, PHRASE_OPENED), 0, false},
                                  {say(ctl, PHRASE_LASTED), 0, true},
                                  {say(ctl, PHRASE_WHY), 10, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                const char *state = json_get_text(row, "state", "unknown");
                const char *banner = json_get_text(json_object_get(row, "banner"), "text", NULL);
                bool open = !json_get_text(row, "closed_at", NULL);
                mon_auto_free char *lasted = show_seconds(ctl, json_object_get(row, "duration_s"));
                table_row(table);
                table_take(table, show_int(json_object_get(row, "id")), COLOR_NONE);
                table_cell(table, json_get_text(row, "subject", "?"), COLOR_NONE);
                table_take(table, show_state(ctl, state), show_color(state));
                table_take(table, local_time(ctl, json_get_text(row, "opened_at", NULL)), COLOR_NONE);
                table_take(table, open ? mon_printf("%s, %s", lasted, say(ctl, PHRASE_STILL_OPEN)) : mon_strdup(lasted),
                           open ? COLOR_BOLD : COLOR_NONE);
                table_cell(table, cause_words(ctl, json_get_text(row, "cause", NULL)), COLOR_NONE);
                if (banner) {
                        mon_auto_free char *quoted = show_quoted(ctl, banner);
                        table_note(table, "    ", quoted);
                }
        }
        show_table(ctl, table);
}

int cmd_incidents(Monctl *ctl) {
        return ask_and_show(ctl, ASK_INCIDENTS, NULL, show_incidents);
}

static void print_fact(const Monctl *ctl, Phrase name, const char *value) {
        mon_auto_free char *clean = text_clean_copy(value, TABLE_CELL_MAX);
        const char *label = say(ctl, name);
        int pad = 14 - (int)table_width(label);

        (void)printf("  %s%*s %s\n", label, pad > 0 ? pad : 0, "", clean ? clean : "-");
}

static void print_time_fact(const Monctl *ctl, Phrase name, const json_t *document, const char *key) {
        const char *at = json_get_text(document, key, NULL);
        mon_auto_free char *time = at ? local_moment(ctl, at) : mon_strdup(say(ctl, PHRASE_STILL_OPEN));
        print_fact(ctl, name, time);
}

/* A line's `what` is a stable word of the store. */
static const char *line_word(const Monctl *ctl, const char *what) {
        static const struct {
                const char *what;
                Phrase phrase;
        } rows[] = {{"opened", PHRASE_INCIDENT_OPENED}, {"confirmed", PHRASE_INCIDENT_CONFIRMED},
                    {"closed", PHRASE_INCIDENT_CLOSED}, {"changed", PHRASE_INCIDENT_CHANGED},
                    {"proven", PHRASE_PROVEN},          {"unproven", PHRASE_INCIDENT_UNPROVEN},
                    {"left", PHRASE_INCIDENT_LEFT},     {"unknown", PHRASE_INCIDENT_UNKNOWN},
                    {"banner", PHRASE_BANNER_WORD}};

        for (size_t i = 0; i < mon_count_of(rows); i++)
                if (text_is(what, rows[i].what))
                        return say(ctl, rows[i].phrase);
        return what;
}

/* A text that the line before, or the incident's own banner, gave already is not said again. */
static void show_timeline(const Monctl *ctl, const json_t *timeline, const char *said) {
        const Column columns[] = {{say(ctl, PHRASE_WHEN), 0, false},
                                  {say(ctl, PHRASE_WHAT), 0, false},
                                  {say(ctl, PHRASE_STATE), 0, false},
                                  {say(ctl, PHRASE_WHY), 10, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *line;

        json_array_foreach (timeline, i, line) {
                const char *verdict = json_get_text(line, "verdict", json_get_text(line, "state", NULL));
                const char *text = json_get_text(line, "text", NULL), *target = json_get_text(line, "target", NULL);
                const char *cause = cause_words(ctl, json_get_text(line, "cause", NULL));
                table_row(table);
                table_take(table, local_moment(ctl, json_get_text(line, "at", NULL)), COLOR_NONE);
                table_cell(table, line_word(ctl, json_get_text(line, "what", "?")), COLOR_NONE);
                table_take(table, verdict ? show_state(ctl, verdict) : mon_strdup("-"), show_color(verdict));
                table_take(table, target ? mon_printf("%s: %s", target, cause) : mon_strdup(cause), COLOR_NONE);
                if (text && !text_is(text, said))
                        table_note(table, "    ", text);
                said = text ? text : said;
        }
        if (table_rows(table) > 0) {
                (void)printf("\n");
                show_table(ctl, table);
        }
}

static void show_incident(const Monctl *ctl, const json_t *document) {
        mon_auto_free char *id = show_int(json_object_get(document, "id"));
        mon_auto_free char *subject = text_clean_copy(json_get_text(document, "subject", "?"), TABLE_CELL_MAX);
        mon_auto_free char *head = phrase_fill(PHRASE_INCIDENT, ctl->language, id, subject);
        const char *worst = json_get_text(document, "worst", json_get_text(document, "state", "unknown"));
        const char *banner = json_get_text(json_object_get(document, "banner"), "text", NULL);
        mon_auto_free char *state = show_state(ctl, worst);
        mon_auto_free char *lasted = show_seconds(ctl, json_object_get(document, "duration_s"));
        mon_auto_free char *observed = show_seconds(ctl, json_object_get(document, "observed_s"));

        (void)printf("%s%s%s\n", table_color(COLOR_BOLD, ctl->color), head, table_reset(COLOR_BOLD, ctl->color));
        print_fact(ctl, PHRASE_INCIDENT_WORST, state);
        print_fact(ctl, PHRASE_INCIDENT_CAUSE, cause_words(ctl, json_get_text(document, "cause", NULL)));
        print_time_fact(ctl, PHRASE_INCIDENT_OPENED, document, "opened_at");
        print_time_fact(ctl, PHRASE_INCIDENT_CONFIRMED, document, "confirmed_at");
        print_time_fact(ctl, PHRASE_INCIDENT_CLOSED, document, "closed_at");
        print_fact(ctl, PHRASE_INCIDENT_LASTED, lasted);
        print_fact(ctl, PHRASE_INCIDENT_OBSERVED, observed);
        if (banner) {
                mon_auto_free char *quoted = show_quoted(ctl, banner);
                print_fact(ctl, PHRASE_BANNER_WORD, quoted);
        }
        show_timeline(ctl, json_object_get(document, "timeline"), banner);
        if (json_array_size(json_object_get(document, "notifications")) > 0) {
                (void)printf("\n%s\n", say(ctl, PHRASE_INCIDENT_SENT));
                show_deliveries(ctl, json_object_get(document, "notifications"));
        }
}

int cmd_incident(Monctl *ctl) {
        int64_t id;

        if (text_parse_int(ctl->args.items[0], 1, INT64_MAX, &id) != 0)
                return tell(ctl, EXIT_USAGE, say(ctl, PHRASE_BAD_ID));
        return ask_and_show(ctl, ASK_INCIDENT, ctl->args.items[0], show_incident);
}
