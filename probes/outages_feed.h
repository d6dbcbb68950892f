/* A feed of outages that a site publishes as JSON, read: which one is in force, which one comes next. Pure.
 *
 * Nothing is guessed: a feed of which one part that matters cannot be read is not read at all, since "no outage" would
 * then be a claim that nobody made. */
#pragma once

#include "daemon/base/json.h"
#include "daemon/model/directive.h"
#include "daemon/model/observation.h"

#define OUTAGES_BODY_MAX JSON_TEXT_MAX
#define OUTAGES_ITEMS_MAX 2000                      /* outages in one feed */
#define OUTAGES_DEPTH_MAX 64                        /* open lists and objects */
#define OUTAGES_SLIP_MAX (7 * 86400 * NSEC_PER_SEC) /* an outage that ends before it begins is past after that */
#define OUTAGES_TEXT_MAX OBSERVATION_BANNER_MAX

/* Where what stands: JSON Pointers (RFC 6901), the first from the document's root, the others from one item. Borrowed.
 */
typedef struct OutagesFields {
        const char *items; /* the array; "" is the document itself */
        const char *from;
        const char *until; /* NULL: every outage is open-ended */
        const char *text;
        const char *only_at; /* NULL: every item counts */
        const TextList *only_is;
} OutagesFields;

typedef struct OutagesReading {
        bool in_force;              /* begun and not ended; the one that began first where there are several */
        bool to_come;               /* the one that begins first */
        Announcement present, next; /* `until` NSEC_UNKNOWN is open-ended; their texts are the reading's */
} OutagesReading;

void outages_reading_fini(OutagesReading *reading);

enum { OUTAGES_E_UNREADABLE = 1 };

/* OUTAGES_E_UNREADABLE with the reason (one sentence, to free) when bytes, pointers, types, dates or bounds do not
 * hold. An item without words speaks by its own JSON. Texts are clean, and cut at OUTAGES_TEXT_MAX. */
mon_must_check int outages_read(const char *bytes, size_t n, const OutagesFields *fields, Nsec now_at_real,
                                OutagesReading *ret_reading, char **ret_why);

/* A date as sites write it: 2026-01-20, 2026-01-20T02:00[:00[.0]] or with a space, 20/01/2026 [02:00[:00]], each with
 * or without Z or an offset, or seconds since 1970. Without an offset it is Paris' own time. A bare day is its first
 * instant, or as an end the one after its last. */
bool outages_read_date(const char *text, bool is_end, Nsec *ret_at_real);

/* NULL, or the mistake in one sentence, to free. */
char *outages_check_pointer(const char *text);
/* What the pointer leads to (borrowed), NULL: nothing. */
const json_t *outages_find(const json_t *from, const char *pointer);
