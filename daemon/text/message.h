/* Composed sentences, each in French and in English: verdicts, causes, events, the service's one-line status,
 * durations and local times. Pure but for the time zone, which is the C library's (TZ, /etc/localtime).
 *
 * Texts returned as char * are the caller's to free; const char * are constants. Text of a site that is woven in must
 * be clean already (Observation and Event are). */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/model/event.h"

/* From the values of LC_ALL, LC_MESSAGES and LANG (NULL: unset); the first that is set and not empty decides: fr* is
 * French, all else English. */
Language message_language(const char *lc_all, const char *lc_messages, const char *lang);

/* A state in one or two words, as it follows "is": "up", "en maintenance". */
const char *message_verdict(Verdict verdict, Language language);
/* A path's or channel's state by its stable name (open, impaired, closed, unknown); else a verdict's; else the name. */
const char *message_state(const char *name, Language language);
/* What happened, as a noun phrase that stands alone: "certificate expired". */
const char *message_cause(Cause cause, Language language);

/* Two units at most: "45 s", "12 min", "3 h 20", "2 days", "1 jour 4 h". Negative is "0 s". */
char *message_duration(Nsec span, Language language);
/* "02:14" on the day of `now`, else with the date: "12 janv. 02:14", "Jan 12 02:14"; another year's with the year. "-"
 * for NSEC_UNKNOWN and NSEC_NEVER. */
char *message_time(Nsec at_real, Nsec now_at_real, Language language);

/* The same to the second: for records that follow each other closely. */
char *message_moment(Nsec at_real, Nsec now_at_real, Language language);

/* One sentence for people about an event, names and times within it: the `text` of webhooks, the journal's MESSAGE. */
char *message_event(const Event *event, Language language);

typedef struct MessageTarget {
        const char *id;
        Verdict state;
        Nsec since_at_real;
} MessageTarget;

typedef struct MessagePath {
        const char *id;
        PathState state;
        bool proven;
        Nsec since_at_real;
} MessagePath;

#define MESSAGE_STATUS_PATHS_MAX 3 /* paths named; the rest are counted */
#define MESSAGE_TROUBLE_MAX 200    /* bytes of a trouble that are shown */
#define MESSAGE_STATUS_NAMES_MAX 3 /* targets named for one state; the rest are counted */
/* The service's status line: "refus: closed since 02:14, proven; 7 targets, 1 in maintenance: mes-opposition since
 * 02:14". Worst first; targets that are up are only counted. `trouble` (NULL: none) is a fault of the daemon's own, put
 * first. */
char *message_status(const MessagePath *paths, size_t n_paths, const MessageTarget *targets, size_t n, Nsec now_at_real,
                     const char *trouble, Language language);
/* The same of paths alone; "" without one. */
char *message_paths(const MessagePath *paths, size_t n, Nsec now_at_real, Language language);
