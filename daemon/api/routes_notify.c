#include "daemon/api/resources.h"

#include "daemon/base/text.h"

#include <inttypes.h>

#define SILENCE_SPAN_MAX (366 * INT64_C(86400) * NSEC_PER_SEC)

void get_deliveries(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store)
                return;
        if (request->query.failed && request->query.pending) {
                reply_problem(request, &problem_bad_request, NULL,
                              "parameters \"failed\" and \"pending\" are given: one of them is taken");
                return;
        }
        ViewFilter filter = resource_filter(request);
        resource_reply_page(request, view_deliveries(store, &filter, &page), &page);
}

void get_silences(Request *request) {
        json_t *document = NULL;
        Store *store = resource_store(request);

        if (!store)
                return;
        int r = view_silences(store, resource_live(request), &document);
        resource_reply(request, r, document, "such list");
}

/* --- commands ------------------------------------------------------------------------------------------------------
 */

typedef const char *const *IdsFn(void *userdata, size_t *ret_n);

/* The id is among those that the host has; else 404 with "did you mean", and false. */
static bool knows(Request *request, const char *what, const char *id, IdsFn *ids_of) {
        const ApiHost *host = &request->api->host;
        size_t n = 0;
        const char *const *ids = ids_of(host->userdata, &n);

        for (size_t i = 0; i < n; i++)
                if (text_is(ids[i], id))
                        return true;
        mon_auto_free char *clean = text_clean_copy(id, API_TEXT_PARAM_MAX);
        const char *near = text_nearest(clean, ids, n);
        json_t *extra = json_object();
        json_set(extra, what, json_text(clean));
        if (near)
                json_set(extra, "did_you_mean", json_text(near));
        reply_problem(request, &problem_not_found, extra, "there is no %s \"%s\"%s%s%s", what, clean,
                      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        return false;
}

/* A text of the body; NULL: refused, and answered. */
static const char *take_text(Request *request, const char *name) {
        const char *text = json_get_text(request->body, name, NULL);

        if (text && *text)
                return text;
        reply_problem(request, &problem_bad_request, NULL, "member \"%s\" is missing, or is no text", name);
        return NULL;
}

void post_silence(Request *request) {
        static const char *const names[] = {"subject", "for", "reason"};
        const ApiHost *host = &request->api->host;
        Nsec span;

        if (!command_has_only(request, names, mon_count_of(names)))
                return;
        const char *subject = take_text(request, "subject");
        const char *length = subject ? take_text(request, "for") : NULL;
        const char *reason = length ? take_text(request, "reason") : NULL;
        if (!reason || !knows(request, "subject", subject, host->subjects))
                return;
        if (text_parse_duration(length, &span) != 0 || span <= 0 || span > SILENCE_SPAN_MAX) {
                reply_problem(request, &problem_bad_request, NULL,
                              "member \"for\" takes a duration such as 30m, 2h or 3d, a year at most");
                return;
        }
        Nsec until_at_real = clock_at_real(loop_clock(request->api->loop)) + span;
        host->silence(host->userdata, subject, until_at_real, reason, command_begin(request));
}

void post_unsilence(Request *request) {
        static const char *const names[] = {"id"};
        const ApiHost *host = &request->api->host;

        if (!command_has_only(request, names, mon_count_of(names)))
                return;
        int64_t id = json_get_int(request->body, "id", 0);
        if (id <= 0)
                reply_problem(request, &problem_bad_request, NULL, "member \"id\" is the number of a silence");
        else
                host->unsilence(host->userdata, id, command_begin(request));
}

void post_retry(Request *request) {
        const ApiHost *host = &request->api->host;
        int64_t id;

        if (!command_has_only(request, NULL, 0))
                return;
        if (text_parse_int(request->captures[0], 1, INT64_MAX, &id) != 0)
                reply_problem(request, &problem_not_found, NULL, "a delivery's id is a number");
        else
                host->retry(host->userdata, id, command_begin(request));
}

static const char *take_notifier(Request *request) {
        static const char *const names[] = {"notifier"};

        if (!command_has_only(request, names, mon_count_of(names)))
                return NULL;
        const char *notifier = take_text(request, "notifier");
        return notifier && knows(request, "notifier", notifier, request->api->host.notifiers) ? notifier : NULL;
}

void post_notify_test(Request *request) {
        const ApiHost *host = &request->api->host;
        const char *notifier = take_notifier(request);

        if (notifier)
                host->test(host->userdata, notifier, command_begin(request));
}

void post_notify_enable(Request *request) {
        const ApiHost *host = &request->api->host;
        const char *notifier = take_notifier(request);

        if (notifier)
                host->enable(host->userdata, notifier, command_begin(request));
}
