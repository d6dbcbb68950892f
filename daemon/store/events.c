#include "daemon/store/db.h"

/* The same event twice is one: it carries its id from the moment it is decided. */
static const char sql_put_event[] =
        "INSERT INTO event (name, type, at_ms, observed_ms, kind, subject, title_fr, title_en, notice_from_ms,"
        " notice_until_ms, from_state, to_state, since_ms, verdict, cause, detail, http_status, banner, url, incident,"
        " incident_opened_ms, incident_closed_ms, diff, words_removed, words_added, path_from, path_to, proven,"
        " unknown, reason, changes)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (name) DO NOTHING";

int store_put_event(Store *store, const Event *event) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_event);
        if (r < 0)
                return r;
        query_text(&query, event->id);
        query_int(&query, event->type);
        query_msec(&query, event->at_real);
        query_msec(&query, event->observed_at_real);
        query_int(&query, event->kind);
        query_text(&query, event->subject);
        query_text(&query, event->title.in[LANGUAGE_FR]);
        query_text(&query, event->title.in[LANGUAGE_EN]);
        query_msec(&query, event->notice_from_at_real);
        query_msec(&query, event->notice_until_at_real);
        query_int(&query, event->from);
        query_int(&query, event->to);
        query_msec(&query, event->since_at_real);
        query_int(&query, event->verdict);
        query_int(&query, event->cause);
        query_text(&query, event->detail);
        query_int(&query, event->http_status);
        query_text(&query, event->banner);
        query_text(&query, event->url);
        query_int(&query, event->incident);
        query_msec(&query, event->incident_opened_at_real);
        query_msec(&query, event->incident_closed_at_real);
        query_text(&query, event->diff);
        query_int(&query, event->words_removed);
        query_int(&query, event->words_added);
        query_int(&query, event->path_from);
        query_int(&query, event->path_to);
        query_int(&query, event->proven);
        query_text(&query, event->unknown);
        query_text(&query, event->reason);
        query_int(&query, event->changes);
        return query_run(&query);
}
