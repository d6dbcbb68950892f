#include "daemon/view/shape.h"

#include "daemon/base/text.h"

#include <inttypes.h>
#include <stdio.h>

json_t *shape_title(const char *fr, const char *en, const char *fallback) {
        json_t *title = json_object();

        json_set(title, "fr", json_text(fr ? fr : en ? en : fallback));
        json_set(title, "en", json_text(en ? en : fr ? fr : fallback));
        return title;
}

json_t *shape_observer(const char *name, const char *contact) {
        json_t *observer = json_object();

        json_set(observer, "name", json_text(name));
        json_set(observer, "contact", json_text(contact));
        return observer;
}

json_t *shape_banner(const char *text, const char *rule) {
        if (!text)
                return json_null();
        json_t *banner = json_object();
        json_set(banner, "text", json_text(text));
        json_set(banner, "rule", json_text(rule));
        return banner;
}

json_t *shape_verdict(Verdict verdict) {
        return json_text(verdict ? verdict_name(verdict) : NULL);
}

json_t *shape_cause(Cause cause) {
        return json_text(cause ? cause_name(cause) : NULL);
}

void shape_set_last_check(json_t *object, const StoreCheckRow *row) {
        json_set(object, "at", json_time(row->at_real));
        json_set(object, "verdict", shape_verdict(row->verdict));
        json_set(object, "cause", shape_cause(row->cause));
        json_set(object, "detail", json_text(row->detail));
        json_set(object, "http_status", row->http_status ? json_integer(row->http_status) : json_null());
        json_set(object, "duration_ms", json_msec(row->duration));
        json_set(object, "banner", shape_banner(row->banner_text, row->banner_rule));
}

void shape_set_phases(json_t *object, const StoreCheckRow *row) {
        json_set(object, "dns_ms", json_msec(row->dns));
        json_set(object, "connect_ms", json_msec(row->connect));
        json_set(object, "tls_ms", json_msec(row->tls));
        json_set(object, "ttfb_ms", json_msec(row->ttfb));
}

json_t *shape_history(const StoreCheckRow *row) {
        json_t *check = json_object();
        char hex[SHA256_HEX_MAX];

        json_set(check, "at", json_time(row->at_real));
        json_set(check, "verdict", shape_verdict(row->verdict));
        json_set(check, "cause", shape_cause(row->cause));
        json_set(check, "detail", json_text(row->detail));
        json_set(check, "http_status", row->http_status ? json_integer(row->http_status) : json_null());
        json_set(check, "duration_ms", json_msec(row->duration));
        shape_set_phases(check, row);
        json_set(check, "bytes", row->bytes >= 0 ? json_integer(row->bytes) : json_null());
        json_set(check, "remote_ip", json_text(row->remote_ip));
        if (row->body_sha256)
                sha256_hex(row->body_sha256, hex);
        json_set(check, "body_sha256", json_text(row->body_sha256 ? hex : NULL));
        return check;
}

static int is_target(void *userdata, const StoreTargetRow *row) {
        (void)row;
        *(bool *)userdata = true;
        return 0;
}

int shape_need_target(Store *store, const char *name) {
        bool found = false;

        int r = store_each_target(store, name, is_target, &found);
        return r != 0 ? r : found ? 0 : VIEW_E_NOT_FOUND;
}

int64_t shape_msec(Nsec at_real) {
        return at_real / NSEC_PER_MSEC - (at_real % NSEC_PER_MSEC < 0);
}

/* "<milliseconds>.<row>" */
static int read_cursor(const char *cursor, StorePage *from) {
        const char *dot = strchr(cursor, '.');

        if (!dot)
                return VIEW_E_CURSOR;
        mon_auto_free char *at = mon_strndup(cursor, (size_t)(dot - cursor));
        if (text_parse_int(at, INT64_MIN, INT64_MAX, &from->before_ms) != 0 ||
            text_parse_int(dot + 1, 1, INT64_MAX, &from->before_id) != 0)
                return VIEW_E_CURSOR;
        return 0;
}

int shape_begin(const ViewFilter *filter, StorePage *ret_from, ShapePage *ret_page) {
        StorePage from = store_page_all();
        int64_t limit = filter->limit > 0 ? filter->limit : VIEW_LIMIT_FALLBACK;

        if (limit > VIEW_LIMIT_MAX)
                limit = VIEW_LIMIT_MAX;
        if (filter->cursor) {
                int r = read_cursor(filter->cursor, &from);
                if (r != 0)
                        return r;
        }
        from.target = filter->target ? filter->target : filter->path;
        from.kind = filter->target ? SUBJECT_TARGET : filter->path ? SUBJECT_PATH : 0;
        from.open_only = filter->open_only;
        from.limit = limit + 1;
        if (filter->has_since)
                from.since_ms = shape_msec(filter->since_at_real);
        if (filter->has_until && filter->until_at_real != NSEC_NEVER)
                from.until_ms = shape_msec(filter->until_at_real);
        *ret_from = from;
        *ret_page = (ShapePage){.rows = json_array(), .limit = limit};
        return 0;
}

bool shape_takes(ShapePage *page, Nsec at_real, int64_t id) {
        if (page->n == page->limit) {
                page->more = true;
                return false;
        }
        page->n++;
        page->last_ms = shape_msec(at_real);
        page->last_id = id;
        return true;
}

int shape_end(ShapePage *page, int result, ViewPage *ret_page) {
        if (result != 0 && result != SHAPE_FULL) {
                json_decref(page->rows);
                return result;
        }
        *ret_page = (ViewPage){.rows = page->rows};
        if (page->more)
                (void)snprintf(ret_page->cursor, sizeof ret_page->cursor, "%" PRId64 ".%" PRId64, page->last_ms,
                               page->last_id);
        return 0;
}
