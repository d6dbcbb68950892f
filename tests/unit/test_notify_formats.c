/* What each service gets: whole messages as their documentation has them (tests/data/notify), their bounds to the
 * character, and hostile words that stay words. */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/driver.h"
#include "daemon/notify/format.h"
#include "tests/lib/notifier_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

static json_t *compose(FormatFn *format, const json_t *document, Language language) {
        mon_auto_buf Buf body = BUF_INIT(NOTIFIER_BODY_MAX);
        const FormatInput input = {document, language, "mon-sujet"};
        mon_auto_free char *why = NULL;
        json_t *message;

        assert_int_equal(format(&input, &body), 0);
        assert_int_equal(json_read(buf_text(&body), body.len, &message, &why), 0);
        return message;
}

static json_t *golden(const char *name) {
        mon_auto_free char *path = mon_printf("%s/tests/data/notify/%s.json", getenv("MOND_SOURCE"), name);
        json_error_t error;
        json_t *value = json_load_file(path, 0, &error);

        if (!value)
                fail_msg("%s: %s", path, error.text);
        return value;
}

static void assert_golden(const json_t *message, const char *name) {
        mon_auto_json *expected = golden(name);

        if (json_equal((json_t *)message, expected))
                return;
        mon_auto_free char *is = json_print(message);
        fail_msg("%s: %s", name, is);
}

static void test_whole_messages(void **state) {
        static const struct {
                FormatFn *format;
                const char *name;
        } rows[] = {{format_slack, "slack"}, {format_discord, "discord"}, {format_mattermost, "mattermost"},
                    {format_ntfy, "ntfy"},   {format_matrix, "matrix"},   {format_alertmanager, "alertmanager"}};
        mon_auto_json *document = notifier_fixture_document("path.closed", "open", "closed",
                                                            "refus : fermé depuis 02:12 <!channel> *gras* & @here");

        (void)state;
        json_set(document, "late", json_true());
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_json *message = compose(rows[i].format, document, LANGUAGE_FR);
                assert_golden(message, rows[i].name);
        }
        mon_auto_json *open = notifier_fixture_document("path.open", "closed", "open", "refus: open since 03:40");
        mon_auto_json *message = compose(format_slack, open, LANGUAGE_EN);
        assert_golden(message, "slack-open-en");
}

static void test_the_document_itself(void **state) {
        mon_auto_json *document = notifier_fixture_document("path.closed", "open", "closed", "fermé");
        mon_auto_json *message = compose(format_mond, document, LANGUAGE_FR);

        (void)state;
        assert_true(json_equal(document, message));
}

/* Events without states, without a page, without an observer's name. */
static void test_little_to_say(void **state) {
        static FormatFn *const formats[] = {format_slack, format_discord, format_mattermost, format_ntfy,
                                            format_matrix};
        mon_auto_json *document = json_object();

        (void)state;
        json_set(document, "type", json_text("observer.blind"));
        json_set(document, "to", json_null());
        json_set(document, "reason", json_null());
        for (size_t i = 0; i < mon_count_of(formats); i++) {
                mon_auto_json *message = compose(formats[i], document, LANGUAGE_FR);
                mon_auto_free char *line = json_line(message);
                assert_non_null(strstr(line, "observer.blind"));
                assert_non_null(strstr(line, "mond"));
        }
}

/* --- text and never markup -------------------------------------------------------------------------------------- */

static const char *text_at(const json_t *message, const char *key) {
        return json_get_text(message, key, "");
}

static const json_t *first(const json_t *message, const char *key) {
        return json_array_get(json_object_get(message, key), 0);
}

