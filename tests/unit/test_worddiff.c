/* The diff in words against a naive model, and what its bounds do. */
#include "daemon/core/worddiff.h"

#include "daemon/base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 3000
#define SIDE 40 /* words of a random text, at most */

static uint64_t draw(uint64_t *seed) {
        *seed = hash_of(seed, sizeof *seed, 7);
        return *seed;
}

static char *random_text(uint64_t *seed, unsigned letters) {
        mon_auto_buf Buf out = BUF_INIT(1024);
        size_t n = draw(seed) % (SIDE + 1);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(
                        buf_printf(&out, "%s%c", draw(seed) % 5 == 0 ? "\n" : " ", (char)('a' + draw(seed) % letters)),
                        0);
        return buf_steal(&out);
}

/* The textbook's table. */
static size_t longest_common(const WordDiff *diff) {
        size_t rows[SIDE + 1][SIDE + 1] = {{0}};

        for (size_t i = 1; i <= diff->n_before; i++)
                for (size_t j = 1; j <= diff->n_after; j++) {
                        const Word *a = &diff->before[i - 1], *b = &diff->after[j - 1];
                        size_t best = rows[i - 1][j] > rows[i][j - 1] ? rows[i - 1][j] : rows[i][j - 1];
                        rows[i][j] =
                                a->len == b->len && memcmp(a->at, b->at, a->len) == 0 ? rows[i - 1][j - 1] + 1 : best;
                }
        return rows[diff->n_before][diff->n_after];
}

static char *kept_of(const Word *words, size_t n) {
        mon_auto_buf Buf out = BUF_INIT(1 << 20);

        for (size_t i = 0; i < n; i++)
                if (words[i].is_kept)
                        assert_int_equal(buf_printf(&out, "%.*s ", (int)words[i].len, words[i].at), 0);
        return buf_steal(&out);
}

static void assert_right(const WordDiff *diff) {
        mon_auto_free char *before = kept_of(diff->before, diff->n_before);
        mon_auto_free char *after = kept_of(diff->after, diff->n_after);

        assert_string_equal(before, after);
        assert_int_equal(diff->n_before - diff->removed, diff->n_after - diff->added);
}

/* Applies a unified diff to the words that it was made of: what comes out is the other text. */
static char *apply(const WordDiff *diff, const char *unified) {
        mon_auto_buf Buf out = BUF_INIT(1 << 20);
        mon_auto_free char *copy = mon_strdup(unified);
        size_t at = 0;
        char *rest = copy, *line;

        while ((line = strsep(&rest, "\n")) && *line) {
                size_t from, count, to, count_to;
                if (sscanf(line, "@@ -%zu,%zu +%zu,%zu @@", &from, &count, &to, &count_to) == 4) {
                        for (; at + 1 < from; at++)
                                assert_int_equal(
                                        buf_printf(&out, "%.*s ", (int)diff->before[at].len, diff->before[at].at), 0);
                        continue;
                }
                for (char *word, *words = line + 1; (word = strsep(&words, " "));) {
                        if (line[0] != '+') {
                                assert_true(at < diff->n_before);
                                assert_int_equal(strlen(word), diff->before[at].len);
                                assert_memory_equal(word, diff->before[at].at, diff->before[at].len);
                                at++;
                        }
                        if (line[0] != '-')
                                assert_int_equal(buf_printf(&out, "%s ", word), 0);
                }
        }
        for (; at < diff->n_before; at++)
                assert_int_equal(buf_printf(&out, "%.*s ", (int)diff->before[at].len, diff->before[at].at), 0);
        return buf_steal(&out);
}

static char *words_of(const Word *words, size_t n) {
        mon_auto_buf Buf out = BUF_INIT(1 << 20);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(buf_printf(&out, "%.*s ", (int)words[i].len, words[i].at), 0);
        return buf_steal(&out);
}

