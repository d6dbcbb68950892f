/* What is written is read back: states, incidents, runs, gaps, bodies; and what happens when it cannot be written. */
#include "daemon/store/rows.h"

#include "daemon/store/db.h"
#include "tests/lib/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* --- reading and writing ------------------------------------------------------------------------------------------ */

static void state_comes_back_as_it_was(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        TargetState put, got;
        Verdict last;

        folder_put_targets(store, "a", "b", FOLDER_NOW);
        assert_int_equal(store_load_state(store, "a", &got, &last), STORE_E_NOT_FOUND);
        target_state_init(&put);
        put.state = VERDICT_MAINTENANCE;
        put.cause = CAUSE_BANNER;
        put.since_at_real = FOLDER_NOW - 60 * SEC;
        put.confirmed = VERDICT_MAINTENANCE;
        put.confirmed_since_at_real = FOLDER_NOW - 60 * SEC;
        put.run_class = CLASS_AVAILABLE;
        put.run_length = 1;
        put.run_began_at_real = FOLDER_NOW;
        put.last_check_at_real = FOLDER_NOW;
        put.last_counted_at_real = FOLDER_NOW;
        put.history = UINT64_MAX - 5;
        put.history_length = 64;
        put.flapping = true;
        put.incident = 3;
        put.banner_text = mon_strdup("Le site est en maintenance.");
        put.has_key = true;
        put.key.bytes[31] = 7;
        put.expiring_at_real = FOLDER_NOW + 9 * SEC;
        put.notice_text = mon_strdup("Maintenance prévue.");
        put.notice_from_at_real = FOLDER_NOW + 3600 * NSEC_PER_SEC;
        folder_must(store_begin(store));
        folder_put_check(store, "a", FOLDER_NOW, VERDICT_UP, CAUSE_OK);
        folder_must(store_put_state(store, "a", &put));
        folder_must(store_put_state(store, "a", &put));
        folder_must(store_commit(store, false));
        store_close(store);
        store = folder_open(folder);
        folder_must(store_load_state(store, "a", &got, &last));
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
        assert_true(got.has_key);
        assert_memory_equal(&got.key, &put.key, sizeof put.key);
        assert_int_equal(got.expiring_at_real, put.expiring_at_real);
        assert_string_equal(got.notice_text, put.notice_text);
        assert_int_equal(got.notice_from_at_real, put.notice_from_at_real);
        assert_int_equal(got.notice_until_at_real, NSEC_UNKNOWN);
        target_state_fini(&put);
        target_state_fini(&got);
        store_close(store);
}

