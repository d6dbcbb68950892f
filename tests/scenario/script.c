#include "tests/scenario/script.h"

#include "daemon/base/text.h"

#include <stdio.h>

#define SCRIPT_FILE_MAX (1U << 20)

static int read_file(const char *path, Buf *buf, Error *error) {
        FILE *file = fopen(path, "re");
        char part[4096];
        size_t n;
        int r = 0;

        if (!file) {
                r = mon_errno();
                error_set(error, "%s: %s", path, mon_strerror(r));
                return r;
        }
        while (r == 0 && (n = fread(part, 1, sizeof part, file)) > 0)
                r = buf_append(buf, part, n);
        (void)fclose(file);
        return r == 0 ? 0 : -E2BIG;
}

/* One word: bare, or with "quoted parts" in it. */
static char *take_word(char **at) {
        Buf word = BUF_INIT(SCRIPT_FILE_MAX);
        bool quoted = false;

        while (**at && (quoted || (**at != ' ' && **at != '\t'))) {
                if (**at == '"')
                        quoted = !quoted;
                else if (buf_append(&word, *at, 1) != 0)
                        break;
                (*at)++;
        }
        return buf_steal(&word);
}

static void split(Line *line, char *text) {
        while (line->n + 1 < SCRIPT_WORDS_MAX) {
                text += strspn(text, " \t");
                if (*text == '\0' || *text == '#')
                        break;
                line->words[line->n++] = take_word(&text);
        }
}

static bool has_block(const Line *line) {
        return line->n > 0 && (text_is(line->words[0], "config") || text_is(line->words[0], "page"));
}

/* The lines up to `end`, less the indentation of the first. */
static char *take_block(char **rest, int *number) {
        Buf block = BUF_INIT(SCRIPT_FILE_MAX);
        size_t indent = strspn(*rest, " ");
        char *text;

        while ((text = strsep(rest, "\n"))) {
                (*number)++;
                if (text_is(text + strspn(text, " \t"), "end"))
                        break;
                size_t skip = strspn(text, " ");
                if (buf_printf(&block, "%s\n", text + (skip < indent ? skip : indent)) != 0)
                        break;
        }
        return buf_steal(&block);
}

int script_read(const char *path, Script *ret_script, Error *error) {
        mon_auto_buf Buf buf = BUF_INIT(SCRIPT_FILE_MAX);
        Script script = {.path = mon_strdup(path), .lines = mon_new_array(Line, SCRIPT_LINES_MAX)};
        int number = 0;

        int r = read_file(path, &buf, error);
        if (r != 0) {
                script_fini(&script);
                return r;
        }
        mon_auto_free char *whole = buf_steal(&buf);
        char *rest = whole, *text;
        while ((text = strsep(&rest, "\n")) && script.n < SCRIPT_LINES_MAX) {
                Line *line = &script.lines[script.n];
                line->number = ++number;
                split(line, text);
                if (line->n == 0)
                        continue;
                if (has_block(line))
                        line->block = take_block(&rest, &number);
                script.n++;
        }
        *ret_script = script;
        return 0;
}

void script_fini(Script *script) {
        for (size_t i = 0; script->lines && i < SCRIPT_LINES_MAX; i++) {
                for (size_t w = 0; w < script->lines[i].n; w++)
                        free(script->lines[i].words[w]);
                free(script->lines[i].block);
        }
        free(script->lines);
        free(script->path);
        *script = (Script){0};
}

const char *line_value(const Line *line, const char *key) {
        size_t n = strlen(key);

        for (size_t i = 1; i < line->n; i++)
                if (strncmp(line->words[i], key, n) == 0 && line->words[i][n] == '=')
                        return line->words[i] + n + 1;
        return NULL;
}
