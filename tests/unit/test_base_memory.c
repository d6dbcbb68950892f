/* alloc, digest, error, log and JSON: the small things everything stands on. */
#include "daemon/base/digest.h"
#include "daemon/base/error.h"
#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void a_buffer_keeps_its_bound(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 11);
        char model[200];
        (void)state;

        for (int round = 0; round < 2000; round++) {
                mon_auto_buf Buf buf = BUF_INIT(0);
                uint8_t dice[64];
                size_t n = 0;
                clock_random(clock, dice, sizeof dice);
                buf.max = dice[0] % sizeof model;
                assert_string_equal(buf_text(&buf), "");
                for (size_t step = 1; step < sizeof dice; step++) {
                        size_t len = dice[step] % 24;
                        char piece[25];
                        memset(piece, 'a' + dice[step] % 26, len);
                        piece[len] = '\0';
                        bool fits = n + len <= buf.max;
                        int r = step % 3 == 0   ? buf_append(&buf, piece, len)
                                : step % 3 == 1 ? buf_append_text(&buf, piece)
                                                : buf_printf(&buf, "%s", piece);
                        assert_int_equal(r, fits ? 0 : BUF_E_FULL);
                        if (fits) {
                                memcpy(model + n, piece, len);
                                n += len;
                        }
                        assert_int_equal(buf.len, n);
                        assert_memory_equal(buf_text(&buf), model, n);
                        assert_int_equal(buf_text(&buf)[n], '\0');
                        assert_true(buf.cap <= buf.max + 1);
                }
        }
}

static void a_buffer_is_handed_over(void **state) {
        Buf buf = BUF_INIT(10);
        (void)state;

        mon_auto_free char *empty = buf_steal(&buf);
        assert_string_equal(empty, "");
        assert_int_equal(buf_append(&buf, "a\0b", 3), 0);
        assert_int_equal(buf.len, 3);
        buf_clear(&buf);
        assert_int_equal(buf.len, 0);
        assert_string_equal(buf_text(&buf), "");
        assert_int_equal(buf_append_text(&buf, "0123456789"), 0);
        assert_int_equal(buf_append_text(&buf, "x"), BUF_E_FULL);
        mon_auto_free char *text = buf_steal(&buf);
        assert_string_equal(text, "0123456789");
        assert_int_equal(buf.max, 10);
        assert_null(buf.data);
        buf_fini(&buf);
}

static void texts_are_replaced_by_parts_of_themselves(void **state) {
        mon_auto_free char *text = mon_strdup("one two");
        (void)state;

        mon_replace(&text, text + 4);
        assert_string_equal(text, "two");
        mon_replace(&text, NULL);
        assert_null(text);
        mon_auto_free char *printed = mon_printf("%s-%d", "a", 1), *part = mon_strndup("abc", 2);
        assert_string_equal(printed, "a-1");
        assert_string_equal(part, "ab");
        char *kept = mon_strdup("x"), *taken = mon_steal(&kept);
        assert_null(kept);
        free(taken);
}

