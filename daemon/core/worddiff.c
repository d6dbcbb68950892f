#include "daemon/core/worddiff.h"

#include "daemon/base/digest.h"

#include <stdio.h>
#include <string.h>

#define ELLIPSIS "…\n"

/* --- the words --------------------------------------------------------------------------------------------------- */

static const char *skip_space(const char *at) {
        return at + strspn(at, " \t\r\n");
}

static size_t count_words(const char *text) {
        size_t n = 0;

        for (const char *at = skip_space(text); *at; at = skip_space(at + strcspn(at, " \t\r\n")))
                n++;
        return n;
}

static Word *cut_words(const char *text, size_t *ret_n) {
        size_t n = 0;
        Word *words = mon_new_array(Word, count_words(text) + 1);

        for (const char *at = skip_space(text); *at; at = skip_space(at)) {
                size_t len = strcspn(at, " \t\r\n");
                words[n++] = (Word){.at = at, .len = len, .hash = hash_of(at, len, 0)};
                at += len;
        }
        *ret_n = n;
        return words;
}

static bool is_same(const Word *a, const Word *b) {
        return a->hash == b->hash && a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* --- the shortest way from one to the other ---------------------------------------------------------------------- */

#define NOT_REACHED (-1)

typedef struct Search {
        Word *before, *after;
        ptrdiff_t *forward,
                *backward; /* the furthest place on each diagonal; [0] is the one through the box's corner */
        size_t steps;      /* left */
} Search;

/* A rectangle of the edit graph: words [a, a_end) of the one and [b, b_end) of the other. */
typedef struct Box {
        size_t a, a_end, b, b_end;
} Box;

static void keep(const Search *search, size_t a, size_t b) {
        search->before[a].is_kept = search->after[b].is_kept = true;
}

static bool spend(Search *search) {
        if (search->steps == 0)
                return false;
        search->steps--;
        return true;
}

/* From place x of the diagonal k = x - y along equal words; seen from the box's end when `back`. */
static ptrdiff_t slide(Search *search, const Box *box, ptrdiff_t x, ptrdiff_t k, bool back) {
        size_t i = (size_t)x, j = (size_t)(x - k);

        for (; box->a + i < box->a_end && box->b + j < box->b_end && spend(search); i++, j++) {
                const Word *a = &search->before[back ? box->a_end - 1 - i : box->a + i];
                const Word *b = &search->after[back ? box->b_end - 1 - j : box->b + j];
                if (!is_same(a, b))
                        break;
        }
        return (ptrdiff_t)i;
}

/* The furthest place on diagonal k after one more edit, inside a box of n by m. */
static ptrdiff_t step(const ptrdiff_t *places, ptrdiff_t k, ptrdiff_t n, ptrdiff_t m) {
        ptrdiff_t right = places[k - 1] == NOT_REACHED || places[k - 1] == n ? NOT_REACHED : places[k - 1] + 1;
        ptrdiff_t down = places[k + 1] == NOT_REACHED || places[k + 1] - k > m ? NOT_REACHED : places[k + 1];

        return right > down ? right : down;
}

/* The d-th edit in one direction, on every diagonal. True when it met the other direction, and where. */
static bool advance(Search *search, const Box *box, ptrdiff_t d, bool back, size_t *ret_x, size_t *ret_y) {
        ptrdiff_t n = (ptrdiff_t)(box->a_end - box->a), m = (ptrdiff_t)(box->b_end - box->b);
        ptrdiff_t *mine = back ? search->backward : search->forward;
        const ptrdiff_t *other = back ? search->forward : search->backward;
        ptrdiff_t first = d <= m ? -d : -m + ((d - m) & 1), last = d <= n ? d : n - ((d - n) & 1);
        bool may_meet = ((n - m) & 1) != back;

        if (d <= m)
                mine[-d - 1] = NOT_REACHED;
        if (d <= n)
                mine[d + 1] = NOT_REACHED;
        for (ptrdiff_t k = first; k <= last; k += 2) {
                mine[k] = d == 0 ? 0 : step(mine, k, n, m);
                if (mine[k] == NOT_REACHED || !spend(search))
                        continue;
                mine[k] = slide(search, box, mine[k], k, back);
                ptrdiff_t k_other = n - m - k, reach = back ? d : d - 1;
                if (!may_meet || k_other < -reach || k_other > reach || other[k_other] == NOT_REACHED ||
                    mine[k] + other[k_other] < n)
                        continue;
                ptrdiff_t x = mine[k], y = mine[k] - k;
                *ret_x = (size_t)(back ? n - x : x);
                *ret_y = (size_t)(back ? m - y : y);
                return true;
        }
        return false;
}

/* A point on a shortest way through the box, found from both ends. False: the budget is spent. */
static bool find_middle(Search *search, const Box *box, size_t *ret_x, size_t *ret_y) {
        for (ptrdiff_t d = 0; search->steps > 0; d++)
                if (advance(search, box, d, false, ret_x, ret_y) || advance(search, box, d, true, ret_x, ret_y))
                        return true;
        return false;
}

/* Depth is the logarithm of the number of edits: a middle point halves them. */
static void compare(Search *search, Box box) {
        size_t x, y;

        for (; box.a < box.a_end && box.b < box.b_end && is_same(&search->before[box.a], &search->after[box.b]);
             box.a++, box.b++)
                keep(search, box.a, box.b);
        for (; box.a < box.a_end && box.b < box.b_end &&
               is_same(&search->before[box.a_end - 1], &search->after[box.b_end - 1]);
             box.a_end--, box.b_end--)
                keep(search, box.a_end - 1, box.b_end - 1);
        if (box.a == box.a_end || box.b == box.b_end || !find_middle(search, &box, &x, &y))
                return;
        compare(search, (Box){box.a, box.a + x, box.b, box.b + y});
        compare(search, (Box){box.a + x, box.a_end, box.b + y, box.b_end});
}

void worddiff_make(const char *before, const char *after, size_t steps_max, WordDiff *ret_diff) {
        WordDiff diff = {0};

        diff.before = cut_words(before, &diff.n_before);
        diff.after = cut_words(after, &diff.n_after);
        size_t diagonals = diff.n_before + diff.n_after + 3;
        mon_auto_free ptrdiff_t *places = mon_new_array(ptrdiff_t, 2 * diagonals);
        Search search = {.before = diff.before,
                         .after = diff.after,
                         .forward = places + diff.n_after + 1,
                         .backward = places + diagonals + diff.n_after + 1,
                         .steps = steps_max};

        compare(&search, (Box){0, diff.n_before, 0, diff.n_after});
        for (size_t i = 0; i < diff.n_before; i++)
                diff.removed += !diff.before[i].is_kept;
        for (size_t i = 0; i < diff.n_after; i++)
                diff.added += !diff.after[i].is_kept;
        *ret_diff = diff;
}

void worddiff_fini(WordDiff *diff) {
        free(diff->before);
        free(diff->after);
        *diff = (WordDiff){0};
}

/* --- for people -------------------------------------------------------------------------------------------------- */

static int put_run(Buf *out, char mark, const Word *words, size_t n) {
        int r = n > 0 ? buf_append(out, &mark, 1) : 0;

        for (size_t i = 0; i < n && r == 0; i++) {
                if (i > 0)
                        r = buf_append(out, " ", 1);
                if (r == 0)
                        r = buf_append(out, words[i].at, words[i].len);
        }
        return r == 0 && n > 0 ? buf_append(out, "\n", 1) : r;
}

/* Words that one side lost and the other gained, between words that both have. */
typedef struct Change {
        size_t a, a_end, b, b_end;
} Change;

/* The first change at or after the places a and b, which are of the same way. */
static bool find_change(const WordDiff *diff, size_t a, size_t b, Change *ret_change) {
        while (a < diff->n_before && b < diff->n_after && diff->before[a].is_kept && diff->after[b].is_kept) {
                a++;
                b++;
        }
        *ret_change = (Change){a, a, b, b};
        while (ret_change->a_end < diff->n_before && !diff->before[ret_change->a_end].is_kept)
                ret_change->a_end++;
        while (ret_change->b_end < diff->n_after && !diff->after[ret_change->b_end].is_kept)
                ret_change->b_end++;
        return ret_change->a_end > a || ret_change->b_end > b;
}

static size_t least(size_t a, size_t b) {
        return a < b ? a : b;
}

static int put_hunk(const WordDiff *diff, const Change *first, const Change *last, Buf *out) {
        size_t lead = least(WORDDIFF_CONTEXT, first->a), trail = least(WORDDIFF_CONTEXT, diff->n_before - last->a_end);
        size_t a = first->a - lead, b = first->b - lead;
        Change change = *first;

        size_t n_before = last->a_end + trail - a, n_after = last->b_end + trail - b;
        int r = buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", a + (n_before > 0), n_before, b + (n_after > 0), n_after);
        for (;;) {
                if (r == 0)
                        r = put_run(out, ' ', diff->before + a, change.a - a);
                if (r == 0)
                        r = put_run(out, '-', diff->before + change.a, change.a_end - change.a);
                if (r == 0)
                        r = put_run(out, '+', diff->after + change.b, change.b_end - change.b);
                a = change.a_end;
                if (a == last->a_end && change.b_end == last->b_end)
                        break;
                (void)find_change(diff, change.a_end, change.b_end, &change);
        }
        return r == 0 ? put_run(out, ' ', diff->before + a, trail) : r;
}

char *worddiff_unified(const WordDiff *diff, size_t bytes_max) {
        mon_auto_buf Buf out = BUF_INIT(bytes_max - least(bytes_max, sizeof ELLIPSIS - 1));
        Change first, last, next;
        int r = 0;

        for (bool more = find_change(diff, 0, 0, &first); more && r == 0; first = next) {
                last = first;
                while ((more = find_change(diff, last.a_end, last.b_end, &next)) &&
                       next.a - last.a_end <= (size_t)2 * WORDDIFF_CONTEXT)
                        last = next;
                r = put_hunk(diff, &first, &last, &out);
        }
        return mon_printf("%s%s", buf_text(&out), r == 0 ? "" : ELLIPSIS);
}
