#include "tests/pages/labelled.h"

#include "daemon/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define LABELLED_COLUMNS_MAX 24
#define LABELLED_LINE_MAX 8192
#define LABELLED_PAGE_MAX (4U << 20)
#define LABELLED_AT_REAL (INT64_C(1780992720) * NSEC_PER_SEC)         /* 2026-06-09 08:12 UTC, a Tuesday */
#define LABELLED_PHRASES_AT_REAL (INT64_C(1795428000) * NSEC_PER_SEC) /* 2026-11-23 10:00 UTC, a Monday */

typedef struct Cells {
        char line[LABELLED_LINE_MAX];
        char *cells[LABELLED_COLUMNS_MAX];
        size_t n;
} Cells;

static void split(Cells *row) {
        char *at = row->line;

        row->line[strcspn(row->line, "\r\n")] = '\0';
        row->n = 0;
        while (at && row->n < LABELLED_COLUMNS_MAX) {
                char *tab = strchr(at, '\t');
                if (tab)
                        *tab++ = '\0';
                row->cells[row->n++] = at;
                at = tab;
        }
}

static const char *cell(const Cells *head, const Cells *row, const char *name) {
        for (size_t i = 0; i < head->n && i < row->n; i++)
                if (strcmp(head->cells[i], name) == 0)
                        return row->cells[i];
        return "";
}

static Nsec parse_date(const char *text) {
        struct tm tm = {0};

        if (!strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm))
                return LABELLED_AT_REAL;
        return (Nsec)timegm(&tm) * NSEC_PER_SEC;
}

static int status_of(const char *text) {
        int64_t status = 200;

        (void)!text_parse_int(text, 100, 999, &status);
        return (int)status;
}

/* --- pages ------------------------------------------------------------------------------------------------------ */

