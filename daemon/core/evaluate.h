/* Confirmation: from verdicts to a state. One counter of checks in a row that contradict the confirmed state, one of
 * checks in a row that saw nothing. Pure; engine.h says the rules. */
#pragma once

#include "daemon/model/observation.h"
#include "daemon/model/state.h"
#include "daemon/model/target.h"

typedef struct Evaluation {
        bool changed;     /* the shown state or its cause's verdict changed */
        Verdict from, to; /* shown states */
        Nsec at_real;     /* from when the new one holds: the first check of the deciding run */
        bool confirmed;   /* an observed state was confirmed or re-confirmed by this check */
        bool failed;      /* `confirmed` crossed from available (or nothing) to unavailable */
        bool restored;    /* `confirmed` crossed from unavailable to available */
} Evaluation;

/* Moves the counters and the state. A check asked for by a person counts like any other, but moves counters at most
 * once per schedule_retry(). */
void evaluate_step(const Target *target, const Observation *observation, TargetState *state,
                   Evaluation *ret_evaluation);
/* Whether the next look should come at the retry interval: a run is under way. */
bool evaluate_is_undecided(const Target *target, const TargetState *state);
