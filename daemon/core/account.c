#include "daemon/core/account.h"

#include <assert.h>
#include <string.h>

void account_init(Account *account, int64_t from_ms, int64_t until_ms, int64_t now_ms, Verdict confirmed) {
        if (until_ms < from_ms)
                until_ms = from_ms;
        *account = (Account){
                .from_ms = from_ms,
                .until_ms = until_ms,
                .now_ms = now_ms,
                .frontier_ms = from_ms,
                .confirmed = confirmed,
        };
}

static void count(Account *account, int state, bool unconfirmed, int64_t ms) {
        account->totals.ms[state] += ms;
        if (unconfirmed)
                account->totals.unconfirmed_ms += ms;
}

static void remove_hole(Account *account, size_t index) {
        account->n_holes--;
        memmove(account->holes + index, account->holes + index + 1,
                (account->n_holes - index) * sizeof account->holes[0]);
}

static void insert_hole(Account *account, size_t index, AccountHole hole) {
        if (account->n_holes == ACCOUNT_HOLES_MAX) {
                if (index == 0)
                        return;
                remove_hole(account, 0);
                index--;
        }
        memmove(account->holes + index + 1, account->holes + index,
                (account->n_holes - index) * sizeof account->holes[0]);
        account->holes[index] = hole;
        account->n_holes++;
}

/* Takes [from, until) out of the holes, newest first, and gives its length. */
static int64_t fill_holes(Account *account, int64_t from_ms, int64_t until_ms) {
        int64_t filled = 0;

        for (size_t i = account->n_holes; i-- > 0 && account->holes[i].until_ms > from_ms;) {
                AccountHole *hole = &account->holes[i];
                int64_t begin = hole->from_ms > from_ms ? hole->from_ms : from_ms;
                int64_t end = hole->until_ms < until_ms ? hole->until_ms : until_ms;

                if (end <= begin)
                        continue;
                filled += end - begin;
                if (begin > hole->from_ms && end < hole->until_ms) {
                        AccountHole rest = {.from_ms = end, .until_ms = hole->until_ms};
                        hole->until_ms = begin;
                        insert_hole(account, i + 1, rest);
                } else if (begin > hole->from_ms)
                        hole->until_ms = begin;
                else if (end < hole->until_ms)
                        hole->from_ms = end;
                else
                        remove_hole(account, i);
        }
        return filled;
}

static int64_t least(int64_t a, int64_t b) {
        return a < b ? a : b;
}

static void claim(Account *account, int64_t from_ms, int64_t until_ms, int state, bool unconfirmed) {
        until_ms = least(until_ms, least(account->until_ms, account->now_ms));
        if (until_ms <= from_ms)
                return;
        count(account, state, unconfirmed, fill_holes(account, from_ms, until_ms));
        if (until_ms <= account->frontier_ms)
                return;
        if (from_ms > account->frontier_ms) {
                insert_hole(account, account->n_holes, (AccountHole){account->frontier_ms, from_ms});
                account->frontier_ms = from_ms;
        }
        count(account, state, unconfirmed, until_ms - account->frontier_ms);
        account->frontier_ms = until_ms;
}

/* The next record begins at `next_ms`. */
static void close_pending(Account *account, int64_t next_ms) {
        if (!account->pending)
                return;
        account->pending = false;
        claim(account, account->pending_from_ms, least(account->pending_until_ms, next_ms), account->pending_state,
              account->pending_unconfirmed);
}

void account_add_transition(Account *account, Verdict to) {
        if (verdict_class(to) != CLASS_NOT_OBSERVED)
                account->confirmed = to;
}

static int counted_state(const Account *account, Verdict verdict, bool *ret_unconfirmed) {
        VerdictClass seen = verdict_class(verdict), confirmed = verdict_class(account->confirmed);

        *ret_unconfirmed = false;
        if (seen == CLASS_NOT_OBSERVED)
                return verdict >= VERDICT_UP && verdict <= VERDICT_MAX ? (int)verdict : VERDICT_UNKNOWN;
        if (seen == confirmed || (seen == CLASS_AVAILABLE && confirmed == CLASS_NOT_OBSERVED))
                return verdict;
        if (seen == CLASS_AVAILABLE)
                return account->confirmed;
        *ret_unconfirmed = true;
        return VERDICT_UP;
}

void account_add_check(Account *account, int64_t at_ms, int64_t speaks_until_ms, Verdict verdict) {
        bool unconfirmed;
        int state = counted_state(account, verdict, &unconfirmed);

        close_pending(account, at_ms);
        account->pending = true;
        account->pending_from_ms = at_ms;
        account->pending_until_ms = speaks_until_ms;
        account->pending_state = state;
        account->pending_unconfirmed = unconfirmed;
        if (at_ms >= account->from_ms && at_ms < account->until_ms) {
                account->totals.checks++;
                account->totals.unconfirmed_checks += unconfirmed;
        }
}

void account_end_check(Account *account, int64_t at_ms) {
        close_pending(account, at_ms);
}

void account_add_gap(Account *account, int64_t from_ms, int64_t until_ms, Cause cause) {
        close_pending(account, from_ms);
        claim(account, from_ms, until_ms, cause == CAUSE_OUTSIDE_HOURS ? ACCOUNT_OUTSIDE_HOURS : VERDICT_UNKNOWN,
              false);
}

void account_finish(Account *account, AccountTotals *ret_totals) {
        close_pending(account, ACCOUNT_NEVER);
        int64_t rest = account->until_ms - account->from_ms - account_total_ms(&account->totals);
        assert(rest >= 0);
        account->totals.ms[VERDICT_UNKNOWN] += rest;
        *ret_totals = account->totals;
}

int64_t account_available_ms(const AccountTotals *totals) {
        return totals->ms[VERDICT_UP] + totals->ms[VERDICT_DEGRADED];
}

int64_t account_unavailable_ms(const AccountTotals *totals) {
        return totals->ms[VERDICT_MAINTENANCE] + totals->ms[VERDICT_DOWN];
}

int64_t account_total_ms(const AccountTotals *totals) {
        int64_t sum = 0;

        for (int state = VERDICT_UP; state < ACCOUNT_STATES; state++)
                sum += totals->ms[state];
        return sum;
}

bool account_availability(const AccountTotals *totals, double *ret_share) {
        int64_t observed = account_observed_ms(totals);

        if (observed == 0)
                return false;
        *ret_share = (double)account_available_ms(totals) / (double)observed;
        return true;
}

bool account_coverage(const AccountTotals *totals, double *ret_share) {
        int64_t wanted = account_total_ms(totals) - totals->ms[ACCOUNT_OUTSIDE_HOURS];

        if (wanted == 0)
                return false;
        *ret_share = (double)account_observed_ms(totals) / (double)wanted;
        return true;
}

const char *account_state_name(int state) {
        return state == ACCOUNT_OUTSIDE_HOURS ? "outside_hours" : verdict_name((Verdict)state);
}
