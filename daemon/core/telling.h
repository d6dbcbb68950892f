/* What a notifier is told of a subject's state, and when. Pure: everything it goes by is handed in.
 *
 * The rules (INTERFACE, "Notices"):
 * - told when the present state differs from the last one that was told; a subject of which nothing was told counts as
 *   up, open or seeing. Told means owed.
 * - which changes: those that the notifier's patterns ask for; and the way back to good, whatever they ask for, for
 *   whoever was told of worse. Whoever was not told of the failure hears nothing of its end.
 * - `unknown` because the observer was blind or not running is recorded and not told.
 * - silences and quiet hours hold back and change nothing of what counts as told: at their end the present state is
 *   told if it still differs.
 * - while the subject flaps, one word that it is unstable stands for each change; whoever was told that is told the
 * state in which it comes to rest.
 */
#pragma once

#include "daemon/model/event.h"

#define TELLING_RETRY_MIN (2 * NSEC_PER_SEC)           /* after the first failed attempt; then doubling */
#define TELLING_RETRY_MAX (3600 * NSEC_PER_SEC)        /* before jitter */
#define TELLING_RETRY_ASKED_MAX (86400 * NSEC_PER_SEC) /* of what an answer asks for */
#define TELLING_JITTER_PERCENT 20
#define TELLING_GIVE_UP (3 * INT64_C(86400) * NSEC_PER_SEC) /* after the first attempt */
#define TELLING_LATE (300 * NSEC_PER_SEC) /* a first attempt later than this after the event says so */

/* The observer's two states. Targets have a Verdict, paths a PathState. */
enum { TELLING_SEES = 1, TELLING_BLIND = 2 };

/* The state that an event tells of its subject; false: it tells none. */
bool telling_state_of(const Event *event, int *ret_state);
int telling_good(SubjectKind kind); /* up, open, seeing: what a subject that nobody heard of counts as */
bool telling_is_failing(SubjectKind kind, int state); /* maintenance, down, closed, blind: worth a reminder */
/* The event's type for a state, and for its subject's instability (0: that kind has none). */
EventType telling_type_of(SubjectKind kind, int state);
EventType telling_unstable_type(SubjectKind kind);

typedef enum TellingStep {
        TELLING_NOTHING,
        TELLING_NOW,
        TELLING_HOLD,     /* nothing yet: decide again at *ret_until, NSEC_NEVER: at the end of the silence */
        TELLING_UNSTABLE, /* it is to be told that the subject is unstable, instead of its state */
} TellingStep;

typedef struct TellingCase {
        /* the subject, now */
        SubjectKind kind;
        int state;
        Cause cause;                /* of that state; 0: none is known */
        Nsec differs_since_at_real; /* since when it is not what was told: the event's time at first */
        bool flapping;              /* the target, or the one that decided the path's state */
        /* the notifier */
        bool wants; /* its patterns cover the state's event type */
        int told;   /* the last state it was told; telling_good() when none */
        bool told_unstable;
        Nsec told_at_real; /* told or reminded */
        /* what holds it back */
        bool silenced;
        Nsec quiet_until_at_real; /* NSEC_UNKNOWN: no quiet hours now */
        Nsec quiet_at_most;       /* 0: no limit */
        Nsec now_at_real;
} TellingCase;

TellingStep telling_decide(const TellingCase *it, Nsec *ret_until_at_real);
/* When the next reminder is to be sent; NSEC_NEVER: none is due while things stay as they are. */
Nsec telling_remind_at(const TellingCase *it, Nsec remind_every);
/* Until when an event without a state waits; NSEC_UNKNOWN: it goes at once. */
Nsec telling_hold_until(const TellingCase *it);

/* How long to wait after the nth failed attempt (from 1): 2 s, doubling to an hour, with a jitter of 20 % that is a
 * hash of the id and the attempt; or what the answer asked for, if that is longer (NSEC_UNKNOWN: nothing). */
Nsec telling_retry_after(const char *event_id, int attempts, Nsec asked);
