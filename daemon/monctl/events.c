#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/client.h"
#include "daemon/monctl/show.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const Monctl *ctl, const json_t *event) {
        static const char *const keys[LANGUAGE_COUNT] = {[LANGUAGE_FR] = "fr", [LANGUAGE_EN] = "en"};

        return json_get_text(json_object_get(event, "text"), keys[ctl->language],
                             json_get_text(json_object_get(event, "subject"), "id", "?"));
}

/* One event on one line, cut to the width: what `events` lists and what `--follow` adds look the same. */
static void print_event(const Monctl *ctl, const json_t *event) {
        mon_auto_free char *at = local_moment(ctl, json_get_text(event, "at", NULL));
        mon_auto_free char *clean = text_clean_copy(text_of(ctl, event), TABLE_CELL_MAX);
        const char *to = json_get_text(event, "to", NULL);
        size_t room = ctl->width > table_width(at) + 2 ? ctl->width - table_width(at) - 2 : 10;
        mon_auto_free char *cut = ctl->is_terminal ? table_cut(clean, room) : mon_strdup(clean);

        (void)printf("%s  %s%s%s\n", at, table_color(show_color(to), ctl->color), cut,
                     table_reset(show_color(to), ctl->color));
}

static void show(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_WHEN), 0, false}, {say(ctl, PHRASE_WHAT), 20, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                table_row(table);
                table_take(table, local_moment(ctl, json_get_text(row, "at", NULL)), COLOR_NONE);
                table_cell(table, text_of(ctl, row), show_color(json_get_text(row, "to", NULL)));
        }
        show_table(ctl, table);
}

/* --- following -------------------------------------------------------------------------------------------------- */

typedef struct Following {
        Monctl *ctl;
        Buf line;
        json_t *past; /* what was listed once the stream had begun; NULL: not yet, or not wanted */
        int status;
} Following;

static void print_one(const Monctl *ctl, const json_t *event) {
        if (ctl->options.json) {
                mon_auto_free char *line = json_line(event);
                (void)printf("%s\n", line);
        } else
                print_event(ctl, event);
}

/* Listed only now, so that no event falls between the list and the stream. */
static int print_past(Following *following) {
        int r = ask_document(following->ctl, ASK_EVENTS, NULL, &following->past);

        for (size_t i = r == EXIT_DONE ? json_array_size(following->past) : 0; i-- > 0;)
                print_one(following->ctl, json_array_get(following->past, i));
        return r;
}

static bool is_past(const Following *following, const json_t *event) {
        const char *id = json_get_text(event, "id", NULL);

        for (size_t i = 0; id && i < json_array_size(following->past); i++)
                if (text_is(json_get_text(json_array_get(following->past, i), "id", NULL), id))
                        return true;
        return false;
}

static void on_event(const Following *following, const char *bytes, size_t n) {
        mon_auto_free char *why = NULL;
        mon_auto_json *event = NULL;

        if (json_read(bytes, n, &event, &why) == 0 && !is_past(following, event))
                print_one(following->ctl, event);
}

static void on_line(Following *following) {
        static const char data[] = "data: ";
        const char *line = buf_text(&following->line);

        if (text_starts(line, data))
                on_event(following, line + sizeof data - 1, following->line.len - (sizeof data - 1));
        buf_clear(&following->line);
}

static bool on_bytes(void *userdata, const char *bytes, size_t n) {
        Following *following = userdata;

        if (following->ctl->options.since && !following->past) {
                following->status = print_past(following);
                if (following->status != EXIT_DONE)
                        return false;
        }
        while (n > 0) {
                const char *end = memchr(bytes, '\n', n);
                size_t part = end ? (size_t)(end - bytes) : n;
                if (buf_append(&following->line, bytes, part) != 0)
                        return false;
                if (!end)
                        return true;
                on_line(following);
                bytes += part + 1;
                n -= part + 1;
        }
        following->status = flush_output(following->ctl);
        return following->status == EXIT_DONE;
}

static int follow(Monctl *ctl) {
        Following following = {.ctl = ctl, .line = BUF_INIT(EVENTS_LINE_MAX)};
        const ClientRequest request = {
                .path = "/v1/events/stream", .sink = on_bytes, .sink_userdata = &following, .may_be_silent = true};
        mon_cleanup(client_answer_fini) ClientAnswer answer = {0};

        if (ctl->progress)
                (void)fprintf(stderr, "%s\n", say(ctl, PHRASE_FOLLOWING));
        int r = client_ask(ctl, &request, &answer);
        buf_fini(&following.line);
        json_decref(following.past);
        if (r != EXIT_DONE)
                return r;
        if (following.status != EXIT_DONE)
                return following.status;
        if (answer.status != 200)
                return client_tell_problem(ctl, &answer);
        return tell(ctl, EXIT_UNREACHABLE, say(ctl, PHRASE_STREAM_ENDED));
}

int cmd_events(Monctl *ctl) {
        if (ctl->options.follow && ctl->options.db)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_NEEDS_DAEMON, "events --follow");
        return ctl->options.follow ? follow(ctl) : ask_and_show(ctl, ASK_EVENTS, NULL, show);
}
