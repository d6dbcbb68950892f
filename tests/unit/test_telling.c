/* What a notifier is told of a state, case by case; then at random, against what it may never do. */
#include "daemon/core/telling.h"

#include "daemon/base/text.h"
#include "daemon/core/quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * NSEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define NOW (INT64_C(20000) * 24 * HOUR)

static TellingCase target_case(int told, int state, bool wants) {
        return (TellingCase){
                .kind = SUBJECT_TARGET,
                .state = state,
                .cause = CAUSE_BANNER,
                .differs_since_at_real = NOW,
                .wants = wants,
                .told = told,
                .told_at_real = NSEC_UNKNOWN,
                .quiet_until_at_real = NSEC_UNKNOWN,
                .now_at_real = NOW,
        };
}

static TellingStep step_of(const TellingCase *it) {
        Nsec until = 0;
        return telling_decide(it, &until);
}

static void test_targets(void **unused) {
        static const struct {
                Verdict told, state;
                bool wants;
                TellingStep step;
        } rows[] = {
                {VERDICT_UP, VERDICT_UP, true, TELLING_NOTHING},
                {VERDICT_UP, VERDICT_DOWN, true, TELLING_NOW},
                {VERDICT_UP, VERDICT_DOWN, false, TELLING_NOTHING},
                {VERDICT_UP, VERDICT_UNKNOWN, true, TELLING_NOW},
                {VERDICT_DOWN, VERDICT_DOWN, true, TELLING_NOTHING},
                {VERDICT_DOWN, VERDICT_MAINTENANCE, true, TELLING_NOW},
                {VERDICT_DOWN, VERDICT_MAINTENANCE, false, TELLING_NOTHING},
                /* the way back, whatever is asked for */
                {VERDICT_DOWN, VERDICT_UP, false, TELLING_NOW},
                {VERDICT_DOWN, VERDICT_DEGRADED, false, TELLING_NOW},
                {VERDICT_MAINTENANCE, VERDICT_UP, false, TELLING_NOW},
                {VERDICT_DEGRADED, VERDICT_UP, false, TELLING_NOW},
                {VERDICT_UNKNOWN, VERDICT_UP, false, TELLING_NOW},
                {VERDICT_BLOCKED, VERDICT_DEGRADED, false, TELLING_NOTHING},
                {VERDICT_DOWN, VERDICT_BLOCKED, false, TELLING_NOTHING},
                {VERDICT_UP, VERDICT_DEGRADED, false, TELLING_NOTHING},
        };
        (void)unused;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                TellingCase it = target_case((int)rows[i].told, (int)rows[i].state, rows[i].wants);
                if (step_of(&it) != rows[i].step)
                        fail_msg("row %zu: %d", i, (int)step_of(&it));
        }
}

static void test_paths_and_the_observer(void **unused) {
        static const struct {
                SubjectKind kind;
                int told, state;
                bool wants;
                TellingStep step;
        } rows[] = {
                {SUBJECT_PATH, PATH_OPEN, PATH_CLOSED, true, TELLING_NOW},
                {SUBJECT_PATH, PATH_OPEN, PATH_CLOSED, false, TELLING_NOTHING},
                {SUBJECT_PATH, PATH_CLOSED, PATH_IMPAIRED, false, TELLING_NOW},
                {SUBJECT_PATH, PATH_IMPAIRED, PATH_OPEN, false, TELLING_NOW},
                {SUBJECT_PATH, PATH_OPEN, PATH_IMPAIRED, false, TELLING_NOTHING},
                {SUBJECT_PATH, PATH_CLOSED, PATH_UNKNOWN, false, TELLING_NOTHING},
                {SUBJECT_PATH, PATH_CLOSED, PATH_UNKNOWN, true, TELLING_NOW},
                {SUBJECT_OBSERVER, TELLING_SEES, TELLING_BLIND, true, TELLING_NOW},
                {SUBJECT_OBSERVER, TELLING_SEES, TELLING_BLIND, false, TELLING_NOTHING},
                {SUBJECT_OBSERVER, TELLING_BLIND, TELLING_SEES, false, TELLING_NOW},
                {SUBJECT_OBSERVER, TELLING_BLIND, TELLING_BLIND, true, TELLING_NOTHING},
        };
        (void)unused;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                TellingCase it = target_case(rows[i].told, rows[i].state, rows[i].wants);
                it.kind = rows[i].kind;
                if (step_of(&it) != rows[i].step)
                        fail_msg("row %zu: %d", i, (int)step_of(&it));
        }
}

