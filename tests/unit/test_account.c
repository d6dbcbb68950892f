/* Rule mond-1: tables first, then seeded lives against a model that asks for each millisecond who claims it first. */
#include "daemon/core/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static AccountTotals finish(Account *account) {
        AccountTotals totals;
        account_finish(account, &totals);
        assert_int_equal(account_total_ms(&totals), account->until_ms - account->from_ms);
        return totals;
}

static void nobody_looked(void **state) {
        (void)state;
        Account account;
        double share;

        account_init(&account, 0, 1000, 5000, VERDICT_UNKNOWN);
        AccountTotals totals = finish(&account);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 1000);
        assert_false(account_availability(&totals, &share));
        assert_true(account_coverage(&totals, &share));
        assert_true(share == 0);
        account_init(&account, 1000, 0, 5000, VERDICT_UNKNOWN);
        totals = finish(&account);
        assert_int_equal(account_total_ms(&totals), 0);
        assert_false(account_coverage(&totals, &share));
}

static void a_check_speaks_until_the_next_and_no_longer_than_stored(void **state) {
        (void)state;
        Account account;
        double share;

        account_init(&account, 0, 1000, 5000, VERDICT_UNKNOWN);
        account_add_check(&account, 100, 340, VERDICT_UP);
        account_add_check(&account, 200, 440, VERDICT_DEGRADED);
        account_add_check(&account, 800, 1040, VERDICT_BLOCKED);
        AccountTotals totals = finish(&account);
        assert_int_equal(totals.ms[VERDICT_UP], 100);
        assert_int_equal(totals.ms[VERDICT_DEGRADED], 240);
        assert_int_equal(totals.ms[VERDICT_BLOCKED], 200);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 100 + 360);
        assert_int_equal(totals.checks, 3);
        assert_true(account_availability(&totals, &share));
        assert_true(share == 1);
        assert_true(account_coverage(&totals, &share));
        assert_true(share == 0.34);
}

static void nobody_has_looked_into_the_future(void **state) {
        (void)state;
        Account account;

        account_init(&account, 0, 1000, 150, VERDICT_UP);
        account_add_check(&account, 100, 340, VERDICT_UP);
        AccountTotals totals = finish(&account);
        assert_int_equal(totals.ms[VERDICT_UP], 50);
}

static void confirmation_decides_what_a_check_counts_as(void **state) {
        (void)state;
        Account account;

        account_init(&account, 0, 700, 700, VERDICT_UP);
        account_add_check(&account, 0, 200, VERDICT_DOWN); /* alone: unconfirmed */
        account_add_check(&account, 100, 300, VERDICT_UP);
        account_add_transition(&account, VERDICT_MAINTENANCE); /* dated back to this one */
        account_add_check(&account, 200, 400, VERDICT_MAINTENANCE);
        account_add_check(&account, 300, 500, VERDICT_UP);         /* alone in the outage */
        account_add_transition(&account, VERDICT_UNREADABLE);      /* shows, confirms nothing */
        account_add_check(&account, 400, 600, VERDICT_UNREADABLE); /* counts at once */
        account_add_transition(&account, VERDICT_DOWN);
        account_add_check(&account, 500, 700, VERDICT_DOWN);
        account_add_transition(&account, VERDICT_UP);
        account_add_check(&account, 600, 800, VERDICT_DEGRADED);
        AccountTotals totals = finish(&account);
        assert_int_equal(totals.ms[VERDICT_UP], 200);
        assert_int_equal(totals.unconfirmed_ms, 100);
        assert_int_equal(totals.unconfirmed_checks, 1);
        assert_int_equal(totals.ms[VERDICT_MAINTENANCE], 200);
        assert_int_equal(totals.ms[VERDICT_UNREADABLE], 100);
        assert_int_equal(totals.ms[VERDICT_DOWN], 100);
        assert_int_equal(totals.ms[VERDICT_DEGRADED], 100);
}

