#include "daemon/api/resources.h"

#include "daemon/base/log.h"
#include "daemon/base/text.h"

#include <event2/buffer.h>

static void free_export(void *state) {
        view_export_free(state);
}

static bool next_piece(Request *request, struct evbuffer *out) {
        mon_auto_buf Buf piece = BUF_INIT(VIEW_EXPORT_STEP_MAX);

        int r = view_export_step(request->state, &piece);
        if (r < 0) {
                /* Too late for a status: the connection is broken off, so that nobody takes a part for the whole. */
                log_warning("an export was broken off: %s", mon_strerror(r));
                conn_shut(request->conn);
                return false;
        }
        (void)evbuffer_add(out, buf_text(&piece), piece.len);
        return r == 0;
}

void get_export(Request *request) {
        static const char *const formats[] = {"csv", "json", "openmetrics"};
        const Query *query = &request->query;
        const char *name = query->format ? query->format : "csv";
        ViewFormat format;
        ViewExport *export = NULL;

        if (!view_format_from_name(name, &format)) {
                mon_auto_free char *clean = text_clean_copy(name, API_TEXT_PARAM_MAX);
                const char *near = text_nearest(clean, formats, mon_count_of(formats));
                reply_problem(request, &problem_bad_request, near ? json_pack("{ss}", "did_you_mean", near) : NULL,
                              "parameter \"format\" takes csv, json or openmetrics");
                return;
        }
        if (!resource_takes_one_target(request))
                return;
        Store *store = resource_store(request);
        if (!store)
                return;
        ViewFilter filter = resource_filter(request);
        int r = view_export_new(store, format, &filter, &export);
        if (r != 0) {
                resource_reply(request, r, NULL, "such target");
                return;
        }
        request->state = export;
        request->free_state = free_export;
        reply_pieces(request, view_format_type(format), next_piece);
}
