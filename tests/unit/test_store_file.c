/* The database as a file: made, opened again, foreign, newer, corrupt, migrated, killed, read-only. */
#include "daemon/store/rows.h"

#include "daemon/store/db.h"
#include "daemon/store/migrate.h"
#include "tests/lib/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SEC NSEC_PER_SEC

static int make(void **state) {
        Folder *folder = mon_new(Folder);

        folder_make(folder);
        *state = folder;
        return 0;
}

static int unmake(void **state) {
        folder_remove(*state);
        free(*state);
        return 0;
}

static Store *open_for_reading(const Folder *folder) {
        Store *store = NULL;
        mon_auto_error Error error = {0};

        int r = store_open_read_only(folder->database, &store, &error);
        if (r != 0)
                print_error("%d %s\n", r, error_text(&error));
        assert_int_equal(r, 0);
        return store;
}

static char *read_file(const char *path, size_t *ret_n) {
        FILE *file = fopen(path, "rb");
        char *bytes = mon_calloc(1 << 20, 1);

        assert_non_null(file);
        *ret_n = fread(bytes, 1, 1 << 20, file);
        (void)fclose(file);
        return bytes;
}

static void write_file(const char *path, const void *bytes, size_t n) {
        FILE *file = fopen(path, "wb");

        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, n, file), n);
        (void)fclose(file);
}

