#include "probes/page/text.h"

#include "daemon/base/text.h"

#include "probes/page/charset.h"
#include "probes/page/entity.h"
#include "probes/page/hidden.h"
#include "probes/page/page.h"

#include <assert.h>
#include <string.h>

#define TEXT_P_LOOK 12 /* open inline elements looked through for a paragraph to end */
#define TEXT_ATTRIBUTE_MAX 4096

_Static_assert(PAGE_SCRIPTS_MAX == mon_count_of(((PageText *)0)->scripts), "as many as are told");

typedef struct Open { /* an element that is open */
        const Element *element;
        uint32_t name_hash;
        uint32_t text_len; /* when it was opened */
        uint16_t places;
        uint8_t level;
        bool is_hidden, is_link, is_pre, is_root;
        bool is_concealed; /* hidden by a style or an attribute, not by what the element is */
} Open;

typedef struct Reader {
        PageText *text;
        Html html;
        HiddenNames hidden;
        Open stack[PAGE_DEPTH_MAX];
        size_t depth;
        uint32_t block_start, block_link;
        uint16_t block_places;
        uint8_t block_level;
        bool block_has_quote;
        bool is_space; /* white space is owed */
        bool is_break; /* and a <br> was in it */
} Reader;

/* The elements that are inside nothing. */
static const Open outside = {.places = PLACE_BODY};

static const Open *top(const Reader *reader) {
        return reader->depth > 0 ? &reader->stack[reader->depth - 1] : &outside;
}

static void put(Reader *reader, const char *bytes, size_t n) {
        int r = buf_append(&reader->text->text, bytes, n);
        assert(r == 0); /* the bound is above what a page of that size can show */
        (void)r;
}

static void end_block(Reader *reader) {
        PageText *text = reader->text;
        uint32_t len = (uint32_t)text->text.len - reader->block_start;

        reader->is_space = reader->is_break = false;
        if (len > 0) {
                if (text->n_blocks == text->cap_blocks) {
                        text->cap_blocks = text->cap_blocks ? 2 * text->cap_blocks : 64;
                        text->blocks = mon_realloc_array(text->blocks, text->cap_blocks, sizeof *text->blocks);
                }
                if (text->n_blocks < TEXT_BLOCKS_MAX)
                        text->blocks[text->n_blocks++] = (PageBlock){.start = reader->block_start,
                                                                     .len = len,
                                                                     .link_len = reader->block_link,
                                                                     .places = reader->block_places,
                                                                     .level = reader->block_level,
                                                                     .has_quote = reader->block_has_quote};
                else {
                        PageBlock *last = &text->blocks[text->n_blocks - 1];
                        last->len = (uint32_t)text->text.len - last->start;
                        last->has_quote = last->has_quote || reader->block_has_quote;
                }
                put(reader, "\n", 1);
        }
        reader->block_start = (uint32_t)text->text.len;
        reader->block_link = 0;
        reader->block_has_quote = false;
}

static void put_visible(Reader *reader, const char *bytes, size_t n) {
        const Open *open = top(reader);
        size_t before = reader->text->text.len;

        if (before == reader->block_start) {
                reader->block_places = open->places;
                reader->block_level = open->level;
        } else if (reader->is_space)
                put(reader, reader->is_break ? "\n" : " ", 1);
        reader->is_space = reader->is_break = false;
        put(reader, bytes, n);
        if (open->is_link)
                reader->block_link += (uint32_t)(reader->text->text.len - before);
}

static bool is_invisible(uint32_t c) {
        return c == 0 || c == 0x200b || c == 0x200c || c == 0x200d || c == 0x2060 || c == 0xfeff || c == 0xad;
}

/* A character that is shown as it stands, and stands for itself. */
static bool is_plain(char c) {
        return (unsigned char)c > ' ' && c != '&' && c != '"' && (unsigned char)c < 0x7f;
}

/* Text with its references read and its white space as browsers show it. Runs of plain characters go in one piece. */
static void put_text(Reader *reader, HtmlSpan span, bool is_raw) {
        const char *at = span.at, *end = span.at + span.len;
        bool is_pre = top(reader)->is_pre;

        while (at < end) {
                const char *run = at;
                while (at < end && (is_plain(*at) || (*at == ' ' && at > run && at + 1 < end && is_plain(at[1]))))
                        at++;
                if (at > run) {
                        put_visible(reader, run, (size_t)(at - run));
                        continue;
                }
                char bytes[4];
                uint32_t c = (unsigned char)*at;
                size_t taken = *at == '&' && !is_raw ? entity_take(at, (size_t)(end - at), &c) : 0;
                if (taken == 0 && c >= 0x80)
                        taken = text_take_character(at, (size_t)(end - at), &c);
                at += taken ? taken : 1;
                if (c == '"' || c == 0xab || c == 0x201c || c == 0x201e)
                        reader->block_has_quote = true;
                if ((c <= ' ' && c != 0) || c == 0xa0 || c == 0x7f) {
                        reader->is_space = true;
                        reader->is_break = reader->is_break || (is_pre && c == '\n');
                } else if (!is_invisible(c))
                        put_visible(reader, bytes, charset_put_utf8(c, bytes));
        }
}

