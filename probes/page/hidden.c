#include "probes/page/hidden.h"

#include "probes/page/element.h"

#include <string.h>

#define HIDDEN_CLASS_MAX 1024 /* bytes of one class attribute that are looked at */
#define HIDDEN_RULE_MAX 4096  /* bytes of one style rule's body that are looked at */

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Whether the needle (lower case, no space) stands in the span, white space left out, case ignored. */
static bool has_squeezed(HtmlSpan span, const char *needle) {
        size_t n = strlen(needle);

        for (size_t i = 0; i < span.len; i++) {
                if (lower(span.at[i]) != needle[0])
                        continue;
                size_t k = 0, at = i;
                for (; at < span.len && k < n && at < i + 4 * n; at++)
                        if (!is_space(span.at[at])) {
                                if (lower(span.at[at]) != needle[k])
                                        break;
                                k++;
                        }
                if (k == n)
                        return true;
        }
        return false;
}

static bool has_text(HtmlSpan span, const char *needle) {
        return span.at && memmem(span.at, span.len, needle, strlen(needle)) != NULL;
}

static bool is_text(HtmlSpan span, const char *text) {
        return strlen(text) == span.len && strncasecmp(span.at, text, span.len) == 0;
}

static HtmlSpan clip(HtmlSpan span) {
        return (HtmlSpan){span.at, span.len < HIDDEN_CLASS_MAX ? span.len : HIDDEN_CLASS_MAX};
}

static bool style_hides(HtmlSpan style) {
        return has_squeezed(style, "display:none") || has_squeezed(style, "visibility:hidden");
}

static uint64_t filter_bit(HtmlSpan name) {
        return UINT64_C(1) << ((name.len * 7 + (unsigned char)name.at[0] +
                                3 * (size_t)(unsigned char)name.at[name.len - 1]) &
                               63);
}

static HiddenName *find_name(HiddenNames *names, HtmlSpan name, bool is_id) {
        for (size_t i = 0; i < names->n; i++)
                if (names->names[i].is_id == is_id && names->names[i].name.len == name.len &&
                    memcmp(names->names[i].name.at, name.at, name.len) == 0)
                        return &names->names[i];
        return NULL;
}

/* `.x`, `#x`, `div.x`; a selector of any other form says nothing. */
static void read_selector(HiddenNames *names, HtmlSpan selector, bool is_hidden) {
        while (selector.len > 0 && is_space(selector.at[0]))
                selector = (HtmlSpan){selector.at + 1, selector.len - 1};
        while (selector.len > 0 && is_space(selector.at[selector.len - 1]))
                selector.len--;
        size_t mark = 0;
        while (mark < selector.len && selector.at[mark] != '.' && selector.at[mark] != '#')
                mark++;
        HtmlSpan name = {selector.at + mark + 1, mark < selector.len ? selector.len - mark - 1 : 0};
        if (name.len == 0)
                return;
        for (size_t i = 0; i < selector.len; i++)
                if (is_space(selector.at[i]) || (i > mark && strchr(".#", selector.at[i])) ||
                    strchr(">+~:[]*&()\\", selector.at[i]))
                        return;
        bool is_id = selector.at[mark] == '#';
        HiddenName *known = find_name(names, name, is_id);
        if (known)
                known->is_hidden = is_hidden;
        else if (is_hidden && names->n < HIDDEN_NAMES_MAX) {
                names->names[names->n++] = (HiddenName){name, is_id, true};
                names->filter |= filter_bit(name);
        }
}

static void read_rule(HiddenNames *names, HtmlSpan selectors, HtmlSpan body) {
        bool hides;

        if (body.len > HIDDEN_RULE_MAX)
                body.len = HIDDEN_RULE_MAX;
        if (style_hides(body))
                hides = true;
        else if (names->n > 0 && has_squeezed(body, "display:"))
                hides = false;
        else
                return;
        while (selectors.len > 0) {
                const char *comma = memchr(selectors.at, ',', selectors.len);
                size_t n = comma ? (size_t)(comma - selectors.at) : selectors.len;
                read_selector(names, (HtmlSpan){selectors.at, n}, hides);
                n += comma ? 1 : 0;
                selectors = (HtmlSpan){selectors.at + n, selectors.len - n};
        }
}

