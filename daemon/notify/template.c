#include "daemon/notify/template.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/driver.h"
#include "daemon/notify/format.h"

#include <ctype.h>
#include <inttypes.h>

/* A run of the user's own text, then a value (but for the last one). */
typedef struct Piece {
        const char *text; /* in the template's own */
        size_t n;
        char *name;     /* NULL: the end */
        bool is_quoted; /* JSON: the value stands within a text */
} Piece;

struct Template {
        char *text;
        TemplateEscape escape;
        Language language;
        Piece pieces[TEMPLATE_PIECES_MAX + 1];
        size_t n_pieces;
};

const char *const template_names[] = {
        "version",
        "id",
        "type",
        "at",
        "observed_at",
        "late",
        "observer.name",
        "observer.contact",
        "subject.kind",
        "subject.id",
        "subject.title",
        "subject.title.fr",
        "subject.title.en",
        "from",
        "to",
        "since",
        "duration_s",
        "proven",
        "changes",
        "reason",
        "reason.target",
        "reason.verdict",
        "reason.cause",
        "reason.detail",
        "reason.http_status",
        "reason.banner",
        "reason.url",
        "incident",
        "incident.id",
        "incident.opened_at",
        "incident.closed_at",
        "unknown",
        "notice",
        "notice.from",
        "notice.until",
        "diff",
        "words_removed",
        "words_added",
        "text",
        "text.fr",
        "text.en",
        NULL,
};

