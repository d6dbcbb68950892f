#include "daemon/text/message.h"

#include "daemon/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* Far over what the longest status takes: six states of MESSAGE_STATUS_NAMES_MAX ids. */
#define MESSAGE_STATUS_ROOM 4096

typedef const char *const Both[LANGUAGE_COUNT];

static const Both verdicts[VERDICT_MAX + 1] = {
        [VERDICT_UP] = {"en service", "up"},
        [VERDICT_DEGRADED] = {"dégradé", "degraded"},
        [VERDICT_MAINTENANCE] = {"en maintenance", "in maintenance"},
        [VERDICT_DOWN] = {"en panne", "down"},
        [VERDICT_BLOCKED] = {"bloqué", "blocked"},
        [VERDICT_UNREADABLE] = {"illisible", "unreadable"},
        [VERDICT_UNKNOWN] = {"inconnu", "unknown"},
};

static const struct {
        const char *name;
        Both text;
} path_states[] = {
        {"open", {"ouvert", "open"}},
        {"impaired", {"entravé", "impaired"}},
        {"closed", {"fermé", "closed"}},
        {"outside_hours", {"hors horaires", "outside hours"}},
};

static const Both causes[CAUSE_MAX + 1] = {
        [CAUSE_OK] = {"répond", "answers"},
        [CAUSE_REPORTED] = {"signalé par une personne", "reported by a person"},
        [CAUSE_SLOW] = {"plus lent que sa limite", "slower than its limit"},
        [CAUSE_PARTIAL_BANNER] = {"la page annonce une panne partielle", "the page says that a part is out of order"},
        [CAUSE_QUEUE] = {"file d'attente devant le service", "a waiting room before the service"},
        [CAUSE_EXEC_WARNING] = {"la sonde avertit", "the plugin warns"},
        [CAUSE_CERTIFICATE_EXPIRING] = {"le certificat expire bientôt", "the certificate expires soon"},
        [CAUSE_BANNER] = {"la page le dit", "the page says so"},
        [CAUSE_PUBLISHED] = {"coupure publiée par le site", "an outage published by the site"},
        [CAUSE_DNS] = {"nom introuvable (DNS)", "name not found (DNS)"},
        [CAUSE_CONNECT_REFUSED] = {"connexion refusée", "connection refused"},
        [CAUSE_CONNECT_TIMEOUT] = {"connexion sans réponse", "connection timed out"},
        [CAUSE_UNREACHABLE] = {"réseau ou machine hors d'atteinte", "network or host unreachable"},
        [CAUSE_RESET] = {"connexion coupée sans réponse", "connection closed without an answer"},
        [CAUSE_TLS_EXPIRED] = {"certificat expiré", "certificate expired"},
        [CAUSE_TLS_UNTRUSTED] = {"certificat non reconnu", "certificate not trusted"},
        [CAUSE_TLS_HOSTNAME] = {"certificat d'un autre nom", "certificate for another name"},
        [CAUSE_TLS_HANDSHAKE] = {"échec de la négociation TLS", "TLS handshake failed"},
        [CAUSE_TIMEOUT] = {"pas de réponse complète à temps", "no complete answer in time"},
        [CAUSE_HTTP_4XX] = {"page introuvable ou refusée (4xx)", "page missing or refused (4xx)"},
        [CAUSE_HTTP_5XX] = {"erreur du serveur (5xx)", "server error (5xx)"},
        [CAUSE_REDIRECT_LOOP] = {"redirections sans fin", "redirects without end"},
        [CAUSE_REDIRECT_ELSEWHERE] = {"redirigé vers un autre site", "redirected to another site"},
        [CAUSE_ERROR_PAGE] = {"page d'erreur", "an error page"},
        [CAUSE_EMPTY_PAGE] = {"page vide", "an empty page"},
        [CAUSE_PARKED] = {"domaine en vente ou en attente", "a parked domain"},
        [CAUSE_SOFT_404] = {"« page introuvable » sous un code de succès", "\"not found\" under a success status"},
        [CAUSE_MISSING_TEXT] = {"un texte attendu manque", "an expected text is missing"},
        [CAUSE_FORBIDDEN_TEXT] = {"un texte exclu est présent", "an excluded text is present"},
        [CAUSE_MISSING_ELEMENT] = {"un élément attendu manque", "an expected element is missing"},
        [CAUSE_EXEC_FAILED] = {"la sonde échoue", "the plugin fails"},
        [CAUSE_UNEXPECTED_STATUS] = {"code HTTP inattendu", "unexpected HTTP status"},
        [CAUSE_WRONG_PAGE] = {"une autre page du site", "another page of the site"},
        [CAUSE_WRONG_ANSWER] = {"réponse fausse", "a wrong answer"},
        [CAUSE_PROTOCOL] = {"réponse qui n'est pas du HTTP", "an answer that is not HTTP"},
        [CAUSE_BOT_WALL] = {"un pare-feu nous arrête", "a bot wall stopped us"},
        [CAUSE_CAPTCHA] = {"un captcha nous arrête", "a captcha stopped us"},
        [CAUSE_RATE_LIMITED] = {"requêtes limitées", "requests are limited"},
        [CAUSE_ACCESS_DENIED] = {"accès refusé", "access denied"},
        [CAUSE_SCRIPT_SHELL] = {"page construite par des scripts", "a page built by scripts"},
        [CAUSE_TRUNCATED] = {"réponse coupée", "the answer was cut short"},
        [CAUSE_UNDECODABLE] = {"texte indéchiffrable", "text that cannot be decoded"},
        [CAUSE_TOO_LARGE] = {"réponse trop grande", "the answer is too large"},
        [CAUSE_FEED_UNREADABLE] = {"liste des coupures illisible", "the outage feed cannot be read"},
        [CAUSE_EXEC_UNKNOWN] = {"la sonde ne sait pas", "the plugin does not know"},
        [CAUSE_REPORT_EXPIRED] = {"dernier signalement périmé", "the last report has expired"},
        [CAUSE_PAUSED] = {"en pause", "paused"},
        [CAUSE_OUTSIDE_HOURS] = {"hors des horaires", "outside its hours"},
        [CAUSE_LOCAL_NETWORK] = {"notre propre réseau est coupé", "our own network is out"},
        [CAUSE_LOCAL_FAULT] = {"défaut de notre côté", "a fault on our side"},
        [CAUSE_NOT_RUNNING] = {"mond était arrêté", "mond was not running"},
        [CAUSE_NOT_YET] = {"pas encore sondé", "not probed yet"},
};

