/* Paths: the truth tables against a naive model, then long random lives against another. */
#include "daemon/core/path.h"

#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANNELS 3
#define STEPS 3
#define TARGETS (CHANNELS * STEPS)

static const char *const names[TARGETS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

typedef struct Fixture {
        Path path;
        Channel channels[PATH_CHANNELS_MAX];
        char *steps[PATH_CHANNELS_MAX][PATH_STEPS_MAX];
        Verdict states[TARGETS];
} Fixture;

/* A path of so many channels; each step a target of its own. */
static void shape(Fixture *fixture, size_t n_channels, const size_t *n_steps) {
        static const char *const ids[CHANNELS] = {"web", "phone", "paper"};

        *fixture = (Fixture){.path = {.id = (char *)"refus",
                                      .title = {.in = {(char *)"Refuser", (char *)"Refusing"}},
                                      .channels = fixture->channels,
                                      .n_channels = n_channels}};
        for (size_t i = 0; i < n_channels; i++) {
                fixture->channels[i] =
                        (Channel){.id = (char *)ids[i], .steps = fixture->steps[i], .n_steps = n_steps[i]};
                for (size_t j = 0; j < n_steps[i]; j++)
                        fixture->steps[i][j] = (char *)names[i * STEPS + j];
        }
}

static PathStep step_of(void *userdata, const char *target) {
        const Fixture *fixture = userdata;

        assert_int_equal(strlen(target), 1);
        Verdict state = fixture->states[target[0] - 'a'];
        return (PathStep){target, state, state == VERDICT_MAINTENANCE ? CAUSE_BANNER : CAUSE_HTTP_5XX};
}

/* --- the naive model: the sentences of the manual, one by one --------------------------------------------------------
 */

static bool known_to_fail(Verdict state) {
        return state == VERDICT_MAINTENANCE || state == VERDICT_DOWN;
}

static bool nobody_knows(Verdict state) {
        return state == VERDICT_BLOCKED || state == VERDICT_UNREADABLE || state == VERDICT_UNKNOWN;
}

static PathState naive_channel(const Fixture *fixture, size_t channel) {
        for (size_t j = 0; j < fixture->channels[channel].n_steps; j++)
                if (known_to_fail(fixture->states[channel * STEPS + j]))
                        return PATH_CLOSED;
        for (size_t j = 0; j < fixture->channels[channel].n_steps; j++)
                if (nobody_knows(fixture->states[channel * STEPS + j]))
                        return PATH_UNKNOWN;
        return PATH_OPEN;
}

static PathState naive_path(const Fixture *fixture, bool *ret_proven) {
        bool one_works = false, one_fails = false, all_fail = true;

        for (size_t i = 0; i < fixture->path.n_channels; i++) {
                PathState channel = naive_channel(fixture, i);
                one_works = one_works || channel == PATH_OPEN;
                one_fails = one_fails || channel == PATH_CLOSED;
                all_fail = all_fail && channel == PATH_CLOSED;
        }
        *ret_proven = all_fail;
        if (one_works && !one_fails)
                return PATH_OPEN;
        if (one_works && one_fails)
                return PATH_IMPAIRED;
        if (!one_works && one_fails)
                return PATH_CLOSED;
        return PATH_UNKNOWN;
}

static void check_judgement(Fixture *fixture) {
        PathJudgement judgement;
        bool proven, fails = false;
        Verdict worst = VERDICT_UP;

        path_judge(&fixture->path, step_of, fixture, &judgement);
        assert_int_equal(judgement.state, naive_path(fixture, &proven));
        assert_int_equal(judgement.proven, proven);
        for (size_t i = 0; i < fixture->path.n_channels; i++) {
                assert_int_equal(judgement.channels[i], naive_channel(fixture, i));
                for (size_t j = 0; j < fixture->channels[i].n_steps; j++) {
                        Verdict state = fixture->states[i * STEPS + j];
                        fails = fails || known_to_fail(state);
                        if (known_to_fail(state) && worst != VERDICT_DOWN)
                                worst = state;
                }
        }
        assert_int_equal(judgement.failing.target != NULL, fails);
        if (fails)
                assert_int_equal(judgement.failing.state, worst);
}

/* Every state of every step, for every shape of up to three channels of up to three steps. */
static void judges_every_combination(void **state) {
        static const Verdict of_class[3][3] = {{VERDICT_UP, VERDICT_DEGRADED, VERDICT_UP},
                                               {VERDICT_DOWN, VERDICT_MAINTENANCE, VERDICT_DOWN},
                                               {VERDICT_UNKNOWN, VERDICT_BLOCKED, VERDICT_UNREADABLE}};
        size_t judged = 0;
        (void)state;

        for (size_t n = 1; n <= CHANNELS; n++)
                for (size_t form = 0; form < 27; form++) {
                        const size_t steps[CHANNELS] = {form % 3 + 1, n > 1 ? form / 3 % 3 + 1 : 0,
                                                        n > 2 ? form / 9 + 1 : 0};
                        if ((n < 2 && form >= 3) || (n < 3 && form >= 9))
                                continue;
                        Fixture fixture;
                        shape(&fixture, n, steps);
                        size_t combinations = 1;
                        for (size_t i = 0; i < steps[0] + steps[1] + steps[2]; i++)
                                combinations *= 3;
                        for (size_t i = 0; i < combinations; i++, judged++) {
                                size_t rest = i;
                                for (size_t t = 0; t < TARGETS; t++) {
                                        if (t % STEPS >= steps[t / STEPS])
                                                continue;
                                        fixture.states[t] = of_class[rest % 3][(i + t) % 3];
                                        rest /= 3;
                                }
                                check_judgement(&fixture);
                        }
                }
        assert_int_equal(judged, 39 + 39 * 39 + 39 * 39 * 39);
}

static void judges_the_largest(void **state) {
        static Fixture fixture;
        PathJudgement judgement;
        (void)state;

        fixture.path = (Path){.id = (char *)"p", .channels = fixture.channels, .n_channels = PATH_CHANNELS_MAX};
        for (size_t i = 0; i < PATH_CHANNELS_MAX; i++) {
                fixture.channels[i] =
                        (Channel){.id = (char *)"c", .steps = fixture.steps[i], .n_steps = PATH_STEPS_MAX};
                for (size_t j = 0; j < PATH_STEPS_MAX; j++)
                        fixture.steps[i][j] = (char *)"a";
        }
        fixture.states[0] = VERDICT_DOWN;
        path_judge(&fixture.path, step_of, &fixture, &judgement);
        assert_int_equal(judgement.state, PATH_CLOSED);
        assert_true(judgement.proven);
        assert_true(path_has_step(&fixture.path, "a"));
        assert_false(path_has_step(&fixture.path, "b"));
}

/* --- lives ------------------------------------------------------------------------------------------------------ */

#define CHANGES 400

/* What the life left, against which a second model is held: a list of moments, judged afterwards. */
typedef struct Moment {
        PathState state;
        bool proven;
        Nsec at_real, decided_at_real;
} Moment;

typedef struct Life {
        Fixture fixture;
        PathStatus status;
        Incident open;
        int64_t next_incident;
        Moment moments[CHANGES];
        size_t n;
        Incident incidents[CHANGES]; /* as last stored, by id - 1 */
        size_t events, transitions;
} Life;

static uint64_t next_random(uint64_t *seed) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return *seed >> 33;
}

