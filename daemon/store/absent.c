#include "daemon/store/store.h"

#include "daemon/store/db.h"

static const char sql_put[] = "INSERT INTO absent_page (target, http_status, at_ms) VALUES (?1, ?2, ?3)"
                              " ON CONFLICT (target) DO UPDATE SET http_status = ?2, at_ms = ?3";

int store_put_absent(Store *store, const char *target, int http_status, Nsec at_real) {
        mon_auto_query query = {0};
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        if (r == 0)
                r = query_begin(&query, store, sql_put);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_int(&query, http_status);
        query_msec(&query, at_real);
        return query_run(&query);
}

static const char sql_load[] = "SELECT a.at_ms FROM absent_page a JOIN target t ON t.id = a.target WHERE t.name = ?";

int store_load_absent(Store *store, const char *target, Nsec *ret_at_real) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_load);
        if (r < 0)
                return r;
        query_text(&query, target);
        r = query_step(&query);
        if (r < 0)
                return r;
        *ret_at_real = r == QUERY_ROW ? query_get_msec(&query, 0) : NSEC_UNKNOWN;
        return 0;
}
