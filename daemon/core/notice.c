#include "daemon/core/notice.h"

typedef struct Interval {
        Nsec from, until;
} Interval;

static bool announced(const NoticeSpan *span, Interval *ret_interval) {
        bool has_from = span->from_at_real != NSEC_UNKNOWN, has_until = span->until_at_real != NSEC_UNKNOWN;

        if (!has_from && !has_until)
                return false;
        ret_interval->from = has_from ? span->from_at_real : span->first_seen_at_real;
        ret_interval->until = has_until ? span->until_at_real : span->from_at_real;
        return true;
}

NoticeFit notice_fit(const NoticeSpan *span, const NoticeIncident *incident) {
        Nsec opened = incident->opened_at_real;
        bool is_open = incident->closed_at_real == NSEC_UNKNOWN;
        Nsec closed = is_open ? NSEC_NEVER : incident->closed_at_real;
        Interval interval;

        if (!announced(span, &interval) || opened < span->first_seen_at_real)
                return NOTICE_FITS_NOT;
        if (is_open && opened < interval.from - NOTICE_EARLY_MAX)
                return NOTICE_FITS_NOT;
        if (opened <= interval.until && closed >= interval.from)
                return NOTICE_FITS_SPAN;
        bool near = opened <= interval.until + NOTICE_LATE_MAX && closed >= interval.from - NOTICE_EARLY_MAX;
        return near ? NOTICE_FITS_NEAR : NOTICE_FITS_NOT;
}

static Nsec distance(const NoticeSpan *span, const NoticeIncident *incident) {
        Nsec from = span->from_at_real != NSEC_UNKNOWN ? span->from_at_real : span->until_at_real;
        Nsec difference = incident->opened_at_real - from;
        return difference < 0 ? -difference : difference;
}

bool notice_is_better(const NoticeSpan *span, const NoticeIncident *incident, const NoticeIncident *other) {
        NoticeFit fit = notice_fit(span, incident);
        NoticeFit other_fit = other ? notice_fit(span, other) : NOTICE_FITS_NOT;

        if (fit != other_fit)
                return fit > other_fit;
        return fit != NOTICE_FITS_NOT && distance(span, incident) < distance(span, other);
}

void notice_compare(const NoticeSpan *span, const NoticeIncident *incident, Nsec now_at_real,
                    NoticeOutcome *ret_outcome) {
        bool is_open = incident->closed_at_real == NSEC_UNKNOWN;
        Nsec end = is_open ? now_at_real : incident->closed_at_real;
        NoticeOutcome outcome = {0};

        if (span->from_at_real != NSEC_UNKNOWN) {
                outcome.has_early = true;
                outcome.early = span->from_at_real - incident->opened_at_real;
        }
        if (span->until_at_real != NSEC_UNKNOWN && (!is_open || end > span->until_at_real)) {
                outcome.has_overrun = true;
                outcome.overrun = end - span->until_at_real;
        }
        *ret_outcome = outcome;
}
