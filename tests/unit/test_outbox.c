/* Who is told what, in which order, how often; across failures, silences, reloads and restarts. */
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

/* --- tests ----------------------------------------------------------------------------------------------- */

static void the_failure_and_its_end_are_told(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post,
                   "- {id: a, events: [target.*], fake: {file: a}}\n- {id: b, events: [target.down], fake: {file: b}}\n"
                   "- {id: c, events: [target.up], fake: {file: c}}\n- {id: d, fake: {file: d}}\n");
        post_becomes(&post, "page", VERDICT_UP); /* a first look that finds all well says nothing */
        sent("a", "");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_becomes(&post, "page", VERDICT_MAINTENANCE);
        post_becomes(&post, "page", VERDICT_UP);
        sent("a", "#1 target.down page\n#1 target.maintenance page\n#1 target.up page\n");
        sent("b", "#1 target.down page\n#1 target.up page\n");
        sent("c", "");
        post_path_becomes(&post, PATH_CLOSED);
        post_path_becomes(&post, PATH_UNKNOWN);
        post_path_becomes(&post, PATH_OPEN);
        sent("a", "");
        sent("d", "#1 path.closed refus\n#1 path.open refus\n");
        rows(&post, 0, 7, 0);
        assert_int_equal(post.told, 7);
        post_end(&post);
}

static void a_failed_attempt_is_made_again_in_order(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post, "- {id: a, events: [target.*], fake: {file: a}}\n");
        post_answer("a", "again 500");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_becomes(&post, "page", VERDICT_UP);
        post_becomes(&post, "other", VERDICT_DOWN);
        sent("a", "#1 target.down page\n#1 target.down other\n");
        post_pass(&post, 3 * SEC);
        sent_sorted("a", "#2 target.down other\n#2 target.down page\n");
        post_answer("a", "again 503 600");
        post_pass(&post, 5 * SEC);
        sent_sorted("a", "#3 target.down other\n#3 target.down page\n");
        post_pass(&post, 595 * SEC);
        sent("a", "");
        post_answer("a", "delivered");
        post_pass(&post, 10 * SEC);
        mon_auto_free char *got = post_take_sent("a");
        const char *down = strstr(got, "#4 target.down page\n"), *up = strstr(got, "#1 target.up page late\n");
        assert_true(down && up && down < up); /* the body of the first is as it was: not late */
        assert_non_null(strstr(got, "#4 target.down other\n"));
        rows(&post, 0, 3, 0);

        /* Three days at most. */
        post_answer("a", "again");
        post_becomes(&post, "other", VERDICT_UP);
        post_pass(&post, TELLING_GIVE_UP - HOUR);
        rows(&post, 1, 3, 0);
        post_pass(&post, 3 * HOUR);
        rows(&post, 0, 3, 1);
        post_end(&post);
}

static void what_hangs_delays_nobody_else(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post,
                   "- {id: a, events: [target.*], fake: {file: a}}\n- {id: b, events: [target.*], fake: {file: b}}\n");
        post_answer("a", "hang");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_becomes(&post, "page", VERDICT_UP);
        sent("a", "#1 target.down page\n");
        sent("b", "#1 target.down page\n#1 target.up page\n");
        for (int i = 0; i < 20; i++) {
                mon_auto_free char *subject = mon_printf("t%d", i);
                post_becomes(&post, subject, VERDICT_DOWN);
        }
        mon_auto_free char *a = post_take_sent("a"), *b = post_take_sent("b");
        size_t n_a = 0, n_b = 0;
        for (const char *at = a; (at = strchr(at, '\n')); at++)
                n_a++;
        for (const char *at = b; (at = strchr(at, '\n')); at++)
                n_b++;
        assert_int_equal(n_a, OUTBOX_AT_ONCE_MAX - 1);
        assert_int_equal(n_b, 20);
        /* What was under way is made again; the others begin. */
        post_answer("a", "delivered");
        post_restart(&post);
        mon_auto_free char *again = post_take_sent("a");
        assert_non_null(strstr(again, "#2 target.down page\n"));
        assert_non_null(strstr(again, "#1 target.up page\n"));
        assert_non_null(strstr(again, "#1 target.down t19\n"));
        rows(&post, 0, 44, 0);
        sent("b", "");
        post_end(&post);
}

