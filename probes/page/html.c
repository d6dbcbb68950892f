#include "probes/page/html.h"

#include <string.h>

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c) {
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

void html_start(Html *html, const char *text, size_t n) {
        *html = (Html){.at = text, .end = text + n};
}

static bool is_named(HtmlSpan span, const char *name) {
        return strlen(name) == span.len && strncasecmp(span.at, name, span.len) == 0;
}

const HtmlSpan *html_attribute(const Html *html, const char *name) {
        for (size_t i = 0; i < html->n_attributes; i++)
                if (is_named(html->attributes[i].name, name))
                        return &html->attributes[i].value;
        return NULL;
}

/* Elements whose content is no markup. In <title> and <textarea> references count. */
static bool holds_raw(const char *name) {
        static const char *const names[] = {"script",  "style",    "title", "textarea", "iframe",
                                            "noembed", "noframes", "xmp",   "plaintext"};

        for (size_t i = 0; i < mon_count_of(names); i++)
                if (strcmp(names[i], name) == 0)
                        return true;
        return false;
}

/* Up to the first `<` that begins a tag, a comment or a declaration. */
static HtmlKind take_text(Html *html, const char *from) {
        const char *at = from;

        while (at < html->end) {
                at = memchr(at, '<', (size_t)(html->end - at));
                if (!at)
                        at = html->end;
                else if (at + 1 < html->end && !is_letter(at[1]) && !strchr("!/?", at[1])) {
                        at++;
                        continue;
                }
                break;
        }
        html->text = (HtmlSpan){html->at, (size_t)(at - html->at)};
        html->is_raw = false;
        html->at = at;
        return HTML_TEXT;
}

/* The content of a raw element: up to its end tag, or to the end of the page. */
static HtmlKind take_raw(Html *html) {
        size_t n = strlen(html->raw);
        bool is_endless = strcmp(html->raw, "plaintext") == 0;
        const char *at = is_endless ? html->end : html->at;

        while (at < html->end) {
                at = memchr(at, '<', (size_t)(html->end - at));
                if (!at || (size_t)(html->end - at) < n + 3) {
                        at = html->end;
                        break;
                }
                char after = at[n + 2];
                if (at[1] == '/' && strncasecmp(at + 2, html->raw, n) == 0 &&
                    (is_space(after) || after == '>' || after == '/'))
                        break;
                at++;
        }
        html->text = (HtmlSpan){html->at, (size_t)(at - html->at)};
        html->is_raw = strcmp(html->raw, "title") != 0 && strcmp(html->raw, "textarea") != 0;
        html->raw[0] = '\0';
        html->at = at;
        return HTML_TEXT;
}

/* Past a comment, a declaration or what browsers take for one. */
static void skip_markup(Html *html) {
        const char *at = html->at + 2;

        if (html->end - html->at >= 4 && memcmp(html->at, "<!--", 4) == 0) {
                at = html->at + 4;
                if (at < html->end && (*at == '>' || (*at == '-' && at + 1 < html->end && at[1] == '>'))) {
                        html->at = at + (*at == '>' ? 1 : 2);
                        return;
                }
                while (at < html->end) {
                        at = memchr(at, '-', (size_t)(html->end - at));
                        if (!at || html->end - at < 3) {
                                html->at = html->end;
                                return;
                        }
                        if (at[1] == '-' && (at[2] == '>' || (at[2] == '!' && html->end - at > 3 && at[3] == '>'))) {
                                html->at = at + (at[2] == '>' ? 3 : 4);
                                return;
                        }
                        at++;
                }
        } else if (at <= html->end)
                at = memchr(html->at, '>', (size_t)(html->end - html->at));
        html->at = at && at < html->end ? at + 1 : html->end;
}

static const char *take_value(Html *html, const char *at, HtmlSpan *ret_value) {
        const char *start = at;

        if (at < html->end && (*at == '"' || *at == '\'')) {
                const char *close = memchr(at + 1, *at, (size_t)(html->end - at - 1));
                if (!close)
                        close = html->end;
                *ret_value = (HtmlSpan){at + 1, (size_t)(close - at - 1)};
                return close < html->end ? close + 1 : close;
        }
        while (at < html->end && !is_space(*at) && *at != '>')
                at++;
        *ret_value = (HtmlSpan){start, (size_t)(at - start)};
        return at;
}

static const char *take_attribute(Html *html, const char *at) {
        const char *start = at;
        HtmlSpan value = {at, 0};

        at++; /* whatever begins a name belongs to it, '=' too */
        while (at < html->end && !is_space(*at) && *at != '=' && *at != '>' && *at != '/')
                at++;
        HtmlSpan name = {start, (size_t)(at - start)};
        const char *after = at;
        while (after < html->end && is_space(*after))
                after++;
        if (after < html->end && *after == '=') {
                for (after++; after < html->end && is_space(*after);)
                        after++;
                at = take_value(html, after, &value);
        }
        html->n_counted++;
        if (html->n_attributes < HTML_ATTRIBUTES_KEPT)
                html->attributes[html->n_attributes++] = (HtmlAttribute){name, value};
        return at;
}

static HtmlKind take_tag(Html *html, bool is_close) {
        const char *at = html->at + (is_close ? 2 : 1);
        size_t n = 0;

        for (; at < html->end && !is_space(*at) && *at != '>' && *at != '/'; at++)
                if (n < HTML_NAME_MAX)
                        html->name[n++] = lower(*at);
        html->name[n] = '\0';
        html->n_attributes = html->n_counted = 0;
        html->is_closed = false;
        while (at < html->end && *at != '>') {
                if (*at == '/') {
                        html->is_closed = at + 1 < html->end && at[1] == '>';
                        at++;
                } else if (is_space(*at))
                        at++;
                else
                        at = take_attribute(html, at);
        }
        html->at = at < html->end ? at + 1 : at;
        if (!is_close && holds_raw(html->name))
                memcpy(html->raw, html->name, sizeof html->raw);
        return is_close ? HTML_CLOSE : HTML_OPEN;
}

HtmlKind html_next(Html *html) {
        for (;;) {
                if (html->at >= html->end)
                        return html->kind = HTML_DONE;
                if (html->raw[0])
                        return html->kind = take_raw(html);
                if (*html->at != '<')
                        return html->kind = take_text(html, html->at);
                char next = html->at + 1 < html->end ? html->at[1] : '\0';
                if (is_letter(next))
                        return html->kind = take_tag(html, false);
                if (next == '/' && html->at + 2 < html->end && is_letter(html->at[2]))
                        return html->kind = take_tag(html, true);
                if (next != '!' && next != '?' && next != '/')
                        return html->kind = take_text(html, html->at + 1);
                skip_markup(html);
        }
}
