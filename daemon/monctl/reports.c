#include "daemon/model/report.h"

#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/client.h"
#include "daemon/monctl/show.h"

#include <stdio.h>

#define REPORTS_LINE_BOUND (4 * REPORT_NOTE_MAX)

static char *body_of(const Monctl *ctl) {
        const Options *options = &ctl->options;
        mon_auto_json *body = json_object();
        const struct {
                const char *name, *value;
        } members[] = {{"target", ctl->args.items[0]},
                       {"state", ctl->args.items[1]},
                       {"note", options->note},
                       {"by", options->by},
                       {"at", options->at},
                       {"waited", options->waited},
                       {"expires", options->expires}};

        for (size_t i = 0; i < mon_count_of(members); i++)
                if (members[i].value)
                        json_set(body, members[i].name, json_text(members[i].value));
        if (options->corrects)
                json_set(body, "corrects", json_integer(options->corrects));
        return json_line(body);
}

static void show_entered(const Monctl *ctl, const json_t *document) {
        const json_t *report = json_object_get(document, "report");
        mon_auto_free char *id = show_int(json_object_get(report, "id"));
        mon_auto_free char *at = local_moment(ctl, json_get_text(report, "at", NULL));
        mon_auto_free char *until = local_time(ctl, json_get_text(report, "until", NULL));
        mon_auto_free char *met = show_state(ctl, json_get_text(report, "state", "?"));
        mon_auto_free char *state = show_state(ctl, json_get_text(document, "state", "?"));
        const char *target = json_get_text(report, "target", "?");
        const char *cause = cause_words(ctl, json_get_text(document, "cause", NULL));
        Phrase end = json_get_bool(document, "decides", false) ? PHRASE_REPORT_DECIDES : PHRASE_REPORT_BESIDE;

        mon_auto_free char *recorded = phrase_fill(PHRASE_REPORT_RECORDED, ctl->language, id, target, met, at, until);
        mon_auto_free char *now = phrase_fill(end, ctl->language, target, state, cause);
        (void)printf("%s\n", recorded);
        if (!json_get_bool(document, "recorded", true))
                (void)printf("%s\n", say(ctl, PHRASE_REPORT_WAITS));
        (void)printf("%s\n", now);
}

int cmd_report(Monctl *ctl) {
        const char *state = ctl->args.items[1];
        mon_auto_json *document = NULL;
        Verdict verdict;

        if (!verdict_from_name(state, &verdict) || !report_verdict_is(verdict))
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_REPORT_STATE, state);
        mon_auto_free char *body = body_of(ctl);
        const ClientRequest request = {
                .path = "/v1/report", .post = body, .wait_msec = CLIENT_COMMAND_MSEC, .progress = PHRASE_WAITING};
        int r = client_document(ctl, &request, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        show_entered(ctl, document);
        return flush_output(ctl);
}

/* --- the list --------------------------------------------------------------------------------------------------- */

/* Appends a remark to the row's line, after a point where there is one before it. Takes the text; NULL: none. */
static void remark(Buf *line, char *text) {
        mon_auto_free char *taken = text;

        if (taken && buf_printf(line, "%s%s", line->len ? " · " : "", taken) != 0)
                buf_clear(line);
}

static char *numbered(const Monctl *ctl, Phrase phrase, const json_t *number) {
        mon_auto_free char *text = show_int(number);
        return json_is_integer(number) ? phrase_fill(phrase, ctl->language, text) : NULL;
}

static char *waited_words(const Monctl *ctl, const json_t *waited) {
        mon_auto_free char *span = show_seconds(ctl, waited);
        return json_is_number(waited) ? phrase_fill(PHRASE_REPORT_WAITED, ctl->language, span) : NULL;
}

static void add_report(const Monctl *ctl, Table *table, const json_t *report) {
        const char *state = json_get_text(report, "state", "?"), *note = json_get_text(report, "note", NULL);
        mon_auto_buf Buf line = BUF_INIT(REPORTS_LINE_BOUND);
        Color color = json_get_bool(report, "in_force", false) ? show_color(state) : COLOR_DIM;

        table_row(table);
        table_take(table, show_int(json_object_get(report, "id")), COLOR_DIM);
        table_take(table, show_state(ctl, state), color);
        table_cell(table, json_get_text(report, "target", "?"), COLOR_NONE);
        table_take(table, local_time(ctl, json_get_text(report, "at", NULL)), COLOR_NONE);
        table_take(table, local_time(ctl, json_get_text(report, "until", NULL)), COLOR_DIM);
        table_cell(table, json_get_text(report, "by", NULL), COLOR_NONE);
        remark(&line, note ? show_quoted(ctl, note) : NULL);
        remark(&line, waited_words(ctl, json_object_get(report, "waited_s")));
        remark(&line, numbered(ctl, PHRASE_REPORT_CORRECTS, json_object_get(report, "corrects")));
        remark(&line, numbered(ctl, PHRASE_REPORT_CORRECTED, json_object_get(report, "corrected_by")));
        if (line.len > 0)
                table_note(table, "    ", buf_text(&line));
}

static void show_reports(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_NUMBER), 0, true},        {say(ctl, PHRASE_STATE), 0, false},
                                  {say(ctl, PHRASE_TARGET), 16, false},      {say(ctl, PHRASE_WHEN), 0, false},
                                  {say(ctl, PHRASE_SPEAKS_UNTIL), 0, false}, {say(ctl, PHRASE_REPORTED_BY), 8, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *report;

        json_array_foreach (document, i, report)
                add_report(ctl, table, report);
        show_table(ctl, table);
}

int cmd_reports(Monctl *ctl) {
        return ask_and_show(ctl, ASK_REPORTS, ctl->args.n > 0 ? ctl->args.items[0] : NULL, show_reports);
}
