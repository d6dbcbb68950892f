/* What a request with a body gets to hear from every server that breaks, and that an answer is an answer as soon as its
 * head is there. */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "daemon/net/post.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

#define TIMEOUT (20 * NSEC_PER_SEC)
#define ANSWER_MAX 4096

static const char message[] = "{\"text\":\"l'essai\"}";
static const char *const headers[] = {"Content-Type: application/json", "Authorization: Bearer SECRET-TOKEN"};

typedef struct PostWorld {
        World world;
        Poster *poster;
        Server *server;
} PostWorld;

typedef struct Outcome {
        bool done;
        PostAnswer answer; /* its body is `text` */
        char text[ANSWER_MAX + 1];
} Outcome;

static void on_done(const PostAnswer *answer, void *userdata) {
        Outcome *outcome = userdata;

        assert_false(outcome->done);
        outcome->done = true;
        outcome->answer = *answer;
        (void)snprintf(outcome->text, sizeof outcome->text, "%s", buf_text(&answer->body));
}

static PostRequest request_for(const char *url) {
        return (PostRequest){
                .url = url,
                .user_agent = "mond-test",
                .headers = headers,
                .n_headers = mon_count_of(headers),
                .body = message,
                .body_len = strlen(message),
                .answer_max = ANSWER_MAX,
                .timeout = TIMEOUT,
        };
}

static void post(PostWorld *posts, const PostRequest *request, Outcome *outcome) {
        Post *under_way = NULL;

        *outcome = (Outcome){0};
        assert_int_equal(post_start(posts->poster, request, on_done, outcome, &under_way), 0);
        assert_false(outcome->done);
        world_run_until(&posts->world, &outcome->done, 2 * TIMEOUT);
        assert_true(outcome->done);
        assert_null(strstr(outcome->answer.error, "SECRET"));
}

static void post_to(PostWorld *posts, const char *path, Outcome *outcome) {
        mon_auto_free char *url = server_url(posts->server, "hook.test", path);
        PostRequest request = request_for(url);

        post(posts, &request, outcome);
}

static int setup(void **state) {
        PostWorld *posts = mon_new(PostWorld);

        world_init(&posts->world);
        name_server_set(posts->world.names, "hook.test", NAME_ADDRESSES, "127.0.0.1");
        assert_int_equal(poster_new(posts->world.loop, posts->world.resolver, &posts->poster), 0);
        assert_int_equal(server_new(posts->world.loop, NULL, &posts->server), 0);
        *state = posts;
        return 0;
}

static int teardown(void **state) {
        PostWorld *posts = *state;

        poster_free(posts->poster);
        server_free(posts->server);
        world_fini(&posts->world);
        free(posts);
        return 0;
}

/* --- what goes out ---------------------------------------------------------------------------------------------- */

static void test_the_request_is_as_asked(void **state) {
        PostWorld *posts = *state;
        Outcome outcome;

        server_set(posts->server, "/hook?x=1", &(ServerAnswer){.status = 202, .body = "ok", .headers = "A: b\r\n"});
        post_to(posts, "/hook?x=1", &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_DONE);
        assert_int_equal(outcome.answer.http_status, 202);
        assert_string_equal(outcome.answer.error, "");
        assert_string_equal(outcome.text, "ok");
        assert_int_equal(outcome.answer.retry_after, NSEC_UNKNOWN);
        const char *request = server_last_request(posts->server);
        assert_true(text_starts(request, "POST /hook?x=1 HTTP/1.1\r\nHost: hook.test:"));
        assert_non_null(strstr(request, "\r\nUser-Agent: mond-test\r\n"));
        assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
        assert_non_null(strstr(request, "\r\nAuthorization: Bearer SECRET-TOKEN\r\n"));
        assert_null(strstr(request, "Expect"));
        assert_string_equal(buf_text(server_last_body(posts->server)), message);
}

