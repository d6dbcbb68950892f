/* The address to which a page leads, as a user's XPath names it. Pure, like everything of page.h. */
#pragma once

#include "probes/page/page.h"
#include "probes/page/tree.h"

enum {
        LINK_E_NONE = 1,       /* nothing is selected, or nothing that is an address */
        LINK_E_UNREADABLE = 2, /* the page cannot be read */
        LINK_E_COST = 3,       /* the expression would cost too much on this page */
};

/* The first hit in the page's order: an attribute's value, an element's href, or a text that the expression makes; as
 * written, without the spaces around it, to free. */
mon_must_check int page_find_link(const PageAnswer *answer, const XPath *xpath, char **ret_href);
