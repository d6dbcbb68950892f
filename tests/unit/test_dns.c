/* The dns probe: each answer of a name server, expected or not, has its verdict. */
#include "daemon/base/text.h"
#include "daemon/net/dns_query.h"
#include "tests/lib/one_look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static int setup(void **state) {
        OneLook *look = mon_new(OneLook);

        one_look_init(look);
        name_server_set(look->world.names, "a.test", NAME_ADDRESSES, "192.0.2.1 192.0.2.2 2001:db8::1");
        name_server_set(look->world.names, "alias.test", NAME_ADDRESSES, "=WWW.a.test");
        name_server_set(look->world.names, "empty.test", NAME_ADDRESSES, "");
        name_server_set(look->world.names, "broken.test", NAME_SERVFAIL, NULL);
        name_server_set(look->world.names, "refused.test", NAME_REFUSED, NULL);
        name_server_set(look->world.names, "silent.test", NAME_SILENT, NULL);
        name_server_set(look->world.names, "garbage.test", NAME_GARBAGE, NULL);
        *state = look;
        return 0;
}

static int teardown(void **state) {
        one_look_fini(*state);
        free(*state);
        return 0;
}

typedef struct Row {
        const char *block;
        Verdict verdict;
        Cause cause;
} Row;

static void each_answer_has_its_verdict(void **state) {
        static const Row rows[] = {
                {"dns: {name: a.test}", VERDICT_UP, CAUSE_OK},
                {"dns: {name: a.test, type: A, expect: [192.0.2.2, 192.0.2.1]}", VERDICT_UP, CAUSE_OK},
                {"dns: {name: a.test, expect: [192.0.2.1, 192.0.2.2, 192.0.2.3]}", VERDICT_UP, CAUSE_OK},
                {"dns: {name: a.test, expect: 192.0.2.1}", VERDICT_DOWN, CAUSE_WRONG_ANSWER},
                {"dns: {name: a.test, expect: nxdomain}", VERDICT_DOWN, CAUSE_WRONG_ANSWER},
                {"dns: {name: a.test, type: AAAA, expect: '2001:DB8:0::1'}", VERDICT_UP, CAUSE_OK},
                {"dns: {name: a.test, type: AAAA, expect: '2001:db8::2'}", VERDICT_DOWN, CAUSE_WRONG_ANSWER},
                {"dns: {name: a.test, type: CNAME}", VERDICT_DOWN, CAUSE_WRONG_ANSWER},
                {"dns: {name: alias.test, type: CNAME}", VERDICT_UP, CAUSE_OK},
                {"dns: {name: alias.test, type: CNAME, expect: www.A.test.}", VERDICT_UP, CAUSE_OK},
                {"dns: {name: alias.test, type: CNAME, expect: www.b.test}", VERDICT_DOWN, CAUSE_WRONG_ANSWER},
                {"dns: {name: empty.test}", VERDICT_DOWN, CAUSE_WRONG_ANSWER},
                {"dns: {name: none.test}", VERDICT_DOWN, CAUSE_DNS},
                {"dns: {name: none.test, expect: nxdomain}", VERDICT_UP, CAUSE_OK},
                {"dns: {name: broken.test}", VERDICT_DOWN, CAUSE_DNS},
                {"dns: {name: broken.test, expect: nxdomain}", VERDICT_DOWN, CAUSE_DNS},
                {"dns: {name: refused.test}", VERDICT_DOWN, CAUSE_DNS},
                {"dns: {name: garbage.test}, timeout: 3s", VERDICT_DOWN, CAUSE_TIMEOUT},
                {"dns: {name: silent.test}", VERDICT_DOWN, CAUSE_TIMEOUT},
                {"dns: {name: silent.test}, timeout: 2s", VERDICT_DOWN, CAUSE_TIMEOUT},
                {"dns: {name: silent.test, expect: nxdomain}", VERDICT_DOWN, CAUSE_TIMEOUT},
        };
        OneLook *look = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++)
                one_look_expect(look, rows[i].block, rows[i].verdict, rows[i].cause);
        assert_true(look->seen->duration <= look->seen->dns);
}

