/* Targets that no program can look at: people enter what they met, each report speaks for a while. */
#pragma once

#include "probes/probe.h"

typedef struct ReportSpec {
        Nsec expires; /* how long a report speaks, where it says nothing of its own */
} ReportSpec;

extern const ProbeDriver probe_report;