static void test_methods(void **state) {
        static const struct {
                PostMethod method;
                const char *line, *body;
        } rows[] = {{POST_METHOD_POST, "POST / ", message},
                    {POST_METHOD_PUT, "PUT / ", message},
                    {POST_METHOD_GET, "GET / ", ""}};
        PostWorld *posts = *state;
        Outcome outcome;

        server_set_text(posts->server, "/", 200, "");
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *url = server_url(posts->server, "hook.test", "/");
                PostRequest request = request_for(url);
                request.method = rows[i].method;
                post(posts, &request, &outcome);
                assert_int_equal(outcome.answer.http_status, 200);
                assert_true(text_starts(server_last_request(posts->server), rows[i].line));
                assert_string_equal(buf_text(server_last_body(posts->server)), rows[i].body);
        }
}

/* A body of a size for which curl would ask first, with "Expect: 100-continue", and wait a second. */
static void test_a_large_body_goes_at_once(void **state) {
        PostWorld *posts = *state;
        size_t n = 300 << 10;
        mon_auto_free char *body = mon_calloc(1, n + 1);
        mon_auto_free char *url = server_url(posts->server, "hook.test", "/");
        PostRequest request = request_for(url);
        Outcome outcome;

        memset(body, 'a', n);
        request.body = body;
        request.body_len = n;
        server_set_text(posts->server, "/", 200, "");
        post(posts, &request, &outcome);
        assert_int_equal(outcome.answer.http_status, 200);
        assert_int_equal(server_last_body(posts->server)->len, n);
        assert_int_equal(world_elapsed(&posts->world), 0);
}

/* --- connections ------------------------------------------------------------------------------------------------ */

static void test_a_connection_is_used_again(void **state) {
        PostWorld *posts = *state;
        Outcome outcome;

        server_set_text(posts->server, "/", 200, "ok");
        for (int i = 0; i < 20; i++)
                post_to(posts, "/", &outcome);
        assert_int_equal(server_connections(posts->server), 1);
        assert_int_equal(server_requests(posts->server), 20);
}

/* At once more than are kept: the rest is closed when it is over. */
static void test_no_more_connections_are_kept_than_meant(void **state) {
        PostWorld *posts = *state;
        Outcome outcomes[POST_CONNECTIONS_MAX + 8] = {0};
        mon_auto_free char *url = server_url(posts->server, "hook.test", "/");
        PostRequest request = request_for(url);

        server_set(posts->server, "/", &(ServerAnswer){.body = "ok", .delay = NSEC_PER_SEC});
        for (size_t i = 0; i < mon_count_of(outcomes); i++) {
                Post *under_way = NULL;
                assert_int_equal(post_start(posts->poster, &request, on_done, &outcomes[i], &under_way), 0);
        }
        world_run_until(&posts->world, NULL, TIMEOUT / 2);
        for (size_t i = 0; i < mon_count_of(outcomes); i++)
                assert_int_equal(outcomes[i].answer.http_status, 200);
        assert_in_range(server_connections(posts->server), POST_CONNECTIONS_MAX + 1, mon_count_of(outcomes));
        assert_in_range(server_open(posts->server), 1, POST_CONNECTIONS_MAX);
}

static void test_a_proxy_is_asked_instead(void **state) {
        PostWorld *posts = *state;
        mon_auto_free char *proxy = server_url(posts->server, "proxy.test", "");
        PostRequest request = request_for("http://nowhere.test/x");
        Outcome outcome;

        name_server_set(posts->world.names, "proxy.test", NAME_ADDRESSES, "127.0.0.1");
        server_set_text(posts->server, "http://nowhere.test/x", 200, "by proxy");
        request.proxy = proxy;
        post(posts, &request, &outcome);
        assert_int_equal(outcome.answer.http_status, 200);
        assert_string_equal(outcome.text, "by proxy");
        assert_int_equal(name_server_questions(posts->world.names), 2); /* A and AAAA of the proxy alone */

        request.url = "https://nowhere.test/x"; /* a tunnel that the proxy refuses is no answer of the receiver's */
        server_set_text(posts->server, "nowhere.test:443", 403, "no");
        post(posts, &request, &outcome);
        assert_int_equal(outcome.answer.http_status, 0);
        assert_true(text_starts(server_last_request(posts->server), "CONNECT nowhere.test:443 HTTP/1.1\r\n"));
        assert_null(strstr(server_last_request(posts->server), "SECRET"));

        Post *under_way = NULL;
        request.proxy = "socks5://127.0.0.1:1"; /* it would be curl's own resolver that asks for the name */
        assert_int_equal(post_start(posts->poster, &request, on_done, &outcome, &under_way), -EINVAL);
        assert_null(under_way);
}

