#include "probes/page/charset.h"

#include "daemon/base/text.h"

#include <ctype.h>
#include <string.h>

#define CHARSET_SAMPLE 1024         /* bytes in which UTF-16 without a BOM and binary data show themselves */
#define CHARSET_REPLACEMENT 0xfffdU /* U+FFFD */

typedef enum Charset {
        CHARSET_NONE, /* no label */
        CHARSET_UTF8,
        CHARSET_WINDOWS_1252,
        CHARSET_LATIN_9,
        CHARSET_UTF16_LE,
        CHARSET_UTF16_BE,
        CHARSET_OTHER, /* a label that is not read here */
} Charset;

static const char *const charset_names[] = {"",         "utf-8",    "windows-1252", "iso-8859-15",
                                            "utf-16le", "utf-16be", "unknown"};

static const struct {
        const char *label;
        Charset charset;
} labels[] = {
        {"utf-8", CHARSET_UTF8},
        {"utf8", CHARSET_UTF8},
        {"us-ascii", CHARSET_WINDOWS_1252},
        {"ascii", CHARSET_WINDOWS_1252},
        {"iso-8859-1", CHARSET_WINDOWS_1252},
        {"iso8859-1", CHARSET_WINDOWS_1252},
        {"iso88591", CHARSET_WINDOWS_1252},
        {"iso_8859-1", CHARSET_WINDOWS_1252},
        {"latin1", CHARSET_WINDOWS_1252},
        {"latin-1", CHARSET_WINDOWS_1252},
        {"l1", CHARSET_WINDOWS_1252},
        {"windows-1252", CHARSET_WINDOWS_1252},
        {"cp1252", CHARSET_WINDOWS_1252},
        {"x-cp1252", CHARSET_WINDOWS_1252},
        {"ansi", CHARSET_WINDOWS_1252},
        {"iso-8859-15", CHARSET_LATIN_9},
        {"iso8859-15", CHARSET_LATIN_9},
        {"iso_8859-15", CHARSET_LATIN_9},
        {"latin9", CHARSET_LATIN_9},
        {"latin-9", CHARSET_LATIN_9},
        {"l9", CHARSET_LATIN_9},
        {"utf-16", CHARSET_UTF16_LE},
        {"utf-16le", CHARSET_UTF16_LE},
        {"utf-16be", CHARSET_UTF16_BE},
        {"unicode", CHARSET_UTF16_LE},
};

