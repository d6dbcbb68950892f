#include "daemon/api/resources.h"

#include "daemon/base/text.h"

#include <stdio.h>

/* A command under way. It outlives the connection of a client that left: the host answers in any case. */
struct ApiCall {
        Request *request;
};

ApiCall *command_begin(Request *request) {
        ApiCall *call = mon_new(ApiCall);

        call->request = request;
        request->state = call;
        request->free_state = free;
        /* From here on it waits for the host, who keeps deadlines of its own. */
        conn_set_deadline(request->conn, NSEC_NEVER);
        return call;
}

void api_answer(ApiCall *call, json_t *document) {
        loop_touch(call->request->api->loop);
        reply_json(call->request, 200, document);
}

static const Problem *problem_of_refusal(ApiRefusal refusal) {
        switch (refusal) {
        case API_REFUSED_CONFIG:
                return &problem_config;
        case API_REFUSED_TOO_SOON:
                return &problem_too_soon;
        case API_REFUSED_BAD:
                return &problem_bad_request;
        case API_REFUSED_BUSY:
                return &problem_unavailable;
        case API_REFUSED_UNKNOWN:
                return &problem_not_found;
        case API_REFUSED_STATE:
                return &problem_conflict;
        default:
                return &problem_fault;
        }
}

void api_refuse(ApiCall *call, ApiRefusal refusal, const char *detail, json_t *errors, Nsec retry_after) {
        json_t *extra = NULL;

        loop_touch(call->request->api->loop);
        if (errors) {
                extra = json_object();
                json_set(extra, "errors", errors);
        }
        if (retry_after != NSEC_UNKNOWN) {
                mon_auto_free char *seconds =
                        mon_printf("%lld", (long long)((retry_after + NSEC_PER_SEC - 1) / NSEC_PER_SEC));
                reply_header(call->request, "Retry-After", seconds);
        }
        if (detail)
                reply_problem(call->request, problem_of_refusal(refusal), extra, "%s", detail);
        else
                reply_problem(call->request, problem_of_refusal(refusal), extra, NULL);
}

bool command_has_only(Request *request, const char *const *names, size_t n) {
        const char *key;
        json_t *value;

        json_object_foreach (request->body, key, value) {
                bool known = false;
                for (size_t i = 0; i < n; i++)
                        known = known || text_is(key, names[i]);
                if (known)
                        continue;
                mon_auto_free char *clean = text_clean_copy(key, API_TEXT_PARAM_MAX);
                const char *near = text_nearest(clean, names, n);
                if (near)
                        reply_problem(request, &problem_bad_request, json_pack("{ss}", "did_you_mean", near),
                                      "unknown member \"%s\"; did you mean \"%s\"?", clean, near);
                else
                        reply_problem(request, &problem_bad_request, NULL, "unknown member \"%s\"", clean);
                return false;
        }
        return true;
}

/* One target named in a body; false: refused, and answered. Named twice counts once. */
static bool take_target(Request *request, const json_t *value, List *ret_targets) {
        const char *id = json_string_value(value);

        if (!id) {
                reply_problem(request, &problem_bad_request, NULL, "a target is named by a string");
                return false;
        }
        if (!resource_knows_target(request, id, true)) {
                resource_refuse_target(request, id, true);
                return false;
        }
        list_each (char, known, ret_targets)
                if (text_is(known, id))
                        return true;
        list_add(ret_targets, (void *)id);
        return true;
}

static bool take_targets(Request *request, List *ret_targets) {
        const json_t *value = json_object_get(request->body, "target");
        size_t i;
        json_t *item;

        if (!value)
                value = json_object_get(request->body, "targets");
        if (!value) {
                reply_problem(request, &problem_bad_request, NULL,
                              "the body is to name targets: {\"target\": [\"ID\"]}, or {\"all\": true}");
                return false;
        }
        if (!json_is_array(value))
                return take_target(request, value, ret_targets);
        if (json_array_size(value) == 0 || json_array_size(value) > API_TARGETS_MAX) {
                reply_problem(request, &problem_bad_request, NULL, "from 1 to %d targets can be named",
                              API_TARGETS_MAX);
                return false;
        }
        json_array_foreach (value, i, item)
                if (!take_target(request, item, ret_targets))
                        return false;
        return true;
}

void post_check(Request *request) {
        static const char *const names[] = {"target", "targets", "all"};
        const ApiHost *host = &request->api->host;
        mon_cleanup(list_fini) List targets = {0};

        if (!command_has_only(request, names, mon_count_of(names)))
                return;
        if (json_get_bool(request->body, "all", false)) {
                size_t n = 0;
                const char *const *ids = host->targets(host->userdata, &n);
                host->check(host->userdata, ids, n, command_begin(request));
                return;
        }
        if (take_targets(request, &targets))
                host->check(host->userdata, (const char *const *)targets.items, targets.n, command_begin(request));
}

const char *command_take_target(Request *request) {
        mon_cleanup(list_fini) List targets = {0};

        if (!take_targets(request, &targets))
                return NULL;
        if (targets.n == 1)
                return targets.items[0];
        reply_problem(request, &problem_bad_request, NULL, "one target at a time");
        return NULL;
}

static void pause_target(Request *request, bool paused) {
        static const char *const names[] = {"target"};
        const ApiHost *host = &request->api->host;

        if (!command_has_only(request, names, mon_count_of(names)))
                return;
        const char *target = command_take_target(request);
        if (target)
                host->pause(host->userdata, target, paused, command_begin(request));
}

void post_pause(Request *request) {
        pause_target(request, true);
}

void post_resume(Request *request) {
        pause_target(request, false);
}

void post_reload(Request *request) {
        const ApiHost *host = &request->api->host;

        if (command_has_only(request, NULL, 0))
                host->reload(host->userdata, command_begin(request));
}
