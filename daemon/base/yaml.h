/* YAML 1.1 by libyaml, read into a tree that remembers where each node stood. What mond's files need and no more: no
 * aliases and anchors, no tags, no second document; duplicate keys are a mistake. Each refusal says where. */
#pragma once

#include "daemon/base/alloc.h"

#define YAML_FILE_MAX (1U << 20) /* bytes */
#define YAML_NODES_MAX 200000
#define YAML_DEPTH_MAX 32
#define YAML_SHOWN_MAX 60 /* bytes of a key or an anchor that a problem quotes */

typedef enum YamlKind {
        YAML_SCALAR,
        YAML_LIST,
        YAML_MAP,
} YamlKind;

typedef struct YamlNode YamlNode;
struct YamlNode {
        YamlKind kind;
        int line, column; /* from 1 */
        char *text;       /* scalar: its value, UTF-8 without NUL; otherwise NULL */
        int block_column; /* of every line of a scalar that '|' begins, from the next line on; 0: no such scalar */
        bool quoted;      /* scalar: quoted or a block, so never a number, a boolean or null */
        YamlNode **keys;  /* map: scalars */
        YamlNode **items; /* list and map */
        size_t n;
};

typedef struct YamlProblem {
        int line, column; /* from 1 */
        char *text;
} YamlProblem;

enum { YAML_E_FORM = 1 };

/* YAML_E_FORM with the problem (free its text) when it cannot be read. An empty file is an empty map. */
mon_must_check int yaml_read(const char *bytes, size_t n, YamlNode **ret_root, YamlProblem *ret_problem);
/* The same, but a key that stands twice is kept, for readers that tell every mistake of a file in one run. */
mon_must_check int yaml_read_loose(const char *bytes, size_t n, YamlNode **ret_root, YamlProblem *ret_problem);
void yaml_node_free(YamlNode *node); /* libyaml itself exports a yaml_free() */
mon_define_cleanup(YamlNode, yaml_node_free);

/* Calls for each key that stands in a map again, with the place where it stood first. O(n log n). */
typedef void YamlDuplicateFn(void *userdata, const YamlNode *key, const YamlNode *first);
void yaml_each_duplicate(const YamlNode *node, YamlDuplicateFn *fn, void *userdata);

YamlNode *yaml_get(const YamlNode *map, const char *key); /* NULL: not there, or `map` is no map */
bool yaml_is_null(const YamlNode *node);                  /* absent, `~`, `null` or nothing after the colon */
