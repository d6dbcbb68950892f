/* The database as a file: made, opened again, foreign, newer, corrupt, read-only, busy, full; and what is written read
 * back. */
#include "daemon/store/rows.h"
#include "daemon/store/store.h"

#include "daemon/base/text.h"
#include "daemon/store/db.h"
#include "daemon/store/migrate.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW (INT64_C(1767225600) * NSEC_PER_SEC) /* 2026-01-01 */
#define SEC NSEC_PER_SEC

typedef struct Place {
        char folder[64];
        char path[96];
} Place;

static int make_place(void **state) {
        Place *place = mon_new(Place);

        (void)snprintf(place->folder, sizeof place->folder, "/tmp/mond-test-store-XXXXXX");
        if (!mkdtemp(place->folder))
                return -1;
        (void)snprintf(place->path, sizeof place->path, "%s/mond.db", place->folder);
        *state = place;
        return 0;
}

static int remove_place(void **state) {
        Place *place = *state;
        char command[128];

        (void)chmod(place->folder, 0700);
        (void)snprintf(command, sizeof command, "rm -rf %s", place->folder);
        int r = system(command);
        free(place);
        return r;
}

static Store *open_store(const Place *place) {
        Store *store = NULL;
        StoreOpening opening;
        mon_auto_error Error error = {0};

        int r = store_open(place->path, NOW, &store, &opening, &error);
        if (r != 0)
                print_error("%d %s\n", r, error_text(&error));
        assert_int_equal(r, 0);
        assert_null(opening.set_aside);
        return store;
}

static Store *open_for_reading(const Place *place) {
        Store *store = NULL;
        mon_auto_error Error error = {0};

        int r = store_open_read_only(place->path, &store, &error);
        if (r != 0)
                print_error("%d %s\n", r, error_text(&error));
        assert_int_equal(r, 0);
        return store;
}

static void must(int r) {
        if (r != 0)
                print_error("result %d\n", r);
        assert_int_equal(r, 0);
}

static void put_targets(Store *store, const char *a, const char *b, Nsec at_real) {
        Target one = {.id = (char *)a, .title = {.in = {(char *)"Un", (char *)"One"}}};
        Target two = {.id = (char *)b};
        Target *targets[] = {&one, &two};

        must(store_begin(store));
        must(store_put_targets(store, targets, b ? 2 : 1, at_real));
        must(store_commit(store, true));
}

