/* Memory: allocation that aborts, cleanup attributes, and Buf, the one way to hold bytes sized by an outsider.
 *
 * Small allocations (bounded by our own code) abort when memory is out: nothing sensible could follow. Whatever a
 * site, a file or a client sizes goes through Buf, which has a bound and can refuse. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define mon_cleanup(fn) __attribute__((cleanup(fn)))
#define mon_printf_like(nth, first) __attribute__((format(printf, nth, first)))
#define mon_must_check __attribute__((warn_unused_result))

/* mon_define_cleanup(Type, type_free): makes type_free_p for `mon_cleanup(type_free_p) Type *x = NULL;`. */
#define mon_define_cleanup(Type, fn)                                                                                   \
        static inline void fn##_p(Type **p) {                                                                          \
                fn(*p);                                                                                                \
        }                                                                                                              \
        struct mon_swallow_semicolon

/* Hands over what a cleanup local owns: `return mon_steal(&x);` */
#define mon_steal(p)                                                                                                   \
        ({                                                                                                             \
                typeof(*(p)) stolen_ = *(p);                                                                           \
                *(p) = NULL;                                                                                           \
                stolen_;                                                                                               \
        })

#define mon_count_of(array) (sizeof(array) / sizeof((array)[0]))
#define mon_container_of(pointer, Type, member) ((Type *)((char *)(pointer)-offsetof(Type, member)))

void *mon_calloc(size_t n, size_t size);
void *mon_realloc_array(void *p, size_t n, size_t size);
char *mon_strdup(const char *s);            /* NULL gives NULL */
char *mon_strndup(const char *s, size_t n); /* up to a NUL or n bytes; never NULL */
char *mon_printf(const char *format, ...) mon_printf_like(1, 2);
#define mon_new(Type) ((Type *)mon_calloc(1, sizeof(Type)))
#define mon_new_array(Type, n) ((Type *)mon_calloc((n), sizeof(Type)))

/* Replaces the owned string *p by a copy of s (NULL allowed). */
void mon_replace(char **p, const char *s);

static inline void mon_free_p(void *p) {
        free(*(void **)p);
}
#define mon_auto_free mon_cleanup(mon_free_p)

/* A growing byte string with a bound. Always NUL-terminated (the NUL is not counted), so text may be read in place.
 * A zeroed Buf with `max` set is valid. Appending past `max` changes nothing and gives BUF_E_FULL. */
typedef struct Buf {
        char *data; /* NULL while empty and never written */
        size_t len;
        size_t cap;
        size_t max;
} Buf;

enum {
        BUF_E_FULL = 1, /* the bound would be passed; nothing was appended */
};

#define BUF_INIT(bound) ((Buf){.max = (bound)})
void buf_fini(Buf *buf);
void buf_clear(Buf *buf); /* keeps the memory */
mon_must_check int buf_append(Buf *buf, const void *data, size_t n);
mon_must_check int buf_append_text(Buf *buf, const char *text);
mon_must_check int buf_printf(Buf *buf, const char *format, ...) mon_printf_like(2, 3);
char *buf_steal(Buf *buf);            /* never NULL; the caller frees */
const char *buf_text(const Buf *buf); /* "" while empty */
#define mon_auto_buf mon_cleanup(buf_fini)
