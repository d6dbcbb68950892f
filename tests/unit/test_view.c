/* The documents, from a small life: an outage, a banner, a pause, a target that left the configuration. */
#include "daemon/view/view.h"

#include "daemon/base/text.h"
#include "daemon/store/rows.h"
#include "tests/lib/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW FOLDER_NOW
#define SEC NSEC_PER_SEC

typedef struct World {
        Folder folder;
        Store *store;
        ViewLive live;
} World;

static Nsec planned(void *userdata, const char *target) {
        (void)userdata;
        return strcmp(target, "page") == 0 ? NOW + 1000 * SEC : NSEC_UNKNOWN;
}

static void look(World *world, const char *target, Nsec at, Verdict verdict, Cause cause, const char *banner) {
        mon_cleanup(observation_free_p) Observation *seen = observation_new(at, 0);
        int64_t check;

        observation_judge(seen, verdict, cause, banner ? "=SUM(1,2), \"quoted\"" : NULL);
        seen->http_status = 200;
        seen->duration = 123456789;
        seen->dns = 1 * NSEC_PER_MSEC;
        seen->bytes = 4321;
        (void)snprintf(seen->remote_ip, sizeof seen->remote_ip, "192.0.2.1");
        seen->has_body = true;
        sha256_of("", 0, &seen->body_sha256);
        if (banner) {
                seen->banner_text = mon_strdup(banner);
                seen->banner_rule = mon_strdup("fr.maintenance");
        }
        folder_must(store_put_check(world->store, target, seen, at + 140 * SEC, &check));
        if (banner)
                folder_must(store_put_banner(world->store, target, banner, "fr.maintenance", at));
}

static void put_incident(World *world) {
        Incident incident = {
                .id = 1,
                .kind = SUBJECT_TARGET,
                .subject = (char *)"page",
                .state = VERDICT_MAINTENANCE,
                .worst = VERDICT_DOWN,
                .cause = CAUSE_BANNER,
                .opened_at_real = NOW + 60 * SEC,
                .confirmed_at_real = NOW + 120 * SEC,
                .closed_at_real = NOW + 300 * SEC,
                .banner_text = (char *)"Site en maintenance",
                .banner_rule = (char *)"fr.maintenance",
        };

        folder_must(store_put_incident(world->store, &incident));
        folder_must(store_put_incident_line(world->store, 1, NOW + 60 * SEC, "opened", VERDICT_MAINTENANCE,
                                            CAUSE_BANNER, "x"));
        folder_must(store_put_incident_line(world->store, 1, NOW + 300 * SEC, "closed", VERDICT_UP, CAUSE_OK, NULL));
        incident.id = 2;
        incident.subject = (char *)"gone";
        incident.opened_at_real = NOW + 400 * SEC;
        incident.closed_at_real = NSEC_UNKNOWN;
        incident.banner_text = incident.banner_rule = NULL;
        folder_must(store_put_incident(world->store, &incident));
}

static void put_event(World *world, const char *id, Nsec at, EventType type) {
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(type, at);

        (void)snprintf(event->id, sizeof event->id, "%s", id);
        event->kind = SUBJECT_TARGET;
        event->subject = mon_strdup("page");
        event->from = VERDICT_UP;
        event->to = VERDICT_MAINTENANCE;
        event->since_at_real = at - 60 * SEC;
        event->verdict = VERDICT_MAINTENANCE;
        event->cause = CAUSE_BANNER;
        event->http_status = 200;
        event->banner = mon_strdup("Site en maintenance");
        event->incident = 1;
        event->incident_opened_at_real = at - 60 * SEC;
        folder_must(store_put_event(world->store, event));
        folder_must(store_put_event(world->store, event)); /* once is enough */
}

