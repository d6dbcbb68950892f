/* What documents are made of: rows, read. A row's texts live until the callback returns. A callback that gives anything
 * but 0 ends the reading, and its result is passed up; it may read other rows, not the same kind again. */
#pragma once

#include "daemon/core/account.h"
#include "daemon/core/path_account.h"
#include "daemon/store/store.h"

/* Which rows, and where a page begins: at the first one below (before_ms, before_id). store_page_all() first. */
typedef struct StorePage {
        const char *target; /* NULL: all */
        SubjectKind kind;   /* incidents and events: of such subjects alone, `target` being their id; 0: all */
        int64_t since_ms, until_ms;
        int64_t before_ms, before_id;
        int64_t limit;
        bool open_only;
} StorePage;
StorePage store_page_all(void);

typedef struct StoreCheckRow {
        int64_t id;
        const char *target;
        Nsec at_real;
        Verdict verdict;
        Cause cause;
        const char *detail;
        int http_status; /* 0: none */
        Nsec duration, dns, connect, tls, ttfb;
        int64_t bytes; /* -1: none */
        const char *remote_ip;
        const Sha256 *body_sha256;
        Nsec certificate_expires_at_real;
        const char *banner_text, *banner_rule;
} StoreCheckRow;

typedef struct StoreTargetRow {
        const char *name;
        const char *kind;
        const char *title_fr, *title_en;
        bool active;
        bool paused;
        Verdict state;
        Cause cause;
        Nsec since_at_real;
        int absent_status; /* what a page that should not exist answered; 0: it was not asked */
        Nsec absent_at_real;
        bool has_check;
        StoreCheckRow check; /* the last one */
} StoreTargetRow;

typedef struct StoreBannerRow {
        int64_t id;
        const char *target, *text, *rule;
        Nsec first_seen_at_real, last_seen_at_real;
        int64_t times;
} StoreBannerRow;

typedef struct StoreNoticeRow {
        int64_t id;
        const char *target, *text;
        Nsec first_seen_at_real, last_seen_at_real;
        int64_t times;
        Nsec from_at_real, until_at_real; /* NSEC_UNKNOWN */
        Nsec gone_at_real;                /* NSEC_UNKNOWN: it stands */
        int64_t incident;                 /* 0: none */
        Nsec incident_opened_at_real, incident_closed_at_real;
} StoreNoticeRow;

typedef struct StoreLineRow {
        Nsec at_real;
        const char *what;
        const char *target; /* of a path's incident: the step that decided; NULL */
        Verdict verdict;
        Cause cause;
        const char *text;
} StoreLineRow;

typedef struct StorePathRow {
        const char *name;
        const char *title_fr, *title_en;
        const char *channels; /* JSON: [{ "id", "title": { "fr", "en" }, "steps": [ids of targets] }] */
        bool active;
        PathStatus status;
} StorePathRow;

typedef struct StoreContentRow {
        int64_t id;
        const char *target;
        ContentStep began;
        Nsec first_seen_at_real, last_seen_at_real;
        const char *missing;
        int64_t words_removed, words_added;
        const char *diff;          /* NULL: the page did not change */
        const Sha256 *text_sha256; /* NULL: it is empty */
} StoreContentRow;

typedef struct StoreDeliveryRow {
        int64_t id;
        const char *notifier, *event_id;
        EventType type; /* of the event; likewise its subject */
        SubjectKind kind;
        const char *subject;
        DeliveryState state;
        Nsec owed_at_real;
        Nsec next_at_real, first_at_real, done_at_real; /* NSEC_UNKNOWN */
        int attempts, http_status;
        const char *error;
        bool has_body;
} StoreDeliveryRow;
typedef int StoreDeliveryFn(void *userdata, const StoreDeliveryRow *row);

typedef int StoreTargetFn(void *userdata, const StoreTargetRow *row);
typedef int StorePathFn(void *userdata, const StorePathRow *row);
typedef int StorePathTransitionFn(void *userdata, const PathTransition *transition);
typedef int StoreGapFn(void *userdata, Nsec from_at_real, Nsec until_at_real, Cause cause);
typedef int StoreCheckFn(void *userdata, const StoreCheckRow *row);
typedef int StoreBannerFn(void *userdata, const StoreBannerRow *row);
typedef int StoreNoticeFn(void *userdata, const StoreNoticeRow *row);
typedef int StoreContentFn(void *userdata, const StoreContentRow *row);
typedef int StoreReportFn(void *userdata, const char *target, const Report *report);
typedef int StoreIncidentFn(void *userdata, const Incident *incident);
typedef int StoreLineFn(void *userdata, const StoreLineRow *row);
typedef int StoreEventFn(void *userdata, int64_t row, const Event *event);

