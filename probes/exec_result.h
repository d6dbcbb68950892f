/* What came of a command by the monitoring plugins' conventions: its exit status is the verdict, the first line of its
 * output says why, and what follows a '|' on it is performance data. */
#pragma once

#include "daemon/model/observation.h"
#include "daemon/net/child.h"

#define EXEC_PERFDATA_MAX 380 /* bytes kept of it, so that an assertion holds them */

typedef struct ExecResult {
        ChildEnd end;
        int code;       /* as of ChildAnswer */
        char *text;     /* clean, at most OBSERVATION_DETAIL_MAX; NULL: it said nothing */
        char *perfdata; /* clean; NULL: there is none */
} ExecResult;

void exec_result_fini(ExecResult *result);
#define exec_auto_result mon_cleanup(exec_result_fini)

/* The first line of the output, of its errors where that is empty. */
void exec_result_take(const ChildAnswer *answer, ExecResult *ret_result);
/* 0 up, 1 degraded, 2 down, 3 unreadable; everything else is down. */
void exec_result_judge(const ExecResult *result, Nsec timeout, Observation *observation);
