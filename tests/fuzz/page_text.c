/* Markup, visible text, sentences and folding: what is seen is UTF-8 without controls, every block is within it, every
 * sentence within its bound. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "probes/page/charset.h"
#include "probes/page/features.h"
#include "probes/page/fold.h"
#include "probes/page/page.h"
#include "probes/page/sentence.h"

static bool is_within(HtmlSpan span, const char *text, size_t n) {
        return span.len == 0 || (span.at >= text && span.at + span.len <= text + n);
}

/* The tokens stand in the page's order, none in another, and none without end. */
static void check_tokens(const char *text, size_t n) {
        Html html;
        const char *last = text;
        size_t n_tokens = 0;

        html_start(&html, text, n);
        while (html_next(&html) != HTML_DONE) {
                fuzz_holds(html.at >= last && html.at <= html.end && ++n_tokens <= 2 * n);
                if (html.kind == HTML_TEXT) {
                        fuzz_holds(is_within(html.text, last, (size_t)(html.at - last)));
                } else {
                        fuzz_holds(strlen(html.name) <= HTML_NAME_MAX && html.name[0]);
                        fuzz_holds(html.n_attributes <= HTML_ATTRIBUTES_KEPT && html.n_attributes <= html.n_counted);
                        for (size_t i = 0; i < html.n_attributes; i++)
                                fuzz_holds(is_within(html.attributes[i].name, last, (size_t)(html.at - last)) &&
                                           is_within(html.attributes[i].value, last, (size_t)(html.at - last)));
                }
                last = html.at;
        }
}

static void check_sentences(const char *text, size_t n, bool is_title) {
        for (size_t at = 0, next; at < n; at += next) {
                size_t len = sentence_take(text + at, n - at, FEATURES_SENTENCE_MAX, is_title, &next);
                fuzz_holds(len <= FEATURES_SENTENCE_MAX && len <= next && next > 0 && next <= n - at);
                fuzz_holds(text_is_utf8(text + at, len));
                for (size_t i = len; i < next; i++)
                        fuzz_holds(is_title || strchr(" \n", text[at + i]) || len == 0);
        }
}

static void check_blocks(const PageText *text) {
        const char *seen = buf_text(&text->text);

        fuzz_holds(text_is_utf8(seen, text->text.len) && strlen(seen) == text->text.len);
        fuzz_holds(text->n_blocks <= TEXT_BLOCKS_MAX && (text->n_blocks > 0) == (text->text.len > 0));
        for (size_t i = 0; i < text->n_blocks; i++) {
                const PageBlock *block = &text->blocks[i];
                size_t end = block->start + block->len;
                fuzz_holds(block->len > 0 && end < text->text.len && seen[end] == '\n');
                fuzz_holds(block->link_len <= block->len && block->level <= 6);
                fuzz_holds(block->start == (i == 0 ? 0 : text->blocks[i - 1].start + text->blocks[i - 1].len + 1));
                check_sentences(seen + block->start, block->len, block->places & PLACE_TITLE);
        }
        for (const char *c = seen; *c; c++)
                fuzz_holds(*c == '\n' || ((unsigned char)*c >= ' ' && *c != 0x7f));
}

static void check_facts(const PageText *text, const char *source, size_t n) {
        fuzz_holds(text->n_kept_scripts <= PAGE_SCRIPTS_MAX && text->n_kept_scripts <= text->n_scripts);
        fuzz_holds(text->n_passwords <= text->n_inputs && text->script_bytes <= n && text->concealed <= n);
        fuzz_holds(is_within(text->base, source, n));
        for (size_t i = 0; i < text->n_kept_scripts; i++) {
                fuzz_holds(is_within(text->scripts[i], source, n));
                mon_auto_free char *src = page_text_attribute(text->scripts[i]);
                fuzz_holds(text_is_utf8(src, strlen(src)));
        }
}

static void check_folding(const PageText *text) {
        mon_auto_free char *visible = page_features_visible(text);
        mon_auto_free char *folded = fold_copy(visible);
        size_t n = strlen(folded);

        fuzz_holds(strlen(visible) <= text->text.len && text_is_utf8(folded, n));
        fuzz_holds(n == 0 || (folded[0] != ' ' && folded[n - 1] != ' '));
        for (size_t i = 0; i < n; i++)
                fuzz_holds((unsigned char)folded[i] >= ' ' && (folded[i] < 'A' || folded[i] > 'Z'));
        fuzz_holds(!strstr(folded, "  "));
}

static void check(const PageText *text, const char *source, size_t n) {
        check_blocks(text);
        check_facts(text, source, n);
        check_folding(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        PageSource source;
        PageText text;

        if (charset_decode(bytes, n, NULL, &source) != 0)
                return 0;
        check_tokens(source.text, source.len);
        page_text_read(source.text, source.len, &text);
        check(&text, source.text, source.len);
        page_text_fini(&text);
        page_text_read_plain(source.text, source.len, &text);
        check(&text, source.text, source.len);
        page_text_fini(&text);
        page_source_fini(&source);
        return 0;
}
