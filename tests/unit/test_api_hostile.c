/* Clients that mean harm, or just leave: drips, floods, garbage, too many, too slow. */
#include "tests/lib/api_world.h"

#include "daemon/base/log.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static void test_bodies_too_large(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *body = mon_calloc(API_BODY_MAX + 2, 1);

        memset(body, ' ', API_BODY_MAX + 1);
        mon_auto_free char *answer = api_world_post(world, "/v1/reload", "application/json", body);
        api_world_assert_problem(answer, 413, "65536");
        mon_auto_free char *vast = mon_calloc(API_BODY_READ_MAX + 2, 1);
        memset(vast, ' ', API_BODY_READ_MAX);
        mon_auto_free char *read = api_world_post(world, "/v1/reload", "application/json", vast);
        api_world_assert_problem(read, 413, "65536");
        vast[API_BODY_READ_MAX] = ' ';
        mon_auto_free char *unread = api_world_post(world, "/v1/reload", "application/json", vast);
        api_world_assert_problem(unread, 413, NULL);
        /* Announced and never sent: evhttp answers that one by itself. */
        mon_auto_free char *announced = api_world_ask(
                world, "POST /v1/reload HTTP/1.1\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n");
        api_world_assert_problem(announced, 413, NULL);
        body[API_BODY_MAX] = '\0';
        body[0] = '{';
        body[1] = '}';
        mon_auto_free char *fits = api_world_post(world, "/v1/reload", "application/json", body);
        assert_int_equal(api_world_status(fits), 200);
}

static void test_what_evhttp_answers_is_a_problem_too(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *garbage = api_world_ask(world, "\x16\x03\x01 what is this\r\n\r\n");
        api_world_assert_problem(garbage, 400, NULL);
        mon_auto_free char *method = api_world_ask(world, "BREW /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n");
        api_world_assert_problem(method, 501, NULL);
        mon_auto_buf Buf flood = BUF_INIT(API_WORLD_ANSWER);
        assert_int_equal(buf_append_text(&flood, "GET /v1/health HTTP/1.1\r\n"), 0);
        for (int i = 0; i < 4000; i++)
                assert_int_equal(buf_printf(&flood, "X-%d: y\r\n", i), 0);
        assert_true(flood.len > API_HEADERS_MAX);
        mon_auto_free char *headers = api_world_ask(world, buf_text(&flood));
        assert_true(headers[0] == '\0' || api_world_status(headers) >= 400);
}

static void test_pipelined_requests_are_answered_in_order(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *answer =
                api_world_ask(world, "GET /v1/health HTTP/1.1\r\n\r\nGET /v1/nothing HTTP/1.1\r\n\r\n"
                                     "GET /v1/version HTTP/1.1\r\nConnection: close\r\n\r\n");
        const char *second = strstr(answer, "HTTP/1.1 404"), *third = second ? strstr(second, "HTTP/1.1 200") : NULL;

        assert_int_equal(api_world_status(answer), 200);
        assert_non_null(third);
        assert_non_null(strstr(third, "libraries"));
}

static void test_a_dripping_request_has_a_deadline(void **state) {
        static const char request[] = "GET /v1/health HTTP/1.1\r\nX-Slow: ";
        ApiWorld *world = *state;
        mon_auto_buf Buf answer = BUF_INIT(API_WORLD_ANSWER);
        int fd = api_world_dial(world);
        bool end = false;

        size_t sent = 0;
        for (; sent < sizeof request - 1 && !end; sent++) {
                (void)send(fd, request + sent, 1, MSG_NOSIGNAL);
                api_world_settle(world);
                api_world_pass(world, NSEC_PER_SEC);
                api_world_take(fd, &answer, &end);
        }
        assert_in_range(sent, API_REQUEST_DEADLINE / NSEC_PER_SEC, API_REQUEST_DEADLINE / NSEC_PER_SEC + 1);
        assert_true(end);
        assert_int_equal(answer.len, 0);
        close(fd);
        api_world_pass(world, 2 * NSEC_PER_SEC);
        assert_int_equal(api_connections(world->api), 0);
}

