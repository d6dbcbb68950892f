#include "daemon/monctl/ask.h"

#include "daemon/base/text.h"
#include "daemon/monctl/client.h"
#include "daemon/monctl/options.h"

#include <inttypes.h>

#define ASK_QUERY_BOUND (SIZE_MAX / 4) /* our own command line, which the kernel bounds */

/* --- from the daemon -------------------------------------------------------------------------------------------- */

static int add_param(Buf *query, const char *name, const char *value) {
        mon_auto_free char *escaped = client_escape(value);
        return buf_printf(query, "%s%s=%s", query->len == 0 ? "?" : "&", name, escaped);
}

char *ask_query(const Monctl *ctl, const char *target) {
        const Options *options = &ctl->options;
        mon_auto_free char *limit = mon_printf("%" PRId64, options->limit);
        mon_auto_buf Buf query = BUF_INIT(ASK_QUERY_BOUND);
        const struct {
                const char *name, *value;
        } params[] = {{"since", options->since},
                      {"until", options->until},
                      {"limit", options->limit ? limit : NULL},
                      {"open", options->open ? "true" : NULL},
                      {"failed", options->failed ? "true" : NULL},
                      {"pending", options->pending ? "true" : NULL},
                      {"target", target ? target : options->target},
                      {"path", options->path},
                      {"format", options->format}};
        int r = 0;

        for (size_t i = 0; i < mon_count_of(params) && r == 0; i++)
                if (params[i].value)
                        r = add_param(&query, params[i].name, params[i].value);
        return buf_steal(&query);
}

static char *path_of_uptime(const Monctl *ctl) {
        mon_auto_free char *rest = ask_query(ctl, NULL);
        mon_auto_buf Buf query = BUF_INIT(ASK_QUERY_BOUND);
        int r = buf_append_text(&query, rest);

        list_each (const char, target, &ctl->args)
                if (r == 0)
                        r = add_param(&query, "target", target);
        return mon_printf("/v1/uptime%s", buf_text(&query));
}

static bool takes_target(Ask ask) {
        return ask == ASK_STATUS || ask == ASK_BANNERS || ask == ASK_NOTICES || ask == ASK_CONTENT ||
               ask == ASK_REPORTS;
}

static char *path_of(const Monctl *ctl, Ask ask, const char *subject) {
        mon_auto_free char *segment = subject ? client_escape(subject) : NULL;
        mon_auto_free char *query = ask_query(ctl, takes_target(ask) ? subject : NULL);

        switch (ask) {
        case ASK_STATUS:
                return mon_printf("/v1/status%s", query);
        case ASK_HISTORY:
                return mon_printf("/v1/targets/%s/history%s", segment, query);
        case ASK_UPTIME:
                return path_of_uptime(ctl);
        case ASK_INCIDENTS:
                return mon_printf("/v1/incidents%s", query);
        case ASK_INCIDENT:
                return mon_printf("/v1/incidents/%s", segment);
        case ASK_BANNERS:
                return mon_printf("/v1/banners%s", query);
        case ASK_NOTICES:
                return mon_printf("/v1/notices%s", query);
        case ASK_CONTENT:
                return mon_printf("/v1/content%s", query);
        case ASK_REPORTS:
                return mon_printf("/v1/reports%s", query);
        case ASK_DELIVERIES:
                return mon_printf("/v1/deliveries%s", query);
        case ASK_SILENCES:
                return mon_strdup("/v1/silences");
        default:
                return mon_printf("/v1/events%s", query);
        }
}

/* --- from the database ------------------------------------------------------------------------------------------ */

int ask_store(Monctl *ctl, Store **ret_store) {
        mon_auto_error Error error = {0};

        if (!ctl->store) {
                int r = store_open_read_only(ctl->options.db, &ctl->store, &error);
                if (r != 0 && *error_text(&error))
                        return tell(ctl, r == -EACCES ? EXIT_REFUSED : EXIT_DATA, error_text(&error));
                if (r != 0)
                        return tell_phrase(ctl, r == -EACCES ? EXIT_REFUSED : EXIT_DATA, PHRASE_CANNOT_READ,
                                           ctl->options.db, mon_strerror(r));
        }
        *ret_store = ctl->store;
        return EXIT_DONE;
}

ViewFilter ask_filter(const Monctl *ctl, const char *subject) {
        const Options *options = &ctl->options;
        ViewFilter filter = {.target = subject ? subject : options->target,
                             .path = options->path,
                             .open_only = options->open,
                             .failed_only = options->failed,
                             .pending_only = options->pending,
                             .limit = options->limit};

        filter.has_since = options->since && options_time(ctl, options->since, &filter.since_at_real);
        filter.has_until = options->until && options_time(ctl, options->until, &filter.until_at_real);
        return filter;
}

typedef int IdsFn(Store *store, char ***ret_ids, size_t *ret_n);

