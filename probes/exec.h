/* The exec probe: a command of the administrator's, by the monitoring plugins' conventions (exec_result.h). It runs
 * without a shell, under the limits of net/child.h. */
#pragma once

#include "probes/probe.h"

#define EXEC_TIMEOUT_MAX (3600 * NSEC_PER_SEC) /* as a target's own */

typedef struct ExecSpec {
        TextList command; /* the program's whole path, and its arguments */
        Nsec timeout;     /* 0: the target's */
        char **argv;      /* into command, up to a NULL */
} ExecSpec;

extern const ProbeDriver probe_exec;
