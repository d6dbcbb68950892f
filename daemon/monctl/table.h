/* Text in columns for a terminal: fitted to a width, by what characters take on the screen, not by their bytes. Every
 * cell is made safe to show. */
#pragma once

#include "daemon/base/alloc.h"

#include <stdio.h>

typedef enum Color {
        COLOR_NONE = 0,
        COLOR_GREEN,
        COLOR_YELLOW,
        COLOR_MAGENTA,
        COLOR_RED,
        COLOR_BLUE,
        COLOR_CYAN,
        COLOR_DIM,
        COLOR_BOLD,
} Color;

#define TABLE_COLUMNS_MAX 10
#define TABLE_CELL_MAX 1000 /* bytes of one cell */
#define TABLE_NOTE_LINES_MAX 4

typedef struct Column {
        const char *heading;
        size_t least; /* where room is short, down to this; 0: never shrunk */
        bool right;
} Column;

typedef struct Table Table;

Table *table_new(const Column *columns, size_t n); /* at most TABLE_COLUMNS_MAX; copied but for the headings */
void table_free(Table *table);
mon_define_cleanup(Table, table_free);
void table_row(Table *table);                                        /* begins the next row */
void table_cell(Table *table, const char *text, Color color);        /* NULL is "-" */
void table_take(Table *table, char *text, Color color);              /* the same; frees the text */
void table_note(Table *table, const char *prefix, const char *text); /* wrapped, below the last row */
size_t table_rows(const Table *table);
/* Each line ends with `line_end` and "\n": a live view clears to the line's end. */
void table_print(const Table *table, size_t width, bool color, const char *line_end, FILE *out);

/* Columns that the text takes on a screen. */
size_t table_width(const char *text);
/* At most `width` columns, an ellipsis where it was cut. The caller frees. */
char *table_cut(const char *text, size_t width);
const char *table_color(Color color, bool on);
const char *table_reset(Color color, bool on);
