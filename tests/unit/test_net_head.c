/* Heads of answers: read line by line within their bounds, cut, dated, and without their secrets. */
#include "daemon/net/head.h"

#include "daemon/net/fetch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <cmocka.h>

/* FETCH_HEADERS_MAX and FETCH_HEAD_MAX, reached by the reader alone. */
static void test_the_bounds_of_a_head(void **state) {
        (void)state;
        mon_cleanup(head_reader_fini) HeadReader lines = HEAD_READER_INIT(FETCH_HEAD_MAX, FETCH_HEADERS_MAX);
        mon_cleanup(head_reader_fini) HeadReader bytes = HEAD_READER_INIT(FETCH_HEAD_MAX, FETCH_HEADERS_MAX);
        char line[FETCH_HEAD_MAX / 4];

        assert_int_equal(head_reader_take(&lines, "HTTP/1.1 200 OK\r\n", 17), 0);
        for (int i = 1; i < FETCH_HEADERS_MAX; i++)
                assert_int_equal(head_reader_take(&lines, "A: b\r\n", 6), 0);
        assert_int_equal(head_reader_take(&lines, "\r\n", 2), HEAD_E_TOO_LARGE);
        memset(line, 'x', sizeof line);
        for (int i = 0; i < 4; i++)
                assert_int_equal(head_reader_take(&bytes, line, sizeof line), 0);
        assert_int_equal(head_reader_take(&bytes, "\n", 1), HEAD_E_TOO_LARGE);
}

static void test_interim_answers_are_passed_over(void **state) {
        (void)state;
        mon_cleanup(head_reader_fini) HeadReader reader = HEAD_READER_INIT(1000, 10);
        const char *const lines[] = {"HTTP/1.1 103 Early Hints\r\n", "Link: a\r\n", "\r\n",
                                     "HTTP/1.1 503 No\r\n",          "A:  b \r\n",  "\r\n",
                                     "Location: /trailer\r\n"};

        for (size_t i = 0; i < mon_count_of(lines); i++)
                assert_int_equal(head_reader_take(&reader, lines[i], strlen(lines[i])), 0);
        assert_true(reader.is_complete);
        assert_int_equal(reader.status, 503);
        assert_string_equal(buf_text(&reader.text), "HTTP/1.1 503 No\r\nA:  b \r\n\r\n");
        mon_auto_free char *value = head_get(buf_text(&reader.text), "a");
        assert_string_equal(value, "b");
        assert_null(head_get(buf_text(&reader.text), "Location"));
}

static void test_dates_and_waits(void **state) {
        const Nsec now = INT64_C(784111777) * NSEC_PER_SEC; /* Sun, 06 Nov 1994 08:49:37 GMT */
        static const struct {
                const char *text;
                Nsec span; /* NSEC_UNKNOWN: not of the form */
        } rows[] = {
                {"0", 0},
                {"120", 120 * NSEC_PER_SEC},
                {"99999999999999999999", HEAD_RETRY_AFTER_MAX},
                {"40000000", HEAD_RETRY_AFTER_MAX},
                {"-5", NSEC_UNKNOWN},
                {"soon", NSEC_UNKNOWN},
                {"", NSEC_UNKNOWN},
                {"Sun, 06 Nov 1994 08:50:37 GMT", 60 * NSEC_PER_SEC},
                {"Sun, 06 Nov 1994 08:48:37 GMT", 0},
                {"Fri, 31 Dec 2200 23:59:59 GMT", HEAD_RETRY_AFTER_MAX},
                {"Sun, 31 Nov 1994 08:48:37 GMT", NSEC_UNKNOWN},
                {"Sun, 06 Nov 1994 08:48:37 CET", NSEC_UNKNOWN},
                {"Sunday, 06-Nov-94 08:49:37 GMT", NSEC_UNKNOWN},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Nsec span = NSEC_UNKNOWN;
                int r = head_parse_retry_after(rows[i].text, now, &span);
                if (span != rows[i].span || (r == 0) != (span != NSEC_UNKNOWN))
                        fail_msg("%s: %lld", rows[i].text, (long long)span);
        }
}

static void test_a_head_is_cut_into_fields(void **state) {
        char head[] = "HTTP/1.1 200 OK\r\nA: 1\r\nno colon\r\n: empty\r\nB:\r\nC:  x: y  \r\nD: 4";
        HeadField fields[4];

        (void)state;
        assert_int_equal(head_cut(head, fields, 3), 3);
        assert_string_equal(fields[0].name, "A");
        assert_string_equal(fields[0].value, "1");
        assert_string_equal(fields[1].name, "B");
        assert_string_equal(fields[1].value, "");
        assert_string_equal(fields[2].name, "C");
        assert_string_equal(fields[2].value, "x: y");
}

static void test_secret_headers(void **state) {
        (void)state;
        char head[] = "GET / HTTP/1.1\r\nCookie: a=b; c=d\r\nAccept: x\r\nX-API-Key: 1 2\r\nlast";

        head_mask_secrets(head);
        assert_string_equal(head, "GET / HTTP/1.1\r\nCookie: **** ***\r\nAccept: x\r\nX-API-Key: * *\r\nlast");
        assert_true(head_is_secret("Proxy-Authorization: x"));
        assert_false(head_is_secret("Accept: token"));
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state) {
        uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        return z ^ (z >> 27);
}

/* On any bytes: what head_cut() finds, head_get() finds, and every text lies within the head. */
static void test_random_heads(void **state) {
        static const char alphabet[] = "AAbb::  \r\n\n\t1x,\xff";
        uint64_t seed = 1;

        (void)state;
        for (int round = 0; round < 20000; round++) {
                char head[64] = {0}, cut[64];
                HeadField fields[8];
                size_t n = next_random(&seed) % (sizeof head - 1);
                for (size_t i = 0; i < n; i++)
                        head[i] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
                memcpy(cut, head, sizeof cut);
                size_t n_fields = head_cut(cut, fields, mon_count_of(fields));
                for (size_t i = n_fields; i-- > 0;) {
                        assert_true(fields[i].name >= cut &&
                                    fields[i].value + strlen(fields[i].value) < cut + sizeof cut);
                        bool is_first = true;
                        for (size_t j = 0; j < i; j++)
                                is_first &= strcasecmp(fields[j].name, fields[i].name) != 0;
                        mon_auto_free char *value = head_get(head, fields[i].name);
                        if (is_first)
                                assert_string_equal(value, fields[i].value);
                }
                head_mask_secrets(head);
                assert_int_equal(strlen(head), n);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_bounds_of_a_head), cmocka_unit_test(test_interim_answers_are_passed_over),
                cmocka_unit_test(test_dates_and_waits),      cmocka_unit_test(test_a_head_is_cut_into_fields),
                cmocka_unit_test(test_secret_headers),       cmocka_unit_test(test_random_heads),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
