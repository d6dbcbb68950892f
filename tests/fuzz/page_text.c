/* Charset, markup, visible text and folding: what is seen is UTF-8 without controls, and every block is within it. */
#include "tests/fuzz/fuzz.h"
#include "probes/page/charset.h"
#include "probes/page/fold.h"
#include "probes/page/text.h"
#include "daemon/base/text.h"

static void check(const PageText *text) {
        fuzz_holds(text_is_utf8(buf_text(&text->text), text->text.len));
        fuzz_holds(strlen(buf_text(&text->text)) == text->text.len);
        for (size_t i = 0; i < text->n_blocks; i++) {
                fuzz_holds(text->blocks[i].len > 0);
                fuzz_holds(text->blocks[i].start + text->blocks[i].len < text->text.len);
                fuzz_holds(text->blocks[i].link_len <= text->blocks[i].len);
                fuzz_holds(i == 0 || text->blocks[i].start > text->blocks[i - 1].start);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static const char *const types[] = {NULL, "text/html; charset=utf-8", "text/html; charset=iso-8859-15",
                                            "text/html; charset=utf-16", "text/html; charset=\"koi8-r"};
        PageSource source;
        PageText text;

        for (size_t i = 0; i < mon_count_of(types); i++) {
                if (charset_decode(bytes, n, types[i], &source) != 0)
                        continue;
                fuzz_holds(text_is_utf8(source.text, source.len));
                page_text_read(source.text, source.len, &text);
                check(&text);
                mon_auto_free char *folded = fold_copy(buf_text(&text.text));
                fuzz_holds(text_is_utf8(folded, strlen(folded)));
                page_text_fini(&text);
                page_text_read_plain(source.text, source.len, &text);
                check(&text);
                page_text_fini(&text);
                page_source_fini(&source);
        }
        return 0;
}
