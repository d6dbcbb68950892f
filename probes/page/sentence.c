#include "probes/page/sentence.h"

#include "daemon/base/text.h"

#define QUOTE_BESIDE 12  /* letters before a quotation that introduce it */
#define SENTENCE_SHORT 3 /* "M." "art." "cf." end no sentence */
#define SENTENCE_LOOK 32 /* bytes looked at behind a mark, so that dots without end cost no more than other text */

static bool is_space(char c) {
        return c == ' ' || c == '\n';
}

static const char *look(const char *at, const char *end) {
        return end - at > SENTENCE_LOOK ? at + SENTENCE_LOOK : end;
}

/* A letter that begins a sentence: upper case or not Latin, a digit, an opening mark. */
static bool begins(const char *at, const char *end) {
        for (const char *until = look(at, end); at < until && (*at == ' ' || *at == '\n' || *at == '*' || *at == '-');)
                at++;
        if (at >= end)
                return true;
        unsigned char c = (unsigned char)*at;
        if (c == 0xc3 && at + 1 < end) /* À to Þ in UTF-8 */
                return (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] <= 0x9e;
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '(' || c == '"' || c >= 0xc2;
}

static bool is_abbreviation(const char *text, const char *dot) {
        const char *word = dot;

        while (word > text && !is_space(word[-1]) && word[-1] != '.' && word[-1] != '(')
                word--;
        size_t n = (size_t)(dot - word);
        if (n == 0 || n > SENTENCE_SHORT)
                return false;
        return n == 1 ? word[0] < '0' || word[0] > '9'
                      : text_starts(word, "art.") || text_starts(word, "cf.") || text_starts(word, "etc.") ||
                                text_starts(word, "ex.") || text_starts(word, "Mr.") || text_starts(word, "Dr.") ||
                                text_starts(word, "St.") || text_starts(word, "no.");
}

/* Whether a sentence ends with the mark at `at`. */
static bool ends_at(const char *text, const char *at, const char *end) {
        const char *after = at + 1;

        if (*at == '!' || *at == '?')
                return after >= end || is_space(*after);
        for (const char *until = look(after, end); after < until && (*after == '"' || *after == ')' || *after == '.');)
                after++;
        if (after < end && !is_space(*after))
                return false;
        if ((at > text && at[-1] == '.') || (at + 1 < end && at[1] == '.')) /* an ellipsis goes on in lower case */
                return begins(after, end);
        return !is_abbreviation(text, at);
}

static size_t title_mark(const char *at, const char *end) {
        static const char *const marks[] = {" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " / "};

        for (size_t i = 0; i < mon_count_of(marks); i++) {
                size_t n = strlen(marks[i]);
                if ((size_t)(end - at) >= n && memcmp(at, marks[i], n) == 0)
                        return n;
        }
        return 0;
}

static size_t cut_long(const char *text, size_t n, size_t max) {
        size_t cut = text_cut(text, n, max);

        for (size_t i = cut; i > cut / 2; i--)
                if (is_space(text[i - 1]))
                        return i - 1;
        return cut ? cut : n;
}

size_t sentence_take(const char *text, size_t n, size_t max, bool is_title, size_t *ret_next) {
        const char *end = text + n, *at = text;
        size_t len = n, skip = 0;

        for (; at < end; at++) {
                if ((size_t)(at - text) >= max) {
                        len = cut_long(text, n, max);
                        break;
                }
                if ((unsigned char)*at > '?') /* letters */
                        continue;
                if ((*at == '.' || *at == '!' || *at == '?') && ends_at(text, at, end)) {
                        len = (size_t)(at - text) + 1;
                        while (len < n && !is_space(text[len]))
                                len++;
                        break;
                }
                if (*at == '\n' && at > text && (begins(at, end) || strchr(".!?:;", at[-1]))) {
                        len = (size_t)(at - text);
                        break;
                }
                if (is_title && *at == ' ') {
                        skip = title_mark(at, end);
                        if (skip > 0) {
                                len = (size_t)(at - text);
                                break;
                        }
                }
        }
        if (len > max) /* its closing marks lie beyond */
                len = cut_long(text, n, max);
        size_t next = len + skip;
        while (next < n && is_space(text[next]))
                next++;
        *ret_next = next > 0 ? next : 1;
        return len;
}

/* +1: it opens, -1: it closes, 2: it does either. */
static int quote_mark(const char *text, size_t rest, size_t *ret_len) {
        static const struct {
                const char *bytes;
                int does;
        } marks[] = {{"\xc2\xab", 1}, {"\xc2\xbb", -1}, {"\xe2\x80\x9c", 1}, {"\xe2\x80\x9e", 1}, {"\xe2\x80\x9d", -1}};

        *ret_len = 1;
        if (*text == '"')
                return 2;
        for (size_t i = 0; (unsigned char)*text >= 0xc2 && i < mon_count_of(marks); i++) {
                size_t n = strlen(marks[i].bytes);
                if (n <= rest && memcmp(text, marks[i].bytes, n) == 0) {
                        *ret_len = n;
                        return marks[i].does;
                }
        }
        return 0;
}

void quote_follow(Quote *quote, const char *text, size_t n, size_t rest) {
        size_t i = 0, len;

        for (; i < n; i += len) {
                unsigned char c = (unsigned char)text[i];
                int does = 0;
                len = 1;
                if (c == '"' || c >= 0xc2)
                        does = quote_mark(text + i, rest - i, &len);
                if (does == 0) {
                        quote->letters += !is_space(text[i]);
                        continue;
                }
                if (quote->is_open)
                        quote->is_open = does == 1;
                else if (does > 0 && quote->letters >= QUOTE_BESIDE) /* a straight mark may stand for inches */
                        quote->is_open = does == 1 || memchr(text + i + 1, '"', rest - i - 1) != NULL;
        }
        if (i < rest && quote_mark(text + i, rest - i, &len) < 0) /* French ones close after a space */
                quote->is_open = false;
}