static void gaps_end_what_a_check_says(void **state) {
        (void)state;
        Account account;

        account_init(&account, 0, 1000, 1000, VERDICT_UP);
        account_add_check(&account, 0, 500, VERDICT_UP);
        account_add_gap(&account, 100, 200, CAUSE_PAUSED);
        account_add_check(&account, 300, 800, VERDICT_UP);
        account_add_gap(&account, 400, 600, CAUSE_OUTSIDE_HOURS);
        account_add_gap(&account, 900, ACCOUNT_NEVER, CAUSE_NOT_RUNNING);
        account_add_check(&account, 950, 1450, VERDICT_UP);
        AccountTotals totals = finish(&account);
        double share;
        assert_int_equal(totals.ms[VERDICT_UP], 200);
        assert_int_equal(totals.ms[ACCOUNT_OUTSIDE_HOURS], 200);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 600);
        assert_true(account_coverage(&totals, &share));
        assert_true(share == 0.25);
}

static void a_clock_that_steps_back_counts_nothing_twice(void **state) {
        (void)state;
        Account account;

        account_init(&account, 0, 1000, 1000, VERDICT_UP);
        account_add_check(&account, 500, 600, VERDICT_UP);
        account_add_check(&account, 550, 650, VERDICT_UP);
        account_add_check(&account, 100, 200,
                          VERDICT_BLOCKED); /* an hour before, as it were: fills what nobody claimed */
        account_add_check(&account, 200, 300, VERDICT_BLOCKED);
        account_add_check(&account, 480, 580, VERDICT_BLOCKED); /* the first record keeps 500 to 550 */
        account_add_check(&account, 700, 800, VERDICT_BLOCKED);
        AccountTotals totals = finish(&account);
        assert_int_equal(totals.ms[VERDICT_UP], 50);
        assert_int_equal(totals.ms[VERDICT_BLOCKED], 100 + 100 + 20 + 30 + 100);
}

static void more_holes_than_are_kept_stay_unknown(void **state) {
        (void)state;
        Account account;
        const int64_t n = ACCOUNT_HOLES_MAX + 10;

        account_init(&account, 0, 100 * n, 100 * n, VERDICT_UP);
        for (int64_t i = 0; i < n; i++)
                account_add_check(&account, 100 * i + 50, 100 * i + 100, VERDICT_UP);
        account_add_gap(&account, 100 * n, 100 * n, CAUSE_LOCAL_FAULT);
        for (int64_t i = 0; i < n; i++)
                account_add_check(&account, 100 * i, 100 * i + 50, VERDICT_DEGRADED);
        AccountTotals totals = finish(&account);
        assert_int_equal(totals.ms[VERDICT_UP], 50 * n);
        assert_int_equal(totals.ms[VERDICT_DEGRADED], 50 * ACCOUNT_HOLES_MAX);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 50 * 10);
}

/* --- the model --------------------------------------------------------------------------------------------------- */

#define MODEL_MS 3000
#define MODEL_RECORDS 60

typedef struct Record {
        enum { CHECK, GAP, TRANSITION } kind;
        int64_t at, until;
        Verdict verdict;
        Cause cause;
} Record;

static uint64_t next_random(uint64_t *seed) {
        *seed = *seed * 6364136223846793005U + 1442695040888963407U;
        return *seed >> 33;
}

static int64_t below(uint64_t *seed, int64_t n) {
        return (int64_t)(next_random(seed) % (uint64_t)n);
}

static size_t make_life(uint64_t *seed, Record *records) {
        size_t n = 0;
        int64_t now = below(seed, 300);

        while (n < MODEL_RECORDS && now < MODEL_MS + 200) {
                int64_t dice = below(seed, 20);
                Record *record = &records[n++];
                *record = (Record){.at = now, .verdict = (Verdict)(1 + below(seed, 7))};
                if (dice < 3) {
                        record->kind = TRANSITION;
                } else if (dice < 5) {
                        record->kind = GAP;
                        record->until = below(seed, 6) == 0 ? ACCOUNT_NEVER : now + below(seed, 200);
                        record->cause = below(seed, 3) == 0 ? CAUSE_OUTSIDE_HOURS : CAUSE_PAUSED;
                } else {
                        record->kind = CHECK;
                        record->until = now + below(seed, 240);
                }
                now += dice == 19 ? -below(seed, 900) : below(seed, 120);
        }
        return n;
}

