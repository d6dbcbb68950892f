/* bench_page [FILE]...
 *
 * What reading a page costs, as ratios taken in one run: against libxml2's bare parse of the same bytes into a tree,
 * and, for hostile pages, 2 MiB against 64 KiB. Least of many rounds of processor time. With files, only these pages
 * are measured, with an XPath that needs a tree and with one that does not. */
#include "config/lexicon.h"
#include "probes/page/page.h"
#include "probes/page/tree.h"
#include "daemon/net/fetch.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE_BYTES (71 * 1024)
#define ROUNDS 60
#define SEEN_TIMES 100
#define FULL_RATIO_MAX 2.0  /* with an XPath that needs a tree */
#define PLAIN_RATIO_MAX 1.4 /* with one that does not */
#define SAX_RATIO_MAX 1.4   /* without */
#define SEEN_RATIO_MAX (1.0 / 40)
#define GROWTH_MAX 48.0 /* of the cost where the bytes grow 32 times: linear, and caches that they outgrow */
#define FETCHES 200
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

/* Each comes with a number, so that no sentence is met twice. */
static const char *const sentences[] = {
        "La commission se réunit chaque trimestre pour examiner les dossiers complets",
        "Les demandeurs sont informés de la suite donnée par courrier électronique ou, à défaut, par voie postale",
        "Pour préparer votre visite, munissez-vous d&rsquo;une pièce d&rsquo;identité et d&rsquo;un justificatif",
        "L&rsquo;accueil vous oriente vers le bureau compétent",
        "Votre espace reste accessible jour et nuit ; les demandes reçues le dimanche sont traitées le lundi",
        "Aucuns frais ne sont dus",
        "Les aides sont versées au début de chaque mois, après vérification des ressources du foyer",
        "Tout changement de situation doit être signalé dans les trente jours",
        "Notre équipe répond à vos questions par téléphone et par écrit",
        "Une réponse est apportée en général sous cinq jours ouvrés, selon la nature de la demande",
        "Le récapitulatif vous est envoyé par courriel à la fin de la démarche",
        "Conservez-le jusqu&rsquo;à la réponse du service instructeur",
        "Vous pouvez suivre l&rsquo;avancement de votre dossier depuis votre espace, ajouter une pièce et écrire",
        "Un agent suit votre demande et vous rappelle",
        "The council meets every second Tuesday of the month and publishes its minutes within a week",
        "Visitors are welcome",
};

static const char clause[] = "Le service peut être interrompu pour des raisons de maintenance";

/* A page as public sites have them: styles, scripts, a menu, cards, a legal clause now and then, a third of text. */
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
        for (unsigned i = 0; page->len < PAGE_BYTES - 12000; i++)
                must(buf_printf(
                        page,
                        "<div class=\"card card--%u\" data-id=\"%u\"><div class=\"card__body\"><h3 "
                        "class=\"card__title\"><a href=\"/d/%u\">Démarche %u</a></h3><p class=\"card__desc\">%s, "
                        "point %u. %s, point %u.</p><ul class=\"tags\"><li><span class=\"tag\">Famille</span></li>"
                        "<li><span class=\"tag\">Logement</span></li></ul></div></div>\n",
                        i % 4, i, i, i, i % 32 == 31 ? clause : sentences[2 * i % mon_count_of(sentences)], i,
                        sentences[(2 * i + 1) % mon_count_of(sentences)], i));
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

