#include "probes/page/lexicon.h"

#include "daemon/base/text.h"
#include "probes/page/pattern.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define LEXICON_LETTERS 37 /* a to z, 0 to 9, anything else */

typedef struct Rule {
        LexiconRule face; /* its texts are owned by this */
        Pattern *pattern; /* NULL: a stem is enough */
        Pattern *unless;
        char *pattern_text, *unless_text;
        char **stems, **needs;
        size_t n_stems, n_needs;
} Rule;

typedef struct Stem { /* of one rule; stems that several rules have follow each other */
        const char *text;
        uint64_t head, mask; /* its first eight bytes, and which of them count */
        uint16_t len;
        uint16_t rule;
        uint16_t n_same; /* how many follow from here on with the same text, this one counted */
} Stem;

struct Lexicon {
        PatternRoom *room;
        Rule *rules;
        size_t n;
        Stem *stems; /* sorted */
        size_t n_stems;
        uint16_t *modifiers; /* rules without stems */
        size_t n_modifiers;
        uint16_t first[LEXICON_LETTERS * LEXICON_LETTERS + 1]; /* the first stem of each pair of letters */
        bool is_finished;
        uint64_t hash;
        Sha256 sha256;
};

static const char *const sense_names[SENSE_COUNT] = {
        [SENSE_CLOSED] = "closed",       [SENSE_PART] = "part",   [SENSE_ANNOUNCED] = "announced",
        [SENSE_RETURN] = "return",       [SENSE_OVER] = "over",   [SENSE_ERROR] = "error",
        [SENSE_NOT_FOUND] = "not_found", [SENSE_WALL] = "wall",   [SENSE_CAPTCHA] = "captcha",
        [SENSE_DENIED] = "denied",       [SENSE_RATE] = "rate",   [SENSE_QUEUE] = "queue",
        [SENSE_PARKED] = "parked",       [SENSE_SHELL] = "shell", [SENSE_CALM] = "calm",
        [SENSE_PRESENT] = "present",
};

const char *lexicon_sense_name(LexiconSense sense) {
        return sense_names[sense];
}

bool lexicon_sense_from_name(const char *name, LexiconSense *ret_sense) {
        for (int i = 0; i < SENSE_COUNT; i++)
                if (text_is(name, sense_names[i])) {
                        *ret_sense = (LexiconSense)i;
                        return true;
                }
        return false;
}

Lexicon *lexicon_new(void) {
        Lexicon *lexicon = mon_new(Lexicon);

        lexicon->room = pattern_room_new();
        return lexicon;
}

static void rule_fini(Rule *rule) {
        free((char *)rule->face.id);
        free((char *)rule->face.language);
        pattern_free(rule->pattern);
        pattern_free(rule->unless);
        free(rule->pattern_text);
        free(rule->unless_text);
        for (size_t i = 0; i < rule->n_stems; i++)
                free(rule->stems[i]);
        for (size_t i = 0; i < rule->n_needs; i++)
                free(rule->needs[i]);
        free(rule->stems);
        free(rule->needs);
        *rule = (Rule){0};
}

void lexicon_free(Lexicon *lexicon) {
        if (!lexicon)
                return;
        for (size_t i = 0; i < lexicon->n; i++)
                rule_fini(&lexicon->rules[i]);
        free(lexicon->rules);
        pattern_room_free(lexicon->room);
        free(lexicon->stems);
        free(lexicon->modifiers);
        free(lexicon);
}

