/* Inside the store: the connection, its kept statements, and how SQLite's results become ours. */
#pragma once

#include "daemon/base/map.h"
#include "daemon/store/store.h"

#include <sqlite3.h>
#include <sys/types.h>

#define STORE_APPLICATION_ID 0x6d6f6e64 /* "mond" */
#define STORE_STATEMENTS_MAX 160        /* prepared at a time; each SQL text is one static array */
#define STORE_CACHE_KIB 512             /* pages kept by one connection: resident memory is budgeted */
#define STORE_SET_ASIDE_MAX 100         /* corrupt databases set aside within one second */
#define STORE_WAL_PAGES 256             /* a checkpoint is tried when the -wal has more */
#define STORE_WAL_KEPT_MAX (4 << 20)    /* bytes of -wal kept on disk after a checkpoint */

typedef struct StoreTarget {
        int64_t id;
        int64_t last_check; /* 0: none known */
        int64_t latest_ms;  /* the latest start of a check; INT64_MIN: none */
        int64_t speaks_max_ms;
        int last_verdict;
} StoreTarget;

typedef struct StoreStatement {
        const char *sql; /* by its address */
        sqlite3_stmt *stmt;
} StoreStatement;

struct Store {
        sqlite3 *db;
        char *path;
        bool writable;
        dev_t device; /* of the file that was opened; for writing alone */
        ino_t inode;
        bool in_transaction;
        int failed; /* the first failure of a write in this transaction */
        StoreStatement statements[STORE_STATEMENTS_MAX];
        size_t n_statements;
        Map targets; /* of StoreTarget, by name: what is read once */
};

/* SQLite's result as a negative errno; never 0. */
int store_result(sqlite3 *db, int rc);
/* A new store around a connection, which it owns from then on. */
Store *store_new(sqlite3 *db, const char *path, bool writable);
/* Remembers which file stands at the path. */
mon_must_check int store_note_place(Store *store);
/* -ENXIO when store_put_targets() never named it. The pointer lives until the transaction is rolled back. */
mon_must_check int store_find_target(Store *store, const char *name, StoreTarget **ret_target);
void store_forget_targets(Store *store);

/* Bytes kept once by their SHA-256 (blobs.c). */
mon_must_check int store_put_blob(Store *store, const void *data, size_t size, int64_t *ret_id);
/* With a NUL behind them, to free. -EUCLEAN: more than size_max, or not what was put there. */
mon_must_check int store_read_blob(Store *store, int64_t id, size_t size_max, char **ret_text);

/* Milliseconds, towards the past. Not for NSEC_UNKNOWN and NSEC_NEVER. */
static inline int64_t store_msec(Nsec at) {
        return at / NSEC_PER_MSEC - (at % NSEC_PER_MSEC < 0);
}

/* One use of a kept statement: begin, bind in order, run or step, end (by cleanup). A failed bind is told by the run.
 */
typedef struct Query {
        Store *store;
        sqlite3_stmt *stmt;
        int bound;
        int failed;
} Query;
#define mon_auto_query mon_cleanup(query_end) Query

enum { QUERY_ROW = 1 };

mon_must_check int query_begin(Query *query, Store *store, const char *sql);
void query_end(Query *query);
void query_int(Query *query, int64_t value);
void query_null(Query *query);
void query_int_or_null(Query *query, int64_t value, bool known);
void query_text(Query *query, const char *text);            /* NULL is NULL; lives until the end */
void query_blob(Query *query, const void *bytes, size_t n); /* likewise */
void query_msec(Query *query, Nsec at_real);                /* NSEC_UNKNOWN and NSEC_NEVER are NULL */
void query_usec(Query *query, Nsec span);                   /* NSEC_UNKNOWN is NULL */
struct StorePage;
void query_page(Query *query, const struct StorePage *page);  /* target, since, until, before_ms, before_id, limit */
mon_must_check int query_run(Query *query);                   /* a write */
mon_must_check int query_step(Query *query);                  /* QUERY_ROW, 0 at the end, or negative */
mon_must_check int query_one(Query *query, int64_t *ret_int); /* first column of one row; 0 when none or NULL */

int64_t query_get_int(const Query *query, int column);
const char *query_get_text(const Query *query, int column);                /* NULL for NULL; until the next step */
bool query_get_sha256(const Query *query, int column, Sha256 *ret_digest); /* false: NULL, or none */
Nsec query_get_msec(const Query *query, int column);
Nsec query_get_usec(const Query *query, int column);