static void check_event(const Life *life, const PathResult *result, const PathReason *reason, PathState from) {
        const Event *event = result->event;

        assert_true(event_type_is_state(event->type));
        assert_int_equal(event->type, event_type_of_path(result->next.state));
        assert_int_equal(event->kind, SUBJECT_PATH);
        assert_string_equal(event->subject, "refus");
        assert_int_equal(event->path_from, from);
        assert_int_equal(event->path_to, result->next.state);
        assert_int_equal(event->proven, result->next.proven);
        assert_int_equal(event->from, 0);
        assert_string_equal(event->reason, reason->target);
        assert_int_equal(event->verdict, reason->verdict);
        assert_true(event->since_at_real == result->next.since_at_real);
        assert_true(event->at_real == reason->decided_at_real);
        size_t unknown = 0, named = 0;
        for (size_t i = 0; i < life->fixture.path.n_channels; i++)
                unknown += naive_channel(&life->fixture, i) == PATH_UNKNOWN;
        for (const char *c = event->unknown; c && *c; c++)
                named += *c == ' ';
        assert_int_equal(event->unknown ? named + 1 : 0, unknown);
}

static void keep_incident(Life *life, const PathResult *result) {
        const Incident *incident = &result->incident;

        assert_in_range(incident->id, 1, CHANGES);
        incident_copy(&life->incidents[incident->id - 1], incident);
        if (result->incident_change == INCIDENT_OPENED) {
                assert_int_equal(incident->id, life->next_incident);
                life->next_incident++;
        }
        if (result->incident_change == INCIDENT_CLOSED)
                incident_fini(&life->open);
        else
                incident_copy(&life->open, incident);
}

