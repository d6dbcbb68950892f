#include "daemon/api/resources.h"

void get_history(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store)
                return;
        ViewFilter filter = resource_filter(request);
        filter.target = request->captures[0];
        int r = view_history(store, &filter, &page);
        if (r == VIEW_E_NOT_FOUND)
                resource_refuse_target(request, request->captures[0], false);
        else
                resource_reply_page(request, r, &page);
}

void get_uptime(Request *request) {
        json_t *document = NULL;
        const List *targets = &request->query.targets;
        Store *store = resource_store(request);

        if (!store || !resource_takes_subjects(request, API_TARGETS_MAX))
                return;
        ViewFilter filter = resource_filter(request);
        filter.target = NULL;
        int r = view_uptime(store, resource_live(request), &filter,
                            targets->n > 0 ? (const char *const *)targets->items : NULL, targets->n, &document);
        resource_reply(request, r, document, "such target");
}

void get_banners(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store || !resource_takes_one_target(request))
                return;
        ViewFilter filter = resource_filter(request);
        resource_reply_page(request, view_banners(store, &filter, &page), &page);
}

void get_notices(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store || !resource_takes_one_target(request))
                return;
        ViewFilter filter = resource_filter(request);
        resource_reply_page(request, view_notices(store, resource_live(request), &filter, &page), &page);
}

void get_content(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store || !resource_takes_one_target(request))
                return;
        ViewFilter filter = resource_filter(request);
        resource_reply_page(request, view_content(store, &filter, &page), &page);
}

void get_events(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store || !resource_takes_path(request) || !resource_takes_one_target(request))
                return;
        ViewFilter filter = resource_filter(request);
        resource_reply_page(request, view_events(store, resource_live(request), &filter, &page), &page);
}
