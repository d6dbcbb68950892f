#include "daemon/model/event.h"

#include "daemon/base/text.h"

static const struct {
        const char *name;
        const char *message_id;
} events[EVENT_MAX + 1] = {
#define EVENT(number, id, text, message) [number] = {text, message},
        EVENTS(EVENT)
#undef EVENT
};

const char *event_type_name(EventType type) {
        return type >= 1 && type <= EVENT_MAX ? events[type].name : "unknown";
}

const char *event_message_id(EventType type) {
        return type >= 1 && type <= EVENT_MAX ? events[type].message_id : NULL;
}

bool event_type_from_name(const char *name, EventType *ret_type) {
        for (int type = 1; type <= EVENT_MAX; type++)
                if (text_is(name, events[type].name)) {
                        *ret_type = (EventType)type;
                        return true;
                }
        return false;
}

EventType event_type_of_state(Verdict state) {
        return (EventType)(EVENT_TARGET_UP + (int)state - (int)VERDICT_UP);
}

Event *mon_event_new(EventType type, Nsec at_real) {
        Event *event = mon_new(Event);

        *event = (Event){
                .type = type,
                .at_real = at_real,
                .observed_at_real = at_real,
                .since_at_real = NSEC_UNKNOWN,
                .notice_from_at_real = NSEC_UNKNOWN,
                .notice_until_at_real = NSEC_UNKNOWN,
                .incident_opened_at_real = NSEC_UNKNOWN,
                .incident_closed_at_real = NSEC_UNKNOWN,
        };
        return event;
}

void mon_event_free(Event *event) {
        if (!event)
                return;
        free(event->subject);
        title_fini(&event->title);
        free(event->detail);
        free(event->banner);
        free(event->url);
        free(event->diff);
        free(event);
}
