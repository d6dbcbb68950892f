/* An interval of unavailability of one subject. */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/model/verdict.h"

typedef enum SubjectKind {
        SUBJECT_TARGET = 1,
        SUBJECT_PATH = 2,
        SUBJECT_OBSERVER = 3,
        SUBJECT_NOTIFIER = 4,
} SubjectKind;

typedef struct Incident {
        int64_t id; /* 0: not stored yet */
        SubjectKind kind;
        char *subject;
        Verdict state; /* the latest failing one */
        Verdict worst;
        Cause cause;
        Nsec opened_at_real;    /* the first failing check of the run that confirmed it */
        Nsec confirmed_at_real; /* the check that confirmed it */
        Nsec closed_at_real;    /* the first passing check of the run that ended it; NSEC_UNKNOWN while open */
        char *banner_text;      /* the first one seen in it; NULL: none */
        char *banner_rule;
} Incident;

const char *subject_kind_name(SubjectKind kind);
void incident_fini(Incident *incident);
void incident_copy(Incident *to, const Incident *from); /* `to` is zeroed or an incident */
