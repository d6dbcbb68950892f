/* Turns, limits, deadlines and the rule of the references, with a driver that does what its spec says. */
#include "probes/runner.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "tests/lib/fake_probe.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define TARGETS 12

/* --- the world -------------------------------------------------------------------------------------------------- */

typedef struct Ground {
        World world;
        References *references;
        ProbeServices services;
        Runner *runner;
        Target targets[TARGETS];
        FakeSpec specs[TARGETS];
        Observation *seen[TARGETS]; /* the last one */
        size_t order[TARGETS * 2];
        size_t n_done;
} Ground;

static void on_done(const Target *target, Observation *observation, void *userdata) {
        Ground *ground = userdata;
        size_t i = (size_t)(target - ground->targets);

        assert_false(runner_is_busy(ground->runner, target));
        observation_free(ground->seen[i]);
        ground->seen[i] = observation;
        ground->order[ground->n_done++] = i;
}

static int setup(void **state) {
        Ground *ground = mon_new(Ground);

        world_init(&ground->world);
        ground->services = (ProbeServices){.loop = ground->world.loop, .user_agent = "test"};
        assert_int_equal(
                references_new(ground->world.loop, ground->world.resolver, ground->world.fetcher, &ground->references),
                0);
        ground->runner = runner_new(&ground->services, ground->references);
        for (size_t i = 0; i < TARGETS; i++) {
                ground->specs[i] = (FakeSpec){.takes = NSEC_PER_SEC, .verdict = VERDICT_UP, .cause = CAUSE_OK};
                ground->targets[i] = (Target){
                        .id = mon_printf("target-%zu", i),
                        .driver = &fake_probe,
                        .spec = &ground->specs[i],
                        .host = mon_printf("host-%zu.test", i),
                        .timeout = 20 * NSEC_PER_SEC,
                };
        }
        *state = ground;
        return 0;
}

static int teardown(void **state) {
        Ground *ground = *state;

        runner_free(ground->runner);
        references_free(ground->references);
        for (size_t i = 0; i < TARGETS; i++) {
                free(ground->targets[i].id);
                free(ground->targets[i].host);
                observation_free(ground->seen[i]);
        }
        world_fini(&ground->world);
        free(ground);
        return 0;
}

static void start(Ground *ground, size_t i) {
        assert_int_equal(runner_start(ground->runner, &ground->targets[i], on_done, ground), 0);
        assert_null(ground->seen[i]);
}

static void set_host(Ground *ground, size_t i, const char *host, bool is_local) {
        mon_replace(&ground->targets[i].host, host);
        ground->targets[i].host_is_local = is_local;
}

/* --- turns ------------------------------------------------------------------------------------------------------ */

static void test_one_host_is_asked_one_at_a_time(void **state) {
        Ground *ground = *state;

        for (size_t i = 0; i < 3; i++)
                set_host(ground, i, "one.test", false);
        for (size_t i = 0; i < 4; i++)
                start(ground, i);
        assert_int_equal(runner_start(ground->runner, &ground->targets[0], on_done, ground), RUNNER_E_BUSY);
        world_run_until(&ground->world, NULL, 500 * NSEC_PER_MSEC);
        assert_int_equal(runner_under_way(ground->runner), 2);
        assert_int_equal(runner_waiting(ground->runner), 2);
        world_run_until(&ground->world, NULL, 10 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 4);
        static const size_t order[] = {0, 3, 1, 2};
        assert_memory_equal(ground->order, order, sizeof order);
        /* Waiting is lateness: it is in at_boot, and not in the duration. */
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(ground->seen[i]->at_boot - ground->world.began_at_boot, (Nsec)i * NSEC_PER_SEC);
                assert_int_equal(ground->seen[i]->duration, NSEC_PER_SEC);
        }
}

static void test_this_machine_has_no_limit_per_host(void **state) {
        Ground *ground = *state;

        for (size_t i = 0; i < 4; i++)
                set_host(ground, i, "127.0.0.1", true);
        mon_replace(&ground->targets[4].host, NULL); /* asks nobody */
        mon_replace(&ground->targets[5].host, NULL);
        for (size_t i = 0; i < 6; i++)
                start(ground, i);
        world_run_until(&ground->world, NULL, 1500 * NSEC_PER_MSEC);
        assert_int_equal(ground->n_done, 6);
}

