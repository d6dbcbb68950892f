/* What the store costs, as ratios taken in one run: a check's write against a bare insert of SQLite, and the daemon's
 * start and `status` with a million checks against a thousand. Medians, since other programs share the machine. */
#include "daemon/store/store.h"
#include "daemon/view/view.h"
#include "tests/lib/folder.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define TARGETS 10
#define BATCH 100
#define ROUNDS 41
#define START (INT64_C(1700000000) * NSEC_PER_SEC)
#define WRITE_RATIO_MAX 3.0
#define GROWTH_MAX 1.2

typedef struct Bench {
        Clock *clock;
        Folder folder;
        Target *targets[TARGETS];
        Observation *seen;
} Bench;

static int compare(const void *a, const void *b) {
        const Nsec *x = a, *y = b;
        return (*x > *y) - (*x < *y);
}

static Nsec median(Nsec *samples, size_t n) {
        qsort(samples, n, sizeof *samples, compare);
        return samples[n / 2];
}

static void make_targets(Bench *bench) {
        for (int i = 0; i < TARGETS; i++) {
                bench->targets[i] = mon_new(Target);
                bench->targets[i]->id = mon_printf("target-%d", i);
        }
}

static Store *open_at(const char *path) {
        Store *store = NULL;
        StoreOpening opening;

        folder_must(store_open(path, START, &store, &opening, NULL));
        return store;
}

/* Made once: what a probe spends on it is not the store's. */
static Observation *make_observation(void) {
        Observation *seen = observation_new(START, 0);

        observation_judge(seen, VERDICT_UP, CAUSE_OK, NULL);
        seen->http_status = 200;
        seen->duration = seen->ttfb = 123 * NSEC_PER_MSEC;
        seen->dns = seen->connect = seen->tls = 10 * NSEC_PER_MSEC;
        (void)snprintf(seen->remote_ip, sizeof seen->remote_ip, "192.0.2.1");
        seen->has_body = true;
        return seen;
}

static void put(Store *store, const Bench *bench, int64_t i) {
        Observation *seen = bench->seen;
        int64_t check;

        seen->at_real = START + i * 6 * NSEC_PER_SEC;
        seen->bytes = 71000 + i % 100;
        memcpy(seen->body_sha256.bytes, &i, sizeof i);
        folder_must(store_put_check(store, bench->targets[i % TARGETS]->id, seen, seen->at_real + 140 * NSEC_PER_SEC,
                                    &check));
}

static void fill(const Bench *bench, const char *path, int64_t n) {
        Store *store = open_at(path);
        TargetState state;

        target_state_init(&state);
        folder_must(store_begin(store));
        folder_must(store_put_targets(store, bench->targets, TARGETS, START));
        for (int64_t i = 0; i < n; i++) {
                put(store, bench, i);
                if (i % 10000 == 9999) {
                        folder_must(store_commit(store, false));
                        folder_must(store_begin(store));
                }
        }
        for (int i = 0; i < TARGETS; i++)
                folder_must(store_put_state(store, bench->targets[i]->id, &state));
        folder_must(store_commit(store, true));
        store_close(store);
}

/* --- a check's write --------------------------------------------------------------------------------------------- */

