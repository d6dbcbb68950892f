#include "config/directives.h"

#include "config/future.h"
#include "config/values.h"
#include "daemon/base/text.h"

#include <assert.h>
#include <inttypes.h>

/* Every key that the block takes; *ret_n of them. To free. */
static const char **known_keys(const DirectiveBlock *block, const Directive *rows, size_t *ret_n) {
        size_t n = 0;

        for (const Directive *row = rows; row->key; row++)
                n++;
        for (const char *const *other = block->others; other && *other; other++)
                n++;
        const char **keys = mon_new_array(const char *, n);
        *ret_n = n;
        for (const char *const *other = block->others; other && *other; other++)
                keys[--n] = *other;
        while (n-- > 0)
                keys[n] = rows[n].key;
        return keys;
}

/* Returns the known key that seems to be meant, or NULL. */
static const char *tell_unknown_key(const DirectiveBlock *block, const YamlNode *key, const char *const *keys,
                                    size_t n_keys) {
        mon_auto_free char *quoted = text_clean_copy(key->text, MISTAKES_SHOWN_MAX);
        mon_auto_free char *inside = *block->name ? mon_printf(" in '%s'", block->name) : mon_strdup("");
        mon_auto_free char *future = future_text(block->name, key->text);

        if (future) {
                mistakes_add(block->mistakes, key->line, key->column, "%s", future);
                return NULL;
        }
        const char *nearest = mistakes_are_full(block->mistakes) ? NULL : text_nearest(key->text, keys, n_keys);
        if (nearest)
                mistakes_add(block->mistakes, key->line, key->column, "unknown key '%s'%s: did you mean '%s'?", quoted,
                             inside, nearest);
        else
                mistakes_add(block->mistakes, key->line, key->column, "unknown key '%s'%s", quoted, inside);
        return nearest;
}

static void check_keys(const DirectiveBlock *block, const Directive *rows, List *meant) {
        size_t n_keys;
        mon_auto_free const char **keys = known_keys(block, rows, &n_keys);

        for (size_t i = 0; i < block->node->n; i++) {
                size_t k = 0;
                while (k < n_keys && !text_is(block->node->keys[i]->text, keys[k]))
                        k++;
                if (k < n_keys)
                        continue;
                const char *nearest = tell_unknown_key(block, block->node->keys[i], keys, n_keys);
                if (nearest)
                        list_add(meant, (char *)nearest);
        }
}

/* The default is read by the same code as the file, so that it can be written in the same words. */
static void take_fallback(const DirectiveBlock *block, const Directive *row, void *base) {
        mon_cleanup(yaml_node_free_p) YamlNode *node = NULL;
        YamlProblem problem;

        if (!row->fallback)
                return;
        int r = yaml_read(row->fallback, strlen(row->fallback), &node, &problem);
        assert(r == 0);
        bool good = value_read(block->mistakes, row, node, base);
        assert(good);
        (void)r;
        (void)good;
}

/* As if nothing stood there, and nobody missed it. */
static bool read_nothing(const DirectiveBlock *block, const Directive *rows, void *base) {
        mon_cleanup(mistakes_fini) Mistakes unheard = {0};
        DirectiveBlock absent = {.mistakes = &unheard, .name = block->name};

        return directives_read(&absent, rows, base);
}

static bool read_section(const DirectiveBlock *block, const Directive *row, void *base) {
        const YamlNode *node = yaml_get(block->node, row->key);
        DirectiveBlock section = {
                .mistakes = block->mistakes,
                .name = row->key,
                .node = yaml_is_null(node) ? NULL : node,
                .line = node ? node->line : block->line,
                .column = node ? node->column : block->column,
        };

        return directives_read(&section, row->section, (char *)base + row->offset);
}

static void tell_missing(const DirectiveBlock *block, const Directive *row) {
        mon_auto_free char *inside = *block->name ? mon_printf(" in '%s'", block->name) : mon_strdup("");

        mistakes_add(block->mistakes, block->line, block->column, "'%s' is missing%s%s%s", row->key, inside,
                     row->help ? ": " : "", row->help ? row->help : "");
}

