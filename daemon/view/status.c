#include "daemon/view/view.h"

#include "daemon/base/text.h"
#include "daemon/view/shape.h"

typedef struct Listing {
        Store *store;
        const ViewLive *live;
        json_t *rows;
} Listing;

static json_t *next_check(const ViewLive *live, const StoreTargetRow *row) {
        if (!live->next_check_at_real || row->paused || !row->active)
                return json_null();
        return json_time(live->next_check_at_real(live->userdata, row->name));
}

static json_t *absent_page(const StoreTargetRow *row) {
        if (row->absent_status == 0)
                return json_null();
        json_t *page = json_object();
        json_set(page, "at", json_time(row->absent_at_real));
        json_set(page, "http_status", json_integer(row->absent_status));
        json_set(page, "answers", json_yes(row->absent_status == 200));
        return page;
}

static int add_target(void *userdata, const StoreTargetRow *row) {
        Listing *listing = userdata;
        json_t *target = json_object(), *last_check = json_null(), *notice = NULL, *tally = NULL;

        int r = shape_pending_notice(listing->store, listing->live, row->name, &notice);
        if (r == 0 && text_is(row->kind, "report"))
                r = shape_tally(listing->store, listing->live, row->name, &tally);
        if (r < 0) {
                json_decref(target);
                json_decref(notice);
                return r;
        }

        if (row->has_check) {
                last_check = json_object();
                shape_set_last_check(last_check, &row->check);
        }
        json_set(target, "id", json_text(row->name));
        json_set(target, "title", shape_title(row->title_fr, row->title_en, row->name));
        json_set(target, "kind", json_text(row->kind));
        json_set(target, "state", json_text(verdict_name(row->state)));
        json_set(target, "cause", shape_cause(row->cause));
        json_set(target, "since", json_time(row->since_at_real));
        json_set(target, "paused", json_yes(row->paused));
        json_set(target, "next_check_at", next_check(listing->live, row));
        json_set(target, "last_check", last_check);
        json_set(target, "absent_page", absent_page(row));
        json_set(target, "notice", notice);
        if (tally)
                json_set(target, "reports", tally);
        json_add(listing->rows, target);
        return 0;
}

static int list_targets(Store *store, const ViewLive *live, const char *name, json_t **ret_rows) {
        mon_auto_json *rows = json_array();
        Listing listing = {.store = store, .live = live, .rows = rows};

        int r = store_each_target(store, name, add_target, &listing);
        if (r == 0 && name && json_array_size(rows) == 0)
                r = VIEW_E_NOT_FOUND;
        if (r != 0)
                return r;
        *ret_rows = mon_steal(&rows);
        return 0;
}

int view_targets(Store *store, const ViewLive *live, json_t **ret_document) {
        return list_targets(store, live, NULL, ret_document);
}

static int observer(Store *store, const ViewLive *live, json_t **ret_observer) {
        mon_auto_free char *name = NULL;
        mon_auto_free char *contact = NULL;

        int r = live->observer_name ? 0 : store_read_observer(store, &name, &contact);
        if (r < 0)
                return r;
        *ret_observer = shape_observer(live->observer_name ? live->observer_name : name,
                                       live->observer_name ? live->observer_contact : contact);
        return 0;
}

static bool is_step(const json_t *path, const char *target) {
        size_t i, j;
        json_t *channel, *step;

        json_array_foreach (json_object_get(path, "channels"), i, channel)
                json_array_foreach (json_object_get(channel, "steps"), j, step)
                        if (text_is(json_string_value(step), target))
                                return true;
        return false;
}

/* Of all targets those that are steps of the path. */
static int list_steps(Store *store, const ViewLive *live, const json_t *path, json_t **ret_rows) {
        mon_auto_json *all = NULL, *steps = json_array();
        size_t i;
        json_t *target;

        int r = list_targets(store, live, NULL, &all);
        if (r != 0)
                return r;
        json_array_foreach (all, i, target)
                if (is_step(path, json_get_text(target, "id", "")))
                        json_add(steps, json_incref(target));
        *ret_rows = mon_steal(&steps);
        return 0;
}