static int model_state(Verdict verdict, Verdict confirmed, bool *ret_unconfirmed) {
        bool fails = verdict == VERDICT_DOWN || verdict == VERDICT_MAINTENANCE;
        bool passes = verdict == VERDICT_UP || verdict == VERDICT_DEGRADED;
        bool outage = confirmed == VERDICT_DOWN || confirmed == VERDICT_MAINTENANCE;

        *ret_unconfirmed = fails && !outage;
        if (*ret_unconfirmed)
                return VERDICT_UP;
        return passes && outage ? confirmed : verdict;
}

static void model(const Record *records, size_t n, int64_t from, int64_t until, int64_t now,
                  AccountTotals *ret_totals) {
        *ret_totals = (AccountTotals){0};
        for (int64_t t = from; t < until; t++) {
                int owner = VERDICT_UNKNOWN;
                bool owner_unconfirmed = false, owned = t >= now;
                Verdict confirmed = VERDICT_UNKNOWN;
                for (size_t i = 0; i < n && !owned; i++) {
                        const Record *record = &records[i];
                        if (record->kind == TRANSITION) {
                                if (record->verdict <= VERDICT_DOWN)
                                        confirmed = record->verdict;
                                continue;
                        }
                        int64_t end = record->until;
                        size_t next = i + 1;
                        while (next < n && records[next].kind == TRANSITION)
                                next++;
                        if (record->kind == CHECK && next < n && records[next].at < end)
                                end = records[next].at;
                        if (t < record->at || t >= end)
                                continue;
                        owned = true;
                        owner = record->kind == CHECK ? model_state(record->verdict, confirmed, &owner_unconfirmed)
                                : record->cause == CAUSE_OUTSIDE_HOURS ? ACCOUNT_OUTSIDE_HOURS
                                                                       : VERDICT_UNKNOWN;
                }
                ret_totals->ms[owner]++;
                ret_totals->unconfirmed_ms += owner_unconfirmed;
        }
}

static AccountTotals account_life(const Record *records, size_t n, int64_t from, int64_t until, int64_t now) {
        Account account;

        account_init(&account, from, until, now, VERDICT_UNKNOWN);
        for (size_t i = 0; i < n; i++) {
                if (records[i].kind == TRANSITION)
                        account_add_transition(&account, records[i].verdict);
                else if (records[i].kind == GAP)
                        account_add_gap(&account, records[i].at, records[i].until, records[i].cause);
                else
                        account_add_check(&account, records[i].at, records[i].until, records[i].verdict);
        }
        return finish(&account);
}

static void lives_equal_the_model_in_any_slicing(void **state) {
        (void)state;
        Record records[MODEL_RECORDS];

        for (uint64_t seed = 1; seed <= 300; seed++) {
                uint64_t dice = seed;
                size_t n = make_life(&dice, records);
                int64_t cut = below(&dice, MODEL_MS), now = below(&dice, 2) ? MODEL_MS * 2 : below(&dice, MODEL_MS);
                AccountTotals expected, whole = account_life(records, n, 0, MODEL_MS, now);
                AccountTotals first = account_life(records, n, 0, cut, now);
                AccountTotals second = account_life(records, n, cut, MODEL_MS, now);

                model(records, n, 0, MODEL_MS, now, &expected);
                for (int i = 1; i < ACCOUNT_STATES; i++) {
                        if (whole.ms[i] != expected.ms[i])
                                print_error("seed %llu, state %d\n", (unsigned long long)seed, i);
                        assert_int_equal(whole.ms[i], expected.ms[i]);
                        assert_int_equal(first.ms[i] + second.ms[i], whole.ms[i]);
                }
                assert_int_equal(whole.unconfirmed_ms, expected.unconfirmed_ms);
                assert_int_equal(first.checks + second.checks, whole.checks);
                assert_int_equal(first.unconfirmed_checks + second.unconfirmed_checks, whole.unconfirmed_checks);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nobody_looked),
                cmocka_unit_test(a_check_speaks_until_the_next_and_no_longer_than_stored),
                cmocka_unit_test(nobody_has_looked_into_the_future),
                cmocka_unit_test(confirmation_decides_what_a_check_counts_as),
                cmocka_unit_test(gaps_end_what_a_check_says),
                cmocka_unit_test(a_clock_that_steps_back_counts_nothing_twice),
                cmocka_unit_test(more_holes_than_are_kept_stay_unknown),
                cmocka_unit_test(lives_equal_the_model_in_any_slicing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