static int64_t put_check(Store *store, const char *target, Nsec at_real, Verdict verdict, Cause cause) {
        mon_cleanup(observation_free_p) Observation *seen = observation_new(at_real, 0);
        int64_t check;

        observation_judge(seen, verdict, cause, NULL);
        must(store_put_check(store, target, seen, at_real + 140 * SEC, &check));
        return check;
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

static int count_files(const char *folder, const char *word) {
        mon_auto_free char *command = mon_printf("ls %s | grep -c -- '%s' > %s/count", folder, word, folder);
        mon_auto_free char *name = mon_printf("%s/count", folder);
        size_t n;

        int r = system(command);
        (void)r;
        mon_auto_free char *text = read_file(name, &n);
        (void)unlink(name);
        return (int)strtol(text, NULL, 10);
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

static void a_new_database_is_private_and_opens_again(void **state) {
        const Place *place = *state;
        Store *store = NULL;
        StoreOpening opening;
        struct stat st;

        must(store_open(place->path, NOW, &store, &opening, NULL));
        assert_true(opening.created);
        assert_int_equal(stat(place->path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        put_targets(store, "a", NULL, NOW);
        store_close(store);
        must(store_open(place->path, NOW, &store, &opening, NULL));
        assert_false(opening.created);
        store_close(store);
}

static void expect_untouched(const Place *place, const void *bytes, size_t n, int expected) {
        mon_auto_error Error error = {0};
        Store *store = NULL;
        StoreOpening opening;
        size_t n_after;

        write_file(place->path, bytes, n);
        assert_int_equal(store_open(place->path, NOW, &store, &opening, &error), expected);
        assert_non_null(strstr(error_text(&error), place->path));
        mon_auto_free char *after = read_file(place->path, &n_after);
        assert_int_equal(n_after, n);
        assert_memory_equal(after, bytes, n);
        assert_int_equal(count_files(place->folder, "mond.db"), 1);
        error_fini(&error);
        assert_int_equal(store_open_read_only(place->path, &store, &error), expected);
}

static void strangers_and_newer_ones_are_left_alone(void **state) {
        const Place *place = *state;
        char text[600];
        size_t n;

        memset(text, 'x', sizeof text);
        expect_untouched(place, "short", 5, STORE_E_FOREIGN);
        expect_untouched(place, text, sizeof text, STORE_E_FOREIGN);
        (void)unlink(place->path);
        sql(place->path, "CREATE TABLE t (x); INSERT INTO t VALUES (1);");
        mon_auto_free char *other = read_file(place->path, &n);
        expect_untouched(place, other, n, STORE_E_FOREIGN);
        (void)unlink(place->path);
        store_close(open_store(place));
        sql(place->path, "PRAGMA user_version = 99;");
        mon_auto_free char *newer = read_file(place->path, &n);
        expect_untouched(place, newer, n, STORE_E_NEWER);
}

static void a_newer_version_is_seen_in_the_wal_too(void **state) {
        const Place *place = *state;
        sqlite3 *db;
        Store *store = NULL;
        StoreOpening opening;
        size_t n, n_after;

        store_close(open_store(place));
        mon_auto_free char *before = read_file(place->path, &n);
        assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 99", 0, 0, 0), 0);
        assert_int_equal(store_open(place->path, NOW, &store, &opening, NULL), STORE_E_NEWER);
        mon_auto_free char *after = read_file(place->path, &n_after);
        assert_int_equal(n, n_after);
        assert_memory_equal(before, after, n);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_folder_or_a_missing_folder_is_an_error(void **state) {
        const Place *place = *state;
        mon_auto_free char *missing = mon_printf("%s/no/mond.db", place->folder);
        mon_auto_error Error error = {0};
        Store *store = NULL;
        StoreOpening opening;

        assert_int_equal(store_open(place->folder, NOW, &store, &opening, &error), -EISDIR);
        assert_int_equal(store_open(missing, NOW, &store, &opening, NULL), -ENOENT);
        assert_int_equal(store_open_read_only(missing, &store, NULL), -ENOENT);
}

static void expect_set_aside(const Place *place, const char *how) {
        Store *store = NULL;
        StoreOpening opening;
        mon_auto_error Error error = {0};

        int r = store_open(place->path, NOW, &store, &opening, &error);
        if (r != 0)
                print_error("%s: %d %s\n", how, r, error_text(&error));
        assert_int_equal(r, 0);
        assert_true(opening.created);
        assert_non_null(opening.set_aside);
        assert_non_null(strstr(opening.set_aside, "mond.db.corrupt-20260101T000000Z"));
        assert_int_equal(access(opening.set_aside, F_OK), 0);
        put_targets(store, "fresh", NULL, NOW);
        store_close(store);
        free(opening.set_aside);
}

static void our_own_corrupt_one_is_set_aside(void **state) {
        const Place *place = *state;
        size_t n;

        Store *store = open_store(place);
        put_targets(store, "a", "b", NOW);
        must(store_begin(store));
        for (int i = 0; i < 2000; i++)
                put_check(store, "a", NOW + i * SEC, VERDICT_UP, CAUSE_OK);
        must(store_commit(store, false));
        store_close(store);
        mon_auto_free char *sound = read_file(place->path, &n);
        mon_auto_free char *broken = mon_calloc(n, 1);

        memcpy(broken, sound, n); /* the magic word is gone, the application's is there */
        memset(broken, 0, 16);
        write_file(place->path, broken, n);
        expect_set_aside(place, "magic");
        write_file(place->path, sound, n / 2 / 4096 * 4096);
        expect_set_aside(place, "cut");
        memcpy(broken, sound, n); /* everything after the header */
        memset(broken + 100, 0x5a, n - 100);
        write_file(place->path, broken, n);
        expect_set_aside(place, "schema");
        memcpy(broken, sound, n); /* every page but the first */
        memset(broken + 4096, 0x5a, n - 4096);
        write_file(place->path, broken, n);
        expect_set_aside(place, "pages");
        assert_int_equal(count_files(place->folder, "corrupt-20260101T000000Z\\(-[2-4]\\)\\?$"), 4);
}

static void the_wal_goes_with_a_corrupt_database(void **state) {
        const Place *place = *state;
        mon_auto_free char *wal = mon_printf("%s-wal", place->path);
        Store *store = NULL;
        StoreOpening opening;
        size_t n;

        store_close(open_store(place));
        mon_auto_free char *bytes = read_file(place->path, &n);
        memset(bytes + 100, 0x5a, n - 100);
        write_file(place->path, bytes, n);
        write_file(wal, "not a wal", 9);
        must(store_open(place->path, NOW, &store, &opening, NULL));
        mon_auto_free char *moved = mon_printf("%s-wal", opening.set_aside);
        assert_int_equal(access(moved, F_OK), 0);
        free(opening.set_aside);
        store_close(store);
}

static void a_wal_left_alone_is_kept(void **state) {
        const Place *place = *state;
        mon_auto_free char *wal = mon_printf("%s-wal", place->path);
        Store *store = NULL;
        StoreOpening opening;

        write_file(wal, "what a crash left", 17);
        must(store_open(place->path, NOW, &store, &opening, NULL));
        assert_non_null(opening.set_aside);
        mon_auto_free char *moved = mon_printf("%s-wal", opening.set_aside);
        assert_int_equal(access(moved, F_OK), 0);
        free(opening.set_aside);
        store_close(store);
}

/* --- migrations -------------------------------------------------------------------------------------------------- */

static void migrations_go_forward_whole_or_not_at_all(void **state) {
        const Place *place = *state;
        static const char *const steps[] = {
                "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);",
                "ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x;",
                "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO a VALUES ('wrong', 'type');",
        };
        sqlite3 *db;
        int version;

        assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
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
        const Place *place = *state;
        sqlite3 *db;
        TargetState loaded;
        Verdict last;

        assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "PRAGMA application_id = 1836019300;", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(migrate_run(db, store_migrations, 1), SQLITE_OK);
        assert_int_equal(
                sqlite3_exec(
                        db,
                        "INSERT INTO target VALUES (1, 'old', 'http', 'Vieux', 'Old', 1, 0, 1000, 140000);"
                        "INSERT INTO checks (target, at_ms, speaks_ms, verdict, cause) VALUES (1, 1000, 140000, 1, 1);"
                        "INSERT INTO state VALUES "
                        "(1,1,1,1000,1,1000,0,0,NULL,0,NULL,1000,1000,0,1,0,NULL,0,NULL,NULL,1,1)",
                        NULL, NULL, NULL),
                SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        Store *store = open_store(place);
        must(store_load_state(store, "old", &loaded, &last));
        assert_int_equal(loaded.state, VERDICT_UP);
        assert_int_equal(last, VERDICT_UP);
        target_state_fini(&loaded);
        store_close(store);
}

/* --- reading and writing ------------------------------------------------------------------------------------------ */

static void state_comes_back_as_it_was(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        TargetState put, got;
        Verdict last;

        put_targets(store, "a", "b", NOW);
        assert_int_equal(store_load_state(store, "a", &got, &last), STORE_E_NOT_FOUND);
        target_state_init(&put);
        put.state = VERDICT_MAINTENANCE;
        put.cause = CAUSE_BANNER;
        put.since_at_real = NOW - 60 * SEC;
        put.confirmed = VERDICT_MAINTENANCE;
        put.confirmed_since_at_real = NOW - 60 * SEC;
        put.run_class = CLASS_AVAILABLE;
        put.run_length = 1;
        put.run_began_at_real = NOW;
        put.last_check_at_real = NOW;
        put.last_counted_at_real = NOW;
        put.history = UINT64_MAX - 5;
        put.history_length = 64;
        put.flapping = true;
        put.incident = 3;
        put.banner_text = mon_strdup("Le site est en maintenance.");
        must(store_begin(store));
        put_check(store, "a", NOW, VERDICT_UP, CAUSE_OK);
        must(store_put_state(store, "a", &put));
        must(store_put_state(store, "a", &put));
        must(store_commit(store, false));
        store_close(store);
        store = open_store(place);
        must(store_load_state(store, "a", &got, &last));
        assert_int_equal(last, VERDICT_UP);
        assert_int_equal(got.state, put.state);
        assert_int_equal(got.since_at_real, put.since_at_real);
        assert_int_equal(got.run_class, put.run_class);
        assert_int_equal(got.run_began_at_real, put.run_began_at_real);
        assert_int_equal(got.not_observed_since_at_real, NSEC_UNKNOWN);
        assert_int_equal(got.history, put.history);
        assert_true(got.flapping);
        assert_int_equal(got.incident, 3);
        assert_string_equal(got.banner_text, put.banner_text);
        assert_null(got.notice_text);
        target_state_fini(&put);
        target_state_fini(&got);
        store_close(store);
}

static void incidents_and_runs_come_back(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        Incident incident = {
                .kind = SUBJECT_TARGET,
                .subject = (char *)"a",
                .state = VERDICT_DOWN,
                .worst = VERDICT_DOWN,
                .cause = CAUSE_HTTP_5XX,
                .opened_at_real = NOW,
                .confirmed_at_real = NOW + SEC,
                .closed_at_real = NSEC_UNKNOWN,
        };
        mon_cleanup(incident_fini) Incident got = {0};
        int64_t run;
        Nsec ended;
        bool orderly;

        must(store_last_run(store, &ended, &orderly));
        assert_int_equal(ended, NSEC_UNKNOWN);
        must(store_begin(store));
        must(store_next_incident_id(store, &incident.id));
        assert_int_equal(incident.id, 1);
        must(store_put_incident(store, &incident));
        incident.closed_at_real = NOW + 60 * SEC;
        must(store_put_incident(store, &incident));
        must(store_put_incident_line(store, 1, NOW, "opened", VERDICT_DOWN, CAUSE_HTTP_5XX, NULL));
        must(store_next_incident_id(store, &incident.id));
        assert_int_equal(incident.id, 2);
        must(store_begin_run(store, NOW, "0", 1, 2, &run));
        must(store_mark_alive(store, run, NOW + 5 * SEC));
        must(store_commit(store, true));
        must(store_load_incident(store, 1, &got));
        assert_int_equal(got.closed_at_real, NOW + 60 * SEC);
        assert_int_equal(store_load_incident(store, 2, &got), STORE_E_NOT_FOUND);
        must(store_last_run(store, &ended, &orderly));
        assert_int_equal(ended, NOW + 5 * SEC);
        assert_false(orderly);
        must(store_begin(store));
        must(store_end_run(store, run, NOW + 9 * SEC));
        must(store_commit(store, true));
        must(store_last_run(store, &ended, &orderly));
        assert_int_equal(ended, NOW + 9 * SEC);
        assert_true(orderly);
        store_close(store);
}

static int count_row(void *userdata, const StoreCheckRow *row) {
        (void)row;
        ++*(int *)userdata;
        return 0;
}

static int count_target(void *userdata, const StoreTargetRow *row) {
        (void)row;
        ++*(int *)userdata;
        return 0;
}

static void history_outlives_the_configuration(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        StorePage page = store_page_all();
        AccountTotals totals;
        int checks = 0, targets = 0;

        put_targets(store, "a", "b", NOW);
        must(store_begin(store));
        put_check(store, "b", NOW, VERDICT_UP, CAUSE_OK);
        must(store_commit(store, false));
        put_targets(store, "a", NULL, NOW + 50 * SEC);
        page.target = "b";
        must(store_each_check(store, &page, count_row, &checks));
        must(store_each_target(store, NULL, count_target, &targets));
        assert_int_equal(checks, 1);
        assert_int_equal(targets, 1);
        /* Out of the configuration nobody looks, although the check would speak for 140 s. */
        must(store_account(store, "b", NOW / NSEC_PER_MSEC, NOW / NSEC_PER_MSEC + 100000, INT64_MAX, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 50000);
        put_targets(store, "b", "a", NOW + 60 * SEC);
        must(store_begin(store));
        put_check(store, "b", NOW + 70 * SEC, VERDICT_UP, CAUSE_OK);
        must(store_commit(store, false));
        must(store_account(store, "b", NOW / NSEC_PER_MSEC, NOW / NSEC_PER_MSEC + 100000, INT64_MAX, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 80000);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 20000);
        assert_int_equal(store_account(store, "c", 0, 1, 1, 0, &totals), STORE_E_NOT_FOUND);
        assert_int_equal(store_account(store, "b", NOW / NSEC_PER_MSEC, INT64_MAX, INT64_MAX, 1, &totals),
                         STORE_E_BOUND);
        store_close(store);
}

static int64_t count_of(Store *store, const char *text) {
        sqlite3_stmt *statement;

        assert_int_equal(sqlite3_prepare_v2(store->db, text, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        int64_t n = sqlite3_column_int64(statement, 0);
        (void)sqlite3_finalize(statement);
        return n;
}

static Observation *page_seen(Nsec at_real, const char *body) {
        Observation *seen = observation_new(at_real, 0);
        Hop *hop = observation_add_hop(seen, "https://www.example.org/", 1 << 20, at_real);

        observation_judge(seen, VERDICT_MAINTENANCE, CAUSE_BANNER, "a \"detail\"");
        must(buf_append_text(&hop->body, body));
        hop->http_status = 200;
        hop->request = mon_strdup("GET / HTTP/1.1\r\n\r\n");
        hop->response = mon_strdup("HTTP/1.1 200 OK\r\n\r\n");
        seen->http_status = 200;
        seen->bytes = (int64_t)strlen(body);
        seen->has_body = seen->has_certificate = true;
        sha256_of(body, strlen(body), &seen->body_sha256);
        seen->lexicon_hash = 77;
        seen->banner_text = mon_strdup("Site en maintenance");
        seen->banner_rule = mon_strdup("fr.maintenance");
        observation_assert(seen, true, "contains \"x\"");
        return seen;
}

static void put_page(Store *store, Nsec at_real, const char *body) {
        mon_cleanup(observation_free_p) Observation *seen = page_seen(at_real, body);
        int64_t check;

        must(store_put_check(store, "a", seen, at_real + 140 * SEC, &check));
        must(store_put_hops(store, check, seen));
        must(store_put_banner(store, "a", seen->banner_text, seen->banner_rule, at_real));
}

static void bodies_are_kept_once_and_expire_with_their_last_use(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        bool more = true;
        char big[4001];

        memset(big, 'm', sizeof big - 1);
        big[sizeof big - 1] = '\0';
        put_targets(store, "a", NULL, NOW);
        must(store_begin(store));
        put_page(store, NOW, big);
        put_page(store, NOW + 60 * SEC, big);
        put_page(store, NOW + 120 * SEC, "other");
        must(store_commit(store, true));
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 2);
        assert_int_equal(count_of(store, "SELECT sum(packed) FROM blob"), 1);
        assert_int_equal(count_of(store, "SELECT size FROM blob WHERE packed = 1"), 4000);
        assert_int_equal(count_of(store, "SELECT count(*) FROM certificate"), 1);
        assert_int_equal(count_of(store, "SELECT times FROM banner"), 3);
        must(store_begin(store));
        must(store_expire(store, NOW + SEC, NOW + SEC, 100, &more));
        assert_false(more);
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 2);
        assert_int_equal(count_of(store, "SELECT count(*) FROM hop"), 2);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 2);
        must(store_expire(store, NOW + SEC, NOW + 61 * SEC, 100, &more));
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 2);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 1);
        for (more = true; more;)
                must(store_expire(store, NOW + 1000 * SEC, NOW, 1, &more));
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 0);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 0);
        assert_int_equal(count_of(store, "SELECT count(*) FROM assertion"), 0);
        must(store_commit(store, false));
        store_close(store);
}

static void a_transition_holds_from_its_check_on(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        AccountTotals totals;

        put_targets(store, "a", NULL, NOW);
        must(store_begin(store));
        put_check(store, "a", NOW, VERDICT_UP, CAUSE_OK);
        must(store_put_transition(store, "a", &(Transition){VERDICT_UNKNOWN, VERDICT_UP, CAUSE_OK, NOW, NOW}));
        put_check(store, "a", NOW + 60 * SEC, VERDICT_DOWN, CAUSE_HTTP_5XX);
        put_check(store, "a", NOW + 90 * SEC, VERDICT_DOWN, CAUSE_HTTP_5XX);
        must(store_put_transition(
                store, "a", &(Transition){VERDICT_UP, VERDICT_DOWN, CAUSE_HTTP_5XX, NOW + 60 * SEC, NOW + 90 * SEC}));
        put_check(store, "a", NOW + 120 * SEC, VERDICT_DOWN, CAUSE_HTTP_5XX);
        must(store_commit(store, false));
        int64_t from = NOW / NSEC_PER_MSEC;
        must(store_account(store, "a", from, from + 150000, from + 150000, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 60000);
        assert_int_equal(totals.ms[VERDICT_DOWN], 90000);
        assert_int_equal(totals.unconfirmed_ms, 0);
        /* A slice that begins inside knows what was confirmed before it. */
        must(store_account(store, "a", from + 100000, from + 150000, from + 150000, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_DOWN], 50000);
        store_close(store);
}

static void time_is_accounted_through_stops_and_steps(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        AccountTotals totals;
        int64_t run, gap, from = NOW / NSEC_PER_MSEC;

        put_targets(store, "a", NULL, NOW);
        must(store_begin(store));
        must(store_begin_run(store, NOW, "0", 0, 0, &run));
        put_check(store, "a", NOW, VERDICT_UP, CAUSE_OK);
        must(store_put_gap(store, "a", NOW + 30 * SEC, NSEC_NEVER, CAUSE_PAUSED, NULL, &gap));
        must(store_close_gap(store, "a", CAUSE_PAUSED, NOW + 40 * SEC));
        put_check(store, "a", NOW + 50 * SEC, VERDICT_UP, CAUSE_OK);
        /* The clock steps back by 30 s and the looks go on. */
        must(store_put_gap(store, NULL, NOW + 80 * SEC, NOW + 80 * SEC, CAUSE_LOCAL_FAULT, NULL, &gap));
        put_check(store, "a", NOW + 60 * SEC, VERDICT_DEGRADED, CAUSE_SLOW);
        put_check(store, "a", NOW + 90 * SEC, VERDICT_DEGRADED, CAUSE_SLOW);
        must(store_end_run(store, run, NOW + 100 * SEC));
        must(store_commit(store, true));
        must(store_account(store, "a", from, from + 200000, from + 200000, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 30000 + 30000);
        assert_int_equal(totals.ms[VERDICT_DEGRADED], 20000);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 20000 + 100000);
        store_close(store);
}

/* --- trouble ------------------------------------------------------------------------------------------------------ */

static void a_busy_database_is_told_at_once(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        sqlite3 *other;

        put_targets(store, "a", NULL, NOW);
        assert_int_equal(sqlite3_open(place->path, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(store_begin(store), -EBUSY);
        assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
        must(store_begin(store));
        put_check(store, "a", NOW, VERDICT_UP, CAUSE_OK);
        must(store_commit(store, true));
        assert_int_equal(sqlite3_close(other), SQLITE_OK);
        store_close(store);
}

static void a_full_disk_undoes_the_transaction_and_recovers(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        mon_cleanup(observation_free_p) Observation *seen = observation_new(NOW, 0);
        int64_t check, pages;
        int r = 0;

        put_targets(store, "a", NULL, NOW);
        pages = count_of(store, "PRAGMA page_count");
        mon_auto_free char *limit = mon_printf("PRAGMA max_page_count = %d", (int)pages + 2);
        assert_int_equal(sqlite3_exec(store->db, limit, NULL, NULL, NULL), SQLITE_OK);
        must(store_begin(store));
        for (int i = 0; i < 100000 && r == 0; i++) {
                seen->at_real = NOW + i * SEC;
                r = store_put_check(store, "a", seen, NOW + i * SEC, &check);
        }
        assert_int_equal(r, -ENOSPC);
        assert_int_equal(store_commit(store, false), -ENOSPC);
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 0);
        assert_int_equal(sqlite3_exec(store->db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL), SQLITE_OK);
        must(store_begin(store));
        must(store_put_check(store, "a", seen, NOW, &check));
        must(store_commit(store, true));
        store_close(store);
}

static void an_unknown_target_spoils_the_transaction(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        mon_cleanup(observation_free_p) Observation *seen = observation_new(NOW, 0);
        int64_t check;

        must(store_begin(store));
        assert_int_equal(store_put_check(store, "nobody", seen, NOW, &check), -ENOENT);
        store_rollback(store);
        store_close(store);
}

/* A process that writes and is killed at a random moment; what it said was committed is there, and all is sound. */
static void writer_of(const Place *place, int fd) {
        Store *store = NULL;
        StoreOpening opening;

        if (store_open(place->path, NOW, &store, &opening, NULL) != 0)
                _exit(1);
        for (int64_t i = 1;; i++) {
                must(store_begin(store));
                put_check(store, "a", NOW + i * SEC, VERDICT_UP, CAUSE_OK);
                must(store_commit(store, i % 4 == 0));
                if (write(fd, &i, sizeof i) != sizeof i)
                        _exit(1);
        }
}

static void killed_at_any_moment_nothing_committed_is_lost(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);
        int64_t said, before = 0;

        put_targets(store, "a", NULL, NOW);
        store_close(store);
        for (int round = 0; round < 12; round++) {
                int pipes[2];
                assert_int_equal(pipe(pipes), 0);
                pid_t child = fork();
                assert_true(child >= 0);
                if (child == 0) {
                        (void)close(pipes[0]);
                        writer_of(place, pipes[1]);
                }
                (void)close(pipes[1]);
                for (int i = 0; i < 20 + round * 37; i++)
                        assert_int_equal(read(pipes[0], &said, sizeof said), sizeof said);
                assert_int_equal(kill(child, SIGKILL), 0);
                while (read(pipes[0], &said, sizeof said) == sizeof said)
                        ;
                (void)close(pipes[0]);
                assert_int_equal(waitpid(child, NULL, 0), child);
                store = open_store(place);
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
        const Place *place = *state;
        Store *writer = open_store(place);
        StorePage page = store_page_all();
        int n = 0;

        put_targets(writer, "a", NULL, NOW);
        Store *reader = open_for_reading(place);
        page.target = "a";
        must(store_begin(writer));
        put_check(writer, "a", NOW, VERDICT_UP, CAUSE_OK);
        must(store_each_check(reader, &page, count_row, &n));
        assert_int_equal(n, 0);
        must(store_commit(writer, false));
        must(store_each_check(reader, &page, count_row, &n));
        assert_int_equal(n, 1);
        assert_int_equal(store_begin(reader), -EROFS);
        store_close(reader);
        store_close(writer);
}

/* In a process of its own without root's powers over permissions. */
static int read_as_nobody(const Place *place) {
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
                if (store_open_read_only(place->path, &store, NULL) != 0)
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
        const Place *place = *state;
        Store *store = open_store(place);
        mon_auto_free char *wal = mon_printf("%s-wal", place->path);
        mon_auto_free char *shm = mon_printf("%s-shm", place->path);
        size_t n, n_wal;

        put_targets(store, "a", NULL, NOW);
        must(store_begin(store));
        put_check(store, "a", NOW, VERDICT_UP, CAUSE_OK);
        put_check(store, "a", NOW + SEC, VERDICT_UP, CAUSE_OK);
        must(store_commit(store, true));
        mon_auto_free char *db_bytes = read_file(place->path, &n);
        mon_auto_free char *wal_bytes = read_file(wal, &n_wal);
        assert_true(n_wal > 0);
        store_close(store);
        /* As a crash or a copy with its -wal leaves it. */
        write_file(place->path, db_bytes, n);
        write_file(wal, wal_bytes, n_wal);
        (void)unlink(shm);
        assert_int_equal(chmod(place->path, 0444), 0);
        assert_int_equal(chmod(wal, 0444), 0);
        assert_int_equal(chmod(place->folder, 0555), 0);
        assert_int_equal(read_as_nobody(place), 2);
        /* Whole, without its -wal. */
        (void)unlink(wal);
        (void)unlink(shm);
        assert_int_equal(chmod(place->folder, 0700), 0);
        assert_int_equal(chmod(place->path, 0600), 0);
        write_file(wal, wal_bytes, n_wal);
        store_close(open_store(place));
        assert_int_equal(chmod(place->path, 0444), 0);
        assert_int_equal(chmod(place->folder, 0555), 0);
        assert_int_equal(access(wal, F_OK), -1);
        assert_int_equal(read_as_nobody(place), 2);
        assert_int_equal(chmod(place->path, 0), 0);
        if (getuid() == 0)
                assert_int_equal(read_as_nobody(place), 101);
}

static void statements_fit_their_table(void **state) {
        const Place *place = *state;
        Store *store = open_store(place);

        put_targets(store, "a", NULL, NOW);
        assert_true(store->n_statements <= STORE_STATEMENTS_MAX);
        assert_true(count_of(store, "PRAGMA cache_size") == -STORE_CACHE_KIB);
        assert_int_equal(count_of(store, "PRAGMA journal_size_limit"), STORE_WAL_KEPT_MAX);
        assert_int_equal(count_of(store, "PRAGMA wal_autocheckpoint"), STORE_WAL_PAGES);
        assert_int_equal(count_of(store, "PRAGMA foreign_keys"), 1);
        store_close(store);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void) {
        const struct CMUnitTest tests[] = {
                in_place(a_new_database_is_private_and_opens_again),
                in_place(strangers_and_newer_ones_are_left_alone),
                in_place(a_newer_version_is_seen_in_the_wal_too),
                in_place(a_folder_or_a_missing_folder_is_an_error),
                in_place(our_own_corrupt_one_is_set_aside),
                in_place(the_wal_goes_with_a_corrupt_database),
                in_place(a_wal_left_alone_is_kept),
                in_place(migrations_go_forward_whole_or_not_at_all),
                in_place(version_1_still_opens),
                in_place(state_comes_back_as_it_was),
                in_place(incidents_and_runs_come_back),
                in_place(history_outlives_the_configuration),
                in_place(bodies_are_kept_once_and_expire_with_their_last_use),
                in_place(a_transition_holds_from_its_check_on),
                in_place(time_is_accounted_through_stops_and_steps),
                in_place(a_busy_database_is_told_at_once),
                in_place(a_full_disk_undoes_the_transaction_and_recovers),
                in_place(an_unknown_target_spoils_the_transaction),
                in_place(killed_at_any_moment_nothing_committed_is_lost),
                in_place(readers_see_commits_while_it_is_written),
                in_place(a_copy_is_read_where_nothing_can_be_made),
                in_place(statements_fit_their_table),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
