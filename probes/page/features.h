/* What is kept of a page once it is read: which sentences say something, where they stand, and how much else there is.
 * A function of the page's bytes, its charset label and the lexicon; nothing in it depends on the date or the status.
 */
#pragma once

#include "daemon/base/digest.h"
#include "probes/page/lexicon.h"
#include "probes/page/text.h"

#define FEATURES_SENTENCES_MAX 96 /* sentences kept because a rule spoke for them; the first ones of a page */
#define FEATURES_SENTENCE_MAX 600 /* bytes of one sentence; a longer one is cut between words */
#define FEATURES_AFTER_MAX 400    /* bytes kept of what follows a sentence in its block and the next */

typedef struct PageSentence {
        char *text; /* as it stands on the page */
        char *folded;
        char *after; /* folded: what follows it, where a date may stand; "" */
        uint16_t rules[LEXICON_HITS_MAX];
        size_t n_rules;
        uint16_t places;
        uint8_t level;     /* of a heading */
        uint32_t position; /* bytes of the page's own text before it */
        uint32_t block;    /* its number: sentences of one block belong together */
        bool is_whole;     /* its block says nothing else */
        bool is_link;      /* its block is a link */
} PageSentence;

typedef struct PageFeatures {
        char *title; /* NULL: none */
        const char *language;
        Sha256 text_sha256;
        PageSentence *sentences;
        size_t n_sentences;

        uint32_t own;          /* bytes of text outside navigation, footer, cookie wall, forms, links and title */
        uint32_t visible;      /* bytes of all that is seen, title and noscript left out */
        uint32_t noscript;     /* bytes in <noscript> */
        uint32_t spoken;       /* bytes of `own` in sentences for which a rule spoke */
        uint32_t n_paragraphs; /* blocks of own text that are long */
        uint32_t n_inputs, n_passwords, n_links, n_images, n_frames, n_scripts, script_bytes, concealed;
        bool has_form, has_refresh, has_empty_root;
        char *base;
        char *scripts[16];
        size_t n_kept_scripts;
} PageFeatures;

/* Reads the blocks' sentences with the lexicon. The text is only looked at. */
PageFeatures *page_features_new(const PageText *text, const Lexicon *lexicon);
void page_features_free(PageFeatures *features);
mon_define_cleanup(PageFeatures, page_features_free);
size_t page_features_size(const PageFeatures *features); /* bytes, about */

/* The visible text as it is searched: blocks as lines, alternative and noscript text left out where there is other. */
char *page_features_visible(const PageText *text);
