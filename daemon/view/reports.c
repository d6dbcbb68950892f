#include "daemon/core/reports.h"
#include "daemon/view/shape.h"
#include "daemon/view/view.h"

static json_t *number_or_null(int64_t number, bool known) {
        return known ? json_integer(number) : json_null();
}

json_t *view_report(const char *target, const Report *report, Nsec now_at_real) {
        json_t *document = json_object();
        bool in_force = report->corrected_by == 0 && report->until_at_real > now_at_real;

        json_set(document, "id", json_integer(report->id));
        json_set(document, "target", json_text(target));
        json_set(document, "state", json_text(verdict_name(report->verdict)));
        json_set(document, "at", json_time(report->at_real));
        json_set(document, "entered_at", json_time(report->entered_at_real));
        json_set(document, "until", json_time(report->until_at_real));
        json_set(document, "in_force", json_yes(in_force));
        json_set(document, "note", json_text(report->note));
        json_set(document, "by", json_text(report->by));
        json_set(document, "how", json_text(report->how));
        json_set(document, "uid", number_or_null(report->uid, report->uid >= 0));
        json_set(document, "waited_s", number_or_null(report->waited / NSEC_PER_SEC, report->waited != NSEC_UNKNOWN));
        json_set(document, "corrects", number_or_null(report->corrects, report->corrects != 0));
        json_set(document, "corrected_by", number_or_null(report->corrected_by, report->corrected_by != 0));
        return document;
}

typedef struct Listing {
        const ViewLive *live;
        ShapePage page;
} Listing;

static int add_report(void *userdata, const char *target, const Report *report) {
        Listing *listing = userdata;

        if (!shape_takes(&listing->page, report->at_real, report->id))
                return SHAPE_FULL;
        json_add(listing->page.rows, view_report(target, report, listing->live->now_at_real));
        return 0;
}

int view_reports(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page) {
        Listing listing = {.live = live};
        StorePage from;

        int r = filter->target ? shape_need_target(store, filter->target) : 0;
        if (r == 0)
                r = shape_begin(filter, &from, &listing.page);
        if (r != 0)
                return r;
        return shape_end(&listing.page, store_each_report(store, &from, add_report, &listing), ret_page);
}

static int collect(void *userdata, const char *target, const Report *report) {
        (void)target;
        reports_add(userdata, report_copy(report));
        return 0;
}

int shape_tally(Store *store, const ViewLive *live, const char *target, json_t **ret_tally) {
        mon_cleanup(reports_fini) Reports reports = {0};
        StorePage page = store_page_all();
        ReportsTally tally;

        page.target = target;
        page.limit = REPORTS_MAX;
        int r = store_each_report(store, &page, collect, &reports);
        if (r < 0)
                return r;
        reports_tally(&reports, live->now_at_real, &tally);
        *ret_tally = json_object();
        json_set(*ret_tally, "in_force", json_integer(tally.agree + tally.disagree));
        json_set(*ret_tally, "agree", json_integer(tally.agree));
        json_set(*ret_tally, "disagree", json_integer(tally.disagree));
        return 0;
}
