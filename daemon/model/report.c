#include "daemon/model/report.h"

#include "daemon/base/text.h"

#define TO_THE_MINUTE 16 /* bytes of "2026-01-12T14:05" */

void report_free(Report *report) {
        if (!report)
                return;
        free(report->note);
        free(report->by);
        free(report->how);
        free(report);
}

Report *report_copy(const Report *report) {
        Report *copy = mon_new(Report);

        *copy = *report;
        copy->note = mon_strdup(report->note);
        copy->by = mon_strdup(report->by);
        copy->how = mon_strdup(report->how);
        return copy;
}

bool report_verdict_is(Verdict verdict) {
        return verdict >= VERDICT_UP && verdict_class(verdict) != CLASS_NOT_OBSERVED;
}

char *report_detail(const Report *report) {
        char at[TEXT_TIME_MAX];

        text_time(report->at_real, at);
        at[TO_THE_MINUTE] = '\0';
        return mon_printf("%s%s(%s%s%sZ)", report->note ? report->note : "", report->note ? " " : "",
                          report->by ? report->by : "", report->by ? ", " : "", at);
}
