/* What is remembered of a target between two looks. Stored with each change, so a restart goes on where it stopped. */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/digest.h"
#include "daemon/model/verdict.h"

typedef struct TargetState {
        Verdict state;      /* the confirmed one, or the not-observed one that shows; VERDICT_UNKNOWN at first */
        Cause cause;        /* of the check that set it */
        Nsec since_at_real; /* dated at the first check of the run that confirmed it */

        /* The last confirmed state that somebody observed: what passing and failing runs are counted against. A spell
         * of checks that saw nothing shows in `state` and leaves this alone. VERDICT_UNKNOWN: none yet. */
        Verdict confirmed;
        Nsec confirmed_since_at_real;

        /* The present run of checks that contradict `confirmed`. */
        VerdictClass run_class; /* CLASS_NOT_OBSERVED: no run */
        int run_length;
        Nsec run_began_at_real;
        Nsec run_began_at_boot; /* not stored: a restart breaks no run by itself, the gap rule does */

        int not_observed; /* checks in a row that saw nothing */
        Nsec not_observed_since_at_real;
        Nsec last_check_at_real;   /* NSEC_UNKNOWN: never checked */
        Nsec last_counted_at_real; /* the last check that moved a counter: see Confirm.retry_interval */

        uint64_t history; /* the last 64 observed checks, newest in bit 0: 1 is unavailable */
        int history_length;
        bool flapping;

        int64_t incident; /* the open one's id; 0: none */
        bool paused;
        bool paused_by_file; /* by `paused: true` in the configuration, not by a person: taking it out resumes */
        char *banner_text;   /* the one last seen, while it stands; NULL */
        char *notice_text;   /* the announcement last seen, while it stands; NULL */
        Nsec notice_from_at_real, notice_until_at_real; /* its dates as they were last told */

        bool has_key; /* of the certificate last seen, where the target follows it */
        Sha256 key;
        Nsec expiring_at_real; /* the end that was told of last; NSEC_UNKNOWN: none was */
} TargetState;

void target_state_init(TargetState *state);
void target_state_fini(TargetState *state);
void target_state_copy(TargetState *to, const TargetState *from);
