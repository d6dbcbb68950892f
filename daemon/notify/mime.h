/* The forms of a mail: header fields (RFC 5322, words beyond ASCII as RFC 2047 has them) and quoted-printable (RFC
 * 2045). Pure. Whatever text is given, a field stays one field: what leaves holds no end of line but those that are
 * written here, no line is longer than MIME_LINE_MAX, and everything is ASCII.
 *
 * Each appends to `out`, and gives -EMSGSIZE when it does not fit. */
#pragma once

#include "daemon/base/alloc.h"

#define MIME_LINE_MAX 76   /* characters of a line, its end not counted */
#define MIME_NAME_MAX 200  /* bytes of a person's or association's name beside an address */
#define MIME_TEXT_MAX 1000 /* bytes of a field's text; what is longer is cut */

/* A field of text: a subject. */
mon_must_check int mime_field(Buf *out, const char *name, const char *text);

/* "a@b", or "Name <a@b>", as written by whoever configures. */
typedef struct MimeAddress {
        char *name;    /* NULL: none */
        char *address; /* as smtp_is_address() has it */
} MimeAddress;

enum { MIME_E_FORM = 1 };

mon_must_check int mime_address_read(const char *text, MimeAddress *ret_address);
void mime_address_fini(MimeAddress *address);

/* A field of addresses, one a line. */
mon_must_check int mime_addresses(Buf *out, const char *name, const MimeAddress *addresses, size_t n);

/* UTF-8 with ends of line of any kind, as quoted-printable with CRLF. It ends with an end of line. */
mon_must_check int mime_quoted_printable(Buf *out, const char *text);
