/* Names: each answer of a name server has its result, and a silent one blocks nothing. */
#include "tests/lib/world.h"

#include "daemon/base/text.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* As long as one is written; the room is for the longest that could be read (RFC 4291, section 2.2). */
#define LONG_ADDRESS "2001:db8:1111:2222:3333:4444:5555:6666"
static_assert(sizeof "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255" == ADDRESS_TEXT_MAX, "an address fits");

typedef struct Outcome {
        bool done;
        Resolved resolved;
} Outcome;

static void on_done(const Resolved *resolved, void *userdata) {
        Outcome *outcome = userdata;

        assert_false(outcome->done);
        *outcome = (Outcome){.done = true, .resolved = *resolved};
}

static void ask(World *world, const char *name, IpFamily family, Outcome *outcome) {
        Resolution *under_way = NULL;

        *outcome = (Outcome){0};
        assert_int_equal(resolver_ask(world->resolver, name, family, on_done, outcome, &under_way), 0);
        assert_false(outcome->done);
        assert_int_equal(loop_settle(world->loop), 0);
        if (!outcome->done)
                resolution_cancel(under_way);
}

static int setup(void **state) {
        World *world = mon_new(World);

        world_init(world);
        *state = world;
        return 0;
}

static int teardown(void **state) {
        world_fini(*state);
        free(*state);
        return 0;
}

typedef struct Row {
        const char *name;
        NameAnswer answer;
        const char *addresses;
        IpFamily family;
        int result;
        const char *first;
        size_t n;
} Row;

static const Row rows[] = {
        {"a.test", NAME_ADDRESSES, "192.0.2.1 192.0.2.2", IP_ANY, 0, NULL, 2},
        {"a.test", NAME_ADDRESSES, "192.0.2.1 2001:db8::1", IP_4, 0, "192.0.2.1", 1},
        {"a.test", NAME_ADDRESSES, "192.0.2.1 2001:db8::1", IP_6, 0, "2001:db8::1", 1},
        {"a.test", NAME_ADDRESSES, LONG_ADDRESS, IP_6, 0, LONG_ADDRESS, 1},
        {"a.test", NAME_ADDRESSES, "192.0.2.1", IP_6, RESOLVE_E_NO_ADDRESS, NULL, 0},
        {"a.test", NAME_ADDRESSES, NULL, IP_ANY, RESOLVE_E_NO_ADDRESS, NULL, 0},
        {"a.test", NAME_NXDOMAIN, NULL, IP_ANY, RESOLVE_E_NO_NAME, NULL, 0},
        {"a.test", NAME_SERVFAIL, NULL, IP_4, RESOLVE_E_REFUSED, NULL, 0},
        {"a.test", NAME_REFUSED, NULL, IP_4, RESOLVE_E_REFUSED, NULL, 0},
        {"a.test", NAME_LOOP, NULL, IP_4, RESOLVE_E_NO_ADDRESS, NULL, 0},
        {"127.0.0.1", NAME_SILENT, NULL, IP_ANY, 0, "127.0.0.1", 1},
        {"127.0.0.1", NAME_SILENT, NULL, IP_6, RESOLVE_E_NO_ADDRESS, NULL, 0},
        {"::1", NAME_SILENT, NULL, IP_6, 0, "::1", 1},
        {"localhost", NAME_SILENT, NULL, IP_ANY, 0, "127.0.0.1", 2},
        {"localhost", NAME_SILENT, NULL, IP_6, 0, "::1", 1},
        {"x.localhost", NAME_SILENT, NULL, IP_4, 0, "127.0.0.1", 1},
        {"", NAME_SILENT, NULL, IP_ANY, RESOLVE_E_FORM, NULL, 0},
        {"a..test", NAME_SILENT, NULL, IP_ANY, RESOLVE_E_FORM, NULL, 0},
};

static void test_each_answer_has_its_result(void **state) {
        World *world = *state;
        Outcome outcome;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                name_server_set(world->names, "*", rows[i].answer, rows[i].addresses);
                ask(world, rows[i].name, rows[i].family, &outcome);
                if (!outcome.done || outcome.resolved.result != rows[i].result)
                        fail_msg("row %zu, %s: %s", i, rows[i].name,
                                 outcome.done ? resolve_text(outcome.resolved.result) : "not done");
                assert_int_equal(outcome.resolved.n, rows[i].n);
                if (rows[i].first)
                        assert_string_equal(outcome.resolved.addresses[0].text, rows[i].first);
        }
}

