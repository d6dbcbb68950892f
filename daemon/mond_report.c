#include "daemon/mond.h"

#include "daemon/base/text.h"
#include "daemon/mond_parts.h"
#include "probes/report.h"

/* What only the daemon can see of a report; NULL: it is good. To free. */
static char *find_fault(const Watch *watch, const Report *report, Nsec now_at_real) {
        if (!watch || !watch->target->driver->by_people)
                return mon_strdup("this target is looked at by a program: it takes no reports");
        if (report->at_real != NSEC_UNKNOWN && report->at_real > now_at_real + REPORT_SKEW_MAX)
                return mon_strdup("\"at\" lies in the future: a report says what was met");
        if (report->corrects != 0 && !reports_find(&watch->reports, report->corrects))
                return mon_strdup("\"corrects\" names no recent report of this target");
        return NULL;
}

int mond_report(Mond *mond, const char *target, Report *report, char **ret_why) {
        mon_cleanup(report_free_p) Report *taken = report;
        Watch *watch = watches_find(mond->watches, target);
        Nsec now = clock_at_real(loop_clock(mond->loop));
        char *why = find_fault(watch, report, now);

        if (why) {
                *ret_why = why;
                return -EINVAL;
        }
        const ReportSpec *spec = watch->target->spec;
        Nsec span = report->until_at_real != NSEC_UNKNOWN ? report->until_at_real : spec->expires;
        if (report->at_real == NSEC_UNKNOWN || report->at_real > now)
                report->at_real = now;
        report->entered_at_real = now;
        report->until_at_real = report->at_real + span;
        watches_report(mond->watches, watch, mon_steal(&taken));
        return 0;
}

static json_t *document_of(const Mond *mond, const Watch *watch, const Report *report, bool recorded) {
        json_t *document = json_object();

        json_set(document, "report", view_report(watch->target->id, report, clock_at_real(loop_clock(mond->loop))));
        json_set(document, "recorded", json_yes(recorded));
        json_set(document, "decides", json_yes(watch->report == report->id && watch->state.cause == CAUSE_REPORTED));
        json_set(document, "state", json_text(verdict_name(watch->state.state)));
        json_set(document, "cause", json_text(cause_name(watch->state.cause)));
        json_set(document, "since", json_time(watch->state.since_at_real));
        return document;
}

void mond_host_report(void *userdata, const char *target, Report *report, ApiCall *call) {
        Mond *mond = userdata;
        mon_auto_free char *why = NULL;

        if (mond_report(mond, target, report, &why) != 0) {
                api_refuse(call, API_REFUSED_BAD, why, NULL, NSEC_UNKNOWN);
                return;
        }
        /* Whoever entered it is told whether it is on record. While the database refuses it waits, as all else does. */
        bool recorded = flow_commit(mond->flow) == 0;
        api_answer(call, document_of(mond, watches_find(mond->watches, target), report, recorded));
}
