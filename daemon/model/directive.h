/* A row of configuration: what the key is called, what it takes, where it goes. One table gives the parser, the checks,
 * `--print-config` and the manual's list, so they cannot drift. Each probe driver owns the table of its own block. */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/list.h"
#include "daemon/base/yaml.h"

typedef enum DirectiveType {
        DIRECTIVE_TEXT,     /* char *: UTF-8, one line, not empty */
        DIRECTIVE_FILE,     /* char *: the whole path of a file to read, given from the folder of the configuration */
        DIRECTIVE_BOOL,     /* bool: true, false (also yes, no, on, off) */
        DIRECTIVE_INT,      /* int64_t within min and max */
        DIRECTIVE_DURATION, /* Nsec within min and max (in nanoseconds) */
        DIRECTIVE_SIZE,     /* int64_t of bytes within min and max */
        DIRECTIVE_CHOICE,   /* int: values[i].value of the name given */
        DIRECTIVE_TEXTS,    /* TextList: a list of texts, or one text; min and max bound its items */
        DIRECTIVE_HEADERS,  /* TextList: "Name: value" from a map */
        DIRECTIVE_TITLE,    /* Title: a text, or { fr, en } */
        DIRECTIVE_SECRET,   /* char *: ${credential:…}, ${file:…}, ${env:…} resolved; printed as <secret> */
        DIRECTIVE_SECTION,  /* the fields of `section`, in a struct inside: their offsets count from this one's */
        DIRECTIVE_SECRETS,  /* TextList: a list of secrets, or one secret; printed as <secret> each */
        DIRECTIVE_LINES,    /* TextPlace: UTF-8 of one line or more; its place is its first character's, and for a block
                             * that '|' begins the column is the same for every line */
        DIRECTIVE_SECTIONS, /* SectionList: a list of maps, each with the fields of `section`; min and max bound it */
} DirectiveType;

typedef struct DirectiveChoice {
        const char *name; /* NULL ends the list */
        int value;
} DirectiveChoice;

/* A list of texts with the place of each, so that a later check can still say where. */
typedef struct TextPlace {
        char *text;
        int line, column;
} TextPlace;

typedef struct TextList {
        TextPlace *items;
        size_t n;
} TextList;
#define TEXT_LIST_MAX 64 /* items in one list of the configuration */

/* A list of structs with the place of each, in the order of the file. */
typedef struct SectionPlace {
        void *fields; /* of the row's item_size */
        int line, column;
} SectionPlace;

typedef struct SectionList {
        SectionPlace *items;
        size_t n;
} SectionList;
#define SECTION_LIST_MAX 64 /* items in one, where the row's max says nothing */

/* Takes the fields, which are allocated. What they own is freed by their rows before the list is. */
void section_list_add(SectionList *list, void *fields, int line, int column);
void section_list_fini(SectionList *list);

void text_list_fini(TextList *list);
void text_list_add(TextList *list, const char *text, int line, int column);
/* Of "Name: value" items: whether one has the name (ASCII case ignored). */
bool text_list_has_header(const TextList *headers, const char *name);

/* Looks at one text of the row (for TEXTS and HEADERS each item). NULL when it is good, else the mistake in one
 * sentence, to free. */
typedef char *DirectiveCheck(const char *text);

/* Told of a mistake in a block that no single row can show. */
typedef void DirectiveMistakeFn(void *userdata, int line, int column, const char *text);

typedef struct Directive {
        const char *key; /* NULL ends the table */
        DirectiveType type;
        size_t offset;
        bool required;
        bool may_be_empty;    /* TEXT: "" is a text too (a JSON Pointer to the whole document) */
        const char *fallback; /* the default as it would be written; NULL: zero, NULL or an empty list */
        int64_t min, max;     /* both 0: unbounded */
        const DirectiveChoice *choices;
        const struct Directive *section;
        size_t item_size; /* of SECTIONS: the struct that one item fills */
        DirectiveCheck *check;
        DirectiveCheck *warn;       /* the same, for what is said and still taken */
        DirectiveCheck *warn_first; /* of TEXTS: the same, for the first item alone */
        const char *help;           /* one line for the manual */
} Directive;
