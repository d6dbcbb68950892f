/* Dates and hours as notices write them. The clock stands at Tuesday 9 June 2026, 10:12 in Paris, where nothing else is
 * said. */
#include "probes/page/announce.h"
#include "probes/page/calendar.h"
#include "probes/page/fold.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#define AT_REAL (INT64_C(1780992720) * NSEC_PER_SEC)

typedef struct Case {
        const char *text, *from, *until; /* NULL: not known; "none" in from: no date at all */
} Case;

static void check_one(const Case *c, Nsec at_real) {
        mon_auto_free char *folded = fold_copy(c->text);
        AnnounceSpan span = {NSEC_UNKNOWN, NSEC_UNKNOWN, false, false};
        char from[TEXT_TIME_MAX] = "-", until[TEXT_TIME_MAX] = "-";
        bool found = announce_read(folded, at_real, &span);

        if (c->from && strcmp(c->from, "none") == 0) {
                if (found)
                        fail_msg("%s: a date was read", c->text);
                return;
        }
        if (!found)
                fail_msg("%s: no date was read", c->text);
        if (span.from_at_real != NSEC_UNKNOWN)
                text_time(span.from_at_real, from);
        if (span.until_at_real != NSEC_UNKNOWN)
                text_time(span.until_at_real, until);
        from[16] = from[0] == '-' ? from[16] : '\0';
        until[16] = until[0] == '-' ? until[16] : '\0';
        if (strcmp(from, c->from ? c->from : "-") != 0 || strcmp(until, c->until ? c->until : "-") != 0)
                fail_msg("%s: %s to %s instead of %s to %s", c->text, from, until, c->from ? c->from : "-",
                         c->until ? c->until : "-");
}

static void test_french(void **state) {
        static const Case cases[] = {
                {"le 20 janvier de 2h00 à 4h00", "2026-01-20T01:00", "2026-01-20T03:00"},
                {"le mardi 16 juin 2026 de 20 h à 23 h", "2026-06-16T18:00", "2026-06-16T21:00"},
                {"du 12/06/2026 à 18h00 au 13/06/2026 à 06h00", "2026-06-12T16:00", "2026-06-13T04:00"},
                {"le 12/02 de 22 h à minuit", "2026-02-12T21:00", "2026-02-12T23:00"},
                {"jusqu'au 23/04/2020 à 02:30 environ", NULL, "2020-04-23T00:30"},
                {"du 20 au 25 juin", "2026-06-19T22:00", "2026-06-25T22:00"},
                {"du 30 au 2 juillet", "2026-06-29T22:00", "2026-07-02T22:00"},
                {"dans la nuit du 13 au 14 juin, de 22 h à 6 h", "2026-06-13T20:00", "2026-06-14T04:00"},
                {"demain, de 12h30 à 14h", "2026-06-10T10:30", "2026-06-10T12:00"},
                {"aujourd'hui de 12h à 14h", "2026-06-09T10:00", "2026-06-09T12:00"},
                {"ce soir à partir de 20h", "2026-06-09T18:00", NULL},
                {"ce soir", "2026-06-09T16:00", "2026-06-09T22:00"},
                {"cette nuit", "2026-06-09T19:00", "2026-06-10T04:00"},
                {"à partir du 1er juillet", "2026-06-30T22:00", NULL},
                {"le 1er juillet", "2026-06-30T22:00", "2026-07-01T22:00"},
                {"jusqu'à 13 heures", NULL, "2026-06-09T11:00"},
                {"dimanche entre 6h et 9h", "2026-06-14T04:00", "2026-06-14T07:00"},
                {"de 22h à 4h", "2026-06-09T20:00", "2026-06-10T02:00"},
                {"le 31 décembre à 23h59", "2026-12-31T22:59", NULL},
                {"le 14.06.2026", "2026-06-13T22:00", "2026-06-14T22:00"},
                {"du lundi au vendredi de 8h30 à 17h30", "none", NULL},
                {"Mon espace santé est en maintenance", "none", NULL},
                {"pendant 2 heures", "none", NULL},
                {"24h/24", "none", NULL},
                {"Tél. 04.00.00.00.12", "none", NULL},
                {"il y a 3 dossiers", "none", NULL},
                {"le 32 juin", "none", NULL},
                {"le 31/02/2026", "none", NULL},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++)
                check_one(&cases[i], AT_REAL);
}