/* --- servers that break ----------------------------------------------------------------------------------------- */

typedef struct BrokenRow {
        ServerMode mode;
        FetchFailure failure;
        Nsec after; /* simulated */
} BrokenRow;

static const BrokenRow broken[] = {
        {SERVER_PLAIN, FETCH_DONE, 0},
        {SERVER_CHUNKED, FETCH_DONE, 0},
        {SERVER_UNTIL_CLOSE, FETCH_DONE, 0},
        {SERVER_GZIP, FETCH_DONE, 0},
        {SERVER_CLOSE, FETCH_RESET, 0},
        {SERVER_RESET, FETCH_RESET, 0},
        {SERVER_HANG, FETCH_TIMEOUT, TIMEOUT},
        {SERVER_HANG_IN_HEAD, FETCH_TIMEOUT, TIMEOUT},
        {SERVER_CUT_IN_HEAD, FETCH_RESET, 0},
        {SERVER_HANG_IN_BODY, FETCH_DONE, TIMEOUT},
        {SERVER_DRIP, FETCH_DONE, TIMEOUT},
        {SERVER_DRIP_HEAD, FETCH_TIMEOUT, TIMEOUT},
        {SERVER_TRUNCATED, FETCH_DONE, 0},
        {SERVER_CHUNKED_CUT, FETCH_DONE, 0},
        {SERVER_RESET_IN_BODY, FETCH_DONE, 0},
        {SERVER_GARBAGE, FETCH_PROTOCOL, 0},
        {SERVER_HTTP_09, FETCH_PROTOCOL, 0},
        {SERVER_ENDLESS, FETCH_DONE, 0},
        {SERVER_GZIP_BOMB, FETCH_DONE, 0},
        {SERVER_GZIP_EMPTY, FETCH_DONE, 0},
        {SERVER_BAD_GZIP, FETCH_DONE, 0},
        {SERVER_HEADER_FLOOD, FETCH_TOO_LARGE, 0},
        {SERVER_HEADER_LONG, FETCH_TOO_LARGE, 0},
        {SERVER_INTERIM_FLOOD, FETCH_TOO_LARGE, 0},
};

static void check_broken(PostWorld *posts, const BrokenRow *row) {
        static const char body[] = "an answer of some length, dripped in the end";
        Nsec before = world_elapsed(&posts->world);
        Outcome outcome;

        server_set(posts->server, "/", &(ServerAnswer){.mode = row->mode, .body = body});
        post_to(posts, "/", &outcome);
        if (outcome.answer.failure != row->failure)
                fail_msg("mode %d: failure %d instead of %d (%s)", row->mode, outcome.answer.failure, row->failure,
                         outcome.answer.error);
        assert_int_equal(world_elapsed(&posts->world) - before, row->after);
        assert_int_equal(outcome.answer.http_status, row->failure == FETCH_DONE ? 200 : 0);
        assert_true((outcome.answer.error[0] == '\0') == (row->failure == FETCH_DONE));
        assert_true(outcome.answer.body.len <= ANSWER_MAX);
        assert_true(strlen(outcome.answer.error) < POST_ERROR_MAX);
}

static void test_each_broken_server(void **state) {
        PostWorld *posts = *state;
        bool seen[SERVER_MODE_MAX + 1] = {false};

        for (size_t i = 0; i < mon_count_of(broken); i++) {
                check_broken(posts, &broken[i]);
                seen[broken[i].mode] = true;
        }
        for (size_t i = 0; i < mon_count_of(seen); i++)
                assert_true(seen[i]);
}

static void test_an_endless_body_is_left_at_its_bound(void **state) {
        PostWorld *posts = *state;
        Outcome outcome;

        server_set(posts->server, "/", &(ServerAnswer){.mode = SERVER_ENDLESS});
        post_to(posts, "/", &outcome);
        assert_int_equal(outcome.answer.http_status, 200);
        assert_int_equal(strlen(outcome.text), ANSWER_MAX);
        assert_int_equal(loop_settle(posts->world.loop), 0);
        assert_int_equal(server_open(posts->server), 0);
}

