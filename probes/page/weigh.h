/* How much each sense weighs on a page. Points: STRENGTH_STRONG in plain text of a page that says little else is 30. */
#pragma once

#include "probes/page/announce.h"
#include "probes/page/features.h"

#define WEIGH_ENOUGH 24 /* points from which a sense decides */
#define WEIGH_VOICES_MAX (FEATURES_SENTENCES_MAX * 3)

/* One sentence speaking with one sense. */
typedef struct Voice {
        const PageSentence *sentence;
        uint16_t rule;
        LexiconSense sense;
        LexiconStrength strength;
        uint32_t points;
        bool is_return; /* it says when, or that, the service comes back */
        bool is_dated;
        AnnounceSpan span; /* where is_dated */
} Voice;

typedef struct Scale {
        Voice voices[WEIGH_VOICES_MAX];
        size_t n;
        uint32_t points[SENSE_COUNT];
        const Voice *best[SENSE_COUNT]; /* NULL: none */
} Scale;

void weigh(const PageFeatures *features, const Lexicon *lexicon, int http_status, Nsec at_real, Scale *ret_scale);
