#include "daemon/store/db.h"
#include "daemon/store/rows.h"

const char *delivery_state_name(DeliveryState state) {
        return state == DELIVERY_PENDING ? "pending" : state == DELIVERY_DELIVERED ? "delivered" : "failed";
}

/* What is owed anew begins anew: another body, other attempts. */
static const char sql_put[] =
        "INSERT INTO delivery (notifier, event, state, owed_ms, next_ms, first_ms, done_ms, attempts, http_status, "
        "error,"
        " body) SELECT n.id, e.id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM notifier n JOIN event e"
        " WHERE n.name = ?1 AND e.name = ?2"
        " ON CONFLICT (notifier, event) DO UPDATE SET state = ?3, owed_ms = ?4, next_ms = ?5, first_ms = ?6,"
        " done_ms = ?7, attempts = ?8, http_status = ?9, error = ?10,"
        " body = CASE WHEN ?12 THEN ?11 ELSE coalesce(?11, body) END";

int store_put_delivery(Store *store, const StoreDelivery *delivery) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put);
        if (r < 0)
                return r;
        query_text(&query, delivery->notifier);
        query_text(&query, delivery->event_id);
        query_int(&query, delivery->state);
        query_msec(&query, delivery->owed_at_real);
        query_msec(&query, delivery->next_at_real);
        query_msec(&query, delivery->first_at_real);
        query_msec(&query, delivery->done_at_real);
        query_int(&query, delivery->attempts);
        query_int(&query, delivery->http_status);
        query_text(&query, delivery->error);
        if (delivery->body)
                query_blob(&query, delivery->body, delivery->body_len);
        else
                query_null(&query);
        query_int(&query, delivery->is_new);
        return query_run(&query);
}

static const char sql_give_up[] =
        "UPDATE delivery SET state = 3, next_ms = NULL, done_ms = ?2, error = ?3"
        " WHERE state = 1 AND notifier IN (SELECT id FROM notifier WHERE CASE WHEN ?1 IS NULL THEN active = 0"
        " ELSE name = ?1 END)";

int store_give_up_deliveries(Store *store, const char *notifier, const char *why, Nsec at_real) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_give_up);
        if (r < 0)
                return r;
        query_text(&query, notifier);
        query_msec(&query, at_real);
        query_text(&query, why);
        return query_run(&query);
}

static const char sql_drop_bodies[] =
        "UPDATE delivery SET body = NULL WHERE state = 1 AND notifier = (SELECT id FROM notifier WHERE name = ?1)";

int store_drop_pending_bodies(Store *store, const char *notifier) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_drop_bodies);
        if (r < 0)
                return r;
        query_text(&query, notifier);
        return query_run(&query);
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

#define DELIVERY_COLUMNS                                                                                               \
        "SELECT d.id, n.name, e.name, e.type, e.kind, e.subject, d.state, d.owed_ms, d.next_ms, d.first_ms, "          \
        "d.done_ms,"                                                                                                   \
        " d.attempts, d.http_status, d.error, d.body IS NOT NULL FROM delivery d JOIN notifier n ON n.id = d.notifier" \
        " JOIN event e ON e.id = d.event WHERE "

static const char sql_pending[] = DELIVERY_COLUMNS
        "d.state = 1 AND d.notifier = (SELECT id FROM notifier WHERE name = ?1) ORDER BY d.id LIMIT ?2";
static const char sql_page[] = DELIVERY_COLUMNS "d.id < ?1 AND d.owed_ms >= ?2 AND d.owed_ms < ?3"
                                                " ORDER BY d.id DESC LIMIT ?4";
static const char sql_page_pending[] =
        DELIVERY_COLUMNS "d.id < ?1 AND d.owed_ms >= ?2 AND d.owed_ms < ?3 AND d.state = 1 ORDER BY d.id DESC LIMIT ?4";
static const char sql_page_failed[] =
        DELIVERY_COLUMNS "d.id < ?1 AND d.owed_ms >= ?2 AND d.owed_ms < ?3 AND d.state = 3 ORDER BY d.id DESC LIMIT ?4";
static const char sql_of_incident[] =
        DELIVERY_COLUMNS "d.event IN (SELECT id FROM event WHERE incident = ?1 AND incident <> 0) ORDER BY d.id";
static const char sql_one[] = DELIVERY_COLUMNS "d.id = ?1";

static int each(Query *query, StoreDeliveryFn *fn, void *userdata) {
        int r;

        while ((r = query_step(query)) == QUERY_ROW) {
                StoreDeliveryRow row = {
                        .id = query_get_int(query, 0),
                        .notifier = query_get_text(query, 1),
                        .event_id = query_get_text(query, 2),
                        .type = (EventType)query_get_int(query, 3),
                        .kind = (SubjectKind)query_get_int(query, 4),
                        .subject = query_get_text(query, 5),
                        .state = (DeliveryState)query_get_int(query, 6),
                        .owed_at_real = query_get_msec(query, 7),
                        .next_at_real = query_get_msec(query, 8),
                        .first_at_real = query_get_msec(query, 9),
                        .done_at_real = query_get_msec(query, 10),
                        .attempts = (int)query_get_int(query, 11),
                        .http_status = (int)query_get_int(query, 12),
                        .error = query_get_text(query, 13),
                        .has_body = query_get_int(query, 14) != 0,
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

int store_each_pending(Store *store, const char *notifier, int64_t limit, StoreDeliveryFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_pending);
        if (r < 0)
                return r;
        query_text(&query, notifier);
        query_int(&query, limit);
        return each(&query, fn, userdata);
}

int store_each_delivery(Store *store, const StorePage *page, DeliveryState state, StoreDeliveryFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store,
                            state == DELIVERY_PENDING  ? sql_page_pending
                            : state == DELIVERY_FAILED ? sql_page_failed
                                                       : sql_page);
        if (r < 0)
                return r;
        query_int(&query, page->before_id);
        query_int(&query, page->since_ms);
        query_int(&query, page->until_ms);
        query_int(&query, page->limit);
        return each(&query, fn, userdata);
}

int store_each_incident_delivery(Store *store, int64_t incident, StoreDeliveryFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_of_incident);
        if (r < 0)
                return r;
        query_int(&query, incident);
        return each(&query, fn, userdata);
}

int store_find_delivery(Store *store, int64_t id, StoreDeliveryFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_one);
        if (r < 0)
                return r;
        query_int(&query, id);
        return each(&query, fn, userdata);
}

static const char sql_body[] = "SELECT d.body FROM delivery d JOIN notifier n ON n.id = d.notifier"
                               " JOIN event e ON e.id = d.event WHERE n.name = ?1 AND e.name = ?2";

int store_read_delivery_body(Store *store, const char *notifier, const char *event_id, Buf *body) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_body);
        if (r < 0)
                return r;
        query_text(&query, notifier);
        query_text(&query, event_id);
        r = query_step(&query);
        if (r != QUERY_ROW)
                return r < 0 ? r : STORE_E_NOT_FOUND;
        const void *bytes = sqlite3_column_blob(query.stmt, 0);
        if (!bytes)
                return STORE_E_NOT_FOUND;
        return buf_append(body, bytes, (size_t)sqlite3_column_bytes(query.stmt, 0)) == 0 ? 0 : -EUCLEAN;
}

static const char sql_count[] = "SELECT count(*) FROM delivery WHERE state = 1";

int store_count_pending(Store *store, int64_t *ret_n) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_count);
        return r < 0 ? r : query_one(&query, ret_n);
}
