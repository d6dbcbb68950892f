/* Rows of configuration (model/directive.h), interpreted: from YAML into a struct, from the struct to YAML, and freed.
 */
#pragma once

#include "config/mistakes.h"
#include "daemon/model/directive.h"

#define DIRECTIVE_TEXT_MAX 4096   /* bytes of one text */
#define DIRECTIVE_LINES_MAX 16384 /* bytes of one of several lines */

/* One block of the file: a map, the rows that say what may stand in it, and how messages name it. */
typedef struct DirectiveBlock {
        Mistakes *mistakes;
        const char *name;          /* "observer", "http"; "" for the file itself */
        const YamlNode *node;      /* NULL: the block is not there, and all defaults hold */
        int line, column;          /* of the block, or of where it is missing */
        const char *const *others; /* keys that are taken too and read by the caller, up to a NULL; may be NULL */
        List *ret_meant; /* NULL, or collects the keys (const char *) that unknown ones seem to be meant for */
} DirectiveBlock;

/* Fills `base` (zeroed, or holding inherited values where a row has no fallback), telling every mistake. True when each
 * required row has a value: the struct is then whole, wrong values replaced by their defaults. */
bool directives_read(const DirectiveBlock *block, const Directive *rows, void *base);
void directives_fini(const Directive *rows, void *base);

typedef enum DirectivePrint {
        DIRECTIVE_PRINT_HIDDEN, /* secrets as <secret> */
        DIRECTIVE_PRINT_WHOLE,  /* for a hash that never leaves: secrets too */
} DirectivePrint;
/* Appends the rows as YAML, each line indented by `indent`. Absent texts are left out. */
mon_must_check int directives_print(const Directive *rows, const void *base, int indent, DirectivePrint how, Buf *out);
/* A text between double quotes that YAML reads back as it was. */
mon_must_check int directives_print_quoted(const char *text, Buf *out);
