#include "daemon/view/view.h"

#include "daemon/core/notice.h"
#include "daemon/view/shape.h"

typedef struct Listing {
        const ViewLive *live;
        ShapePage page;
} Listing;

static json_t *shape_announced(const StoreNoticeRow *row) {
        json_t *announced = json_object();

        json_set(announced, "from", json_time(row->from_at_real));
        json_set(announced, "until", json_time(row->until_at_real));
        return announced;
}

static json_t *seconds_or_null(bool has, Nsec span) {
        return has ? json_seconds(span / NSEC_PER_MSEC) : json_null();
}

static json_t *shape_happened(const StoreNoticeRow *row, Nsec now_at_real) {
        const NoticeSpan span = {row->from_at_real, row->until_at_real, row->first_seen_at_real};
        const NoticeIncident incident = {row->incident_opened_at_real, row->incident_closed_at_real};
        NoticeOutcome outcome;

        if (row->incident == 0)
                return json_null();
        notice_compare(&span, &incident, now_at_real, &outcome);
        json_t *happened = json_object();
        json_set(happened, "incident", json_integer(row->incident));
        json_set(happened, "opened_at", json_time(row->incident_opened_at_real));
        json_set(happened, "closed_at", json_time(row->incident_closed_at_real));
        json_set(happened, "early_s", seconds_or_null(outcome.has_early, outcome.early));
        json_set(happened, "overrun_s", seconds_or_null(outcome.has_overrun, outcome.overrun));
        return happened;
}

static int add_notice(void *userdata, const StoreNoticeRow *row) {
        Listing *listing = userdata;

        if (!shape_takes(&listing->page, row->last_seen_at_real, row->id))
                return SHAPE_FULL;
        json_t *notice = json_object();
        json_set(notice, "text", json_text(row->text));
        json_set(notice, "target", json_text(row->target));
        json_set(notice, "first_seen", json_time(row->first_seen_at_real));
        json_set(notice, "last_seen", json_time(row->last_seen_at_real));
        json_set(notice, "times", json_integer(row->times));
        json_set(notice, "gone_at", json_time(row->gone_at_real));
        json_set(notice, "announced", shape_announced(row));
        json_set(notice, "happened", shape_happened(row, listing->live->now_at_real));
        json_add(listing->page.rows, notice);
        return 0;
}

int view_notices(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page) {
        Listing listing = {.live = live};
        StorePage from;

        int r = filter->target ? shape_need_target(store, filter->target) : 0;
        if (r == 0)
                r = shape_begin(filter, &from, &listing.page);
        if (r != 0)
                return r;
        return shape_end(&listing.page, store_each_notice(store, &from, add_notice, &listing), ret_page);
}

typedef struct Pending {
        Nsec now_at_real;
        json_t *notice;
} Pending;

static int take_pending(void *userdata, const StoreNoticeRow *row) {
        Pending *pending = userdata;
        Nsec end = row->until_at_real != NSEC_UNKNOWN ? row->until_at_real : row->from_at_real;

        if (end != NSEC_UNKNOWN && end <= pending->now_at_real)
                return 0;
        pending->notice = shape_announced(row);
        json_set(pending->notice, "text", json_text(row->text));
        return SHAPE_FULL;
}

int shape_pending_notice(Store *store, const ViewLive *live, const char *target, json_t **ret_notice) {
        Pending pending = {.now_at_real = live->now_at_real};
        StorePage page = store_page_all();

        page.target = target;
        page.open_only = true;
        int r = store_each_notice(store, &page, take_pending, &pending);
        if (r < 0)
                return r;
        *ret_notice = pending.notice ? pending.notice : json_null();
        return 0;
}
