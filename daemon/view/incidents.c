#include "daemon/view/view.h"

#include "daemon/view/shape.h"

typedef struct Listing {
        Store *store;
        const ViewLive *live;
        int64_t checks_max;
        ShapePage page;
} Listing;

/* Of a path's: in which it was known. */
static int observed_of_path(Store *store, const ViewLive *live, const Incident *incident, int64_t end_ms,
                            json_t **ret_value) {
        PathTotals totals = {0};

        int r = store_account_path(store, incident->subject, shape_msec(incident->opened_at_real), end_ms,
                                   shape_msec(live->now_at_real), &totals);
        if (r < 0)
                return r;
        *ret_value = r == 0 ? json_seconds(path_account_total_ms(&totals) - totals.ms[PATH_UNKNOWN]) : json_null();
        return 0;
}

/* The part of the incident in which somebody looked. */
static int observed(Store *store, const ViewLive *live, const Incident *incident, int64_t end_ms, int64_t checks_max,
                    json_t **ret_value) {
        AccountTotals totals;

        if (incident->kind == SUBJECT_PATH)
                return observed_of_path(store, live, incident, end_ms, ret_value);
        int r = store_account(store, incident->subject, shape_msec(incident->opened_at_real), end_ms,
                              shape_msec(live->now_at_real), checks_max, &totals);
        if (r < 0)
                return r;
        *ret_value = r == 0 ? json_seconds(account_observed_ms(&totals)) : json_null();
        return 0;
}

/* A path's incident is its time `closed`; how its steps failed is in `cause` and in the timeline. */
static void set_states(json_t *document, const Incident *incident) {
        bool is_path = incident->kind == SUBJECT_PATH;

        json_set(document, "state", is_path ? json_text(path_state_name(PATH_CLOSED)) : shape_verdict(incident->state));
        json_set(document, "worst", is_path ? json_text(path_state_name(PATH_CLOSED)) : shape_verdict(incident->worst));
        json_set(document, "cause", shape_cause(incident->cause));
}

static int shape_incident(Store *store, const ViewLive *live, const Incident *incident, int64_t checks_max,
                          json_t **ret_document) {
        mon_auto_json *document = json_object();
        bool is_open = incident->closed_at_real == NSEC_UNKNOWN;
        int64_t opened_ms = shape_msec(incident->opened_at_real);
        int64_t end_ms = shape_msec(is_open ? live->now_at_real : incident->closed_at_real);
        json_t *observed_s = NULL;

        if (end_ms < opened_ms)
                end_ms = opened_ms;
        json_set(document, "id", json_integer(incident->id));
        json_set(document, "kind", json_text(subject_kind_name(incident->kind)));
        json_set(document, "subject", json_text(incident->subject));
        set_states(document, incident);
        json_set(document, "opened_at", json_time(incident->opened_at_real));
        json_set(document, "confirmed_at", json_time(incident->confirmed_at_real));
        json_set(document, "closed_at", json_time(incident->closed_at_real));
        json_set(document, "duration_s", json_seconds(end_ms - opened_ms));
        int r = observed(store, live, incident, end_ms, checks_max, &observed_s);
        if (r < 0)
                return r;
        json_set(document, "observed_s", observed_s);
        json_set(document, "banner", shape_banner(incident->banner_text, incident->banner_rule));
        *ret_document = mon_steal(&document);
        return 0;
}

static int add_incident(void *userdata, const Incident *incident) {
        Listing *listing = userdata;
        json_t *row = NULL;

        if (!shape_takes(&listing->page, incident->opened_at_real, incident->id))
                return SHAPE_FULL;
        int r = shape_incident(listing->store, listing->live, incident, listing->checks_max, &row);
        if (r == 0)
                json_add(listing->page.rows, row);
        return r;
}

int shape_incidents(Store *store, const ViewLive *live, const ViewFilter *filter, int64_t checks_max,
                    ViewPage *ret_page) {
        Listing listing = {.store = store, .live = live, .checks_max = checks_max};
        StorePage from;

        int r = shape_begin(filter, &from, &listing.page);
        if (r != 0)
                return r;
        return shape_end(&listing.page, store_each_incident(store, &from, add_incident, &listing), ret_page);
}

int view_incidents(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page) {
        return shape_incidents(store, live, filter, VIEW_OBSERVED_CHECKS_MAX, ret_page);
}

static int add_line(void *userdata, const StoreLineRow *row) {
        json_t *line = json_object();

        json_set(line, "at", json_time(row->at_real));
        json_set(line, "what", json_text(row->what));
        if (row->target)
                json_set(line, "target", json_text(row->target));
        json_set(line, "verdict", shape_verdict(row->verdict));
        json_set(line, "cause", shape_cause(row->cause));
        json_set(line, "text", json_text(row->text));
        json_add(userdata, line);
        return 0;
}

int view_incident(Store *store, const ViewLive *live, int64_t id, json_t **ret_document) {
        mon_cleanup(incident_fini) Incident incident = {0};
        mon_auto_json *document = NULL;
        json_t *timeline, *notifications = NULL;

        int r = store_load_incident(store, id, &incident);
        if (r != 0)
                return r == STORE_E_NOT_FOUND ? VIEW_E_NOT_FOUND : r;
        r = shape_incident(store, live, &incident, 0, &document);
        if (r < 0)
                return r;
        timeline = json_array();
        json_set(document, "timeline", timeline);
        r = store_each_incident_line(store, id, add_line, timeline);
        if (r == 0)
                r = shape_incident_deliveries(store, id, &notifications);
        if (r < 0)
                return r;
        json_set(document, "notifications", notifications);
        *ret_document = mon_steal(&document);
        return 0;
}
