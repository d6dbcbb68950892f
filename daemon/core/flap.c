#include "daemon/core/flap.h"

uint64_t flap_push(uint64_t history, int *length, bool unavailable) {
        if (*length < FLAP_HISTORY_MAX)
                (*length)++;
        return history << 1 | (unavailable ? 1 : 0);
}

int flap_changes(uint64_t history, int length) {
        if (length < 2)
                return 0;
        /* Bit i says whether check i and the one before it differ; the oldest has none before it. */
        uint64_t changes = history ^ history >> 1;
        uint64_t kept = UINT64_MAX >> (FLAP_HISTORY_MAX - (length - 1));
        return __builtin_popcountll(changes & kept);
}

bool flap_is(bool flapping, uint64_t history, int length) {
        int changes = flap_changes(history, length);
        return flapping ? changes > FLAP_END_CHANGES : changes >= FLAP_BEGIN_CHANGES;
}
