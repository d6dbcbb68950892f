/* What reading a page costs, as ratios taken in one run: against libxml2's bare parse of the same bytes into a tree,
 * and, for hostile pages, 2 MiB against 64 KiB. Least of many rounds of processor time. */
#include "config/lexicon.h"
#include "probes/page/page.h"
#include "probes/page/tree.h"

#include <stdio.h>
#include <sys/resource.h>

#define PAGE_BYTES (71 * 1024)
#define ROUNDS 60
#define SEEN_TIMES 100
#define FULL_RATIO_MAX 2.0 /* with an XPath */
#define SAX_RATIO_MAX 1.4  /* without */
#define SEEN_RATIO_MAX (1.0 / 40)
#define GROWTH_MAX                                                                                                     \
        64.0 /* of the cost where the bytes grow 32 times: linear, with room for a cache that they outgrow             \
              */
#define AT_REAL (INT64_C(1780992720) * NSEC_PER_SEC)

/* The processor's time alone: other programs share the machine. */
static Nsec spent(void) {
        struct rusage usage;

        if (getrusage(RUSAGE_SELF, &usage) != 0)
                abort();
        return ((Nsec)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC +
               ((Nsec)usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static void must(int result) {
        if (result != 0)
                abort();
}

static const char *const paragraphs[] = {
        "La commission se réunit chaque trimestre pour examiner les dossiers complets. Les demandeurs sont informés de "
        "la suite "
        "donnée par courrier électronique ou, à défaut, par voie postale.",
        "Pour préparer votre visite, munissez-vous d&rsquo;une pièce d&rsquo;identité et d&rsquo;un justificatif de "
        "domicile de "
        "moins de trois mois. L&rsquo;accueil vous oriente vers le bureau compétent.",
        "Le service peut être interrompu pour des raisons de maintenance ; les utilisateurs en sont alors informés sur "
        "la page "
        "d&rsquo;accueil. Aucune indemnité n&rsquo;est due.",
        "Les aides sont versées au début de chaque mois, après vérification des ressources du foyer. Tout changement "
        "de "
        "situation doit être signalé dans les trente jours.",
        "Notre équipe répond à vos questions par téléphone et par écrit. Une réponse est apportée en général sous cinq "
        "jours "
        "ouvrés, selon la nature de la demande.",
        "Le récapitulatif vous est envoyé par courriel à la fin de la démarche ; conservez-le jusqu&rsquo;à la réponse "
        "du service "
        "instructeur.",
        "Vous pouvez suivre l&rsquo;avancement de votre dossier depuis votre espace, ajouter une pièce et écrire à "
        "l&rsquo;agent "
        "qui le suit.",
        "The council meets every second Tuesday of the month and publishes its minutes within a week. Visitors are "
        "welcome.",
};

/* A page as public sites have them: styles, scripts, a menu, cards, and about a quarter of text. */
static void make_page(Buf *page) {
        must(buf_append_text(
                page, "<!doctype html><html lang=fr><head><meta charset=utf-8><title>Mes démarches</title><style>"));
        for (int i = 0; i < 150; i++)
                must(buf_printf(page, ".card-%d>a:hover{color:#%06x;padding:%dpx 0}", i, i * 991, i % 9));
        must(buf_append_text(page, "</style></head><body><header><nav><ul>"));
        for (int i = 0; i < 80; i++)
                must(buf_printf(page,
                                "<li class=\"nav-item nav-item--%d\"><a class=\"nav-link\" "
                                "href=\"/rubrique/%d\">Rubrique %d</a></li>",
                                i % 3, i, i));
        must(buf_append_text(page,
                             "</ul></nav></header><main><h1>Mes démarches</h1><form action=/x><input name=q></form>"));
        for (int i = 0; page->len < PAGE_BYTES - 12000; i++)
                must(buf_printf(
                        page,
                        "<div class=\"card card--%d\" data-id=\"%d\"><div class=\"card__body\"><h3 "
                        "class=\"card__title\"><a "
                        "href=\"/d/%d\">Démarche %d</a></h3><p class=\"card__desc\">%s</p><ul class=\"tags\"><li><span "
                        "class=\"tag\">Famille</span></li><li><span "
                        "class=\"tag\">Logement</span></li></ul></div></div>\n",
                        i % 4, i, i, i, paragraphs[(size_t)i % mon_count_of(paragraphs)]));
        must(buf_append_text(page, "</main><footer><p>Mentions légales</p></footer><script>"));
        while (page->len < PAGE_BYTES - 40)
                must(buf_append_text(page, "window.q=window.q||[];q.push(function(){return 1});"));
        must(buf_append_text(page, "</script></body></html>\n"));
}

static Nsec judge_once(PageReader *reader, const PageExpect *expect, const char *bytes, size_t n) {
        PageHeader type = {"Content-Type", "text/html; charset=utf-8"};
        PageAnswer answer = {
                .http_status = 200, .headers = &type, .n_headers = 1, .body = bytes, .body_len = n, .at_real = AT_REAL};
        Judgement judgement;
        Nsec start = spent();

        page_judge(reader, expect, &answer, &judgement);
        Nsec took = spent() - start;
        judgement_fini(&judgement);
        return took;
}

static Nsec tree_once(const char *bytes, size_t n) {
        Nsec start = spent();
        Tree *tree = tree_new(bytes, n);
        tree_free(tree);
        return spent() - start;
}

static void least(Nsec *best, Nsec took) {
        if (took < *best)
                *best = took;
}

static bool is_over(const char *what, double ratio, double most) {
        printf("  %-44s %8.3f (at most %.3f)%s\n", what, ratio, most, ratio > most ? "  OVER" : "");
        return ratio > most;
}

static void no_mistake(void *userdata, int line, int column, const char *text) {
        (void)userdata;
        (void)line;
        (void)column;
        (void)text;
        abort();
}

static bool measure_page(PageReader *reader) {
        Nsec tree = INT64_MAX, full = INT64_MAX, sax = INT64_MAX, seen = INT64_MAX;
        mon_auto_buf Buf page = BUF_INIT(1 << 20);
        TextList xpath = {0};
        const PageExpectTexts texts = {.xpath = &xpath};

        text_list_add(&xpath, "//form", 1, 1);
        PageExpect *expect = page_expect_new(&texts, no_mistake, NULL);
        make_page(&page);
        for (int i = 0; i < ROUNDS; i++) {
                must(page.len > 2 ? 0 : -1);
                page.data[page.len - 1] = (char)('a' + i % 26); /* never seen before */
                page.data[page.len - 2] = (char)('a' + i / 26);
                least(&tree, tree_once(page.data, page.len));
                least(&full, judge_once(reader, expect, page.data, page.len));
                least(&sax, judge_once(reader, NULL, page.data, page.len));
                Nsec start = spent(); /* too short for the clock of one */
                for (int k = 0; k < SEEN_TIMES; k++)
                        (void)judge_once(reader, NULL, page.data, page.len);
                least(&seen, (spent() - start) / SEEN_TIMES);
        }
        page_expect_free(expect);
        text_list_fini(&xpath);
        printf("a page of %zu bytes: tree %.0f us, judged with an XPath %.0f us, without %.0f us, seen before %.1f "
               "us\n",
               page.len, (double)tree / 1e3, (double)full / 1e3, (double)sax / 1e3, (double)seen / 1e3);
        bool bad = is_over("judged with an XPath, to the bare tree", (double)full / (double)tree, FULL_RATIO_MAX);
        bad = is_over("judged without, to the bare tree", (double)sax / (double)tree, SAX_RATIO_MAX) || bad;
        return is_over("seen before, to the bare tree", (double)seen / (double)tree, SEEN_RATIO_MAX) || bad;
}

static bool measure_hostile(PageReader *reader) {
        static const char *const pieces[] = {"<div>",
                                             "<p>a",
                                             "<a x=1 ",
                                             "&amp;",
                                             "&a",
                                             "<!--",
                                             "<script>",
                                             "</div>",
                                             "<table><tr>",
                                             "maintenance ",
                                             "\xc3\xa9",
                                             "\xff",
                                             "si le site est en maintenance. ",
                                             "<p class='a b c'>x"};
        bool bad = false;

        for (size_t i = 0; i < mon_count_of(pieces); i++) {
                Nsec small = INT64_MAX, large = INT64_MAX;
                mon_auto_buf Buf page = BUF_INIT(3U << 20);
                while (page.len < 64 * 1024)
                        must(buf_append_text(&page, pieces[i]));
                size_t n = page.len;
                while (page.len < 32 * n)
                        must(buf_append_text(&page, pieces[i]));
                for (int k = 0; k < 5; k++) {
                        page.data[0] = page.data[page.len - 1] = (char)('a' + k);
                        least(&small, judge_once(reader, NULL, page.data, n));
                        least(&large, judge_once(reader, NULL, page.data, page.len));
                }
                mon_auto_free char *what =
                        mon_printf("%.20s: 64 KiB in %.0f us, 32 times that", pieces[i], (double)small / 1e3);
                bad = is_over(what, (double)large / (double)small, GROWTH_MAX) || bad;
        }
        return bad;
}

int main(void) {
        PageReader *reader = page_reader_new(lexicon_new_shipped(), 1);
        bool bad = measure_page(reader);

        bad = measure_hostile(reader) || bad;
        page_reader_free(reader);
        return bad ? 1 : 0;
}