/* In the configuration's order; `name` NULL: all that are active, else that one, active or not. */
mon_must_check int store_each_target(Store *store, const char *name, StoreTargetFn *fn, void *userdata);
/* Paths, likewise. */
mon_must_check int store_each_path(Store *store, const char *name, StorePathFn *fn, void *userdata);
/* Oldest first: those that hold from before until_ms on. */
mon_must_check int store_each_path_transition(Store *store, const char *path, int64_t until_ms,
                                              StorePathTransitionFn *fn, void *userdata);
/* The times in which nobody looked at anything, as far as they touch [from_ms, until_ms); NSEC_NEVER where one lasts.
 */
mon_must_check int store_each_common_gap(Store *store, int64_t from_ms, int64_t until_ms, StoreGapFn *fn,
                                         void *userdata);
mon_must_check int store_path_names(Store *store, char ***ret_names, size_t *ret_n);
/* Every name ever known, sorted. Free each and the array. */
mon_must_check int store_target_names(Store *store, char ***ret_names, size_t *ret_n);

/* Newest first. Checks: page->target is needed. */
mon_must_check int store_each_check(Store *store, const StorePage *page, StoreCheckFn *fn, void *userdata);
mon_must_check int store_each_banner(Store *store, const StorePage *page, StoreBannerFn *fn, void *userdata);
mon_must_check int store_each_notice(Store *store, const StorePage *page, StoreNoticeFn *fn,
                                     void *userdata); /* open_only: those that stand */
mon_must_check int store_each_content(Store *store, const StorePage *page, StoreContentFn *fn, void *userdata);
mon_must_check int store_each_report(Store *store, const StorePage *page, StoreReportFn *fn,
                                     void *userdata); /* by when they were met */
mon_must_check int store_each_incident(Store *store, const StorePage *page, StoreIncidentFn *fn, void *userdata);
mon_must_check int store_each_event(Store *store, const StorePage *page, StoreEventFn *fn, void *userdata);
mon_must_check int store_each_incident_line(Store *store, int64_t incident, StoreLineFn *fn, void *userdata);
/* By when each was owed; `state` 0: all, DELIVERY_PENDING or DELIVERY_FAILED. */
mon_must_check int store_each_delivery(Store *store, const StorePage *page, DeliveryState state, StoreDeliveryFn *fn,
                                       void *userdata);
mon_must_check int store_find_delivery(Store *store, int64_t id, StoreDeliveryFn *fn, void *userdata);

/* Oldest first: what is pending of a notifier; what was owed of an incident's events. */
mon_must_check int store_each_pending(Store *store, const char *notifier, int64_t limit, StoreDeliveryFn *fn,
                                      void *userdata);
mon_must_check int store_each_incident_delivery(Store *store, int64_t incident, StoreDeliveryFn *fn, void *userdata);

/* Oldest first: the checks with ids in (after, upto] that lie in the page's times (and target). */
mon_must_check int store_each_check_written(Store *store, const StorePage *page, int64_t after, int64_t upto,
                                            StoreCheckFn *fn, void *userdata);
mon_must_check int store_check_ids(Store *store, int64_t *ret_first, int64_t *ret_last); /* 0, 0: none */
/* Oldest first by their instants: the checks of page->target above (after_ms, after_id). */
mon_must_check int store_each_check_by_time(Store *store, const StorePage *page, int64_t after_ms, int64_t after_id,
                                            StoreCheckFn *fn, void *userdata);

/* NULL where none was told. To free. */
mon_must_check int store_read_observer(Store *store, char **ret_name, char **ret_contact);

/* The time of one target in [from, until), by rule mond-1. STORE_E_NOT_FOUND: no such target. STORE_E_BOUND: more than
 * checks_max checks (0: no bound). */
mon_must_check int store_account(Store *store, const char *target, int64_t from_ms, int64_t until_ms, int64_t now_ms,
                                 int64_t checks_max, AccountTotals *ret_totals);

/* A run that gave no sign of life for so long has ended. */
#define STORE_ALIVE_SPEAKS_MSEC 120000
/* The time of one path in [from, until). STORE_E_NOT_FOUND: no such path. */
mon_must_check int store_account_path(Store *store, const char *path, int64_t from_ms, int64_t until_ms, int64_t now_ms,
                                      PathTotals *ret_totals);
