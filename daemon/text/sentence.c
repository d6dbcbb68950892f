#include "daemon/text/sentence.h"

#include "daemon/base/text.h"
#include "daemon/text/message.h"
#include "daemon/text/phrase.h"

#include <inttypes.h>

/* Of each type: the sentence ({1}: the title in quotation marks, {2}: how often), and the end of the subject line where
 * no state says it. */
static const struct {
        const char *sentence[LANGUAGE_COUNT], *few[LANGUAGE_COUNT];
} words[EVENT_MAX + 1] = {
        [EVENT_TARGET_UP] = {{"{1} fonctionne de nouveau.", "{1} works again."}, {NULL}},
        [EVENT_TARGET_DEGRADED] = {{"{1} répond, mais lentement ou en partie seulement.",
                                    "{1} answers, but slowly or only in part."},
                                   {NULL}},
        [EVENT_TARGET_MAINTENANCE] = {{"{1} n'est pas disponible : le site l'annonce lui-même.",
                                       "{1} is not available: the site says so itself."},
                                      {NULL}},
        [EVENT_TARGET_DOWN] = {{"{1} ne fonctionne plus.", "{1} no longer works."}, {NULL}},
        [EVENT_TARGET_BLOCKED] = {{"{1} refuse de répondre à notre surveillance ; le public y accède peut-être.",
                                   "{1} refuses to answer our monitor; the public may well get through."},
                                  {NULL}},
        [EVENT_TARGET_UNREADABLE] = {{"{1} répond, mais notre surveillance ne sait pas lire sa réponse.",
                                      "{1} answers, but our monitor cannot read what it says."},
                                     {NULL}},
        [EVENT_TARGET_UNKNOWN] = {{"Nous ne savons plus si {1} fonctionne.", "We no longer know whether {1} works."},
                                  {NULL}},
        [EVENT_BANNER_SEEN] = {{"{1} affiche un nouveau message.", "{1} shows a new message."},
                               {"nouveau message", "a new message"}},
        [EVENT_BANNER_CHANGED] = {{"Le message affiché par {1} a changé.", "The message that {1} shows has changed."},
                                  {"message changé", "its message has changed"}},
        [EVENT_BANNER_GONE] = {{"{1} n'affiche plus son message.", "{1} no longer shows its message."},
                               {"message retiré", "its message is gone"}},
        [EVENT_NOTICE_ANNOUNCED] = {{"{1} annonce une indisponibilité à venir.",
                                     "{1} says that it will not be available."},
                                    {"fermeture annoncée", "a closure is announced"}},
        [EVENT_OBSERVER_BLIND] = {{"Notre surveillance ne voit plus rien : la panne est chez nous, pas sur les sites.",
                                   "Our monitor sees nothing any more: the fault is on our side, not with the sites."},
                                  {"ne voit plus rien", "sees nothing"}},
        [EVENT_OBSERVER_BACK] = {{"Notre surveillance voit de nouveau.", "Our monitor sees again."},
                                 {"voit de nouveau", "sees again"}},
        [EVENT_CERTIFICATE_EXPIRING] = {{"Le certificat de sécurité de {1} expire bientôt : sans renouvellement, les "
                                         "navigateurs refuseront la page.",
                                         "The security certificate of {1} expires soon: unless it is renewed, browsers "
                                         "will refuse the page."},
                                        {"certificat bientôt expiré", "certificate about to expire"}},
        [EVENT_CERTIFICATE_CHANGED] = {{"Le certificat de sécurité de {1} a une nouvelle clé.",
                                        "The security certificate of {1} has a new key."},
                                       {"clé du certificat changée", "the certificate's key has changed"}},
        [EVENT_CONTENT_CHANGED] = {{"Le texte surveillé de {1} a changé.", "The watched text of {1} has changed."},
                                   {"texte changé", "its text has changed"}},
        [EVENT_PATH_OPEN] = {{"{1} : c'est de nouveau possible.", "{1}: this is possible again."}, {NULL}},
        [EVENT_PATH_IMPAIRED] = {{"{1} : c'est encore possible, mais une des voies ne fonctionne pas.",
                                  "{1}: this is still possible, but one of the ways does not work."},
                                 {NULL}},
        [EVENT_PATH_CLOSED] = {{"{1} : à notre connaissance, ce n'est plus possible : nous ne connaissons aucune "
                                "voie qui fonctionne.",
                                "{1}: as far as we know this is no longer possible; no way is known to work."},
                               {NULL}},
        [EVENT_PATH_UNKNOWN] = {{"{1} : nous ne savons plus si c'est possible.",
                                 "{1}: we no longer know whether this is possible."},
                                {NULL}},
        [EVENT_INCIDENT_REMINDER] = {{"Rappel : la situation n'a pas changé pour {1}.",
                                      "A reminder: the situation has not changed for {1}."},
                                     {NULL}},
        [EVENT_DELIVERY_FAILED] = {{"Un message de la surveillance n'a pas pu être remis par {1}.",
                                    "A message of the monitor could not be delivered by {1}."},
                                   {"message non remis", "a message was not delivered"}},
        [EVENT_NOTIFIER_TEST] = {{"Ceci est un essai : les messages de la surveillance arrivent bien ici.",
                                  "This is a test: the monitor's messages do arrive here."},
                                 {"essai", "a test"}},
        [EVENT_TARGET_UNSTABLE] = {{"{1} ne cesse de changer d'état ({2} fois ces derniers temps) ; nous n'écrirons "
                                    "plus avant le retour au calme.",
                                    "{1} keeps changing its state ({2} times lately); we shall not write again until "
                                    "it calms down."},
                                   {"instable", "unstable"}},
        [EVENT_PATH_UNSTABLE] = {{"{1} : tantôt possible, tantôt non ({2} changements ces derniers temps) ; nous "
                                  "n'écrirons plus avant le retour au calme.",
                                  "{1}: now possible, now not ({2} changes lately); we shall not write again until it "
                                  "calms down."},
                                 {"instable", "unstable"}},
};

