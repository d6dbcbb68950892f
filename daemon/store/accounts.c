#include "daemon/store/rows.h"

#include "daemon/store/db.h"

#include <assert.h>

/* Checks in the order in which they were written. Where no clock stepped back that is the order of their instants,
 * which an index gives without sorting. Where one did, the rows between the first and the last of the period are all
 * read, and the one after: also a check outside of the period ends what the check before it says. */
static const char sql_by_time[] = "SELECT id, at_ms, speaks_ms, verdict FROM checks"
                                  " WHERE target = ?1 AND at_ms >= ?2 AND at_ms < ?3 ORDER BY at_ms";
#define IN_PERIOD "target = ?1 AND at_ms >= ?2 AND at_ms < ?3"
static const char sql_by_id[] =
        "SELECT id, at_ms, speaks_ms, verdict FROM checks NOT INDEXED WHERE target = ?1"
        " AND id >= (SELECT min(id) FROM checks WHERE " IN_PERIOD ")"
        " AND id <= (SELECT coalesce((SELECT min(n.id) FROM checks n WHERE n.target = ?1 AND n.id > last.id), last.id)"
        " FROM (SELECT max(id) AS id FROM checks WHERE " IN_PERIOD ") last) ORDER BY id";
static const char sql_has_stepped[] =
        "SELECT EXISTS (SELECT 1 FROM checks WHERE stepped = 1 AND " IN_PERIOD ") OR EXISTS (SELECT 1 FROM checks"
        " WHERE stepped = 1 AND target = ?1 AND id > (SELECT id FROM checks WHERE " IN_PERIOD
        " ORDER BY at_ms LIMIT 1))";
/* Of gaps between the same two checks, what the hours leave out claims first: nobody wanted that time observed, so a
 * stop or a suspend in it is none. The first that was written ends what the check before them says. */
static const char sql_gaps[] =
        "SELECT after_check, id, from_ms, until_ms, cause, cause != 48 AS wanted,"
        " first_value(from_ms) OVER (PARTITION BY after_check ORDER BY id) FROM ("
        " SELECT after_check, id, from_ms, until_ms, cause FROM gap"
        " WHERE target = ?1 AND until_ms >= ?2 AND from_ms < ?3"
        " UNION ALL SELECT after_check, id, from_ms, until_ms, cause FROM gap"
        " WHERE target IS NULL AND until_ms >= ?2 AND from_ms < ?3) ORDER BY after_check, wanted, id";
static_assert(CAUSE_OUTSIDE_HOURS == 48, "sql_gaps names it");
static const char sql_confirmed[] = "SELECT to_state FROM transition WHERE target = ?1 AND from_check <= ?2"
                                    " AND to_state <= 4 ORDER BY from_check DESC, id DESC LIMIT 1";
static const char sql_transitions[] = "SELECT from_check, to_state FROM transition"
                                      " WHERE target = ?1 AND from_check > ?2 ORDER BY from_check, id";
static const char sql_ended[] = "SELECT ended_ms FROM run ORDER BY id DESC LIMIT 1";

/* One of the three streams that are merged, with its next row. */
typedef struct Stream {
        Query query;
        bool has_row;
} Stream;

static void stream_fini(Stream *stream) {
        query_end(&stream->query);
}

static int stream_next(Stream *stream) {
        int r = query_step(&stream->query);
        stream->has_row = r == QUERY_ROW;
        return r < 0 ? r : 0;
}

static int stream_begin(Stream *stream, Store *store, const char *sql, int64_t a, int64_t b, const int64_t *c) {
        int r = query_begin(&stream->query, store, sql);
        if (r < 0)
                return r;
        query_int(&stream->query, a);
        query_int(&stream->query, b);
        if (c)
                query_int(&stream->query, *c);
        return stream_next(stream);
}

static int ask(Store *store, const char *sql, const int64_t *params, size_t n, int64_t *ret_value) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                query_int(&query, params[i]);
        return query_one(&query, ret_value);
}

typedef struct Feed {
        Store *store;
        int64_t target;
        Account *account;
        Stream transitions, gaps;
        bool confirmed_known;
} Feed;

