/* `mond --once`: every target looked at once, for cron and for a first look. */
#pragma once

#include "daemon/base/loop.h"

/* Prints what was seen, a line a target. `state_folder` NULL: nothing is recorded. Gives the exit status of
 * INTERFACE section 1: 0, 1, 2 or 3 by the worst, or a MOND_EXIT_* that kept it from looking. */
int once_run(Loop *loop, const char *config_path, const char *state_folder);