static void test_idle_connections_are_closed(void **state) {
        ApiWorld *world = *state;
        mon_auto_buf Buf answer = BUF_INIT(API_WORLD_ANSWER);
        int fds[3];
        bool end;

        for (size_t i = 0; i < 3; i++)
                fds[i] = api_world_dial(world);
        api_world_settle(world);
        assert_int_equal(api_connections(world->api), 3);
        assert_true(api_world_send(world, fds[1], "GET /v1/health HTTP/1.1\r\n\r\n", 27)); /* kept alive, then idle */
        close(fds[2]);
        api_world_settle(world);
        api_world_take(fds[1], &answer, &end);
        assert_false(end);
        assert_int_equal(api_world_status(buf_text(&answer)), 200);
        api_world_pass(world, API_REQUEST_DEADLINE);
        api_world_pass(world, NSEC_PER_SEC);
        assert_int_equal(api_connections(world->api), 0);
        close(fds[0]);
        close(fds[1]);
}

static void test_connections_are_bounded(void **state) {
        enum { MANY = 300 };
        ApiWorld *world = *state;
        int fds[MANY];
        size_t n = 0;

        for (size_t i = 0; i < MANY; i++) {
                fds[i] = api_world_dial(world);
                n += fds[i] >= 0;
                api_world_settle(world);
                assert_true(api_connections(world->api) <= API_CONNECTIONS_MAX);
        }
        assert_true(n > API_CONNECTIONS_MAX);
        assert_int_equal(api_connections(world->api), API_CONNECTIONS_MAX);
        for (size_t i = 0; i < MANY; i++)
                if (fds[i] >= 0)
                        close(fds[i]);
        for (int turn = 0; turn < 20; turn++) {
                api_world_pass(world, NSEC_PER_SEC);
        }
        mon_auto_free char *answer = api_world_get(world, "/v1/health");
        assert_int_equal(api_world_status(answer), 200);
}

static void count_line(void *userdata, LogLevel level, const char *message, const LogField *fields, size_t n_fields) {
        (void)level;
        (void)message;
        (void)fields;
        (void)n_fields;
        ++*(int *)userdata;
}

/* With no descriptor left, one line says so, nothing turns in circles, and who waited is served later. */
static void test_no_descriptor_is_left(void **state) {
        ApiWorld *world = *state;
        struct rlimit before, none;
        int lines = 0;

        int fd = api_world_dial(world);
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        none = (struct rlimit){.rlim_cur = (rlim_t)fd + 1, .rlim_max = before.rlim_max};
        log_set_sink(count_line, &lines);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        for (int turn = 0; turn < 20; turn++)
                api_world_pass(world, NSEC_PER_SEC);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        log_set_sink(NULL, NULL);
        assert_int_equal(lines, 1);
        assert_int_equal(api_connections(world->api), 0);
        api_world_pass(world, NSEC_PER_SEC);
        assert_int_equal(api_connections(world->api), 1);
        close(fd);
        mon_auto_free char *answer = api_world_get(world, "/v1/health");
        assert_int_equal(api_world_status(answer), 200);
}