static void test_english(void **state) {
        static const Case cases[] = {
                {"on Sunday 14 June 2026, 01:00–05:00 CEST", "2026-06-13T23:00", "2026-06-14T03:00"},
                {"Friday, June 12 at 10:00AM", "2026-06-12T08:00", NULL},
                {"June 14th, 2026 from 10 pm to midnight", "2026-06-14T20:00", "2026-06-14T22:00"},
                {"between 10:00 and 12:00 on 14th of June", "2026-06-14T08:00", "2026-06-14T10:00"},
                {"2026-06-14 22:00 UTC to 2026-06-15 01:00 UTC", "2026-06-14T22:00", "2026-06-15T01:00"},
                {"2026-06-14", "2026-06-13T22:00", "2026-06-14T22:00"},
                {"06/14/2026", "2026-06-13T22:00", "2026-06-14T22:00"},
                {"until 6 pm", NULL, "2026-06-09T16:00"},
                {"tonight from 11pm", "2026-06-09T21:00", NULL},
                {"tomorrow at noon", "2026-06-10T10:00", NULL},
                {"saturday", "2026-06-12T22:00", "2026-06-13T22:00"},
                {"12 p.m. today", "2026-06-09T10:00", NULL},
                {"12 a.m. tomorrow", "2026-06-09T22:00", NULL},
                {"Mon-Fri 9:00 to 17:00", "none", NULL},
                {"version 3.6.0", "none", NULL},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++)
                check_one(&cases[i], AT_REAL);
}

/* A date without its year is the nearest one, over the end of a year too. */
static void test_year(void **state) {
        static const Case january = {"le 3 janvier à 8h", "2027-01-03T07:00", NULL};
        static const Case december = {"le 30 décembre à 8h", "2025-12-30T07:00", NULL};
        Nsec late, early;

        (void)state;
        assert_int_equal(text_parse_time("2026-12-28T09:00:00Z", &late), 0);
        assert_int_equal(text_parse_time("2026-01-02T09:00:00Z", &early), 0);
        check_one(&january, late);
        check_one(&december, early);
}

/* An old notice still stands there in February: the end of its span is near to its beginning, not to today. */
static void test_end_near_beginning(void **state) {
        static const Case cases[] = {
                {"du 12/06/2026 à 18h00 au 13/06 à 06h00", "2026-06-12T16:00", "2026-06-13T04:00"},
                {"from 28 December 2026 to 3 January", "2026-12-27T23:00", "2027-01-03T23:00"},
                {"du 28/12/2020 au 3/1", "2020-12-27T23:00", "2021-01-03T23:00"},
                {"le 12/06", "2027-06-11T22:00", "2027-06-12T22:00"},
                /* A slip of the pen. */
                {"du 12/06/2026 au 11/06/2026", "2026-06-11T22:00", NULL},
        };
        Nsec february;

        (void)state;
        assert_int_equal(text_parse_time("2027-02-15T09:00:00Z", &february), 0);
        for (size_t i = 0; i < mon_count_of(cases); i++)
                check_one(&cases[i], february);
}