/* RFC 4231, test cases 2 and 6; RFC 4648, section 10. */
static void codes_are_the_standards(void **state) {
        static const char *const words[][2] = {{"", ""},
                                               {"f", "Zg=="},
                                               {"fo", "Zm8="},
                                               {"foo", "Zm9v"},
                                               {"foob", "Zm9vYg=="},
                                               {"fooba", "Zm9vYmE="},
                                               {"foobar", "Zm9vYmFy"}};
        static const char *const bad[] = {"Zg=", "Zg", "Zh==", "Z===", "====", "Zm9v\n", " Zm9v", "Zm-v", "Zg==Zg=="};
        const DigestPart parts[] = {{"what do ya want ", 16}, {"", 0}, {"for nothing?", 12}};
        uint8_t key[131], bytes[8];
        char hex[SHA256_HEX_MAX];
        Sha256 digest;
        size_t n;

        (void)state;
        hmac_sha256("Jefe", 4, parts, mon_count_of(parts), &digest);
        sha256_hex(&digest, hex);
        assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        memset(key, 0xaa, sizeof key);
        const DigestPart large = {"Test Using Larger Than Block-Size Key - Hash Key First", 54};
        hmac_sha256(key, sizeof key, &large, 1, &digest);
        sha256_hex(&digest, hex);
        assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        for (size_t i = 0; i < mon_count_of(words); i++) {
                mon_auto_free char *text = base64_encode(words[i][0], strlen(words[i][0]));
                assert_string_equal(text, words[i][1]);
                assert_int_equal(base64_decode(text, sizeof bytes, bytes, &n), 0);
                assert_int_equal(n, strlen(words[i][0]));
                assert_memory_equal(bytes, words[i][0], n);
        }
        for (size_t i = 0; i < mon_count_of(bad); i++)
                assert_int_equal(base64_decode(bad[i], sizeof bytes, bytes, &n), DIGEST_E_FORM);
        assert_int_equal(base64_decode("Zm9vYmFy", 5, bytes, &n), DIGEST_E_FORM);
}

static void digests_are_the_standards(void **state) {
        Sha256 digest;
        char hex[SHA256_HEX_MAX];
        (void)state;

        sha256_of("abc", 3, &digest);
        sha256_hex(&digest, hex);
        assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        sha256_of("", 0, &digest);
        sha256_hex(&digest, hex);
        assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_int_equal(strlen(hex), SHA256_HEX_MAX - 1);
        assert_true(hash_of("abc", 3, 1) == hash_of("abc", 3, 1));
        assert_true(hash_of("abc", 3, 1) != hash_of("abc", 3, 2));
        assert_true(hash_of("abc", 3, 1) != hash_of("abd", 3, 1));
}

static void an_error_keeps_its_first_text(void **state) {
        mon_auto_error Error error = {0};
        (void)state;

        assert_string_equal(error_text(NULL), "");
        assert_string_equal(error_text(&error), "");
        error_set(NULL, "nobody listens");
        error_set(&error, "first %d", 1);
        error_set(&error, "second");
        assert_string_equal(error_text(&error), "first 1");
        assert_string_equal(mon_strerror(-ENOENT), "No such file or directory");
        assert_string_equal(mon_strerror(-99999), "unknown error");
        errno = 0;
        assert_int_equal(mon_errno(), -EIO);
}

static void documents_are_as_promised(void **state) {
        mon_auto_json *object = json_object();
        (void)state;

        json_set(object, "text", json_text("é"));
        json_set(object, "bad", json_text("\xff."));
        json_set(object, "none", json_text(NULL));
        json_set(object, "at", json_time(INT64_C(1788080400123) * NSEC_PER_MSEC));
        json_set(object, "never", json_time(NSEC_NEVER));
        json_set(object, "unknown", json_msec(NSEC_UNKNOWN));
        json_set(object, "ms", json_msec(1234567890));
        json_set(object, "s", json_seconds(1234));
        json_set(object, "yes", json_yes(true));
        mon_auto_free char *line = json_line(object);
        assert_string_equal(line, "{\"text\":\"é\",\"bad\":\"?.\",\"none\":null,\"at\":\"2026-08-30T09:00:00.123Z\","
                                  "\"never\":null,\"unknown\":null,\"ms\":1234.567,\"s\":1.234,\"yes\":true}");
        assert_string_equal(json_get_text(object, "text", "?"), "é");
        assert_string_equal(json_get_text(object, "ms", "?"), "?");
        assert_int_equal(json_get_int(object, "s", 7), 7);
        assert_true(fabs(json_get_number(object, "s", 0) - 1.234) < 1e-9);
        assert_true(json_get_bool(object, "yes", false));
        assert_true(json_get_bool(object, "not there", true));
}

