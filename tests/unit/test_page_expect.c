/* What a target expects, what came of it, and the cache that keeps what was read. */
#include "config/lexicon.h"
#include "probes/page/expect.h"
#include "probes/page/features.h"
#include "probes/page/weigh.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define AT_REAL (INT64_C(1780992720) * NSEC_PER_SEC)

typedef struct Lists {
        TextList status, final_url, contains, absent, matches, xpath;
        bool application;
} Lists;

static void lists_fini(Lists *lists) {
        text_list_fini(&lists->status);
        text_list_fini(&lists->final_url);
        text_list_fini(&lists->contains);
        text_list_fini(&lists->absent);
        text_list_fini(&lists->matches);
        text_list_fini(&lists->xpath);
}

typedef struct Told {
        int n, line, column;
        char *text;
} Told;

static void tell(void *userdata, int line, int column, const char *text) {
        Told *told = userdata;
        told->n++;
        told->line = line;
        told->column = column;
        mon_replace(&told->text, text);
}

static PageExpect *expect_of(const Lists *lists, Told *told) {
        const PageExpectTexts texts = {.status = &lists->status,
                                       .final_url = &lists->final_url,
                                       .contains = &lists->contains,
                                       .absent = &lists->absent,
                                       .matches = &lists->matches,
                                       .xpath = &lists->xpath,
                                       .application = lists->application};
        return page_expect_new(&texts, tell, told);
}

static void test_mistakes(void **state) {
        static const struct {
                size_t offset;
                const char *text, *says;
        } cases[] = {
                {offsetof(Lists, status), "2OO", "a status is a number"},
                {offsetof(Lists, status), "299-200", "a status is a number"},
                {offsetof(Lists, status), "99", "a status is a number"},
                {offsetof(Lists, final_url), "www.example.org/*", "an address begins with"},
                {offsetof(Lists, contains), " \xc2\xa0 ", "nothing is left"},
                {offsetof(Lists, matches), "a(b", "bad pattern at character"},
                {offsetof(Lists, matches), "\\C", "bad pattern"},
                {offsetof(Lists, xpath), "//form[", "bad XPath"},
                {offsetof(Lists, xpath), "//x:form", "bad XPath"},
                {offsetof(Lists, xpath), "nothing-of-the-kind()", "bad XPath"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(lists_fini) Lists lists = {0};
                Told told = {0};
                text_list_add((TextList *)((char *)&lists + cases[i].offset), cases[i].text, 7, 9);
                PageExpect *expect = expect_of(&lists, &told);
                if (told.n != 1 || !strstr(told.text, cases[i].says) || told.line != 7 || told.column != 9)
                        fail_msg("%s: %d mistakes, %s", cases[i].text, told.n, told.text ? told.text : "");
                free(told.text);
                page_expect_free(expect);
        }
        /* PATTERN_NEST_MAX and PATTERN_MISTAKE_MAX, XPATH_MISTAKE_MAX: deep and long mistakes are told all the same */
        mon_cleanup(lists_fini) Lists lists = {0};
        Told told = {0};
        mon_auto_buf Buf deep = BUF_INIT(4096);
        for (int i = 0; i < 400; i++)
                assert_int_equal(buf_append_text(&deep, "(a"), 0);
        text_list_add(&lists.matches, buf_text(&deep), 1, 1);
        text_list_add(&lists.xpath, buf_text(&deep), 1, 1);
        PageExpect *expect = expect_of(&lists, &told);
        assert_int_equal(told.n, 2);
        free(told.text);
        page_expect_free(expect);
}

static void judge_with(PageReader *reader, const Lists *lists, const PageAnswer *answer, Judgement *ret_judgement) {
        Told told = {0};
        PageExpect *expect = expect_of(lists, &told);

        assert_int_equal(told.n, 0);
        page_judge(reader, expect, answer, ret_judgement);
        page_expect_free(expect);
}

static PageAnswer answer_of(const char *html, int status) {
        return (PageAnswer){.http_status = status,
                            .start_url = "https://example.fr/a",
                            .final_url = "https://example.fr/a",
                            .body = html,
                            .body_len = strlen(html),
                            .at_real = AT_REAL};
}

static const char page[] =
        "<html><head><title>Refuser</title></head><body><main><h1>S&rsquo;OPPOSER à l'espace</h1><form action=x>"
        "<p>Vous pouvez vous opposer à la création de votre espace.</p><input name=a></form></main></body></html>";

static void test_outcomes(void **state) {
        static const struct {
                size_t offset;
                const char *text;
                Verdict verdict;
                Cause cause;
        } cases[] = {
                {offsetof(Lists, contains), "s'opposer  a L’ESPACE", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, contains), "refuser", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, contains), "activer", VERDICT_DOWN, CAUSE_MISSING_TEXT},
                {offsetof(Lists, absent), "activer", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, absent), "création", VERDICT_DOWN, CAUSE_FORBIDDEN_TEXT},
                {offsetof(Lists, matches), "^Vous pouvez .*\\.$", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, matches), "vous pouvez", VERDICT_DOWN, CAUSE_MISSING_TEXT},
                {offsetof(Lists, xpath), "//form", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, xpath), "count(//input) = 1", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, xpath), "//select", VERDICT_DOWN, CAUSE_MISSING_ELEMENT},
                {offsetof(Lists, final_url), "https://example.fr/*", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, final_url), "https://*.example.fr/*", VERDICT_DOWN, CAUSE_WRONG_PAGE},
                {offsetof(Lists, status), "200-204", VERDICT_UP, CAUSE_OK},
                {offsetof(Lists, status), "301", VERDICT_DOWN, CAUSE_UNEXPECTED_STATUS},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(lists_fini) Lists lists = {0};
                mon_auto_judgement Judgement judgement = {0};
                PageAnswer answer = answer_of(page, 200);
                text_list_add((TextList *)((char *)&lists + cases[i].offset), cases[i].text, 1, 1);
                judge_with(*state, &lists, &answer, &judgement);
                if (judgement.verdict != cases[i].verdict || judgement.cause != cases[i].cause)
                        fail_msg("%s: %s/%s", cases[i].text, verdict_name(judgement.verdict),
                                 cause_name(judgement.cause));
                assert_true(judgement.n_assertions >= 1);
        }
}

