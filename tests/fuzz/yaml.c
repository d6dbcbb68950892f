/* Any bytes are a tree, or a problem with a place in them. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "daemon/base/yaml.h"

static void check_node(const YamlNode *node, int depth, size_t *n_nodes) {
        fuzz_holds(++*n_nodes <= YAML_NODES_MAX && depth <= YAML_DEPTH_MAX);
        fuzz_holds(node->line >= 1 && node->column >= 1);
        fuzz_holds((node->kind == YAML_SCALAR) == (node->text != NULL));
        fuzz_holds(node->kind != YAML_SCALAR || (node->n == 0 && text_is_utf8(node->text, strlen(node->text))));
        for (size_t i = 0; i < node->n; i++) {
                if (node->kind == YAML_MAP) {
                        fuzz_holds(node->keys[i]->kind == YAML_SCALAR);
                        check_node(node->keys[i], depth, n_nodes);
                        fuzz_holds(yaml_get(node, node->keys[i]->text) == node->items[i]);
                }
                check_node(node->items[i], depth + 1, n_nodes);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        YamlProblem problem = {0};
        size_t n_nodes = 0;

        int r = yaml_read((const char *)bytes, n, &root, &problem);
        fuzz_holds(r == 0 ? root != NULL : r == YAML_E_FORM && !root);
        if (r == 0)
                check_node(root, 1, &n_nodes);
        else
                fuzz_holds(problem.line >= 1 && problem.column >= 1 &&
                           text_is_utf8(problem.text, strlen(problem.text)));
        free(problem.text);
        return 0;
}
