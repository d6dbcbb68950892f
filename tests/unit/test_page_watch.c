/* The watched part of a page: what is read of it, what is noise, and its bounds. */
#include "config/lexicon.h"
#include "daemon/base/text.h"
#include "daemon/core/content.h"
#include "probes/page/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void count_mistake(void *userdata, int line, int column, const char *text) {
        (void)line;
        (void)column;
        (void)text;
        ++*(int *)userdata;
}

static PageWatch *watch_of(const char *const *xpaths, const char *const *ignore, int *mistakes) {
        TextList watched = {0}, noise = {0};

        for (; *xpaths; xpaths++)
                text_list_add(&watched, *xpaths, 1, 1);
        for (; *ignore; ignore++)
                text_list_add(&noise, *ignore, 1, 1);
        *mistakes = 0;
        PageWatch *watch = page_watch_new(&watched, &noise, count_mistake, mistakes);
        text_list_fini(&watched);
        text_list_fini(&noise);
        return watch;
}

static Content read(const char *html, const char *const *xpaths, const char *const *ignore) {
        int mistakes;
        Content content = {0};
        mon_cleanup(page_watch_free_p) PageWatch *watch = watch_of(xpaths, ignore, &mistakes);
        mon_cleanup(tree_free_p) Tree *tree = tree_new(html, strlen(html));

        assert_int_equal(mistakes, 0);
        page_watch_read(watch, tree, &content);
        return content;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void test_what_is_read(void **state) {
        static const struct {
                const char *html, *xpaths[3], *ignore[3], *text, *missing;
        } cases[] = {
                {"<p>a</p><main>b <b>c</b><p>d</p></main><p>e</p>", {"//main"}, {NULL}, "b c\nd", NULL},
                /* Each part once, in the page's order, however often and in whatever order it is selected. */
                {"<p id=x>a</p><div><p>b</p></div>", {"//div", "//p"}, {NULL}, "a\nb", NULL},
                {"<div><div><p>b</p></div></div>", {"//*"}, {NULL}, "b", NULL},
                {"<p>a</p>", {"/"}, {NULL}, "a", NULL},
                {"<p>a<b>x</b>c</p>", {"//p/text()"}, {NULL}, "ac", NULL},
                /* Hidden by itself, by what it stands in, by the page's style. */
                {"<main><p hidden>a</p><p>b</p></main>", {"//main"}, {NULL}, "b", NULL},
                {"<div style='display:none'><main>a</main></div>", {"//main"}, {NULL}, "", NULL},
                {"<head><style>.h{display:none}</style></head><main><p class=h>a</p>b</main>",
                 {"//main"},
                 {NULL},
                 "b",
                 NULL},
                {"<main><script>x</script><!-- y --><template>z</template>b</main>", {"//main"}, {NULL}, "b", NULL},
                /* Nothing there is another fact than nothing to be seen there. */
                {"<p>a</p>", {"//main"}, {NULL}, "", "//main"},
                {"<p>a</p>", {"//main", "//p"}, {NULL}, "a", "//main"},
                {"<p>a</p>", {"//main", "//nav"}, {NULL}, "", "//main, //nav"},
                {"<p class=x>a</p>", {"//p/@class"}, {NULL}, "", "//p/@class"},
                {"<main></main>", {"//main"}, {NULL}, "", NULL},
                /* Noise goes without a trace. */
                {"<p>Vu 12 fois</p><p>7</p>", {"//p"}, {"\\d+"}, "Vu fois", NULL},
                {"<p>le 3 mars 2026</p>", {"//p"}, {"\\d+", "[a-z]+ars"}, "le", NULL},
                {"<p>abc</p>", {"//p"}, {"x*"}, "abc", NULL},
                {"<p>aXb</p><p>Xc</p>", {"//p"}, {"^X"}, "aXb\nc", NULL},
                {"<p>abc</p>", {"//p"}, {"(?=b)"}, "abc", NULL},
                {"<p>été</p>", {"//p"}, {"\\w"}, "", NULL},
                /* Entities, controls and other scripts come out clean. */
                {"<p>&eacute;t&eacute; &lt;b&gt; &#x202e;x&#27;</p>", {"//p"}, {NULL}, "été <b> x", NULL},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                Content content = read(cases[i].html, cases[i].xpaths, cases[i].ignore);
                assert_non_null(content.text);
                assert_true(text_is_utf8(content.text, strlen(content.text)));
                if (!text_is(content.text, cases[i].text))
                        print_message("case %zu\n", i);
                assert_string_equal(content.text, cases[i].text);
                assert_true(text_is(content.missing, cases[i].missing));
                content_fini(&content);
        }
}

static void test_mistakes(void **state) {
        static const struct {
                const char *xpath, *ignore;
                int mistakes;
        } cases[] = {
                {"//main", "a+", 0},     {"//main[", NULL, 1}, {"string(//main)", NULL, 1},
                {"count(//p)", NULL, 1}, {"//main", "(", 1},   {"//p | //main", NULL, 0},
                {NULL, "a", 1},
        };
        int mistakes;

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                page_watch_free(watch_of((const char *const[]){cases[i].xpath, NULL},
                                         (const char *const[]){cases[i].ignore, NULL}, &mistakes));
                assert_int_equal(mistakes, cases[i].mistakes);
        }
        assert_null(page_watch_new(NULL, NULL, count_mistake, &mistakes));
}