static void a_given_server_is_asked_and_no_other(void **state) {
        OneLook *look = *state;
        mon_cleanup(name_server_free_p) NameServer *other = NULL;

        assert_int_equal(name_server_new(look->world.loop, &other), 0);
        name_server_set(other, "a.test", NAME_ADDRESSES, "198.51.100.7");
        unsigned before = name_server_questions(look->world.names);
        mon_auto_free char *block =
                mon_printf("dns: {name: a.test, server: '%s', expect: 198.51.100.7}", name_server_place(other));
        one_look_expect(look, block, VERDICT_UP, CAUSE_OK);
        assert_int_equal(name_server_questions(look->world.names), before);
        assert_int_equal(name_server_questions(other), 1);
        assert_string_equal(((Target *)look->config->targets.items[0])->host, "127.0.0.1");
}

static void many_records_are_bounded(void **state) {
        OneLook *look = *state;
        mon_auto_buf Buf list = BUF_INIT(4096);

        for (int i = 0; i < DNS_QUERY_RECORDS_MAX + 4; i++)
                assert_int_equal(buf_printf(&list, "192.0.2.%d ", i), 0);
        name_server_set(look->world.names, "many.test", NAME_ADDRESSES, buf_text(&list));
        const Observation *seen = one_look_at(look, "dns: {name: many.test, expect: 192.0.2.0}");
        assert_int_equal(seen->verdict, VERDICT_DOWN);
        assert_int_equal(seen->n_assertions, DNS_QUERY_RECORDS_MAX);
        assert_true(seen->assertions[0].held);
        assert_string_equal(seen->detail, "192.0.2.1 is answered, which is not expected");
}

static void mistakes_say_where(void **state) {
        static const char *const rows[][2] = {
                {"dns: {name: 192.0.2.1}", "this is an address: 'name' takes a name"},
                {"dns: {name: 'https://a.test/'}", "'name' takes a name alone"},
                {"dns: {name: a.test, server: dns.test}", "'server' takes an address"},
                {"dns: {name: a.test, server: '192.0.2.1:0'}", "'server' takes an address"},
                {"dns: {name: a.test, server: '[2001:db8::1]x'}", "'server' takes an address"},
                {"dns: {name: a.test, expect: '2001:db8::1'}", "an A record holds an IPv4 address"},
                {"dns: {name: a.test, type: AAAA, expect: 192.0.2.1}", "an AAAA record holds an IPv6 address"},
                {"dns: {name: a.test, type: CNAME, expect: 192.0.2.1}", "a CNAME record holds a name"},
                {"dns: {name: a.test, expect: [nxdomain, 192.0.2.1]}", "'nxdomain' stands alone"},
                {"dns: {name: a.test, type: MX}", "A, AAAA"},
                {"dns: {}", "'name'"},
        };
        OneLook *look = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *told = one_look_load(look, rows[i][0]);
                if (!strstr(told, rows[i][1]) || !text_starts(told, "mond.yaml:4:"))
                        fail_msg("%s: %s", rows[i][0], told);
        }
        static const char *const sound[] = {"'2001:db8::1'", "'[2001:db8::1]:53'", "'[2001:db8::1]'", "192.0.2.1"};
        for (size_t i = 0; i < mon_count_of(sound); i++) {
                mon_auto_free char *block = mon_printf("dns: {name: a.test, server: %s}", sound[i]);
                mon_auto_free char *told = one_look_load(look, block);
                assert_string_equal(told, "");
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(each_answer_has_its_verdict, setup, teardown),
                cmocka_unit_test_setup_teardown(a_given_server_is_asked_and_no_other, setup, teardown),
                cmocka_unit_test_setup_teardown(many_records_are_bounded, setup, teardown),
                cmocka_unit_test_setup_teardown(mistakes_say_where, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
