#include "daemon/base/yaml.h"

#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* The tree on one line: maps as {k:v,}, lists as [v,], quoted texts as "v", others bare. */
static void show(const YamlNode *node, Buf *out) {
        int r = 0;

        if (node->kind == YAML_SCALAR) {
                assert_int_equal(buf_printf(out, node->quoted ? "\"%s\"" : "%s", node->text), 0);
                return;
        }
        r |= buf_append_text(out, node->kind == YAML_MAP ? "{" : "[");
        for (size_t i = 0; i < node->n; i++) {
                if (node->kind == YAML_MAP) {
                        show(node->keys[i], out);
                        r |= buf_append_text(out, ":");
                }
                show(node->items[i], out);
                r |= buf_append_text(out, ",");
        }
        r |= buf_append_text(out, node->kind == YAML_MAP ? "}" : "]");
        assert_int_equal(r, 0);
}

static void reads(void **state) {
        static const struct {
                const char *text, *tree;
        } rows[] = {
                {"", "{}"},
                {"# nothing\n", "{}"},
                {"---\n", "{}"},
                {"~", "{}"},
                {"a: 1", "{a:1,}"},
                {"\xef\xbb\xbf"
                 "a: 1\n",
                 "{a:1,}"},
                {"a: 1\r\nb: [x, \"y\"]\r\n", "{a:1,b:[x,\"y\",],}"},
                {"a:\n  - 1\n  - {b: 'c'}\n", "{a:[1,{b:\"c\",},],}"},
                {"a: |\n  x\n  y\n", "{a:\"x\ny\n\",}"},
                {"a:\nb: ~\n", "{a:,b:~,}"},
                {"[é, \"\\u00e9\"]", "[é,\"é\",]"},
                {"%YAML 1.1\n---\na: b\n...\n", "{a:b,}"},
                {"x", "x"},
                {"\"<<\": 1", "{\"<<\":1,}"},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
                mon_auto_buf Buf out = BUF_INIT(1000);
                YamlProblem problem = {0};
                if (yaml_read(rows[i].text, strlen(rows[i].text), &root, &problem) != 0)
                        fail_msg("row %zu: %d:%d: %s", i, problem.line, problem.column, problem.text);
                show(root, &out);
                assert_string_equal(buf_text(&out), rows[i].tree);
        }
}

static void remembers_places(void **state) {
        static const char text[] = "é: 1\nb:\n  - x\n  - é: {c: d}\n";
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        YamlProblem problem;
        (void)state;

        assert_int_equal(yaml_read(text, sizeof text - 1, &root, &problem), 0);
        const YamlNode *b = yaml_get(root, "b");
        assert_int_equal(yaml_get(root, "é")->column, 4);
        assert_int_equal(b->line, 3);
        assert_int_equal(b->column, 3);
        const YamlNode *d = yaml_get(yaml_get(b->items[1], "é"), "c");
        assert_int_equal(d->line, 4);
        assert_int_equal(d->column, 12);
        assert_null(yaml_get(root, "z"));
        assert_null(yaml_get(b, "z"));
        assert_null(yaml_get(NULL, "z"));
}

#define BYTES(text) text, sizeof(text) - 1

static void refuses(void **state) {
        static const struct {
                const char *text;
                size_t n;
                const char *problem;
        } rows[] = {
                {BYTES("a: 1\na: 2\n"), "2:1: the key 'a' stands twice: first at line 1"},
                {BYTES("a: {b: 1, 'b': 2}\na: 2\n"), "1:11: the key 'b' stands twice: first at line 1"},
                {BYTES("a: &x 1\nb: *x\n"), "1:4: anchors ('&x') are not taken here: write the value where it is used"},
                {BYTES("b: *x\n"),
                 "1:4: aliases ('*') are not taken here: write the value out, or put the text between quotes"},
                {BYTES("a: &x [1]\n"), "1:4: anchors ('&x') are not taken here: write the value where it is used"},
                {BYTES("a: !!str 1\n"), "1:4: tags ('!') are not taken here: write the value alone"},
                {BYTES("a: !x {b: 1}\n"), "1:4: tags ('!') are not taken here: write the value alone"},
                {BYTES("a:\n  <<: {b: 1}\n"), "2:3: merge keys ('<<') are not taken here: write the keys out"},
                {BYTES("? [a, b]\n: 1\n"), "1:3: a key must be a plain text"},
                {BYTES("a: 1\n---\nb: 2\n"), "2:1: a second document ('---'): only one is read"},
                {BYTES("a: 1\n\tb: 2\n"), "2:1: a tab: indent with spaces"},
                {BYTES("a:\n\tb: 2\n"), "2:1: a tab: indent with spaces"},
                {BYTES("é: @x\n"), "1:4: a text that begins with '@' must stand between quotes"},
                {BYTES("a: b: c\n"),
                 "1:5: a ':' is not expected here: check the indentation, or put the text between quotes"},
                {BYTES("a: \"x\nb: 1\n"),
                 "3:1: the file ends within a quoted text: the closing quote is missing (opened at line 1)"},
                {BYTES("a: [1, 2\nb: 3\n"), "2:2: a ',' or the closing ']' is missing (opened at line 1)"},
                {BYTES("a: \"\\q\"\n"), "1:5: this '\\' escape is not known: write '\\\\', or use single quotes"},
                {BYTES("a: \"x\\0y\"\n"), "1:4: a text cannot hold a NUL character ('\\0')"},
                {BYTES("a: 1\nb: x\0y\n"), "2:5: a NUL byte: this is not a text file, or it was damaged"},
                {BYTES("a: 1\n\xc3\xa9: \xe9t\xe9\n"), "2:4: this is not UTF-8: save the file as UTF-8"},
                {BYTES("a: \xed\xa0\x80\n"), "1:4: this is not UTF-8: save the file as UTF-8"},
                {BYTES("\xff\xfe"
                       "a\0"),
                 "1:1: the file is UTF-16: save it as UTF-8"},
                {BYTES("a: 1\nb: x\x01\n"), "2:5: a control character: remove it"},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                YamlNode *root = NULL;
                YamlProblem problem = {0};
                assert_int_equal(yaml_read(rows[i].text, rows[i].n, &root, &problem), YAML_E_FORM);
                assert_null(root);
                mon_auto_free char *told = mon_printf("%d:%d: %s", problem.line, problem.column, problem.text);
                free(problem.text);
                assert_string_equal(told, rows[i].problem);
        }
}

