/* Confirmation against tables, then seeded random lives against a model that re-reads the whole past at each step. */
#include "daemon/core/engine.h"
#include "daemon/core/evaluate.h"
#include "daemon/core/flap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * NSEC_PER_SEC)

static Target target_of(int fail, int pass) {
        return (Target){
                .id = (char *)"page",
                .interval = MINUTE,
                .timeout = 20 * NSEC_PER_SEC,
                .confirm = {.fail = fail, .pass = pass, .retry_interval = 30 * NSEC_PER_SEC},
        };
}

static Observation *look(char letter, Nsec at_real) {
        Observation *observation = observation_new(at_real, at_real);

        switch (letter) {
        case 'u':
                observation_judge(observation, VERDICT_UP, CAUSE_OK, NULL);
                break;
        case 'g':
                observation_judge(observation, VERDICT_DEGRADED, CAUSE_SLOW, NULL);
                break;
        case 'm':
                observation_judge(observation, VERDICT_MAINTENANCE, CAUSE_BANNER, NULL);
                observation->banner_text = mon_strdup("Le service est en maintenance.");
                break;
        case 'd':
                observation_judge(observation, VERDICT_DOWN, CAUSE_HTTP_5XX, NULL);
                break;
        case 'b':
                observation_judge(observation, VERDICT_BLOCKED, CAUSE_BOT_WALL, NULL);
                break;
        default:
                observation_judge(observation, VERDICT_UNKNOWN, CAUSE_LOCAL_NETWORK, NULL);
                break;
        }
        return observation;
}

static char letter_of(Verdict verdict) {
        return "?ugmdbru"[verdict];
}

/* Looks a minute apart ('.' is a minute nobody looked in); each letter of `states` is the state shown after it. */
static const struct {
        const char *name;
        int fail, pass;
        const char *looks;
        const char *states; /* 'u' after the last letter of unknown is written '-' */
} confirmations[] = {
        {"one pass makes the first state", 3, 2, "u", "u"},
        {"the first failure needs all of them", 3, 2, "ddd", "--d"},
        {"a single failure moves nothing", 3, 2, "uddu", "uuuu"},
        {"three in a row do", 3, 2, "udddd", "uuudd"},
        {"two passes restore", 3, 2, "udddudduu", "uuudddddu"},
        {"inside a class at once", 1, 1, "ugudmd", "ugudmd"},
        {"one unseen look breaks no run", 3, 2, "uddbd", "uuuud"},
        {"three unseen looks show, and break the run", 3, 2, "uddbbbddd", "uuuuubbbd"},
        {"what is seen again takes effect at once", 3, 2, "ubbbu", "uuubu"},
        {"blind from the start", 2, 1, "?u", "-u"},
        {"a long gap breaks a run", 3, 2, "udd...ddd", "uuu...uud"},
        {"a short gap does not", 3, 2, "udd.d", "uuu.d"},
};

static void test_confirmations(void **unused) {
        (void)unused;
        for (size_t i = 0; i < mon_count_of(confirmations); i++) {
                Target target = target_of(confirmations[i].fail, confirmations[i].pass);
                TargetState state;
                target_state_init(&state);
                for (size_t n = 0; confirmations[i].looks[n]; n++) {
                        if (confirmations[i].looks[n] == '.')
                                continue;
                        mon_cleanup(observation_free_p) Observation *seen =
                                look(confirmations[i].looks[n], (Nsec)(n + 1) * MINUTE);
                        Evaluation evaluation;
                        evaluate_step(&target, seen, &state, &evaluation);
                        char expected = confirmations[i].states[n];
                        char got = state.state == VERDICT_UNKNOWN ? '-' : letter_of(state.state);
                        if (got != expected)
                                fail_msg("%s: after look %zu '%c', not '%c'", confirmations[i].name, n + 1, got,
                                         expected);
                }
                target_state_fini(&state);
        }
}

/* The model: the state after each look, from the whole past and the rule's own words. */
typedef struct Model {
        char looks[512];
        size_t n;
} Model;

static VerdictClass class_of(char letter) {
        return letter == 'u' || letter == 'g'   ? CLASS_AVAILABLE
               : letter == 'm' || letter == 'd' ? CLASS_UNAVAILABLE
                                                : CLASS_NOT_OBSERVED;
}

