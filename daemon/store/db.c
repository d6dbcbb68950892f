#include "daemon/store/db.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>

static int io_result(sqlite3 *db) {
        switch (sqlite3_system_errno(db)) {
        case ENOSPC:
        case EDQUOT:
                return -ENOSPC;
        case EROFS:
                return -EROFS;
        default:
                return -EIO;
        }
}

int store_result(sqlite3 *db, int rc) {
        switch (rc & 0xff) {
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_READONLY:
                return -EROFS;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return -EBUSY;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return -EUCLEAN;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_PERM:
        case SQLITE_AUTH:
                return -EACCES;
        case SQLITE_CANTOPEN:
                return sqlite3_system_errno(db) > 0 ? -sqlite3_system_errno(db) : -EIO;
        case SQLITE_IOERR:
                return io_result(db);
        default:
                return -EINVAL; /* a constraint or a misuse: a mistake of ours, or of whoever edits the database */
        }
}

Store *store_new(sqlite3 *db, const char *path, bool writable) {
        Store *store = mon_new(Store);

        store->db = db;
        store->path = mon_strdup(path);
        store->writable = writable;
        return store;
}

const char *store_strerror(int error) {
        switch (error) {
        case -ENOENT:
                return "the file is gone";
        case -ESTALE:
                return "another file stands in its place, and is left alone until the next start";
        case -EUCLEAN:
                return "the file is corrupt";
        default:
                return mon_strerror(error);
        }
}

int store_note_place(Store *store) {
        struct stat st;

        if (stat(store->path, &st) < 0)
                return mon_errno();
        store->device = st.st_dev;
        store->inode = st.st_ino;
        return 0;
}

/* SQLite would write on into a file that nobody finds any more, and at its end remove the other's -wal by its name. */
static int check_place(const Store *store) {
        struct stat st;

        if (stat(store->path, &st) < 0)
                return errno == ENOTDIR ? -ENOENT : mon_errno();
        return st.st_dev == store->device && st.st_ino == store->inode ? 0 : -ESTALE;
}

void store_forget_targets(Store *store) {
        map_each (&store->targets, slot)
                free(slot->value);
        map_fini(&store->targets);
}

