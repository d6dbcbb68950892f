/* The kinds of probe that there are: a new kind is one row here. */
#pragma once

#include "probes/probe.h"

/* Ends with NULL. */
extern const ProbeDriver *const probe_drivers[];

const ProbeDriver *probe_driver_by_name(const char *name); /* NULL: there is none */
