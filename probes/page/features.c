#include "probes/page/features.h"

#include "daemon/base/text.h"
#include "probes/page/fold.h"
#include "probes/page/sentence.h"

#include <assert.h>

#define FEATURES_TITLE_MAX 400
#define FEATURES_PARAGRAPH 120 /* bytes: a block of own text that long is a paragraph */

#define NOT_OWN                                                                                                        \
        (PLACE_TITLE | PLACE_NAV | PLACE_FOOTER | PLACE_COOKIE | PLACE_FORM | PLACE_NOSCRIPT | PLACE_ALT | PLACE_ASIDE)
/* What a banner says is the page's own wherever it stands. */
#define NEVER_OWN (PLACE_TITLE | PLACE_COOKIE | PLACE_NOSCRIPT | PLACE_ALT)

static bool is_own(unsigned places) {
        return places & PLACE_ALERT ? !(places & NEVER_OWN) : !(places & NOT_OWN);
}

typedef struct Words { /* how many words of each language were met */
        uint32_t fr, en;
} Words;

typedef struct Maker {
        PageFeatures *features;
        const PageText *text;
        LexiconScan scan;
        Buf folded;
        Words words;
} Maker;

static bool is_one_of(const char *word, size_t n, const char *list) {
        for (const char *at = list; *at;) {
                const char *end = strchr(at, ' ');
                size_t len = end ? (size_t)(end - at) : strlen(at);
                if (len == n && memcmp(at, word, n) == 0)
                        return true;
                at += len + (end ? 1 : 0);
        }
        return false;
}

/* Little words that one of the languages has and the other has not. */
static void count_words(Words *words, const char *folded, size_t n) {
        static const char fr[] = "le la les des est une nous vous dans sur aux du et que qui par pas votre notre pour";
        static const char en[] = "the of and is to for you we our are will be this that with have your has not";

        for (size_t i = 0; i < n;) {
                size_t start = i;
                while (i < n && folded[i] != ' ' && folded[i] != '\'')
                        i++;
                if (i - start >= 2 && i - start <= 5) {
                        if (is_one_of(folded + start, i - start, fr))
                                words->fr++;
                        else if (is_one_of(folded + start, i - start, en))
                                words->en++;
                }
                i++;
        }
}

static char *fold_after(const PageText *text, size_t block, size_t from) {
        mon_auto_buf Buf out = BUF_INIT(FEATURES_AFTER_MAX);

        for (size_t i = block, n = 0; i < text->n_blocks && n < 3; i++, n++) {
                const PageBlock *b = &text->blocks[i];
                size_t start = i == block ? from : b->start;
                if ((b->places ^ text->blocks[block].places) & (NOT_OWN & ~PLACE_FORM))
                        break;
                size_t room = FEATURES_AFTER_MAX - out.len, len = b->start + b->len - start;
                if (fold_text(text->text.data + start, text_cut(text->text.data + start, len, room), &out) != 0 ||
                    buf_append(&out, " ", 1) != 0)
                        break;
        }
        return buf_steal(&out);
}

static void take_sentence(Maker *maker, size_t block, size_t start, size_t len, uint32_t position, bool is_whole) {
        const PageBlock *b = &maker->text->blocks[block];
        PageFeatures *features = maker->features;
        const char *text = maker->text->text.data + start;
        uint16_t hits[LEXICON_HITS_MAX];

        buf_clear(&maker->folded);
        if (fold_text(text, len, &maker->folded) != 0 || maker->folded.len < 2)
                return;
        if (!(b->places & (PLACE_NAV | PLACE_ALT)))
                count_words(&maker->words, maker->folded.data, maker->folded.len);
        if (features->n_sentences == FEATURES_SENTENCES_MAX)
                return;
        size_t n = lexicon_scan_sentence(&maker->scan, maker->folded.data, maker->folded.len, b->places, hits);
        if (n == 0)
                return;
        features->sentences =
                mon_realloc_array(features->sentences, features->n_sentences + 1, sizeof *features->sentences);
        PageSentence *sentence = &features->sentences[features->n_sentences++];
        *sentence = (PageSentence){.text = mon_strndup(text, len),
                                   .folded = mon_strndup(maker->folded.data, maker->folded.len),
                                   .after = fold_after(maker->text, block, start + len),
                                   .n_rules = n,
                                   .places = b->places,
                                   .level = b->level,
                                   .position = position,
                                   .is_whole = is_whole};
        memcpy(sentence->rules, hits, n * sizeof *hits);
        for (char *c = sentence->text; *c; c++)
                if (*c == '\n')
                        *c = ' ';
        if (is_own(b->places))
                features->spoken += (uint32_t)len;
}