void store_close(Store *store) {
        if (!store)
                return;
        store_rollback(store);
        if (store->writable && check_place(store) != 0)
                (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        for (size_t i = 0; i < store->n_statements; i++)
                (void)sqlite3_finalize(store->statements[i].stmt);
        (void)sqlite3_close(store->db);
        store_forget_targets(store);
        free(store->path);
        free(store);
}

static const char sql_begin[] = "BEGIN IMMEDIATE";
static const char sql_commit[] = "COMMIT";
static const char sql_rollback[] = "ROLLBACK";

static int run_plain(Store *store, const char *sql) {
        mon_auto_query query = {0};
        int r = query_begin(&query, store, sql);
        return r < 0 ? r : query_run(&query);
}

int store_begin(Store *store) {
        assert(!store->in_transaction);
        if (!store->writable)
                return -EROFS;
        store->failed = 0;
        int r = check_place(store);
        if (r == 0)
                r = run_plain(store, sql_begin);
        if (r < 0)
                return r;
        store->in_transaction = true;
        return 0;
}

void store_rollback(Store *store) {
        if (!store->in_transaction)
                return;
        store->in_transaction = false;
        /* A full disk and some I/O errors have rolled back already. What was cached may never have been. */
        if (!sqlite3_get_autocommit(store->db))
                (void)run_plain(store, sql_rollback);
        store->failed = 0;
        store_forget_targets(store);
}

/* PRAGMA synchronous cannot change inside a transaction, and whether a tick is durable is known at its end. In WAL mode
 * what FULL adds to NORMAL is one sync of the -wal after the commit's frames, which is done here. */
static int sync_wal(Store *store) {
        sqlite3_file *wal = NULL;

        int rc = sqlite3_file_control(store->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
        if (rc != SQLITE_OK || !wal || !wal->pMethods)
                return STORE_E_NOT_DURABLE;
        return wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) == SQLITE_OK ? 0 : STORE_E_NOT_DURABLE;
}

int store_commit(Store *store, bool durable) {
        assert(store->in_transaction);
        int r = store->failed;
        if (r == 0 && sqlite3_get_autocommit(store->db))
                r = -EIO;
        if (r == 0)
                r = run_plain(store, sql_commit);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        store->in_transaction = false;
        return durable ? sync_wal(store) : 0;
}

int query_begin(Query *query, Store *store, const char *sql) {
        sqlite3_stmt *stmt = NULL;

        for (size_t i = 0; i < store->n_statements && !stmt; i++)
                if (store->statements[i].sql == sql)
                        stmt = store->statements[i].stmt;
        if (!stmt) {
                assert(store->n_statements < STORE_STATEMENTS_MAX);
                int rc = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
                if (rc != SQLITE_OK)
                        return store_result(store->db, rc);
                store->statements[store->n_statements++] = (StoreStatement){.sql = sql, .stmt = stmt};
        }
        assert(!sqlite3_stmt_busy(stmt));
        *query = (Query){.store = store, .stmt = stmt};
        return 0;
}

void query_end(Query *query) {
        if (!query->stmt)
                return;
        (void)sqlite3_reset(query->stmt);
        (void)sqlite3_clear_bindings(query->stmt);
        query->stmt = NULL;
}

static void note_bind(Query *query, int rc) {
        if (rc != SQLITE_OK && query->failed == 0)
                query->failed = store_result(query->store->db, rc);
}

void query_int(Query *query, int64_t value) {
        note_bind(query, sqlite3_bind_int64(query->stmt, ++query->bound, value));
}

void query_null(Query *query) {
        note_bind(query, sqlite3_bind_null(query->stmt, ++query->bound));
}

void query_int_or_null(Query *query, int64_t value, bool known) {
        if (known)
                query_int(query, value);
        else
                query_null(query);
}

void query_text(Query *query, const char *text) {
        note_bind(query, sqlite3_bind_text(query->stmt, ++query->bound, text, -1, SQLITE_STATIC));
}

void query_blob(Query *query, const void *bytes, size_t n) {
        note_bind(query, bytes ? sqlite3_bind_blob64(query->stmt, ++query->bound, bytes, n, SQLITE_STATIC)
                               : sqlite3_bind_null(query->stmt, ++query->bound));
}

void query_msec(Query *query, Nsec at_real) {
        query_int_or_null(query, store_msec(at_real), at_real != NSEC_UNKNOWN && at_real != NSEC_NEVER);
}

void query_usec(Query *query, Nsec span) {
        query_int_or_null(query, span / 1000, span != NSEC_UNKNOWN);
}

static int note_failure(Query *query, int r) {
        if (r < 0 && query->store->in_transaction && query->store->failed == 0)
                query->store->failed = r;
        return r;
}

int query_step(Query *query) {
        if (query->failed < 0)
                return query->failed;
        int rc = sqlite3_step(query->stmt);
        if (rc == SQLITE_ROW)
                return QUERY_ROW;
        return rc == SQLITE_DONE ? 0 : store_result(query->store->db, rc);
}

int query_run(Query *query) {
        int r = query_step(query);
        assert(r != QUERY_ROW);
        return note_failure(query, r);
}

int query_one(Query *query, int64_t *ret_int) {
        int r = query_step(query);
        if (r < 0)
                return r;
        *ret_int = r == QUERY_ROW ? query_get_int(query, 0) : 0;
        return 0;
}

int64_t query_get_int(const Query *query, int column) {
        return sqlite3_column_int64(query->stmt, column);
}

const char *query_get_text(const Query *query, int column) {
        return (const char *)sqlite3_column_text(query->stmt, column);
}

static bool is_null(const Query *query, int column) {
        return sqlite3_column_type(query->stmt, column) == SQLITE_NULL;
}

bool query_get_sha256(const Query *query, int column, Sha256 *ret_digest) {
        const void *bytes = sqlite3_column_blob(query->stmt, column);

        if (!bytes || sqlite3_column_bytes(query->stmt, column) != SHA256_BYTES)
                return false;
        memcpy(ret_digest->bytes, bytes, SHA256_BYTES);
        return true;
}

Nsec query_get_msec(const Query *query, int column) {
        int64_t msec = query_get_int(query, column);
        if (is_null(query, column))
                return NSEC_UNKNOWN;
        Nsec at;
        return __builtin_mul_overflow(msec, NSEC_PER_MSEC, &at) ? NSEC_NEVER : at;
}

Nsec query_get_usec(const Query *query, int column) {
        Nsec span;
        if (is_null(query, column) || __builtin_mul_overflow(query_get_int(query, column), INT64_C(1000), &span))
                return NSEC_UNKNOWN;
        return span;
}
