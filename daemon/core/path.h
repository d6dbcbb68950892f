/* A path over its channels, and what follows from a change of one step: the state, the incident, the event. Pure: no
 * clock, no store, no log; the same inputs give the same outputs.
 *
 * The rules:
 * - A channel is closed if a step is known to fail, else unknown if one is unknown, else open. Steps count by the
 *   states of their targets, which are confirmed ones.
 * - A path's change is decided at the confirmation and dated at the deciding run's first check, but never before the
 *   path's previous change.
 * - An incident opens when the path closes and ends when it is open or impaired again; `unknown` does not end it.
 *   `proven` turning, and a step that fails in another way, are lines in it, not events. */
#pragma once

#include "daemon/core/engine.h"
#include "daemon/model/path.h"

/* A step's state and why. */
typedef struct PathStep {
        const char *target;
        Verdict state;
        Cause cause;
} PathStep;

typedef struct PathJudgement {
        PathState state;
        bool proven; /* closed, and every channel is known to fail */
        PathState channels[PATH_CHANNELS_MAX];
        PathStep failing; /* the first of the worst steps that fail; target NULL: none is known to */
} PathJudgement;

/* The rule of channels alone, and that of paths over them. */
PathState path_channel_state(const Verdict *steps, size_t n);
PathState path_state_over(const PathState *channels, size_t n, bool *ret_proven);

typedef PathStep PathStepFn(void *userdata, const char *target);
void path_judge(const Path *path, PathStepFn *step_of, void *userdata, PathJudgement *ret_judgement);
bool path_has_step(const Path *path, const char *target);

/* What is remembered of a path. Stored with each change. */
typedef struct PathStatus {
        PathState state; /* PATH_UNKNOWN at first */
        bool proven;
        Nsec since_at_real; /* NSEC_UNKNOWN at first */
        int64_t incident;   /* the open one's id; 0: none */
} PathStatus;
void path_status_init(PathStatus *status);

/* What decided: a target's change, with what its check saw, or (target NULL) the configuration. Borrowed. */
typedef struct PathReason {
        const char *target;
        Nsec at_real;         /* the deciding run's first check */
        Nsec decided_at_real; /* the confirmation */
        Verdict verdict;      /* 0: no check */
        Cause cause;
        const char *detail, *banner_text, *banner_rule, *url;
        int http_status;
} PathReason;

typedef struct PathTransition {
        PathState from, to;
        bool proven;
        Nsec at_real;
        Nsec decided_at_real;
} PathTransition;

/* How a line of the incident begins: what happened at that moment. */
typedef enum PathLine {
        PATH_LINE_NONE,
        PATH_LINE_OPENED,   /* two lines: when it closed, and when that was confirmed */
        PATH_LINE_CHANGED,  /* a step fails in another way, or one is known to fail again */
        PATH_LINE_PROVEN,   /* every channel is known to fail now */
        PATH_LINE_UNPROVEN, /* not every one any more */
        PATH_LINE_UNKNOWN,  /* nobody knows any more whether it is closed */
        PATH_LINE_CLOSED,   /* the incident is over */
        PATH_LINE_LEFT,     /* likewise: the path left the configuration */
} PathLine;
#define PATH_LINE_COUNT 8
const char *path_line_name(PathLine line); /* "opened" … "left" */

typedef struct PathResult {
        PathStatus next;
        bool changed; /* else all else is empty */
        bool has_transition;
        PathTransition transition;
        IncidentChange incident_change; /* unless SAME: store this row */
        Incident incident;
        PathLine line;
        Event *event; /* without an id; NULL: none */
} PathResult;

/* `open` is the path's open incident, NULL when there is none; `new_incident_id` is used if one opens. */
void path_step(const Path *path, const PathStatus *before, const Incident *open, const PathJudgement *now,
               const PathReason *reason, int64_t new_incident_id, PathResult *ret_result);
/* The path left the configuration: unknown from now on, its incident over, and nobody told. */
void path_remove(const PathStatus *before, const Incident *open, Nsec at_real, PathResult *ret_result);
void path_result_fini(PathResult *result);