/* The list, if it is one to be read. */
static bool check_sections(const DirectiveBlock *block, const Directive *row, const YamlNode *node) {
        size_t most = row->max ? (size_t)row->max : SECTION_LIST_MAX;

        if (node->kind != YAML_LIST)
                mistakes_add(block->mistakes, node->line, node->column,
                             "'%s' takes a list: each item is a map that begins with '- %s: …'", row->key,
                             row->section->key);
        else if (node->n < (size_t)row->min)
                mistakes_add(block->mistakes, node->line, node->column, "'%s' has %zu items: %" PRId64 " are the least",
                             row->key, node->n, row->min);
        else if (node->n > most)
                mistakes_add(block->mistakes, node->line, node->column, "'%s' has %zu items: %zu are the most",
                             row->key, node->n, most);
        else
                return true;
        return false;
}

static bool read_sections(const DirectiveBlock *block, const Directive *row, void *base) {
        const YamlNode *node = yaml_get(block->node, row->key);
        SectionList *list = (SectionList *)((char *)base + row->offset);
        bool whole = true;

        if (yaml_is_null(node)) {
                if (row->required)
                        tell_missing(block, row);
                return !row->required;
        }
        if (!check_sections(block, row, node))
                return false;
        for (size_t i = 0; i < node->n; i++) {
                const YamlNode *item = node->items[i];
                DirectiveBlock section = {block->mistakes, row->key, item, item->line, item->column, NULL, NULL};
                section_list_add(list, mon_calloc(1, row->item_size), item->line, item->column);
                whole &= directives_read(&section, row->section, list->items[list->n - 1].fields);
        }
        return whole;
}

static bool read_row(const DirectiveBlock *block, const Directive *row, void *base) {
        if (row->type == DIRECTIVE_SECTION)
                return read_section(block, row, base);
        if (row->type == DIRECTIVE_SECTIONS)
                return read_sections(block, row, base);
        const YamlNode *node = yaml_get(block->node, row->key);
        if (node && value_read(block->mistakes, row, node, base))
                return true;
        /* Of a list that is partly wrong the good items stay; a default would hide what was meant. */
        if (!node || (row->type != DIRECTIVE_TEXTS && row->type != DIRECTIVE_HEADERS && row->type != DIRECTIVE_SECRETS))
                take_fallback(block, row, base);
        if (!node && row->required && !row->fallback)
                tell_missing(block, row);
        return !row->required || row->fallback;
}

/* Not a map: told once. */
static void take_fallbacks(const DirectiveBlock *block, const Directive *rows, void *base) {
        if (*block->name)
                mistakes_add(block->mistakes, block->line, block->column,
                             "'%s' takes a map of keys and values: { %s: … }", block->name, rows->key);
        else
                mistakes_add(block->mistakes, block->line, block->column,
                             "the file holds no keys: it takes '%s:' and others, each on its line", rows->key);
        (void)read_nothing(block, rows, base);
}

static bool is_meant(const List *meant, const char *key) {
        list_each (const char, other, meant)
                if (text_is(key, other))
                        return true;
        return false;
}

bool directives_read(const DirectiveBlock *block, const Directive *rows, void *base) {
        mon_cleanup(list_fini) List own = {0};
        List *meant = block->ret_meant ? block->ret_meant : &own;
        bool whole = true;

        if (block->node && block->node->kind != YAML_MAP) {
                take_fallbacks(block, rows, base);
                return false;
        }
        if (block->node)
                check_keys(block, rows, meant);
        for (const Directive *row = rows; row->key; row++) {
                /* A key that is only misspelt is one mistake, not two. */
                const Directive one[] = {*row, {.key = NULL}};
                if (is_meant(meant, row->key) && !yaml_get(block->node, row->key))
                        whole &= read_nothing(block, one, base);
                else
                        whole &= read_row(block, row, base);
        }
        return whole;
}

static void fini_sections(const Directive *row, SectionList *list) {
        for (size_t i = 0; i < list->n; i++)
                directives_fini(row->section, list->items[i].fields);
        section_list_fini(list);
}

void directives_fini(const Directive *rows, void *base) {
        for (const Directive *row = rows; row->key; row++) {
                if (row->type == DIRECTIVE_SECTION)
                        directives_fini(row->section, (char *)base + row->offset);
                else if (row->type == DIRECTIVE_SECTIONS)
                        fini_sections(row, (SectionList *)((char *)base + row->offset));
                else
                        value_fini(row, base);
        }
}
