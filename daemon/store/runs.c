#include "daemon/store/db.h"

static const char sql_begin_run[] =
        "INSERT INTO run (began_ms, alive_ms, version, lexicon_hash, config_hash) VALUES (?1, ?1, ?2, ?3, ?4)";

int store_begin_run(Store *store, Nsec at_real, const char *version, uint64_t lexicon_hash, uint64_t config_hash,
                    int64_t *ret_run) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_begin_run);
        if (r < 0)
                return r;
        query_msec(&query, at_real);
        query_text(&query, version);
        query_int(&query, (int64_t)lexicon_hash);
        query_int(&query, (int64_t)config_hash);
        r = query_run(&query);
        if (r < 0)
                return r;
        *ret_run = sqlite3_last_insert_rowid(store->db);
        return 0;
}

static int set_run_time(Store *store, const char *sql, int64_t run, Nsec at_real) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql);
        if (r < 0)
                return r;
        query_int(&query, run);
        query_msec(&query, at_real);
        return query_run(&query);
}

static const char sql_alive[] = "UPDATE run SET alive_ms = ?2 WHERE id = ?1";
static const char sql_end_run[] = "UPDATE run SET alive_ms = ?2, ended_ms = ?2 WHERE id = ?1";

int store_mark_alive(Store *store, int64_t run, Nsec at_real) {
        return set_run_time(store, sql_alive, run, at_real);
}

int store_end_run(Store *store, int64_t run, Nsec at_real) {
        return set_run_time(store, sql_end_run, run, at_real);
}

static const char sql_last_run[] = "SELECT alive_ms, ended_ms FROM run ORDER BY id DESC LIMIT 1";

int store_last_run(Store *store, Nsec *ret_ended_at_real, bool *ret_orderly) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_last_run);
        if (r == 0)
                r = query_step(&query);
        if (r < 0)
                return r;
        *ret_ended_at_real = r == QUERY_ROW ? query_get_msec(&query, 0) : NSEC_UNKNOWN;
        *ret_orderly = r != QUERY_ROW || query_get_msec(&query, 1) != NSEC_UNKNOWN;
        return 0;
}

static const char sql_put_setting[] = "INSERT INTO setting (name, value) VALUES (?1, ?2)"
                                      " ON CONFLICT (name) DO UPDATE SET value = ?2 WHERE value IS NOT ?2";

static int put_setting(Store *store, const char *name, const char *value) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_setting);
        if (r < 0)
                return r;
        query_text(&query, name);
        query_text(&query, value);
        return query_run(&query);
}

int store_put_observer(Store *store, const char *name, const char *contact) {
        int r = put_setting(store, "observer_name", name);
        return r < 0 ? r : put_setting(store, "observer_contact", contact);
}

static int target_id(Store *store, const char *target, int64_t *ret_id) {
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        if (r == 0)
                *ret_id = row->id;
        return r;
}

static const char sql_put_gap[] = "INSERT INTO gap (target, from_ms, until_ms, cause, why, after_check)"
                                  " VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(id), 0) FROM checks))";

int store_put_gap(Store *store, const char *target, Nsec from_at_real, Nsec until_at_real, Cause cause, const char *why,
                  int64_t *ret_gap) {
        mon_auto_query query = {0};
        int64_t id = 0;

        int r = target ? target_id(store, target, &id) : 0;
        if (r == 0)
                r = query_begin(&query, store, sql_put_gap);
        if (r < 0)
                return r;
        query_int_or_null(&query, id, target != NULL);
        query_msec(&query, from_at_real);
        query_int(&query, until_at_real == NSEC_NEVER ? INT64_MAX : store_msec(until_at_real));
        query_int(&query, cause);
        query_text(&query, why);
        r = query_run(&query);
        if (r < 0)
                return r;
        *ret_gap = sqlite3_last_insert_rowid(store->db);
        return 0;
}

static const char sql_close_gap[] = "UPDATE gap SET until_ms = max(?3, from_ms) WHERE target IS ?1"
                                    " AND until_ms = 9223372036854775807 AND cause = ?2";
static const char sql_cut_gaps[] = "UPDATE gap SET until_ms = max(?3, from_ms) WHERE target IS ?1"
                                   " AND until_ms > ?3 AND cause = ?2";

static int end_gaps(Store *store, const char *sql, const char *target, Cause cause, Nsec until_at_real) {
        mon_auto_query query = {0};
        int64_t id = 0;

        int r = target ? target_id(store, target, &id) : 0;
        if (r == 0)
                r = query_begin(&query, store, sql);
        if (r < 0)
                return r;
        query_int_or_null(&query, id, target != NULL);
        query_int(&query, cause);
        query_msec(&query, until_at_real);
        return query_run(&query);
}

int store_close_gap(Store *store, const char *target, Cause cause, Nsec until_at_real) {
        return end_gaps(store, sql_close_gap, target, cause, until_at_real);
}

int store_cut_gaps(Store *store, const char *target, Cause cause, Nsec at_real) {
        return end_gaps(store, sql_cut_gaps, target, cause, at_real);
}