static void test_a_redirect_is_not_followed(void **state) {
        PostWorld *posts = *state;
        Outcome outcome;

        server_set_redirect(posts->server, "/", 307, "/elsewhere");
        post_to(posts, "/", &outcome);
        assert_int_equal(outcome.answer.http_status, 307);
        assert_int_equal(server_requests(posts->server), 1);
}

static void test_retry_after(void **state) {
        static const struct {
                const char *header;
                Nsec span;
        } rows[] = {
                {"", NSEC_UNKNOWN},
                {"Retry-After: 120\r\n", 120 * NSEC_PER_SEC},
                {"retry-after:  Thu, 01 Jan 2026 00:05:00 GMT\r\n", 300 * NSEC_PER_SEC},
                {"Retry-After: Wed, 31 Dec 2025 23:00:00 GMT\r\n", 0},
                {"Retry-After: 99999999999999999999\r\n", HEAD_RETRY_AFTER_MAX},
                {"Retry-After: -1\r\n", NSEC_UNKNOWN},
                {"Retry-After: soon\r\n", NSEC_UNKNOWN},
        };
        PostWorld *posts = *state;
        Outcome outcome;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                server_set(posts->server, "/", &(ServerAnswer){.status = 429, .headers = rows[i].header});
                post_to(posts, "/", &outcome);
                assert_int_equal(outcome.answer.http_status, 429);
                assert_int_equal(outcome.answer.retry_after, rows[i].span);
        }
}

/* --- no answer at all ------------------------------------------------------------------------------------------- */

static void test_nobody_there(void **state) {
        PostWorld *posts = *state;
        mon_auto_free char *url = server_url(posts->server, "hook.test", "/SECRET/path");
        PostRequest request = request_for(url);
        Outcome outcome;

        server_free(posts->server);
        posts->server = NULL;
        post(posts, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_REFUSED);
        assert_string_equal(outcome.answer.error, "Connection refused");

        request.url = "http://missing.test/SECRET";
        post(posts, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_NAME);

        name_server_set(posts->world.names, "silent.test", NAME_SILENT, NULL);
        request.url = "http://silent.test/SECRET";
        Nsec before = world_elapsed(&posts->world);
        post(posts, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_CONNECT_TIMEOUT);
        assert_int_equal(world_elapsed(&posts->world) - before, POST_CONNECT_SPAN);
        request.timeout = POST_CONNECT_SPAN / 2;
        before = world_elapsed(&posts->world);
        post(posts, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_TIMEOUT);
        assert_int_equal(world_elapsed(&posts->world) - before, POST_CONNECT_SPAN / 2);
}

static void test_no_descriptor_left(void **state) {
        PostWorld *posts = *state;
        PostRequest request = request_for("http://127.0.0.1:9/");
        struct rlimit was, low;
        Outcome outcome;

        post(posts, &request, &outcome); /* the multi handle has made its own descriptors by now */
        assert_int_equal(outcome.answer.failure, FETCH_REFUSED);
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
        int next = dup(0);
        low = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = was.rlim_max};
        (void)close(next);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
        post(posts, &request, &outcome);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
        assert_int_equal(outcome.answer.failure, FETCH_LOCAL_FAULT);
}

static void test_cancelled_and_never_told(void **state) {
        PostWorld *posts = *state;
        mon_auto_free char *url = server_url(posts->server, "hook.test", "/");
        PostRequest request = request_for(url);
        Outcome outcome = {0};
        Post *under_way = NULL;

        server_set(posts->server, "/", &(ServerAnswer){.mode = SERVER_HANG});
        assert_int_equal(post_start(posts->poster, &request, on_done, &outcome, &under_way), 0);
        post_cancel(under_way); /* while the name is asked for */
        assert_int_equal(post_start(posts->poster, &request, on_done, &outcome, &under_way), 0);
        assert_int_equal(loop_settle(posts->world.loop), 0);
        assert_int_equal(server_requests(posts->server), 1);
        post_cancel(under_way);
        world_run_until(&posts->world, NULL, 2 * TIMEOUT);
        assert_false(outcome.done);
        request.url = "gopher://hook.test/";
        assert_int_equal(post_start(posts->poster, &request, on_done, &outcome, &under_way), -EINVAL);
}

