#include "daemon/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define TEXT_YEAR_SECONDS INT64_C(31536000)

bool text_ends(const char *text, const char *suffix) {
        size_t n = strlen(text), m = strlen(suffix);
        return n >= m && strcmp(text + n - m, suffix) == 0;
}

size_t text_take_character(const char *at, size_t n, uint32_t *ret_character) {
        const unsigned char *s = (const unsigned char *)at;
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        size_t len = s[0] < 0x80             ? 1
                     : (s[0] & 0xe0) == 0xc0 ? 2
                     : (s[0] & 0xf0) == 0xe0 ? 3
                     : (s[0] & 0xf8) == 0xf0 ? 4
                                             : 0;

        if (len == 0 || len > n)
                return 0;
        uint32_t c = len == 1 ? s[0] : s[0] & (0xffU >> (len + 1));
        for (size_t i = 1; i < len; i++) {
                if ((s[i] & 0xc0) != 0x80)
                        return 0;
                c = c << 6 | (s[i] & 0x3fU);
        }
        if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
                return 0;
        *ret_character = c;
        return len;
}

bool text_is_utf8(const char *text, size_t n) {
        uint32_t c;

        for (size_t i = 0, len; i < n; i += len) {
                len = text_take_character(text + i, n - i, &c);
                if (len == 0)
                        return false;
        }
        return true;
}

