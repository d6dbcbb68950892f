/* A regular expression (PCRE2) with limits on what one match may cost; no JIT, which a hardened service forbids. */
#pragma once

#include "daemon/base/alloc.h"

typedef struct Pattern Pattern;

/* What the pattern looks at: folded text is mostly ASCII and is matched byte by byte; a user's pattern sees characters.
 */
typedef enum PatternKind {
        PATTERN_FOLDED,
        PATTERN_USER, /* UTF-8, Unicode classes, ^ and $ at each line */
} PatternKind;

enum {
        PATTERN_E_LIMIT = 1
}; /* it would have cost too much: PCRE2 counts afresh at each place, mond counts all of them */

/* NULL and the mistake in one sentence (to free) when it does not compile. */
Pattern *pattern_new(const char *text, PatternKind kind, uint32_t step_limit, uint32_t heap_kib, char **ret_mistake);
void pattern_free(Pattern *pattern);
mon_define_cleanup(Pattern, pattern_free);

/* The memory that a match works in; one serves any number of patterns, one at a time. PCRE2 keeps what it grew to, tens
 * of KiB, so a room for each pattern would cost megabytes. */
typedef struct PatternRoom PatternRoom;
PatternRoom *pattern_room_new(void);
void pattern_room_free(PatternRoom *room);
mon_define_cleanup(PatternRoom, pattern_room_free);

/* Whether it matches somewhere in n bytes of valid UTF-8. */
mon_must_check int pattern_match(Pattern *pattern, PatternRoom *room, const char *text, size_t n, bool *ret_found);
/* Where the last match of this room stood; only after a pattern_match that found one, before any other. */
void pattern_place(const PatternRoom *room, size_t *ret_start, size_t *ret_end);
/* Appends to `out` what is left when every match is taken out; its bound must hold the n bytes. */
mon_must_check int pattern_cut(Pattern *pattern, PatternRoom *room, const char *text, size_t n, Buf *out);
