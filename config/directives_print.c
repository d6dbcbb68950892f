#include "config/directives.h"

#include "config/secrets.h"
#include "daemon/base/text.h"

#include <inttypes.h>

typedef struct Printing {
        int indent;
        DirectivePrint how;
        Buf *out;
} Printing;

/* What a reader of YAML must not meet as it is: quotes, backslashes, controls, and the two characters that UTF-8 can
 * hold and YAML 1.1 cannot (U+FFFE, U+FFFF). */
static int print_escaped(const unsigned char **at, Buf *out) {
        const unsigned char *s = *at;

        if (s[0] == 0xef && s[1] == 0xbf && (s[2] == 0xbe || s[2] == 0xbf)) {
                *at += 3;
                return buf_printf(out, "\\uFFF%c", s[2] == 0xbe ? 'E' : 'F');
        }
        (*at)++;
        if (*s == '"' || *s == '\\')
                return buf_printf(out, "\\%c", *s);
        if (*s < 0x20 || *s == 0x7f)
                return buf_printf(out, "\\x%02X", *s);
        return buf_append(out, s, 1);
}

int directives_print_quoted(const char *text, Buf *out) {
        const unsigned char *at = (const unsigned char *)text;

        int r = buf_append_text(out, "\"");
        while (r == 0 && *at)
                r = print_escaped(&at, out);
        return r != 0 ? r : buf_append_text(out, "\"");
}

static int print_key(const Printing *printing, const char *key) {
        return buf_printf(printing->out, "%*s%s:", printing->indent, "", key);
}

static int print_text(const Printing *printing, const char *key, const char *text) {
        if (!text)
                return 0;
        int r = print_key(printing, key);
        if (r == 0)
                r = buf_append_text(printing->out, " ");
        if (r == 0)
                r = directives_print_quoted(text, printing->out);
        return r != 0 ? r : buf_append_text(printing->out, "\n");
}

static int print_size(const Printing *printing, const char *key, int64_t bytes) {
        static const char units[] = "KMG";
        const char *unit = "";
        char shown[2] = "";

        for (size_t i = 0; i < sizeof units - 1 && bytes >= 1024 && bytes % 1024 == 0; i++) {
                bytes /= 1024;
                shown[0] = units[i];
                unit = shown;
        }
        return buf_printf(printing->out, "%*s%s: %" PRId64 "%s\n", printing->indent, "", key, bytes, unit);
}

static int print_choice(const Printing *printing, const Directive *row, int value) {
        for (const DirectiveChoice *choice = row->choices; choice->name; choice++)
                if (choice->value == value)
                        return buf_printf(printing->out, "%*s%s: %s\n", printing->indent, "", row->key, choice->name);
        return 0;
}

static int print_texts(const Printing *printing, const char *key, const TextList *list, const char *instead) {
        int r = print_key(printing, key);

        if (r == 0)
                r = buf_append_text(printing->out, list->n ? "\n" : " []\n");
        for (size_t i = 0; i < list->n && r == 0; i++) {
                r = buf_printf(printing->out, "%*s- ", printing->indent + 2, "");
                if (r == 0)
                        r = directives_print_quoted(instead ? instead : list->items[i].text, printing->out);
                if (r == 0)
                        r = buf_append_text(printing->out, "\n");
        }
        return r;
}

static int print_header(const Printing *printing, const char *header) {
        const char *colon = strchr(header, ':');
        mon_auto_free char *name = mon_strndup(header, (size_t)(colon - header));
        const char *value = colon + 1 + strspn(colon + 1, " ");

        if (printing->how == DIRECTIVE_PRINT_HIDDEN && secret_is_header(name))
                value = "<secret>";
        int r = buf_printf(printing->out, "%*s", printing->indent + 2, "");
        if (r == 0)
                r = directives_print_quoted(name, printing->out);
        if (r == 0)
                r = buf_append_text(printing->out, ": ");
        if (r == 0)
                r = directives_print_quoted(value, printing->out);
        return r != 0 ? r : buf_append_text(printing->out, "\n");
}

static int print_headers(const Printing *printing, const char *key, const TextList *list) {
        int r = print_key(printing, key);

        if (r == 0)
                r = buf_append_text(printing->out, list->n ? "\n" : " {}\n");
        for (size_t i = 0; i < list->n && r == 0; i++)
                r = print_header(printing, list->items[i].text);
        return r;
}

