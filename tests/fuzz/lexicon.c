/* A user's lexicon: any bytes give rules or mistakes, and what was accepted can be asked. What follows a line of "%%"
 * in the input is the text that it and the shipped one are asked about, a sentence a line. */
#include "tests/fuzz/fuzz.h"

#include "config/lexicon.h"
#include "daemon/base/text.h"
#include "probes/page/features.h"
#include "probes/page/fold.h"

#define USUAL "le site est actuellement en maintenance, revenez plus tard ab"

static void check_rule(const LexiconRule *rule) {
        LexiconSense sense;

        fuzz_holds(rule->id && strlen(rule->id) <= LEXICON_ID_MAX && text_is_utf8(rule->id, strlen(rule->id)));
        fuzz_holds(rule->strength >= STRENGTH_WEAK && rule->strength <= STRENGTH_STRONG);
        fuzz_holds(lexicon_sense_from_name(lexicon_sense_name(rule->sense), &sense) && sense == rule->sense);
        fuzz_holds(rule->places < 1U << PLACE_COUNT);
        fuzz_holds(rule->language[0] == '\0' || text_is(rule->language, "fr") || text_is(rule->language, "en"));
}

static void check_hits(const Lexicon *lexicon, const uint16_t *hits, size_t n) {
        fuzz_holds(n <= LEXICON_HITS_MAX);
        for (size_t i = 0; i < n; i++) {
                fuzz_holds(hits[i] < lexicon_size(lexicon));
                for (size_t k = 0; k < i; k++)
                        fuzz_holds(hits[k] != hits[i]);
        }
}

/* A sentence that comes again in one scan is answered from memory, and alike. */
static void ask(const Lexicon *lexicon, const char *folded, size_t n) {
        static const unsigned places[] = {PLACE_BODY, PLACE_TITLE, PLACE_BODY | PLACE_ALERT | PLACE_MAIN,
                                          PLACE_BODY | PLACE_NAV | PLACE_FOOTER, PLACE_ADDRESS};
        uint16_t hits[LEXICON_HITS_MAX], again[LEXICON_HITS_MAX];
        LexiconScan scan;

        lexicon_scan_init(&scan, lexicon);
        for (size_t i = 0; i < mon_count_of(places); i++) {
                size_t n_hits = lexicon_scan_sentence(&scan, folded, n, places[i], hits);
                check_hits(lexicon, hits, n_hits);
                fuzz_holds(lexicon_scan_sentence(&scan, folded, n, places[i], again) == n_hits);
                fuzz_holds(memcmp(hits, again, n_hits * sizeof *hits) == 0);
        }
        fuzz_holds(scan.n_runs <= LEXICON_RUNS_MAX);
        lexicon_scan_fini(&scan);
}

static void ask_text(const Lexicon *own, const Lexicon *shipped, FuzzInput text) {
        ask(own, USUAL, strlen(USUAL));
        for (int i = 0; i < 8 && text.n > 0; i++) {
                mon_auto_free char *line = fuzz_take_line(&text);
                mon_auto_free char *folded = fold_copy(line);
                size_t n = text_cut(folded, strlen(folded), FEATURES_SENTENCE_MAX);
                ask(own, folded, n);
                ask(shipped, folded, n);
        }
}

static Lexicon *read_own(const FuzzInput *yaml, size_t *ret_mistakes) {
        ConfigMistakes mistakes = {0};
        Lexicon *lexicon = lexicon_new();

        lexicon_read(lexicon, "own.yaml", (const char *)yaml->bytes, yaml->n, &mistakes);
        fuzz_holds(mistakes.n_errors == mistakes.n);
        mon_auto_free char *told = config_mistakes_text(&mistakes);
        fuzz_holds(text_is_utf8(told, strlen(told)));
        for (size_t i = 0; i < mistakes.n; i++)
                fuzz_holds(mistakes.items[i].line >= 1 && mistakes.items[i].column >= 1);
        *ret_mistakes = mistakes.n;
        config_mistakes_fini(&mistakes);
        lexicon_finish(lexicon);
        return lexicon;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static Lexicon *shipped;
        const uint8_t *mark = memmem(bytes, n, "\n%%\n", 4);
        FuzzInput yaml = {bytes, mark ? (size_t)(mark + 1 - bytes) : n};
        FuzzInput text = {mark ? mark + 4 : bytes, mark ? n - yaml.n - 3 : 0};
        size_t n_mistakes, n_again;

        if (!shipped)
                shipped = lexicon_new_shipped();
        mon_cleanup(lexicon_free_p) Lexicon *own = read_own(&yaml, &n_mistakes);
        mon_cleanup(lexicon_free_p) Lexicon *again = read_own(&yaml, &n_again);
        fuzz_holds(n_mistakes == n_again && lexicon_hash(own) == lexicon_hash(again));
        fuzz_holds(lexicon_size(own) <= LEXICON_RULES_MAX);
        for (size_t i = 0; i < lexicon_size(own); i++)
                check_rule(lexicon_rule(own, i));
        ask_text(own, shipped, text);
        return 0;
}