static void incidents_and_runs_come_back(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        Incident incident = {
                .kind = SUBJECT_TARGET,
                .subject = (char *)"a",
                .state = VERDICT_DOWN,
                .worst = VERDICT_DOWN,
                .cause = CAUSE_HTTP_5XX,
                .opened_at_real = FOLDER_NOW,
                .confirmed_at_real = FOLDER_NOW + SEC,
                .closed_at_real = NSEC_UNKNOWN,
        };
        mon_cleanup(incident_fini) Incident got = {0};
        int64_t run;
        Nsec ended;
        bool orderly;

        folder_must(store_last_run(store, &ended, &orderly));
        assert_int_equal(ended, NSEC_UNKNOWN);
        folder_must(store_begin(store));
        folder_must(store_next_incident_id(store, &incident.id));
        assert_int_equal(incident.id, 1);
        folder_must(store_put_incident(store, &incident));
        incident.closed_at_real = FOLDER_NOW + 60 * SEC;
        folder_must(store_put_incident(store, &incident));
        folder_must(store_put_incident_line(store, 1, FOLDER_NOW, "opened", VERDICT_DOWN, CAUSE_HTTP_5XX, NULL));
        folder_must(store_next_incident_id(store, &incident.id));
        assert_int_equal(incident.id, 2);
        folder_must(store_begin_run(store, FOLDER_NOW, "0", 1, 2, &run));
        folder_must(store_mark_alive(store, run, FOLDER_NOW + 5 * SEC));
        folder_must(store_commit(store, true));
        folder_must(store_load_incident(store, 1, &got));
        assert_int_equal(got.closed_at_real, FOLDER_NOW + 60 * SEC);
        assert_int_equal(store_load_incident(store, 2, &got), STORE_E_NOT_FOUND);
        folder_must(store_last_run(store, &ended, &orderly));
        assert_int_equal(ended, FOLDER_NOW + 5 * SEC);
        assert_false(orderly);
        folder_must(store_begin(store));
        folder_must(store_end_run(store, run, FOLDER_NOW + 9 * SEC));
        folder_must(store_commit(store, true));
        folder_must(store_last_run(store, &ended, &orderly));
        assert_int_equal(ended, FOLDER_NOW + 9 * SEC);
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
        Folder *folder = *state;
        Store *store = folder_open(folder);
        StorePage page = store_page_all();
        AccountTotals totals;
        int checks = 0, targets = 0;

        folder_put_targets(store, "a", "b", FOLDER_NOW);
        folder_must(store_begin(store));
        folder_put_check(store, "b", FOLDER_NOW, VERDICT_UP, CAUSE_OK);
        folder_must(store_commit(store, false));
        folder_put_targets(store, "a", NULL, FOLDER_NOW + 50 * SEC);
        page.target = "b";
        folder_must(store_each_check(store, &page, count_row, &checks));
        folder_must(store_each_target(store, NULL, count_target, &targets));
        assert_int_equal(checks, 1);
        assert_int_equal(targets, 1);
        /* Out of the configuration nobody looks, although the check would speak for 140 s. */
        folder_must(store_account(store, "b", FOLDER_NOW / NSEC_PER_MSEC, FOLDER_NOW / NSEC_PER_MSEC + 100000,
                                  INT64_MAX, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 50000);
        folder_put_targets(store, "b", "a", FOLDER_NOW + 60 * SEC);
        folder_must(store_begin(store));
        folder_put_check(store, "b", FOLDER_NOW + 70 * SEC, VERDICT_UP, CAUSE_OK);
        folder_must(store_commit(store, false));
        folder_must(store_account(store, "b", FOLDER_NOW / NSEC_PER_MSEC, FOLDER_NOW / NSEC_PER_MSEC + 100000,
                                  INT64_MAX, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 80000);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 20000);
        assert_int_equal(store_account(store, "c", 0, 1, 1, 0, &totals), STORE_E_NOT_FOUND);
        assert_int_equal(store_account(store, "b", FOLDER_NOW / NSEC_PER_MSEC, INT64_MAX, INT64_MAX, 1, &totals),
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
        folder_must(buf_append_text(&hop->body, body));
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

static void put_page_for(Store *store, Nsec at_real, const char *body, bool daily) {
        mon_cleanup(observation_free_p) Observation *seen = page_seen(at_real, body);
        int64_t check;

        folder_must(store_put_check(store, "a", seen, at_real + 140 * SEC, &check));
        folder_must(store_put_hops(store, check, seen, daily));
        folder_must(store_put_banner(store, "a", seen->banner_text, seen->banner_rule, at_real));
}

static void put_page(Store *store, Nsec at_real, const char *body) {
        put_page_for(store, at_real, body, false);
}

static int expire(Store *store, Nsec checks_before, Nsec bodies_before, int rows_max, bool *ret_more) {
        const StoreRetention retention = {.checks_before_at_real = checks_before,
                                          .bodies_before_at_real = bodies_before};
        return store_expire(store, &retention, rows_max, ret_more);
}

/* The first answer of each day goes sooner than what was a change. */
static void daily_bodies_go_sooner(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        const StoreRetention retention = {.daily_bodies_before_at_real = FOLDER_NOW + 1000 * SEC};
        bool more = true;

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        folder_must(store_begin(store));
        put_page_for(store, FOLDER_NOW, "a change", false);
        put_page_for(store, FOLDER_NOW + 60 * SEC, "a day", true);
        put_page_for(store, FOLDER_NOW + 120 * SEC, "another day", true);
        put_page_for(store, FOLDER_NOW + 2000 * SEC, "today", true);
        folder_must(store_expire(store, &retention, 1, &more));
        assert_true(more);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 3);
        folder_must(store_expire(store, &retention, 100, &more));
        assert_false(more);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 2);
        assert_int_equal(count_of(store, "SELECT count(*) FROM hop WHERE daily = 0"), 1);
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 4);
        folder_must(store_commit(store, false));
        store_close(store);
}

