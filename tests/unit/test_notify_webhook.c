/* The webhook: what its block may say, what goes out, how it is signed, and what each answer means. */
#include "config/file.h"
#include "daemon/base/digest.h"
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "daemon/notify/registry.h"
#include "daemon/notify/webhook.h"
#include "tests/lib/config_fixture.h"
#include "tests/lib/notifier_fixture.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The specification's own example. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER_SECRET "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

/* --- configuration ---------------------------------------------------------------------------------------------- */

typedef struct ConfigRow {
        const char *yaml, *mistake, *warning; /* each a part of what is told; NULL: nothing */
} ConfigRow;

static const ConfigRow config_rows_of_webhooks[] = {
        {"url: https://example.org/hook", NULL, NULL},
        {"url: http://127.0.0.1:8080/hook", NULL, NULL},
        {"url: http://localhost/hook", NULL, NULL},
        {"url: http://example.org/hook", NULL, "1:6: 'url': over plain http"},
        {"url: ftp://example.org/hook", "1:6: 'url'", NULL},
        {"url: https://user:word@example.org/hook", "1:6: 'url'", NULL},
        {"format: mond", "'url' is missing", NULL},
        {"url: https://a.fr\nsecret: " SECRET, NULL, "2:9: 'secret' stands here"},
        {"url: https://a.fr\nsecret: [" SECRET ", " OTHER_SECRET "]", NULL, "'secret' stands here"},
        {"url: https://a.fr\nsecret: [" SECRET ", " SECRET ", " SECRET "]", "two secrets are the most", "stands"},
        {"url: https://a.fr\nsecret: secret", "2:9: 'secret': a secret is 'whsec_'", "stands"},
        {"url: https://a.fr\ntoken: \"a b\"", "2:8: 'token': a token has neither spaces", "stands"},
        {"url: https://a.fr\ntoken: abc\nheaders: { Authorization: x }", "3:12: 'token' and the header", "stands"},
        {"url: https://a.fr\nheaders: { webhook-id: x }", "set by mond itself", NULL},
        {"url: https://a.fr\nheaders: { Mond-Attempt: '1' }", "set by mond itself", NULL},
        {"url: https://a.fr\nheaders: { Content-Length: '1' }", "set by mond itself", NULL},
        {"url: https://a.fr\nheaders: { X-Mine: abc }", NULL, NULL},
        {"url: https://a.fr\nmethod: PUT", NULL, NULL},
        {"url: https://a.fr\nmethod: GET", "2:9: ", NULL},
        {"url: https://a.fr\nproxy: http://proxy.fr:3128", NULL, NULL},
        {"url: https://a.fr\nproxy: https://proxy.fr:3128", "2:8: 'proxy': a proxy is spoken to over http", NULL},
        {"url: https://a.fr\nproxy: http://u:p@proxy.fr:3128", "2:8: 'proxy'", NULL},
        {"url: https://a.fr\nca_file: /nonexistent", "2:10: 'ca_file'", NULL},
        {"url: https://a.fr\nformat: teams", "2:9: ", NULL},
        {"url: https://a.fr\nformat: template", "1:1: format 'template' needs 'template'", NULL},
        {"url: https://a.fr\ntemplate: x", "2:11: 'template' is of use with 'format: template' alone", NULL},
        {"url: https://ntfy.sh/topic\nformat: ntfy", NULL, NULL},
        {"url: https://ntfy.sh/\nformat: ntfy", "ends with its topic", NULL},
        {"url: https://ntfy.sh/topic?x=1\nformat: ntfy", "ends with its topic", NULL},
        {"url: https://m.org/_matrix/client/v3/rooms/!a:m.org\nformat: matrix\ntoken: abc", NULL, "stands"},
        {"url: https://m.org/_matrix/client/v3/rooms/!a:m.org\nformat: matrix", "needs 'token'", NULL},
        {"url: https://m.org/!a:m.org\nformat: matrix\ntoken: abc", "the address is the room's", "stands"},
        {"url: http://127.0.0.1:9093\nformat: alertmanager", NULL, NULL},
};

static void check_told(const char *yaml, const char *told, const char *expected) {
        if (expected ? !strstr(told, expected) : told[0] != '\0')
                fail_msg("%s\nis told as: %s\ninstead of: %s", yaml, told, expected ? expected : "nothing");
}

