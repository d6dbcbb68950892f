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

EventType event_type_of_path(PathState state) {
        return (EventType)(EVENT_PATH_OPEN + (int)state - (int)PATH_OPEN);
}

bool event_type_is_state(EventType type) {
        return (type >= EVENT_TARGET_UP && type <= EVENT_TARGET_UNKNOWN) ||
               (type >= EVENT_PATH_OPEN && type <= EVENT_PATH_UNKNOWN);
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

static void event_fini(Event *event) {
        free(event->subject);
        title_fini(&event->title);
        free(event->unknown);
        free(event->reason);
        free(event->detail);
        free(event->banner);
        free(event->url);
        free(event->diff);
}

void event_copy(Event *to, const Event *from) {
        Event copy = *from;

        copy.subject = mon_strdup(from->subject);
        copy.title = (Title){0};
        title_copy(&copy.title, &from->title);
        copy.unknown = mon_strdup(from->unknown);
        copy.reason = mon_strdup(from->reason);
        copy.detail = mon_strdup(from->detail);
        copy.banner = mon_strdup(from->banner);
        copy.url = mon_strdup(from->url);
        copy.diff = mon_strdup(from->diff);
        event_fini(to);
        *to = copy;
}

void mon_event_free(Event *event) {
        if (!event)
                return;
        event_fini(event);
        free(event);
}