/* A target has precedence: the two never stand in one configuration under one id. */
static int list_subject(Store *store, const ViewLive *live, const char *subject, json_t **ret_paths,
                        json_t **ret_targets) {
        mon_auto_json *paths = NULL;

        int r = list_targets(store, live, subject, ret_targets);
        if (r == 0)
                *ret_paths = json_array();
        if (r != VIEW_E_NOT_FOUND)
                return r;
        r = shape_paths(store, subject, &paths);
        if (r == 0)
                r = list_steps(store, live, json_array_get(paths, 0), ret_targets);
        if (r == 0)
                *ret_paths = mon_steal(&paths);
        return r;
}

static int list_all(Store *store, const ViewLive *live, json_t **ret_paths, json_t **ret_targets) {
        mon_auto_json *paths = NULL;

        int r = shape_paths(store, NULL, &paths);
        if (r == 0)
                r = list_targets(store, live, NULL, ret_targets);
        if (r == 0)
                *ret_paths = mon_steal(&paths);
        return r;
}

int view_status(Store *store, const ViewLive *live, const char *subject, json_t **ret_document) {
        mon_auto_json *document = json_object();
        ViewFilter open_ones = {.open_only = true, .limit = VIEW_LIMIT_MAX};
        ViewPage incidents = {0};
        json_t *targets = NULL, *paths = NULL, *who = NULL;

        int r = subject ? list_subject(store, live, subject, &paths, &targets)
                        : list_all(store, live, &paths, &targets);
        if (r != 0)
                return r;
        if (subject && json_array_size(paths) > 0)
                open_ones.path = subject;
        else
                open_ones.target = subject;
        json_set(document, "generated_at", json_time(live->now_at_real));
        r = observer(store, live, &who);
        if (r == 0)
                json_set(document, "observer", who);
        json_set(document, "paths", paths);
        json_set(document, "targets", targets);
        if (r == 0)
                r = shape_incidents(store, live, &open_ones, VIEW_STATUS_CHECKS_MAX, &incidents);
        if (r != 0)
                return r;
        json_set(document, "incidents", incidents.rows);
        *ret_document = mon_steal(&document);
        return 0;
}

json_t *view_check_result(const char *target, const Observation *observation) {
        json_t *result = json_object();
        StoreCheckRow row = {
                .at_real = observation->at_real,
                .verdict = observation->verdict,
                .cause = observation->cause,
                .detail = observation->detail,
                .http_status = observation->http_status,
                .duration = observation->duration,
                .dns = observation->dns,
                .connect = observation->connect,
                .tls = observation->tls,
                .ttfb = observation->ttfb,
                .banner_text = observation->banner_text,
                .banner_rule = observation->banner_rule,
        };

        json_set(result, "target", json_text(target));
        shape_set_last_check(result, &row);
        shape_set_phases(result, &row);
        return result;
}

int view_target_ids(Store *store, char ***ret_ids, size_t *ret_n) {
        return store_target_names(store, ret_ids, ret_n);
}

int view_path_ids(Store *store, char ***ret_ids, size_t *ret_n) {
        return store_path_names(store, ret_ids, ret_n);
}

int view_subject_ids(Store *store, char ***ret_ids, size_t *ret_n) {
        char **targets = NULL, **paths = NULL;
        size_t n_targets = 0, n_paths = 0;

        int r = store_path_names(store, &paths, &n_paths);
        if (r == 0)
                r = store_target_names(store, &targets, &n_targets);
        if (r != 0) {
                while (n_paths > 0)
                        free(paths[--n_paths]);
                free(paths);
                return r;
        }
        targets = mon_realloc_array(targets, n_targets + n_paths, sizeof *targets);
        for (size_t i = 0; i < n_paths; i++)
                targets[n_targets + i] = paths[i];
        free(paths);
        *ret_ids = targets;
        *ret_n = n_targets + n_paths;
        return 0;
}

json_t *view_health(const ViewProblem *problems, size_t n) {
        json_t *document = json_object(), *list = json_array();

        for (size_t i = 0; i < n; i++) {
                json_t *problem = json_object();
                json_set(problem, "code", json_text(problems[i].code));
                json_set(problem, "text", json_text(problems[i].text));
                json_set(problem, "since", json_time(problems[i].since_at_real));
                json_add(list, problem);
        }
        json_set(document, "status", json_text(n == 0 ? "ok" : "unhealthy"));
        json_set(document, "problems", list);
        return document;
}
