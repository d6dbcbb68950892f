/* The flow while the database refuses: what waits, what is let go first, what is told meanwhile, and what is recorded
 * once it can be. The database is held by a second connection, as a person's sqlite3 would. */
#include "daemon/base/log.h"
#include "daemon/flow.h"
#include "daemon/view/view.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BEGAN (INT64_C(1768176000) * NSEC_PER_SEC) /* 2026-01-12 */
#define MEBIBYTE ((size_t)1 << 20)

typedef struct Held {
        Clock *clock;
        Loop *loop;
        char folder[32];
        char *path;
        char *set_aside;      /* the path of a corrupt database */
        Store *store, *other; /* `other` holds the write lock while it is open */
        Flow *flow;
        Config config;
        Target target;
        Watch watch;
        int told[EVENT_MAX + 1];
        int checked, troubles, renewals;
        char last_event[EVENT_ID_MAX];
} Held;

static void on_event(void *userdata, const Event *event) {
        Held *held = userdata;
        assert_int_equal(strlen(event->id), EVENT_ID_MAX - 4);
        assert_string_not_equal(event->id, held->last_event);
        (void)snprintf(held->last_event, sizeof held->last_event, "%s", event->id);
        held->told[event->type]++;
}

static void on_checked(void *userdata, const Watch *watch, const Observation *observation) {
        Held *held = userdata;
        assert_ptr_equal(watch, &held->watch);
        assert_non_null(observation);
        held->checked++;
}

static void on_trouble(void *userdata, int error) {
        Held *held = userdata;
        (void)error;
        held->troubles++;
}

/* The first time no fresh one can be had. */
static Store *on_renew(void *userdata, int why) {
        Held *held = userdata;
        StoreOpening opening = {0};

        if (held->store)
                store_close(mon_steal(&held->store));
        if (++held->renewals == 1)
                return NULL;
        if (why == -EUCLEAN)
                assert_int_equal(store_set_aside(held->path, BEGAN, &held->set_aside, NULL), 0);
        assert_int_equal(store_open(held->path, BEGAN, &held->store, &opening, NULL), 0);
        flow_restate(held->flow, &held->watch);
        return held->store;
}

static void open_flow(Held *held) {
        const FlowHost host = {
                .userdata = held, .event = on_event, .checked = on_checked, .trouble = on_trouble, .renew = on_renew};
        const FlowStart start = {.version = "test"};
        StoreOpening opening = {0};

        assert_int_equal(store_open(held->path, BEGAN, &held->store, &opening, NULL), 0);
        assert_int_equal(flow_new(held->loop, held->store, &host, &start, &held->flow), 0);
}

static void close_flow(Held *held) {
        flow_free(mon_steal(&held->flow));
        store_close(mon_steal(&held->store));
}

static void begin(Held *held, Nsec retention) {
        *held = (Held){.clock = clock_new_simulated(NSEC_PER_SEC, BEGAN, 1), .folder = "/tmp/mond-flow-XXXXXX"};
        assert_non_null(mkdtemp(held->folder));
        held->path = mon_printf("%s/mond.db", held->folder);
        assert_int_equal(loop_new(held->clock, &held->loop), 0);
        open_flow(held);
        held->target = (Target){.id = (char *)"page",
                                .interval = 60 * NSEC_PER_SEC,
                                .timeout = 20 * NSEC_PER_SEC,
                                .confirm = {.fail = 1, .pass = 1, .retry_interval = 30 * NSEC_PER_SEC}};
        list_add(&held->config.targets, &held->target);
        held->config.retention_checks = held->config.retention_bodies = retention;
        held->watch.target = &held->target;
        target_state_init(&held->watch.state);
        flow_set_config(held->flow, &held->config);
        assert_int_equal(loop_settle(held->loop), 0);
}

