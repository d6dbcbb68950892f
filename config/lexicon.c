#include "config/lexicon.h"

#include "config/embedded.h"
#include "daemon/base/map.h"
#include "daemon/base/text.h"
#include "daemon/base/yaml.h"
#include "probes/page/fold.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define LEXICON_CHUNK 16384   /* bytes read at a time */
#define LEXICON_WORDS_MAX 200 /* word lists of one file */

/* One file being read: its word lists, and where its mistakes go. */
typedef struct Reading {
        Lexicon *lexicon;
        const char *file;
        const char *language;
        Map words; /* name -> char *, its own braces already filled in */
        ConfigMistakes *mistakes;
} Reading;

static void mon_printf_like(4, 5) complain(Reading *reading, int line, int column, const char *format, ...) {
        ConfigMistakes *mistakes = reading->mistakes;
        va_list args;
        char *text;

        va_start(args, format);
        if (vasprintf(&text, format, args) < 0)
                abort();
        va_end(args);
        mistakes->items = mon_realloc_array(mistakes->items, mistakes->n + 1, sizeof *mistakes->items);
        mistakes->items[mistakes->n++] =
                (ConfigMistake){.file = mon_strdup(reading->file), .line = line, .column = column, .text = text};
        mistakes->n_errors++;
}
#define complain_at(reading, node, ...) complain(reading, (node)->line, (node)->column, __VA_ARGS__)

/* --- word lists ------------------------------------------------------------------------------------------------ */

/* A name between braces is a word list; "{0,3}" is PCRE2's. */
static size_t name_length(const char *brace) {
        size_t n = 1;

        while (islower((unsigned char)brace[n]))
                n++;
        return n > 1 && brace[n] == '}' ? n - 1 : 0;
}

/* The pattern with every {name} written out as a group; NULL where a name is not known, and it is said. */
static char *expand(Reading *reading, const YamlNode *node) {
        mon_auto_buf Buf out = BUF_INIT(2 * LEXICON_PATTERN_MAX);
        int r = 0;

        for (const char *at = node->text; *at && r == 0;) {
                size_t n = *at == '{' ? name_length(at) : 0;
                if (n == 0) {
                        r = buf_append(&out, at++, 1);
                        continue;
                }
                mon_auto_free char *name = mon_strndup(at + 1, n);
                const char *words = map_get(&reading->words, name);
                if (!words) {
                        complain_at(reading, node, "no word list is called \"%s\"", name);
                        return NULL;
                }
                r = buf_printf(&out, "(?:%s)", words);
                at += n + 2;
        }
        if (r != 0) {
                complain_at(reading, node, "with its word lists the pattern is longer than %d bytes",
                            LEXICON_PATTERN_MAX);
                return NULL;
        }
        return buf_steal(&out);
}

static void read_words(Reading *reading, const YamlNode *words) {
        if (!words)
                return;
        if (words->kind != YAML_MAP) {
                complain_at(reading, words, "words is a map from names to patterns");
                return;
        }
        for (size_t i = 0; i < words->n && i < LEXICON_WORDS_MAX; i++) {
                const YamlNode *item = words->items[i];
                if (item->kind != YAML_SCALAR) {
                        complain_at(reading, item, "a word list is one pattern");
                        continue;
                }
                char *text = expand(reading, item);
                if (text) {
                        free(map_get(&reading->words, words->keys[i]->text));
                        map_set(&reading->words, words->keys[i]->text, text);
                }
        }
}

/* --- one rule -------------------------------------------------------------------------------------------------- */

typedef struct Drafted { /* a rule's texts and what they point into */
        LexiconRuleTexts texts;
        char *stems[LEXICON_STEMS_MAX];
        char *needs[LEXICON_NEEDS_MAX];
        size_t n_stems, n_needs;
        char *pattern, *unless;
        bool is_bad;
} Drafted;

static void drafted_fini(Drafted *draft) {
        for (size_t i = 0; i < draft->n_stems; i++)
                free(draft->stems[i]);
        for (size_t i = 0; i < draft->n_needs; i++)
                free(draft->needs[i]);
        free(draft->pattern);
        free(draft->unless);
}

static const char *scalar(Reading *reading, Drafted *draft, const YamlNode *rule, const char *key, bool required) {
        const YamlNode *node = yaml_get(rule, key);

        if (!node && !required)
                return NULL;
        if (!node || node->kind != YAML_SCALAR || node->text[0] == '\0') {
                complain_at(reading, node ? node : rule, "%s must be a text", key);
                draft->is_bad = true;
                return NULL;
        }
        return node->text;
}

