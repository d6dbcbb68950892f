#include "daemon/api/resources.h"

#include "daemon/base/text.h"

#include <inttypes.h>

void get_incidents(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store || !resource_takes_path(request) || !resource_takes_one_target(request))
                return;
        ViewFilter filter = resource_filter(request);
        resource_reply_page(request, view_incidents(store, resource_live(request), &filter, &page), &page);
}

void get_incident(Request *request) {
        json_t *document = NULL;
        int64_t id;

        if (text_parse_int(request->captures[0], 1, INT64_MAX, &id) != 0) {
                reply_problem(request, &problem_not_found, NULL, "an incident's id is a number");
                return;
        }
        Store *store = resource_store(request);
        if (!store)
                return;
        int r = view_incident(store, resource_live(request), id, &document);
        if (r == VIEW_E_NOT_FOUND)
                reply_problem(request, &problem_not_found, json_pack("{sI}", "incident", (json_int_t)id),
                              "there is no incident %" PRId64, id);
        else
                resource_reply(request, r, document, "such incident");
}
