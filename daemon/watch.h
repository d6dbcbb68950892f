/* One watched target: its settings, what is remembered of it, and when it is looked at next. Plain data that flow.c and
 * schedule of watches.c share. */
#pragma once

#include "daemon/base/timers.h"
#include "daemon/core/content.h"
#include "daemon/core/engine.h"

typedef struct Watches Watches;
typedef struct AbsentLook AbsentLook; /* absent_look.h */

typedef struct Watch {
        Watches *watches;
        Target *target; /* owned by the configuration in force */
        TargetState state;
        Incident open;        /* id 0: none */
        Content content;      /* the latest version of what is watched; text NULL: none */
        bool content_unread;  /* the last look at it could not read it */
        Verdict last_verdict; /* of the last check; 0: none */
        int64_t kept_day;     /* the UTC day whose first answer was kept whole */
        Timer timer;
        Nsec due_at_boot; /* NSEC_NEVER: paused, or a look is under way */
        bool looking;
        AbsentLook *absent_look; /* under way; NULL */
        Nsec absent_at_real;     /* when a page that should not exist was asked last; NSEC_UNKNOWN: never */
        bool asked_for;          /* the look under way was asked for by a person */
} Watch;
