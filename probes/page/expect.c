#include "probes/page/expect.h"

#include "daemon/base/text.h"
#include "probes/page/features.h"
#include "probes/page/fold.h"

#include <string.h>

#define EXPECT_HEAP_KIB_LIMIT 4096 /* PCRE2's memory for one user's pattern on a whole page */
#define EXPECT_STATUS_LAST 999

static const StatusRange usual = {200, 299};

static bool parse_status(const char *text, StatusRange *ret_range) {
        const char *dash = strchr(text, '-');
        mon_auto_free char *first = dash ? mon_strndup(text, (size_t)(dash - text)) : mon_strdup(text);
        int64_t from, until;

        if (text_parse_int(first, 100, EXPECT_STATUS_LAST, &from) != 0)
                return false;
        until = from;
        if (dash && text_parse_int(dash + 1, from, EXPECT_STATUS_LAST, &until) != 0)
                return false;
        *ret_range = (StatusRange){(int)from, (int)until};
        return true;
}

static void add_statuses(PageExpect *expect, const TextList *list, PageMistakeFn *mistake, void *userdata) {
        for (size_t i = 0; list && i < list->n; i++) {
                StatusRange range;
                if (!parse_status(list->items[i].text, &range)) {
                        mistake(userdata, list->items[i].line, list->items[i].column,
                                "a status is a number from 100 to 999, or two with a dash: 200-299");
                        continue;
                }
                expect->statuses =
                        mon_realloc_array(expect->statuses, expect->n_statuses + 1, sizeof *expect->statuses);
                expect->statuses[expect->n_statuses++] = range;
        }
}

static void add_urls(PageExpect *expect, const TextList *list, PageMistakeFn *mistake, void *userdata) {
        for (size_t i = 0; list && i < list->n; i++) {
                const char *url = list->items[i].text;
                if (!text_starts(url, "http://") && !text_starts(url, "https://") && !text_starts(url, "*")) {
                        mistake(userdata, list->items[i].line, list->items[i].column,
                                "an address begins with https:// or http://, or with * for any beginning");
                        continue;
                }
                expect->urls = mon_realloc_array(expect->urls, expect->n_urls + 1, sizeof *expect->urls);
                expect->urls[expect->n_urls++] = mon_strdup(url);
        }
}

static char *compile_item(ExpectItem *item) {
        char *mistake = NULL;

        switch (item->kind) {
        case EXPECT_CONTAINS:
        case EXPECT_ABSENT:
                item->folded = fold_copy(item->text);
                if (item->folded[0] == '\0')
                        return mon_strdup("nothing is left of this text once case, accents and spaces are folded");
                break;
        case EXPECT_MATCHES:
                item->pattern =
                        pattern_new(item->text, PATTERN_USER, PAGE_PATTERN_STEP_LIMIT, EXPECT_HEAP_KIB_LIMIT, &mistake);
                break;
        case EXPECT_XPATH:
                item->xpath = xpath_new(item->text, &mistake);
                item->quick = quick_new(item->text);
                break;
        }
        return mistake;
}

static void item_fini(ExpectItem *item) {
        free(item->text);
        free(item->folded);
        pattern_free(item->pattern);
        xpath_free(item->xpath);
        quick_free(item->quick);
}

static void add_items(PageExpect *expect, ExpectKind kind, const TextList *list, PageMistakeFn *mistake,
                      void *userdata) {
        for (size_t i = 0; list && i < list->n; i++) {
                ExpectItem item = {.kind = kind, .text = mon_strdup(list->items[i].text)};
                mon_auto_free char *wrong = compile_item(&item);
                if (wrong) {
                        mistake(userdata, list->items[i].line, list->items[i].column, wrong);
                        item_fini(&item);
                        continue;
                }
                expect->items = mon_realloc_array(expect->items, expect->n_items + 1, sizeof *expect->items);
                expect->items[expect->n_items++] = item;
                expect->has_text = expect->has_text || kind != EXPECT_XPATH;
                uint64_t seed = expect->fingerprint + (uint64_t)kind + 1;
                expect->fingerprint = hash_of(item.text, strlen(item.text), seed);
        }
}

PageExpect *page_expect_new(const PageExpectTexts *texts, PageMistakeFn *mistake, void *userdata) {
        PageExpect *expect = mon_new(PageExpect);

        expect->is_application = texts->application;
        add_statuses(expect, texts->status, mistake, userdata);
        add_urls(expect, texts->final_url, mistake, userdata);
        add_items(expect, EXPECT_CONTAINS, texts->contains, mistake, userdata);
        add_items(expect, EXPECT_ABSENT, texts->absent, mistake, userdata);
        add_items(expect, EXPECT_MATCHES, texts->matches, mistake, userdata);
        add_items(expect, EXPECT_XPATH, texts->xpath, mistake, userdata);
        expect->watch = page_watch_new(texts->watch, texts->ignore, mistake, userdata);
        if (expect->watch)
                expect->fingerprint ^= page_watch_rules(expect->watch);
        return expect;
}