static void silences_swallow_no_change(void **unused) {
        Post post;
        int64_t one, all;
        (void)unused;

        post_begin(&post, "- {id: a, events: [target.*, banner.*], fake: {file: a}}\n");
        assert_int_equal(outbox_silence(post.outbox, "page", POST_BEGAN + HOUR, "works", &one), 0);
        post_becomes(&post, "page", VERDICT_DOWN);
        post_says(&post, EVENT_BANNER_SEEN, "page"); /* what has no state is let go */
        post_becomes(&post, "other", VERDICT_DOWN);
        sent("a", "#1 target.down other\n");
        post_becomes(&post, "page", VERDICT_UP);
        post_pass(&post, 2 * HOUR);
        sent("a", ""); /* down and up again: as it was told */
        assert_int_equal(outbox_silences(post.outbox), 0);

        assert_int_equal(outbox_silence(post.outbox, "all", POST_BEGAN + 10 * HOUR, "works", &all), 0);
        post_becomes(&post, "page", VERDICT_DOWN);
        post_becomes(&post, "page", VERDICT_MAINTENANCE);
        post_becomes(&post, "other", VERDICT_UP);
        post_pass(&post, HOUR);
        post_restart(&post); /* it outlives that */
        assert_int_equal(outbox_silences(post.outbox), 1);
        assert_string_equal(outbox_silence_at(post.outbox, 0)->reason, "works");
        assert_int_equal(outbox_silence_at(post.outbox, 0)->id, all);
        sent("a", "");
        assert_int_equal(outbox_unsilence(post.outbox, all), 0);
        assert_int_equal(outbox_unsilence(post.outbox, all), OUTBOX_E_UNKNOWN);
        post_settle(&post);
        mon_auto_free char *after = post_take_sent("a");
        assert_non_null(strstr(after, "#1 target.maintenance page late\n"));
        assert_non_null(strstr(after, "#1 target.up other late\n"));
        assert_null(strstr(after, "target.down"));

        for (int i = 0; i < OUTBOX_SILENCES_MAX; i++)
                assert_int_equal(outbox_silence(post.outbox, "page", POST_BEGAN + 100 * HOUR, "x", &one), 0);
        assert_int_equal(outbox_silence(post.outbox, "page", POST_BEGAN + 100 * HOUR, "x", &one), OUTBOX_E_FULL);
        post_end(&post);
}

static void a_reason_has_a_bound(void **unused) {
        Post post;
        int64_t id;
        char reason[OUTBOX_REASON_MAX + 100];
        (void)unused;

        post_begin(&post, "- {id: a, fake: {file: a}}\n");
        memset(reason, 'x', sizeof reason - 1);
        reason[sizeof reason - 1] = '\0';
        assert_int_equal(outbox_silence(post.outbox, "all", POST_BEGAN + HOUR, reason, &id), 0);
        assert_in_range(strlen(outbox_silence_at(post.outbox, 0)->reason), OUTBOX_REASON_MAX - 3, OUTBOX_REASON_MAX);
        post_end(&post);
}