static void feed_fini(Feed *feed) {
        stream_fini(&feed->transitions);
        stream_fini(&feed->gaps);
}

static int feed_gaps(Feed *feed, int64_t before_check) {
        Stream *gaps = &feed->gaps;

        while (gaps->has_row && query_get_int(&gaps->query, 0) < before_check) {
                account_end_check(feed->account, query_get_int(&gaps->query, 6));
                account_add_gap(feed->account, query_get_int(&gaps->query, 2), query_get_int(&gaps->query, 3),
                                (Cause)query_get_int(&gaps->query, 4));
                int r = stream_next(gaps);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int feed_transitions(Feed *feed, int64_t check) {
        Stream *transitions = &feed->transitions;

        if (!feed->confirmed_known) {
                int64_t to = 0, params[] = {feed->target, check};
                int r = ask(feed->store, sql_confirmed, params, mon_count_of(params), &to);
                if (r == 0)
                        r = stream_begin(transitions, feed->store, sql_transitions, feed->target, check, NULL);
                if (r < 0)
                        return r;
                if (to != 0)
                        account_add_transition(feed->account, (Verdict)to);
                feed->confirmed_known = true;
        }
        while (transitions->has_row && query_get_int(&transitions->query, 0) <= check) {
                account_add_transition(feed->account, (Verdict)query_get_int(&transitions->query, 1));
                int r = stream_next(transitions);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int feed_checks(Feed *feed, Stream *checks, int64_t checks_max) {
        int r = 0;

        for (int64_t n = 0; r == 0 && checks->has_row; n++) {
                int64_t id = query_get_int(&checks->query, 0), at = query_get_int(&checks->query, 1), until;

                if (checks_max > 0 && n == checks_max)
                        return STORE_E_BOUND;
                if (__builtin_add_overflow(at, query_get_int(&checks->query, 2), &until))
                        until = at;
                r = feed_gaps(feed, id);
                if (r == 0)
                        r = feed_transitions(feed, id);
                if (r == 0)
                        account_add_check(feed->account, at, until, (Verdict)query_get_int(&checks->query, 3));
                if (r == 0)
                        r = stream_next(checks);
        }
        return r;
}

/* After an orderly end, and until the next start records it, nobody looks. */
static int feed_end(Feed *feed) {
        int64_t ended = 0;

        int r = feed_gaps(feed, INT64_MAX);
        if (r == 0)
                r = ask(feed->store, sql_ended, NULL, 0, &ended);
        if (r == 0 && ended != 0)
                account_add_gap(feed->account, ended, ACCOUNT_NEVER, CAUSE_NOT_RUNNING);
        return r;
}

int store_account(Store *store, const char *target, int64_t from_ms, int64_t until_ms, int64_t now_ms,
                  int64_t checks_max, AccountTotals *ret_totals) {
        mon_cleanup(stream_fini) Stream checks = {0};
        mon_cleanup(feed_fini) Feed feed = {.store = store};
        Account account;
        StoreTarget *row;
        int64_t stepped = 0, never = ACCOUNT_NEVER; /* a later gap, too, ends what the check before it says */

        int r = store_find_target(store, target, &row);
        if (r < 0)
                return r == -ENXIO ? STORE_E_NOT_FOUND : r;
        /* No check before this claims anything of the period. */
        int64_t begin = from_ms > INT64_MIN + row->speaks_max_ms ? from_ms - row->speaks_max_ms : INT64_MIN;
        int64_t params[] = {row->id, begin, until_ms};

        account_init(&account, from_ms, until_ms, now_ms, VERDICT_UNKNOWN);
        feed.target = row->id;
        feed.account = &account;
        r = ask(store, sql_has_stepped, params, mon_count_of(params), &stepped);
        if (r == 0)
                r = stream_begin(&feed.gaps, store, sql_gaps, row->id, begin, stepped ? &never : &until_ms);
        if (r == 0)
                r = stream_begin(&checks, store, stepped ? sql_by_id : sql_by_time, row->id, begin, &until_ms);
        if (r == 0)
                r = feed_checks(&feed, &checks, checks_max);
        if (r == 0)
                r = feed_end(&feed);
        if (r != 0)
                return r;
        account_finish(&account, ret_totals);
        return 0;
}
