/* A page that should not exist, asked of a site whose pages its scripts fill: where every address answers 200, that a
 * page answers says little, and the reader should know. What comes of it changes no verdict. */
#pragma once

#include "probes/probe.h"

#define ABSENT_EVERY (86400 * NSEC_PER_SEC)

/* An address on the page's site that is the same for a target each time and that nobody made: its path is
 * /mond-verification- and a hash of the target's id. To free; NULL: `page_url` is no web address. */
char *absent_url(const char *page_url, const char *target_id);
/* Of applications alone, a day after it was asked last (NSEC_UNKNOWN: never), or before by the clock. */
bool absent_is_due(const Target *target, Nsec asked_at_real, Nsec now_at_real);

/* A target to be run like any other, at the same host, for the one request; its observation's http_status is the
 * answer, with no redirect followed. Borrows of the target, which must stay. NULL: nothing can be asked. */
typedef struct Absent Absent;
Absent *absent_new(const Target *target);
void absent_free(Absent *absent);
mon_define_cleanup(Absent, absent_free);
const Target *absent_target(const Absent *absent);