/* The length of the run of `class` that ends at look `last`, going back over at most fail - 1 unseen looks in a row. */
static int run_length(const Model *model, size_t last, size_t first, VerdictClass class, int fail, size_t *ret_began) {
        int run = 0, unseen = 0;

        for (size_t at = last + 1; at-- > first;) {
                VerdictClass other = class_of(model->looks[at]);
                if (other == CLASS_NOT_OBSERVED) {
                        if (++unseen >= fail)
                                break;
                        continue;
                }
                if (other != class)
                        break;
                unseen = 0;
                run++;
                *ret_began = at;
        }
        return run;
}

static char model_state(const Model *model, int fail, int pass, size_t *ret_since) {
        char confirmed = '-';
        char shown = '-';
        size_t decided = 0; /* looks before this one are spent: they made the present state */
        size_t since = 0;

        for (size_t at = 0; at < model->n; at++) {
                char letter = model->looks[at];
                VerdictClass class = class_of(letter);
                char before = shown;
                size_t began = at;
                if (class == CLASS_NOT_OBSERVED) {
                        int unseen = 0;
                        for (size_t back = at + 1; back-- > 0 && class_of(model->looks[back]) == CLASS_NOT_OBSERVED;)
                                unseen++;
                        if (unseen < fail)
                                continue;
                        began = class_of(before) == CLASS_NOT_OBSERVED && before != '-' && before != letter
                                        ? at
                                        : at + 1 - (size_t)unseen;
                        shown = letter;
                } else if (class == class_of(confirmed)) {
                        confirmed = shown = letter;
                        decided = at;
                } else {
                        int need = class == CLASS_UNAVAILABLE ? fail : confirmed == '-' ? 1 : pass;
                        if (run_length(model, at, decided, class, fail, &began) < need)
                                continue;
                        confirmed = shown = letter;
                        decided = at;
                }
                if (shown != before)
                        since = began > since ? began : since;
        }
        *ret_since = since;
        return shown;
}

static uint32_t next_random(uint32_t *seed) {
        *seed = *seed * 1664525U + 1013904223U;
        return *seed >> 16;
}

static void test_against_model(void **unused) {
        static const char letters[] = "uuuuggmmddddbb";
        (void)unused;

        for (uint32_t life = 1; life <= 300; life++) {
                uint32_t seed = life;
                int fail = 1 + (int)(next_random(&seed) % 4), pass = 1 + (int)(next_random(&seed) % 3);
                Target target = target_of(fail, pass);
                TargetState state;
                Model model = {.n = 0};
                target_state_init(&state);
                for (int n = 0; n < 120; n++) {
                        char letter = letters[next_random(&seed) % (sizeof letters - 1)];
                        mon_cleanup(observation_free_p) Observation *seen = look(letter, (Nsec)n * MINUTE);
                        Evaluation evaluation;
                        size_t since = 0;
                        model.looks[model.n++] = letter;
                        evaluate_step(&target, seen, &state, &evaluation);
                        char expected = model_state(&model, fail, pass, &since);
                        char got = state.state == VERDICT_UNKNOWN ? '-' : letter_of(state.state);
                        if (got != expected)
                                fail_msg("life %u (fail %d, pass %d) after %.*s: '%c', the model says '%c'", life, fail,
                                         pass, (int)model.n, model.looks, got, expected);
                        if (got != '-' && state.since_at_real != (Nsec)since * MINUTE)
                                fail_msg("life %u (fail %d, pass %d) after %.*s: since look %d, the model says %zu",
                                         life, fail, pass, (int)model.n, model.looks,
                                         (int)(state.since_at_real / MINUTE), since);
                }
                target_state_fini(&state);
        }
}

static void test_asked_for_moves_counters_once(void **unused) {
        Target target = target_of(3, 2);
        TargetState state;
        Evaluation evaluation;
        (void)unused;

        target_state_init(&state);
        mon_cleanup(observation_free_p) Observation *up = look('u', MINUTE);
        evaluate_step(&target, up, &state, &evaluation);
        for (int i = 0; i < 10; i++) { /* a person asks ten times in ten seconds */
                mon_cleanup(observation_free_p) Observation *down = look('d', 2 * MINUTE + i * NSEC_PER_SEC);
                down->asked_for = true;
                evaluate_step(&target, down, &state, &evaluation);
        }
        assert_int_equal(state.state, VERDICT_UP);
        assert_int_equal(state.run_length, 1);
        target_state_fini(&state);
}

