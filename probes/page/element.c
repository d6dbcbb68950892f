#include "probes/page/element.h"

#include <string.h>

#define BLOCK (ELEMENT_BLOCK | ELEMENT_ENDS_P)

static const struct {
        const char *name;
        unsigned place;
} places[] = {
        /* what matters most comes first */
        {"address", PLACE_ADDRESS}, {"title", PLACE_TITLE}, {"noscript", PLACE_NOSCRIPT}, {"alt", PLACE_ALT},
        {"cookie", PLACE_COOKIE},   {"alert", PLACE_ALERT}, {"footer", PLACE_FOOTER},     {"navigation", PLACE_NAV},
        {"quote", PLACE_QUOTE},     {"form", PLACE_FORM},   {"heading", PLACE_HEADING},   {"aside", PLACE_ASIDE},
        {"main", PLACE_MAIN},       {"body", PLACE_BODY},
};
_Static_assert(mon_count_of(places) == PLACE_COUNT, "each place has its name");

const char *place_name(unsigned bits) {
        for (size_t i = 0; i < mon_count_of(places); i++)
                if (bits & places[i].place)
                        return places[i].name;
        return "body";
}

bool place_from_name(const char *name, unsigned *ret_place) {
        for (size_t i = 0; i < mon_count_of(places); i++)
                if (strcmp(places[i].name, name) == 0) {
                        *ret_place = places[i].place;
                        return true;
                }
        return false;
}