static void test_words_stay_words(void **state) {
        static const char hostile[] = "<script>&amp; @channel @all @everyone [x](http://evil.test) **b** `c` ~~d~~ "
                                      "||e|| <@1> <#2> # t > q - l + m ![i](j) \"q\" 'r' \\";
        mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", hostile);

        (void)state;
        mon_auto_json *slack = compose(format_slack, document, LANGUAGE_FR);
        const json_t *section = json_object_get(json_array_get(json_object_get(slack, "blocks"), 1), "text");
        assert_string_equal(text_at(section, "type"), "plain_text");
        assert_true(text_starts(text_at(section, "text"), "&lt;script&gt;&amp;amp; @channel"));

        mon_auto_json *discord = compose(format_discord, document, LANGUAGE_FR);
        assert_int_equal(json_array_size(json_object_get(json_object_get(discord, "allowed_mentions"), "parse")), 0);
        const char *description = text_at(first(discord, "embeds"), "description");
        assert_non_null(strstr(description, "\\[x\\]\\(http://evil.test\\) \\*\\*b\\*\\* \\`c\\` \\~\\~d\\~\\~"));
        assert_non_null(strstr(description, "\\|\\|e\\|\\| \\<@\xe2\x80\x8b"
                                            "1\\>"));

        mon_auto_json *mattermost = compose(format_mattermost, document, LANGUAGE_FR);
        const char *text = text_at(first(mattermost, "attachments"), "text");
        assert_null(strstr(text, "@channel"));
        assert_null(strstr(text, "@all"));
        assert_non_null(strstr(text, "@\xe2\x80\x8b"
                                     "channel"));

        mon_auto_json *matrix = compose(format_matrix, document, LANGUAGE_FR);
        assert_non_null(strstr(text_at(matrix, "formatted_body"), "&lt;script&gt;&amp;amp; @channel"));
        assert_non_null(strstr(text_at(matrix, "formatted_body"), "&quot;q&quot; &#39;r&#39;"));
        assert_null(strstr(text_at(matrix, "body"), "@everyone"));
}

/* Titles are typed by people, names too. */
static void test_titles_stay_words(void **state) {
        mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", "x");
        json_t *title = json_object(), *observer = json_object();

        (void)state;
        json_set(title, "fr", json_text("<!here> *a* @all"));
        json_set(title, "en", json_text("<!here> *a* @all"));
        json_set(json_object_get(document, "subject"), "title", title);
        json_set(observer, "name", json_text("<b>@all</b>"));
        json_set(document, "observer", observer);
        mon_auto_json *slack = compose(format_slack, document, LANGUAGE_FR);
        assert_string_equal(text_at(slack, "text"), "🔴 &lt;!here&gt; *a* @\xe2\x80\x8b"
                                                    "all : en panne");
        mon_auto_json *matrix = compose(format_matrix, document, LANGUAGE_FR);
        assert_true(text_starts(text_at(matrix, "formatted_body"), "<strong>🔴 &lt;!here&gt; *a* @all : en panne"));
        mon_auto_json *mattermost = compose(format_mattermost, document, LANGUAGE_FR);
        const json_t *attachment = first(mattermost, "attachments");
        assert_string_equal(text_at(attachment, "title"), "🔴 \\<\\!here\\> \\*a\\* @\xe2\x80\x8b"
                                                          "all : en panne");
        assert_null(strstr(text_at(attachment, "footer"), "@all"));
}

/* A link is one only where it can be nothing else. */
static void test_links(void **state) {
        mon_auto_free char *fit = mon_calloc(1, FORMAT_URL_MAX + 2);
        mon_auto_free char *over = mon_calloc(1, FORMAT_URL_MAX + 2);
        const struct {
                const char *url;
                bool is_link;
        } rows[] = {
                {"https://a.fr/x", true},
                {"http://a.fr/", true},
                {"javascript:alert(1)", false},
                {"https://a.fr/>x", false},
                {"https://a.fr/|x", false},
                {"https://a.fr/ x", false},
                {"https://a.fr/\"x", false},
                {"https://é.fr/", false},
                {"https://a.fr/(x)", false},
                {fit, true},
                {over, false},
        };

        (void)state;
        memset(fit, 'a', FORMAT_URL_MAX);
        memset(over, 'a', FORMAT_URL_MAX + 1);
        memcpy(fit, "https://", 8);
        memcpy(over, "https://", 8);
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", "x");
                json_set(json_object_get(document, "reason"), "url", json_text(rows[i].url));
                mon_auto_json *ntfy = compose(format_ntfy, document, LANGUAGE_FR);
                mon_auto_json *slack = compose(format_slack, document, LANGUAGE_FR);
                mon_auto_json *discord = compose(format_discord, document, LANGUAGE_FR);
                if (json_is_string(json_object_get(ntfy, "click")) != rows[i].is_link)
                        fail_msg("%s", rows[i].url);
                assert_int_equal(json_array_size(json_object_get(slack, "blocks")), rows[i].is_link ? 4 : 3);
                assert_int_equal(json_is_string(json_object_get(first(discord, "embeds"), "url")), rows[i].is_link);
        }
}