static int sum_content(void *userdata, const StoreContentRow *row) {
        Buf *out = userdata;
        return buf_printf(out, "%s %s +%d -%d %s%s\n", row->target, content_step_name(row->began),
                          (int)row->words_added, (int)row->words_removed, row->missing ? row->missing : "-",
                          row->text_sha256 ? " text" : "");
}

static char *list_content(Store *store, const char *target, int64_t limit) {
        mon_auto_buf Buf out = BUF_INIT(4096);
        StorePage page = store_page_all();

        page.target = target;
        page.limit = limit;
        folder_must(store_each_content(store, &page, sum_content, &out));
        return buf_steal(&out);
}

static void expect_content(Store *store, const char *target, int64_t limit, const char *wanted) {
        mon_auto_free char *got = list_content(store, target, limit);
        assert_string_equal(got, wanted);
}

static void versions_of_content_come_back_and_the_latest_outlives_retention(void **state) {
        Store *store = folder_open(*state);
        const ContentChange none = {0}, change = {.diff = (char *)"+c\n", .added = 1};
        Content first = {.text = (char *)"a b", .rules = UINT64_MAX};
        Content gone = {.text = (char *)"", .missing = (char *)"//main", .rules = 7}, got = {0};
        mon_auto_free char *long_text = mon_calloc(CONTENT_TEXT_MAX + 2, 1);
        bool more;

        folder_put_targets(store, "a", "b", FOLDER_NOW);
        assert_int_equal(store_load_content(store, "a", &got), STORE_E_NOT_FOUND);
        folder_must(store_begin(store));
        folder_must(store_put_content(store, "a", &first, CONTENT_FIRST, &none, FOLDER_NOW));
        folder_must(store_put_content(store, "b", &first, CONTENT_FIRST, &none, FOLDER_NOW));
        folder_must(store_put_content(store, "a", &gone, CONTENT_CHANGED, &change, FOLDER_NOW + SEC));
        folder_must(store_see_content(store, "a", FOLDER_NOW + 5 * SEC));
        folder_must(store_commit(store, false));
        expect_content(store, NULL, 100, "a changed +1 -0 //main\nb first +0 -0 - text\na first +0 -0 - text\n");
        expect_content(store, "a", 1, "a changed +1 -0 //main\n");
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 1);
        assert_int_equal(count_of(store, "SELECT max(last_seen_ms - first_seen_ms) FROM content"), 4000);
        folder_must(store_load_content(store, "b", &got));
        assert_string_equal(got.text, "a b");
        content_digest(&first);
        assert_memory_equal(&got.words, &first.words, sizeof got.words);
        assert_true(got.rules == first.rules && !got.missing);
        content_fini(&got);
        folder_must(store_load_content(store, "a", &got));
        assert_string_equal(got.text, "");
        assert_string_equal(got.missing, "//main");
        content_fini(&got);

        folder_must(store_begin(store));
        folder_must(expire(store, FOLDER_NOW + 1000 * SEC, FOLDER_NOW, 100, &more));
        folder_must(store_commit(store, false));
        expect_content(store, NULL, 100, "a changed +1 -0 //main\nb first +0 -0 - text\n");
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 1);

        /* A text of more than can be is none. */
        memset(long_text, 'x', CONTENT_TEXT_MAX + 1);
        folder_must(store_begin(store));
        first.text = long_text;
        folder_must(store_put_content(store, "b", &first, CONTENT_CHANGED, &change, FOLDER_NOW + 2 * SEC));
        folder_must(expire(store, FOLDER_NOW + 1000 * SEC, FOLDER_NOW, 100, &more));
        folder_must(store_commit(store, false));
        assert_int_equal(store_load_content(store, "b", &got), STORE_E_NOT_FOUND);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 1);
        store_close(store);
}

