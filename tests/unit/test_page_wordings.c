/* Each wording of a closed, a part closed, an announced, a broken or a walled page, on a page that says little else,
 * with what a person would call it; and the sentences that only look like one. */
#include "config/lexicon.h"
#include "probes/page/page.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define AT_REAL (INT64_C(1780992720) * NSEC_PER_SEC) /* 2026-06-09 08:12 UTC, a Tuesday */

typedef struct Wording {
        const char *text; /* "title | heading | paragraph"; fewer parts are paragraphs from the right */
        int status;
        Verdict verdict;
        Cause cause;
} Wording;

static char *page_of(const char *text) {
        mon_auto_free char *copy = mon_strdup(text);
        char *parts[3] = {NULL, NULL, copy};
        size_t n = 1;

        for (char *bar = strstr(copy, " | "); bar && n < 3; bar = strstr(bar + 3, " | "))
                n++;
        char *at = copy;
        for (size_t i = 3 - n; i < 3; i++) {
                parts[i] = at;
                char *bar = i < 2 ? strstr(at, " | ") : NULL;
                if (bar) {
                        *bar = '\0';
                        at = bar + 3;
                }
        }
        return mon_printf(
                "<!doctype html><html><head><meta charset=utf-8><title>%s</title></head><body><h1>%s</h1><p>%s</p>"
                "</body></html>",
                parts[0] ? parts[0] : "", parts[1] ? parts[1] : "", parts[2]);
}

static void judge_page(PageReader *reader, const char *html, int status, const char *url, Judgement *ret_judgement) {
        PageHeader type = {"Content-Type", "text/html; charset=utf-8"};
        PageAnswer answer = {.http_status = status,
                             .start_url = url ? "https://service.example.fr/" : NULL,
                             .final_url = url,
                             .headers = &type,
                             .n_headers = 1,
                             .body = html,
                             .body_len = strlen(html),
                             .at_real = AT_REAL};

        page_judge(reader, NULL, &answer, ret_judgement);
}

static void check(PageReader *reader, const Wording *wordings, size_t n) {
        for (size_t i = 0; i < n; i++) {
                mon_auto_free char *html = page_of(wordings[i].text);
                mon_auto_judgement Judgement judgement;
                judge_page(reader, html, wordings[i].status, NULL, &judgement);
                if (judgement.verdict != wordings[i].verdict || judgement.cause != wordings[i].cause)
                        fail_msg("%s: %s/%s instead of %s/%s", wordings[i].text, verdict_name(judgement.verdict),
                                 cause_name(judgement.cause), verdict_name(wordings[i].verdict),
                                 cause_name(wordings[i].cause));
        }
}

#define CLOSED VERDICT_MAINTENANCE, CAUSE_BANNER
#define UP VERDICT_UP, CAUSE_OK
#define PART VERDICT_DEGRADED, CAUSE_PARTIAL_BANNER

