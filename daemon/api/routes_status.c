#include "daemon/api/resources.h"

#include "build-config.h"
#include "daemon/base/text.h"

static void reply_status(Request *request, const char *subject) {
        json_t *document = NULL;
        Store *store = resource_store(request);

        if (!store)
                return;
        int r = view_status(store, resource_live(request), subject, &document);
        if (r == VIEW_E_NOT_FOUND && subject)
                resource_refuse_target(request, subject, false);
        else
                resource_reply(request, r, document, "status");
}

void get_status(Request *request) {
        if (resource_takes_subjects(request, 1))
                reply_status(request, request->query.targets.n > 0 ? request->query.targets.items[0] : NULL);
}

void get_targets(Request *request) {
        json_t *document = NULL;
        Store *store = resource_store(request);

        if (!store)
                return;
        int r = view_targets(store, resource_live(request), &document);
        resource_reply(request, r, document, "targets");
}

void get_target(Request *request) {
        json_t *document = NULL;
        Store *store = resource_store(request);

        if (!store)
                return;
        /* A path's document holds targets too, of other names. */
        int r = resource_knows_target(request, request->captures[0], false)
                        ? view_status(store, resource_live(request), request->captures[0], &document)
                        : VIEW_E_NOT_FOUND;
        if (r != 0) {
                if (r == VIEW_E_NOT_FOUND)
                        resource_refuse_target(request, request->captures[0], false);
                else
                        resource_reply(request, r, NULL, "target");
                return;
        }
        json_t *target = json_incref(json_array_get(json_object_get(document, "targets"), 0));
        json_decref(document);
        resource_reply(request, target ? 0 : VIEW_E_NOT_FOUND, target, "such target");
}

void get_health(Request *request) {
        const ApiHost *host = &request->api->host;
        size_t n = 0;
        const ViewProblem *problems = host->problems(host->userdata, &n);

        reply_json(request, 200, view_health(problems, n));
}

void get_version(Request *request) {
        json_t *document = json_object(), *libraries = json_object();
        mon_auto_free char *list = mon_strdup(MOND_LIBRARIES);
        char *rest = list, *item;

        json_set(document, "version", json_text(MOND_VERSION));
        while ((item = strsep(&rest, ",")) != NULL) {
                char *space = strchr(item, ' ');
                if (!space)
                        continue;
                *space = '\0';
                json_set(libraries, item, json_text(space + 1));
        }
        json_set(document, "libraries", libraries);
        reply_json(request, 200, document);
}
