/* Bytes to characters. The first line of the input is the Content-Type, the rest is the body. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "probes/page/charset.h"

static bool is_known(const char *name) {
        static const char *const names[] = {"utf-8", "windows-1252", "iso-8859-15", "utf-16le", "utf-16be"};

        for (size_t i = 0; i < mon_count_of(names); i++)
                if (text_is(name, names[i]))
                        return true;
        return false;
}

static bool has_controls(const char *text, size_t n) {
        for (size_t i = 0; i < n; i++)
                if ((unsigned char)text[i] < ' ' && !(text[i] && strchr("\t\n\r\f", text[i])))
                        return true;
        return false;
}

static bool has_mark(const char *text, size_t n) {
        return n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
}

static void check_source(const PageSource *source, const char *bytes, size_t n) {
        fuzz_holds(text_is_utf8(source->text, source->len));
        fuzz_holds(source->len <= 3 * n && source->n_bad <= n);
        fuzz_holds(is_known(source->charset));
        if (source->owned)
                fuzz_holds(source->text == source->owned);
        else if (n > 0)
                fuzz_holds(source->text >= bytes && source->text + source->len <= bytes + n);
}

static void check_same(const PageSource *source, const char *bytes, size_t n, const char *content_type) {
        PageSource again;

        fuzz_holds(charset_decode(bytes, n, content_type, &again) == 0);
        fuzz_holds(again.len == source->len && (again.len == 0 || memcmp(again.text, source->text, again.len) == 0));
        page_source_fini(&again);
}

/* Text that is UTF-8 already is read as it stands, whatever a label says of it. */
static void check_plain(const char *text, size_t n, const char *content_type) {
        PageSource source;

        if (has_mark(text, n) || has_controls(text, n))
                return;
        fuzz_holds(charset_decode(text, n, content_type, &source) == 0);
        fuzz_holds(text_is(source.charset, "utf-8") && source.n_bad == 0 && source.text == text && source.len == n);
        page_source_fini(&source);
}

static void check_character(const uint8_t *bytes, size_t n) {
        char utf8[4];
        uint32_t character = 0, again;

        for (size_t i = 0; i < n && i < sizeof character; i++)
                character = character << 8 | bytes[i];
        size_t len = charset_put_utf8(character, utf8);
        fuzz_holds(text_take_character(utf8, len, &again) == len && (again == character || again == 0xfffd));
        int byte = charset_windows_1252(character);
        fuzz_holds(byte < 0 || charset_of_windows_1252((unsigned char)byte) == character);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        const PageSource untouched = {.charset = "untouched"};
        FuzzInput input = {bytes, n};
        mon_auto_free char *content_type = fuzz_take_line(&input);
        const char *body = (const char *)input.bytes;
        PageSource source = untouched;

        check_character(input.bytes, input.n);
        if (text_is_utf8(body, input.n))
                check_plain(body, input.n, content_type);
        int r = charset_decode(body, input.n, content_type, &source);
        fuzz_holds(r == 0 || r == CHARSET_E_UNKNOWN);
        if (r != 0) {
                fuzz_holds(source.charset == untouched.charset && !source.owned);
                return 0;
        }
        check_source(&source, body, input.n);
        check_same(&source, body, input.n, content_type);
        check_plain(source.text, source.len, content_type);
        page_source_fini(&source);
        return 0;
}
