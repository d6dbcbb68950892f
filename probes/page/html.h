/* HTML in pieces: tags and text in their order, by the tokenizing rules of the HTML standard (13.2.5) as far as what is
 * seen depends on them. One pass, no allocation, each byte looked at a bounded number of times: libxml2's own parser is
 * quadratic on some markup and drops what is deep, so it is asked for a tree only where an XPath needs one. */
#pragma once

#include "daemon/base/alloc.h"

#define HTML_ATTRIBUTES_KEPT 24 /* of one tag; all are counted */
#define HTML_NAME_MAX 31        /* bytes of an element's name that are told apart */

typedef enum HtmlKind {
        HTML_DONE = 0,
        HTML_TEXT,
        HTML_OPEN,
        HTML_CLOSE,
} HtmlKind;

typedef struct HtmlSpan {
        const char *at;
        size_t len;
} HtmlSpan;

typedef struct HtmlAttribute {
        HtmlSpan name;  /* as written */
        HtmlSpan value; /* references not yet read; empty where there is none */
} HtmlAttribute;

typedef struct Html {
        const char *at, *end;
        HtmlKind kind;
        HtmlSpan text;                /* of HTML_TEXT */
        bool is_raw;                  /* the text has no references: it is a script's or the like */
        char name[HTML_NAME_MAX + 1]; /* of a tag: lower case, cut */
        bool is_closed;               /* <br/> */
        HtmlAttribute attributes[HTML_ATTRIBUTES_KEPT];
        size_t n_attributes;         /* kept */
        size_t n_counted;            /* written */
        char raw[HTML_NAME_MAX + 1]; /* inside this element nothing but its end tag is a tag */
} Html;

void html_start(Html *html, const char *text, size_t n);
HtmlKind html_next(Html *html);
/* The value of an attribute (name in lower case), or NULL. */
const HtmlSpan *html_attribute(const Html *html, const char *name);
