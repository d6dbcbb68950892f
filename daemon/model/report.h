/* What a person met where no program can look: a telephone line, a counter. Never changed once it is entered; a
 * correction is a report of its own, which says whose place it takes. */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/model/verdict.h"

#define REPORT_NOTE_MAX 1000 /* bytes */
#define REPORT_BY_MAX 100    /* bytes */
#define REPORT_EXPIRES_MIN (60 * NSEC_PER_SEC)
#define REPORT_EXPIRES_MAX (30 * INT64_C(86400) * NSEC_PER_SEC)
#define REPORT_WAITED_MAX (86400 * NSEC_PER_SEC)
#define REPORT_SKEW_MAX (120 * NSEC_PER_SEC) /* how far `at` may lie ahead of our clock: it is taken as now */

typedef struct Report {
        int64_t id;
        Nsec at_real;         /* when they met it */
        Nsec entered_at_real; /* when it was entered */
        Nsec until_at_real;   /* it speaks until then at most */
        Verdict verdict;      /* up, degraded, maintenance or down */
        char *note;           /* text, clean, never markup; NULL */
        char *by;             /* who met it, likewise; NULL */
        char *how;            /* by which way it was entered: "socket" */
        int64_t uid;          /* of who entered it; -1: unknown */
        Nsec waited;          /* NSEC_UNKNOWN */
        int64_t corrects;     /* the report whose place it takes; 0: none */
        int64_t corrected_by; /* the latest one that takes its place; 0: it stands */
} Report;

void report_free(Report *report);
mon_define_cleanup(Report, report_free);
Report *report_copy(const Report *report);
/* What a report may say: up, degraded, maintenance, down. */
bool report_verdict_is(Verdict verdict);
/* One line for people, in no language of ours: "NOTE (BY, 2026-01-12T14:05Z)". The caller frees. */
char *report_detail(const Report *report);