static void test_blocks(void **state) {
        (void)state;
        for (size_t i = 0; i < mon_count_of(config_rows_of_webhooks); i++) {
                const ConfigRow *row = &config_rows_of_webhooks[i];
                mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
                notifier_fixture_init(&fixture, &notifier_webhook, row->yaml, LANGUAGE_FR);
                check_told(row->yaml, fixture.mistakes, row->mistake);
                check_told(row->yaml, fixture.warnings, row->warning);
                assert_null(strstr(fixture.printed, "whsec_"));
                assert_int_equal(notifier_is_fed(&fixture.notifier), strstr(row->yaml, "alertmanager") != NULL);
                assert_null(strstr(fixture.printed, "token: \"abc"));
                assert_null(strstr(fixture.mistakes, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        }
}

/* The lines of the shipped file that are commented code: '#' and no single space. */
static char *shipped_example(void) {
        mon_auto_free char *path = mon_printf("%s/config/mond.yaml", getenv("MOND_SOURCE"));
        mon_auto_buf Buf bytes = BUF_INIT(1U << 20);
        Buf code = BUF_INIT(1U << 20);
        char *line, *rest;

        assert_int_equal(file_read(path, &bytes), 0);
        rest = strstr(bytes.data, "#notifiers:");
        assert_non_null(rest);
        while ((line = strsep(&rest, "\n")))
                if (line[0] == '#' && (line[1] != ' ' || line[2] == ' '))
                        assert_int_equal(buf_printf(&code, "%s\n", line + 1), 0);
        return buf_steal(&code);
}

static void test_the_shipped_example_is_sound(void **state) {
        mon_auto_free char *example = shipped_example();
        mon_cleanup(config_free_p) Config *config = NULL;
        ConfigFixture fixture;
        ConfigMistakes mistakes;

        (void)state;
        config_fixture_init(&fixture);
        mon_auto_free char *text = mon_printf("observer: {name: a, contact: 'https://example.org/x'}\n"
                                              "targets: [{id: a, http: {url: 'http://localhost/'}}]\n%s",
                                              example);
        config_fixture_write_text("mond.yaml", text);
        assert_int_equal(setenv("MOND_EQUIPE", SECRET, 1), 0);
        assert_int_equal(setenv("MOND_MATRIX", "abc", 1), 0);
        assert_int_equal(setenv("MOND_COURRIEL", "abc", 1), 0);
        assert_int_equal(setenv("MOND_SIGNE_DE_VIE", "https://example.org/abc", 1), 0);
        int r = config_load("mond.yaml", config_fixture_drivers, notifier_drivers, &config, &mistakes);
        mon_auto_free char *told = config_mistakes_text(&mistakes);
        if (r != 0)
                fail_msg("%s", told);
        assert_null(strstr(told, "notif"));
        assert_int_equal(config->notifiers.n, 7);
        config_mistakes_fini(&mistakes);
        config_fixture_fini(&fixture);
}

static void test_spans_to_their_bounds(void **state) {
        static const struct {
                const char *key;
                Nsec max;
        } rows[] = {{"timeout", WEBHOOK_TIMEOUT_MAX}, {"resend_every", WEBHOOK_RESEND_MAX}};

        (void)state;
        for (size_t i = 0; i < 2 * mon_count_of(rows); i++) {
                mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
                mon_auto_free char *span = text_duration(rows[i / 2].max + (Nsec)(i % 2) * NSEC_PER_SEC);
                mon_auto_free char *yaml = mon_printf("url: https://a.fr\n%s: %s", rows[i / 2].key, span);
                notifier_fixture_init(&fixture, &notifier_webhook, yaml, LANGUAGE_FR);
                check_told(yaml, fixture.mistakes, i % 2 ? rows[i / 2].key : NULL);
        }
}

static void test_the_registry_has_it(void **state) {
        (void)state;
        assert_ptr_equal(notifier_drivers[0], &notifier_webhook);
        assert_string_equal(notifier_webhook.name, "webhook");
}

/* --- signatures ------------------------------------------------------------------------------------------------- */

static void test_the_signature_of_the_specification(void **state) {
        static const char body[] = "{\"test\": 2432232314}";
        SignatureKey keys[SIGNATURE_KEYS_MAX];

        (void)state;
        assert_int_equal(signature_key_read(SECRET, &keys[0]), 0);
        assert_int_equal(signature_key_read(OTHER_SECRET, &keys[1]), 0);
        mon_auto_free char *one =
                signature_make(keys, 1, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body));
        assert_string_equal(one, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        mon_auto_free char *two =
                signature_make(keys, 2, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body));
        assert_true(text_starts(two, one));
        assert_true(text_starts(two + strlen(one), " v1,"));
        assert_int_equal(strlen(two), 2 * strlen(one) + 1);
}

static char *secret_of(size_t n) {
        uint8_t bytes[SIGNATURE_KEY_MAX + 1] = {0};
        mon_auto_free char *coded = base64_encode(bytes, n);

        return mon_printf("whsec_%s", coded);
}

static void test_keys_have_the_lengths_of_the_specification(void **state) {
        static const size_t lengths[] = {0, SIGNATURE_KEY_MIN - 1, SIGNATURE_KEY_MIN, SIGNATURE_KEY_MAX,
                                         SIGNATURE_KEY_MAX + 1};
        SignatureKey key;

        (void)state;
        for (size_t i = 0; i < mon_count_of(lengths); i++) {
                bool is_good = lengths[i] >= SIGNATURE_KEY_MIN && lengths[i] <= SIGNATURE_KEY_MAX;
                mon_auto_free char *secret = secret_of(lengths[i]);
                assert_int_equal(signature_key_read(secret, &key), is_good ? 0 : SIGNATURE_E_FORM);
                mon_auto_free char *mistake = signature_check(secret);
                assert_true((mistake == NULL) == is_good);
        }
        assert_int_equal(signature_key_read("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &key), SIGNATURE_E_FORM);
        assert_int_equal(signature_key_read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", &key), SIGNATURE_E_FORM);
}

/* --- what goes out ---------------------------------------------------------------------------------------------- */

typedef struct Hooks {
        World world;
        Poster *poster;
        Server *server;
        NotifyServices services;
} Hooks;

typedef struct Told {
        bool done;
        SendOutcome outcome;
} Told;

static void on_sent(const SendOutcome *outcome, void *userdata) {
        Told *told = userdata;

        assert_false(told->done);
        *told = (Told){.done = true, .outcome = *outcome};
}

static int setup(void **state) {
        Hooks *hooks = mon_new(Hooks);

        world_init(&hooks->world);
        name_server_set(hooks->world.names, "hook.test", NAME_ADDRESSES, "127.0.0.1");
        assert_int_equal(poster_new(hooks->world.loop, hooks->world.resolver, &hooks->poster), 0);
        assert_int_equal(server_new(hooks->world.loop, NULL, &hooks->server), 0);
        hooks->services = (NotifyServices){
                .loop = hooks->world.loop,
                .resolver = hooks->world.resolver,
                .poster = hooks->poster,
                .user_agent = "mond-test",
        };
        *state = hooks;
        return 0;
}

static int teardown(void **state) {
        Hooks *hooks = *state;

        poster_free(hooks->poster);
        server_free(hooks->server);
        world_fini(&hooks->world);
        free(hooks);
        return 0;
}

static Sending sending_of(const Hooks *hooks, const char *body) {
        return (Sending){
                .event_id = "evt_1",
                .body = body,
                .body_len = strlen(body),
                .attempt = 3,
                .first_attempt_at_real = WORLD_BEGIN_AT_REAL - 60 * NSEC_PER_SEC,
                .now_at_real = clock_at_real(hooks->world.clock),
        };
}

static SendOutcome send_body(Hooks *hooks, const NotifierFixture *fixture, const char *body) {
        Sending sending = sending_of(hooks, body);
        Told told = {0};
        Send *send = NULL;

        assert_string_equal(fixture->mistakes, "");
        assert_int_equal(notifier_webhook.start(&hooks->services, &fixture->notifier, &sending, on_sent, &told, &send),
                         0);
        assert_false(told.done);
        world_run_until(&hooks->world, &told.done, 120 * NSEC_PER_SEC);
        assert_true(told.done);
        return told.outcome;
}

/* `yaml` follows the address, whose path is given. */
static void init_to(Hooks *hooks, NotifierFixture *fixture, const char *path, const char *yaml) {
        mon_auto_free char *url = server_url(hooks->server, "hook.test", path);
        mon_auto_free char *block = mon_printf("url: \"%s\"\n%s", url, yaml);

        notifier_fixture_init(fixture, &notifier_webhook, block, LANGUAGE_FR);
}

static void assert_header(const Hooks *hooks, const char *name, const char *value) {
        mon_auto_free char *sent = head_get(server_last_request(hooks->server), name);

        if (!sent || strcmp(sent, value) != 0)
                fail_msg("%s: %s instead of %s", name, sent ? sent : "nothing", value);
}

static void test_a_delivery(void **state) {
        static const char body[] = "{\"version\":1}";
        Hooks *hooks = *state;
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
        SignatureKey keys[2];

        server_set_text(hooks->server, "/hook?a=b", 204, "");
        init_to(hooks, &fixture, "/hook?a=b",
                "secret: [" SECRET ", " OTHER_SECRET "]\ntoken: secret-token\nheaders: { X-Mine: yes it is }");
        SendOutcome outcome = send_body(hooks, &fixture, body);
        assert_int_equal(outcome.result, SEND_DELIVERED);
        assert_int_equal(outcome.status, 204);
        assert_string_equal(outcome.error, "");
        assert_true(text_starts(server_last_request(hooks->server), "POST /hook?a=b HTTP/1.1\r\n"));
        assert_string_equal(buf_text(server_last_body(hooks->server)), body);
        assert_header(hooks, "webhook-id", "evt_1");
        assert_header(hooks, "webhook-timestamp", "1767225600");
        assert_header(hooks, "mond-attempt", "3");
        assert_header(hooks, "mond-first-attempt", "2025-12-31T23:59:00.000Z");
        assert_header(hooks, "Content-Type", "application/json");
        assert_header(hooks, "User-Agent", "mond-test");
        assert_header(hooks, "Authorization", "Bearer secret-token");
        assert_header(hooks, "X-Mine", "yes it is");
        assert_int_equal(signature_key_read(SECRET, &keys[0]), 0);
        assert_int_equal(signature_key_read(OTHER_SECRET, &keys[1]), 0);
        mon_auto_free char *signature = signature_make(keys, 2, "evt_1", 1767225600, body, strlen(body));
        assert_header(hooks, "webhook-signature", signature);
}

static void test_addresses_of_the_formats(void **state) {
        static const struct {
                const char *path, *yaml, *line;
        } rows[] = {
                {"/hook", "", "POST /hook "},
                {"/hook", "method: PUT", "PUT /hook "},
                {"/hook", "format: slack", "POST /hook "},
                {"/topic", "format: ntfy", "POST / "},
                {"/under/topic", "format: ntfy", "POST /under/ "},
                {"/_matrix/client/v3/rooms/!a:m.org", "format: matrix\ntoken: abc",
                 "PUT /_matrix/client/v3/rooms/!a:m.org/send/m.room.message/evt_1 "},
                {"/_matrix/client/v3/rooms/!a:m.org/send/m.room.message/", "format: matrix\ntoken: abc",
                 "PUT /_matrix/client/v3/rooms/!a:m.org/send/m.room.message/evt_1 "},
                {"/", "format: alertmanager", "POST /api/v2/alerts "},
                {"/under/api/v2/alerts", "format: alertmanager", "POST /under/api/v2/alerts "},
        };
        Hooks *hooks = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
                init_to(hooks, &fixture, rows[i].path, rows[i].yaml);
                (void)send_body(hooks, &fixture, "{}");
                if (!text_starts(server_last_request(hooks->server), rows[i].line))
                        fail_msg("%s instead of %s", server_last_request(hooks->server), rows[i].line);
                assert_null(strstr(server_last_request(hooks->server), "webhook-signature"));
        }
}

static void test_a_content_type_of_the_users_own(void **state) {
        Hooks *hooks = *state;
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;

        init_to(hooks, &fixture, "/", "headers: { content-type: text/plain }\nformat: template\ntemplate: \"{{id}}\"");
        (void)send_body(hooks, &fixture, "x");
        assert_header(hooks, "Content-Type", "text/plain");
        assert_null(strstr(server_last_request(hooks->server), "application/json"));
}

/* --- what answers mean ------------------------------------------------------------------------------------------ */

typedef struct AnswerRow {
        int status;
        const char *headers, *body;
        SendResult result;
        Nsec retry_after;
        const char *error;
} AnswerRow;

static const AnswerRow answers[] = {
        {200, NULL, "ok", SEND_DELIVERED, NSEC_UNKNOWN, ""},
        {204, NULL, "", SEND_DELIVERED, NSEC_UNKNOWN, ""},
        {299, "Retry-After: 5\r\n", "", SEND_DELIVERED, NSEC_UNKNOWN, ""},
        {301, "Location: /x\r\n", "", SEND_FAILED, NSEC_UNKNOWN,
         "HTTP 301: redirects are not followed; give the address that this one leads to"},
        {308, "Location: /x\r\n", "", SEND_FAILED, NSEC_UNKNOWN,
         "HTTP 308: redirects are not followed; give the address that this one leads to"},
        {400, NULL, "invalid_payload", SEND_FAILED, NSEC_UNKNOWN, "HTTP 400: invalid_payload"},
        {401, NULL, "", SEND_FAILED, NSEC_UNKNOWN, "HTTP 401"},
        {404, NULL, "<html>no</html>", SEND_FAILED, NSEC_UNKNOWN, "HTTP 404"},
        {408, NULL, "", SEND_AGAIN, NSEC_UNKNOWN, "HTTP 408"},
        {410, NULL, "gone", SEND_GONE, NSEC_UNKNOWN, "HTTP 410: the receiver wants no more of it"},
        {425, NULL, "", SEND_AGAIN, NSEC_UNKNOWN, "HTTP 425"},
        {429, "Retry-After: 120\r\n", "slow\tdown\x1b[31m", SEND_AGAIN, 120 * NSEC_PER_SEC, "HTTP 429: slow down [31m"},
        {429, NULL, "", SEND_AGAIN, NSEC_UNKNOWN, "HTTP 429"},
        {429, "Retry-After: 99999999\r\n", "", SEND_AGAIN, WEBHOOK_RETRY_AFTER_MAX, "HTTP 429"},
        {500, "Retry-After: 120\r\n", "", SEND_AGAIN, NSEC_UNKNOWN, "HTTP 500"},
        {503, "Retry-After: Thu, 01 Jan 2026 00:01:00 GMT\r\n", "", SEND_AGAIN, 60 * NSEC_PER_SEC, "HTTP 503"},
        {599, NULL, "", SEND_AGAIN, NSEC_UNKNOWN, "HTTP 599"},
};

static void test_answers(void **state) {
        Hooks *hooks = *state;
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;

        init_to(hooks, &fixture, "/hook", "");
        for (size_t i = 0; i < mon_count_of(answers); i++) {
                const AnswerRow *row = &answers[i];
                server_set(hooks->server, "/hook",
                           &(ServerAnswer){.status = row->status, .headers = row->headers, .body = row->body});
                SendOutcome outcome = send_body(hooks, &fixture, "{}");
                assert_int_equal(outcome.status, row->status);
                assert_int_equal(outcome.result, row->result);
                assert_int_equal(outcome.retry_after, row->retry_after);
                assert_string_equal(outcome.error, row->error);
        }
        assert_int_equal(server_connections(hooks->server), 1);
}

static void test_servers_that_break(void **state) {
        static const struct {
                ServerMode mode;
                SendResult result;
        } rows[] = {
                {SERVER_HANG, SEND_AGAIN},     {SERVER_DRIP_HEAD, SEND_AGAIN},     {SERVER_RESET, SEND_AGAIN},
                {SERVER_CLOSE, SEND_AGAIN},    {SERVER_GARBAGE, SEND_AGAIN},       {SERVER_ENDLESS, SEND_DELIVERED},
                {SERVER_DRIP, SEND_DELIVERED}, {SERVER_TRUNCATED, SEND_DELIVERED}, {SERVER_HEADER_FLOOD, SEND_AGAIN},
        };
        Hooks *hooks = *state;
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;

        init_to(hooks, &fixture, "/hook", "timeout: 5s");
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Nsec before = world_elapsed(&hooks->world);
                server_set(hooks->server, "/hook", &(ServerAnswer){.mode = rows[i].mode, .body = "0123456789"});
                SendOutcome outcome = send_body(hooks, &fixture, "{}");
                assert_int_equal(outcome.result, rows[i].result);
                assert_true(world_elapsed(&hooks->world) - before <= 5 * NSEC_PER_SEC);
                assert_true((outcome.error[0] == '\0') == (rows[i].result == SEND_DELIVERED));
                assert_true(strlen(outcome.error) < NOTIFIER_ERROR_MAX);
                assert_int_equal(outcome.retry_after, NSEC_UNKNOWN);
        }
}

/* A receiver that sends back what it got in confidence, in a few words: nothing of it is kept. */
static void test_no_error_gives_a_secret_away(void **state) {
        static const char *const echoes[] = {"you sent SECRET-TOKEN", "path hidden/SECRET-PATH is bad",
                                             "X-Key was SECRET-HEADER", ("key " SECRET)};
        Hooks *hooks = *state;
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;

        init_to(hooks, &fixture, "/hidden/SECRET-PATH",
                "token: SECRET-TOKEN\nheaders: { X-Key: SECRET-HEADER }\nsecret: " SECRET);
        for (size_t i = 0; i < mon_count_of(echoes); i++) {
                server_set_text(hooks->server, "/hidden/SECRET-PATH", 400, echoes[i]);
                SendOutcome outcome = send_body(hooks, &fixture, "{}");
                assert_string_equal(outcome.error, "HTTP 400");
        }
        char *longer = mon_calloc(1, WEBHOOK_EXCERPT_MAX + 2);
        for (size_t n = WEBHOOK_EXCERPT_MAX; n <= WEBHOOK_EXCERPT_MAX + 1; n++) {
                memset(longer, 'a', n);
                server_set_text(hooks->server, "/hidden/SECRET-PATH", 400, longer);
                SendOutcome outcome = send_body(hooks, &fixture, "{}");
                assert_int_equal(strlen(outcome.error),
                                 n > WEBHOOK_EXCERPT_MAX ? strlen("HTTP 400") : strlen("HTTP 400: ") + n);
        }
        free(longer);
}

static void test_the_answer_is_read_to_its_bound(void **state) {
        Hooks *hooks = *state;
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
        char *body = mon_calloc(1, NOTIFIER_ANSWER_MAX + 2);

        init_to(hooks, &fixture, "/hook", "");
        for (size_t n = NOTIFIER_ANSWER_MAX; n <= NOTIFIER_ANSWER_MAX + 1; n++) {
                memset(body, 'a', n);
                server_set_text(hooks->server, "/hook", 200, body);
                assert_int_equal(send_body(hooks, &fixture, "{}").result, SEND_DELIVERED);
                assert_int_equal(loop_settle(hooks->world.loop), 0);
                assert_int_equal(server_open(hooks->server), n > NOTIFIER_ANSWER_MAX ? 0 : 1);
        }
        free(body);
}

static void test_a_cancelled_one_is_not_told(void **state) {
        Hooks *hooks = *state;
        mon_cleanup(notifier_fixture_fini) NotifierFixture fixture;
        Sending sending = sending_of(hooks, "{}");
        Told told = {0};
        Send *send = NULL;

        init_to(hooks, &fixture, "/hook", "");
        server_set(hooks->server, "/hook", &(ServerAnswer){.mode = SERVER_HANG});
        assert_int_equal(notifier_webhook.start(&hooks->services, &fixture.notifier, &sending, on_sent, &told, &send),
                         0);
        assert_int_equal(loop_settle(hooks->world.loop), 0);
        notifier_webhook.cancel(send);
        world_run_until(&hooks->world, NULL, 60 * NSEC_PER_SEC);
        assert_false(told.done);
}

#define row(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_blocks),
                cmocka_unit_test(test_the_shipped_example_is_sound),
                cmocka_unit_test(test_spans_to_their_bounds),
                cmocka_unit_test(test_the_registry_has_it),
                cmocka_unit_test(test_the_signature_of_the_specification),
                cmocka_unit_test(test_keys_have_the_lengths_of_the_specification),
                row(test_a_delivery),
                row(test_addresses_of_the_formats),
                row(test_a_content_type_of_the_users_own),
                row(test_answers),
                row(test_servers_that_break),
                row(test_no_error_gives_a_secret_away),
                row(test_the_answer_is_read_to_its_bound),
                row(test_a_cancelled_one_is_not_told),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
