#include "config/secrets.h"

#include "config/file.h"
#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <stdio.h>

static const char *const kinds[] = {"credential", "file", "env"};

bool secret_is_reference(const char *text) {
        for (size_t i = 0; i < mon_count_of(kinds); i++) {
                mon_auto_free char *start = mon_printf("${%s:", kinds[i]);
                if (strstr(text, start))
                        return true;
        }
        return false;
}

bool secret_is_header(const char *name) {
        static const char *const signs[] = {"authorization", "authentication", "cookie",  "token",
                                            "secret",        "password",       "api-key", "apikey"};
        mon_auto_free char *lower = mon_strdup(name);

        for (char *c = lower; *c; c++)
                *c = (char)tolower((unsigned char)*c);
        for (size_t i = 0; i < mon_count_of(signs); i++)
                if (strstr(lower, signs[i]))
                        return true;
        return false;
}

static int refuse(char **ret_mistake, char *text) {
        *ret_mistake = text;
        return SECRET_E_UNKNOWN;
}

static int read_secret_file(const char *path, const char *reference, Buf *ret_bytes, char **ret_mistake) {
        int r = file_read(path, ret_bytes);
        if (r == FILE_E_LARGE)
                return refuse(ret_mistake, mon_printf("%s: the file is larger than %d bytes", reference, SECRET_MAX));
        if (r == FILE_E_NOT_REGULAR)
                return refuse(ret_mistake, mon_printf("%s: '%s' is not a file", reference, path));
        if (r < 0)
                return refuse(ret_mistake, mon_printf("%s: '%s' cannot be read: %s", reference, path, mon_strerror(r)));
        return 0;
}

static int look_up(const char *kind, const char *name, const char *reference, Buf *ret_bytes, char **ret_mistake) {
        if (text_is(kind, "env")) {
                const char *value = getenv(name);
                if (!value)
                        return refuse(ret_mistake, mon_printf("%s: there is no such environment variable", reference));
                if (buf_append_text(ret_bytes, value) != 0)
                        return refuse(ret_mistake, mon_printf("%s: more than %d bytes", reference, SECRET_MAX));
                return 0;
        }
        if (text_is(kind, "file")) {
                if (name[0] != '/')
                        return refuse(ret_mistake, mon_printf("%s: the path must begin with '/'", reference));
                return read_secret_file(name, reference, ret_bytes, ret_mistake);
        }
        const char *folder = getenv("CREDENTIALS_DIRECTORY");
        if (!folder)
                return refuse(ret_mistake, mon_printf("%s: no credentials were handed over: start mond by systemd with "
                                                      "LoadCredential=%s:/path, or use ${file:/path}",
                                                      reference, name));
        if (strchr(name, '/') || name[0] == '.')
                return refuse(ret_mistake, mon_printf("%s: a credential's name holds no '/'", reference));
        mon_auto_free char *path = mon_printf("%s/%s", folder, name);
        return read_secret_file(path, reference, ret_bytes, ret_mistake);
}

/* One reference, at `at`, of `len` bytes without its braces. */
static int expand_one(const char *at, size_t len, Buf *out, char **ret_mistake) {
        mon_auto_free char *inner = mon_strndup(at, len);
        mon_auto_free char *reference = mon_printf("${%s}", inner);
        mon_auto_buf Buf value = BUF_INIT(SECRET_MAX);
        char *name = strchr(inner, ':');
        bool known = false;

        if (name)
                *name++ = '\0';
        for (size_t i = 0; i < mon_count_of(kinds); i++)
                known |= text_is(inner, kinds[i]);
        if (!known || !name || *name == '\0')
                return refuse(ret_mistake,
                              mon_printf("%s: write ${credential:NAME}, ${file:PATH} or ${env:NAME}", reference));
        int r = look_up(inner, name, reference, &value, ret_mistake);
        if (r != 0)
                return r;
        if (value.len > 0 && value.data[value.len - 1] == '\n')
                value.data[--value.len] = '\0';
        if (value.len > 0 && value.data[value.len - 1] == '\r')
                value.data[--value.len] = '\0';
        mon_auto_free char *clean = mon_strdup(buf_text(&value));
        text_clean(clean);
        if (value.len == 0)
                return refuse(ret_mistake, mon_printf("%s: the secret is empty", reference));
        if (strlen(clean) != value.len || !text_is(clean, value.data))
                return refuse(
                        ret_mistake,
                        mon_printf("%s: the secret holds a line break, a control character or no UTF-8", reference));
        if (buf_append(out, value.data, value.len) != 0)
                return refuse(ret_mistake, mon_printf("%s: more than %d bytes", reference, SECRET_MAX));
        return 0;
}

int secret_expand(const char *text, char **ret_secret, char **ret_mistake) {
        mon_auto_buf Buf out = BUF_INIT(SECRET_MAX);

        while (*text) {
                const char *start = strstr(text, "${");
                size_t plain = start ? (size_t)(start - text) : strlen(text);
                if (buf_append(&out, text, plain) != 0)
                        return refuse(ret_mistake, mon_printf("a secret has at most %d bytes", SECRET_MAX));
                if (!start)
                        break;
                const char *end = strchr(start, '}');
                if (!end || end - start > SECRET_NAME_MAX)
                        return refuse(ret_mistake, mon_printf("'${' without its '}'"));
                int r = expand_one(start + 2, (size_t)(end - start) - 2, &out, ret_mistake);
                if (r != 0)
                        return r;
                text = end + 1;
        }
        *ret_secret = buf_steal(&out);
        return 0;
}
