#include "daemon/view/view.h"

#include "daemon/base/text.h"
#include "daemon/text/escape.h"
#include "daemon/view/shape.h"

#include <inttypes.h>

typedef enum Stage {
        STAGE_HEAD,
        STAGE_ROWS,
        STAGE_TAIL,
        STAGE_END,
} Stage;

struct ViewExport {
        Store *store;
        ViewFormat format;
        char *target;
        int64_t since_ms, until_ms;
        Stage stage;
        Buf *to; /* of the step under way */
        /* CSV and JSON follow the order of writing, in windows of ids. */
        int64_t after_id, last_id;
        bool has_rows;
        /* OpenMetrics wants each family whole, and in it each series: family by family, target by target, by time. */
        char **names;
        size_t n_names;
        size_t family, name;
        int64_t after_ms;
        int64_t step_rows;
};

static const struct {
        const char *name;
        const char *type;
} formats[] = {
        [VIEW_CSV] = {"csv", "text/csv; charset=utf-8"},
        [VIEW_JSON] = {"json", "application/json"},
        [VIEW_OPENMETRICS] = {"openmetrics", "application/openmetrics-text; version=1.0.0; charset=utf-8"},
};

bool view_format_from_name(const char *name, ViewFormat *ret_format) {
        for (int i = VIEW_CSV; i <= VIEW_OPENMETRICS; i++)
                if (text_is(name, formats[i].name)) {
                        *ret_format = (ViewFormat)i;
                        return true;
                }
        return false;
}

const char *view_format_type(ViewFormat format) {
        return formats[format].type;
}

/* --- CSV -------------------------------------------------------------------------------------------------------- */

static const char csv_head[] =
        "at,target,verdict,cause,detail,http_status,duration_ms,dns_ms,connect_ms,tls_ms,ttfb_ms,"
        "bytes,remote_ip,banner,body_sha256\r\n";

static int csv_text(Buf *to, const char *text, const char *end) {
        mon_auto_free char *field = escape_csv(text);
        int r = buf_append_text(to, field);
        return r == 0 ? buf_append_text(to, end) : r;
}

static int csv_msec(Buf *to, Nsec span) {
        int64_t usec = span / 1000;
        return span == NSEC_UNKNOWN ? buf_append_text(to, ",")
                                    : buf_printf(to, "%" PRId64 ".%03" PRId64 ",", usec / 1000, usec % 1000);
}

static int csv_count(Buf *to, int64_t count, bool known) {
        return known ? buf_printf(to, "%" PRId64 ",", count) : buf_append_text(to, ",");
}

static int csv_row(Buf *to, const StoreCheckRow *row) {
        const Nsec spans[] = {row->duration, row->dns, row->connect, row->tls, row->ttfb};
        char at[TEXT_TIME_MAX], hex[SHA256_HEX_MAX] = "";

        text_time(row->at_real, at);
        if (row->body_sha256)
                sha256_hex(row->body_sha256, hex);
        int r = csv_text(to, at, ",");
        r = r ? r : csv_text(to, row->target, ",");
        r = r ? r : csv_text(to, verdict_name(row->verdict), ",");
        r = r ? r : csv_text(to, cause_name(row->cause), ",");
        r = r ? r : csv_text(to, row->detail, ",");
        r = r ? r : csv_count(to, row->http_status, row->http_status != 0);
        for (size_t i = 0; i < mon_count_of(spans) && r == 0; i++)
                r = csv_msec(to, spans[i]);
        r = r ? r : csv_count(to, row->bytes, row->bytes >= 0);
        r = r ? r : csv_text(to, row->remote_ip, ",");
        r = r ? r : csv_text(to, row->banner_text, ",");
        return r ? r : csv_text(to, hex, "\r\n");
}

/* --- JSON ------------------------------------------------------------------------------------------------------- */

static int json_row(Buf *to, const StoreCheckRow *row, bool first) {
        mon_auto_json *object = json_object();
        mon_auto_json *check = shape_history(row);

        json_set(object, "target", json_text(row->target));
        if (json_object_update(object, check) < 0)
                abort();
        json_set(object, "banner", shape_banner(row->banner_text, row->banner_rule));
        mon_auto_free char *line = json_line(object);
        int r = buf_append_text(to, first ? "\n" : ",\n");
        return r == 0 ? buf_append_text(to, line) : r;
}

/* --- OpenMetrics ------------------------------------------------------------------------------------------------ */

static bool success_value(const StoreCheckRow *row, double *ret_value) {
        VerdictClass class = verdict_class(row->verdict);

        *ret_value = class == CLASS_AVAILABLE;
        return class != CLASS_NOT_OBSERVED;
}

static bool duration_value(const StoreCheckRow *row, double *ret_value) {
        *ret_value = (double)row->duration / (double)NSEC_PER_SEC;
        return row->duration != NSEC_UNKNOWN;
}

static bool status_value(const StoreCheckRow *row, double *ret_value) {
        *ret_value = row->http_status;
        return row->http_status != 0;
}

static const struct {
        const char *name, *unit, *help;
        bool (*value)(const StoreCheckRow *row, double *ret_value); /* false: this check has none */
} families[] = {
        {"probe_success", NULL, "1 if the check found the target available.", success_value},
        {"probe_duration_seconds", "seconds", "How long the check took.", duration_value},
        {"probe_http_status_code", NULL, "The status of the last answer.", status_value},
};

static int metric_head(Buf *to, size_t family) {
        int r = buf_printf(to, "# TYPE %s gauge\n", families[family].name);
        if (r == 0 && families[family].unit)
                r = buf_printf(to, "# UNIT %s %s\n", families[family].name, families[family].unit);
        return r == 0 ? buf_printf(to, "# HELP %s %s\n", families[family].name, families[family].help) : r;
}

