#include "daemon/store/rows.h"

#include "daemon/store/db.h"

#include <string.h>

#define CHECK_COLUMNS                                                                                                  \
        "c.id, t.name, c.at_ms, c.verdict, c.cause, c.detail, c.http_status, c.duration_us, c.dns_us, c.connect_us,"   \
        " c.tls_us, c.ttfb_us, c.bytes, c.remote_ip, c.body_sha256, x.expires_ms, b.text, b.rule"
#define CHECK_SOURCES                                                                                                  \
        " JOIN target t ON t.id = c.target LEFT JOIN certificate x ON x.id = c.certificate"                            \
        " LEFT JOIN banner b ON b.id = c.banner"

StorePage store_page_all(void) {
        return (StorePage){
                .since_ms = INT64_MIN,
                .until_ms = INT64_MAX,
                .before_ms = INT64_MAX,
                .before_id = INT64_MAX,
                .limit = -1,
        };
}

/* From column `first` on; the digest is copied to where the row can point at it. */
static StoreCheckRow read_check(const Query *query, int first, Sha256 *digest) {
        const void *body = sqlite3_column_blob(query->stmt, first + 14);
        bool has_body = body && sqlite3_column_bytes(query->stmt, first + 14) == SHA256_BYTES;
        bool has_bytes = sqlite3_column_type(query->stmt, first + 12) != SQLITE_NULL;

        if (has_body)
                memcpy(digest->bytes, body, SHA256_BYTES);
        return (StoreCheckRow){
                .id = query_get_int(query, first),
                .target = query_get_text(query, first + 1),
                .at_real = query_get_msec(query, first + 2),
                .verdict = (Verdict)query_get_int(query, first + 3),
                .cause = (Cause)query_get_int(query, first + 4),
                .detail = query_get_text(query, first + 5),
                .http_status = (int)query_get_int(query, first + 6),
                .duration = query_get_usec(query, first + 7),
                .dns = query_get_usec(query, first + 8),
                .connect = query_get_usec(query, first + 9),
                .tls = query_get_usec(query, first + 10),
                .ttfb = query_get_usec(query, first + 11),
                .bytes = has_bytes ? query_get_int(query, first + 12) : -1,
                .remote_ip = query_get_text(query, first + 13),
                .body_sha256 = has_body ? digest : NULL,
                .certificate_expires_at_real = query_get_msec(query, first + 15),
                .banner_text = query_get_text(query, first + 16),
                .banner_rule = query_get_text(query, first + 17),
        };
}

static int each_check(Query *query, StoreCheckFn *fn, void *userdata) {
        int r;

        while ((r = query_step(query)) == QUERY_ROW) {
                Sha256 digest;
                StoreCheckRow row = read_check(query, 0, &digest);
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

static const char sql_checks[] = "SELECT " CHECK_COLUMNS " FROM checks c" CHECK_SOURCES
                                 " WHERE c.target = (SELECT id FROM target WHERE name = ?1) AND c.at_ms >= ?2"
                                 " AND c.at_ms < ?3 AND (c.at_ms, c.id) < (?4, ?5)"
                                 " ORDER BY c.at_ms DESC, c.id DESC LIMIT ?6";

int store_each_check(Store *store, const StorePage *page, StoreCheckFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_checks);
        if (r < 0)
                return r;
        query_text(&query, page->target);
        query_int(&query, page->since_ms);
        query_int(&query, page->until_ms);
        query_int(&query, page->before_ms);
        query_int(&query, page->before_id);
        query_int(&query, page->limit);
        return each_check(&query, fn, userdata);
}

static const char sql_written[] = "SELECT " CHECK_COLUMNS " FROM checks c" CHECK_SOURCES
                                  " WHERE c.id > ?1 AND c.id <= ?2 AND c.at_ms >= ?3 AND c.at_ms < ?4"
                                  " AND (?5 IS NULL OR t.name = ?5) ORDER BY c.id";

int store_each_check_written(Store *store, const StorePage *page, int64_t after, int64_t upto, StoreCheckFn *fn,
                             void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_written);
        if (r < 0)
                return r;
        query_int(&query, after);
        query_int(&query, upto);
        query_int(&query, page->since_ms);
        query_int(&query, page->until_ms);
        query_text(&query, page->target);
        return each_check(&query, fn, userdata);
}

