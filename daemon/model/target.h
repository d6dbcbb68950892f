/* What is watched: the settings that every kind of target has. What a kind adds is its driver's `spec`. */
#pragma once

#include "daemon/base/alloc.h"
#include "daemon/base/clock.h"
#include "daemon/model/directive.h"

#define TARGET_ID_MAX 64 /* bytes of an id: letters, digits, '-', '_', '.' */
#define TARGETS_MAX 1000 /* targets in one configuration */
#define TARGET_INTERVAL_MIN (1 * NSEC_PER_SEC)
#define TARGET_INTERVAL_REMOTE_MIN (30 * NSEC_PER_SEC) /* for hosts that are not on this machine */

typedef enum Language {
        LANGUAGE_FR = 0,
        LANGUAGE_EN = 1,
} Language;
#define LANGUAGE_COUNT 2

/* A text in both languages; where the user gave one, both are that one. */
typedef struct Title {
        char *in[LANGUAGE_COUNT];
} Title;

void title_fini(Title *title);
void title_copy(Title *to, const Title *from);

typedef enum IpFamily {
        IP_ANY = 0,
        IP_4 = 4,
        IP_6 = 6,
} IpFamily;

typedef struct Confirm {
        int fail; /* failing checks in a row that make a target fail */
        int pass; /* passing ones that restore it */
        Nsec retry_interval;
} Confirm;

struct ProbeDriver;
struct Hours; /* core/hours.h */

typedef struct Target {
        char *id;
        Title title;
        const struct ProbeDriver *driver; /* its name is the target's kind */
        void *spec;                       /* the driver's own settings, of driver->spec_size bytes */
        char *host;                       /* whom it asks, for the limit per host; NULL: nobody */
        bool host_is_local;               /* one of this machine's own addresses or names */
        Nsec interval;
        Nsec timeout;
        Confirm confirm;
        IpFamily ip;
        bool paused;
        struct Hours *hours;  /* outside them it is neither looked at nor counted; NULL: always open */
        char *hours_timezone; /* as they were written; NULL without them */
        TextList hours_open;  /* likewise */
        uint64_t fingerprint; /* of all settings above and the spec: equal means unchanged at a reload */
} Target;

/* How long one check speaks for the time after it (rule mond-1). */
static inline Nsec target_speaks_for(const Target *target) {
        return 2 * target->interval + target->timeout;
}
