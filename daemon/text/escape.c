#include "daemon/text/escape.h"

#include "daemon/base/text.h"

#include <ctype.h>

char *escape_terminal(const char *text, size_t max) {
        return text_clean_copy(text ? text : "", max);
}

static bool is_number(const char *text) {
        size_t digits = 0, dots = 0;

        for (const char *at = text + (*text == '-' || *text == '+'); *at; at++)
                if (isdigit((unsigned char)*at))
                        digits++;
                else if (*at != '.' || dots++ > 0)
                        return false;
        return digits > 0;
}

char *escape_csv(const char *text) {
        if (!text)
                return mon_strdup("");

        bool formula = *text && strchr("=+-@\t\r", *text) && !is_number(text);
        bool quote = strpbrk(text, ",\"\r\n;") != NULL || formula;
        size_t n = 0;
        char *out = mon_calloc(2 * strlen(text) + 4, 1);

        if (quote)
                out[n++] = '"';
        if (formula)
                out[n++] = '\'';
        for (; *text; text++) {
                if (*text == '"')
                        out[n++] = '"';
                out[n++] = *text;
        }
        if (quote)
                out[n++] = '"';
        return out;
}
