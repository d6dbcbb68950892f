/* What happened, told once: to the journal first, then (from the database) to whoever asked. The type strings are
 * public and the numbers are stored: append only. */
#pragma once

#include "daemon/model/incident.h"
#include "daemon/model/path.h"
#include "daemon/model/target.h"

/* EVENT(number, NAME, "type", "MESSAGE_ID": 128 random bits in hex, for the journal's catalog) */
#define EVENTS(EVENT)                                                                                                  \
        EVENT(1, TARGET_UP, "target.up", "4df873a59952e3ea59fadf464134a7ef")                                           \
        EVENT(2, TARGET_DEGRADED, "target.degraded", "fd0b7529b9cfba1807d8c7d36fac3a65")                               \
        EVENT(3, TARGET_MAINTENANCE, "target.maintenance", "ba070623c2483301a5ffc72861efc3ae")                         \
        EVENT(4, TARGET_DOWN, "target.down", "b2c9cb5b5d5535388cc168a4f46376ab")                                       \
        EVENT(5, TARGET_BLOCKED, "target.blocked", "8785eec2b9a1a7023a09d8d9128c53c7")                                 \
        EVENT(6, TARGET_UNREADABLE, "target.unreadable", "6d557eac9b023f5a71296a7dcea658c2")                           \
        EVENT(7, TARGET_UNKNOWN, "target.unknown", "ac6f8341fa514772487a0ed52b0322c8")                                 \
        EVENT(8, BANNER_SEEN, "banner.seen", "92754881f6fa6e975b05f698d61289cb")                                       \
        EVENT(9, BANNER_CHANGED, "banner.changed", "90b74cad84e3ec98d1778dd045467c7d")                                 \
        EVENT(10, BANNER_GONE, "banner.gone", "6e3ec2d55f3f43c041bbdb0d6b5659ca")                                      \
        EVENT(11, NOTICE_ANNOUNCED, "notice.announced", "fbf6d3959fbec74a212e7d3a3b0aae0e")                            \
        EVENT(12, OBSERVER_BLIND, "observer.blind", "9d516696c0047e31b7166594165f812c")                                \
        EVENT(13, OBSERVER_BACK, "observer.back", "771b6e184ef5efbaacf70a0f4b1dc946")                                  \
        EVENT(14, CERTIFICATE_EXPIRING, "certificate.expiring", "6890e339913683e6018193dfd79dc968")                    \
        EVENT(15, CONTENT_CHANGED, "content.changed", "150a9444af1f7bceadcc85aa72ef4098")                              \
        EVENT(16, PATH_OPEN, "path.open", "251d44e4f30dd0b0017aa30ce3dc0081")                                          \
        EVENT(17, PATH_IMPAIRED, "path.impaired", "75aa81c339e512e301bb67fcf7fd16a0")                                  \
        EVENT(18, PATH_CLOSED, "path.closed", "e300876c32806b14758812ed57ff3946")                                      \
        EVENT(19, PATH_UNKNOWN, "path.unknown", "7188140651ef200dc6426f7c1fa4d9e1")                                    \
        EVENT(20, INCIDENT_REMINDER, "incident.reminder", "a502479b30915a58523c33bdff87bb87")                          \
        EVENT(21, DELIVERY_FAILED, "delivery.failed", "1ad27a14b0f61131aa7b5df4c4c7c114")                              \
        EVENT(22, NOTIFIER_TEST, "notifier.test", "063cf379cb9502faa2ade9e64b9d8587")                                  \
        EVENT(23, TARGET_UNSTABLE, "target.unstable", "7e29f926e193e6d1bdad90d841fbc8c3")                              \
        EVENT(24, PATH_UNSTABLE, "path.unstable", "ba067a0db826d046461222bc2796f336")                                  \
        EVENT(25, CERTIFICATE_CHANGED, "certificate.changed", "dee0f0daef0a55e984cdcbddf85d521a")

typedef enum EventType {
#define EVENT(number, name, text, message_id) EVENT_##name = (number),
        EVENTS(EVENT)
#undef EVENT
} EventType;
#define EVENT_MAX EVENT_CERTIFICATE_CHANGED

#define EVENT_ID_MAX 40 /* "evt_" and 32 hex digits */

typedef struct Event {
        char id[EVENT_ID_MAX]; /* the same at each attempt to deliver it */
        EventType type;
        Nsec at_real;          /* when it was decided */
        Nsec observed_at_real; /* the start of the check that showed it */
        SubjectKind kind;
        char *subject; /* the id of the target, path or notifier; "mond" for the observer */
        Title title;
        Nsec notice_from_at_real, notice_until_at_real; /* of an announced maintenance; NSEC_UNKNOWN */
        Verdict from, to;                               /* 0 where the type has no states */
        PathState path_from, path_to;                   /* 0 unless it is about a path's state */
        bool proven;                                    /* a path: every channel is known to fail */
        char *unknown; /* a path: the ids of the channels nobody knows of, a space between; NULL: none */
        char *reason;  /* a path: the target whose change decided; NULL */
        Nsec since_at_real;
        int changes;     /* of state lately, where the subject is unstable; 0 */
        Verdict verdict; /* the deciding check's; 0: there was none */
        Cause cause;     /* likewise */
        char *detail;
        int http_status;
        char *banner;
        char *url;
        char *diff;                                            /* of a watched text, as worddiff.h writes it; NULL */
        int64_t words_removed, words_added;                    /* likewise */
        int64_t incident;                                      /* 0: none */
        Nsec incident_opened_at_real, incident_closed_at_real; /* NSEC_UNKNOWN */
} Event;

const char *event_type_name(EventType type);
const char *event_message_id(EventType type);
bool event_type_from_name(const char *name, EventType *ret_type);
/* target.up … target.unknown for a verdict. */
EventType event_type_of_state(Verdict state);
/* path.open … path.unknown. */
EventType event_type_of_path(PathState state);
/* The ones that tell a subject's state: target.up … target.unknown, path.open … path.unknown. */
bool event_type_is_state(EventType type);
void event_copy(Event *to, const Event *from); /* `to` is zeroed or an event */
/* With mon_ before them, since libevent's own functions have the bare names and would be replaced at the link. */
Event *mon_event_new(EventType type, Nsec at_real);
void mon_event_free(Event *event);
mon_define_cleanup(Event, mon_event_free);
