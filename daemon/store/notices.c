#include "daemon/core/notice.h"
#include "daemon/store/db.h"
#include "daemon/store/rows.h"

/* Once what was announced is over, the same words for another night are another row. */
static const char sql_pass[] =
        "UPDATE notice SET gone_ms = ?3 WHERE target = ?1 AND text = ?2 AND gone_ms IS NULL"
        " AND coalesce(until_ms, from_ms) <= ?3 AND coalesce(?4, ?5) > coalesce(until_ms, from_ms)";
/* Until then the row goes on while the text stands, wherever its dates are moved; and when a text that was gone is
 * there again with the same dates. */
static const char sql_see[] =
        "UPDATE notice SET last_seen_ms = max(last_seen_ms, ?3), times = times + 1, gone_ms = NULL,"
        " from_ms = coalesce(?4, from_ms), until_ms = coalesce(?5, until_ms) WHERE id ="
        " (SELECT id FROM notice WHERE target = ?1 AND text = ?2 AND (gone_ms IS NULL OR (from_ms IS ?4 AND until_ms "
        "IS "
        "?5))"
        " ORDER BY id DESC LIMIT 1)";
static const char sql_add[] = "INSERT INTO notice (target, text, first_seen_ms, last_seen_ms, times, from_ms, until_ms)"
                              " VALUES (?1, ?2, ?3, ?3, 1, ?4, ?5)";
/* A target announces one thing at a time: what it does not say any more is gone. */
static const char sql_end[] = "UPDATE notice SET gone_ms = ?2 WHERE target = ?1 AND gone_ms IS NULL AND text IS NOT ?3";

static int write_notice(Store *store, const char *sql, int64_t target, const Announcement *announced, Nsec at_real) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql);
        if (r < 0)
                return r;
        query_int(&query, target);
        query_text(&query, announced->text);
        query_msec(&query, at_real);
        query_msec(&query, announced->from_at_real);
        query_msec(&query, announced->until_at_real);
        return query_run(&query);
}

static int end_others(Store *store, int64_t target, const char *text, Nsec at_real) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_end);
        if (r < 0)
                return r;
        query_int(&query, target);
        query_msec(&query, at_real);
        query_text(&query, text);
        return query_run(&query);
}

int store_put_notice(Store *store, const char *target, const Announcement *announced, Nsec at_real) {
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        if (r == 0)
                r = write_notice(store, sql_pass, row->id, announced, at_real);
        if (r == 0)
                r = write_notice(store, sql_see, row->id, announced, at_real);
        if (r == 0 && sqlite3_changes(store->db) == 0)
                r = write_notice(store, sql_add, row->id, announced, at_real);
        return r == 0 ? end_others(store, row->id, announced->text, at_real) : r;
}

int store_end_notices(Store *store, const char *target, Nsec at_real) {
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        return r == 0 ? end_others(store, row->id, NULL, at_real) : r;
}

/* --- what happened ---------------------------------------------------------------------------------------------- */

static const char sql_candidates[] =
        "SELECT n.id, n.from_ms, n.until_ms, n.first_seen_ms, n.incident, i.opened_ms, i.closed_ms FROM notice n"
        " JOIN target t ON t.id = n.target LEFT JOIN incident i ON i.id = n.incident"
        " WHERE t.name = ?1 AND n.first_seen_ms <= ?2 AND coalesce(n.until_ms, n.from_ms) >= ?3"
        " ORDER BY n.id DESC LIMIT ?4";
static const char sql_match[] = "UPDATE notice SET incident = ?2 WHERE id = ?1";

typedef struct Candidate {
        int64_t notice;
        NoticeFit fit;
        bool is_held;   /* against this incident already */
        bool is_better; /* this incident, than the one that it is held against */
} Candidate;

static Candidate read_candidate(const Query *query, const Incident *incident) {
        const NoticeSpan span = {.from_at_real = query_get_msec(query, 1),
                                 .until_at_real = query_get_msec(query, 2),
                                 .first_seen_at_real = query_get_msec(query, 3)};
        const NoticeIncident other = {query_get_msec(query, 5), query_get_msec(query, 6)};
        const NoticeIncident this = {incident->opened_at_real, incident->closed_at_real};
        bool has_other = other.opened_at_real != NSEC_UNKNOWN;
        bool is_held = has_other && query_get_int(query, 4) == incident->id;

        return (Candidate){.notice = query_get_int(query, 0),
                           .fit = notice_fit(&span, &this),
                           .is_held = is_held,
                           .is_better = !is_held && notice_is_better(&span, &this, has_other ? &other : NULL)};
}

