#include "config/merge.h"

#include "daemon/base/map.h"

#include <assert.h>

static void add_item(YamlNode *node, YamlNode *key, YamlNode *item) {
        node->items = mon_realloc_array(node->items, node->n + 1, sizeof(YamlNode *));
        node->items[node->n] = item;
        if (key) {
                node->keys = mon_realloc_array(node->keys, node->n + 1, sizeof(YamlNode *));
                node->keys[node->n] = key;
        }
        node->n++;
}

static void append(YamlNode *into, YamlNode *from) {
        for (size_t i = 0; i < from->n; i++)
                add_item(into, NULL, mon_steal(&from->items[i]));
}

static void merge_value(YamlNode **into, const YamlNode *key, YamlNode **from, Mistakes *mistakes) {
        if (yaml_is_null(*into)) {
                yaml_node_free(*into);
                *into = mon_steal(from);
        } else if ((*into)->kind == YAML_LIST && (*from)->kind == YAML_LIST)
                append(*into, *from);
        else if ((*into)->kind == YAML_MAP && (*from)->kind == YAML_MAP)
                merge_into(*into, *from, mistakes);
        else if (!yaml_is_null(*from))
                mistakes_add(mistakes, key->line, key->column, "'%s' is already set at %s:%d: keep one of them%s",
                             key->text, mistakes_file(mistakes, (*into)->line), mistakes_line((*into)->line),
                             (*into)->kind != (*from)->kind ? " (or write both in the same form)" : "");
}

void merge_into(YamlNode *into, YamlNode *from, Mistakes *mistakes) {
        Map places = {0}; /* of keys: from 1, where `into` has them */

        assert(into->kind == YAML_MAP && from->kind == YAML_MAP);
        for (size_t i = 0; i < into->n; i++)
                if (!map_get(&places, into->keys[i]->text))
                        map_set(&places, into->keys[i]->text, (void *)(uintptr_t)(i + 1));
        for (size_t i = 0; i < from->n; i++) {
                size_t place = (uintptr_t)map_get(&places, from->keys[i]->text);
                if (place > 0)
                        merge_value(&into->items[place - 1], from->keys[i], &from->items[i], mistakes);
                else
                        add_item(into, mon_steal(&from->keys[i]), mon_steal(&from->items[i]));
        }
        map_fini(&places);
}
