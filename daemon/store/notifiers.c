#include "daemon/store/db.h"
#include "daemon/store/rows.h"

static const char sql_retire[] = "UPDATE notifier SET active = 0";
static const char sql_put[] =
        "INSERT INTO notifier (name, kind, active, fingerprint, disabled) VALUES (?1, ?2, 1, ?3, ?4)"
        " ON CONFLICT (name) DO UPDATE SET kind = ?2, active = 1, fingerprint = ?3, disabled = ?4";

int store_retire_notifiers(Store *store) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_retire);
        return r < 0 ? r : query_run(&query);
}

int store_put_notifier(Store *store, const StoreNotifier *notifier) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put);
        if (r < 0)
                return r;
        query_text(&query, notifier->name);
        query_text(&query, notifier->kind);
        query_int(&query, (int64_t)notifier->fingerprint);
        query_text(&query, notifier->disabled);
        return query_run(&query);
}

static const char sql_each[] = "SELECT name, kind, active, fingerprint, disabled FROM notifier ORDER BY id";

int store_each_notifier(Store *store, StoreNotifierFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_each);
        if (r < 0)
                return r;
        while ((r = query_step(&query)) == QUERY_ROW) {
                StoreNotifier row = {
                        .name = query_get_text(&query, 0),
                        .kind = query_get_text(&query, 1),
                        .active = query_get_int(&query, 2) != 0,
                        .fingerprint = (uint64_t)query_get_int(&query, 3),
                        .disabled = query_get_text(&query, 4),
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

/* --- what they were told --------------------------------------------------------------------------------------- */

static const char sql_forget_told[] = "DELETE FROM told WHERE notifier = (SELECT id FROM notifier WHERE name = ?1)";
static const char sql_put_told[] =
        "INSERT INTO told (notifier, kind, subject, state, unstable, at_ms)"
        " SELECT id, ?2, ?3, ?4, ?5, ?6 FROM notifier WHERE name = ?1"
        " ON CONFLICT (notifier, kind, subject) DO UPDATE SET state = ?4, unstable = ?5, at_ms = ?6";
static const char sql_each_told[] = "SELECT t.kind, t.subject, t.state, t.unstable, t.at_ms FROM told t"
                                    " JOIN notifier n ON n.id = t.notifier WHERE n.name = ?1";

int store_forget_told(Store *store, const char *notifier) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_forget_told);
        if (r < 0)
                return r;
        query_text(&query, notifier);
        return query_run(&query);
}

int store_put_told(Store *store, const char *notifier, const StoreTold *told) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_told);
        if (r < 0)
                return r;
        query_text(&query, notifier);
        query_int(&query, told->kind);
        query_text(&query, told->subject);
        query_int(&query, told->state);
        query_int(&query, told->unstable);
        query_msec(&query, told->at_real);
        return query_run(&query);
}

int store_each_told(Store *store, const char *notifier, StoreToldFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_each_told);
        if (r < 0)
                return r;
        query_text(&query, notifier);
        while ((r = query_step(&query)) == QUERY_ROW) {
                StoreTold row = {
                        .kind = (SubjectKind)query_get_int(&query, 0),
                        .subject = query_get_text(&query, 1),
                        .state = (int)query_get_int(&query, 2),
                        .unstable = query_get_int(&query, 3) != 0,
                        .at_real = query_get_msec(&query, 4),
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}