static uint32_t hash_name(const char *name) {
        uint32_t hash = 2166136261U; /* FNV-1a: names are short, and equal hashes only mis-nest a page of nonsense */

        for (; *name; name++)
                hash = (hash ^ (unsigned char)*name) * 16777619U;
        return hash;
}

static void pop_to(Reader *reader, size_t depth) {
        while (reader->depth > depth) {
                const Open *open = top(reader);
                if (open->is_root && open->text_len == reader->text->text.len)
                        reader->text->has_empty_root = true;
                if (open->element->flags & ELEMENT_BLOCK)
                        end_block(reader);
                reader->depth--;
        }
}

/* An end tag closes the innermost open element of its name; that of an inline one reaches no further than its block. */
static void close_element(Reader *reader, const Element *element) {
        uint32_t hash = hash_name(reader->html.name);

        if (element->flags & (ELEMENT_FRAME | ELEMENT_VOID))
                return;
        for (size_t i = reader->depth; i > 0; i--) {
                const Open *open = &reader->stack[i - 1];
                if (open->name_hash == hash) {
                        pop_to(reader, i - 1);
                        return;
                }
                if (!(element->flags & ELEMENT_BLOCK) && (open->element->flags & ELEMENT_BLOCK))
                        return;
        }
}

static void end_implied(Reader *reader, ElementId id, ElementId other, ElementId boundary) {
        for (size_t i = reader->depth; i > 0; i--) {
                ElementId open = reader->stack[i - 1].element->id;
                if (open == boundary)
                        return;
                if (open == id || open == other) {
                        pop_to(reader, i - 1);
                        return;
                }
        }
}

/* The end tags that may be left out and that decide how far hidden or linked text reaches. */
static void end_before(Reader *reader, const Element *element) {
        if (element->flags & ELEMENT_ENDS_P)
                for (size_t i = reader->depth, n = 0; i > 0 && n < TEXT_P_LOOK; i--, n++) {
                        const Element *open = reader->stack[i - 1].element;
                        if (open->id == ELEMENT_P)
                                pop_to(reader, i - 1);
                        if (open->flags & ELEMENT_BLOCK)
                                break;
                }
        switch (element->id) {
        case ELEMENT_LI:
                end_implied(reader, ELEMENT_LI, ELEMENT_LI, ELEMENT_LIST);
                break;
        case ELEMENT_DT:
        case ELEMENT_DD:
                end_implied(reader, ELEMENT_DT, ELEMENT_DD, ELEMENT_LIST);
                break;
        case ELEMENT_TD:
                end_implied(reader, ELEMENT_TD, ELEMENT_TD, ELEMENT_TABLE);
                break;
        case ELEMENT_TR:
                end_implied(reader, ELEMENT_TR, ELEMENT_TR, ELEMENT_TABLE);
                break;
        case ELEMENT_OPTION:
                end_implied(reader, ELEMENT_OPTION, ELEMENT_OPTION, ELEMENT_FORM);
                break;
        case ELEMENT_A:
                end_implied(reader, ELEMENT_A, ELEMENT_A, ELEMENT_TABLE);
                break;
        default:
                break;
        }
}

static bool is_text(const HtmlSpan *span, const char *text) {
        return span && strlen(text) == span->len && strncasecmp(span->at, text, span->len) == 0;
}

/* The element into which an application's scripts write. */
static bool is_root(const Reader *reader) {
        static const char *const ids[] = {"app",        "root",   "__next",     "__nuxt",    "main-app",
                                          "react-root", "q-app",  "main",       "container", "app-mount",
                                          "ember-app",  "svelte", "application"};
        const HtmlSpan *id = html_attribute(&reader->html, "id");

        if (strncmp(reader->html.name, "app-", 4) == 0)
                return true;
        for (size_t i = 0; id && i < mon_count_of(ids); i++)
                if (is_text(id, ids[i]))
                        return true;
        return false;
}

