#include "tests/lib/post.h"

#include "daemon/base/text.h"
#include "daemon/store/rows.h"
#include "daemon/view/view.h"
#include "tests/lib/fake_notifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD                                                                                                           \
        "observer: {contact: a@b.fr}\nreferences: [https://example.org/]\n"                                            \
        "targets:\n- {id: page, http: {url: 'http://localhost/'}}\n- {id: other, http: {url: 'http://localhost/'}}\n"  \
        "notifiers:\n"

/* --- the daemon's part ----------------------------------------------------------------------------------- */

static Store *give_store(void *userdata) {
        return ((Post *)userdata)->store;
}

static void want_commit(void *userdata) {
        flow_want_commit(((Post *)userdata)->flow);
}

static void take_event(void *userdata, Event *event) {
        flow_tell(((Post *)userdata)->flow, event);
}

static json_t *document_of(void *userdata, const Event *event) {
        (void)userdata;
        return view_event(event, "mond", "a@b.fr");
}

static int changes_of(void *userdata, const char *target) {
        (void)target;
        return ((Post *)userdata)->changes;
}

static void on_tried(void *userdata, const Notifier *notifier, const char *event_id, const SendOutcome *outcome) {
        Post *post = userdata;

        assert_non_null(notifier->id);
        post->tried++;
        post->last = outcome->result;
        (void)snprintf(post->last_id, sizeof post->last_id, "%s", event_id);
}

static void on_event(void *userdata, const Event *event) {
        (void)event;
        ((Post *)userdata)->told++;
}

static void on_checked(void *userdata, const Watch *watch, const Observation *observation) {
        (void)userdata;
        (void)watch;
        (void)observation;
}

static void on_trouble(void *userdata, int error) {
        (void)userdata;
        (void)error;
}

static Store *on_renew(void *userdata, int why) {
        (void)userdata;
        (void)why;
        return NULL;
}

static Config *load(const char *notifiers) {
        mon_auto_free char *text = mon_printf(HEAD "%s", notifiers);
        Config *config = NULL;

        config_fixture_write_text("mond.yaml", text);
        mon_auto_free char *told = config_fixture_load(&config);
        if (!config)
                fail_msg("%s", told);
        Path *path = mon_new(Path);
        path->id = mon_strdup("refus");
        list_add(&config->paths, path);
        return config;
}

static void set_flow(Post *post) {
        post->of_flow = *post->config;
        post->of_flow.paths = (List){0};
        flow_set_config(post->flow, &post->of_flow);
}

/* Begins a life of the daemon on what the last one left; `crash` 0: never. */
void post_live(Post *post, unsigned crash) {
        const FlowHost flow_host = {
                .userdata = post, .event = on_event, .checked = on_checked, .trouble = on_trouble, .renew = on_renew};
        const FlowStart start = {.version = "test", .crash_after_commits = crash};
        const OutboxHost host = {
                .userdata = post,
                .store = give_store,
                .commit = want_commit,
                .event = take_event,
                .document = document_of,
                .changes = changes_of,
                .tried = on_tried,
        };
        StoreOpening opening = {0};

        post->services = (NotifyServices){.loop = post->loop};
        assert_int_equal(store_open("mond.db", POST_BEGAN, &post->store, &opening, NULL), 0);
        assert_int_equal(flow_new(post->loop, post->store, &flow_host, &start, &post->flow), 0);
        assert_int_equal(outbox_new(post->loop, &host, &post->services, &post->outbox), 0);
        flow_set_outbox(post->flow, post->outbox);
        set_flow(post);
        outbox_set(post->outbox, post->config, NULL);
        assert_int_equal(flow_commit(post->flow), 0);
}

void post_die(Post *post) {
        outbox_stop(post->outbox);
        flow_free(mon_steal(&post->flow));
        outbox_free(mon_steal(&post->outbox));
        store_close(mon_steal(&post->store));
}

void post_settle(Post *post) {
        assert_int_equal(loop_settle(post->loop), 0);
}

void post_restart(Post *post) {
        post_die(post);
        post_live(post, 0);
        post_settle(post);
}

void post_reload(Post *post, const char *notifiers) {
        Config *config = load(notifiers);

        outbox_set(post->outbox, config, post->config);
        config_free(post->config);
        post->config = config;
        set_flow(post);
        post_settle(post);
}

void post_begin(Post *post, const char *notifiers) {
        *post = (Post){.clock = clock_new_simulated(NSEC_PER_SEC, POST_BEGAN, 1)};
        config_fixture_init(&post->fixture);
        assert_int_equal(loop_new(post->clock, &post->loop), 0);
        post->config = load(notifiers);
        post_live(post, 0);
        post_settle(post);
}

void post_end(Post *post) {
        if (post->flow)
                post_die(post);
        config_free(post->config);
        loop_free(post->loop);
        clock_free(post->clock);
        config_fixture_fini(&post->fixture);
}

