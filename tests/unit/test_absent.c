/* The page that should not exist: where it is, and when it is asked. */
#include "probes/absent.h"

#include "probes/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define NOW (INT64_C(1767225600) * NSEC_PER_SEC)

static void test_the_address_is_stable_and_odd(void **state) {
        static const struct {
                const char *page, *site;
        } rows[] = {
                {"https://site.test/a/b?c=d#e", "https://site.test/mond-verification-"},
                {"http://127.0.0.1:8080/", "http://127.0.0.1:8080/mond-verification-"},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *first = absent_url(rows[i].page, "a"), *again = absent_url(rows[i].page, "a");
                mon_auto_free char *other = absent_url(rows[i].page, "b");
                assert_int_equal(strncmp(first, rows[i].site, strlen(rows[i].site)), 0);
                assert_int_equal(strspn(first + strlen(rows[i].site), "0123456789abcdef"), 16);
                assert_int_equal(strlen(first), strlen(rows[i].site) + 16);
                assert_string_equal(first, again);
                assert_string_not_equal(first, other);
        }
        assert_null(absent_url("nowhere", "a"));
}

static void test_it_is_asked_once_a_day_of_applications(void **state) {
        HttpSpec spec = {.application = true, .url = (char *)"https://site.test/", .follow_redirects = 10};
        Target target = {.id = (char *)"a", .driver = &probe_http, .spec = &spec, .host = (char *)"site.test"};
        const ProbeDriver another = {.name = "another"};
        (void)state;

        assert_true(absent_is_due(&target, NSEC_UNKNOWN, NOW));
        assert_true(absent_is_due(&target, NOW - ABSENT_EVERY, NOW));
        assert_false(absent_is_due(&target, NOW - ABSENT_EVERY + 1, NOW));
        assert_false(absent_is_due(&target, NOW, NOW));
        assert_true(absent_is_due(&target, NOW + 1, NOW));
        mon_cleanup(absent_free_p) Absent *absent = absent_new(&target);
        const Target *asked = absent_target(absent);
        const HttpSpec *how = asked->spec;
        assert_string_equal(asked->host, "site.test");
        assert_ptr_equal(asked->driver, &probe_http);
        assert_false(how->application);
        assert_int_equal(how->follow_redirects, 0);
        assert_non_null(how->compiled);
        assert_string_equal(spec.url, "https://site.test/");
        spec.application = false;
        assert_false(absent_is_due(&target, NSEC_UNKNOWN, NOW));
        spec.application = true;
        target.driver = &another;
        assert_false(absent_is_due(&target, NSEC_UNKNOWN, NOW));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_address_is_stable_and_odd),
                cmocka_unit_test(test_it_is_asked_once_a_day_of_applications),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
