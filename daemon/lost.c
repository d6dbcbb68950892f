#include "daemon/lost.h"

#include "daemon/base/text.h"

typedef struct LostChecks {
        char *target;
        Nsec from_at_real, until_at_real;
        unsigned n;
        bool written;
} LostChecks;

void lost_clear(Lost *lost) {
        list_each (LostChecks, checks, &lost->list) {
                free(checks->target);
                free(checks);
        }
        list_fini(&lost->list);
}

void lost_add(Lost *lost, const char *target, Nsec at_real) {
        list_each (LostChecks, checks, &lost->list) {
                if (!text_is(checks->target, target))
                        continue;
                checks->until_at_real = at_real;
                checks->n++;
                return;
        }
        LostChecks *checks = mon_new(LostChecks);
        *checks = (LostChecks){.target = mon_strdup(target), .from_at_real = at_real, .until_at_real = at_real, .n = 1};
        list_add(&lost->list, checks);
}

void lost_begin(Lost *lost) {
        list_each (LostChecks, checks, &lost->list)
                checks->written = false;
}

int lost_write(Lost *lost, Store *store, Nsec at_real) {
        list_each (LostChecks, checks, &lost->list) {
                int64_t gap;

                if (checks->written || checks->from_at_real > at_real)
                        continue;
                mon_auto_free char *why = mon_printf("%u checks could not be kept: the database refused", checks->n);
                int r = store_put_gap(store, checks->target, checks->from_at_real, checks->until_at_real,
                                      CAUSE_LOCAL_FAULT, why, &gap);
                /* A target that came and left meanwhile has no time to account for. */
                if (r != 0 && r != -ENXIO)
                        return r;
                checks->written = true;
        }
        return 0;
}
