#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/mond_parts.h"
#include "daemon/sys/systemd.h"
#include "daemon/text/message.h"

static LogLevel event_level(const Event *event) {
        switch (event->type) {
        case EVENT_TARGET_DOWN:
        case EVENT_TARGET_MAINTENANCE:
        case EVENT_PATH_CLOSED:
        case EVENT_PATH_IMPAIRED:
        case EVENT_OBSERVER_BLIND:
        case EVENT_DELIVERY_FAILED:
                return LOG_LEVEL_WARNING;
        default:
                return LOG_LEVEL_NOTICE;
        }
}

static const char *state_of(const Event *event) {
        if (event->path_to)
                return path_state_name(event->path_to);
        return event->to ? verdict_name(event->to) : NULL;
}

void mond_on_event(void *userdata, const Event *event) {
        Mond *mond = userdata;
        mon_auto_free char *message = message_event(event, mond_language(mond));
        const LogField fields[] = {
                {"MESSAGE_ID", event_message_id(event->type)},
                {"MOND_EVENT", event_type_name(event->type)},
                {"MOND_EVENT_ID", event->id},
                {"MOND_TARGET", event->kind == SUBJECT_TARGET ? event->subject : event->reason},
                {"MOND_PATH", event->kind == SUBJECT_PATH ? event->subject : NULL},
                {"MOND_STATE", state_of(event)},
                {"MOND_CAUSE", event->cause ? cause_name(event->cause) : NULL},
                {"MOND_NOTIFIER", event->kind == SUBJECT_NOTIFIER ? event->subject : NULL},
                {"MOND_BANNER", event->banner},
        };

        log_fields(event_level(event), fields, mon_count_of(fields), "%s", message);
        if (mond->api) {
                mon_auto_json *document =
                        view_event(event, mond->config->observer_name, mond->config->observer_contact);
                api_publish(mond->api, event_type_name(event->type), document);
        }
        if (mond->alertmanager)
                alertmanager_take(mond->alertmanager, event);
        loop_defer(mond->loop, &mond->status);
}

void mond_on_trouble(void *userdata, int error) {
        Mond *mond = userdata;

        if (error == 0)
                log_notice("the database takes writes again: what waited is recorded");
        else
                log_error("the database %s refuses: %s. Looking goes on; what is seen waits in memory",
                          mond->database_path, store_strerror(error));
        mond_follow_trouble(mond, error);
        loop_defer(mond->loop, &mond->status);
}

void mond_tell_status(void *userdata) {
        Mond *mond = userdata;
        size_t n = watches_count(mond->watches);
        mon_auto_free MessageTarget *targets = mon_new_array(MessageTarget, n);
        const Paths *known = flow_paths(mond->flow);
        size_t n_paths = paths_count(known);
        mon_auto_free MessagePath *paths = mon_new_array(MessagePath, n_paths);
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
        for (size_t i = 0; i < n_paths; i++) {
                PathStatus status;
                const Path *path = paths_at(known, i, &status);
                paths[i] = (MessagePath){path->id, status.state, status.proven, status.since_at_real};
        }
        mon_auto_free char *status = message_status(paths, n_paths, targets, n, clock_at_real(loop_clock(mond->loop)),
                                                    trouble ? store_strerror(trouble) : NULL, mond_language(mond));
        systemd_tell_status(status);
}