/* Too short for the clock of one. */
static Nsec judge_again(PageReader *reader, const PageExpect *expect, const char *bytes, size_t n) {
        Nsec start = spent();

        for (int k = 0; k < SEEN_TIMES; k++)
                (void)judge_once(reader, expect, bytes, n);
        return (spent() - start) / SEEN_TIMES;
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

/* --- the fetch of the same page ---------------------------------------------------------------------------------- */

typedef struct Fetches {
        Loop *loop;
        Fetcher *fetcher;
        Fetch *fetch;
        FetchRequest request;
        size_t bytes; /* of the page */
        int left;
        Nsec start, least;
} Fetches;

/* In a process of its own, so that its time is not ours: answers each connection with the page, until it is killed. */
static pid_t serve(int listener, const Buf *page) {
        mon_auto_buf Buf answer = BUF_INIT(1 << 20);
        pid_t server = fork();

        if (server != 0)
                return server;
        must(prctl(PR_SET_PDEATHSIG, SIGKILL));
        must(buf_printf(
                &answer,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
                page->len));
        must(buf_append(&answer, page->data, page->len));
        for (;;) {
                char request[8192];
                int fd = accept(listener, NULL, NULL);
                ssize_t n = read(fd, request, sizeof request); /* a small request on loopback comes in one piece */
                for (size_t sent = 0; n > 0 && sent < answer.len; sent += (size_t)n)
                        n = write(fd, answer.data + sent, answer.len - sent);
                close(fd);
        }
}

static void fetch_next(Fetches *fetches);

static void on_fetched(FetchAnswer *answer, void *userdata) {
        Fetches *fetches = userdata;

        if (answer->failure != FETCH_DONE || answer->body.len != fetches->bytes)
                abort();
        least(&fetches->least, spent() - fetches->start);
        if (--fetches->left > 0)
                fetch_next(fetches);
        else
                loop_stop(fetches->loop, 0);
}

static void fetch_next(Fetches *fetches) {
        fetches->request.deadline_at_boot = clock_at_boot(loop_clock(fetches->loop)) + 10 * NSEC_PER_SEC;
        fetches->start = spent();
        must(fetch_start(fetches->fetcher, &fetches->request, on_fetched, fetches, &fetches->fetch));
}

/* Processor time of one fetch: mond's own, libcurl on libevent, a connection each. */
static Nsec fetch_least(const Buf *page) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t n = sizeof address;
        int listener = socket(AF_INET, SOCK_STREAM, 0);
        Clock *clock = clock_new_system();
        Fetches fetches = {.bytes = page->len, .left = FETCHES, .least = INT64_MAX};

        must(bind(listener, (struct sockaddr *)&address, n) | listen(listener, 16));
        must(getsockname(listener, (struct sockaddr *)&address, &n));
        pid_t server = serve(listener, page);
        mon_auto_free char *url = mon_printf("http://127.0.0.1:%d/", ntohs(address.sin_port));
        must(loop_new(clock, &fetches.loop) | fetcher_new(fetches.loop, &fetches.fetcher));
        fetches.request = (FetchRequest){.url = url,
                                         .host = "127.0.0.1",
                                         .port = ntohs(address.sin_port),
                                         .address = "127.0.0.1",
                                         .user_agent = "mond-bench",
                                         .body_max = 1 << 20};
        fetch_next(&fetches);
        must(loop_run(fetches.loop));
        fetcher_free(fetches.fetcher);
        loop_free(fetches.loop);
        clock_free(clock);
        must(kill(server, SIGKILL));
        must(waitpid(server, NULL, 0) == server ? 0 : -1);
        close(listener);
        return fetches.least;
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static bool measure_page(PageReader *reader, const PageExpect *expect, const PageExpect *plain) {
        Nsec tree = INT64_MAX, full = INT64_MAX, quick = INT64_MAX, sax = INT64_MAX, seen = INT64_MAX,
             seen_xpath = INT64_MAX;
        mon_auto_buf Buf page = BUF_INIT(1 << 20);

        make_page(&page);
        for (int i = 0; i < ROUNDS; i++) {
                must(page.len > 2 ? 0 : -1);
                page.data[page.len - 1] = (char)('a' + i % 26); /* never seen before */
                page.data[page.len - 2] = (char)('a' + i / 26);
                least(&tree, tree_once(page.data, page.len));
                least(&full, judge_once(reader, expect, page.data, page.len));
                least(&quick, judge_once(reader, plain, page.data, page.len));
                least(&seen_xpath, judge_again(reader, expect, page.data, page.len));
                least(&sax, judge_once(reader, NULL, page.data, page.len));
                least(&seen, judge_again(reader, NULL, page.data, page.len));
        }
        Nsec fetch = fetch_least(&page);
        printf("a page of %zu bytes, in us: tree %.0f, judged with an XPath %.0f, without %.0f, seen before %.1f and "
               "%.1f; fetch %.0f\n",
               page.len, (double)tree / 1e3, (double)full / 1e3, (double)sax / 1e3, (double)seen_xpath / 1e3,
               (double)seen / 1e3, (double)fetch / 1e3);
        printf("  to a fetch from this machine: judged %.2f and %.2f, seen before %.3f\n", (double)full / (double)fetch,
               (double)sax / (double)fetch, (double)seen / (double)fetch);
        bool bad = is_over("judged with an XPath, to the bare tree", (double)full / (double)tree, FULL_RATIO_MAX);
        bad = is_over("judged with a plain XPath, to the bare tree", (double)quick / (double)tree, PLAIN_RATIO_MAX) ||
              bad;
        bad = is_over("judged without, to the bare tree", (double)sax / (double)tree, SAX_RATIO_MAX) || bad;
        bad = is_over("seen before, with an XPath", (double)seen_xpath / (double)tree, SEEN_RATIO_MAX) || bad;
        return is_over("seen before, without", (double)seen / (double)tree, SEEN_RATIO_MAX) || bad;
}

static bool measure_file(PageReader *reader, const PageExpect *expect, const char *path) {
        Nsec tree = INT64_MAX, full = INT64_MAX;
        mon_auto_buf Buf page = BUF_INIT(4U << 20);
        char chunk[65536];
        FILE *f = fopen(path, "rb");

        if (!f)
                abort();
        for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
                must(buf_append(&page, chunk, n));
        fclose(f);
        must(buf_append_text(&page, "<!-- 00 -->"));
        for (int i = 0; i < ROUNDS; i++) {
                page.data[page.len - 5] = (char)('a' + i % 26); /* never seen before */
                page.data[page.len - 6] = (char)('a' + i / 26);
                least(&tree, tree_once(page.data, page.len));
                least(&full, judge_once(reader, expect, page.data, page.len));
        }
        mon_auto_free char *what = mon_printf("%6zu bytes, tree %6.0f us, %.40s", page.len, (double)tree / 1e3,
                                              strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
        return is_over(what, (double)full / (double)tree, FULL_RATIO_MAX);
}

static bool measure_hostile(PageReader *reader, const PageExpect *expect) {
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
                                             "<p class='a b c'>x",
                                             "<a b c=d e='f'>",
                                             "<b><i>",
                                             "&#233;",
                                             "le service est ",
                                             "indisponible le service ",
                                             "du 20 janvier 2h00 au ",
                                             "suite à un incident est suspendu ",
                                             ".",
                                             "<br>-"};
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
                        least(&small, judge_once(reader, expect, page.data, n));
                        least(&large, judge_once(reader, expect, page.data, page.len));
                }
                mon_auto_free char *what =
                        mon_printf("%.20s 64 KiB %.0f us; 32 times that", pieces[i], (double)small / 1e3);
                bad = is_over(what, (double)large / (double)small, GROWTH_MAX) || bad;
        }
        return bad;
}

static PageExpect *expect_xpath(const char *text) {
        TextList xpath = {0};
        const PageExpectTexts texts = {.xpath = &xpath};

        text_list_add(&xpath, text, 1, 1);
        PageExpect *expect = page_expect_new(&texts, no_mistake, NULL);
        text_list_fini(&xpath);
        return expect;
}

int main(int argc, char **argv) {
        (void)signal(SIGPIPE, SIG_IGN);
        PageReader *reader = page_reader_new(lexicon_new_shipped(), 1);
        PageExpect *expect = expect_xpath("//form//input"), *plain = expect_xpath("//form");
        bool bad = false;

        for (int i = 1; i < argc; i++) {
                bad = measure_file(reader, expect, argv[i]) || bad;
                bad = measure_file(reader, plain, argv[i]) || bad;
        }
        if (argc == 1) {
                bad = measure_page(reader, expect, plain);
                printf("hostile pages, with the same XPath:\n");
                bad = measure_hostile(reader, expect) || bad;
        }
        page_expect_free(plain);
        page_expect_free(expect);
        page_reader_free(reader);
        return bad ? 1 : 0;
}
