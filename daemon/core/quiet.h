/* Quiet hours: a spell of each local day in which notices are held back. Pure. */
#pragma once

#include "daemon/base/zone.h"

typedef struct Quiet {
        const Zone *zone; /* NULL: there are no quiet hours */
        int from, until;  /* minutes of the local day; from > until: over midnight */
} Quiet;

enum { QUIET_E_FORM = 1 };

/* "HH:MM" from 00:00 to 23:59. */
mon_must_check int quiet_read_minute(const char *text, int *ret_minute);
/* The end of the quiet hours that hold at the instant; NSEC_UNKNOWN: none do. */
Nsec quiet_until(const Quiet *quiet, Nsec at_real);