/* Every assertion is evaluated and kept, also after a bad status; a closed page is closed whatever was expected. */
static void test_all_are_kept(void **state) {
        mon_cleanup(lists_fini) Lists lists = {0};
        mon_auto_judgement Judgement judgement = {0};
        PageAnswer answer = answer_of("<h1>Service en maintenance</h1><p>Revenez bientôt.", 503);
        PageHeader later = {"retry-after", "3600"};

        answer.headers = &later;
        answer.n_headers = 1;
        text_list_add(&lists.contains, "opposer", 1, 1);
        text_list_add(&lists.absent, "erreur", 1, 1);
        text_list_add(&lists.xpath, "//h1", 1, 1);
        judge_with(*state, &lists, &answer, &judgement);
        assert_int_equal(judgement.verdict, VERDICT_MAINTENANCE);
        assert_int_equal(judgement.n_assertions, 4);
        assert_false(judgement.assertions[0].held);
        assert_false(judgement.assertions[1].held);
        assert_true(judgement.assertions[2].held);
        assert_true(judgement.assertions[3].held);
        assert_string_equal(judgement.excerpt, "Service en maintenance");
        assert_int_equal(judgement.present.until_at_real, AT_REAL + 3600 * NSEC_PER_SEC);

        Observation *observation = observation_new(AT_REAL, 0);
        free(judgement.title);
        judgement.title = mon_calloc(2 * OBSERVATION_TITLE_MAX, 1);
        memset(judgement.title, 't', 2 * OBSERVATION_TITLE_MAX - 1);
        judgement_give(&judgement, observation);
        assert_int_equal(observation->cause, CAUSE_BANNER);
        assert_true(strlen(observation->title) > OBSERVATION_TITLE_MAX / 2);
        assert_true(strlen(observation->title) <= OBSERVATION_TITLE_MAX);
        assert_string_equal(observation->banner_text, "Service en maintenance");
        assert_non_null(observation->banner_rule);
        assert_int_equal(observation->n_assertions, 4);
        assert_int_equal(observation->lexicon_hash, lexicon_hash(page_reader_lexicon(*state)));
        observation_free(observation);
}

