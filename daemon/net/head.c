#include "daemon/net/head.h"

#include "daemon/base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void head_reader_fini(HeadReader *reader) {
        buf_fini(&reader->text);
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK", "HTTP/2 200": 0 when it is no status line. */
static int status_of(const char *line, size_t n) {
        const char *space = memchr(line, ' ', n);

        if (n < 5 || strncasecmp(line, "HTTP/", 5) != 0 || !space || line + n - space < 4)
                return 0;
        if (!is_digit(space[1]) || !is_digit(space[2]) || !is_digit(space[3]))
                return 0;
        return (space[1] - '0') * 100 + (space[2] - '0') * 10 + (space[3] - '0');
}

static bool is_blank(const char *line, size_t n) {
        return n == 0 || line[0] == '\n' || (n >= 2 && line[0] == '\r' && line[1] == '\n');
}

int head_reader_take(HeadReader *reader, const char *line, size_t n) {
        reader->taken += n;
        reader->lines++;
        if (reader->taken > reader->text.max || reader->lines > reader->lines_max)
                return HEAD_E_TOO_LARGE;
        if (reader->is_complete) /* trailers */
                return 0;

        int status = status_of(line, n);
        if (status != 0 && (reader->text.len == 0 || reader->is_interim)) {
                buf_clear(&reader->text);
                reader->status = status;
                reader->is_interim = status < 200 && status != 101;
        }
        if (buf_append(&reader->text, line, n) != 0)
                return HEAD_E_TOO_LARGE;
        if (is_blank(line, n) && reader->status != 0 && !reader->is_interim)
                reader->is_complete = true;
        return 0;
}

static char *trim(char *from, char *until, size_t *ret_n) {
        while (from < until && isspace((unsigned char)*from))
                from++;
        while (until > from && isspace((unsigned char)until[-1]))
                until--;
        *ret_n = (size_t)(until - from);
        return from;
}

/* The header's value when `line` (of n bytes) is one of that name. */
static const char *value_in(const char *line, size_t n, const char *name, size_t *ret_n) {
        size_t name_len = strlen(name);

        if (n <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
                return NULL;
        return trim((char *)line + name_len + 1, (char *)line + n, ret_n);
}

char *head_get(const char *head, const char *name) {
        const char *line = strchr(head, '\n');

        while (line && *++line) {
                const char *end = strchr(line, '\n');
                size_t n = end ? (size_t)(end - line) : strlen(line), value_len;
                const char *value = value_in(line, n, name, &value_len);
                if (value)
                        return mon_strndup(value, value_len);
                line = end;
        }
        return NULL;
}

bool head_is_secret(const char *header) {
        static const char *const words[] = {"auth", "cookie", "token", "secret", "password", "api-key", "apikey"};
        size_t n = strcspn(header, ":\r\n");
        mon_auto_free char *name = mon_strndup(header, n);

        for (size_t i = 0; i < mon_count_of(words); i++)
                if (strcasestr(name, words[i]))
                        return true;
        return false;
}

void head_mask_secrets(char *head) {
        char *line = strchr(head, '\n');

        while (line && *++line) {
                size_t n = strcspn(line, "\n"), name_len = strcspn(line, ":\n");
                if (name_len < n && head_is_secret(line))
                        for (size_t i = name_len + 1; i < n && line[i] != '\r'; i++)
                                line[i] = line[i] == ' ' ? ' ' : '*';
                line = line[n] ? line + n : NULL;
        }
}

size_t head_cut(char *head, HeadField *ret_fields, size_t max) {
        char *line = strchr(head, '\n');
        size_t n = 0;

        while (line && *++line && n < max) {
                char *end = strchr(line, '\n');
                size_t len = end ? (size_t)(end - line) : strlen(line), name_len = strcspn(line, ":\n"), value_len;
                if (name_len > 0 && name_len < len) {
                        char *value = trim(line + name_len + 1, line + len, &value_len);
                        line[name_len] = '\0';
                        value[value_len] = '\0';
                        ret_fields[n++] = (HeadField){.name = line, .value = value};
                }
                line = end;
        }
        return n;
}

static bool take_number(const char **at, int digits, int *ret_value) {
        int value = 0;

        for (int i = 0; i < digits; i++, (*at)++) {
                if (!is_digit(**at))
                        return false;
                value = value * 10 + (**at - '0');
        }
        *ret_value = value;
        return true;
}

static bool take_text(const char **at, const char *text) {
        if (!text_starts(*at, text))
                return false;
        *at += strlen(text);
        return true;
}

static bool take_month(const char **at, int *ret_month) {
        static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

        for (int i = 0; i < 12; i++)
                if (take_text(at, months[i])) {
                        *ret_month = i + 1;
                        return true;
                }
        return false;
}

int head_parse_date(const char *text, Nsec *ret_at_real) {
        int day, month, year, hour, minute, second;
        const char *at = strchr(text, ',');

        if (!at || !take_text(&at, ", ") || !take_number(&at, 2, &day) || !take_text(&at, " ") ||
            !take_month(&at, &month) || !take_text(&at, " ") || !take_number(&at, 4, &year) || !take_text(&at, " ") ||
            !take_number(&at, 2, &hour) || !take_text(&at, ":") || !take_number(&at, 2, &minute) ||
            !take_text(&at, ":") || !take_number(&at, 2, &second) || !take_text(&at, " GMT") || *at != '\0')
                return HEAD_E_FORM;
        mon_auto_free char *form = mon_printf("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute, second);
        return text_parse_time(form, ret_at_real) == 0 ? 0 : HEAD_E_FORM;
}

int head_parse_retry_after(const char *text, Nsec now_at_real, Nsec *ret_span) {
        int64_t seconds;
        Nsec at_real, span;

        int r = text_parse_int(text, 0, HEAD_RETRY_AFTER_MAX / NSEC_PER_SEC, &seconds);
        if (r == 0)
                span = seconds * NSEC_PER_SEC;
        else if (r == TEXT_E_RANGE && text[0] != '-')
                span = HEAD_RETRY_AFTER_MAX;
        else if (head_parse_date(text, &at_real) == 0)
                span = at_real - now_at_real;
        else
                return HEAD_E_FORM;
        *ret_span = span < 0 ? 0 : span > HEAD_RETRY_AFTER_MAX ? HEAD_RETRY_AFTER_MAX : span;
        return 0;
}
