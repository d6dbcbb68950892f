/* Templates: what comes of one, and each mistake with its line and column. */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/driver.h"
#include "daemon/notify/template.h"
#include "tests/lib/notifier_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define LINE 10
#define COLUMN 7

typedef struct Told {
        char *text;
        unsigned n;
} Told;

static void on_mistake(void *userdata, int line, int column, const char *text) {
        Told *told = userdata;
        mon_auto_free char *before = told->text;

        told->n++;
        told->text = mon_printf("%s%d:%d: %s\n", before ? before : "", line, column, text);
}

static Template *compile(const char *text, TemplateEscape escape, Told *told) {
        const TextPlace place = {(char *)text, LINE, COLUMN};

        *told = (Told){0};
        return template_compile(&place, escape, LANGUAGE_FR, on_mistake, told);
}

static void test_what_comes_of_one(void **state) {
        static const struct {
                TemplateEscape escape;
                const char *text, *message;
        } rows[] = {
                {TEMPLATE_JSON, "{\"a\":\"{{subject.id}}\"}", "{\"a\":\"mes-opposition\"}"},
                {TEMPLATE_JSON, "{\"a\":{{ subject.id }},\"b\":{{incident.id}}}",
                 "{\"a\":\"mes-opposition\",\"b\":12}"},
                {TEMPLATE_JSON, "[{{incident.closed_at}},\"{{incident.closed_at}}\"]", "[null,\"\"]"},
                {TEMPLATE_JSON, "[{{unknown}},{{proven}},{{duration_s}},{{diff}}]", "[[],false,120.0,null]"},
                {TEMPLATE_JSON, "\"{{text}}/{{text.en}}/{{subject.title}}\"",
                 "\"l'\\\"un\\\"\\n\\\\ <b>/l'\\\"un\\\"\\n\\\\ <b>/Refuser son espace santé\""},
                {TEMPLATE_JSON, "\"\\\"{{type}}\\\\{{type}}\"", "\"\\\"target.down\\\\target.down\""},
                {TEMPLATE_JSON, "{\n \"a\": \"}} {\"\n}\n", "{\n \"a\": \"}} {\"\n}\n"},
                {TEMPLATE_PLAIN, "{{type}}: {{text}}", "target.down: l'\"un\"\n\\ <b>"},
                {TEMPLATE_PLAIN, "", ""},
                {TEMPLATE_FORM, "a={{text}}&b={{reason.url}}",
                 "a=l%27%22un%22%0A%5C%20%3Cb%3E&b=https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1%26c%3D2"},
                {TEMPLATE_MARKUP, "<p>{{text}}</p>", "<p>l&#39;&quot;un&quot;\n\\ &lt;b&gt;</p>"},
        };
        mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", "l'\"un\"\n\\ <b>");

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_buf Buf body = BUF_INIT(NOTIFIER_BODY_MAX);
                Told told;
                mon_cleanup(template_free_p) Template *template = compile(rows[i].text, rows[i].escape, &told);
                if (!template)
                        fail_msg("%s: %s", rows[i].text, told.text);
                assert_int_equal(template_write(template, document, &body), 0);
                assert_string_equal(buf_text(&body), rows[i].message);
        }
}

