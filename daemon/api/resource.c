#include "daemon/api/resources.h"

#include "daemon/base/text.h"

#include <event2/http.h>
#include <inttypes.h>

static void free_ids(char **ids, size_t n) {
        for (size_t i = 0; i < n; i++)
                free(ids[i]);
        free(ids);
}

const ViewLive *resource_live(const Request *request) {
        return request->api->host.live(request->api->host.userdata);
}

Store *resource_store(Request *request) {
        const ApiHost *host = &request->api->host;
        Store *store = host->store(host->userdata);

        if (!store)
                reply_problem(request, &problem_unavailable, NULL, "the database cannot be read now");
        return store;
}

ViewFilter resource_filter(const Request *request) {
        const Query *query = &request->query;

        return (ViewFilter){
                .target = query->targets.n > 0 ? query->targets.items[0] : NULL,
                .path = query->path,
                .open_only = query->open,
                .failed_only = query->failed,
                .pending_only = query->pending,
                .has_since = query->since_at_real != NSEC_UNKNOWN,
                .since_at_real = query->since_at_real,
                .has_until = query->until_at_real != NSEC_UNKNOWN,
                .until_at_real = query->until_at_real,
                .limit = query->limit,
                .cursor = query->cursor,
        };
}

void resource_reply(Request *request, int result, json_t *document, const char *what) {
        if (result == 0)
                reply_json(request, 200, document);
        else if (result == VIEW_E_NOT_FOUND)
                reply_problem(request, &problem_not_found, NULL, "there is no %s", what);
        else if (result == VIEW_E_CURSOR)
                reply_problem(request, &problem_bad_request, NULL,
                              "parameter \"cursor\" is not one that this list gave");
        else
                reply_problem(request, &problem_unavailable, NULL, "the database cannot be read now: %s",
                              mon_strerror(result));
}

static void add_link(Request *request, const char *cursor) {
        const char *uri = evhttp_request_get_uri(request->http);
        mon_auto_free char *path = mon_strndup(uri, strcspn(uri, "?"));
        mon_auto_buf Buf link = BUF_INIT(API_HEADERS_MAX);
        const ViewFilter filter = resource_filter(request);
        char time[TEXT_TIME_MAX];

        int r = buf_printf(&link, "<%s?cursor=%s&limit=%" PRId64, path, cursor, filter.limit);
        if (r == 0 && filter.has_since) {
                text_time(filter.since_at_real, time);
                r = buf_printf(&link, "&since=%s", time);
        }
        if (r == 0 && filter.has_until) {
                text_time(filter.until_at_real, time);
                r = buf_printf(&link, "&until=%s", time);
        }
        if (r == 0 && filter.target) {
                char *target = evhttp_encode_uri(filter.target);
                r = buf_printf(&link, "&target=%s", target ? target : "");
                free(target);
        }
        if (r == 0 && filter.path)
                r = buf_printf(&link, "&path=%s", filter.path); /* a known one, so made of plain characters */
        if (r == 0 && filter.open_only)
                r = buf_append_text(&link, "&open=true");
        if (r == 0 && filter.failed_only)
                r = buf_append_text(&link, "&failed=true");
        if (r == 0 && filter.pending_only)
                r = buf_append_text(&link, "&pending=true");
        if (r == 0 && buf_append_text(&link, ">; rel=\"next\"") == 0)
                reply_header(request, "Link", buf_text(&link));
}

void resource_reply_page(Request *request, int result, ViewPage *page) {
        if (result == 0 && page->cursor[0])
                add_link(request, page->cursor);
        resource_reply(request, result, page->rows, "such list");
}

bool resource_knows_target(const Request *request, const char *id, bool configured) {
        const ApiHost *host = &request->api->host;
        Store *store = configured ? NULL : host->store(host->userdata);
        size_t n = 0;
        bool known = false;

        const char *const *targets = host->targets(host->userdata, &n);
        for (size_t i = 0; i < n; i++)
                known = known || text_is(targets[i], id);
        char **ids = NULL;
        size_t n_ids = 0;
        if (!known && store && view_target_ids(store, &ids, &n_ids) == 0)
                for (size_t i = 0; i < n_ids; i++)
                        known = known || text_is(ids[i], id);
        free_ids(ids, n_ids);
        return known;
}