static void test_closed(void **state) {
        static const Wording wordings[] = {
                {"Oups... votre compte ameli est momentanément indisponible. Il sera de retour en pleine forme très "
                 "bientôt.",
                 200, CLOSED},
                {"L'accès à votre compte ameli est momentanément indisponible. Une opération de maintenance est en "
                 "cours. Veuillez nous excuser pour la gène occasionnée",
                 200, CLOSED},
                {"Notre service est exceptionnellement fermé pour cause d'incident technique", 200, CLOSED},
                {"Le service est actuellement en maintenance, revenez dans quelques minutes.", 200, CLOSED},
                {"Le serveur est en maintenance.", 200, CLOSED},
                {"Le portail est en cours de maintenance planifiée et revient dans quelques instants", 503, CLOSED},
                {"Site momentanément indisponible", 200, CLOSED},
                {"Site temporairement indisponible", 200, CLOSED},
                {"Site en maintenance", 200, CLOSED},
                {"Maintenance en cours", 200, CLOSED},
                {"Site en travaux", 200, CLOSED},
                {"Créer un compte | Erreur | Les ajouts à la base de données sont actuellement bloqués, sans doute "
                 "pour sa maintenance, après quoi tout rentrera dans l’ordre.",
                 200, CLOSED},
                {"Opération de maintenance en cours…", 200, CLOSED},
                {"Votre espace client est temporairement indisponible", 200, CLOSED},
                {"Notre site est indisponible pour cause de maintenance", 200, CLOSED},
                {"Le service est interrompu jusqu'au 23/04/2030 à 02:30 environ", 200, CLOSED},
                {"Le service est temporairement interrompu", 200, CLOSED},
                {"La plateforme est en maintenance pour quelques heures", 200, CLOSED},
                {"Service indisponible | Service indisponible | Demarches rencontre un problème, nous travaillons pour "
                 "le résoudre le plus rapidement possible",
                 503, CLOSED},
                {"Mon service public | | Mon service public est en maintenance. Nos équipes effectuent des mises à "
                 "jour afin de vous fournir un meilleur service. Revenez vite !",
                 200, CLOSED},
                {"We'll be back soon! | We'll be back soon!", 200, CLOSED},
                {"Deploy in progress | Deploy in progress", 200, CLOSED},
                {"Offline for Maintenance | | ", 503, CLOSED},
                {"Briefly unavailable for scheduled maintenance. Check back in a minute.", 503, CLOSED},
                {"Example is currently under maintenance. We should be back shortly", 200, CLOSED},
                {"LE SERVICE EST MOMENTAN&Eacute;MENT INDISPONIBLE", 200, CLOSED},
                {"Le service est momentan&eacutement indisponible", 200, CLOSED},
                {"Le service est momentanÃ©ment indisponible", 200, CLOSED},
                {"Le service est momentanement indisponible", 200, CLOSED},
                {"Le&nbsp;service est&#8239;en&nbsp;maintenance", 200, CLOSED},
                {"<b>Le site</b> est <em>en</em> <span>main</span>tenance", 200, CLOSED},
        };
        check(*state, wordings, mon_count_of(wordings));
}

static void test_error(void **state) {
        static const Wording wordings[] = {
                {"503 Service Unavailable | Service Unavailable | The server is temporarily unable to service your "
                 "request due to maintenance downtime or capacity problems. Please try again later.",
                 503, VERDICT_DOWN, CAUSE_HTTP_5XX},
                {"HTTP Status 503 – Service Unavailable | HTTP Status 503 – Service Unavailable | The server is "
                 "currently unable to handle the request due to a temporary overload or scheduled maintenance, which "
                 "will likely be alleviated after some delay.",
                 503, VERDICT_DOWN, CAUSE_HTTP_5XX},
                {"502 Bad Gateway | 502 Bad Gateway | nginx", 502, VERDICT_DOWN, CAUSE_HTTP_5XX},
                {"500 Internal Server Error", 500, VERDICT_DOWN, CAUSE_HTTP_5XX},
                {"Erreur | Une erreur est survenue | Nos équipes ont été prévenues.", 200, VERDICT_DOWN,
                 CAUSE_ERROR_PAGE},
                {"Error establishing a database connection", 200, VERDICT_DOWN, CAUSE_ERROR_PAGE},
                {"Whoops, something went wrong", 200, VERDICT_DOWN, CAUSE_ERROR_PAGE},
                {"Page introuvable | Page introuvable | La page que vous cherchez n'existe pas.", 200, VERDICT_DOWN,
                 CAUSE_SOFT_404},
                {"404 Not Found | Not Found", 404, VERDICT_DOWN, CAUSE_HTTP_4XX},
                {"Apache2 Debian Default Page: It works | | This is the default welcome page used to test the server.",
                 200, VERDICT_DOWN, CAUSE_PARKED},
                {"Welcome to nginx! | Welcome to nginx!", 200, VERDICT_DOWN, CAUSE_PARKED},
                {"exemple.fr | Ce nom de domaine est à vendre", 200, VERDICT_DOWN, CAUSE_PARKED},
        };
        check(*state, wordings, mon_count_of(wordings));
}

