#include "daemon/store/db.h"

#include <string.h>

/* Small tables of what repeats: the row's id, made at first sight. */
static const char sql_add_certificate[] =
        "INSERT INTO certificate (sha256, expires_ms) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING";
static const char sql_find_certificate[] = "SELECT id FROM certificate WHERE sha256 = ?";
static const char sql_add_lexicon[] = "INSERT INTO lexicon (hash) VALUES (?) ON CONFLICT (hash) DO NOTHING";
static const char sql_find_lexicon[] = "SELECT id FROM lexicon WHERE hash = ?";

static int find_certificate(Store *store, const Observation *seen, bool add, int64_t *ret_id) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, add ? sql_add_certificate : sql_find_certificate);
        if (r < 0)
                return r;
        query_blob(&query, seen->certificate.bytes, sizeof seen->certificate.bytes);
        if (!add)
                return query_one(&query, ret_id);
        query_msec(&query, seen->certificate_expires_at_real);
        return query_run(&query);
}

static int find_lexicon(Store *store, uint64_t hash, bool add, int64_t *ret_id) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, add ? sql_add_lexicon : sql_find_lexicon);
        if (r < 0)
                return r;
        query_int(&query, (int64_t)hash);
        return add ? query_run(&query) : query_one(&query, ret_id);
}

static const char sql_find_banner[] = "SELECT id FROM banner WHERE target = ? AND text = ?";
static const char sql_put_banner[] =
        "INSERT INTO banner (target, text, rule, first_seen_ms, last_seen_ms, times) VALUES (?1, ?2, ?3, ?4, ?4, ?5)"
        " ON CONFLICT (target, text) DO UPDATE SET last_seen_ms = max(last_seen_ms, ?4), times = times + ?5,"
        " rule = coalesce(?3, rule)";

static int add_banner(Store *store, const StoreTarget *row, const char *text, const char *rule, Nsec at_real,
                      int times) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_banner);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_text(&query, text);
        query_text(&query, rule);
        query_msec(&query, at_real);
        query_int(&query, times);
        return query_run(&query);
}

int store_put_banner(Store *store, const char *target, const char *text, const char *rule, Nsec at_real) {
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        return r < 0 ? r : add_banner(store, row, text, rule, at_real, 1);
}

static int find_banner(Store *store, const StoreTarget *row, const char *text, int64_t *ret_id) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_find_banner);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_text(&query, text);
        return query_one(&query, ret_id);
}

typedef struct References {
        int64_t certificate, lexicon, banner; /* 0: none */
} References;

static int find_references(Store *store, const StoreTarget *row, const Observation *seen, References *refs) {
        int r = 0;

        if (seen->has_certificate) {
                r = find_certificate(store, seen, false, &refs->certificate);
                if (r == 0 && refs->certificate == 0) {
                        r = find_certificate(store, seen, true, NULL);
                        refs->certificate = sqlite3_last_insert_rowid(store->db);
                }
        }
        if (r == 0 && seen->lexicon_hash != 0) {
                r = find_lexicon(store, seen->lexicon_hash, false, &refs->lexicon);
                if (r == 0 && refs->lexicon == 0) {
                        r = find_lexicon(store, seen->lexicon_hash, true, NULL);
                        refs->lexicon = sqlite3_last_insert_rowid(store->db);
                }
        }
        if (r == 0 && seen->banner_text) {
                r = find_banner(store, row, seen->banner_text, &refs->banner);
                if (r == 0 && refs->banner == 0) { /* counted when store_put_banner() says so */
                        r = add_banner(store, row, seen->banner_text, seen->banner_rule, seen->at_real, 0);
                        refs->banner = sqlite3_last_insert_rowid(store->db);
                }
        }
        return r;
}

static const char sql_put_check[] =
        "INSERT INTO checks (target, at_ms, speaks_ms, verdict, cause, http_status, duration_us, dns_us, connect_us,"
        " tls_us, ttfb_us, bytes, remote_ip, body_sha256, certificate, lexicon, banner, detail, stepped)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

static void bind_check(Query *query, const Observation *seen, const References *refs) {
        query_int_or_null(query, seen->http_status, seen->http_status != 0);
        query_usec(query, seen->duration);
        query_usec(query, seen->dns);
        query_usec(query, seen->connect);
        query_usec(query, seen->tls);
        query_usec(query, seen->ttfb);
        query_int_or_null(query, seen->bytes, seen->bytes >= 0);
        query_text(query, seen->remote_ip[0] ? seen->remote_ip : NULL);
        query_blob(query, seen->has_body ? seen->body_sha256.bytes : NULL, sizeof seen->body_sha256.bytes);
        query_int_or_null(query, refs->certificate, refs->certificate != 0);
        query_int_or_null(query, refs->lexicon, refs->lexicon != 0);
        query_int_or_null(query, refs->banner, refs->banner != 0);
        query_text(query, seen->detail);
}

static const char sql_speaks_longer[] = "UPDATE target SET speaks_max_ms = ?2 WHERE id = ?1";

static int speak_longer(Store *store, StoreTarget *row, int64_t speaks_ms) {
        mon_auto_query query = {0};

        if (speaks_ms <= row->speaks_max_ms)
                return 0;
        int r = query_begin(&query, store, sql_speaks_longer);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_int(&query, speaks_ms);
        r = query_run(&query);
        if (r == 0)
                row->speaks_max_ms = speaks_ms;
        return r;
}

int store_put_check(Store *store, const char *target, const Observation *observation, Nsec speaks_until_at_real,
                    int64_t *ret_check) {
        mon_auto_query query = {0};
        StoreTarget *row;
        References refs = {0};
        int64_t at = store_msec(observation->at_real), until = store_msec(speaks_until_at_real);

        int r = store_find_target(store, target, &row);
        if (r == 0)
                r = find_references(store, row, observation, &refs);
        if (r == 0)
                r = speak_longer(store, row, until - at);
        if (r == 0)
                r = query_begin(&query, store, sql_put_check);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_int(&query, at);
        query_int(&query, until > at ? until - at : 0);
        query_int(&query, observation->verdict);
        query_int(&query, observation->cause);
        bind_check(&query, observation, &refs);
        query_int_or_null(&query, 1, at <= row->latest_ms);
        r = query_run(&query);
        if (r < 0)
                return r;
        row->last_check = sqlite3_last_insert_rowid(store->db);
        row->last_verdict = observation->verdict;
        row->latest_ms = at > row->latest_ms ? at : row->latest_ms;
        *ret_check = row->last_check;
        return 0;
}

/* The check that a transition is dated at is found by its instant, among those after the last decision, because the
 * wall clock may have been at that instant before. None: the date was held back by such a clock, or the transition has
 * no check of its own (a pause); then it holds from the last check on. */
static const char sql_put_transition[] =
        "INSERT INTO transition (target, at_ms, decided_ms, from_state, to_state, cause, decided_check, from_check)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce((SELECT max(id) FROM checks WHERE target = ?1 AND at_ms = ?2 AND"
        " id > coalesce((SELECT decided_check FROM transition WHERE target = ?1 ORDER BY from_check DESC, id DESC "
        "LIMIT 1),"
        " 0)), ?7))";

int store_put_transition(Store *store, const char *target, const Transition *transition) {
        mon_auto_query query = {0};
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        if (r == 0)
                r = query_begin(&query, store, sql_put_transition);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_msec(&query, transition->at_real);
        query_msec(&query, transition->decided_at_real);
        query_int(&query, transition->from);
        query_int(&query, transition->to);
        query_int(&query, transition->cause);
        query_int(&query, row->last_check);
        return query_run(&query);
}
