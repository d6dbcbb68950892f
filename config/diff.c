#include "config/diff.h"

#include "daemon/base/map.h"

static void add(ConfigDiff *diff, ConfigChangeKind kind, Target *before, Target *after) {
        diff->items[diff->n++] = (ConfigChange){kind, before, after};
        diff->counts[kind]++;
}

static void index_targets(const List *targets, Map *map) {
        list_each (Target, target, targets)
                map_set(map, target->id, target);
}

void config_diff(const Config *before, const Config *after, ConfigDiff *ret_diff) {
        static const List none;
        const List *old = before ? &before->targets : &none;
        mon_cleanup(map_fini) Map old_by_id = {0}, new_by_id = {0};
        ConfigDiff diff = {.items = mon_new_array(ConfigChange, old->n + after->targets.n)};

        index_targets(old, &old_by_id);
        index_targets(&after->targets, &new_by_id);
        list_each (Target, target, &after->targets) {
                Target *was = map_get(&old_by_id, target->id);
                if (!was)
                        add(&diff, CONFIG_ADDED, NULL, target);
                else
                        add(&diff, was->fingerprint == target->fingerprint ? CONFIG_UNCHANGED : CONFIG_CHANGED, was,
                            target);
        }
        list_each (Target, target, old)
                if (!map_get(&new_by_id, target->id))
                        add(&diff, CONFIG_REMOVED, target, NULL);
        *ret_diff = diff;
}

void config_diff_fini(ConfigDiff *diff) {
        free(diff->items);
        *diff = (ConfigDiff){0};
}
