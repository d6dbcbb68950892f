#include "daemon/store/rows.h"

#include "daemon/store/db.h"

#include <stdio.h>

void query_page(Query *query, const StorePage *page) {
        query_text(query, page->target);
        query_int(query, page->since_ms);
        query_int(query, page->until_ms);
        query_int(query, page->before_ms);
        query_int(query, page->before_id);
        query_int(query, page->limit);
}

static const char sql_banners[] =
        "SELECT b.id, t.name, b.text, b.rule, b.first_seen_ms, b.last_seen_ms, b.times FROM banner b"
        " JOIN target t ON t.id = b.target WHERE (?1 IS NULL OR t.name = ?1) AND b.last_seen_ms >= ?2"
        " AND b.first_seen_ms < ?3 AND (b.last_seen_ms, b.id) < (?4, ?5) ORDER BY b.last_seen_ms DESC, b.id DESC LIMIT "
        "?6";

int store_each_banner(Store *store, const StorePage *page, StoreBannerFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_banners);
        if (r < 0)
                return r;
        query_page(&query, page);
        while ((r = query_step(&query)) == QUERY_ROW) {
                StoreBannerRow row = {
                        .id = query_get_int(&query, 0),
                        .target = query_get_text(&query, 1),
                        .text = query_get_text(&query, 2),
                        .rule = query_get_text(&query, 3),
                        .first_seen_at_real = query_get_msec(&query, 4),
                        .last_seen_at_real = query_get_msec(&query, 5),
                        .times = query_get_int(&query, 6) > 1 ? query_get_int(&query, 6) : 1,
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

#define INCIDENT_COLUMNS                                                                                               \
        "SELECT id, kind, subject, state, worst, cause, opened_ms, confirmed_ms, closed_ms, banner_text, banner_rule"  \
        " FROM incident WHERE "
#define INCIDENT_PAGE                                                                                                  \
        "opened_ms < ?3 AND (closed_ms IS NULL OR closed_ms > ?2) AND (opened_ms, id) < (?4, ?5)"                      \
        " AND (?7 = 0 OR kind = ?7) ORDER BY opened_ms DESC, id DESC LIMIT ?6"
static const char sql_incidents[] = INCIDENT_COLUMNS "?1 IS NULL AND " INCIDENT_PAGE;
static const char sql_incidents_of[] = INCIDENT_COLUMNS "subject = ?1 AND " INCIDENT_PAGE;
static const char sql_incidents_open[] = INCIDENT_COLUMNS "(?1 IS NULL OR subject = ?1) AND closed_ms IS NULL AND "
                                                          "opened_ms < ?3 AND ?2 IS NOT NULL"
                                                          " AND (opened_ms, id) < (?4, ?5) AND (?7 = 0 OR kind = ?7)"
                                                          " ORDER BY opened_ms DESC, id DESC LIMIT ?6";

int store_each_incident(Store *store, const StorePage *page, StoreIncidentFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store,
                            page->open_only ? sql_incidents_open
                            : page->target  ? sql_incidents_of
                                            : sql_incidents);
        if (r < 0)
                return r;
        query_page(&query, page);
        query_int(&query, page->kind);
        while ((r = query_step(&query)) == QUERY_ROW) {
                Incident row = {
                        .id = query_get_int(&query, 0),
                        .kind = (SubjectKind)query_get_int(&query, 1),
                        .subject = (char *)query_get_text(&query, 2),
                        .state = (Verdict)query_get_int(&query, 3),
                        .worst = (Verdict)query_get_int(&query, 4),
                        .cause = (Cause)query_get_int(&query, 5),
                        .opened_at_real = query_get_msec(&query, 6),
                        .confirmed_at_real = query_get_msec(&query, 7),
                        .closed_at_real = query_get_msec(&query, 8),
                        .banner_text = (char *)query_get_text(&query, 9),
                        .banner_rule = (char *)query_get_text(&query, 10),
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

static const char sql_lines[] =
        "SELECT at_ms, what, verdict, cause, text, target FROM incident_line WHERE incident = ? ORDER BY id";

int store_each_incident_line(Store *store, int64_t incident, StoreLineFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_lines);
        if (r < 0)
                return r;
        query_int(&query, incident);
        while ((r = query_step(&query)) == QUERY_ROW) {
                StoreLineRow row = {
                        .at_real = query_get_msec(&query, 0),
                        .what = query_get_text(&query, 1),
                        .verdict = (Verdict)query_get_int(&query, 2),
                        .cause = (Cause)query_get_int(&query, 3),
                        .text = query_get_text(&query, 4),
                        .target = query_get_text(&query, 5),
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

#define EVENT_COLUMNS                                                                                                  \
        "SELECT id, name, type, at_ms, observed_ms, kind, subject, title_fr, title_en, notice_from_ms,"                \
        " notice_until_ms, from_state, to_state, since_ms, verdict, cause, detail, http_status, banner, url, "         \
        "incident,"                                                                                                    \
        " incident_opened_ms, incident_closed_ms, diff, words_removed, words_added, path_from, path_to, proven, "      \
        "unknown,"                                                                                                     \
        " reason, changes FROM event WHERE "
#define EVENT_PAGE                                                                                                     \
        " AND at_ms >= ?2 AND at_ms < ?3 AND (at_ms, id) < (?4, ?5) AND (?7 = 0 OR kind = ?7)"                         \
        " ORDER BY at_ms DESC, id DESC LIMIT ?6"
static const char sql_events[] = EVENT_COLUMNS "?1 IS NULL" EVENT_PAGE;
static const char sql_events_of[] = EVENT_COLUMNS "subject = ?1" EVENT_PAGE;

/* Borrows the row's texts: never to be finished. */
static Event read_event(const Query *query) {
        Event event = {
                .type = (EventType)query_get_int(query, 2),
                .at_real = query_get_msec(query, 3),
                .observed_at_real = query_get_msec(query, 4),
                .kind = (SubjectKind)query_get_int(query, 5),
                .subject = (char *)query_get_text(query, 6),
                .title = {.in = {[LANGUAGE_FR] = (char *)query_get_text(query, 7),
                                 [LANGUAGE_EN] = (char *)query_get_text(query, 8)}},
                .notice_from_at_real = query_get_msec(query, 9),
                .notice_until_at_real = query_get_msec(query, 10),
                .from = (Verdict)query_get_int(query, 11),
                .to = (Verdict)query_get_int(query, 12),
                .since_at_real = query_get_msec(query, 13),
                .verdict = (Verdict)query_get_int(query, 14),
                .cause = (Cause)query_get_int(query, 15),
                .detail = (char *)query_get_text(query, 16),
                .http_status = (int)query_get_int(query, 17),
                .banner = (char *)query_get_text(query, 18),
                .url = (char *)query_get_text(query, 19),
                .incident = query_get_int(query, 20),
                .incident_opened_at_real = query_get_msec(query, 21),
                .incident_closed_at_real = query_get_msec(query, 22),
                .diff = (char *)query_get_text(query, 23),
                .words_removed = query_get_int(query, 24),
                .words_added = query_get_int(query, 25),
                .path_from = (PathState)query_get_int(query, 26),
                .path_to = (PathState)query_get_int(query, 27),
                .proven = query_get_int(query, 28) != 0,
                .unknown = (char *)query_get_text(query, 29),
                .reason = (char *)query_get_text(query, 30),
                .changes = (int)query_get_int(query, 31),
        };
        const char *name = query_get_text(query, 1);
        if (name)
                (void)snprintf(event.id, sizeof event.id, "%s", name);
        return event;
}

int store_each_event(Store *store, const StorePage *page, StoreEventFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, page->target ? sql_events_of : sql_events);
        if (r < 0)
                return r;
        query_page(&query, page);
        query_int(&query, page->kind);
        while ((r = query_step(&query)) == QUERY_ROW) {
                Event event = read_event(&query);
                r = fn(userdata, query_get_int(&query, 0), &event);
                if (r != 0)
                        return r;
        }
        return r;
}

static const char sql_event_by_name[] = EVENT_COLUMNS "name = ?1";
static const char sql_state_event[] =
        EVENT_COLUMNS "kind = ?1 AND subject = ?2 AND type IN (1, 2, 3, 4, 5, 6, 7, 12, 13, 16, 17, 18, 19)"
                      " ORDER BY at_ms DESC, id DESC LIMIT 1";

static int load_event(Query *query, Event *ret_event) {
        int r = query_step(query);

        if (r != QUERY_ROW)
                return r < 0 ? r : STORE_E_NOT_FOUND;
        Event event = read_event(query);
        *ret_event = (Event){0};
        event_copy(ret_event, &event);
        return 0;
}

int store_load_event(Store *store, const char *id, Event *ret_event) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_event_by_name);
        if (r < 0)
                return r;
        query_text(&query, id);
        return load_event(&query, ret_event);
}

int store_load_state_event(Store *store, SubjectKind kind, const char *subject, Event *ret_event) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_state_event);
        if (r < 0)
                return r;
        query_int(&query, kind);
        query_text(&query, subject);
        return load_event(&query, ret_event);
}

static const char sql_setting[] = "SELECT value FROM setting WHERE name = ?";

static int read_setting(Store *store, const char *name, char **ret_value) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_setting);
        if (r < 0)
                return r;
        query_text(&query, name);
        r = query_step(&query);
        if (r < 0)
                return r;
        *ret_value = r == QUERY_ROW ? mon_strdup(query_get_text(&query, 0)) : NULL;
        return 0;
}

int store_read_observer(Store *store, char **ret_name, char **ret_contact) {
        mon_auto_free char *name = NULL;

        int r = read_setting(store, "observer_name", &name);
        if (r == 0)
                r = read_setting(store, "observer_contact", ret_contact);
        if (r == 0)
                *ret_name = mon_steal(&name);
        return r;
}
