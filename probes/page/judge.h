/* From features, status, address and expectations to a verdict: every sentence that speaks is weighed by how strongly
 * it says so, where it stands, and how much else there is on the page; then the causes are asked in their order. */
#pragma once

#include "probes/page/expect.h"
#include "probes/page/features.h"
#include "probes/page/page.h"

typedef struct JudgeInput {
        const PageExpect *expect; /* NULL: none */
        const PageAnswer *answer;
        const Lexicon *lexicon;
        const PageFeatures *features; /* NULL: there is no text to judge */
        const uint8_t *results;       /* of the expectations' items; NULL: undecided all */
        bool is_undecodable;          /* the bytes are no text that is known here */
        bool is_over_caps;            /* the markup is */
        Nsec at_real;
} JudgeInput;

/* Fills a zeroed judgement. */
void judge(const JudgeInput *input, Judgement *judgement);