/* Absence is known of a whole page only. */
static void test_part_of_a_body(void **state) {
        static const struct {
                PageBody body_state;
                Cause cause;
        } cases[] = {{PAGE_BODY_TRUNCATED, CAUSE_TRUNCATED},
                     {PAGE_BODY_UNDECODABLE, CAUSE_UNDECODABLE},
                     {PAGE_BODY_TOO_LARGE, CAUSE_TOO_LARGE}};

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(lists_fini) Lists lists = {0};
                mon_auto_judgement Judgement judgement = {0};
                PageAnswer answer = answer_of(page, 200);
                answer.body_state = cases[i].body_state;
                text_list_add(&lists.absent, "quelque chose", 1, 1);
                text_list_add(&lists.contains, "rien de tel", 1, 1);
                judge_with(*state, &lists, &answer, &judgement);
                assert_int_equal(judgement.verdict, VERDICT_UNREADABLE);
                assert_int_equal(judgement.cause, cases[i].cause);
                assert_false(judgement.assertions[1].held);
        }
        mon_auto_judgement Judgement judgement = {0};
        PageAnswer head = answer_of("", 200);
        head.body_state = PAGE_BODY_NONE;
        page_judge(*state, NULL, &head, &judgement);
        assert_int_equal(judgement.verdict, VERDICT_UP);
}

/* 204 to a look that expects a text: what holds of no page is not held to be so. */
static void test_no_content(void **state) {
        mon_cleanup(lists_fini) Lists lists = {0};
        mon_auto_judgement Judgement judgement = {0};
        PageAnswer answer = answer_of("", 204);

        answer.body_state = PAGE_BODY_NONE;
        text_list_add(&lists.contains, "s'opposer", 1, 1);
        judge_with(*state, &lists, &answer, &judgement);
        assert_int_equal(judgement.verdict, VERDICT_DOWN);
        assert_int_equal(judgement.cause, CAUSE_EMPTY_PAGE);
}

static void test_application(void **state) {
        static const char shell[] =
                "<title>Espace</title><div id=app></div><script src=/a.js></script><script src=/b.js></script>";
        mon_cleanup(lists_fini) Lists lists = {.application = true};
        mon_auto_judgement Judgement as_page = {0};
        mon_auto_judgement Judgement as_application = {0};
        PageAnswer answer = answer_of(shell, 200);

        page_judge(*state, NULL, &answer, &as_page);
        assert_int_equal(as_page.cause, CAUSE_SCRIPT_SHELL);
        text_list_add(&lists.xpath, "//div[@id='app']", 1, 1);
        judge_with(*state, &lists, &answer, &as_application);
        assert_int_equal(as_application.verdict, VERDICT_UP);
        assert_true(as_application.is_shell);
        assert_int_equal(as_application.n_scripts, 2);
        assert_string_equal(as_application.scripts[1], "/b.js");
}

static void test_globs(void **state) {
        static const struct {
                const char *glob, *text;
                bool fits;
        } cases[] = {{"*", "", true},
                     {"a*c", "abc", true},
                     {"a*c", "ac", true},
                     {"a*c", "abcd", false},
                     {"**a", "ba", true},
                     {"a", "a", true},
                     {"a", "b", false},
                     {"*a*b*", "xxaxxbxx", true},
                     {"*a*b", "xbxa", false},
                     {"a?c", "abc", false},
                     {"http://x/*", "http://x/", true},
                     {"", "", true}};

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++)
                assert_int_equal(expect_glob_fits(cases[i].glob, cases[i].text), cases[i].fits);
}