static void test_wall(void **state) {
        static const Wording wordings[] = {
                {"Access Denied | Access Denied | You don't have permission to access this on this server. Reference "
                 "#18.4d2f1602.1611",
                 403, VERDICT_BLOCKED, CAUSE_ACCESS_DENIED},
                {"Request unsuccessful. Incapsula incident ID: 877000480051-2342", 200, VERDICT_BLOCKED,
                 CAUSE_BOT_WALL},
                {"Request Rejected | | The requested URL was rejected. Please consult with your administrator. Your "
                 "support ID is: 1234567890",
                 200, VERDICT_BLOCKED, CAUSE_BOT_WALL},
                {"Just a moment... | | Checking your browser before accessing example.org.", 503, VERDICT_BLOCKED,
                 CAUSE_BOT_WALL},
                {"Attention Required! | One more step | Please complete the security check to access example.org", 403,
                 VERDICT_BLOCKED, CAUSE_CAPTCHA},
                {"ERROR: The request could not be satisfied | The request could not be satisfied. | Request blocked.",
                 403, VERDICT_BLOCKED, CAUSE_BOT_WALL},
                {"Please verify you are a human", 200, VERDICT_BLOCKED, CAUSE_CAPTCHA},
                {"Désolés, il faut que nous nous assurions que vous n'êtes pas un robot.", 200, VERDICT_BLOCKED,
                 CAUSE_CAPTCHA},
                {"Vous avez effectué trop de requêtes", 200, VERDICT_BLOCKED, CAUSE_RATE_LIMITED},
                {"Mon espace santé est victime de son succès et limite temporairement vos demandes. Après une pause, "
                 "n'hésitez pas à revenir nous voir.",
                 200, VERDICT_BLOCKED, CAUSE_RATE_LIMITED},
                {"Temporarily Unavailable | | We've noticed some unusual traffic coming from your network.", 200,
                 VERDICT_BLOCKED, CAUSE_BOT_WALL},
                {"File d'attente | Vous êtes dans la file d'attente | Votre position : 1 204.", 200, VERDICT_DEGRADED,
                 CAUSE_QUEUE},
                {"Forbidden", 403, VERDICT_BLOCKED, CAUSE_ACCESS_DENIED},
                {"Site en maintenance", 403, CLOSED},
                {"Bonjour", 429, VERDICT_BLOCKED, CAUSE_RATE_LIMITED},
                {"Bonjour", 302, VERDICT_DOWN, CAUSE_UNEXPECTED_STATUS},
        };
        check(*state, wordings, mon_count_of(wordings));
}

/* Sentences that only look like an outage, each on a short page of its own. */
static void test_calm(void **state) {
        static const Wording wordings[] = {
                {"Pour des raisons de maintenance, l'éditeur pourra interrompre l'accès au service.", 200, UP},
                {"L'indisponibilité du service ne saurait engager la responsabilité de l'éditeur.", 200, UP},
                {"Technicien de maintenance (H/F) | Technicien de maintenance (H/F) | La ville recrute un technicien "
                 "de maintenance pour ses bâtiments.",
                 200, UP},
                {"Dupont Maintenance | Dupont Maintenance | Entretien et maintenance de chaudières à Rennes depuis "
                 "1987.",
                 200, UP},
                {"Que faire si le site est en maintenance ?", 200, UP},
                {"Lorsque le service est indisponible, un message s'affiche sur la page d'accueil.", 200, UP},
                {"Ce produit est momentanément indisponible.", 200, UP},
                {"L'incident est terminé : le service est de nouveau accessible.", 200, UP},
                {"Hier, le service était indisponible pendant deux heures. L'accès a été rétabli.", 200, UP},
                {"La piscine municipale est fermée pour travaux jusqu'au 30 juin.", 200, UP},
                {"Les travaux de la commission | Travaux | Rapports et avis publiés en 2026.", 200, UP},
                {"If the service is temporarily unavailable, try again later.", 200, UP},
                {"The API returns 503 when the service is unavailable due to maintenance.", 200, UP},
                {"Low-maintenance backup tool | Low-maintenance backup tool | Easy to install.", 200, UP},
                {"The service was unavailable yesterday. It has been restored.", 200, UP},
        };
        check(*state, wordings, mon_count_of(wordings));
}

