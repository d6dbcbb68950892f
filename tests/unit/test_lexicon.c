/* The lexicon from YAML: the shipped one is sound, what users add is told with its place when it is not. */
#include "config/lexicon.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static char *folder_with(const char *text) {
        char name[] = "/tmp/mond-lexicon-XXXXXX";
        assert_non_null(mkdtemp(name));
        mon_auto_free char *path = mon_printf("%s/own.yaml", name);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        fclose(f);
        return mon_strdup(name);
}

static void forget(const char *folder) {
        mon_auto_free char *path = mon_printf("%s/own.yaml", folder);
        unlink(path);
        rmdir(folder);
}

/* Whether a rule with that id speaks for a folded sentence. */
static bool speaks(const Lexicon *lexicon, const char *id, const char *folded, unsigned places) {
        uint16_t hits[LEXICON_HITS_MAX];
        LexiconScan scan;
        bool found = false;

        lexicon_scan_init(&scan, lexicon);
        size_t n = lexicon_scan_sentence(&scan, folded, strlen(folded), places, hits);
        for (size_t i = 0; i < n; i++)
                found = found || strcmp(lexicon_rule(lexicon, hits[i])->id, id) == 0;
        lexicon_scan_fini(&scan);
        return found;
}

static void test_shipped(void **state) {
        Lexicon *lexicon = lexicon_new_shipped();
        Lexicon *again = lexicon_new_shipped();

        (void)state;
        assert_true(lexicon_size(lexicon) > 100);
        assert_int_equal(lexicon_hash(lexicon), lexicon_hash(again));
        assert_memory_equal(lexicon_sha256(lexicon), lexicon_sha256(again), sizeof(Sha256));
        lexicon_free(lexicon);
        lexicon_free(again);
}

static void test_users_add(void **state) {
        static const char text[] =
                "version: 1\nlanguage: fr\nwords:\n  chose: 'guichet|comptoir'\nrules:\n"
                "  - id: own.one\n    sense: closed\n    strength: strong\n    phrases: [\"Le rideau est baissé\"]\n"
                "  - id: own.two\n    sense: part\n    stems: [guichet, comptoir]\n    pattern: '\\b{chose}s? "
                "clos\\b'\n"
                "    unless: hier\n    places: [alert]\n"
                "  - id: fr.closed.patience\n    sense: calm\n    stems: [patience]\n";
        ConfigMistakes mistakes = {0};
        mon_auto_free char *folder = folder_with(text);
        Lexicon *shipped = lexicon_new_shipped();
        Lexicon *lexicon = lexicon_load_folder(folder, &mistakes);

        (void)state;
        assert_int_equal(mistakes.n, 0);
        assert_int_equal(lexicon_size(lexicon), lexicon_size(shipped) + 2); /* the third replaced one */
        assert_int_not_equal(lexicon_hash(lexicon), lexicon_hash(shipped));
        assert_true(speaks(lexicon, "own.one", "ici le rideau est baisse.", PLACE_BODY));
        assert_false(speaks(lexicon, "own.one", "le rideau est baissement", PLACE_BODY));
        assert_true(speaks(lexicon, "own.two", "guichets clos", PLACE_BODY | PLACE_ALERT));
        assert_false(speaks(lexicon, "own.two", "guichets clos", PLACE_BODY));
        assert_false(speaks(lexicon, "own.two", "guichets clos hier", PLACE_BODY | PLACE_ALERT));
        lexicon_free(shipped);
        lexicon_free(lexicon);
        forget(folder);
}

