/* The words of the command line: one row a phrase, French and English side by side. */
#pragma once

#include "daemon/model/target.h"

/* PHRASE(NAME, "fr", "en") */
#define PHRASES(PHRASE)                                                                                                \
        /* headings */                                                                                                 \
        PHRASE(TARGET, "CIBLE", "TARGET")                                                                              \
        PHRASE(STATE, "ÉTAT", "STATE")                                                                                 \
        PHRASE(SINCE, "DEPUIS", "SINCE")                                                                               \
        PHRASE(SEEN, "VU", "SEEN")                                                                                     \
        PHRASE(WHY, "CAUSE", "CAUSE")                                                                                  \
        PHRASE(WHEN, "QUAND", "WHEN")                                                                                  \
        PHRASE(TIME_TAKEN, "DURÉE", "TIME")                                                                            \
        PHRASE(OPENED, "OUVERT", "OPENED")                                                                             \
        PHRASE(LASTED, "DURÉE", "LASTED")                                                                              \
        PHRASE(FIRST_SEEN, "PREMIÈRE FOIS", "FIRST SEEN")                                                              \
        PHRASE(LAST_SEEN, "DERNIÈRE FOIS", "LAST SEEN")                                                                \
        PHRASE(TIMES, "FOIS", "TIMES")                                                                                 \
        PHRASE(RULE, "RÈGLE", "RULE")                                                                                  \
        PHRASE(AVAILABLE, "DISPO.", "AVAIL.")                                                                          \
        PHRASE(COVERAGE, "COUVERT", "COVERAGE")                                                                        \
        PHRASE(IN_MAINTENANCE, "MAINT.", "MAINT.")                                                                     \
        PHRASE(BROKEN, "PANNE", "DOWN")                                                                                \
        PHRASE(NOT_SEEN, "NON VU", "NOT SEEN")                                                                         \
        PHRASE(INCIDENTS, "INC.", "INC.")                                                                              \
        PHRASE(WHAT, "ÉVÉNEMENT", "EVENT")                                                                             \
        PHRASE(PROVEN, "prouvé", "proven")                                                                             \
        PHRASE(PATH, "CHEMIN", "PATH")                                                                                 \
        PHRASE(ANNOUNCED_FROM, "ANNONCÉ DU", "ANNOUNCED FROM")                                                         \
        PHRASE(ANNOUNCED_UNTIL, "AU", "UNTIL")                                                                         \
        PHRASE(HAPPENED, "CONSTATÉ", "WHAT HAPPENED")                                                                  \
        PHRASE(WORDS, "MOTS", "WORDS")                                                                                 \
        PHRASE(NUMBER, "N°", "NO.")                                                                                    \
        PHRASE(REPORTED_BY, "PAR", "BY")                                                                               \
        PHRASE(SPEAKS_UNTIL, "VAUT JUSQU'À", "SPEAKS UNTIL")                                                           \
        /* remarks */                                                                                                  \
        PHRASE(PAUSED, "en pause", "paused")                                                                           \
        PHRASE(STILL_OPEN, "en cours", "open")                                                                         \
        PHRASE(NOTHING, "Rien à montrer.", "Nothing to show.")                                                         \
        PHRASE(NO_TARGETS, "Aucune cible.", "No targets.")                                                             \
        PHRASE(AS_OF, "État à {1}", "As of {1}")                                                                       \
        PHRASE(OPEN_INCIDENTS, "Incidents en cours : {1}", "Open incidents: {1}")                                      \
        PHRASE(ABSENT_ANSWERS,                                                                                         \
               "Une adresse qui n'existe pas y répond aussi 200 (vu : {1}) : répondre n'y prouve rien.",               \
               "An address that does not exist answers 200 there too (seen: {1}): answering proves nothing.")          \
        PHRASE(ABSENT_SAYS, "Une adresse qui n'existe pas y répond {2} (vu : {1}).",                                   \
               "An address that does not exist answers {2} there (seen: {1}).")                                        \
        PHRASE(PERIOD, "Du {1} au {2}, règle {3}", "From {1} to {2}, rule {3}")                                        \
        PHRASE(UNCONFIRMED, "non confirmés : {1} relevés, {2}", "unconfirmed: {1} checks, {2}")                        \
        PHRASE(PROBING, "sonde en cours… {1} s", "probing… {1} s")                                                     \
        PHRASE(WAITING, "en attente du démon… {1} s", "waiting for the daemon… {1} s")                                 \
        PHRASE(FOLLOWING, "en attente d'événements, Ctrl-C pour arrêter", "waiting for events, Ctrl-C to stop")        \
        PHRASE(WATCHING, "Ctrl-C pour quitter", "Ctrl-C to leave")                                                     \
        PHRASE(INCIDENT, "Incident {1} : {2}", "Incident {1}: {2}")                                                    \
        PHRASE(INCIDENT_OPENED, "ouvert", "opened")                                                                    \
        PHRASE(INCIDENT_CONFIRMED, "confirmé", "confirmed")                                                            \
        PHRASE(INCIDENT_CLOSED, "fermé", "closed")                                                                     \
        PHRASE(INCIDENT_LEFT, "plus surveillé", "no longer watched")                                                   \
        PHRASE(INCIDENT_LASTED, "durée", "lasted")                                                                     \
        PHRASE(INCIDENT_OBSERVED, "dont observée", "observed")                                                         \
        PHRASE(INCIDENT_WORST, "pire état", "worst")                                                                   \
        PHRASE(INCIDENT_CAUSE, "cause", "cause")                                                                       \
        PHRASE(INCIDENT_UNPROVEN, "plus prouvé", "not proven any more")                                                \
        PHRASE(INCIDENT_UNKNOWN, "on ne sait plus", "not known any more")                                              \
        PHRASE(INCIDENT_CHANGED, "changé", "changed")                                                                  \
        PHRASE(BANNER_WORD, "bannière", "banner")                                                                      \
        PHRASE(PAUSED_NOW, "{1} : en pause, ce temps compte comme non observé.",                                       \
               "{1}: paused; this time counts as not observed.")                                                       \
        PHRASE(RESUMED_NOW, "{1} : la surveillance reprend.", "{1}: watched again.")                                   \
        PHRASE(REPORT_RECORDED, "Signalement n° {1} noté : {2}, {3}, vécu {4}, vaut jusqu'à {5}.",                     \
               "Report no. {1} recorded: {2}, {3}, met {4}, speaks until {5}.")                                        \
        PHRASE(REPORT_WAITS, "La base ne prend pas d'écritures : le signalement attend en mémoire.",                   \
               "The database takes no writes: the report waits in memory.")                                            \
        PHRASE(REPORT_DECIDES, "{1} est maintenant : {2} ({3}).", "{1} is now: {2} ({3}).")                            \
        PHRASE(REPORT_BESIDE, "Ce signalement ne décide pas : {1} reste {2} ({3}).",                                   \
               "This report does not decide: {1} stays {2} ({3}).")                                                    \
        PHRASE(REPORT_CORRECTS, "corrige le n° {1}", "corrects no. {1}")                                               \
        PHRASE(REPORT_CORRECTED, "corrigé par le n° {1}", "corrected by no. {1}")                                      \
        PHRASE(REPORT_WAITED, "attente : {1}", "waited {1}")                                                           \
        PHRASE(REPORTS_AGREE, "signalements en vigueur : {1}, tous du même avis", "reports in force: {1}, all agree")  \
        PHRASE(REPORTS_DISAGREE, "signalements en vigueur : {1}, dont {2} d'un autre avis",                            \
               "reports in force: {1}, of which {2} disagree")                                                         \
        PHRASE(RELOADED, "Configuration relue : {1} ajoutées, {2} retirées, {3} changées, {4} inchangées.",            \
               "Configuration reloaded: {1} added, {2} removed, {3} changed, {4} unchanged.")                          \
        PHRASE(HEALTHY, "mond va bien.", "mond is well.")                                                              \
        PHRASE(UNHEALTHY, "mond a des ennuis :", "mond has problems:")                                                 \
        PHRASE(CLASSIFY_TITLE, "titre", "title")                                                                       \
        PHRASE(CLASSIFY_EXCERPT, "phrase", "sentence")                                                                 \
        PHRASE(CLASSIFY_RULE, "règle", "rule")                                                                         \
        PHRASE(CLASSIFY_ANNOUNCED, "annonce", "announced")                                                             \
        PHRASE(CLASSIFY_EXPLAIN, "Ce qui a été lu :", "What was read:")                                                \
        PHRASE(CLASSIFY_DECIDED, "décide", "decided")                                                                  \
        PHRASE(NOTICE_PENDING, "annoncé ({1} – {2}) : {3}", "announced ({1} – {2}): {3}")                              \
        PHRASE(NOTICE_TO_COME, "à venir", "to come")                                                                   \
        PHRASE(NOTICE_NOTHING, "rien vu", "nothing seen")                                                              \
        PHRASE(NOTICE_BEGAN_ON_TIME, "début à l'heure", "began on time")                                               \
        PHRASE(NOTICE_BEGAN_EARLY, "début {1} plus tôt", "began {1} early")                                            \
        PHRASE(NOTICE_BEGAN_LATE, "début {1} plus tard", "began {1} late")                                             \
        PHRASE(NOTICE_ENDED_ON_TIME, "fin à l'heure", "ended on time")                                                 \
        PHRASE(NOTICE_ENDED_EARLY, "fin {1} plus tôt", "ended {1} early")                                              \
        PHRASE(NOTICE_OVERRAN, "dépassé de {1}", "overran by {1}")                                                     \
        PHRASE(NOTICE_GOES_ON, "en cours", "going on")                                                                 \
        PHRASE(NOTICE_ENDED, "terminé", "over")                                                                        \
        PHRASE(CONTENT_FIRST, "première version", "first version")                                                     \
        PHRASE(CONTENT_RULES, "règles changées", "rules changed")                                                      \
        PHRASE(CONTENT_CHANGED, "page changée", "page changed")                                                        \
        PHRASE(CONTENT_MISSING, "la partie surveillée n'est pas là : {1}", "the watched part is not there: {1}")       \
        PHRASE(LATE_MESSAGE, "Message en retard : cela date du {1}.", "A late message: this happened on {1}.")         \
        PHRASE(SEEN_BY, "Observé par {1}", "Seen by {1}")                                                              \
        PHRASE(SEE_PAGE, "Voir la page", "See the page")                                                               \
        PHRASE(NOTIFIER, "NOTIFIEUR", "NOTIFIER")                                                                      \
        PHRASE(EVENT_WORD, "ÉVÉNEMENT", "EVENT")                                                                       \
        PHRASE(ATTEMPTS, "ESSAIS", "TRIES")                                                                            \
        PHRASE(OWED, "DÛ", "OWED")                                                                                     \
        PHRASE(DELIVERY_PENDING, "en attente", "pending")                                                              \
        PHRASE(DELIVERY_DELIVERED, "remis", "delivered")                                                               \
        PHRASE(DELIVERY_FAILED, "échec", "failed")                                                                     \
        PHRASE(DELIVERY_NEXT, "prochain essai {1}", "next try {1}")                                                    \
        PHRASE(SUBJECT, "SUJET", "SUBJECT")                                                                            \
        PHRASE(REASON, "RAISON", "REASON")                                                                             \
        PHRASE(UNTIL_WORD, "JUSQU'À", "UNTIL")                                                                         \
        PHRASE(SILENCED_NOW, "Silence {1} : rien n'est envoyé au sujet de {2} avant {3}.",                             \
               "Silence {1}: nothing is sent about {2} before {3}.")                                                   \
        PHRASE(UNSILENCED_NOW, "Silence {1} levé.", "Silence {1} is taken back.")                                      \
        PHRASE(RETRIED_NOW, "L'envoi {1} est de nouveau en attente.", "Delivery {1} is owed again.")                   \
        PHRASE(ENABLED_NOW, "{1} : activé ; il apprend ce qui ne va pas maintenant.",                                  \
               "{1}: enabled; it is told what fails now.")                                                             \
        PHRASE(ENABLED_ALREADY, "{1} : déjà actif.", "{1}: it was not disabled.")                                      \
        PHRASE(TEST_DELIVERED, "{1} : remis{2}.", "{1}: delivered{2}.")                                                \
        PHRASE(TEST_AGAIN, "{1} : pas encore remis ({2}) ; d'autres essais suivent.",                                  \
               "{1}: not delivered yet ({2}); it is tried again.")                                                     \
        PHRASE(TEST_FAILED, "{1} : refusé ({2}).", "{1}: refused ({2}).")                                              \
        PHRASE(INCIDENT_SENT, "Envoyé :", "Sent:")                                                                     \
        /* mails */                                                                                                    \
        PHRASE(MAIL_STATE, "État", "State")                                                                            \
        PHRASE(MAIL_WAS, "{1} (avant : {2})", "{1} (before: {2})")                                                     \
        PHRASE(MAIL_SINCE, "Depuis", "Since")                                                                          \
        PHRASE(MAIL_LASTED, "L'incident a duré", "The incident lasted")                                                \
        PHRASE(MAIL_LASTS, "L'incident dure depuis", "The incident has lasted")                                        \
        PHRASE(MAIL_SEEN, "Constaté", "Seen")                                                                          \
        PHRASE(MAIL_WHY, "Motif", "Reason")                                                                            \
        PHRASE(MAIL_WHERE, "Étape en cause", "Deciding step")                                                          \
        PHRASE(MAIL_SAYS, "La page dit", "The page says")                                                              \
        PHRASE(MAIL_DETAIL, "Détail", "Detail")                                                                        \
        PHRASE(MAIL_STATUS, "Code HTTP", "HTTP status")                                                                \
        PHRASE(MAIL_ADDRESS, "Adresse", "Address")                                                                     \
        PHRASE(MAIL_FROM, "Annoncé à partir du", "Announced from")                                                     \
        PHRASE(MAIL_UNTIL, "Annoncé jusqu'au", "Announced until")                                                      \
        PHRASE(MAIL_CHANGE, "Changement", "The change")                                                                \
        PHRASE(MAIL_UNKNOWN, "Sans nouvelles de", "Nothing known of")                                                  \
        PHRASE(MAIL_INCIDENT, "Incident", "Incident")                                                                  \
        PHRASE(MAIL_NUMBER, "n° {1}", "no. {1}")                                                                       \
        PHRASE(MAIL_OBSERVER, "Observé par", "Observed by")                                                            \
        PHRASE(MAIL_CONTACT, "Contact", "Contact")                                                                     \
        PHRASE(MAIL_LATE, "Ce message part en retard. Ce qu'il dit date du {1}.",                                      \
               "This message is late. What it says happened on {1}.")                                                  \
        PHRASE(MAIL_SILENCE, "Pour ne plus recevoir de message à ce sujet pendant deux heures :",                      \
               "To receive no message about this for two hours:")                                                      \
        PHRASE(MAIL_REASON, "motif", "reason")                                                                         \
        PHRASE(MAIL_FOOT, "Message automatique de mond. Y répondre ne change rien à la surveillance.",                 \
               "An automatic message of mond. Answering it changes nothing about the monitoring.")                     \
        /* mistakes */                                                                                                 \
        PHRASE(SEE_HELP, "« monctl --help » dit ce qui existe.", "\"monctl --help\" says what there is.")              \
        PHRASE(NO_COMMAND, "commande manquante", "no command given")                                                   \
        PHRASE(UNKNOWN_COMMAND, "commande inconnue « {1} »", "unknown command \"{1}\"")                                \
        PHRASE(UNKNOWN_OPTION, "option inconnue « {1} »", "unknown option \"{1}\"")                                    \
        PHRASE(DID_YOU_MEAN, " ; vouliez-vous dire « {1} » ?", "; did you mean \"{1}\"?")                              \
        PHRASE(OPTION_NOT_HERE, "« {1} » ne prend pas l'option --{2}", "\"{1}\" does not take the option --{2}")       \
        PHRASE(OPTION_TWICE, "option --{1} donnée deux fois", "option --{1} is given twice")                           \
        PHRASE(OPTION_VALUE, "l'option --{1} attend une valeur", "option --{1} needs a value")                         \
        PHRASE(OPTION_NO_VALUE, "l'option --{1} ne prend pas de valeur", "option --{1} takes no value")                \
        PHRASE(BAD_NUMBER, "--{1} attend un nombre de {2} à {3}", "--{1} takes a number from {2} to {3}")              \
        PHRASE(BAD_TIME, "--{1} attend un instant (2026-01-31T09:00:00Z) ou une durée (7d)",                           \
               "--{1} takes a time (2026-01-31T09:00:00Z) or a duration (7d)")                                         \
        PHRASE(BAD_FORMAT, "--format attend csv, json ou openmetrics", "--format takes csv, json or openmetrics")      \
        PHRASE(BAD_MOMENT,                                                                                             \
               "--{1} attend un instant (2026-01-31T09:00:00Z), une heure d'ici (2026-01-31 10:00) ou une durée "     \
               "passée (25m)",                                                                                         \
               "--{1} takes a time (2026-01-31T09:00:00Z), a local one (2026-01-31 10:00), or how long ago (25m)")     \
        PHRASE(BAD_REPORT_STATE, "un signalement dit : up, degraded, maintenance ou down, non « {1} »",                \
               "a report says: up, degraded, maintenance or down, not \"{1}\"")                                        \
        PHRASE(BAD_HEADER, "--header attend « Nom: valeur »", "--header takes \"Name: value\"")                        \
        PHRASE(BAD_ID, "un numéro d'incident est un nombre", "an incident's id is a number")                           \
        PHRASE(TOO_FEW, "« {1} » attend : {2}", "\"{1}\" needs: {2}")                                                  \
        PHRASE(TOO_MANY, "« {1} » : argument de trop « {2} »", "\"{1}\": one argument too many, \"{2}\"")              \
        PHRASE(CHECK_WHAT, "nommez des cibles, ou --all", "name targets, or --all")                                    \
        PHRASE(NEEDS_DAEMON, "« {1} » a besoin du démon : pas avec --db", "\"{1}\" needs the daemon: not with --db")   \
        PHRASE(UNKNOWN_TARGET, "cible inconnue « {1} »", "unknown target \"{1}\"")                                     \
        PHRASE(UNKNOWN_PATH, "chemin inconnu « {1} »", "unknown path \"{1}\"")                                         \
        PHRASE(UNKNOWN_NOTIFIER, "notifieur inconnu « {1} »", "unknown notifier \"{1}\"")                              \
        PHRASE(UNKNOWN_SUBJECT, "ni cible ni chemin « {1} »", "neither a target nor a path: \"{1}\"")                  \
        PHRASE(SILENCE_WHAT, "« silence » attend --for DURÉE et --reason TEXTE",                                       \
               "\"silence\" needs --for DURATION and --reason TEXT")                                                   \
        PHRASE(BAD_SPAN, "--{1} attend une durée (30m, 2h, 3d)", "--{1} takes a duration (30m, 2h, 3d)")               \
        PHRASE(BAD_NOTIFY, "« notify » attend test ou enable, pas « {1} »",                                            \
               "\"notify\" takes test or enable, not \"{1}\"")                                                         \
        PHRASE(BAD_DELIVERIES, "« deliveries » attend retry et un numéro, pas « {1} »",                                \
               "\"deliveries\" takes retry and a number, not \"{1}\"")                                                 \
        PHRASE(BAD_ROW, "un numéro est attendu, pas « {1} »", "a number is expected, not \"{1}\"")                     \
        PHRASE(UNKNOWN_INCIDENT, "incident inconnu : {1}", "unknown incident: {1}")                                    \
        PHRASE(UNREACHABLE, "mond ne répond pas sur {1} : {2}", "mond does not answer on {1}: {2}")                    \
        PHRASE(IS_IT_RUNNING, "Est-il démarré ? (systemctl status mond, ou --socket)",                                 \
               "Is it running? (systemctl status mond, or --socket)")                                                  \
        PHRASE(SOCKET_TOO_LONG, "{1} : un chemin de socket a au plus 107 octets",                                      \
               "{1}: a socket's path has at most 107 bytes")                                                           \
        PHRASE(BAD_ANSWER, "réponse illisible de mond : {1}", "mond's answer cannot be read: {1}")                     \
        PHRASE(REFUSED, "refusé : il faut être root ou du groupe mond", "refused: only root and the group mond may")   \
        PHRASE(SAYS, "mond répond : {1}", "mond says: {1}")                                                            \
        PHRASE(STREAM_ENDED, "mond a fermé le flux", "mond has closed the stream")                                     \
        PHRASE(CANNOT_READ, "{1} : {2}", "{1}: {2}")                                                                   \
        PHRASE(CANNOT_WRITE, "écriture impossible : {1}", "cannot write: {1}")                                         \
        PHRASE(TOO_LARGE, "{1} : plus grand que {2} octets", "{1}: larger than {2} bytes")                             \
        PHRASE(NOT_RELOADED, "Configuration non relue, l'ancienne reste en service :",                                 \
               "Configuration not loaded, the old one stays:")                                                         \
        /* help */                                                                                                     \
        PHRASE(USAGE, "Usage : monctl COMMANDE [OPTION…]", "Usage: monctl COMMAND [OPTION…]")                          \
        PHRASE(USAGE_OF, "Usage : monctl {1}{2}{3} [OPTION…]", "Usage: monctl {1}{2}{3} [OPTION…]")                    \
        PHRASE(COMMANDS, "Commandes :", "Commands:")                                                                   \
        PHRASE(OPTIONS, "Options :", "Options:")                                                                       \
        PHRASE(EXITS,                                                                                                  \
               "Code de sortie : 0 fait (status : ouvert), 1 entravé, 2 fermé, 3 inconnu,\n"                         \
               "64 mauvais usage, 65 mauvaises données, 69 démon injoignable, 77 refusé.",                             \
               "Exit status: 0 done (status: open), 1 impaired, 2 closed, 3 unknown,\n"                                \
               "64 bad usage, 65 bad data, 69 daemon unreachable, 77 refused.")                                        \
        PHRASE(HELP_STATUS, "l'état des chemins et des cibles, ou d'un seul",                                          \
               "the state of paths and targets, or of one")                                                            \
        PHRASE(HELP_CHECK, "sonde maintenant, attend et montre le résultat", "probes now, waits, shows the result")    \
        PHRASE(HELP_HISTORY, "les relevés d'une cible, du plus récent", "a target's checks, newest first")             \
        PHRASE(HELP_UPTIME, "le compte du temps, par état", "the time accounting, by state")                           \
        PHRASE(HELP_INCIDENTS, "les périodes d'indisponibilité", "the intervals of unavailability")                    \
        PHRASE(HELP_INCIDENT, "un incident en entier", "one incident in full")                                         \
        PHRASE(HELP_BANNERS, "les textes par lesquels les sites s'annoncent fermés",                                   \
               "the texts by which sites said they were closed")                                                       \
        PHRASE(HELP_NOTICES, "les maintenances annoncées, et ce qu'il en fut",                                         \
               "announced maintenances, and what became of them")                                                      \
        PHRASE(HELP_CONTENT, "les versions des textes surveillés, et leurs changements",                               \
               "the versions of watched texts, and what changed")                                                      \
        PHRASE(HELP_EVENTS, "le journal des événements", "the event log")                                              \
        PHRASE(HELP_CLASSIFY, "lit une page hors ligne et dit comment elle serait jugée",                              \
               "reads one page offline, says how it would be judged")                                                  \
        PHRASE(HELP_EXPORT, "les relevés, pour ailleurs", "the checks, to take elsewhere")                             \
        PHRASE(HELP_DELIVERIES, "ce qui a été envoyé, et ce qui reste dû", "what was sent, and what is still owed")    \
        PHRASE(HELP_NOTIFY, "essaie un notifieur, ou le réactive", "tries a notifier, or enables it again")            \
        PHRASE(HELP_SILENCE, "retient les notifications, jamais le registre",                                          \
               "holds back notifications, never the record")                                                           \
        PHRASE(HELP_SILENCES, "les silences en cours", "the silences in force")                                        \
        PHRASE(HELP_UNSILENCE, "lève un silence", "takes a silence back")                                              \
        PHRASE(OPTION_FAILED, "seulement les échecs", "only those that failed")                                        \
        PHRASE(OPTION_PENDING, "seulement ceux qui restent dus", "only those still owed")                              \
        PHRASE(OPTION_FOR, "pendant cette durée", "for this long")                                                     \
        PHRASE(OPTION_REASON, "pourquoi", "why")                                                                       \
        PHRASE(HELP_PAUSE, "cesse de sonder une cible", "stops probing a target")                                      \
        PHRASE(HELP_REPORT, "note ce qu'une personne a vécu (téléphone, guichet)",                                     \
               "enters what a person met (a telephone line, a counter)")                                               \
        PHRASE(HELP_REPORTS, "les signalements, du plus récent", "the reports, newest first")                          \
        PHRASE(HELP_RESUME, "reprend après une pause", "goes on after a pause")                                        \
        PHRASE(HELP_RELOAD, "relit la configuration", "re-reads the configuration")                                    \
        PHRASE(HELP_HEALTH, "mond lui-même va-t-il bien ?", "is the daemon itself well?")                              \
        PHRASE(HELP_VERSION, "les versions", "the versions")                                                           \
        PHRASE(OPTION_HELP, "cette aide", "this help")                                                                 \
        PHRASE(OPTION_VERSION, "la version de monctl", "monctl's version")                                             \
        PHRASE(OPTION_JSON, "un document JSON", "one JSON document")                                                   \
        PHRASE(OPTION_SOCKET, "le socket du démon", "the daemon's socket")                                             \
        PHRASE(OPTION_DB, "lit une base directement, sans démon", "reads a database directly, no daemon")              \
        PHRASE(OPTION_NO_COLOR, "sans couleurs (aussi : NO_COLOR)", "no colours (also: NO_COLOR)")                     \
        PHRASE(OPTION_WATCH, "redessine jusqu'à Ctrl-C", "redraws until Ctrl-C")                                       \
        PHRASE(OPTION_PLUGIN, "une ligne pour Nagios, avec ses mesures", "one line for Nagios, with perfdata")         \
        PHRASE(OPTION_ALL, "toutes les cibles", "every target")                                                        \
        PHRASE(OPTION_SINCE, "depuis cet instant, ou cette durée", "from this time, or this long ago")                 \
        PHRASE(OPTION_UNTIL, "jusqu'à cet instant", "up to this time")                                                 \
        PHRASE(OPTION_LIMIT, "au plus N lignes (100)", "at most N rows (100)")                                         \
        PHRASE(OPTION_OPEN, "seulement ceux en cours", "only those still open")                                        \
        PHRASE(OPTION_TARGET, "d'une seule cible", "of one target")                                                    \
        PHRASE(OPTION_PATH, "d'un seul chemin", "of one path")                                                         \
        PHRASE(OPTION_DIFF, "montre les mots retirés et ajoutés", "shows the words removed and added")                 \
        PHRASE(OPTION_NOTE, "ce qui s'est passé, en une phrase", "what happened, in one sentence")                     \
        PHRASE(OPTION_BY, "qui l'a vécu", "who met it")                                                                \
        PHRASE(OPTION_WAITED, "attente avant la réponse (25m)", "how long they waited (25m)")                          \
        PHRASE(OPTION_EXPIRES, "pour combien de temps il vaut (48h)", "how long it speaks (48h)")                      \
        PHRASE(OPTION_CORRECTS, "le n° du signalement dont il prend la place", "the report whose place it takes")      \
        PHRASE(OPTION_FOLLOW, "suit les événements en direct", "streams the events")                                   \
        PHRASE(OPTION_STATUS, "le code HTTP reçu (200)", "the HTTP status received (200)")                             \
        PHRASE(OPTION_HEADER, "un en-tête reçu, plusieurs fois permis", "a header received, may be repeated")          \
        PHRASE(OPTION_URL, "l'adresse de la page", "the page's address")                                               \
        PHRASE(OPTION_AT, "à cet instant (ou : il y a 25m)", "as of this time (or: 25m ago)")                          \
        PHRASE(OPTION_FORMAT, "csv (par défaut), json ou openmetrics", "csv (default), json or openmetrics")

typedef enum Phrase {
#define PHRASE(name, fr, en) PHRASE_##name,
        PHRASES(PHRASE)
#undef PHRASE
                PHRASE_COUNT
} Phrase;

const char *phrase_text(Phrase phrase, Language language);
/* With {1}, {2}, … replaced by the texts; the caller frees. A text that is not given leaves its place empty. */
#define PHRASE_ARGS_MAX 5
#define phrase_fill(phrase, language, ...)                                                                             \
        phrase_fill_list((phrase), (language), (const char *const[PHRASE_ARGS_MAX]){__VA_ARGS__})
char *phrase_fill_list(Phrase phrase, Language language, const char *const args[static PHRASE_ARGS_MAX]);
/* The same with a text that stands elsewhere. */
char *phrase_fill_text(const char *format, const char *const args[static PHRASE_ARGS_MAX]);
