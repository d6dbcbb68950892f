/* Whoever is told: the settings that every kind of notifier has. What a kind adds is its driver's `spec`. */
#pragma once

#include "daemon/model/directive.h"
#include "daemon/model/event.h"

#define NOTIFIERS_MAX 64       /* in one configuration */
#define NOTIFIER_EVENTS_MAX 32 /* patterns of one */

/* Spells of the day in which nothing is sent: what still holds at the end is sent then. */
typedef struct QuietHours {
        char *timezone;     /* NULL: there are none */
        char *from, *until; /* "HH:MM", local */
        Nsec at_most;       /* nothing is held back for longer than this after it happened; 0: no limit */
} QuietHours;

struct NotifierDriver;

typedef struct Notifier {
        char *id;
        const struct NotifierDriver *driver; /* its name is the notifier's kind */
        void *spec;                          /* the driver's own settings */
        TextList events;                     /* patterns over event types: "path.*" */
        Nsec remind_every;                   /* 0: never */
        QuietHours quiet;
        Language language;    /* of composed texts: the configuration's */
        uint64_t fingerprint; /* of all settings, secrets too: equal means unchanged */
} Notifier;

/* Whether one of the patterns ("*" any run of characters, else itself) covers the type. */
bool notifier_wants(const Notifier *notifier, EventType type);
