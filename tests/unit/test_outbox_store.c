/* What is owed, against a database that refuses, bounds, and a crash at any commit. */
#include "tests/lib/post.h"

#include "daemon/base/text.h"
#include "daemon/store/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define SEC NSEC_PER_SEC
#define MINUTE (60 * SEC)
#define HOUR (60 * MINUTE)

/* --- the database ---------------------------------------------------------------------------------------- */

static void hold(Post *post) {
        StoreOpening opening = {0};

        assert_int_equal(store_open("mond.db", POST_BEGAN, &post->other, &opening, NULL), 0);
        assert_int_equal(store_begin(post->other), 0);
        assert_int_equal(store_put_observer(post->other, "x", "y"), 0);
}

static void release(Post *post) {
        store_rollback(post->other);
        store_close(mon_steal(&post->other));
}

static void while_it_refuses_all_is_sent_from_memory(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post,
                   "- {id: a, events: [target.*], fake: {file: a}}\n- {id: b, events: [target.*], fake: {file: b}}\n");
        hold(&post);
        post_answer("b", "again");
        post_becomes(&post, "page", VERDICT_DOWN);
        assert_int_equal(flow_trouble(post.flow), -EBUSY);
        post_becomes(&post, "page", VERDICT_UP);
        post_becomes(&post, "page", VERDICT_DOWN);
        mon_auto_free char *a = post_read_all("a");
        sent("a", "#1 target.down page\n#1 target.up page\n#1 target.down page\n");
        post_pass(&post, MINUTE);
        sent("b", "#1 target.down page\n#2 target.down page\n#3 target.down page\n#4 target.down page\n"
                  "#5 target.down page\n");
        rows(&post, 0, 0, 0);
        post_answer("b", "delivered");
        release(&post);
        post_pass(&post, 2 * MINUTE);
        assert_int_equal(flow_trouble(post.flow), 0);
        rows(&post, 0, 6, 0);
        sent("b", "#6 target.down page\n#1 target.up page\n#1 target.down page\n");
        /* The rows bear the ids under which it was sent. */
        char id[EVENT_ID_MAX] = "";
        (void)sscanf(a, "%39s", id);
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(EVENT_TARGET_UP, 0);
        assert_int_equal(store_load_event(post.store, id, event), 0);
        assert_int_equal(event->type, EVENT_TARGET_DOWN);
        post_restart(&post);
        sent("a", "");
        sent("b", "");
        post_end(&post);
}

static void memory_is_bounded(void **unused) {
        const int n = OUTBOX_WINDOW_MAX + 500;
        Post post;
        (void)unused;

        post_begin(&post, "- {id: a, events: [banner.*, target.*], fake: {file: a}}\n");
        post_answer("a", "again 500 3600");
        for (int i = 0; i < n; i++) {
                mon_auto_free char *subject = mon_printf("t%d", i % 300);
                post_says(&post, EVENT_BANNER_SEEN, subject);
        }
        assert_int_equal(outbox_pending(post.outbox), OUTBOX_WINDOW_MAX);
        rows(&post, (size_t)n, 0, 0);
        unlink("a");
        post_answer("a", "delivered");
        post_pass(&post, 2 * HOUR);
        rows(&post, 0, (size_t)n, 0);
        assert_int_equal(outbox_pending(post.outbox), 0);
        unlink("a");

        /* The database refuses, and so does the receiver: there is an end to what can wait. States come later. */
        hold(&post);
        post_answer("a", "again 500 3600");
        for (int i = 0; i < OUTBOX_WINDOW_MAX + OUTBOX_UNWRITTEN_MAX + 10; i++) {
                post_says(&post, EVENT_BANNER_SEEN, "page");
                assert_true(outbox_pending(post.outbox) <= OUTBOX_WINDOW_MAX + OUTBOX_UNWRITTEN_MAX);
        }
        post_becomes(&post, "other", VERDICT_DOWN);
        assert_int_equal(outbox_pending(post.outbox), OUTBOX_WINDOW_MAX + OUTBOX_UNWRITTEN_MAX);
        unlink("a");
        post_answer("a", "delivered");
        release(&post);
        post_pass(&post, 2 * HOUR);
        mon_auto_free char *late = post_take_sent("a");
        assert_non_null(strstr(late, " target.down other late\n"));
        rows(&post, 0, (size_t)n + OUTBOX_WINDOW_MAX + OUTBOX_UNWRITTEN_MAX + 1, 0);
        post_end(&post);
}

static size_t lines_of(const char *file) {
        mon_auto_free char *all = post_read_all(file);
        size_t n = 0;

        for (const char *at = all; (at = strchr(at, '\n')); at++)
                n++;
        return n;
}