/* Our own blindness is recorded, not told; what it turns into is. */
static void test_blindness(void **unused) {
        static const Cause ours[] = {CAUSE_LOCAL_NETWORK, CAUSE_LOCAL_FAULT, CAUSE_NOT_RUNNING};
        (void)unused;

        for (size_t i = 0; i < mon_count_of(ours); i++) {
                TellingCase it = target_case(VERDICT_UP, VERDICT_UNKNOWN, true);
                it.cause = ours[i];
                assert_int_equal(step_of(&it), TELLING_NOTHING);
                it.kind = SUBJECT_PATH;
                it.told = PATH_CLOSED;
                it.state = PATH_UNKNOWN;
                assert_int_equal(step_of(&it), TELLING_NOTHING);
                it = target_case(VERDICT_UP, VERDICT_DOWN, true);
                it.cause = ours[i];
                assert_int_equal(step_of(&it), TELLING_NOW);
        }
        TellingCase paused = target_case(VERDICT_UP, VERDICT_UNKNOWN, true);
        paused.cause = CAUSE_PAUSED;
        assert_int_equal(step_of(&paused), TELLING_NOW);
}

static void test_what_holds_back(void **unused) {
        TellingCase it = target_case(VERDICT_UP, VERDICT_DOWN, true);
        Nsec until = 0;
        (void)unused;

        it.quiet_until_at_real = NOW + 4 * HOUR;
        assert_int_equal(telling_decide(&it, &until), TELLING_HOLD);
        assert_int_equal(until, NOW + 4 * HOUR);
        it.quiet_at_most = 2 * HOUR;
        assert_int_equal(telling_decide(&it, &until), TELLING_HOLD);
        assert_int_equal(until, NOW + 2 * HOUR);
        it.now_at_real = NOW + 2 * HOUR;
        assert_int_equal(telling_decide(&it, &until), TELLING_NOW);
        it.silenced = true;
        assert_int_equal(telling_decide(&it, &until), TELLING_HOLD);
        assert_int_equal(until, NSEC_NEVER);
        /* What is over holds nothing; what is not to be told is not held. */
        it = target_case(VERDICT_UP, VERDICT_DOWN, true);
        it.quiet_until_at_real = NOW;
        assert_int_equal(telling_decide(&it, &until), TELLING_NOW);
        it = target_case(VERDICT_UP, VERDICT_UP, true);
        it.silenced = true;
        assert_int_equal(telling_decide(&it, &until), TELLING_NOTHING);

        it = target_case(0, 0, true);
        assert_int_equal(telling_hold_until(&it), NSEC_UNKNOWN);
        it.quiet_until_at_real = NOW + HOUR;
        assert_int_equal(telling_hold_until(&it), NOW + HOUR);
        it.quiet_at_most = MINUTE;
        assert_int_equal(telling_hold_until(&it), NOW + MINUTE);
}

static void test_flapping(void **unused) {
        TellingCase it = target_case(VERDICT_UP, VERDICT_DOWN, true);
        (void)unused;

        it.flapping = true;
        assert_int_equal(step_of(&it), TELLING_UNSTABLE);
        it.silenced = true;
        assert_int_equal(step_of(&it), TELLING_HOLD);
        it.silenced = false;
        it.wants = false;
        assert_int_equal(step_of(&it), TELLING_NOTHING);
        it.wants = true;
        it.told_unstable = true;
        assert_int_equal(step_of(&it), TELLING_NOTHING);
        it.state = VERDICT_UP;
        assert_int_equal(step_of(&it), TELLING_NOTHING);
        /* At rest: whoever was told that it flaps is told where, also where nothing is asked for but the way back. */
        it.flapping = false;
        assert_int_equal(step_of(&it), TELLING_NOW);
        it.wants = false;
        assert_int_equal(step_of(&it), TELLING_NOW);
        it.state = VERDICT_DOWN;
        assert_int_equal(step_of(&it), TELLING_NOTHING);
        it.kind = SUBJECT_OBSERVER;
        it.flapping = it.wants = true;
        it.told = TELLING_SEES;
        it.state = TELLING_BLIND;
        assert_int_equal(step_of(&it), TELLING_NOW); /* it has no such word */
}