static Nsec bare_batch(const Bench *bench, sqlite3 *db, sqlite3_stmt *insert, int64_t first) {
        Nsec begin = clock_at_boot(bench->clock);
        uint8_t hash[SHA256_BYTES] = {0};

        folder_must(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
        for (int64_t i = first; i < first + BATCH; i++) {
                memcpy(hash, &i, sizeof i);
                for (int column = 1; column <= 12; column++)
                        folder_must(sqlite3_bind_int64(insert, column, START / NSEC_PER_MSEC + i));
                folder_must(sqlite3_bind_text(insert, 13, "192.0.2.1", -1, SQLITE_STATIC));
                folder_must(sqlite3_bind_blob(insert, 14, hash, sizeof hash, SQLITE_STATIC));
                assert(sqlite3_step(insert) == SQLITE_DONE);
                folder_must(sqlite3_reset(insert));
        }
        folder_must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
        return clock_at_boot(bench->clock) - begin;
}

static Nsec our_batch(const Bench *bench, Store *store, int64_t first) {
        Nsec begin = clock_at_boot(bench->clock);

        folder_must(store_begin(store));
        for (int64_t i = first; i < first + BATCH; i++)
                put(store, bench, i);
        folder_must(store_commit(store, false));
        return clock_at_boot(bench->clock) - begin;
}

static bool bench_writes(const Bench *bench) {
        mon_auto_free char *bare_path = mon_printf("%s/bare.db", bench->folder.path);
        mon_auto_free char *path = mon_printf("%s/writes.db", bench->folder.path);
        Nsec bare[ROUNDS], ours[ROUNDS];
        sqlite3_stmt *insert;
        sqlite3 *db;

        folder_must(sqlite3_open(bare_path, &db));
        folder_must(sqlite3_exec(db,
                                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                                 "CREATE TABLE t (a,b,c,d,e,f,g,h,i,j,k,l,m TEXT,n BLOB);",
                                 NULL, NULL, NULL));
        folder_must(sqlite3_prepare_v2(db, "INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, NULL));
        fill(bench, path, BATCH);
        Store *store = open_at(path);
        for (int round = 0; round < ROUNDS; round++) {
                bare[round] = bare_batch(bench, db, insert, round * BATCH);
                ours[round] = our_batch(bench, store, (round + 1) * BATCH);
        }
        store_close(store);
        (void)sqlite3_finalize(insert);
        (void)sqlite3_close(db);
        double a = (double)median(bare, ROUNDS) / BATCH / 1000, b = (double)median(ours, ROUNDS) / BATCH / 1000;
        (void)printf("write of a check: %.2f us, bare insert: %.2f us, ratio %.2f (at most %.1f)\n", b, a, b / a,
                     WRITE_RATIO_MAX);
        return b / a <= WRITE_RATIO_MAX;
}

/* --- growth ------------------------------------------------------------------------------------------------------- */

static Nsec start_once(const Bench *bench, const char *path) {
        Nsec begin = clock_at_boot(bench->clock);
        Store *store = open_at(path);
        Nsec ended;
        bool orderly;
        int64_t next;

        folder_must(store_last_run(store, &ended, &orderly));
        folder_must(store_next_incident_id(store, &next));
        folder_must(store_begin(store));
        folder_must(store_put_targets(store, bench->targets, TARGETS, START));
        folder_must(store_commit(store, false));
        for (int i = 0; i < TARGETS; i++) {
                TargetState state;
                Verdict last;
                folder_must(store_load_state(store, bench->targets[i]->id, &state, &last));
                target_state_fini(&state);
        }
        store_close(store);
        return clock_at_boot(bench->clock) - begin;
}

static Nsec status_once(const Bench *bench, const char *path) {
        ViewLive live = {.now_at_real = START + INT64_C(10000000) * NSEC_PER_SEC};
        Nsec begin = clock_at_boot(bench->clock);
        Store *store = NULL;
        json_t *document = NULL;

        folder_must(store_open_read_only(path, &store, NULL));
        folder_must(view_status(store, &live, NULL, &document));
        char *text = json_print(document);
        free(text);
        json_decref(document);
        store_close(store);
        return clock_at_boot(bench->clock) - begin;
}

/* Ninety days of ten targets: said, not bounded here. */
static void bench_uptime(const Bench *bench, const char *path) {
        ViewLive live = {.now_at_real = START + INT64_C(6000000) * NSEC_PER_SEC};
        ViewFilter filter = {.has_since = true, .since_at_real = START};
        Store *store = NULL;
        json_t *document = NULL;

        folder_must(store_open_read_only(path, &store, NULL));
        Nsec begin = clock_at_boot(bench->clock);
        folder_must(view_uptime(store, &live, &filter, NULL, 0, &document));
        double each = (double)(clock_at_boot(bench->clock) - begin) / NSEC_PER_MSEC;
        json_decref(document);
        store_close(store);
        (void)printf("uptime over 1e6 checks: %.0f ms\n", each);
}

typedef Nsec OnceFn(const Bench *bench, const char *path);

static bool bench_growth(const Bench *bench, const char *what, OnceFn *once, const char *small, const char *large) {
        Nsec few[ROUNDS], many[ROUNDS];

        for (int round = 0; round < ROUNDS; round++) {
                few[round] = once(bench, small);
                many[round] = once(bench, large);
        }
        double a = (double)median(few, ROUNDS) / 1000, b = (double)median(many, ROUNDS) / 1000;
        (void)printf("%s with 1e6 checks: %.0f us, with 1e3: %.0f us, ratio %.2f (at most %.1f)\n", what, b, a, b / a,
                     GROWTH_MAX);
        return b / a <= GROWTH_MAX;
}

int main(void) {
        Bench bench = {.clock = clock_new_system(), .seen = make_observation()};
        bool well;

        folder_make(&bench.folder);
        make_targets(&bench);
        mon_auto_free char *small = mon_printf("%s/small.db", bench.folder.path);
        mon_auto_free char *large = mon_printf("%s/large.db", bench.folder.path);
        well = bench_writes(&bench);
        fill(&bench, small, 1000);
        fill(&bench, large, 1000000);
        well &= bench_growth(&bench, "start", start_once, small, large);
        well &= bench_growth(&bench, "status", status_once, small, large);
        bench_uptime(&bench, large);
        folder_remove(&bench.folder);
        for (int i = 0; i < TARGETS; i++) {
                free(bench.targets[i]->id);
                free(bench.targets[i]);
        }
        observation_free(bench.seen);
        clock_free(bench.clock);
        return well ? 0 : 1;
}
