#include "daemon/model/incident.h"

const char *subject_kind_name(SubjectKind kind) {
        switch (kind) {
        case SUBJECT_TARGET:
                return "target";
        case SUBJECT_PATH:
                return "path";
        case SUBJECT_NOTIFIER:
                return "notifier";
        default:
                return "observer";
        }
}

void incident_fini(Incident *incident) {
        free(incident->subject);
        free(incident->banner_text);
        free(incident->banner_rule);
        *incident = (Incident){0};
}

void incident_copy(Incident *to, const Incident *from) {
        Incident copy = *from;

        copy.subject = mon_strdup(from->subject);
        copy.banner_text = mon_strdup(from->banner_text);
        copy.banner_rule = mon_strdup(from->banner_rule);
        incident_fini(to);
        *to = copy;
}
