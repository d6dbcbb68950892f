/* Who is looked at when: no bunch after a standstill, no host asked too often by people, nothing left of a look that
 * was given up. */
#include "daemon/watches.h"

#include "daemon/core/schedule.h"
#include "tests/lib/fake_probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define BEGAN (INT64_C(1768176000) * NSEC_PER_SEC) /* 2026-01-12 */
#define MINUTE (60 * NSEC_PER_SEC)
#define TARGETS 20

typedef struct Ground {
        Clock *clock;
        Loop *loop;
        char folder[32];
        char *path;
        Store *store;
        Flow *flow;
        ProbeServices services;
        Runner *runner;
        Watches *watches;
        Config config;
        Target targets[TARGETS];
        FakeSpec specs[TARGETS];
        size_t gone;
} Ground;

static void on_event(void *userdata, const Event *event) {
        (void)userdata;
        (void)event;
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

static Store *no_renewal(void *userdata, int error) {
        (void)userdata;
        (void)error;
        return NULL;
}

static void on_gone(const Watch *watch, void *userdata) {
        Ground *ground = userdata;

        assert_false(watch->looking);
        ground->gone++;
}

static int setup(void **state) {
        Ground *ground = mon_new(Ground);
        const FlowHost host = {.event = on_event, .checked = on_checked, .trouble = on_trouble, .renew = no_renewal};
        const FlowStart start = {.version = "test"};
        StoreOpening opening = {0};
        WatchesDiff diff;

        ground->clock = clock_new_simulated(1000 * NSEC_PER_SEC, BEGAN, 1);
        (void)snprintf(ground->folder, sizeof ground->folder, "/tmp/mond-watches-XXXXXX");
        assert_non_null(mkdtemp(ground->folder));
        ground->path = mon_printf("%s/mond.db", ground->folder);
        assert_int_equal(loop_new(ground->clock, &ground->loop), 0);
        assert_int_equal(store_open(ground->path, BEGAN, &ground->store, &opening, NULL), 0);
        assert_int_equal(flow_new(ground->loop, ground->store, &host, &start, &ground->flow), 0);
        ground->services = (ProbeServices){.loop = ground->loop, .user_agent = "test"};
        ground->runner = runner_new(&ground->services, NULL);
        runner_set_limits(ground->runner, 1, TARGETS);
        ground->watches = watches_new(ground->loop, ground->runner, ground->flow, on_gone, ground);
        ground->config.retention_checks = ground->config.retention_bodies = 3650 * 1440 * MINUTE;
        for (size_t i = 0; i < TARGETS; i++) {
                ground->specs[i] = (FakeSpec){.verdict = VERDICT_UP, .cause = CAUSE_OK};
                ground->targets[i] = (Target){
                        .id = mon_printf("target-%zu", i),
                        .driver = &fake_probe,
                        .spec = &ground->specs[i],
                        .interval = MINUTE,
                        .timeout = 20 * NSEC_PER_SEC,
                        .confirm = {.fail = 2, .pass = 1, .retry_interval = 30 * NSEC_PER_SEC},
                        .fingerprint = 1,
                };
                list_add(&ground->config.targets, &ground->targets[i]);
        }
        assert_int_equal(watches_set(ground->watches, &ground->config, NULL, &diff), 0);
        assert_int_equal(diff.added, TARGETS);
        flow_set_config(ground->flow, &ground->config);
        *state = ground;
        return 0;
}

static int teardown(void **state) {
        static const char *const suffixes[] = {"", "-wal", "-shm"};
        Ground *ground = *state;

        watches_free(ground->watches);
        flow_free(ground->flow);
        runner_free(ground->runner);
        store_close(ground->store);
        for (size_t i = 0; i < mon_count_of(suffixes); i++) {
                mon_auto_free char *path = mon_printf("%s%s", ground->path, suffixes[i]);
                (void)unlink(path);
        }
        (void)rmdir(ground->folder);
        for (size_t i = 0; i < TARGETS; i++)
                free(ground->targets[i].id);
        list_fini(&ground->config.targets);
        free(ground->path);
        loop_free(ground->loop);
        clock_free(ground->clock);
        free(ground);
        return 0;
}

static void settle(Ground *ground) {
        assert_int_equal(loop_settle(ground->loop), 0);
}

static void pass(Ground *ground, Nsec span) {
        Nsec end = clock_at_boot(ground->clock) + span;

        settle(ground);
        for (Nsec now = clock_at_boot(ground->clock); now < end; now = clock_at_boot(ground->clock)) {
                Nsec due = loop_next_due(ground->loop);
                clock_advance(ground->clock, (due > end ? end : due > now ? due : now + NSEC_PER_MSEC) - now);
                settle(ground);
        }
}

static size_t started(const Ground *ground) {
        size_t n = 0;

        for (size_t i = 0; i < TARGETS; i++)
                n += ground->specs[i].started;
        return n;
}

/* The process stood still (stopped, starved): what came due meanwhile is spread, not asked in one burst. */
static void test_what_is_long_overdue_is_spread(void **state) {
        Ground *ground = *state;

        pass(ground, 10 * MINUTE);
        size_t before = started(ground);
        assert_true(before >= 9 * TARGETS && before <= 12 * TARGETS);
        clock_advance(ground->clock, MINUTE + SCHEDULE_LATE_MAX + NSEC_PER_SEC);
        settle(ground);
        assert_true(started(ground) - before <= 1);
        pass(ground, NSEC_PER_SEC);
        assert_true(started(ground) - before < TARGETS / 2);
        pass(ground, SCHEDULE_LATE_MAX);
        assert_true(started(ground) - before >= TARGETS);
}

/* Up to the bound, late is only late. */
static void test_what_is_a_little_late_goes_at_once(void **state) {
        Ground *ground = *state;
        size_t due = 0;

        pass(ground, 10 * MINUTE);
        size_t before = started(ground);
        Nsec then = clock_at_boot(ground->clock) + SCHEDULE_LATE_MAX;
        for (size_t i = 0; i < TARGETS; i++)
                due += watches_at(ground->watches, i)->due_at_boot <= then;
        assert_true(due > 0);
        clock_advance(ground->clock, SCHEDULE_LATE_MAX);
        settle(ground);
        assert_int_equal(started(ground) - before, due);
}

static void test_people_ask_a_host_once_in_a_while(void **state) {
        Ground *ground = *state;
        Watch *watch = watches_at(ground->watches, 0), *local = watches_at(ground->watches, 1);
        Nsec wait = 0;

        pass(ground, 10 * MINUTE);
        watch->target->host = (char *)"www.page.test";
        local->target->host = (char *)"localhost";
        local->target->host_is_local = true;
        for (int i = 0; i < 2; i++) {
                assert_int_equal(watches_may_ask(ground->watches, watch, &wait), 0);
                assert_int_equal(watches_ask(ground->watches, watch), 0);
                settle(ground);
                assert_int_equal(watches_may_ask(ground->watches, watch, &wait), WATCHES_E_TOO_SOON);
                assert_int_equal(wait, WATCHES_ASK_EVERY);
                assert_int_equal(watches_ask(ground->watches, local), 0);
                settle(ground);
                assert_int_equal(watches_may_ask(ground->watches, local, &wait), 0);
                pass(ground, WATCHES_ASK_EVERY);
        }
        watches_pause(ground->watches, watch, true);
        assert_int_equal(watches_may_ask(ground->watches, watch, &wait), WATCHES_E_PAUSED);
        watch->target->host = NULL;
        local->target->host = NULL;
}

static void test_a_change_gives_up_the_look_and_keeps_the_rest(void **state) {
        Ground *ground = *state;
        Config next = {.retention_checks = ground->config.retention_checks,
                       .retention_bodies = ground->config.retention_bodies};
        Target changed = ground->targets[0], same = ground->targets[1];
        WatchesDiff diff;

        pass(ground, 10 * MINUTE);
        ground->specs[0].takes = ground->specs[1].takes = NSEC_PER_SEC;
        Watch *first = watches_at(ground->watches, 0), *second = watches_at(ground->watches, 1);
        assert_int_equal(watches_ask(ground->watches, first), 0);
        assert_int_equal(watches_ask(ground->watches, second), 0);
        settle(ground);
        changed.fingerprint++;
        list_add(&next.targets, &changed);
        list_add(&next.targets, &same);
        assert_int_equal(watches_set(ground->watches, &next, &ground->config, &diff), 0);
        assert_int_equal(diff.changed, 1);
        assert_int_equal(diff.unchanged, 1);
        assert_int_equal(diff.removed, TARGETS - 2);
        assert_int_equal(ground->gone, 1);
        assert_ptr_equal(first->target, &changed);
        assert_ptr_equal(second->target, &ground->targets[1]); /* whoever holds it may go on */
        assert_ptr_equal(next.targets.items[1], &ground->targets[1]);
        assert_false(first->looking);
        assert_true(second->looking);
        flow_set_config(ground->flow, &next);
        pass(ground, 5 * NSEC_PER_SEC);
        assert_false(second->looking);
        assert_int_equal(watches_count(ground->watches), 2);
        assert_int_equal(flow_commit(ground->flow), 0);
        watches_free(mon_steal(&ground->watches));
        list_fini(&next.targets);
}

/* A configuration with the first two targets, the first of them as given. */
static void restart_with(Ground *ground, Config *config, Target *first, Target *second, bool paused) {
        WatchesDiff diff;

        first->paused = paused;
        first->fingerprint++;
        list_fini(&config->targets);
        list_add(&config->targets, first);
        list_add(&config->targets, second);
        assert_int_equal(flow_commit(ground->flow), 0);
        watches_free(ground->watches);
        ground->watches = watches_new(ground->loop, ground->runner, ground->flow, on_gone, ground);
        assert_int_equal(watches_set(ground->watches, config, NULL, &diff), 0);
        flow_set_config(ground->flow, config);
        settle(ground);
}

/* Also over a restart: what the file paused goes on without it, what a person paused waits for one. */
static void test_taking_a_pause_out_of_the_file_resumes(void **state) {
        Ground *ground = *state;
        Config next = ground->config;
        Target first = ground->targets[0], second = ground->targets[1];

        next.targets = (List){0};
        pass(ground, 2 * MINUTE);
        watches_pause(ground->watches, watches_at(ground->watches, 1), true);
        restart_with(ground, &next, &first, &second, true);
        assert_true(watches_at(ground->watches, 0)->state.paused);
        assert_true(watches_at(ground->watches, 1)->state.paused);
        restart_with(ground, &next, &first, &second, true);
        assert_true(watches_at(ground->watches, 0)->state.paused);
        restart_with(ground, &next, &first, &second, false);
        assert_false(watches_at(ground->watches, 0)->state.paused);
        assert_int_not_equal(watches_next_at_real(ground->watches, watches_at(ground->watches, 0)), NSEC_UNKNOWN);
        assert_true(watches_at(ground->watches, 1)->state.paused);
        watches_pause(ground->watches, watches_at(ground->watches, 1), false);
        restart_with(ground, &next, &first, &second, false);
        assert_false(watches_at(ground->watches, 1)->state.paused);
        watches_free(mon_steal(&ground->watches));
        assert_int_equal(flow_commit(ground->flow), 0);
        flow_set_config(ground->flow, &ground->config);
        list_fini(&next.targets);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_what_is_long_overdue_is_spread, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_is_a_little_late_goes_at_once, setup, teardown),
                cmocka_unit_test_setup_teardown(test_people_ask_a_host_once_in_a_while, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_change_gives_up_the_look_and_keeps_the_rest, setup, teardown),
                cmocka_unit_test_setup_teardown(test_taking_a_pause_out_of_the_file_resumes, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