static int metric_label(Buf *to, const char *text) {
        int r = 0;

        for (const char *at = text; *at && r == 0; at++)
                r = *at == '\n'                 ? buf_append_text(to, "\\n")
                    : *at == '"' || *at == '\\' ? buf_printf(to, "\\%c", *at)
                                                : buf_append(to, at, 1);
        return r;
}

/* Instants within a series must grow: of two checks at one instant the first counts. */
static int metric_row(ViewExport *export, const StoreCheckRow *row) {
        int64_t at = shape_msec(row->at_real);
        bool again = at == export->after_ms;
        double value;

        export->after_ms = at;
        export->after_id = row->id;
        if (again || at < 0 || !families[export->family].value(row, &value))
                return 0;
        int r = buf_printf(export->to, "%s{target=\"", families[export->family].name);
        r = r ? r : metric_label(export->to, row->target);
        return r ? r : buf_printf(export->to, "\"} %.9g %" PRId64 ".%03" PRId64 "\n", value, at / 1000, at % 1000);
}

/* --- steps ------------------------------------------------------------------------------------------------------ */

static int write_row(void *userdata, const StoreCheckRow *row) {
        ViewExport *export = userdata;
        int r;

        export->step_rows++;
        if (export->format == VIEW_OPENMETRICS)
                r = metric_row(export, row);
        else if (export->format == VIEW_CSV)
                r = csv_row(export->to, row);
        else
                r = json_row(export->to, row, !export->has_rows);
        export->has_rows = true;
        return r == 0 ? 0 : -EMSGSIZE;
}

static StorePage page_of(const ViewExport *export, const char *target) {
        StorePage page = store_page_all();

        page.target = target;
        page.since_ms = export->since_ms;
        page.until_ms = export->until_ms;
        page.limit = VIEW_EXPORT_STEP_ROWS;
        return page;
}

static int step_written(ViewExport *export) {
        StorePage page = page_of(export, export->target);
        int64_t upto = export->last_id - export->after_id > VIEW_EXPORT_STEP_ROWS
                               ? export->after_id + VIEW_EXPORT_STEP_ROWS
                               : export->last_id;

        int r = store_each_check_written(export->store, &page, export->after_id, upto, write_row, export);
        if (r != 0)
                return r;
        export->after_id = upto;
        if (upto >= export->last_id)
                export->stage = STAGE_TAIL;
        return 0;
}

static void begin_series(ViewExport *export) {
        export->after_ms = INT64_MIN;
        export->after_id = 0;
}

static int step_metrics(ViewExport *export) {
        if (export->family == mon_count_of(families) || export->n_names == 0) {
                export->stage = STAGE_TAIL;
                return 0;
        }
        StorePage page = page_of(export, export->names[export->name]);
        int r = export->name == 0 && export->after_ms == INT64_MIN ? metric_head(export->to, export->family) : 0;
        if (r != 0)
                return -EMSGSIZE;
        export->step_rows = 0;
        r = store_each_check_by_time(export->store, &page, export->after_ms, export->after_id, write_row, export);
        if (r != 0 || export->step_rows == VIEW_EXPORT_STEP_ROWS)
                return r;
        begin_series(export);
        if (++export->name == export->n_names) {
                export->name = 0;
                export->family++;
        }
        return 0;
}

static int write_ends(ViewExport *export) {
        static const char *const heads[] = {[VIEW_CSV] = csv_head, [VIEW_JSON] = "[", [VIEW_OPENMETRICS] = ""};
        static const char *const tails[] = {[VIEW_CSV] = "", [VIEW_JSON] = "\n]\n", [VIEW_OPENMETRICS] = "# EOF\n"};
        bool head = export->stage == STAGE_HEAD;

        export->stage++;
        return buf_append_text(export->to, head ? heads[export->format] : tails[export->format]) == 0 ? 0 : -EMSGSIZE;
}

int view_export_step(ViewExport *export, Buf *to) {
        export->to = to;
        switch (export->stage) {
        case STAGE_ROWS:
                return export->format == VIEW_OPENMETRICS ? step_metrics(export) : step_written(export);
        case STAGE_END:
                return VIEW_E_END;
        default:
                return write_ends(export);
        }
}

static int choose_names(ViewExport *export) {
        if (!export->target)
                return store_target_names(export->store, &export->names, &export->n_names);
        export->names = mon_new_array(char *, 1);
        export->names[0] = mon_strdup(export->target);
        export->n_names = 1;
        return 0;
}

int view_export_new(Store *store, ViewFormat format, const ViewFilter *filter, ViewExport **ret_export) {
        mon_cleanup(view_export_free_p) ViewExport *export = mon_new(ViewExport);
        int64_t first;

        *export = (ViewExport){
                .store = store,
                .format = format,
                .target = mon_strdup(filter->target),
                .since_ms = filter->has_since ? shape_msec(filter->since_at_real) : INT64_MIN,
                .until_ms = filter->has_until && filter->until_at_real != NSEC_NEVER ? shape_msec(filter->until_at_real)
                                                                                     : INT64_MAX,
        };
        int r = store_check_ids(store, &first, &export->last_id);
        if (r == 0 && format == VIEW_OPENMETRICS)
                r = choose_names(export);
        if (r < 0)
                return r;
        export->after_id = first > 0 ? first - 1 : 0;
        if (format == VIEW_OPENMETRICS)
                begin_series(export);
        *ret_export = mon_steal(&export);
        return 0;
}

void view_export_free(ViewExport *export) {
        if (!export)
                return;
        for (size_t i = 0; i < export->n_names; i++)
                free(export->names[i]);
        free(export->names);
        free(export->target);
        free(export);
}
