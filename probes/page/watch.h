/* The part of a page that a target watches: what XPaths select, as a visitor sees it, with the noise taken out. The
 * page is cut down to that part and read once more by text.h, so hidden parts are left out by the page's own rules. */
#pragma once

#include "daemon/model/content.h"
#include "probes/page/page.h"
#include "probes/page/tree.h"

typedef struct PageWatch PageWatch; /* compiled; immutable */

/* Reports every bad item and leaves it out. NULL when nothing is watched. */
PageWatch *page_watch_new(const TextList *xpaths, const TextList *ignore, PageMistakeFn *mistake, void *userdata);
void page_watch_free(PageWatch *watch);
mon_define_cleanup(PageWatch, page_watch_free);
uint64_t page_watch_rules(const PageWatch *watch); /* of the XPaths, the patterns and this reader */

/* Uses the tree up. Where reading it would cost too much it is unread, and its text NULL; `tree` may be
 * NULL: likewise. */
void page_watch_read(const PageWatch *watch, Tree *tree, Content *ret_content);
