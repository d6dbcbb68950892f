/* Addresses of the web: what is taken, what it becomes, and what is the same site. */
#include "daemon/net/url.h"

#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

typedef struct ParseRow {
        const char *text;
        int result;
        const char *normal, *host;
        int port;
        const char *path;
} ParseRow;

static const ParseRow parse_rows[] = {
        {"https://www.ameli.fr", 0, "https://www.ameli.fr/", "www.ameli.fr", 443, "/"},
        {"HTTP://WWW.Ameli.FR:8080/a?b=c#d", 0, "http://WWW.Ameli.FR:8080/a?b=c", "www.ameli.fr", 8080, "/a?b=c"},
        {"http://example.org./x", 0, "http://example.org/x", "example.org", 80, "/x"},
        {"http://[::1]:81/", 0, "http://[::1]:81/", "::1", 81, "/"},
        {"http://127.1/", 0, "http://127.0.0.1/", "127.0.0.1", 80, "/"},
        {"https://bücher.example/é", 0, "https://xn--bcher-kva.example/%c3%a9", "xn--bcher-kva.example", 443,
         "/%c3%a9"},
        {"https://a.example/b c", 0, "https://a.example/b%20c", "a.example", 443, "/b%20c"},
        {"ftp://example.org/", URL_E_SCHEME, NULL, "example.org", 21, NULL},
        {"javascript:alert(1)", URL_E_FORM, NULL, NULL, 0, NULL},
        {"www.ameli.fr", URL_E_FORM, NULL, NULL, 0, NULL},
        {"", URL_E_FORM, NULL, NULL, 0, NULL},
        {"http://", URL_E_FORM, NULL, NULL, 0, NULL},
        {"http://a b/", URL_E_FORM, NULL, NULL, 0, NULL},
        {"http://a/\r\nX: y", URL_E_FORM, NULL, NULL, 0, NULL},
        {"http://a:99999/", URL_E_FORM, NULL, NULL, 0, NULL},
};

static void test_parse(void **state) {
        (void)state;
        for (size_t i = 0; i < mon_count_of(parse_rows); i++) {
                const ParseRow *row = &parse_rows[i];
                url_auto Url url = {0};
                int r = url_parse(row->text, &url);
                if (r != row->result)
                        fail_msg("%s: %d", row->text, r);
                if (row->normal && !text_is(url.text, row->normal))
                        fail_msg("%s: %s", row->text, url.text);
                if (row->host && !text_is(url.host, row->host))
                        fail_msg("%s: %s", row->text, url.host);
                if (row->result == 0) {
                        assert_int_equal(url.port, row->port);
                        if (!text_is(url.path, row->path))
                                fail_msg("%s: %s", row->text, url.path);
                }
        }
}

static void test_the_bound(void **state) {
        (void)state;
        char text[URL_MAX + 2];
        url_auto Url url = {0};

        memset(text, 'a', sizeof text);
        memcpy(text, "http://e.fr/", 12);
        text[URL_MAX + 1] = '\0';
        assert_int_equal(url_parse(text, &url), URL_E_FORM);
        text[URL_MAX] = '\0';
        assert_int_equal(url_parse(text, &url), 0);
}

static void test_credentials_are_taken_out(void **state) {
        (void)state;
        url_auto Url url = {0};

        assert_int_equal(url_parse("https://user:secret@example.org/x", &url), 0);
        assert_true(url.has_credentials);
        assert_string_equal(url.text, "https://example.org/x");
        mon_auto_free char *mistake = url_check("https://user@example.org/");
        assert_non_null(mistake);
        mon_auto_free char *scheme = url_check("file:///etc/passwd");
        assert_non_null(scheme);
        mon_auto_free char *form = url_check("/relative");
        assert_non_null(form);
        assert_null(url_check("https://example.org/"));
}

