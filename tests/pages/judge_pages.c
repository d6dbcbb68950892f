/* judge_pages FOLDER LABELS [--exact P] [--maintenance P] [--false-alarms P] [--announced P] [--all] [--keywords]
 *
 * Judges labelled pages as if they had just been answered and prints the confusion table. LABELS is a table with tabs:
 * the first line names the columns (file, verdict, also, announced, status, content_type, http_date, …). The floors are
 * per cent; under one of them the exit status is 1. --all explains each page. --keywords also judges them as a rule of
 * ten usual words would, for comparison. */
#include "config/lexicon.h"
#include "probes/page/page.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#define COLUMNS_MAX 24
#define LINE_MAX_BYTES 8192
#define PAGE_FILE_MAX (4U << 20)

typedef struct Row {
        char line[LINE_MAX_BYTES];
        char *cells[COLUMNS_MAX];
        size_t n;
} Row;

typedef struct Count {
        int table[VERDICT_MAX + 1][VERDICT_MAX + 1];
        int pages, exact, accepted;
        int maintenance, seen, healthy, alarms;
        int announced, announced_right;
} Count;

static void split(Row *row) {
        char *at = row->line;

        row->line[strcspn(row->line, "\r\n")] = '\0';
        row->n = 0;
        while (at && row->n < COLUMNS_MAX) {
                char *tab = strchr(at, '\t');
                if (tab)
                        *tab++ = '\0';
                row->cells[row->n++] = at;
                at = tab;
        }
}

static const char *cell(const Row *head, const Row *row, const char *name) {
        for (size_t i = 0; i < head->n && i < row->n; i++)
                if (strcmp(head->cells[i], name) == 0)
                        return row->cells[i];
        return "";
}

static int read_file(const char *folder, const char *name, Buf *out) {
        mon_auto_free char *path = mon_printf("%s/%s", folder, name);
        FILE *f = fopen(path, "rb");
        char chunk[65536];
        int r = 0;

        if (!f)
                return mon_errno();
        for (size_t n; r == 0 && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
                r = buf_append(out, chunk, n) ? -EFBIG : 0;
        fclose(f);
        return r;
}

static Nsec parse_date(const char *text) {
        struct tm tm = {0};

        if (!strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm))
                return INT64_C(1780992720) * NSEC_PER_SEC; /* 9 June 2026 */
        return (Nsec)timegm(&tm) * NSEC_PER_SEC;
}

static void explain(const Judgement *judgement) {
        for (size_t i = 0; i < judgement->n_explain; i++)
                printf("      %s %-32s %-10s %s\n", judgement->explain[i].decided ? "=>" : "  ",
                       judgement->explain[i].rule, judgement->explain[i].place, judgement->explain[i].text);
        if (judgement->announced.text) {
                char from[TEXT_TIME_MAX], until[TEXT_TIME_MAX];
                text_time(judgement->announced.from_at_real, from);
                text_time(judgement->announced.until_at_real, until);
                printf("      announced %s to %s: %s\n", from, until, judgement->announced.text);
        }
}

static bool is_listed(const char *list, const char *word) {
        const char *at = strstr(list, word);
        return at != NULL;
}

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
static bool has_word(const Buf *body, const char *word) {
        size_t n = strlen(word);

        for (size_t i = 0; i + n <= body->len; i++)
                if ((i == 0 || !isalnum((unsigned char)body->data[i - 1])) && strncasecmp(body->data + i, word, n) == 0)
                        return true;
        return false;
}

/* What monitors with a list of forbidden words say: one of them anywhere means closed, else the status decides. Words
 * are met at their beginning alone, so that "dropdown" is no "down" and "indisponibles" is met: better than most do. */
static Verdict keyword_verdict(const Buf *body, int status) {
        static const char *const words[] = {"maintenance", "indisponible", "interrompu", "travaux", "fermé",
                                            "unavailable", "incident",     "down",       "offline", "error"};

        for (size_t i = 0; i < mon_count_of(words); i++)
                if (has_word(body, words[i]))
                        return VERDICT_MAINTENANCE;
        return status < 400 ? VERDICT_UP : VERDICT_DOWN;
}

