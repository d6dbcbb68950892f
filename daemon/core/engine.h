/* One observation in, what follows from it out: confirmation, the state, the incident, flapping, events. Pure: no
 * clock, no store, no log; the same inputs give the same outputs.
 *
 * The rules (see evaluate.h for runs):
 * - `confirm.fail` failing checks in a row make a target fail, `confirm.pass` passing ones restore it. The first state
 *   needs one passing check or `confirm.fail` failing ones. A change inside a class takes effect at once.
 * - A single check that saw nothing moves nothing; `confirm.fail` of them in a row show as the state.
 * - A run is broken by a gap over 2 * interval + timeout and by `confirm.fail` not-observed checks in a row.
 * - An incident opens at the first failing check of the run that confirmed it and closes at the first passing one.
 */
#pragma once

#include "daemon/model/event.h"
#include "daemon/model/incident.h"
#include "daemon/model/observation.h"
#include "daemon/model/state.h"
#include "daemon/model/target.h"

#define ENGINE_EVENTS_MAX 5 /* of one look, by engine_step(): the state, the banner, a notice, a certificate's two */
#define LOOK_EVENTS_MAX 6   /* with what its caller adds: a change of the watched content */

typedef enum IncidentChange {
        INCIDENT_SAME,
        INCIDENT_OPENED,
        INCIDENT_CHANGED, /* maintenance turned into breakdown or back, another cause, a first banner */
        INCIDENT_CLOSED,
} IncidentChange;

/* A change of the shown state. Retroactive: it holds from `at_real`, and was decided at `decided_at_real`. */
typedef struct Transition {
        Verdict from, to;
        Cause cause;
        Nsec at_real;
        Nsec decided_at_real;
} Transition;

typedef struct EngineResult {
        TargetState next;
        bool has_transition;
        Transition transition;
        IncidentChange incident_change; /* unless SAME: store this row */
        Incident incident;
        bool notice_seen; /* the observation's announcement is one of something to come */
        bool notice_gone; /* what was announced before is not announced any more */
        bool keep_body;   /* this answer is evidence: a change of verdict or banner, or a run's first failing check */
        Event *events[LOOK_EVENTS_MAX]; /* without ids */
        size_t n_events;
} EngineResult;

/* `open` is the target's open incident, NULL when there is none; `last_verdict` that of the check before, 0 if none
 * was. `new_incident_id` is used if one opens. */
void engine_step(const Target *target, const TargetState *before, const Incident *open, const Observation *observation,
                 Verdict last_verdict, int64_t new_incident_id, EngineResult *ret_result);
/* Pausing and resuming: the state is unknown/paused while it lasts, the run is broken; an open incident stays open. */
void engine_pause(const Target *target, const TargetState *before, bool paused, Nsec at_real, EngineResult *ret_result);
/* Closing: what the hours leave out is unknown/outside_hours from `at_real` on, the run is broken; an open incident
 * stays open. Opening again: not_yet, until a look or a report says more. */
void engine_close(const Target *target, const TargetState *before, Nsec at_real, EngineResult *ret_result);
void engine_reopen(const TargetState *before, EngineResult *ret_result);
void engine_result_fini(EngineResult *result);