/* --- what happens ---------------------------------------------------------------------------------------- */

/* Time passes, from due time to due time. */
void post_pass(Post *post, Nsec span) {
        Nsec end_at_boot = clock_at_boot(post->clock) + span;

        post_settle(post);
        while (loop_next_due(post->loop) <= end_at_boot) {
                Nsec due = loop_next_due(post->loop), now = clock_at_boot(post->clock);
                clock_advance(post->clock, due > now ? due - now : 0);
                post_settle(post);
        }
        clock_advance(post->clock, end_at_boot - clock_at_boot(post->clock));
        post_settle(post);
}

Event *post_state_event(Post *post, const char *target, Verdict to, Cause cause) {
        Event *event = mon_event_new(event_type_of_state(to), clock_at_real(post->clock));

        event->kind = SUBJECT_TARGET;
        event->subject = mon_strdup(target);
        event->to = to;
        event->verdict = to;
        event->cause = cause;
        return event;
}

void post_becomes(Post *post, const char *target, Verdict to) {
        flow_tell(post->flow, post_state_event(post, target, to, to == VERDICT_UP ? CAUSE_OK : CAUSE_BANNER));
        post_settle(post);
}

void post_path_becomes(Post *post, PathState to) {
        Event *event = mon_event_new(event_type_of_path(to), clock_at_real(post->clock));

        event->kind = SUBJECT_PATH;
        event->subject = mon_strdup("refus");
        event->path_to = to;
        event->reason = mon_strdup("page");
        flow_tell(post->flow, event);
        post_settle(post);
}

void post_says(Post *post, EventType type, const char *target) {
        Event *event = mon_event_new(type, clock_at_real(post->clock));

        event->kind = SUBJECT_TARGET;
        event->subject = mon_strdup(target);
        flow_tell(post->flow, event);
        post_settle(post);
}

void post_answer(const char *file, const char *line) {
        mon_auto_free char *path = mon_printf("%s.answer", file);

        config_fixture_write_text(path, line);
}

char *post_read_all(const char *file) {
        mon_auto_buf Buf text = BUF_INIT(32 << 20);
        char bytes[4096];
        size_t n;
        FILE *stream = fopen(file, "re");

        while (stream && (n = fread(bytes, 1, sizeof bytes, stream)) > 0)
                assert_int_equal(buf_append(&text, bytes, n), 0);
        if (stream)
                (void)fclose(stream);
        return buf_steal(&text);
}

static int by_text(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What was sent since it was asked last, without the ids. */
char *post_take_sent(const char *file) {
        mon_auto_free char *all = post_read_all(file);
        mon_auto_buf Buf text = BUF_INIT(32 << 20);

        for (char *line = all; *line;) {
                size_t len = strcspn(line, "\n");
                const char *rest = strchr(line, ' ') + 1;
                assert_int_equal(buf_append(&text, rest, (size_t)(line + len + 1 - rest)), 0);
                line += len + 1;
        }
        (void)unlink(file);
        return buf_steal(&text);
}

void post_check_sent(const char *file, const char *expected, int line) {
        mon_auto_free char *sent = post_take_sent(file);

        if (strcmp(sent, expected) != 0)
                fail_msg("line %d: %s: expected\n%sgot\n%s", line, file, expected, sent);
}
/* Where subjects do not wait for each other: the lines in the order of the alphabet. */
void post_check_sorted(const char *file, const char *expected, int line) {
        mon_auto_free char *got = post_take_sent(file), *all = mon_strdup("");
        mon_cleanup(list_fini) List lines = {0};

        for (char *at = got; *at;) {
                char *end = strchr(at, '\n');
                *end = '\0';
                list_add(&lines, at);
                at = end + 1;
        }
        qsort(lines.items, lines.n, sizeof *lines.items, by_text);
        list_each (const char, text, &lines) {
                char *longer = mon_printf("%s%s\n", all, text);
                free(all);
                all = longer;
        }
        if (strcmp(all, expected) != 0)
                fail_msg("line %d: %s: expected\n%sgot\n%s", line, file, expected, all);
}

static int count_row(void *userdata, const StoreDeliveryRow *row) {
        size_t *counts = userdata;
        counts[row->state]++;
        return 0;
}

void post_count_rows(Post *post, size_t ret_counts[static 4]) {
        StorePage page = store_page_all();

        memset(ret_counts, 0, 4 * sizeof *ret_counts);
        page.limit = 1000000;
        assert_int_equal(store_each_delivery(post->store, &page, 0, count_row, ret_counts), 0);
}

void post_check_rows(Post *post, size_t pending, size_t delivered, size_t failed, int line) {
        size_t counts[4];

        post_count_rows(post, counts);
        if (counts[1] != pending || counts[2] != delivered || counts[3] != failed)
                fail_msg("line %d: %zu pending, %zu delivered, %zu failed", line, counts[1], counts[2], counts[3]);
}
