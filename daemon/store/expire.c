#include "daemon/store/db.h"

/* Each sweep deletes the oldest of one table, by an index or in the order of writing, and never more than it was
 * allowed. What hangs on a check goes before it. Incidents keep the newest, for its number. */
static const char sql_hops[] = "DELETE FROM hop WHERE id IN (SELECT id FROM (SELECT h.id, c.at_ms FROM hop h JOIN "
                               "checks c ON c.id = h.check_id"
                               " ORDER BY h.id LIMIT ?2) WHERE at_ms < ?1) RETURNING body";
static const char sql_daily_hops[] = "DELETE FROM hop WHERE id IN (SELECT id FROM (SELECT h.id, c.at_ms FROM hop h "
                                     "JOIN checks c ON c.id = h.check_id"
                                     " WHERE h.daily = 1 ORDER BY h.id LIMIT ?2) WHERE at_ms < ?1) RETURNING body";
static const char sql_blob[] = "DELETE FROM blob WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM hop WHERE body = ?1)"
                               " AND NOT EXISTS (SELECT 1 FROM content WHERE text = ?1)";
/* The latest version of each target stays: it is what the next look is compared with. */
static const char sql_content[] =
        "DELETE FROM content WHERE id IN (SELECT c.id FROM content c WHERE c.last_seen_ms < ?1"
        " AND c.id < (SELECT max(id) FROM content WHERE target = c.target) LIMIT ?2)"
        " RETURNING text";
static const char sql_assertions[] =
        "DELETE FROM assertion WHERE id IN (SELECT id FROM (SELECT a.id, c.at_ms FROM assertion a JOIN checks c"
        " ON c.id = a.check_id ORDER BY a.id LIMIT ?2) WHERE at_ms < ?1)";
static const char sql_checks[] =
        "DELETE FROM checks WHERE id IN (SELECT id FROM (SELECT id, at_ms FROM checks ORDER BY id LIMIT ?2)"
        " WHERE at_ms < ?1) AND NOT EXISTS (SELECT 1 FROM hop WHERE check_id = checks.id)"
        " AND NOT EXISTS (SELECT 1 FROM assertion WHERE check_id = checks.id)";
/* What is still owed keeps its event, however old. */
static const char sql_deliveries[] =
        "DELETE FROM delivery WHERE id IN (SELECT d.id FROM event e JOIN delivery d ON d.event = e.id"
        " WHERE e.at_ms < ?1 AND d.state <> 1 LIMIT ?2)";
static const char sql_events[] = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at_ms < ?1"
                                 " AND NOT EXISTS (SELECT 1 FROM delivery WHERE event = event.id) LIMIT ?2)";
/* The newest stays, for its number. */
static const char sql_silences[] = "DELETE FROM silence WHERE id IN (SELECT id FROM silence WHERE until_ms < ?1"
                                   " AND id < (SELECT max(id) FROM silence) LIMIT ?2)";
static const char sql_gaps[] =
        "DELETE FROM gap WHERE id IN (SELECT id FROM (SELECT id, until_ms FROM gap ORDER BY id LIMIT ?2)"
        " WHERE until_ms < ?1)";
static const char sql_notices[] =
        "DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE last_seen_ms < ?1 ORDER BY last_seen_ms LIMIT ?2)";
static const char sql_reports[] =
        "DELETE FROM report WHERE id IN (SELECT id FROM report r WHERE until_ms < ?1 AND id < (SELECT max(id) FROM "
        "report)"
        " AND NOT EXISTS (SELECT 1 FROM report c WHERE c.corrects = r.id) ORDER BY id LIMIT ?2)";
static const char sql_lines[] =
        "DELETE FROM incident_line WHERE id IN (SELECT l.id FROM incident i JOIN incident_line l ON l.incident = i.id"
        " WHERE i.opened_ms < ?1 AND i.closed_ms < ?1 LIMIT ?2)";
static const char sql_incidents[] =
        "DELETE FROM incident WHERE id IN (SELECT id FROM incident WHERE opened_ms < ?1 AND closed_ms < ?1"
        " AND id < (SELECT max(id) FROM incident) AND NOT EXISTS (SELECT 1 FROM incident_line WHERE incident = "
        "incident.id)"
        " LIMIT ?2)";

static int sweep(Store *store, const char *sql, Nsec before_at_real, int *left) {
        mon_auto_query query = {0};

        if (*left == 0)
                return 0;
        int r = query_begin(&query, store, sql);
        if (r < 0)
                return r;
        query_msec(&query, before_at_real);
        query_int(&query, *left);
        r = query_run(&query);
        if (r < 0)
                return r;
        *left -= sqlite3_changes(store->db);
        return 0;
}

static int drop_blob(Store *store, int64_t id) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_blob);
        if (r < 0)
                return r;
        query_int(&query, id);
        return query_run(&query);
}

typedef struct Ids {
        int64_t *items;
        size_t n;
} Ids;

static void ids_fini(Ids *ids) {
        free(ids->items);
}

static int sweep_bodies(Store *store, const char *sql, Nsec before_at_real, int *left, Ids *bodies) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql);
        if (r < 0)
                return r;
        query_msec(&query, before_at_real);
        query_int(&query, *left);
        while ((r = query_step(&query)) == QUERY_ROW) {
                (*left)--;
                if (query_get_int(&query, 0) == 0)
                        continue;
                bodies->items = mon_realloc_array(bodies->items, bodies->n + 1, sizeof *bodies->items);
                bodies->items[bodies->n++] = query_get_int(&query, 0);
        }
        return r;
}

static Nsec later(Nsec a, Nsec b) {
        return a > b ? a : b;
}

int store_expire(Store *store, const StoreRetention *retention, int rows_max, bool *ret_more) {
        static const char *const sweeps[] = {sql_assertions, sql_checks,  sql_deliveries, sql_events, sql_gaps,
                                             sql_notices,    sql_reports, sql_silences,   sql_lines,  sql_incidents};
        Nsec checks_before = retention->checks_before_at_real;
        Nsec bodies_before = later(retention->bodies_before_at_real, checks_before);
        Nsec daily_before = later(retention->daily_bodies_before_at_real, bodies_before);
        mon_cleanup(ids_fini) Ids bodies = {0};
        int left = rows_max;

        int r = sweep_bodies(store, sql_hops, bodies_before, &left, &bodies);
        if (r == 0 && left > 0)
                r = sweep_bodies(store, sql_daily_hops, daily_before, &left, &bodies);
        if (r == 0 && left > 0)
                r = sweep_bodies(store, sql_content, checks_before, &left, &bodies);
        for (size_t i = 0; i < bodies.n && r == 0; i++)
                r = drop_blob(store, bodies.items[i]);
        for (size_t i = 0; i < mon_count_of(sweeps) && r == 0; i++)
                r = sweep(store, sweeps[i], checks_before, &left);
        if (r < 0)
                return r;
        *ret_more = left == 0;
        return 0;
}
