/* The documents of paths: status, events, incidents, from rows written as the daemon writes them. */
#include "daemon/view/view.h"

#include "daemon/base/text.h"
#include "daemon/store/rows.h"
#include "tests/lib/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW FOLDER_NOW
#define SEC NSEC_PER_SEC

typedef struct World {
        Folder folder;
        Store *store;
        ViewLive live;
} World;

static char *web_steps[] = {(char *)"page", (char *)"login"}, *phone_steps[] = {(char *)"line"};
static Channel channels[] = {
        {.id = (char *)"web",
         .title = {.in = {(char *)"En ligne", (char *)"Online"}},
         .steps = web_steps,
         .n_steps = 2},
        {.id = (char *)"phone",
         .title = {.in = {(char *)"Au 34 22", (char *)"At 34 22"}},
         .steps = phone_steps,
         .n_steps = 1},
};
static Path refus = {.id = (char *)"refus",
                     .title = {.in = {(char *)"Refuser", (char *)"Refusing"}},
                     .channels = channels,
                     .n_channels = 2};

static void set_state(World *world, const char *target, Verdict verdict) {
        TargetState state;

        target_state_init(&state);
        state.state = verdict;
        state.since_at_real = NOW;
        folder_must(store_put_state(world->store, target, &state));
}

static void fill(World *world) {
        Target targets[] = {
                {.id = (char *)"page"}, {.id = (char *)"login"}, {.id = (char *)"line"}, {.id = (char *)"apart"}};
        Target *all[] = {&targets[0], &targets[1], &targets[2], &targets[3]};
        Path *paths[] = {&refus};
        const PathStatus status = {.state = PATH_CLOSED, .since_at_real = NOW + 60 * SEC, .incident = 7};
        Incident incident = {.id = 7,
                             .kind = SUBJECT_PATH,
                             .subject = (char *)"refus",
                             .state = VERDICT_DOWN,
                             .worst = VERDICT_DOWN,
                             .cause = CAUSE_HTTP_5XX,
                             .opened_at_real = NOW + 60 * SEC,
                             .confirmed_at_real = NOW + 120 * SEC,
                             .closed_at_real = NSEC_UNKNOWN};

        folder_must(store_begin(world->store));
        folder_must(store_put_targets(world->store, all, 4, NOW));
        folder_must(store_put_paths(world->store, paths, 1, NOW));
        set_state(world, "page", VERDICT_DOWN);
        set_state(world, "login", VERDICT_UP);
        set_state(world, "line", VERDICT_BLOCKED);
        folder_must(store_put_path_status(world->store, "refus", &status));
        assert_int_equal(store_put_path_status(world->store, "nobody", &status), -ENXIO); /* and harms nothing */
        folder_must(store_put_incident(world->store, &incident));
        folder_must(store_put_path_line(world->store, 7, NOW + 60 * SEC, "opened", "page", VERDICT_DOWN, CAUSE_HTTP_5XX,
                                        "500"));
        incident.id = 8;
        incident.kind = SUBJECT_TARGET;
        incident.subject = (char *)"page";
        folder_must(store_put_incident(world->store, &incident));
        folder_must(store_commit(world->store, true));
}

static int begin(void **state) {
        World *world = mon_new(World);

        folder_make(&world->folder);
        world->store = folder_open(&world->folder);
        world->live = (ViewLive){.now_at_real = NOW + 600 * SEC, .observer_name = "Collectif"};
        fill(world);
        *state = world;
        return 0;
}

static int end(void **state) {
        World *world = *state;

        store_close(world->store);
        folder_remove(&world->folder);
        free(world);
        return 0;
}

static void expect(const json_t *value, const char *text) {
        mon_auto_free char *line = json_line(value);
        assert_string_equal(line, text);
}

#define REFUS                                                                                                          \
        "[{\"id\":\"refus\",\"title\":{\"fr\":\"Refuser\",\"en\":\"Refusing\"},\"state\":\"closed\",\"proven\":false," \
        "\"since\":\"2026-01-01T00:01:00.000Z\",\"channels\":["                                                        \
        "{\"id\":\"web\",\"title\":{\"fr\":\"En ligne\",\"en\":\"Online\"},\"state\":\"closed\","                      \
        "\"steps\":[\"page\",\"login\"]},"                                                                             \
        "{\"id\":\"phone\",\"title\":{\"fr\":\"Au 34 22\",\"en\":\"At 34 22\"},\"state\":\"unknown\","                 \
        "\"steps\":[\"line\"]}]}]"