static void fill(World *world) {
        Target page = {.id = (char *)"page", .title = {.in = {(char *)"La page", NULL}}};
        Target gone = {.id = (char *)"gone"};
        Target *targets[] = {&page, &gone};
        TargetState state;

        folder_must(store_begin(world->store));
        folder_must(store_put_observer(world->store, "Collectif", "https://example.org/"));
        folder_must(store_put_targets(world->store, targets, 2, NOW));
        look(world, "page", NOW, VERDICT_UP, CAUSE_OK, NULL);
        look(world, "page", NOW + 60 * SEC, VERDICT_MAINTENANCE, CAUSE_BANNER, "Site en maintenance");
        look(world, "page", NOW + 120 * SEC, VERDICT_MAINTENANCE, CAUSE_BANNER, "Site en maintenance");
        folder_must(store_put_transition(
                world->store, "page",
                &(Transition){VERDICT_UP, VERDICT_MAINTENANCE, CAUSE_BANNER, NOW + 60 * SEC, NOW + 120 * SEC}));
        look(world, "gone", NOW + 130 * SEC, VERDICT_DOWN, CAUSE_DNS, NULL);
        look(world, "page", NOW + 300 * SEC, VERDICT_UP, CAUSE_OK, NULL);
        folder_must(store_put_transition(
                world->store, "page",
                &(Transition){VERDICT_MAINTENANCE, VERDICT_UP, CAUSE_OK, NOW + 300 * SEC, NOW + 300 * SEC}));
        target_state_init(&state);
        state.state = VERDICT_UP;
        state.since_at_real = NOW + 300 * SEC;
        folder_must(store_put_state(world->store, "page", &state));
        put_incident(world);
        put_event(world, "evt_1", NOW + 120 * SEC, EVENT_TARGET_MAINTENANCE);
        put_event(world, "evt_2", NOW + 300 * SEC, EVENT_NOTICE_ANNOUNCED);
        folder_must(store_put_targets(world->store, targets, 1, NOW + 500 * SEC));
        folder_must(store_commit(world->store, true));
}

