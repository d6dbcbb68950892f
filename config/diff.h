/* What a reload changes: the targets of two configurations side by side, by id and fingerprint. Pure. */
#pragma once

#include "config/config.h"

typedef enum ConfigChangeKind {
        CONFIG_UNCHANGED, /* keeps its counters and timers */
        CONFIG_CHANGED,
        CONFIG_ADDED,
        CONFIG_REMOVED,
} ConfigChangeKind;

typedef struct ConfigChange {
        ConfigChangeKind kind;
        Target *before; /* NULL: added. The old configuration's */
        Target *after;  /* NULL: removed. The new configuration's */
} ConfigChange;

typedef struct ConfigDiff {
        ConfigChange *items; /* the new configuration's targets in its order, then those removed in the old one's */
        size_t n;
        size_t counts[CONFIG_REMOVED + 1]; /* of each kind */
} ConfigDiff;

/* `before` NULL: everything is added. The diff points into both. */
void config_diff(const Config *before, const Config *after, ConfigDiff *ret_diff);
void config_diff_fini(ConfigDiff *diff);
