/* Opening hours: what is read of them, and what they say of instants, also where the clock changes. */
#include "daemon/base/text.h"
#include "daemon/core/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define MINUTE (60 * NSEC_PER_SEC)
#define HOUR (60 * MINUTE)

static Hours *hours_of(const char *zone_name, const char *const *items) {
        Zone *zone = NULL;
        char *why = NULL;

        assert_int_equal(zone_open(zone_name, &zone), 0);
        Hours *hours = hours_new(zone);
        for (size_t i = 0; items[i]; i++) {
                if (hours_add(hours, items[i], &why) != 0)
                        fail_msg("%s: %s", items[i], why);
        }
        return hours;
}

static Nsec at(const char *text) {
        Nsec at_real = 0;

        if (text_parse_time(text, &at_real) != 0)
                fail_msg("no time: %s", text);
        return at_real;
}

static void assert_time(Nsec got, const char *wanted) {
        char text[TEXT_TIME_MAX];

        text_time(got, text);
        assert_string_equal(text, wanted);
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static void reads_days_and_spans(void **state) {
        /* One week of 2026 from Monday 12 January, each hour: 'x' is open. */
        static const struct {
                const char *items[4], *days[7];
        } cases[] = {
                {{"Mon-Fri 08:00-10:00"}, {"8-9", "8-9", "8-9", "8-9", "8-9", "", ""}},
                {{"Lun-Ven 08:00-10:00", "Sam 9:00-10:00"}, {"8-9", "8-9", "8-9", "8-9", "8-9", "9-9", ""}},
                {{"Mon,Wed 08:00-10:00"}, {"8-9", "", "8-9", "", "", "", ""}},
                {{"sat-mon 23:00-24:00"}, {"23-23", "", "", "", "", "23-23", "23-23"}},
                {{"TUESDAY,Dimanche 00:00-02:00"}, {"", "0-1", "", "", "", "", "0-1"}},
                {{"Mon,Wed-Thu  8:00-10:00,14:00-15:00"}, {"8-9,14-14", "", "8-9,14-14", "8-9,14-14", "", "", ""}},
                {{"Mon 08:00-10:00", "Mon 09:00-12:00", "Mon 12:00-13:00"}, {"8-12", "", "", "", "", "", ""}},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(hours_free_p) Hours *hours = hours_of("UTC", cases[i].items);
                for (int day = 0; day < 7; day++) {
                        mon_auto_buf Buf got = BUF_INIT(100);
                        for (int hour = 0; hour < 24; hour++) {
                                int from = hour;
                                Nsec monday = at("2026-01-12");
                                while (hour < 24 && hours_is_open(hours, monday + (day * 24 + hour) * HOUR))
                                        hour++;
                                if (hour > from)
                                        assert_int_equal(
                                                buf_printf(&got, "%s%d-%d", got.len ? "," : "", from, hour - 1), 0);
                        }
                        assert_string_equal(buf_text(&got), cases[i].days[day]);
                }
        }
}

static void says_what_is_wrong_with_an_item(void **state) {
        static const struct {
                const char *item, *why;
        } cases[] = {
                {"", "days and hours"},
                {"Mon", "days and hours"},
                {"Mon-Fri", "days and hours"},
                {"08:30-17:30", "days and hours"},
                {"Mo 08:00-10:00", "'Mo' is no day"},
                {"Mon-Frj 08:00-10:00", "'Mon-Frj' is no day"},
                {"Mon, 08:00-10:00", "'' is no day"},
                {"Mon-Tue-Wed 08:00-10:00", "is no day"},
                {"Mon 8-10", "'8-10' is no span"},
                {"Mon 08:00", "'08:00' is no span"},
                {"Mon 08:60-10:00", "is no span"},
                {"Mon 08:00-24:01", "is no span"},
                {"Mon 24:00-24:00", "is no span"},
                {"Mon 08:00-10:00,", "'' is no span"},
                {"Mon 08:00-10:00 ", "is no span"},
                {"Mon 0a:00-10:00", "is no span"},
                {"Mon 22:00-06:00", "over midnight is written as two"},
                {"Mon 08:00-08:00", "ends before it begins"},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(hours_free_p) Hours *hours = hours_of("UTC", (const char *const[]){NULL});
                mon_auto_free char *why = NULL;
                assert_int_equal(hours_add(hours, cases[i].item, &why), HOURS_E_ITEM);
                if (!strstr(why, cases[i].why))
                        fail_msg("'%s' is told as: %s", cases[i].item, why);
                assert_false(hours_is_open(hours, at("2026-01-12T08:30:00Z")));
                assert_int_equal(hours_next_change(hours, at("2026-01-12")), NSEC_NEVER);
        }
}

static void keeps_its_bounds(void **state) {
        mon_cleanup(hours_free_p) Hours *hours = hours_of("UTC", (const char *const[]){NULL});
        mon_auto_free char *why = NULL, *long_why = NULL;
        char item[HOURS_ITEM_MAX + 2];
        (void)state;

        for (int i = 0; i < HOURS_SPANS_MAX; i++) {
                (void)snprintf(item, sizeof item, "Mon %02d:%02d-%02d:%02d", i / 4, i % 4 * 15, i / 4, i % 4 * 15 + 5);
                assert_int_equal(hours_add(hours, item, &why), 0);
        }
        assert_int_equal(hours_add(hours, "Tue 08:00-09:00", &why), HOURS_E_ITEM);
        assert_non_null(strstr(why, "more than"));
        assert_false(hours_is_open(hours, at("2026-01-13T08:30:00Z")));
        memset(item, 'M', sizeof item - 1);
        item[sizeof item - 1] = '\0';
        assert_int_equal(hours_add(hours, item, &long_why), HOURS_E_ITEM);
        assert_non_null(strstr(long_why, "at most"));
}

/* --- instants --------------------------------------------------------------------------------------------------- */

static void opens_and_closes_on_the_local_clock(void **state) {
        static const char *const items[] = {"Mon-Fri 08:30-17:30", NULL};
        mon_cleanup(hours_free_p) Hours *hours = hours_of("Europe/Paris", items);
        (void)state;

        assert_string_equal(zone_name(hours_zone(hours)), "Europe/Paris");
        assert_false(hours_is_open(hours, at("2026-01-12T07:29:59.999Z")));
        assert_true(hours_is_open(hours, at("2026-01-12T07:30:00Z")));
        assert_true(hours_is_open(hours, at("2026-01-12T16:29:59.999Z")));
        assert_false(hours_is_open(hours, at("2026-01-12T16:30:00Z")));
        assert_time(hours_next_change(hours, at("2026-01-12T07:29:00Z")), "2026-01-12T07:30:00.000Z");
        assert_time(hours_next_change(hours, at("2026-01-12T07:30:00Z")), "2026-01-12T16:30:00.000Z");
        /* Friday evening to Monday, and over the change of the clock on Sunday 29 March. */
        assert_time(hours_next_change(hours, at("2026-03-27T16:30:00Z")), "2026-03-30T06:30:00.000Z");
        assert_time(hours_next_change(hours, at("2026-10-23T15:30:00Z")), "2026-10-26T07:30:00.000Z");
}

static void follows_changes_of_the_clock(void **state) {
        static const char *const night[] = {"Sun 02:30-04:00", NULL};
        static const char *const skipped[] = {"Sun 02:10-02:50", "Mon 10:00-11:00", NULL};
        static const char *const day[] = {"Sun 00:00-24:00", NULL};
        mon_cleanup(hours_free_p) Hours *a = hours_of("Europe/Paris", night);
        mon_cleanup(hours_free_p) Hours *b = hours_of("Europe/Paris", skipped);
        mon_cleanup(hours_free_p) Hours *c = hours_of("Europe/Paris", day);
        (void)state;

        /* 29 March 2026: 02:00 becomes 03:00 at 01:00Z. */
        assert_time(hours_next_change(a, at("2026-03-29T00:00:00Z")), "2026-03-29T01:00:00.000Z");
        assert_time(hours_next_change(a, at("2026-03-29T01:00:00Z")), "2026-03-29T02:00:00.000Z");
        assert_time(hours_next_change(b, at("2026-03-29T00:00:00Z")), "2026-03-30T08:00:00.000Z");
        assert_false(hours_is_open(b, at("2026-03-29T01:00:00Z")));
        /* 25 October 2026: 03:00 becomes 02:00 at 01:00Z: 02:30 stands twice, its first is the one. */
        assert_time(hours_next_change(a, at("2026-10-25T00:00:00Z")), "2026-10-25T00:30:00.000Z");
        assert_time(hours_next_change(a, at("2026-10-25T00:30:00Z")), "2026-10-25T03:00:00.000Z");
        assert_time(hours_next_change(c, at("2026-03-28T12:00:00Z")), "2026-03-28T23:00:00.000Z");
        assert_time(hours_next_change(c, at("2026-03-29T12:00:00Z")), "2026-03-29T22:00:00.000Z");
        assert_time(hours_next_change(c, at("2026-10-25T12:00:00Z")), "2026-10-25T23:00:00.000Z");
}

static void what_touches_over_midnight_is_one(void **state) {
        static const char *const items[] = {"Fri-Sat 22:00-24:00", "Sat-Sun 00:00-06:00", NULL};
        static const char *const always[] = {"Mon-Sun 00:00-24:00", NULL};
        mon_cleanup(hours_free_p) Hours *nights = hours_of("Europe/Paris", items);
        mon_cleanup(hours_free_p) Hours *week = hours_of("America/New_York", always);
        HoursSpan spans[HOURS_CLOSED_MAX];
        (void)state;

        assert_time(hours_next_change(nights, at("2026-01-16T21:00:00Z")), "2026-01-17T05:00:00.000Z");
        assert_int_equal(hours_next_change(week, at("2026-03-07T12:00:00Z")), NSEC_NEVER);
        assert_int_equal(hours_closed(week, at("2026-01-01"), at("2026-12-31"), spans), 0);
}

static void gives_the_closed_spans_of_a_time(void **state) {
        static const char *const items[] = {"Mon-Fri 08:30-17:30", NULL};
        static const char *const breaks[] = {"Mon-Sun 08:00-09:00,10:00-11:00,12:00-13:00", NULL};
        mon_cleanup(hours_free_p) Hours *hours = hours_of("Europe/Paris", items);
        mon_cleanup(hours_free_p) Hours *many = hours_of("UTC", breaks);
        HoursSpan spans[HOURS_CLOSED_MAX];
        (void)state;

        assert_int_equal(hours_closed(hours, at("2026-01-12T12:00:00Z"), at("2026-01-12T13:00:00Z"), spans), 0);
        assert_int_equal(hours_closed(hours, at("2026-01-12T13:00:00Z"), at("2026-01-12T12:00:00Z"), spans), 0);
        assert_int_equal(hours_closed(hours, at("2026-01-15T12:00:00Z"), at("2026-01-19T06:00:00Z"), spans), 2);
        assert_time(spans[0].from_at_real, "2026-01-15T16:30:00.000Z");
        assert_time(spans[0].until_at_real, "2026-01-16T07:30:00.000Z");
        assert_time(spans[1].from_at_real, "2026-01-16T16:30:00.000Z");
        assert_time(spans[1].until_at_real, "2026-01-19T06:00:00.000Z"); /* cut */
        /* More than fit: the newest. */
        assert_int_equal(hours_closed(many, at("2020-01-01"), at("2026-01-01"), spans), HOURS_CLOSED_MAX);
        assert_time(spans[HOURS_CLOSED_MAX - 1].until_at_real, "2026-01-01T00:00:00.000Z");
        /* Further back than a year and some days nobody looks. */
        assert_int_equal(hours_closed(hours, at("2020-01-01"), at("2026-01-01"), spans), 265);
        assert_true(spans[0].from_at_real >= at("2026-01-01") - HOURS_CLOSED_BACK);
}

/* A year, minute by minute: is_open() and next_change() agree, and away from the changes of the clock the wall clock
 * decides. */
static void a_year_equals_the_wall_clock(void **state) {
        static const char *const items[] = {"Mon-Thu 08:30-12:00,13:30-17:30", "Fri 08:30-24:00", "Sat 00:00-03:00",
                                            "Sun 23:00-24:00", NULL};
        static const int spans[][3] = {{0, 510, 720},  {0, 810, 1050}, {1, 510, 720},  {1, 810, 1050},
                                       {2, 510, 720},  {2, 810, 1050}, {3, 510, 720},  {3, 810, 1050},
                                       {4, 510, 1440}, {5, 0, 180},    {6, 1380, 1440}};
        mon_cleanup(hours_free_p) Hours *hours = hours_of("Europe/London", items);
        Nsec change = at("2026-01-01");
        bool was_open = false;
        (void)state;

        for (Nsec now = at("2026-01-01"); now < at("2027-01-01"); now += 5 * MINUTE) {
                ZoneTime local;
                bool wall = false, open = hours_is_open(hours, now);
                zone_local(hours_zone(hours), now, &local);
                for (size_t i = 0; i < mon_count_of(spans); i++)
                        wall |= spans[i][0] == local.weekday && local.minute >= spans[i][1] &&
                                local.minute < spans[i][2];
                assert_true(open == wall);
                if (now >= change)
                        change = hours_next_change(hours, now);
                else
                        assert_true(open == was_open); /* nothing changes before the change */
                if (change - now <= 5 * MINUTE)
                        assert_true(hours_is_open(hours, change) != open);
                was_open = open;
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_days_and_spans),
                cmocka_unit_test(says_what_is_wrong_with_an_item),
                cmocka_unit_test(keeps_its_bounds),
                cmocka_unit_test(opens_and_closes_on_the_local_clock),
                cmocka_unit_test(follows_changes_of_the_clock),
                cmocka_unit_test(what_touches_over_midnight_is_one),
                cmocka_unit_test(gives_the_closed_spans_of_a_time),
                cmocka_unit_test(a_year_equals_the_wall_clock),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
