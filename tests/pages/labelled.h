/* Labelled pages and wordings: what is shown to the reader, and what a person would call it.
 *
 * A table has tabs between its cells; its first line names the columns; empty lines and lines with '#' are not rows.
 *
 * Pages (tests/data/pages/labels.tsv): file, verdict, cause ("": any), announced (yes, no, any or ""), also (other
 * verdicts that are accepted), status, content_type, url (where it ended after a redirect), http_date.
 *
 * Wordings (tests/data/wordings.tsv): frame, status, verdict, cause, rule, dates, text. `rule` is the one that must be
 * named, "-" for none. `dates` is what is told of a span: "-" for nothing, "A..B" announced, "now A..B" of the present
 * one, each in UTC to the minute or "?". `frame` is what stands around the text:
 * - alone: a page that says nothing else, with "title | heading | paragraph"; fewer parts are taken from the right
 * - alert: an alert above the content of a page that works
 * - inside: that page, with the text as markup of its own there
 * - raw: nothing, it is the whole document
 * - an address that begins with '/': that page, reached by a redirect to there
 *
 * Phrases (tests/data/phrases): closed.txt and calm.txt, each line alone; part.txt and announced.txt, each in an alert.
 * A line that begins with three digits has that status; one that begins with '#' is none. They are read as of 23
 * November 2026, and no rule or date is asked of them. */
#pragma once

#include "config/lexicon.h"
#include "daemon/base/list.h"
#include "probes/page/page.h"

typedef struct Labelled {
        char *name; /* the page's file, or the wording */
        char *body; /* NULL: there is no such page */
        size_t body_len;
        int status;
        char *content_type, *url; /* url NULL: it was not redirected */
        Nsec at_real;
        Verdict verdict; /* VERDICT_MAX: the label names none */
        char *also, *cause, *announced;
        char *rule, *dates; /* NULL: not labelled */
} Labelled;

/* All append rows, owned by the list, and give -ENOENT where the table cannot be read. */
mon_must_check int labelled_read_pages(const char *folder, const char *table, List *rows);
mon_must_check int labelled_read_wordings(const char *table, List *rows);
mon_must_check int labelled_read_phrases(const char *folder, List *rows);
void labelled_free_all(List *rows);

void labelled_judge(const Labelled *row, PageReader *reader, Judgement *ret_judgement);

/* What of a judgement is not as labelled; 0: nothing. */
typedef enum LabelledWrong {
        LABELLED_VERDICT = 1, /* and none of those also accepted */
        LABELLED_CAUSE = 2,
        LABELLED_ANNOUNCED = 4,
        LABELLED_DATES = 8,
        LABELLED_RULE = 16,
} LabelledWrong;
unsigned labelled_wrong(const Labelled *row, const Judgement *judgement);
/* Whether the label says if something is announced. */
bool labelled_is_scored(const Labelled *row);
/* The judgement in the words of a label: "verdict/cause, rule, dates". */
char *labelled_words(const Judgement *judgement);
void labelled_explain(const Judgement *judgement);
