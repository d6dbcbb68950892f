#include "daemon/core/path_account.h"

void path_account_init(PathAccount *account, int64_t from_ms, int64_t until_ms, int64_t looked_until_ms,
                       const PathGap *gaps, size_t n_gaps) {
        *account = (PathAccount){
                .until_ms = until_ms > from_ms ? until_ms : from_ms,
                .looked_until_ms = looked_until_ms,
                .gaps = gaps,
                .n_gaps = n_gaps,
                .at_ms = from_ms,
                .state = PATH_UNKNOWN,
        };
}

/* Up to where the time from at_ms on has one state, and which. */
static int64_t stretch(PathAccount *account, int64_t until_ms, PathState *ret_state) {
        while (account->gap < account->n_gaps && account->gaps[account->gap].until_ms <= account->at_ms)
                account->gap++;
        const PathGap *gap = account->gap < account->n_gaps ? &account->gaps[account->gap] : NULL;

        *ret_state = account->state;
        if (account->at_ms >= account->looked_until_ms)
                *ret_state = PATH_UNKNOWN;
        else if (account->looked_until_ms < until_ms)
                until_ms = account->looked_until_ms;
        if (!gap || gap->from_ms >= until_ms)
                return until_ms;
        if (gap->from_ms > account->at_ms)
                return gap->from_ms;
        *ret_state = PATH_UNKNOWN;
        return gap->until_ms < until_ms ? gap->until_ms : until_ms;
}

static void claim(PathAccount *account, int64_t until_ms) {
        if (until_ms > account->until_ms)
                until_ms = account->until_ms;
        while (account->at_ms < until_ms) {
                PathState state;
                int64_t end = stretch(account, until_ms, &state);
                account->totals.ms[state] += end - account->at_ms;
                account->at_ms = end;
        }
}

void path_account_add(PathAccount *account, int64_t at_ms, PathState to) {
        claim(account, at_ms);
        account->state = to;
}

void path_account_finish(PathAccount *account, PathTotals *ret_totals) {
        claim(account, account->until_ms);
        *ret_totals = account->totals;
}

int64_t path_account_total_ms(const PathTotals *totals) {
        int64_t sum = 0;

        for (int state = PATH_OPEN; state <= PATH_STATE_MAX; state++)
                sum += totals->ms[state];
        return sum;
}

bool path_account_availability(const PathTotals *totals, double *ret_share) {
        int64_t known = path_account_total_ms(totals) - totals->ms[PATH_UNKNOWN];

        if (known == 0)
                return false;
        *ret_share = (double)(totals->ms[PATH_OPEN] + totals->ms[PATH_IMPAIRED]) / (double)known;
        return true;
}

bool path_account_coverage(const PathTotals *totals, double *ret_share) {
        int64_t total = path_account_total_ms(totals);

        if (total == 0)
                return false;
        *ret_share = (double)(total - totals->ms[PATH_UNKNOWN]) / (double)total;
        return true;
}