Language message_language(const char *lc_all, const char *lc_messages, const char *lang) {
        const char *const values[] = {lc_all, lc_messages, lang};

        for (size_t i = 0; i < mon_count_of(values); i++)
                if (values[i] && *values[i])
                        return text_starts(values[i], "fr") ? LANGUAGE_FR : LANGUAGE_EN;
        return LANGUAGE_EN;
}

const char *message_verdict(Verdict verdict, Language language) {
        if (verdict < VERDICT_UP || verdict > VERDICT_MAX)
                verdict = VERDICT_UNKNOWN;
        return verdicts[verdict][language];
}

const char *message_state(const char *name, Language language) {
        Verdict verdict;

        for (size_t i = 0; i < mon_count_of(path_states); i++)
                if (text_is(name, path_states[i].name))
                        return path_states[i].text[language];
        return verdict_from_name(name, &verdict) ? message_verdict(verdict, language) : name;
}

const char *message_cause(Cause cause, Language language) {
        return causes[cause >= 1 && cause <= CAUSE_MAX ? cause : CAUSE_LOCAL_FAULT][language];
}

char *message_duration(Nsec span, Language language) {
        int64_t seconds = span > 0 ? span / NSEC_PER_SEC : 0;
        int64_t days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;
        static const Both day = {"jour", "day"};

        if (seconds < 60)
                return mon_printf("%" PRId64 " s", seconds);
        if (seconds < 3600)
                return mon_printf("%" PRId64 " min", minutes);
        if (days == 0)
                return minutes ? mon_printf("%" PRId64 " h %02" PRId64, hours, minutes)
                               : mon_printf("%" PRId64 " h", hours);
        const char *plural = days > 1 ? "s" : "";
        if (hours && days < 10)
                return mon_printf("%" PRId64 " %s%s %" PRId64 " h", days, day[language], plural, hours);
        return mon_printf("%" PRId64 " %s%s", days, day[language], plural);
}

static bool local_time(Nsec at_real, struct tm *ret_tm) {
        /* Rounded towards the past, also before 1970. */
        time_t seconds = (time_t)(at_real / NSEC_PER_SEC - (at_real % NSEC_PER_SEC < 0));
        return localtime_r(&seconds, ret_tm) != NULL;
}

