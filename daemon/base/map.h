/* A map from text to pointers: open addressing, keys copied, values not owned. The seed keeps whoever chooses the keys
 * from choosing the collisions. */
#pragma once

#include "daemon/base/alloc.h"

typedef struct MapSlot {
        char *key; /* NULL: free */
        void *value;
} MapSlot;

typedef struct Map {
        MapSlot *slots;
        size_t n;
        size_t cap; /* a power of two, or 0 */
        uint64_t seed;
} Map;

void map_fini(Map *map);
void *map_get(const Map *map, const char *key);       /* NULL when it is not there */
void map_set(Map *map, const char *key, void *value); /* a NULL value removes */

#define map_each(map, slot)                                                                                            \
        for (size_t slot##_i = 0; slot##_i < (map)->cap; slot##_i++)                                                   \
                for (MapSlot *slot = &(map)->slots[slot##_i]; slot && slot->key; slot = NULL)
