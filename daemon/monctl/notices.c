#include "daemon/base/text.h"
#include "daemon/core/notice.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/show.h"
#include "daemon/text/message.h"

/* One of three words for a difference; what the looks cannot tell apart is none. */
static char *timing(const Monctl *ctl, const json_t *seconds, Phrase on_time, Phrase more, Phrase less) {
        double value = json_number_value(seconds);
        double most = (double)(NOTICE_ON_TIME_MAX / NSEC_PER_SEC);

        if (value <= most && value >= -most)
                return mon_strdup(say(ctl, on_time));
        mon_auto_free char *span = message_duration((Nsec)(value < 0 ? -value : value) * NSEC_PER_SEC, ctl->language);
        return phrase_fill(value > 0 ? more : less, ctl->language, span);
}

static char *outcome_of(const Monctl *ctl, const json_t *happened) {
        const json_t *early = json_object_get(happened, "early_s"), *overrun = json_object_get(happened, "overrun_s");
        bool is_open = !json_get_text(happened, "closed_at", NULL);
        mon_auto_free char *begin = NULL, *end = NULL;

        if (json_is_number(early))
                begin = timing(ctl, early, PHRASE_NOTICE_BEGAN_ON_TIME, PHRASE_NOTICE_BEGAN_EARLY,
                               PHRASE_NOTICE_BEGAN_LATE);
        if (json_is_number(overrun) && !(is_open && json_number_value(overrun) <= 0))
                end = timing(ctl, overrun, is_open ? PHRASE_NOTICE_GOES_ON : PHRASE_NOTICE_ENDED_ON_TIME,
                             PHRASE_NOTICE_OVERRAN, PHRASE_NOTICE_ENDED_EARLY);
        else
                end = mon_strdup(say(ctl, is_open ? PHRASE_NOTICE_GOES_ON : PHRASE_NOTICE_ENDED));
        return mon_printf("%s%s%s", begin ? begin : "", begin ? ", " : "", end);
}

/* Nothing happened: not yet, or not at all. */
static const char *nothing_words(const Monctl *ctl, const json_t *announced) {
        const char *end = json_get_text(announced, "until", json_get_text(announced, "from", NULL));
        Nsec at_real;

        if (!end || text_parse_time(end, &at_real) != 0)
                return "-";
        return say(ctl, at_real > now_at_real(ctl) ? PHRASE_NOTICE_TO_COME : PHRASE_NOTICE_NOTHING);
}

char *show_outcome(const Monctl *ctl, const json_t *notice) {
        const json_t *happened = json_object_get(notice, "happened");

        if (json_is_object(happened))
                return outcome_of(ctl, happened);
        return mon_strdup(nothing_words(ctl, json_object_get(notice, "announced")));
}

static void show_notices(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_TARGET), 16, false},
                                  {say(ctl, PHRASE_ANNOUNCED_FROM), 0, false},
                                  {say(ctl, PHRASE_ANNOUNCED_UNTIL), 0, false},
                                  {say(ctl, PHRASE_HAPPENED), 10, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                const json_t *announced = json_object_get(row, "announced");
                mon_auto_free char *quoted = show_quoted(ctl, json_get_text(row, "text", ""));
                table_row(table);
                table_cell(table, json_get_text(row, "target", "?"), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(announced, "from", NULL)), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(announced, "until", NULL)), COLOR_NONE);
                table_take(table, show_outcome(ctl, row), COLOR_NONE);
                table_note(table, "    ", quoted);
        }
        show_table(ctl, table);
}

int cmd_notices(Monctl *ctl) {
        mon_auto_json *document = NULL;

        int r = ask_document(ctl, ASK_NOTICES, ctl->args.n > 0 ? ctl->args.items[0] : NULL, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        show_notices(ctl, document);
        return flush_output(ctl);
}
