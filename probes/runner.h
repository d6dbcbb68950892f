/* Gives each due target its turn: a limit in all, and one for each host that is not this machine. Waiting is lateness,
 * and never counts into a look's duration. It also holds the rule of the references, and a hard deadline over every
 * driver. */
#pragma once

#include "probes/probe.h"
#include "probes/references.h"

#define RUNNER_GRACE (5 * NSEC_PER_SEC) /* past a target's timeout: then the driver has failed, not the site */

typedef struct Runner Runner;

enum { RUNNER_E_BUSY = 1 };

/* The look is over; the observation is the callee's. Called once, from the loop, never from within runner_start(). */
typedef void RunnerDoneFn(const Target *target, Observation *observation, void *userdata);

/* `references` NULL, or with none set: no such rule. All must outlive the runner; what services hold may be replaced
 * between two passes of the loop (a reload). */
Runner *runner_new(const ProbeServices *services, References *references);
void runner_free(Runner *runner); /* cancels everything */
mon_define_cleanup(Runner, runner_free);

/* At least 1 each; 1 and 16 at first. Takes effect with the next turn given. */
void runner_set_limits(Runner *runner, int per_host, int at_once);

/* Queues the target; turns are given in this order, except that a host at its limit holds up nobody else. RUNNER_E_BUSY
 * if it is already queued or under way. The target must stay as it is until done or runner_cancel(). */
mon_must_check int runner_start(Runner *runner, const Target *target, RunnerDoneFn *done, void *userdata);
/* Nothing is called any more. A target that is not here is nothing to do. */
void runner_cancel(Runner *runner, const Target *target);
bool runner_is_busy(const Runner *runner, const Target *target);

size_t runner_waiting(const Runner *runner);
size_t runner_under_way(const Runner *runner);
/* A probe is past its hard deadline: the loop or a driver hangs, and the watchdog should not be fed. */
bool runner_is_stuck(const Runner *runner);