static void status_shows_paths_with_their_channels(void **state) {
        World *world = *state;
        mon_auto_json *all = NULL, *named = NULL, *target = NULL;

        folder_must(view_status(world->store, &world->live, NULL, &all));
        expect(json_object_get(all, "paths"), REFUS);
        assert_int_equal(json_array_size(json_object_get(all, "targets")), 4);
        assert_int_equal(json_array_size(json_object_get(all, "incidents")), 2);
        folder_must(view_status(world->store, &world->live, "refus", &named));
        expect(json_object_get(named, "paths"), REFUS);
        assert_int_equal(json_array_size(json_object_get(named, "targets")), 3); /* its steps */
        assert_int_equal(json_array_size(json_object_get(named, "incidents")), 1);
        folder_must(view_status(world->store, &world->live, "page", &target));
        expect(json_object_get(target, "paths"), "[]");
        assert_int_equal(view_status(world->store, &world->live, "nobody", &target), VIEW_E_NOT_FOUND);
}

static void a_path_that_left_is_there_by_its_name(void **state) {
        World *world = *state;
        mon_auto_json *all = NULL, *named = NULL;
        mon_cleanup(list_fini) List active = {0};
        char **ids = NULL;
        size_t n = 0;

        folder_must(store_begin(world->store));
        folder_must(store_put_paths(world->store, NULL, 0, NOW));
        folder_must(store_commit(world->store, true));
        folder_must(view_status(world->store, &world->live, NULL, &all));
        expect(json_object_get(all, "paths"), "[]");
        folder_must(view_status(world->store, &world->live, "refus", &named));
        expect(json_object_get(named, "paths"), REFUS);
        folder_must(store_active_paths(world->store, &active));
        assert_int_equal(active.n, 0);
        folder_must(view_subject_ids(world->store, &ids, &n));
        assert_int_equal(n, 5);
        for (size_t i = 0; i < n; i++)
                free(ids[i]);
        free(ids);
}

static void incidents_of_paths_are_their_own(void **state) {
        World *world = *state;
        mon_auto_json *whole = NULL;
        ViewPage page = {0};

        folder_must(view_incidents(world->store, &world->live, &(ViewFilter){.path = "refus"}, &page));
        assert_int_equal(json_array_size(page.rows), 1);
        const json_t *row = json_array_get(page.rows, 0);
        assert_string_equal(json_get_text(row, "kind", ""), "path");
        assert_string_equal(json_get_text(row, "state", ""), "closed");
        assert_string_equal(json_get_text(row, "worst", ""), "closed");
        assert_string_equal(json_get_text(row, "cause", ""), "http_5xx");
        json_decref(page.rows);
        folder_must(view_incidents(world->store, &world->live, &(ViewFilter){.target = "refus"}, &page));
        assert_int_equal(json_array_size(page.rows), 0);
        json_decref(page.rows);
        folder_must(view_incident(world->store, &world->live, 7, &whole));
        expect(json_object_get(whole, "timeline"),
               "[{\"at\":\"2026-01-01T00:01:00.000Z\",\"what\":\"opened\",\"target\":\"page\",\"verdict\":\"down\","
               "\"cause\":\"http_5xx\",\"text\":\"500\"}]");
}

static void an_event_of_a_path_has_its_words(void **state) {
        World *world = *state;
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(EVENT_PATH_CLOSED, NOW);
        ViewPage page = {0};

        (void)snprintf(event->id, sizeof event->id, "evt_1");
        event->kind = SUBJECT_PATH;
        event->subject = mon_strdup("refus");
        event->path_from = PATH_OPEN;
        event->path_to = PATH_CLOSED;
        event->unknown = mon_strdup("phone other");
        event->reason = mon_strdup("page");
        event->since_at_real = NOW - 60 * SEC;
        event->verdict = VERDICT_DOWN;
        event->cause = CAUSE_HTTP_5XX;
        folder_must(store_begin(world->store));
        folder_must(store_put_event(world->store, event));
        folder_must(store_commit(world->store, true));
        folder_must(view_events(world->store, &world->live, &(ViewFilter){.path = "refus"}, &page));
        assert_int_equal(json_array_size(page.rows), 1);
        const json_t *row = json_array_get(page.rows, 0);
        expect(json_object_get(row, "subject"),
               "{\"kind\":\"path\",\"id\":\"refus\",\"title\":{\"fr\":\"refus\",\"en\":\"refus\"}}");
        assert_string_equal(json_get_text(row, "type", ""), "path.closed");
        assert_string_equal(json_get_text(row, "from", ""), "open");
        assert_string_equal(json_get_text(row, "to", ""), "closed");
        assert_false(json_get_bool(row, "proven", true));
        expect(json_object_get(row, "unknown"), "[\"phone\",\"other\"]");
        assert_string_equal(json_get_text(json_object_get(row, "reason"), "target", ""), "page");
        json_decref(page.rows);

        event->proven = true;
        mon_replace(&event->unknown, NULL);
        mon_auto_json *proven = view_event(event, NULL, NULL);
        assert_true(json_get_bool(proven, "proven", false));
        expect(json_object_get(proven, "unknown"), "[]");
}

