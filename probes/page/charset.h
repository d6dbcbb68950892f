/* Bytes to UTF-8: by BOM, by the header's charset, by the page's own <meta>, by the bytes themselves (WHATWG's order).
 *
 * UTF-8, UTF-16, ISO-8859-1 (read as windows-1252, as browsers do), ISO-8859-15 and windows-1252. A label that the
 * bytes contradict is not believed: valid UTF-8 is UTF-8. A few bad bytes become U+FFFD. */
#pragma once

#include "daemon/base/alloc.h"

#define CHARSET_META_MAX 4096 /* bytes in which a <meta charset> is looked for */

typedef struct PageSource {
        const char *text; /* UTF-8; may hold NUL; borrowed from the bytes or from `owned` */
        size_t len;
        char *owned;
        const char *charset; /* what it was read as */
        size_t n_bad;        /* sequences that were no characters */
} PageSource;

enum {
        CHARSET_E_UNKNOWN = 1, /* a charset that is not read here, or no text at all */
};

/* `content_type` is the header's value, NULL or "" without one. The result may point into `bytes`. */
mon_must_check int charset_decode(const void *bytes, size_t n, const char *content_type, PageSource *ret_source);
void page_source_fini(PageSource *source);

/* Writes a character (U+FFFD for what is none) as UTF-8; its length. */
size_t charset_put_utf8(uint32_t character, char ret_bytes[static 4]);
/* The byte that windows-1252 has for a character, or -1. */
int charset_windows_1252(uint32_t character);
/* The character that windows-1252 has for a byte. */
uint32_t charset_of_windows_1252(unsigned char byte);