void resource_refuse_target(Request *request, const char *id, bool configured) {
        const ApiHost *host = &request->api->host;
        Store *store = configured ? NULL : host->store(host->userdata);
        char **ids = NULL;
        size_t n_ids = 0, n = 0;
        mon_auto_free char *clean = text_clean_copy(id, API_TEXT_PARAM_MAX);

        const char *const *targets = host->targets(host->userdata, &n);
        if (store && view_target_ids(store, &ids, &n_ids) != 0)
                n_ids = 0;
        const char *near = text_nearest(clean, targets, n);
        if (!near)
                near = text_nearest(clean, (const char *const *)ids, n_ids);
        json_t *extra = json_object();
        json_set(extra, "target", json_text(clean));
        if (near)
                json_set(extra, "did_you_mean", json_text(near));
        reply_problem(request, &problem_not_found, extra, "there is no target \"%s\"%s%s%s", clean,
                      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        free_ids(ids, n_ids);
}

/* --- paths, and whatever has an id ----------------------------------------------------------------------------- */

/* Of the paths that the store knows; free each and the array. */
static size_t path_ids(const Request *request, char ***ret_ids) {
        const ApiHost *host = &request->api->host;
        Store *store = host->store(host->userdata);
        size_t n = 0;

        *ret_ids = NULL;
        return store && view_path_ids(store, ret_ids, &n) == 0 ? n : 0;
}

static bool knows_path(const Request *request, const char *id) {
        char **ids;
        size_t n = path_ids(request, &ids);
        bool known = false;

        for (size_t i = 0; i < n; i++)
                known = known || text_is(ids[i], id);
        free_ids(ids, n);
        return known;
}

static void refuse_path(Request *request, const char *id) {
        char **ids;
        size_t n = path_ids(request, &ids);
        mon_auto_free char *clean = text_clean_copy(id, API_TEXT_PARAM_MAX);
        const char *near = text_nearest(clean, (const char *const *)ids, n);
        json_t *extra = json_object();

        json_set(extra, "path", json_text(clean));
        if (near)
                json_set(extra, "did_you_mean", json_text(near));
        reply_problem(request, &problem_not_found, extra, "there is no path \"%s\"%s%s%s", clean,
                      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        free_ids(ids, n);
}

/* Nearest to a path: told as one; else as a target, which most are. */
static void refuse_subject(Request *request, const char *id) {
        char **ids;
        size_t n = path_ids(request, &ids);
        bool near = text_nearest(id, (const char *const *)ids, n) != NULL;

        free_ids(ids, n);
        if (near)
                refuse_path(request, id);
        else
                resource_refuse_target(request, id, false);
}

bool resource_takes_subjects(Request *request, size_t most) {
        const List *subjects = &request->query.targets;

        if (subjects->n > most) {
                reply_problem(request, &problem_bad_request, NULL, "parameter \"target\" is given twice");
                return false;
        }
        list_each (char, id, subjects)
                if (!resource_knows_target(request, id, false) && !knows_path(request, id)) {
                        refuse_subject(request, id);
                        return false;
                }
        return true;
}

bool resource_takes_path(Request *request) {
        const Query *query = &request->query;

        if (!query->path)
                return true;
        if (query->targets.n > 0)
                reply_problem(request, &problem_bad_request, NULL,
                              "parameters \"path\" and \"target\" are given: one of them is taken");
        else if (!knows_path(request, query->path))
                refuse_path(request, query->path);
        else
                return true;
        return false;
}

bool resource_takes_one_target(Request *request) {
        const List *targets = &request->query.targets;

        if (targets->n > 1) {
                reply_problem(request, &problem_bad_request, NULL, "parameter \"target\" is given twice");
                return false;
        }
        if (targets->n == 1 && !resource_knows_target(request, targets->items[0], false)) {
                resource_refuse_target(request, targets->items[0], false);
                return false;
        }
        return true;
}
