/* Zones against a table made with Python's zoneinfo: every change of the clock from 2026 to 2030, and what lies about.
 */
#include "daemon/base/text.h"
#include "daemon/base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/base_zone_table.h"

#define SECOND(n) ((n)*NSEC_PER_SEC)

static Zone *zone_of(const char *name) {
        Zone *zone = NULL;

        assert_int_equal(zone_open(name, &zone), 0);
        assert_string_equal(zone_name(zone), name);
        return zone;
}

static void says_what_the_clock_on_the_wall_shows(void **state) {
        (void)state;
        for (size_t i = 0; i < mon_count_of(locals); i++) {
                mon_cleanup(zone_close_p) Zone *zone = zone_of(locals[i].zone);
                ZoneTime local;

                for (int part = 0; part < 2; part++) { /* fractions of a second change nothing */
                        zone_local(zone, SECOND(locals[i].second) + (part ? NSEC_PER_SEC - 1 : 0), &local);
                        assert_int_equal(local.day, locals[i].day);
                        assert_int_equal(local.weekday, locals[i].weekday);
                        assert_int_equal(local.minute, locals[i].minute);
                        assert_int_equal(local.second, locals[i].of_minute);
                        assert_int_equal(local.offset_s, locals[i].offset_s);
                }
        }
}

static void finds_the_instant_of_a_local_minute(void **state) {
        (void)state;
        for (size_t i = 0; i < mon_count_of(instants); i++) {
                mon_cleanup(zone_close_p) Zone *zone = zone_of(instants[i].zone);
                Nsec at_real = zone_instant(zone, instants[i].day, instants[i].minute);

                if (at_real != SECOND(instants[i].second))
                        print_error("%s day %lld minute %d\n", instants[i].zone, (long long)instants[i].day,
                                    instants[i].minute);
                assert_int_equal(at_real, SECOND(instants[i].second));
        }
}

/* Five years, minute by minute of each day with a change and hour by hour of the others: there and back. */
static void goes_there_and_back(void **state) {
        static const char *const names[] = {"Europe/Paris", "UTC", "America/New_York", "Asia/Kolkata", "Europe/London"};
        (void)state;

        for (size_t i = 0; i < mon_count_of(names); i++) {
                mon_cleanup(zone_close_p) Zone *zone = zone_of(names[i]);
                for (int64_t second = ZONE_TABLE_BEGINS; second < ZONE_TABLE_ENDS; second += 1800) {
                        ZoneTime local;
                        zone_local(zone, SECOND(second), &local);
                        int64_t back = zone_instant(zone, local.day, local.minute) / NSEC_PER_SEC;
                        assert_true(back == second ||
                                    back == second - 3600); /* an hour that stands twice is its first */
                }
        }
}

static void before_1970_is_a_day_too(void **state) {
        mon_cleanup(zone_close_p) Zone *zone = zone_of("UTC");
        ZoneTime local;
        (void)state;

        zone_local(zone, -1, &local);
        assert_int_equal(local.day, -1);
        assert_int_equal(local.weekday, 2);
        assert_int_equal(local.minute, 1439);
        assert_int_equal(local.second, 59);
        assert_int_equal(zone_instant(zone, -1, 1440), 0);
}

static void refuses_what_is_no_name_of_a_zone(void **state) {
        static const char *const forms[] = {"",
                                            "Paris",
                                            "CET-1CEST",
                                            "+02:00",
                                            "/etc/localtime",
                                            ":Europe/Paris",
                                            "Europe/../Europe/Paris",
                                            "../zoneinfo/Europe/Paris",
                                            "Europe//Paris",
                                            "Europe/",
                                            "Europe/Par is",
                                            "Europe/Paris\n",
                                            "utc"};
        static const char *const unknown[] = {"Europe/Pariss", "Europe/paris", "Mars/Olympus", "Etc/-1", "A/B+1"};
        char long_name[ZONE_NAME_MAX + 2];
        Zone *zone = NULL;
        (void)state;

        for (size_t i = 0; i < mon_count_of(forms); i++)
                assert_int_equal(zone_open(forms[i], &zone), ZONE_E_NAME);
        for (size_t i = 0; i < mon_count_of(unknown); i++)
                assert_int_equal(zone_open(unknown[i], &zone), ZONE_E_UNKNOWN);
        memset(long_name, 'a', sizeof long_name - 1);
        long_name[sizeof long_name - 1] = '\0';
        long_name[6] = '/';
        assert_int_equal(zone_open(long_name, &zone), ZONE_E_NAME);
        long_name[ZONE_NAME_MAX] = '\0';
        assert_int_equal(zone_open(long_name, &zone), ZONE_E_UNKNOWN);
        assert_null(zone);
        zone_close(NULL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(says_what_the_clock_on_the_wall_shows),
                cmocka_unit_test(finds_the_instant_of_a_local_minute),
                cmocka_unit_test(goes_there_and_back),
                cmocka_unit_test(before_1970_is_a_day_too),
                cmocka_unit_test(refuses_what_is_no_name_of_a_zone),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
