#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/client.h"
#include "daemon/monctl/show.h"

#include <inttypes.h>
#include <stdio.h>

/* --- what was sent ---------------------------------------------------------------------------------------------- */

static const char *state_words(const Monctl *ctl, const char *state) {
        if (text_is(state, "pending"))
                return say(ctl, PHRASE_DELIVERY_PENDING);
        return say(ctl, text_is(state, "delivered") ? PHRASE_DELIVERY_DELIVERED : PHRASE_DELIVERY_FAILED);
}

static Color state_color(const char *state) {
        return text_is(state, "pending") ? COLOR_YELLOW : text_is(state, "delivered") ? COLOR_GREEN : COLOR_RED;
}

void show_deliveries(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{"ID", 0, true},
                                  {say(ctl, PHRASE_OWED), 0, false},
                                  {say(ctl, PHRASE_NOTIFIER), 8, false},
                                  {say(ctl, PHRASE_EVENT_WORD), 10, false},
                                  {say(ctl, PHRASE_SUBJECT), 8, false},
                                  {say(ctl, PHRASE_STATE), 0, false},
                                  {say(ctl, PHRASE_ATTEMPTS), 0, true}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                const char *state = json_get_text(row, "state", "?");
                const char *error = json_get_text(row, "last_error", NULL), *next = json_get_text(row, "next_at", NULL);
                table_row(table);
                table_take(table, show_int(json_object_get(row, "id")), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(row, "owed_at", NULL)), COLOR_NONE);
                table_cell(table, json_get_text(row, "notifier", "?"), COLOR_NONE);
                table_cell(table, json_get_text(row, "type", "?"), COLOR_NONE);
                table_cell(table, json_get_text(row, "subject", "?"), COLOR_NONE);
                table_cell(table, state_words(ctl, state), state_color(state));
                table_take(table, show_int(json_object_get(row, "attempts")), COLOR_NONE);
                if (error)
                        table_note(table, "    ", error);
                if (next) {
                        mon_auto_free char *at = local_time(ctl, next);
                        mon_auto_free char *note = phrase_fill(PHRASE_DELIVERY_NEXT, ctl->language, at);
                        table_note(table, "    ", note);
                }
        }
        show_table(ctl, table);
}

static int post(const Monctl *ctl, const char *path, const json_t *body, json_t **ret_document) {
        mon_auto_free char *line = json_line(body);
        const ClientRequest request = {
                .path = path, .post = line, .wait_msec = CLIENT_COMMAND_MSEC, .progress = PHRASE_WAITING};

        return client_document(ctl, &request, ret_document);
}

/* Posts; the document as JSON, or the sentence. */
static int post_and_say(const Monctl *ctl, const char *path, const json_t *body, Phrase done, const char *what) {
        mon_auto_json *document = NULL;

        int r = post(ctl, path, body, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        mon_auto_free char *text = phrase_fill(done, ctl->language, what);
        (void)printf("%s\n", text);
        return flush_output(ctl);
}

static int take_number(const Monctl *ctl, const char *text, int64_t *ret_number) {
        if (text_parse_int(text, 1, INT64_MAX, ret_number) == 0)
                return EXIT_DONE;
        return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_ROW, text);
}

int cmd_deliveries(Monctl *ctl) {
        const char *verb = ctl->args.n > 0 ? ctl->args.items[0] : NULL;
        int64_t id = 0;

        if (!verb)
                return ask_and_show(ctl, ASK_DELIVERIES, NULL, show_deliveries);
        if (!text_is(verb, "retry") || ctl->args.n != 2)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_DELIVERIES, verb);
        if (ctl->options.db)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_NEEDS_DAEMON, "deliveries retry");
        int r = take_number(ctl, ctl->args.items[1], &id);
        if (r != EXIT_DONE)
                return r;
        mon_auto_free char *path = mon_printf("/v1/deliveries/%" PRId64 "/retry", id);
        mon_auto_json *body = json_object();
        return post_and_say(ctl, path, body, PHRASE_RETRIED_NOW, ctl->args.items[1]);
}

/* --- notifiers ---------------------------------------------------------------------------------------------------- */

