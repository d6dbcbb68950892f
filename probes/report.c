#include "probes/report.h"

#include "daemon/base/error.h"
#include "daemon/model/report.h"

static const Directive report_rows[] = {
        {.key = "expires",
         .type = DIRECTIVE_DURATION,
         .offset = offsetof(ReportSpec, expires),
         .fallback = "48h",
         .min = REPORT_EXPIRES_MIN,
         .max = REPORT_EXPIRES_MAX,
         .help = "how long a report speaks"},
        {.key = NULL},
};

static int report_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                        Probe **ret_probe) {
        (void)services;
        (void)target;
        (void)done;
        (void)userdata;
        (void)ret_probe;
        return -ENOTSUP; /* whoever asks for a look is told before */
}

static void report_cancel(Probe *probe) {
        (void)probe;
}

const ProbeDriver probe_report = {
        .name = "report",
        .directives = report_rows,
        .spec_size = sizeof(ReportSpec),
        .by_people = true,
        .start = report_start,
        .cancel = report_cancel,
};