static void test_reminders(void **unused) {
        TellingCase it = target_case(VERDICT_DOWN, VERDICT_DOWN, false);
        (void)unused;

        it.told_at_real = NOW - HOUR;
        assert_int_equal(telling_remind_at(&it, 0), NSEC_NEVER);
        assert_int_equal(telling_remind_at(&it, 6 * HOUR), NOW + 5 * HOUR);
        it.quiet_until_at_real = NOW + 6 * HOUR;
        assert_int_equal(telling_remind_at(&it, 6 * HOUR), NOW + 6 * HOUR);
        it.quiet_until_at_real = NSEC_UNKNOWN;
        it.state = VERDICT_MAINTENANCE; /* it still fails, if otherwise */
        assert_int_equal(telling_remind_at(&it, 6 * HOUR), NOW + 5 * HOUR);
        it.state = VERDICT_UNKNOWN;
        assert_int_equal(telling_remind_at(&it, 6 * HOUR), NSEC_NEVER);
        it.state = VERDICT_DOWN;
        it.told = VERDICT_UP;
        assert_int_equal(telling_remind_at(&it, 6 * HOUR), NSEC_NEVER);
        it.told = VERDICT_DOWN;
        it.silenced = true;
        assert_int_equal(telling_remind_at(&it, 6 * HOUR), NSEC_NEVER);
        it.silenced = false;
        it.flapping = true;
        assert_int_equal(telling_remind_at(&it, 6 * HOUR), NSEC_NEVER);
        assert_true(telling_is_failing(SUBJECT_PATH, PATH_CLOSED));
        assert_false(telling_is_failing(SUBJECT_PATH, PATH_IMPAIRED));
        assert_false(telling_is_failing(SUBJECT_TARGET, VERDICT_BLOCKED));
        assert_true(telling_is_failing(SUBJECT_OBSERVER, TELLING_BLIND));
}

/* --- at random ------------------------------------------------------------------------------------------------------
 */

static uint64_t next(uint64_t *seed) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return *seed >> 33;
}

/* One notifier that asks for some states, one target that does what it likes, silences that come and go. Whoever was
 * told of a failure is told of its end; nobody else is; and when nothing holds back, it was told the present state if
 * it asked for it. */
static void test_at_random(void **unused) {
        (void)unused;

        for (uint64_t run = 1; run <= 3000; run++) {
                uint64_t seed = run;
                unsigned wanted = (unsigned)next(&seed) & 0xff;
                int state = VERDICT_UP, told = VERDICT_UP;
                bool unstable = false, heard_of_failure = false;
                TellingCase it = target_case(told, state, true);

                for (int i = 0; i < 60; i++) {
                        bool last = i == 59;
                        if (next(&seed) % 3 == 0)
                                state = 1 + (int)(next(&seed) % VERDICT_MAX);
                        it = target_case(told, state, wanted >> state & 1);
                        it.cause = next(&seed) % 4 ? CAUSE_BANNER : CAUSE_LOCAL_NETWORK;
                        it.silenced = !last && next(&seed) % 3 == 0;
                        it.flapping = !last && next(&seed) % 4 == 0;
                        it.told_unstable = unstable;
                        it.now_at_real = NOW + i * MINUTE;
                        it.quiet_until_at_real = !last && next(&seed) % 4 == 0 ? it.now_at_real + HOUR : NSEC_UNKNOWN;
                        TellingStep step = step_of(&it);
                        if (it.silenced || it.quiet_until_at_real != NSEC_UNKNOWN)
                                assert_true(step == TELLING_HOLD || step == TELLING_NOTHING);
                        if (step == TELLING_UNSTABLE) {
                                assert_true(it.flapping && !unstable);
                                unstable = true;
                        }
                        if (step != TELLING_NOW)
                                continue;
                        bool good = state == VERDICT_UP;
                        /* Never an end of what it did not hear of. */
                        if (good)
                                assert_true(heard_of_failure || unstable);
                        assert_false(!unstable && state == told);
                        assert_true(it.wants || good || verdict_class((Verdict)state) == CLASS_AVAILABLE);
                        told = state;
                        unstable = false;
                        heard_of_failure = !good;
                }
                bool is_ours = state == VERDICT_UNKNOWN && it.cause == CAUSE_LOCAL_NETWORK;
                if (it.wants && !is_ours && (told != state || unstable))
                        fail_msg("run %d: told %d, is %d", (int)run, told, state);
                if (state == VERDICT_UP && (told != state || unstable))
                        fail_msg("run %d: the end of %d was not told", (int)run, told);
        }
}