void page_expect_free(PageExpect *expect) {
        if (!expect)
                return;
        for (size_t i = 0; i < expect->n_items; i++)
                item_fini(&expect->items[i]);
        for (size_t i = 0; i < expect->n_urls; i++)
                free(expect->urls[i]);
        page_watch_free(expect->watch);
        free(expect->items);
        free(expect->urls);
        free(expect->statuses);
        free(expect);
}

/* Greedy with one step back: linear but for the product of the two lengths at worst, both of them bounded. */
bool expect_glob_fits(const char *glob, const char *text) {
        const char *star = NULL, *resume = NULL;

        while (*text) {
                if (*glob == '*') {
                        star = glob++;
                        resume = text;
                } else if (*glob == *text) {
                        glob++;
                        text++;
                } else if (star) {
                        glob = star + 1;
                        text = ++resume;
                } else
                        return false;
        }
        while (*glob == '*')
                glob++;
        return *glob == '\0';
}

bool page_expect_names_url(const PageExpect *expect) {
        return expect && expect->n_urls > 0;
}

bool page_expect_fits_url(const PageExpect *expect, const char *url) {
        if (!page_expect_names_url(expect))
                return true;
        for (size_t i = 0; i < expect->n_urls; i++)
                if (expect_glob_fits(expect->urls[i], url))
                        return true;
        return false;
}

bool page_expect_is_application(const PageExpect *expect) {
        return expect && expect->is_application;
}

bool page_expect_needs_body(const PageExpect *expect) {
        return expect && (expect->n_items > 0 || expect->watch);
}

bool expect_takes_status(const PageExpect *expect, int status) {
        const StatusRange *ranges = expect && expect->n_statuses > 0 ? expect->statuses : &usual;
        size_t n = expect && expect->n_statuses > 0 ? expect->n_statuses : 1;

        for (size_t i = 0; i < n; i++)
                if (status >= ranges[i].from && status <= ranges[i].until)
                        return true;
        return false;
}

static ExpectResult ask_pattern(const ExpectItem *item, const char *visible) {
        mon_cleanup(pattern_room_free_p) PatternRoom *room = pattern_room_new();
        bool found;

        if (pattern_match(item->pattern, room, visible, strlen(visible), &found) != 0)
                return EXPECT_UNDECIDED;
        return found ? EXPECT_HELD : EXPECT_FAILED;
}

Tree *expect_page_tree(ExpectPage *page) {
        if (!page->was_read)
                page->tree = tree_new(page->source, page->len);
        page->was_read = true;
        return page->tree;
}

void expect_page_fini(ExpectPage *page) {
        tree_free(page->tree);
        *page = (ExpectPage){0};
}

static ExpectResult ask_xpath(const ExpectItem *item, ExpectPage *page) {
        QuickAnswer answer = item->quick ? quick_ask(item->quick, page->source, page->len) : QUICK_UNSURE;
        bool holds;

        if (answer != QUICK_UNSURE)
                return answer == QUICK_YES ? EXPECT_HELD : EXPECT_FAILED;
        const Tree *tree = expect_page_tree(page);
        if (!tree || tree_ask(tree, item->xpath, &holds) != 0)
                return EXPECT_UNDECIDED;
        return holds ? EXPECT_HELD : EXPECT_FAILED;
}

void expect_ask(const PageExpect *expect, ExpectPage *page, uint8_t *ret_results) {
        mon_auto_free char *visible = expect->has_text ? page_features_visible(page->text) : NULL;
        mon_auto_free char *folded = expect->has_text ? fold_copy(visible) : NULL;

        for (size_t i = 0; i < expect->n_items; i++) {
                const ExpectItem *item = &expect->items[i];
                ExpectResult result = EXPECT_UNDECIDED;
                switch (item->kind) {
                case EXPECT_CONTAINS:
                        result = strstr(folded, item->folded) ? EXPECT_HELD : EXPECT_FAILED;
                        break;
                case EXPECT_ABSENT:
                        result = strstr(folded, item->folded) ? EXPECT_FAILED : EXPECT_HELD;
                        break;
                case EXPECT_MATCHES:
                        result = ask_pattern(item, visible);
                        break;
                case EXPECT_XPATH:
                        result = ask_xpath(item, page);
                        break;
                }
                ret_results[i] = (uint8_t)result;
        }
}
