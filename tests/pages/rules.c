/* rules FOLDER LABELS WORDINGS [--all | --wordings]
 *
 * Shows that each rule of the shipped lexicon is needed. First every wording must be judged as it is labelled, by the
 * rule that it names. Then each rule is taken out in turn, and what it spoke for is judged again: some page or wording
 * that was right must be wrong without it, in its verdict, its cause or its announcement. One line for each rule says
 * which. The exit status is 1 when a wording is wrong or nothing holds a rule. --all tells of every row that holds a
 * rule. */
#include "config/embedded.h"
#include "daemon/base/text.h"
#include "tests/pages/labelled.h"

#include <assert.h>
#include <stdio.h>

typedef struct Rules {
        List rows; /* of Labelled: the pages, then the wordings */
        size_t n_pages;
        Lexicon *whole; /* borrowed from the reader */
        PageReader *reader;
        bool *spoke; /* by row and rule */
        bool *right; /* by row */
        bool all, wordings_only;
} Rules;

static bool *spoke_of(const Rules *rules, size_t row) {
        return rules->spoke + row * lexicon_size(rules->whole);
}

/* A stem that no word begins with, and a pattern that fits nothing: the rule is there, in its place, and mute. */
static Lexicon *lexicon_without(const char *id) {
        static const char *const stems[] = {"zzz"};
        LexiconRuleTexts mute = {.id = id,
                                 .sense = SENSE_CALM,
                                 .strength = STRENGTH_WEAK,
                                 .stems = stems,
                                 .n_stems = mon_count_of(stems),
                                 .pattern = "(?!)"};
        ConfigMistakes mistakes = {0};
        Lexicon *lexicon = lexicon_new();

        for (const EmbeddedFile *file = lexicon_shipped_files; file->name; file++)
                lexicon_read(lexicon, file->name, file->bytes, file->n, &mistakes);
        mon_auto_free char *mistake = lexicon_add(lexicon, &mute);
        assert(mistakes.n == 0 && !mistake);
        lexicon_finish(lexicon);
        return lexicon;
}

static void note_rules(const Rules *rules, size_t row, const Judgement *judgement) {
        for (size_t i = 0; i < judgement->n_explain; i++)
                for (size_t k = 0; k < lexicon_size(rules->whole); k++)
                        if (text_is(judgement->explain[i].rule, lexicon_rule(rules->whole, k)->id))
                                spoke_of(rules, row)[k] = true;
}

/* With the whole lexicon; the number of wordings that are wrong. Wrong pages are another test's. */
static size_t judge_all(Rules *rules) {
        size_t n_wrong = 0;

        for (size_t i = 0; i < rules->rows.n; i++) {
                const Labelled *row = rules->rows.items[i];
                mon_auto_judgement Judgement judgement;
                labelled_judge(row, rules->reader, &judgement);
                note_rules(rules, i, &judgement);
                rules->right[i] = row->body && labelled_wrong(row, &judgement) == 0;
                if (rules->right[i] || i < rules->n_pages)
                        continue;
                mon_auto_free char *words = labelled_words(&judgement);
                printf("WRONG %s\n      is %s instead of %s/%s, %s, %s\n", row->name, words, verdict_name(row->verdict),
                       row->cause, row->rule, row->dates);
                labelled_explain(&judgement);
                n_wrong++;
        }
        return n_wrong;
}

/* Whether something that was right is wrong without the rule. Another rule named instead, or other dates, is not
 * enough. */
static bool is_held(Rules *rules, size_t rule) {
        mon_auto_free char *id = mon_strdup(lexicon_rule(rules->whole, rule)->id);
        mon_cleanup(page_reader_free_p) PageReader *without = page_reader_new(lexicon_without(id), 1);
        size_t n = 0;

        for (size_t i = 0; i < rules->rows.n && (n == 0 || rules->all); i++) {
                const Labelled *row = rules->rows.items[i];
                if (!rules->right[i] || !spoke_of(rules, i)[rule])
                        continue;
                mon_auto_judgement Judgement judgement;
                labelled_judge(row, without, &judgement);
                mon_auto_free char *words = labelled_words(&judgement);
                unsigned wrong = labelled_wrong(row, &judgement);
                bool holds = wrong & (LABELLED_VERDICT | LABELLED_CAUSE | LABELLED_ANNOUNCED);
                if (holds || (wrong && rules->all))
                        printf("%-36s %s %s\n%-36s   without: %s\n", n ? "" : id, holds ? " " : "~", row->name, "",
                               words);
                n += holds;
        }
        if (n == 0)
                printf("%-36s NOTHING HOLDS IT\n", id);
        return n > 0;
}

static int run(Rules *rules) {
        size_t n_wrong = judge_all(rules), n_loose = 0, n_rules = lexicon_size(rules->whole);

        if (rules->wordings_only) {
                printf("%zu wordings, %zu wrong\n", rules->rows.n - rules->n_pages, n_wrong);
                return n_wrong == 0 && rules->rows.n > rules->n_pages ? 0 : 1;
        }
        for (size_t k = 0; k < n_rules; k++)
                n_loose += !is_held(rules, k);
        printf("\n%zu pages, %zu wordings (%zu wrong); %zu rules, %zu of them held by nothing\n", rules->n_pages,
               rules->rows.n - rules->n_pages, n_wrong, n_rules, n_loose);
        return n_wrong + n_loose == 0 && n_rules > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
        Rules rules = {.whole = lexicon_new_shipped()};

        if (argc < 4 || labelled_read_pages(argv[1], argv[2], &rules.rows) != 0)
                return 66;
        rules.n_pages = rules.rows.n;
        if (labelled_read_wordings(argv[3], &rules.rows) != 0)
                return 66;
        rules.reader = page_reader_new(rules.whole, 1);
        rules.spoke = mon_new_array(bool, rules.rows.n *lexicon_size(rules.whole));
        rules.right = mon_new_array(bool, rules.rows.n);
        rules.all = argc > 4 && strcmp(argv[4], "--all") == 0;
        rules.wordings_only = argc > 4 && strcmp(argv[4], "--wordings") == 0;
        int r = run(&rules);
        page_reader_free(rules.reader);
        free(rules.spoke);
        free(rules.right);
        labelled_free_all(&rules.rows);
        return r;
}