static const char *const proven[LANGUAGE_COUNT] = {
        "{1} : ce n'est plus possible ; aucune des voies ne fonctionne.",
        "{1}: this is no longer possible; none of the ways works.",
};

static const char *title_of(const Event *event, Language language) {
        const char *title = event->title.in[language];

        return title && *title ? title : event->subject ? event->subject : "mond";
}

static const char *state_of(const Event *event, Language language) {
        if (event->path_to)
                return message_state(path_state_name(event->path_to), language);
        return event->to ? message_verdict(event->to, language) : NULL;
}

char *sentence_event(const Event *event, Language language) {
        bool is_known = event->type >= 1 && event->type <= EVENT_MAX;
        const char *const *sentence = is_known ? words[event->type].sentence : NULL;
        const char *title = title_of(event, language);

        if (!sentence || !sentence[language])
                return message_event(event, language);
        if (event->type == EVENT_PATH_CLOSED && event->proven)
                sentence = proven;
        mon_auto_free char *quoted = language == LANGUAGE_FR ? mon_printf("« %s »", title) : mon_printf("“%s”", title);
        mon_auto_free char *times = mon_printf("%d", event->changes);
        return phrase_fill_text(sentence[language], (const char *const[PHRASE_ARGS_MAX]){quoted, times});
}

char *sentence_subject(const Event *event, Language language) {
        bool is_known = event->type >= 1 && event->type <= EVENT_MAX;
        const char *few = is_known ? words[event->type].few[language] : NULL, *state = state_of(event, language);
        const char *what = few ? few : state ? state : event_type_name(event->type);
        const char *reminder = event->type != EVENT_INCIDENT_REMINDER ? ""
                               : language == LANGUAGE_FR              ? "Rappel : "
                                                                      : "Reminder: ";

        return mon_printf("%s%s%s%s", reminder, title_of(event, language), language == LANGUAGE_FR ? " : " : ": ",
                          what);
}