static void add_stem(Drafted *draft, char *stem) {
        for (size_t i = 0; i < draft->n_stems; i++)
                if (strcmp(draft->stems[i], stem) == 0) {
                        free(stem);
                        return;
                }
        if (draft->n_stems < LEXICON_STEMS_MAX)
                draft->stems[draft->n_stems++] = stem;
        else
                free(stem);
}

static void read_stems(Reading *reading, Drafted *draft, const YamlNode *stems) {
        if (!stems)
                return;
        if (stems->kind != YAML_LIST || stems->n > LEXICON_STEMS_MAX) {
                complain_at(reading, stems, "stems is a list of at most %d texts", LEXICON_STEMS_MAX);
                draft->is_bad = true;
                return;
        }
        for (size_t i = 0; i < stems->n; i++) {
                if (stems->items[i]->kind != YAML_SCALAR) {
                        complain_at(reading, stems->items[i], "a stem is a text");
                        draft->is_bad = true;
                        continue;
                }
                add_stem(draft, fold_copy(stems->items[i]->text));
        }
}

static void read_needs(Reading *reading, Drafted *draft, const YamlNode *needs) {
        if (!needs)
                return;
        for (size_t i = 0; i < needs->n && needs->kind == YAML_LIST && i < LEXICON_NEEDS_MAX; i++)
                if (needs->items[i]->kind == YAML_SCALAR && needs->items[i]->text[0] != '\0')
                        draft->needs[draft->n_needs++] = mon_strdup(needs->items[i]->text);
        if (needs->kind != YAML_LIST || draft->n_needs != needs->n) {
                complain_at(reading, needs, "needs is a list of at most %d texts", LEXICON_NEEDS_MAX);
                draft->is_bad = true;
        }
}

/* The longest word of a folded phrase: the rarest, as a rule. */
static char *longest_word(const char *phrase) {
        const char *best = phrase;
        size_t best_len = 0;

        for (const char *at = phrase; *at;) {
                size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789");
                if (n > best_len) {
                        best = at;
                        best_len = n;
                }
                at += n;
                at += strcspn(at, "abcdefghijklmnopqrstuvwxyz0123456789");
        }
        return mon_strndup(best, best_len < LEXICON_STEM_MAX ? best_len : LEXICON_STEM_MAX);
}

/* Phrases are for people who write no patterns: each is folded and stands for itself. */
static void read_phrases(Reading *reading, Drafted *draft, const YamlNode *phrases) {
        mon_auto_buf Buf out = BUF_INIT(LEXICON_PATTERN_MAX);
        int r = 0;

        if (!phrases)
                return;
        if (phrases->kind != YAML_LIST || phrases->n == 0 || phrases->n > LEXICON_STEMS_MAX || draft->pattern) {
                complain_at(reading, phrases, "phrases is a list of at most %d texts, in place of a pattern",
                            LEXICON_STEMS_MAX);
                draft->is_bad = true;
                return;
        }
        for (size_t i = 0; i < phrases->n && r == 0; i++) {
                const YamlNode *item = phrases->items[i];
                mon_auto_free char *folded = item->kind == YAML_SCALAR ? fold_copy(item->text) : mon_strdup("");
                if (folded[0] == '\0' || strstr(folded, "\\E")) {
                        complain_at(reading, item, "a phrase is a text of words");
                        draft->is_bad = true;
                        continue;
                }
                r = buf_printf(&out, "%s(?<!\\w)\\Q%s\\E(?!\\w)", out.len ? "|" : "", folded);
                add_stem(draft, longest_word(folded));
        }
        if (r != 0) {
                complain_at(reading, phrases, "the phrases are longer than %d bytes", LEXICON_PATTERN_MAX);
                draft->is_bad = true;
        }
        draft->pattern = buf_steal(&out);
}

static unsigned read_places(Reading *reading, Drafted *draft, const YamlNode *places) {
        unsigned bits = 0;

        if (places && places->kind != YAML_LIST) {
                complain_at(reading, places, "places is a list");
                draft->is_bad = true;
                return 0;
        }
        for (size_t i = 0; places && i < places->n; i++) {
                unsigned bit = 0;
                if (places->items[i]->kind != YAML_SCALAR || !place_from_name(places->items[i]->text, &bit)) {
                        complain_at(reading, places->items[i], "no place is called so");
                        draft->is_bad = true;
                }
                bits |= bit;
        }
        return bits;
}