/* --- TLS -------------------------------------------------------------------------------------------------------- */

/* OpenSSL's own clock decides here, since a connection that is kept outlives the request that made it: the dates are
 * wide, or long past. */
#define YEAR (365 * WORLD_DAY)

static void post_over_tls(PostWorld *posts, const Cert *leaf, const char *ca_file, Outcome *outcome) {
        mon_cleanup(server_free_p) Server *server = NULL;

        assert_int_equal(server_new(posts->world.loop, &(ServerTls){.cert = leaf}, &server), 0);
        server_set_text(server, "/", 200, "ok");
        mon_auto_free char *url = server_url(server, "hook.test", "/");
        PostRequest request = request_for(url);
        request.ca_file = ca_file;
        post(posts, &request, outcome);
        assert_int_equal(server_requests(server), outcome->answer.failure == FETCH_DONE ? 1 : 0);
}

static void test_tls_is_always_verified(void **state) {
        PostWorld *posts = *state;
        Nsec from = WORLD_BEGIN_AT_REAL - 10 * YEAR, until = WORLD_BEGIN_AT_REAL + 50 * YEAR;
        mon_cleanup(cert_free_p) Cert *authority = cert_new(NULL, NULL, from, until);
        mon_cleanup(cert_free_p) Cert *good = cert_new(authority, "hook.test", from, until);
        mon_cleanup(cert_free_p) Cert *other = cert_new(authority, "other.test", from, until);
        mon_cleanup(cert_free_p) Cert *past = cert_new(authority, "hook.test", from, from + YEAR);
        mon_auto_free char *ca_file = cert_write(authority);
        Outcome outcome;

        post_over_tls(posts, good, ca_file, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_DONE);
        post_over_tls(posts, good, NULL, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_TLS_UNTRUSTED);
        assert_non_null(strstr(outcome.answer.error, "certificate"));
        post_over_tls(posts, other, ca_file, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_TLS_UNTRUSTED);
        assert_non_null(strstr(outcome.answer.error, "hook.test"));
        post_over_tls(posts, past, ca_file, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_TLS_UNTRUSTED);
        assert_non_null(strstr(outcome.answer.error, "expired"));
        post_over_tls(posts, good, "/nonexistent/ca.pem", &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_LOCAL_FAULT);
        (void)unlink(ca_file);
}

static void test_tls_that_never_comes(void **state) {
        static const struct {
                ServerTls tls;
                FetchFailure failure;
                Nsec after;
        } rows[] = {{{.garbage = true}, FETCH_TLS_HANDSHAKE, 0},
                    {{.hang = true}, FETCH_CONNECT_TIMEOUT, POST_CONNECT_SPAN}};
        PostWorld *posts = *state;
        Outcome outcome;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(server_free_p) Server *server = NULL;
                Nsec before = world_elapsed(&posts->world);
                assert_int_equal(server_new(posts->world.loop, &rows[i].tls, &server), 0);
                mon_auto_free char *url = server_url(server, "hook.test", "/");
                PostRequest request = request_for(url);
                post(posts, &request, &outcome);
                assert_int_equal(outcome.answer.failure, rows[i].failure);
                assert_int_equal(world_elapsed(&posts->world) - before, rows[i].after);
        }
}

#define row(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                row(test_the_request_is_as_asked),
                row(test_methods),
                row(test_a_large_body_goes_at_once),
                row(test_a_connection_is_used_again),
                row(test_no_more_connections_are_kept_than_meant),
                row(test_a_proxy_is_asked_instead),
                row(test_each_broken_server),
                row(test_an_endless_body_is_left_at_its_bound),
                row(test_a_redirect_is_not_followed),
                row(test_retry_after),
                row(test_nobody_there),
                row(test_no_descriptor_left),
                row(test_cancelled_and_never_told),
                row(test_tls_is_always_verified),
                row(test_tls_that_never_comes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