static void end(Held *held) {
        static const char *const suffixes[] = {"", "-wal", "-shm"};

        if (held->flow)
                close_flow(held);
        for (size_t i = 0; i < mon_count_of(suffixes); i++) {
                mon_auto_free char *path = mon_printf("%s%s", held->path, suffixes[i]);
                (void)unlink(path);
        }
        if (held->set_aside)
                (void)unlink(held->set_aside);
        free(held->set_aside);
        (void)rmdir(held->folder);
        free(held->path);
        list_fini(&held->config.targets);
        target_state_fini(&held->watch.state);
        incident_fini(&held->watch.open);
        loop_free(held->loop);
        clock_free(held->clock);
}

static void hold(Held *held) {
        StoreOpening opening = {0};
        assert_int_equal(store_open(held->path, BEGAN, &held->other, &opening, NULL), 0);
        assert_int_equal(store_begin(held->other), 0);
}

static void release(Held *held) {
        store_rollback(held->other);
        store_close(mon_steal(&held->other));
}

static void observe(Held *held, Verdict verdict, Cause cause, int http_status) {
        Observation *seen = observation_new(clock_at_real(held->clock), clock_at_boot(held->clock));

        observation_judge(seen, verdict, cause, NULL);
        seen->http_status = http_status;
        flow_observe(held->flow, &held->watch, seen);
}

static void look(Held *held, bool up, size_t body) {
        clock_advance(held->clock, 60 * NSEC_PER_SEC);
        Nsec at_real = clock_at_real(held->clock);
        Observation *seen = observation_new(at_real, clock_at_boot(held->clock));

        observation_judge(seen, up ? VERDICT_UP : VERDICT_DOWN, up ? CAUSE_OK : CAUSE_HTTP_5XX, NULL);
        seen->http_status = up ? 200 : 500;
        if (body > 0) {
                Hop *hop = observation_add_hop(seen, "http://page.test/", body, at_real);
                mon_auto_free char *bytes = mon_calloc(body, 1);
                memcpy(bytes, &at_real, sizeof at_real); /* each body its own */
                assert_int_equal(buf_append(&hop->body, bytes, body), 0);
        }
        flow_observe(held->flow, &held->watch, seen);
        assert_int_equal(loop_settle(held->loop), 0);
}

static size_t rows(Held *held) {
        const ViewFilter filter = {.target = "page", .limit = VIEW_LIMIT_MAX};
        ViewPage page;
        assert_int_equal(view_history(held->store, &filter, &page), 0);
        size_t n = json_array_size(page.rows);
        json_decref(page.rows);
        return n;
}

static void test_the_queue_has_a_bound(void **unused) {
        const int beyond = 100;
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        look(&held, true, 0);
        hold(&held);
        look(&held, false, 0); /* a change: the last thing to be let go */
        for (int i = 1; i < FLOW_QUEUE_MAX + beyond; i++)
                look(&held, false, 0);
        assert_int_equal(flow_pending(held.flow), FLOW_QUEUE_MAX);
        assert_int_equal(flow_trouble(held.flow), -EBUSY);
        assert_int_equal(held.told[EVENT_TARGET_DOWN], 1); /* told from memory, at once, once */
        assert_int_equal(held.checked, 1 + FLOW_QUEUE_MAX + beyond);
        assert_int_equal(rows(&held), 1);

        release(&held);
        assert_int_equal(flow_commit(held.flow), 0);
        assert_int_equal(flow_pending(held.flow), 0);
        assert_int_equal(flow_trouble(held.flow), 0);
        assert_int_equal(held.troubles, 2); /* begun, over */
        assert_int_equal(held.told[EVENT_TARGET_DOWN], 1);
        assert_int_equal(rows(&held), 1 + FLOW_QUEUE_MAX);

        clock_advance(held.clock, 60 * NSEC_PER_SEC);
        /* What was let go is time that nobody observed, not time that was fine. */
        const ViewLive live = {.now_at_real = clock_at_real(held.clock)};
        const ViewFilter filter = {.has_since = true, .since_at_real = BEGAN};
        mon_auto_json *document = NULL;
        assert_int_equal(view_uptime(held.store, &live, &filter, NULL, 0, &document), 0);
        const json_t *seconds = json_object_get(json_array_get(document, 0), "seconds");
        assert_true(json_get_number(seconds, "unknown", 0) >= (beyond - 5) * 60);
        assert_true(json_get_number(seconds, "up", 0) <= 120);
        /* And what was kept says all that it has to say, the first and the last of it too. */
        assert_true(json_get_number(seconds, "down", 0) == FLOW_QUEUE_MAX * 60);
        end(&held);
}