/* By name, in strcmp's order. */
static const Element elements[] = {
        {"a", ELEMENT_A, ELEMENT_LINK, 0},
        {"address", ELEMENT_OTHER, BLOCK, 0},
        {"applet", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"area", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"article", ELEMENT_OTHER, BLOCK, PLACE_MAIN},
        {"aside", ELEMENT_OTHER, BLOCK, PLACE_ASIDE},
        {"audio", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"base", ELEMENT_BASE, ELEMENT_VOID, 0},
        {"blockquote", ELEMENT_OTHER, BLOCK, PLACE_QUOTE},
        {"body", ELEMENT_BODY, ELEMENT_BLOCK | ELEMENT_FRAME, 0},
        {"br", ELEMENT_BR, ELEMENT_VOID, 0},
        {"button", ELEMENT_BUTTON, ELEMENT_BLOCK, PLACE_FORM},
        {"canvas", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"caption", ELEMENT_OTHER, BLOCK, 0},
        {"center", ELEMENT_OTHER, BLOCK, 0},
        {"code", ELEMENT_OTHER, 0, PLACE_QUOTE},
        {"col", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"datalist", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"dd", ELEMENT_DD, BLOCK, 0},
        {"details", ELEMENT_OTHER, BLOCK, PLACE_QUOTE},
        {"dialog", ELEMENT_DIALOG, BLOCK, PLACE_ALERT},
        {"dir", ELEMENT_LIST, BLOCK, 0},
        {"div", ELEMENT_OTHER, BLOCK, 0},
        {"dl", ELEMENT_LIST, BLOCK, 0},
        {"dt", ELEMENT_DT, BLOCK, 0},
        {"embed", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"fieldset", ELEMENT_OTHER, BLOCK, 0},
        {"figcaption", ELEMENT_OTHER, BLOCK, 0},
        {"figure", ELEMENT_OTHER, BLOCK, 0},
        {"footer", ELEMENT_OTHER, BLOCK, PLACE_FOOTER},
        {"form", ELEMENT_FORM, BLOCK, 0},
        {"frame", ELEMENT_IFRAME, ELEMENT_VOID, 0},
        {"h1", ELEMENT_H1, BLOCK, PLACE_HEADING},
        {"h2", ELEMENT_H2, BLOCK, PLACE_HEADING},
        {"h3", ELEMENT_H3, BLOCK, PLACE_HEADING},
        {"h4", ELEMENT_H4, BLOCK, PLACE_HEADING},
        {"h5", ELEMENT_H4, BLOCK, PLACE_HEADING},
        {"h6", ELEMENT_H4, BLOCK, PLACE_HEADING},
        {"head", ELEMENT_OTHER, ELEMENT_BLOCK | ELEMENT_FRAME, 0},
        {"header", ELEMENT_OTHER, BLOCK, 0},
        {"hr", ELEMENT_OTHER, BLOCK | ELEMENT_VOID, 0},
        {"html", ELEMENT_HTML, ELEMENT_BLOCK | ELEMENT_FRAME, 0},
        {"iframe", ELEMENT_IFRAME, ELEMENT_BLOCK, PLACE_NOSCRIPT},
        {"img", ELEMENT_IMG, ELEMENT_VOID, 0},
        {"input", ELEMENT_INPUT, ELEMENT_VOID, 0},
        {"kbd", ELEMENT_OTHER, 0, PLACE_QUOTE},
        {"label", ELEMENT_OTHER, ELEMENT_BLOCK, PLACE_FORM},
        {"legend", ELEMENT_OTHER, BLOCK, PLACE_FORM},
        {"li", ELEMENT_LI, BLOCK, 0},
        {"link", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"main", ELEMENT_OTHER, BLOCK, PLACE_MAIN},
        {"map", ELEMENT_OTHER, 0, 0},
        {"menu", ELEMENT_LIST, BLOCK, PLACE_NAV},
        {"meta", ELEMENT_META, ELEMENT_VOID, 0},
        {"nav", ELEMENT_OTHER, BLOCK, PLACE_NAV},
        {"noembed", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"noframes", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"noscript", ELEMENT_NOSCRIPT, ELEMENT_BLOCK, PLACE_NOSCRIPT},
        {"object", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"ol", ELEMENT_LIST, BLOCK, 0},
        {"optgroup", ELEMENT_OTHER, ELEMENT_BLOCK, PLACE_FORM},
        {"option", ELEMENT_OPTION, ELEMENT_BLOCK, PLACE_FORM},
        {"p", ELEMENT_P, BLOCK, 0},
        {"param", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"pre", ELEMENT_OTHER, BLOCK | ELEMENT_PRE, 0},
        {"samp", ELEMENT_OTHER, 0, PLACE_QUOTE},
        {"script", ELEMENT_SCRIPT, ELEMENT_HIDDEN, 0},
        {"section", ELEMENT_OTHER, BLOCK, 0},
        {"select", ELEMENT_OTHER, ELEMENT_BLOCK, PLACE_FORM},
        {"source", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"style", ELEMENT_STYLE, ELEMENT_HIDDEN, 0},
        {"summary", ELEMENT_OTHER, BLOCK, 0},
        {"svg", ELEMENT_SVG, ELEMENT_HIDDEN, 0},
        {"table", ELEMENT_TABLE, BLOCK, 0},
        {"tbody", ELEMENT_OTHER, ELEMENT_BLOCK, 0},
        {"td", ELEMENT_TD, ELEMENT_BLOCK, 0},
        {"template", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"textarea", ELEMENT_TEXTAREA, ELEMENT_HIDDEN, 0},
        {"tfoot", ELEMENT_OTHER, ELEMENT_BLOCK, 0},
        {"th", ELEMENT_TD, ELEMENT_BLOCK, 0},
        {"thead", ELEMENT_OTHER, ELEMENT_BLOCK, 0},
        {"title", ELEMENT_TITLE, ELEMENT_BLOCK, PLACE_TITLE},
        {"tr", ELEMENT_TR, ELEMENT_BLOCK, 0},
        {"track", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"ul", ELEMENT_LIST, BLOCK, 0},
        {"video", ELEMENT_OTHER, ELEMENT_HIDDEN, 0},
        {"wbr", ELEMENT_OTHER, ELEMENT_VOID, 0},
        {"xmp", ELEMENT_OTHER, BLOCK | ELEMENT_PRE, 0},
};

const Element *element_find(const char *name) {
        static const Element other = {"", ELEMENT_OTHER, 0, 0};
        size_t low = 0, high = mon_count_of(elements);

        while (low < high) {
                size_t middle = (low + high) / 2;
                int order = elements[middle].name[0] - name[0];
                if (order == 0)
                        order = strcmp(elements[middle].name, name);
                if (order == 0)
                        return &elements[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return &other;
}
