/* Where a path's time went. Each instant of a period belongs to exactly one of its states: the one that the last
 * transition dated before it led to, `unknown` before the first one, in the gaps in which nobody looked at anything,
 * and past the moment up to which somebody did. What its targets' own gaps mean is in the transitions already. Pure,
 * one pass; rule "mond-1".
 *
 * All times are milliseconds since 1970 UTC, as they are stored. */
#pragma once

#include "daemon/model/path.h"

typedef struct PathGap {
        int64_t from_ms, until_ms; /* INT64_MAX: it lasts */
} PathGap;

typedef struct PathTotals {
        int64_t ms[PATH_STATE_MAX + 1]; /* by PathState; their sum is until_ms - from_ms */
} PathTotals;

typedef struct PathAccount {
        int64_t until_ms, looked_until_ms;
        const PathGap *gaps; /* in the order of their begins; they may overlap */
        size_t n_gaps, gap;
        int64_t at_ms; /* all before it is counted */
        PathState state;
        PathTotals totals;
} PathAccount;

/* `gaps` stays the caller's. A period that ends before it begins is taken as empty. */
void path_account_init(PathAccount *account, int64_t from_ms, int64_t until_ms, int64_t looked_until_ms,
                       const PathGap *gaps, size_t n_gaps);
/* The transitions in the order of their dates. */
void path_account_add(PathAccount *account, int64_t at_ms, PathState to);
void path_account_finish(PathAccount *account, PathTotals *ret_totals); /* once, at the end */

int64_t path_account_total_ms(const PathTotals *totals);
/* Open or impaired, of the time in which it was known; false where nobody knew. */
bool path_account_availability(const PathTotals *totals, double *ret_share);
/* The time in which it was known, of all; false where there was none. */
bool path_account_coverage(const PathTotals *totals, double *ret_share);
