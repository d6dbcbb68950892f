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

static int add_content(void *userdata, const StoreContentRow *row) {
        ShapePage *page = userdata;
        char hex[SHA256_HEX_MAX];
        json_t *content;

        if (!shape_takes(page, row->first_seen_at_real, row->id))
                return SHAPE_FULL;
        content = json_object();
        json_set(content, "target", json_text(row->target));
        json_set(content, "began", json_text(content_step_name(row->began)));
        json_set(content, "first_seen", json_time(row->first_seen_at_real));
        json_set(content, "last_seen", json_time(row->last_seen_at_real));
        json_set(content, "missing", json_text(row->missing));
        json_set(content, "words_removed", json_integer(row->words_removed));
        json_set(content, "words_added", json_integer(row->words_added));
        json_set(content, "diff", json_text(row->diff));
        if (row->text_sha256)
                sha256_hex(row->text_sha256, hex);
        json_set(content, "text_sha256", json_text(row->text_sha256 ? hex : NULL));
        json_add(page->rows, content);
        return 0;
}

int view_content(Store *store, const ViewFilter *filter, ViewPage *ret_page) {
        StorePage from;
        ShapePage page;

        int r = filter->target ? shape_need_target(store, filter->target) : 0;
        if (r == 0)
                r = shape_begin(filter, &from, &page);
        if (r != 0)
                return r;
        return shape_end(&page, store_each_content(store, &from, add_content, &page), ret_page);
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