/* Past `@media … { … { } }`: what holds under a condition is not believed. */
static const char *skip_at_rule(const char *at, const char *end) {
        int depth = 0;

        for (; at < end; at++) {
                if (*at == ';' && depth == 0)
                        return at + 1;
                if (*at == '{')
                        depth++;
                else if (*at == '}' && --depth <= 0)
                        return at + 1;
        }
        return end;
}

void hidden_read_style(HiddenNames *names, HtmlSpan style) {
        const char *at = style.at, *end = style.at + style.len;

        while (at < end) {
                while (at < end && (is_space(*at) || *at == '}'))
                        at++;
                if (end - at >= 2 && at[0] == '/' && at[1] == '*') {
                        const char *close = memmem(at + 2, (size_t)(end - at - 2), "*/", 2);
                        at = close ? close + 2 : end;
                        continue;
                }
                if (at < end && *at == '@') {
                        at = skip_at_rule(at, end);
                        continue;
                }
                const char *open = at < end ? memchr(at, '{', (size_t)(end - at)) : NULL;
                if (!open)
                        return;
                const char *close = memchr(open, '}', (size_t)(end - open));
                if (!close)
                        close = end;
                read_rule(names, (HtmlSpan){at, (size_t)(open - at)}, (HtmlSpan){open + 1, (size_t)(close - open - 1)});
                at = close;
        }
}

/* The next word of a class attribute; empty at its end. */
static HtmlSpan take_word(HtmlSpan *rest) {
        size_t i = 0, start;

        while (i < rest->len && is_space(rest->at[i]))
                i++;
        for (start = i; i < rest->len && !is_space(rest->at[i]);)
                i++;
        HtmlSpan word = {rest->at + start, i - start};
        *rest = (HtmlSpan){rest->at + i, rest->len - i};
        return word;
}

static bool name_hides(const HiddenNames *names, HtmlSpan name, bool is_id) {
        if (name.len == 0 || !(names->filter & filter_bit(name)))
                return false;
        const HiddenName *found = find_name((HiddenNames *)names, name, is_id);
        return found && found->is_hidden;
}

/* Words that the usual frameworks hide by, unless others of theirs show the element again from some width on. */
static bool is_framework_hidden(HtmlSpan word) {
        static const char *const words[] = {"d-none",  "hidden",    "hide",     "is-hidden",
                                            "ng-hide", "invisible", "fr-hidden"};

        for (size_t i = 0; i < mon_count_of(words); i++)
                if (is_text(word, words[i]))
                        return true;
        return false;
}

/* Whether another class of the framework shows the element again. */
static bool is_shown_again(HtmlSpan classes) {
        static const char *const marks[] = {"-block", "-flex", "-inline", ":block", ":flex", ":grid", ":inline"};

        for (size_t i = 0; i < mon_count_of(marks); i++)
                if (has_text(classes, marks[i]))
                        return true;
        return false;
}

static bool class_hides(const HiddenNames *names, HtmlSpan classes) {
        HtmlSpan rest = classes;
        bool hidden = false;

        for (HtmlSpan word = take_word(&rest); word.len > 0; word = take_word(&rest)) {
                hidden = hidden || is_framework_hidden(word);
                if (names->n > 0 && name_hides(names, word, false))
                        return true;
        }
        return hidden && !is_shown_again(classes);
}

bool hidden_element(const HiddenNames *names, const Html *html) {
        for (size_t i = 0; i < html->n_attributes; i++) {
                HtmlSpan name = html->attributes[i].name, value = clip(html->attributes[i].value);
                if (is_text(name, "hidden") && !is_text(value, "false"))
                        return true;
                if (is_text(name, "aria-hidden") && is_text(value, "true"))
                        return true;
                if (is_text(name, "style") && style_hides(value))
                        return true;
                if (is_text(name, "class") && class_hides(names, value))
                        return true;
                if (is_text(name, "id") && name_hides(names, value, true))
                        return true;
        }
        return false;
}

static unsigned role_places(HtmlSpan role) {
        static const struct {
                const char *role;
                unsigned places;
        } roles[] = {
                {"alert", PLACE_ALERT},     {"alertdialog", PLACE_ALERT},  {"dialog", PLACE_ALERT},
                {"status", PLACE_ALERT},    {"main", PLACE_MAIN},          {"article", PLACE_MAIN},
                {"navigation", PLACE_NAV},  {"menu", PLACE_NAV},           {"menubar", PLACE_NAV},
                {"search", PLACE_FORM},     {"contentinfo", PLACE_FOOTER}, {"complementary", PLACE_ASIDE},
                {"heading", PLACE_HEADING},
        };

        for (size_t i = 0; i < mon_count_of(roles); i++)
                if (is_text(role, roles[i].role))
                        return roles[i].places;
        return 0;
}

