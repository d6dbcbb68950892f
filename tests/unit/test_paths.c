/* Paths in the flow: one transaction with their targets, told once, and stated anew to a fresh database. */
#include "daemon/flow.h"
#include "tests/lib/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct World {
        Folder folder;
        Clock *clock;
        Loop *loop;
        Store *store;
        Flow *flow;
        Config config;
        Target target;
        Path path;
        Channel channel;
        Watch watch;
        int told[EVENT_MAX + 1];
} World;

static void on_event(void *userdata, const Event *event) {
        ((World *)userdata)->told[event->type]++;
}

static void on_checked(void *userdata, const Watch *watch, const Observation *observation) {
        (void)userdata;
        (void)watch;
        (void)observation;
}

static void on_trouble(void *userdata, int error) {
        (void)userdata;
        (void)error;
}

static Store *on_renew(void *userdata, int why) {
        World *world = userdata;

        assert_int_equal(why, -ENOENT);
        store_close(mon_steal(&world->store));
        world->store = folder_open(&world->folder);
        flow_restate(world->flow, &world->watch);
        return world->store;
}

static int begin(void **state) {
        static char *steps[] = {(char *)"page"};
        World *world = mon_new(World);
        const FlowHost host = {
                .userdata = world, .event = on_event, .checked = on_checked, .trouble = on_trouble, .renew = on_renew};
        const FlowStart start = {.version = "test"};

        folder_make(&world->folder);
        world->clock = clock_new_simulated(NSEC_PER_SEC, FOLDER_NOW, 1);
        assert_int_equal(loop_new(world->clock, &world->loop), 0);
        world->store = folder_open(&world->folder);
        folder_must(flow_new(world->loop, world->store, &host, &start, &world->flow));
        world->target = (Target){.id = (char *)"page",
                                 .interval = 60 * NSEC_PER_SEC,
                                 .timeout = 20 * NSEC_PER_SEC,
                                 .confirm = {.fail = 1, .pass = 1, .retry_interval = 30 * NSEC_PER_SEC}};
        world->channel = (Channel){.id = (char *)"web", .steps = steps, .n_steps = 1};
        world->path = (Path){.id = (char *)"refus", .channels = &world->channel, .n_channels = 1};
        list_add(&world->config.targets, &world->target);
        list_add(&world->config.paths, &world->path);
        world->watch.target = &world->target;
        target_state_init(&world->watch.state);
        folder_must(flow_load(world->flow, &world->watch));
        folder_must(flow_load_paths(world->flow, &world->config));
        flow_set_config(world->flow, &world->config);
        assert_int_equal(loop_settle(world->loop), 0);
        *state = world;
        return 0;
}

static int end(void **state) {
        World *world = *state;

        flow_free(world->flow);
        store_close(world->store);
        folder_remove(&world->folder);
        list_fini(&world->config.targets);
        list_fini(&world->config.paths);
        target_state_fini(&world->watch.state);
        incident_fini(&world->watch.open);
        loop_free(world->loop);
        clock_free(world->clock);
        free(world);
        return 0;
}

static void observe(World *world, Verdict verdict, Cause cause) {
        Observation *seen = observation_new(clock_at_real(world->clock), clock_at_boot(world->clock));

        observation_judge(seen, verdict, cause, NULL);
        flow_observe(world->flow, &world->watch, seen);
        assert_int_equal(loop_settle(world->loop), 0);
}

static PathStatus stored(World *world) {
        PathStatus status;

        folder_must(store_load_path(world->store, "refus", &status));
        return status;
}

static void a_change_is_told_once(void **state) {
        World *world = *state;

        assert_int_equal(stored(world).state, PATH_UNKNOWN);
        observe(world, VERDICT_UP, CAUSE_OK);
        assert_int_equal(stored(world).state, PATH_OPEN);
        observe(world, VERDICT_DOWN, CAUSE_HTTP_5XX);
        PathStatus closed = stored(world);
        assert_int_equal(closed.state, PATH_CLOSED);
        assert_true(closed.proven && closed.incident != 0);
        flow_set_config(world->flow, &world->config); /* a reload that changes nothing */
        assert_int_equal(loop_settle(world->loop), 0);
        flow_pause(world->flow, &world->watch, true);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_int_equal(stored(world).state, PATH_UNKNOWN);
        assert_int_equal(stored(world).incident, closed.incident);
        assert_int_equal(world->told[EVENT_PATH_OPEN], 1);
        assert_int_equal(world->told[EVENT_PATH_CLOSED], 1);
        assert_int_equal(world->told[EVENT_PATH_UNKNOWN], 1);
        PathStatus status;
        assert_int_equal(paths_count(flow_paths(world->flow)), 1);
        assert_ptr_equal(paths_at(flow_paths(world->flow), 0, &status), &world->path);
        assert_int_equal(status.state, PATH_UNKNOWN);
}

/* The file is gone in the middle of a run: the fresh one knows what was known, and nobody is told again. */
static void a_fresh_database_knows_it(void **state) {
        static const char *const suffixes[] = {"", "-wal", "-shm"};
        World *world = *state;
        mon_cleanup(incident_fini) Incident incident = {0};

        observe(world, VERDICT_DOWN, CAUSE_HTTP_5XX);
        PathStatus before = stored(world);
        for (size_t i = 0; i < mon_count_of(suffixes); i++) {
                mon_auto_free char *file = mon_printf("%s%s", world->folder.database, suffixes[i]);
                (void)unlink(file);
        }
        observe(world, VERDICT_DOWN, CAUSE_HTTP_5XX);
        PathStatus after = stored(world);
        assert_int_equal(after.state, PATH_CLOSED);
        assert_true(after.proven && after.since_at_real == before.since_at_real);
        assert_int_equal(after.incident, before.incident);
        folder_must(store_load_incident(world->store, after.incident, &incident));
        assert_int_equal(incident.kind, SUBJECT_PATH);
        assert_int_equal(world->told[EVENT_PATH_CLOSED], 1);
        observe(world, VERDICT_UP, CAUSE_OK);
        assert_int_equal(stored(world).state, PATH_OPEN);
        incident_fini(&incident);
        folder_must(store_load_incident(world->store, after.incident, &incident));
        assert_true(incident.closed_at_real != NSEC_UNKNOWN);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_change_is_told_once, begin, end),
                cmocka_unit_test_setup_teardown(a_fresh_database_knows_it, begin, end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
