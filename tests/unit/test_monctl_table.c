/* Tables: widths as a screen counts them, fitted to the room there is, safe whatever the text. */
#include "daemon/monctl/table.h"

#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static char *print(const Table *table, size_t width, bool color) {
        char *text = NULL;
        size_t n = 0;
        FILE *out = open_memstream(&text, &n);

        assert_non_null(out);
        table_print(table, width, color, "", out);
        assert_int_equal(fclose(out), 0);
        return text;
}

static size_t widest_line(char *text) {
        size_t widest = 0;

        for (char *line; (line = strsep(&text, "\n")) != NULL;)
                widest = table_width(line) > widest ? table_width(line) : widest;
        return widest;
}

static void test_width_is_what_a_screen_shows(void **state) {
        static const struct {
                const char *text;
                size_t width;
        } rows[] = {{"", 0}, {"abc", 3}, {"été", 3}, {"e\xcc\x81", 1}, {"日本", 4}, {"●", 1}, {"a\xff", 2}};

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++)
                assert_int_equal(table_width(rows[i].text), rows[i].width);
}

static void test_cut_never_exceeds_the_width(void **state) {
        static const char *const texts[] = {"", "court", "une phrase avec des accents éèêë", "日本語のとても長い文章",
                                            "a\u0301o\u0301u\u0301i\u0301"};

        (void)state;
        for (size_t i = 0; i < mon_count_of(texts); i++)
                for (size_t width = 0; width < 40; width++) {
                        mon_auto_free char *cut = table_cut(texts[i], width);
                        assert_true(table_width(cut) <= width);
                        assert_true(text_is_utf8(cut, strlen(cut)));
                        if (table_width(texts[i]) <= width)
                                assert_string_equal(cut, texts[i]);
                }
        mon_auto_free char *cut = table_cut("maintenance en cours", 12);
        assert_string_equal(cut, "maintenance…");
}

static Table *sample(void) {
        const Column columns[] = {{"ÉTAT", 0, false}, {"CIBLE", 12, false}, {"N", 0, true}, {"CAUSE", 10, false}};
        Table *table = table_new(columns, mon_count_of(columns));

        table_row(table);
        table_cell(table, "■ en maintenance", COLOR_MAGENTA);
        table_cell(table, "un-identifiant-bien-plus-long-que-la-place-qui-reste-sur-la-ligne", COLOR_NONE);
        table_cell(table, "7", COLOR_NONE);
        table_cell(table, "une cause qui prend elle aussi beaucoup de place sur la ligne", COLOR_NONE);
        table_note(table, "    ",
                   "Une bannière bien trop longue pour une seule ligne, et même pour deux, et même pour trois, car "
                   "rien n'oblige un site à la brièveté. Elle continue donc encore et encore, sans dire quoi que ce "
                   "soit de plus que ce qui a déjà été dit, et finit par être coupée là où il le faut bien.");
        table_row(table);
        table_cell(table, "● up", COLOR_GREEN);
        table_cell(table, NULL, COLOR_NONE);
        table_take(table, mon_strdup("123"), COLOR_NONE);
        table_cell(table, "", COLOR_NONE);
        return table;
}

static void test_a_table_fits(void **state) {
        (void)state;
        for (size_t width = 50; width <= 200; width += 3) {
                mon_cleanup(table_free_p) Table *table = sample();
                mon_auto_free char *text = print(table, width, false);
                assert_true(widest_line(text) <= width);
        }
        mon_cleanup(table_free_p) Table *table = sample();
        mon_auto_free char *text = print(table, 80, false);
        assert_null(strchr(text, '\x1b'));
        assert_non_null(strstr(text, "● up"));
        assert_non_null(strstr(text, "  123  -\n"));
        assert_non_null(strstr(text, "    Une bannière"));
}

static void test_colours_only_where_asked(void **state) {
        mon_cleanup(table_free_p) Table *table = sample();
        mon_auto_free char *text = print(table, 80, true);

        (void)state;
        assert_non_null(strstr(text, "\x1b[35m■ en maintenance\x1b[0m"));
}

static void test_hostile_text_is_made_safe(void **state) {
        const Column columns[] = {{"X", 0, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, 1);
        uint64_t seed = 7;

        (void)state;
        for (int i = 0; i < 500; i++) {
                char bytes[64];
                for (size_t j = 0; j < sizeof bytes - 1; j++) {
                        seed = seed * UINT64_C(6364136223846793005) + 1;
                        bytes[j] = (char)(seed >> 56);
                }
                bytes[sizeof bytes - 1] = '\0';
                table_row(table);
                table_cell(table, bytes, COLOR_NONE);
                table_note(table, "  ", bytes);
        }
        mon_auto_free char *text = print(table, 80, false);
        assert_true(text_is_utf8(text, strlen(text)));
        for (const char *at = text; *at; at++)
                assert_true((unsigned char)*at >= 0x20 || *at == '\n');
        assert_null(strstr(text, "\xc2\x9b"));
}

static void test_bounds(void **state) {
        Column columns[TABLE_COLUMNS_MAX];
        mon_auto_free char *endless = mon_calloc(TABLE_CELL_MAX + 2, 1);

        (void)state;
        for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++)
                columns[i] = (Column){"X", i == 0, false};
        mon_cleanup(table_free_p) Table *table = table_new(columns, TABLE_COLUMNS_MAX);
        memset(endless, 'a', TABLE_CELL_MAX + 1);
        table_row(table);
        for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++)
                table_cell(table, i == 0 ? endless : "y", COLOR_NONE);
        table_note(table, "  ", endless);
        mon_auto_free char *text = print(table, TABLE_CELL_MAX * 2, false);
        assert_null(strstr(text, endless));
        assert_non_null(strstr(text, "a…  y"));
        mon_auto_free char *narrow = print(table, 60, false);
        size_t lines = 0;
        for (const char *at = narrow; (at = strchr(at, '\n')) != NULL; at++)
                lines++;
        assert_int_equal(lines, 2 + TABLE_NOTE_LINES_MAX);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_width_is_what_a_screen_shows),
                cmocka_unit_test(test_cut_never_exceeds_the_width),
                cmocka_unit_test(test_a_table_fits),
                cmocka_unit_test(test_bounds),
                cmocka_unit_test(test_colours_only_where_asked),
                cmocka_unit_test(test_hostile_text_is_made_safe),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
