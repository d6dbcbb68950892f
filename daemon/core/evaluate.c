#include "daemon/core/evaluate.h"

#include "daemon/core/flap.h"
#include "daemon/core/schedule.h"

static void break_run(TargetState *state) {
        state->run_class = CLASS_NOT_OBSERVED;
        state->run_length = 0;
        state->run_began_at_real = NSEC_UNKNOWN;
        state->run_began_at_boot = NSEC_UNKNOWN;
}

/* Wall time here: after a restart it is all there is. A step of the clock can only break a run, never confirm one. */
static bool follows_a_gap(const Target *target, const Observation *observation, const TargetState *state) {
        if (state->last_check_at_real == NSEC_UNKNOWN)
                return false;
        Nsec since = observation->at_real - state->last_check_at_real;
        return since < 0 || since > target_speaks_for(target);
}

static bool may_count(const Target *target, const Observation *observation, const TargetState *state) {
        if (!observation->asked_for || state->last_counted_at_real == NSEC_UNKNOWN)
                return true;
        Nsec since = observation->at_real - state->last_counted_at_real;
        return since < 0 || since >= schedule_retry(target);
}

/* A change is never dated before the one that it follows. */
static void show(TargetState *state, Verdict verdict, Cause cause, Nsec at_real, Evaluation *evaluation) {
        if (state->state != verdict) {
                if (state->since_at_real != NSEC_UNKNOWN && at_real < state->since_at_real)
                        at_real = state->since_at_real;
                evaluation->changed = true;
                evaluation->from = state->state;
                evaluation->to = verdict;
                evaluation->at_real = at_real;
                state->state = verdict;
                state->since_at_real = at_real;
        }
        state->cause = cause;
}

static void step_not_observed(const Target *target, const Observation *observation, TargetState *state,
                              Evaluation *evaluation) {
        if (state->not_observed == 0)
                state->not_observed_since_at_real = observation->at_real;
        if (state->not_observed < target->confirm.fail)
                state->not_observed++;
        if (state->not_observed < target->confirm.fail)
                return;
        break_run(state);
        /* While such a spell shows, its kind may change with each look (a wall, then an unreadable page). */
        bool shows = state->state == observation->verdict || verdict_class(state->state) != CLASS_NOT_OBSERVED ||
                     state->cause == CAUSE_NOT_YET;
        Nsec at_real = shows ? state->not_observed_since_at_real : observation->at_real;
        show(state, observation->verdict, observation->cause, at_real, evaluation);
}

static void confirm(TargetState *state, const Observation *observation, Nsec at_real, Evaluation *evaluation) {
        VerdictClass before = verdict_class(state->confirmed), now = verdict_class(observation->verdict);

        evaluation->confirmed = true;
        evaluation->failed = now == CLASS_UNAVAILABLE && before != CLASS_UNAVAILABLE;
        evaluation->restored = now == CLASS_AVAILABLE && before == CLASS_UNAVAILABLE;
        if (before != now)
                state->confirmed_since_at_real = at_real;
        state->confirmed = observation->verdict;
        break_run(state);
        show(state, observation->verdict, observation->cause, at_real, evaluation);
}

static void count(const Observation *observation, VerdictClass class, TargetState *state) {
        if (state->run_class != class) {
                state->run_class = class;
                state->run_length = 0;
                state->run_began_at_real = observation->at_real;
                state->run_began_at_boot = observation->at_boot;
        }
        state->run_length++;
}

static int needed(const Target *target, const TargetState *state, VerdictClass class) {
        if (class == CLASS_UNAVAILABLE)
                return target->confirm.fail;
        return state->confirmed == VERDICT_UNKNOWN ? 1 : target->confirm.pass;
}

static void step_observed(const Target *target, const Observation *observation, bool counts, TargetState *state,
                          Evaluation *evaluation) {
        VerdictClass class = verdict_class(observation->verdict);

        state->not_observed = 0;
        state->not_observed_since_at_real = NSEC_UNKNOWN;
        if (class == verdict_class(state->confirmed)) {
                confirm(state, observation, observation->at_real, evaluation);
                return;
        }
        if (!counts)
                return;
        count(observation, class, state);
        if (state->run_length >= needed(target, state, class))
                confirm(state, observation, state->run_began_at_real, evaluation);
}

void evaluate_step(const Target *target, const Observation *observation, TargetState *state,
                   Evaluation *ret_evaluation) {
        VerdictClass class = verdict_class(observation->verdict);
        bool counts = may_count(target, observation, state);
        Evaluation evaluation = {0};

        if (follows_a_gap(target, observation, state)) {
                break_run(state);
                state->not_observed = 0;
        }
        if (class != CLASS_NOT_OBSERVED) {
                state->history = flap_push(state->history, &state->history_length, class == CLASS_UNAVAILABLE);
                state->flapping = flap_is(state->flapping, state->history, state->history_length);
                step_observed(target, observation, counts, state, &evaluation);
        } else if (counts)
                step_not_observed(target, observation, state, &evaluation);
        state->last_check_at_real = observation->at_real;
        if (counts)
                state->last_counted_at_real = observation->at_real;
        *ret_evaluation = evaluation;
}

bool evaluate_is_undecided(const Target *target, const TargetState *state) {
        if (state->run_class != CLASS_NOT_OBSERVED)
                return true;
        return state->not_observed > 0 && state->not_observed < target->confirm.fail;
}