static void bodies_are_kept_once_and_expire_with_their_last_use(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        bool more = true;
        char big[4001];

        memset(big, 'm', sizeof big - 1);
        big[sizeof big - 1] = '\0';
        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        folder_must(store_begin(store));
        put_page(store, FOLDER_NOW, big);
        put_page(store, FOLDER_NOW + 60 * SEC, big);
        put_page(store, FOLDER_NOW + 120 * SEC, "other");
        folder_must(store_commit(store, true));
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 2);
        assert_int_equal(count_of(store, "SELECT sum(packed) FROM blob"), 1);
        assert_int_equal(count_of(store, "SELECT size FROM blob WHERE packed = 1"), 4000);
        assert_int_equal(count_of(store, "SELECT count(*) FROM certificate"), 1);
        assert_int_equal(count_of(store, "SELECT times FROM banner"), 3);
        folder_must(store_begin(store));
        folder_must(expire(store, FOLDER_NOW + SEC, FOLDER_NOW + SEC, 100, &more));
        assert_false(more);
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 2);
        assert_int_equal(count_of(store, "SELECT count(*) FROM hop"), 2);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 2);
        folder_must(expire(store, FOLDER_NOW + SEC, FOLDER_NOW + 61 * SEC, 100, &more));
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 2);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 1);
        for (more = true; more;)
                folder_must(expire(store, FOLDER_NOW + 1000 * SEC, FOLDER_NOW, 1, &more));
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 0);
        assert_int_equal(count_of(store, "SELECT count(*) FROM blob"), 0);
        assert_int_equal(count_of(store, "SELECT count(*) FROM assertion"), 0);
        folder_must(store_commit(store, false));
        store_close(store);
}

