/* The time of paths, against a model that asks for each millisecond. */
#include "daemon/core/path_account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define SPAN 400
#define ROWS 12

typedef struct Step {
        int64_t at_ms;
        PathState to;
} Step;

typedef struct Life {
        int64_t from_ms, until_ms, looked_until_ms;
        PathGap gaps[ROWS];
        Step steps[ROWS];
        size_t n_gaps, n_steps;
} Life;

static uint64_t next_random(uint64_t *seed) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return *seed >> 33;
}

static PathState naive_at(const Life *life, int64_t at_ms) {
        PathState state = PATH_UNKNOWN;

        for (size_t i = 0; i < life->n_steps; i++)
                if (life->steps[i].at_ms <= at_ms)
                        state = life->steps[i].to;
        for (size_t i = 0; i < life->n_gaps; i++)
                if (life->gaps[i].from_ms <= at_ms && at_ms < life->gaps[i].until_ms)
                        return PATH_UNKNOWN;
        return at_ms < life->looked_until_ms ? state : PATH_UNKNOWN;
}

static void make_life(Life *life, uint64_t *seed) {
        int64_t at = 0;

        *life = (Life){.from_ms = (int64_t)(next_random(seed) % SPAN),
                       .n_gaps = next_random(seed) % ROWS,
                       .n_steps = next_random(seed) % ROWS};
        life->until_ms = life->from_ms + (int64_t)(next_random(seed) % SPAN);
        life->looked_until_ms = next_random(seed) % 3 ? INT64_MAX : (int64_t)(next_random(seed) % (2 * SPAN));
        for (size_t i = 0; i < life->n_gaps; i++) {
                at += (int64_t)(next_random(seed) % 80);
                life->gaps[i] = (PathGap){at, at + (int64_t)(next_random(seed) % 100)};
                if (next_random(seed) % 30 == 0)
                        life->gaps[i].until_ms = INT64_MAX;
        }
        at = 0;
        for (size_t i = 0; i < life->n_steps; i++) {
                at += (int64_t)(next_random(seed) % 90);
                life->steps[i] = (Step){at, (PathState)(next_random(seed) % PATH_STATE_MAX + 1)};
        }
}

static void counts_as_the_naive_model_does(void **state) {
        uint64_t seed = 7;
        (void)state;

        for (int i = 0; i < 2000; i++) {
                Life life;
                PathAccount account;
                PathTotals totals, naive = {0};
                make_life(&life, &seed);
                path_account_init(&account, life.from_ms, life.until_ms, life.looked_until_ms, life.gaps, life.n_gaps);
                for (size_t j = 0; j < life.n_steps; j++)
                        path_account_add(&account, life.steps[j].at_ms, life.steps[j].to);
                path_account_finish(&account, &totals);
                for (int64_t at = life.from_ms; at < life.until_ms; at++)
                        naive.ms[naive_at(&life, at)]++;
                for (PathState s = PATH_OPEN; s <= PATH_STATE_MAX; s++)
                        assert_int_equal(totals.ms[s], naive.ms[s]);
                assert_int_equal(path_account_total_ms(&totals), life.until_ms - life.from_ms);
        }
}

static void shares_are_of_what_is_known(void **state) {
        PathTotals totals = {.ms = {[PATH_OPEN] = 60, [PATH_IMPAIRED] = 20, [PATH_CLOSED] = 20, [PATH_UNKNOWN] = 100}};
        double share = 0;
        (void)state;

        assert_true(path_account_availability(&totals, &share));
        assert_true(share == 0.8);
        assert_true(path_account_coverage(&totals, &share));
        assert_true(share == 0.5);
        totals = (PathTotals){.ms = {[PATH_UNKNOWN] = 100}};
        assert_false(path_account_availability(&totals, &share));
        assert_true(path_account_coverage(&totals, &share) && share == 0);
        totals = (PathTotals){0};
        assert_false(path_account_coverage(&totals, &share));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(counts_as_the_naive_model_does),
                cmocka_unit_test(shares_are_of_what_is_known),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
