/* Items of a list in the configuration: each has an id that stands once, and some name exactly one kind. */
#pragma once

#include "config/directives.h"
#include "config/mistakes.h"
#include "daemon/base/map.h"

/* The node of a key in a map, or the map itself where the key is missing: where a mistake about it is told. */
const YamlNode *item_place(const YamlNode *item, const char *key);
/* Notes the id in `places` (node by id). An id that stood before is a mistake: false. */
bool item_claim_id(Map *places, Mistakes *mistakes, const char *id, const YamlNode *item);

typedef struct ItemKinds {
        const char *what;         /* "target", "notifier" */
        const char *const *names; /* of the kinds, n of them */
        size_t n;
        Mistakes *mistakes;
} ItemKinds;

/* The one kind that the item names, and at which of its keys. False and a mistake if it names several (the first is
 * given then) or none; `told`: that its kind is wrong was said already. */
bool item_find_kind(const ItemKinds *kinds, const YamlNode *item, bool told, size_t *ret_kind, size_t *ret_index);
/* Whether an unknown key of the item seems to mean one of the kinds: `meant` as directives_read() collects it. */
bool item_means_a_kind(const ItemKinds *kinds, const List *meant);
/* The block of the kind that the item names at that key. */
DirectiveBlock item_kind_block(Mistakes *mistakes, const YamlNode *item, size_t index);
/* For drivers, with the DirectiveBlock of their kind as userdata: a mistake without a line stands where the block does.
 */
void item_on_mistake(void *block, int line, int column, const char *text);
