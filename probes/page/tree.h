/* A page's tree by libxml2, for the XPaths that a user wrote. Only pages whose markup was found within the caps come
 * here (text.h): deep nesting and floods of attributes cost libxml2 2.9.14 quadratic time. */
#pragma once

#include "daemon/base/alloc.h"

#define TREE_XPATH_STEPS_MAX 2000000 /* libxml2's operations of one evaluation */

typedef struct XPath XPath; /* compiled */

/* NULL and the mistake in one sentence (to free) when it does not compile or uses what is not known. */
XPath *xpath_new(const char *text, char **ret_mistake);
void xpath_free(XPath *xpath);
bool xpath_selects(const XPath *xpath); /* parts of a page; false: it gives a text, a number or a truth */
mon_define_cleanup(XPath, xpath_free);

typedef struct Tree Tree;

/* From UTF-8 without NUL. NULL when libxml2 gives up. */
Tree *tree_new(const char *text, size_t n);
void tree_free(Tree *tree);
mon_define_cleanup(Tree, tree_free);

enum {
        TREE_E_COST = 1, /* the expression would cost too much on this page, or fails on it */
        TREE_E_NONE = 2,
};

/* Whether it selects a node, or is true, not zero or not empty. */
mon_must_check int tree_ask(const Tree *tree, const XPath *xpath, bool *ret_holds);
/* The address it selects, without the spaces around it and the line breaks in it, to free: of the first node in the
 * page's order an attribute's value, an element's href, or else its text; or the string that it is. TREE_E_NONE: it
 * selects nothing of the kind. */
mon_must_check int tree_find_address(const Tree *tree, const XPath *xpath, char **ret_address);

/* Marks the elements and texts that it selects; whether there is any. TREE_E_COST. */
mon_must_check int tree_mark(Tree *tree, const XPath *xpath, bool *ret_found);
/* The page as HTML (UTF-8, to free) with all else taken out: what is marked, the tags around it, and the style sheets,
 * which may hide some of it. Each part once, in the page's order. Afterwards the tree holds nothing else. */
char *tree_take_marked(Tree *tree);