/* Today's times alone, others with their date, other years' with the year. */
static char *time_text(Nsec at_real, Nsec now_at_real, Language language, bool seconds) {
        static const Both months[] = {{"janv.", "Jan"}, {"févr.", "Feb"}, {"mars", "Mar"},  {"avr.", "Apr"},
                                      {"mai", "May"},   {"juin", "Jun"},  {"juil.", "Jul"}, {"août", "Aug"},
                                      {"sept.", "Sep"}, {"oct.", "Oct"},  {"nov.", "Nov"},  {"déc.", "Dec"}};
        struct tm at, now;

        if (at_real == NSEC_UNKNOWN || at_real == NSEC_NEVER || !local_time(at_real, &at) ||
            !local_time(now_at_real, &now))
                return mon_strdup("-");
        mon_auto_free char *second = seconds ? mon_printf(":%02d", at.tm_sec) : mon_strdup("");
        mon_auto_free char *clock = mon_printf("%02d:%02d%s", at.tm_hour, at.tm_min, second);
        if (at.tm_year == now.tm_year && at.tm_yday == now.tm_yday)
                return mon_steal(&clock);
        mon_auto_free char *year = at.tm_year == now.tm_year ? mon_strdup("") : mon_printf(" %d", at.tm_year + 1900);
        const char *month = months[at.tm_mon][language];
        if (language == LANGUAGE_FR)
                return mon_printf("%d %s%s %s", at.tm_mday, month, year, clock);
        return mon_printf("%s %d%s %s", month, at.tm_mday, year, clock);
}

char *message_time(Nsec at_real, Nsec now_at_real, Language language) {
        return time_text(at_real, now_at_real, language, false);
}

char *message_moment(Nsec at_real, Nsec now_at_real, Language language) {
        return time_text(at_real, now_at_real, language, true);
}

/* Between a name and what is said of it. */
static const Both colon = {" : ", ": "};

/* A banner's own words, in the language's quotation marks. */
static char *quoted(const char *text, Language language) {
        if (!text || !*text)
                return mon_strdup("");
        return language == LANGUAGE_FR ? mon_printf(" : « %s »", text) : mon_printf(": “%s”", text);
}

static const Both since_word = {"depuis", "since"}, proven_word = {"prouvé", "proven"};

static char *state_event(const Event *event, Language language) {
        Verdict to = event->to ? event->to : VERDICT_UNKNOWN;
        mon_auto_free char *since = NULL, *quote = quoted(event->banner, language);

        if (event->since_at_real != NSEC_UNKNOWN) {
                mon_auto_free char *time = message_time(event->since_at_real, event->at_real, language);
                since = mon_printf(" %s %s", since_word[language], time);
        }
        const char *why = event->cause && event->cause != CAUSE_OK ? message_cause(event->cause, language) : NULL;
        return mon_printf("%s%s%s%s%s%s%s%s", event->subject ? event->subject : "?", colon[language],
                          message_verdict(to, language), since ? since : "", why ? " (" : "", why ? why : "",
                          why ? ")" : "", quote);
}

/* "fermé depuis 02:14, prouvé" */
static char *path_state(PathState state, bool proven, Nsec since_at_real, Nsec now_at_real, Language language) {
        mon_auto_free char *since = message_time(since_at_real, now_at_real, language);
        bool has_since = since_at_real != NSEC_UNKNOWN;

        return mon_printf("%s%s%s%s%s%s%s", message_state(path_state_name(state), language), has_since ? " " : "",
                          has_since ? since_word[language] : "", has_since ? " " : "", has_since ? since : "",
                          proven ? ", " : "", proven ? proven_word[language] : "");
}

/* What decided: the step and what it says; without one it was the configuration. */
static char *path_reason(const Event *event, Language language) {
        static const Both config = {"la configuration a changé", "the configuration changed"};
        bool says = event->cause && event->cause != CAUSE_OK;

        if (!event->reason)
                return mon_strdup(config[language]);
        return mon_printf("%s%s%s", event->reason, colon[language],
                          says ? message_cause(event->cause, language) : message_verdict(event->verdict, language));
}

static char *path_event(const Event *event, Language language) {
        static const Both separator = {" ; ", "; "}, nothing = {"on ne sait rien de", "nothing is known of"};
        bool unknown = event->unknown && event->path_to != PATH_UNKNOWN;
        mon_auto_free char *quote = quoted(event->banner, language), *reason = path_reason(event, language);
        mon_auto_free char *state =
                path_state(event->path_to, event->proven, event->since_at_real, event->at_real, language);

        return mon_printf("%s%s%s (%s)%s%s%s%s%s", event->subject ? event->subject : "?", colon[language], state,
                          reason, quote, unknown ? separator[language] : "", unknown ? nothing[language] : "",
                          unknown ? " " : "", unknown ? event->unknown : "");
}