static void read_words_of_rule(Reading *reading, Drafted *draft, const YamlNode *rule) {
        static const char *const strengths[] = {"weak", "medium", "strong"};
        const char *sense = scalar(reading, draft, rule, "sense", true);
        const char *strength = scalar(reading, draft, rule, "strength", false);
        bool known = !strength;

        if (sense && !lexicon_sense_from_name(sense, &draft->texts.sense)) {
                complain_at(reading, yaml_get(rule, "sense"), "no sense is called \"%s\"", sense);
                draft->is_bad = true;
        }
        draft->texts.strength = STRENGTH_MEDIUM;
        for (size_t i = 0; strength && i < mon_count_of(strengths); i++)
                if (strcmp(strength, strengths[i]) == 0) {
                        draft->texts.strength = (LexiconStrength)(i + 1);
                        known = true;
                }
        if (!known) {
                complain_at(reading, yaml_get(rule, "strength"), "strength is weak, medium or strong");
                draft->is_bad = true;
        }
}

static char *pattern_of(Reading *reading, Drafted *draft, const YamlNode *rule, const char *key) {
        if (!scalar(reading, draft, rule, key, false))
                return NULL;
        char *text = expand(reading, yaml_get(rule, key));
        draft->is_bad = draft->is_bad || !text;
        return text;
}

static void check_keys(Reading *reading, Drafted *draft, const YamlNode *map, const char *const *keys, size_t n) {
        for (size_t i = 0; i < map->n; i++) {
                const char *key = map->keys[i]->text;
                bool known = false;
                for (size_t k = 0; k < n; k++)
                        known = known || strcmp(key, keys[k]) == 0;
                if (known)
                        continue;
                const char *near = text_nearest(key, keys, n);
                complain_at(reading, map->keys[i], "unknown key \"%s\"%s%s%s", key, near ? ", did you mean \"" : "",
                            near ? near : "", near ? "\"?" : "");
                if (draft)
                        draft->is_bad = true;
        }
}

static void read_rule(Reading *reading, const YamlNode *rule) {
        static const char *const keys[] = {"id",     "sense",  "strength", "stems", "pattern",
                                           "unless", "places", "phrases",  "needs", "note"};
        mon_cleanup(drafted_fini) Drafted draft = {0};

        if (rule->kind != YAML_MAP) {
                complain_at(reading, rule, "a rule is a map with id, sense, stems and pattern or phrases");
                return;
        }
        check_keys(reading, &draft, rule, keys, mon_count_of(keys));
        draft.texts.id = scalar(reading, &draft, rule, "id", true);
        draft.texts.language = reading->language;
        read_words_of_rule(reading, &draft, rule);
        draft.pattern = pattern_of(reading, &draft, rule, "pattern");
        draft.unless = pattern_of(reading, &draft, rule, "unless");
        read_stems(reading, &draft, yaml_get(rule, "stems"));
        read_needs(reading, &draft, yaml_get(rule, "needs"));
        read_phrases(reading, &draft, yaml_get(rule, "phrases"));
        draft.texts.places = read_places(reading, &draft, yaml_get(rule, "places"));
        if (draft.is_bad)
                return;
        draft.texts.pattern = draft.pattern;
        draft.texts.unless = draft.unless;
        draft.texts.stems = (const char *const *)draft.stems;
        draft.texts.n_stems = draft.n_stems;
        draft.texts.needs = (const char *const *)draft.needs;
        draft.texts.n_needs = draft.n_needs;
        mon_auto_free char *mistake = lexicon_add(reading->lexicon, &draft.texts);
        if (mistake)
                complain_at(reading, rule, "%s: %s", draft.texts.id, mistake);
}

/* --- a file ---------------------------------------------------------------------------------------------------- */

static void reading_fini(Reading *reading) {
        map_each (&reading->words, slot)
                free(slot->value);
        map_fini(&reading->words);
}

/* A language that is not known would silence nothing and be heard beside nothing. */
static const char *read_language(Reading *reading, const YamlNode *language) {
        if (!language)
                return "";
        if (language->kind == YAML_SCALAR && (text_is(language->text, "fr") || text_is(language->text, "en")))
                return language->text;
        complain_at(reading, language, "language is fr or en");
        return "";
}

