#include "daemon/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_fini(Error *error) {
        free(error->text);
        error->text = NULL;
}

void error_set(Error *error, const char *format, ...) {
        if (!error || error->text)
                return;

        va_list args;
        va_start(args, format);
        if (vasprintf(&error->text, format, args) < 0)
                abort();
        va_end(args);
}

const char *error_text(const Error *error) {
        return error && error->text ? error->text : "";
}

const char *mon_strerror(int result) {
        const char *text = strerrordesc_np(result < 0 ? -result : result);
        return text ? text : "unknown error";
}