/* A pattern or an XPath that costs too much is undecided, and the page unreadable; it does not take long. */
static void test_costs(void **state) {
        mon_auto_buf Buf html = BUF_INIT(1 << 20);
        PageAnswer answer;

        assert_int_equal(buf_append_text(&html, "<body><p>"), 0);
        for (int i = 0; i < 3000; i++)
                assert_int_equal(buf_append_text(&html, "aaaaaaaaaa<b>x</b>"), 0);
        answer = answer_of(buf_text(&html), 200);
        mon_cleanup(lists_fini) Lists greedy = {0};
        mon_auto_judgement Judgement first = {0};
        text_list_add(&greedy.matches, "(a|aa)+$", 1, 1); /* PAGE_PATTERN_STEP_LIMIT */
        judge_with(*state, &greedy, &answer, &first);
        assert_int_equal(first.cause, CAUSE_TOO_LARGE);
        mon_cleanup(lists_fini) Lists wide = {0};
        mon_auto_judgement Judgement second = {0};
        text_list_add(&wide.xpath, "count(//b[count(//b[count(//b) > 1]) > 1]) > 1", 1, 1); /* TREE_XPATH_STEPS_MAX */
        judge_with(*state, &wide, &answer, &second);
        assert_int_equal(second.cause, CAUSE_TOO_LARGE);
}

/* --- bounds ---------------------------------------------------------------------------------------------------- */

static Cause cause_of(PageReader *reader, const char *html, size_t n) {
        mon_auto_judgement Judgement judgement = {0};
        PageAnswer answer = {.http_status = 200, .body = html, .body_len = n, .at_real = AT_REAL};

        page_judge(reader, NULL, &answer, &judgement);
        return judgement.cause;
}

static char *many(const char *before, const char *piece, size_t n, const char *after) {
        mon_auto_buf Buf out = BUF_INIT(64U << 20);

        assert_int_equal(buf_append_text(&out, before), 0);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(buf_append_text(&out, piece), 0);
        assert_int_equal(buf_append_text(&out, after), 0);
        return buf_steal(&out);
}

static void test_markup_caps(void **state) {
        static const struct {
                const char *before, *piece, *after;
                size_t most; /* PAGE_DEPTH_MAX, PAGE_ATTRIBUTES_MAX */
        } cases[] = {{"", "<div>", "du texte assez long", PAGE_DEPTH_MAX},
                     {"<p ", "a=1 ", ">du texte", PAGE_ATTRIBUTES_MAX}};

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_auto_free char *fits = many(cases[i].before, cases[i].piece, cases[i].most, cases[i].after);
                mon_auto_free char *over = many(cases[i].before, cases[i].piece, cases[i].most + 1, cases[i].after);
                assert_int_equal(cause_of(*state, fits, strlen(fits)), CAUSE_OK);
                assert_int_equal(cause_of(*state, over, strlen(over)), CAUSE_TOO_LARGE);
        }
}

static void test_body_cap(void **state) {
        mon_auto_free char *over = many("<p>", "du texte ", PAGE_BODY_MAX / 9 + 1, "");

        assert_int_equal(cause_of(*state, over, PAGE_BODY_MAX), CAUSE_OK);
        assert_int_equal(cause_of(*state, over, PAGE_BODY_MAX + 1), CAUSE_TOO_LARGE);
}

/* TEXT_BLOCKS_MAX, HIDDEN_NAMES_MAX, HIDDEN_CLASS_MAX, HIDDEN_RULE_MAX, HTML_NAME_MAX, TEXT_ATTRIBUTE_MAX: past each of
 * them the page is still read. */