static void test_tones(void **state) {
        static const struct {
                const char *type, *to, *tag;
        } rows[] = {
                {"target.up", "up", "green_circle"},
                {"path.open", "open", "green_circle"},
                {"path.impaired", "impaired", "orange_circle"},
                {"target.degraded", "degraded", "orange_circle"},
                {"path.closed", "closed", "red_circle"},
                {"target.maintenance", "maintenance", "red_circle"},
                {"target.down", "down", "red_circle"},
                {"path.unknown", "unknown", "white_circle"},
                {"target.blocked", "blocked", "white_circle"},
                {"observer.back", NULL, "green_circle"},
                {"observer.blind", NULL, "orange_circle"},
                {"incident.reminder", "closed", "red_circle"},
                {"notifier.test", NULL, "white_circle"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_json *document = notifier_fixture_document(rows[i].type, NULL, rows[i].to, "x");
                mon_auto_json *ntfy = compose(format_ntfy, document, LANGUAGE_FR);
                assert_string_equal(json_string_value(first(ntfy, "tags")), rows[i].tag);
        }
}

/* --- bounds ----------------------------------------------------------------------------------------------------- */

static size_t utf16_units(const char *text) {
        size_t n = 0, len = strlen(text), step;
        uint32_t character;

        for (size_t at = 0; at<len; at += step, n += character> 0xffff ? 2 : 1) {
                step = text_take_character(text + at, len - at, &character);
                assert_true(step > 0);
        }
        return n;
}

static char *repeated(const char *piece, size_t n) {
        size_t len = strlen(piece);
        char *text = mon_calloc(n * len + 1, 1);

        for (size_t i = 0; i < n; i++)
                memcpy(text + i * len, piece, len);
        return text;
}

static void test_fit(void **state) {
        static const struct {
                const char *text;
                FormatEscape *escape;
                FormatUnit unit;
                size_t max;
                const char *fit;
        } rows[] = {
                {"abc", format_escape_none, UNIT_BYTE, 3, "abc"},
                {"abcdef", format_escape_none, UNIT_BYTE, 5, "ab…"},
                {"abcdef", format_escape_none, UNIT_UTF16, 5, "abcd…"},
                {"é€😀é", format_escape_none, UNIT_UTF16, 5, "é€😀é"},
                {"é€😀é", format_escape_none, UNIT_UTF16, 4, "é€…"},
                {"a<<", format_escape_slack, UNIT_UTF16, 9, "a&lt;&lt;"},
                {"a<<", format_escape_slack, UNIT_UTF16, 8, "a&lt;…"},
                {"", format_escape_none, UNIT_BYTE, 3, ""},
                {"a\xff"
                 "b",
                 format_escape_none, UNIT_BYTE, 3, "a?b"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *fit = format_fit(rows[i].text, rows[i].escape, rows[i].unit, rows[i].max);
                assert_string_equal(fit, rows[i].fit);
        }
}

typedef struct BoundRow {
        FormatFn *format;
        const char *list, *key;
        size_t max;
        bool is_bytes;
} BoundRow;

static const BoundRow text_bounds[] = {
        {format_slack, NULL, "text", SLACK_TEXT_MAX, false}, /* the second block's */
        {format_discord, "embeds", "description", DISCORD_TEXT_MAX, false},
        {format_mattermost, "attachments", "text", MATTERMOST_TEXT_MAX, false},
        {format_ntfy, NULL, "message", NTFY_MESSAGE_MAX, true},
};

static const char *bounded_text(const json_t *message, const BoundRow *row) {
        if (row->format == format_slack)
                return text_at(json_object_get(json_array_get(json_object_get(message, "blocks"), 1), "text"), "text");
        return text_at(row->list ? first(message, row->list) : message, row->key);
}

static void check_bound(const BoundRow *row, const char *piece, size_t n, bool is_full) {
        mon_auto_free char *sentence = repeated(piece, n);
        mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", sentence);
        mon_auto_json *message = compose(row->format, document, LANGUAGE_FR);
        const char *text = bounded_text(message, row);
        size_t units = row->is_bytes ? strlen(text) : utf16_units(text);

        assert_true(units <= row->max);
        assert_true(text_is_utf8(text, strlen(text)));
        assert_int_equal(text_ends(text, "…"), is_full);
        if (!is_full)
                assert_int_equal(units, row->max);
}

static void test_texts_to_their_bounds(void **state) {
        (void)state;
        for (size_t i = 0; i < mon_count_of(text_bounds); i++) {
                const BoundRow *row = &text_bounds[i];
                check_bound(row, "a", row->max, false);
                check_bound(row, "a", row->max + 1, true);
                check_bound(row, "é", row->is_bytes ? row->max / 2 : row->max, false);
                check_bound(row, "😀<*&", row->max, true);
        }
}

static void test_titles_to_their_bounds(void **state) {
        mon_auto_free char *name = repeated("😀*&", 1000);
        mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", name);
        json_t *title = json_object();

        (void)state;
        json_set(title, "fr", json_text(name));
        json_set(json_object_get(document, "subject"), "title", title);
        json_set(json_object_get(document, "observer"), "name", json_text(name));
        mon_auto_json *slack = compose(format_slack, document, LANGUAGE_FR);
        const json_t *header = json_object_get(first(slack, "blocks"), "text");
        assert_in_range(utf16_units(text_at(header, "text")), SLACK_HEADER_MAX - 6, SLACK_HEADER_MAX);
        mon_auto_json *discord = compose(format_discord, document, LANGUAGE_FR);
        const json_t *embed = first(discord, "embeds");
        const char *footer = text_at(json_object_get(embed, "footer"), "text");
        assert_in_range(utf16_units(text_at(embed, "title")), DISCORD_TITLE_MAX - 6, DISCORD_TITLE_MAX);
        assert_in_range(utf16_units(footer), DISCORD_OBSERVER_MAX - 6, DISCORD_OBSERVER_MAX);
        assert_true(utf16_units(footer) <= DISCORD_FOOTER_MAX);
        assert_true(utf16_units(text_at(embed, "title")) + utf16_units(text_at(embed, "description")) +
                            utf16_units(footer) <=
                    DISCORD_EMBED_MAX);
        mon_auto_json *mattermost = compose(format_mattermost, document, LANGUAGE_FR);
        assert_in_range(utf16_units(text_at(first(mattermost, "attachments"), "title")), MATTERMOST_TITLE_MAX - 6,
                        MATTERMOST_TITLE_MAX);
        mon_auto_json *ntfy = compose(format_ntfy, document, LANGUAGE_FR);
        assert_in_range(strlen(text_at(ntfy, "title")), NTFY_TITLE_MAX - 6, NTFY_TITLE_MAX);
        mon_auto_json *matrix = compose(format_matrix, document, LANGUAGE_FR);
        assert_true(strlen(text_at(matrix, "body")) <= MATRIX_TEXT_MAX);
        assert_true(strlen(text_at(matrix, "formatted_body")) <= MATRIX_TEXT_MAX);
}

static void test_what_does_not_fit_is_an_error(void **state) {
        static FormatFn *const formats[] = {format_mond,       format_slack, format_discord,
                                            format_mattermost, format_ntfy,  format_matrix};
        mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", "x");

        (void)state;
        for (size_t i = 0; i < mon_count_of(formats); i++) {
                mon_auto_buf Buf body = BUF_INIT(20);
                const FormatInput input = {document, LANGUAGE_FR, "t"};
                assert_int_equal(formats[i](&input, &body), -EMSGSIZE);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_whole_messages),
                cmocka_unit_test(test_the_document_itself),
                cmocka_unit_test(test_little_to_say),
                cmocka_unit_test(test_words_stay_words),
                cmocka_unit_test(test_titles_stay_words),
                cmocka_unit_test(test_links),
                cmocka_unit_test(test_tones),
                cmocka_unit_test(test_fit),
                cmocka_unit_test(test_texts_to_their_bounds),
                cmocka_unit_test(test_titles_to_their_bounds),
                cmocka_unit_test(test_what_does_not_fit_is_an_error),
        };

        (void)setenv("TZ", "UTC", 1);
        tzset();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
