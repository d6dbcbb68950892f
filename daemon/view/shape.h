/* Inside the views: the pieces that several documents are made of. */
#pragma once

#include "daemon/store/rows.h"
#include "daemon/view/view.h"

json_t *shape_title(const char *fr, const char *en, const char *fallback);
json_t *shape_observer(const char *name, const char *contact);
json_t *shape_banner(const char *text, const char *rule);            /* null without a text */
json_t *shape_verdict(Verdict verdict);                              /* null for 0 */
json_t *shape_cause(Cause cause);                                    /* likewise */
void shape_set_last_check(json_t *object, const StoreCheckRow *row); /* at … banner */
void shape_set_phases(json_t *object, const StoreCheckRow *row);     /* dns_ms … ttfb_ms */
json_t *shape_history(const StoreCheckRow *row);

/* A page under way: one row more than it shows is read, to know whether there is another. */
typedef struct ShapePage {
        json_t *rows;
        int64_t limit, n;
        int64_t last_ms, last_id; /* of the last row shown */
        bool more;
} ShapePage;

/* VIEW_E_CURSOR. `ret_from` borrows the filter's texts. */
mon_must_check int shape_begin(const ViewFilter *filter, StorePage *ret_from, ShapePage *ret_page);
/* False when the page is full: the row is not shown, and the reading may end. */
bool shape_takes(ShapePage *page, Nsec at_real, int64_t id);
/* Hands the rows over on success; frees them otherwise, and passes the result on. */
mon_must_check int shape_end(ShapePage *page, int result, ViewPage *ret_page);
enum { SHAPE_FULL = 100 }; /* a callback's result: not a failure */

/* paths.c: the paths, or the named one (VIEW_E_NOT_FOUND), with the states of their channels. */
mon_must_check int shape_paths(Store *store, const char *name, json_t **ret_rows);

/* VIEW_E_NOT_FOUND for a name the store never heard of: one without rows is an empty list. */
mon_must_check int shape_need_target(Store *store, const char *name);

/* The notice of one target that stands and is still to come, { text, from, until } or null. */
mon_must_check int shape_pending_notice(Store *store, const ViewLive *live, const char *target, json_t **ret_notice);

/* The list of incidents, `observed_s` null where there are more than checks_max checks. */
mon_must_check int shape_incidents(Store *store, const ViewLive *live, const ViewFilter *filter, int64_t checks_max,
                                   ViewPage *ret_page);

/* How the reports in force of a target agree: { in_force, agree, disagree }. */
mon_must_check int shape_tally(Store *store, const ViewLive *live, const char *target, json_t **ret_tally);
json_t *shape_delivery(const StoreDeliveryRow *row);
/* What was sent of an incident's events, and to whom; oldest first. */
mon_must_check int shape_incident_deliveries(Store *store, int64_t incident, json_t **ret_list);

int64_t shape_msec(Nsec at_real);