static int begin(void **state) {
        World *world = mon_new(World);

        folder_make(&world->folder);
        world->store = folder_open(&world->folder);
        world->live = (ViewLive){.now_at_real = NOW + 600 * SEC, .next_check_at_real = planned};
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

/* As one line, keys in order, so that a shape is compared whole. */
static void expect(const json_t *value, const char *text) {
        mon_auto_free char *line = json_line(value);
        assert_string_equal(line, text);
}

#define LAST_CHECK                                                                                                     \
        "\"at\":\"2026-01-01T00:05:00.000Z\",\"verdict\":\"up\",\"cause\":\"ok\",\"detail\":null,\"http_status\":200," \
        "\"duration_ms\":123.456,\"banner\":null"
#define ABSENT "{\"at\":\"2026-01-01T00:01:00.000Z\",\"http_status\":200,\"answers\":true}"
#define PAGE(next)                                                                                                     \
        "{\"id\":\"page\",\"title\":{\"fr\":\"La page\",\"en\":\"La page\"},\"kind\":\"\",\"state\":\"up\","           \
        "\"cause\":\"not_yet\",\"since\":\"2026-01-01T00:05:00.000Z\",\"paused\":false,\"next_check_at\":" next        \
        ",\"last_check\":{" LAST_CHECK "},\"absent_page\":" ABSENT ",\"notice\":null}"

static void status_says_what_is(void **state) {
        World *world = *state;
        mon_auto_json *document = NULL;
        mon_auto_json *offline = NULL;
        mon_auto_json *other = NULL;

        folder_must(store_begin(world->store));
        folder_must(store_put_absent(world->store, "page", 404, NOW));
        folder_must(store_put_absent(world->store, "page", 200, NOW + 60 * SEC));
        assert_int_equal(store_put_absent(world->store, "nobody", 200, NOW), -ENXIO);
        store_rollback(world->store);
        folder_must(store_begin(world->store));
        folder_must(store_put_absent(world->store, "page", 404, NOW));
        folder_must(store_put_absent(world->store, "page", 200, NOW + 60 * SEC));
        folder_must(store_commit(world->store, false));
        folder_must(view_status(world->store, &world->live, NULL, &document));
        expect(json_object_get(document, "generated_at"), "\"2026-01-01T00:10:00.000Z\"");
        expect(json_object_get(document, "observer"), "{\"name\":\"Collectif\",\"contact\":\"https://example.org/\"}");
        expect(json_object_get(document, "paths"), "[]");
        expect(json_object_get(document, "targets"), "[" PAGE("\"2026-01-01T00:16:40.000Z\"") "]");
        assert_int_equal(json_array_size(json_object_get(document, "incidents")), 1);
        world->live.next_check_at_real = NULL;
        folder_must(view_status(world->store, &world->live, "page", &offline));
        expect(json_object_get(offline, "targets"), "[" PAGE("null") "]");
        expect(json_object_get(offline, "incidents"), "[]");
        folder_must(view_status(world->store, &world->live, "gone", &other));
        assert_int_equal(json_array_size(json_object_get(other, "incidents")), 1);
        expect(json_object_get(json_array_get(json_object_get(other, "targets"), 0), "absent_page"), "null");
        assert_int_equal(view_status(world->store, &world->live, "nobody", &document), VIEW_E_NOT_FOUND);
}

static void history_is_newest_first_and_pages(void **state) {
        World *world = *state;
        ViewFilter filter = {.target = "page", .limit = 3};
        ViewPage page;
        char cursor[VIEW_CURSOR_MAX];

        folder_must(view_history(world->store, &filter, &page));
        assert_int_equal(json_array_size(page.rows), 3);
        expect(json_array_get(page.rows, 0),
               "{\"at\":\"2026-01-01T00:05:00.000Z\",\"verdict\":\"up\",\"cause\":\"ok\",\"detail\":null,"
               "\"http_status\":200,\"duration_ms\":123.456,\"dns_ms\":1.0,\"connect_ms\":null,\"tls_ms\":null,"
               "\"ttfb_ms\":null,\"bytes\":4321,\"remote_ip\":\"192.0.2.1\",\"body_sha256\":"
               "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}");
        assert_true(page.cursor[0] != '\0');
        memcpy(cursor, page.cursor, sizeof cursor);
        json_decref(page.rows);
        filter.cursor = cursor;
        folder_must(view_history(world->store, &filter, &page));
        assert_int_equal(json_array_size(page.rows), 1);
        assert_string_equal(page.cursor, "");
        json_decref(page.rows);
        static const char *const wrong[] = {"", "x", "1", "1.", "1.0", "1.2x", "99999999999999999999.1"};
        for (size_t i = 0; i < mon_count_of(wrong); i++) {
                filter.cursor = wrong[i];
                assert_int_equal(view_history(world->store, &filter, &page), VIEW_E_CURSOR);
        }
        filter = (ViewFilter){.target = "page",
                              .has_since = true,
                              .has_until = true,
                              .since_at_real = NOW + 60 * SEC,
                              .until_at_real = NOW + 120 * SEC,
                              .limit = 5 * VIEW_LIMIT_MAX};
        folder_must(view_history(world->store, &filter, &page));
        assert_int_equal(json_array_size(page.rows), 1);
        json_decref(page.rows);
        filter.target = "nobody";
        assert_int_equal(view_history(world->store, &filter, &page), VIEW_E_NOT_FOUND);
}

static void a_page_has_its_bound(void **state) {
        World *world = *state;
        ViewFilter filter = {.target = "gone"};
        ViewPage page;

        folder_must(store_begin(world->store));
        for (int i = 0; i < VIEW_OBSERVED_CHECKS_MAX + 300; i++)
                look(world, "gone", NOW + (200 + i) * SEC, VERDICT_UP, CAUSE_OK, NULL);
        folder_must(store_commit(world->store, false));
        folder_must(view_history(world->store, &filter, &page));
        assert_int_equal(json_array_size(page.rows), VIEW_LIMIT_FALLBACK);
        json_decref(page.rows);
        filter.limit = VIEW_LIMIT_MAX + 1;
        folder_must(view_history(world->store, &filter, &page));
        assert_int_equal(json_array_size(page.rows), VIEW_LIMIT_MAX);
        json_decref(page.rows);
        /* Too many checks for a list to add up: only the incident's own document does. */
        mon_auto_json *own = NULL;
        filter = (ViewFilter){.open_only = true};
        world->live.now_at_real = NOW + 20000 * SEC;
        folder_must(view_incidents(world->store, &world->live, &filter, &page));
        assert_true(json_is_null(json_object_get(json_array_get(page.rows, 0), "observed_s")));
        json_decref(page.rows);
        folder_must(view_incident(world->store, &world->live, 2, &own));
        assert_true(json_is_number(json_object_get(own, "observed_s")));
}

static json_t *observed_in_status(World *world, Nsec now) {
        mon_auto_json *status = NULL;

        world->live.now_at_real = now;
        folder_must(view_status(world->store, &world->live, NULL, &status));
        json_t *incident = json_array_get(json_object_get(status, "incidents"), 0);
        return json_incref(json_object_get(incident, "observed_s"));
}

static void status_adds_up_few_checks_only(void **state) {
        World *world = *state;

        folder_must(store_begin(world->store));
        for (int i = 0; i < 2 * VIEW_STATUS_CHECKS_MAX; i++)
                look(world, "gone", NOW + (400 + i) * SEC, VERDICT_UP, CAUSE_OK, NULL);
        folder_must(store_commit(world->store, false));
        mon_auto_json *few = observed_in_status(world, NOW + (400 + VIEW_STATUS_CHECKS_MAX) * SEC);
        mon_auto_json *many = observed_in_status(world, NOW + (402 + VIEW_STATUS_CHECKS_MAX) * SEC);
        assert_true(json_is_number(few));
        assert_true(json_is_null(many));
}

static void banners_are_one_for_each_target_and_text(void **state) {
        World *world = *state;
        ViewFilter filter = {0};
        ViewPage page;

        folder_must(view_banners(world->store, &filter, &page));
        expect(page.rows,
               "[{\"text\":\"Site en maintenance\",\"target\":\"page\",\"first_seen\":\"2026-01-01T00:01:00.000Z\","
               "\"last_seen\":\"2026-01-01T00:02:00.000Z\",\"times\":2,\"rule\":\"fr.maintenance\"}]");
        json_decref(page.rows);
        filter.has_since = true;
        filter.since_at_real = NOW + 200 * SEC;
        folder_must(view_banners(world->store, &filter, &page));
        expect(page.rows, "[]");
        json_decref(page.rows);
}

#define INCIDENT_1                                                                                                     \
        "\"id\":1,\"kind\":\"target\",\"subject\":\"page\",\"state\":\"maintenance\",\"worst\":\"down\","              \
        "\"cause\":\"banner\",\"opened_at\":\"2026-01-01T00:01:00.000Z\",\"confirmed_at\":\"2026-01-01T00:02:00."      \
        "000Z\","                                                                                                      \
        "\"closed_at\":\"2026-01-01T00:05:00.000Z\",\"duration_s\":240.0,\"observed_s\":200.0,"                        \
        "\"banner\":{\"text\":\"Site en maintenance\",\"rule\":\"fr.maintenance\"}"

static void incidents_are_listed_and_told(void **state) {
        World *world = *state;
        ViewFilter filter = {0};
        ViewPage page;
        mon_auto_json *incident = NULL;

        folder_must(view_incidents(world->store, &world->live, &filter, &page));
        assert_int_equal(json_array_size(page.rows), 2);
        expect(json_array_get(page.rows, 1), "{" INCIDENT_1 "}");
        json_decref(page.rows);
        filter.open_only = true;
        folder_must(view_incidents(world->store, &world->live, &filter, &page));
        assert_int_equal(json_array_size(page.rows), 1);
        expect(json_object_get(json_array_get(page.rows, 0), "duration_s"), "200.0");
        json_decref(page.rows);
        filter = (ViewFilter){.target = "page", .has_since = true, .since_at_real = NOW + 300 * SEC};
        folder_must(view_incidents(world->store, &world->live, &filter, &page));
        assert_int_equal(json_array_size(page.rows), 0);
        json_decref(page.rows);
        folder_must(view_incident(world->store, &world->live, 1, &incident));
        expect(incident, "{" INCIDENT_1 ",\"timeline\":[{\"at\":\"2026-01-01T00:01:00.000Z\",\"what\":\"opened\","
                         "\"verdict\":\"maintenance\",\"cause\":\"banner\",\"text\":\"x\"},"
                         "{\"at\":\"2026-01-01T00:05:00.000Z\",\"what\":\"closed\",\"verdict\":\"up\",\"cause\":\"ok\","
                         "\"text\":null}],\"notifications\":[]}");
        assert_int_equal(view_incident(world->store, &world->live, 9, &incident), VIEW_E_NOT_FOUND);
}

static void uptime_adds_up(void **state) {
        World *world = *state;
        ViewFilter filter = {.has_since = true, .since_at_real = NOW};
        mon_auto_json *document = NULL;
        const char *const names[] = {"page", "gone"}, *const unknown[] = {"nobody"};

        folder_must(view_uptime(world->store, &world->live, &filter, NULL, 0, &document));
        expect(document, "[{\"subject\":\"page\",\"kind\":\"target\",\"from\":\"2026-01-01T00:00:00.000Z\","
                         "\"until\":\"2026-01-01T00:10:00.000Z\",\"rule\":\"mond-1\",\"seconds\":{\"up\":200.0,"
                         "\"degraded\":0.0,\"maintenance\":200.0,\"down\":0.0,\"blocked\":0.0,\"unreadable\":0.0,"
                         "\"unknown\":200.0,\"outside_hours\":0.0},\"availability\":0.5,\"coverage\":0.666666666666667,"
                         "\"unconfirmed\":{\"checks\":0,\"seconds\":0.0},\"incidents\":1,\"longest_s\":240.0,"
                         "\"mtbf_s\":200.0,\"mttr_s\":240.0}]");
        json_decref(mon_steal(&document));
        folder_must(view_uptime(world->store, &world->live, &filter, names, 2, &document));
        assert_int_equal(json_array_size(document), 2);
        expect(json_object_get(json_array_get(document, 1), "unconfirmed"), "{\"checks\":1,\"seconds\":140.0}");
        assert_int_equal(view_uptime(world->store, &world->live, &filter, unknown, 1, &document), VIEW_E_NOT_FOUND);
}

static void events_are_the_webhooks_objects(void **state) {
        World *world = *state;
        ViewFilter filter = {0};
        ViewPage page;

        folder_must(view_events(world->store, &world->live, &filter, &page));
        assert_int_equal(json_array_size(page.rows), 2);
        json_t *event = json_array_get(page.rows, 1);
        assert_string_equal(json_get_text(event, "id", ""), "evt_1");
        assert_string_equal(json_get_text(event, "type", ""), "target.maintenance");
        expect(json_object_get(event, "observer"), "{\"name\":\"Collectif\",\"contact\":\"https://example.org/\"}");
        expect(json_object_get(event, "subject"),
               "{\"kind\":\"target\",\"id\":\"page\",\"title\":{\"fr\":\"page\",\"en\":\"page\"}}");
        expect(json_object_get(event, "duration_s"), "60.0");
        expect(json_object_get(event, "incident"),
               "{\"id\":1,\"opened_at\":\"2026-01-01T00:01:00.000Z\",\"closed_at\":null}");
        assert_true(strlen(json_get_text(json_object_get(event, "text"), "fr", "")) > 0);
        assert_true(strlen(json_get_text(json_object_get(event, "text"), "en", "")) > 0);
        expect(json_object_get(json_array_get(page.rows, 0), "notice"), "{\"from\":null,\"until\":null}");
        json_decref(page.rows);
        filter.target = "gone";
        folder_must(view_events(world->store, &world->live, &filter, &page));
        expect(page.rows, "[]");
        json_decref(page.rows);
}

static char *export_all(World *world, ViewFormat format, const ViewFilter *filter) {
        mon_cleanup(view_export_free_p) ViewExport *export = NULL;
        mon_auto_buf Buf whole = BUF_INIT(16 << 20);
        int r;

        folder_must(view_export_new(world->store, format, filter, &export));
        do {
                mon_auto_buf Buf piece = BUF_INIT(VIEW_EXPORT_STEP_MAX);
                r = view_export_step(export, &piece);
                folder_must(buf_append_text(&whole, buf_text(&piece)));
        } while (r == 0);
        assert_int_equal(r, VIEW_E_END);
        return buf_steal(&whole);
}

static size_t lines_of(const char *text) {
        size_t n = 0;
        for (; *text; text++)
                n += *text == '\n';
        return n;
}

static void exports_are_what_others_read(void **state) {
        World *world = *state;
        ViewFilter all = {0}, one = {.target = "gone", .has_since = true, .since_at_real = NOW};
        json_t *rows = NULL;
        char *why;

        mon_auto_free char *csv = export_all(world, VIEW_CSV, &all);
        assert_int_equal(lines_of(csv), 6);
        assert_true(text_starts(csv, "at,target,verdict,cause,detail,http_status,duration_ms,dns_ms,connect_ms,tls_ms,"
                                     "ttfb_ms,bytes,remote_ip,banner,body_sha256\r\n"
                                     "2026-01-01T00:00:00.000Z,page,up,ok,,200,123.456,1.000,,,,4321,192.0.2.1,,"));
        assert_non_null(strstr(csv, ",banner,\"'=SUM(1,2), \"\"quoted\"\"\",200,"));
        mon_auto_free char *json = export_all(world, VIEW_JSON, &one);
        folder_must(json_read(json, strlen(json), &rows, &why));
        assert_int_equal(json_array_size(rows), 1);
        assert_string_equal(json_get_text(json_array_get(rows, 0), "target", ""), "gone");
        json_decref(rows);
        mon_auto_free char *metrics = export_all(world, VIEW_OPENMETRICS, &all);
        assert_non_null(strstr(metrics, "# TYPE probe_success gauge\n# HELP probe_success "));
        assert_non_null(strstr(metrics, "\nprobe_success{target=\"page\"} 1 1767225600.000\n"
                                        "probe_success{target=\"page\"} 0 1767225660.000\n"));
        assert_non_null(
                strstr(metrics, "# TYPE probe_duration_seconds gauge\n# UNIT probe_duration_seconds seconds\n"));
        assert_true(text_ends(metrics, "# EOF\n"));
        assert_int_equal(lines_of(metrics), 3 * 5 + 2 + 3 + 2 + 1);
}

static void a_long_export_comes_in_steps(void **state) {
        World *world = *state;
        ViewFilter all = {0};

        folder_must(store_begin(world->store));
        for (int i = 0; i < 3 * VIEW_EXPORT_STEP_ROWS; i++)
                look(world, "page", NOW + (1000 + i) * SEC, VERDICT_UP, CAUSE_OK, NULL);
        folder_must(store_commit(world->store, false));
        mon_auto_free char *csv = export_all(world, VIEW_CSV, &all);
        assert_int_equal(lines_of(csv), 6 + 3 * VIEW_EXPORT_STEP_ROWS);
        mon_auto_free char *json = export_all(world, VIEW_JSON, &all);
        assert_int_equal(lines_of(json), 5 + 3 * VIEW_EXPORT_STEP_ROWS + 2);
        mon_auto_free char *metrics = export_all(world, VIEW_OPENMETRICS, &all);
        assert_int_equal(lines_of(metrics), 3 * (5 + 3 * VIEW_EXPORT_STEP_ROWS) + 8);
        ViewFilter none = {.has_since = true, .since_at_real = NOW + 100000 * SEC};
        mon_auto_free char *empty = export_all(world, VIEW_JSON, &none);
        assert_string_equal(empty, "[\n]\n");
}

static void the_longest_rows_fit_a_step(void **state) {
        World *world = *state;
        ViewFilter all = {0};
        char detail[OBSERVATION_DETAIL_MAX + 1], banner[OBSERVATION_BANNER_MAX + 1];

        memset(detail, '"', sizeof detail - 1);
        memset(banner, '"', sizeof banner - 1);
        detail[sizeof detail - 1] = banner[sizeof banner - 1] = '\0';
        folder_must(store_begin(world->store));
        for (int i = 0; i < 2 * VIEW_EXPORT_STEP_ROWS; i++) {
                mon_cleanup(observation_free_p) Observation *seen = observation_new(NOW + i * SEC, 0);
                int64_t check;
                observation_judge(seen, VERDICT_MAINTENANCE, CAUSE_BANNER, detail);
                seen->banner_text = mon_strdup(banner);
                folder_must(store_put_check(world->store, "page", seen, NOW, &check));
        }
        folder_must(store_commit(world->store, false));
        mon_auto_free char *csv = export_all(world, VIEW_CSV, &all);
        mon_auto_free char *json = export_all(world, VIEW_JSON, &all);
        assert_true(strlen(csv) > 0 && strlen(json) > 0);
}

static void small_documents(void **state) {
        (void)state;
        mon_cleanup(observation_free_p) Observation *seen = observation_new(NOW, 0);
        ViewProblem problem = {.code = "store_full", .text = "Le disque est plein.", .since_at_real = NOW};
        ViewFormat format;

        observation_judge(seen, VERDICT_DOWN, CAUSE_DNS, "no such name");
        mon_auto_json *check = view_check_result("page", seen);
        expect(check, "{\"target\":\"page\",\"at\":\"2026-01-01T00:00:00.000Z\",\"verdict\":\"down\",\"cause\":\"dns\","
                      "\"detail\":\"no such name\",\"http_status\":null,\"duration_ms\":null,\"banner\":null,"
                      "\"dns_ms\":null,\"connect_ms\":null,\"tls_ms\":null,\"ttfb_ms\":null}");
        mon_auto_json *well = view_health(NULL, 0);
        expect(well, "{\"status\":\"ok\",\"problems\":[]}");
        mon_auto_json *ill = view_health(&problem, 1);
        expect(ill,
               "{\"status\":\"unhealthy\",\"problems\":[{\"code\":\"store_full\",\"text\":\"Le disque est plein.\","
               "\"since\":\"2026-01-01T00:00:00.000Z\"}]}");
        assert_true(view_format_from_name("openmetrics", &format));
        assert_false(view_format_from_name("xml", &format));
        assert_true(text_starts(view_format_type(VIEW_CSV), "text/csv"));
}

#define in_world(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
        const struct CMUnitTest tests[] = {
                in_world(status_says_what_is),
                in_world(history_is_newest_first_and_pages),
                in_world(a_page_has_its_bound),
                in_world(status_adds_up_few_checks_only),
                in_world(banners_are_one_for_each_target_and_text),
                in_world(incidents_are_listed_and_told),
                in_world(uptime_adds_up),
                in_world(events_are_the_webhooks_objects),
                in_world(exports_are_what_others_read),
                in_world(a_long_export_comes_in_steps),
                in_world(the_longest_rows_fit_a_step),
                cmocka_unit_test(small_documents),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
