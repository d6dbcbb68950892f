/* A growing array of pointers, for lists whose length our own configuration bounds. Owns the array, not the items. */
#pragma once

#include "daemon/base/alloc.h"

typedef struct List {
        void **items;
        size_t n;
        size_t cap;
} List;

void list_fini(List *list);
void list_add(List *list, void *item);
void *list_take(List *list, size_t index); /* removes, keeping the order */
bool list_remove(List *list, const void *item);

/* A break within leaves it: the inner loop's own step, which a break skips, is what lets the outer one go on. */
#define list_each(Type, item, list)                                                                                    \
        for (size_t item##_i = 0, item##_on = 1; item##_on && item##_i < (list)->n; item##_i++)                        \
                for (Type *item = (item##_on = 0, (list)->items[item##_i]); !item##_on; item##_on = 1)
