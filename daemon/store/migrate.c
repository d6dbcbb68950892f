#include "daemon/store/migrate.h"

#include <stdio.h>

#define MIGRATE_PRAGMA_BYTES 64

int migrate_version(sqlite3 *db, int *ret_version) {
        sqlite3_stmt *statement = NULL;

        int rc = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL);
        if (rc != SQLITE_OK)
                return rc;
        rc = sqlite3_step(statement);
        int version = rc == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
        (void)sqlite3_finalize(statement);
        if (rc != SQLITE_ROW)
                return rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
        *ret_version = version;
        return SQLITE_OK;
}

static int apply(sqlite3 *db, const char *sql, int version) {
        char pragma[MIGRATE_PRAGMA_BYTES];

        (void)snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", version);
        int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (rc != SQLITE_OK)
                return rc;
        rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(db, pragma, NULL, NULL, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
                (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return rc;
}

int migrate_run(sqlite3 *db, const char *const *migrations, int n) {
        int version;

        int rc = migrate_version(db, &version);
        for (; rc == SQLITE_OK && version < n; version++)
                rc = apply(db, migrations[version], version + 1);
        return rc;
}
