#include "daemon/view/view.h"

#include "daemon/view/shape.h"

json_t *shape_delivery(const StoreDeliveryRow *row) {
        json_t *document = json_object();

        json_set(document, "id", json_integer(row->id));
        json_set(document, "event_id", json_text(row->event_id));
        json_set(document, "type", json_text(event_type_name(row->type)));
        json_set(document, "subject", json_text(row->subject));
        json_set(document, "notifier", json_text(row->notifier));
        json_set(document, "state", json_text(delivery_state_name(row->state)));
        json_set(document, "owed_at", json_time(row->owed_at_real));
        json_set(document, "first_at", json_time(row->first_at_real));
        json_set(document, "done_at", json_time(row->done_at_real));
        json_set(document, "attempts", json_integer(row->attempts));
        json_set(document, "next_at", json_time(row->next_at_real));
        json_set(document, "http_status", row->http_status ? json_integer(row->http_status) : json_null());
        json_set(document, "last_error", json_text(row->error));
        return document;
}

static int add_delivery(void *userdata, const StoreDeliveryRow *row) {
        ShapePage *page = userdata;

        if (!shape_takes(page, row->owed_at_real, row->id))
                return SHAPE_FULL;
        json_add(page->rows, shape_delivery(row));
        return 0;
}

int view_deliveries(Store *store, const ViewFilter *filter, ViewPage *ret_page) {
        DeliveryState state = filter->failed_only    ? DELIVERY_FAILED
                              : filter->pending_only ? DELIVERY_PENDING
                                                     : (DeliveryState)0;
        ShapePage page;
        StorePage from;

        int r = shape_begin(filter, &from, &page);
        if (r != 0)
                return r;
        return shape_end(&page, store_each_delivery(store, &from, state, add_delivery, &page), ret_page);
}

static int add_of_incident(void *userdata, const StoreDeliveryRow *row) {
        json_add(userdata, shape_delivery(row));
        return 0;
}

int shape_incident_deliveries(Store *store, int64_t incident, json_t **ret_list) {
        mon_auto_json *list = json_array();

        int r = store_each_incident_delivery(store, incident, add_of_incident, list);
        if (r == 0)
                *ret_list = mon_steal(&list);
        return r;
}

/* --- silences ----------------------------------------------------------------------------------------------------- */

static int add_silence(void *userdata, const StoreSilence *row) {
        json_t *document = json_object();

        json_set(document, "id", json_integer(row->id));
        json_set(document, "subject", json_text(row->subject));
        json_set(document, "reason", json_text(row->reason));
        json_set(document, "from", json_time(row->from_at_real));
        json_set(document, "until", json_time(row->until_at_real));
        json_add(userdata, document);
        return 0;
}

int view_silences(Store *store, const ViewLive *live, json_t **ret_document) {
        mon_auto_json *list = json_array();

        int r = store_each_silence(store, live->now_at_real, add_silence, list);
        if (r == 0)
                *ret_document = mon_steal(&list);
        return r;
}
