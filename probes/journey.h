/* The journey probe: several pages in order, as one visitor with one set of cookies meets them. Links are followed as
 * an XPath names them on the page before; nothing but GET is ever asked, and no form is sent. Each step is judged by
 * what it expects; the worst decides, and what comes after a step that is not available is not asked. */
#pragma once

#include "probes/http.h"
#include "probes/page/tree.h"

#define JOURNEY_STEPS_MAX 10
#define JOURNEY_REDIRECTS_MAX (OBSERVATION_HOPS_MAX - JOURNEY_STEPS_MAX) /* of all steps together */
#define JOURNEY_ADDRESS_SHOWN_MAX 120                                    /* bytes of a step's address in a detail */

typedef struct JourneyStep {
        char *get;    /* an address; or */
        char *follow; /* an XPath */
        HttpExpect expect;
        XPath *link; /* of follow; by prepare(), as is the next */
        PageExpect *compiled;
} JourneyStep;

typedef struct JourneySpec {
        SectionList steps; /* of JourneyStep */
        HttpSpec manner;   /* how each page is asked: headers, redirects, family, caps */
} JourneySpec;

extern const ProbeDriver probe_journey;

/* probe_journey's own, in journey_look.c. */
int journey_look_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                       Probe **ret_probe);
void journey_look_cancel(Probe *probe);
