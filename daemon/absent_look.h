/* Asks an application's site once a day for a page that should not exist (probes/absent.h), in the host's own turn, and
 * records what it answered. */
#pragma once

#include "daemon/flow.h"
#include "daemon/watch.h"
#include "probes/runner.h"

/* After a look that found the target available: what a closed site says of any address tells nothing. */
void absent_look_consider(Watch *watch, Runner *runner, Flow *flow, Nsec now_at_real);
void absent_look_cancel(Watch *watch); /* one that is under way; before the watch's target changes or goes */