static void test_join(void **state) {
        static const struct {
                const char *base, *reference, *joined;
        } rows[] = {
                {"https://a.fr/x/y?z", "w", "https://a.fr/x/w"},
                {"https://a.fr/x/y?z", "/w#f", "https://a.fr/w"},
                {"https://a.fr/x/y", "../../../w", "https://a.fr/w"},
                {"https://a.fr/x", "//b.fr/c", "https://b.fr/c"},
                {"https://a.fr/x?q=1", "?q=2", "https://a.fr/x?q=2"},
                {"https://a.fr/x", "http://b.fr", "http://b.fr/"},
                {"https://a.fr/x", "/é à", "https://a.fr/%c3%a9%20%c3%a0"},
                {"https://a.fr/x", "ftp://b.fr/", "ftp://b.fr/"},
                {"https://a.fr/x/y?z", "#f", "https://a.fr/x/y?z"}, /* RFC 3986, 5.2.2: the document itself */
                {"https://a.fr/x/y?z", "", "https://a.fr/x/y?z"},
                {"https://a.fr/x/y?z#g", "", "https://a.fr/x/y?z"},
                {"https://a.fr", "", "https://a.fr/"},
                {"nothing", "", NULL},
                {"https://a.fr/x", "a\nb", NULL},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *joined = NULL;
                int r = url_join(rows[i].base, rows[i].reference, &joined);
                assert_int_equal(r, rows[i].joined ? 0 : URL_E_FORM);
                if (!text_is(joined, rows[i].joined))
                        fail_msg("%s: %s", rows[i].reference, joined);
        }
}

static void test_same_site(void **state) {
        static const struct {
                const char *a, *b;
                bool site, origin;
        } rows[] = {
                {"https://www.ameli.fr/", "https://assure.ameli.fr/x", true, false},
                {"https://www.ameli.fr/", "http://www.ameli.fr:8080/", true, false},
                {"https://www.ameli.fr/a", "https://WWW.ameli.fr:443/b", true, true},
                {"https://a.gouv.fr/", "https://b.gouv.fr/", false, false}, /* gouv.fr is a public suffix */
                {"https://ameli.fr/", "https://ameli.org/", false, false},
                {"https://ameli.fr.evil.org/", "https://ameli.fr/", false, false},
                {"https://x.github.io/", "https://y.github.io/", false, false},
                {"http://127.0.0.1:1/", "http://127.0.0.1:2/", true, false},
                {"http://127.0.0.1/", "http://127.0.0.2/", false, false},
                {"http://localhost/", "http://localhost:80/", true, true},
                {"http://one/", "http://two/", false, false},
                {"http://a.site.test/", "http://b.site.test/", true, false},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                url_auto Url a = {0}, b = {0};
                assert_int_equal(url_parse(rows[i].a, &a), 0);
                assert_int_equal(url_parse(rows[i].b, &b), 0);
                if (url_is_same_site(&a, &b) != rows[i].site || url_is_same_origin(&a, &b) != rows[i].origin)
                        fail_msg("%s and %s", rows[i].a, rows[i].b);
        }
}

static void test_this_machine(void **state) {
        static const char *const local[] = {"localhost", "LocalHost.", "a.localhost", "127.0.0.1",       "127.9.9.9",
                                            "::1",       "0.0.0.0",    "::",          "::ffff:127.0.0.1"};
        static const char *const remote[] = {"localhost.example.org", "192.0.2.1", "2001:db8::1", "www.ameli.fr", ""};

        (void)state;
        for (size_t i = 0; i < mon_count_of(local); i++)
                assert_true(net_host_is_local(local[i]));
        for (size_t i = 0; i < mon_count_of(remote); i++)
                assert_false(net_host_is_local(remote[i]));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse),     cmocka_unit_test(test_the_bound),
                cmocka_unit_test(test_join),      cmocka_unit_test(test_credentials_are_taken_out),
                cmocka_unit_test(test_same_site), cmocka_unit_test(test_this_machine),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