/* The id nearest to one that nobody knows; NULL: none. To free. */
static char *nearest_id(Store *store, IdsFn *ids_of, const char *id, bool *ret_known) {
        char **ids = NULL;
        size_t n = 0;

        *ret_known = false;
        if (ids_of(store, &ids, &n) != 0)
                return NULL;
        for (size_t i = 0; i < n; i++)
                *ret_known = *ret_known || text_is(ids[i], id);
        char *near = mon_strdup(text_nearest(id, (const char *const *)ids, n));
        for (size_t i = 0; i < n; i++)
                free(ids[i]);
        free(ids);
        return near;
}

static int know(const Monctl *ctl, Store *store, IdsFn *ids_of, const char *id) {
        bool known;
        mon_auto_free char *near = nearest_id(store, ids_of, id, &known);

        if (known)
                return EXIT_DONE;
        return ids_of == view_path_ids ? tell_unknown_path(ctl, id, near) : tell_unknown_target(ctl, id, near);
}

int ask_tell(Monctl *ctl, int result, const char *subject) {
        if (result == VIEW_E_NOT_FOUND && subject && ctl->store)
                return know(ctl, ctl->store, view_target_ids, subject) == EXIT_DONE
                               ? tell_phrase(ctl, EXIT_USAGE, PHRASE_CANNOT_READ, subject, "?")
                               : EXIT_USAGE;
        return tell_phrase(ctl, EXIT_DATA, PHRASE_CANNOT_READ, ctl->options.db, mon_strerror(result));
}

static int take_page(int result, ViewPage *page, json_t **ret_document) {
        if (result == 0)
                *ret_document = page->rows;
        return result;
}

static int view(Monctl *ctl, Store *store, Ask ask, const char *subject, json_t **ret_document) {
        const ViewLive live = {.now_at_real = now_at_real(ctl)};
        const ViewFilter filter = ask_filter(ctl, subject);
        ViewPage page = {0};
        int64_t id = 0;

        switch (ask) {
        case ASK_STATUS:
                return view_status(store, &live, subject, ret_document);
        case ASK_HISTORY:
                return take_page(view_history(store, &filter, &page), &page, ret_document);
        case ASK_UPTIME:
                return view_uptime(store, &live, &filter, ctl->args.n > 0 ? (const char *const *)ctl->args.items : NULL,
                                   ctl->args.n, ret_document);
        case ASK_INCIDENTS:
                return take_page(view_incidents(store, &live, &filter, &page), &page, ret_document);
        case ASK_INCIDENT:
                if (text_parse_int(subject, 1, INT64_MAX, &id) != 0)
                        return VIEW_E_NOT_FOUND;
                return view_incident(store, &live, id, ret_document);
        case ASK_BANNERS:
                return take_page(view_banners(store, &filter, &page), &page, ret_document);
        case ASK_NOTICES:
                return take_page(view_notices(store, &live, &filter, &page), &page, ret_document);
        case ASK_CONTENT:
                return take_page(view_content(store, &filter, &page), &page, ret_document);
        case ASK_REPORTS:
                return take_page(view_reports(store, &live, &filter, &page), &page, ret_document);
        case ASK_DELIVERIES:
                return take_page(view_deliveries(store, &filter, &page), &page, ret_document);
        case ASK_SILENCES:
                return view_silences(store, &live, ret_document);
        default:
                return take_page(view_events(store, &live, &filter, &page), &page, ret_document);
        }
}

static int ask_database(Monctl *ctl, Ask ask, const char *subject, json_t **ret_document) {
        Store *store;
        const char *target = ask == ASK_INCIDENT ? NULL : subject ? subject : ctl->options.target;

        int r = ask_store(ctl, &store);
        if (r == EXIT_DONE && target)
                r = know(ctl, store, ask == ASK_STATUS ? view_subject_ids : view_target_ids, target);
        if (r == EXIT_DONE && ctl->options.path)
                r = know(ctl, store, view_path_ids, ctl->options.path);
        for (size_t i = 0; ask == ASK_UPTIME && i < ctl->args.n && r == EXIT_DONE; i++)
                r = know(ctl, store, view_subject_ids, ctl->args.items[i]);
        if (r != EXIT_DONE)
                return r;
        r = view(ctl, store, ask, subject, ret_document);
        if (r == VIEW_E_NOT_FOUND && ask == ASK_INCIDENT)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_UNKNOWN_INCIDENT, subject);
        return r == 0 ? EXIT_DONE : ask_tell(ctl, r, subject);
}

int ask_document(Monctl *ctl, Ask ask, const char *subject, json_t **ret_document) {
        if (ctl->options.target && ctl->options.path)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_OPTION_NOT_HERE, "--target", "path");
        if (ctl->options.db)
                return ask_database(ctl, ask, subject, ret_document);
        mon_auto_free char *path = path_of(ctl, ask, subject);
        const ClientRequest request = {.path = path};
        return client_document(ctl, &request, ret_document);
}

int ask_and_show(Monctl *ctl, Ask ask, const char *subject, void (*show)(const Monctl *ctl, const json_t *document)) {
        mon_auto_json *document = NULL;

        int r = ask_document(ctl, ask, subject, &document);
        if (r != EXIT_DONE)
                return r;
        if (ctl->options.json)
                return print_document(ctl, document);
        show(ctl, document);
        return flush_output(ctl);
}
