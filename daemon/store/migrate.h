/* The schema's versions: numbered files, applied forward, each in a transaction of its own together with its number in
 * user_version. */
#pragma once

#include "daemon/base/error.h"

#include <sqlite3.h>

extern const char *const store_migrations[]; /* [0] leads from nothing to version 1 */
extern const int store_n_migrations;

/* Gives SQLite's own result code. The version is 0 in an empty database. */
mon_must_check int migrate_version(sqlite3 *db, int *ret_version);
/* Applies what is missing of the first `n` migrations. On failure the database is as the last whole one left it. */
mon_must_check int migrate_run(sqlite3 *db, const char *const *migrations, int n);