static void quiet_hours_hold_back(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post,
                   "- {id: a, events: [target.*, banner.*], quiet: {timezone: UTC, from: '00:00', until: '05:00'}, "
                   "fake: {file: a}}\n"
                   "- {id: b, events: [target.*, banner.*], quiet: {timezone: UTC, from: '00:00', until: '05:00', "
                   "at_most: 2h}, fake: {file: b}}\n");
        post_pass(&post, 10 * MINUTE);
        post_becomes(&post, "page", VERDICT_DOWN);
        post_becomes(&post, "other", VERDICT_DOWN);
        post_says(&post, EVENT_BANNER_SEEN, "page");
        post_pass(&post, HOUR);
        post_becomes(&post, "other", VERDICT_UP);
        sent("a", "");
        sent("b", "");
        post_restart(&post);
        post_pass(&post, 2 * HOUR);
        sent("a", "");
        mon_auto_free char *b = post_take_sent("b"); /* two hours after it happened, since it lasts */
        assert_non_null(strstr(b, "#1 target.down page late\n"));
        assert_non_null(strstr(b, "#1 banner.seen page late\n"));
        assert_null(strstr(b, "other"));
        post_pass(&post, 3 * HOUR);
        sent("b", "");
        mon_auto_free char *a = post_take_sent("a");
        assert_non_null(strstr(a, "#1 target.down page late\n"));
        assert_non_null(strstr(a, "#1 banner.seen page late\n"));
        assert_null(strstr(a, "other"));
        post_becomes(&post, "page", VERDICT_UP);
        sent("a", "#1 target.up page\n");
        post_end(&post);
}

static void reminders_come_as_asked(void **unused) {
        Post post;
        int64_t silence;
        (void)unused;

        post_begin(&post, "- {id: a, events: [target.down], remind_every: 6h, fake: {file: a}}\n"
                          "- {id: b, events: [target.down], fake: {file: b}}\n");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_pass(&post, 5 * HOUR);
        post_restart(&post); /* its timer goes on */
        sent("a", "#1 target.down page\n");
        post_pass(&post, HOUR + MINUTE);
        sent("a", "#1 incident.reminder page\n");
        post_pass(&post, 12 * HOUR);
        sent("a", "#1 incident.reminder page\n#1 incident.reminder page\n");
        assert_int_equal(outbox_silence(post.outbox, "page", clock_at_real(post.clock) + 20 * HOUR, "x", &silence), 0);
        post_pass(&post, 19 * HOUR);
        sent("a", "");
        post_pass(&post, 2 * HOUR); /* overdue at its end */
        sent("a", "#1 incident.reminder page\n");
        post_becomes(&post, "page", VERDICT_UP);
        post_pass(&post, 20 * HOUR);
        sent("a", "#1 target.up page\n");
        sent("b", "#1 target.down page\n#1 target.up page\n");
        post_end(&post);
}

static void a_restart_repeats_nothing(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post, "- {id: a, events: ['*'], fake: {file: a}}\n");
        post_becomes(&post, "page", VERDICT_DOWN);
        Event *blind = mon_event_new(EVENT_OBSERVER_BLIND, clock_at_real(post.clock));
        blind->kind = SUBJECT_OBSERVER;
        blind->subject = mon_strdup("mond");
        blind->cause = CAUSE_LOCAL_NETWORK;
        flow_tell(post.flow, blind);
        post_settle(&post);
        sent("a", "#1 target.down page\n#1 observer.blind mond\n");
        post_restart(&post);
        assert_true(flow_is_blind(post.flow));
        post_becomes(&post, "page", VERDICT_DOWN);
        flow_tell(post.flow, post_state_event(&post, "page", VERDICT_UNKNOWN, CAUSE_LOCAL_NETWORK));
        post_pass(&post, HOUR);
        sent("a", "");
        post_becomes(&post, "page", VERDICT_DOWN);
        sent("a", "");
        post_becomes(&post, "page", VERDICT_UP);
        sent("a", "#1 target.up page\n");
        post_end(&post);
}