static void test_mistakes(void **state) {
        static const struct {
                const char *text, *says;
                int line, column;
        } cases[] = {
                {"version: 2\n", "version must be 1", 1, 10},
                {"rules: []\n", "version must be 1", 1, 1},
                {"version: 1\nrules: 3\n", "rules is a list", 2, 8},
                {"version: 1\nruls: []\n", "did you mean \"rules\"", 2, 1},
                {"version: 1\nrules:\n  - 3\n", "a rule is a map", 3, 5},
                {"version: 1\nrules:\n  - id: a\n    sense: open\n    stems: [ab]\n", "no sense is called", 4, 12},
                {"version: 1\nlanguage: ev\nrules: []\n", "language is", 2, 11},
                {"version: 1\nlanguage: [fr]\nrules: []\n", "language is", 2, 11},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    stems: [ab]\n    places: title\n",
                 "places is a list", 6, 13},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    strength: huge\n    stems: [ab]\n",
                 "strength is", 5, 15},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    stems: [ab]\n    pattern: 'a('\n",
                 "bad pattern", 3, 5},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    stems: [ab]\n    pattern: '{none}'\n",
                 "no word list", 6, 14},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    pattern: ab\n", "needs stems", 3, 5},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    stems: [ab]\n    places: [roof]\n", "no place",
                 6, 14},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    stems: [ab]\n    patern: b\n",
                 "did you mean \"pattern\"", 6, 5},
                {"version: 1\nrules:\n  - sense: closed\n    stems: [ab]\n", "id must be a text", 3, 5},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    stems: ['-b']\n", "must begin with a letter", 3,
                 5},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    phrases: []\n", "phrases is a list", 5, 14},
                {"version: 1\nrules:\n  - id: a\n    sense: closed\n    stems: [ab]\n    needs: 3\n", "needs is a list",
                 6, 12},
                {"version: 1\nrules:\n  - {id: a, sense: closed, stems: [ab], needs: [a, b, c, d, e, f, g, h, i, j, k, "
                 "l, m, n, o, p, q]}\n",
                 "needs is a list of at most", 3, 48},
                {"version: 1\nwords: [a]\n", "words is a map", 2, 8},
                {"version: 1\n\tx: 1\n", "", 2, 1},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                ConfigMistakes mistakes = {0};
                mon_auto_free char *folder = folder_with(cases[i].text);
                lexicon_free(lexicon_load_folder(folder, &mistakes));
                forget(folder);
                if (mistakes.n != 1 || !strstr(mistakes.items[0].text, cases[i].says) ||
                    mistakes.items[0].line != cases[i].line || mistakes.items[0].column != cases[i].column)
                        fail_msg("%s: %zu mistakes, %d:%d: %s", cases[i].text, mistakes.n,
                                 mistakes.n ? mistakes.items[0].line : 0, mistakes.n ? mistakes.items[0].column : 0,
                                 mistakes.n ? mistakes.items[0].text : "");
                config_mistakes_fini(&mistakes);
        }
}

/* LEXICON_MEMOS_MAX: what was said of a sentence is the same when it comes again, remembered or not. */
static void test_memory(void **state) {
        Lexicon *lexicon = lexicon_new_shipped();
        uint16_t hits[LEXICON_HITS_MAX];
        size_t first[4 * LEXICON_MEMOS_MAX];
        LexiconScan scan;

        (void)state;
        lexicon_scan_init(&scan, lexicon);
        for (int round = 0; round < 3; round++)
                for (size_t i = 0; i < mon_count_of(first); i++) {
                        mon_auto_free char *text =
                                mon_printf("le site %zu est %s", i, i % 3 ? "en maintenance" : "ouvert");
                        scan.n_runs = 0; /* or LEXICON_RUNS_MAX would end it */
                        size_t n = lexicon_scan_sentence(&scan, text, strlen(text), PLACE_BODY, hits);
                        if (round == 0)
                                first[i] = n;
                        assert_int_equal(n, first[i]);
                        assert_int_equal(n > 0, i % 3 != 0);
                }
        lexicon_scan_fini(&scan);
        lexicon_free(lexicon);
}

static char *many_rules(size_t n) {
        mon_auto_buf Buf out = BUF_INIT(1 << 20);

        assert_int_equal(buf_append_text(&out, "version: 1\nrules:\n"), 0);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(buf_printf(&out, "- {id: r%zu, sense: closed, stems: [ab]}\n", i), 0);
        return buf_steal(&out);
}