void lexicon_read(Lexicon *lexicon, const char *name, const char *bytes, size_t n, ConfigMistakes *mistakes) {
        static const char *const keys[] = {"version", "language", "words", "rules"};
        mon_cleanup(reading_fini)
                Reading reading = {.lexicon = lexicon, .file = name, .language = "", .mistakes = mistakes};
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        YamlProblem problem = {0};

        if (yaml_read(bytes, n, &root, &problem) != 0) {
                complain(&reading, problem.line, problem.column, "%s", problem.text ? problem.text : "cannot be read");
                free(problem.text);
                return;
        }
        if (root->kind != YAML_MAP) {
                complain_at(&reading, root, "a lexicon is a map with version, language, words and rules");
                return;
        }
        check_keys(&reading, NULL, root, keys, mon_count_of(keys));
        const YamlNode *version = yaml_get(root, "version");
        if (!version || version->kind != YAML_SCALAR || strcmp(version->text, "1") != 0)
                complain_at(&reading, version ? version : root, "version must be 1");
        reading.language = read_language(&reading, yaml_get(root, "language"));
        read_words(&reading, yaml_get(root, "words"));
        const YamlNode *rules = yaml_get(root, "rules");
        if (rules && rules->kind != YAML_LIST)
                complain_at(&reading, rules, "rules is a list");
        for (size_t i = 0; rules && rules->kind == YAML_LIST && i < rules->n; i++)
                read_rule(&reading, rules->items[i]);
}

static Lexicon *load_shipped(ConfigMistakes *mistakes) {
        Lexicon *lexicon = lexicon_new();

        for (const EmbeddedFile *file = lexicon_shipped_files; file->name; file++)
                lexicon_read(lexicon, file->name, file->bytes, file->n, mistakes);
        return lexicon;
}

Lexicon *lexicon_new_shipped(void) {
        ConfigMistakes mistakes = {0};
        Lexicon *lexicon = load_shipped(&mistakes);

        assert(mistakes.n == 0);
        lexicon_finish(lexicon);
        return lexicon;
}

static int is_yaml(const struct dirent *entry) {
        return entry->d_name[0] != '.' && text_ends(entry->d_name, ".yaml");
}

static int by_name(const struct dirent **a, const struct dirent **b) {
        return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_whole(const char *path, Buf *out) {
        char chunk[LEXICON_CHUNK];
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

        if (fd < 0)
                return mon_errno();
        int r = 0;
        for (ssize_t n = 1; r == 0 && n > 0;) {
                n = read(fd, chunk, sizeof chunk);
                if (n < 0)
                        r = mon_errno();
                else if (buf_append(out, chunk, (size_t)n) != 0)
                        r = -EFBIG;
        }
        close(fd);
        return r;
}

static void load_file(Lexicon *lexicon, const char *path, ConfigMistakes *mistakes) {
        mon_auto_buf Buf bytes = BUF_INIT(YAML_FILE_MAX);
        int r = read_whole(path, &bytes);

        if (r == 0) {
                lexicon_read(lexicon, path, buf_text(&bytes), bytes.len, mistakes);
                return;
        }
        Reading reading = {.file = path, .mistakes = mistakes};
        complain(&reading, 1, 1, "%s", mon_strerror(r));
}

Lexicon *lexicon_load_folder(const char *folder, ConfigMistakes *mistakes) {
        Lexicon *lexicon = load_shipped(mistakes);
        struct dirent **entries = NULL;
        Reading reading = {.file = folder, .mistakes = mistakes};
        int n = scandir(folder, &entries, is_yaml, by_name);

        if (n < 0 && errno != ENOENT && errno != ENOTDIR)
                complain(&reading, 1, 1, "%s", mon_strerror(mon_errno()));
        if (n > LEXICON_FILES_MAX)
                complain(&reading, 1, 1, "more than %d files", LEXICON_FILES_MAX);
        for (int i = 0; i < n; i++) {
                mon_auto_free char *path = mon_printf("%s/%s", folder, entries[i]->d_name);
                if (i < LEXICON_FILES_MAX)
                        load_file(lexicon, path, mistakes);
                free(entries[i]);
        }
        free(entries);
        lexicon_finish(lexicon);
        return lexicon;
}