static void test_text_bounds(void **state) {
        mon_auto_free char *blocks = many("", "<p>a", TEXT_BLOCKS_MAX + 10, "");
        mon_auto_free char *wide_name = many("<", "n", 100, ">texte</n> encore");
        mon_auto_free char *classes = many("<p class='", "abcdefgh ", 300, "hidden'>texte");
        mon_auto_free char *rule = many("<style>.a{", "color:red;", 1000, "display:none}</style><p class=a>texte");
        mon_auto_buf Buf names = BUF_INIT(1 << 16);
        PageText text;

        (void)state;
        page_text_read(blocks, strlen(blocks), &text);
        assert_int_equal(text.n_blocks, TEXT_BLOCKS_MAX);
        page_text_fini(&text);
        page_text_read(wide_name, strlen(wide_name), &text);
        assert_string_equal(buf_text(&text.text), "texte encore\n");
        page_text_fini(&text);
        page_text_read(classes, strlen(classes), &text);
        assert_string_equal(buf_text(&text.text), "texte\n");
        page_text_fini(&text);
        page_text_read(rule, strlen(rule), &text);
        assert_string_equal(buf_text(&text.text), "texte\n");
        page_text_fini(&text);
        assert_int_equal(buf_append_text(&names, "<style>"), 0);
        for (int i = 0; i < 200; i++) /* of which HIDDEN_NAMES_MAX are remembered */
                assert_int_equal(buf_printf(&names, ".n%d{display:none}", i), 0);
        assert_int_equal(buf_append_text(&names, "</style><p class=n0>a<p class=n127>b<p class=n128>c"), 0);
        page_text_read(buf_text(&names), names.len, &text);
        assert_string_equal(buf_text(&text.text), "c\n");
        page_text_fini(&text);
        mon_auto_free char *long_value = many("", "x", 5000, "");
        mon_auto_free char *cut = page_text_attribute((HtmlSpan){long_value, strlen(long_value)});
        assert_int_equal(strlen(cut), 4096);
}

/* FEATURES_SENTENCES_MAX, FEATURES_SENTENCE_MAX, FEATURES_AFTER_MAX, FEATURES_TITLE_MAX, WEIGH_VOICES_MAX,
 * PAGE_EXPLAIN_MAX, LEXICON_HITS_MAX, LEXICON_RUNS_MAX: a page that says it is closed ten thousand times. */
static void test_features_bounds(void **state) {
        mon_auto_free char *html =
                many("<title>", "Le site est en maintenance et indisponible pour travaux. ", 3000, "</title>");
        mon_auto_free char *body =
                many("<p>", "Le site est en maintenance, maintenance est suspendu fermé hors service ", 3000, "");
        const char *bodies[] = {html, body};

        for (size_t i = 0; i < 2; i++) {
                mon_auto_judgement Judgement judgement = {0};
                PageText text;
                PageAnswer answer = answer_of(bodies[i], 200);
                answer.explain = true;
                page_text_read(bodies[i], strlen(bodies[i]), &text);
                PageFeatures *features = page_features_new(&text, page_reader_lexicon(*state));
                assert_int_equal(features->n_sentences, FEATURES_SENTENCES_MAX);
                for (size_t k = 0; k < features->n_sentences; k++) {
                        assert_true(strlen(features->sentences[k].text) <= FEATURES_SENTENCE_MAX);
                        assert_true(strlen(features->sentences[k].after) <= FEATURES_AFTER_MAX);
                        assert_true(features->sentences[k].n_rules <= LEXICON_HITS_MAX);
                }
                assert_true(!features->title || strlen(features->title) <= 400);
                page_features_free(features);
                page_text_fini(&text);
                page_judge(*state, NULL, &answer, &judgement);
                assert_int_equal(judgement.n_explain, PAGE_EXPLAIN_MAX);
                assert_true(!judgement.excerpt || strlen(judgement.excerpt) <= OBSERVATION_BANNER_MAX);
        }
}

static void test_scripts_and_address_bounds(void **state) {
        mon_auto_free char *html = many("<title>x</title>", "<script src=a.js></script>", PAGE_SCRIPTS_MAX + 5, "");
        mon_auto_free char *url = many("https://example.fr/", "maintenance/", 500, "");
        mon_auto_judgement Judgement judgement = {0};
        PageAnswer answer = answer_of(html, 200);

        answer.final_url = url; /* JUDGE_ADDRESS_MAX bytes of it are looked at */
        page_judge(*state, NULL, &answer, &judgement);
        assert_int_equal(judgement.n_scripts, PAGE_SCRIPTS_MAX);
}

