/* rules FOLDER LABELS WORDINGS PHRASES [--all | --wordings]
 *
 * Shows that each rule of the shipped lexicon is needed. First every wording and phrase must be judged as labelled, by
 * the rule that it names. Then each rule is taken out in turn, and what it spoke for is judged again: some page or
 * wording that was right must be wrong without it, in its verdict, its cause or its announcement. The same is asked of
 * each `unless` and each `places` alone. One line for each says which row holds it. The exit status is 1 when a wording
 * is wrong or something is held by nothing. --all tells of every row that holds a rule. --wordings takes nothing out.
 */
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

/* The shipped lexicon but for `n` bytes at `cut`, not finished; NULL where it does not stand without them. */
static Lexicon *lexicon_but(const char *cut, size_t n) {
        ConfigMistakes mistakes = {0};
        Lexicon *lexicon = lexicon_new();

        for (const EmbeddedFile *file = lexicon_shipped_files; file->name; file++) {
                bool is_here = cut >= file->bytes && cut < file->bytes + file->n;
                size_t before = is_here ? (size_t)(cut - file->bytes) : file->n, after = is_here ? before + n : file->n;
                mon_auto_free char *bytes = mon_printf("%.*s%s", (int)before, file->bytes, file->bytes + after);
                lexicon_read(lexicon, file->name, bytes, strlen(bytes), &mistakes);
        }
        if (mistakes.n == 0)
                return lexicon;
        lexicon_free(lexicon);
        config_mistakes_fini(&mistakes);
        return NULL;
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
        Lexicon *lexicon = lexicon_but(NULL, 0);
        mon_auto_free char *mistake = lexicon_add(lexicon, &mute);

        assert(!mistake);
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
                       row->cause, row->rule ? row->rule : "any rule", row->dates ? row->dates : "any dates");
                labelled_explain(&judgement);
                n_wrong++;
        }
        return n_wrong;
}

/* Whether a row that was right is wrong by another reader, and how. Another rule named, or other dates, is not enough.
 */
static bool is_wrong_by(const Rules *rules, size_t i, PageReader *reader, char **ret_words, bool *ret_slightly) {
        mon_auto_judgement Judgement judgement;

        labelled_judge(rules->rows.items[i], reader, &judgement);
        unsigned wrong = labelled_wrong(rules->rows.items[i], &judgement);
        *ret_words = labelled_words(&judgement);
        *ret_slightly = wrong != 0;
        return wrong & (LABELLED_VERDICT | LABELLED_CAUSE | LABELLED_ANNOUNCED);
}

static bool is_held(Rules *rules, size_t rule) {
        mon_auto_free char *id = mon_strdup(lexicon_rule(rules->whole, rule)->id);
        mon_cleanup(page_reader_free_p) PageReader *without = page_reader_new(lexicon_without(id), 1);
        size_t n = 0;

        for (size_t i = 0; i < rules->rows.n && (n == 0 || rules->all); i++) {
                const Labelled *row = rules->rows.items[i];
                mon_auto_free char *words = NULL;
                bool slightly;
                if (!rules->right[i] || !spoke_of(rules, i)[rule])
                        continue;
                bool holds = is_wrong_by(rules, i, without, &words, &slightly);
                if (holds || (slightly && rules->all))
                        printf("%-36s %s %s\n%-36s   without: %s\n", n ? "" : id, holds ? " " : "~", row->name, "",
                               words);
                n += holds;
        }
        if (n == 0)
                printf("%-36s NOTHING HOLDS IT\n", id);
        return n > 0;
}

/* --- a part of a rule ------------------------------------------------------------------------------------------- */

/* The line of a rule at `line` is a clause of it that may be left out: what silences it, or where it is asked. It may
 * speak without it where it did not before, so every row is asked, the wordings, which are short, first. */
static bool is_clause_held(Rules *rules, const char *id, const char *line, size_t n) {
        mon_cleanup(lexicon_free_p) Lexicon *lexicon = lexicon_but(line, n + 1);

        if (!lexicon)
                return true;
        lexicon_finish(lexicon);
        mon_cleanup(page_reader_free_p) PageReader *without = page_reader_new(mon_steal(&lexicon), 1);
        for (size_t k = 0; k < rules->rows.n; k++) {
                size_t i = (k + rules->n_pages) % rules->rows.n;
                const Labelled *row = rules->rows.items[i];
                mon_auto_free char *words = NULL;
                bool slightly;
                if (!rules->right[i] || !is_wrong_by(rules, i, without, &words, &slightly))
                        continue;
                printf("%-36s   %.6s %s\n%-36s   without: %s\n", id, line + 4, row->name, "", words);
                return true;
        }
        printf("%-36s NOTHING HOLDS ITS %.*s\n", id, (int)n - 4, line + 4);
        return false;
}

/* The number of those that nothing holds. */
static size_t ask_clauses(Rules *rules, size_t *ret_n) {
        size_t n_loose = 0;

        *ret_n = 0;
        for (const EmbeddedFile *file = lexicon_shipped_files; file->name; file++) {
                mon_auto_free char *id = mon_strdup("");
                for (const char *line = file->bytes, *end; (end = strchr(line, '\n')); line = end + 1) {
                        size_t n = (size_t)(end - line);
                        if (text_starts(line, "  - id: ")) {
                                free(id);
                                id = mon_strndup(line + strlen("  - id: "), n - strlen("  - id: "));
                        }
                        if (!text_starts(line, "    unless: ") && !text_starts(line, "    places: "))
                                continue;
                        n_loose += !is_clause_held(rules, id, line, n);
                        ++*ret_n;
                }
        }
        return n_loose;
}

static int run(Rules *rules) {
        size_t n_wrong = judge_all(rules), n_loose = 0, n_rules = lexicon_size(rules->whole);

        if (rules->wordings_only) {
                printf("%zu wordings, %zu wrong\n", rules->rows.n - rules->n_pages, n_wrong);
                return n_wrong == 0 && rules->rows.n > rules->n_pages ? 0 : 1;
        }
        for (size_t k = 0; k < n_rules; k++)
                n_loose += !is_held(rules, k);
        size_t n_clauses, n_loose_clauses = ask_clauses(rules, &n_clauses);
        printf("\n%zu pages, %zu wordings (%zu wrong); %zu rules, %zu of them held by nothing; %zu clauses, %zu of "
               "them\n",
               rules->n_pages, rules->rows.n - rules->n_pages, n_wrong, n_rules, n_loose, n_clauses, n_loose_clauses);
        return n_wrong + n_loose + n_loose_clauses == 0 && n_rules > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
        Rules rules = {.whole = lexicon_new_shipped()};

        if (argc < 5 || labelled_read_pages(argv[1], argv[2], &rules.rows) != 0)
                return 66;
        rules.n_pages = rules.rows.n;
        if (labelled_read_wordings(argv[3], &rules.rows) != 0 || labelled_read_phrases(argv[4], &rules.rows) != 0)
                return 66;
        rules.reader = page_reader_new(rules.whole, 1);
        rules.spoke = mon_new_array(bool, rules.rows.n *lexicon_size(rules.whole));
        rules.right = mon_new_array(bool, rules.rows.n);
        rules.all = argc > 5 && strcmp(argv[5], "--all") == 0;
        rules.wordings_only = argc > 5 && strcmp(argv[5], "--wordings") == 0;
        int r = run(&rules);
        page_reader_free(rules.reader);
        free(rules.spoke);
        free(rules.right);
        labelled_free_all(&rules.rows);
        return r;
}