static void sql(const char *path, const char *text) {
        sqlite3 *db;

        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int count_row(void *userdata, const StoreCheckRow *row) {
        (void)row;
        ++*(int *)userdata;
        return 0;
}

static int64_t count_of(Store *store, const char *text) {
        sqlite3_stmt *statement;

        assert_int_equal(sqlite3_prepare_v2(store->db, text, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        int64_t n = sqlite3_column_int64(statement, 0);
        (void)sqlite3_finalize(statement);
        return n;
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

static void a_new_database_is_private_and_opens_again(void **state) {
        Folder *folder = *state;
        Store *store = NULL;
        StoreOpening opening;
        struct stat st;

        folder_must(store_open(folder->database, FOLDER_NOW, &store, &opening, NULL));
        assert_true(opening.created);
        assert_int_equal(stat(folder->database, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        store_close(store);
        folder_must(store_open(folder->database, FOLDER_NOW, &store, &opening, NULL));
        assert_false(opening.created);
        store_close(store);
}

static void expect_untouched(const Folder *folder, const void *bytes, size_t n, int expected) {
        mon_auto_error Error error = {0};
        Store *store = NULL;
        StoreOpening opening;
        size_t n_after;

        write_file(folder->database, bytes, n);
        assert_int_equal(store_open(folder->database, FOLDER_NOW, &store, &opening, &error), expected);
        assert_non_null(strstr(error_text(&error), folder->database));
        mon_auto_free char *after = read_file(folder->database, &n_after);
        assert_int_equal(n_after, n);
        assert_memory_equal(after, bytes, n);
        assert_int_equal(folder_count(folder, "mond.db", ""), 1);
        error_fini(&error);
        assert_int_equal(store_open_read_only(folder->database, &store, &error), expected);
}

static void strangers_and_newer_ones_are_left_alone(void **state) {
        Folder *folder = *state;
        char text[600];
        size_t n;

        memset(text, 'x', sizeof text);
        expect_untouched(folder, "short", 5, STORE_E_FOREIGN);
        expect_untouched(folder, text, sizeof text, STORE_E_FOREIGN);
        (void)unlink(folder->database);
        sql(folder->database, "CREATE TABLE t (x); INSERT INTO t VALUES (1);");
        mon_auto_free char *other = read_file(folder->database, &n);
        expect_untouched(folder, other, n, STORE_E_FOREIGN);
        (void)unlink(folder->database);
        store_close(folder_open(folder));
        sql(folder->database, "PRAGMA user_version = 99;");
        mon_auto_free char *newer = read_file(folder->database, &n);
        expect_untouched(folder, newer, n, STORE_E_NEWER);
}

static void a_newer_version_is_seen_in_the_wal_too(void **state) {
        Folder *folder = *state;
        sqlite3 *db;
        Store *store = NULL;
        StoreOpening opening;
        size_t n, n_after;

        store_close(folder_open(folder));
        mon_auto_free char *before = read_file(folder->database, &n);
        assert_int_equal(sqlite3_open(folder->database, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 99", 0, 0, 0), 0);
        assert_int_equal(store_open(folder->database, FOLDER_NOW, &store, &opening, NULL), STORE_E_NEWER);
        mon_auto_free char *after = read_file(folder->database, &n_after);
        assert_int_equal(n, n_after);
        assert_memory_equal(before, after, n);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_folder_or_a_missing_folder_is_an_error(void **state) {
        Folder *folder = *state;
        mon_auto_free char *missing = mon_printf("%s/no/mond.db", folder->path);
        mon_auto_error Error error = {0};
        Store *store = NULL;
        StoreOpening opening;

        assert_int_equal(store_open(folder->path, FOLDER_NOW, &store, &opening, &error), -EISDIR);
        assert_int_equal(store_open(missing, FOLDER_NOW, &store, &opening, NULL), -ENOENT);
        assert_int_equal(store_open_read_only(missing, &store, NULL), -ENOENT);
        assert_int_equal(store_open_read_only(folder->path, &store, NULL), -EISDIR);
}

/* Opening one waits for whoever writes to it, which may be nobody. */
static void a_pipe_is_no_database(void **state) {
        Folder *folder = *state;
        Store *store = NULL;
        StoreOpening opening;

        assert_int_equal(mkfifo(folder->database, 0600), 0);
        assert_int_equal(store_open_read_only(folder->database, &store, NULL), STORE_E_FOREIGN);
        assert_int_equal(store_open(folder->database, FOLDER_NOW, &store, &opening, NULL), -EINVAL);
}

static void expect_set_aside(const Folder *folder, const char *how) {
        Store *store = NULL;
        StoreOpening opening;
        mon_auto_error Error error = {0};

        int r = store_open(folder->database, FOLDER_NOW, &store, &opening, &error);
        if (r != 0)
                print_error("%s: %d %s\n", how, r, error_text(&error));
        assert_int_equal(r, 0);
        assert_true(opening.created);
        assert_non_null(opening.set_aside);
        assert_non_null(strstr(opening.set_aside, "mond.db.corrupt-20260101T000000Z"));
        assert_int_equal(access(opening.set_aside, F_OK), 0);
        folder_put_targets(store, "fresh", NULL, FOLDER_NOW);
        store_close(store);
        free(opening.set_aside);
}

static void our_own_corrupt_one_is_set_aside(void **state) {
        Folder *folder = *state;
        size_t n;

        Store *store = folder_open(folder);
        folder_put_targets(store, "a", "b", FOLDER_NOW);
        folder_must(store_begin(store));
        for (int i = 0; i < 2000; i++)
                folder_put_check(store, "a", FOLDER_NOW + i * SEC, VERDICT_UP, CAUSE_OK);
        folder_must(store_commit(store, false));
        store_close(store);
        mon_auto_free char *sound = read_file(folder->database, &n);
        mon_auto_free char *broken = mon_calloc(n, 1);

        memcpy(broken, sound, n); /* the magic word is gone, the application's is there */
        memset(broken, 0, 16);
        write_file(folder->database, broken, n);
        expect_set_aside(folder, "magic");
        write_file(folder->database, sound, n / 2 / 4096 * 4096);
        expect_set_aside(folder, "cut");
        memcpy(broken, sound, n); /* everything after the header */
        memset(broken + 100, 0x5a, n - 100);
        write_file(folder->database, broken, n);
        expect_set_aside(folder, "schema");
        memcpy(broken, sound, n); /* every page but the first */
        memset(broken + 4096, 0x5a, n - 4096);
        write_file(folder->database, broken, n);
        expect_set_aside(folder, "pages");
        assert_int_equal(folder_count(folder, "mond.db.corrupt-20260101T000000Z", "") -
                                 folder_count(folder, "mond.db.corrupt-", "-wal") -
                                 folder_count(folder, "mond.db.corrupt-", "-shm"),
                         4);
}

/* Pages of checks, past those that the tables begin with: no start reads the whole file, so it is told by whoever meets
 * them. */
static void what_is_broken_inside_is_told_when_it_is_met(void **state) {
        Folder *folder = *state;
        StorePage page = store_page_all();
        char *moved = NULL;
        int rows = 0;
        size_t n;

        Store *store = folder_open(folder);
        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        folder_must(store_begin(store));
        for (int i = 0; i < 5000; i++)
                folder_put_check(store, "a", FOLDER_NOW + i * SEC, VERDICT_UP, CAUSE_OK);
        folder_must(store_commit(store, false));
        store_close(store);
        mon_auto_free char *bytes = read_file(folder->database, &n);
        memset(bytes + n / 4 * 3 / 4096 * 4096, 0x5a, 5 * 4096);
        write_file(folder->database, bytes, n);
        store = folder_open(folder);
        page.target = "a";
        assert_int_equal(store_each_check(store, &page, count_row, &rows), -EUCLEAN);
        store_close(store);
        folder_must(store_set_aside(folder->database, FOLDER_NOW, &moved, NULL));
        free(moved);
        store_close(folder_open(folder));
}

static void the_wal_goes_with_a_corrupt_database(void **state) {
        Folder *folder = *state;
        mon_auto_free char *wal = mon_printf("%s-wal", folder->database);
        Store *store = NULL;
        StoreOpening opening;
        size_t n;

        store_close(folder_open(folder));
        mon_auto_free char *bytes = read_file(folder->database, &n);
        memset(bytes + 100, 0x5a, n - 100);
        write_file(folder->database, bytes, n);
        write_file(wal, "not a wal", 9);
        folder_must(store_open(folder->database, FOLDER_NOW, &store, &opening, NULL));
        mon_auto_free char *moved = mon_printf("%s-wal", opening.set_aside);
        assert_int_equal(access(moved, F_OK), 0);
        free(opening.set_aside);
        store_close(store);
}

static void a_wal_left_alone_is_kept(void **state) {
        Folder *folder = *state;
        mon_auto_free char *wal = mon_printf("%s-wal", folder->database);
        Store *store = NULL;
        StoreOpening opening;

        write_file(wal, "what a crash left", 17);
        folder_must(store_open(folder->database, FOLDER_NOW, &store, &opening, NULL));
        assert_non_null(opening.set_aside);
        mon_auto_free char *moved = mon_printf("%s-wal", opening.set_aside);
        assert_int_equal(access(moved, F_OK), 0);
        free(opening.set_aside);
        store_close(store);
}

static void setting_aside_ends_where_names_do(void **state) {
        Folder *folder = *state;
        mon_auto_error Error error = {0};
        char *moved = NULL;

        for (int i = 0; i < STORE_SET_ASIDE_MAX; i++) {
                write_file(folder->database, "x", 1);
                folder_must(store_set_aside(folder->database, FOLDER_NOW, &moved, NULL));
                free(moved);
        }
        write_file(folder->database, "x", 1);
        assert_int_equal(store_set_aside(folder->database, FOLDER_NOW, &moved, &error), -EEXIST);
        assert_int_equal(access(folder->database, F_OK), 0);
        assert_non_null(strstr(error_text(&error), "set aside"));
        assert_int_equal(folder_count(folder, "mond.db.corrupt-", ""), STORE_SET_ASIDE_MAX);
}

/* --- migrations -------------------------------------------------------------------------------------------------- */

static void migrations_go_forward_whole_or_not_at_all(void **state) {
        Folder *folder = *state;
        static const char *const steps[] = {
                "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);",
                "ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x;",
                "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO a VALUES ('wrong', 'type');",
        };
        sqlite3 *db;
        int version;

        assert_int_equal(sqlite3_open(folder->database, &db), SQLITE_OK);
        assert_int_equal(migrate_run(db, steps, 1), SQLITE_OK);
        assert_int_equal(migrate_run(db, steps, 2), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "SELECT y FROM a WHERE x = 7", NULL, NULL, NULL), SQLITE_OK);
        assert_int_not_equal(migrate_run(db, steps, 3), SQLITE_OK);
        assert_int_equal(migrate_version(db, &version), SQLITE_OK);
        assert_int_equal(version, 2);
        assert_int_not_equal(sqlite3_exec(db, "SELECT * FROM b", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(migrate_run(db, steps, 2), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A database as version 1 left it: it opens, and says what it said. */
static void version_1_still_opens(void **state) {
        Folder *folder = *state;
        sqlite3 *db;
        TargetState loaded;
        Verdict last;

        assert_int_equal(sqlite3_open(folder->database, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "PRAGMA application_id = 1836019300;", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(migrate_run(db, store_migrations, 1), SQLITE_OK);
        assert_int_equal(
                sqlite3_exec(
                        db,
                        "INSERT INTO target VALUES (1, 'old', 'http', 'Vieux', 'Old', 1, 0, 1000, 140000);"
                        "INSERT INTO checks (target, at_ms, speaks_ms, verdict, cause) VALUES (1, 1000, 140000, 1, 1);"
                        "INSERT INTO state VALUES "
                        "(1,1,1,1000,1,1000,0,0,NULL,0,NULL,1000,1000,0,1,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,1,1)",
                        NULL, NULL, NULL),
                SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        Store *store = folder_open(folder);
        folder_must(store_load_state(store, "old", &loaded, &last));
        assert_int_equal(loaded.state, VERDICT_UP);
        assert_int_equal(last, VERDICT_UP);
        target_state_fini(&loaded);
        store_close(store);
}

/* A process that writes and is killed at a random moment; what it said was committed is there, and all is sound. */
static void writer_of(const Folder *folder, int fd) {
        Store *store = NULL;
        StoreOpening opening;

        if (store_open(folder->database, FOLDER_NOW, &store, &opening, NULL) != 0)
                _exit(1);
        for (int64_t i = 1;; i++) {
                folder_must(store_begin(store));
                folder_put_check(store, "a", FOLDER_NOW + i * SEC, VERDICT_UP, CAUSE_OK);
                folder_must(store_commit(store, i % 4 == 0));
                if (write(fd, &i, sizeof i) != sizeof i)
                        _exit(1);
        }
}

static void killed_at_any_moment_nothing_committed_is_lost(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        int64_t said, before = 0;

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        store_close(store);
        for (int round = 0; round < 12; round++) {
                int pipes[2];
                assert_int_equal(pipe(pipes), 0);
                pid_t child = fork();
                assert_true(child >= 0);
                if (child == 0) {
                        (void)close(pipes[0]);
                        writer_of(folder, pipes[1]);
                }
                (void)close(pipes[1]);
                for (int i = 0; i < 20 + round * 37; i++)
                        assert_int_equal(read(pipes[0], &said, sizeof said), sizeof said);
                assert_int_equal(kill(child, SIGKILL), 0);
                while (read(pipes[0], &said, sizeof said) == sizeof said)
                        ;
                (void)close(pipes[0]);
                assert_int_equal(waitpid(child, NULL, 0), child);
                store = folder_open(folder);
                int64_t rows = count_of(store, "SELECT count(*) FROM checks");
                assert_true(rows - before == said || rows - before == said + 1);
                before = rows;
                assert_int_equal(
                        count_of(store, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
                store_close(store);
        }
}

/* --- read-only ---------------------------------------------------------------------------------------------------- */

static void readers_see_commits_while_it_is_written(void **state) {
        Folder *folder = *state;
        Store *writer = folder_open(folder);
        StorePage page = store_page_all();
        int n = 0;

        folder_put_targets(writer, "a", NULL, FOLDER_NOW);
        Store *reader = open_for_reading(folder);
        page.target = "a";
        folder_must(store_begin(writer));
        folder_put_check(writer, "a", FOLDER_NOW, VERDICT_UP, CAUSE_OK);
        folder_must(store_each_check(reader, &page, count_row, &n));
        assert_int_equal(n, 0);
        folder_must(store_commit(writer, false));
        folder_must(store_each_check(reader, &page, count_row, &n));
        assert_int_equal(n, 1);
        assert_int_equal(store_begin(reader), -EROFS);
        store_close(reader);
        store_close(writer);
}

/* In a process of its own without root's powers over permissions. */
static int read_as_nobody(const Folder *folder) {
        pid_t child = fork();
        int status;

        assert_true(child >= 0);
        if (child == 0) {
                Store *store = NULL;
                StorePage page = store_page_all();
                int n = 0;
                if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
                        _exit(100);
                page.target = "a";
                if (store_open_read_only(folder->database, &store, NULL) != 0)
                        _exit(101); /* nothing else gives this */
                if (store_each_check(store, &page, count_row, &n) != 0)
                        _exit(102);
                store_close(store);
                _exit(n);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static void a_copy_is_read_where_nothing_can_be_made(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        mon_auto_free char *wal = mon_printf("%s-wal", folder->database);
        mon_auto_free char *shm = mon_printf("%s-shm", folder->database);
        size_t n, n_wal;

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        folder_must(store_begin(store));
        folder_put_check(store, "a", FOLDER_NOW, VERDICT_UP, CAUSE_OK);
        folder_put_check(store, "a", FOLDER_NOW + SEC, VERDICT_UP, CAUSE_OK);
        folder_must(store_commit(store, true));
        mon_auto_free char *db_bytes = read_file(folder->database, &n);
        mon_auto_free char *wal_bytes = read_file(wal, &n_wal);
        assert_true(n_wal > 0);
        store_close(store);
        /* As a crash or a copy with its -wal leaves it. */
        write_file(folder->database, db_bytes, n);
        write_file(wal, wal_bytes, n_wal);
        (void)unlink(shm);
        assert_int_equal(chmod(folder->database, 0444), 0);
        assert_int_equal(chmod(wal, 0444), 0);
        assert_int_equal(chmod(folder->path, 0555), 0);
        assert_int_equal(read_as_nobody(folder), 2);
        /* Whole, without its -wal. */
        (void)unlink(wal);
        (void)unlink(shm);
        assert_int_equal(chmod(folder->path, 0700), 0);
        assert_int_equal(chmod(folder->database, 0600), 0);
        write_file(wal, wal_bytes, n_wal);
        store_close(folder_open(folder));
        assert_int_equal(chmod(folder->database, 0444), 0);
        assert_int_equal(chmod(folder->path, 0555), 0);
        assert_int_equal(access(wal, F_OK), -1);
        assert_int_equal(read_as_nobody(folder), 2);
        assert_int_equal(chmod(folder->database, 0), 0);
        if (getuid() == 0)
                assert_int_equal(read_as_nobody(folder), 101);
}

static void one_that_cannot_be_written_is_refused(void **state) {
        Folder *folder = *state;
        int status;

        store_close(folder_open(folder));
        assert_int_equal(chmod(folder->database, 0444), 0);
        assert_int_equal(chmod(folder->path, 0755), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                Store *store = NULL;
                StoreOpening opening;
                if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
                        _exit(1);
                _exit(store_open(folder->database, FOLDER_NOW, &store, &opening, NULL) == -EACCES ? 0 : 2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, make, unmake)

int main(void) {
        const struct CMUnitTest tests[] = {
                in_folder(a_new_database_is_private_and_opens_again),
                in_folder(strangers_and_newer_ones_are_left_alone),
                in_folder(a_newer_version_is_seen_in_the_wal_too),
                in_folder(a_folder_or_a_missing_folder_is_an_error),
                in_folder(a_pipe_is_no_database),
                in_folder(our_own_corrupt_one_is_set_aside),
                in_folder(what_is_broken_inside_is_told_when_it_is_met),
                in_folder(the_wal_goes_with_a_corrupt_database),
                in_folder(a_wal_left_alone_is_kept),
                in_folder(setting_aside_ends_where_names_do),
                in_folder(migrations_go_forward_whole_or_not_at_all),
                in_folder(version_1_still_opens),
                in_folder(killed_at_any_moment_nothing_committed_is_lost),
                in_folder(readers_see_commits_while_it_is_written),
                in_folder(a_copy_is_read_where_nothing_can_be_made),
                in_folder(one_that_cannot_be_written_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