static void test_retries(void **unused) {
        Nsec total = 0;
        (void)unused;

        for (int attempt = 1; attempt <= 200; attempt++) {
                Nsec plain = TELLING_RETRY_MIN;
                for (int i = 1; i < attempt && plain < TELLING_RETRY_MAX; i++)
                        plain *= 2;
                if (plain > TELLING_RETRY_MAX)
                        plain = TELLING_RETRY_MAX;
                Nsec after = telling_retry_after("evt_1", attempt, NSEC_UNKNOWN);
                assert_in_range(after, plain / 100 * (100 - TELLING_JITTER_PERCENT),
                                plain / 100 * (100 + TELLING_JITTER_PERCENT));
                assert_int_equal(after, telling_retry_after("evt_1", attempt, NSEC_UNKNOWN));
                total += after - plain;
        }
        assert_in_range(total / 200 + HOUR, HOUR - 3 * MINUTE, HOUR + 3 * MINUTE); /* it leans to neither side */
        assert_int_not_equal(telling_retry_after("evt_1", 5, NSEC_UNKNOWN),
                             telling_retry_after("evt_2", 5, NSEC_UNKNOWN));
        assert_int_equal(telling_retry_after("evt_1", 1, 30 * NSEC_PER_SEC), 30 * NSEC_PER_SEC);
        assert_true(telling_retry_after("evt_1", 30, NSEC_PER_SEC) > 40 * MINUTE);
        assert_int_equal(telling_retry_after("evt_1", 1, 365 * 24 * HOUR), TELLING_RETRY_ASKED_MAX);
}

/* --- quiet hours
 * ------------------------------------------------------------------------------------------------------ */

static void test_minutes(void **unused) {
        static const char *const wrong[] = {"", "5:00", "05:0", "24:00", "12:60", "1a:00", "12-00", "012:00", "-1:00"};
        int minute = -7;
        (void)unused;

        for (size_t i = 0; i < mon_count_of(wrong); i++)
                assert_int_equal(quiet_read_minute(wrong[i], &minute), QUIET_E_FORM);
        assert_int_equal(minute, -7);
        assert_int_equal(quiet_read_minute("00:00", &minute), 0);
        assert_int_equal(minute, 0);
        assert_int_equal(quiet_read_minute("23:59", &minute), 0);
        assert_int_equal(minute, 1439);
}

static Nsec at(const char *text) {
        Nsec real;
        assert_int_equal(text_parse_time(text, &real), 0);
        return real;
}

static void test_quiet_hours(void **unused) {
        static const struct {
                const char *from, *until, *now, *end;
        } rows[] = {
                {"00:30", "05:00", "2026-01-10T23:29:59Z", NULL}, /* 00:29:59 in Paris */
                {"00:30", "05:00", "2026-01-10T23:30:00Z", "2026-01-11T04:00:00Z"},
                {"00:30", "05:00", "2026-01-11T03:59:59Z", "2026-01-11T04:00:00Z"},
                {"00:30", "05:00", "2026-01-11T04:00:00Z", NULL},
                {"22:00", "07:00", "2026-01-10T20:59:59Z", NULL},
                {"22:00", "07:00", "2026-01-10T21:00:00Z", "2026-01-11T06:00:00Z"},
                {"22:00", "07:00", "2026-01-11T05:59:00Z", "2026-01-11T06:00:00Z"},
                {"22:00", "07:00", "2026-01-11T06:00:00Z", NULL},
                {"22:00", "07:00", "2026-07-10T20:00:00Z", "2026-07-11T05:00:00Z"}, /* summer */
                /* The night in which 02:00 to 03:00 is skipped: an hour less. */
                {"22:00", "07:00", "2026-03-28T21:00:00Z", "2026-03-29T05:00:00Z"},
                {"22:00", "02:30", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"},
                /* The night in which 02:00 to 03:00 stands twice. */
                {"22:00", "07:00", "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"},
                {"22:00", "02:30", "2026-10-25T00:29:00Z", "2026-10-25T00:30:00Z"},
                {"22:00", "02:30", "2026-10-25T01:15:00Z", NULL},
        };
        mon_cleanup(zone_close_p) Zone *zone = NULL;
        Quiet quiet = {0};
        (void)unused;

        assert_int_equal(quiet_until(&quiet, NOW), NSEC_UNKNOWN);
        assert_int_equal(zone_open("Europe/Paris", &zone), 0);
        quiet.zone = zone;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                assert_int_equal(quiet_read_minute(rows[i].from, &quiet.from), 0);
                assert_int_equal(quiet_read_minute(rows[i].until, &quiet.until), 0);
                Nsec until = quiet_until(&quiet, at(rows[i].now));
                if (until != (rows[i].end ? at(rows[i].end) : NSEC_UNKNOWN))
                        fail_msg("row %zu: %lld", i, (long long)until);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_targets),   cmocka_unit_test(test_paths_and_the_observer),
                cmocka_unit_test(test_blindness), cmocka_unit_test(test_what_holds_back),
                cmocka_unit_test(test_flapping),  cmocka_unit_test(test_reminders),
                cmocka_unit_test(test_at_random), cmocka_unit_test(test_retries),
                cmocka_unit_test(test_minutes),   cmocka_unit_test(test_quiet_hours),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
