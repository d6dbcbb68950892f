#include "config/items.h"

#include "daemon/base/text.h"

const YamlNode *item_place(const YamlNode *item, const char *key) {
        const YamlNode *node = yaml_get(item, key);
        return node ? node : item;
}

bool item_claim_id(Map *places, Mistakes *mistakes, const char *id, const YamlNode *item) {
        const YamlNode *at = item_place(item, "id"), *first = map_get(places, id);

        if (!first) {
                map_set(places, id, (void *)at);
                return true;
        }
        mistakes_add(mistakes, at->line, at->column, "the id '%s' stands twice: first at %s:%d", id,
                     mistakes_file(mistakes, first->line), mistakes_line(first->line));
        return false;
}

bool item_means_a_kind(const ItemKinds *kinds, const List *meant) {
        for (size_t i = 0; i < kinds->n; i++)
                list_each (const char, key, meant)
                        if (text_is(key, kinds->names[i]))
                                return true;
        return false;
}

bool item_find_kind(const ItemKinds *kinds, const YamlNode *item, bool told, size_t *ret_kind, size_t *ret_index) {
        bool found = false;
        size_t kind = 0;

        for (size_t i = 0; i < item->n; i++) {
                const YamlNode *key = item->keys[i];
                for (size_t k = 0; k < kinds->n; k++) {
                        if (!text_is(key->text, kinds->names[k]) || (found && k == kind))
                                continue;
                        if (found) {
                                mistakes_add(kinds->mistakes, key->line, key->column,
                                             "a %s has one kind: it already has '%s'", kinds->what, kinds->names[kind]);
                                continue;
                        }
                        found = true;
                        kind = k;
                        *ret_index = i;
                }
        }
        if (found)
                *ret_kind = kind;
        else if (!told) {
                mon_auto_free char *names = mistakes_join(kinds->names, kinds->n);
                mistakes_add(kinds->mistakes, item->line, item->column, "the %s has no kind: it takes one of: %s",
                             kinds->what, names);
        }
        return found;
}

DirectiveBlock item_kind_block(Mistakes *mistakes, const YamlNode *item, size_t index) {
        const YamlNode *key = item->keys[index], *node = item->items[index];

        return (DirectiveBlock){
                .mistakes = mistakes,
                .name = key->text,
                .node = yaml_is_null(node) ? NULL : node,
                .line = key->line,
                .column = key->column,
        };
}

void item_on_mistake(void *userdata, int line, int column, const char *text) {
        const DirectiveBlock *block = userdata;

        mistakes_add(block->mistakes, line > 0 ? line : block->line, line > 0 ? column : block->column, "%s", text);
}
