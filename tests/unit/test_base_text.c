#include "daemon/base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define ROUNDS 20000

static void cleans(void **state) {
        static const struct {
                const char *text, *clean;
        } rows[] = {
                {"", ""},
                {"plain é € 𝄞", "plain é € 𝄞"},
                {"a\tb\nc\rd\x1b[31m\x7f", "a b c d [31m "},
                {"\xc2\x9b"
                 "31m",
                 " 31m"},
                {"\xe2\x80\xae"
                 "fdp.exe\xe2\x80\xac \xe2\x81\xa6x\xe2\x81\xa9",
                 " fdp.exe   x "},
                {"\xef\xbb\xbfx\xe2\x80\xa8y\xd8\x9c", " x y "},
                {"\xff\xfe", "?"}, /* the last may be a cut character: dropped */
                {"\xff\xfe.", "??."},
                {"\xc0\xaf.", "??."},
                {"\xed\xa0\x80.", "???."},
                {"\xf4\x90\x80\x80.", "????."},
                {"cut \xe2\x82", "cut "},
                {"cut \xf0\x9d\x84", "cut "},
                {"cut \xc3", "cut "},
                {"\x80\x80\x80\x80\x80", "?????"},
                {"zero\xe2\x80\x8bwidth", "zero\xe2\x80\x8bwidth"},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *text = mon_strdup(rows[i].text);
                text_clean(text);
                assert_string_equal(text, rows[i].clean);
        }
}

static void copies_clean(void **state) {
        (void)state;
        static const struct {
                const char *text;
                size_t max;
                const char *copy;
        } rows[] = {
                {"abc", 3, "abc"}, {"abcd", 3, "…"}, {"abcdef", 5, "ab…"}, {"ééé", 5, "é…"}, {"abcd", 2, "ab"},
                {"abcd", 0, ""},   {"é", 1, ""},     {"a\nb", 3, "a b"},   {"", 0, ""},
        };

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *copy = text_clean_copy(rows[i].text, rows[i].max);
                assert_string_equal(copy, rows[i].copy);
        }
        assert_null(text_clean_copy(NULL, 10));
}

/* Whatever is not shown as it is must not get through by any way of writing it. */
static bool is_safe(const char *text) {
        for (const unsigned char *c = (const unsigned char *)text; *c; c++)
                if (*c < 0x20 || *c == 0x7f || (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) ||
                    (c[0] == 0xe2 && c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae))
                        return false;
        return text_is_utf8(text, strlen(text));
}

static void cleans_any_bytes(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 7);
        static const unsigned char likely[] = {0xc2, 0x80, 0x9b, 0xe2, 0x80, 0xae, 0xf0, 0x9f, 0xed, 0xa0, 0xef,
                                               0xbb, 0xbf, 'a',  0x1b, 0xff, 0xc3, 0xa9, 0xf4, 0x90, 0xe0, 0xa8};
        (void)state;

        for (int round = 0; round < ROUNDS; round++) {
                unsigned char bytes[41];
                clock_random(clock, bytes, sizeof bytes);
                size_t n = bytes[40] % 40, max = bytes[39] % 40;
                for (size_t i = 0; i < n; i++)
                        if (round % 2) /* mostly what nearly is a character */
                                bytes[i] = likely[bytes[i] % sizeof likely];
                for (size_t i = 0; i < n; i++)
                        if (bytes[i] == '\0')
                                bytes[i] = 1;
                bytes[n] = '\0';
                mon_auto_free char *text = mon_strdup((char *)bytes), *again = NULL;
                mon_auto_free char *copy = text_clean_copy(text, max);
                size_t cut = text_cut(text, n, max);
                assert_true(cut <= n && cut <= max + (max > n));
                assert_true(is_safe(copy) && strlen(copy) <= max);
                text_clean(text);
                assert_true(is_safe(text) && strlen(text) <= n);
                again = mon_strdup(text);
                text_clean(again);
                assert_string_equal(text, again);
        }
}

