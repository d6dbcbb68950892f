#include "daemon/base/list.h"

#include <assert.h>
#include <string.h>

#define LIST_FIRST_CAP 8

void list_fini(List *list) {
        free(list->items);
        *list = (List){0};
}

void list_add(List *list, void *item) {
        if (list->n == list->cap) {
                list->cap = list->cap ? list->cap * 2 : LIST_FIRST_CAP;
                list->items = mon_realloc_array(list->items, list->cap, sizeof *list->items);
        }
        list->items[list->n++] = item;
}

void *list_take(List *list, size_t index) {
        assert(index < list->n);
        void *item = list->items[index];
        list->n--;
        memmove(list->items + index, list->items + index + 1, (list->n - index) * sizeof *list->items);
        return item;
}

bool list_remove(List *list, const void *item) {
        for (size_t i = 0; i < list->n; i++)
                if (list->items[i] == item) {
                        (void)list_take(list, i);
                        return true;
                }
        return false;
}
