#include "daemon/store/db.h"
#include "daemon/store/rows.h"

static const char sql_put[] =
        "INSERT INTO silence (id, subject, reason, from_ms, until_ms, ended_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (id) DO UPDATE SET ended_ms = ?6";

int store_put_silence(Store *store, const StoreSilence *silence) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put);
        if (r < 0)
                return r;
        query_int(&query, silence->id);
        query_text(&query, silence->subject);
        query_text(&query, silence->reason);
        query_msec(&query, silence->from_at_real);
        query_msec(&query, silence->until_at_real);
        query_msec(&query, silence->ended_at_real);
        return query_run(&query);
}

static const char sql_next[] = "SELECT coalesce(max(id), 0) + 1 FROM silence";

int store_next_silence_id(Store *store, int64_t *ret_id) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_next);
        return r < 0 ? r : query_one(&query, ret_id);
}

static const char sql_each[] = "SELECT id, subject, reason, from_ms, until_ms FROM silence"
                               " WHERE until_ms > ?1 AND ended_ms IS NULL ORDER BY id DESC";

int store_each_silence(Store *store, Nsec now_at_real, StoreSilenceFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_each);
        if (r < 0)
                return r;
        query_msec(&query, now_at_real);
        while ((r = query_step(&query)) == QUERY_ROW) {
                StoreSilence row = {
                        .id = query_get_int(&query, 0),
                        .subject = query_get_text(&query, 1),
                        .reason = query_get_text(&query, 2),
                        .from_at_real = query_get_msec(&query, 3),
                        .until_at_real = query_get_msec(&query, 4),
                        .ended_at_real = NSEC_UNKNOWN,
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}
