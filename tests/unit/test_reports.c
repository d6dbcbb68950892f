/* Reports: how they are weighed, what of them is taken over the API, and what is told of them. */
#include "daemon/base/text.h"
#include "daemon/core/reports.h"
#include "tests/lib/api_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define MINUTE (60 * NSEC_PER_SEC)
#define NOW API_WORLD_BEGIN

static Report *report_of(int64_t id, Nsec at_real, Nsec until_at_real, Verdict verdict, int64_t corrects) {
        Report *report = mon_new(Report);

        *report = (Report){.id = id,
                           .at_real = at_real,
                           .entered_at_real = NOW,
                           .until_at_real = until_at_real,
                           .verdict = verdict,
                           .uid = -1,
                           .waited = NSEC_UNKNOWN,
                           .corrects = corrects};
        return report;
}

/* --- weighing --------------------------------------------------------------------------------------------------- */

static void the_one_met_last_decides(void **state) {
        mon_cleanup(reports_fini) Reports reports = {0};
        ReportsTally tally;
        (void)state;

        assert_null(reports_winner(&reports, 0));
        reports_add(&reports, report_of(1, 10, 100, VERDICT_DOWN, 0));
        reports_add(&reports, report_of(2, 20, 50, VERDICT_UP, 0));
        reports_add(&reports, report_of(3, 15, 100, VERDICT_UP, 0)); /* entered late */
        assert_int_equal(reports_winner(&reports, 30)->id, 2);
        reports_tally(&reports, 30, &tally);
        assert_int_equal(tally.agree, 2);
        assert_int_equal(tally.disagree, 1);
        assert_int_equal(reports_winner(&reports, 49)->id, 2);
        assert_int_equal(reports_winner(&reports, 50)->id, 3);
        assert_int_equal(reports_expired_at(&reports, 49), NSEC_UNKNOWN);
        assert_int_equal(reports_expired_at(&reports, 60), 50);
        assert_null(reports_winner(&reports, 100));
        reports_tally(&reports, 100, &tally);
        assert_int_equal(tally.agree + tally.disagree, 0);
        /* Met at the same instant: the one entered last. */
        reports_add(&reports, report_of(4, 20, 100, VERDICT_DOWN, 0));
        assert_int_equal(reports_winner(&reports, 30)->id, 4);
        assert_int_equal(reports_find(&reports, 3)->id, 3);
        assert_null(reports_find(&reports, 9));
}

static void what_is_corrected_decides_no_more(void **state) {
        mon_cleanup(reports_fini) Reports reports = {0};
        ReportsTally tally;
        (void)state;

        reports_add(&reports, report_of(1, 10, 100, VERDICT_DOWN, 0));
        reports_add(&reports, report_of(2, 20, 100, VERDICT_UP, 0));
        reports_add(&reports, report_of(3, 5, 100, VERDICT_UP, 2));
        assert_int_equal(reports_winner(&reports, 30)->id, 1);
        reports_tally(&reports, 30, &tally);
        assert_int_equal(tally.agree, 1);
        assert_int_equal(tally.disagree, 1);
        assert_int_equal(reports_find(&reports, 2)->corrected_by, 3);
        assert_int_equal(reports_expired_at(&reports, 200), 100);
}

static void the_first_met_go_when_there_are_too_many(void **state) {
        mon_cleanup(reports_fini) Reports reports = {0};
        (void)state;

        for (int64_t i = 1; i <= REPORTS_MAX + 5; i++)
                reports_add(&reports, report_of(i, i, 10000, VERDICT_UP, 0));
        assert_int_equal(reports.list.n, REPORTS_MAX);
        assert_null(reports_find(&reports, 5));
        assert_int_equal(reports_winner(&reports, 300)->id, REPORTS_MAX + 5);
}

static void says_who_and_when(void **state) {
        mon_cleanup(report_free_p) Report *report = report_of(1, NOW, NOW, VERDICT_DOWN, 0);
        mon_auto_free char *bare = report_detail(report);
        (void)state;

        report->note = mon_strdup("Occupé");
        report->by = mon_strdup("Anne");
        mon_auto_free char *whole = report_detail(report);
        assert_string_equal(bare, "(2022-01-18T01:14Z)");
        assert_string_equal(whole, "Occupé (Anne, 2022-01-18T01:14Z)");
        assert_true(report_verdict_is(VERDICT_DEGRADED) && report_verdict_is(VERDICT_MAINTENANCE));
        assert_false(report_verdict_is(VERDICT_BLOCKED) || report_verdict_is(VERDICT_UNKNOWN) || report_verdict_is(0));
}

/* --- over the API ----------------------------------------------------------------------------------------------- */

