/* What attributes and the page's own style sheets hide, and the places that classes give away. Only what is plain is
 * believed: `.x { display: none }` outside any condition, the later rule winning. */
#pragma once

#include "probes/page/html.h"

#define HIDDEN_NAMES_MAX 128 /* selectors remembered of one page */

typedef struct HiddenName {
        HtmlSpan name; /* of a class or an id, within the page */
        bool is_id;
        bool is_hidden;
} HiddenName;

typedef struct HiddenNames {
        HiddenName names[HIDDEN_NAMES_MAX];
        size_t n;
        uint64_t filter; /* one bit for each name's hash: most words of a page are not in it */
} HiddenNames;

/* Reads the content of a <style>. */
void hidden_read_style(HiddenNames *names, HtmlSpan style);
/* Whether the element whose start tag stands in `html` is hidden by its attributes or by those names. */
bool hidden_element(const HiddenNames *names, const Html *html);
/* The places (PagePlace) that role, class and id give to what stands in the element. */
unsigned hidden_places(const Html *html);
