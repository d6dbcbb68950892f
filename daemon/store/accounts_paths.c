#include "daemon/store/rows.h"

#include "daemon/store/db.h"

/* The latest run's end; or its last sign of life, which it gives at least every minute, when the last one is so old
 * that it must have ended without a word; or nothing. */
static const char sql_ended[] =
        "SELECT coalesce(ended_ms, CASE WHEN alive_ms < ?1 THEN alive_ms ELSE 0 END) FROM run ORDER BY id DESC LIMIT 1";

static int looked_until(Store *store, int64_t now_ms, int64_t *ret_ms) {
        mon_auto_query query = {0};
        int64_t ended = 0;

        int r = query_begin(&query, store, sql_ended);
        if (r < 0)
                return r;
        query_int(&query, now_ms - STORE_ALIVE_SPEAKS_MSEC);
        r = query_one(&query, &ended);
        if (r < 0)
                return r;
        *ret_ms = ended != 0 && ended < now_ms ? ended : now_ms;
        return 0;
}

typedef struct Gaps {
        PathGap *items;
        size_t n;
} Gaps;

static void gaps_fini(Gaps *gaps) {
        free(gaps->items);
}

static int add_gap(void *userdata, Nsec from_at_real, Nsec until_at_real, Cause cause) {
        Gaps *gaps = userdata;

        (void)cause;
        gaps->items = mon_realloc_array(gaps->items, gaps->n + 1, sizeof *gaps->items);
        gaps->items[gaps->n++] = (PathGap){store_msec(from_at_real),
                                           until_at_real == NSEC_NEVER ? INT64_MAX : store_msec(until_at_real)};
        return 0;
}

static int add_transition(void *userdata, const PathTransition *transition) {
        path_account_add(userdata, store_msec(transition->at_real), transition->to);
        return 0;
}

int store_account_path(Store *store, const char *path, int64_t from_ms, int64_t until_ms, int64_t now_ms,
                       PathTotals *ret_totals) {
        mon_cleanup(gaps_fini) Gaps gaps = {0};
        PathAccount account;
        PathStatus status;
        int64_t looked_ms = 0;

        int r = store_load_path(store, path, &status);
        if (r == 0)
                r = looked_until(store, now_ms, &looked_ms);
        if (r == 0)
                r = store_each_common_gap(store, from_ms, until_ms, add_gap, &gaps);
        if (r != 0)
                return r;
        path_account_init(&account, from_ms, until_ms, looked_ms, gaps.items, gaps.n);
        r = store_each_path_transition(store, path, until_ms, add_transition, &account);
        if (r == 0)
                path_account_finish(&account, ret_totals);
        return r;
}