static void knows_utf8(void **state) {
        (void)state;
        uint32_t n_valid = 0;

        /* Every sequence of two bytes, and every lead with three: counted against the standard's own table. */
        for (unsigned a = 0; a < 256; a++)
                for (unsigned b = 0; b < 256; b++) {
                        char two[] = {(char)a, (char)b};
                        n_valid += text_is_utf8(two, 2);
                }
        assert_int_equal(n_valid, 128 * 128 + 30 * 64);
        n_valid = 0;
        for (unsigned a = 0xe0; a < 0xf0; a++)
                for (unsigned b = 0; b < 256; b++)
                        for (unsigned c = 0; c < 256; c++) {
                                char three[] = {(char)a, (char)b, (char)c};
                                n_valid += text_is_utf8(three, 3);
                        }
        assert_int_equal(n_valid, 0x10000 - 0x800 - 0x800); /* the plane without what is shorter, and surrogates */
        assert_true(text_is_utf8("\xf4\x8f\xbf\xbf", 4));
        assert_false(text_is_utf8("\xf4\x90\x80\x80", 4));
        assert_false(text_is_utf8("\xf0\x8f\xbf\xbf", 4));
        assert_true(text_is_utf8("a\0b", 3));
}

static void cuts_between_characters(void **state) {
        static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6};
        (void)state;

        for (size_t n = 0; n < mon_count_of(expected); n++)
                assert_int_equal(text_cut("aé€", 6, n), expected[n]);
}

static void parses_times(void **state) {
        static const struct {
                const char *text;
                int r;
                const char *shown;
        } rows[] = {
                {"2026-08-30", 0, "2026-08-30T00:00:00.000Z"},
                {"2026-08-30T09:00:00Z", 0, "2026-08-30T09:00:00.000Z"},
                {"2026-08-30t09:00:00z", 0, "2026-08-30T09:00:00.000Z"},
                {"2026-08-30 11:00:00.1239+02:00", 0, "2026-08-30T09:00:00.123Z"},
                {"2026-08-30T00:30:00-05:30", 0, "2026-08-30T06:00:00.000Z"},
                {"2024-02-29T23:59:59Z", 0, "2024-02-29T23:59:59.000Z"},
                {"2016-12-31T23:59:60Z", 0, "2017-01-01T00:00:00.000Z"},
                {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"},
                {"2261-12-31T23:59:59.999999999Z", 0, "2261-12-31T23:59:59.999Z"},
                {"2023-02-29", TEXT_E_RANGE, NULL},
                {"2026-13-01", TEXT_E_RANGE, NULL},
                {"2026-00-01", TEXT_E_RANGE, NULL},
                {"2026-04-31T00:00:00Z", TEXT_E_RANGE, NULL},
                {"2026-08-30T24:00:00Z", TEXT_E_RANGE, NULL},
                {"2026-08-30T23:60:00Z", TEXT_E_RANGE, NULL},
                {"2026-08-30T23:59:61Z", TEXT_E_RANGE, NULL},
                {"1969-12-31", TEXT_E_RANGE, NULL},
                {"2262-01-01", TEXT_E_RANGE, NULL},
                {"1970-01-01T00:00:00+01:00", TEXT_E_RANGE, NULL},
                {"", TEXT_E_FORM, NULL},
                {"2026-8-30", TEXT_E_FORM, NULL},
                {"2026-08-30T09:00:00", TEXT_E_FORM, NULL},
                {"2026-08-30T09:00Z", TEXT_E_FORM, NULL},
                {"2026-08-30T09:00:00.Z", TEXT_E_FORM, NULL},
                {"2026-08-30T09:00:00Zx", TEXT_E_FORM, NULL},
                {"2026-08-30T09:00:00+24:00", TEXT_E_FORM, NULL},
                {"2026-08-30T09:00:00+0200", TEXT_E_FORM, NULL},
                {"+026-08-30", TEXT_E_FORM, NULL},
                {" 2026-08-30", TEXT_E_FORM, NULL},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                char shown[TEXT_TIME_MAX] = "";
                Nsec at_real = 0;
                if (text_parse_time(rows[i].text, &at_real) != rows[i].r)
                        fail_msg("%s", rows[i].text);
                text_time(at_real, shown);
                if (rows[i].r == 0)
                        assert_string_equal(shown, rows[i].shown);
        }
}

static uint64_t dice(Clock *clock) {
        uint64_t word;

        clock_random(clock, &word, sizeof word);
        return word;
}

static void what_is_shown_parses_again(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 8);
        (void)state;

        for (int round = 0; round < ROUNDS; round++) {
                Nsec msec = (Nsec)(dice(clock) % (UINT64_C(9214646400) * 1000)), again;
                char shown[TEXT_TIME_MAX];
                text_time(msec * NSEC_PER_MSEC, shown);
                assert_int_equal(text_parse_time(shown, &again), 0);
                assert_int_equal(again, msec * NSEC_PER_MSEC);

                Nsec span = (Nsec)(dice(clock) >> (1 + dice(clock) % 62)) / NSEC_PER_SEC * NSEC_PER_SEC;
                mon_auto_free char *duration = text_duration(span);
                assert_int_equal(text_parse_duration(duration, &again), 0);
                assert_int_equal(again, span);
        }
        char before[TEXT_TIME_MAX];
        text_time(-1, before);
        assert_string_equal(before, "1969-12-31T23:59:59.999Z");
}

