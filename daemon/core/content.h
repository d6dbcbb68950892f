/* From looks at a watched part to its versions: which look counts, what begins a version, what changed. Pure. */
#pragma once

#include "daemon/model/content.h"
#include "daemon/model/event.h"
#include "daemon/model/observation.h"

typedef struct ContentChange {
        char *diff;            /* WORDDIFF_TEXT_MAX; NULL: none was made */
        size_t removed, added; /* words */
} ContentChange;

void content_change_fini(ContentChange *change);

/* Whether the look says anything of the content: it was read whole, on a page that is available. A page in maintenance
 * or broken has another text, and that is told as what it is. */
bool content_counts(const Observation *seen);
/* `last` is the version so far; its text NULL: there is none. */
ContentStep content_step(const Content *last, const Content *seen);
void content_compare(const Content *last, const Content *seen, ContentChange *ret_change);
/* Told at CONTENT_CHANGED; without an id. */
Event *content_event(const Target *target, const Observation *seen, const ContentChange *change);