static void test_nothing_is_remembered(void **state) {
        World *world = *state;
        Outcome outcome;

        name_server_set(world->names, "a.test", NAME_ADDRESSES, "192.0.2.1");
        ask(world, "a.test", IP_4, &outcome);
        assert_string_equal(outcome.resolved.addresses[0].text, "192.0.2.1");
        name_server_set(world->names, "a.test", NAME_ADDRESSES, "192.0.2.2");
        ask(world, "a.test", IP_4, &outcome);
        assert_string_equal(outcome.resolved.addresses[0].text, "192.0.2.2");
        assert_int_equal(name_server_questions(world->names), 2);
}

static void test_the_bounds(void **state) {
        World *world = *state;
        Outcome outcome;
        char name[RESOLVE_NAME_MAX + 2];
        mon_auto_buf Buf many = BUF_INIT(10000);

        for (int i = 0; i < RESOLVE_ADDRESSES_MAX + 1; i++)
                assert_int_equal(buf_printf(&many, "192.0.2.%d ", i + 1), 0);
        name_server_set(world->names, "a.test", NAME_ADDRESSES, buf_text(&many));
        ask(world, "a.test", IP_4, &outcome);
        assert_int_equal(outcome.resolved.n, RESOLVE_ADDRESSES_MAX);
        for (size_t i = 0; i < sizeof name; i++)
                name[i] = i % 50 == 49 ? '.' : 'a';
        name[RESOLVE_NAME_MAX + 1] = '\0';
        ask(world, name, IP_4, &outcome);
        assert_int_equal(outcome.resolved.result, RESOLVE_E_FORM);
        name[RESOLVE_NAME_MAX] = '\0';
        ask(world, name, IP_4, &outcome);
        assert_int_equal(outcome.resolved.result, RESOLVE_E_NO_NAME);
}

static void test_a_silent_server_can_be_left(void **state) {
        static const NameAnswer answers[] = {NAME_SILENT, NAME_GARBAGE};
        World *world = *state;
        Outcome outcome = {0};
        Resolution *under_way = NULL;

        for (size_t i = 0; i < mon_count_of(answers); i++) {
                name_server_set(world->names, "a.test", answers[i], NULL);
                assert_int_equal(resolver_ask(world->resolver, "a.test", IP_ANY, on_done, &outcome, &under_way), 0);
                world_run_until(world, &outcome.done, 10 * NSEC_PER_SEC);
                assert_false(outcome.done);
                resolution_cancel(under_way);
                world_run_until(world, &outcome.done, 10 * NSEC_PER_SEC);
                assert_false(outcome.done);
        }
        assert_true(name_server_questions(world->names) >= 2);
}

/* More servers than anybody has, all dead but the last. */
static void test_many_servers(void **state) {
        World *world = *state;
        mon_auto_buf Buf places = BUF_INIT(10000);
        Resolver *resolver = NULL;
        Resolution *under_way = NULL;
        Outcome outcome = {0};

        for (int i = 1; i <= 40; i++)
                assert_int_equal(buf_printf(&places, "127.0.0.1:%d,", i), 0);
        assert_int_equal(buf_append_text(&places, name_server_place(world->names)), 0);
        name_server_set(world->names, "a.test", NAME_ADDRESSES, "192.0.2.1");
        assert_int_equal(resolver_new(world->loop, buf_text(&places), &resolver), 0);
        assert_int_equal(resolver_ask(resolver, "a.test", IP_4, on_done, &outcome, &under_way), 0);
        world_run_until(world, &outcome.done, 10 * NSEC_PER_SEC);
        assert_true(outcome.done);
        assert_int_equal(outcome.resolved.result, 0);
        resolver_free(resolver);
}

static void test_nobody_listens(void **state) {
        World *world = *state;
        Resolver *resolver = NULL;
        Resolution *under_way = NULL;
        Outcome outcome = {0};

        assert_int_equal(resolver_new(world->loop, "127.0.0.1:1", &resolver), 0);
        assert_int_equal(resolver_ask(resolver, "a.test", IP_4, on_done, &outcome, &under_way), 0);
        world_run_until(world, &outcome.done, 10 * NSEC_PER_SEC);
        assert_true(outcome.done);
        assert_int_equal(outcome.resolved.result, RESOLVE_E_REFUSED);
        resolver_free(resolver);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_each_answer_has_its_result, setup, teardown),
                cmocka_unit_test_setup_teardown(test_nothing_is_remembered, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_bounds, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_silent_server_can_be_left, setup, teardown),
                cmocka_unit_test_setup_teardown(test_many_servers, setup, teardown),
                cmocka_unit_test_setup_teardown(test_nobody_listens, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
