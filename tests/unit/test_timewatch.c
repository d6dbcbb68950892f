/* What happened to time, from readings made up here. */
#include "daemon/core/timewatch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SECOND NSEC_PER_SEC
#define HOUR (3600 * SECOND)

static const struct {
        const char *name;
        Nsec boot, real, suspended; /* moved since the last reading */
        Nsec slept, stepped;
} cases[] = {
        {"time passes", 60 * SECOND, 60 * SECOND, 0, 0, 0},
        {"nothing passes", 0, 0, 0, 0, 0},
        {"the clock is slewed", 60 * SECOND, 60 * SECOND + 30 * NSEC_PER_MSEC, 0, 0, 0},
        {"a nap is not worth a row", 3 * SECOND, 3 * SECOND, TIMEWATCH_SUSPEND_MIN - 1, 0, 0},
        {"a night", 8 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR, 0},
        {"set forward", SECOND, HOUR + SECOND, 0, 0, HOUR},
        {"set back", SECOND, SECOND - HOUR, 0, 0, -HOUR},
        {"set back by the least", SECOND, SECOND - TIMEWATCH_STEP_MIN, 0, 0, -TIMEWATCH_STEP_MIN},
        {"set while asleep", 8 * HOUR, 9 * HOUR, 8 * HOUR, 8 * HOUR, HOUR},
};

static void test_cases(void **unused) {
        (void)unused;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                Timewatch watch = {0};
                TimewatchChange change = {0};
                bool happened = cases[i].slept != 0 || cases[i].stepped != 0;
                assert_false(timewatch_look(&watch, 5 * SECOND, HOUR * 500000, SECOND, &change));
                bool said = timewatch_look(&watch, 5 * SECOND + cases[i].boot, HOUR * 500000 + cases[i].real,
                                           SECOND + cases[i].suspended, &change);
                if (said != happened || change.suspended != cases[i].slept || change.stepped != cases[i].stepped)
                        fail_msg("%s: slept %lld, stepped %lld", cases[i].name, (long long)change.suspended,
                                 (long long)change.stepped);
                if (said)
                        assert_int_equal(change.before_at_real, HOUR * 500000);
        }
}

/* Years of slow drift are no step, however they add up. */
static void test_drift_adds_up_to_nothing(void **unused) {
        Timewatch watch = {0};
        TimewatchChange change;
        (void)unused;

        for (Nsec i = 0; i < 100000; i++)
                assert_false(
                        timewatch_look(&watch, i * 60 * SECOND, i * (60 * SECOND + 20 * NSEC_PER_MSEC), 0, &change));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cases),
                cmocka_unit_test(test_drift_adds_up_to_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
