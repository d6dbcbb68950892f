#include "probes/registry.h"

#include "daemon/base/text.h"
#include "probes/dns.h"
#include "probes/exec.h"
#include "probes/http.h"
#include "probes/journey.h"
#include "probes/outages.h"
#include "probes/report.h"
#include "probes/tcp.h"
#include "probes/tls.h"

const ProbeDriver *const probe_drivers[] = {
        &probe_http, &probe_journey, &probe_outages, &probe_report, &probe_dns,
        &probe_tcp,  &probe_tls,     &probe_exec,    NULL,
};

const ProbeDriver *probe_driver_by_name(const char *name) {
        for (size_t i = 0; probe_drivers[i]; i++)
                if (text_is(probe_drivers[i]->name, name))
                        return probe_drivers[i];
        return NULL;
}