static uint64_t rules_of(const char *const *xpaths, const char *const *ignore) {
        int mistakes;
        mon_cleanup(page_watch_free_p) PageWatch *watch = watch_of(xpaths, ignore, &mistakes);
        return page_watch_rules(watch);
}

static void test_rules(void **state) {
        uint64_t plain = rules_of(LIST("//main"), LIST());

        (void)state;
        assert_true(plain == rules_of(LIST("//main"), LIST()));
        assert_true(plain != rules_of(LIST("//main "), LIST()));
        assert_true(plain != rules_of(LIST("//main", "//p"), LIST()));
        assert_true(plain != rules_of(LIST("//main"), LIST("a")));
        assert_true(rules_of(LIST("//main", "a"), LIST("b")) != rules_of(LIST("//main"), LIST("a", "b")));
}

/* --- bounds ------------------------------------------------------------------------------------------------------ */

static char *page_of(size_t n, const char *word) {
        mon_auto_buf Buf html = BUF_INIT(n + 64);

        assert_int_equal(buf_append_text(&html, "<main>"), 0);
        while (html.len + strlen(word) < n)
                assert_int_equal(buf_append_text(&html, word), 0);
        return buf_steal(&html);
}

static void test_text_max(void **state) {
        mon_auto_free char *html = page_of(CONTENT_TEXT_MAX + 1000, "é ");
        Content content = read(html, LIST("//main"), LIST());

        (void)state;
        assert_non_null(content.text);
        assert_in_range(strlen(content.text), CONTENT_TEXT_MAX - 4, CONTENT_TEXT_MAX);
        assert_true(text_is_utf8(content.text, strlen(content.text)));
        content_fini(&content);
}

static void test_missing_max(void **state) {
        mon_auto_free char *name = mon_calloc(CONTENT_MISSING_MAX * 3, 1);
        char *one;

        (void)state;
        memset(name, 'a', CONTENT_MISSING_MAX * 3 - 1);
        assert_true(asprintf(&one, "//x%.*s", CONTENT_MISSING_MAX - 10, name) > 0);
        Content content = read("<p>a", LIST("//aside", one, one), LIST());
        assert_in_range(strlen(content.missing), CONTENT_MISSING_MAX - 3, CONTENT_MISSING_MAX);
        content_fini(&content);
        content = read("<p>a", LIST(name), LIST());
        assert_string_equal(content.missing, "…");
        content_fini(&content);
        free(one);
}

/* What would cost too much is not read, so it is compared with nothing. */
static void test_cost(void **state) {
        mon_auto_free char *html = page_of(100000, "aaaaaaaa ");
        Content content = read(html, LIST("//main"), LIST("(a+)+[bc]"));

        (void)state;
        assert_null(content.text);
        assert_true(content.is_unread);
        mon_auto_free char *many = page_of(20000, "<p>a</p>");
        content = read(many, LIST("//p[count(//p) > 0]"), LIST());
        assert_null(content.text);
        assert_true(content.is_unread);
}

/* --- from looks to versions -------------------------------------------------------------------------------------- */

static Content content_of(const char *text, const char *missing, uint64_t rules) {
        Content content = {.text = mon_strdup(text), .missing = mon_strdup(missing), .rules = rules};

        if (text)
                content_digest(&content);
        return content;
}