/* 0x80 to 0x9f of windows-1252; the five free ones stand for themselves. */
static const uint16_t windows_1252[32] = {
        0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

size_t charset_put_utf8(uint32_t c, char ret_bytes[static 4]) {
        if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
                c = CHARSET_REPLACEMENT;
        if (c < 0x80) {
                ret_bytes[0] = (char)c;
                return 1;
        }
        if (c < 0x800) {
                ret_bytes[0] = (char)(0xc0 | c >> 6);
                ret_bytes[1] = (char)(0x80 | (c & 0x3f));
                return 2;
        }
        if (c < 0x10000) {
                ret_bytes[0] = (char)(0xe0 | c >> 12);
                ret_bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
                ret_bytes[2] = (char)(0x80 | (c & 0x3f));
                return 3;
        }
        ret_bytes[0] = (char)(0xf0 | c >> 18);
        ret_bytes[1] = (char)(0x80 | (c >> 12 & 0x3f));
        ret_bytes[2] = (char)(0x80 | (c >> 6 & 0x3f));
        ret_bytes[3] = (char)(0x80 | (c & 0x3f));
        return 4;
}

uint32_t charset_of_windows_1252(unsigned char byte) {
        return byte >= 0x80 && byte < 0xa0 ? windows_1252[byte - 0x80] : byte;
}

int charset_windows_1252(uint32_t character) {
        if (character < 0x80 || (character >= 0xa0 && character <= 0xff))
                return (int)character;
        for (size_t i = 0; i < mon_count_of(windows_1252); i++)
                if (windows_1252[i] == character)
                        return (int)(0x80 + i);
        return -1;
}

/* The word after "charset=", in whatever stands around it. */
static Charset find_label(const char *text, size_t n) {
        static const char key[] = "charset";
        const size_t key_len = sizeof key - 1;

        for (size_t i = 0; i + key_len < n; i++) {
                if ((text[i] | 0x20) != 'c' || strncasecmp(text + i, key, key_len) != 0)
                        continue;
                size_t at = i + key_len;
                while (at < n && isspace((unsigned char)text[at]))
                        at++;
                if (at >= n || text[at] != '=')
                        continue;
                for (at++; at < n && (isspace((unsigned char)text[at]) || text[at] == '"' || text[at] == '\'');)
                        at++;
                size_t end = at;
                while (end < n && (isalnum((unsigned char)text[end]) || strchr("-_:.", text[end])) && text[end] != '\0')
                        end++;
                for (size_t k = 0; k < mon_count_of(labels); k++)
                        if (strlen(labels[k].label) == end - at &&
                            strncasecmp(labels[k].label, text + at, end - at) == 0)
                                return labels[k].charset;
                if (end > at)
                        return CHARSET_OTHER;
        }
        return CHARSET_NONE;
}

/* The label in the page's own first <meta>: any <meta … charset=…> of its first bytes. */
static Charset find_meta(const char *text, size_t n) {
        size_t most = n < CHARSET_META_MAX ? n : CHARSET_META_MAX;

        for (size_t i = 0; i + 6 < most; i++) {
                if (text[i] != '<' || strncasecmp(text + i, "<meta", 5) != 0)
                        continue;
                const char *end = memchr(text + i, '>', most - i);
                Charset found = find_label(text + i, end ? (size_t)(end - text) - i : most - i);
                if (found == CHARSET_UTF16_LE || found == CHARSET_UTF16_BE)
                        return CHARSET_UTF8; /* it was read as single bytes, so it cannot be */
                if (found != CHARSET_NONE)
                        return found;
        }
        return CHARSET_NONE;
}

typedef struct Census {
        size_t n_good; /* characters of two bytes and more */
        size_t n_bad;
        size_t n_controls;
        size_t n_high; /* bytes of 0x80 and above */
} Census;

static Census count(const char *text, size_t n) {
        Census census = {0};

        for (size_t i = 0; i < n;) {
                unsigned char c = (unsigned char)text[i];
                uint32_t character;
                uint64_t eight;
                if (i + sizeof eight <= n) { /* eight plain characters at once */
                        memcpy(&eight, text + i, sizeof eight);
                        if (!((eight | (eight - UINT64_C(0x2020202020202020))) & UINT64_C(0x8080808080808080))) {
                                i += sizeof eight;
                                continue;
                        }
                }
                if (c < 0x80) {
                        census.n_controls += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
                        i++;
                        continue;
                }
                size_t len = text_take_character(text + i, n - i, &character);
                census.n_high += len ? len : 1;
                if (len > 0)
                        census.n_good++;
                else
                        census.n_bad++;
                i += len ? len : 1;
        }
        return census;
}

/* Western text in UTF-16 has a zero in nearly every other byte. */
static Charset guess_utf16(const unsigned char *s, size_t n) {
        size_t zeros[2] = {0, 0}, sample = n < CHARSET_SAMPLE ? n & ~(size_t)1 : CHARSET_SAMPLE;

        for (size_t i = 0; i < sample; i++)
                zeros[i % 2] += s[i] == 0;
        if (sample < 4)
                return CHARSET_NONE;
        if (zeros[1] * 3 > sample && zeros[0] * 20 < sample)
                return CHARSET_UTF16_LE;
        if (zeros[0] * 3 > sample && zeros[1] * 20 < sample)
                return CHARSET_UTF16_BE;
        return CHARSET_NONE;
}

static Charset choose(const unsigned char *s, size_t n, Charset header, const Census *census) {
        Charset sixteen = guess_utf16(s, n);
        Charset label = header != CHARSET_NONE ? header : find_meta((const char *)s, n);

        if (sixteen != CHARSET_NONE)
                return sixteen;
        if (census->n_controls * 20 > n && census->n_controls > 8)
                return CHARSET_OTHER; /* no text at all */
        if (census->n_bad == 0)
                return CHARSET_UTF8;
        if (label == CHARSET_WINDOWS_1252 || label == CHARSET_LATIN_9 || label == CHARSET_OTHER)
                return census->n_good > 4 * census->n_bad ? CHARSET_UTF8 : label;
        if (census->n_good >= 2 * census->n_bad || (label == CHARSET_UTF8 && census->n_bad <= 2))
                return CHARSET_UTF8;
        return census->n_high * 3 < n ? CHARSET_WINDOWS_1252 : CHARSET_OTHER;
}

static size_t put(char *out, size_t at, uint32_t c) {
        return at + charset_put_utf8(c, out + at);
}

static uint32_t latin_9(unsigned char c) {
        switch (c) {
        case 0xa4:
                return 0x20ac;
        case 0xa6:
                return 0x160;
        case 0xa8:
                return 0x161;
        case 0xb4:
                return 0x17d;
        case 0xb8:
                return 0x17e;
        case 0xbc:
                return 0x152;
        case 0xbd:
                return 0x153;
        case 0xbe:
                return 0x178;
        default:
                return charset_of_windows_1252(c);
        }
}

static void from_bytes(const unsigned char *s, size_t n, Charset charset, PageSource *source) {
        size_t len = 0;

        source->owned = mon_calloc(3 * n + 1, 1);
        for (size_t i = 0; i < n; i++) {
                len = put(source->owned, len,
                          charset == CHARSET_LATIN_9 ? latin_9(s[i]) : charset_of_windows_1252(s[i]));
        }
        source->len = len;
}

static void from_utf16(const unsigned char *s, size_t n, bool big_endian, PageSource *source) {
        size_t len = 0, high = big_endian ? 0 : 1;

        source->owned = mon_calloc(3 * (n / 2) + 4, 1);
        for (size_t i = 0; i + 1 < n; i += 2) {
                uint32_t c = (uint32_t)s[i + high] << 8 | s[i + 1 - high];
                if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
                        uint32_t next = (uint32_t)s[i + 2 + high] << 8 | s[i + 3 - high];
                        if (next >= 0xdc00 && next < 0xe000) {
                                c = 0x10000 + ((c & 0x3ff) << 10 | (next & 0x3ff));
                                i += 2;
                        }
                }
                source->n_bad += c >= 0xd800 && c <= 0xdfff;
                len = put(source->owned, len, c);
        }
        source->n_bad += n % 2;
        source->len = len;
}