static int find_candidates(Store *store, const Incident *incident, Candidate ret_candidates[static STORE_NOTICES_MAX],
                           size_t *ret_n) {
        mon_auto_query query = {0};
        size_t n = 0;

        int r = query_begin(&query, store, sql_candidates);
        if (r < 0)
                return r;
        query_text(&query, incident->subject);
        query_msec(&query, incident->opened_at_real);
        query_msec(&query, incident->opened_at_real - NOTICE_LATE_MAX);
        query_int(&query, STORE_NOTICES_MAX);
        while ((r = query_step(&query)) == QUERY_ROW)
                ret_candidates[n++] = read_candidate(&query, incident);
        *ret_n = n;
        return r;
}

static int hold(Store *store, int64_t notice, int64_t incident) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_match);
        if (r < 0)
                return r;
        query_int(&query, notice);
        query_int_or_null(&query, incident, incident != 0);
        return query_run(&query);
}

/* What meets the span of one notice did not happen early or late for another. */
int store_match_notices(Store *store, const Incident *incident) {
        Candidate candidates[STORE_NOTICES_MAX];
        NoticeFit best = NOTICE_FITS_NEAR;
        size_t n = 0;

        if (incident->kind != SUBJECT_TARGET)
                return 0;
        int r = find_candidates(store, incident, candidates, &n);
        for (size_t i = 0; i < n; i++)
                best = candidates[i].fit > best ? candidates[i].fit : best;
        for (size_t i = 0; i < n && r == 0; i++) {
                const Candidate *candidate = &candidates[i];
                if (candidate->is_held && candidate->fit < best)
                        r = hold(store, candidate->notice, 0);
                else if (candidate->is_better && candidate->fit == best)
                        r = hold(store, candidate->notice, incident->id);
        }
        return r;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

#define NOTICE_COLUMNS                                                                                                 \
        "SELECT n.id, t.name, n.text, n.first_seen_ms, n.last_seen_ms, n.times, n.from_ms, n.until_ms, n.gone_ms,"     \
        " i.id, i.opened_ms, i.closed_ms FROM notice n JOIN target t ON t.id = n.target"                               \
        " LEFT JOIN incident i ON i.id = n.incident WHERE "
#define NOTICE_PAGE                                                                                                    \
        " AND n.last_seen_ms >= ?2 AND n.first_seen_ms < ?3 AND (n.last_seen_ms, n.id) < (?4, ?5)"                     \
        " ORDER BY n.last_seen_ms DESC, n.id DESC LIMIT ?6"
static const char sql_notices[] = NOTICE_COLUMNS "(?1 IS NULL OR t.name = ?1)" NOTICE_PAGE;
static const char sql_notices_standing[] =
        NOTICE_COLUMNS "(?1 IS NULL OR t.name = ?1) AND n.gone_ms IS NULL" NOTICE_PAGE;

int store_each_notice(Store *store, const StorePage *page, StoreNoticeFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, page->open_only ? sql_notices_standing : sql_notices);
        if (r < 0)
                return r;
        query_text(&query, page->target);
        query_int(&query, page->since_ms);
        query_int(&query, page->until_ms);
        query_int(&query, page->before_ms);
        query_int(&query, page->before_id);
        query_int(&query, page->limit);
        while ((r = query_step(&query)) == QUERY_ROW) {
                StoreNoticeRow row = {
                        .id = query_get_int(&query, 0),
                        .target = query_get_text(&query, 1),
                        .text = query_get_text(&query, 2),
                        .first_seen_at_real = query_get_msec(&query, 3),
                        .last_seen_at_real = query_get_msec(&query, 4),
                        .times = query_get_int(&query, 5),
                        .from_at_real = query_get_msec(&query, 6),
                        .until_at_real = query_get_msec(&query, 7),
                        .gone_at_real = query_get_msec(&query, 8),
                        .incident = query_get_int(&query, 9),
                        .incident_opened_at_real = query_get_msec(&query, 10),
                        .incident_closed_at_real = query_get_msec(&query, 11),
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}
