#include "daemon/base/map.h"

#include "daemon/base/digest.h"

#include <string.h>

#define MAP_FIRST_CAP 16

void map_fini(Map *map) {
        for (size_t i = 0; i < map->cap; i++)
                free(map->slots[i].key);
        free(map->slots);
        *map = (Map){.seed = map->seed};
}

/* The slot that holds the key, or the free one where it would go. */
static size_t find(const Map *map, const char *key) {
        size_t at = hash_of(key, strlen(key), map->seed) & (map->cap - 1);

        while (map->slots[at].key && strcmp(map->slots[at].key, key) != 0)
                at = (at + 1) & (map->cap - 1);
        return at;
}

void *map_get(const Map *map, const char *key) {
        return map->cap > 0 ? map->slots[find(map, key)].value : NULL;
}

static void grow(Map *map) {
        Map old = *map;

        map->cap = old.cap ? old.cap * 2 : MAP_FIRST_CAP;
        map->slots = mon_new_array(MapSlot, map->cap);
        for (size_t i = 0; i < old.cap; i++)
                if (old.slots[i].key)
                        map->slots[find(map, old.slots[i].key)] = old.slots[i];
        free(old.slots);
}

/* Backward-shift deletion: no tombstones, so a map that is used for years stays as fast as a new one. */
static void remove_at(Map *map, size_t hole) {
        size_t mask = map->cap - 1;

        free(map->slots[hole].key);
        map->slots[hole] = (MapSlot){0};
        map->n--;
        for (size_t at = (hole + 1) & mask; map->slots[at].key; at = (at + 1) & mask) {
                size_t home = hash_of(map->slots[at].key, strlen(map->slots[at].key), map->seed) & mask;
                if (((at - home) & mask) < ((at - hole) & mask))
                        continue;
                map->slots[hole] = map->slots[at];
                map->slots[at] = (MapSlot){0};
                hole = at;
        }
}

void map_set(Map *map, const char *key, void *value) {
        if (map->n * 2 >= map->cap)
                grow(map);
        size_t at = find(map, key);
        if (map->slots[at].key) {
                if (value)
                        map->slots[at].value = value;
                else
                        remove_at(map, at);
        } else if (value) {
                map->slots[at] = (MapSlot){.key = mon_strdup(key), .value = value};
                map->n++;
        }
}