static void note_input(Reader *reader) {
        static const char *const others[] = {"hidden", "submit", "button", "image", "reset", "checkbox", "radio"};
        const HtmlSpan *type = html_attribute(&reader->html, "type");

        for (size_t i = 0; i < mon_count_of(others); i++)
                if (is_text(type, others[i])) {
                        const HtmlSpan *value = html_attribute(&reader->html, "value");
                        if (value && (i == 1 || i == 2)) {
                                end_block(reader);
                                put_text(reader, *value, false);
                                if (reader->text->text.len > reader->block_start)
                                        reader->block_places |= PLACE_FORM;
                                end_block(reader);
                        }
                        return;
                }
        reader->text->n_inputs++;
        reader->text->n_passwords += is_text(type, "password");
}

static void note_meta(Reader *reader) {
        const HtmlSpan *content = html_attribute(&reader->html, "content");

        if (is_text(html_attribute(&reader->html, "http-equiv"), "refresh") && content &&
            memmem(content->at, content->len, "rl", 2))
                reader->text->has_refresh = true;
}

static void note_script(Reader *reader) {
        const HtmlSpan *src = html_attribute(&reader->html, "src");
        PageText *text = reader->text;

        if (!src || src->len == 0)
                return;
        text->n_scripts++;
        if (text->n_kept_scripts < PAGE_SCRIPTS_MAX)
                text->scripts[text->n_kept_scripts++] = *src;
}

static void note_image(Reader *reader) {
        const HtmlSpan *alt = html_attribute(&reader->html, "alt");
        bool is_space = reader->is_space, is_break = reader->is_break;

        reader->text->n_images++;
        if (!alt || alt->len == 0 || reader->text->text.len != reader->block_start)
                return; /* inside a text it only accompanies */
        put_text(reader, *alt, false);
        if (reader->text->text.len > reader->block_start)
                reader->block_places |= PLACE_ALT;
        end_block(reader);
        reader->is_space = is_space;
        reader->is_break = is_break;
}

static void note_language(Reader *reader) {
        const HtmlSpan *lang = html_attribute(&reader->html, "lang");

        if (!lang)
                lang = html_attribute(&reader->html, "xml:lang");
        if (lang && lang->len >= 2)
                for (size_t i = 0; i < 2; i++)
                        reader->text->language[i] = (char)(lang->at[i] | 0x20);
}

/* Facts told by start tags, hidden ones too where they are facts of the page and not of what is seen. */
static void note(Reader *reader, const Element *element, bool is_hidden) {
        const HtmlSpan *href;

        switch (element->id) {
        case ELEMENT_HTML:
                note_language(reader);
                break;
        case ELEMENT_BASE:
                href = html_attribute(&reader->html, "href");
                if (href && !reader->text->base.at)
                        reader->text->base = *href;
                break;
        case ELEMENT_META:
                note_meta(reader);
                break;
        case ELEMENT_SCRIPT:
                note_script(reader);
                break;
        case ELEMENT_FORM:
                reader->text->has_form = reader->text->has_form || !is_hidden;
                break;
        case ELEMENT_INPUT:
                if (!is_hidden)
                        note_input(reader);
                break;
        case ELEMENT_TEXTAREA:
                reader->text->n_inputs += !is_hidden;
                break;
        case ELEMENT_A:
                reader->text->n_links += !is_hidden && html_attribute(&reader->html, "href");
                break;
        case ELEMENT_IMG:
                if (!is_hidden)
                        note_image(reader);
                break;
        default:
                break;
        }
}

static uint8_t heading_level(const Reader *reader, const Element *element, const Open *parent) {
        if (element->id >= ELEMENT_H1 && element->id <= ELEMENT_H4)
                return (uint8_t)(reader->html.name[1] - '0');
        return parent->level;
}

/* Browsers show a dialog only where it is open, or once a script opens it. */
static bool is_shut(const Element *element, const Html *html) {
        return element->id == ELEMENT_DIALOG && !html_attribute(html, "open");
}