static char *blind_event(const Event *event, Language language) {
        static const Both blind = {"mond ne voit plus rien", "mond is blind"};

        return mon_printf("%s (%s)", blind[language],
                          message_cause(event->cause ? event->cause : CAUSE_LOCAL_FAULT, language));
}

static char *span_of_notice(const Event *event, Language language) {
        static const Both from_word = {" à partir du ", " from "}, until_word = {" jusqu'au ", " until "};
        mon_auto_free char *from = message_time(event->notice_from_at_real, event->at_real, language);
        mon_auto_free char *until = message_time(event->notice_until_at_real, event->at_real, language);
        bool has_from = event->notice_from_at_real != NSEC_UNKNOWN && event->notice_from_at_real != 0;
        bool has_until = event->notice_until_at_real != NSEC_UNKNOWN && event->notice_until_at_real != 0;

        return mon_printf("%s%s%s%s", has_from ? from_word[language] : "", has_from ? from : "",
                          has_until ? until_word[language] : "", has_until ? until : "");
}

/* What notifiers are told beside changes. */
static char *word_event(const Event *event, Language language) {
        static const Both reminder = {"rappel", "reminder"},
                          failed = {"un envoi est abandonné", "a delivery is given up"},
                          test = {"ceci est un essai", "this is a test"}, unstable = {"instable", "unstable"},
                          changes = {"changements", "changes"};
        const char *subject = event->subject ? event->subject : "?";
        mon_auto_free char *quote = quoted(event->detail, language), *state = NULL;

        switch (event->type) {
        case EVENT_DELIVERY_FAILED:
                return mon_printf("%s%s%s%s", subject, colon[language], failed[language], quote);
        case EVENT_NOTIFIER_TEST:
                return mon_printf("%s%s%s", subject, colon[language], test[language]);
        case EVENT_TARGET_UNSTABLE:
        case EVENT_PATH_UNSTABLE:
                return mon_printf("%s%s%s (%d %s)", subject, colon[language], unstable[language], event->changes,
                                  changes[language]);
        default:
                state = event->kind == SUBJECT_PATH       ? path_event(event, language)
                        : event->kind == SUBJECT_OBSERVER ? blind_event(event, language)
                                                          : state_event(event, language);
                return mon_printf("%s%s%s", reminder[language], colon[language], state);
        }
}

char *message_event(const Event *event, Language language) {
        static const Both banner_seen = {"nouvelle bannière", "a new banner"},
                          banner_changed = {"la bannière a changé", "the banner has changed"},
                          banner_gone = {"la bannière n'est plus là", "the banner is gone"},
                          announced = {"maintenance annoncée", "a maintenance is announced"},
                          back = {"mond voit de nouveau", "mond sees again"},
                          content = {"le texte surveillé a changé", "the watched text has changed"},
                          no_content = {"la partie surveillée n'est plus là", "the watched part is not there"},
                          words = {"mots", "words"},
                          expiring = {"le certificat expire bientôt", "the certificate expires soon"},
                          changed = {"la clé du certificat a changé", "the key of the certificate has changed"};
        const char *subject = event->subject ? event->subject : "?";
        mon_auto_free char *quote = quoted(event->banner ? event->banner : event->detail, language);

        switch (event->type) {
        case EVENT_BANNER_SEEN:
                return mon_printf("%s%s%s%s", subject, colon[language], banner_seen[language], quote);
        case EVENT_BANNER_CHANGED:
                return mon_printf("%s%s%s%s", subject, colon[language], banner_changed[language], quote);
        case EVENT_BANNER_GONE:
                return mon_printf("%s%s%s", subject, colon[language], banner_gone[language]);
        case EVENT_NOTICE_ANNOUNCED: {
                mon_auto_free char *span = span_of_notice(event, language);
                return mon_printf("%s%s%s%s%s", subject, colon[language], announced[language], span, quote);
        }
        case EVENT_PATH_OPEN:
        case EVENT_PATH_IMPAIRED:
        case EVENT_PATH_CLOSED:
        case EVENT_PATH_UNKNOWN:
                return path_event(event, language);
        case EVENT_OBSERVER_BLIND:
                return blind_event(event, language);
        case EVENT_INCIDENT_REMINDER:
        case EVENT_DELIVERY_FAILED:
        case EVENT_NOTIFIER_TEST:
        case EVENT_TARGET_UNSTABLE:
        case EVENT_PATH_UNSTABLE:
                return word_event(event, language);
        case EVENT_OBSERVER_BACK:
                return mon_strdup(back[language]);
        case EVENT_CONTENT_CHANGED:
                return mon_printf("%s%s%s (+%" PRId64 " −%" PRId64 " %s)", subject, colon[language],
                                  event->detail ? no_content[language] : content[language], event->words_added,
                                  event->words_removed, words[language]);
        case EVENT_CERTIFICATE_EXPIRING:
                return mon_printf("%s%s%s", subject, colon[language], expiring[language]);
        case EVENT_CERTIFICATE_CHANGED:
                return mon_printf("%s%s%s", subject, colon[language], changed[language]);
        default:
                return state_event(event, language);
        }
}