static void a_notifier_that_is_edited_is_armed_anew(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post,
                   "- {id: a, events: [target.*], fake: {file: a}}\n- {id: b, events: [target.*], fake: {file: b}}\n");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_becomes(&post, "other", VERDICT_DOWN);
        post_becomes(&post, "other", VERDICT_UP);
        mon_auto_free char *a = post_take_sent("a"), *b = post_take_sent("b");
        assert_string_equal(a, b);
        post_pass(&post, HOUR);
        post_reload(&post,
                    "- {id: b, events: [target.*], fake: {file: b}}\n- {id: a, events: [target.*], fake: {file: a2}}\n"
                    "- {id: new, events: [target.down], fake: {file: new}}\n");
        sent("b", "");
        sent("a2", "#1 target.down page late\n"); /* what fails now, under its id and with its times */
        sent("new", "#1 target.down page late\n");
        post_restart(&post);
        sent("a2", "");

        /* What is owed to one that is removed is given up. */
        post_answer("new", "again");
        post_becomes(&post, "page", VERDICT_UP);
        post_reload(&post, "- {id: b, events: [target.*], fake: {file: b}}\n");
        sent("a2", "#1 target.up page\n");
        post_pass(&post, HOUR);
        sent("new", "#1 target.up page\n");
        rows(&post, 0, 9, 1);
        /* Edited while it was owed something: that is said again in the words of the new settings. */
        post_answer("b", "again");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_reload(&post, "- {id: b, events: [target.*], fake: {file: b2}}\n");
        post_pass(&post, 10 * SEC);
        sent("b2", "#2 target.down page\n");
        post_end(&post);
}

static void one_that_is_gone_is_disabled(void **unused) {
        Post post;
        char id[EVENT_ID_MAX];
        OutboxNotifierHealth health;
        (void)unused;

        post_begin(&post, "- {id: a, events: [target.*], fake: {file: a}}\n"
                          "- {id: b, events: [delivery.failed], fake: {file: b}}\n");
        post_answer("a", "gone 410");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_settle(&post);
        sent("a", "#1 target.down page\n");
        sent("b", "#1 delivery.failed a\n");
        post_becomes(&post, "page", VERDICT_UP);
        post_becomes(&post, "page", VERDICT_DOWN);
        sent("a", "");
        outbox_health(post.outbox, 0, &health);
        assert_string_equal(health.disabled, "as told: gone 410");
        post_restart(&post);
        outbox_health(post.outbox, 0, &health);
        assert_non_null(health.disabled);
        sent("a", "");
        assert_int_equal(outbox_test(post.outbox, "a", id), OUTBOX_E_DISABLED);
        assert_int_equal(outbox_enable(post.outbox, "nobody"), OUTBOX_E_UNKNOWN);
        post_answer("a", "delivered");
        assert_int_equal(outbox_enable(post.outbox, "a"), 0);
        assert_int_equal(outbox_enable(post.outbox, "a"), OUTBOX_E_STATE);
        post_settle(&post);
        sent("a", "#1 target.down page\n");
        outbox_health(post.outbox, 0, &health);
        assert_null(health.disabled);
        rows(&post, 0, 2, 1);
        /* Editing enables too. */
        post_answer("a", "gone 410");
        post_becomes(&post, "page", VERDICT_UP);
        post_settle(&post);
        sent("a", "#1 target.up page\n");
        post_reload(&post, "- {id: a, events: [target.*], fake: {file: a3}}\n");
        post_becomes(&post, "page", VERDICT_DOWN);
        sent("a3", "#1 target.down page\n");
        post_end(&post);
}

static int first_failed(void *userdata, const StoreDeliveryRow *row) {
        *(int64_t *)userdata = row->id;
        return 0;
}

