#include "daemon/store/db.h"
#include "daemon/store/rows.h"

/* A correction of what went with another database stands alone. What is stated anew may be there already. */
static const char sql_put[] =
        "INSERT INTO report (id, target, at_ms, entered_ms, until_ms, verdict, note, reporter, how, uid, waited_s, "
        "corrects)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, (SELECT id FROM report WHERE id = ?12)) ON CONFLICT "
        "(id) DO NOTHING";

int store_put_report(Store *store, const char *target, const Report *report) {
        mon_auto_query query = {0};
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        if (r == 0)
                r = query_begin(&query, store, sql_put);
        if (r < 0)
                return r;
        query_int(&query, report->id);
        query_int(&query, row->id);
        query_msec(&query, report->at_real);
        query_msec(&query, report->entered_at_real);
        query_msec(&query, report->until_at_real);
        query_int(&query, report->verdict);
        query_text(&query, report->note);
        query_text(&query, report->by);
        query_text(&query, report->how);
        query_int_or_null(&query, report->uid, report->uid >= 0);
        query_int_or_null(&query, report->waited / NSEC_PER_SEC, report->waited != NSEC_UNKNOWN);
        query_int(&query, report->corrects);
        return query_run(&query);
}

static const char sql_next[] = "SELECT max(id) + 1 FROM report";

int store_next_report_id(Store *store, int64_t *ret_id) {
        mon_auto_query query = {0};
        int64_t next = 0;

        int r = query_begin(&query, store, sql_next);
        if (r == 0)
                r = query_one(&query, &next);
        if (r < 0)
                return r;
        *ret_id = next > 0 ? next : 1;
        return 0;
}

static const char sql_each[] =
        "SELECT r.id, t.name, r.at_ms, r.entered_ms, r.until_ms, r.verdict, r.note, r.reporter, r.how, r.uid, "
        "r.waited_s,"
        " r.corrects, (SELECT max(c.id) FROM report c WHERE c.corrects = r.id)"
        " FROM report r JOIN target t ON t.id = r.target WHERE (?1 IS NULL OR t.name = ?1)"
        " AND r.at_ms >= ?2 AND r.at_ms < ?3 AND (r.at_ms, r.id) < (?4, ?5) ORDER BY r.at_ms DESC, r.id DESC LIMIT ?6";

int store_each_report(Store *store, const StorePage *page, StoreReportFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_each);
        if (r < 0)
                return r;
        query_page(&query, page);
        while ((r = query_step(&query)) == QUERY_ROW) {
                Nsec waited = query_get_int(&query, 10) * NSEC_PER_SEC;
                bool has_waited = query_get_text(&query, 10) != NULL;
                const Report report = {
                        .id = query_get_int(&query, 0),
                        .at_real = query_get_msec(&query, 2),
                        .entered_at_real = query_get_msec(&query, 3),
                        .until_at_real = query_get_msec(&query, 4),
                        .verdict = (Verdict)query_get_int(&query, 5),
                        .note = (char *)query_get_text(&query, 6),
                        .by = (char *)query_get_text(&query, 7),
                        .how = (char *)query_get_text(&query, 8),
                        .uid = query_get_text(&query, 9) ? query_get_int(&query, 9) : -1,
                        .waited = has_waited ? waited : NSEC_UNKNOWN,
                        .corrects = query_get_int(&query, 11),
                        .corrected_by = query_get_int(&query, 12),
                };
                r = fn(userdata, query_get_text(&query, 1), &report);
                if (r != 0)
                        return r;
        }
        return r;
}
