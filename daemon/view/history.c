#include "daemon/view/view.h"

#include "daemon/view/shape.h"

static int add_check(void *userdata, const StoreCheckRow *row) {
        ShapePage *page = userdata;

        if (!shape_takes(page, row->at_real, row->id))
                return SHAPE_FULL;
        json_add(page->rows, shape_history(row));
        return 0;
}

int view_history(Store *store, const ViewFilter *filter, ViewPage *ret_page) {
        StorePage from;
        ShapePage page;

        if (!filter->target)
                return VIEW_E_NOT_FOUND;
        int r = shape_need_target(store, filter->target);
        if (r == 0)
                r = shape_begin(filter, &from, &page);
        if (r != 0)
                return r;
        return shape_end(&page, store_each_check(store, &from, add_check, &page), ret_page);
}

static int add_banner(void *userdata, const StoreBannerRow *row) {
        ShapePage *page = userdata;
        json_t *banner;

        if (!shape_takes(page, row->last_seen_at_real, row->id))
                return SHAPE_FULL;
        banner = json_object();
        json_set(banner, "text", json_text(row->text));
        json_set(banner, "target", json_text(row->target));
        json_set(banner, "first_seen", json_time(row->first_seen_at_real));
        json_set(banner, "last_seen", json_time(row->last_seen_at_real));
        json_set(banner, "times", json_integer(row->times));
        json_set(banner, "rule", json_text(row->rule));
        json_add(page->rows, banner);
        return 0;
}

int view_banners(Store *store, const ViewFilter *filter, ViewPage *ret_page) {
        StorePage from;
        ShapePage page;

        int r = filter->target ? shape_need_target(store, filter->target) : 0;
        if (r == 0)
                r = shape_begin(filter, &from, &page);
        if (r != 0)
                return r;
        return shape_end(&page, store_each_banner(store, &from, add_banner, &page), ret_page);
}