/* Opens connections until one is refused: how many stood. */
static int crowd(const ApiWorld *world) {
        const struct timeval wait = {.tv_usec = 200000};
        char answer[32] = "";
        int n = 0;

        for (; n < API_CONNECTIONS_MAX && answer[0] == '\0'; n++) {
                int fd = api_world_dial(world);
                /* A connection that stands is silent; one that is refused is answered at once. */
                (void)fcntl(fd, F_SETFL, 0);
                (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
                if (n >= API_CONNECTIONS_PER_USER_MAX && recv(fd, answer, sizeof answer - 1, 0) > 0)
                        break;
        }
        return strncmp(answer, "HTTP/1.1 503", 12) == 0 ? n : -1;
}

static void test_one_user_cannot_take_every_place(void **state) {
        ApiWorld *world = *state;

        if (geteuid() != 0)
                skip();
        assert_int_equal(api_world_as(world, 65534, crowd), API_CONNECTIONS_PER_USER_MAX);
        mon_auto_free char *answer = api_world_get(world, "/v1/health");
        assert_int_equal(api_world_status(answer), 200);
}

static void test_thousands_of_hostile_clients(void **state) {
        enum { CLIENTS = 2000, BYTES = 600 };
        static const char *const starts[] = {"",
                                             "GET /v1/health HTTP/1.1\r\n",
                                             "POST /v1/check HTTP/1.1\r\nContent-Length: 50\r\n\r\n{",
                                             "GET /v1/health?",
                                             "POST /v1/check HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                                             "GET /v1/events/stream HTTP/1.0\r\n\r\n",
                                             "GET /v1/export HTTP/1.1\r\n\r\n"};
        ApiWorld *world = *state;
        uint64_t seed = 42;
        char bytes[BYTES], sink[4096];

        for (size_t i = 0; i < CLIENTS; i++) {
                int fd = api_world_dial(world);
                if (fd < 0) {
                        api_world_pass(world, NSEC_PER_SEC);
                        continue;
                }
                const char *start = starts[i % mon_count_of(starts)];
                (void)send(fd, start, strlen(start), MSG_NOSIGNAL);
                for (size_t j = 0; j < BYTES; j++) {
                        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                        bytes[j] = (char)(seed >> 33);
                        if (i % 3 == 0)
                                bytes[j] = "\r\n: {}\"GET/v1?=&%0a"[(unsigned char)bytes[j] % 20];
                }
                (void)send(fd, bytes, (seed >> 40) % BYTES, MSG_NOSIGNAL);
                api_world_settle(world);
                (void)recv(fd, sink, sizeof sink, 0);
                close(fd);
                assert_true(api_connections(world->api) <= API_CONNECTIONS_MAX);
        }
        api_world_pass(world, API_REQUEST_DEADLINE);
        mon_auto_free char *answer = api_world_get(world, "/v1/health");
        assert_int_equal(api_world_status(answer), 200);
}

static void test_events_are_streamed(void **state) {
        ApiWorld *world = *state;
        mon_auto_json *event = json_pack("{ssss}", "id", "evt_1", "type", "target.down");
        mon_auto_buf Buf got = BUF_INIT(API_WORLD_ANSWER);
        int fd = api_world_dial(world), other = api_world_dial(world);
        bool end;

        assert_true(api_world_send(world, fd, "GET /v1/events/stream HTTP/1.1\r\n\r\n", 34));
        assert_true(api_world_send(world, other, "GET /v1/events/stream HTTP/1.1\r\n\r\n", 34));
        api_world_settle(world);
        api_world_take(fd, &got, &end);
        assert_int_equal(api_world_status(buf_text(&got)), 200);
        assert_non_null(strstr(buf_text(&got), "text/event-stream"));
        api_world_pass(world, 86400 * NSEC_PER_SEC); /* a quiet day */
        api_world_settle(world);
        close(other); /* leaves, and is noticed without an event */
        api_world_settle(world);
        assert_int_equal(api_connections(world->api), 1);
        api_publish(world->api, "target.down", event);
        api_world_settle(world);
        api_world_take(fd, &got, &end);
        assert_false(end);
        assert_non_null(strstr(buf_text(&got), "id: evt_1\nevent: target.down\ndata: {\"id\":\"evt_1\""));

        /* A client that does not read is dropped once its queue is full: the kernel's and API_STREAM_QUEUE_MAX. */
        for (int i = 0; i < 20000 && api_connections(world->api) > 0; i++) {
                api_publish(world->api, "target.down", event);
                api_world_settle(world);
        }
        api_world_pass(world, 2 * NSEC_PER_SEC);
        assert_int_equal(api_connections(world->api), 0);
        close(fd);
}

static void test_who_listens_is_not_listened_to(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *noise = mon_calloc(API_STREAM_INPUT_MAX, 1);
        int fd = api_world_dial(world), room = 0, full = 0;
        socklen_t size = sizeof room;
        size_t sent = 0;

        assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, &size), 0);
        assert_true(api_world_send(world, fd, "GET /v1/events/stream HTTP/1.1\r\n\r\n", 34));
        while (full < 10) {
                ssize_t n = send(fd, noise, API_STREAM_INPUT_MAX, MSG_NOSIGNAL);
                assert_true(n > 0 || errno == EAGAIN);
                sent += n > 0 ? (size_t)n : 0;
                full += n < 0;
                assert_true(sent <= (size_t)room + 2 * (size_t)API_STREAM_INPUT_MAX);
                api_world_settle(world);
        }
        assert_int_equal(api_connections(world->api), 1);
        close(fd);
}

