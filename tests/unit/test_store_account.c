/* Time through the whole way: seeded lives are judged by the engine, written as the daemon writes them, and read back
 * in any slicing; a model that asks for each second who claims it first has to agree. */
#include "daemon/store/rows.h"

#include "daemon/core/evaluate.h"
#include "tests/lib/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SEC NSEC_PER_SEC
#define LIFE_SECONDS 6000
#define LIFE_RECORDS 400
#define LIVES 40

typedef struct Record {
        bool is_gap;
        int64_t from, until; /* seconds */
        Verdict verdict;
        Cause cause;
        Verdict confirmed; /* of a check: in the end, when every run is decided */
} Record;

typedef struct Life {
        Store *store;
        uint64_t seed;
        Target target;
        TargetState state;
        int64_t now;      /* wall clock, seconds */
        int64_t boot;     /* never steps */
        int64_t furthest; /* the wall clock has been there */
        size_t decided;   /* records up to here are behind a decision */
        Record records[LIFE_RECORDS];
        size_t n;
        int64_t run;
} Life;

static int64_t below(Life *life, int64_t n) {
        life->seed = life->seed * 6364136223846793005U + 1442695040888963407U;
        return (int64_t)((life->seed >> 33) % (uint64_t)n);
}

static Nsec at_real(int64_t second) {
        return FOLDER_NOW + second * SEC;
}

static Record *add(Life *life, bool is_gap, int64_t from, int64_t until) {
        assert_true(life->n < LIFE_RECORDS);
        Record *record = &life->records[life->n++];
        *record = (Record){.is_gap = is_gap, .from = from, .until = until, .confirmed = VERDICT_UNKNOWN};
        return record;
}

static Verdict choose(Life *life, Verdict before) {
        return below(life, 3) > 0 ? before : (Verdict)(1 + below(life, VERDICT_MAX));
}

static Cause cause_of(Verdict verdict) {
        static const Cause causes[] = {0,           CAUSE_OK,       CAUSE_SLOW,         CAUSE_BANNER,
                                       CAUSE_RESET, CAUSE_BOT_WALL, CAUSE_SCRIPT_SHELL, CAUSE_LOCAL_NETWORK};
        return causes[verdict];
}

/* What the decision says of the run's checks: from the first of them on, wherever the wall clock was. */
static void decide(Life *life, const Evaluation *evaluation) {
        size_t first = life->n - 1;

        for (size_t i = life->decided; i < life->n; i++)
                if (!life->records[i].is_gap && at_real(life->records[i].from) == evaluation->at_real)
                        first = i;
        for (size_t i = first; i < life->n; i++)
                life->records[i].confirmed = life->state.confirmed;
        life->decided = life->n;
}

static void check(Life *life, Verdict verdict) {
        mon_cleanup(observation_free_p) Observation *seen = observation_new(at_real(life->now), life->boot * SEC);
        Nsec speaks_until = at_real(life->now) + target_speaks_for(&life->target);
        Verdict confirmed = life->state.confirmed;
        Evaluation evaluation;
        int64_t id;

        observation_judge(seen, verdict, cause_of(verdict), NULL);
        evaluate_step(&life->target, seen, &life->state, &evaluation);
        Record *record = add(life, false, life->now, life->now + target_speaks_for(&life->target) / SEC);
        record->verdict = verdict;
        record->confirmed = confirmed;
        folder_must(store_put_check(life->store, "page", seen, speaks_until, &id));
        if (evaluation.changed) {
                Transition transition = {evaluation.from, evaluation.to, seen->cause, evaluation.at_real,
                                         seen->at_real};
                folder_must(store_put_transition(life->store, "page", &transition));
                decide(life, &evaluation);
        }
        folder_must(store_put_state(life->store, "page", &life->state));
}

static void gap(Life *life, int64_t from, int64_t until, Cause cause) {
        int64_t id;

        add(life, true, from, until)->cause = cause;
        folder_must(store_put_gap(life->store, below(life, 2) ? "page" : NULL, at_real(from), at_real(until), cause,
                                  NULL, &id));
}