/* LEXICON_RULES_MAX, LEXICON_STEMS_MAX, LEXICON_STEM_MAX, LEXICON_PATTERN_MAX, LEXICON_ID_MAX, LEXICON_FILES_MAX,
 * LEXICON_WORDS_MAX, LEXICON_HITS_MAX, LEXICON_NEEDS_MAX */
static void test_bounds(void **state) {
        ConfigMistakes mistakes = {0};
        mon_auto_free char *text = many_rules(LEXICON_RULES_MAX + 1);
        mon_auto_free char *folder = folder_with(text);
        Lexicon *full = lexicon_load_folder(folder, &mistakes);
        uint16_t hits[LEXICON_HITS_MAX];
        LexiconScan scan;

        (void)state;
        assert_int_equal(lexicon_size(full), LEXICON_RULES_MAX);
        assert_true(mistakes.n > 0 && strstr(mistakes.items[0].text, "more than"));
        config_mistakes_fini(&mistakes);
        lexicon_scan_init(&scan, full);
        assert_int_equal(lexicon_scan_sentence(&scan, "abc", 3, PLACE_BODY, hits), LEXICON_HITS_MAX);
        lexicon_scan_fini(&scan);
        lexicon_free(full);
        for (int i = 0; i <= LEXICON_FILES_MAX; i++) {
                mon_auto_free char *path = mon_printf("%s/%03d.yaml", folder, i);
                FILE *f = fopen(path, "w");
                assert_non_null(f);
                fputs("version: 1\n", f);
                fclose(f);
        }
        lexicon_free(lexicon_load_folder(folder, &mistakes));
        assert_true(mistakes.n >= 1 && strstr(mistakes.items[0].text, "more than"));
        config_mistakes_fini(&mistakes);
        for (int i = 0; i <= LEXICON_FILES_MAX; i++) {
                mon_auto_free char *path = mon_printf("%s/%03d.yaml", folder, i);
                unlink(path);
        }
        forget(folder);
}

static void test_long_texts(void **state) {
        static const struct {
                const char *before, *after;
                size_t n;
        } cases[] = {
                {"version: 1\nrules:\n- {id: ", ", sense: closed, stems: [ab]}\n", LEXICON_ID_MAX + 1},
                {"version: 1\nrules:\n- {id: a, sense: closed, stems: [", "]}\n", LEXICON_STEM_MAX + 1},
                {"version: 1\nrules:\n- {id: a, sense: closed, stems: [ab], pattern: ", "}\n", LEXICON_PATTERN_MAX + 1},
                {"version: 1\nrules:\n- {id: a, sense: closed, stems: [ab], pattern: ", "}\n", 3 * LEXICON_PATTERN_MAX},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                ConfigMistakes mistakes = {0};
                mon_auto_free char *long_one = mon_calloc(cases[i].n + 1, 1);
                memset(long_one, 'a', cases[i].n);
                mon_auto_free char *text = mon_printf("%s%s%s", cases[i].before, long_one, cases[i].after);
                mon_auto_free char *folder = folder_with(text);
                lexicon_free(lexicon_load_folder(folder, &mistakes));
                assert_int_equal(mistakes.n, 1);
                config_mistakes_fini(&mistakes);
                forget(folder);
        }
}

static void test_no_folder(void **state) {
        ConfigMistakes mistakes = {0};
        Lexicon *shipped = lexicon_new_shipped();
        Lexicon *lexicon = lexicon_load_folder("/nonexistent/lexicon", &mistakes);

        (void)state;
        assert_int_equal(mistakes.n, 0);
        assert_int_equal(lexicon_hash(lexicon), lexicon_hash(shipped));
        lexicon_free(shipped);
        lexicon_free(lexicon);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_shipped), cmocka_unit_test(test_users_add),  cmocka_unit_test(test_mistakes),
                cmocka_unit_test(test_bounds),  cmocka_unit_test(test_long_texts), cmocka_unit_test(test_no_folder),
                cmocka_unit_test(test_memory),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
