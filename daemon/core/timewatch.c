#include "daemon/core/timewatch.h"

bool timewatch_look(Timewatch *watch, Nsec at_boot, Nsec at_real, Nsec suspended, TimewatchChange *ret_change) {
        Timewatch before = *watch;

        *watch = (Timewatch){.started = true, .at_boot = at_boot, .at_real = at_real, .suspended = suspended};
        if (!before.started)
                return false;

        Nsec slept = suspended - before.suspended;
        Nsec stepped = (at_real - before.at_real) - (at_boot - before.at_boot);
        TimewatchChange change = {
                .suspended = slept >= TIMEWATCH_SUSPEND_MIN ? slept : 0,
                .stepped = stepped >= TIMEWATCH_STEP_MIN || stepped <= -TIMEWATCH_STEP_MIN ? stepped : 0,
                .before_at_real = before.at_real,
        };
        /* Each look measures from the one before, so slow drift never adds up to a step. */
        if (change.suspended == 0 && change.stepped == 0)
                return false;
        *ret_change = change;
        return true;
}