static void judge_row(PageReader *reader, const char *folder, const Row *head, const Row *row, bool all, Count *count,
                      Count *keywords) {
        mon_auto_buf Buf body = BUF_INIT(PAGE_FILE_MAX);
        const char *file = cell(head, row, "file"), *announced = cell(head, row, "announced");
        PageHeader headers[] = {{"Content-Type", cell(head, row, "content_type")}};
        mon_auto_judgement Judgement judgement;
        Verdict wanted;

        if (!verdict_from_name(cell(head, row, "verdict"), &wanted) || read_file(folder, file, &body) != 0) {
                printf("  %s: no such page or verdict\n", file);
                count->pages++;
                judgement = (Judgement){0};
                return;
        }
        int64_t status = 200;
        (void)!text_parse_int(cell(head, row, "status"), 100, 999, &status);
        const char *url = cell(head, row, "url");
        PageAnswer answer = {.http_status = (int)status,
                             .start_url = *url ? "https://example.org/" : NULL,
                             .final_url = *url ? url : NULL,
                             .headers = headers,
                             .n_headers = 1,
                             .body = buf_text(&body),
                             .body_len = body.len,
                             .at_real = parse_date(cell(head, row, "http_date")),
                             .explain = true};
        page_judge(reader, NULL, &answer, &judgement);
        Verdict by_words = keyword_verdict(&body, (int)status);
        const char *also = cell(head, row, "also");
        bool exact = judgement.verdict == wanted;
        bool accepted = exact || is_listed(also, verdict_name(judgement.verdict));
        bool scored = strcmp(announced, "any") != 0 && *announced;
        bool told = judgement.announced.text != NULL, right = told == (strcmp(announced, "yes") == 0);
        tally(count, wanted, judgement.verdict, accepted);
        tally(keywords, wanted, by_words, by_words == wanted || is_listed(also, verdict_name(by_words)));
        count->announced += scored;
        count->announced_right += scored && right;
        const char *cause = cell(head, row, "cause");
        bool cause_right = !*cause || strcmp(cause, cause_name(judgement.cause)) == 0;
        if (!accepted || (scored && !right) || !cause_right || all) {
                printf("  %s: %s/%s instead of %s%s%s%s%s\n", file, verdict_name(judgement.verdict),
                       cause_name(judgement.cause), verdict_name(wanted), *cause ? "/" : "", cause,
                       scored && !right ? ", announced: " : "", scored && !right ? (told ? "yes" : "no") : "");
                explain(&judgement);
        } else if (!exact)
                printf("  (%s: %s accepted for %s)\n", file, verdict_name(judgement.verdict), verdict_name(wanted));
        count->accepted -= accepted && !cause_right;
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
        static Row head, row;
        double floors[4] = {0, 0, 100, 0};
        static const char *const names[4] = {"--exact", "--maintenance", "--false-alarms", "--announced"};
        bool all = false, with_keywords = false;

        if (argc < 3)
                return 64;
        for (int i = 3; i < argc; i++) {
                all = all || strcmp(argv[i], "--all") == 0;
                with_keywords = with_keywords || strcmp(argv[i], "--keywords") == 0;
                for (size_t k = 0; k < 4; k++)
                        if (strcmp(argv[i], names[k]) == 0 && i + 1 < argc)
                                floors[k] = strtod(argv[++i], NULL);
        }
        FILE *labels = fopen(argv[2], "r");
        if (!labels || !fgets(head.line, sizeof head.line, labels))
                return 66;
        split(&head);
        PageReader *reader = page_reader_new(lexicon_new_shipped(), 1);
        while (fgets(row.line, sizeof row.line, labels)) {
                split(&row);
                if (row.n > 1)
                        judge_row(reader, argv[1], &head, &row, all, &count, &keywords);
        }
        fclose(labels);
        page_reader_free(reader);
        print_table(&count);
        double exact = percent(count.exact, count.pages), seen = percent(count.seen, count.maintenance);
        double alarms = percent(count.alarms, count.healthy), told = percent(count.announced_right, count.announced);
        printf("\n%d pages: exact %.1f %%, accepted %.1f %%, maintenance seen %.1f %%, false alarms %.1f %%, announced "
               "right "
               "%.1f %%\n",
               count.pages, exact, percent(count.accepted, count.pages), seen, alarms, told);
        if (with_keywords)
                print_keywords(&count, &keywords);
        bool bad = is_under("exact", exact, floors[0]);
        bad = is_under("maintenance", seen, floors[1]) || bad;
        bad = is_under("announced", told, floors[3]) || bad;
        if (alarms > floors[2]) {
                printf("false alarms %.1f %% are over %.1f %%\n", alarms, floors[2]);
                bad = true;
        }
        return bad ? 1 : 0;
}