TemplateEscape template_escape_for(const char *content_type) {
        mon_auto_free char *type = mon_strndup(content_type + strspn(content_type, " "),
                                               strcspn(content_type + strspn(content_type, " "), "; "));

        for (char *at = type; *at; at++)
                *at = (char)tolower((unsigned char)*at);
        if (text_is(type, "application/x-www-form-urlencoded"))
                return TEMPLATE_FORM;
        if (text_ends(type, "/json") || text_ends(type, "+json"))
                return TEMPLATE_JSON;
        if (text_is(type, "text/html") || text_ends(type, "/xml") || text_ends(type, "+xml"))
                return TEMPLATE_MARKUP;
        return TEMPLATE_PLAIN;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* The value of a name, or NULL; what stands there in both languages is the text in the one. */
static const json_t *value_of(const Template *template, const json_t *document, const char *name) {
        const json_t *value = document;

        for (const char *at = name; *at && value;) {
                size_t n = strcspn(at, ".");
                mon_auto_free char *key = mon_strndup(at, n);
                value = json_object_get(value, key);
                at += n + (at[n] == '.');
        }
        const json_t *words = json_object_get(value, template->language == LANGUAGE_FR ? "fr" : "en");
        return words ? words : value;
}

/* As words: nothing for what is not there. */
static char *words_of(const json_t *value) {
        if (!value || json_is_null(value))
                return mon_strdup("");
        return json_is_string(value) ? mon_strdup(json_string_value(value)) : json_line(value);
}

/* What stands between the quotes of the value's own JSON. */
static int write_quoted(const json_t *value, Buf *body) {
        mon_auto_free char *words = words_of(value);
        mon_auto_json *text = json_text(words);
        mon_auto_free char *line = json_line(text);

        return buf_append(body, line + 1, strlen(line) - 2);
}

static int write_json(const json_t *value, Buf *body) {
        mon_auto_free char *line = value ? json_line(value) : mon_strdup("null");

        return buf_append_text(body, line);
}

static int write_form(const char *words, Buf *body) {
        int r = 0;

        for (const unsigned char *at = (const unsigned char *)words; *at && r == 0; at++)
                r = isalnum(*at) || strchr("-._~", *at) ? buf_append(body, at, 1) : buf_printf(body, "%%%02X", *at);
        return r;
}

static int write_markup(const char *words, Buf *body) {
        mon_auto_free char *escaped = format_fit(words, format_escape_html, UNIT_BYTE, NOTIFIER_BODY_MAX);

        return buf_append_text(body, escaped);
}

static int write_value(const Template *template, const Piece *piece, const json_t *document, Buf *body) {
        const json_t *value = value_of(template, document, piece->name);
        mon_auto_free char *words = words_of(value);

        switch (template->escape) {
        case TEMPLATE_JSON:
                return piece->is_quoted ? write_quoted(value, body) : write_json(value, body);
        case TEMPLATE_FORM:
                return write_form(words, body);
        case TEMPLATE_MARKUP:
                return write_markup(words, body);
        default:
                return buf_append_text(body, words);
        }
}

int template_write(const Template *template, const json_t *document, Buf *body) {
        int r = 0;

        for (size_t i = 0; i < template->n_pieces && r == 0; i++) {
                const Piece *piece = &template->pieces[i];
                r = buf_append(body, piece->text, piece->n);
                if (r == 0 && piece->name)
                        r = write_value(template, piece, document, body);
        }
        return r == 0 ? 0 : -EMSGSIZE;
}

/* --- compiling -------------------------------------------------------------------------------------------------- */

typedef struct Compiling {
        Template *template;
        const TextPlace *place;
        DirectiveMistakeFn *mistake;
        void *userdata;
        bool is_bad;
} Compiling;

static void tell_at(Compiling *compiling, const char *at, const char *text) {
        int line = 0, column = 0;

        for (const char *c = compiling->template->text; c < at; c++) {
                column = *c == '\n' ? 0 : column + 1;
                line += *c == '\n';
        }
        compiling->is_bad = true;
        compiling->mistake(compiling->userdata, compiling->place->line + line, compiling->place->column + column, text);
}

static void check_name(Compiling *compiling, const char *name, const char *at) {
        size_t n = 0;

        for (; template_names[n]; n++)
                if (text_is(name, template_names[n]))
                        return;
        const char *nearest = text_nearest(name, template_names, n);
        mon_auto_free char *shown = text_clean_copy(name, TEMPLATE_NAME_MAX);
        mon_auto_free char *text =
                nearest ? mon_printf("no event has '%s': did you mean '%s'?", shown, nearest)
                        : mon_printf("no event has '%s': names are the keys of the JSON, as in {{subject.id}}", shown);
        tell_at(compiling, at, text);
}

/* Whether the text ends within a JSON text, when it began in one or not. */
static bool ends_quoted(const char *text, size_t n, bool is_quoted) {
        for (size_t i = 0; i < n; i++) {
                if (is_quoted && text[i] == '\\')
                        i++;
                else if (text[i] == '"')
                        is_quoted = !is_quoted;
        }
        return is_quoted;
}

/* Takes the name after "{{"; what follows its "}}". NULL, and the mistake told. */
static const char *take_name(Compiling *compiling, const char *open, char **ret_name) {
        const char *start = open + 2 + strspn(open + 2, " ");
        const char *close = strstr(start, "}}");

        if (!close || strcspn(start, "\n") < (size_t)(close - start)) {
                tell_at(compiling, open, "'{{' without its '}}' on the same line");
                return NULL;
        }
        size_t n = (size_t)(close - start);
        while (n > 0 && start[n - 1] == ' ')
                n--;
        if (n == 0) {
                tell_at(compiling, open, "'{{ }}' without a name in it");
                return NULL;
        }
        mon_auto_free char *name = mon_strndup(start, n);
        check_name(compiling, name, start);
        *ret_name = mon_steal(&name);
        return close + 2;
}

static void cut_pieces(Compiling *compiling) {
        Template *template = compiling->template;
        bool is_quoted = false;

        for (const char *at = template->text; at;) {
                Piece *piece = &template->pieces[template->n_pieces++];
                const char *open = strstr(at, "{{");
                *piece = (Piece){.text = at, .n = open ? (size_t)(open - at) : strlen(at)};
                piece->is_quoted = is_quoted = ends_quoted(at, piece->n, is_quoted);
                if (!open)
                        return;
                if (template->n_pieces > TEMPLATE_PIECES_MAX) {
                        mon_auto_free char *text = mon_printf("a template has at most %d values", TEMPLATE_PIECES_MAX);
                        tell_at(compiling, open, text);
                        return;
                }
                at = take_name(compiling, open, &piece->name);
        }
}

/* A document that has every name: each with the same awkward text, or each without any value. */
static json_t *sample(bool has_values) {
        json_t *document = json_object();

        for (size_t i = 0; template_names[i]; i++) {
                json_t *object = document;
                const char *at = template_names[i], *dot;
                while ((dot = strchr(at, '.'))) {
                        mon_auto_free char *key = mon_strndup(at, (size_t)(dot - at));
                        json_t *inner = json_object_get(object, key);
                        if (!json_is_object(inner)) {
                                inner = json_object();
                                json_set(object, key, inner);
                        }
                        object = inner;
                        at = dot + 1;
                }
                json_set(object, at, has_values ? json_text("l'\"essai\" \\ </script> é") : json_null());
        }
        return document;
}

/* Where in the template the byte of what was written came from. */
static const char *origin_of(const Template *template, const json_t *document, size_t offset) {
        size_t written = 0;

        for (size_t i = 0; i < template->n_pieces; i++) {
                const Piece *piece = &template->pieces[i];
                mon_auto_buf Buf value = BUF_INIT(NOTIFIER_BODY_MAX);
                if (offset < written + piece->n)
                        return piece->text + (offset - written);
                if (!piece->name || write_value(template, piece, document, &value) != 0)
                        break;
                written += piece->n;
                if (offset < written + value.len)
                        return piece->text + piece->n;
                written += value.len;
        }
        return template->text + strlen(template->text);
}

static void try_json(Compiling *compiling, bool has_values) {
        mon_auto_json *document = sample(has_values);
        mon_auto_buf Buf body = BUF_INIT(NOTIFIER_BODY_MAX);
        json_error_t error;

        if (compiling->is_bad || template_write(compiling->template, document, &body) != 0)
                return;
        mon_auto_json *read = json_loadb(buf_text(&body), body.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
        if (read)
                return;
        mon_auto_free char *why = text_clean_copy(error.text, sizeof error.text);
        mon_auto_free char *text = mon_printf("the message would be no JSON%s: %s (its Content-Type says JSON)",
                                              has_values ? "" : " where an event has no value", why);
        size_t offset = error.position > 0 ? (size_t)error.position - 1 : 0;
        tell_at(compiling, origin_of(compiling->template, document, offset), text);
}

Template *template_compile(const TextPlace *text, TemplateEscape escape, Language language, DirectiveMistakeFn *mistake,
                           void *userdata) {
        mon_cleanup(template_free_p) Template *template = mon_new(Template);
        Compiling compiling = {.template = template, .place = text, .mistake = mistake, .userdata = userdata};

        template->text = mon_strdup(text->text);
        template->escape = escape;
        template->language = language;
        cut_pieces(&compiling);
        if (escape == TEMPLATE_JSON) {
                try_json(&compiling, true);
                try_json(&compiling, false);
        }
        return compiling.is_bad ? NULL : mon_steal(&template);
}

void template_free(Template *template) {
        if (!template)
                return;
        for (size_t i = 0; i < template->n_pieces; i++)
                free(template->pieces[i].name);
        free(template->text);
        free(template);
}
