/* Cookies over several fetches: they go back to the site that set them, to no other, and never without being asked. */
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define DEADLINE (20 * NSEC_PER_SEC)

typedef struct Ground {
        World world;
        Server *server;
        Cookies cookies;
        bool done;
        char *sent; /* the cookies of the last request */
} Ground;

static int setup(void **state) {
        static const char *const names[] = {"site.fr", "www.site.fr", "www.autre.fr", "www.gouv.fr", "impots.gouv.fr"};
        Ground *ground = mon_new(Ground);

        world_init(&ground->world);
        for (size_t i = 0; i < mon_count_of(names); i++)
                name_server_set(ground->world.names, names[i], NAME_ADDRESSES, "127.0.0.1");
        assert_int_equal(server_new(ground->world.loop, NULL, &ground->server), 0);
        *state = ground;
        return 0;
}

static int teardown(void **state) {
        Ground *ground = *state;

        free(ground->sent);
        cookies_fini(&ground->cookies);
        server_free(ground->server);
        world_fini(&ground->world);
        free(ground);
        return 0;
}

static void on_done(FetchAnswer *answer, void *userdata) {
        Ground *ground = userdata;

        assert_int_equal(answer->failure, FETCH_DONE);
        ground->done = true;
}

/* The cookies that the request brought, "" for none. */
static const char *ask(Ground *ground, const char *host, const char *path, Cookies *cookies) {
        mon_auto_free char *url = server_url(ground->server, host, path);
        const FetchRequest request = {
                .url = url,
                .user_agent = "mond-test",
                .body_max = 1024,
                .deadline_at_boot = clock_at_boot(ground->world.clock) + DEADLINE,
                .cookies = cookies,
        };
        Visit *visit = NULL;

        ground->done = false;
        assert_int_equal(
                visit_start(ground->world.resolver, ground->world.fetcher, &request, IP_ANY, on_done, ground, &visit),
                0);
        world_run_until(&ground->world, &ground->done, 2 * DEADLINE);
        assert_true(ground->done);
        free(ground->sent);
        ground->sent = head_get(server_last_request(ground->server), "Cookie");
        return ground->sent ? ground->sent : "";
}

static void set(Ground *ground, const char *path, const char *headers) {
        server_set(ground->server, path, &(ServerAnswer){.body = "x", .headers = headers});
}

static void test_a_cookie_comes_back(void **state) {
        Ground *ground = *state;

        set(ground, "/", "Set-Cookie: session=42; HttpOnly; SameSite=Lax\r\n");
        set(ground, "/suite", NULL);
        assert_string_equal(ask(ground, "site.fr", "/", &ground->cookies), "");
        assert_string_equal(ask(ground, "site.fr", "/suite", &ground->cookies), "session=42");
        assert_string_equal(ask(ground, "site.fr", "/suite", &ground->cookies), "session=42");
        set(ground, "/suite", "Set-Cookie: session=; Max-Age=0\r\nSet-Cookie: b=2; path=/bas\r\n");
        assert_string_equal(ask(ground, "site.fr", "/suite", &ground->cookies), "session=42");
        set(ground, "/bas/x", NULL);
        assert_string_equal(ask(ground, "site.fr", "/suite", &ground->cookies), "");
        assert_string_equal(ask(ground, "site.fr", "/bas/x", &ground->cookies), "b=2");
}

static void test_a_cookie_goes_to_no_other_site(void **state) {
        Ground *ground = *state;

        set(ground, "/",
            "Set-Cookie: own=1\r\nSet-Cookie: whole=2; Domain=site.fr\r\n"
            "Set-Cookie: suffix=3; Domain=fr\r\nSet-Cookie: strange=4; Domain=autre.fr\r\n");
        set(ground, "/suite", NULL);
        (void)ask(ground, "www.site.fr", "/", &ground->cookies);
        assert_string_equal(ask(ground, "www.autre.fr", "/suite", &ground->cookies), "");
        assert_string_equal(ask(ground, "site.fr", "/suite", &ground->cookies), "whole=2");
        assert_int_equal(ground->cookies.lines.n, 2);
        /* gouv.fr is a public suffix: a site under it sets nothing for its neighbours. */
        set(ground, "/", "Set-Cookie: all=5; Domain=gouv.fr\r\n");
        (void)ask(ground, "www.gouv.fr", "/", &ground->cookies);
        assert_string_equal(ask(ground, "impots.gouv.fr", "/suite", &ground->cookies), "");
}

static void test_a_secure_cookie_stays_on_tls(void **state) {
        Ground *ground = *state;

        list_add(&ground->cookies.lines, mon_strdup("site.fr\tFALSE\t/\tTRUE\t0\tsecret\t1"));
        list_add(&ground->cookies.lines, mon_strdup("site.fr\tFALSE\t/\tFALSE\t0\topen\t2"));
        set(ground, "/", NULL);
        assert_string_equal(ask(ground, "site.fr", "/", &ground->cookies), "open=2");
        assert_int_equal(ground->cookies.lines.n, 2);
}

static void test_no_cookie_outlives_its_look(void **state) {
        Ground *ground = *state;
        mon_cleanup(cookies_fini) Cookies other = {0};

        set(ground, "/", "Set-Cookie: a=1\r\n");
        for (int i = 0; i < 12; i++) {
                assert_string_equal(ask(ground, "site.fr", "/", NULL), "");
                (void)ask(ground, "site.fr", "/", &ground->cookies);
        }
        assert_string_equal(ground->sent, "a=1");
        assert_string_equal(ask(ground, "site.fr", "/", &other), "");
        assert_string_equal(ask(ground, "site.fr", "/", NULL), "");
}

static void test_a_flood_of_cookies_is_bounded(void **state) {
        Ground *ground = *state;
        mon_auto_free char *wide = mon_new_array(char, 4001);

        for (int page = 0; page < 8; page++) {
                mon_auto_buf Buf many = BUF_INIT(65536);
                for (int i = 0; i < 40; i++)
                        assert_int_equal(buf_printf(&many, "Set-Cookie: c%d-%d=1\r\n", page, i), 0);
                set(ground, "/", many.data);
                (void)ask(ground, "site.fr", "/", &ground->cookies);
                assert_true(ground->cookies.lines.n <= COOKIES_MAX);
        }
        assert_int_equal(ground->cookies.lines.n, COOKIES_MAX);
        cookies_fini(&ground->cookies);
        memset(wide, 'x', 4000);
        wide[4000] = '\0';
        for (int i = 0; i < 12; i++) {
                mon_auto_free char *one = mon_printf("Set-Cookie: w%d=%s\r\n", i, wide);
                set(ground, "/", one);
                (void)ask(ground, "site.fr", "/", &ground->cookies);
                assert_true(ground->cookies.bytes <= COOKIES_BYTES_MAX);
        }
        assert_true(ground->cookies.bytes > COOKIES_BYTES_MAX - 4100);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_a_cookie_comes_back, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_cookie_goes_to_no_other_site, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_secure_cookie_stays_on_tls, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_cookie_outlives_its_look, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_flood_of_cookies_is_bounded, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