static void pass(Life *life, int64_t seconds) {
        life->now += seconds;
        life->boot += seconds;
}

static void stop_and_start(Life *life) {
        int64_t ended = life->now;

        if (below(life, 2))
                folder_must(store_end_run(life->store, life->run, at_real(ended)));
        pass(life, below(life, 400));
        folder_must(store_begin_run(life->store, at_real(life->now), "0", 0, 0, &life->run));
        gap(life, ended, life->now, CAUSE_NOT_RUNNING);
}

/* Its hours close: the row has both ends at once. Nobody looks, but mond may stop and start, and be closed over its
 * start: then the rows come after the stop's own. */
static void close_and_open(Life *life) {
        int64_t closed = life->now, opens = closed + 1 + below(life, 300);
        bool while_stopped = below(life, 2);
        int64_t id;

        if (!while_stopped) {
                add(life, true, closed, opens)->cause = CAUSE_OUTSIDE_HOURS;
                folder_must(store_put_gap(life->store, "page", at_real(closed), at_real(opens), CAUSE_OUTSIDE_HOURS,
                                          NULL, &id));
                pass(life, below(life, opens - closed));
        }
        if (while_stopped || below(life, 2))
                stop_and_start(life);
        if (while_stopped) {
                closed += below(life, 100);
                if (opens > closed) {
                        add(life, true, closed, opens)->cause = CAUSE_OUTSIDE_HOURS;
                        folder_must(store_put_gap(life->store, "page", at_real(closed), at_real(opens),
                                                  CAUSE_OUTSIDE_HOURS, NULL, &id));
                }
        }
        if (life->now < opens)
                pass(life, opens - life->now);
}

static void step_clock(Life *life) {
        int64_t step = below(life, 900) - 450;

        gap(life, life->now, step > 0 ? life->now + step : life->now, CAUSE_LOCAL_FAULT);
        life->now += step;
        if (life->now < 0)
                life->now = 0;
}

static void live(Life *life, bool steps) {
        Verdict verdict = VERDICT_UP;

        while (life->boot < LIFE_SECONDS && life->n + 3 < LIFE_RECORDS) {
                int64_t dice = below(life, 40);
                if (dice == 0)
                        stop_and_start(life);
                else if (dice == 1) {
                        gap(life, life->now, life->now + 1 + below(life, 200), CAUSE_PAUSED);
                        pass(life, life->records[life->n - 1].until - life->now);
                } else if (dice == 2 && steps)
                        step_clock(life);
                else if (dice == 3 || dice == 4)
                        close_and_open(life);
                else {
                        verdict = choose(life, verdict);
                        check(life, verdict);
                }
                pass(life, 1 + below(life, 70));
                if (life->now > life->furthest)
                        life->furthest = life->now;
        }
}

static bool is_unavailable(Verdict verdict) {
        return verdict == VERDICT_MAINTENANCE || verdict == VERDICT_DOWN;
}

static int state_of(const Record *record, bool *ret_unconfirmed) {
        *ret_unconfirmed = false;
        if (record->is_gap)
                return record->cause == CAUSE_OUTSIDE_HOURS ? ACCOUNT_OUTSIDE_HOURS : VERDICT_UNKNOWN;
        if (is_unavailable(record->verdict) && !is_unavailable(record->confirmed)) {
                *ret_unconfirmed = true;
                return VERDICT_UP;
        }
        if (record->verdict <= VERDICT_DEGRADED && is_unavailable(record->confirmed))
                return record->confirmed;
        return record->verdict;
}

/* Who claims before whom: as written, but of gaps in a row those outside of the hours first. */
static void order_claims(const Life *life, size_t *ret_order) {
        size_t n = 0;

        for (size_t i = 0; i < life->n;) {
                size_t end = i + 1;
                while (life->records[i].is_gap && end < life->n && life->records[end].is_gap)
                        end++;
                for (int outside = 1; outside >= 0; outside--)
                        for (size_t j = i; j < end; j++)
                                if ((life->records[j].cause == CAUSE_OUTSIDE_HOURS) == outside)
                                        ret_order[n++] = j;
                i = end;
        }
        assert_int_equal(n, life->n);
}

