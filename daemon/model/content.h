/* What was read of the part of a page that a target watches: its text with the noise taken out. */
#pragma once

#include "daemon/base/digest.h"

#define CONTENT_TEXT_MAX (128U << 10) /* bytes of a watched text; what follows is not watched */
#define CONTENT_MISSING_MAX 400       /* bytes of the list of what is not there */

typedef struct Content {
        char *text;     /* clean, each block a line; "": nothing is to be seen there; NULL: it was not read */
        char *missing;  /* the XPaths that select nothing, in one line; NULL: none */
        uint64_t rules; /* hash of what is watched and how: texts under other rules are not compared */
        bool is_unread; /* the page was read, and this part of it would have cost too much */
        Sha256 words;   /* of the words and of `missing`: the same where only space between words differs */
} Content;

/* How a version began. The numbers are stored: append only. */
typedef enum ContentStep {
        CONTENT_SAME = 0, /* none began */
        CONTENT_FIRST,    /* nothing was known before */
        CONTENT_RULES,    /* the rules changed: what they show is no change of the page */
        CONTENT_CHANGED,  /* the page did */
} ContentStep;
#define CONTENT_STEP_COUNT 4
const char *content_step_name(ContentStep step); /* "first", "rules", "changed" */

void content_fini(Content *content);
void content_copy(Content *to, const Content *from);
/* Sets `words` from text and missing. */
void content_digest(Content *content);