static void test_against_model(void **state) {
        uint64_t seed = 20260112;

        (void)state;
        for (int round = 0; round < ROUNDS; round++) {
                unsigned letters = 1 + (unsigned)(draw(&seed) % 6);
                mon_auto_free char *before = random_text(&seed, letters), *after = random_text(&seed, letters);
                mon_auto_worddiff WordDiff diff = {0};
                worddiff_make(before, after, WORDDIFF_STEPS_MAX, &diff);
                assert_right(&diff);
                assert_int_equal(diff.n_before - diff.removed, longest_common(&diff));
                mon_auto_free char *unified = worddiff_unified(&diff, WORDDIFF_TEXT_MAX);
                mon_auto_free char *applied = apply(&diff, unified);
                mon_auto_free char *wanted = words_of(diff.after, diff.n_after);
                assert_string_equal(applied, wanted);
        }
}

/* Whatever the budget, the result is right. */
static void test_any_budget(void **state) {
        uint64_t seed = 5;

        (void)state;
        for (size_t steps = 0; steps < 400; steps++) {
                mon_auto_free char *before = random_text(&seed, 3), *after = random_text(&seed, 3);
                mon_auto_worddiff WordDiff diff = {0};
                worddiff_make(before, after, steps, &diff);
                assert_right(&diff);
        }
}

static char *long_text(uint64_t *seed, size_t n) {
        char *text = mon_calloc(2 * n + 1, 1);

        for (size_t i = 0; i < n; i++) {
                text[2 * i] = (char)('a' + draw(seed) % 20);
                text[2 * i + 1] = ' ';
        }
        return text;
}

/* Two long texts with nothing in common but letters: the budget ends the search, and what was found stands. */
static void test_steps_max(void **state) {
        uint64_t seed = 9;
        mon_auto_free char *before = long_text(&seed, 60000), *after = long_text(&seed, 60000);
        mon_auto_worddiff WordDiff diff = {0};

        (void)state;
        worddiff_make(before, after, WORDDIFF_STEPS_MAX, &diff);
        assert_right(&diff);
        assert_int_equal(diff.n_before, 60000);
        mon_auto_free char *unified = worddiff_unified(&diff, WORDDIFF_TEXT_MAX);
        assert_true(strlen(unified) <= WORDDIFF_TEXT_MAX);
        assert_string_equal(unified + strlen(unified) - strlen("…\n"), "…\n");
}

static void test_as_it_is_shown(void **state) {
        static const struct {
                const char *before, *after, *shown;
        } cases[] = {
                {"", "", ""},
                {"a b\nc", "a  b c", ""},
                {"", "neuf", "@@ -0,0 +1,1 @@\n+neuf\n"},
                {"vieux", "", "@@ -1,1 +0,0 @@\n-vieux\n"},
                {"Le service est ouvert tous les jours", "Le service est fermé tous les jours",
                 "@@ -1,7 +1,7 @@\n Le service est\n-ouvert\n+fermé\n tous les jours\n"},
                {"1 2 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 8 neuf", "@@ -4,6 +4,6 @@\n 4 5 6 7 8\n-9\n+neuf\n"},
                {"x 1 2 3 4 5 6 7 8 9 10 y", "1 2 3 4 5 6 7 8 9 10",
                 "@@ -1,12 +1,10 @@\n-x\n 1 2 3 4 5 6 7 8 9 10\n-y\n"},
                {"x 1 2 3 4 5 6 7 8 9 10 11 y", "1 2 3 4 5 6 7 8 9 10 11",
                 "@@ -1,6 +1,5 @@\n-x\n 1 2 3 4 5\n@@ -8,6 +7,5 @@\n 7 8 9 10 11\n-y\n"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_auto_worddiff WordDiff diff = {0};
                worddiff_make(cases[i].before, cases[i].after, WORDDIFF_STEPS_MAX, &diff);
                mon_auto_free char *shown = worddiff_unified(&diff, WORDDIFF_TEXT_MAX);
                assert_string_equal(shown, cases[i].shown);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_against_model),
                cmocka_unit_test(test_any_budget),
                cmocka_unit_test(test_steps_max),
                cmocka_unit_test(test_as_it_is_shown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