static void repeat(Buf *buf, const char *text, size_t times) {
        for (size_t i = 0; i < times; i++)
                assert_int_equal(buf_append_text(buf, text), 0);
}

static int read_repeated(const char *before, const char *text, size_t times, const char *after, char **ret_problem) {
        mon_auto_buf Buf buf = BUF_INIT(2 * YAML_FILE_MAX);
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        YamlProblem problem = {0};

        repeat(&buf, before, 1);
        repeat(&buf, text, times);
        repeat(&buf, after, 1);
        int r = yaml_read(buf.data, buf.len, &root, &problem);
        *ret_problem = problem.text;
        return r;
}

static void keeps_its_bounds(void **state) {
        char *problem;
        (void)state;

        assert_int_equal(read_repeated("", "#", YAML_FILE_MAX, "", &problem), 0);
        assert_int_equal(read_repeated("", "#", YAML_FILE_MAX + 1, "", &problem), YAML_E_FORM);
        assert_string_equal(problem, "the file is larger than 1048576 bytes");
        free(problem);
        assert_int_equal(read_repeated("[", "1,", YAML_NODES_MAX - 1, "]", &problem), 0);
        assert_int_equal(read_repeated("[", "1,", YAML_NODES_MAX, "]", &problem), YAML_E_FORM);
        assert_string_equal(problem, "the file has more than 200000 values");
        free(problem);
        assert_int_equal(read_repeated("", "- ", YAML_DEPTH_MAX - 1, "x", &problem), 0);
        assert_int_equal(read_repeated("", "- ", YAML_DEPTH_MAX, "x", &problem), YAML_E_FORM);
        assert_string_equal(problem, "nested deeper than 32 levels");
        free(problem);
        assert_int_equal(read_repeated("? &", "a", YAML_SHOWN_MAX + 1, " x", &problem), YAML_E_FORM);
        assert_int_equal(strlen(problem), YAML_SHOWN_MAX + strlen("anchors ('&') are not taken here: write the value "
                                                                  "where it is used"));
        free(problem);
        assert_int_equal(read_repeated("", "[", 500000, "", &problem), YAML_E_FORM);
        free(problem);
        assert_int_equal(read_repeated("", "{a: ", 200000, "", &problem), YAML_E_FORM);
        free(problem);
}

static void count_duplicate(void *userdata, const YamlNode *key, const YamlNode *first) {
        int *n = userdata;

        assert_true(key->line > first->line);
        (*n)++;
}

static void keeps_duplicates_when_asked(void **state) {
        static const char text[] = "a: 1\nb: {c: 1,\n c: 2}\na: 2\nb: 3\na: 4\n";
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        YamlProblem problem;
        int n = 0;
        (void)state;

        assert_int_equal(yaml_read_loose(text, sizeof text - 1, &root, &problem), 0);
        assert_string_equal(yaml_get(root, "a")->text, "1");
        yaml_each_duplicate(root, count_duplicate, &n);
        assert_int_equal(n, 4);
}

static void knows_null(void **state) {
        static const char text[] = "[~, null, '', 'null', 0, [], ]\n";
        static const bool expected[] = {true, true, false, false, false, false};
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        YamlProblem problem;
        (void)state;

        assert_int_equal(yaml_read(text, sizeof text - 1, &root, &problem), 0);
        assert_int_equal(root->n, mon_count_of(expected));
        for (size_t i = 0; i < root->n; i++)
                assert_int_equal(yaml_is_null(root->items[i]), expected[i]);
        assert_true(yaml_is_null(NULL));
}

/* Any bytes at all: read or refused with a place, never worse. Seeded, so a failure comes again. */
static void survives_any_bytes(void **state) {
        static const char alphabet[] = "ab:-?[]{},&*!|>'\"%@#\\ \n\n\t~<0\r\xc3\xa9\xff";
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 1);
        (void)state;

        for (int round = 0; round < 20000; round++) {
                mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
                YamlProblem problem = {0};
                unsigned char bytes[48];
                clock_random(clock, bytes, sizeof bytes);
                size_t n = bytes[0] % sizeof bytes;
                for (size_t i = 0; i < n; i++)
                        bytes[i] = (unsigned char)alphabet[bytes[i] % (sizeof alphabet - 1)];
                int r = yaml_read((char *)bytes, n, &root, &problem);
                assert_true(r == 0 ? root != NULL : r == YAML_E_FORM && problem.line >= 1 && problem.column >= 1);
                if (r != 0)
                        assert_true(problem.text && text_is_utf8(problem.text, strlen(problem.text)));
                free(problem.text);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads),
                cmocka_unit_test(remembers_places),
                cmocka_unit_test(refuses),
                cmocka_unit_test(keeps_its_bounds),
                cmocka_unit_test(keeps_duplicates_when_asked),
                cmocka_unit_test(knows_null),
                cmocka_unit_test(survives_any_bytes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
