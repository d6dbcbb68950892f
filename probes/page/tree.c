#include "probes/page/tree.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/xpath.h>

#define XPATH_MISTAKE_MAX 200

struct XPath {
        xmlXPathCompExprPtr compiled;
        bool selects;
};

struct Tree {
        htmlDocPtr doc;
};

/* libxml2 prints to stderr unless somebody listens. */
static void be_silent(void *userdata, xmlErrorPtr error) {
        char *said = userdata;

        if (said && said[0] == '\0' && error && error->message) {
                size_t n = strcspn(error->message, "\n");
                n = n < XPATH_MISTAKE_MAX - 1 ? n : XPATH_MISTAKE_MAX - 1;
                memcpy(said, error->message, n);
                said[n] = '\0';
        }
}

/* Some mistakes are told to libxml2's printer alone: it is taken away while an expression runs, and put back. */
static void say_nothing(void *userdata, const char *format, ...) {
        (void)userdata;
        (void)format;
}

static xmlXPathObjectPtr run(const XPath *xpath, xmlXPathContextPtr context) {
        xmlGenericErrorFunc printer = xmlGenericError;
        void *printer_data = xmlGenericErrorContext;

        xmlSetGenericErrorFunc(NULL, say_nothing);
        xmlXPathObjectPtr result = xmlXPathCompiledEval(xpath->compiled, context);
        xmlSetGenericErrorFunc(printer_data, printer);
        return result;
}

static xmlXPathContextPtr context_new(xmlDocPtr doc, char *said) {
        xmlXPathContextPtr context = xmlXPathNewContext(doc);

        if (!context)
                abort();
        context->error = be_silent;
        context->userData = said;
        context->opLimit = TREE_XPATH_STEPS_MAX;
        return context;
}

static bool is_sound(XPath *xpath, char *said) {
        htmlDocPtr doc = htmlNewDocNoDtD(NULL, NULL);
        if (!doc)
                abort();
        xmlXPathContextPtr context = context_new(doc, said);
        xmlXPathObjectPtr result = run(xpath, context);
        bool sound = result != NULL;

        xpath->selects = sound && result->type == XPATH_NODESET;
        xmlXPathFreeObject(result);
        xmlXPathFreeContext(context);
        xmlFreeDoc(doc);
        return sound;
}

XPath *xpath_new(const char *text, char **ret_mistake) {
        char said[XPATH_MISTAKE_MAX] = "";
        mon_cleanup(xpath_free_p) XPath *xpath = mon_new(XPath);
        xmlXPathContextPtr context = context_new(NULL, said);

        xpath->compiled = xmlXPathCtxtCompile(context, (const xmlChar *)text);
        xmlXPathFreeContext(context);
        if (xpath->compiled && is_sound(xpath, said))
                return mon_steal(&xpath);
        *ret_mistake = mon_printf("bad XPath: %s", said[0] ? said : "it does not compile");
        return NULL;
}

void xpath_free(XPath *xpath) {
        if (!xpath)
                return;
        xmlXPathFreeCompExpr(xpath->compiled);
        free(xpath);
}

bool xpath_selects(const XPath *xpath) {
        return xpath->selects;
}

Tree *tree_new(const char *text, size_t n) {
        const int options =
                HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT;

        if (n > INT_MAX)
                return NULL;
        htmlDocPtr doc = htmlReadMemory(text, (int)n, NULL, "UTF-8", options);
        if (!doc)
                return NULL;
        Tree *tree = mon_new(Tree);
        tree->doc = doc;
        return tree;
}

void tree_free(Tree *tree) {
        if (!tree)
                return;
        xmlFreeDoc(tree->doc);
        free(tree);
}

int tree_ask(const Tree *tree, const XPath *xpath, bool *ret_holds) {
        char said[XPATH_MISTAKE_MAX] = "";
        xmlXPathContextPtr context = context_new(tree->doc, said);
        xmlXPathObjectPtr result = run(xpath, context);

        xmlXPathFreeContext(context);
        if (!result)
                return TREE_E_COST;
        *ret_holds = xmlXPathCastToBoolean(result);
        xmlXPathFreeObject(result);
        return 0;
}

