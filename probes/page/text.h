/* What a visitor without scripts would see of a page: its text in blocks, each with where it stands, and the facts that
 * tell a page from a shell. One pass over the tokens; memory is bounded by the page's own size. */
#pragma once

#include "probes/page/element.h"

#define TEXT_BLOCKS_MAX 50000 /* past that, text goes on in the last block */

typedef struct PageBlock {
        uint32_t start, len; /* in PageText.text; the separating line feed is not counted */
        uint32_t link_len;   /* bytes of it that stand in links */
        uint16_t places;     /* PagePlace */
        uint8_t level;       /* of a heading, 1 to 6; else 0 */
        bool has_quote;      /* a mark in it may open a quotation */
} PageBlock;

typedef struct PageText {
        Buf text; /* blocks in their order, each followed by a line feed; inside, single spaces, and a line feed for
                     <br> */
        PageBlock *blocks;
        size_t n_blocks;
        size_t cap_blocks;

        bool is_over_caps; /* PAGE_ATTRIBUTES_MAX or PAGE_DEPTH_MAX: what follows was not read */
        bool has_form;
        bool has_refresh;    /* <meta http-equiv=refresh> that leads elsewhere */
        bool has_empty_root; /* an element that scripts fill (id app, root, …) and that is empty */
        uint32_t n_inputs;   /* that a visitor would fill */
        uint32_t n_passwords;
        uint32_t n_links;
        uint32_t n_images;
        uint32_t n_frames;
        uint32_t n_scripts;    /* with a src */
        uint32_t concealed;    /* bytes of text that styles hide and scripts may show */
        uint32_t script_bytes; /* written in the page */
        char language[3];      /* of <html lang>, two letters; "" */
        HtmlSpan base;         /* href of <base>, within the source */
        HtmlSpan scripts[16];  /* src of the first ones, within the source */
        size_t n_kept_scripts;
} PageText;

void page_text_read(const char *source, size_t n, PageText *ret_text);
/* A body that is no HTML (plain text, JSON): each line is a block. */
void page_text_read_plain(const char *source, size_t n, PageText *ret_text);
void page_text_fini(PageText *text);
/* An attribute's value with its references read, to free. */
char *page_text_attribute(HtmlSpan value);