static void reads_documents_within_bounds(void **state) {
        static const char *const bad[] = {"", "{", "{\"a\":1,\"a\":2}", "[1] 2", "\"\xff\"", "\"\\u0000\"", "nul"};
        mon_auto_buf Buf large = BUF_INIT(2 * JSON_TEXT_MAX);
        mon_auto_json *value = NULL;
        char *why = NULL;
        (void)state;

        for (size_t i = 0; i < mon_count_of(bad); i++) {
                assert_int_equal(json_read(bad[i], strlen(bad[i]), &value, &why), JSON_E_FORM);
                assert_null(value);
                assert_true(text_is_utf8(why, strlen(why)));
                free(why);
        }
        assert_int_equal(buf_append_text(&large, "\""), 0);
        while (large.len < JSON_TEXT_MAX - 1)
                assert_int_equal(buf_append_text(&large, "x"), 0);
        assert_int_equal(buf_append_text(&large, "\""), 0);
        assert_int_equal(json_read(large.data, large.len, &value, &why), 0);
        assert_int_equal(json_read(large.data, large.len + 1, &value, &why), JSON_E_FORM);
        free(why);
        buf_clear(&large);
        while (large.len < 100000)
                assert_int_equal(buf_append_text(&large, "["), 0);
        mon_auto_json *deep = NULL;
        assert_int_equal(json_read(large.data, large.len, &deep, &why), JSON_E_FORM);
        free(why);
}

typedef struct Heard {
        size_t n;
        LogLevel level;
        char message[LOG_MESSAGE_MAX];
        char field[LOG_MESSAGE_MAX];
} Heard;

static void hear(void *userdata, LogLevel level, const char *message, const LogField *fields, size_t n_fields) {
        Heard *heard = userdata;

        heard->n++;
        heard->level = level;
        (void)snprintf(heard->message, sizeof heard->message, "%s", message);
        (void)snprintf(heard->field, sizeof heard->field, "%s", n_fields > 0 ? fields[0].value : "");
}

static void the_log_is_clean_and_bounded(void **state) {
        static const LogField field[] = {{"MOND_TARGET", "a"}};
        mon_auto_buf Buf longest = BUF_INIT(2 * LOG_MESSAGE_MAX);
        Heard heard = {0};
        (void)state;

        log_set_sink(hear, &heard);
        log_debug("not urgent enough");
        assert_int_equal(heard.n, 0);
        log_fields(LOG_LEVEL_WARNING, field, 1, "a site said: %s", "\x1b[2J\n\xe2\x80\xae evil");
        assert_string_equal(heard.message, "a site said:  [2J   evil");
        assert_string_equal(heard.field, "a");
        assert_int_equal(heard.level, LOG_LEVEL_WARNING);
        log_set_level(LOG_LEVEL_ERROR);
        log_warning("not urgent enough any more");
        assert_int_equal(heard.n, 1);
        while (longest.len < LOG_MESSAGE_MAX + 2)
                assert_int_equal(buf_append_text(&longest, "é"), 0);
        log_error("x%s", longest.data);
        assert_int_equal(strlen(heard.message), LOG_MESSAGE_MAX - 1);
        assert_true(text_is_utf8(heard.message, strlen(heard.message)));
        log_error("xx%s", longest.data); /* the bound falls within a character */
        assert_int_equal(strlen(heard.message), LOG_MESSAGE_MAX - 2);
        assert_true(text_is_utf8(heard.message, strlen(heard.message)));
        log_set_level(LOG_LEVEL_INFO);
        log_set_sink(NULL, NULL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_buffer_keeps_its_bound),
                cmocka_unit_test(a_buffer_is_handed_over),
                cmocka_unit_test(texts_are_replaced_by_parts_of_themselves),
                cmocka_unit_test(digests_are_the_standards),
                cmocka_unit_test(codes_are_the_standards),
                cmocka_unit_test(an_error_keeps_its_first_text),
                cmocka_unit_test(documents_are_as_promised),
                cmocka_unit_test(reads_documents_within_bounds),
                cmocka_unit_test(the_log_is_clean_and_bounded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
