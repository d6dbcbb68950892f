#include "probes/page/link.h"

#include "probes/page/charset.h"
#include "probes/page/text.h"

#include <strings.h>

static const char *type_of(const PageAnswer *answer) {
        for (size_t i = 0; i < answer->n_headers; i++)
                if (answer->headers[i].name && strcasecmp(answer->headers[i].name, "content-type") == 0)
                        return answer->headers[i].value ? answer->headers[i].value : "";
        return "";
}

/* Whether its markup is within the caps that libxml2 needs (tree.h). */
static bool is_within_caps(const PageSource *source) {
        PageText text;

        page_text_read(source->text, source->len, &text);
        bool within = !text.is_over_caps;
        page_text_fini(&text);
        return within;
}

static int find_in(const PageSource *source, const XPath *xpath, char **ret_href) {
        mon_cleanup(tree_free_p) Tree *tree = is_within_caps(source) ? tree_new(source->text, source->len) : NULL;

        if (!tree)
                return LINK_E_UNREADABLE;
        int r = tree_find_address(tree, xpath, ret_href);
        return r == TREE_E_COST ? LINK_E_COST : r == TREE_E_NONE ? LINK_E_NONE : r;
}

int page_find_link(const PageAnswer *answer, const XPath *xpath, char **ret_href) {
        PageSource source = {0};

        if (answer->body_len > PAGE_BODY_MAX ||
            charset_decode(answer->body, answer->body_len, type_of(answer), &source) != 0)
                return LINK_E_UNREADABLE;
        int r = find_in(&source, xpath, ret_href);
        page_source_fini(&source);
        return r;
}