typedef struct WordPart { /* a part of a class or id that gives its place away; "^" is the word's beginning */
        const char *part;
        unsigned places;
} WordPart;

/* By their first letter, so that most letters of a word are looked at once. NULL ends a list. */
static const WordPart *parts_of(char letter) {
        static const WordPart a[] = {{"alert", PLACE_ALERT},    {"avertissement", PLACE_ALERT},
                                     {"annonce", PLACE_ALERT},  {"announce", PLACE_ALERT},
                                     {"axeptio", PLACE_COOKIE}, {NULL, 0}};
        static const WordPart b[] = {{"bandeau", PLACE_ALERT}, {"breadcrumb", PLACE_NAV}, {NULL, 0}};
        static const WordPart c[] = {
                {"cookie", PLACE_COOKIE}, {"consent", PLACE_COOKIE}, {"callout", PLACE_ALERT}, {NULL, 0}};
        static const WordPart d[] = {{"didomi", PLACE_COOKIE}, {NULL, 0}};
        static const WordPart f[] = {{"^footer", PLACE_FOOTER}, {"flash", PLACE_ALERT}, {NULL, 0}};
        static const WordPart g[] = {{"gdpr", PLACE_COOKIE}, {NULL, 0}};
        static const WordPart i[] = {{"incident", PLACE_ALERT}, {"info-banner", PLACE_ALERT}, {NULL, 0}};
        static const WordPart m[] = {
                {"^menu", PLACE_NAV}, {"maintenance", PLACE_ALERT}, {"messages--", PLACE_ALERT}, {NULL, 0}};
        static const WordPart n[] = {{"notice", PLACE_ALERT}, {"notif", PLACE_ALERT}, {"^nav", PLACE_NAV}, {NULL, 0}};
        static const WordPart o[] = {{"onetrust", PLACE_COOKIE}, {"outage", PLACE_ALERT}, {NULL, 0}};
        static const WordPart p[] = {{"perturb", PLACE_ALERT}, {"^pied", PLACE_FOOTER}, {NULL, 0}};
        static const WordPart r[] = {{"rgpd", PLACE_COOKIE}, {NULL, 0}};
        static const WordPart s[] = {{"site-message", PLACE_ALERT}, {"sidebar", PLACE_ASIDE}, {NULL, 0}};
        static const WordPart t[] = {
                {"tarteaucitron", PLACE_COOKIE}, {"tc-privacy", PLACE_COOKIE}, {"toast", PLACE_ALERT}, {NULL, 0}};
        static const WordPart w[] = {{"warning", PLACE_ALERT}, {NULL, 0}};
        static const WordPart none[] = {{NULL, 0}};
        static const WordPart *const by_letter[26] = {a, b, c, d,    none, f, g, none, i,    none, none, none, m,
                                                      n, o, p, none, r,    s, t, none, none, w,    none, none, none};

        return letter >= 'a' && letter <= 'z' ? by_letter[letter - 'a'] : none;
}

static unsigned word_places(HtmlSpan word) {
        for (size_t k = 0; k < word.len; k++)
                for (const WordPart *part = parts_of(lower(word.at[k])); part->part; part++) {
                        bool is_start = part->part[0] == '^';
                        size_t n = strlen(part->part) - is_start;
                        if (is_start && k > 0)
                                continue;
                        if (n <= word.len - k && strncasecmp(word.at + k, part->part + is_start, n) == 0)
                                return part->places;
                }
        return 0;
}

unsigned hidden_places(const Html *html) {
        unsigned places = 0;

        for (size_t i = 0; i < html->n_attributes; i++) {
                HtmlSpan name = html->attributes[i].name, value = clip(html->attributes[i].value);
                if (is_text(name, "role"))
                        places |= role_places(value);
                else if (is_text(name, "class") || is_text(name, "id"))
                        for (HtmlSpan word = take_word(&value); word.len > 0; word = take_word(&value))
                                places |= word_places(word);
        }
        return places;
}
