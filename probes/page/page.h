/* From an answer to a verdict: what the page shows, what it says of itself, and what was expected of it.
 *
 * Pure: no I/O, no clock, no log. Every byte sequence gets a verdict, in linear time and bounded memory. What the
 * transport met (no answer, redirects elsewhere, slowness) is the probe's to judge; everything from an answer on is
 * judged here. */
#pragma once

#include "daemon/model/directive.h"
#include "daemon/model/observation.h"
#include "probes/page/lexicon.h"

#define PAGE_BODY_MAX (16U << 20)       /* bytes of a body that are looked at; more is unreadable/too_large */
#define PAGE_ATTRIBUTES_MAX 256         /* attributes of one tag */
#define PAGE_DEPTH_MAX 250              /* open elements: libxml2 drops what lies deeper than 256 */
#define PAGE_CACHE_MAX 64               /* pages whose features are kept */
#define PAGE_CACHE_BYTES_MAX (1U << 20) /* and their bytes in all */
#define PAGE_SCRIPTS_MAX 16             /* scripts listed for an application */
#define PAGE_EXPLAIN_MAX 64             /* rules listed as having spoken */
#define PAGE_PATTERN_STEP_LIMIT 1000000 /* PCRE2's match limit for a user's pattern on a whole page */

/* --- what a target expects ------------------------------------------------------------------------------------- */

typedef struct PageExpect PageExpect; /* compiled; immutable, so one may serve many judgements */

/* Each list may be NULL or empty. No status given means 200-299. */
typedef struct PageExpectTexts {
        const TextList *status;    /* "200", "200-299" */
        const TextList *final_url; /* globs: '*' stands for any characters, everything else for itself */
        const TextList *contains;  /* in the visible text, the title included; folded */
        const TextList *absent;    /* likewise */
        const TextList *matches;   /* PCRE2 on the visible text, blocks as lines; not folded */
        const TextList *xpath;     /* XPath 1.0 on the page's tree; must select something or be true */
        const TextList *watch;     /* XPath: the part whose text is kept by change */
        const TextList *ignore;    /* PCRE2: what of that text is noise */
        bool application;          /* a script shell is as it should be */
} PageExpectTexts;

/* A mistake in the item that stood at line:column (ProbeMistakeFn of probes/probe.h has this shape). */
typedef void PageMistakeFn(void *userdata, int line, int column, const char *text);

/* Reports every bad item and leaves it out. Never NULL. */
PageExpect *page_expect_new(const PageExpectTexts *texts, PageMistakeFn *mistake, void *userdata);
void page_expect_free(PageExpect *expect);
mon_define_cleanup(PageExpect, page_expect_free);

/* Whether an address is one that the target expects at the end (true when it names none). For the probe: a redirect to
 * another site is allowed only where final_url was given and fits. */
bool page_expect_names_url(const PageExpect *expect);
bool page_expect_fits_url(const PageExpect *expect, const char *url);
bool page_expect_is_application(const PageExpect *expect);
/* Whether judging needs a body at all: false lets a HEAD request serve. */
bool page_expect_needs_body(const PageExpect *expect);

/* --- what came ------------------------------------------------------------------------------------------------- */

typedef enum PageBody {
        PAGE_BODY_WHOLE = 0,
        PAGE_BODY_NONE,        /* HEAD, or a status that has none */
        PAGE_BODY_TRUNCATED,   /* ended before its time; `body` is what came */
        PAGE_BODY_UNDECODABLE, /* its Content-Encoding did not hold */
        PAGE_BODY_TOO_LARGE,   /* cut at a cap */
} PageBody;

typedef struct PageHeader {
        const char *name, *value; /* of the last answer; the first of a name counts */
} PageHeader;

/* Borrowed for the time of the call. */
typedef struct PageAnswer {
        int http_status;                   /* 0: none (a file) is taken as 200 */
        const char *start_url, *final_url; /* NULL: not known */
        const PageHeader *headers;         /* Content-Type, Retry-After, Server, Location, cf-mitigated, … */
        size_t n_headers;
        PageBody body_state;
        const void *body; /* Content-Encoding undone */
        size_t body_len;
        Nsec at_real; /* dates are read as of this: the answer's Date where it has a sane one, else our clock */
        bool explain; /* also tell what was seen and which rules spoke */
} PageAnswer;

/* --- what is said of it ---------------------------------------------------------------------------------------- */

/* One rule that spoke, or one step of the decision. */
typedef struct PageExplain {
        char *rule;  /* the lexicon's id, or what was weighed */
        char *place; /* "title", "main", …; "" */
        char *text;  /* the sentence, or the reason */
        bool decided;
} PageExplain;

typedef struct Judgement {
        Verdict verdict;
        Cause cause;
        char *detail;         /* one sentence for people; NULL */
        char *rule;           /* what decided; NULL when nothing spoke */
        char *excerpt;        /* the sentence as it stands on the page, trimmed, at most OBSERVATION_BANNER_MAX; NULL */
        char *title;          /* NULL: none */
        const char *language; /* of the page: "fr", "en" or "" */
        Announcement announced; /* a maintenance to come; text NULL: none */
        Announcement present;   /* the span given for the present one; text NULL: none */
        bool has_text;
        Sha256 text_sha256;              /* of the visible text */
        bool is_shell;                   /* the page shows nothing without its scripts */
        char *base;                      /* the page's own <base href>, as written; NULL */
        char *scripts[PAGE_SCRIPTS_MAX]; /* src as written, in order */
        size_t n_scripts;
        Assertion *assertions; /* every one, in the order of PageExpectTexts, the status first */
        size_t n_assertions;
        PageExplain explain[PAGE_EXPLAIN_MAX]; /* where it was asked for */
        size_t n_explain;
        uint64_t lexicon_hash;
        Content content; /* of the part that is watched, read from a whole body; text NULL: none */
} Judgement;

void judgement_fini(Judgement *judgement);
#define mon_auto_judgement mon_cleanup(judgement_fini)

/* Moves what an Observation keeps of it (verdict, cause, detail, banner, title, announcement, assertions, lexicon,
 * content). */
void judgement_give(Judgement *judgement, Observation *observation);

/* --- the reader ------------------------------------------------------------------------------------------------ */

typedef struct PageReader PageReader;

/* Takes the lexicon. `seed` is random where pages are not to be trusted. */
PageReader *page_reader_new(Lexicon *lexicon, uint64_t seed);
void page_reader_free(PageReader *reader);
mon_define_cleanup(PageReader, page_reader_free);
/* Takes another lexicon (a reload) and forgets what was read with the old one. */
void page_reader_set_lexicon(PageReader *reader, Lexicon *lexicon);
const Lexicon *page_reader_lexicon(const PageReader *reader);

/* Judges one answer. `expect` NULL expects a page with status 200-299. What was read of the same bytes before is not
 * read again (least recently used pages are forgotten first); it is judged anew each time. */
void page_judge(PageReader *reader, const PageExpect *expect, const PageAnswer *answer, Judgement *ret_judgement);