/* The calendar agrees with the C library's, day by day, and with itself at the hours that stand twice or never. */
static void test_calendar(void **state) {
        Nsec at;

        (void)state;
        for (int64_t day = -1000; day < 60000; day += 7) {
                time_t second = (time_t)(day * 86400);
                struct tm tm;
                int year, month, mday;
                assert_non_null(gmtime_r(&second, &tm));
                calendar_date(day, &year, &month, &mday);
                assert_int_equal(year, tm.tm_year + 1900);
                assert_int_equal(month, tm.tm_mon + 1);
                assert_int_equal(mday, tm.tm_mday);
                assert_int_equal(calendar_day(year, month, mday), day);
                assert_int_equal(calendar_weekday(day), (tm.tm_wday + 6) % 7);
        }
        assert_int_equal(text_parse_time("2026-03-29T00:59:00Z", &at), 0);
        assert_int_equal(calendar_paris(calendar_day(2026, 3, 29), 119), at);
        assert_int_equal(calendar_paris(calendar_day(2026, 3, 29), 180), at + 60 * NSEC_PER_SEC);
        assert_int_equal(text_parse_time("2026-10-25T00:30:00Z", &at), 0);
        assert_int_equal(calendar_paris(calendar_day(2026, 10, 25), 150), at);
        for (Nsec t = at - 86400 * NSEC_PER_SEC; t < at + 86400 * NSEC_PER_SEC; t += 600 * NSEC_PER_SEC) {
                int64_t day;
                int minute;
                calendar_in_paris(t, &day, &minute);
                Nsec back = calendar_paris(day, minute);
                assert_true(back == t || back == t - 3600 * NSEC_PER_SEC);
        }
}

/* ANNOUNCE_TOKENS_MAX and ANNOUNCE_ITEMS_MAX: what comes after them is not looked at, and nothing is written past them.
 */
static void test_bounds(void **state) {
        mon_auto_buf Buf text = BUF_INIT(1 << 16);
        AnnounceSpan span;

        (void)state;
        for (int i = 0; i < ANNOUNCE_TOKENS_MAX; i++)
                assert_int_equal(buf_append_text(&text, "x "), 0);
        assert_int_equal(buf_append_text(&text, "le 16 juin 2026"), 0);
        assert_false(announce_read(buf_text(&text), AT_REAL, &span));
        buf_clear(&text);
        for (int i = 0; i < 500; i++)
                assert_int_equal(buf_append_text(&text, "12/06/2026 "), 0);
        assert_true(announce_read(buf_text(&text), AT_REAL, &span));
        assert_true(announce_read("le 99999999999999999999999 du 12/06/2026", AT_REAL, &span));
}

static void test_nonsense(void **state) {
        static const char *const pieces[] = {"12",       "/",      "06",           "2026",     "-",   ":",    "h",
                                             "30",       " ",      "du ",          "au ",      "a ",  "de ",  "juin ",
                                             "janvier ", "lundi ", "demain ",      "ce soir ", "pm",  "am",   ".",
                                             ",",        "utc ",   "minuit ",      "jusqu'",   "le ", "1er ", "32 ",
                                             "0",        "99 ",    "aujourd'hui ", "T",        "z"};
        uint64_t seed = 11;

        (void)state;
        for (int round = 0; round < 20000; round++) {
                mon_auto_buf Buf text = BUF_INIT(4096);
                AnnounceSpan span = {NSEC_UNKNOWN, NSEC_UNKNOWN, false, false};
                for (int i = 0; i < 14; i++) {
                        seed = seed * 6364136223846793005U + 1442695040888963407U;
                        assert_int_equal(buf_append_text(&text, pieces[(seed >> 33) % mon_count_of(pieces)]), 0);
                }
                if (announce_read(buf_text(&text), AT_REAL, &span)) {
                        assert_true(span.from_at_real != NSEC_UNKNOWN || span.until_at_real != NSEC_UNKNOWN);
                        assert_true(span.has_date || span.has_hours);
                }
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_french),   cmocka_unit_test(test_english),
                cmocka_unit_test(test_year),     cmocka_unit_test(test_end_near_beginning),
                cmocka_unit_test(test_calendar), cmocka_unit_test(test_bounds),
                cmocka_unit_test(test_nonsense),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