static int append_names(Buf *out, Verdict state, const MessageTarget *targets, size_t n, Nsec now_at_real,
                        Language language) {
        size_t named = 0;
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++) {
                if (targets[i].state != state || named++ >= MESSAGE_STATUS_NAMES_MAX)
                        continue;
                r = buf_printf(out, "%s%s", named == 1 ? colon[language] : ", ", targets[i].id);
                if (r != 0 || targets[i].since_at_real == NSEC_UNKNOWN)
                        continue;
                mon_auto_free char *since = message_time(targets[i].since_at_real, now_at_real, language);
                r = buf_printf(out, " %s %s", since_word[language], since);
        }
        return r == 0 && named > MESSAGE_STATUS_NAMES_MAX ? buf_append_text(out, ", …") : r;
}

char *message_paths(const MessagePath *paths, size_t n, Nsec now_at_real, Language language) {
        static const Both more = {"autres chemins", "more paths"};
        mon_auto_buf Buf out = BUF_INIT(MESSAGE_STATUS_ROOM);
        size_t named = 0;
        int r = 0;

        for (int badness = path_state_badness(PATH_CLOSED); badness >= 0; badness--)
                for (size_t i = 0; i < n && r == 0; i++) {
                        if (path_state_badness(paths[i].state) != badness || named >= MESSAGE_STATUS_PATHS_MAX)
                                continue;
                        mon_auto_free char *state = path_state(paths[i].state, paths[i].proven, paths[i].since_at_real,
                                                               now_at_real, language);
                        r = buf_printf(&out, "%s%s%s%s", named++ ? "; " : "", paths[i].id, colon[language], state);
                }
        if (r == 0 && n > named)
                r = buf_printf(&out, "; %zu %s", n - named, more[language]);
        /* A full buffer only means that the rest is not told. */
        return buf_steal(&out);
}

char *message_status(const MessagePath *paths, size_t n_paths, const MessageTarget *targets, size_t n, Nsec now_at_real,
                     const char *trouble, Language language) {
        static const Verdict order[] = {VERDICT_DOWN,       VERDICT_MAINTENANCE, VERDICT_BLOCKED,
                                        VERDICT_UNREADABLE, VERDICT_UNKNOWN,     VERDICT_DEGRADED};
        static const Both one = {"cible", "target"}, many = {"cibles", "targets"},
                          all_up = {"tout est en service", "all up"};
        mon_auto_buf Buf out = BUF_INIT(MESSAGE_STATUS_ROOM);
        size_t counts[VERDICT_MAX + 1] = {0};
        const char *separator = ", ";
        int r = 0;

        for (size_t i = 0; i < n; i++)
                counts[targets[i].state >= VERDICT_UP && targets[i].state <= VERDICT_MAX ? targets[i].state : 0]++;
        if (trouble) {
                mon_auto_free char *cut = text_clean_copy(trouble, MESSAGE_TROUBLE_MAX);
                r = buf_printf(&out, "%s; ", cut);
        }
        if (r == 0 && n_paths > 0) {
                mon_auto_free char *state = message_paths(paths, n_paths, now_at_real, language);
                r = buf_printf(&out, "%s; ", state);
        }
        if (r == 0)
                r = buf_printf(&out, "%zu %s", n, n == 1 ? one[language] : many[language]);
        if (r == 0 && n > 0 && counts[VERDICT_UP] == n)
                r = buf_printf(&out, ", %s", all_up[language]);
        for (size_t i = 0; i < mon_count_of(order) && r == 0; i++) {
                if (counts[order[i]] == 0)
                        continue;
                r = buf_printf(&out, "%s%zu %s", separator, counts[order[i]], message_verdict(order[i], language));
                if (r == 0)
                        r = append_names(&out, order[i], targets, n, now_at_real, language);
                separator = "; ";
        }
        /* A full buffer only means that the rest is not told. */
        return buf_steal(&out);
}
