#include "probes/page/page.h"

#include "daemon/base/text.h"
#include "probes/page/charset.h"
#include "probes/page/expect.h"
#include "probes/page/features.h"
#include "probes/page/judge.h"

#include <assert.h>

/* One page as it was read, with what a target's expectations found on it. */
typedef struct Entry {
        uint64_t key;
        uint64_t used; /* when it was last asked for */
        size_t size;
        PageFeatures *features; /* NULL: no text */
        uint8_t *results;
        size_t n_results;
        Content content; /* of the part that is watched */
        bool is_undecodable, is_over_caps;
} Entry;

struct PageReader {
        Lexicon *lexicon;
        uint64_t seed;
        uint64_t now; /* counts uses */
        Entry entries[PAGE_CACHE_MAX];
        size_t n;
        size_t bytes;
};

static void entry_fini(Entry *entry) {
        page_features_free(entry->features);
        free(entry->results);
        content_fini(&entry->content);
        *entry = (Entry){0};
}

PageReader *page_reader_new(Lexicon *lexicon, uint64_t seed) {
        PageReader *reader = mon_new(PageReader);

        reader->lexicon = lexicon;
        reader->seed = seed;
        return reader;
}

static void forget_all(PageReader *reader) {
        for (size_t i = 0; i < reader->n; i++)
                entry_fini(&reader->entries[i]);
        reader->n = reader->bytes = 0;
}

void page_reader_free(PageReader *reader) {
        if (!reader)
                return;
        forget_all(reader);
        lexicon_free(reader->lexicon);
        free(reader);
}

void page_reader_set_lexicon(PageReader *reader, Lexicon *lexicon) {
        forget_all(reader);
        lexicon_free(reader->lexicon);
        reader->lexicon = lexicon;
}

const Lexicon *page_reader_lexicon(const PageReader *reader) {
        return reader->lexicon;
}

static const char *header_of(const PageAnswer *answer, const char *name) {
        for (size_t i = 0; i < answer->n_headers; i++)
                if (answer->headers[i].name && strcasecmp(answer->headers[i].name, name) == 0)
                        return answer->headers[i].value ? answer->headers[i].value : "";
        return "";
}

/* Plain text and data are read line by line; whatever is not said to be one of them is HTML, as browsers guess. */
static bool is_plain(const char *content_type) {
        static const char *const types[] = {"text/plain", "application/json", "text/csv", "application/problem+json"};

        for (size_t i = 0; i < mon_count_of(types); i++)
                if (strncasecmp(content_type, types[i], strlen(types[i])) == 0)
                        return true;
        return false;
}

static bool is_no_text(const char *content_type) {
        static const char *const types[] = {"image/", "audio/",          "video/",
                                            "font/",  "application/pdf", "application/zip"};

        for (size_t i = 0; i < mon_count_of(types); i++)
                if (strncasecmp(content_type, types[i], strlen(types[i])) == 0)
                        return true;
        return false;
}

static void ask_expectations(Entry *entry, const PageExpect *expect, const PageSource *source, const PageText *text) {
        ExpectPage page = {.source = source->text, .len = source->len, .text = text};

        if (!expect || !page_expect_needs_body(expect))
                return;
        if (expect->n_items > 0) {
                entry->n_results = expect->n_items;
                entry->results = mon_new_array(uint8_t, expect->n_items);
                expect_ask(expect, &page, entry->results);
        }
        if (expect->watch)
                page_watch_read(expect->watch, expect_page_tree(&page), &entry->content);
        expect_page_fini(&page);
}

static void read_page(const PageReader *reader, const PageExpect *expect, const PageAnswer *answer, Entry *entry) {
        const char *content_type = header_of(answer, "content-type");
        PageSource source = {0};
        PageText text;

        if (is_no_text(content_type) || charset_decode(answer->body, answer->body_len, content_type, &source) != 0) {
                entry->is_undecodable = true;
                return;
        }
        if (is_plain(content_type))
                page_text_read_plain(source.text, source.len, &text);
        else
                page_text_read(source.text, source.len, &text);
        entry->is_over_caps = text.is_over_caps;
        if (!text.is_over_caps) {
                ask_expectations(entry, expect, &source, &text);
                entry->features = page_features_new(&text, reader->lexicon);
        }
        page_text_fini(&text);
        page_source_fini(&source);
}

static void forget_oldest(PageReader *reader) {
        size_t oldest = 0;

        for (size_t i = 1; i < reader->n; i++)
                if (reader->entries[i].used < reader->entries[oldest].used)
                        oldest = i;
        reader->bytes -= reader->entries[oldest].size;
        entry_fini(&reader->entries[oldest]);
        reader->entries[oldest] = reader->entries[--reader->n];
}

