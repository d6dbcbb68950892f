/* Notices from their first to their last sight, in the store and as documents. */
#include "daemon/view/view.h"

#include "tests/lib/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW FOLDER_NOW
#define SEC NSEC_PER_SEC

typedef struct World {
        Folder folder;
        Store *store;
        ViewLive live;
} World;

static int begin(void **state) {
        World *world = mon_new(World);

        folder_make(&world->folder);
        world->store = folder_open(&world->folder);
        world->live = (ViewLive){.now_at_real = NOW + 600 * SEC};
        folder_put_targets(world->store, "page", NULL, NOW);
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

static Announcement announced(const char *text, Nsec from, Nsec until) {
        return (Announcement){.text = (char *)text, .from_at_real = from, .until_at_real = until};
}

static void see_notice(World *world, const Announcement *notice, Nsec at) {
        folder_must(store_begin(world->store));
        folder_must(store_put_notice(world->store, "page", notice, at));
        folder_must(store_commit(world->store, false));
}

static void match(World *world, int64_t id, Nsec opened, Nsec closed) {
        Incident incident = {.id = id,
                             .kind = SUBJECT_TARGET,
                             .subject = (char *)"page",
                             .state = VERDICT_MAINTENANCE,
                             .worst = VERDICT_MAINTENANCE,
                             .cause = CAUSE_BANNER,
                             .opened_at_real = opened,
                             .confirmed_at_real = opened,
                             .closed_at_real = closed};

        folder_must(store_begin(world->store));
        folder_must(store_put_incident(world->store, &incident));
        folder_must(store_match_notices(world->store, &incident));
        folder_must(store_commit(world->store, false));
}

static json_t *notices(World *world) {
        const ViewFilter filter = {.target = "page"};
        ViewPage page;

        folder_must(view_notices(world->store, &world->live, &filter, &page));
        return page.rows;
}

#define HOUR (3600 * SEC)

static void notices_are_kept_from_first_to_last_sight(void **state) {
        World *world = *state;
        const Announcement night = announced("Cette nuit", NOW + 2 * HOUR, NOW + 3 * HOUR);
        const Announcement other_night = announced("Cette nuit", NOW + 26 * HOUR, NOW + 27 * HOUR);
        const Announcement other = announced("Demain", NSEC_UNKNOWN, NSEC_UNKNOWN);
        mon_auto_json *status = NULL;

        see_notice(world, &night, NOW + 60 * SEC);
        see_notice(world, &night, NOW + 120 * SEC);
        mon_auto_json *one = notices(world);
        expect(one, "[{\"text\":\"Cette nuit\",\"target\":\"page\",\"first_seen\":\"2026-01-01T00:01:00.000Z\","
                    "\"last_seen\":\"2026-01-01T00:02:00.000Z\",\"times\":2,\"gone_at\":null,\"announced\":"
                    "{\"from\":\"2026-01-01T02:00:00.000Z\",\"until\":\"2026-01-01T03:00:00.000Z\"},"
                    "\"happened\":null}]");
        folder_must(view_status(world->store, &world->live, "page", &status));
        expect(json_object_get(json_array_get(json_object_get(status, "targets"), 0), "notice"),
               "{\"from\":\"2026-01-01T02:00:00.000Z\",\"until\":\"2026-01-01T03:00:00.000Z\","
               "\"text\":\"Cette nuit\"}");

        /* Another text takes its place; the same one comes back as the same row, for another night as another. */
        see_notice(world, &other, NOW + 180 * SEC);
        mon_auto_json *two = notices(world);
        assert_int_equal(json_array_size(two), 2);
        assert_string_equal(json_get_text(json_array_get(two, 1), "gone_at", ""), "2026-01-01T00:03:00.000Z");
        see_notice(world, &night, NOW + 240 * SEC);
        see_notice(world, &other, NOW + 300 * SEC);
        see_notice(world, &other_night, NOW + 360 * SEC);
        folder_must(store_begin(world->store));
        folder_must(store_end_notices(world->store, "page", NOW + 420 * SEC));
        folder_must(store_commit(world->store, false));
        mon_auto_json *three = notices(world);
        assert_int_equal(json_array_size(three), 3);
        assert_int_equal(json_get_int(json_array_get(three, 2), "times", 0), 3);
        for (size_t i = 0; i < 3; i++)
                assert_non_null(json_get_text(json_array_get(three, i), "gone_at", NULL));
        json_decref(mon_steal(&status));
        folder_must(view_status(world->store, &world->live, "page", &status));
        assert_true(json_is_null(json_object_get(json_array_get(json_object_get(status, "targets"), 0), "notice")));
        const ViewFilter nobody = {.target = "nobody"};
        ViewPage page;
        assert_int_equal(view_notices(world->store, &world->live, &nobody, &page), VIEW_E_NOT_FOUND);
}

static void notices_are_held_against_what_happened(void **state) {
        World *world = *state;
        const Announcement night = announced("Cette nuit", NOW + 2 * HOUR, NOW + 3 * HOUR);

        see_notice(world, &night, NOW + 60 * SEC);
        match(world, 10, NOW + HOUR / 2, NOW + HOUR / 2 + 60 * SEC); /* a breakdown before it: nothing better yet */
        mon_auto_json *near = notices(world);
        assert_int_equal(json_get_int(json_object_get(json_array_get(near, 0), "happened"), "incident", 0), 10);
        match(world, 11, NOW + 2 * HOUR - 90 * SEC, NSEC_UNKNOWN);
        match(world, 12, NOW + 5 * HOUR, NSEC_UNKNOWN);
        world->live.now_at_real = NOW + 2 * HOUR;
        mon_auto_json *open = notices(world);
        expect(json_object_get(json_array_get(open, 0), "happened"),
               "{\"incident\":11,\"opened_at\":\"2026-01-01T01:58:30.000Z\",\"closed_at\":null,\"early_s\":90.0,"
               "\"overrun_s\":null}");
        match(world, 11, NOW + 2 * HOUR - 90 * SEC, NOW + 4 * HOUR);
        mon_auto_json *over = notices(world);
        expect(json_object_get(json_array_get(over, 0), "happened"),
               "{\"incident\":11,\"opened_at\":\"2026-01-01T01:58:30.000Z\",\"closed_at\":"
               "\"2026-01-01T04:00:00.000Z\",\"early_s\":90.0,\"overrun_s\":3600.0}");
}

/* A breakdown days before what is announced is open at first, and so has no end: it is another thing all the same. */
static void a_breakdown_long_before_is_another(void **state) {
        World *world = *state;
        const Announcement later = announced("Dans huit jours", NOW + 192 * HOUR, NOW + 194 * HOUR);

        see_notice(world, &later, NOW + 60 * SEC);
        match(world, 10, NOW + HOUR, NSEC_UNKNOWN);
        match(world, 10, NOW + HOUR, NOW + HOUR + 600 * SEC);
        mon_auto_json *rows = notices(world);
        assert_true(json_is_null(json_object_get(json_array_get(rows, 0), "happened")));
}

/* What happened in the span of one notice did not happen late for another. */
static void an_incident_is_of_the_notice_whose_span_it_meets(void **state) {
        World *world = *state;
        const Announcement first = announced("La nuit", NOW + 2 * HOUR, NOW + 3 * HOUR);
        const Announcement second = announced("Le matin", NOW + 8 * HOUR, NOW + 9 * HOUR);

        see_notice(world, &first, NOW + 60 * SEC);
        see_notice(world, &second, NOW + 4 * HOUR);
        match(world, 10, NOW + 7 * HOUR, NSEC_UNKNOWN);
        match(world, 10, NOW + 7 * HOUR, NOW + 9 * HOUR);
        mon_auto_json *rows = notices(world);
        json_t *happened = json_object_get(json_array_get(rows, 0), "happened");
        assert_int_equal(json_get_int(happened, "incident", 0), 10);
        assert_true(json_is_null(json_object_get(json_array_get(rows, 1), "happened")));
        /* Near both, it is held against both until it meets one. */
        match(world, 11, NOW + 7 * HOUR, NOW + 7 * HOUR + 60 * SEC);
        match(world, 12, NOW + 3 * HOUR + 60 * SEC, NOW + 3 * HOUR + 120 * SEC);
        mon_auto_json *near = notices(world);
        happened = json_object_get(json_array_get(near, 1), "happened");
        assert_int_equal(json_get_int(happened, "incident", 0), 12);
}

/* Of many notices the newest are held against an incident. */
static void an_incident_meets_so_many_notices(void **state) {
        World *world = *state;
        const ViewFilter filter = {.target = "page", .limit = VIEW_LIMIT_MAX};
        ViewPage page;
        size_t matched = 0, i;
        json_t *row;

        for (int n = 0; n < STORE_NOTICES_MAX + 5; n++) {
                mon_auto_free char *text = mon_printf("avis %d", n);
                const Announcement notice = announced(text, NOW + 2 * HOUR, NOW + 3 * HOUR);
                see_notice(world, &notice, NOW + n * SEC);
        }
        match(world, 10, NOW + 2 * HOUR, NOW + 3 * HOUR);
        folder_must(view_notices(world->store, &world->live, &filter, &page));
        json_array_foreach (page.rows, i, row)
                matched += json_is_object(json_object_get(row, "happened"));
        assert_int_equal(matched, STORE_NOTICES_MAX);
        json_decref(page.rows);
}

static void old_notices_go(void **state) {
        World *world = *state;
        const Announcement night = announced("Cette nuit", NOW + 2 * HOUR, NOW + 3 * HOUR);
        StoreRetention retention = {.checks_before_at_real = NOW + 60 * SEC};
        bool more = true;

        see_notice(world, &night, NOW + 60 * SEC);
        for (int i = 0; i < 2; i++) {
                folder_must(store_begin(world->store));
                folder_must(store_expire(world->store, &retention, 100, &more));
                folder_must(store_commit(world->store, false));
                mon_auto_json *left = notices(world);
                assert_int_equal(json_array_size(left), i == 0 ? 1 : 0);
                retention.checks_before_at_real += SEC;
        }
}

#define in_world(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
        const struct CMUnitTest tests[] = {
                in_world(notices_are_kept_from_first_to_last_sight),
                in_world(notices_are_held_against_what_happened),
                in_world(a_breakdown_long_before_is_another),
                in_world(an_incident_is_of_the_notice_whose_span_it_meets),
                in_world(an_incident_meets_so_many_notices),
                in_world(old_notices_go),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
