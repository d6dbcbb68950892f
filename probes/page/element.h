/* What is known of HTML's elements, as far as it decides what is seen and where it stands. */
#pragma once

#include "probes/page/html.h"

/* Where a text stands; a block has the bits of all that it stands in. Also the bits of a lexicon rule's `places`. */
typedef enum PagePlace {
        PLACE_TITLE = 1 << 0,
        PLACE_HEADING = 1 << 1,
        PLACE_ALERT = 1 << 2, /* a banner, alert or dialog */
        PLACE_MAIN = 1 << 3,
        PLACE_BODY = 1 << 4, /* every text that is no title */
        PLACE_NAV = 1 << 5,
        PLACE_FOOTER = 1 << 6,
        PLACE_COOKIE = 1 << 7, /* a cookie wall */
        PLACE_FORM = 1 << 8,   /* labels, buttons, choices */
        PLACE_QUOTE = 1 << 9,  /* code, quotations, what unfolds on demand */
        PLACE_NOSCRIPT = 1 << 10,
        PLACE_ALT = 1 << 11, /* in place of an image */
        PLACE_ASIDE = 1 << 12,
        PLACE_ADDRESS = 1 << 13, /* no text at all: the final address */
} PagePlace;
#define PLACE_COUNT 14

const char *place_name(unsigned places); /* of the place that matters most */
bool place_from_name(const char *name, unsigned *ret_place);

typedef enum ElementFlag {
        ELEMENT_BLOCK = 1 << 0,  /* begins and ends a block of text */
        ELEMENT_VOID = 1 << 1,   /* has no content */
        ELEMENT_HIDDEN = 1 << 2, /* its content is never shown as text */
        ELEMENT_LINK = 1 << 3,
        ELEMENT_PRE = 1 << 4,
        ELEMENT_ENDS_P = 1 << 5, /* its start ends an open paragraph */
        ELEMENT_FRAME = 1 << 6,  /* html, head, body: their own attributes say nothing of places */
} ElementFlag;

/* The elements that the reader itself asks for. */
typedef enum ElementId {
        ELEMENT_OTHER = 0,
        ELEMENT_A,
        ELEMENT_BASE,
        ELEMENT_BODY,
        ELEMENT_BR,
        ELEMENT_BUTTON,
        ELEMENT_DD,
        ELEMENT_DIALOG,
        ELEMENT_DT,
        ELEMENT_FORM,
        ELEMENT_H1,
        ELEMENT_H2,
        ELEMENT_H3,
        ELEMENT_H4,
        ELEMENT_HTML,
        ELEMENT_IFRAME,
        ELEMENT_IMG,
        ELEMENT_INPUT,
        ELEMENT_LI,
        ELEMENT_LIST,
        ELEMENT_META,
        ELEMENT_NOSCRIPT,
        ELEMENT_OPTION,
        ELEMENT_P,
        ELEMENT_SCRIPT,
        ELEMENT_STYLE,
        ELEMENT_SVG,
        ELEMENT_TABLE,
        ELEMENT_TD,
        ELEMENT_TEXTAREA,
        ELEMENT_TITLE,
        ELEMENT_TR,
} ElementId;

typedef struct Element {
        const char *name;
        ElementId id;
        unsigned flags;  /* ElementFlag */
        unsigned places; /* PagePlace of what stands in it */
} Element;

/* Never NULL: what is not known is inline and has ELEMENT_OTHER. */
const Element *element_find(const char *name);
