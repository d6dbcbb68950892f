/* What changed between two texts. The first byte of the input says how many steps may be spent, a line of "%%" parts
 * the two. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "daemon/core/worddiff.h"

#define NAIVE_MAX 64 /* words of a side that the textbook's table is asked about */

/* The kept words of the two sides are the same, in the same order. */
static size_t check_kept(const WordDiff *diff) {
        size_t n_kept = 0, i = 0, j = 0;

        for (;; i++, j++, n_kept++) {
                while (i < diff->n_before && !diff->before[i].is_kept)
                        i++;
                while (j < diff->n_after && !diff->after[j].is_kept)
                        j++;
                if (i == diff->n_before || j == diff->n_after)
                        break;
                fuzz_holds(diff->before[i].len == diff->after[j].len &&
                           memcmp(diff->before[i].at, diff->after[j].at, diff->before[i].len) == 0);
        }
        fuzz_holds(i == diff->n_before && j == diff->n_after);
        fuzz_holds(diff->removed == diff->n_before - n_kept && diff->added == diff->n_after - n_kept);
        return n_kept;
}

static size_t longest_common(const WordDiff *diff) {
        size_t rows[NAIVE_MAX + 1][NAIVE_MAX + 1] = {{0}};

        for (size_t i = 1; i <= diff->n_before; i++)
                for (size_t j = 1; j <= diff->n_after; j++) {
                        const Word *a = &diff->before[i - 1], *b = &diff->after[j - 1];
                        size_t best = rows[i - 1][j] > rows[i][j - 1] ? rows[i - 1][j] : rows[i][j - 1];
                        rows[i][j] =
                                a->len == b->len && memcmp(a->at, b->at, a->len) == 0 ? rows[i - 1][j - 1] + 1 : best;
                }
        return rows[diff->n_before][diff->n_after];
}

static void check_shown(const WordDiff *diff, bool is_utf8) {
        static const size_t bounds[] = {8, 40, 400, WORDDIFF_TEXT_MAX};

        for (size_t i = 0; i < mon_count_of(bounds); i++) {
                mon_auto_free char *shown = worddiff_unified(diff, bounds[i]);
                size_t n = strlen(shown);
                fuzz_holds(n <= bounds[i] && (n == 0) == (diff->removed + diff->added == 0));
                fuzz_holds(n == 0 || shown[n - 1] == '\n' || text_ends(shown, "…\n"));
                fuzz_holds(!is_utf8 || text_is_utf8(shown, n));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static const size_t budgets[] = {
                0, 1, 10, 100, 1000, WORDDIFF_STEPS_MAX, WORDDIFF_STEPS_MAX, WORDDIFF_STEPS_MAX};
        size_t steps = budgets[n > 0 ? bytes[0] % mon_count_of(budgets) : 0];
        const uint8_t *mark = n > 0 ? memmem(bytes + 1, n - 1, "\n%%\n", 4) : NULL;
        mon_auto_free char *before = mon_strndup((const char *)bytes + (n > 0), mark ? (size_t)(mark - bytes) - 1 : 0);
        mon_auto_free char *after = mark ? mon_strndup((const char *)mark + 4, n - (size_t)(mark + 4 - bytes))
                                         : mon_strndup((const char *)bytes, n);
        bool is_utf8 = text_is_utf8(before, strlen(before)) && text_is_utf8(after, strlen(after));
        mon_auto_worddiff WordDiff diff = {0};
        mon_auto_worddiff WordDiff same = {0};

        worddiff_make(before, after, steps, &diff);
        size_t n_kept = check_kept(&diff);
        if (steps == WORDDIFF_STEPS_MAX && diff.n_before <= NAIVE_MAX && diff.n_after <= NAIVE_MAX)
                fuzz_holds(n_kept == longest_common(&diff));
        check_shown(&diff, is_utf8);
        worddiff_make(after, after, 0, &same);
        fuzz_holds(same.removed == 0 && same.added == 0);
        return 0;
}
