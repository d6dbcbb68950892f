/* Where the time went: rule "mond-1". Each instant of a period belongs to exactly one state. Pure, one pass, constant
 * memory: the rows are fed in the order in which they were written, the totals are read at the end.
 *
 * - A check claims the time from its start to the start of the next record, at most until its own `speaks_until`.
 * - A gap claims its span, and ends the claim of the check before it. Of several gaps after one check, those outside of
 *   the hours are fed first; the one written first ends the check's claim.
 * - An instant belongs to the first record that claims it, so a wall clock that steps back counts nothing twice; what
 *   nobody claims is `unknown`.
 * - A check that saw nothing counts under its own verdict. An observed one counts under its own verdict when the
 *   confirmed class of its moment agrees (a transition holds from the first check of its run on); a passing one inside
 * a confirmed outage counts under the outage's state, a failing one that nothing confirmed counts as up and is shown
 *   beside as unconfirmed.
 *
 * All times are milliseconds since 1970 UTC, as they are stored. */
#pragma once

#include "daemon/model/verdict.h"

#define ACCOUNT_RULE "mond-1"
#define ACCOUNT_NEVER INT64_MAX
/* Unclaimed stretches that a record made after a clock stepped back can still fill; of more, the oldest stay unknown.
 */
#define ACCOUNT_HOLES_MAX 64

/* The states of a target's time: the verdicts by their numbers, and the time that nobody wanted observed. */
#define ACCOUNT_OUTSIDE_HOURS (VERDICT_MAX + 1)
#define ACCOUNT_STATES (VERDICT_MAX + 2) /* index 0 is not used */

typedef struct AccountTotals {
        int64_t ms[ACCOUNT_STATES]; /* their sum is until_ms - from_ms */
        int64_t unconfirmed_ms;     /* counted in ms[VERDICT_UP] */
        int64_t unconfirmed_checks; /* those that began in the period */
        int64_t checks;             /* likewise, all of them */
} AccountTotals;

typedef struct AccountHole {
        int64_t from_ms, until_ms;
} AccountHole;

typedef struct Account {
        int64_t from_ms, until_ms; /* the period */
        int64_t now_ms;            /* nobody has looked past it */
        AccountTotals totals;      /* without what is still pending */
        int64_t frontier_ms;       /* everything before it is claimed, but for the holes */
        AccountHole holes[ACCOUNT_HOLES_MAX];
        size_t n_holes;
        Verdict confirmed; /* VERDICT_UNKNOWN: nothing was confirmed yet */
        bool pending;      /* the last check's claim is still open */
        int64_t pending_from_ms, pending_until_ms;
        int pending_state;
        bool pending_unconfirmed;
} Account;

/* `confirmed` is the last confirmed state that somebody observed before the first row to be fed; VERDICT_UNKNOWN for
 * none. A period that ends before it begins is taken as empty. */
void account_init(Account *account, int64_t from_ms, int64_t until_ms, int64_t now_ms, Verdict confirmed);
/* Before the first check that the transition applies to. A state that nobody observed leaves the confirmed one alone.
 */
void account_add_transition(Account *account, Verdict to);
void account_add_check(Account *account, int64_t at_ms, int64_t speaks_until_ms, Verdict verdict);
/* What the last check says ends there at the latest, as it does where the next record begins. */
void account_end_check(Account *account, int64_t at_ms);
/* ACCOUNT_NEVER for one that lasts. */
void account_add_gap(Account *account, int64_t from_ms, int64_t until_ms, Cause cause);
void account_finish(Account *account, AccountTotals *ret_totals); /* once, at the end */

int64_t account_available_ms(const AccountTotals *totals);
int64_t account_unavailable_ms(const AccountTotals *totals);
int64_t account_total_ms(const AccountTotals *totals);
static inline int64_t account_observed_ms(const AccountTotals *totals) {
        return account_available_ms(totals) + account_unavailable_ms(totals);
}
/* False where they say nothing: nobody looked; no time was to be looked at. */
bool account_availability(const AccountTotals *totals, double *ret_share);
bool account_coverage(const AccountTotals *totals, double *ret_share);
/* "up" … "unknown", "outside_hours". */
const char *account_state_name(int state);