static char *read_file(const char *folder, const char *name, size_t *ret_len) {
        mon_auto_free char *path = mon_printf("%s/%s", folder, name);
        mon_auto_buf Buf out = BUF_INIT(LABELLED_PAGE_MAX);
        FILE *f = fopen(path, "rb");
        char chunk[65536];
        int r = 0;

        if (!f)
                return NULL;
        for (size_t n; r == 0 && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
                r = buf_append(&out, chunk, n);
        fclose(f);
        if (r != 0)
                return NULL;
        *ret_len = out.len;
        return buf_steal(&out);
}

static Labelled *page_row(const char *folder, const Cells *head, const Cells *cells) {
        Labelled *row = mon_new(Labelled);
        const char *url = cell(head, cells, "url");

        *row = (Labelled){.name = mon_strdup(cell(head, cells, "file")),
                          .status = status_of(cell(head, cells, "status")),
                          .content_type = mon_strdup(cell(head, cells, "content_type")),
                          .url = *url ? mon_strdup(url) : NULL,
                          .at_real = parse_date(cell(head, cells, "http_date")),
                          .also = mon_strdup(cell(head, cells, "also")),
                          .cause = mon_strdup(cell(head, cells, "cause")),
                          .announced = mon_strdup(cell(head, cells, "announced"))};
        if (!verdict_from_name(cell(head, cells, "verdict"), &row->verdict))
                row->verdict = VERDICT_MAX;
        row->body = read_file(folder, row->name, &row->body_len);
        return row;
}

/* --- wordings --------------------------------------------------------------------------------------------------- */

static const char page_that_works[] =
        "<!doctype html><html lang=fr><head><meta charset=utf-8><title>Mon "
        "service</title></head><body><header><nav><ul>"
        "<li><a href=/>Accueil</a><li><a href=/a>Actualités</a></ul></nav></header>%s<main><h1>Mes démarches</h1>"
        "<p>Choisissez une démarche parmi celles qui sont proposées ci-dessous, puis laissez-vous guider "
        "jusqu'à la confirmation. Un récapitulatif vous est envoyé par courriel à la fin de chacune "
        "d'elles et reste disponible dans votre espace.</p><h2>État civil</h2><p>Demander un acte de "
        "naissance, de mariage ou de décès, signaler un changement d'adresse, préparer un mariage ou un "
        "pacte civil de solidarité.</p><h2>Famille</h2><p>Inscrire un enfant à l'école, réserver une "
        "place à la cantine ou au centre de loisirs, payer une facture, consulter le menu de la semaine.</p>"
        "<h2>Logement</h2><p>Déposer un dossier, suivre une demande, prévenir d'un départ, trouver le bon "
        "interlocuteur près de chez vous.</p><form action=/login><label>Identifiant</label><input name=i>"
        "<label>Mot de passe</label><input type=password><button>Se connecter</button></form></main><footer>"
        "Mentions légales</footer></body></html>";

static char *page_around(const char *inner) {
        const char *mark = strstr(page_that_works, "%s");

        return mon_printf("%.*s%s%s", (int)(mark - page_that_works), page_that_works, inner, mark + 2);
}

/* The last part but `n_after` of "title | heading | paragraph", "" where there are fewer. */
static char *part_of(const char *text, size_t n_after) {
        size_t n = strlen(text);

        for (const char *bar; n_after > 0; n_after--) {
                bar = memrchr(text, '|', n);
                n = bar ? (size_t)(bar - text) : 0;
        }
        const char *bar = memrchr(text, '|', n);
        const char *from = bar ? bar + 1 : text;
        return mon_strndup(from, n - (size_t)(from - text));
}

static char *page_of_parts(const char *text) {
        mon_auto_free char *title = part_of(text, 2);
        mon_auto_free char *heading = part_of(text, 1);
        mon_auto_free char *paragraph = part_of(text, 0);

        return mon_printf(
                "<!doctype html><html><head><meta charset=utf-8><title>%s</title></head><body><h1>%s</h1><p>%s</p>"
                "</body></html>",
                title, heading, paragraph);
}

static char *page_of(const char *frame, const char *text) {
        if (strcmp(frame, "alone") == 0)
                return page_of_parts(text);
        if (strcmp(frame, "inside") == 0 || *frame == '/')
                return page_around(text);
        if (strcmp(frame, "raw") == 0)
                return mon_strdup(text);
        if (strcmp(frame, "alert") != 0)
                return NULL;
        mon_auto_free char *alert = mon_printf("<div role=alert><p>%s</p></div>", text);
        return page_around(alert);
}

static Labelled *wording_row(const Cells *head, const Cells *cells) {
        const char *frame = cell(head, cells, "frame"), *text = cell(head, cells, "text");
        const char *dates = cell(head, cells, "dates");
        Labelled *row = mon_new(Labelled);
        bool is_announced = strcmp(dates, "-") != 0 && strncmp(dates, "now ", 4) != 0;

        *row = (Labelled){.name = mon_printf("%s %s: %s", frame, cell(head, cells, "status"), text),
                          .body = page_of(frame, text),
                          .status = status_of(cell(head, cells, "status")),
                          .content_type = mon_strdup("text/html; charset=utf-8"),
                          .url = *frame == '/' ? mon_printf("https://service.example.fr%s", frame) : NULL,
                          .at_real = LABELLED_AT_REAL,
                          .also = mon_strdup(""),
                          .cause = mon_strdup(cell(head, cells, "cause")),
                          .announced = mon_strdup(is_announced ? "yes" : "no"),
                          .rule = mon_strdup(cell(head, cells, "rule")),
                          .dates = mon_strdup(dates)};
        row->body_len = row->body ? strlen(row->body) : 0;
        if (!verdict_from_name(cell(head, cells, "verdict"), &row->verdict))
                row->verdict = VERDICT_MAX;
        return row;
}

/* --- phrases ---------------------------------------------------------------------------------------------------- */

typedef struct PhraseKind {
        const char *file, *frame;
        Verdict verdict;
        const char *announced;
} PhraseKind;

static Labelled *phrase_row(const PhraseKind *kind, const char *line) {
        bool has_status = strspn(line, "0123456789") == 3 && line[3] == ' ';
        mon_auto_free char *status = mon_strndup(line, has_status ? 3 : 0);
        Labelled *row = mon_new(Labelled);

        *row = (Labelled){.name = mon_printf("%s: %s", kind->file, line),
                          .body = page_of(kind->frame, has_status ? line + 4 : line),
                          .status = status_of(status),
                          .content_type = mon_strdup("text/html; charset=utf-8"),
                          .at_real = LABELLED_PHRASES_AT_REAL,
                          .verdict = kind->verdict,
                          .also = mon_strdup(""),
                          .cause = mon_strdup(""),
                          .announced = mon_strdup(kind->announced)};
        row->body_len = strlen(row->body);
        return row;
}

int labelled_read_phrases(const char *folder, List *rows) {
        static const PhraseKind kinds[] = {{"closed.txt", "alone", VERDICT_MAINTENANCE, "no"},
                                           {"calm.txt", "alone", VERDICT_UP, "no"},
                                           {"announced.txt", "alert", VERDICT_UP, "yes"},
                                           {"part.txt", "alert", VERDICT_DEGRADED, "no"}};
        char line[LABELLED_LINE_MAX];

        for (size_t i = 0; i < mon_count_of(kinds); i++) {
                mon_auto_free char *path = mon_printf("%s/%s", folder, kinds[i].file);
                FILE *f = fopen(path, "r");
                if (!f)
                        return -ENOENT;
                while (fgets(line, sizeof line, f)) {
                        line[strcspn(line, "\r\n")] = '\0';
                        if (*line != '\0' && *line != '#')
                                list_add(rows, phrase_row(&kinds[i], line));
                }
                fclose(f);
        }
        return 0;
}

/* --- a table ---------------------------------------------------------------------------------------------------- */

static int read_table(const char *table, const char *folder, List *rows) {
        Cells *head = mon_new(Cells), *cells = mon_new(Cells);
        FILE *f = fopen(table, "r");

        while (f && fgets(cells->line, sizeof cells->line, f)) {
                if (*cells->line == '#' || *cells->line == '\n')
                        continue;
                if (head->n == 0) {
                        memcpy(head->line, cells->line, sizeof head->line);
                        split(head);
                        continue;
                }
                split(cells);
                list_add(rows, folder ? page_row(folder, head, cells) : wording_row(head, cells));
        }
        if (f)
                fclose(f);
        free(head);
        free(cells);
        return f ? 0 : -ENOENT;
}

int labelled_read_pages(const char *folder, const char *table, List *rows) {
        return read_table(table, folder, rows);
}

int labelled_read_wordings(const char *table, List *rows) {
        return read_table(table, NULL, rows);
}

void labelled_free_all(List *rows) {
        list_each (Labelled, row, rows) {
                free(row->name);
                free(row->body);
                free(row->content_type);
                free(row->url);
                free(row->also);
                free(row->cause);
                free(row->announced);
                free(row->rule);
                free(row->dates);
                free(row);
        }
        list_fini(rows);
}

/* --- judging ---------------------------------------------------------------------------------------------------- */

void labelled_judge(const Labelled *row, PageReader *reader, Judgement *ret_judgement) {
        PageHeader type = {"Content-Type", row->content_type};
        PageAnswer answer = {.http_status = row->status,
                             .start_url = row->url ? "https://service.example.fr/" : NULL,
                             .final_url = row->url,
                             .headers = &type,
                             .n_headers = 1,
                             .body = row->body ? row->body : "",
                             .body_len = row->body_len,
                             .at_real = row->at_real,
                             .explain = true};

        page_judge(reader, NULL, &answer, ret_judgement);
}

static void append_time(Buf *out, Nsec at_real) {
        char time[TEXT_TIME_MAX];
        int r;

        text_time(at_real, time);
        r = at_real == NSEC_UNKNOWN ? buf_append_text(out, "?") : buf_printf(out, "%.16sZ", time);
        (void)r;
}

static char *dates_of(const Judgement *judgement) {
        const Announcement *told = judgement->announced.text ? &judgement->announced : &judgement->present;
        mon_auto_buf Buf out = BUF_INIT(256);

        if (!told->text)
                return mon_strdup("-");
        int r = buf_append_text(&out, told == &judgement->present ? "now " : "");
        append_time(&out, told->from_at_real);
        r = buf_append_text(&out, "..");
        append_time(&out, told->until_at_real);
        (void)r;
        return buf_steal(&out);
}

bool labelled_is_scored(const Labelled *row) {
        return *row->announced && strcmp(row->announced, "any") != 0;
}

unsigned labelled_wrong(const Labelled *row, const Judgement *judgement) {
        const char *verdict = verdict_name(judgement->verdict);
        bool told = judgement->announced.text != NULL;
        mon_auto_free char *dates = dates_of(judgement);
        unsigned wrong = 0;

        if (judgement->verdict != row->verdict && !strstr(row->also, verdict))
                wrong |= LABELLED_VERDICT;
        if (*row->cause && strcmp(row->cause, cause_name(judgement->cause)) != 0)
                wrong |= LABELLED_CAUSE;
        if (labelled_is_scored(row) && told != (strcmp(row->announced, "yes") == 0))
                wrong |= LABELLED_ANNOUNCED;
        if (row->dates && strcmp(row->dates, dates) != 0)
                wrong |= LABELLED_DATES;
        if (row->rule && strcmp(row->rule, judgement->rule ? judgement->rule : "-") != 0)
                wrong |= LABELLED_RULE;
        return wrong;
}

char *labelled_words(const Judgement *judgement) {
        mon_auto_free char *dates = dates_of(judgement);

        return mon_printf("%s/%s, %s, %s", verdict_name(judgement->verdict), cause_name(judgement->cause),
                          judgement->rule ? judgement->rule : "-", dates);
}

void labelled_explain(const Judgement *judgement) {
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