/* PAGE_CACHE_MAX entries, PAGE_CACHE_BYTES_MAX bytes: what was read before is judged the same, whatever was forgotten.
 */
static void test_cache(void **state) {
        mon_auto_free char *large = many("<p>", "Le site est en maintenance. ", 90, "");

        (void)state;
        PageReader *reader = page_reader_new(lexicon_new_shipped(), 99);
        for (int round = 0; round < 3; round++)
                for (int i = 0; i < 3 * PAGE_CACHE_MAX; i++) {
                        mon_auto_free char *html = mon_printf("<p>Page %d, du texte.%s", i, i % 2 ? large : "");
                        assert_int_equal(cause_of(reader, html, strlen(html)), i % 2 ? CAUSE_BANNER : CAUSE_OK);
                        assert_int_equal(cause_of(reader, html, strlen(html)), i % 2 ? CAUSE_BANNER : CAUSE_OK);
                }
        page_reader_set_lexicon(reader, lexicon_new_shipped());
        assert_int_equal(cause_of(reader, "<p>Site en maintenance", 22), CAUSE_BANNER);
        page_reader_free(reader);
}

/* An announcement becomes present, and then is over, without a byte changing. */
static void test_time_passes(void **state) {
        static const char html[] =
                "<p>Bienvenue</p><div role=alert>Une maintenance est prévue le 9 juin 2026 de 12 h à 14 h : le site "
                "sera indisponible.</div><p>Du contenu qui reste là, et assez pour n'être pas une page de remplacement "
                "mais une page qui marche, avec ses rubriques et ses textes.</p><form><input></form>";
        static const struct {
                const char *at;
                Verdict verdict;
                bool announced;
        } times[] = {{"2026-06-09T08:00:00Z", VERDICT_UP, true},
                     {"2026-06-09T11:00:00Z", VERDICT_MAINTENANCE, false},
                     {"2026-06-09T15:00:00Z", VERDICT_UP, false}};

        for (size_t i = 0; i < mon_count_of(times); i++) {
                mon_auto_judgement Judgement judgement = {0};
                PageAnswer answer = answer_of(html, 200);
                assert_int_equal(text_parse_time(times[i].at, &answer.at_real), 0);
                page_judge(*state, NULL, &answer, &judgement);
                assert_int_equal(judgement.verdict, times[i].verdict);
                assert_int_equal(judgement.announced.text != NULL, times[i].announced);
        }
}

/* A wall that says only in a header what it is: the page may be in any words. */
static void test_challenge_in_a_header(void **state) {
        mon_cleanup(lists_fini) Lists lists = {0};
        PageHeader challenge = {"CF-Mitigated", "challenge"};

        for (size_t n = 0; n < 2; n++) {
                mon_auto_judgement Judgement judgement = {0};
                PageAnswer answer = answer_of("<h1>Un petit pas</h1><p>Encore une seconde.", 503);
                answer.headers = &challenge;
                answer.n_headers = n;
                judge_with(*state, &lists, &answer, &judgement);
                assert_int_equal(judgement.cause, n ? CAUSE_BOT_WALL : CAUSE_HTTP_5XX);
        }
}

static int setup(void **state) {
        *state = page_reader_new(lexicon_new_shipped(), 7);
        return 0;
}

static int teardown(void **state) {
        page_reader_free(*state);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_mistakes),
                cmocka_unit_test(test_outcomes),
                cmocka_unit_test(test_all_are_kept),
                cmocka_unit_test(test_part_of_a_body),
                cmocka_unit_test(test_no_content),
                cmocka_unit_test(test_application),
                cmocka_unit_test(test_globs),
                cmocka_unit_test(test_costs),
                cmocka_unit_test(test_markup_caps),
                cmocka_unit_test(test_body_cap),
                cmocka_unit_test(test_text_bounds),
                cmocka_unit_test(test_features_bounds),
                cmocka_unit_test(test_scripts_and_address_bounds),
                cmocka_unit_test(test_cache),
                cmocka_unit_test(test_time_passes),
                cmocka_unit_test(test_challenge_in_a_header),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