static void live(Life *life, size_t target, Verdict to, Nsec at_real, Nsec decided_at_real) {
        const PathReason reason = {.target = names[target],
                                   .at_real = at_real,
                                   .decided_at_real = decided_at_real,
                                   .verdict = to,
                                   .cause = to == VERDICT_MAINTENANCE ? CAUSE_BANNER : CAUSE_HTTP_5XX,
                                   .banner_text = to == VERDICT_MAINTENANCE ? "fermé" : NULL};
        PathStatus before = life->status;
        PathJudgement now;
        PathResult result;

        life->fixture.states[target] = to;
        path_judge(&life->fixture.path, step_of, &life->fixture, &now);
        path_step(&life->fixture.path, &life->status, life->open.id ? &life->open : NULL, &now, &reason,
                  life->next_incident, &result);
        life->moments[life->n++] = (Moment){now.state, now.proven, at_real, decided_at_real};
        assert_int_equal(result.event != NULL, before.state != now.state);
        assert_int_equal(result.has_transition, before.state != now.state);
        if (result.event)
                check_event(life, &result, &reason, before.state);
        /* Where it stays closed, proof that comes or goes is a line and nothing else. */
        if (before.state == PATH_CLOSED && now.state == PATH_CLOSED && before.proven != now.proven)
                assert_int_equal(result.line, now.proven ? PATH_LINE_PROVEN : PATH_LINE_UNPROVEN);
        if (result.incident_change != INCIDENT_SAME) {
                assert_true(result.changed && result.line != PATH_LINE_NONE);
                keep_incident(life, &result);
        } else
                assert_int_equal(result.line, PATH_LINE_NONE);
        life->events += result.event != NULL;
        life->transitions += result.has_transition;
        life->status = result.next;
        assert_int_equal(life->status.incident, life->open.id);
        path_result_fini(&result);
}

/* The incidents that the list of moments has: from each closing to the next time a channel works. */
static void check_life(const Life *life) {
        PathState state = PATH_UNKNOWN;
        Nsec since = NSEC_UNKNOWN;
        size_t changes = 0;
        int64_t incident = 0;
        bool open = false;

        for (size_t i = 0; i < life->n; i++) {
                const Moment *moment = &life->moments[i];
                if (moment->state == state)
                        continue;
                Nsec at = since != NSEC_UNKNOWN && moment->at_real < since ? since : moment->at_real;
                assert_true(since == NSEC_UNKNOWN || at >= since);
                state = moment->state;
                since = at;
                changes++;
                bool works = state == PATH_OPEN || state == PATH_IMPAIRED;
                if (state == PATH_CLOSED && !open) {
                        open = true;
                        assert_true(life->incidents[incident].opened_at_real == at);
                        assert_true(life->incidents[incident].confirmed_at_real == moment->decided_at_real);
                        incident++;
                } else if (works && open) {
                        open = false;
                        assert_true(life->incidents[incident - 1].closed_at_real == at);
                }
        }
        assert_int_equal(life->events, changes);
        assert_int_equal(life->transitions, changes);
        assert_int_equal(life->status.state, state);
        assert_true(life->status.since_at_real == since);
        assert_int_equal(life->next_incident - 1, incident);
        assert_int_equal(life->open.id, open ? incident : 0);
        for (int64_t i = 0; i < incident; i++) {
                assert_true(known_to_fail(life->incidents[i].state));
                assert_true(verdict_badness(life->incidents[i].worst) >= verdict_badness(life->incidents[i].state));
                assert_int_equal(life->incidents[i].closed_at_real == NSEC_UNKNOWN, open && i == incident - 1);
        }
}

static void lives_as_the_naive_model_does(void **state) {
        static Life life;
        size_t incidents = 0;
        (void)state;

        for (uint64_t seed = 1; seed <= 200; seed++) {
                uint64_t random = seed;
                const size_t steps[CHANNELS] = {next_random(&random) % 3 + 1, next_random(&random) % 3 + 1,
                                                next_random(&random) % 3 + 1};
                size_t n = next_random(&random) % CHANNELS + 1;
                Nsec now = 1000 * NSEC_PER_SEC;
                life = (Life){.next_incident = 1};
                shape(&life.fixture, n, steps);
                for (size_t t = 0; t < TARGETS; t++)
                        life.fixture.states[t] = VERDICT_UNKNOWN;
                path_status_init(&life.status);
                for (int i = 0; i < CHANGES; i++) {
                        size_t channel = next_random(&random) % n;
                        size_t target = channel * STEPS + next_random(&random) % steps[channel];
                        Verdict to = (Verdict)(next_random(&random) % VERDICT_MAX + 1);
                        /* The run that decides began a while ago; now and then the clock is set back. */
                        now += (Nsec)(next_random(&random) % 300) * NSEC_PER_SEC;
                        if (next_random(&random) % 50 == 0)
                                now -= 1000 * NSEC_PER_SEC;
                        if (to != life.fixture.states[target])
                                live(&life, target, to, now - (Nsec)(next_random(&random) % 400) * NSEC_PER_SEC, now);
                }
                check_life(&life);
                incidents += (size_t)life.next_incident - 1;
                for (size_t i = 0; i < CHANGES; i++)
                        incident_fini(&life.incidents[i]);
                incident_fini(&life.open);
        }
        assert_true(incidents > 1000);
}