static void test_the_limit_in_all(void **state) {
        Ground *ground = *state;

        runner_set_limits(ground->runner, 1, 2);
        for (size_t i = 0; i < 6; i++)
                start(ground, i);
        for (size_t i = 1; i <= 3; i++) {
                world_run_until(&ground->world, NULL, NSEC_PER_SEC);
                assert_int_equal(ground->n_done, 2 * i);
        }
        runner_set_limits(ground->runner, 3, 2);
        for (size_t i = 0; i < 3; i++)
                set_host(ground, i, "one.test", false);
        for (size_t i = 0; i < 3; i++) {
                observation_free(ground->seen[i]);
                ground->seen[i] = NULL;
                start(ground, i);
        }
        world_run_until(&ground->world, NULL, 500 * NSEC_PER_MSEC);
        assert_int_equal(runner_under_way(ground->runner), 2);
        assert_int_equal(runner_waiting(ground->runner), 1);
}

static void test_cancel_waiting_and_under_way(void **state) {
        Ground *ground = *state;

        set_host(ground, 0, "one.test", false);
        set_host(ground, 1, "one.test", false);
        set_host(ground, 2, "one.test", false);
        for (size_t i = 0; i < 3; i++)
                start(ground, i);
        world_run_until(&ground->world, NULL, 500 * NSEC_PER_MSEC);
        runner_cancel(ground->runner, &ground->targets[1]);
        runner_cancel(ground->runner, &ground->targets[0]);
        runner_cancel(ground->runner, &ground->targets[5]);
        assert_false(runner_is_busy(ground->runner, &ground->targets[0]));
        world_run_until(&ground->world, NULL, 10 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 1);
        assert_int_equal(ground->order[0], 2);
}

/* --- faults of our own ------------------------------------------------------------------------------------------ */

static void test_a_driver_that_hangs_is_our_fault(void **state) {
        Ground *ground = *state;

        ground->specs[0].takes = NSEC_NEVER;
        start(ground, 0);
        world_run_until(&ground->world, NULL, 24 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 0);
        assert_false(runner_is_stuck(ground->runner));
        world_run_until(&ground->world, NULL, 2 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 1);
        assert_int_equal(ground->seen[0]->verdict, VERDICT_UNKNOWN);
        assert_int_equal(ground->seen[0]->cause, CAUSE_LOCAL_FAULT);
        assert_int_equal(ground->seen[0]->at_boot, ground->world.began_at_boot);
        assert_int_equal(ground->seen[0]->duration, ground->targets[0].timeout + RUNNER_GRACE);
}

/* The loop itself stands still: no timer runs, and the watchdog must hear of it. */
static void test_a_loop_that_stands_is_seen(void **state) {
        Ground *ground = *state;

        ground->specs[0].takes = NSEC_NEVER;
        start(ground, 0);
        world_run_until(&ground->world, NULL, NSEC_PER_SEC);
        clock_advance(ground->world.clock, 40 * NSEC_PER_SEC);
        assert_true(runner_is_stuck(ground->runner));
}

static void test_a_start_that_fails_is_our_fault(void **state) {
        Ground *ground = *state;

        ground->specs[0].fails = -EMFILE;
        start(ground, 0);
        start(ground, 1);
        world_run_until(&ground->world, NULL, 2 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 2);
        assert_int_equal(ground->seen[0]->cause, CAUSE_LOCAL_FAULT);
        assert_int_equal(ground->seen[1]->cause, CAUSE_OK);
}

static void test_sleep_is_not_the_sites_fault(void **state) {
        Ground *ground = *state;

        for (size_t i = 0; i < 2; i++) {
                ground->specs[i] =
                        (FakeSpec){.takes = 2 * NSEC_PER_SEC, .verdict = VERDICT_DOWN, .cause = CAUSE_TIMEOUT};
                start(ground, i);
        }
        ground->specs[1].verdict = VERDICT_UP;
        ground->specs[1].cause = CAUSE_OK;
        world_run_until(&ground->world, NULL, NSEC_PER_SEC);
        clock_suspend(ground->world.clock, 3600 * NSEC_PER_SEC);
        world_run_until(&ground->world, NULL, NSEC_PER_SEC);
        assert_int_equal(ground->seen[0]->cause, CAUSE_LOCAL_FAULT);
        assert_int_equal(ground->seen[1]->cause, CAUSE_OK);
}

