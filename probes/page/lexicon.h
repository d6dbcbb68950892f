/* The lexicon: what pages say when they are closed, in part closed, announced to close, broken, walled or parked, and
 * what only looks like it. Plain data with compiled patterns; config/lexicon.h reads it from YAML.
 *
 * A rule speaks for one sentence of visible, folded text (fold.h: lower case, no accents, plain apostrophes, single
 * spaces). Its stems are looked for first, all rules' at once; the pattern runs only on a sentence that holds one of
 * them, under match limits. */
#pragma once

#include "daemon/base/digest.h"
#include "probes/page/element.h"

#define LEXICON_RULES_MAX 1000
#define LEXICON_STEMS_MAX 32       /* of one rule */
#define LEXICON_STEM_MAX 40        /* bytes of a stem */
#define LEXICON_NEEDS_MAX 16       /* of one rule */
#define LEXICON_PATTERN_MAX 4000   /* bytes of a pattern, macros written out */
#define LEXICON_ID_MAX 80          /* bytes of a rule's id */
#define LEXICON_STEP_LIMIT 10000   /* PCRE2's match limit for one pattern on one sentence */
#define LEXICON_HEAP_KIB_LIMIT 256 /* and its heap limit */

/* What a sentence means when a rule speaks for it. */
typedef enum LexiconSense {
        SENSE_CLOSED = 0, /* the service is not available now, and the site itself says so */
        SENSE_PART,       /* a part of it is not */
        SENSE_RETURN,     /* it will be back: closed now, and what is dated is the end */
        SENSE_ANNOUNCED,  /* it will not be, later */
        SENSE_PRESENT,    /* it means this moment: a later date in that sentence is of something else */
        SENSE_OVER,       /* it was not, and is again */
        SENSE_ERROR,      /* something broke and the page says only that */
        SENSE_NOT_FOUND,  /* this page is not here */
        SENSE_WALL,       /* a wall for robots stands before the site */
        SENSE_CAPTCHA,    /* the same, asking for a proof of being human */
        SENSE_DENIED,     /* access refused */
        SENSE_RATE,       /* too many requests */
        SENSE_QUEUE,      /* a waiting room */
        SENSE_PARKED,     /* nobody's domain, or a server that serves nothing yet */
        SENSE_SHELL,      /* this page needs scripts */
        SENSE_CALM,       /* nothing is wrong: a legal clause, an article, an offer, a legend */
} LexiconSense;
#define SENSE_COUNT (SENSE_CALM + 1)

typedef enum LexiconStrength {
        STRENGTH_WEAK = 1,   /* means it on a page that says little else */
        STRENGTH_MEDIUM = 2, /* means it where it stands out */
        STRENGTH_STRONG = 3, /* means it wherever the page speaks for itself */
} LexiconStrength;

typedef struct Lexicon Lexicon;

/* A rule as it was written; texts are copied. */
typedef struct LexiconRuleTexts {
        const char *id;
        LexiconSense sense;
        LexiconStrength strength;
        const char *const *stems; /* beginnings of words, folded, at least two bytes each. None: a modifier of sense
                                     present, over, calm or announced, asked only where another rule speaks */
        size_t n_stems;
        const char *const
                *needs; /* folded texts, one of which must stand somewhere in the sentence; spares the pattern */
        size_t n_needs;
        const char *pattern;  /* PCRE2 on folded text; NULL: a stem is enough */
        const char *unless;   /* NULL, or a pattern that silences the rule in its sentence */
        unsigned places;      /* bits of PagePlace (text.h); 0: wherever the page speaks */
        const char *language; /* "fr", "en" or "" */
} LexiconRuleTexts;

Lexicon *lexicon_new(void);
void lexicon_free(Lexicon *lexicon);
mon_define_cleanup(Lexicon, lexicon_free);

/* Adds a rule; one with the same id is replaced. NULL when it is good, else the mistake in one sentence, to free. */
mon_must_check char *lexicon_add(Lexicon *lexicon, const LexiconRuleTexts *texts);
/* Builds what scans for the stems; call once after the last rule. */
void lexicon_finish(Lexicon *lexicon);

/* --- what the reader does with it ------------------------------------------------------------------------------- */

#define LEXICON_HITS_MAX 24   /* rules that speak for one sentence */
#define LEXICON_RUNS_MAX 6000 /* patterns run on one page; what comes after is not asked */

#define LEXICON_BESIDE_QUOTE 12 /* letters beside a quotation that make it one */

typedef struct LexiconRule {
        const char *id;
        LexiconSense sense;
        LexiconStrength strength;
        unsigned places;
        const char *language;
        bool is_modifier; /* has no stems */
} LexiconRule;

#define LEXICON_MEMOS_MAX 64 /* sentences whose rules are remembered while a page is read */
typedef struct LexiconMemo LexiconMemo;

/* The scratch of one page's scan. */
typedef struct LexiconScan {
        const Lexicon *lexicon;
        uint32_t *stamps; /* of the last sentence in which a rule was a candidate */
        uint32_t stamp;
        uint32_t n_runs;
        LexiconMemo *memos; /* what was said of sentences that come again, as they do in lists of alike things */
} LexiconScan;

void lexicon_scan_init(LexiconScan *scan, const Lexicon *lexicon);
void lexicon_scan_fini(LexiconScan *scan);
/* The rules that speak for one folded sentence that stands at `places`, by their index; the number of them. */
size_t lexicon_scan_sentence(LexiconScan *scan, const char *folded, size_t n, unsigned places,
                             uint16_t ret_hits[static LEXICON_HITS_MAX]);
const LexiconRule *lexicon_rule(const Lexicon *lexicon, size_t index);

/* --- names and hashes -------------------------------------------------------------------------------------------- */

const char *lexicon_sense_name(LexiconSense sense);
bool lexicon_sense_from_name(const char *name, LexiconSense *ret_sense);

/* Over every rule's texts in their order: two lexicons with the same hash judge alike. */
uint64_t lexicon_hash(const Lexicon *lexicon);
const Sha256 *lexicon_sha256(const Lexicon *lexicon);
size_t lexicon_size(const Lexicon *lexicon); /* rules */
