/* The hours of one watched target: when it closes and opens, and the rows of what they leave out, each with both of its
 * ends. A pause stands before them: while it lasts nothing is closed or opened, and its time is the pause's. */
#pragma once

#include "daemon/flow.h"

/* Just loaded. `down_since_at_real`: mond did not run from then on; what the hours leave out of that time is recorded.
 * NSEC_UNKNOWN: it did, or never had. */
void watch_hours_begin(Watch *watch, Flow *flow, Nsec now_at_real, Nsec down_since_at_real);
/* Closes or opens it as it should be now, and arms hours_timer for the next change. Whether it is open. */
bool watch_hours_follow(Watch *watch, Loop *loop, Flow *flow);
/* Wall time did not pass as it seems: what the hours leave out of it is recorded. */
void watch_hours_break(Watch *watch, Flow *flow, Nsec from_at_real, Nsec until_at_real);
/* The hours end or change: what was recorded of them ahead ends now. */
void watch_hours_cut(Watch *watch, Flow *flow, Nsec now_at_real);