static void test_a_wrong_clock_is_not_the_sites_fault(void **state) {
        static const struct {
                Cause cause, before, after; /* seen; told by a clock of last year's, and by a right one */
        } rows[] = {{CAUSE_TLS_EXPIRED, CAUSE_LOCAL_FAULT, CAUSE_TLS_EXPIRED},
                    {CAUSE_CONNECT_REFUSED, CAUSE_CONNECT_REFUSED, CAUSE_CONNECT_REFUSED}};
        Ground *ground = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                ground->specs[i] = (FakeSpec){.takes = 0, .verdict = VERDICT_DOWN, .cause = rows[i].cause};
                ground->specs[i + 2] = ground->specs[i];
                start(ground, i);
        }
        world_run_until(&ground->world, NULL, NSEC_PER_SEC);
        clock_step_real(ground->world.clock, -WORLD_DAY);
        start(ground, 2);
        start(ground, 3);
        world_run_until(&ground->world, NULL, NSEC_PER_SEC);
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                assert_int_equal(ground->seen[i]->cause, rows[i].after);
                assert_int_equal(ground->seen[i + 2]->cause, rows[i].before);
        }
}

/* --- references ------------------------------------------------------------------------------------------------- */

typedef struct ReferencesRow {
        Verdict verdict;
        Cause cause;
        bool is_local, one_is_alive, none_is_set;
        Cause result;
        bool is_asked;
} ReferencesRow;

static const ReferencesRow references_rows[] = {
        {VERDICT_DOWN, CAUSE_CONNECT_TIMEOUT, false, false, false, CAUSE_LOCAL_NETWORK, true},
        {VERDICT_DOWN, CAUSE_DNS, false, false, false, CAUSE_LOCAL_NETWORK, true},
        {VERDICT_DOWN, CAUSE_TLS_UNTRUSTED, false, false, false, CAUSE_LOCAL_NETWORK, true},
        {VERDICT_DOWN, CAUSE_CONNECT_TIMEOUT, false, true, false, CAUSE_CONNECT_TIMEOUT, true},
        {VERDICT_DOWN, CAUSE_CONNECT_TIMEOUT, false, false, true, CAUSE_CONNECT_TIMEOUT, false},
        {VERDICT_DOWN, CAUSE_CONNECT_REFUSED, true, false, false, CAUSE_CONNECT_REFUSED, false},
        {VERDICT_DOWN, CAUSE_HTTP_5XX, false, false, false, CAUSE_HTTP_5XX, false},
        {VERDICT_UP, CAUSE_OK, false, false, false, CAUSE_OK, false},
};

static void check_references(void **state, const ReferencesRow *row) {
        Ground *ground = *state;
        Server *alive = NULL;

        assert_int_equal(server_new(ground->world.loop, NULL, &alive), 0);
        server_set_text(alive, "/", 500, "any answer counts");
        name_server_set(ground->world.names, "alive.test", NAME_ADDRESSES, "127.0.0.1");
        mon_auto_free char *url = server_url(alive, row->one_is_alive ? "alive.test" : "dead.test", "/");
        const char *urls[] = {"http://dead.test/", url};
        references_set(ground->references, urls, row->none_is_set ? 0 : 2, "test", NULL);
        ground->specs[0].verdict = row->verdict;
        ground->specs[0].cause = row->cause;
        ground->targets[0].host_is_local = row->is_local;
        unsigned questions = name_server_questions(ground->world.names);
        start(ground, 0);
        world_run_until(&ground->world, NULL, 30 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 1);
        if (ground->seen[0]->cause != row->result)
                fail_msg("%s: %s", cause_name(row->cause), cause_name(ground->seen[0]->cause));
        assert_int_equal(ground->seen[0]->duration, NSEC_PER_SEC);
        assert_int_equal(name_server_questions(ground->world.names) > questions, row->is_asked);
        if (row->result == CAUSE_LOCAL_NETWORK)
                assert_non_null(strstr(ground->seen[0]->detail, cause_name(row->cause)));
        server_free(alive);
}

static void test_the_rule_of_the_references(void **state) {
        for (size_t i = 0; i < mon_count_of(references_rows); i++) {
                if (i > 0)
                        assert_int_equal(setup(state), 0);
                check_references(state, &references_rows[i]);
                if (i + 1 < mon_count_of(references_rows))
                        (void)teardown(state);
        }
}

