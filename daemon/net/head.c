#include "daemon/net/head.h"

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

/* The header's value when `line` (of n bytes) is one of that name. */
static const char *value_in(const char *line, size_t n, const char *name, size_t *ret_n) {
        size_t name_len = strlen(name);

        if (n <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
                return NULL;
        const char *from = line + name_len + 1, *until = line + n;
        while (from < until && isspace((unsigned char)*from))
                from++;
        while (until > from && isspace((unsigned char)until[-1]))
                until--;
        *ret_n = (size_t)(until - from);
        return from;
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
