#include "config/mistakes.h"

#include "daemon/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void mistakes_fini(Mistakes *mistakes) {
        for (size_t i = 0; i < mistakes->n; i++)
                free(mistakes->entries[i].text);
        free(mistakes->entries);
        list_each (char, name, &mistakes->files)
                free(name);
        list_fini(&mistakes->files);
        *mistakes = (Mistakes){0};
}

int mistakes_add_file(Mistakes *mistakes, const char *name) {
        assert(mistakes->files.n < MISTAKES_FILES_MAX);
        list_add(&mistakes->files, mon_strdup(name));
        return (int)(mistakes->files.n - 1) << MISTAKES_LINE_BITS;
}

const char *mistakes_file(const Mistakes *mistakes, int line) {
        size_t file = (size_t)line >> MISTAKES_LINE_BITS;

        assert(file < mistakes->files.n);
        return mistakes->files.items[file];
}

static void mon_printf_like(5, 0)
        add(Mistakes *mistakes, bool warning, int line, int column, const char *format, va_list args) {
        size_t *count = warning ? &mistakes->n_warnings : &mistakes->n_errors;
        char *text;

        if ((*count)++ >= CONFIG_MISTAKES_MAX)
                return;
        if (vasprintf(&text, format, args) < 0)
                abort();
        text_clean(text);
        mistakes->entries = mon_realloc_array(mistakes->entries, mistakes->n + 1, sizeof *mistakes->entries);
        mistakes->entries[mistakes->n] = (MistakeEntry){line, column, warning, mistakes->n, text};
        mistakes->n++;
}

void mistakes_add(Mistakes *mistakes, int line, int column, const char *format, ...) {
        va_list args;

        va_start(args, format);
        add(mistakes, false, line, column, format, args);
        va_end(args);
}

void mistakes_warn(Mistakes *mistakes, int line, int column, const char *format, ...) {
        va_list args;

        va_start(args, format);
        add(mistakes, true, line, column, format, args);
        va_end(args);
}

bool mistakes_are_full(const Mistakes *mistakes) {
        return mistakes->n_errors >= CONFIG_MISTAKES_MAX;
}

char *mistakes_join(const char *const *names, size_t n) {
        char *text = mon_strdup("");

        for (size_t i = 0; i < n; i++) {
                char *longer = mon_printf("%s%s%s", text, i ? ", " : "", names[i]);
                free(text);
                text = longer;
        }
        return text;
}

static int compare_entries(const void *a, const void *b) {
        const MistakeEntry *x = a, *y = b;

        if (x->line != y->line)
                return x->line < y->line ? -1 : 1;
        if (x->column != y->column)
                return x->column < y->column ? -1 : 1;
        return (x->order > y->order) - (x->order < y->order);
}

void mistakes_finish(Mistakes *mistakes, ConfigMistakes *ret_mistakes) {
        ConfigMistakes done = {.n_errors = mistakes->n_errors};

        done.items = mon_new_array(ConfigMistake, mistakes->n);
        if (mistakes->n > 0)
                qsort(mistakes->entries, mistakes->n, sizeof *mistakes->entries, compare_entries);
        for (size_t i = 0; i < mistakes->n; i++) {
                MistakeEntry *entry = &mistakes->entries[i];
                if (entry->warning && done.n_errors > 0)
                        continue;
                done.items[done.n++] = (ConfigMistake){
                        .file = mon_strdup(mistakes_file(mistakes, entry->line)),
                        .line = mistakes_line(entry->line),
                        .column = entry->column,
                        .text = mon_steal(&entry->text),
                        .warning = entry->warning,
                };
        }
        mistakes_fini(mistakes);
        *ret_mistakes = done;
}

void config_mistakes_fini(ConfigMistakes *mistakes) {
        for (size_t i = 0; i < mistakes->n; i++) {
                free(mistakes->items[i].file);
                free(mistakes->items[i].text);
        }
        free(mistakes->items);
        *mistakes = (ConfigMistakes){0};
}

char *config_mistakes_text(const ConfigMistakes *mistakes) {
        mon_auto_buf Buf text = BUF_INIT(SIZE_MAX / 4); /* each part is bounded: YAML_FILE_MAX, CONFIG_MISTAKES_MAX */
        size_t shown = 0;
        int r = 0;

        for (size_t i = 0; i < mistakes->n; i++) {
                const ConfigMistake *mistake = &mistakes->items[i];
                shown += !mistake->warning;
                r |= buf_printf(&text, "%s:%d:%d: %s%s\n", mistake->file, mistake->line, mistake->column,
                                mistake->warning ? "warning: " : "", mistake->text);
        }
        if (mistakes->n_errors > shown)
                r |= buf_printf(&text, "%s:1:1: %zu more mistakes are not shown\n", mistakes->items[0].file,
                                mistakes->n_errors - shown);
        assert(r == 0);
        return buf_steal(&text);
}