/* Many failures at the same time cost one flight; after REFERENCES_KEEP there is a new one. */
static void test_one_flight_serves_all(void **state) {
        Ground *ground = *state;
        Server *alive = NULL;

        assert_int_equal(server_new(ground->world.loop, NULL, &alive), 0);
        mon_auto_free char *url = server_url(alive, "127.0.0.1", "/");
        references_set(ground->references, (const char *const *)&url, 1, "test", NULL);
        for (size_t i = 0; i < TARGETS; i++) {
                ground->specs[i].verdict = VERDICT_DOWN;
                ground->specs[i].cause = CAUSE_TIMEOUT;
                ground->specs[i].takes = i < 8 ? NSEC_PER_SEC : i < 11 ? 4 * NSEC_PER_SEC : 8 * NSEC_PER_SEC;
                start(ground, i);
        }
        world_run_until(&ground->world, NULL, 7 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 11);
        assert_int_equal(server_requests(alive), 1);
        world_run_until(&ground->world, NULL, 2 * NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 12);
        assert_int_equal(server_requests(alive), 2);
        server_free(alive);
}

static void test_references_that_hang_have_a_deadline(void **state) {
        Ground *ground = *state;
        Server *server = NULL;

        assert_int_equal(server_new(ground->world.loop, NULL, &server), 0);
        server_set(server, "/", &(ServerAnswer){.mode = SERVER_HANG});
        mon_auto_free char *url = server_url(server, "127.0.0.1", "/");
        const char *urls[REFERENCES_MAX];
        for (size_t i = 0; i < REFERENCES_MAX; i++)
                urls[i] = url;
        references_set(ground->references, urls, REFERENCES_MAX, "test", NULL);
        ground->specs[0].verdict = VERDICT_DOWN;
        ground->specs[0].cause = CAUSE_TIMEOUT;
        start(ground, 0);
        world_run_until(&ground->world, NULL, NSEC_PER_SEC + REFERENCES_TIMEOUT);
        assert_int_equal(ground->n_done, 1);
        assert_int_equal(ground->seen[0]->cause, CAUSE_LOCAL_NETWORK);
        assert_int_equal(server_open(server), 0);
        server_free(server);
}

/* A reload while somebody waits: the new list answers. And a run cancelled while it asks leaves nothing behind. */
static void test_references_change_under_way(void **state) {
        Ground *ground = *state;
        Server *server = NULL;

        assert_int_equal(server_new(ground->world.loop, NULL, &server), 0);
        server_set(server, "/hang", &(ServerAnswer){.mode = SERVER_HANG});
        mon_auto_free char *hanging = server_url(server, "127.0.0.1", "/hang");
        mon_auto_free char *alive = server_url(server, "127.0.0.1", "/");
        for (size_t i = 0; i < 3; i++) {
                ground->specs[i].verdict = VERDICT_DOWN;
                ground->specs[i].cause = CAUSE_TIMEOUT;
        }
        references_set(ground->references, (const char *const *)&hanging, 1, "test", NULL);
        start(ground, 0);
        start(ground, 1);
        world_run_until(&ground->world, NULL, 2 * NSEC_PER_SEC);
        runner_cancel(ground->runner, &ground->targets[1]);
        references_set(ground->references, (const char *const *)&alive, 1, "test", NULL);
        world_run_until(&ground->world, NULL, NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 1);
        assert_int_equal(ground->seen[0]->cause, CAUSE_TIMEOUT);

        references_set(ground->references, (const char *const *)&hanging, 1, "test", NULL);
        start(ground, 2);
        world_run_until(&ground->world, NULL, 2 * NSEC_PER_SEC);
        references_set(ground->references, NULL, 0, "test", NULL);
        world_run_until(&ground->world, NULL, NSEC_PER_SEC);
        assert_int_equal(ground->n_done, 2);
        assert_int_equal(ground->seen[2]->cause, CAUSE_TIMEOUT);
        server_free(server);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_one_host_is_asked_one_at_a_time, setup, teardown),
                cmocka_unit_test_setup_teardown(test_this_machine_has_no_limit_per_host, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_limit_in_all, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancel_waiting_and_under_way, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_driver_that_hangs_is_our_fault, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_loop_that_stands_is_seen, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_start_that_fails_is_our_fault, setup, teardown),
                cmocka_unit_test_setup_teardown(test_sleep_is_not_the_sites_fault, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_wrong_clock_is_not_the_sites_fault, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_rule_of_the_references, setup, teardown),
                cmocka_unit_test_setup_teardown(test_one_flight_serves_all, setup, teardown),
                cmocka_unit_test_setup_teardown(test_references_that_hang_have_a_deadline, setup, teardown),
                cmocka_unit_test_setup_teardown(test_references_change_under_way, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