static void from_utf8(const char *s, size_t n, size_t n_bad, PageSource *source) {
        size_t len = 0;

        source->n_bad = n_bad;
        source->text = s;
        source->len = n;
        if (n_bad == 0)
                return;
        source->owned = mon_calloc(n + 2 * n_bad + 1, 1);
        for (size_t i = 0; i < n;) {
                uint32_t c;
                size_t taken = text_take_character(s + i, n - i, &c);
                len = put(source->owned, len, taken ? c : CHARSET_REPLACEMENT);
                i += taken ? taken : 1;
        }
        source->len = len;
}

int charset_decode(const void *bytes, size_t n, const char *content_type, PageSource *ret_source) {
        const unsigned char *s = bytes;
        PageSource source = {0};
        size_t skip = 0;
        Charset charset;

        if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
                charset = CHARSET_UTF8;
                skip = 3;
        } else if (n >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0)) {
                charset = s[0] == 0xff ? CHARSET_UTF16_LE : CHARSET_UTF16_BE;
                skip = 2;
        } else {
                Census census = count((const char *)s, n);
                charset = choose(s, n, content_type ? find_label(content_type, strlen(content_type)) : CHARSET_NONE,
                                 &census);
        }
        s += skip;
        n -= skip;
        if (charset == CHARSET_OTHER)
                return CHARSET_E_UNKNOWN;
        if (charset == CHARSET_UTF8)
                from_utf8((const char *)s, n, count((const char *)s, n).n_bad, &source);
        else if (charset == CHARSET_UTF16_LE || charset == CHARSET_UTF16_BE)
                from_utf16(s, n, charset == CHARSET_UTF16_BE, &source);
        else
                from_bytes(s, n, charset, &source);
        if (source.owned)
                source.text = source.owned;
        source.charset = charset_names[charset];
        *ret_source = source;
        return 0;
}

void page_source_fini(PageSource *source) {
        free(source->owned);
        *source = (PageSource){0};
}
