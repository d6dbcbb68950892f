/* Alertmanager kept up to date: it forgets an alert that nobody repeats, and takes the same one as often as it comes.
 * So there is no queue of deliveries for it, but the present state of each subject, sent whole: at once when it
 * changes, and every `resend_every` while something fires. A send that fails is made good by the next one. What has
 * ended is repeated for a while with its end, so that neither a lost request nor a restart leaves an alert standing;
 * and each alert says until when it holds without another word, so that none outlives a mond that is dead. */
#pragma once

#include "daemon/notify/driver.h"

#define ALERTMANAGER_SUBJECTS_MAX 1100               /* paths, targets and the observer itself */
#define ALERTMANAGER_ENDED_SPAN (900 * NSEC_PER_SEC) /* an end is repeated for that long */
#define ALERTMANAGER_HOLDS 4                         /* times `resend_every`: how long an alert holds by itself */
#define ALERTMANAGER_RETRY_SPAN (5 * NSEC_PER_SEC)   /* after a send that failed, where that is sooner */
#define ALERTMANAGER_BODY_MAX (4U << 20)             /* bytes of one request; subjects past it wait for the next */

typedef struct Alertmanager Alertmanager;

/* Each is called on the loop. */
typedef struct AlertmanagerHost {
        void *userdata;
        /* The event's public object. To free. */
        json_t *(*document)(void *userdata, const Event *event);
        /* A silenced subject fires no more: its alert is left to end. NULL: none is silenced. */
        bool (*is_silenced)(void *userdata, const char *subject);
        /* Each send's outcome; NULL: nobody listens. */
        void (*sent)(void *userdata, const Notifier *notifier, const SendOutcome *outcome);
} AlertmanagerHost;

/* The services and the host's userdata outlive it. */
Alertmanager *alertmanager_new(Loop *loop, const AlertmanagerHost *host, const NotifyServices *services);
void alertmanager_free(Alertmanager *alertmanager); /* gives up what is under way */
mon_define_cleanup(Alertmanager, alertmanager_free);

/* The configuration's notifiers from now on, of which those of this format are served. They outlive it, or the next
 * alertmanager_set(). */
void alertmanager_set(Alertmanager *alertmanager, const List *notifiers);

/* An event that tells the state of a subject, or that mond is blind or sees again; any other is left alone. At the
 * start each subject's latest one is given. Failing states that the notifier wants fire; `unknown` changes nothing. */
void alertmanager_take(Alertmanager *alertmanager, const Event *event);
/* The subject is no longer watched: what fires of it ends. */
void alertmanager_forget(Alertmanager *alertmanager, SubjectKind kind, const char *subject);
/* Silences have changed. */
void alertmanager_look(Alertmanager *alertmanager);
