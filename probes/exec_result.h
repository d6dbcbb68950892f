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

/* The answer of mond-exec, which runs commands for a mond that may not: one JSON object of one line, `end` (exited,
 * signalled, timed_out, flooded, not_started), `code`, `text`, `perfdata`, or `error` alone. */
#define EXEC_ANSWER_MAX 4096 /* bytes of it */
#define EXEC_CODE_MAX 4095   /* of exit statuses, signals and errnos */

enum {
        EXEC_E_REFUSED = 1, /* it says why nothing was run */
        EXEC_E_FORM = 2,    /* it is none */
};

void exec_result_fini(ExecResult *result);
#define exec_auto_result mon_cleanup(exec_result_fini)

/* The first line of the output, of its errors where that is empty. */
void exec_result_take(const ChildAnswer *answer, ExecResult *ret_result);
/* To free, with its newline. */
char *exec_result_print(const ExecResult *result);
char *exec_refusal_print(const char *why);
/* What another process says is cleaned and cut once more. EXEC_E_REFUSED and EXEC_E_FORM with a sentence, to free. */
mon_must_check int exec_result_read(const char *bytes, size_t n, ExecResult *ret_result, char **ret_why);
/* 0 up, 1 degraded, 2 down, 3 unreadable; everything else is down. */
void exec_result_judge(const ExecResult *result, Nsec timeout, Observation *observation);
