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
        "INSERT INTO incident_line (incident, at_ms, what, verdict, cause, text) VALUES (?,?,?,?,?,?)";

int store_put_incident_line(Store *store, int64_t incident, Nsec at_real, const char *what, Verdict verdict,
                            Cause cause, const char *text) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_line);
        if (r < 0)
                return r;
        query_int(&query, incident);
        query_msec(&query, at_real);
        query_text(&query, what);
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
