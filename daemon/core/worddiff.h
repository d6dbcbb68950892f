/* What changed between two texts, in words: Myers' algorithm ("An O(ND) difference algorithm and its variations", 1986)
 * in its linear-space form. Words are what white space separates; how much of it, and where lines end, is no change.
 *
 * Time is bounded by a budget of steps: what is left when it is spent counts as replaced as a whole, so the result is
 * always right and only then not the smallest. Pure. */
#pragma once

#include "daemon/base/alloc.h"

#define WORDDIFF_STEPS_MAX 4000000 /* words compared in one diff: some ten milliseconds */
#define WORDDIFF_TEXT_MAX 4096     /* bytes of a diff that is shown; the rest of it is not told */
#define WORDDIFF_CONTEXT 5         /* unchanged words shown around a change */

typedef struct Word {
        const char *at; /* in the text */
        size_t len;
        uint64_t hash;
        bool is_kept; /* it is in both: the kept words of the two sides are the same, in the same order */
} Word;

/* Borrows the two texts. */
typedef struct WordDiff {
        Word *before, *after;
        size_t n_before, n_after;
        size_t removed, added; /* words of `before` and of `after` that are not kept */
} WordDiff;

void worddiff_make(const char *before, const char *after, size_t steps_max, WordDiff *ret_diff);
void worddiff_fini(WordDiff *diff);
#define mon_auto_worddiff mon_cleanup(worddiff_fini)

/* As a unified diff with a run of words on each line: "@@ -12,6 +12,5 @@" counts words
 * (first and how many; where there are none, the one before). At most `bytes_max` bytes, an
 * ellipsis on the last line where more would follow; "" when nothing changed. To free. */
char *worddiff_unified(const WordDiff *diff, size_t bytes_max);