static void test_mistakes_have_their_place(void **state) {
        static const struct {
                TemplateEscape escape;
                const char *text, *told;
        } rows[] = {
                {TEMPLATE_JSON, "{\n  \"a\": \"{{subjct.id}}\"\n}",
                 "11:17: no event has 'subjct.id': did you mean 'subject.id'?\n"},
                {TEMPLATE_PLAIN, "{{ quoi }}",
                 "10:10: no event has 'quoi': names are the keys of the JSON, as in {{subject.id}}\n"},
                {TEMPLATE_PLAIN, "a {{type", "10:9: '{{' without its '}}' on the same line\n"},
                {TEMPLATE_PLAIN, "a {{type\n}}", "10:9: '{{' without its '}}' on the same line\n"},
                {TEMPLATE_PLAIN, "\n\n {{ }}", "12:8: '{{ }}' without a name in it\n"},
                {TEMPLATE_JSON, "{\"a\": {{type}}x}",
                 "10:21: the message would be no JSON: '}' expected near 'x' (its Content-Type says JSON)\n"},
                {TEMPLATE_JSON, "{\n \"a\": 1,\n}", "12:7: the message would be no JSON"},
                {TEMPLATE_JSON, "{\"a\": 1", "the message would be no JSON"},
                {TEMPLATE_JSON, "", "10:7: the message would be no JSON"},
                {TEMPLATE_JSON, "{ {{type}}: 1}", "the message would be no JSON where an event has no value"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Told told;
                mon_cleanup(template_free_p) Template *template = compile(rows[i].text, rows[i].escape, &told);
                assert_null(template);
                assert_int_equal(told.n, 1);
                if (!strstr(told.text, rows[i].told))
                        fail_msg("%s: %s instead of %s", rows[i].text, told.text, rows[i].told);
                free(told.text);
        }
}

/* Every mistake of a template is told in one run. */
static void test_all_mistakes_at_once(void **state) {
        Told told;

        (void)state;
        assert_null(compile("{{a.b}} {{c.d}}\n{{e.f}}", TEMPLATE_PLAIN, &told));
        assert_int_equal(told.n, 3);
        free(told.text);
}

static void test_bounds(void **state) {
        mon_auto_buf Buf text = BUF_INIT(1U << 20), name = BUF_INIT(1000);
        Told told;

        (void)state;
        for (int i = 0; i < TEMPLATE_PIECES_MAX; i++)
                assert_int_equal(buf_append_text(&text, "{{id}}"), 0);
        mon_cleanup(template_free_p) Template *fits = compile(buf_text(&text), TEMPLATE_PLAIN, &told);
        assert_non_null(fits);
        mon_auto_json *document = notifier_fixture_document("target.down", "up", "down", "x");
        mon_auto_buf Buf body = BUF_INIT(100);
        assert_int_equal(template_write(fits, document, &body), -EMSGSIZE);
        assert_int_equal(buf_append_text(&text, "{{id}}"), 0);
        assert_null(compile(buf_text(&text), TEMPLATE_PLAIN, &told));
        assert_int_equal(told.n, 1);
        free(told.text);

        assert_int_equal(buf_append_text(&name, "{{"), 0);
        for (int i = 0; i < TEMPLATE_NAME_MAX + 10; i++)
                assert_int_equal(buf_append_text(&name, "z"), 0);
        assert_int_equal(buf_append_text(&name, "}}"), 0);
        assert_null(compile(buf_text(&name), TEMPLATE_PLAIN, &told));
        const char *shown = strstr(told.text, "'z");
        assert_true(strcspn(shown + 1, "'") <= TEMPLATE_NAME_MAX);
        free(told.text);
}

static void test_content_types(void **state) {
        static const struct {
                const char *type;
                TemplateEscape escape;
        } rows[] = {
                {"application/json", TEMPLATE_JSON},
                {" Application/JSON; charset=utf-8", TEMPLATE_JSON},
                {"application/vnd.api+json", TEMPLATE_JSON},
                {"text/plain", TEMPLATE_PLAIN},
                {"application/x-www-form-urlencoded", TEMPLATE_FORM},
                {"text/html;charset=utf-8", TEMPLATE_MARKUP},
                {"application/xml", TEMPLATE_MARKUP},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++)
                assert_int_equal(template_escape_for(rows[i].type), rows[i].escape);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_comes_of_one),    cmocka_unit_test(test_mistakes_have_their_place),
                cmocka_unit_test(test_all_mistakes_at_once), cmocka_unit_test(test_bounds),
                cmocka_unit_test(test_content_types),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