static void take_block(Maker *maker, size_t index) {
        const PageBlock *block = &maker->text->blocks[index];
        PageFeatures *features = maker->features;
        uint32_t position = features->own;

        if (block->places & PLACE_NOSCRIPT)
                features->noscript += block->len;
        else if (!(block->places & (PLACE_TITLE | PLACE_ALT)))
                features->visible += block->len;
        if (is_own(block->places)) {
                features->own += block->len - block->link_len;
                features->n_paragraphs += block->len - block->link_len >= FEATURES_PARAGRAPH;
        }
        if ((block->places & PLACE_TITLE) && !features->title) {
                mon_auto_free char *title = mon_strndup(maker->text->text.data + block->start, block->len);
                features->title = text_clean_copy(title, FEATURES_TITLE_MAX);
        }
        for (size_t at = 0; at < block->len;) {
                size_t next, start = block->start + at;
                size_t len = sentence_take(maker->text->text.data + start, block->len - at, FEATURES_SENTENCE_MAX,
                                           block->places & PLACE_TITLE, &next);
                take_sentence(maker, index, start, len, position, at == 0 && next >= block->len);
                position += (uint32_t)next;
                at += next;
        }
}

static void copy_facts(PageFeatures *features, const PageText *text) {
        features->n_inputs = text->n_inputs;
        features->n_passwords = text->n_passwords;
        features->n_links = text->n_links;
        features->n_images = text->n_images;
        features->n_frames = text->n_frames;
        features->n_scripts = text->n_scripts;
        features->script_bytes = text->script_bytes;
        features->concealed = text->concealed;
        features->has_form = text->has_form;
        features->has_refresh = text->has_refresh;
        features->has_empty_root = text->has_empty_root;
        features->base = text->base.at ? page_text_attribute(text->base) : NULL;
        for (size_t i = 0; i < text->n_kept_scripts; i++)
                features->scripts[features->n_kept_scripts++] = page_text_attribute(text->scripts[i]);
}

static const char *language_of(const Words *words, const char *label) {
        if (words->fr + words->en >= 4 && words->fr != words->en)
                return words->fr > words->en ? "fr" : "en";
        if (strcmp(label, "fr") == 0)
                return "fr";
        if (strcmp(label, "en") == 0)
                return "en";
        return words->fr > words->en ? "fr" : words->en > words->fr ? "en" : "";
}

char *page_features_visible(const PageText *text) {
        mon_auto_buf Buf out = BUF_INIT(text->text.len + 1);
        unsigned left_out = PLACE_NOSCRIPT | PLACE_ALT;
        bool has_other = false;

        for (size_t i = 0; i < text->n_blocks; i++)
                has_other = has_other || !(text->blocks[i].places & (left_out | PLACE_TITLE));
        for (size_t i = 0; i < text->n_blocks; i++) {
                const PageBlock *block = &text->blocks[i];
                if (has_other && (block->places & left_out))
                        continue;
                int r = buf_append(&out, text->text.data + block->start, block->len + 1); /* with its line feed */
                assert(r == 0);
                (void)r;
        }
        return buf_steal(&out);
}

PageFeatures *page_features_new(const PageText *text, const Lexicon *lexicon) {
        Maker maker = {.features = mon_new(PageFeatures), .text = text, .folded = BUF_INIT(16 * FEATURES_SENTENCE_MAX)};

        lexicon_scan_init(&maker.scan, lexicon);
        for (size_t i = 0; i < text->n_blocks; i++)
                take_block(&maker, i);
        maker.features->language = language_of(&maker.words, text->language);
        copy_facts(maker.features, text);
        mon_auto_free char *visible = page_features_visible(text);
        sha256_of(visible, strlen(visible), &maker.features->text_sha256);
        lexicon_scan_fini(&maker.scan);
        buf_fini(&maker.folded);
        return maker.features;
}

void page_features_free(PageFeatures *features) {
        if (!features)
                return;
        for (size_t i = 0; i < features->n_sentences; i++) {
                free(features->sentences[i].text);
                free(features->sentences[i].folded);
                free(features->sentences[i].after);
        }
        for (size_t i = 0; i < features->n_kept_scripts; i++)
                free(features->scripts[i]);
        free(features->sentences);
        free(features->title);
        free(features->base);
        free(features);
}

size_t page_features_size(const PageFeatures *features) {
        size_t size = sizeof *features;

        for (size_t i = 0; i < features->n_sentences; i++)
                size += sizeof *features->sentences + strlen(features->sentences[i].text) +
                        strlen(features->sentences[i].folded) + strlen(features->sentences[i].after);
        for (size_t i = 0; i < features->n_kept_scripts; i++)
                size += strlen(features->scripts[i]);
        return size;
}