static void move(World *world, PathState from, PathState to, Nsec at) {
        folder_must(store_put_path_transition(world->store, "refus", &(PathTransition){from, to, false, at, at}, "page",
                                              VERDICT_DOWN, CAUSE_HTTP_5XX));
}

static void the_time_of_a_path_sums_up(void **state) {
        World *world = *state;
        mon_auto_json *all = NULL, *named = NULL, *dead = NULL, *whole = NULL;
        const ViewFilter filter = {.has_since = true, .since_at_real = NOW - 100 * SEC};
        static const char *const refused[] = {"refus"}, *const nobody[] = {"nobody"};
        int64_t id = 0;

        folder_must(store_begin(world->store));
        folder_must(store_begin_run(world->store, NOW, "test", 1, 1, &id));
        folder_must(store_mark_alive(world->store, id, NOW + 500 * SEC));
        move(world, PATH_UNKNOWN, PATH_OPEN, NOW);
        move(world, PATH_OPEN, PATH_CLOSED, NOW + 60 * SEC);
        move(world, PATH_CLOSED, PATH_IMPAIRED, NOW + 400 * SEC);
        folder_must(store_put_gap(world->store, NULL, NOW + 100 * SEC, NOW + 150 * SEC, CAUSE_NOT_RUNNING, "x", &id));
        folder_must(store_put_gap(world->store, "page", NOW, NOW + 500 * SEC, CAUSE_PAUSED, "not all", &id));
        folder_must(store_commit(world->store, true));
        folder_must(view_uptime(world->store, &world->live, &filter, NULL, 0, &all));
        const json_t *row = json_array_get(all, 0);
        expect(json_object_get(row, "kind"), "\"path\"");
        expect(json_object_get(row, "seconds"),
               "{\"open\":60.0,\"impaired\":200.0,\"closed\":290.0,\"unknown\":150.0}");
        assert_int_equal(json_get_int(row, "incidents", 0), 1);
        assert_int_equal((int)(json_get_number(row, "availability", 0) * 1e6), 260 * 1000000 / 550);
        assert_int_equal((int)(json_get_number(row, "coverage", 0) * 1e6), 550 * 1000000 / 700);
        assert_int_equal(json_array_size(all), 5);

        /* A minute later it says nothing any more: what it knew ends with its last sign of life. */
        world->live.now_at_real = NOW + 700 * SEC;
        folder_must(view_uptime(world->store, &world->live, &filter, refused, 1, &dead));
        expect(json_object_get(json_array_get(dead, 0), "seconds"),
               "{\"open\":60.0,\"impaired\":100.0,\"closed\":290.0,\"unknown\":350.0}");
        assert_int_equal(view_uptime(world->store, &world->live, &filter, nobody, 1, &named), VIEW_E_NOT_FOUND);
        /* Of the open incident, what was known: its own end is not. */
        folder_must(view_incident(world->store, &world->live, 7, &whole));
        assert_int_equal((int)json_get_number(whole, "observed_s", -1), 390);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(status_shows_paths_with_their_channels, begin, end),
                cmocka_unit_test_setup_teardown(a_path_that_left_is_there_by_its_name, begin, end),
                cmocka_unit_test_setup_teardown(incidents_of_paths_are_their_own, begin, end),
                cmocka_unit_test_setup_teardown(an_event_of_a_path_has_its_words, begin, end),
                cmocka_unit_test_setup_teardown(the_time_of_a_path_sums_up, begin, end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
