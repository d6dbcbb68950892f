#include "daemon/notify/mime.h"

#include "daemon/base/digest.h"
#include "daemon/base/text.h"
#include "daemon/net/smtp.h"

#include <ctype.h>
#include <errno.h>

#define WORD_BYTES 39 /* of UTF-8 in one encoded word: with its name before it, the line still fits */

static int full(int r) {
        return r == 0 ? 0 : -EMSGSIZE;
}

static bool is_plain(const char *text) {
        for (const char *at = text; *at; at++)
                if (*at < 0x20 || *at >= 0x7f)
                        return false;
        return !strstr(text, "=?");
}

/* --- fields ----------------------------------------------------------------------------------------------------- */

/* Each word ends between characters (RFC 2047, section 5). */
static int encoded_words(Buf *out, const char *text) {
        size_t len = strlen(text), at = 0;
        int r = 0;

        while (at < len && r == 0) {
                size_t n = text_cut(text + at, len - at, WORD_BYTES);
                if (n == 0)
                        n = len - at < WORD_BYTES ? len - at : WORD_BYTES;
                mon_auto_free char *coded = base64_encode(text + at, n);
                r = buf_printf(out, "%s=?UTF-8?B?%s?=", at > 0 ? "\r\n " : "", coded);
                at += n;
        }
        return full(r);
}

int mime_field(Buf *out, const char *name, const char *text) {
        mon_auto_free char *clean = text_clean_copy(text, MIME_TEXT_MAX);

        if (buf_printf(out, "%s: ", name) != 0)
                return -EMSGSIZE;
        if (is_plain(clean) && strlen(name) + 2 + strlen(clean) <= MIME_LINE_MAX)
                return full(buf_printf(out, "%s\r\n", clean));
        int r = encoded_words(out, clean);
        return r == 0 ? full(buf_append_text(out, "\r\n")) : r;
}

/* --- addresses -------------------------------------------------------------------------------------------------- */

static char *trimmed(const char *text, size_t n) {
        while (n > 0 && text[0] == ' ') {
                text++;
                n--;
        }
        while (n > 0 && text[n - 1] == ' ')
                n--;
        if (n >= 2 && text[0] == '"' && text[n - 1] == '"') {
                text++;
                n -= 2;
        }
        return mon_strndup(text, n);
}

/* A name is no second address, and no piece of syntax. */
static bool is_name(const char *name) {
        mon_auto_free char *clean = mon_strdup(name);

        text_clean(clean);
        return strlen(name) <= MIME_NAME_MAX && !strpbrk(name, "<>@\"\\") && text_is(clean, name);
}

int mime_address_read(const char *text, MimeAddress *ret_address) {
        const char *open = strchr(text, '<');
        size_t n = strlen(text);

        if (!open) {
                if (!smtp_is_address(text))
                        return MIME_E_FORM;
                *ret_address = (MimeAddress){.address = mon_strdup(text)};
                return 0;
        }
        if (text[n - 1] != '>')
                return MIME_E_FORM;
        mon_auto_free char *name = trimmed(text, (size_t)(open - text));
        mon_auto_free char *address = mon_strndup(open + 1, n - 1 - (size_t)(open + 1 - text));
        if (!is_name(name) || !smtp_is_address(address))
                return MIME_E_FORM;
        *ret_address = (MimeAddress){.address = mon_steal(&address)};
        ret_address->name = *name ? mon_steal(&name) : NULL;
        return 0;
}

void mime_address_fini(MimeAddress *address) {
        free(address->name);
        free(address->address);
        *address = (MimeAddress){0};
}

/* The name and the address each on a line of its own: either may be as long as a line. */
static int one_address(Buf *out, const MimeAddress *address) {
        int r = 0;

        if (!address->name)
                return full(buf_append_text(out, address->address));
        if (is_plain(address->name) && strlen(address->name) < MIME_LINE_MAX - 10)
                r = full(buf_printf(out, "\"%s\"", address->name));
        else
                r = encoded_words(out, address->name);
        return r == 0 ? full(buf_printf(out, "\r\n <%s>", address->address)) : r;
}

int mime_addresses(Buf *out, const char *name, const MimeAddress *addresses, size_t n) {
        int r = full(buf_printf(out, "%s: ", name));

        for (size_t i = 0; i < n && r == 0; i++) {
                r = one_address(out, &addresses[i]);
                if (r == 0)
                        r = full(buf_append_text(out, i + 1 < n ? ",\r\n " : "\r\n"));
        }
        return r;
}

/* --- quoted-printable ------------------------------------------------------------------------------------------- */

/* What may stand as it is; a dot at the beginning of a line, or "From " there, is left to nobody's mercy. */
static bool stands(unsigned char byte, bool is_first, bool is_last) {
        if (byte == '=' || byte > '~' || byte < ' ')
                return false;
        if (byte == ' ')
                return !is_last;
        return !(is_first && (byte == '.' || byte == 'F'));
}

static int one_line(Buf *out, const char *line, size_t n) {
        size_t column = 0;
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++) {
                bool as_is = stands((unsigned char)line[i], column == 0, i + 1 == n);
                size_t width = as_is ? 1 : 3;
                if (column + width > MIME_LINE_MAX - 1) { /* room for the '=' that continues it */
                        r = buf_append_text(out, "=\r\n");
                        column = 0;
                        as_is = stands((unsigned char)line[i], true, i + 1 == n);
                        width = as_is ? 1 : 3;
                }
                if (r == 0)
                        r = as_is ? buf_append(out, &line[i], 1) : buf_printf(out, "=%02X", (unsigned char)line[i]);
                column += width;
        }
        return full(r == 0 ? buf_append_text(out, "\r\n") : r);
}

int mime_quoted_printable(Buf *out, const char *text) {
        int r = 0;

        while (*text && r == 0) {
                size_t n = strcspn(text, "\r\n");
                r = one_line(out, text, n);
                text += n;
                if (text[0] == '\r' && text[1] == '\n')
                        text++;
                if (*text)
                        text++;
        }
        return r;
}
