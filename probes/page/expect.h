/* What a target expects of a page, compiled, and what of it holds. The public half is in page.h. */
#pragma once

#include "probes/page/page.h"
#include "probes/page/pattern.h"
#include "probes/page/text.h"
#include "probes/page/tree.h"
#include "probes/page/watch.h"

typedef enum ExpectKind {
        EXPECT_CONTAINS = 0,
        EXPECT_ABSENT,
        EXPECT_MATCHES,
        EXPECT_XPATH,
} ExpectKind;
#define EXPECT_KIND_COUNT 4

typedef struct ExpectItem {
        ExpectKind kind;
        char *text;   /* as the user wrote it */
        char *folded; /* contains, absent */
        Pattern *pattern;
        XPath *xpath;
} ExpectItem;

/* What became of one item on one page; kept with the page's features. */
typedef enum ExpectResult {
        EXPECT_FAILED = 0,
        EXPECT_HELD,
        EXPECT_UNDECIDED, /* it would have cost too much */
} ExpectResult;

typedef struct StatusRange {
        int from, until;
} StatusRange;

struct PageExpect {
        StatusRange *statuses;
        size_t n_statuses;
        char **urls; /* globs */
        size_t n_urls;
        ExpectItem *items;
        size_t n_items;
        bool is_application;
        bool has_xpath;
        bool has_text;
        PageWatch *watch;     /* NULL: no part is watched */
        uint64_t fingerprint; /* of what is asked of a page's bytes */
};

bool expect_takes_status(const PageExpect *expect, int status); /* NULL expects 200-299 */
/* Asks every item of a page. `tree` is NULL where libxml2 could not read it: its XPaths are undecided. */
void expect_ask(const PageExpect *expect, const PageText *text, const Tree *tree, uint8_t *ret_results);
bool expect_glob_fits(const char *glob, const char *text);
