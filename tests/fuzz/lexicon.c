/* A user's lexicon: any bytes give rules or mistakes, and what was accepted can be asked. */
#include "tests/fuzz/fuzz.h"
#include "config/lexicon.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static const char sentence[] = "le site est actuellement en maintenance, revenez plus tard ab";
        ConfigMistakes mistakes = {0};
        Lexicon *lexicon = lexicon_new();
        uint16_t hits[LEXICON_HITS_MAX];
        LexiconScan scan;

        lexicon_read(lexicon, "own.yaml", (const char *)bytes, n, &mistakes);
        fuzz_holds(mistakes.n_errors == mistakes.n);
        lexicon_finish(lexicon);
        lexicon_scan_init(&scan, lexicon);
        fuzz_holds(lexicon_scan_sentence(&scan, sentence, strlen(sentence), PLACE_BODY, hits) <= LEXICON_HITS_MAX);
        lexicon_scan_fini(&scan);
        lexicon_free(lexicon);
        config_mistakes_fini(&mistakes);
        return 0;
}
