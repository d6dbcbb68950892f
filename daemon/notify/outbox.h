/* Who is owed which event, and its way out: told states, silences, quiet hours, reminders, queues, attempts.
 *
 * What is owed is decided when an event is named (outbox_take), in memory, by core/telling.h; it is written in the same
 * transaction as the event (outbox_write). Bodies are composed at the first attempt and stored before they go out:
 * nothing is sent but from outbox_written(), or from outbox_refused() while the database refuses. A crash at any
 * instant leaves each delivery either not yet owed together with its event, or pending.
 *
 * Deliveries of one subject go to one notifier strictly in the order in which they were owed; different subjects and
 * different notifiers do not wait for each other. Memory is bounded: of what is pending, each notifier holds a window,
 * and the rest stays in the database until there is room. */
#pragma once

#include "config/config.h"
#include "daemon/base/loop.h"
#include "daemon/core/telling.h"
#include "daemon/notify/driver.h"
#include "daemon/store/store.h"

#define OUTBOX_WINDOW_MAX 256        /* pending deliveries that one notifier holds in memory */
#define OUTBOX_UNWRITTEN_MAX 1024    /* more of one notifier while the database refuses; past that states wait untold */
#define OUTBOX_AT_ONCE_MAX 4         /* attempts under way at a time, to one notifier */
#define OUTBOX_BODIES_MAX (8U << 20) /* bytes of bodies in memory, in all; past that no further attempt begins */
#define OUTBOX_SILENCES_MAX 256      /* in force at a time */
#define OUTBOX_REASON_MAX 500        /* bytes of a silence's reason */
#define OUTBOX_LOOK_EVERY (3600 * NSEC_PER_SEC) /* what waits for wall time is looked at this often at least */

enum {
        OUTBOX_E_UNKNOWN = 1,  /* no such notifier, silence or delivery */
        OUTBOX_E_FULL = 2,     /* OUTBOX_SILENCES_MAX */
        OUTBOX_E_DISABLED = 3, /* the notifier is disabled: to be enabled first */
        OUTBOX_E_STATE = 4,    /* not in a state in which this can be done (a delivery that did not fail) */
};

typedef struct Outbox Outbox;

/* Each function is called on the loop. */
typedef struct OutboxHost {
        void *userdata;
        /* The database to read; NULL: there is none now. */
        Store *(*store)(void *userdata);
        /* Something is to be written: at the end of this tick, or when the database takes writes again. */
        void (*commit)(void *userdata);
        /* An event of the outbox's own, to be named, recorded and given back to outbox_take(). Takes it. */
        void (*event)(void *userdata, Event *event);
        /* The event's public object. To free. */
        json_t *(*document)(void *userdata, const Event *event);
        /* The target's changes of state lately if it flaps; 0: it does not. */
        int (*changes)(void *userdata, const char *target);
        /* For whoever follows states without being owed anything (alertmanager.h); each may be NULL. A subject's latest
         * state as the database has it, when it is first known of; a subject that is not watched any more; silences
         * have begun or ended. */
        void (*known)(void *userdata, const Event *event);
        void (*forgotten)(void *userdata, SubjectKind kind, const char *subject);
        void (*silences)(void *userdata);
        /* NULL: nobody watches what becomes of deliveries. */
        void (*tried)(void *userdata, const Notifier *notifier, const char *event_id, const SendOutcome *outcome);
} OutboxHost;

/* The services outlive it. Reads silences and what notifiers were told with outbox_set(). */
mon_must_check int outbox_new(Loop *loop, const OutboxHost *host, const NotifyServices *services, Outbox **ret_outbox);
/* Nothing more is sent; what came of it may still be written. An attempt under way is made again at the next start. */
void outbox_stop(Outbox *outbox);
void outbox_free(Outbox *outbox); /* gives up the attempts under way */
mon_define_cleanup(Outbox, outbox_free);

/* The configuration's notifiers from now on. Unchanged ones (by fingerprint) keep queues, timers and attempts: their
 * Notifier moves from `old` into `config`. New and edited ones are armed anew: what they were told is forgotten, and
 * they hear of what fails now. Those that are gone give up what they are owed, and one that is fed by other ways
 * (notifier_is_fed) is owed tests alone. `old` NULL at the start. */
void outbox_set(Outbox *outbox, Config *config, Config *old);

/* An event that has its id: whom it is owed to. */
void outbox_take(Outbox *outbox, const Event *event);
/* The target flaps no more: what it and the paths that it decides came to is told. */
void outbox_calm(Outbox *outbox, const char *target);

bool outbox_must_be_durable(const Outbox *outbox);             /* something new is owed in it */
mon_must_check int outbox_write(Outbox *outbox, Store *store); /* in the open transaction, after the events */
void outbox_written(Outbox *outbox);                           /* that transaction is committed */
void outbox_refused(Outbox *outbox);                           /* the database refuses: sent from memory */
void outbox_restate(Outbox *outbox);                           /* the database is a fresh one: all is written again */

/* --- what people ask for */

typedef struct OutboxSilence {
        int64_t id;
        char *subject; /* "all", "mond", or the id of a target or path */
        char *reason;
        Nsec from_at_real, until_at_real;
} OutboxSilence;

mon_must_check int outbox_silence(Outbox *outbox, const char *subject, Nsec until_at_real, const char *reason,
                                  int64_t *ret_id);
mon_must_check int outbox_unsilence(Outbox *outbox, int64_t id);
bool outbox_is_silenced(const Outbox *outbox, const char *subject);
size_t outbox_silences(const Outbox *outbox); /* in force, oldest first */
const OutboxSilence *outbox_silence_at(const Outbox *outbox, size_t index);

/* Sends a notifier.test; OutboxHost.tried hears what came of it under the id. */
mon_must_check int outbox_test(Outbox *outbox, const char *notifier, char ret_event_id[static EVENT_ID_MAX]);
mon_must_check int outbox_enable(Outbox *outbox, const char *notifier);
/* A failed delivery (its row's id) is owed again, under the same id and with the same body. */
mon_must_check int outbox_retry(Outbox *outbox, int64_t delivery);

/* --- how it is doing */

typedef struct OutboxNotifierHealth {
        const Notifier *notifier;
        const char *disabled;       /* why; NULL: it is not */
        Nsec failing_since_at_real; /* no attempt succeeded since; NSEC_UNKNOWN: the last one did, or none was made */
        const char *error;          /* of the last attempt; NULL */
        size_t pending;             /* in memory */
} OutboxNotifierHealth;

size_t outbox_notifiers(const Outbox *outbox);
void outbox_health(const Outbox *outbox, size_t index, OutboxNotifierHealth *ret_health);
size_t outbox_pending(const Outbox *outbox); /* in memory, of all */
