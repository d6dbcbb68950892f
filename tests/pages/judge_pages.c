/* judge_pages FOLDER LABELS [--exact P] [--maintenance P] [--false-alarms P] [--announced P]
 *         [--accepted P] [--all] [--keywords]
 *
 * Judges labelled pages as if they had just been answered and prints the confusion table. LABELS is a table
 * (labelled.h). The floors are per cent; under one of them the exit status is 1; accepted is what has an accepted
 * verdict and its cause. --all explains each page. --keywords also judges them as a rule of ten usual words would, for
 * comparison. */
#include "daemon/base/text.h"
#include "tests/pages/labelled.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

typedef struct Count {
        int table[VERDICT_MAX + 1][VERDICT_MAX + 1];
        int pages, exact, accepted;
        int maintenance, seen, healthy, alarms;
        int announced, announced_right;
} Count;

static void tally(Count *count, Verdict wanted, Verdict judged, bool accepted) {
        count->table[wanted][judged]++;
        count->pages++;
        count->exact += judged == wanted;
        count->accepted += accepted;
        count->maintenance += wanted == VERDICT_MAINTENANCE;
        count->seen += wanted == VERDICT_MAINTENANCE && accepted;
        count->healthy += wanted == VERDICT_UP;
        count->alarms += wanted == VERDICT_UP && !accepted;
}

/* A word of the page, as it was sent, begins with the letters of `word`; case does not matter. */
static bool has_word(const Labelled *row, const char *word) {
        size_t n = strlen(word);

        for (size_t i = 0; i + n <= row->body_len; i++)
                if ((i == 0 || !isalnum((unsigned char)row->body[i - 1])) && strncasecmp(row->body + i, word, n) == 0)
                        return true;
        return false;
}

/* What monitors with a list of forbidden words say: one of them anywhere means closed, else the status decides. Words
 * are met at their beginning alone, so that "dropdown" is no "down" and "indisponibles" is met: better than most do. */
static Verdict keyword_verdict(const Labelled *row) {
        static const char *const words[] = {"maintenance", "indisponible", "interrompu", "travaux", "fermé",
                                            "unavailable", "incident",     "down",       "offline", "error"};

        for (size_t i = 0; i < mon_count_of(words); i++)
                if (has_word(row, words[i]))
                        return VERDICT_MAINTENANCE;
        return row->status < 400 ? VERDICT_UP : VERDICT_DOWN;
}

static void judge_row(PageReader *reader, const Labelled *row, bool all, Count *count, Count *keywords) {
        if (row->verdict == VERDICT_MAX || !row->body) {
                printf("  %s: no such page or verdict\n", row->name);
                count->pages++;
                return;
        }
        mon_auto_judgement Judgement judgement;
        labelled_judge(row, reader, &judgement);
        unsigned wrong = labelled_wrong(row, &judgement);
        Verdict by_words = keyword_verdict(row);
        tally(count, row->verdict, judgement.verdict, !(wrong & LABELLED_VERDICT));
        tally(keywords, row->verdict, by_words, by_words == row->verdict || strstr(row->also, verdict_name(by_words)));
        count->announced += labelled_is_scored(row);
        count->announced_right += labelled_is_scored(row) && !(wrong & LABELLED_ANNOUNCED);
        count->accepted -= (wrong & (LABELLED_VERDICT | LABELLED_CAUSE)) == LABELLED_CAUSE;
        if (wrong || all) {
                mon_auto_free char *words = labelled_words(&judgement);
                printf("  %s: %s instead of %s%s%s%s%s\n", row->name, words, verdict_name(row->verdict),
                       *row->cause ? "/" : "", row->cause, wrong & LABELLED_ANNOUNCED ? ", announced: " : "",
                       wrong & LABELLED_ANNOUNCED ? row->announced : "");
                labelled_explain(&judgement);
        } else if (judgement.verdict != row->verdict)
                printf("  (%s: %s accepted for %s)\n", row->name, verdict_name(judgement.verdict),
                       verdict_name(row->verdict));
}

static void print_table(const Count *count) {
        printf("\n%-12s", "");
        for (int v = 1; v < VERDICT_MAX; v++)
                printf("%12s", verdict_name((Verdict)v));
        printf("\n");
        for (int wanted = 1; wanted < VERDICT_MAX; wanted++) {
                printf("%-12s", verdict_name((Verdict)wanted));
                for (int v = 1; v < VERDICT_MAX; v++)
                        printf("%12d", count->table[wanted][v]);
                printf("\n");
        }
}

static double percent(int part, int whole) {
        return whole ? 100.0 * part / whole : 100.0;
}

static void print_keywords(const Count *reader, const Count *keywords) {
        const Count *rows[] = {reader, keywords};

        printf("\nBy ten keywords, anywhere in the page:\n");
        print_table(keywords);
        printf("\n%-26s%20s%20s%20s\n", "", "maintenance seen", "false alarms", "exact");
        for (size_t i = 0; i < mon_count_of(rows); i++)
                printf("%-26s%18.1f %%%18.1f %%%18.1f %%\n", i == 0 ? "mond" : "ten keywords",
                       percent(rows[i]->seen, rows[i]->maintenance), percent(rows[i]->alarms, rows[i]->healthy),
                       percent(rows[i]->exact, rows[i]->pages));
}

static bool is_under(const char *what, double value, double floor) {
        if (value >= floor)
                return false;
        printf("%s %.1f %% is under the floor of %.1f %%\n", what, value, floor);
        return true;
}

int main(int argc, char **argv) {
        Count count = {0}, keywords = {0};
        double floors[5] = {0, 0, 100, 0, 0};
        static const char *const names[5] = {"--exact", "--maintenance", "--false-alarms", "--announced", "--accepted"};
        bool all = false, with_keywords = false;
        List rows = {0};

        for (int i = 3; i < argc; i++) {
                all = all || strcmp(argv[i], "--all") == 0;
                with_keywords = with_keywords || strcmp(argv[i], "--keywords") == 0;
                for (size_t k = 0; k < mon_count_of(names); k++)
                        if (strcmp(argv[i], names[k]) == 0 && i + 1 < argc)
                                floors[k] = strtod(argv[++i], NULL);
        }
        if (argc < 3 || labelled_read_pages(argv[1], argv[2], &rows) != 0)
                return argc < 3 ? 64 : 66;
        PageReader *reader = page_reader_new(lexicon_new_shipped(), 1);
        list_each (Labelled, row, &rows)
                judge_row(reader, row, all, &count, &keywords);
        page_reader_free(reader);
        labelled_free_all(&rows);
        print_table(&count);
        double exact = percent(count.exact, count.pages), seen = percent(count.seen, count.maintenance);
        double alarms = percent(count.alarms, count.healthy), told = percent(count.announced_right, count.announced);
        double accepted = percent(count.accepted, count.pages);
        printf("\n%d pages: exact %.1f %%, accepted %.1f %%, maintenance seen %.1f %%, false alarms %.1f %%, announced "
               "right %.1f %%\n",
               count.pages, exact, accepted, seen, alarms, told);
        if (with_keywords)
                print_keywords(&count, &keywords);
        bool bad = is_under("exact", exact, floors[0]);
        bad = is_under("maintenance", seen, floors[1]) || bad;
        bad = is_under("announced", told, floors[3]) || bad;
        bad = is_under("accepted", accepted, floors[4]) || bad;
        if (alarms > floors[2]) {
                printf("false alarms %.1f %% are over %.1f %%\n", alarms, floors[2]);
                bad = true;
        }
        return bad ? 1 : 0;
}
