/* One watched target: its settings, what is remembered of it, and when it is looked at next. Plain data that flow.c and
 * schedule of watches.c share. */
#pragma once

#include "daemon/base/timers.h"
#include "daemon/core/content.h"
#include "daemon/core/engine.h"
#include "daemon/core/reports.h"

typedef struct Watches Watches;
typedef struct AbsentLook AbsentLook; /* absent_look.h */

typedef struct Watch {
        Watches *watches;
        Target *target; /* owned by the configuration in force */
        TargetState state;
        Incident open;             /* id 0: none */
        Content content;           /* the latest version of what is watched; text NULL: none */
        bool content_unread;       /* the last look at it could not read it */
        Verdict last_verdict;      /* of the last check; 0: none */
        int64_t kept_day;          /* the UTC day whose first answer was kept whole */
        bool known;                /* the database remembers something of it */
        Timer hours_timer;         /* the next opening or closing */
        bool outside;              /* of its hours: its state is unknown/outside_hours */
        Nsec closed_until_at_real; /* the row of the present closed span ends there; NSEC_UNKNOWN: none is written */
        Nsec change_at_real;       /* what hours_timer waits for; NSEC_NEVER */
        Nsec settled_at_real;      /* what the hours left out before this is on record */
        Reports reports;           /* what people entered of it, where its kind takes that */
        int64_t report;            /* the one that its state shows; 0: none */
        Nsec report_until_at_real; /* of that one */
        Timer timer;
        Nsec due_at_boot; /* NSEC_NEVER: paused, closed, reported, or a look is under way */
        bool looking;
        AbsentLook *absent_look; /* under way; NULL */
        Nsec absent_at_real;     /* when a page that should not exist was asked last; NSEC_UNKNOWN: never */
        bool asked_for;          /* the look under way was asked for by a person */
        bool faulty;             /* a fault of our own is its state: counted by the flow */
} Watch;