static int print_title(const Printing *printing, const char *key, const Title *title) {
        if (!title->in[LANGUAGE_FR])
                return 0;
        Printing inner = *printing;
        inner.indent += 2;
        int r = print_key(printing, key);
        if (r == 0)
                r = buf_append_text(printing->out, "\n");
        if (r == 0)
                r = print_text(&inner, "fr", title->in[LANGUAGE_FR]);
        return r != 0 ? r : print_text(&inner, "en", title->in[LANGUAGE_EN]);
}

static int print_section(const Printing *printing, const Directive *row, const void *base) {
        size_t before;

        int r = print_key(printing, row->key);
        if (r == 0)
                r = buf_append_text(printing->out, "\n");
        before = printing->out->len;
        if (r == 0)
                r = directives_print(row->section, (const char *)base + row->offset, printing->indent + 2,
                                     printing->how, printing->out);
        if (r == 0 && printing->out->len == before)
                r = buf_printf(printing->out, "%*s{}\n", printing->indent + 2, "");
        return r;
}

/* Each item's first line bears the dash, in place of two of its spaces. An empty list is one that was not given. */
static int print_sections(const Printing *printing, const Directive *row, const SectionList *list) {
        int r = list->n ? print_key(printing, row->key) : 0;

        if (r == 0 && list->n)
                r = buf_append_text(printing->out, "\n");
        for (size_t i = 0; i < list->n && r == 0; i++) {
                size_t start = printing->out->len;
                int indent = printing->indent + 2;
                r = directives_print(row->section, list->items[i].fields, indent + 2, printing->how, printing->out);
                if (r == 0 && printing->out->len == start)
                        r = buf_printf(printing->out, "%*s{}\n", indent + 2, "");
                if (r == 0)
                        printing->out->data[start + (size_t)indent] = '-';
        }
        return r;
}

static int print_row(const Printing *printing, const Directive *row, const void *base) {
        const void *field = (const char *)base + row->offset;

        switch (row->type) {
        case DIRECTIVE_TEXT:
        case DIRECTIVE_FILE:
                return print_text(printing, row->key, *(char *const *)field);
        case DIRECTIVE_SECRET:
                if (*(char *const *)field && printing->how == DIRECTIVE_PRINT_HIDDEN)
                        return print_text(printing, row->key, "<secret>");
                return print_text(printing, row->key, *(char *const *)field);
        case DIRECTIVE_BOOL:
                return buf_printf(printing->out, "%*s%s: %s\n", printing->indent, "", row->key,
                                  *(const bool *)field ? "true" : "false");
        case DIRECTIVE_INT:
                return buf_printf(printing->out, "%*s%s: %" PRId64 "\n", printing->indent, "", row->key,
                                  *(const int64_t *)field);
        case DIRECTIVE_DURATION: {
                /* Not given, and without a default: what it stands for then (never, no limit) cannot be written. */
                if (*(const Nsec *)field < row->min && !row->fallback)
                        return 0;
                mon_auto_free char *span = text_duration(*(const Nsec *)field);
                return buf_printf(printing->out, "%*s%s: %s\n", printing->indent, "", row->key, span);
        }
        case DIRECTIVE_SIZE:
                return print_size(printing, row->key, *(const int64_t *)field);
        case DIRECTIVE_CHOICE:
                return print_choice(printing, row, *(const int *)field);
        case DIRECTIVE_TEXTS:
                return print_texts(printing, row->key, field, NULL);
        case DIRECTIVE_SECRETS:
                return print_texts(printing, row->key, field,
                                   printing->how == DIRECTIVE_PRINT_HIDDEN ? "<secret>" : NULL);
        case DIRECTIVE_LINES:
                return print_text(printing, row->key, ((const TextPlace *)field)->text);
        case DIRECTIVE_HEADERS:
                return print_headers(printing, row->key, field);
        case DIRECTIVE_TITLE:
                return print_title(printing, row->key, field);
        case DIRECTIVE_SECTION:
                return print_section(printing, row, base);
        case DIRECTIVE_SECTIONS:
                return print_sections(printing, row, field);
        }
        abort(); /* a type that nobody prints */
}

int directives_print(const Directive *rows, const void *base, int indent, DirectivePrint how, Buf *out) {
        Printing printing = {indent, how, out};
        int r = 0;

        for (const Directive *row = rows; row->key && r == 0; row++)
                r = print_row(&printing, row, base);
        return r;
}
