/* What is said to a mail server, and what is made of its answers. */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/smtp_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char *const two[] = {"a@b.fr", "c@d.fr"};

static void begin(SmtpTalk *talk, const char *body) {
        const SmtpRequest request = {
                .from = "mond@b.fr", .recipients = two, .n_recipients = 2, .body = body, .body_len = strlen(body)};

        smtp_talk_init(talk, &request);
        assert_int_equal(smtp_talk_begin(talk), 0);
        assert_string_equal(buf_text(&talk->out), "MAIL FROM:<mond@b.fr>\r\n");
}

static int take(SmtpTalk *talk, const char *said) {
        return smtp_talk_take(talk, said, strlen(said));
}

/* After "250" to MAIL, and what is given to each RCPT. */
static int until_data(SmtpTalk *talk, const char *first, const char *second) {
        assert_int_equal(take(talk, "250 ok\r\n"), 0);
        assert_string_equal(buf_text(&talk->out), "RCPT TO:<a@b.fr>\r\n");
        assert_int_equal(take(talk, first), 0);
        assert_string_equal(buf_text(&talk->out), "RCPT TO:<c@d.fr>\r\n");
        return take(talk, second);
}

static void test_a_mail_is_handed_over(void **state) {
        static const struct {
                const char *body, *written;
        } rows[] = {
                {"a\r\n", "a\r\n.\r\n"},
                {"a", "a\r\n.\r\n"},
                {"", ".\r\n"},
                {".\r\n..b\r\nc.\r\n", "..\r\n...b\r\nc.\r\n.\r\n"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(smtp_talk_fini) SmtpTalk talk;
                begin(&talk, rows[i].body);
                assert_int_equal(until_data(&talk, "250-one\r\n250-two\r\n250 three\r\n", "251 forwarded\r\n"), 0);
                assert_string_equal(buf_text(&talk.out), "DATA\r\n");
                assert_int_equal(take(&talk, "354\r\n"), 0);
                assert_string_equal(buf_text(&talk.out), rows[i].written);
                assert_int_equal(take(&talk, "25"), 0);
                assert_int_equal(take(&talk, "0 kept\n"), SMTP_E_OVER);
                assert_true(talk.answer.is_accepted);
                assert_int_equal(talk.status, 250);
                assert_int_equal(talk.answer.replies[0], 250);
                assert_int_equal(talk.answer.replies[1], 251);
        }
}

static void test_recipients_that_are_refused(void **state) {
        static const struct {
                const char *first, *second;
                int result, status;
        } rows[] = {
                {"250 ok\r\n", "550 no\r\n", 0, 0},
                {"450 later\r\n", "250 ok\r\n", 0, 0},
                {"550 no\r\n", "550 no\r\n", SMTP_E_OVER, 550},
                {"550 no\r\n", "450 later\r\n", SMTP_E_OVER, 450},
                {"450 later\r\n", "550 no\r\n", SMTP_E_OVER, 450},
                {"250 ok\r\n", "421 bye\r\n", SMTP_E_OVER, 421},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(smtp_talk_fini) SmtpTalk talk;
                begin(&talk, "a");
                assert_int_equal(until_data(&talk, rows[i].first, rows[i].second), rows[i].result);
                assert_int_equal(talk.status, rows[i].status);
                assert_false(talk.answer.is_accepted);
        }
}

static void test_what_is_no_answer(void **state) {
        static const char *const rows[] = {
                "hello\r\n", "99 x\r\n", "250x\r\n",           "650 x\r\n",
                "150 x\r\n", "\r\n",     "250 a\r\n250 b\r\n", "2a0 x\r\n",
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(smtp_talk_fini) SmtpTalk talk;
                begin(&talk, "a");
                assert_int_equal(take(&talk, rows[i]), SMTP_E_OVER);
                assert_int_equal(talk.status, 0);
                assert_string_not_equal(talk.error, "");
        }
}

static void test_answers_have_a_bound(void **state) {
        mon_auto_free char *many = mon_calloc(1, SMTP_REPLY_MAX + 2);

        (void)state;
        (void)memset(many, 'x', SMTP_REPLY_MAX + 1);
        (void)memcpy(many, "550-", 4);
        for (size_t extra = 0; extra < 2; extra++) {
                mon_cleanup(smtp_talk_fini) SmtpTalk talk;
                begin(&talk, "a");
                assert_int_equal(smtp_talk_take(&talk, many, SMTP_REPLY_MAX + extra), extra ? SMTP_E_OVER : 0);
        }
        /* What is quoted of one that fits is short. */
        (void)memcpy(many, "550 ", 4);
        (void)memcpy(many + SMTP_REPLY_MAX - 2, "\r\n", 2);
        mon_cleanup(smtp_talk_fini) SmtpTalk talk;
        begin(&talk, "a");
        assert_int_equal(smtp_talk_take(&talk, many, SMTP_REPLY_MAX), SMTP_E_OVER);
        assert_int_equal(talk.status, 550);
        assert_int_equal(strlen(talk.error), SMTP_QUOTED_MAX);
        assert_true(SMTP_QUOTED_MAX < SMTP_ERROR_MAX);
}

/* The longest address fits a command, and the body whose every line grows fits what is written. */
static void test_the_longest_commands_fit(void **state) {
        char address[SMTP_ADDRESS_MAX + 1];
        const char *const one[] = {address};
        mon_auto_free char *body = mon_calloc(1, 20001);
        mon_cleanup(smtp_talk_fini) SmtpTalk talk;

        (void)state;
        (void)memset(address, 'a', SMTP_ADDRESS_MAX);
        (void)memcpy(address + SMTP_ADDRESS_MAX - 5, "@b.fr", 6);
        assert_true(smtp_is_address(address));
        for (size_t i = 0; i < 20000; i += 2)
                (void)memcpy(body + i, ".\n", 2);
        smtp_talk_init(
                &talk,
                &(SmtpRequest){.from = address, .recipients = one, .n_recipients = 1, .body = body, .body_len = 20000});
        assert_int_equal(smtp_talk_begin(&talk), 0);
        assert_int_equal(take(&talk, "250 ok\r\n"), 0);
        assert_int_equal(take(&talk, "250 ok\r\n"), 0);
        assert_int_equal(take(&talk, "354 go\r\n"), 0);
        assert_int_equal(talk.out.len, 30000 + 3);
}

static void test_servers_in_the_clear(void **state) {
        (void)state;
        assert_true(smtp_is_plain("smtp://localhost"));
        assert_true(smtp_is_plain("smtp://127.0.0.1:2525"));
        assert_true(smtp_is_plain("smtp://[::1]:25"));
        assert_false(smtp_is_plain("smtps://localhost"));
        assert_false(smtp_is_plain("smtp://mail.example.org"));
        assert_false(smtp_is_plain("smtp://192.0.2.1"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_mail_is_handed_over),    cmocka_unit_test(test_recipients_that_are_refused),
                cmocka_unit_test(test_what_is_no_answer),        cmocka_unit_test(test_answers_have_a_bound),
                cmocka_unit_test(test_the_longest_commands_fit), cmocka_unit_test(test_servers_in_the_clear),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
