#include "daemon/store/db.h"

static const char sql_put_incident[] =
        "INSERT INTO incident (id, kind, subject, state, worst, cause, opened_ms, confirmed_ms, closed_ms, banner_text,"
        " banner_rule) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (id) DO UPDATE SET (kind, subject, state, worst, cause, opened_ms, confirmed_ms, closed_ms,"
        " banner_text, banner_rule) = (excluded.kind, excluded.subject, excluded.state, excluded.worst, excluded.cause,"
        " excluded.opened_ms, excluded.confirmed_ms, excluded.closed_ms, excluded.banner_text, excluded.banner_rule)";

int store_put_incident(Store *store, const Incident *incident) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_incident);
        if (r < 0)
                return r;
        query_int(&query, incident->id);
        query_int(&query, incident->kind);
        query_text(&query, incident->subject);
        query_int(&query, incident->state);
        query_int(&query, incident->worst);
        query_int(&query, incident->cause);
        query_msec(&query, incident->opened_at_real);
        query_msec(&query, incident->confirmed_at_real);
        query_msec(&query, incident->closed_at_real);
        query_text(&query, incident->banner_text);
        query_text(&query, incident->banner_rule);
        return query_run(&query);
}

static const char sql_put_line[] =
        "INSERT INTO incident_line (incident, at_ms, what, target, verdict, cause, text) VALUES (?,?,?,?,?,?,?)";

int store_put_incident_line(Store *store, int64_t incident, Nsec at_real, const char *what, Verdict verdict,
                            Cause cause, const char *text) {
        return store_put_path_line(store, incident, at_real, what, NULL, verdict, cause, text);
}

int store_put_path_line(Store *store, int64_t incident, Nsec at_real, const char *what, const char *target,
                        Verdict verdict, Cause cause, const char *text) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_line);
        if (r < 0)
                return r;
        query_int(&query, incident);
        query_msec(&query, at_real);
        query_text(&query, what);
        query_text(&query, target);
        query_int(&query, verdict);
        query_int(&query, cause);
        query_text(&query, text);
        return query_run(&query);
}

static const char sql_load_incident[] =
        "SELECT id, kind, subject, state, worst, cause, opened_ms, confirmed_ms, closed_ms, banner_text, banner_rule"
        " FROM incident WHERE id = ?";

int store_load_incident(Store *store, int64_t id, Incident *ret_incident) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_load_incident);
        if (r < 0)
                return r;
        query_int(&query, id);
        r = query_step(&query);
        if (r != QUERY_ROW)
                return r < 0 ? r : STORE_E_NOT_FOUND;
        *ret_incident = (Incident){
                .id = query_get_int(&query, 0),
                .kind = (SubjectKind)query_get_int(&query, 1),
                .subject = mon_strdup(query_get_text(&query, 2)),
                .state = (Verdict)query_get_int(&query, 3),
                .worst = (Verdict)query_get_int(&query, 4),
                .cause = (Cause)query_get_int(&query, 5),
                .opened_at_real = query_get_msec(&query, 6),
                .confirmed_at_real = query_get_msec(&query, 7),
                .closed_at_real = query_get_msec(&query, 8),
                .banner_text = mon_strdup(query_get_text(&query, 9)),
                .banner_rule = mon_strdup(query_get_text(&query, 10)),
        };
        return 0;
}

/* Retention never takes the newest incident, so a number is never used twice. */
static const char sql_next_incident[] = "SELECT coalesce(max(id), 0) + 1 FROM incident";

int store_next_incident_id(Store *store, int64_t *ret_id) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_next_incident);
        return r < 0 ? r : query_one(&query, ret_id);
}

/* --- nobody will see the end ------------------------------------------------------------------------------------- */

/* The last look speaks until then, unless its target left before. */
static const char sql_left[] =
        "SELECT i.id, t.id, max(i.opened_ms, min(?1, coalesce(c.at_ms + c.speaks_ms, ?1), coalesce((SELECT max(from_ms)"
        " FROM gap WHERE target = t.id AND cause = ?2 AND until_ms = 9223372036854775807), ?1)))"
        " FROM incident i JOIN target t ON t.name = i.subject LEFT JOIN state s ON s.target = t.id"
        " LEFT JOIN checks c ON c.id = s.last_check"
        " WHERE i.closed_ms IS NULL AND i.kind = ?3 AND t.active = 0 ORDER BY i.id LIMIT 1";
static const char sql_close[] = "UPDATE incident SET closed_ms = ?2 WHERE id = ?1";
static const char sql_begin_anew[] =
        "UPDATE state SET state = ?2, cause = ?3, since_ms = ?4, confirmed = ?2, confirmed_since_ms = NULL, run_class "
        "= ?5,"
        " run_length = 0, run_began_ms = NULL, not_observed = 0, not_observed_since_ms = NULL, incident = NULL"
        " WHERE target = ?1";

typedef struct Left {
        int64_t incident, target, closed_ms;
} Left;

static int find_left(Store *store, Nsec at_real, Left *ret_left) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_left);
        if (r < 0)
                return r;
        query_msec(&query, at_real);
        query_int(&query, CAUSE_NOT_YET);
        query_int(&query, SUBJECT_TARGET);
        r = query_step(&query);
        if (r == QUERY_ROW)
                *ret_left = (Left){query_get_int(&query, 0), query_get_int(&query, 1), query_get_int(&query, 2)};
        return r;
}

static int close_left(Store *store, const Left *left) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_close);
        if (r < 0)
                return r;
        query_int(&query, left->incident);
        query_int(&query, left->closed_ms);
        return query_run(&query);
}

static int begin_anew(Store *store, const Left *left) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_begin_anew);
        if (r < 0)
                return r;
        query_int(&query, left->target);
        query_int(&query, VERDICT_UNKNOWN);
        query_int(&query, CAUSE_NOT_YET);
        query_int(&query, left->closed_ms);
        query_int(&query, CLASS_NOT_OBSERVED);
        return query_run(&query);
}

int store_close_left(Store *store, Nsec at_real) {
        Left left;
        int r;

        while ((r = find_left(store, at_real, &left)) == QUERY_ROW) {
                r = close_left(store, &left);
                if (r == 0)
                        r = begin_anew(store, &left);
                if (r == 0)
                        r = store_put_incident_line(store, left.incident, left.closed_ms * NSEC_PER_MSEC, "left",
                                                    VERDICT_UNKNOWN, CAUSE_NOT_YET, NULL);
                if (r < 0)
                        return r;
        }
        return r;
}
