#include "daemon/store/rows.h"

#include "daemon/store/db.h"

static const char sql_paths[] = "SELECT name, title_fr, title_en, channels, active, state, proven, since_ms,"
                                " coalesce(incident, 0) FROM path WHERE CASE WHEN ?1 IS NULL THEN active = 1"
                                " ELSE name = ?1 END ORDER BY place, name";

int store_each_path(Store *store, const char *name, StorePathFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_paths);
        if (r < 0)
                return r;
        query_text(&query, name);
        while ((r = query_step(&query)) == QUERY_ROW) {
                StorePathRow row = {
                        .name = query_get_text(&query, 0),
                        .title_fr = query_get_text(&query, 1),
                        .title_en = query_get_text(&query, 2),
                        .channels = query_get_text(&query, 3),
                        .active = query_get_int(&query, 4) != 0,
                        .status =
                                {
                                        .state = (PathState)query_get_int(&query, 5),
                                        .proven = query_get_int(&query, 6) != 0,
                                        .since_at_real = query_get_msec(&query, 7),
                                        .incident = query_get_int(&query, 8),
                                },
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

static const char sql_transitions[] =
        "SELECT h.at_ms, h.decided_ms, h.from_state, h.to_state, h.proven FROM path_transition h"
        " JOIN path p ON p.id = h.path WHERE p.name = ?1 AND h.at_ms < ?2 ORDER BY h.at_ms, h.id";

int store_each_path_transition(Store *store, const char *path, int64_t until_ms, StorePathTransitionFn *fn,
                               void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_transitions);
        if (r < 0)
                return r;
        query_text(&query, path);
        query_int(&query, until_ms);
        while ((r = query_step(&query)) == QUERY_ROW) {
                PathTransition transition = {
                        .at_real = query_get_msec(&query, 0),
                        .decided_at_real = query_get_msec(&query, 1),
                        .from = (PathState)query_get_int(&query, 2),
                        .to = (PathState)query_get_int(&query, 3),
                        .proven = query_get_int(&query, 4) != 0,
                };
                r = fn(userdata, &transition);
                if (r != 0)
                        return r;
        }
        return r;
}

/* As written: where one lasts, its end is the largest number there is. */
static const char sql_gaps[] = "SELECT from_ms, nullif(until_ms, 9223372036854775807), cause FROM gap"
                               " WHERE target IS NULL AND until_ms > ?1 AND from_ms < ?2 ORDER BY from_ms, id";

int store_each_common_gap(Store *store, int64_t from_ms, int64_t until_ms, StoreGapFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_gaps);
        if (r < 0)
                return r;
        query_int(&query, from_ms);
        query_int(&query, until_ms);
        while ((r = query_step(&query)) == QUERY_ROW) {
                Nsec until = query_get_msec(&query, 1);
                r = fn(userdata, query_get_msec(&query, 0), until == NSEC_UNKNOWN ? NSEC_NEVER : until,
                       (Cause)query_get_int(&query, 2));
                if (r != 0)
                        return r;
        }
        return r;
}
