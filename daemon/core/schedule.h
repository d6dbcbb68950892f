/* When a target is looked at next. Pure: due times are a function of the id, the slot and what the last look brought.
 *
 * Each target has slots one interval apart on the boot clock, at a phase that is a hash of its id, each moved by a
 * small jitter that is a hash of (id, slot). A slot is an absolute time, so lateness of one look never moves the next
 * (no drift), and a thousand targets with one interval are spread over all of it (no bunching). */
#pragma once

#include "daemon/model/target.h"

#define SCHEDULE_JITTER_PARTS 20                   /* jitter is at most interval / 20 … */
#define SCHEDULE_JITTER_MAX (5 * NSEC_PER_SEC)     /* … and at most this */
#define SCHEDULE_SPREAD_EACH (250 * NSEC_PER_MSEC) /* first looks are spread over this much for each target … */
#define SCHEDULE_SPREAD_MIN (1 * NSEC_PER_SEC)     /* … at least this … */
#define SCHEDULE_LATE_MAX (10 * NSEC_PER_SEC)      /* a timer later than this slept through a suspend: spread anew */

/* Between due times while a run is undecided: confirm.retry_interval, or the interval where that is shorter. */
Nsec schedule_retry(const Target *target);
/* The first look after a start, a reload or a suspend: soon, spread by the id's hash, never a bunch. A target that was
 * looked at `since_last` ago (NSEC_UNKNOWN: never) keeps its distance to that look. */
Nsec schedule_first(const Target *target, size_t n_targets, Nsec now_at_boot, Nsec since_last);
/* The next look after one that began at `began` and ended at `ended`. `undecided`: a run is under way.
 * `retry_after`: what the answer asked for (NSEC_UNKNOWN: nothing), honoured up to twice the interval. */
Nsec schedule_next(const Target *target, Nsec began_at_boot, Nsec ended_at_boot, bool undecided, Nsec retry_after);