static void parses_durations(void **state) {
        static const struct {
                const char *text;
                int r;
                int64_t seconds;
        } rows[] = {
                {"0", 0, 0},
                {"0s", 0, 0},
                {"90s", 0, 90},
                {"1h30m", 0, 5400},
                {"1d", 0, 86400},
                {"2w", 0, 1209600},
                {"5y", 0, 157680000},
                {"1m1m", 0, 120},
                {"9223372036s", 0, INT64_C(9223372036)},
                {"9223372037s", TEXT_E_RANGE, 0},
                {"292y200d", TEXT_E_RANGE, 0},
                {"99999999999999999999s", TEXT_E_RANGE, 0},
                {"", TEXT_E_FORM, 0},
                {"5", TEXT_E_FORM, 0},
                {"s", TEXT_E_FORM, 0},
                {"5 s", TEXT_E_FORM, 0},
                {"-5s", TEXT_E_FORM, 0},
                {"1.5h", TEXT_E_FORM, 0},
                {"5S", TEXT_E_FORM, 0},
                {"5ms", TEXT_E_FORM, 0},
                {"00", TEXT_E_FORM, 0},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Nsec span = -7;
                if (text_parse_duration(rows[i].text, &span) != rows[i].r)
                        fail_msg("%s", rows[i].text);
                assert_int_equal(span, rows[i].r == 0 ? rows[i].seconds * NSEC_PER_SEC : -7);
        }
        static const struct {
                int64_t seconds;
                const char *text;
        } shown[] = {{0, "0"}, {1, "1s"}, {90, "1m30s"}, {5400, "1h30m"}, {432000, "5d"}, {90061, "1d1h1m1s"}};
        for (size_t i = 0; i < mon_count_of(shown); i++) {
                mon_auto_free char *text = text_duration(shown[i].seconds * NSEC_PER_SEC);
                assert_string_equal(text, shown[i].text);
        }
}

static void parses_sizes_and_numbers(void **state) {
        static const struct {
                const char *text;
                int r;
                int64_t value;
        } sizes[] =
                {
                        {"0", 0, 0},
                        {"2M", 0, 2 << 20},
                        {"64k", 0, 65536},
                        {"1G", 0, 1 << 30},
                        {"9223372036854775807", 0, INT64_MAX},
                        {"9223372036854775808", TEXT_E_RANGE, 0},
                        {"99999999999999999999", TEXT_E_RANGE, 0},
                        {"9223372036854775807K", TEXT_E_RANGE, 0},
                        {"", TEXT_E_FORM, 0},
                        {"M", TEXT_E_FORM, 0},
                        {"2MB", TEXT_E_FORM, 0},
                        {"-1", TEXT_E_FORM, 0},
                        {"1.5M", TEXT_E_FORM, 0},
                },
          numbers[] = {
                  {"0", 0, 0},
                  {"-7", 0, -7},
                  {"10", 0, 10},
                  {"11", TEXT_E_RANGE, 0},
                  {"-8", TEXT_E_RANGE, 0},
                  {"99999999999999999999", TEXT_E_RANGE, 0},
                  {"", TEXT_E_FORM, 0},
                  {"-", TEXT_E_FORM, 0},
                  {"+1", TEXT_E_FORM, 0},
                  {" 1", TEXT_E_FORM, 0},
                  {"1 ", TEXT_E_FORM, 0},
                  {"0x1", TEXT_E_FORM, 0},
          };
        (void)state;

        for (size_t i = 0; i < mon_count_of(sizes); i++) {
                int64_t value = 0;
                if (text_parse_size(sizes[i].text, &value) != sizes[i].r || value != sizes[i].value)
                        fail_msg("size %s: %" PRId64, sizes[i].text, value);
        }
        for (size_t i = 0; i < mon_count_of(numbers); i++) {
                int64_t value = 0;
                if (text_parse_int(numbers[i].text, -7, 10, &value) != numbers[i].r || value != numbers[i].value)
                        fail_msg("number %s: %" PRId64, numbers[i].text, value);
        }
}