static void what_failed_can_be_sent_again(void **unused) {
        Post post;
        StorePage page = store_page_all();
        int64_t id = 0;
        char test[EVENT_ID_MAX];
        (void)unused;

        page.limit = 10;
        post_begin(&post, "- {id: a, events: [target.*, delivery.*], fake: {file: a}}\n"
                          "- {id: b, events: [delivery.failed], fake: {file: b}}\n");
        post_answer("a", "failed 400");
        post_answer("b", "failed 400");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_becomes(&post, "page", VERDICT_UP);
        post_settle(&post);
        sent("a", "#1 target.down page\n#1 target.up page\n");     /* the queue was free at once */
        sent("b", "#1 delivery.failed a\n#1 delivery.failed a\n"); /* and no word of b's own failures */
        rows(&post, 0, 0, 4);
        assert_int_equal(store_each_delivery(post.store, &page, DELIVERY_FAILED, first_failed, &id), 0);
        assert_int_equal(outbox_retry(post.outbox, 4711), OUTBOX_E_UNKNOWN);
        post_answer("a", "delivered");
        assert_int_equal(outbox_retry(post.outbox, id), 0);
        post_settle(&post);
        sent("a", "#1 target.down page\n");
        assert_int_equal(outbox_retry(post.outbox, id), OUTBOX_E_STATE);
        rows(&post, 0, 1, 3);
        assert_int_equal(outbox_test(post.outbox, "a", test), 0);
        post_settle(&post);
        sent("a", "#1 notifier.test a\n");
        assert_string_equal(post.last_id, test);
        assert_int_equal(post.last, SEND_DELIVERED);
        post_end(&post);
}

static void flapping_is_one_word(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post, "- {id: a, events: [target.*], fake: {file: a}}\n- {id: p, fake: {file: p}}\n");
        post_becomes(&post, "page", VERDICT_DOWN);
        post_path_becomes(&post, PATH_CLOSED);
        sent("a", "#1 target.down page\n");
        post.changes = 12;
        post_becomes(&post, "page", VERDICT_UP);
        post_path_becomes(&post, PATH_OPEN);
        sent("a", "#1 target.unstable page\n");
        sent("p", "#1 path.closed refus\n#1 path.unstable refus\n");
        for (int i = 0; i < 5; i++) {
                post_becomes(&post, "page", VERDICT_DOWN);
                post_path_becomes(&post, PATH_CLOSED);
                post_becomes(&post, "page", VERDICT_UP);
                post_path_becomes(&post, PATH_OPEN);
        }
        post_restart(&post);
        sent("a", "");
        sent("p", "");
        post.changes = 0;
        outbox_calm(post.outbox, "page");
        post_settle(&post);
        sent("a", "#1 target.up page\n");
        sent("p", "#1 path.open refus\n");
        post_end(&post);
}

static void what_cannot_be_said_fails(void **unused) {
        Post post;
        (void)unused;

        post_begin(&post, "- {id: a, events: [target.*], fake: {file: a}}\n");
        Event *event = post_state_event(&post, "page", VERDICT_DOWN, CAUSE_BANNER);
        event->detail = mon_strdup("unspeakable");
        flow_tell(post.flow, event);
        post_settle(&post);
        post_becomes(&post, "page", VERDICT_UP);
        sent("a", "#1 target.up page\n");
        rows(&post, 0, 1, 1);
        post_answer("a", "fault"); /* of our own: later, then */
        post_becomes(&post, "page", VERDICT_DOWN);
        rows(&post, 1, 1, 1);
        post_answer("a", "delivered");
        post_pass(&post, 3 * SEC);
        sent("a", "#2 target.down page\n");
        post_end(&post);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_failure_and_its_end_are_told),
                cmocka_unit_test(a_failed_attempt_is_made_again_in_order),
                cmocka_unit_test(what_hangs_delays_nobody_else),
                cmocka_unit_test(silences_swallow_no_change),
                cmocka_unit_test(a_reason_has_a_bound),
                cmocka_unit_test(quiet_hours_hold_back),
                cmocka_unit_test(reminders_come_as_asked),
                cmocka_unit_test(a_restart_repeats_nothing),
                cmocka_unit_test(a_notifier_that_is_edited_is_armed_anew),
                cmocka_unit_test(one_that_is_gone_is_disabled),
                cmocka_unit_test(what_failed_can_be_sent_again),
                cmocka_unit_test(flapping_is_one_word),
                cmocka_unit_test(what_cannot_be_said_fails),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