static bool is_word(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static char *check_texts(const LexiconRuleTexts *texts) {
        if (strlen(texts->id) > LEXICON_ID_MAX)
                return mon_printf("the id is longer than %d bytes", LEXICON_ID_MAX);
        if (texts->n_stems > LEXICON_STEMS_MAX)
                return mon_printf("more than %d stems", LEXICON_STEMS_MAX);
        if (texts->n_needs > LEXICON_NEEDS_MAX)
                return mon_printf("more than %d needs", LEXICON_NEEDS_MAX);
        if (texts->n_stems == 0 && texts->sense != SENSE_CALM && texts->sense != SENSE_OVER &&
            texts->sense != SENSE_PRESENT && texts->sense != SENSE_ANNOUNCED && texts->places != PLACE_ADDRESS)
                return mon_strdup("needs stems: only calm, present, over and announced may do without");
        if (texts->n_stems == 0 && !texts->pattern)
                return mon_strdup("needs stems or a pattern");
        for (size_t i = 0; i < texts->n_stems; i++) {
                const char *stem = texts->stems[i];
                size_t n = strlen(stem);
                if (n < 2 || n > LEXICON_STEM_MAX || !is_word(stem[0]))
                        return mon_printf("the stem \"%s\" must begin with a letter or digit without accent, in lower "
                                          "case, and have at most %d",
                                          stem, LEXICON_STEM_MAX);
        }
        if ((texts->pattern && strlen(texts->pattern) > LEXICON_PATTERN_MAX) ||
            (texts->unless && strlen(texts->unless) > LEXICON_PATTERN_MAX))
                return mon_printf("a pattern is longer than %d bytes", LEXICON_PATTERN_MAX);
        return NULL;
}

static char *compile(const char *text, Pattern **ret_pattern) {
        char *mistake = NULL;

        if (text)
                *ret_pattern = pattern_new(text, PATTERN_FOLDED, LEXICON_STEP_LIMIT, LEXICON_HEAP_KIB_LIMIT, &mistake);
        return mistake;
}

static Rule *place_for(Lexicon *lexicon, const char *id) {
        for (size_t i = 0; i < lexicon->n; i++)
                if (strcmp(lexicon->rules[i].face.id, id) == 0) {
                        rule_fini(&lexicon->rules[i]);
                        return &lexicon->rules[i];
                }
        lexicon->rules = mon_realloc_array(lexicon->rules, lexicon->n + 1, sizeof *lexicon->rules);
        return &lexicon->rules[lexicon->n++];
}

char *lexicon_add(Lexicon *lexicon, const LexiconRuleTexts *texts) {
        mon_cleanup(pattern_free_p) Pattern *pattern = NULL;
        mon_cleanup(pattern_free_p) Pattern *unless = NULL;
        char *mistake = check_texts(texts);

        assert(!lexicon->is_finished);
        if (!mistake && lexicon->n == LEXICON_RULES_MAX)
                mistake = mon_printf("more than %d rules", LEXICON_RULES_MAX);
        if (!mistake)
                mistake = compile(texts->pattern, &pattern);
        if (!mistake)
                mistake = compile(texts->unless, &unless);
        if (mistake)
                return mistake;
        Rule rule = {
                .face = {.id = mon_strdup(texts->id),
                         .sense = texts->sense,
                         .strength = texts->strength,
                         .places = texts->places,
                         .is_modifier = texts->n_stems == 0,
                         .language = mon_strdup(texts->language ? texts->language : "")},
                .pattern = mon_steal(&pattern),
                .unless = mon_steal(&unless),
                .pattern_text = mon_strdup(texts->pattern),
                .unless_text = mon_strdup(texts->unless),
                .stems = mon_new_array(char *, texts->n_stems),
                .n_stems = texts->n_stems,
                .needs = mon_new_array(char *, texts->n_needs),
                .n_needs = texts->n_needs,
        };
        for (size_t i = 0; i < texts->n_stems; i++)
                rule.stems[i] = mon_strdup(texts->stems[i]);
        for (size_t i = 0; i < texts->n_needs; i++)
                rule.needs[i] = mon_strdup(texts->needs[i]);
        *place_for(lexicon, texts->id) = rule;
        return NULL;
}

static size_t letter(char c) {
        return c >= 'a' && c <= 'z' ? (size_t)(c - 'a') : c >= '0' && c <= '9' ? (size_t)(26 + c - '0') : 36;
}

static size_t pair(const char *text) {
        return letter(text[0]) * LEXICON_LETTERS + letter(text[1]);
}

static int by_pair(const void *a, const void *b) {
        const Stem *x = a, *y = b;
        size_t p = pair(x->text), q = pair(y->text);

        if (p != q)
                return p < q ? -1 : 1;
        int order = strcmp(x->text, y->text);
        return order != 0 ? order : (int)x->rule - (int)y->rule;
}

static void add_hash(Buf *all, const char *text) {
        int r = buf_append(all, text ? text : "", text ? strlen(text) + 1 : 1);
        assert(r == 0);
        (void)r;
}

static void hash_all(Lexicon *lexicon) {
        mon_auto_buf Buf all = BUF_INIT(SIZE_MAX / 2);

        for (size_t i = 0; i < lexicon->n; i++) {
                const Rule *rule = &lexicon->rules[i];
                char numbers[64];
                (void)snprintf(numbers, sizeof numbers, "%d %d %u %zu", (int)rule->face.sense, (int)rule->face.strength,
                               rule->face.places, rule->n_stems);
                add_hash(&all, rule->face.id);
                add_hash(&all, numbers);
                add_hash(&all, rule->face.language);
                add_hash(&all, rule->pattern_text);
                add_hash(&all, rule->unless_text);
                for (size_t k = 0; k < rule->n_stems; k++)
                        add_hash(&all, rule->stems[k]);
                for (size_t k = 0; k < rule->n_needs; k++)
                        add_hash(&all, rule->needs[k]);
        }
        lexicon->hash = hash_of(buf_text(&all), all.len, 0);
        sha256_of(buf_text(&all), all.len, &lexicon->sha256);
}

static uint64_t head_of(const char *text, size_t n) {
        uint64_t head = 0;

        memcpy(&head, text, n < sizeof head ? n : sizeof head);
        return head;
}

static Stem stem_of(const char *text, uint16_t rule) {
        static const char ones[sizeof(uint64_t)] = {'\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff'};
        size_t n = strlen(text);

        return (Stem){text, head_of(text, n), head_of(ones, n), (uint16_t)n, rule, 1};
}

void lexicon_finish(Lexicon *lexicon) {
        size_t n = 0;

        assert(!lexicon->is_finished);
        for (size_t i = 0; i < lexicon->n; i++)
                n += lexicon->rules[i].n_stems;
        lexicon->stems = mon_new_array(Stem, n);
        lexicon->modifiers = mon_new_array(uint16_t, lexicon->n);
        for (size_t i = 0; i < lexicon->n; i++) {
                const Rule *rule = &lexicon->rules[i];
                if (rule->n_stems == 0)
                        lexicon->modifiers[lexicon->n_modifiers++] = (uint16_t)i;
                for (size_t k = 0; k < rule->n_stems; k++)
                        lexicon->stems[lexicon->n_stems++] = stem_of(rule->stems[k], (uint16_t)i);
        }
        qsort(lexicon->stems, lexicon->n_stems, sizeof *lexicon->stems, by_pair);
        for (size_t i = lexicon->n_stems; i-- > 1;)
                if (strcmp(lexicon->stems[i - 1].text, lexicon->stems[i].text) == 0)
                        lexicon->stems[i - 1].n_same = (uint16_t)(lexicon->stems[i].n_same + 1);
        for (size_t i = lexicon->n_stems, p = LEXICON_LETTERS * LEXICON_LETTERS + 1; p-- > 0;) {
                while (i > 0 && pair(lexicon->stems[i - 1].text) >= p)
                        i--;
                lexicon->first[p] = (uint16_t)i;
        }
        hash_all(lexicon);
        lexicon->is_finished = true;
}

const LexiconRule *lexicon_rule(const Lexicon *lexicon, size_t index) {
        assert(index < lexicon->n);
        return &lexicon->rules[index].face;
}

size_t lexicon_size(const Lexicon *lexicon) {
        return lexicon->n;
}

uint64_t lexicon_hash(const Lexicon *lexicon) {
        return lexicon->hash;
}

const Sha256 *lexicon_sha256(const Lexicon *lexicon) {
        return &lexicon->sha256;
}

struct LexiconMemo {
        uint64_t key; /* of the text and where it stands; 0: free */
        size_t n;
        uint16_t hits[LEXICON_HITS_MAX];
};

void lexicon_scan_init(LexiconScan *scan, const Lexicon *lexicon) {
        assert(lexicon->is_finished);
        *scan = (LexiconScan){.lexicon = lexicon,
                              .stamps = mon_new_array(uint32_t, lexicon->n),
                              .memos = mon_new_array(LexiconMemo, LEXICON_MEMOS_MAX)};
}

void lexicon_scan_fini(LexiconScan *scan) {
        free(scan->stamps);
        free(scan->memos);
        *scan = (LexiconScan){0};
}

/* A pattern that runs into its limits does not speak: a limit is there to be met by hostile text only. */
static bool matches(LexiconScan *scan, Pattern *pattern, const char *text, size_t n) {
        bool found = false;

        if (scan->n_runs >= LEXICON_RUNS_MAX)
                return false;
        scan->n_runs++;
        return pattern_match(pattern, scan->lexicon->room, text, n, &found) == 0 && found;
}

/* What stands in quotation marks, in a sentence that says more than that, is what somebody else says. */
static bool is_quoted(const PatternRoom *room, const char *text, size_t n) {
        size_t start, end, beside = 0;
        bool begins = false, ends = false;

        if (!memchr(text, '"', n))
                return false;
        pattern_place(room, &start, &end);
        for (size_t at = 0; at < n;) {
                const char *mark = memchr(text + at, '"', n - at);
                size_t open = mark ? (size_t)(mark - text) : n;
                const char *other = open < n ? memchr(mark + 1, '"', n - open - 1) : NULL;
                size_t close = other ? (size_t)(other - text) : n;
                for (size_t i = at; i < open; i++)
                        beside += is_word(text[i]);
                begins = begins || (start >= open && start <= close);
                ends = ends || (end > open && end <= close + 1);
                at = close < n ? close + 1 : n;
        }
        return begins && ends && beside >= LEXICON_BESIDE_QUOTE;
}

static bool has_need(const Rule *rule, const char *text, size_t n) {
        for (size_t i = 0; i < rule->n_needs; i++)
                if (memmem(text, n, rule->needs[i], strlen(rule->needs[i])))
                        return true;
        return rule->n_needs == 0;
}

static bool speaks(LexiconScan *scan, const Rule *rule, const char *text, size_t n, unsigned places) {
        if (rule->face.places != 0 && !(rule->face.places & places))
                return false;
        if (rule->face.places == 0 && (places & PLACE_ADDRESS))
                return false;
        if (!has_need(rule, text, n))
                return false;
        if (rule->pattern && (!matches(scan, rule->pattern, text, n) || is_quoted(scan->lexicon->room, text, n)))
                return false;
        return !rule->unless || !matches(scan, rule->unless, text, n);
}

/* Whether a sense is one that others silence or move. */
static bool is_moved(LexiconSense sense) {
        return sense == SENSE_CLOSED || sense == SENSE_PART || sense == SENSE_RETURN || sense == SENSE_ANNOUNCED ||
               sense == SENSE_ERROR;
}

/* Whether a rule of that language is among the hits; a rule without a language goes with any. */
static bool is_spoken(const Lexicon *lexicon, const char *language, const uint16_t *hits, size_t n_hits) {
        for (size_t i = 0; i < n_hits; i++) {
                const char *spoken = lexicon->rules[hits[i]].face.language;
                if (!is_moved(lexicon->rules[hits[i]].face.sense))
                        continue;
                if (!*language || !*spoken || strcmp(spoken, language) == 0)
                        return true;
        }
        return false;
}

static void ask_modifiers(LexiconScan *scan, const char *text, size_t n, unsigned places, uint16_t *hits,
                          size_t *n_hits) {
        const Lexicon *lexicon = scan->lexicon;
        size_t n_spoken = *n_hits;

        for (size_t i = 0; i < lexicon->n_modifiers && *n_hits < LEXICON_HITS_MAX; i++) {
                const Rule *rule = &lexicon->rules[lexicon->modifiers[i]];
                if (!(places & PLACE_ADDRESS) && !is_spoken(lexicon, rule->face.language, hits, n_spoken))
                        continue;
                if (speaks(scan, rule, text, n, places))
                        hits[(*n_hits)++] = lexicon->modifiers[i];
        }
}

/* `head` are the first bytes there. */
static bool is_there(const Stem *stem, const char *at, size_t n, uint64_t head) {
        return (head & stem->mask) == stem->head && stem->len <= n &&
               (stem->len <= sizeof head ||
                memcmp(at + sizeof head, stem->text + sizeof head, stem->len - sizeof head) == 0);
}

static void ask_rules(LexiconScan *scan, const Stem *stem, const char *text, size_t n, unsigned places, uint16_t *hits,
                      size_t *n_hits) {
        for (size_t i = 0; i < stem->n_same && *n_hits < LEXICON_HITS_MAX; i++) {
                uint16_t rule = stem[i].rule;
                if (scan->stamps[rule] == scan->stamp)
                        continue;
                scan->stamps[rule] = scan->stamp;
                if (speaks(scan, &scan->lexicon->rules[rule], text, n, places))
                        hits[(*n_hits)++] = rule;
        }
}

static size_t ask_all(LexiconScan *scan, const char *folded, size_t n, unsigned places,
                      uint16_t ret_hits[static LEXICON_HITS_MAX]) {
        const Lexicon *lexicon = scan->lexicon;
        size_t n_hits = 0;

        scan->stamp++;
        for (size_t i = 0; i + 1 < n && n_hits < LEXICON_HITS_MAX; i++) {
                if (!is_word(folded[i]))
                        continue;
                size_t p = pair(folded + i), first = lexicon->first[p], end = lexicon->first[p + 1];
                uint64_t head = first < end ? head_of(folded + i, n - i) : 0;
                for (size_t k = first; k < end; k += lexicon->stems[k].n_same)
                        if (is_there(&lexicon->stems[k], folded + i, n - i, head))
                                ask_rules(scan, &lexicon->stems[k], folded, n, places, ret_hits, &n_hits);
                while (i + 1 < n && is_word(folded[i + 1]))
                        i++;
        }
        if (n_hits > 0 || (places & PLACE_ADDRESS))
                ask_modifiers(scan, folded, n, places, ret_hits, &n_hits);
        return n_hits;
}

size_t lexicon_scan_sentence(LexiconScan *scan, const char *folded, size_t n, unsigned places,
                             uint16_t ret_hits[static LEXICON_HITS_MAX]) {
        uint64_t key = hash_of(folded, n, places) | 1;
        LexiconMemo *memo = &scan->memos[(key >> 1) % LEXICON_MEMOS_MAX];

        if (memo->key != key) {
                memo->n = ask_all(scan, folded, n, places, memo->hits);
                memo->key = key;
        }
        memcpy(ret_hits, memo->hits, memo->n * sizeof *ret_hits);
        return memo->n;
}