/* --- what is written out -------------------------------------------------------------------------------------------
 */

static void begin(Life *life) {
        static const size_t steps[] = {1, 1};

        *life = (Life){.next_incident = 1};
        shape(&life->fixture, 2, steps);
        path_status_init(&life->status);
        for (size_t t = 0; t < TARGETS; t++)
                life->fixture.states[t] = VERDICT_UNKNOWN;
}

static void end(Life *life) {
        for (size_t i = 0; i < CHANGES; i++)
                incident_fini(&life->incidents[i]);
        incident_fini(&life->open);
}

#define AT(seconds) ((seconds)*NSEC_PER_SEC)

static void unknown_does_not_end_an_incident(void **state) {
        static Life life;
        (void)state;

        begin(&life);
        live(&life, 0, VERDICT_UP, AT(10), AT(10));
        assert_int_equal(life.status.state, PATH_OPEN);
        live(&life, 0, VERDICT_MAINTENANCE, AT(20), AT(40));
        assert_int_equal(life.status.state, PATH_CLOSED);
        assert_false(life.status.proven);
        assert_string_equal(life.open.banner_text, "fermé");
        assert_true(life.open.opened_at_real == AT(20) && life.open.confirmed_at_real == AT(40));
        live(&life, 0, VERDICT_BLOCKED, AT(50), AT(60));
        assert_int_equal(life.status.state, PATH_UNKNOWN);
        assert_int_equal(life.open.id, 1);
        assert_int_equal(life.open.state, VERDICT_MAINTENANCE);
        live(&life, 0, VERDICT_DOWN, AT(70), AT(80));
        assert_int_equal(life.open.id, 1);
        assert_int_equal(life.open.state, VERDICT_DOWN);
        live(&life, STEPS, VERDICT_DOWN, AT(85), AT(90));
        assert_true(life.status.proven);
        assert_true(life.status.since_at_real == AT(70));
        live(&life, STEPS, VERDICT_UP, AT(95), AT(100));
        assert_int_equal(life.status.state, PATH_IMPAIRED);
        assert_int_equal(life.open.id, 0);
        assert_true(life.incidents[0].closed_at_real == AT(95));
        assert_int_equal(life.events, 5);
        end(&life);
}

/* It is another channel that works no more for all we know: the path fails as the one that is known to. */
static void closes_by_what_is_not_seen_any_more(void **state) {
        static Life life;
        (void)state;

        begin(&life);
        live(&life, 0, VERDICT_DOWN, AT(10), AT(10));
        live(&life, STEPS, VERDICT_UP, AT(11), AT(11));
        assert_int_equal(life.status.state, PATH_IMPAIRED);
        live(&life, STEPS, VERDICT_UNKNOWN, AT(12), AT(12));
        assert_int_equal(life.status.state, PATH_CLOSED);
        assert_int_equal(life.open.state, VERDICT_DOWN);
        assert_int_equal(life.open.cause, CAUSE_HTTP_5XX);
        end(&life);
}

static void a_path_that_leaves_ends(void **state) {
        static Life life;
        PathResult result;
        (void)state;

        begin(&life);
        live(&life, 0, VERDICT_DOWN, AT(10), AT(10));
        path_remove(&life.status, &life.open, AT(30), &result);
        assert_null(result.event);
        assert_int_equal(result.line, PATH_LINE_LEFT);
        assert_string_equal(path_line_name(result.line), "left");
        assert_int_equal(result.incident_change, INCIDENT_CLOSED);
        assert_true(result.incident.closed_at_real == AT(30));
        assert_int_equal(result.next.state, PATH_UNKNOWN);
        assert_int_equal(result.next.incident, 0);
        path_result_fini(&result);
        end(&life);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(judges_every_combination),
                cmocka_unit_test(judges_the_largest),
                cmocka_unit_test(lives_as_the_naive_model_does),
                cmocka_unit_test(unknown_does_not_end_an_incident),
                cmocka_unit_test(closes_by_what_is_not_seen_any_more),
                cmocka_unit_test(a_path_that_leaves_ends),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
