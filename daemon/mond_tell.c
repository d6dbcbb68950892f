#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/mond_parts.h"
#include "daemon/sys/systemd.h"
#include "daemon/text/message.h"

static LogLevel event_level(const Event *event) {
        switch (event->type) {
        case EVENT_TARGET_DOWN:
        case EVENT_TARGET_MAINTENANCE:
        case EVENT_OBSERVER_BLIND:
                return LOG_LEVEL_WARNING;
        default:
                return LOG_LEVEL_NOTICE;
        }
}

void mond_on_event(void *userdata, const Event *event) {
        Mond *mond = userdata;
        mon_auto_free char *message = message_event(event, mond_language(mond));
        const LogField fields[] = {
                {"MESSAGE_ID", event_message_id(event->type)},
                {"MOND_EVENT", event_type_name(event->type)},
                {"MOND_EVENT_ID", event->id},
                {"MOND_TARGET", event->kind == SUBJECT_TARGET ? event->subject : NULL},
                {"MOND_STATE", event->to ? verdict_name(event->to) : NULL},
                {"MOND_CAUSE", event->cause ? cause_name(event->cause) : NULL},
                {"MOND_BANNER", event->banner},
        };

        log_fields(event_level(event), fields, mon_count_of(fields), "%s", message);
        if (mond->api) {
                mon_auto_json *document =
                        view_event(event, mond->config->observer_name, mond->config->observer_contact);
                api_publish(mond->api, event_type_name(event->type), document);
        }
        loop_defer(mond->loop, &mond->status);
}

void mond_on_trouble(void *userdata, int error) {
        Mond *mond = userdata;

        if (error == 0)
                log_notice("the database takes writes again: what waited is recorded");
        else
                log_error("the database %s refuses: %s. Looking goes on; what is seen waits in memory",
                          mond->database_path, store_strerror(error));
        loop_defer(mond->loop, &mond->status);
}

void mond_tell_status(void *userdata) {
        Mond *mond = userdata;
        size_t n = watches_count(mond->watches);
        mon_auto_free MessageTarget *targets = mon_new_array(MessageTarget, n);
        int trouble = flow_trouble(mond->flow);

        if (!mond->ready)
                return;
        for (size_t i = 0; i < n; i++) {
                const Watch *watch = watches_at(mond->watches, i);
                targets[i] = (MessageTarget){
                        .id = watch->target->id,
                        .state = watch->state.state,
                        .since_at_real = watch->state.since_at_real,
                };
        }
        mon_auto_free char *status = message_status(targets, n, clock_at_real(loop_clock(mond->loop)),
                                                    trouble ? store_strerror(trouble) : NULL, mond_language(mond));
        systemd_tell_status(status);
}