static void a_transition_holds_from_its_check_on(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        AccountTotals totals;

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        folder_must(store_begin(store));
        folder_put_check(store, "a", FOLDER_NOW, VERDICT_UP, CAUSE_OK);
        folder_must(store_put_transition(store, "a",
                                         &(Transition){VERDICT_UNKNOWN, VERDICT_UP, CAUSE_OK, FOLDER_NOW, FOLDER_NOW}));
        folder_put_check(store, "a", FOLDER_NOW + 60 * SEC, VERDICT_DOWN, CAUSE_HTTP_5XX);
        folder_put_check(store, "a", FOLDER_NOW + 90 * SEC, VERDICT_DOWN, CAUSE_HTTP_5XX);
        folder_must(store_put_transition(
                store, "a",
                &(Transition){VERDICT_UP, VERDICT_DOWN, CAUSE_HTTP_5XX, FOLDER_NOW + 60 * SEC, FOLDER_NOW + 90 * SEC}));
        folder_put_check(store, "a", FOLDER_NOW + 120 * SEC, VERDICT_DOWN, CAUSE_HTTP_5XX);
        folder_must(store_commit(store, false));
        int64_t from = FOLDER_NOW / NSEC_PER_MSEC;
        folder_must(store_account(store, "a", from, from + 150000, from + 150000, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 60000);
        assert_int_equal(totals.ms[VERDICT_DOWN], 90000);
        assert_int_equal(totals.unconfirmed_ms, 0);
        /* A slice that begins inside knows what was confirmed before it. */
        folder_must(store_account(store, "a", from + 100000, from + 150000, from + 150000, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_DOWN], 50000);
        store_close(store);
}

static void time_is_accounted_through_stops_and_steps(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        AccountTotals totals;
        int64_t run, gap, from = FOLDER_NOW / NSEC_PER_MSEC;

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        folder_must(store_begin(store));
        folder_must(store_begin_run(store, FOLDER_NOW, "0", 0, 0, &run));
        folder_put_check(store, "a", FOLDER_NOW, VERDICT_UP, CAUSE_OK);
        folder_must(store_put_gap(store, "a", FOLDER_NOW + 30 * SEC, NSEC_NEVER, CAUSE_PAUSED, NULL, &gap));
        folder_must(store_close_gap(store, "a", CAUSE_PAUSED, FOLDER_NOW + 40 * SEC));
        folder_put_check(store, "a", FOLDER_NOW + 50 * SEC, VERDICT_UP, CAUSE_OK);
        /* The clock steps back by 30 s and the looks go on. */
        folder_must(store_put_gap(store, NULL, FOLDER_NOW + 80 * SEC, FOLDER_NOW + 80 * SEC, CAUSE_LOCAL_FAULT, NULL,
                                  &gap));
        folder_put_check(store, "a", FOLDER_NOW + 60 * SEC, VERDICT_DEGRADED, CAUSE_SLOW);
        folder_put_check(store, "a", FOLDER_NOW + 90 * SEC, VERDICT_DEGRADED, CAUSE_SLOW);
        folder_must(store_end_run(store, run, FOLDER_NOW + 100 * SEC));
        folder_must(store_commit(store, true));
        folder_must(store_account(store, "a", from, from + 200000, from + 200000, 0, &totals));
        assert_int_equal(totals.ms[VERDICT_UP], 30000 + 30000);
        assert_int_equal(totals.ms[VERDICT_DEGRADED], 20000);
        assert_int_equal(totals.ms[VERDICT_UNKNOWN], 20000 + 100000);
        store_close(store);
}

/* --- trouble ------------------------------------------------------------------------------------------------------ */

static void a_busy_database_is_told_at_once(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        sqlite3 *other;

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        assert_int_equal(sqlite3_open(folder->database, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(store_begin(store), -EBUSY);
        assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
        folder_must(store_begin(store));
        folder_put_check(store, "a", FOLDER_NOW, VERDICT_UP, CAUSE_OK);
        folder_must(store_commit(store, true));
        assert_int_equal(sqlite3_close(other), SQLITE_OK);
        store_close(store);
}

static void a_full_disk_undoes_the_transaction_and_recovers(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        mon_cleanup(observation_free_p) Observation *seen = observation_new(FOLDER_NOW, 0);
        int64_t check, pages;
        int r = 0;

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        pages = count_of(store, "PRAGMA page_count");
        mon_auto_free char *limit = mon_printf("PRAGMA max_page_count = %d", (int)pages + 2);
        assert_int_equal(sqlite3_exec(store->db, limit, NULL, NULL, NULL), SQLITE_OK);
        folder_must(store_begin(store));
        for (int i = 0; i < 100000 && r == 0; i++) {
                seen->at_real = FOLDER_NOW + i * SEC;
                r = store_put_check(store, "a", seen, FOLDER_NOW + i * SEC, &check);
        }
        assert_int_equal(r, -ENOSPC);
        assert_int_equal(store_commit(store, false), -ENOSPC);
        assert_int_equal(count_of(store, "SELECT count(*) FROM checks"), 0);
        assert_int_equal(sqlite3_exec(store->db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL), SQLITE_OK);
        folder_must(store_begin(store));
        folder_must(store_put_check(store, "a", seen, FOLDER_NOW, &check));
        folder_must(store_commit(store, true));
        store_close(store);
}

static void an_unknown_target_spoils_the_transaction(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);
        mon_cleanup(observation_free_p) Observation *seen = observation_new(FOLDER_NOW, 0);
        int64_t check;

        folder_must(store_begin(store));
        assert_int_equal(store_put_check(store, "nobody", seen, FOLDER_NOW, &check), -ENXIO);
        store_rollback(store);
        store_close(store);
}

static void statements_fit_their_table(void **state) {
        Folder *folder = *state;
        Store *store = folder_open(folder);

        folder_put_targets(store, "a", NULL, FOLDER_NOW);
        assert_true(store->n_statements <= STORE_STATEMENTS_MAX);
        assert_true(count_of(store, "PRAGMA cache_size") == -STORE_CACHE_KIB);
        assert_int_equal(count_of(store, "PRAGMA journal_size_limit"), STORE_WAL_KEPT_MAX);
        assert_int_equal(count_of(store, "PRAGMA wal_autocheckpoint"), STORE_WAL_PAGES);
        assert_int_equal(count_of(store, "PRAGMA foreign_keys"), 1);
        store_close(store);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, make, unmake)

int main(void) {
        const struct CMUnitTest tests[] = {
                in_folder(state_comes_back_as_it_was),
                in_folder(incidents_and_runs_come_back),
                in_folder(history_outlives_the_configuration),
                in_folder(daily_bodies_go_sooner),
                in_folder(bodies_are_kept_once_and_expire_with_their_last_use),
                in_folder(versions_of_content_come_back_and_the_latest_outlives_retention),
                in_folder(a_transition_holds_from_its_check_on),
                in_folder(time_is_accounted_through_stops_and_steps),
                in_folder(a_busy_database_is_told_at_once),
                in_folder(a_full_disk_undoes_the_transaction_and_recovers),
                in_folder(an_unknown_target_spoils_the_transaction),
                in_folder(statements_fit_their_table),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