typedef struct Life {
        Target target;
        TargetState state;
        Incident open;
        Verdict last;
        int64_t next_id;
        int opened, closed, changed;
        int events[EVENT_MAX + 1];
} Life;

static void live(Life *life, const char *looks, Nsec from) {
        for (size_t n = 0; looks[n]; n++) {
                mon_cleanup(observation_free_p) Observation *seen = look(looks[n], from + (Nsec)n * MINUTE);
                EngineResult result;
                engine_step(&life->target, &life->state, life->state.incident ? &life->open : NULL, seen, life->last,
                            life->next_id, &result);
                target_state_copy(&life->state, &result.next);
                life->last = seen->verdict;
                if (result.incident_change != INCIDENT_SAME)
                        incident_copy(&life->open, &result.incident);
                if (result.incident_change == INCIDENT_OPENED) {
                        life->opened++;
                        life->next_id++;
                } else if (result.incident_change == INCIDENT_CHANGED)
                        life->changed++;
                else if (result.incident_change == INCIDENT_CLOSED)
                        life->closed++;
                for (size_t i = 0; i < result.n_events; i++)
                        life->events[result.events[i]->type]++;
                engine_result_fini(&result);
        }
}

/* A site comes back, says that a part of it is still out, announces its next works, and shows another certificate,
 * which soon ends. */
static void test_a_look_has_so_much_to_tell(void **unused) {
        Target target = target_of(1, 1);
        TargetState state;
        Evaluation evaluation;
        EngineResult result;
        (void)unused;

        target_state_init(&state);
        mon_cleanup(observation_free_p) Observation *down = look('d', MINUTE), *back = look('g', 2 * MINUTE);
        evaluate_step(&target, down, &state, &evaluation);
        mon_replace(&back->banner_text, "Les paiements sont indisponibles.");
        mon_replace(&back->banner_rule, "fr.part.out");
        mon_replace(&back->announcement.text, "Maintenance dimanche de 2 h à 6 h.");
        back->cause = CAUSE_CERTIFICATE_EXPIRING;
        back->certificate_expires_at_real = 5 * MINUTE;
        back->has_key = state.has_key = true;
        back->key.bytes[0] = 1;
        engine_step(&target, &state, NULL, back, VERDICT_DOWN, 1, &result);
        assert_int_equal(result.n_events, ENGINE_EVENTS_MAX);
        assert_int_equal(result.events[0]->type, EVENT_TARGET_DEGRADED);
        assert_int_equal(result.events[1]->type, EVENT_BANNER_SEEN);
        assert_int_equal(result.events[2]->type, EVENT_NOTICE_ANNOUNCED);
        assert_int_equal(result.events[3]->type, EVENT_CERTIFICATE_EXPIRING);
        assert_int_equal(result.events[4]->type, EVENT_CERTIFICATE_CHANGED);
        assert_non_null(strstr(result.events[4]->detail, "the public key is 0100"));

        /* Neither is told of twice. */
        TargetState next = {0};
        target_state_copy(&next, &result.next);
        engine_result_fini(&result);
        engine_step(&target, &next, NULL, back, VERDICT_DEGRADED, 1, &result);
        for (size_t i = 0; i < result.n_events; i++)
                assert_true(result.events[i]->type < EVENT_CERTIFICATE_EXPIRING);
        target_state_fini(&next);
        engine_result_fini(&result);
        target_state_fini(&state);
}

static void life_init(Life *life, int fail, int pass) {
        *life = (Life){.target = target_of(fail, pass), .next_id = 7};
        target_state_init(&life->state);
}

static void life_fini(Life *life) {
        target_state_fini(&life->state);
        incident_fini(&life->open);
}

