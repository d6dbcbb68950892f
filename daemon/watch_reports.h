/* What people reported of one watched target: weighed, and applied to its state at once. Reports are entered at any
 * time; while the target is paused or outside of its hours they wait. */
#pragma once

#include "daemon/flow.h"

/* Reads what the store has of it. */
mon_must_check int watch_reports_load(Watch *watch, Store *store);

typedef enum ReportsStep {
        REPORTS_FOLLOW, /* only what changed of them */
        REPORTS_RENEW,  /* what they say ended (a stop, a pause, a night): it is said anew, from now on */
} ReportsStep;

/* Applies the report that decides, or that none does any more, and arms the watch's timer for its end. */
void watch_reports_follow(Watch *watch, Loop *loop, Flow *flow, ReportsStep step);
/* Takes the report, which it gives its id. */
void watch_reports_enter(Watch *watch, Loop *loop, Flow *flow, Report *report);