static const char sql_by_time[] = "SELECT " CHECK_COLUMNS " FROM checks c" CHECK_SOURCES
                                  " WHERE c.target = (SELECT id FROM target WHERE name = ?1) AND c.at_ms >= ?2"
                                  " AND c.at_ms < ?3 AND (c.at_ms, c.id) > (?4, ?5) ORDER BY c.at_ms, c.id LIMIT ?6";

int store_each_check_by_time(Store *store, const StorePage *page, int64_t after_ms, int64_t after_id, StoreCheckFn *fn,
                             void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_by_time);
        if (r < 0)
                return r;
        query_text(&query, page->target);
        query_int(&query, page->since_ms);
        query_int(&query, page->until_ms);
        query_int(&query, after_ms);
        query_int(&query, after_id);
        query_int(&query, page->limit);
        return each_check(&query, fn, userdata);
}

static const char sql_first_id[] = "SELECT min(id) FROM checks";
static const char sql_last_id[] = "SELECT max(id) FROM checks";

static int ask_id(Store *store, const char *sql, int64_t *ret_id) {
        mon_auto_query query = {0};
        int r = query_begin(&query, store, sql);
        return r < 0 ? r : query_one(&query, ret_id);
}

int store_check_ids(Store *store, int64_t *ret_first, int64_t *ret_last) {
        int64_t first;

        int r = ask_id(store, sql_first_id, &first);
        if (r == 0)
                r = ask_id(store, sql_last_id, ret_last);
        if (r == 0)
                *ret_first = first;
        return r;
}

/* --- targets ---------------------------------------------------------------------------------------------------- */

#define TARGET_COLUMNS 11
static const char sql_targets[] =
        "SELECT t.name, t.kind, t.title_fr, t.title_en, t.active, coalesce(s.paused, 0), coalesce(s.state, 7),"
        " coalesce(s.cause, 52), s.since_ms, coalesce(a.http_status, 0), a.at_ms, " CHECK_COLUMNS
        " FROM target t LEFT JOIN state s ON s.target = t.id LEFT JOIN absent_page a ON a.target = t.id"
        " LEFT JOIN checks c ON c.id = s.last_check LEFT JOIN certificate x ON x.id = c.certificate"
        " LEFT JOIN banner b ON b.id = c.banner"
        " WHERE CASE WHEN ?1 IS NULL THEN t.active = 1 ELSE t.name = ?1 END ORDER BY t.place, t.id";

int store_each_target(Store *store, const char *name, StoreTargetFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_targets);
        if (r < 0)
                return r;
        query_text(&query, name);
        while ((r = query_step(&query)) == QUERY_ROW) {
                Sha256 digest;
                StoreTargetRow row = {
                        .name = query_get_text(&query, 0),
                        .kind = query_get_text(&query, 1),
                        .title_fr = query_get_text(&query, 2),
                        .title_en = query_get_text(&query, 3),
                        .active = query_get_int(&query, 4) != 0,
                        .paused = query_get_int(&query, 5) != 0,
                        .state = (Verdict)query_get_int(&query, 6),
                        .cause = (Cause)query_get_int(&query, 7),
                        .since_at_real = query_get_msec(&query, 8),
                        .absent_status = (int)query_get_int(&query, 9),
                        .absent_at_real = query_get_msec(&query, 10),
                        .has_check = query_get_int(&query, TARGET_COLUMNS) != 0,
                        .check = read_check(&query, TARGET_COLUMNS, &digest),
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}

static const char sql_target_names[] = "SELECT name FROM target ORDER BY name";
static const char sql_path_names[] = "SELECT name FROM path ORDER BY name";

static void free_names(char **names, size_t n) {
        for (size_t i = 0; i < n; i++)
                free(names[i]);
        free(names);
}

static int read_names(Store *store, const char *sql, char ***ret_names, size_t *ret_n) {
        mon_auto_query query = {0};
        char **names = NULL;
        size_t n = 0;

        int r = query_begin(&query, store, sql);
        while (r >= 0 && (r = query_step(&query)) == QUERY_ROW) {
                names = mon_realloc_array(names, n + 1, sizeof *names);
                names[n++] = mon_strdup(query_get_text(&query, 0));
        }
        if (r < 0) {
                free_names(names, n);
                return r;
        }
        *ret_names = names;
        *ret_n = n;
        return 0;
}

int store_target_names(Store *store, char ***ret_names, size_t *ret_n) {
        return read_names(store, sql_target_names, ret_names, ret_n);
}

int store_path_names(Store *store, char ***ret_names, size_t *ret_n) {
        return read_names(store, sql_path_names, ret_names, ret_n);
}
