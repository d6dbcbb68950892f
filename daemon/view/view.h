/* Documents from rows: what the API serves and what `monctl --db` prints are made by the same functions. The shapes are
 * public (docs: JSON of monctl); keys may be added, never renamed.
 *
 * All read the store and change nothing. Lists are newest first. Every function gives 0, a negative errno of the store,
 * or one of VIEW_E_*; documents are new references. */
#pragma once

#include "daemon/base/json.h"
#include "daemon/model/event.h"
#include "daemon/model/observation.h"
#include "daemon/store/store.h"

#define VIEW_LIMIT_FALLBACK 100
#define VIEW_LIMIT_MAX 10000
#define VIEW_CURSOR_MAX 48 /* bytes */
/* An incident of more checks than this shows `observed_s` in its own document only, so that the cost of a list has a
 * bound; in `status`, which is asked all the time, the bound is lower. */
#define VIEW_OBSERVED_CHECKS_MAX 10000
#define VIEW_STATUS_CHECKS_MAX 1000

enum {
        VIEW_E_NOT_FOUND = 1, /* no such target, incident */
        VIEW_E_CURSOR = 2,    /* not a cursor that a page of this list gave */
        VIEW_E_END = 3,       /* of an export: all is written */
};

/* What only a running daemon knows. Without one (`--db`): next_check_at is NULL, the observer comes from the store. */
typedef struct ViewLive {
        Nsec now_at_real;          /* required: it dates the document and ends what is still open */
        const char *observer_name; /* NULL: as stored */
        const char *observer_contact;
        /* NSEC_UNKNOWN: no look is planned. NULL: nobody knows. */
        Nsec (*next_check_at_real)(void *userdata, const char *target);
        void *userdata;
} ViewLive;

/* Which rows. Zeroed is: all targets, any time, the first VIEW_LIMIT_FALLBACK. */
typedef struct ViewFilter {
        const char *target;             /* NULL: all */
        const char *path;               /* incidents and events of one path; NULL: all */
        bool open_only;                 /* incidents: those not closed */
        bool failed_only, pending_only; /* deliveries */
        bool has_since, has_until;
        Nsec since_at_real;
        Nsec until_at_real; /* not included */
        int64_t limit;      /* 0: VIEW_LIMIT_FALLBACK; cut to VIEW_LIMIT_MAX */
        const char *cursor; /* NULL: the first page */
} ViewFilter;

/* A page: the array, and where the next one begins. */
typedef struct ViewPage {
        json_t *rows;
        char cursor[VIEW_CURSOR_MAX]; /* "": this was the last page */
} ViewPage;

/* --- status.c --------------------------------------------------------------------------------------------------- */

/* `subject` names one target, or a path, which comes with the targets that are its steps; NULL is all that the
 * configuration has. */
mon_must_check int view_status(Store *store, const ViewLive *live, const char *subject, json_t **ret_document);
mon_must_check int view_targets(Store *store, const ViewLive *live, json_t **ret_document);
/* One of `check --json`, from a look that is just over. */
json_t *view_check_result(const char *target, const Observation *observation);
/* Every id the store knows of targets, and of paths, for "did you mean": free each and the array. */
mon_must_check int view_target_ids(Store *store, char ***ret_ids, size_t *ret_n);
mon_must_check int view_path_ids(Store *store, char ***ret_ids, size_t *ret_n);
/* Both. */
mon_must_check int view_subject_ids(Store *store, char ***ret_ids, size_t *ret_n);

typedef struct ViewProblem {
        const char *code; /* stable word: store_full, local_network, … */
        const char *text; /* one sentence for people */
        Nsec since_at_real;
} ViewProblem;
/* `status` is "ok" without a problem, else "unhealthy". */
json_t *view_health(const ViewProblem *problems, size_t n);

/* --- history.c -------------------------------------------------------------------------------------------------- */

mon_must_check int view_history(Store *store, const ViewFilter *filter,
                                ViewPage *ret_page); /* filter->target is needed */
mon_must_check int view_banners(Store *store, const ViewFilter *filter, ViewPage *ret_page);
/* The versions of what targets watch, by when each began. */
mon_must_check int view_content(Store *store, const ViewFilter *filter, ViewPage *ret_page);

/* --- uptime.c --------------------------------------------------------------------------------------------------- */

/* `subjects`: targets and paths; NULL: all that the configuration has. The period is [since, until), by default the 90
 * days before now. */
mon_must_check int view_uptime(Store *store, const ViewLive *live, const ViewFilter *filter,
                               const char *const *subjects, size_t n, json_t **ret_document);

/* --- incidents.c ------------------------------------------------------------------------------------------------ */

/* Incidents of which some instant lies in [since, until). */
mon_must_check int view_incidents(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page);
mon_must_check int view_incident(Store *store, const ViewLive *live, int64_t id, json_t **ret_document);

/* --- notices.c -------------------------------------------------------------------------------------------------- */

/* What was announced, and what happened of it. */
mon_must_check int view_notices(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page);

/* --- reports.c -------------------------------------------------------------------------------------------------- */

/* What people reported, by when they met it. */
mon_must_check int view_reports(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page);
json_t *view_report(const char *target, const Report *report, Nsec now_at_real);

/* --- deliveries.c ------------------------------------------------------------------------------------------------ */

/* What was sent, and what is owed. */
mon_must_check int view_deliveries(Store *store, const ViewFilter *filter, ViewPage *ret_page);
/* Those in force. */
mon_must_check int view_silences(Store *store, const ViewLive *live, json_t **ret_document);

/* --- events.c --------------------------------------------------------------------------------------------------- */

mon_must_check int view_events(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page);
/* One event as webhooks, the stream and the list show it. The observer's name and contact may be NULL. */
json_t *view_event(const Event *event, const char *observer_name, const char *observer_contact);

/* --- export.c --------------------------------------------------------------------------------------------------- */

typedef enum ViewFormat {
        VIEW_CSV = 1,         /* RFC 4180, formulas defused */
        VIEW_JSON = 2,        /* one array */
        VIEW_OPENMETRICS = 3, /* OpenMetrics 1.0 text, with time stamps */
} ViewFormat;

/* The checks, oldest first, in pieces: no read transaction stays open between two of them, so a slow reader holds up
 * neither the loop nor the database. */
typedef struct ViewExport ViewExport;
#define VIEW_EXPORT_STEP_ROWS 256       /* at most, a step */
#define VIEW_EXPORT_STEP_MAX (1U << 20) /* bytes a step needs room for, at most */

bool view_format_from_name(const char *name, ViewFormat *ret_format);
const char *view_format_type(ViewFormat format); /* its media type */
/* filter: target, since, until. The store outlives it. */
mon_must_check int view_export_new(Store *store, ViewFormat format, const ViewFilter *filter, ViewExport **ret_export);
/* Appends the next piece, which may be empty; VIEW_E_END when all has been given. */
mon_must_check int view_export_step(ViewExport *export, Buf *to);
void view_export_free(ViewExport *export);
mon_define_cleanup(ViewExport, view_export_free);
