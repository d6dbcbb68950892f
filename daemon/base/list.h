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

#define list_each(Type, item, list)                                                                                    \
        for (size_t item##_i = 0; item##_i < (list)->n; item##_i++)                                                    \
                for (Type *item = (list)->items[item##_i], *item##_once = item; item##_once; item##_once = NULL)
