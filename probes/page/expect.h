/* What a target expects of a page, compiled, and what of it holds. The public half is in page.h. */
#pragma once

#include "probes/page/page.h"
#include "probes/page/pattern.h"
#include "probes/page/quick.h"
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
        Quick *quick; /* of a plain XPath */
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
        bool has_text;
        PageWatch *watch;     /* NULL: no part is watched */
        uint64_t fingerprint; /* of what is asked of a page's bytes */
};

bool expect_takes_status(const PageExpect *expect, int status); /* NULL expects 200-299 */
/* What is asked of: the page's source in UTF-8 and what is seen of it. The tree is made when it is first needed; it
 * stays NULL where libxml2 could not read the source, and its XPaths are undecided then. */
typedef struct ExpectPage {
        const char *source;
        size_t len;
        const PageText *text;
        Tree *tree; /* owned */
        bool was_read;
} ExpectPage;

Tree *expect_page_tree(ExpectPage *page);
void expect_page_fini(ExpectPage *page);

/* Asks every item of a page. */
void expect_ask(const PageExpect *expect, ExpectPage *page, uint8_t *ret_results);
bool expect_glob_fits(const char *glob, const char *text);
