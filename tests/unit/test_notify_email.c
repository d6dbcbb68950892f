/* E-mail: what its block may say, the forms of a mail, and that no text of a site becomes anything but text. */
#include "daemon/base/digest.h"
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/smtp_talk.h"
#include "daemon/notify/email.h"
#include "daemon/notify/letter.h"
#include "daemon/text/instant.h"
#include "daemon/text/sentence.h"
#include "tests/lib/notifier_fixture.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

#define BLOCK "server: smtps://mail.example.org\nfrom: mond@example.org\nto: [a@example.org]\n"

/* --- configuration ---------------------------------------------------------------------------------------------- */

typedef struct ConfigRow {
        const char *yaml, *mistake, *warning; /* each a part of what is told; NULL: nothing */
} ConfigRow;

static const ConfigRow rows_of_email[] = {
        {BLOCK, NULL, NULL},
        {"server: smtp://localhost\nfrom: a@b.fr\nto: c@d.fr", NULL, NULL},
        {"server: smtp://mail.fr:587\nfrom: a@b.fr\nto: c@d.fr", NULL, NULL},
        {"server: smtp://mail.fr\nfrom: a@b.fr\nto: c@d.fr", NULL, "1:9: 'server': port 25"},
        {"server: https://mail.fr\nfrom: a@b.fr\nto: c@d.fr", "1:9: 'server': a mail server is written", NULL},
        {"server: mail.fr\nfrom: a@b.fr\nto: c@d.fr", "1:9: 'server': a mail server is written", NULL},
        {"server: smtps://u:p@mail.fr\nfrom: a@b.fr\nto: c@d.fr", "there are 'username' and 'password'", NULL},
        {"server: smtps://mail.fr/hello\nfrom: a@b.fr\nto: c@d.fr", "a host and a port", NULL},
        {"from: a@b.fr\nto: c@d.fr", "'server' is missing", NULL},
        {"server: smtps://mail.fr\nto: c@d.fr", "'from' is missing", NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr", "'to' is missing", NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr\nto: []", "'to'", NULL},
        {"server: smtps://mail.fr\nfrom: 'Été <a@b.fr>'\nto: ['\"C, D\" <c@d.fr>', e@f.fr]", NULL, NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr\nto: ['c@d.fr, e@f.fr']", "3:6: 'to': an address is written", NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr\nto: ['c@d.fr <e@f.fr>']", "'to': an address is written", NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr\nto: ['<e@f.fr> x']", "'to': an address is written", NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr\nto: [nobody]", "'to': an address is written", NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr\nto: ['é@b.fr']", "'to': an address is written", NULL},
        {"server: smtps://mail.fr\nfrom: a@b.fr\nto: [c@d.fr, 'D <c@d.fr>']", "3:14: this address stands here twice",
         NULL},
        {BLOCK "username: mond\npassword: abcdef", NULL, "'password' stands here"},
        {BLOCK "username: mond", "1:1: 'username' and 'password' are given both", NULL},
        {BLOCK "password: abcdef", "1:1: 'username' and 'password' are given both", "'password' stands here"},
        {BLOCK "timeout: 0s", "'timeout'", NULL},
};

static void check_told(const char *yaml, const char *told, const char *expected) {
        if (expected ? !strstr(told, expected) : told[0] != '\0')
                fail_msg("%s\nis told as: %s\ninstead of: %s", yaml, told, expected ? expected : "nothing");
}

static void test_blocks(void **state) {
        (void)state;
        for (size_t i = 0; i < mon_count_of(rows_of_email); i++) {
                const ConfigRow *row = &rows_of_email[i];
                mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
                notifier_fixture_init(&fixture, &notifier_email, row->yaml, LANGUAGE_FR);
                check_told(row->yaml, fixture.mistakes, row->mistake);
                check_told(row->yaml, fixture.warnings, row->warning);
                assert_null(strstr(fixture.printed, "abcdef"));
        }
}

static void test_bounds_of_a_block(void **state) {
        (void)state;
        for (size_t extra = 0; extra < 2; extra++) {
                mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
                mon_auto_buf Buf yaml = BUF_INIT(65536);
                mon_auto_free char *span = text_duration(EMAIL_TIMEOUT_MAX + (Nsec)extra * NSEC_PER_SEC);
                assert_int_equal(buf_printf(&yaml, "server: smtps://a.fr\nfrom: a@b.fr\ntimeout: %s\nto:\n", span), 0);
                for (size_t i = 0; i < SMTP_RECIPIENTS_MAX + extra; i++)
                        assert_int_equal(buf_printf(&yaml, "  - a%zu@b.fr\n", i), 0);
                notifier_fixture_init(&fixture, &notifier_email, buf_text(&yaml), LANGUAGE_FR);
                check_told("to", fixture.mistakes, extra ? "'to'" : NULL);
                check_told("timeout", fixture.mistakes, extra ? "'timeout'" : NULL);
        }
}

/* --- forms ------------------------------------------------------------------------------------------------------ */

/* No line longer than the bound, ASCII alone, each end of line CRLF. */
static void check_form(const char *text) {
        size_t column = 0;

        for (const char *at = text; *at; at++) {
                assert_true((unsigned char)*at < 0x7f && (*at >= 0x20 || *at == '\r' || *at == '\n'));
                if (*at == '\r') {
                        assert_true(at[1] == '\n');
                        at++;
                        column = 0;
                } else {
                        assert_true(*at != '\n');
                        assert_true(++column <= MIME_LINE_MAX);
                }
        }
}

static void check_one_field(const char *text) {
        check_form(text);
        for (const char *end = strstr(text, "\r\n"); end && end[2]; end = strstr(end + 2, "\r\n"))
                assert_true(end[2] == ' ');
        assert_true(text_ends(text, "\r\n"));
}

static void test_fields(void **state) {
        static const struct {
                const char *text, *written;
        } rows[] = {
                {"plain words", "Subject: plain words\r\n"},
                {"", "Subject: \r\n"},
                {"Été", "Subject: =?UTF-8?B?w4l0w6k=?=\r\n"},
                {"=?UTF-8?B?w4l0w6k=?=", "Subject: =?UTF-8?B?PT9VVEYtOD9CP3c0bDB3Nms9Pz0=?=\r\n"},
                {"a\r\nBcc: b@c.fr", "Subject: a  Bcc: b@c.fr\r\n"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_buf Buf out = BUF_INIT(4096);
                assert_int_equal(mime_field(&out, "Subject", rows[i].text), 0);
                assert_string_equal(buf_text(&out), rows[i].written);
        }
        mon_auto_buf Buf small = BUF_INIT(20);
        assert_int_equal(mime_field(&small, "Subject", "longer than there is room"), -EMSGSIZE);
}

static void test_long_and_broken_texts_stay_one_field(void **state) {
        static const char *const pieces[] = {"é", "x", "🔴", "\xff", "\r\n", "=?", "a b", "\xe2\x80\xae"};

        (void)state;
        for (size_t i = 0; i < mon_count_of(pieces); i++)
                for (size_t n = 1; n < MIME_TEXT_MAX + 50; n += 7) {
                        mon_auto_buf Buf text = BUF_INIT(8192), out = BUF_INIT(8192);
                        for (size_t k = 0; k < n; k++)
                                assert_int_equal(buf_append_text(&text, pieces[i]), 0);
                        assert_int_equal(mime_field(&out, "Subject", buf_text(&text)), 0);
                        check_one_field(buf_text(&out));
                }
}

static void test_addresses(void **state) {
        static const struct {
                const char *text, *name, *address; /* address NULL: it is none */
        } rows[] = {
                {"a@b.fr", NULL, "a@b.fr"},
                {"Anne B <a@b.fr>", "Anne B", "a@b.fr"},
                {"\"B, Anne\" <a@b.fr>", "B, Anne", "a@b.fr"},
                {"<a@b.fr>", NULL, "a@b.fr"},
                {"Été<a@b.fr>", "Été", "a@b.fr"},
                {"a@b.fr ", NULL, NULL},
                {"a@b@c.fr", NULL, NULL},
                {"-a@b.fr", NULL, NULL},
                {"@b.fr", NULL, NULL},
                {"a@", NULL, NULL},
                {"", NULL, NULL},
                {"x <a@b.fr> <c@d.fr>", NULL, NULL},
                {"x <a@b.fr", NULL, NULL},
                {"x@y.z <a@b.fr>", NULL, NULL},
                {"a\\b <a@b.fr>", NULL, NULL},
                {"\"a\"b\" <a@b.fr>", NULL, NULL},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                MimeAddress address = {0};
                assert_int_equal(mime_address_read(rows[i].text, &address), rows[i].address ? 0 : MIME_E_FORM);
                assert_true(text_is(address.name, rows[i].name) && text_is(address.address, rows[i].address));
                mime_address_fini(&address);
        }
}

static void test_names_and_addresses_to_their_bounds(void **state) {
        (void)state;
        for (size_t extra = 0; extra < 2; extra++) {
                char name[MIME_NAME_MAX + 2], local[SMTP_ADDRESS_MAX + 2];
                MimeAddress address = {0};
                (void)memset(name, 'n', sizeof name);
                name[MIME_NAME_MAX + extra] = '\0';
                mon_auto_free char *text = mon_printf("%s <a@b.fr>", name);
                assert_int_equal(mime_address_read(text, &address), extra ? MIME_E_FORM : 0);
                mon_auto_buf Buf out = BUF_INIT(4096);
                if (extra == 0) {
                        assert_int_equal(mime_addresses(&out, "To", &address, 1), 0);
                        check_one_field(buf_text(&out));
                }
                mime_address_fini(&address);
                (void)memset(local, 'l', sizeof local);
                (void)memcpy(local + SMTP_ADDRESS_MAX + extra - strlen("@b.fr"), "@b.fr", sizeof "@b.fr");
                assert_true(smtp_is_address(local) == (extra == 0));
        }
}

static void test_quoted_printable(void **state) {
        static const struct {
                const char *text, *written;
        } rows[] = {
                {"", ""},
                {"a\n", "a\r\n"},
                {"a", "a\r\n"},
                {"a\rb\r\nc\n", "a\r\nb\r\nc\r\n"},
                {"a = b \n", "a =3D b=20\r\n"},
                {"é\t", "=C3=A9=09\r\n"},
                {".\n..a\n", "=2E\r\n=2E.a\r\n"},
                {"From me\n", "=46rom me\r\n"},
                {"\x1b[2J", "=1B[2J\r\n"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_buf Buf out = BUF_INIT(4096);
                assert_int_equal(mime_quoted_printable(&out, rows[i].text), 0);
                assert_string_equal(buf_text(&out), rows[i].written);
        }
        mon_auto_free char *many = mon_calloc(1, 10001);
        (void)memset(many, '.', 10000);
        mon_auto_buf Buf out = BUF_INIT(40000), small = BUF_INIT(100);
        assert_int_equal(mime_quoted_printable(&out, many), 0);
        check_form(buf_text(&out));
        assert_null(strstr(buf_text(&out), "\n."));
        assert_int_equal(mime_quoted_printable(&small, many), -EMSGSIZE);
}

/* --- letters ---------------------------------------------------------------------------------------------------- */

static Event *full_event(EventType type) {
        Event *event = mon_event_new(type, WORLD_BEGIN_AT_REAL);

        (void)snprintf(event->id, sizeof event->id, "evt_%032d", (int)type);
        event->kind = SUBJECT_PATH;
        event->subject = mon_strdup("refus");
        event->title.in[LANGUAGE_FR] = mon_strdup("Refuser son espace santé");
        event->title.in[LANGUAGE_EN] = mon_strdup("Refusing one's health space");
        event->path_from = PATH_OPEN;
        event->path_to = PATH_CLOSED;
        event->reason = mon_strdup("mes-opposition");
        event->verdict = VERDICT_MAINTENANCE;
        event->cause = CAUSE_BANNER;
        event->detail = mon_strdup("the page says so");
        event->http_status = 200;
        event->banner = mon_strdup("Fermé");
        event->url = mon_strdup("https://www.example.org/a?b=1&c=2");
        event->diff = mon_strdup("-a +b");
        event->unknown = mon_strdup("telephone");
        event->since_at_real = event->at_real - 120 * NSEC_PER_SEC;
        event->observed_at_real = event->at_real - NSEC_PER_SEC;
        event->notice_from_at_real = event->at_real + 3600 * NSEC_PER_SEC;
        event->notice_until_at_real = event->at_real + 7200 * NSEC_PER_SEC;
        event->incident = 12;
        event->incident_opened_at_real = event->since_at_real;
        event->incident_closed_at_real = NSEC_UNKNOWN;
        event->changes = 12;
        return event;
}

static const NotifyServices observer = {.observer_name = "Collectif", .observer_contact = "https://example.org/"};

static void test_every_type_has_a_sentence_in_both_languages(void **state) {
        (void)state;
        for (int type = 1; type <= EVENT_MAX; type++) {
                mon_cleanup(mon_event_free_p) Event *event = full_event((EventType)type);
                char *texts[2][LANGUAGE_COUNT];
                for (int language = 0; language < LANGUAGE_COUNT; language++) {
                        texts[0][language] = sentence_event(event, (Language)language);
                        texts[1][language] = sentence_subject(event, (Language)language);
                        assert_null(strchr(texts[0][language], '{'));
                        assert_null(strstr(texts[1][language], event_type_name((EventType)type)));
                }
                for (int i = 0; i < 2; i++) {
                        assert_string_not_equal(texts[i][0], texts[i][1]);
                        free(texts[i][0]);
                        free(texts[i][1]);
                }
        }
}

static void test_a_letter_with_everything_fits_its_rows(void **state) {
        (void)state;
        for (int late = 0; late < 2; late++) {
                mon_cleanup(mon_event_free_p) Event *event = full_event(EVENT_PATH_CLOSED);
                mon_auto_json *document = json_object();
                const Letter letter = {event, document};
                mon_auto_letter LetterText text;
                mon_auto_free char *many = mon_calloc(1, LETTER_VALUE_MAX + 100);
                (void)memset(many, 'x', LETTER_VALUE_MAX + 99);
                mon_replace(&event->detail, many);
                json_set(document, "late", json_yes(late));
                letter_take(&observer, LANGUAGE_FR, &letter, &text);
                assert_true(text.n >= 15 && text.n <= LETTER_ROWS_MAX);
                assert_true((text.late != NULL) == (late == 1));
                for (size_t i = 0; i < text.n; i++)
                        assert_true(strlen(text.rows[i].value) <= LETTER_VALUE_MAX);
        }
}

/* As a reader sees them. With MOND_WRITE_LETTERS set they are written anew, to be read before they are committed. */
static void read_file(const char *path, char *ret_text, size_t max) {
        FILE *file = fopen(path, "re");

        assert_non_null(file);
        ret_text[fread(ret_text, 1, max - 1, file)] = '\0';
        (void)fclose(file);
}

static void shape_for(Event *event) {
        bool is_path = event_type_is_state(event->type) && text_starts(event_type_name(event->type), "path.");
        bool is_good = event->type == EVENT_PATH_OPEN || event->type == EVENT_TARGET_UP;

        event->path_from = event->path_to = 0;
        mon_replace(&event->diff, NULL);
        if (event->type != EVENT_NOTICE_ANNOUNCED)
                event->notice_from_at_real = event->notice_until_at_real = NSEC_UNKNOWN;
        if (is_path) {
                event->path_from = is_good ? PATH_CLOSED : PATH_OPEN;
                event->path_to = (PathState)(event->type - EVENT_PATH_OPEN + 1);
        } else if (event_type_is_state(event->type)) {
                event->kind = SUBJECT_TARGET;
                event->from = is_good ? VERDICT_DOWN : VERDICT_UP;
                event->to = (Verdict)(event->type - EVENT_TARGET_UP + 1);
        } else if (event->type == EVENT_INCIDENT_REMINDER) {
                event->path_to = PATH_CLOSED;
        }
        if (is_good) {
                event->incident_closed_at_real = event->at_real;
                event->incident_opened_at_real = event->at_real - 4800 * NSEC_PER_SEC;
                event->cause = CAUSE_OK;
                mon_replace(&event->banner, NULL);
                mon_replace(&event->unknown, NULL);
        }
        mon_replace(&event->detail, NULL);
}

static void write_letters(Language language, Buf *out) {
        static const EventType types[] = {EVENT_PATH_CLOSED,        EVENT_PATH_OPEN,        EVENT_PATH_IMPAIRED,
                                          EVENT_TARGET_MAINTENANCE, EVENT_TARGET_DOWN,      EVENT_TARGET_UP,
                                          EVENT_NOTICE_ANNOUNCED,   EVENT_INCIDENT_REMINDER};
        mon_auto_json *document = json_object();

        json_set(document, "late", json_yes(true));
        for (size_t i = 0; i < mon_count_of(types); i++) {
                mon_cleanup(mon_event_free_p) Event *event = full_event(types[i]);
                mon_auto_letter LetterText text;
                shape_for(event);
                letter_take(&observer, language, &(Letter){event, document}, &text);
                assert_int_equal(buf_printf(out, "===== %s\n%s\n\n", event_type_name(types[i]), text.subject), 0);
                assert_int_equal(letter_write_plain(&text, out), 0);
        }
}

static void test_letters_read_as_they_should(void **state) {
        static const char *const names[LANGUAGE_COUNT] = {[LANGUAGE_FR] = "fr", [LANGUAGE_EN] = "en"};
        static char expected[65536];

        (void)state;
        (void)setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
        tzset();
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
                mon_auto_buf Buf out = BUF_INIT(sizeof expected - 1);
                mon_auto_free char *path =
                        mon_printf("%s/tests/data/letters/%s.txt", getenv("MOND_SOURCE"), names[language]);
                write_letters((Language)language, &out);
                FILE *file = getenv("MOND_WRITE_LETTERS") ? fopen(path, "we") : NULL;
                if (file) {
                        (void)fputs(buf_text(&out), file);
                        (void)fclose(file);
                }
                read_file(path, expected, sizeof expected);
                assert_string_equal(buf_text(&out), expected);
        }
        (void)unsetenv("TZ");
        tzset();
}

/* Longer than any letter can get, and hostile throughout: it is written, within its bound, and ends as it should. */
static void test_the_largest_letter_fits_a_body(void **state) {
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
        mon_cleanup(mon_event_free_p) Event *event = full_event(EVENT_PATH_CLOSED);
        mon_auto_free char *many = mon_calloc(1, 100001);
        mon_auto_json *document = json_object();
        const Letter letter = {event, document};
        mon_auto_buf Buf body = BUF_INIT(NOTIFIER_BODY_MAX), again = BUF_INIT(NOTIFIER_BODY_MAX);

        (void)state;
        (void)memset(many, '"', 100000);
        mon_replace(&event->banner, many);
        mon_replace(&event->detail, many);
        mon_replace(&event->diff, many);
        mon_replace(&event->url, many);
        mon_replace(&event->unknown, many);
        mon_replace(&event->title.in[LANGUAGE_FR], many);
        notifier_fixture_init(&fixture, &notifier_email, BLOCK, LANGUAGE_FR);
        assert_int_equal(email_write(&observer, &fixture.notifier, &letter, WORLD_BEGIN_AT_REAL, &body), 0);
        assert_int_equal(email_write(&observer, &fixture.notifier, &letter, WORLD_BEGIN_AT_REAL, &again), 0);
        const char *parts = strstr(buf_text(&body), "--=_");
        assert_non_null(parts);
        check_form(parts);
        assert_true(text_ends(parts, "--\r\n"));
        assert_string_equal(buf_text(&body), buf_text(&again));
        mon_auto_buf Buf small = BUF_INIT(2000);
        assert_int_equal(email_write(&observer, &fixture.notifier, &letter, WORLD_BEGIN_AT_REAL, &small), -EMSGSIZE);
}

static void test_dates(void **state) {
        static const struct {
                const char *zone, *mail, *fr, *en;
        } rows[] = {
                {"UTC0", "Thu, 01 Jan 2026 00:00:00 +0000", "jeudi 1er janvier 2026 à 00:00 UTC",
                 "Thursday, 1 January 2026, 00:00 UTC"},
                {"CET-1CEST,M3.5.0,M10.5.0/3", "Thu, 01 Jan 2026 01:00:00 +0100",
                 "jeudi 1er janvier 2026 à 01:00 CET (2026-01-01 00:00 UTC)",
                 "Thursday, 1 January 2026, 01:00 CET (2026-01-01 00:00 UTC)"},
                {"NST3:30", "Wed, 31 Dec 2025 20:30:00 -0330",
                 "mercredi 31 décembre 2025 à 20:30 NST (2026-01-01 00:00 UTC)",
                 "Wednesday, 31 December 2025, 20:30 NST (2026-01-01 00:00 UTC)"},
        };
        char mail[INSTANT_MAIL_MAX];

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                (void)setenv("TZ", rows[i].zone, 1);
                tzset();
                instant_mail(WORLD_BEGIN_AT_REAL, mail);
                mon_auto_free char *fr = instant_text(WORLD_BEGIN_AT_REAL, LANGUAGE_FR);
                mon_auto_free char *en = instant_text(WORLD_BEGIN_AT_REAL, LANGUAGE_EN);
                assert_string_equal(mail, rows[i].mail);
                assert_string_equal(fr, rows[i].fr);
                assert_string_equal(en, rows[i].en);
        }
        mon_auto_free char *unknown = instant_text(NSEC_UNKNOWN, LANGUAGE_FR);
        assert_string_equal(unknown, "-");
        (void)unsetenv("TZ");
        tzset();
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_blocks),
                cmocka_unit_test(test_bounds_of_a_block),
                cmocka_unit_test(test_fields),
                cmocka_unit_test(test_long_and_broken_texts_stay_one_field),
                cmocka_unit_test(test_addresses),
                cmocka_unit_test(test_names_and_addresses_to_their_bounds),
                cmocka_unit_test(test_quoted_printable),
                cmocka_unit_test(test_every_type_has_a_sentence_in_both_languages),
                cmocka_unit_test(test_a_letter_with_everything_fits_its_rows),
                cmocka_unit_test(test_letters_read_as_they_should),
                cmocka_unit_test(test_the_largest_letter_fits_a_body),
                cmocka_unit_test(test_dates),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
