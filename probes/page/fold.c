#include "probes/page/fold.h"

#include "daemon/base/text.h"

#include "probes/page/charset.h"

#include <string.h>
#include <utf8proc.h>

#define FOLD_CHUNK 512
#define FOLD_RUN 128           /* characters that are emitted at once */
#define FOLD_DECOMPOSED_MAX 32 /* characters that one character can fold to (U+FDFA has 18) */

typedef struct Fold {
        Buf *out;
        char chunk[FOLD_CHUNK]; /* gathers characters: most are one byte */
        size_t n;
        char last;     /* '\0' at the start */
        bool is_space; /* white space is owed before the next character */
        int result;
} Fold;

static void flush(Fold *fold) {
        if (fold->result == 0)
                fold->result = buf_append(fold->out, fold->chunk, fold->n);
        fold->n = 0;
}

static void emit(Fold *fold, const char *bytes, size_t n) {
        if (fold->n + n + 1 > sizeof fold->chunk)
                flush(fold);
        if (fold->is_space && fold->last != '\0' && fold->last != '\'')
                fold->chunk[fold->n++] = ' ';
        fold->is_space = false;
        memcpy(fold->chunk + fold->n, bytes, n);
        fold->n += n;
        fold->last = bytes[n - 1];
}

/* Punctuation and letters that compatibility decomposition leaves as they are. NULL: nothing special. */
static const char *replacement(uint32_t c) {
        switch (c) {
        case 0x2018:
        case 0x2019:
        case 0x201b:
        case 0x02bc:
        case 0x00b4:
        case 0x2032:
        case '`':
                return "'";
        case 0x201c:
        case 0x201d:
        case 0x201e:
        case 0x00ab:
        case 0x00bb:
                return "\"";
        case 0x2010:
        case 0x2011:
        case 0x2012:
        case 0x2013:
        case 0x2014:
        case 0x2015:
        case 0x2212:
                return "-";
        case 0x0152:
        case 0x0153:
                return "oe";
        case 0x00c6:
        case 0x00e6:
                return "ae";
        case 0x00d8:
        case 0x00f8:
                return "o";
        case 0x2026:
                return "...";
        case 0x00ad:
        case 0x200b:
        case 0x200c:
        case 0x200d:
        case 0x2060:
        case 0xfeff:
                return ""; /* nothing to see */
        default:
                return NULL;
        }
}

/* Latin-1's letters without their accents, so that French needs no look into utf8proc's tables. 0: not here. */
static char latin_letter(uint32_t c) {
        static const char letters[64] = "aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0\0aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0y";
        return c >= 0xc0 && c <= 0xff ? letters[c - 0xc0] : '\0';
}

static void fold_rare(Fold *fold, uint32_t c) {
        utf8proc_int32_t parts[FOLD_DECOMPOSED_MAX];
        const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                          UTF8PROC_STRIPMARK | UTF8PROC_IGNORE | UTF8PROC_LUMP;
        utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)c, parts, FOLD_DECOMPOSED_MAX, options, NULL);

        for (utf8proc_ssize_t i = 0; i < n && n <= FOLD_DECOMPOSED_MAX; i++) {
                char bytes[4];
                if (parts[i] <= ' ') {
                        fold->is_space = true;
                        continue;
                }
                size_t len = charset_put_utf8((uint32_t)parts[i], bytes);
                emit(fold, bytes, len);
        }
}

static void fold_character(Fold *fold, uint32_t c) {
        if (c <= ' ' || c == 0x7f || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x3000) {
                fold->is_space = true;
                return;
        }
        const char *text = replacement(c);
        if (text) {
                if (*text)
                        emit(fold, text, strlen(text));
                return;
        }
        char letter = c < 0x80 ? (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c) : latin_letter(c);
        if (letter)
                emit(fold, &letter, 1);
        else
                fold_rare(fold, c);
}

/* "Ã©" is what "é" becomes when its two bytes are taken for two characters: take them back. Returns the bytes used. */
static size_t take_mojibake(const char *at, size_t n, uint32_t first, size_t first_len, uint32_t *ret_character) {
        char bytes[4];
        int lead = charset_windows_1252(first);
        size_t want = lead >= 0xc2 && lead < 0xe0   ? 2
                      : lead >= 0xe0 && lead < 0xf0 ? 3
                      : lead >= 0xf0 && lead < 0xf5 ? 4
                                                    : 0;
        size_t used = first_len;

        if (want == 0)
                return 0;
        bytes[0] = (char)lead;
        for (size_t i = 1; i < want; i++) {
                uint32_t c;
                size_t len = used < n ? text_take_character(at + used, n - used, &c) : 0;
                int byte = len > 1 ? charset_windows_1252(c) : -1;
                if (byte < 0x80 || byte > 0xbf)
                        return 0;
                bytes[i] = (char)byte;
                used += len;
        }
        return text_take_character(bytes, want, ret_character) == want ? used : 0;
}

/* Characters that stand for themselves: they go in one piece. */
static size_t plain_run(const char *text, size_t n) {
        size_t i = 0;

        n = n < FOLD_RUN ? n : FOLD_RUN;
        while (i < n && text[i] > ' ' && text[i] < 0x7f && !(text[i] >= 'A' && text[i] <= 'Z') && text[i] != '`')
                i++;
        return i;
}

/* A letter of Latin-1 whose two bytes nothing follows that could make them mojibake; most of what is not ASCII. */
static char plain_letter(const char *text, size_t n) {
        if (n < 3 || (unsigned char)text[0] != 0xc3 || (text[1] & 0xc0) != 0x80 || (unsigned char)text[2] >= 0x80)
                return '\0';
        return latin_letter(0xc0 | ((uint32_t)text[1] & 0x3f));
}

int fold_text(const char *text, size_t n, Buf *out) {
        Fold fold;

        fold.out = out;
        fold.n = 0;
        fold.last = '\0';
        fold.is_space = false;
        fold.result = 0;
        for (size_t i = 0; i < n && fold.result == 0;) {
                unsigned char byte = (unsigned char)text[i];
                uint32_t c = byte, meant;
                size_t run = plain_run(text + i, n - i);
                if (run > 0) {
                        emit(&fold, text + i, run);
                        i += run;
                        continue;
                }
                if (byte < 0x80) {
                        fold_character(&fold, c);
                        i++;
                        continue;
                }
                char letter = plain_letter(text + i, n - i);
                if (letter) {
                        emit(&fold, &letter, 1);
                        i += 2;
                        continue;
                }
                size_t len = text_take_character(text + i, n - i, &c);
                if (len == 0) {
                        i++;
                        continue;
                }
                size_t used = c >= 0xc2 && c <= 0xf4 ? take_mojibake(text + i, n - i, c, len, &meant) : 0;
                fold_character(&fold, used ? meant : c);
                i += used ? used : len;
        }
        flush(&fold);
        return fold.result;
}

char *fold_copy(const char *text) {
        size_t n = strlen(text);
        mon_auto_buf Buf out = BUF_INIT(8 * n + 64);

        if (fold_text(text, n, &out) != 0)
                return mon_strdup("");
        return buf_steal(&out);
}
