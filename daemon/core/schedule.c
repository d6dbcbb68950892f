#include "daemon/core/schedule.h"

#include "daemon/base/digest.h"

#include <string.h>

static Nsec least(Nsec a, Nsec b) {
        return a < b ? a : b;
}

static Nsec most(Nsec a, Nsec b) {
        return a > b ? a : b;
}

static uint64_t id_hash(const Target *target, uint64_t slot) {
        return hash_of(target->id, strlen(target->id), slot);
}

static Nsec jitter_span(const Target *target) {
        return least(target->interval / SCHEDULE_JITTER_PARTS, SCHEDULE_JITTER_MAX);
}

static Nsec slot_due(const Target *target, int64_t slot) {
        Nsec phase = (Nsec)(id_hash(target, 0) % (uint64_t)target->interval);
        Nsec span = jitter_span(target);
        Nsec jitter = span > 0 ? (Nsec)(id_hash(target, (uint64_t)slot + 1) % (uint64_t)span) : 0;

        return slot * target->interval + phase + jitter;
}

Nsec schedule_retry(const Target *target) {
        return least(target->confirm.retry_interval, target->interval);
}

Nsec schedule_first(const Target *target, size_t n_targets, Nsec now_at_boot, Nsec since_last) {
        Nsec spread = least(most((Nsec)n_targets * SCHEDULE_SPREAD_EACH, SCHEDULE_SPREAD_MIN), target->interval);
        Nsec due = now_at_boot + (Nsec)(id_hash(target, 0) % (uint64_t)spread);

        if (since_last >= 0 && since_last < target->interval)
                due = most(due, now_at_boot + target->interval - since_last);
        return due;
}

/* The first slot that keeps its distance to the last look. A host of our own may be asked again sooner, so that a
 * target settles on its slots quickly; another's never sooner than the interval, jitter aside. */
static Nsec next_slot(const Target *target, Nsec began_at_boot) {
        Nsec distance = target->host_is_local ? target->interval / 2 : target->interval - jitter_span(target);
        Nsec earliest = began_at_boot + distance;
        int64_t slot = earliest / target->interval - 2;

        while (slot_due(target, slot) < earliest)
                slot++;
        return slot_due(target, slot);
}

Nsec schedule_next(const Target *target, Nsec began_at_boot, Nsec ended_at_boot, bool undecided, Nsec retry_after) {
        Nsec due = undecided ? began_at_boot + schedule_retry(target) : next_slot(target, began_at_boot);

        if (retry_after > 0)
                due = most(due, ended_at_boot + least(retry_after, 2 * target->interval));
        return most(due, ended_at_boot);
}