/* Controls, and what turns the reading direction or hides: never shown. */
static bool is_unsafe(uint32_t c) {
        return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
               (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0x061c;
}

static size_t clean(char *text, size_t n) {
        size_t out = 0;

        for (size_t i = 0; i < n;) {
                uint32_t c = 0;
                size_t len = text_take_character(text + i, n - i, &c);
                if (len == 0) {
                        text[out++] = '?';
                        i++;
                        continue;
                }
                if (is_unsafe(c))
                        text[out++] = ' ';
                else {
                        memmove(text + out, text + i, len);
                        out += len;
                }
                i += len;
        }
        text[out] = '\0';
        return out;
}

size_t text_cut(const char *text, size_t len, size_t n) {
        if (len <= n)
                return len;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
                n--;
        return n;
}

/* A character that a fixed buffer cut in two is dropped, not shown as '?'. */
static size_t drop_cut_tail(const char *text, size_t n) {
        size_t start = n;
        uint32_t c;

        while (start > 0 && n - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
                start--;
        if (start == 0 || (unsigned char)text[start - 1] < 0xc0)
                return n;
        start--;
        return text_take_character(text + start, n - start, &c) == 0 ? start : n;
}

void text_clean(char *text) {
        size_t n = drop_cut_tail(text, strlen(text));
        (void)clean(text, n);
}

char *text_clean_copy(const char *text, size_t max) {
        static const char ellipsis[] = "…";

        if (!text)
                return NULL;
        size_t len = strlen(text);
        if (len <= max) {
                char *copy = mon_strdup(text);
                text_clean(copy);
                return copy;
        }
        bool has_room = max >= strlen(ellipsis);
        size_t keep = text_cut(text, len, has_room ? max - strlen(ellipsis) : max);
        mon_auto_free char *copy = mon_strndup(text, keep);
        (void)clean(copy, strlen(copy));
        return mon_printf("%s%s", copy, has_room ? ellipsis : "");
}

void text_time(Nsec at_real, char ret_text[static TEXT_TIME_MAX]) {
        int64_t msec = at_real / NSEC_PER_MSEC - (at_real % NSEC_PER_MSEC < 0);
        int64_t rest = msec % 1000;
        time_t sec = (time_t)(msec / 1000);
        struct tm tm;

        if (rest < 0) {
                rest += 1000;
                sec--;
        }
        if (!gmtime_r(&sec, &tm)) {
                (void)snprintf(ret_text, TEXT_TIME_MAX, "-");
                return;
        }
        size_t n = strftime(ret_text, TEXT_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
        (void)snprintf(ret_text + n, TEXT_TIME_MAX - n, ".%03dZ", (int)rest);
}

/* Reads exactly `n` digits. */
static bool take_digits(const char **at, int n, int *ret_value) {
        int value = 0;

        for (int i = 0; i < n; i++) {
                if (!isdigit((unsigned char)(*at)[i]))
                        return false;
                value = value * 10 + ((*at)[i] - '0');
        }
        *at += n;
        *ret_value = value;
        return true;
}

static bool take(const char **at, char c) {
        if (**at != c)
                return false;
        (*at)++;
        return true;
}

static bool take_fraction(const char **at, Nsec *ret_fraction) {
        Nsec fraction = 0, unit = NSEC_PER_SEC / 10;

        *ret_fraction = 0;
        if (!take(at, '.'))
                return true;
        if (!isdigit((unsigned char)**at))
                return false;
        for (; isdigit((unsigned char)**at); (*at)++, unit /= 10)
                fraction += (**at - '0') * unit;
        *ret_fraction = fraction;
        return true;
}

static bool take_offset(const char **at, int *ret_minutes) {
        int hours, minutes;

        *ret_minutes = 0;
        if (take(at, 'Z') || take(at, 'z'))
                return true;
        int sign = **at == '-' ? -1 : 1;
        if (!take(at, '+') && !take(at, '-'))
                return false;
        if (!take_digits(at, 2, &hours) || !take(at, ':') || !take_digits(at, 2, &minutes) || hours > 23 ||
            minutes > 59)
                return false;
        *ret_minutes = sign * (hours * 60 + minutes);
        return true;
}

int text_parse_time(const char *text, Nsec *ret_at_real) {
        struct tm tm = {0};
        Nsec fraction = 0;
        int offset = 0;
        const char *at = text;

        if (!take_digits(&at, 4, &tm.tm_year) || !take(&at, '-') || !take_digits(&at, 2, &tm.tm_mon) ||
            !take(&at, '-') || !take_digits(&at, 2, &tm.tm_mday))
                return TEXT_E_FORM;
        if (*at != '\0') {
                if (!take(&at, 'T') && !take(&at, 't') && !take(&at, ' '))
                        return TEXT_E_FORM;
                if (!take_digits(&at, 2, &tm.tm_hour) || !take(&at, ':') || !take_digits(&at, 2, &tm.tm_min) ||
                    !take(&at, ':') || !take_digits(&at, 2, &tm.tm_sec) || !take_fraction(&at, &fraction) ||
                    !take_offset(&at, &offset) || *at != '\0')
                        return TEXT_E_FORM;
        }
        int mday = tm.tm_mday, leap = tm.tm_sec == 60;
        if (tm.tm_year < 1970 || tm.tm_year > 2261 || tm.tm_mon < 1 || tm.tm_mon > 12 || mday < 1 || tm.tm_hour > 23 ||
            tm.tm_min > 59 || tm.tm_sec > 60)
                return TEXT_E_RANGE;
        tm.tm_year -= 1900;
        tm.tm_mon -= 1;
        tm.tm_sec -= leap; /* 23:59:60 is still this day */
        time_t sec = timegm(&tm);
        if (tm.tm_mday != mday) /* 31 February */
                return TEXT_E_RANGE;
        Nsec at_real = ((Nsec)sec + leap - (Nsec)offset * 60) * NSEC_PER_SEC + fraction;
        if (at_real < 0) /* an offset led before 1970 */
                return TEXT_E_RANGE;
        *ret_at_real = at_real;
        return 0;
}

static int64_t unit_seconds(char unit) {
        switch (unit) {
        case 's':
                return 1;
        case 'm':
                return 60;
        case 'h':
                return 3600;
        case 'd':
                return 86400;
        case 'w':
                return 7 * INT64_C(86400);
        case 'y':
                return TEXT_YEAR_SECONDS;
        default:
                return 0;
        }
}

/* A number too large for its type is the largest that there is, and *ret_over says so. */
static bool take_number(const char **at, int64_t *ret_value, bool *ret_over) {
        char *end;

        if (!isdigit((unsigned char)**at))
                return false;
        errno = 0;
        *ret_value = strtoll(*at, &end, 10);
        *ret_over = errno == ERANGE;
        *at = end;
        return true;
}

int text_parse_duration(const char *text, Nsec *ret_span) {
        const char *at = text;
        int64_t total = 0;

        if (strcmp(text, "0") == 0) {
                *ret_span = 0;
                return 0;
        }
        do {
                int64_t n, seconds;
                bool over;
                if (!take_number(&at, &n, &over))
                        return TEXT_E_FORM;
                int64_t unit = unit_seconds(*at++);
                if (unit == 0)
                        return TEXT_E_FORM;
                if (over || __builtin_mul_overflow(n, unit, &seconds) ||
                    __builtin_add_overflow(total, seconds, &total) || total > INT64_MAX / NSEC_PER_SEC)
                        return TEXT_E_RANGE;
        } while (*at != '\0');
        *ret_span = total * NSEC_PER_SEC;
        return 0;
}

int text_parse_size(const char *text, int64_t *ret_bytes) {
        const char *at = text;
        int64_t n, bytes;
        int shift = 0;
        bool over;

        if (!take_number(&at, &n, &over))
                return TEXT_E_FORM;
        if (*at == 'K' || *at == 'k')
                shift = 10;
        else if (*at == 'M' || *at == 'm')
                shift = 20;
        else if (*at == 'G' || *at == 'g')
                shift = 30;
        if (shift)
                at++;
        if (*at != '\0')
                return TEXT_E_FORM;
        if (over || __builtin_mul_overflow(n, INT64_C(1) << shift, &bytes))
                return TEXT_E_RANGE;
        *ret_bytes = bytes;
        return 0;
}

int text_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value) {
        char *end;

        if (!isdigit((unsigned char)text[0]) && !(text[0] == '-' && isdigit((unsigned char)text[1])))
                return TEXT_E_FORM;
        errno = 0;
        long long value = strtoll(text, &end, 10);
        if (*end != '\0')
                return TEXT_E_FORM;
        if (errno == ERANGE || value < min || value > max)
                return TEXT_E_RANGE;
        *ret_value = value;
        return 0;
}

char *text_duration(Nsec span) {
        static const struct {
                int64_t seconds;
                char unit;
        } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
        int64_t seconds = span / NSEC_PER_SEC;
        char text[TEXT_WORD_MAX] = "";
        size_t n = 0;

        if (seconds == 0)
                return mon_strdup("0");
        for (size_t i = 0; i < mon_count_of(units); i++) {
                if (seconds < units[i].seconds)
                        continue;
                n += (size_t)snprintf(text + n, sizeof text - n, "%" PRId64 "%c", seconds / units[i].seconds,
                                      units[i].unit);
                seconds %= units[i].seconds;
        }
        return mon_strdup(text);
}

static size_t least_of(size_t a, size_t b, size_t c) {
        size_t least = a < b ? a : b;
        return least < c ? least : c;
}

/* Optimal string alignment (Levenshtein with neighbouring letters swapped): three rows are enough. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m) {
        size_t rows[3][TEXT_WORD_MAX + 1];
        size_t *before = rows[0], *last = rows[1], *row = rows[2];

        for (size_t j = 0; j <= m; j++)
                last[j] = j;
        for (size_t i = 1; i <= n; i++) {
                row[0] = i;
                for (size_t j = 1; j <= m; j++) {
                        int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
                        row[j] = least_of(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y));
                        if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                            y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < row[j])
                                row[j] = before[j - 2] + 1;
                }
                size_t *spare = before;
                before = last;
                last = row;
                row = spare;
        }
        return last[m];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t n) {
        size_t len = strlen(word);
        const char *nearest = NULL;
        size_t least = (len < 3 ? 1 : len / 3) + 1;

        if (len < 2 || len > TEXT_WORD_MAX)
                return NULL;
        for (size_t i = 0; i < n; i++) {
                size_t other = strlen(candidates[i]);
                if (other > TEXT_WORD_MAX)
                        continue;
                size_t distance = edit_distance(word, len, candidates[i], other);
                if (distance < least) {
                        least = distance;
                        nearest = candidates[i];
                }
        }
        return nearest;
}