static void test_steps(void **state) {
        static const struct {
                const char *last, *last_missing, *seen, *seen_missing;
                uint64_t last_rules, rules;
                ContentStep step;
        } cases[] = {
                {NULL, NULL, "a", NULL, 0, 1, CONTENT_FIRST},    {"a b", NULL, "a b", NULL, 1, 1, CONTENT_SAME},
                {"a b", NULL, "a\nb", NULL, 1, 1, CONTENT_SAME}, {"a b", NULL, "ab", NULL, 1, 1, CONTENT_CHANGED},
                {"a", NULL, "b", NULL, 1, 2, CONTENT_RULES},     {"a", NULL, "a", NULL, 1, 2, CONTENT_RULES},
                {"", NULL, "", "//main", 1, 1, CONTENT_CHANGED}, {"a", NULL, "", NULL, 1, 1, CONTENT_CHANGED},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                Content last = content_of(cases[i].last, cases[i].last_missing, cases[i].last_rules);
                Content seen = content_of(cases[i].seen, cases[i].seen_missing, cases[i].rules);
                assert_int_equal(content_step(&last, &seen), cases[i].step);
                content_fini(&last);
                content_fini(&seen);
        }
}

static void test_what_counts(void **state) {
        static const struct {
                Verdict verdict;
                Cause cause;
                bool counts;
        } cases[] = {
                {VERDICT_UP, CAUSE_OK, true},
                {VERDICT_DEGRADED, CAUSE_SLOW, true},
                {VERDICT_MAINTENANCE, CAUSE_BANNER, false},
                {VERDICT_DOWN, CAUSE_HTTP_5XX, false},
                {VERDICT_UNREADABLE, CAUSE_TRUNCATED, false},
                {VERDICT_UNKNOWN, CAUSE_LOCAL_NETWORK, false},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(observation_free_p) Observation *seen = observation_new(0, 0);
                observation_judge(seen, cases[i].verdict, cases[i].cause, NULL);
                assert_false(content_counts(seen));
                seen->content = content_of("a", NULL, 1);
                assert_int_equal(content_counts(seen), cases[i].counts);
        }
}

/* --- with the rest of the page ----------------------------------------------------------------------------------- */

/* The same bytes are not read again, and rules of another target are not mixed up with them. */
static void test_judged_and_cached(void **state) {
        const char *html = "<title>T</title><main>Une page qui se lit et qui va bien.</main><p>Pied</p>";
        int mistakes = 0;
        TextList main_list = {0}, p_list = {0};
        mon_cleanup(page_reader_free_p) PageReader *reader = page_reader_new(lexicon_new_shipped(), 1);

        (void)state;
        text_list_add(&main_list, "//main", 1, 1);
        text_list_add(&p_list, "//p", 1, 1);
        mon_cleanup(page_expect_free_p) PageExpect *main_part =
                page_expect_new(&(PageExpectTexts){.watch = &main_list}, count_mistake, &mistakes);
        mon_cleanup(page_expect_free_p) PageExpect *p_part =
                page_expect_new(&(PageExpectTexts){.watch = &p_list}, count_mistake, &mistakes);
        assert_true(page_expect_needs_body(main_part));
        for (int round = 0; round < 4; round++) {
                mon_auto_judgement Judgement judgement = {0};
                const PageAnswer answer = {.http_status = 200,
                                           .body = html,
                                           .body_len = strlen(html),
                                           .body_state = round == 3 ? PAGE_BODY_TRUNCATED : PAGE_BODY_WHOLE};
                page_judge(reader, round == 1 ? p_part : main_part, &answer, &judgement);
                if (round == 3)
                        assert_null(judgement.content.text);
                else
                        assert_string_equal(judgement.content.text,
                                            round == 1 ? "Pied" : "Une page qui se lit et qui va bien.");
        }
        text_list_fini(&main_list);
        text_list_fini(&p_list);
        assert_int_equal(mistakes, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_read),
                cmocka_unit_test(test_mistakes),
                cmocka_unit_test(test_rules),
                cmocka_unit_test(test_text_max),
                cmocka_unit_test(test_missing_max),
                cmocka_unit_test(test_cost),
                cmocka_unit_test(test_steps),
                cmocka_unit_test(test_what_counts),
                cmocka_unit_test(test_judged_and_cached),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