/* A link may be broken over lines as it is written: the URL standard takes tabs and line breaks out. */
static void take_out_breaks(char *address) {
        char *to = address;

        for (const char *from = address; *from; from++)
                if (!strchr("\t\r\n", *from))
                        *to++ = *from;
        *to = '\0';
}

/* libxml2's own strings need its own free. */
static char *address_in(xmlChar *owned) {
        static const char spaces[] = " \t\r\n\f";
        char *address = NULL;

        if (owned) {
                const char *from = (const char *)owned + strspn((const char *)owned, spaces);
                size_t n = strlen(from);
                while (n > 0 && strchr(spaces, from[n - 1]))
                        n--;
                address = mon_strndup(from, n);
                take_out_breaks(address);
        }
        xmlFree(owned);
        return address;
}

static char *address_of_node(xmlNodePtr node) {
        if (node->type == XML_ELEMENT_NODE)
                return address_in(xmlGetProp(node, (const xmlChar *)"href"));
        return address_in(xmlNodeGetContent(node));
}

/* A whole expression's nodes come sorted. */
static char *address_of(xmlXPathObjectPtr result) {
        switch (result->type) {
        case XPATH_NODESET:
                if (xmlXPathNodeSetIsEmpty(result->nodesetval))
                        return NULL;
                return address_of_node(result->nodesetval->nodeTab[0]);
        case XPATH_STRING:
                return result->stringval[0] ? address_in(xmlStrdup(result->stringval)) : NULL;
        default:
                return NULL;
        }
}

int tree_find_address(const Tree *tree, const XPath *xpath, char **ret_address) {
        char said[XPATH_MISTAKE_MAX] = "";
        xmlXPathContextPtr context = context_new(tree->doc, said);
        xmlXPathObjectPtr result = run(xpath, context);

        xmlXPathFreeContext(context);
        if (!result)
                return TREE_E_COST;
        char *address = address_of(result);
        xmlXPathFreeObject(result);
        if (!address)
                return TREE_E_NONE;
        *ret_address = address;
        return 0;
}

/* libxml2 leaves this member of its nodes to whoever uses them. */
static void mark(xmlNodePtr node) {
        node->_private = node;
}

int tree_mark(Tree *tree, const XPath *xpath, bool *ret_found) {
        char said[XPATH_MISTAKE_MAX] = "";
        xmlXPathContextPtr context = context_new(tree->doc, said);
        xmlXPathObjectPtr result = run(xpath, context);

        xmlXPathFreeContext(context);
        if (!result)
                return TREE_E_COST;
        *ret_found = false;
        for (int i = 0; result->nodesetval && i < result->nodesetval->nodeNr; i++) {
                xmlNodePtr node = result->nodesetval->nodeTab[i];
                if (node->type == XML_HTML_DOCUMENT_NODE)
                        node = xmlDocGetRootElement(tree->doc);
                if (!node || (node->type != XML_ELEMENT_NODE && node->type != XML_TEXT_NODE))
                        continue;
                mark(node);
                *ret_found = true;
        }
        xmlXPathFreeObject(result);
        return 0;
}

/* True: it stays, for what it is or for what is in it. The parser bounds the depth. */
static bool prune(xmlNodePtr node) {
        bool stays = false;

        if (node->_private == node)
                return true;
        if (node->type != XML_ELEMENT_NODE)
                return false;
        if (xmlStrEqual(node->name, (const xmlChar *)"style"))
                return true;
        for (xmlNodePtr child = node->children, next; child; child = next) {
                next = child->next;
                if (prune(child)) {
                        stays = true;
                        continue;
                }
                xmlUnlinkNode(child);
                xmlFreeNode(child);
        }
        return stays;
}

char *tree_take_marked(Tree *tree) {
        xmlNodePtr root = xmlDocGetRootElement(tree->doc);

        if (!root || !prune(root))
                return mon_strdup("");
        xmlOutputBufferPtr out = xmlAllocOutputBuffer(NULL);
        if (!out)
                abort();
        htmlNodeDumpFormatOutput(out, tree->doc, root, "UTF-8", 0);
        char *html = mon_strndup((const char *)xmlOutputBufferGetContent(out), xmlOutputBufferGetSize(out));
        (void)xmlOutputBufferClose(out);
        return html;
}
