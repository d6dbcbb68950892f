#include "daemon/base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUF_FIRST_CAP 64

static void *must(void *p) {
        if (!p)
                abort();
        return p;
}

void *mon_calloc(size_t n, size_t size) {
        return must(calloc(n ? n : 1, size ? size : 1));
}

void *mon_realloc_array(void *p, size_t n, size_t size) {
        return must(reallocarray(p, n ? n : 1, size));
}

char *mon_strdup(const char *s) {
        return s ? must(strdup(s)) : NULL;
}

/* By memchr: strndup may be held, by a sanitizer, to a NUL that `s` need not have within n bytes. */
char *mon_strndup(const char *s, size_t n) {
        const char *end = n > 0 ? memchr(s, '\0', n) : NULL;
        size_t len = end ? (size_t)(end - s) : n;
        char *copy = mon_calloc(len + 1, 1);

        if (len > 0)
                memcpy(copy, s, len);
        return copy;
}

char *mon_printf(const char *format, ...) {
        char *text = NULL;
        va_list args;

        va_start(args, format);
        int n = vasprintf(&text, format, args);
        va_end(args);
        if (n < 0)
                abort();
        return text;
}

void mon_replace(char **p, const char *s) {
        char *copy = mon_strdup(s); /* first: s may point into *p */
        free(*p);
        *p = copy;
}

void buf_fini(Buf *buf) {
        free(buf->data);
        *buf = (Buf){.max = buf->max};
}

void buf_clear(Buf *buf) {
        buf->len = 0;
        if (buf->data)
                buf->data[0] = '\0';
}

static int buf_reserve(Buf *buf, size_t n) {
        if (n > buf->max - buf->len)
                return BUF_E_FULL;
        size_t need = buf->len + n + 1;
        if (need <= buf->cap)
                return 0;

        size_t cap = buf->cap ? buf->cap : BUF_FIRST_CAP;
        while (cap < need)
                cap *= 2;
        if (cap > buf->max + 1)
                cap = buf->max + 1;
        buf->data = mon_realloc_array(buf->data, cap, 1);
        buf->cap = cap;
        return 0;
}

int buf_append(Buf *buf, const void *data, size_t n) {
        int r = buf_reserve(buf, n);
        if (r != 0)
                return r;
        if (n > 0)
                memcpy(buf->data + buf->len, data, n);
        buf->len += n;
        buf->data[buf->len] = '\0';
        return 0;
}

int buf_append_text(Buf *buf, const char *text) {
        return buf_append(buf, text, strlen(text));
}

int buf_printf(Buf *buf, const char *format, ...) {
        va_list args, again;

        va_start(args, format);
        va_copy(again, args);
        int n = vsnprintf(NULL, 0, format, args);
        assert(n >= 0);
        int r = buf_reserve(buf, (size_t)n);
        if (r == 0) {
                (void)vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again);
                buf->len += (size_t)n;
        }
        va_end(again);
        va_end(args);
        return r;
}

char *buf_steal(Buf *buf) {
        char *text = buf->data ? buf->data : mon_strdup("");
        *buf = (Buf){.max = buf->max};
        return text;
}

const char *buf_text(const Buf *buf) {
        return buf->data ? buf->data : "";
}