static void takes_what_a_person_enters(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *answer = api_world_post(
                world, "/v1/report", "application/json",
                "{\"target\": \"a\", \"state\": \"down\", \"note\": \"<b>Occup\\u00e9</b>\\u001b[31m\\n\\u202e\","
                " \"by\": \"Anne\", \"at\": \"25m\", \"waited\": \"25m\", \"expires\": \"2h\", \"corrects\": 7}");
        const Report *report = world->report;

        assert_int_equal(api_world_status(answer), 200);
        assert_non_null(report);
        assert_int_equal(report->verdict, VERDICT_DOWN);
        assert_string_equal(report->by, "Anne");
        assert_string_equal(report->how, "socket");
        assert_int_equal(report->uid, getuid());
        assert_int_equal(report->at_real, NOW - 25 * MINUTE);
        assert_int_equal(report->waited, 25 * MINUTE);
        assert_int_equal(report->until_at_real, 120 * MINUTE);
        assert_int_equal(report->corrects, 7);
        /* Text, whatever it looks like, without what a terminal would obey. */
        assert_null(strpbrk(report->note, "\033\n"));
        assert_null(strstr(report->note, "\u202e"));
        assert_non_null(strstr(report->note, "<b>Occupé</b>"));

        mon_auto_free char *least = api_world_post(world, "/v1/report", "application/json",
                                                   "{\"target\": \"a\", \"state\": \"up\", \"note\": \"  \"}");
        assert_int_equal(api_world_status(least), 200);
        assert_null(world->report->note);
        assert_int_equal(world->report->at_real, NSEC_UNKNOWN);
        assert_int_equal(world->report->until_at_real, NSEC_UNKNOWN);
        assert_int_equal(world->report->waited, NSEC_UNKNOWN);
}

static void refuses_what_is_wrong(void **state) {
        static const struct {
                const char *body, *words;
        } rows[] = {
                {"{\"state\": \"up\"}", "name targets"},
                {"{\"target\": \"a\"}", "\"state\" is missing"},
                {"{\"target\": \"a\", \"state\": \"unknown\"}", "up, degraded, maintenance, down"},
                {"{\"target\": \"a\", \"state\": 4}", "up, degraded, maintenance, down"},
                {"{\"target\": \"a\", \"state\": \"up\", \"at\": \"yesterday\"}", "\"at\" takes a time"},
                {"{\"target\": \"a\", \"state\": \"up\", \"at\": 5}", "\"at\" takes a time"},
                {"{\"target\": \"a\", \"state\": \"up\", \"note\": 5}", "\"note\" takes a text"},
                {"{\"target\": \"a\", \"state\": \"up\", \"note\": \"a\\u0000b\"}", ""},
                {"{\"target\": \"a\", \"state\": \"up\", \"corrects\": -1}", "number of a report"},
                {"{\"target\": \"a\", \"state\": \"up\", \"corrects\": \"x\"}", "number of a report"},
                {"{\"target\": \"a\", \"state\": \"up\", \"nota\": \"x\"}", "did you mean \"note\""},
                {"{\"target\": \"a\", \"state\": \"up\", \"waited\": \"1h x\"}", "a duration from"},
        };
        ApiWorld *world = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *answer = api_world_post(world, "/v1/report", "application/json", rows[i].body);
                api_world_assert_problem(answer, 400, rows[i].words);
        }
        mon_auto_free char *unknown =
                api_world_post(world, "/v1/report", "application/json", "{\"target\": \"b-b\", \"state\": \"up\"}");
        assert_int_equal(api_world_status(unknown), 404);
        assert_null(world->report);
}

static int post_sized(ApiWorld *world, const char *key, size_t n) {
        mon_auto_free char *text = mon_calloc(n + 1, 1);

        memset(text, 'x', n);
        mon_auto_free char *body = mon_printf("{\"target\": \"a\", \"state\": \"up\", \"%s\": \"%s\"}", key, text);
        mon_auto_free char *answer = api_world_post(world, "/v1/report", "application/json", body);
        return api_world_status(answer);
}

static int post_span(ApiWorld *world, const char *key, Nsec span) {
        mon_auto_free char *text = text_duration(span);
        mon_auto_free char *body =
                mon_printf("{\"target\": \"a\", \"state\": \"up\", \"%s\": \"%s\"}", key, span ? text : "0");
        mon_auto_free char *answer = api_world_post(world, "/v1/report", "application/json", body);
        return api_world_status(answer);
}

