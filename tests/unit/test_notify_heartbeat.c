/* The sign of life: when it goes out, when it is held back, and how little is said of it. */
#include "daemon/notify/heartbeat.h"

#include "daemon/base/error.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/net/post.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define EVERY (300 * NSEC_PER_SEC)

typedef struct Heart {
        World world;
        Poster *poster;
        Server *server;
        NotifyServices services;
        Heartbeat *heartbeat;
        const char *unwell;
        Buf said; /* what was logged, a line each */
} Heart;

static const char *why_unwell(void *userdata) {
        return ((Heart *)userdata)->unwell;
}

static void on_log(void *userdata, LogLevel level, const char *message, const LogField *fields, size_t n_fields) {
        Heart *heart = userdata;

        (void)level;
        (void)fields;
        (void)n_fields;
        assert_null(strstr(message, "SECRET"));
        assert_int_equal(buf_printf(&heart->said, "%s\n", message), 0);
}

static void run(Heart *heart, Nsec span) {
        const bool never = false;

        world_run_until(&heart->world, &never, span);
}

static int setup(void **state) {
        Heart *heart = mon_new(Heart);

        world_init(&heart->world);
        name_server_set(heart->world.names, "beat.test", NAME_ADDRESSES, "127.0.0.1");
        assert_int_equal(poster_new(heart->world.loop, heart->world.resolver, &heart->poster), 0);
        assert_int_equal(server_new(heart->world.loop, NULL, &heart->server), 0);
        heart->services = (NotifyServices){.loop = heart->world.loop, .poster = heart->poster, .user_agent = "mond"};
        heart->heartbeat = heartbeat_new(&heart->services, why_unwell, heart);
        heart->said = BUF_INIT(65536);
        server_set_text(heart->server, "/SECRET", 200, "ok");
        log_set_sink(on_log, heart);
        mon_auto_free char *url = server_url(heart->server, "beat.test", "/SECRET");
        heartbeat_set(heart->heartbeat, url, EVERY);
        *state = heart;
        return 0;
}

static int teardown(void **state) {
        Heart *heart = *state;

        heartbeat_free(heart->heartbeat);
        log_set_sink(NULL, NULL);
        poster_free(heart->poster);
        server_free(heart->server);
        world_fini(&heart->world);
        buf_fini(&heart->said);
        free(heart);
        return 0;
}

static void test_one_at_once_then_one_every_span(void **state) {
        Heart *heart = *state;

        run(heart, NSEC_PER_SEC);
        assert_int_equal(server_requests(heart->server), 1);
        assert_true(text_starts(server_last_request(heart->server), "GET /SECRET HTTP/1.1\r\n"));
        run(heart, 4 * EVERY);
        assert_int_equal(server_requests(heart->server), 5);
        assert_string_equal(buf_text(&heart->said), "");
        heartbeat_set(heart->heartbeat, NULL, 0);
        run(heart, 4 * EVERY);
        assert_int_equal(server_requests(heart->server), 5);
}

static void test_it_is_held_back_and_goes_on(void **state) {
        Heart *heart = *state;

        run(heart, NSEC_PER_SEC);
        heart->unwell = "the database refuses";
        run(heart, 10 * EVERY);
        assert_int_equal(server_requests(heart->server), 1);
        heart->unwell = NULL;
        run(heart, HEARTBEAT_RETRY_SPAN + NSEC_PER_SEC);
        assert_int_equal(server_requests(heart->server), 2);
        assert_string_equal(buf_text(&heart->said),
                            "the heartbeat is held back: the database refuses\nthe heartbeat goes on\n");
}

static void test_a_failure_is_said_once_and_tried_again(void **state) {
        Heart *heart = *state;

        server_set_text(heart->server, "/SECRET", 500, "SECRET");
        run(heart, EVERY);
        assert_true(server_requests(heart->server) >= EVERY / HEARTBEAT_RETRY_SPAN);
        server_set_text(heart->server, "/SECRET", 200, "ok");
        run(heart, HEARTBEAT_RETRY_SPAN + NSEC_PER_SEC);
        assert_string_equal(buf_text(&heart->said),
                            "the heartbeat does not arrive: HTTP 500\nthe heartbeat arrives again\n");
}

/* Whatever the other side does, one request at a time, with its deadline and its bound. */
static void test_whoever_hangs_is_left(void **state) {
        Heart *heart = *state;
        mon_auto_free char *large = mon_calloc(1, 4 * HEARTBEAT_ANSWER_MAX + 1);

        server_set(heart->server, "/SECRET", &(ServerAnswer){.mode = SERVER_HANG});
        run(heart, HEARTBEAT_TIMEOUT / 2);
        assert_int_equal(server_open(heart->server), 1);
        run(heart, HEARTBEAT_TIMEOUT);
        assert_int_equal(server_open(heart->server), 0);
        assert_non_null(strstr(buf_text(&heart->said), "the heartbeat does not arrive: no complete answer"));
        (void)memset(large, 'x', 4 * HEARTBEAT_ANSWER_MAX);
        server_set_text(heart->server, "/SECRET", 200, large);
        run(heart, 2 * HEARTBEAT_RETRY_SPAN);
        assert_non_null(strstr(buf_text(&heart->said), "arrives again"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_one_at_once_then_one_every_span, setup, teardown),
                cmocka_unit_test_setup_teardown(test_it_is_held_back_and_goes_on, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_failure_is_said_once_and_tried_again, setup, teardown),
                cmocka_unit_test_setup_teardown(test_whoever_hangs_is_left, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
