/* What the queue could not hold while the database refused: a span for each target, recorded as a gap once it can be.
 */
#pragma once

#include "daemon/base/list.h"
#include "daemon/store/store.h"

typedef struct Lost {
        List list; /* of LostChecks * */
} Lost;

void lost_clear(Lost *lost);
void lost_add(Lost *lost, const char *target, Nsec at_real); /* a check that began at `at_real` */

/* A transaction begins: nothing of it is written yet. */
void lost_begin(Lost *lost);
/* Into the open transaction: the gaps that begin up to `at_real` and are not written yet. A gap ends what the check
 * before it says, so it has to stand in its place among the checks. */
mon_must_check int lost_write(Lost *lost, Store *store, Nsec at_real);
