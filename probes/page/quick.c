#include "probes/page/quick.h"

#include "daemon/base/text.h"
#include "probes/page/html.h"

#include <string.h>

#define NAME_SIZE (HTML_NAME_MAX + 1)

struct Quick {
        char name[NAME_SIZE];      /* "": any */
        char attribute[NAME_SIZE]; /* "": none is asked for */
        char value[QUICK_TEXT_MAX];
        bool has_value, is_part; /* the attribute's value is the value, or contains it */
};

static const char *skip_spaces(const char *at) {
        while (*at == ' ')
                at++;
        return at;
}

/* A name in lower case; NULL where there is none or a long one. */
static const char *take_name(const char *at, bool is_element, char name[static NAME_SIZE]) {
        size_t n = strspn(at, is_element ? "abcdefghijklmnopqrstuvwxyz0123456789"
                                         : "abcdefghijklmnopqrstuvwxyz0123456789-");

        if (n == 0 || n >= HTML_NAME_MAX || at[0] < 'a')
                return NULL;
        memcpy(name, at, n);
        name[n] = '\0';
        return at + n;
}

static const char *take_literal(const char *at, char value[static QUICK_TEXT_MAX]) {
        const char *end = *at == '\'' || *at == '"' ? strchr(at + 1, *at) : NULL;

        if (!end || end == at + 1)
                return NULL;
        memcpy(value, at + 1, (size_t)(end - at - 1));
        value[end - at - 1] = '\0';
        return end + 1;
}

static const char *take_attribute(const char *at, Quick *quick) {
        return *at == '@' ? take_name(at + 1, false, quick->attribute) : NULL;
}

/* "contains(@a, 'v')" */
static const char *take_contains(const char *at, Quick *quick) {
        quick->has_value = quick->is_part = true;
        at = take_attribute(skip_spaces(at), quick);
        if (!at || *(at = skip_spaces(at)) != ',')
                return NULL;
        at = take_literal(skip_spaces(at + 1), quick->value);
        if (!at || *(at = skip_spaces(at)) != ')')
                return NULL;
        return at + 1;
}

/* "@a" or "@a = 'v'" */
static const char *take_comparison(const char *at, Quick *quick) {
        at = take_attribute(at, quick);
        if (!at || *skip_spaces(at) != '=')
                return at;
        quick->has_value = true;
        return take_literal(skip_spaces(skip_spaces(at) + 1), quick->value);
}

/* What stands in the brackets, with them. */
static const char *take_predicate(const char *at, Quick *quick) {
        at = skip_spaces(at + 1);
        at = text_starts(at, "contains(") ? take_contains(at + strlen("contains("), quick) : take_comparison(at, quick);
        if (!at || *(at = skip_spaces(at)) != ']')
                return NULL;
        return at + 1;
}

/* Elements that a parser adds where nobody wrote them. */
static bool is_implied(const char *name) {
        return *name == '\0' || text_is(name, "html") || text_is(name, "head") || text_is(name, "body") ||
               text_is(name, "p");
}

Quick *quick_new(const char *xpath) {
        mon_cleanup(quick_free_p) Quick *quick = mon_new(Quick);
        const char *at = xpath + 2;

        if (strlen(xpath) >= QUICK_TEXT_MAX || !text_starts(xpath, "//"))
                return NULL;
        at = *at == '*' ? at + 1 : take_name(at, true, quick->name);
        if (at && *at == '[')
                at = take_predicate(at, quick);
        if (!at || *at != '\0' || (quick->attribute[0] == '\0' && is_implied(quick->name)))
                return NULL;
        return mon_steal(&quick);
}

void quick_free(Quick *quick) {
        free(quick);
}

static QuickAnswer ask_value(const Quick *quick, const HtmlSpan *value) {
        size_t n = strlen(quick->value);

        if (!quick->has_value)
                return QUICK_YES;
        if (memchr(value->at ? value->at : "", '&', value->len) || memchr(value->at ? value->at : "", '\r', value->len))
                return QUICK_UNSURE;
        if (quick->is_part)
                return value->len >= n && memmem(value->at, value->len, quick->value, n) ? QUICK_YES : QUICK_NO;
        return value->len == n && memcmp(value->at, quick->value, n) == 0 ? QUICK_YES : QUICK_NO;
}

static QuickAnswer ask_tag(const Quick *quick, const Html *html) {
        if (quick->name[0] != '\0' && strcmp(quick->name, html->name) != 0)
                return QUICK_NO;
        if (quick->attribute[0] == '\0')
                return QUICK_YES;
        const HtmlSpan *value = html_attribute(html, quick->attribute);
        if (value)
                return ask_value(quick, value);
        return html->n_counted > html->n_attributes ? QUICK_UNSURE : QUICK_NO;
}

QuickAnswer quick_ask(const Quick *quick, const char *source, size_t n) {
        bool is_unsure = false;
        Html html;

        html_start(&html, source, n);
        for (HtmlKind kind = html_next(&html); kind != HTML_DONE; kind = html_next(&html)) {
                QuickAnswer answer = kind == HTML_OPEN ? ask_tag(quick, &html) : QUICK_NO;
                if (answer == QUICK_YES)
                        return QUICK_YES;
                is_unsure = is_unsure || answer == QUICK_UNSURE;
        }
        return is_unsure ? QUICK_UNSURE : QUICK_NO;
}
