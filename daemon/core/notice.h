/* What was announced against what happened. Pure. */
#pragma once

#include "daemon/base/clock.h"

#include <stdbool.h>

#define NOTICE_EARLY_MAX                                                                                               \
        (6 * 3600 * NSEC_PER_SEC) /* an incident over this long before an announced beginning is another */
#define NOTICE_LATE_MAX (12 * 3600 * NSEC_PER_SEC)  /* and so is one that opens this long after the announced end */
#define NOTICE_ON_TIME_MAX (10 * 60 * NSEC_PER_SEC) /* looks are minutes apart: less than this is no difference */

/* As read; NSEC_UNKNOWN where it was not. */
typedef struct NoticeSpan {
        Nsec from_at_real, until_at_real;
        Nsec first_seen_at_real;
} NoticeSpan;

/* closed NSEC_UNKNOWN: it lasts. */
typedef struct NoticeIncident {
        Nsec opened_at_real, closed_at_real;
} NoticeIncident;

typedef enum NoticeFit {
        NOTICE_FITS_NOT = 0,
        NOTICE_FITS_NEAR, /* before or after the span, within the bounds above */
        NOTICE_FITS_SPAN, /* some instant of it lies in the span */
} NoticeFit;

/* An incident that was there before the notice is not what it announces; a notice without a date fits nothing. A span
 * without a beginning begins with its first sight, one without an end is its beginning alone. An open incident that
 * began longer before than NOTICE_EARLY_MAX fits once it has lasted so long, which its end shows. */
NoticeFit notice_fit(const NoticeSpan *span, const NoticeIncident *incident);
/* Whether `incident` is rather what was announced than `other` (NULL: none yet). */
bool notice_is_better(const NoticeSpan *span, const NoticeIncident *incident, const NoticeIncident *other);

typedef struct NoticeOutcome {
        bool has_early;   /* a beginning was announced */
        Nsec early;       /* how long before it the incident opened; negative is after */
        bool has_overrun; /* an end was announced, and it is past or the incident is over */
        Nsec overrun;     /* how long after it the incident closed, or up to now lasts; negative is before */
} NoticeOutcome;

void notice_compare(const NoticeSpan *span, const NoticeIncident *incident, Nsec now_at_real,
                    NoticeOutcome *ret_outcome);
