/* Small text: UTF-8 that is safe to show, times and durations as INTERFACE writes them, and "did you mean". */
#pragma once

#include "daemon/base/alloc.h"
#include "daemon/base/clock.h"

#include <string.h>

static inline bool text_is(const char *a, const char *b) { /* NULL is only NULL */
        return a && b ? strcmp(a, b) == 0 : a == b;
}
static inline bool text_starts(const char *text, const char *prefix) {
        return strncmp(text, prefix, strlen(prefix)) == 0;
}
bool text_ends(const char *text, const char *suffix);

/* In place: invalid UTF-8, C0 and C1 controls, bidirectional overrides and line separators become one space or '?', a
 * cut last character is dropped. Never longer than before. What leaves is safe for a terminal and a log line. */
void text_clean(char *text);
/* The same on a copy of at most `max` bytes, an ellipsis in place of what was cut if it fits. NULL gives NULL. */
char *text_clean_copy(const char *text, size_t max);
/* Takes one character of at most n bytes (n > 0; RFC 3629: no overlong form, no surrogate, at most U+10FFFF). Its
 * length, or 0 when there is none. */
size_t text_take_character(const char *at, size_t n, uint32_t *ret_character);
bool text_is_utf8(const char *text, size_t n);
/* The length of the longest prefix of at most n bytes that ends on a character's boundary. */
size_t text_cut(const char *text, size_t len, size_t n);

/* RFC 3339, UTC, milliseconds: "2026-08-30T09:00:00.000Z". */
#define TEXT_TIME_MAX 32
void text_time(Nsec at_real, char ret_text[static TEXT_TIME_MAX]);
/* RFC 3339 with any offset, fraction optional; a bare date is its midnight UTC. TEXT_E_FORM when it is neither,
 * TEXT_E_RANGE before 1970, from 2262 on, and for days that there are not. */
mon_must_check int text_parse_time(const char *text, Nsec *ret_at_real);

/* Durations: a number and s, m, h, d, w or y (365 d), possibly several ("1h30m"); "0" alone. Sizes: a number and
 * nothing, K, M or G (powers of 1024). */
mon_must_check int text_parse_duration(const char *text, Nsec *ret_span);
mon_must_check int text_parse_size(const char *text, int64_t *ret_bytes);
mon_must_check int text_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value);
char *text_duration(Nsec span); /* to the second, in the config's own units, largest first: "1m30s", "1h30m", "5d" */

enum {
        TEXT_E_FORM = 1,  /* not of the documented form */
        TEXT_E_RANGE = 2, /* of the form, but outside what can be held or is allowed */
};

#define TEXT_WORD_MAX 64 /* bytes; longer words are near to nothing */
/* The candidate nearest to `word` (edit distance at most a third of its length, at least 1, case ignored), or NULL; a
 * single letter is near to nothing. */
const char *text_nearest(const char *word, const char *const *candidates, size_t n);
