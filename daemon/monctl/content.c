#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/show.h"
#include "daemon/text/message.h"

#include <stdio.h>
#include <string.h>

/* How a version began; a word that is new is shown as it is. */
static const char *began_words(const Monctl *ctl, const json_t *row) {
        static const struct {
                const char *name;
                Phrase phrase;
        } rows[] = {
                {"first", PHRASE_CONTENT_FIRST}, {"rules", PHRASE_CONTENT_RULES}, {"changed", PHRASE_CONTENT_CHANGED}};
        const char *began = json_get_text(row, "began", "?");

        for (size_t i = 0; i < mon_count_of(rows); i++)
                if (text_is(began, rows[i].name))
                        return say(ctl, rows[i].phrase);
        return began;
}

/* "+3 −2" */
static char *show_words(const json_t *row) {
        mon_auto_free char *added = show_int(json_object_get(row, "words_added"));
        mon_auto_free char *removed = show_int(json_object_get(row, "words_removed"));

        return json_get_text(row, "diff", NULL) ? mon_printf("+%s −%s", added, removed) : mon_strdup("-");
}

static char *show_missing(const Monctl *ctl, const json_t *row) {
        const char *missing = json_get_text(row, "missing", NULL);

        return missing ? phrase_fill(PHRASE_CONTENT_MISSING, ctl->language, missing) : NULL;
}

static void show_versions(const Monctl *ctl, const json_t *document) {
        const Column columns[] = {{say(ctl, PHRASE_TARGET), 12, false},
                                  {say(ctl, PHRASE_FIRST_SEEN), 0, false},
                                  {say(ctl, PHRASE_LAST_SEEN), 0, false},
                                  {say(ctl, PHRASE_WHAT), 12, false},
                                  {say(ctl, PHRASE_WORDS), 0, true}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i;
        json_t *row;

        json_array_foreach (document, i, row) {
                mon_auto_free char *missing = show_missing(ctl, row);
                table_row(table);
                table_cell(table, json_get_text(row, "target", "?"), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(row, "first_seen", NULL)), COLOR_NONE);
                table_take(table, local_time(ctl, json_get_text(row, "last_seen", NULL)), COLOR_NONE);
                table_cell(table, began_words(ctl, row), COLOR_NONE);
                table_take(table, show_words(row), COLOR_NONE);
                if (missing)
                        table_note(table, "    ", missing);
        }
        show_table(ctl, table);
}

static Color line_color(char mark) {
        return mark == '+' ? COLOR_GREEN : mark == '-' ? COLOR_RED : mark == '@' ? COLOR_CYAN : COLOR_NONE;
}

static void print_diff(const Monctl *ctl, const char *diff) {
        mon_auto_free char *copy = mon_strdup(diff);
        char *rest = copy, *line;

        while ((line = strsep(&rest, "\n")) && *line) {
                Color color = line_color(*line);
                text_clean(line);
                (void)printf("    %s%s%s\n", table_color(color, ctl->color), line, table_reset(color, ctl->color));
        }
}

/* One version after the other, each with its change in full. */
static void show_diffs(const Monctl *ctl, const json_t *document) {
        size_t i;
        json_t *row;

        if (json_array_size(document) == 0)
                (void)printf("%s\n", say(ctl, PHRASE_NOTHING));
        json_array_foreach (document, i, row) {
                mon_auto_free char *at = local_moment(ctl, json_get_text(row, "first_seen", NULL));
                mon_auto_free char *words = show_words(row), *missing = show_missing(ctl, row);
                mon_auto_free char *target = text_clean_copy(json_get_text(row, "target", "?"), TABLE_CELL_MAX);
                mon_auto_free char *clean = text_clean_copy(missing, TABLE_CELL_MAX);
                (void)printf("%s%s  %s  %s  %s%s\n", table_color(COLOR_BOLD, ctl->color), at, target,
                             began_words(ctl, row), words, table_reset(COLOR_BOLD, ctl->color));
                if (clean)
                        (void)printf("    %s\n", clean);
                print_diff(ctl, json_get_text(row, "diff", ""));
        }
}

int cmd_content(Monctl *ctl) {
        mon_auto_json *document = NULL;

        int r = ask_document(ctl, ASK_CONTENT, ctl->args.n > 0 ? ctl->args.items[0] : NULL, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        if (ctl->options.diff)
                show_diffs(ctl, document);
        else
                show_versions(ctl, document);
        return flush_output(ctl);
}