static const char frame[] =
        "<!doctype html><html lang=fr><head><title>Mon service</title></head><body><header><nav><ul><li><a "
        "href=/>Accueil</a><li><a href=/a>Actualités</a></ul></nav></header>%s<main><h1>Mes démarches</h1>"
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

/* The frame with something above its <main>. */
static char *framed(const char *inner) {
        const char *mark = strstr(frame, "%s");
        return mon_printf("%.*s%s%s", (int)(mark - frame), frame, inner, mark + 2);
}

static void test_banner_on_a_page_that_works(void **state) {
        static const Wording banners[] = {
                {"La connexion par FranceConnect est momentanément indisponible. Vous pouvez vous connecter avec votre "
                 "identifiant.",
                 200, PART},
                {"Suite à une opération de maintenance, cliquez sur FranceConnect et utilisez vos identifiants.", 200,
                 PART},
                {"Suite à une maintenance technique sur FranceConnect, l'accès par l'application est suspendu jusqu'à "
                 "nouvel ordre.",
                 200, PART},
                {"La téléconsultation est indisponible en raison d'un afflux très important de consultations.", 200,
                 PART},
                {"Un incident technique rend momentanément indisponible l'accès au service de paiement en ligne.", 200,
                 PART},
                {"Le site est en maintenance : aucune démarche ne peut être enregistrée pour le moment.", 200, CLOSED},
                {"Une maintenance est prévue le 20 juin de 2h00 à 4h00. Les services seront temporairement "
                 "indisponibles.",
                 200, UP},
                {"L'incident d'hier est résolu, tous les services fonctionnent normalement.", 200, UP},
        };

        for (size_t i = 0; i < mon_count_of(banners); i++) {
                mon_auto_free char *banner = mon_printf("<div role=alert><p>%s</p></div>", banners[i].text);
                mon_auto_free char *html = framed(banner);
                mon_auto_judgement Judgement judgement;
                judge_page(*state, html, 200, NULL, &judgement);
                if (judgement.verdict != banners[i].verdict || judgement.cause != banners[i].cause)
                        fail_msg("%s: %s/%s", banners[i].text, verdict_name(judgement.verdict),
                                 cause_name(judgement.cause));
        }
}

static void test_announced(void **state) {
        static const struct {
                const char *text, *from, *until;
        } notices[] = {
                {"Une maintenance est prévue le 20 juin de 2h00 à 4h00. Les services seront temporairement "
                 "indisponibles.",
                 "2026-06-20T00:00:00.000Z", "2026-06-20T02:00:00.000Z"},
                {"Scheduled Maintenance - Friday, June 12 at 10:00AM", "2026-06-12T08:00:00.000Z", NULL},
                {"Le service sera indisponible du 20 juin 2026 22h00 au 21 juin 2026 à 6 h.",
                 "2026-06-20T20:00:00.000Z", "2026-06-21T04:00:00.000Z"},
                {"Interruption de service du 12/06/2026 à 18h00 au 13/06/2026 à 06h00", "2026-06-12T16:00:00.000Z",
                 "2026-06-13T04:00:00.000Z"},
        };

        for (size_t i = 0; i < mon_count_of(notices); i++) {
                mon_auto_free char *banner = mon_printf("<div role=alert><p>%s</p></div>", notices[i].text);
                mon_auto_free char *html = framed(banner);
                mon_auto_judgement Judgement judgement;
                char time[TEXT_TIME_MAX];
                judge_page(*state, html, 200, NULL, &judgement);
                assert_int_equal(judgement.verdict, VERDICT_UP);
                assert_non_null(judgement.announced.text);
                text_time(judgement.announced.from_at_real, time);
                assert_string_equal(time, notices[i].from);
                text_time(judgement.announced.until_at_real, time);
                if (notices[i].until)
                        assert_string_equal(time, notices[i].until);
                else
                        assert_int_equal(judgement.announced.until_at_real, NSEC_UNKNOWN);
        }
}

