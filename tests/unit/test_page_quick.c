#include "probes/page/quick.h"
#include "probes/page/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_forms(void **state) {
        (void)state;
        static const char *const plain[] = {"//form",
                                            "//h1",
                                            "//a[@href]",
                                            "//div[@id='app']",
                                            "//div[ @id = \"app\" ]",
                                            "//a[contains(@href,'refus')]",
                                            "//a[contains( @href , \"refus\" )]",
                                            "//*[@role='main']",
                                            "//p[@class='x']",
                                            "//input[@data-id='3']"};
        static const char *const others[] = {"//body",
                                             "//p",
                                             "//*",
                                             "//FORM",
                                             "/html",
                                             "form",
                                             "//form/input",
                                             "//form//input",
                                             "//form[1]",
                                             "//a[@href='']",
                                             "//a[@href='x'][@id]",
                                             "//a[@href and @id]",
                                             "//a/@href",
                                             "count(//a)",
                                             "//a[not(@href)]",
                                             "//svg:a",
                                             "//a[contains(.,'x')]",
                                             "//a[@x=@y]",
                                             "//form ",
                                             "//a-b",
                                             "//form[@id=']",
                                             "//",
                                             ""};

        for (size_t i = 0; i < mon_count_of(plain); i++) {
                mon_cleanup(quick_free_p) Quick *quick = quick_new(plain[i]);
                if (!quick)
                        fail_msg("%s is plain", plain[i]);
        }
        for (size_t i = 0; i < mon_count_of(others); i++) {
                mon_cleanup(quick_free_p) Quick *quick = quick_new(others[i]);
                if (quick)
                        fail_msg("%s is not plain", others[i]);
        }
        char longest[QUICK_TEXT_MAX + 20] = "//a[@b='";
        size_t n = strlen(longest);
        for (; n < QUICK_TEXT_MAX - 3; n++)
                longest[n] = 'x';
        memcpy(longest + n, "']", 3);
        mon_cleanup(quick_free_p) Quick *fits = quick_new(longest);
        assert_non_null(fits);
        memcpy(longest + n, "x']", 4);
        assert_null(quick_new(longest));
}

static void test_answers(void **state) {
        (void)state;
        static const struct {
                const char *xpath, *html;
                QuickAnswer answer;
        } cases[] = {
                {"//form", "<p>a<FORM action=x>", QUICK_YES},
                {"//form", "<p>a</form>", QUICK_NO},
                {"//form", "<!-- <form> --><script>'<form>'</script>", QUICK_NO},
                {"//form", "<textarea><form></textarea>", QUICK_NO},
                {"//form", "<template><form></form></template>", QUICK_YES},
                {"//a[@href]", "<a>x</a><a HREF>y</a>", QUICK_YES},
                {"//a[@href]", "<a>x</a><b href=y>", QUICK_NO},
                {"//div[@id='app']", "<div id=\"ap\"><div id=app>", QUICK_YES},
                {"//div[@id='app']", "<div id=App><div class=app>", QUICK_NO},
                {"//div[@id='app']", "<div id=&#97;pp>", QUICK_UNSURE},
                {"//div[@id='app']", "<div id=&#97;pp><div id='app'>", QUICK_YES},
                {"//*[@role='main']", "<x role=main>", QUICK_YES},
                {"//a[contains(@href,'refus')]", "<a href='/le-refus/'>", QUICK_YES},
                {"//a[contains(@href,'refus')]", "<a href='/r'><a>", QUICK_NO},
                {"//a[@z]", "<a a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3 b4 b5 b6 b7 b8 b9 c1 c2 c3 c4 c5 c6 c7 c8 z=1>",
                 QUICK_UNSURE},
                {"//form", "", QUICK_NO},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(quick_free_p) Quick *quick = quick_new(cases[i].xpath);
                assert_non_null(quick);
                if (quick_ask(quick, cases[i].html, strlen(cases[i].html)) != cases[i].answer)
                        fail_msg("%s in %s", cases[i].xpath, cases[i].html);
        }
}

/* On markup that both read alike, the tokens say what the tree says. */
static void test_like_the_tree(void **state) {
        (void)state;
        static const char *const pieces[] = {"<div id=app>",
                                             "</div>",
                                             "<form action='/x'>",
                                             "</form>",
                                             "text ",
                                             "<a href=/refus>",
                                             "</a>",
                                             "<b class=\"x y\">",
                                             "</b>",
                                             "<input id='app' value=\"1\">",
                                             "<br>",
                                             "<!-- <form> -->",
                                             "<script>'<form>'</script>",
                                             "<ul><li>",
                                             "</ul>",
                                             "<table><tr><td role=main>",
                                             "</table>",
                                             "&amp;",
                                             "<section id=ap>",
                                             "</section>"};
        static const char *const xpaths[] = {"//form",
                                             "//a[@href]",
                                             "//div[@id='app']",
                                             "//*[@id='app']",
                                             "//b[contains(@class,'y')]",
                                             "//td[@role='main']",
                                             "//section[@class]",
                                             "//a[contains(@href,'refus')]",
                                             "//input[@value='1']",
                                             "//select",
                                             "//li"};
        uint64_t seed = 20261123;

        for (int round = 0; round < 2000; round++) {
                mon_auto_buf Buf html = BUF_INIT(4096);
                for (size_t n = seed % 9; n > 0; n--) {
                        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                        assert_int_equal(buf_append_text(&html, pieces[(seed >> 33) % mon_count_of(pieces)]), 0);
                }
                seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                assert_int_equal(buf_append_text(&html, "."), 0);
                mon_cleanup(tree_free_p) Tree *tree = tree_new(buf_text(&html), html.len);
                assert_non_null(tree);
                const char *text = xpaths[(seed >> 33) % mon_count_of(xpaths)];
                char *mistake = NULL;
                mon_cleanup(xpath_free_p) XPath *xpath = xpath_new(text, &mistake);
                mon_cleanup(quick_free_p) Quick *quick = quick_new(text);
                bool holds;
                assert_int_equal(tree_ask(tree, xpath, &holds), 0);
                if (quick_ask(quick, buf_text(&html), html.len) != (holds ? QUICK_YES : QUICK_NO))
                        fail_msg("%s in %s", text, buf_text(&html));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_forms),
                cmocka_unit_test(test_answers),
                cmocka_unit_test(test_like_the_tree),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
