/* Due times: no drift, no bunching, politeness, Retry-After. */
#include "daemon/core/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SECOND NSEC_PER_SEC

static Target target_of(const char *id, Nsec interval, bool local) {
        return (Target){
                .id = (char *)id,
                .interval = interval,
                .timeout = 20 * SECOND,
                .host_is_local = local,
                .confirm = {.fail = 3, .pass = 2, .retry_interval = 30 * SECOND},
        };
}

/* However late each look ends, the next one stays on its slot: after n looks the clock has moved n intervals. */
static void test_no_drift(void **unused) {
        Target target = target_of("mes-opposition", 300 * SECOND, false);
        Nsec began = schedule_next(&target, 5 * SECOND, 6 * SECOND, false, NSEC_UNKNOWN);
        Nsec first = began;
        (void)unused;

        for (int i = 1; i <= 2000; i++) {
                Nsec due = schedule_next(&target, began, began + (i % 19) * SECOND, false, NSEC_UNKNOWN);
                assert_true(due - began >= target.interval - SCHEDULE_JITTER_MAX);
                assert_true(due - began <= target.interval + SCHEDULE_JITTER_MAX);
                began = due;
        }
        Nsec drift = began - first - 2000 * target.interval;
        assert_in_range(drift + SCHEDULE_JITTER_MAX, 0, 2 * SCHEDULE_JITTER_MAX);
}

/* A thousand targets of one interval: in no second of it more than a few times the average begin. */
static void test_no_bunching(void **unused) {
        int per_bin[60] = {0};
        (void)unused;

        for (int i = 0; i < 1000; i++) {
                char id[32];
                (void)snprintf(id, sizeof id, "target-%d", i);
                Target target = target_of(id, 300 * SECOND, false);
                Nsec began = schedule_first(&target, 1000, 1000 * SECOND, NSEC_UNKNOWN);
                assert_in_range(began, 1000 * SECOND, 1250 * SECOND);
                Nsec due = schedule_next(&target, began, began + SECOND, false, NSEC_UNKNOWN);
                due = schedule_next(&target, due, due + SECOND, false, NSEC_UNKNOWN);
                per_bin[due / (5 * SECOND) % 60]++;
        }
        for (int i = 0; i < 60; i++)
                assert_in_range(per_bin[i], 1, 50); /* 16.7 on average */
}

static void test_politeness(void **unused) {
        (void)unused;
        for (int i = 0; i < 200; i++) {
                char id[32];
                (void)snprintf(id, sizeof id, "t%d", i);
                Target target = target_of(id, 30 * SECOND, false);
                Nsec began = schedule_first(&target, 10, 0, NSEC_UNKNOWN);
                Nsec due = schedule_next(&target, began, began, false, NSEC_UNKNOWN);
                assert_true(due - began >= 28 * SECOND);
                assert_true(due - began <= 62 * SECOND);
        }
        /* After a restart a site is not asked again before its time. */
        Target target = target_of("x", 300 * SECOND, false);
        assert_true(schedule_first(&target, 10, 0, 100 * SECOND) >= 200 * SECOND);
        assert_true(schedule_first(&target, 10, 0, 1000 * SECOND) <= 3 * SECOND);
}

static void test_retry(void **unused) {
        Target target = target_of("x", 300 * SECOND, false);
        (void)unused;

        assert_int_equal(schedule_next(&target, 1000 * SECOND, 1002 * SECOND, true, NSEC_UNKNOWN), 1030 * SECOND);
        /* A look longer than the retry interval is followed at once, never overtaken. */
        assert_int_equal(schedule_next(&target, 1000 * SECOND, 1040 * SECOND, true, NSEC_UNKNOWN), 1040 * SECOND);
        /* Retry-After moves it, up to twice the interval. */
        assert_int_equal(schedule_next(&target, 1000 * SECOND, 1002 * SECOND, true, 120 * SECOND), 1122 * SECOND);
        assert_int_equal(schedule_next(&target, 1000 * SECOND, 1002 * SECOND, true, 86400 * SECOND), 1602 * SECOND);
        /* A short interval is its own retry interval. */
        target.interval = 10 * SECOND;
        assert_int_equal(schedule_retry(&target), 10 * SECOND);
}

static void test_is_a_function_of_its_inputs(void **unused) {
        Target a = target_of("a", 60 * SECOND, true), b = target_of("b", 60 * SECOND, true);
        (void)unused;

        assert_int_equal(schedule_next(&a, 7, 9, false, NSEC_UNKNOWN), schedule_next(&a, 7, 9, false, NSEC_UNKNOWN));
        assert_int_not_equal(schedule_next(&a, 7, 9, false, NSEC_UNKNOWN),
                             schedule_next(&b, 7, 9, false, NSEC_UNKNOWN));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_no_drift),
                cmocka_unit_test(test_no_bunching),
                cmocka_unit_test(test_politeness),
                cmocka_unit_test(test_retry),
                cmocka_unit_test(test_is_a_function_of_its_inputs),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
