/* Kinds of rows that only some blocks have: lists of secrets, texts of several lines, warnings of a row's own. */
#include "config/directives.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

typedef struct Block {
        TextList secrets;
        TextPlace lines;
        char *text;
} Block;

static char *no_stars(const char *text) {
        return strchr(text, '*') ? mon_strdup("no stars") : NULL;
}

static char *mind_dots(const char *text) {
        return strchr(text, '.') ? mon_strdup("a dot") : NULL;
}

static const Directive rows[] = {
        {.key = "secret", .type = DIRECTIVE_SECRETS, .offset = offsetof(Block, secrets), .check = no_stars},
        {.key = "lines", .type = DIRECTIVE_LINES, .offset = offsetof(Block, lines), .check = no_stars},
        {.key = "text", .type = DIRECTIVE_TEXT, .offset = offsetof(Block, text), .check = no_stars, .warn = mind_dots},
        {.key = NULL},
};

static void read_block(const char *text, Block *block, Mistakes *mistakes) {
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        YamlProblem problem;

        assert_int_equal(yaml_read(text, strlen(text), &root, &problem), 0);
        (void)mistakes_add_file(mistakes, "x");
        const DirectiveBlock whole = {.mistakes = mistakes, .name = "b", .node = root, .line = 1, .column = 1};
        *block = (Block){0};
        (void)directives_read(&whole, rows, block);
}

static void secrets_are_one_or_more(void **state) {
        static const struct {
                const char *yaml;
                size_t n, errors, warnings;
        } cases[] = {
                {"secret: abc", 1, 0, 1},
                {"secret: [abc, def]", 2, 0, 2},
                {"secret: ['${env:MOND_TEST_SECRET}', def]", 2, 0, 1},
                {"secret: ['${env:MOND_TEST_NOTHING}', def]", 1, 1, 1},
                {"secret: ['a*b', def]", 1, 1, 2},
                {"secret: []", 0, 0, 0},
                {"secret: {a: b}", 0, 1, 0},
        };

        (void)state;
        assert_int_equal(setenv("MOND_TEST_SECRET", "hidden", 1), 0);
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(mistakes_fini) Mistakes mistakes = {0};
                Block block;
                read_block(cases[i].yaml, &block, &mistakes);
                assert_int_equal(block.secrets.n, cases[i].n);
                assert_int_equal(mistakes.n_errors, cases[i].errors);
                assert_int_equal(mistakes.n_warnings, cases[i].warnings);
                for (size_t m = 0; m < mistakes.n; m++)
                        assert_null(strstr(mistakes.entries[m].text, "hidden"));
                directives_fini(rows, &block);
        }
}

static void secrets_are_printed_hidden(void **state) {
        mon_cleanup(mistakes_fini) Mistakes mistakes = {0};
        mon_auto_buf Buf hidden = BUF_INIT(1000), whole = BUF_INIT(1000);
        Block block;

        (void)state;
        read_block("secret: [one, two]\nlines: \"a\\nb\"", &block, &mistakes);
        assert_int_equal(directives_print(rows, &block, 0, DIRECTIVE_PRINT_HIDDEN, &hidden), 0);
        assert_int_equal(directives_print(rows, &block, 0, DIRECTIVE_PRINT_WHOLE, &whole), 0);
        assert_string_equal(buf_text(&hidden), "secret:\n  - \"<secret>\"\n  - \"<secret>\"\nlines: \"a\\x0Ab\"\n");
        assert_non_null(strstr(buf_text(&whole), "\"one\""));
        directives_fini(rows, &block);
}

static void lines_know_where_they_stand(void **state) {
        static const struct {
                const char *yaml, *text;
                int line, column;
        } cases[] = {
                {"lines: |\n  one\n   two\n", "one\n two\n", 2, 3},
                {"text: a\nlines: |-\n\n      one\n\n      two", "\none\n\ntwo", 3, 7},
                {"text: a\n\nlines: one", "one", 3, 8},
                {"lines: 'one'", "one", 1, 9},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(mistakes_fini) Mistakes mistakes = {0};
                Block block;
                read_block(cases[i].yaml, &block, &mistakes);
                assert_int_equal(mistakes.n_errors, 0);
                assert_string_equal(block.lines.text, cases[i].text);
                assert_int_equal(mistakes_line(block.lines.line), cases[i].line);
                assert_int_equal(block.lines.column, cases[i].column);
                directives_fini(rows, &block);
        }
}

static void lines_that_are_refused(void **state) {
        mon_auto_free char *full = mon_calloc(1, DIRECTIVE_LINES_MAX + 100);
        Block block;

        (void)state;
        for (size_t n = DIRECTIVE_LINES_MAX; n <= DIRECTIVE_LINES_MAX + 1; n++) {
                mon_cleanup(mistakes_fini) Mistakes mistakes = {0};
                memset(full, 'a', n + 7);
                memcpy(full, "lines: ", 7);
                read_block(full, &block, &mistakes);
                assert_int_equal(mistakes.n_errors, n > DIRECTIVE_LINES_MAX);
                assert_true((block.lines.text == NULL) == (n > DIRECTIVE_LINES_MAX));
                directives_fini(rows, &block);
        }
        static const char *const bad[] = {"lines:",      "lines: ''",         "lines: [a]", "lines: \"a\\x1b\"",
                                          "lines: 'a*'", "lines: \"\\u202e\""};
        for (size_t i = 0; i < mon_count_of(bad); i++) {
                mon_cleanup(mistakes_fini) Mistakes mistakes = {0};
                read_block(bad[i], &block, &mistakes);
                assert_int_equal(mistakes.n_errors, 1);
                assert_null(block.lines.text);
                directives_fini(rows, &block);
        }
}

static void a_warning_is_no_mistake(void **state) {
        static const struct {
                const char *yaml;
                size_t errors, warnings;
        } cases[] = {{"text: ab", 0, 0}, {"text: a.b", 0, 1}, {"text: a.b*", 1, 0}};

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_cleanup(mistakes_fini) Mistakes mistakes = {0};
                Block block;
                read_block(cases[i].yaml, &block, &mistakes);
                assert_int_equal(mistakes.n_errors, cases[i].errors);
                assert_int_equal(mistakes.n_warnings, cases[i].warnings);
                directives_fini(rows, &block);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(secrets_are_one_or_more),     cmocka_unit_test(secrets_are_printed_hidden),
                cmocka_unit_test(lines_know_where_they_stand), cmocka_unit_test(lines_that_are_refused),
                cmocka_unit_test(a_warning_is_no_mistake),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
