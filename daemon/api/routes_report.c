#include "daemon/api/resources.h"

#include "daemon/base/text.h"

#include <string.h>

void get_reports(Request *request) {
        ViewPage page = {0};
        Store *store = resource_store(request);

        if (!store || !resource_takes_one_target(request))
                return;
        ViewFilter filter = resource_filter(request);
        resource_reply_page(request, view_reports(store, resource_live(request), &filter, &page), &page);
}

/* Each reader gives NULL, or what is wrong with the value in one sentence (to free). */
typedef char *FieldFn(const Request *request, const json_t *value, Report *report);

static char *read_state(const Request *request, const json_t *value, Report *report) {
        const char *name = json_string_value(value);

        (void)request;
        if (name && verdict_from_name(name, &report->verdict) && report_verdict_is(report->verdict))
                return NULL;
        return mon_strdup("takes one of: up, degraded, maintenance, down");
}

static char *read_words(const json_t *value, size_t max, char **ret_text) {
        const char *text = json_string_value(value);

        if (!text || json_string_length(value) != strlen(text))
                return mon_strdup("takes a text");
        if (strlen(text) > max)
                return mon_printf("has at most %zu bytes", max);
        free(*ret_text);
        *ret_text = text_clean_copy(text, max);
        if (!(*ret_text)[strspn(*ret_text, " ")])
                mon_replace(ret_text, NULL);
        return NULL;
}

static char *read_note(const Request *request, const json_t *value, Report *report) {
        (void)request;
        return read_words(value, REPORT_NOTE_MAX, &report->note);
}

static char *read_by(const Request *request, const json_t *value, Report *report) {
        (void)request;
        return read_words(value, REPORT_BY_MAX, &report->by);
}

static char *read_at(const Request *request, const json_t *value, Report *report) {
        const char *text = json_string_value(value);
        Nsec span, now = clock_at_real(loop_clock(request->api->loop));

        if (text && text_parse_time(text, &report->at_real) == 0)
                return NULL;
        if (text && text_parse_duration(text, &span) == 0 && span <= now) {
                report->at_real = now - span;
                return NULL;
        }
        return mon_strdup("takes a time as in RFC 3339 (2026-01-31T09:00:00Z), or how long ago (25m)");
}

static char *read_span(const json_t *value, Nsec min, Nsec max, Nsec *ret_span) {
        const char *text = json_string_value(value);

        if (text && text_parse_duration(text, ret_span) == 0 && *ret_span >= min && *ret_span <= max)
                return NULL;
        mon_auto_free char *least = text_duration(min), *most = text_duration(max);
        return mon_printf("takes a duration from %s to %s, such as 25m", least, most);
}

static char *read_waited(const Request *request, const json_t *value, Report *report) {
        (void)request;
        return read_span(value, 0, REPORT_WAITED_MAX, &report->waited);
}

static char *read_expires(const Request *request, const json_t *value, Report *report) {
        (void)request;
        return read_span(value, REPORT_EXPIRES_MIN, REPORT_EXPIRES_MAX, &report->until_at_real);
}

static char *read_corrects(const Request *request, const json_t *value, Report *report) {
        const char *text = json_string_value(value);

        (void)request;
        if (json_is_integer(value) && json_integer_value(value) > 0) {
                report->corrects = json_integer_value(value);
                return NULL;
        }
        if (text && text_parse_int(text, 1, INT64_MAX, &report->corrects) == 0)
                return NULL;
        return mon_strdup("takes the number of a report");
}

static const struct {
        const char *name;
        FieldFn *fn;
} fields[] = {
        {"state", read_state},
        {"note", read_note},
        {"by", read_by},
        {"at", read_at},
        {"waited", read_waited},
        {"expires", read_expires},
        {"corrects", read_corrects},
};

/* False: refused, and answered. */
static bool read_fields(Request *request, Report *report) {
        for (size_t i = 0; i < mon_count_of(fields); i++) {
                const json_t *value = json_object_get(request->body, fields[i].name);
                if (!value || json_is_null(value))
                        continue;
                mon_auto_free char *wrong = fields[i].fn(request, value, report);
                if (!wrong)
                        continue;
                reply_problem(request, &problem_bad_request, NULL, "\"%s\" %s", fields[i].name, wrong);
                return false;
        }
        if (report->verdict != 0)
                return true;
        reply_problem(request, &problem_bad_request, NULL,
                      "\"state\" is missing: one of up, degraded, maintenance, down");
        return false;
}

void post_report(Request *request) {
        static const char *const names[] = {"target", "state", "note", "by", "at", "waited", "expires", "corrects"};
        const ApiHost *host = &request->api->host;
        mon_cleanup(report_free_p) Report *report = mon_new(Report);

        *report = (Report){
                .at_real = NSEC_UNKNOWN,
                .until_at_real = NSEC_UNKNOWN,
                .waited = NSEC_UNKNOWN,
                .how = mon_strdup("socket"),
                .uid = request->conn ? (int64_t)request->conn->peer.uid : -1,
        };
        if (!command_has_only(request, names, mon_count_of(names)))
                return;
        const char *target = command_take_target(request);
        if (!target || !read_fields(request, report))
                return;
        host->report(host->userdata, target, mon_steal(&report), command_begin(request));
}