static void test_incident_dates(void **unused) {
        Life life;
        (void)unused;

        life_init(&life, 3, 2);
        live(&life, "uummm", MINUTE);
        assert_int_equal(life.opened, 1);
        assert_int_equal(life.open.id, 7);
        assert_int_equal(life.open.opened_at_real, 3 * MINUTE); /* the first failing check */
        assert_int_equal(life.open.confirmed_at_real, 5 * MINUTE);
        assert_int_equal(life.open.closed_at_real, NSEC_UNKNOWN);
        assert_string_equal(life.open.banner_text, "Le service est en maintenance.");
        assert_int_equal(life.state.incident, 7);

        live(&life, "ddbduu", 6 * MINUTE); /* breakdown is a line in it; a wall ends nothing */
        assert_int_equal(life.opened, 1);
        assert_int_equal(life.changed, 1);
        assert_int_equal(life.closed, 1);
        assert_int_equal(life.open.worst, VERDICT_DOWN);
        assert_int_equal(life.open.closed_at_real, 10 * MINUTE); /* the first passing one */
        assert_int_equal(life.state.incident, 0);
        assert_int_equal(life.events[EVENT_BANNER_SEEN], 1);
        assert_int_equal(life.events[EVENT_BANNER_GONE], 1);
        assert_int_equal(life.events[EVENT_TARGET_UP], 2);
        assert_int_equal(life.events[EVENT_TARGET_MAINTENANCE], 1);
        assert_int_equal(life.events[EVENT_TARGET_DOWN], 1);
        assert_int_equal(life.events[EVENT_TARGET_BLOCKED], 0); /* what must not happen */
        life_fini(&life);
}

static void test_pause_keeps_the_incident(void **unused) {
        EngineResult result;
        Life life;
        (void)unused;

        life_init(&life, 2, 1);
        live(&life, "udd", MINUTE);
        engine_pause(&life.target, &life.state, true, 4 * MINUTE, &result);
        assert_int_equal(result.next.state, VERDICT_UNKNOWN);
        assert_int_equal(result.next.cause, CAUSE_PAUSED);
        assert_int_equal(result.incident_change, INCIDENT_SAME);
        assert_int_equal(result.next.incident, 7);
        assert_int_equal(result.n_events, 1);
        assert_int_equal(result.events[0]->cause, CAUSE_PAUSED);
        target_state_copy(&life.state, &result.next);
        engine_result_fini(&result);
        engine_pause(&life.target, &life.state, false, 90 * MINUTE, &result);
        target_state_copy(&life.state, &result.next);
        engine_result_fini(&result);
        live(&life, "u", 91 * MINUTE);
        assert_int_equal(life.closed, 1);
        assert_int_equal(life.state.state, VERDICT_UP);
        life_fini(&life);
}

/* One incident at a time, opened and closed in turn, whatever the order of looks. */
static void test_incidents_never_double(void **unused) {
        static const char letters[] = "uugmdddb?";
        (void)unused;

        for (uint32_t seed = 1; seed <= 200; seed++) {
                char looks[256] = "";
                uint32_t random = seed;
                Life life;
                life_init(&life, 1 + (int)(seed % 4), 1 + (int)(seed % 3));
                for (size_t i = 0; i + 1 < sizeof looks; i++)
                        looks[i] = letters[next_random(&random) % (sizeof letters - 1)];
                live(&life, looks, MINUTE);
                assert_in_range(life.opened - life.closed, 0, 1);
                assert_int_equal(life.opened - life.closed == 1, life.state.incident != 0);
                life_fini(&life);
        }
}

static void test_flap(void **unused) {
        uint64_t history = 0;
        int length = 0;
        bool flapping = false;
        (void)unused;

        for (int i = 0; i < FLAP_BEGIN_CHANGES; i++) {
                history = flap_push(history, &length, i % 2);
                flapping = flap_is(flapping, history, length);
        }
        assert_false(flapping); /* n looks are n - 1 changes */
        history = flap_push(history, &length, FLAP_BEGIN_CHANGES % 2);
        flapping = flap_is(flapping, history, length);
        assert_true(flapping);
        int quiet = 0;
        while (flapping && quiet < 2 * FLAP_HISTORY_MAX) {
                history = flap_push(history, &length, false);
                flapping = flap_is(flapping, history, length);
                quiet++;
        }
        assert_false(flapping);
        assert_in_range(quiet, FLAP_HISTORY_MAX - FLAP_BEGIN_CHANGES, FLAP_HISTORY_MAX);
        assert_int_equal(length, FLAP_HISTORY_MAX);
        assert_int_equal(flap_changes(UINT64_C(0x5555555555555555), FLAP_HISTORY_MAX), FLAP_HISTORY_MAX - 1);
        assert_int_equal(flap_changes(1, 1), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_confirmations),
                cmocka_unit_test(test_against_model),
                cmocka_unit_test(test_asked_for_moves_counters_once),
                cmocka_unit_test(test_incident_dates),
                cmocka_unit_test(test_pause_keeps_the_incident),
                cmocka_unit_test(test_a_look_has_so_much_to_tell),
                cmocka_unit_test(test_incidents_never_double),
                cmocka_unit_test(test_flap),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
