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

#define WORD2(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)
#define WORD3(a, b, c) (WORD2(a, b) | (uint32_t)(c) << 16)
#define WORD4(a, b, c, d) (WORD3(a, b, c) | (uint32_t)(d) << 24)

/* Little words that one of the languages has and the other has not. */
static void count_word(Words *words, uint32_t word) {
        switch (word) {
        case WORD2('l', 'e'):
        case WORD2('l', 'a'):
        case WORD2('d', 'u'):
        case WORD2('e', 't'):
        case WORD2('a', 'u'):
        case WORD3('l', 'e', 's'):
        case WORD3('d', 'e', 's'):
        case WORD3('e', 's', 't'):
        case WORD3('u', 'n', 'e'):
        case WORD3('a', 'u', 'x'):
        case WORD3('q', 'u', 'e'):
        case WORD3('q', 'u', 'i'):
        case WORD3('p', 'a', 's'):
        case WORD4('n', 'o', 'u', 's'):
        case WORD4('v', 'o', 'u', 's'):
        case WORD4('d', 'a', 'n', 's'):
        case WORD4('p', 'o', 'u', 'r'):
                words->fr++;
                break;
        case WORD2('o', 'f'):
        case WORD2('i', 's'):
        case WORD2('t', 'o'):
        case WORD2('w', 'e'):
        case WORD2('b', 'e'):
        case WORD3('t', 'h', 'e'):
        case WORD3('a', 'n', 'd'):
        case WORD3('f', 'o', 'r'):
        case WORD3('y', 'o', 'u'):
        case WORD3('o', 'u', 'r'):
        case WORD3('a', 'r', 'e'):
        case WORD4('w', 'i', 'l', 'l'):
        case WORD4('t', 'h', 'i', 's'):
        case WORD4('t', 'h', 'a', 't'):
        case WORD4('w', 'i', 't', 'h'):
                words->en++;
                break;
        default:
                break;
        }
}

static void count_words(Words *words, const char *folded, size_t n) {
        uint32_t word = 0;
        size_t len = 0;

        for (size_t i = 0; i <= n; i++) {
                if (i < n && folded[i] != ' ' && folded[i] != '\'') {
                        if (len < 4)
                                word |= (uint32_t)(unsigned char)folded[i] << 8 * len;
                        len++;
                        continue;
                }
                if (len >= 2 && len <= 4)
                        count_word(words, word);
                word = 0;
                len = 0;
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

/* Marks that are seen are shown to somebody who writes pages. */
static bool shows_marks(const char *text, size_t n) {
        return memmem(text, n, "</", 2) != NULL;
}

static void take_sentence(Maker *maker, size_t block, size_t start, size_t len, uint32_t position, bool is_whole,
                          bool is_quoted) {
        const PageBlock *b = &maker->text->blocks[block];
        const char *text = maker->text->text.data + start;
        unsigned places = b->places | (is_quoted || shows_marks(text, len) ? PLACE_QUOTE : 0);
        PageFeatures *features = maker->features;
        uint16_t hits[LEXICON_HITS_MAX];

        buf_clear(&maker->folded);
        if (fold_text(text, len, &maker->folded) != 0 || maker->folded.len < 2)
                return;
        if (!(b->places & (PLACE_NAV | PLACE_ALT)))
                count_words(&maker->words, maker->folded.data, maker->folded.len);
        size_t n = lexicon_scan_sentence(&maker->scan, maker->folded.data, maker->folded.len, places, hits);
        if (n > 0 && is_own(b->places))
                features->spoken += (uint32_t)len;
        if (n == 0 || features->n_sentences == FEATURES_SENTENCES_MAX)
                return;
        features->sentences =
                mon_realloc_array(features->sentences, features->n_sentences + 1, sizeof *features->sentences);
        PageSentence *sentence = &features->sentences[features->n_sentences++];
        *sentence = (PageSentence){.text = mon_strndup(text, len),
                                   .folded = mon_strndup(maker->folded.data, maker->folded.len),
                                   .after = fold_after(maker->text, block, start + len),
                                   .n_rules = n,
                                   .places = places,
                                   .level = b->level,
                                   .position = position,
                                   .block = (uint32_t)block,
                                   .is_whole = is_whole,
                                   .is_link = b->link_len * 10 >= b->len * 8};
        memcpy(sentence->rules, hits, n * sizeof *hits);
        for (char *c = sentence->text; *c; c++)
                if (*c == '\n')
                        *c = ' ';
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
        Quote quote = {0};
        for (size_t at = 0; at < block->len;) {
                size_t next, start = block->start + at;
                bool is_quoted = quote.is_open;
                size_t len = sentence_take(maker->text->text.data + start, block->len - at, FEATURES_SENTENCE_MAX,
                                           block->places & PLACE_TITLE, &next);
                take_sentence(maker, index, start, len, position, at == 0 && next >= block->len, is_quoted);
                if (block->has_quote)
                        quote_follow(&quote, maker->text->text.data + start, next, block->len - at);
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

static bool has_left_out(const PageText *text) {
        for (size_t i = 0; i < text->n_blocks; i++)
                if (text->blocks[i].places & (PLACE_NOSCRIPT | PLACE_ALT))
                        return true;
        return false;
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
        mon_auto_free char *visible = has_left_out(text) ? page_features_visible(text) : NULL;
        if (visible)
                sha256_of(visible, strlen(visible), &maker.features->text_sha256);
        else
                sha256_of(buf_text(&text->text), text->text.len, &maker.features->text_sha256);
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