/* Every notifier gets its turn, and together they hold no more than OUTBOX_BODIES_MAX and one body each. */
static void bodies_are_bounded(void **unused) {
        enum { NOTIFIERS = 20, SUBJECTS = OUTBOX_AT_ONCE_MAX };
        mon_auto_buf Buf notifiers = BUF_INIT(1 << 20);
        size_t n = 0;
        Post post;
        (void)unused;

        for (int i = 0; i < NOTIFIERS; i++)
                assert_int_equal(buf_printf(&notifiers, "- {id: n%d, events: [banner.*], fake: {file: f%d}}\n", i, i),
                                 0);
        post_begin(&post, notifiers.data);
        for (int i = 0; i < NOTIFIERS; i++) {
                mon_auto_free char *file = mon_printf("f%d", i);
                post_answer(file, "hang");
        }
        for (int i = 0; i < SUBJECTS; i++) {
                Event *event = mon_event_new(EVENT_BANNER_SEEN, clock_at_real(post.clock));
                event->kind = SUBJECT_TARGET;
                event->subject = mon_printf("t%d", i);
                event->detail = mon_strdup("huge");
                flow_tell(post.flow, event);
                post_settle(&post);
        }
        for (int i = 0; i < NOTIFIERS; i++) {
                mon_auto_free char *file = mon_printf("f%d", i);
                assert_in_range(lines_of(file), 1, SUBJECTS);
                n += lines_of(file);
                post_answer(file, "delivered");
                (void)unlink(file);
        }
        assert_in_range(n, NOTIFIERS, OUTBOX_BODIES_MAX / NOTIFIER_BODY_MAX + NOTIFIERS);
        post_restart(&post);
        rows(&post, 0, (size_t)NOTIFIERS * SUBJECTS, 0);
        post_end(&post);
}

/* --- a crash at any commit ------------------------------------------------------------------------------- */

static const struct {
        const char *target;
        Verdict state;
} script[] = {{"page", VERDICT_DOWN}, {"other", VERDICT_DOWN}, {"page", VERDICT_MAINTENANCE}, {"page", VERDICT_UP},
              {"other", VERDICT_UP},  {"page", VERDICT_DOWN},  {"other", VERDICT_DOWN},       {"page", VERDICT_UP}};

/* The lines of one subject without those that repeat an id; and each id's number of lines is at least one. */
static char *in_order(const char *all, const char *target) {
        mon_auto_buf Buf text = BUF_INIT(1 << 20), seen = BUF_INIT(1 << 20);

        for (const char *line = all; *line; line += strcspn(line, "\n") + 1) {
                char id[64], type[64], subject[64];
                int attempt;
                assert_int_equal(sscanf(line, "%63s #%d %63s %63s", id, &attempt, type, subject), 4);
                if (strcmp(subject, target) != 0 || (seen.len > 0 && strstr(seen.data, id)))
                        continue;
                assert_int_equal(buf_printf(&seen, "%s ", id), 0);
                assert_int_equal(buf_printf(&text, "%s\n", type), 0);
        }
        return buf_steal(&text);
}

static void a_crash_loses_nothing(void **unused) {
        static const char *const answers[] = {"delivered", "again 500", "delivered", "hang"};
        bool crashed = true;
        (void)unused;

        for (unsigned k = 1; crashed; k++) {
                Post post;
                size_t done = 0;

                post_begin(&post, "- {id: a, events: [target.*], fake: {file: a}}\n");
                post_die(&post);
                post_live(&post, k);
                post_settle(&post);
                while (done < mon_count_of(script) && !flow_has_crashed(post.flow)) {
                        post_answer("a", answers[done % mon_count_of(answers)]);
                        post_becomes(&post, script[done].target, script[done].state);
                        post_pass(&post, SEC);
                        done++;
                }
                crashed = flow_has_crashed(post.flow);
                /* Nothing of what happened is known but what the database has. */
                flow_crash(post.flow);
                post_die(&post);
                post_answer("a", "delivered");
                post_live(&post, 0);
                post_settle(&post);
                /* What was seen when it crashed is seen again, as the next look would. */
                for (size_t i = done > 0 ? done - 1 : 0; i < mon_count_of(script); i++) {
                        post_becomes(&post, script[i].target, script[i].state);
                        post_pass(&post, 10 * SEC);
                }
                post_pass(&post, 2 * HOUR);
                mon_auto_free char *all = post_read_all("a");
                mon_auto_free char *page = in_order(all, "page"), *other = in_order(all, "other");
                if (strcmp(page, "target.down\ntarget.maintenance\ntarget.up\ntarget.down\ntarget.up\n") != 0 ||
                    strcmp(other, "target.down\ntarget.up\ntarget.down\n") != 0)
                        fail_msg("crash at commit %u, after %zu: %s\nsent\n%s", k, done, page, all);
                size_t counts[4];
                post_count_rows(&post, counts);
                assert_int_equal(counts[DELIVERY_PENDING], 0);
                post_end(&post);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(while_it_refuses_all_is_sent_from_memory),
                cmocka_unit_test(memory_is_bounded),
                cmocka_unit_test(bodies_are_bounded),
                cmocka_unit_test(a_crash_loses_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