static int show_test(const Monctl *ctl, const json_t *document) {
        const char *result = json_get_text(document, "result", "?"), *error = json_get_text(document, "error", NULL);
        const char *notifier = json_get_text(document, "notifier", "?");
        int64_t status = json_get_int(document, "status", 0);
        bool delivered = text_is(result, "delivered");
        mon_auto_free char *number = status ? mon_printf(" (%" PRId64 ")", status) : mon_strdup("");
        mon_auto_free char *why = text_clean_copy(error ? error : result, TABLE_CELL_MAX);
        mon_auto_free char *text = phrase_fill(delivered                  ? PHRASE_TEST_DELIVERED
                                               : text_is(result, "again") ? PHRASE_TEST_AGAIN
                                                                          : PHRASE_TEST_FAILED,
                                               ctl->language, notifier, delivered ? number : why);

        (void)printf("%s\n", text);
        return flush_output(ctl);
}

static int test(const Monctl *ctl, const json_t *body) {
        mon_auto_json *document = NULL;

        int r = post(ctl, "/v1/notify/test", body, &document);
        if (r == EXIT_DONE)
                r = ctl->options.json ? print_document(ctl, document) : show_test(ctl, document);
        if (r != EXIT_DONE)
                return r;
        return text_is(json_get_text(document, "result", NULL), "delivered") ? EXIT_DONE : EXIT_UNHEALTHY;
}

static int enable(const Monctl *ctl, const json_t *body) {
        mon_auto_json *document = NULL;

        int r = post(ctl, "/v1/notify/enable", body, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        bool changed = json_get_bool(document, "changed", false);
        mon_auto_free char *text =
                phrase_fill(changed ? PHRASE_ENABLED_NOW : PHRASE_ENABLED_ALREADY, ctl->language, ctl->args.items[1]);
        (void)printf("%s\n", text);
        return flush_output(ctl);
}

int cmd_notify(Monctl *ctl) {
        const char *verb = ctl->args.items[0];
        mon_auto_json *body = json_object();

        json_set(body, "notifier", json_text(ctl->args.items[1]));
        if (text_is(verb, "test"))
                return test(ctl, body);
        if (text_is(verb, "enable"))
                return enable(ctl, body);
        return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_NOTIFY, verb);
}

/* --- silences ------------------------------------------------------------------------------------------------------
 */

static void show_silences(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{"ID", 0, true},
                                  {say(ctl, PHRASE_SUBJECT), 8, false},
                                  {say(ctl, PHRASE_UNTIL_WORD), 0, false},
                                  {say(ctl, PHRASE_REASON), 10, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                table_row(table);
                table_take(table, show_int(json_object_get(row, "id")), COLOR_NONE);
                table_cell(table, json_get_text(row, "subject", "?"), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(row, "until", NULL)), COLOR_NONE);
                table_cell(table, json_get_text(row, "reason", NULL), COLOR_NONE);
        }
        show_table(ctl, table);
}

int cmd_silences(Monctl *ctl) {
        return ask_and_show(ctl, ASK_SILENCES, NULL, show_silences);
}

int cmd_silence(Monctl *ctl) {
        const Options *options = &ctl->options;
        mon_auto_json *body = json_object(), *document = NULL;
        Nsec span;

        if (!options->span || !options->reason || !*options->reason)
                return tell(ctl, EXIT_USAGE, say(ctl, PHRASE_SILENCE_WHAT));
        if (text_parse_duration(options->span, &span) != 0 || span <= 0)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_SPAN, "for");
        json_set(body, "subject", json_text(ctl->args.items[0]));
        json_set(body, "for", json_text(options->span));
        json_set(body, "reason", json_text(options->reason));
        int r = post(ctl, "/v1/silence", body, &document);
        if (r != EXIT_DONE)
                return r;
        if (options->json)
                return print_document(ctl, document);
        mon_auto_free char *id = show_int(json_object_get(document, "id"));
        mon_auto_free char *until = local_time(ctl, json_get_text(document, "until", NULL));
        mon_auto_free char *text = phrase_fill(PHRASE_SILENCED_NOW, ctl->language, id, ctl->args.items[0], until);
        (void)printf("%s\n", text);
        return flush_output(ctl);
}

int cmd_unsilence(Monctl *ctl) {
        mon_auto_json *body = json_object();
        int64_t id = 0;

        int r = take_number(ctl, ctl->args.items[0], &id);
        if (r != EXIT_DONE)
                return r;
        json_set(body, "id", json_integer(id));
        return post_and_say(ctl, "/v1/unsilence", body, PHRASE_UNSILENCED_NOW, ctl->args.items[0]);
}