static void model(const Life *life, int64_t from, int64_t until, AccountTotals *ret_totals) {
        mon_auto_free size_t *order = mon_new_array(size_t, LIFE_RECORDS);

        order_claims(life, order);
        *ret_totals = (AccountTotals){0};
        for (int64_t second = from; second < until; second++) {
                int state = VERDICT_UNKNOWN;
                bool unconfirmed = false;
                for (size_t at = 0; at < life->n; at++) {
                        size_t i = order[at];
                        const Record *record = &life->records[i];
                        int64_t end = record->until;
                        if (!record->is_gap && i + 1 < life->n && life->records[i + 1].from < end)
                                end = life->records[i + 1].from;
                        if (second >= record->from && second < end) {
                                state = state_of(record, &unconfirmed);
                                break;
                        }
                }
                ret_totals->ms[state] += 1000;
                ret_totals->unconfirmed_ms += unconfirmed ? 1000 : 0;
        }
}

static AccountTotals read_back(const Life *life, int64_t from, int64_t until) {
        int64_t zero = FOLDER_NOW / NSEC_PER_MSEC;
        AccountTotals totals;

        folder_must(store_account(life->store, "page", zero + from * 1000, zero + until * 1000, INT64_MAX, 0, &totals));
        assert_int_equal(account_total_ms(&totals), (until - from) * 1000);
        return totals;
}

static void compare(Life *life, uint64_t seed) {
        int64_t end = life->furthest + 500, cut = below(life, end), cut2 = cut + below(life, end - cut);
        AccountTotals expected, whole = read_back(life, 0, end), a = read_back(life, 0, cut),
                                b = read_back(life, cut, cut2), c = read_back(life, cut2, end);

        model(life, 0, end, &expected);
        for (int state = VERDICT_UP; state < ACCOUNT_STATES; state++) {
                if (whole.ms[state] != expected.ms[state] || a.ms[state] + b.ms[state] + c.ms[state] != whole.ms[state])
                        print_error("seed %d, state %s: whole %d, model %d, slices %d + %d + %d at %d, %d\n", (int)seed,
                                    account_state_name(state), (int)whole.ms[state], (int)expected.ms[state],
                                    (int)a.ms[state], (int)b.ms[state], (int)c.ms[state], (int)cut, (int)cut2);
                assert_int_equal(whole.ms[state], expected.ms[state]);
                assert_int_equal(a.ms[state] + b.ms[state] + c.ms[state], whole.ms[state]);
        }
        assert_int_equal(whole.unconfirmed_ms, expected.unconfirmed_ms);
        assert_int_equal(a.checks + b.checks + c.checks, whole.checks);
}

static void lives(bool steps) {
        for (uint64_t seed = 1; seed <= LIVES; seed++) {
                mon_auto_free Life *life = mon_new(Life);
                Folder folder;

                folder_make(&folder);
                *life = (Life){
                        .store = folder_open(&folder),
                        .seed = seed,
                        .target = {.interval = 60 * SEC,
                                   .timeout = 20 * SEC,
                                   .confirm = {.fail = 3, .pass = 2, .retry_interval = 30 * SEC}},
                };
                target_state_init(&life->state);
                folder_put_targets(life->store, "page", NULL, FOLDER_NOW);
                folder_must(store_begin(life->store));
                folder_must(store_begin_run(life->store, FOLDER_NOW, "0", 0, 0, &life->run));
                live(life, steps);
                folder_must(store_commit(life->store, false));
                compare(life, seed);
                target_state_fini(&life->state);
                store_close(life->store);
                folder_remove(&folder);
        }
}

static void lives_with_stops_and_pauses(void **state) {
        (void)state;
        lives(false);
}

static void lives_whose_clock_steps_too(void **state) {
        (void)state;
        lives(true);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lives_with_stops_and_pauses),
                cmocka_unit_test(lives_whose_clock_steps_too),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
