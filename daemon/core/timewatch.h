/* Notices what happened to time between two looks at the clocks: the machine slept, or somebody set the wall clock.
 * Pure: the readings come in, so a test makes them up. */
#pragma once

#include "daemon/base/clock.h"

#define TIMEWATCH_SUSPEND_MIN (2 * NSEC_PER_SEC) /* a shorter sleep is not worth a row */
#define TIMEWATCH_STEP_MIN (1 * NSEC_PER_SEC)    /* less is what keeping time looks like */

typedef struct Timewatch {
        bool started;
        Nsec at_boot, at_real, suspended; /* the last reading */
} Timewatch;

typedef struct TimewatchChange {
        Nsec suspended; /* how long the machine slept since the last reading; 0: it did not */
        Nsec stepped;   /* how far the wall clock was set, either way, beside the time that passed; 0: it was not */
        Nsec before_at_real; /* the wall time of the last reading */
} TimewatchChange;

/* Whether anything happened. */
bool timewatch_look(Timewatch *watch, Nsec at_boot, Nsec at_real, Nsec suspended, TimewatchChange *ret_change);