static void test_addresses(void **state) {
        static const char *const closed[] = {"https://service.example.fr/maintenance",
                                             "https://service.example.fr/maintenance.html",
                                             "https://service.example.fr/page-indisponible",
                                             "https://service.example.fr/fonction-indisponible",
                                             "https://service.example.fr/a/service-indisponible?x=1",
                                             "https://service.example.fr/vu/INDISPO_COMPTE_ASSURES.html"};
        static const char *const open[] = {"https://service.example.fr/contrats-de-maintenance/prix",
                                           "https://service.example.fr/accueil"};
        const char *html =
                "<html><title>Bienvenue</title><body><p>Bonjour à tous et merci de votre visite.</p></body></html>";

        for (size_t i = 0; i < mon_count_of(closed) + mon_count_of(open); i++) {
                bool is_closed = i < mon_count_of(closed);
                const char *url = is_closed ? closed[i] : open[i - mon_count_of(closed)];
                mon_auto_judgement Judgement judgement;
                judge_page(*state, html, 200, url, &judgement);
                if (judgement.verdict != (is_closed ? VERDICT_MAINTENANCE : VERDICT_UP))
                        fail_msg("%s: %s", url, verdict_name(judgement.verdict));
        }
}

static void test_hidden(void **state) {
        static const char *const hidings[] = {"<div hidden>%s</div>",
                                              "<div style=\"display: none\">%s</div>",
                                              "<div style=visibility:hidden>%s</div>",
                                              "<div aria-hidden=true>%s</div>",
                                              "<template><p>%s</p></template>",
                                              "<textarea>%s</textarea>",
                                              "<noscript><p>%s</p></noscript>",
                                              "<script>var t = '%s';</script>",
                                              "<!-- %s -->",
                                              "<style>.x::after { content: '%s' }</style>",
                                              "<style>.alerte { display: none }</style><div class=alerte>%s</div>",
                                              "<p hidden>%s<div></div>",
                                              "<img src=a.png alt=\"%s\">",
                                              "<div class=\"d-none\"><b>%s</b></div>"};

        for (size_t i = 0; i < mon_count_of(hidings); i++) {
                mon_auto_free char *format = mon_strdup(hidings[i]);
                char *mark = strstr(format, "%s");
                *mark = '\0';
                mon_auto_free char *hidden = mon_printf("%sLe site est en maintenance.%s", format, mark + 2);
                mon_auto_free char *html = framed(hidden);
                mon_auto_judgement Judgement judgement;
                judge_page(*state, html, 200, NULL, &judgement);
                if (judgement.verdict != VERDICT_UP)
                        fail_msg("%s: %s", hidings[i], verdict_name(judgement.verdict));
        }
}

static int setup(void **state) {
        *state = page_reader_new(lexicon_new_shipped(), 7);
        return 0;
}

static int teardown(void **state) {
        page_reader_free(*state);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_closed),    cmocka_unit_test(test_error),
                cmocka_unit_test(test_wall),      cmocka_unit_test(test_calm),
                cmocka_unit_test(test_announced), cmocka_unit_test(test_addresses),
                cmocka_unit_test(test_hidden),    cmocka_unit_test(test_banner_on_a_page_that_works),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
