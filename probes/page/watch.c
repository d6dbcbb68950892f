#include "probes/page/watch.h"

#include "daemon/base/text.h"
#include "probes/page/features.h"
#include "probes/page/pattern.h"
#include "probes/page/text.h"

#include <assert.h>

/* Goes up with every change of what is read of the same bytes: such a change is not the page's. */
#define WATCH_READER_VERSION 1
#define WATCH_HEAP_KIB_LIMIT 4096 /* PCRE2's memory for one pattern on the whole text */

struct PageWatch {
        char **names; /* the XPaths as they were written */
        XPath **xpaths;
        size_t n_xpaths;
        Pattern **ignore;
        size_t n_ignore;
        uint64_t rules;
};

static char *compile_xpath(const char *text, XPath **ret_xpath) {
        char *wrong = NULL;
        mon_cleanup(xpath_free_p) XPath *xpath = xpath_new(text, &wrong);

        if (!xpath)
                return wrong;
        if (!xpath_selects(xpath))
                return mon_strdup(
                        "what is watched is a part of the page: this XPath gives a text, a number or a truth");
        *ret_xpath = mon_steal(&xpath);
        return NULL;
}

static void add_xpaths(PageWatch *watch, const TextList *list, PageMistakeFn *mistake, void *userdata) {
        watch->names = mon_new_array(char *, list->n + 1);
        watch->xpaths = mon_new_array(XPath *, list->n + 1);
        for (size_t i = 0; i < list->n; i++) {
                const TextPlace *item = &list->items[i];
                mon_auto_free char *wrong = compile_xpath(item->text, &watch->xpaths[watch->n_xpaths]);
                if (wrong) {
                        mistake(userdata, item->line, item->column, wrong);
                        continue;
                }
                watch->names[watch->n_xpaths++] = mon_strdup(item->text);
                watch->rules = hash_of(item->text, strlen(item->text) + 1, watch->rules);
        }
}

static void add_patterns(PageWatch *watch, const TextList *list, PageMistakeFn *mistake, void *userdata) {
        watch->rules++; /* the same text is another rule on the other list */
        watch->ignore = mon_new_array(Pattern *, list->n + 1);
        for (size_t i = 0; i < list->n; i++) {
                const TextPlace *item = &list->items[i];
                mon_auto_free char *wrong = NULL;
                Pattern *pattern =
                        pattern_new(item->text, PATTERN_USER, PAGE_PATTERN_STEP_LIMIT, WATCH_HEAP_KIB_LIMIT, &wrong);
                if (!pattern) {
                        mistake(userdata, item->line, item->column, wrong);
                        continue;
                }
                watch->ignore[watch->n_ignore++] = pattern;
                watch->rules = hash_of(item->text, strlen(item->text) + 1, watch->rules);
        }
}

PageWatch *page_watch_new(const TextList *xpaths, const TextList *ignore, PageMistakeFn *mistake, void *userdata) {
        static const TextList none = {0};

        ignore = ignore ? ignore : &none;
        if (!xpaths || xpaths->n == 0) {
                if (ignore->n > 0)
                        mistake(userdata, ignore->items[0].line, ignore->items[0].column,
                                "'ignore' says what is noise in a text that is watched: give 'watch' too");
                return NULL;
        }
        PageWatch *watch = mon_new(PageWatch);
        watch->rules = WATCH_READER_VERSION;
        add_xpaths(watch, xpaths, mistake, userdata);
        add_patterns(watch, ignore, mistake, userdata);
        return watch;
}

void page_watch_free(PageWatch *watch) {
        if (!watch)
                return;
        for (size_t i = 0; i < watch->n_xpaths; i++) {
                free(watch->names[i]);
                xpath_free(watch->xpaths[i]);
        }
        for (size_t i = 0; i < watch->n_ignore; i++)
                pattern_free(watch->ignore[i]);
        free(watch->names);
        free(watch->xpaths);
        free(watch->ignore);
        free(watch);
}

uint64_t page_watch_rules(const PageWatch *watch) {
        return watch->rules;
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

static int mark_all(const PageWatch *watch, Tree *tree, char **ret_missing) {
        mon_auto_buf Buf missing = BUF_INIT(CONTENT_MISSING_MAX * 2);
        bool found;
        int r = 0;

        for (size_t i = 0; i < watch->n_xpaths && r == 0; i++) {
                r = tree_mark(tree, watch->xpaths[i], &found);
                /* A list that is full only means that the rest is not named. */
                if (r == 0 && !found)
                        (void)!buf_printf(&missing, "%s%s", missing.len > 0 ? ", " : "", watch->names[i]);
                if (r == 0 && !found && missing.len == 0)
                        (void)!buf_append_text(&missing, "…");
        }
        if (r == 0 && missing.len > 0)
                *ret_missing = text_clean_copy(buf_text(&missing), CONTENT_MISSING_MAX);
        return r;
}

/* What is seen of the marked parts, blocks as lines. */
static char *see(Tree *tree) {
        mon_auto_free char *html = tree_take_marked(tree);
        PageText text;

        page_text_read(html, strlen(html), &text);
        char *seen = page_features_visible(&text);
        page_text_fini(&text);
        return seen;
}

static int take_noise(const PageWatch *watch, char **text) {
        mon_cleanup(pattern_room_free_p) PatternRoom *room = watch->n_ignore > 0 ? pattern_room_new() : NULL;
        int r = 0;

        for (size_t i = 0; i < watch->n_ignore && r == 0; i++) {
                mon_auto_buf Buf rest = BUF_INIT(strlen(*text) + 1);
                r = pattern_cut(watch->ignore[i], room, *text, strlen(*text), &rest);
                if (r == 0) {
                        free(*text);
                        *text = buf_steal(&rest);
                }
        }
        return r;
}

/* In place: each line clean, its words parted by one space, no line empty. */
static void tidy(char *text) {
        char *to = text, *line, *word, *rest = text;

        while ((line = strsep(&rest, "\n"))) {
                bool is_first = true;
                text_clean(line);
                while ((word = strsep(&line, " "))) {
                        size_t n = strlen(word);
                        if (n == 0)
                                continue;
                        if (to != text)
                                *to++ = is_first ? '\n' : ' ';
                        memmove(to, word, n);
                        to += n;
                        is_first = false;
                }
        }
        *to = '\0';
}

void page_watch_read(const PageWatch *watch, Tree *tree, Content *ret_content) {
        mon_auto_free char *missing = NULL, *text = NULL;

        *ret_content = (Content){.is_unread = true};
        if (!tree || mark_all(watch, tree, &missing) != 0)
                return;
        text = see(tree);
        if (take_noise(watch, &text) != 0)
                return;
        tidy(text);
        text[text_cut(text, strlen(text), CONTENT_TEXT_MAX)] = '\0';
        *ret_content = (Content){.text = mon_strdup(text), .missing = mon_steal(&missing), .rules = watch->rules};
        content_digest(ret_content);
}