/* As `sqlite3` would find it: the index of the checks is not what it was. */
static void corrupt(const Held *held) {
        char page[4096];
        sqlite3_stmt *statement;
        sqlite3 *db;

        assert_int_equal(sqlite3_open(held->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db,
                                            "SELECT rootpage FROM sqlite_schema WHERE type = 'index'"
                                            " AND tbl_name = 'checks' AND sql IS NOT NULL LIMIT 1",
                                            -1, &statement, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        int root = sqlite3_column_int(statement, 0);
        (void)sqlite3_finalize(statement);
        (void)sqlite3_close(db);
        FILE *file = fopen(held->path, "r+e");
        assert_non_null(file);
        memset(page, 0x5a, sizeof page);
        assert_int_equal(fseek(file, (long)(root - 1) * (long)sizeof page, SEEK_SET), 0);
        assert_int_equal(fwrite(page, sizeof page, 1, file), 1);
        assert_int_equal(fclose(file), 0);
}

static void test_a_corrupt_database_is_replaced_as_soon_as_it_can_be(void **unused) {
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        look(&held, true, 0);
        look(&held, false, 0);
        close_flow(&held);
        corrupt(&held);
        open_flow(&held);
        flow_set_config(held.flow, &held.config);
        assert_int_equal(loop_settle(held.loop), 0);

        look(&held, false, 0);
        assert_int_equal(held.renewals, 1);
        assert_int_equal(flow_trouble(held.flow), -EUCLEAN);
        assert_int_equal(flow_load(held.flow, &held.watch), -EUCLEAN);
        assert_int_equal(flow_pending(held.flow), 1);
        clock_advance(held.clock, FLOW_RETRY_MIN);
        assert_int_equal(loop_settle(held.loop), 0);
        assert_int_equal(held.renewals, 2);
        assert_int_equal(flow_trouble(held.flow), 0);
        assert_int_equal(flow_pending(held.flow), 0);
        assert_int_equal(held.told[EVENT_TARGET_DOWN], 1);
        assert_int_equal(rows(&held), 1);

        /* What stands still stands: the outage that was open, under its number. */
        mon_cleanup(incident_fini) Incident incident = {0};
        mon_cleanup(target_state_fini) TargetState state = {0};
        Verdict last;
        assert_int_equal(store_load_incident(held.store, held.watch.open.id, &incident), 0);
        assert_int_equal(incident.closed_at_real, NSEC_UNKNOWN);
        assert_int_equal(incident.opened_at_real, held.watch.open.opened_at_real);
        assert_int_equal(store_load_state(held.store, "page", &state, &last), 0);
        assert_int_equal(state.state, VERDICT_DOWN);
        end(&held);
}

static void remove_files(const Held *held) {
        static const char *const suffixes[] = {"", "-wal", "-shm"};

        for (size_t i = 0; i < mon_count_of(suffixes); i++) {
                mon_auto_free char *path = mon_printf("%s%s", held->path, suffixes[i]);
                assert_true(unlink(path) == 0 || i > 0);
        }
}

/* Nothing is written into a file that nobody finds any more. */
static void test_a_database_that_was_removed_is_begun_anew(void **unused) {
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        look(&held, false, 0);
        remove_files(&held);
        held.renewals = 1; /* at the first attempt */
        look(&held, false, 0);
        assert_int_equal(held.renewals, 2);
        assert_int_equal(flow_trouble(held.flow), 0);
        assert_int_equal(access(held.path, F_OK), 0);
        assert_int_equal(rows(&held), 1);
        mon_cleanup(incident_fini) Incident incident = {0};
        assert_int_equal(store_load_incident(held.store, held.watch.open.id, &incident), 0);
        assert_int_equal(incident.opened_at_real, held.watch.open.opened_at_real);
        end(&held);
}

/* What somebody else put there is not ours to write, nor is the -wal beside it ours to clear away. */
static void test_a_database_that_was_replaced_is_left_alone(void **unused) {
        static const char *const suffixes[] = {"", "-wal"};
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        look(&held, true, 0);
        remove_files(&held);
        for (size_t i = 0; i < mon_count_of(suffixes); i++) {
                mon_auto_free char *path = mon_printf("%s%s", held.path, suffixes[i]);
                FILE *file = fopen(path, "we");
                assert_non_null(file);
                assert_true(fputs("theirs", file) >= 0 && fclose(file) == 0);
        }
        look(&held, false, 0);
        assert_int_equal(flow_trouble(held.flow), -ESTALE);
        assert_int_equal(held.renewals, 0);
        assert_int_equal(held.told[EVENT_TARGET_DOWN], 1);
        close_flow(&held);
        for (size_t i = 0; i < mon_count_of(suffixes); i++) {
                mon_auto_free char *path = mon_printf("%s%s", held.path, suffixes[i]);
                char text[8] = "";
                FILE *file = fopen(path, "re");
                assert_non_null(file);
                assert_non_null(fgets(text, sizeof text, file));
                assert_int_equal(fclose(file), 0);
                assert_string_equal(text, "theirs");
        }
        end(&held);
}

/* It came with a reload and left with the next, while the database refused. */
static void test_a_target_that_nobody_recorded_holds_nothing_up(void **unused) {
        Held held;
        Config without = {0};
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        flow_set_config(held.flow, &without);
        held.target.id = (char *)"passing";
        hold(&held);
        look(&held, false, 0);
        release(&held);
        /* While it is watched that would be a mistake of ours, and no word about the file. */
        assert_int_equal(flow_commit(held.flow), -ENXIO);
        assert_int_equal(held.renewals, 0);
        flow_forget(held.flow, &held.watch);
        held.config.targets.n = 0;
        clock_advance(held.clock, FLOW_RETRY_MAX);
        assert_int_equal(loop_settle(held.loop), 0);
        assert_int_equal(flow_trouble(held.flow), 0);
        assert_int_equal(flow_pending(held.flow), 0);
        assert_int_equal(held.told[EVENT_TARGET_DOWN], 1);
        end(&held);
}

static void test_a_sign_of_life_follows_each_commit(void **unused) {
        Nsec alive_at_real;
        bool orderly;
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        clock_advance(held.clock, FLOW_ALIVE_EVERY / 2);
        assert_int_equal(flow_commit(held.flow), 0);
        for (int i = 0; i < 6; i++) {
                clock_advance(held.clock, FLOW_ALIVE_EVERY / 4);
                assert_int_equal(loop_settle(held.loop), 0);
                assert_int_equal(store_last_run(held.store, &alive_at_real, &orderly), 0);
                assert_true(clock_at_real(held.clock) - alive_at_real < FLOW_ALIVE_EVERY);
                assert_false(orderly);
        }
        end(&held);
}

/* A failure is the site's only because a reference answered: then we see again. */
static void test_blindness_ends_when_somebody_answers(void **unused) {
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        observe(&held, VERDICT_UNKNOWN, CAUSE_LOCAL_NETWORK, 0);
        observe(&held, VERDICT_UNKNOWN, CAUSE_LOCAL_NETWORK, 0);
        assert_true(flow_is_blind(held.flow));
        observe(&held, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, 0);
        held.target.host_is_local = true;
        observe(&held, VERDICT_UP, CAUSE_OK, 200);
        assert_true(flow_is_blind(held.flow));
        held.target.host_is_local = false;
        observe(&held, VERDICT_DOWN, CAUSE_CONNECT_REFUSED, 0);
        assert_false(flow_is_blind(held.flow));
        observe(&held, VERDICT_UP, CAUSE_OK, 200);
        assert_int_equal(loop_settle(held.loop), 0);
        assert_int_equal(held.told[EVENT_OBSERVER_BLIND], 1);
        assert_int_equal(held.told[EVENT_OBSERVER_BACK], 1);
        end(&held);
}

/* Faults of our own that stand as a target's state; a single look is none (it waits for confirm.fail in a row). */
static void test_a_fault_of_our_own_is_blindness(void **unused) {
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        held.target.confirm.fail = 2;
        observe(&held, VERDICT_UP, CAUSE_OK, 200);
        observe(&held, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, 0);
        assert_int_equal(held.told[EVENT_OBSERVER_BLIND], 0);
        observe(&held, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, 0);
        observe(&held, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, 0);
        assert_int_equal(loop_settle(held.loop), 0);
        assert_int_equal(held.told[EVENT_OBSERVER_BLIND], 1);
        assert_false(flow_is_blind(held.flow)); /* that is the network's word */
        observe(&held, VERDICT_UP, CAUSE_OK, 200);
        assert_int_equal(loop_settle(held.loop), 0);
        assert_int_equal(held.told[EVENT_OBSERVER_BACK], 1);
        end(&held);
}

static void test_what_waits_of_answers_has_a_bound(void **unused) {
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        hold(&held);
        for (int i = 0; i < 20; i++) {
                look(&held, i % 2, MEBIBYTE); /* each a change of verdict: kept whole */
                assert_true(flow_pending_bytes(held.flow) <= FLOW_BODIES_MAX + MEBIBYTE);
        }
        assert_int_equal(flow_pending(held.flow), 20);
        assert_true(flow_pending_bytes(held.flow) > FLOW_BODIES_MAX / 2);
        release(&held);
        assert_int_equal(flow_commit(held.flow), 0);
        assert_int_equal(flow_pending_bytes(held.flow), 0);
        assert_int_equal(rows(&held), 20); /* the checks are all there, bytes or not */
        end(&held);
}

static void look_at_text(Held *held, int i, size_t n) {
        clock_advance(held->clock, 60 * NSEC_PER_SEC);
        Observation *seen = observation_new(clock_at_real(held->clock), clock_at_boot(held->clock));
        mon_auto_free char *word = mon_calloc(n, 1);

        memset(word, 'a' + i % 26, n - 1);
        observation_judge(seen, VERDICT_UP, CAUSE_OK, NULL);
        seen->content = (Content){.text = mon_steal(&word), .rules = 1};
        content_digest(&seen->content);
        flow_observe(held->flow, &held->watch, seen);
        assert_int_equal(loop_settle(held->loop), 0);
}

static void count_line(void *userdata, LogLevel level, const char *text, const LogField *fields, size_t n_fields) {
        (void)fields;
        (void)n_fields;
        (void)text;
        *(int *)userdata += level <= LOG_LEVEL_NOTICE;
}

/* Said once when it begins and once when it ends, and no version of anything. */
static void test_a_part_that_cannot_be_read_is_said(void **unused) {
        Held held;
        int lines = 0;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        look_at_text(&held, 0, 10);
        log_set_sink(count_line, &lines);
        for (int i = 0; i < 3; i++) {
                clock_advance(held.clock, 60 * NSEC_PER_SEC);
                Observation *seen = observation_new(clock_at_real(held.clock), clock_at_boot(held.clock));
                observation_judge(seen, VERDICT_UP, CAUSE_OK, NULL);
                seen->content.is_unread = true;
                flow_observe(held.flow, &held.watch, seen);
                assert_int_equal(lines, 1);
        }
        look_at_text(&held, 0, 10);
        assert_int_equal(lines, 2);
        log_set_sink(NULL, NULL);
        assert_int_equal(held.told[EVENT_CONTENT_CHANGED], 0);
        content_fini(&held.watch.content);
        end(&held);
}

/* A watched text that changes all the time while nothing can be written: each change is told, not every text is kept.
 */
static void test_what_waits_of_watched_texts_has_a_bound(void **unused) {
        const ViewFilter filter = {.limit = VIEW_LIMIT_MAX};
        ViewPage page;
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        look_at_text(&held, 0, CONTENT_TEXT_MAX);
        hold(&held);
        for (int i = 1; i <= 200; i++) {
                look_at_text(&held, i, CONTENT_TEXT_MAX);
                assert_true(flow_pending_bytes(held.flow) <= FLOW_BODIES_MAX);
        }
        assert_int_equal(held.told[EVENT_CONTENT_CHANGED], 200);
        release(&held);
        assert_int_equal(flow_commit(held.flow), 0);
        assert_int_equal(flow_pending_bytes(held.flow), 0);
        assert_int_equal(held.told[EVENT_CONTENT_CHANGED], 200);
        assert_int_equal(view_content(held.store, &filter, &page), 0);
        assert_in_range(json_array_size(page.rows), FLOW_BODIES_MAX / CONTENT_TEXT_MAX / 2, 200);
        json_decref(page.rows);
        content_fini(&held.watch.content);
        end(&held);
}

/* However long it was held, what waits is written soon after it is free. */
static void test_trying_again_has_a_bound(void **unused) {
        Held held;
        (void)unused;

        begin(&held, 3650 * 86400 * NSEC_PER_SEC);
        hold(&held);
        look(&held, true, 0);
        for (int i = 0; i < 600; i++) {
                clock_advance(held.clock, 10 * NSEC_PER_SEC);
                assert_int_equal(loop_settle(held.loop), 0);
        }
        assert_int_equal(flow_pending(held.flow), 1);
        release(&held);
        for (Nsec waited = 0; waited < FLOW_RETRY_MAX; waited += NSEC_PER_SEC) {
                clock_advance(held.clock, NSEC_PER_SEC);
                assert_int_equal(loop_settle(held.loop), 0);
        }
        assert_int_equal(flow_pending(held.flow), 0);
        assert_int_equal(rows(&held), 1);
        end(&held);
}

/* Retention never takes more than its share of one tick. */
static void test_expiry_goes_step_by_step(void **unused) {
        const size_t old = 3 * FLOW_EXPIRE_ROWS_MAX;
        Held held;
        (void)unused;

        begin(&held, 20 * 86400 * NSEC_PER_SEC);
        for (size_t i = 0; i < old; i++)
                look(&held, true, 0);
        size_t before = rows(&held);
        assert_int_equal(before, old);
        clock_advance(held.clock, 30 * 86400 * NSEC_PER_SEC);
        for (int tick = 0; tick < 20 && rows(&held) > 0; tick++) {
                size_t n = rows(&held);
                assert_true(before - n <= FLOW_EXPIRE_ROWS_MAX);
                before = n;
                assert_int_equal(loop_settle(held.loop), 0);
                clock_advance(held.clock, 2 * NSEC_PER_SEC);
        }
        assert_true(rows(&held) <= 1);
        end(&held);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_queue_has_a_bound),
                cmocka_unit_test(test_a_corrupt_database_is_replaced_as_soon_as_it_can_be),
                cmocka_unit_test(test_a_database_that_was_removed_is_begun_anew),
                cmocka_unit_test(test_a_database_that_was_replaced_is_left_alone),
                cmocka_unit_test(test_a_target_that_nobody_recorded_holds_nothing_up),
                cmocka_unit_test(test_a_sign_of_life_follows_each_commit),
                cmocka_unit_test(test_blindness_ends_when_somebody_answers),
                cmocka_unit_test(test_a_fault_of_our_own_is_blindness),
                cmocka_unit_test(test_what_waits_of_answers_has_a_bound),
                cmocka_unit_test(test_a_part_that_cannot_be_read_is_said),
                cmocka_unit_test(test_what_waits_of_watched_texts_has_a_bound),
                cmocka_unit_test(test_trying_again_has_a_bound),
                cmocka_unit_test(test_expiry_goes_step_by_step),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
