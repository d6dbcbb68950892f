#include "daemon/store/db.h"

#include <string.h>
#include <zstd.h>

#define BLOB_LEVEL 3 /* of zstd: a page in well under a millisecond */

static const char sql_find_blob[] = "SELECT id FROM blob WHERE sha256 = ?";
static const char sql_put_blob[] = "INSERT INTO blob (sha256, size, packed, data) VALUES (?, ?, ?, ?)";

static int insert_blob(Store *store, const Sha256 *digest, size_t size, bool packed, const void *data, size_t n) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_blob);
        if (r < 0)
                return r;
        query_blob(&query, digest->bytes, sizeof digest->bytes);
        query_int(&query, (int64_t)size);
        query_int(&query, packed);
        query_blob(&query, data, n);
        return query_run(&query);
}

/* Packed without a dictionary, which would keep fragments of one body in all others; kept as it is when that is not
 * smaller. Compression contexts are not kept: resident memory is budgeted and bodies are rare. */
int store_put_blob(Store *store, const void *data, size_t size, int64_t *ret_id) {
        Sha256 digest;

        sha256_of(data, size, &digest);
        {
                mon_auto_query query = {0};
                int r = query_begin(&query, store, sql_find_blob);
                if (r < 0)
                        return r;
                query_blob(&query, digest.bytes, sizeof digest.bytes);
                r = query_one(&query, ret_id);
                if (r < 0 || *ret_id != 0)
                        return r;
        }
        size_t bound = ZSTD_compressBound(size);
        mon_auto_free void *packed = mon_calloc(bound, 1);
        size_t n = ZSTD_compress(packed, bound, data, size, BLOB_LEVEL);
        bool smaller = !ZSTD_isError(n) && n < size;
        int r = insert_blob(store, &digest, size, smaller, smaller ? packed : data, smaller ? n : size);
        if (r < 0)
                return r;
        *ret_id = sqlite3_last_insert_rowid(store->db);
        return 0;
}

static const char sql_read_blob[] = "SELECT size, packed, data FROM blob WHERE id = ?";

int store_read_blob(Store *store, int64_t id, size_t size_max, char **ret_text) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_read_blob);
        if (r < 0)
                return r;
        query_int(&query, id);
        r = query_step(&query);
        if (r != QUERY_ROW)
                return r < 0 ? r : STORE_E_NOT_FOUND;
        int64_t size = query_get_int(&query, 0);
        const void *data = sqlite3_column_blob(query.stmt, 2);
        size_t n = (size_t)sqlite3_column_bytes(query.stmt, 2);
        if (size < 0 || (uint64_t)size > size_max || !data)
                return -EUCLEAN;
        mon_auto_free char *text = mon_calloc((size_t)size + 1, 1);
        if (query_get_int(&query, 1) != 0)
                n = ZSTD_decompress(text, (size_t)size, data, n);
        else if (n == (size_t)size)
                memcpy(text, data, n);
        if (n != (size_t)size) /* zstd's errors are beyond any size */
                return -EUCLEAN;
        *ret_text = mon_steal(&text);
        return 0;
}

static const char sql_put_hop[] =
        "INSERT INTO hop (check_id, nth, url, request, response, http_status, remote_ip, started_ms, daily, body)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)";

static int put_hop(Store *store, int64_t check, size_t nth, const Hop *hop, bool daily) {
        mon_auto_query query = {0};
        int64_t body = 0;

        int r = hop->body.len > 0 ? store_put_blob(store, hop->body.data, hop->body.len, &body) : 0;
        if (r == 0)
                r = query_begin(&query, store, sql_put_hop);
        if (r < 0)
                return r;
        query_int(&query, check);
        query_int(&query, (int64_t)nth);
        query_text(&query, hop->url ? hop->url : "");
        query_blob(&query, hop->request, hop->request ? strlen(hop->request) : 0);
        query_blob(&query, hop->response, hop->response ? strlen(hop->response) : 0);
        query_int(&query, hop->http_status);
        query_text(&query, hop->remote_ip[0] ? hop->remote_ip : NULL);
        query_msec(&query, hop->started_at_real);
        query_int(&query, daily);
        query_int_or_null(&query, body, body != 0);
        return query_run(&query);
}

static const char sql_put_assertion[] = "INSERT INTO assertion (check_id, text, held) VALUES (?, ?, ?)";

static int put_assertion(Store *store, int64_t check, const Assertion *assertion) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_assertion);
        if (r < 0)
                return r;
        query_int(&query, check);
        query_text(&query, assertion->text);
        query_int(&query, assertion->held);
        return query_run(&query);
}

int store_put_hops(Store *store, int64_t check, const Observation *observation, bool daily) {
        int r = 0;

        for (size_t i = 0; i < observation->n_hops && r == 0; i++)
                r = put_hop(store, check, i, &observation->hops[i], daily);
        for (size_t i = 0; i < observation->n_assertions && r == 0; i++)
                r = put_assertion(store, check, &observation->assertions[i]);
        return r;
}
