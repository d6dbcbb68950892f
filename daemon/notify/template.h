/* A user's own text with {{name}} where a value of the event goes: names are the keys of the event's document, with a
 * dot between levels ({{subject.id}}). A value that the document has in French and in English ({{text}}) is the one in
 * the notifier's language. Pure. */
#pragma once

#include "daemon/base/json.h"
#include "daemon/model/directive.h"
#include "daemon/model/target.h"

#define TEMPLATE_PIECES_MAX 512 /* values of one template */
#define TEMPLATE_NAME_MAX 64    /* bytes of a name */

typedef struct Template Template;

/* How values are made safe for what is around them. */
typedef enum TemplateEscape {
        TEMPLATE_JSON =
                0, /* between quotes as part of the text; elsewhere a whole JSON value, null where there is none */
        TEMPLATE_FORM = 1,   /* percent-encoded */
        TEMPLATE_MARKUP = 2, /* of HTML and XML */
        TEMPLATE_PLAIN = 3,  /* as they are: clean, one line */
} TemplateEscape;

TemplateEscape template_escape_for(const char *content_type);

/* NULL, each mistake told with its place: a brace that nothing closes, a name that no event has, and for JSON a text
 * that would be none, tried with values that quotes and backslashes make awkward, and with none at all. */
Template *template_compile(const TextPlace *text, TemplateEscape escape, Language language, DirectiveMistakeFn *mistake,
                           void *userdata);
void template_free(Template *template);
mon_define_cleanup(Template, template_free);

/* -EMSGSIZE when it does not fit. */
mon_must_check int template_write(const Template *template, const json_t *document, Buf *body);

/* Every name that some event has, up to a NULL. */
extern const char *const template_names[];
