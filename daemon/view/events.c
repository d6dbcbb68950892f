#include "daemon/view/view.h"

#include "daemon/text/message.h"
#include "daemon/view/shape.h"

#include <string.h>

static json_t *shape_subject(const Event *event) {
        json_t *subject = json_object();

        json_set(subject, "kind", json_text(subject_kind_name(event->kind)));
        json_set(subject, "id", json_text(event->subject));
        json_set(subject, "title",
                 shape_title(event->title.in[LANGUAGE_FR], event->title.in[LANGUAGE_EN], event->subject));
        return subject;
}

/* The state that a type tells of: a path's words for a path. */
static json_t *shape_state(const Event *event, Verdict verdict, PathState state) {
        if (event->kind != SUBJECT_PATH)
                return shape_verdict(verdict);
        return json_text(state ? path_state_name(state) : NULL);
}

static json_t *shape_unknown(const Event *event) {
        json_t *ids = json_array();
        mon_auto_free char *list = mon_strdup(event->unknown);
        char *rest = list, *id;

        while ((id = strsep(&rest, " ")) != NULL)
                json_add(ids, json_text(id));
        return ids;
}

static json_t *shape_reason(const Event *event) {
        if (event->verdict == 0)
                return json_null();
        json_t *reason = json_object();
        json_set(reason, "target", json_text(event->kind == SUBJECT_TARGET ? event->subject : event->reason));
        json_set(reason, "verdict", shape_verdict(event->verdict));
        json_set(reason, "cause", shape_cause(event->cause));
        json_set(reason, "detail", json_text(event->detail));
        json_set(reason, "http_status", event->http_status ? json_integer(event->http_status) : json_null());
        json_set(reason, "banner", json_text(event->banner));
        json_set(reason, "url", json_text(event->url));
        return reason;
}

static json_t *shape_event_incident(const Event *event) {
        if (event->incident == 0)
                return json_null();
        json_t *incident = json_object();
        json_set(incident, "id", json_integer(event->incident));
        json_set(incident, "opened_at", json_time(event->incident_opened_at_real));
        json_set(incident, "closed_at", json_time(event->incident_closed_at_real));
        return incident;
}

static json_t *shape_text(const Event *event) {
        mon_auto_free char *fr = message_event(event, LANGUAGE_FR);
        mon_auto_free char *en = message_event(event, LANGUAGE_EN);
        return shape_title(fr, en, NULL);
}

json_t *view_event(const Event *event, const char *observer_name, const char *observer_contact) {
        json_t *document = json_object();
        bool lasted = event->since_at_real != NSEC_UNKNOWN && event->at_real > event->since_at_real;
        int64_t duration = lasted ? shape_msec(event->at_real) - shape_msec(event->since_at_real) : 0;

        json_set(document, "version", json_integer(1));
        json_set(document, "id", json_text(event->id));
        json_set(document, "type", json_text(event_type_name(event->type)));
        json_set(document, "at", json_time(event->at_real));
        json_set(document, "observed_at", json_time(event->observed_at_real));
        json_set(document, "late", json_false());
        json_set(document, "observer", shape_observer(observer_name, observer_contact));
        json_set(document, "subject", shape_subject(event));
        json_set(document, "from", shape_state(event, event->from, event->path_from));
        json_set(document, "to", shape_state(event, event->to, event->path_to));
        json_set(document, "since", json_time(event->since_at_real));
        json_set(document, "duration_s", json_seconds(duration));
        json_set(document, "proven", json_yes(event->proven));
        json_set(document, "reason", shape_reason(event));
        json_set(document, "incident", shape_event_incident(event));
        json_set(document, "unknown", shape_unknown(event));
        if (event->changes > 0)
                json_set(document, "changes", json_integer(event->changes));
        if (event->type == EVENT_NOTICE_ANNOUNCED) {
                json_t *notice = json_object();
                json_set(notice, "from", json_time(event->notice_from_at_real));
                json_set(notice, "until", json_time(event->notice_until_at_real));
                json_set(document, "notice", notice);
        }
        if (event->type == EVENT_CONTENT_CHANGED) {
                json_set(document, "diff", json_text(event->diff));
                json_set(document, "words_removed", json_integer(event->words_removed));
                json_set(document, "words_added", json_integer(event->words_added));
        }
        json_set(document, "text", shape_text(event));
        return document;
}

typedef struct Listing {
        const char *name, *contact;
        ShapePage page;
} Listing;

static int add_event(void *userdata, int64_t row, const Event *event) {
        Listing *listing = userdata;

        if (!shape_takes(&listing->page, event->at_real, row))
                return SHAPE_FULL;
        json_add(listing->page.rows, view_event(event, listing->name, listing->contact));
        return 0;
}

int view_events(Store *store, const ViewLive *live, const ViewFilter *filter, ViewPage *ret_page) {
        mon_auto_free char *name = NULL;
        mon_auto_free char *contact = NULL;
        Listing listing = {.name = live->observer_name, .contact = live->observer_contact};
        StorePage from;

        int r = listing.name ? 0 : store_read_observer(store, &name, &contact);
        if (r == 0)
                r = shape_begin(filter, &from, &listing.page);
        if (r != 0)
                return r;
        if (!listing.name) {
                listing.name = name;
                listing.contact = contact;
        }
        return shape_end(&listing.page, store_each_event(store, &from, add_event, &listing), ret_page);
}
