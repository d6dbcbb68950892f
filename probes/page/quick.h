/* XPaths of the plainest forms, which the tokens of a page answer without a tree:
 *
 *   //form   //form[@action]   //div[@id='app']   //a[contains(@href,'refus')]
 *
 * and the same with any element (a star) where an attribute is asked for. A tree costs more than all the rest of
 * reading a page. What stands inside <textarea>, <title> and the like is text here, as in browsers; libxml2 2.9 makes
 * elements of it. */
#pragma once

#include "daemon/base/alloc.h"

#define QUICK_TEXT_MAX 200 /* bytes of an expression; a longer one is asked of a tree */

typedef struct Quick Quick;

typedef enum QuickAnswer {
        QUICK_NO = 0,
        QUICK_YES,
        QUICK_UNSURE, /* a value has references in it, or a tag more attributes than are kept: ask a tree */
} QuickAnswer;

/* NULL where it is not of these forms; whether it is an XPath at all is not asked. */
Quick *quick_new(const char *xpath);
void quick_free(Quick *quick);
mon_define_cleanup(Quick, quick_free);

/* Whether it selects something in n bytes of HTML in UTF-8. One pass, up to the first tag that it selects. */
QuickAnswer quick_ask(const Quick *quick, const char *source, size_t n);