/* Optimal string alignment as it is defined, without any cleverness. */
static size_t slow_distance(const char *a, size_t n, const char *b, size_t m) {
        if (n == 0 || m == 0)
                return n + m;
        bool same = tolower((unsigned char)a[n - 1]) == tolower((unsigned char)b[m - 1]);
        size_t least = slow_distance(a, n - 1, b, m - 1) + !same;
        size_t other = slow_distance(a, n - 1, b, m) + 1;
        least = other < least ? other : least;
        other = slow_distance(a, n, b, m - 1) + 1;
        least = other < least ? other : least;
        if (n > 1 && m > 1 && tolower((unsigned char)a[n - 1]) == tolower((unsigned char)b[m - 2]) &&
            tolower((unsigned char)a[n - 2]) == tolower((unsigned char)b[m - 1])) {
                other = slow_distance(a, n - 2, b, m - 2) + 1;
                least = other < least ? other : least;
        }
        return least;
}

static void finds_the_nearest(void **state) {
        static const char *const keys[] = {"interval", "timeout", "confirm", "ip", "http"};
        static const struct {
                const char *word, *nearest;
        } rows[] = {{"intervall", "interval"},
                    {"INTERVAL", "interval"},
                    {"itnerval", "interval"},
                    {"pi", "ip"},
                    {"htp", "http"},
                    {"x", NULL},
                    {"", NULL},
                    {"retention", NULL},
                    {"confrim", "confirm"},
                    {"tim", NULL}};
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 9);
        char longest[TEXT_WORD_MAX + 2];
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++)
                assert_true(text_is(text_nearest(rows[i].word, keys, mon_count_of(keys)), rows[i].nearest));
        memset(longest, 'a', sizeof longest);
        longest[TEXT_WORD_MAX] = '\0';
        const char *itself[] = {longest};
        assert_ptr_equal(text_nearest(longest, itself, 1), longest);
        longest[TEXT_WORD_MAX] = 'a';
        longest[TEXT_WORD_MAX + 1] = '\0';
        assert_null(text_nearest(longest, itself, 1));
        assert_null(text_nearest("aaaa", itself, 1));

        for (int round = 0; round < 3000; round++) {
                char a[8] = "", b[8] = "";
                const char *candidate[] = {b};
                size_t n = 2 + dice(clock) % 5, m = dice(clock) % 7;
                for (size_t i = 0; i < n; i++)
                        a[i] = "abAB"[dice(clock) % 4];
                for (size_t i = 0; i < m; i++)
                        b[i] = "abAB"[dice(clock) % 4];
                size_t allowed = n < 3 ? 1 : n / 3;
                bool near = slow_distance(a, n, b, m) <= allowed;
                assert_int_equal(text_nearest(a, candidate, 1) != NULL, near);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(cleans),
                cmocka_unit_test(copies_clean),
                cmocka_unit_test(cleans_any_bytes),
                cmocka_unit_test(knows_utf8),
                cmocka_unit_test(cuts_between_characters),
                cmocka_unit_test(parses_times),
                cmocka_unit_test(what_is_shown_parses_again),
                cmocka_unit_test(parses_durations),
                cmocka_unit_test(parses_sizes_and_numbers),
                cmocka_unit_test(finds_the_nearest),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
