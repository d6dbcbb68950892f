/* What a journey makes of each step: pure, so that it is tested without a server. */
#pragma once

#include "probes/journey.h"

/* A step was judged: it is added to what the steps before gave. The worst verdict decides, the first of equals, and
 * what could not be seen is worse than degraded: nobody got past it. Where all are up the last page is the one shown.
 * `index` from 0; `address` names the step: a URL or an XPath. */
void journey_take(Judgement *judgement, size_t index, const char *address, Observation *observation);
/* A step ended without a page: what the observation says of it is said of that step. */
void journey_blame(size_t index, const char *address, Observation *observation);
/* The same of a step that is over its time: only where nothing worse was seen. */
void journey_take_slowness(const char *why, size_t index, const char *address, Observation *observation);