static void open_element(Reader *reader, const Element *element) {
        const Html *html = &reader->html;

        end_before(reader, element);
        const Open *parent = top(reader);
        bool is_frame = element->flags & ELEMENT_FRAME;
        bool hides = (element->flags & ELEMENT_HIDDEN) || is_shut(element, html) ||
                     (!is_frame && hidden_element(&reader->hidden, html));
        bool is_hidden = parent->is_hidden || hides;
        bool is_frame_seen =
                element->id == ELEMENT_IFRAME && !parent->is_hidden && !hidden_element(&reader->hidden, html);
        if (element->flags & ELEMENT_BLOCK)
                end_block(reader);
        note(reader, element, is_hidden);
        reader->text->n_frames += is_frame_seen && html_attribute(html, "src");
        if (element->id == ELEMENT_BR)
                reader->is_space = reader->is_break = true;
        if (element->flags & ELEMENT_VOID)
                return;
        if (reader->depth == PAGE_DEPTH_MAX) {
                reader->text->is_over_caps = true;
                return;
        }
        unsigned places = parent->places | element->places;
        if (!is_frame && (element->flags & ELEMENT_BLOCK) && html->n_attributes > 0)
                places |= hidden_places(html);
        reader->stack[reader->depth++] = (Open){
                .element = element,
                .name_hash = hash_name(html->name),
                .text_len = (uint32_t)reader->text->text.len,
                .places = (uint16_t)places,
                .level = heading_level(reader, element, parent),
                .is_hidden = is_hidden,
                .is_concealed =
                        (parent->is_concealed || (hides && !parent->is_hidden)) && !(element->flags & ELEMENT_HIDDEN),
                .is_link = parent->is_link || (element->flags & ELEMENT_LINK),
                .is_pre = parent->is_pre || (element->flags & ELEMENT_PRE),
                .is_root = !is_hidden && is_root(reader),
        };
}

/* About the bytes that a text would show. */
static uint32_t words_in(HtmlSpan span) {
        uint32_t n = 0;

        for (size_t i = 0; i < span.len; i++)
                n += (unsigned char)span.at[i] > ' ';
        return n;
}

static void take_text(Reader *reader) {
        const Open *open = top(reader);

        if (open->element && open->element->id == ELEMENT_STYLE && !(open->places & PLACE_NOSCRIPT))
                hidden_read_style(&reader->hidden, reader->html.text);
        else if (open->element && open->element->id == ELEMENT_SCRIPT)
                reader->text->script_bytes += (uint32_t)reader->html.text.len;
        if (!open->is_hidden)
                put_text(reader, reader->html.text, reader->html.is_raw);
        else if (open->is_concealed)
                reader->text->concealed += words_in(reader->html.text);
}

void page_text_read(const char *source, size_t n, PageText *ret_text) {
        *ret_text = (PageText){.text = BUF_INIT(2 * n + 64)};
        Reader *reader = mon_new(Reader);

        reader->text = ret_text;
        html_start(&reader->html, source, n);
        while (!ret_text->is_over_caps && html_next(&reader->html) != HTML_DONE) {
                if (reader->html.kind == HTML_TEXT) {
                        take_text(reader);
                        continue;
                }
                const Element *element = element_find(reader->html.name);
                if (reader->html.n_counted > PAGE_ATTRIBUTES_MAX)
                        ret_text->is_over_caps = true;
                else if (reader->html.kind == HTML_OPEN)
                        open_element(reader, element);
                else if (strcmp(reader->html.name, "br") == 0)
                        reader->is_space = reader->is_break = true;
                else
                        close_element(reader, element);
        }
        pop_to(reader, 0);
        end_block(reader);
        free(reader);
}

void page_text_read_plain(const char *source, size_t n, PageText *ret_text) {
        *ret_text = (PageText){.text = BUF_INIT(2 * n + 64)};
        Reader *reader = mon_new(Reader);

        reader->text = ret_text;
        for (size_t at = 0; at < n;) {
                const char *feed = memchr(source + at, '\n', n - at);
                size_t end = feed ? (size_t)(feed - source) : n;
                put_text(reader, (HtmlSpan){source + at, end - at}, true);
                end_block(reader);
                at = end + 1;
        }
        free(reader);
}

void page_text_fini(PageText *text) {
        buf_fini(&text->text);
        free(text->blocks);
        *text = (PageText){0};
}

char *page_text_attribute(HtmlSpan value) {
        size_t n = value.len < TEXT_ATTRIBUTE_MAX ? value.len : TEXT_ATTRIBUTE_MAX;
        mon_auto_buf Buf out = BUF_INIT(2 * n + 4);

        for (size_t i = 0; i < n;) {
                char bytes[4];
                uint32_t c = (unsigned char)value.at[i];
                size_t taken = value.at[i] == '&' ? entity_take(value.at + i, n - i, &c) : 0;
                if (taken == 0 && c >= 0x80)
                        taken = text_take_character(value.at + i, n - i, &c);
                if (c >= ' ' && buf_append(&out, bytes, charset_put_utf8(c, bytes)) != 0)
                        break;
                i += taken ? taken : 1;
        }
        return buf_steal(&out);
}