static void keeps_its_bounds(void **state) {
        ApiWorld *world = *state;

        assert_int_equal(post_sized(world, "note", REPORT_NOTE_MAX), 200);
        assert_int_equal(strlen(world->report->note), REPORT_NOTE_MAX);
        assert_int_equal(post_sized(world, "note", REPORT_NOTE_MAX + 1), 400);
        assert_int_equal(post_sized(world, "by", REPORT_BY_MAX), 200);
        assert_int_equal(post_sized(world, "by", REPORT_BY_MAX + 1), 400);
        assert_int_equal(post_span(world, "expires", REPORT_EXPIRES_MAX), 200);
        assert_int_equal(post_span(world, "expires", REPORT_EXPIRES_MAX + NSEC_PER_SEC), 400);
        assert_int_equal(post_span(world, "expires", REPORT_EXPIRES_MIN), 200);
        assert_int_equal(post_span(world, "expires", REPORT_EXPIRES_MIN - NSEC_PER_SEC), 400);
        assert_int_equal(post_span(world, "waited", REPORT_WAITED_MAX), 200);
        assert_int_equal(post_span(world, "waited", REPORT_WAITED_MAX + NSEC_PER_SEC), 400);
}

/* --- told ------------------------------------------------------------------------------------------------------- */

static void lists_them_newest_first(void **state) {
        ApiWorld *world = *state;
        static Target target = {.id = (char *)"a"};
        Target *const targets[] = {&target};
        mon_cleanup(report_free_p) Report *first = report_of(1, NOW - 60 * MINUTE, NOW + MINUTE, VERDICT_DOWN, 0);
        mon_cleanup(report_free_p) Report *second = report_of(2, NOW - 5 * MINUTE, NOW - MINUTE, VERDICT_UP, 0);
        mon_cleanup(report_free_p) Report *third = report_of(3, NOW - 60 * MINUTE, NOW + MINUTE, VERDICT_UP, 1);

        third->uid = 1000;
        third->waited = 25 * MINUTE;
        third->note = mon_strdup("enfin");
        first->how = mon_strdup("socket");
        second->how = mon_strdup("socket");
        third->how = mon_strdup("socket");
        assert_int_equal(store_begin(world->store), 0);
        assert_int_equal(store_put_targets(world->store, targets, 1, NOW), 0);
        assert_int_equal(store_put_report(world->store, "a", first), 0);
        assert_int_equal(store_put_report(world->store, "a", second), 0);
        assert_int_equal(store_put_report(world->store, "a", third), 0);
        assert_int_equal(store_commit(world->store, false), 0);

        mon_auto_free char *answer = api_world_get(world, "/v1/reports?target=a&limit=2");
        mon_auto_json *rows = api_world_document(answer);
        assert_int_equal(json_array_size(rows), 2);
        assert_int_equal(json_get_int(json_array_get(rows, 0), "id", 0), 2);
        assert_false(json_get_bool(json_array_get(rows, 0), "in_force", true));
        const json_t *correction = json_array_get(rows, 1);
        assert_int_equal(json_get_int(correction, "id", 0), 3);
        assert_int_equal(json_get_int(correction, "corrects", 0), 1);
        assert_int_equal(json_get_int(correction, "uid", 0), 1000);
        assert_int_equal(json_get_int(correction, "waited_s", 0), 1500);
        assert_true(json_get_bool(correction, "in_force", false));
        assert_string_equal(json_get_text(correction, "note", ""), "enfin");
        assert_non_null(strstr(answer, "rel=\"next\""));
        /* What is over goes with its time, but for the newest, whose number counts, and what that one corrects. */
        const StoreRetention late = {NOW + 60 * MINUTE, NOW + 60 * MINUTE, NOW + 60 * MINUTE};
        bool more;
        assert_int_equal(store_begin(world->store), 0);
        assert_int_equal(store_expire(world->store, &late, 100, &more), 0);
        assert_int_equal(store_commit(world->store, false), 0);
        mon_auto_free char *rest = api_world_get(world, "/v1/reports");
        mon_auto_json *left = api_world_document(rest);
        assert_int_equal(json_array_size(left), 2);
        assert_int_equal(json_get_int(json_array_get(left, 0), "id", 0), 3);
        assert_int_equal(json_get_int(json_array_get(left, 1), "corrected_by", 0), 3);
        int64_t next = 0;
        assert_int_equal(store_next_report_id(world->store, &next), 0);
        assert_int_equal(next, 4);
}

#define OVER_API(test) cmocka_unit_test_setup_teardown(test, api_world_open, api_world_close)

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_one_met_last_decides),
                cmocka_unit_test(what_is_corrected_decides_no_more),
                cmocka_unit_test(the_first_met_go_when_there_are_too_many),
                cmocka_unit_test(says_who_and_when),
                OVER_API(takes_what_a_person_enters),
                OVER_API(refuses_what_is_wrong),
                OVER_API(keeps_its_bounds),
                OVER_API(lists_them_newest_first),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