static void test_streams_are_bounded(void **state) {
        ApiWorld *world = *state;
        int fds[API_STREAMS_MAX];

        for (size_t i = 0; i < API_STREAMS_MAX; i++) {
                fds[i] = api_world_dial(world);
                assert_true(api_world_send(world, fds[i], "GET /v1/events/stream HTTP/1.1\r\n\r\n", 34));
        }
        mon_auto_free char *answer = api_world_get(world, "/v1/events/stream");
        api_world_assert_problem(answer, 503, "following already");
        close(fds[0]);
        api_world_settle(world);
        fds[0] = api_world_dial(world);
        assert_true(api_world_send(world, fds[0], "GET /v1/events/stream HTTP/1.1\r\n\r\n", 34));
        api_world_settle(world);
        assert_int_equal(api_connections(world->api), API_STREAMS_MAX);
        for (size_t i = 0; i < API_STREAMS_MAX; i++)
                close(fds[i]);
}

static void test_freeing_with_everything_under_way(void **state) {
        ApiWorld *world = *state;
        static const char check[] = "POST /v1/check HTTP/1.1\r\nContent-Type: application/json\r\n"
                                    "Content-Length: 13\r\n\r\n{\"all\": true}";
        static const char *const requests[] = {
                "GET /v1/hea",
                "GET /v1/events/stream HTTP/1.1\r\n\r\n",
                "GET /v1/export HTTP/1.1\r\n\r\n",
                check,
                "GET /v1/health HTTP/1.1\r\n\r\nGET /v1/health HTTP/1.1\r\n\r\n",
        };
        int fds[mon_count_of(requests)];

        for (size_t i = 0; i < mon_count_of(requests); i++) {
                fds[i] = api_world_dial(world);
                (void)send(fds[i], requests[i], strlen(requests[i]), MSG_NOSIGNAL);
                api_world_settle(world);
        }
        assert_non_null(world->pending);
        api_free(mon_steal(&world->api));
        for (size_t i = 0; i < mon_count_of(requests); i++)
                close(fds[i]);
}

#define api_test(name) cmocka_unit_test_setup_teardown(name, api_world_open, api_world_close)

int main(void) {
        const struct CMUnitTest tests[] = {
                api_test(test_bodies_too_large),
                api_test(test_what_evhttp_answers_is_a_problem_too),
                api_test(test_pipelined_requests_are_answered_in_order),
                api_test(test_a_dripping_request_has_a_deadline),
                api_test(test_idle_connections_are_closed),
                api_test(test_connections_are_bounded),
                api_test(test_no_descriptor_is_left),
                api_test(test_one_user_cannot_take_every_place),
                api_test(test_thousands_of_hostile_clients),
                api_test(test_events_are_streamed),
                api_test(test_who_listens_is_not_listened_to),
                api_test(test_streams_are_bounded),
                api_test(test_freeing_with_everything_under_way),
        };
        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