/* Takes the entry where it fits; the pointer is good until the next page. */
static Entry *remember(PageReader *reader, Entry *entry) {
        entry->size = sizeof *entry + entry->n_results + (entry->features ? page_features_size(entry->features) : 0) +
                      (entry->content.text ? strlen(entry->content.text) : 0);
        while (reader->n > 0 && (reader->n == PAGE_CACHE_MAX || reader->bytes + entry->size > PAGE_CACHE_BYTES_MAX))
                forget_oldest(reader);
        assert(entry->size <= PAGE_CACHE_BYTES_MAX); /* FEATURES_SENTENCES_MAX sentences of bounded length */
        reader->bytes += entry->size;
        reader->entries[reader->n] = *entry;
        return &reader->entries[reader->n++];
}

static uint64_t key_of(const PageReader *reader, const PageExpect *expect, const PageAnswer *answer) {
        const char *content_type = header_of(answer, "content-type");
        uint64_t seed = hash_of(content_type, strlen(content_type), reader->seed);

        seed ^= (uint64_t)answer->body_len * UINT64_C(0x9e3779b97f4a7c15) + (expect ? expect->fingerprint : 0);
        return hash_of(answer->body_len ? answer->body : "", answer->body_len, seed);
}

static Entry *find_entry(PageReader *reader, uint64_t key) {
        for (size_t i = 0; i < reader->n; i++)
                if (reader->entries[i].key == key)
                        return &reader->entries[i];
        return NULL;
}

static Entry *entry_of(PageReader *reader, const PageExpect *expect, const PageAnswer *answer) {
        uint64_t key = key_of(reader, expect, answer);
        Entry *known = find_entry(reader, key);

        if (!known) {
                Entry fresh = {.key = key};
                read_page(reader, expect, answer, &fresh);
                known = remember(reader, &fresh);
        }
        known->used = ++reader->now;
        return known;
}

void page_judge(PageReader *reader, const PageExpect *expect, const PageAnswer *answer, Judgement *ret_judgement) {
        PageAnswer cut = *answer;
        const Entry *entry = NULL;
        JudgeInput input = {.expect = expect, .answer = &cut, .lexicon = reader->lexicon, .at_real = answer->at_real};

        if (cut.body_len > PAGE_BODY_MAX) {
                cut.body_len = PAGE_BODY_MAX;
                cut.body_state = PAGE_BODY_TOO_LARGE;
        }
        if (cut.body_state != PAGE_BODY_NONE && cut.body_state != PAGE_BODY_UNDECODABLE) {
                entry = entry_of(reader, expect, &cut);
                input.features = entry->features;
                input.results = entry->results;
                input.is_undecodable = entry->is_undecodable;
                input.is_over_caps = entry->is_over_caps;
        }
        judge(&input, ret_judgement);
        if (entry && cut.body_state == PAGE_BODY_WHOLE)
                content_copy(&ret_judgement->content, &entry->content);
}

void judgement_fini(Judgement *judgement) {
        free(judgement->detail);
        free(judgement->rule);
        free(judgement->excerpt);
        free(judgement->title);
        free(judgement->announced.text);
        free(judgement->present.text);
        free(judgement->base);
        for (size_t i = 0; i < judgement->n_scripts; i++)
                free(judgement->scripts[i]);
        for (size_t i = 0; i < judgement->n_assertions; i++)
                free(judgement->assertions[i].text);
        free(judgement->assertions);
        content_fini(&judgement->content);
        for (size_t i = 0; i < judgement->n_explain; i++) {
                free(judgement->explain[i].rule);
                free(judgement->explain[i].place);
                free(judgement->explain[i].text);
        }
        *judgement = (Judgement){.language = ""};
}

static bool is_of_the_page(Verdict verdict, Cause cause) {
        return verdict == VERDICT_MAINTENANCE || cause == CAUSE_PARTIAL_BANNER || cause == CAUSE_QUEUE;
}

void judgement_give(Judgement *judgement, Observation *observation) {
        observation_judge(observation, judgement->verdict, judgement->cause, judgement->detail);
        if (is_of_the_page(judgement->verdict, judgement->cause) && judgement->excerpt) {
                free(observation->banner_text);
                free(observation->banner_rule);
                observation->banner_text = mon_steal(&judgement->excerpt);
                observation->banner_rule = mon_steal(&judgement->rule);
        }
        mon_replace(&observation->title, NULL);
        if (judgement->title)
                observation->title = text_clean_copy(judgement->title, OBSERVATION_TITLE_MAX);
        Announcement *told = judgement->announced.text ? &judgement->announced : &judgement->present;
        free(observation->announcement.text);
        observation->announcement = *told;
        *told = (Announcement){NULL, NSEC_UNKNOWN, NSEC_UNKNOWN};
        observation->lexicon_hash = judgement->lexicon_hash;
        content_fini(&observation->content);
        observation->content = judgement->content;
        judgement->content = (Content){0};
        for (size_t i = 0; i < judgement->n_assertions; i++)
                observation_assert(observation, judgement->assertions[i].held, "%s", judgement->assertions[i].text);
}
