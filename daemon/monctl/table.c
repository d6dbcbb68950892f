#include "daemon/monctl/table.h"

#include "daemon/base/list.h"
#include "daemon/base/text.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

#define TABLE_NOTE_WIDTH_MIN 10
#define TABLE_GAP 2 /* columns between columns */

typedef struct Cell {
        char *text;
        Color color;
} Cell;

typedef struct Row {
        Cell cells[TABLE_COLUMNS_MAX];
        size_t n;
        char *note, *prefix;
} Row;

struct Table {
        Column columns[TABLE_COLUMNS_MAX];
        size_t n;
        List rows; /* of Row * */
};

Table *table_new(const Column *columns, size_t n) {
        Table *table = mon_new(Table);

        assert(n <= TABLE_COLUMNS_MAX);
        memcpy(table->columns, columns, n * sizeof *columns);
        table->n = n;
        return table;
}

void table_free(Table *table) {
        if (!table)
                return;
        list_each (Row, row, &table->rows) {
                for (size_t i = 0; i < row->n; i++)
                        free(row->cells[i].text);
                free(row->note);
                free(row->prefix);
                free(row);
        }
        list_fini(&table->rows);
        free(table);
}

void table_row(Table *table) {
        list_add(&table->rows, mon_new(Row));
}

static Row *last_row(const Table *table) {
        assert(table->rows.n > 0);
        return table->rows.items[table->rows.n - 1];
}

void table_cell(Table *table, const char *text, Color color) {
        Row *row = last_row(table);

        assert(row->n < table->n);
        row->cells[row->n++] = (Cell){text_clean_copy(text && *text ? text : "-", TABLE_CELL_MAX), color};
}

void table_take(Table *table, char *text, Color color) {
        table_cell(table, text, color);
        free(text);
}

void table_note(Table *table, const char *prefix, const char *text) {
        Row *row = last_row(table);

        free(row->note);
        row->note = text_clean_copy(text, TABLE_CELL_MAX);
        mon_replace(&row->prefix, prefix);
}

size_t table_rows(const Table *table) {
        return table->rows.n;
}

/* The character at `text` and its bytes; what is no UTF-8 counts as one column each byte. */
static size_t step(const char *text, size_t *ret_width) {
        utf8proc_int32_t character;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &character);
        int width = n > 0 ? utf8proc_charwidth(character) : 1;

        *ret_width = width > 0 ? (size_t)width : 0;
        return n > 0 ? (size_t)n : 1;
}

size_t table_width(const char *text) {
        size_t total = 0, width;

        while (*text) {
                text += step(text, &width);
                total += width;
        }
        return total;
}

/* Bytes of the longest beginning that fits. */
static size_t fit(const char *text, size_t room) {
        size_t at = 0, total = 0, width;

        while (text[at]) {
                size_t n = step(text + at, &width);
                if (total + width > room)
                        break;
                total += width;
                at += n;
        }
        return at;
}

char *table_cut(const char *text, size_t width) {
        if (table_width(text) <= width)
                return mon_strdup(text);
        if (width == 0)
                return mon_strdup("");
        size_t n = fit(text, width - 1);
        while (n > 0 && text[n - 1] == ' ')
                n--;
        return mon_printf("%.*s…", (int)n, text);
}

const char *table_color(Color color, bool on) {
        static const char *const codes[] = {"",         "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[31m",
                                            "\x1b[34m", "\x1b[36m", "\x1b[2m",  "\x1b[1m"};
        return on ? codes[color] : "";
}

const char *table_reset(Color color, bool on) {
        return on && color != COLOR_NONE ? "\x1b[0m" : "";
}

/* The widest column that may shrink loses one, until all fit or none can. */
static void shrink(const Table *table, size_t widths[static TABLE_COLUMNS_MAX], size_t room) {
        for (;;) {
                size_t total = (table->n - 1) * TABLE_GAP, widest = SIZE_MAX;
                for (size_t i = 0; i < table->n; i++) {
                        total += widths[i];
                        if (table->columns[i].least && widths[i] > table->columns[i].least &&
                            (widest == SIZE_MAX || widths[i] > widths[widest]))
                                widest = i;
                }
                if (total <= room || widest == SIZE_MAX)
                        return;
                widths[widest]--;
        }
}

static void measure(const Table *table, size_t widths[static TABLE_COLUMNS_MAX], size_t room) {
        for (size_t i = 0; i < table->n; i++)
                widths[i] = table_width(table->columns[i].heading);
        list_each (const Row, row, &table->rows)
                for (size_t i = 0; i < row->n; i++) {
                        size_t width = table_width(row->cells[i].text);
                        widths[i] = width > widths[i] ? width : widths[i];
                }
        shrink(table, widths, room);
}

static void print_cell(const char *text, size_t width, bool right, bool last, Color color, bool colors, FILE *out) {
        mon_auto_free char *cut = table_cut(text, width);
        int pad = (int)(width - table_width(cut));

        (void)fprintf(out, "%*s%s%s%s%*s", right ? pad : 0, "", table_color(color, colors), cut,
                      table_reset(color, colors), right || last ? 0 : pad, "");
        if (!last)
                (void)fprintf(out, "%*s", TABLE_GAP, "");
}

/* The next line of a note and the bytes it takes: words are kept whole where they fit, the last line is cut. */
static char *note_line(const char *text, size_t room, bool last, size_t *ret_taken) {
        size_t n = fit(text, room), end = n;

        if (last) {
                *ret_taken = strlen(text);
                return table_cut(text, room);
        }
        while (text[n] && end > 0 && text[end] != ' ')
                end--;
        if (text[n] && end > 0)
                n = end;
        *ret_taken = n + strspn(text + n, " ");
        while (n > 0 && text[n - 1] == ' ')
                n--;
        return mon_strndup(text, n);
}

static void print_note(const Row *row, size_t width, bool colors, const char *line_end, FILE *out) {
        const char *text = row->note, *prefix = row->prefix ? row->prefix : "  ";
        size_t indent = table_width(prefix),
               room = width > indent + TABLE_NOTE_WIDTH_MIN ? width - indent : TABLE_NOTE_WIDTH_MIN;

        for (int line = 0; *text && line < TABLE_NOTE_LINES_MAX; line++) {
                size_t taken;
                mon_auto_free char *piece = note_line(text, room, line == TABLE_NOTE_LINES_MAX - 1, &taken);
                (void)fprintf(out, "%s%*s%s%s%s%s\n", line == 0 ? prefix : "", line == 0 ? 0 : (int)indent, "",
                              table_color(COLOR_DIM, colors), piece, table_reset(COLOR_DIM, colors), line_end);
                text += taken;
        }
}

void table_print(const Table *table, size_t width, bool color, const char *line_end, FILE *out) {
        size_t widths[TABLE_COLUMNS_MAX] = {0};

        if (table->rows.n == 0)
                return;
        measure(table, widths, width);
        for (size_t i = 0; i < table->n; i++)
                print_cell(table->columns[i].heading, widths[i], table->columns[i].right, i + 1 == table->n, COLOR_BOLD,
                           color, out);
        (void)fprintf(out, "%s\n", line_end);
        list_each (const Row, row, &table->rows) {
                for (size_t i = 0; i < row->n; i++)
                        print_cell(row->cells[i].text, widths[i], table->columns[i].right, i + 1 == row->n,
                                   row->cells[i].color, color, out);
                (void)fprintf(out, "%s\n", line_end);
                if (row->note && *row->note)
                        print_note(row, width, color, line_end, out);
        }
}
