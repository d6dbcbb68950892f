#include "tests/lib/config_fixture.h"

#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include <sys/stat.h>

#define HEAD                                                                                                           \
        "observer: {contact: a@b.fr}\nreferences: [https://example.org/]\ntargets:\n"                                  \
        "- {id: page, http: {url: 'http://localhost/'}}\n- {id: phone, http: {url: 'http://localhost/p'}}\n"

static const struct {
        const char *text, *told;
} rows[] = {
        {HEAD "paths: []\n", ""},
        {HEAD "paths:\n", ""},
        {HEAD "paths: {}\n", "mond.yaml:6:8: 'paths' takes a list: each begins with '- id: …'\n"},
        {HEAD "path: []\n", "mond.yaml:6:1: unknown key 'path': did you mean 'paths'?\n"},
        {HEAD "paths: [refus]\n", "mond.yaml:6:9: a path is a map: - { id: …, channels: [{ id: …, steps: [ … ] }] }\n"},
        {HEAD "paths: [{}]\n",
         "mond.yaml:6:9: 'id' is missing in 'paths': its name in the record and on the command line, never to be "
         "changed\n"
         "mond.yaml:6:9: 'channels' is missing in 'paths': the ways to do it, of which one must work\n"},
        {HEAD "paths: [{id: a b, channels: []}]\n",
         "mond.yaml:6:14: 'id': an id is made of letters without accents, digits, '-', '_' and '.'\n"
         "mond.yaml:6:29: 'channels' has 0 items: 1 are the least\n"},
        {HEAD "paths: [{id: all, channels: web, titel: x}]\n",
         "mond.yaml:6:14: 'id': 'all' means every target: choose another id\n"
         "mond.yaml:6:29: 'channels' takes a list: each item is a map that begins with '- id: …'\n"
         "mond.yaml:6:34: unknown key 'titel' in 'paths': did you mean 'title'?\n"},
        {HEAD "paths: [{id: p, channels: [{}, {id: web, steps: []}, {id: w, steps: [[x]], stps: 1}]}]\n",
         "mond.yaml:6:28: 'id' is missing in 'channels': its name\n"
         "mond.yaml:6:28: 'steps' is missing in 'channels': ids of targets, all of which must work\n"
         "mond.yaml:6:49: 'steps' has 0 items: 1 are the least\n"
         "mond.yaml:6:70: 'steps' takes a text, not a list\n"
         "mond.yaml:6:76: unknown key 'stps' in 'channels': did you mean 'steps'?\n"},
        /* what only the whole shows, also where a row is wrong */
        {HEAD "paths: [{id: p, channels: [{id: web, steps: [pagge, page, page]}, {steps: [zzz]}]}]\n",
         "mond.yaml:6:46: there is no target 'pagge': did you mean 'page'?\n"
         "mond.yaml:6:59: the step 'page' stands twice in its channel\n"
         "mond.yaml:6:67: 'id' is missing in 'channels': its name\n"
         "mond.yaml:6:76: there is no target 'zzz'\n"},
        {HEAD "paths:\n- {id: p, channels: [{id: web, steps: page}, {id: web, steps: phone}]}\n"
              "- {id: p, channels: [{id: web, steps: page}]}\n- {id: phone, channels: [{id: page, steps: page}]}\n",
         "mond.yaml:7:51: the id 'web' stands twice in this path: first at mond.yaml:7\n"
         "mond.yaml:8:8: the id 'p' stands twice: first at mond.yaml:7\n"
         "mond.yaml:9:8: the id 'phone' is a target's, and a path needs another: the target stands at mond.yaml:5\n"},
        /* a target that holds a mistake is there all the same */
        {HEAD "- {id: half, http: {}}\npaths: [{id: p, channels: [{id: web, steps: [half, hald]}]}]\n",
         "mond.yaml:6:14: 'url' is missing in 'http': the page\n"
         "mond.yaml:7:52: there is no target 'hald': did you mean 'half'?\n"},
};

static void tells_every_mistake(void **state) {
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Config *config = NULL;
                config_fixture_write_text("mond.yaml", rows[i].text);
                mon_auto_free char *told = config_fixture_load(&config);
                if (!text_is(told, rows[i].told))
                        fail_msg("%s\ntold\n%s\nnot\n%s", rows[i].text, told, rows[i].told);
                assert_int_equal(config != NULL, *rows[i].told == '\0');
                config_free(config);
        }
}

static Config *load_sound(const char *text) {
        Config *config = NULL;

        config_fixture_write_text("mond.yaml", text);
        mon_auto_free char *told = config_fixture_load(&config);
        if (!config)
                fail_msg("%s\nfrom\n%s", told, text);
        return config;
}

static void reads_what_it_prints(void **state) {
        static const char text[] =
                HEAD "paths:\n- id: refus\n  title: {fr: Refuser, en: Refusing}\n  channels:\n"
                     "  - {id: web, title: En ligne, steps: [page]}\n  - {id: both, steps: [phone, page]}\n"
                     "- {id: other, channels: [{id: web, steps: phone}]}\n";
        (void)state;

        mon_cleanup(config_free_p) Config *config = load_sound(text);
        assert_int_equal(config->paths.n, 2);
        const Path *path = config->paths.items[0];
        assert_string_equal(path->id, "refus");
        assert_string_equal(path->title.in[LANGUAGE_EN], "Refusing");
        assert_int_equal(path->n_channels, 2);
        assert_string_equal(path->channels[0].title.in[LANGUAGE_FR], "En ligne");
        assert_string_equal(path->channels[1].title.in[LANGUAGE_EN], "both");
        assert_int_equal(path->channels[1].n_steps, 2);
        assert_string_equal(path->channels[1].steps[0], "phone");
        assert_string_equal(((Path *)config->paths.items[1])->title.in[LANGUAGE_FR], "other");

        mon_auto_free char *printed = config_print(config);
        mon_cleanup(config_free_p) Config *again = load_sound(printed);
        mon_auto_free char *printed_again = config_print(again);
        assert_string_equal(printed, printed_again);
        assert_int_equal(again->paths.n, 2);
        assert_true(config->hash == again->hash);
        mon_cleanup(config_free_p) Config *without = load_sound(HEAD);
        assert_true(config->hash != without->hash);
}

/* Text of n items, each "BEFORE i AFTER". */
static void add_items(Buf *text, const char *before, const char *after, int n) {
        for (int i = 0; i < n; i++)
                assert_int_equal(buf_printf(text, "%s%d%s", before, i, after), 0);
}

static char *told_of(const Buf *text) {
        mon_cleanup(config_free_p) Config *config = NULL;

        config_fixture_write("mond.yaml", text->data, text->len);
        char *told = config_fixture_load(&config);
        assert_int_equal(config != NULL, *told == '\0');
        return told;
}

static void keeps_its_bounds(void **state) {
        (void)state;

        for (int more = 0; more <= 1; more++) {
                mon_auto_buf Buf paths = BUF_INIT(65536), channels = BUF_INIT(65536), steps = BUF_INIT(65536);
                assert_int_equal(buf_append_text(&paths, HEAD "paths:\n"), 0);
                add_items(&paths, "- {id: p", ", channels: [{id: w, steps: page}]}\n", PATHS_MAX + more);
                mon_auto_free char *of_paths = told_of(&paths);
                assert_string_equal(of_paths, more ? "mond.yaml:71:3: there are 65 paths: 64 are the most\n" : "");

                assert_int_equal(buf_append_text(&channels, HEAD "paths:\n- id: p\n  channels:\n"), 0);
                add_items(&channels, "  - {id: w", ", steps: page}\n", PATH_CHANNELS_MAX + more);
                mon_auto_free char *of_channels = told_of(&channels);
                assert_string_equal(of_channels,
                                    more ? "mond.yaml:9:3: 'channels' has 17 items: 16 are the most\n" : "");

                assert_int_equal(buf_append_text(&steps, HEAD), 0);
                add_items(&steps, "- {id: t", ", http: {url: 'http://localhost/'}}\n", PATH_STEPS_MAX + more);
                assert_int_equal(buf_append_text(&steps, "paths: [{id: p, channels: [{id: w, steps: ["), 0);
                add_items(&steps, "t", ",", PATH_STEPS_MAX + more);
                assert_int_equal(buf_append_text(&steps, "]}]}]\n"), 0);
                mon_auto_free char *of_steps = told_of(&steps);
                assert_string_equal(of_steps, more ? "mond.yaml:39:43: 'steps' has 33 items: 32 are the most\n" : "");
        }
}

static void appends_what_the_folder_adds(void **state) {
        mon_cleanup(config_free_p) Config *config = NULL;
        (void)state;

        assert_int_equal(mkdir("conf.d", 0700), 0);
        config_fixture_write_text("mond.yaml", HEAD "paths: [{id: a, channels: [{id: web, steps: [late]}]}]\n");
        config_fixture_write_text("conf.d/1.yaml", "targets: [{id: late, http: {url: 'http://localhost/'}}]\n"
                                                   "paths: [{id: b, channels: [{id: web, steps: [page]}]}]\n");
        mon_auto_free char *told = config_fixture_load(&config);
        assert_string_equal(told, "");
        assert_int_equal(config->paths.n, 2);
        assert_string_equal(((Path *)config->paths.items[1])->id, "b");

        /* What cannot be read may hold the target. */
        Config *refused = NULL;
        config_fixture_write_text("conf.d/1.yaml", "targets: [\n");
        mon_auto_free char *partly = config_fixture_load(&refused);
        assert_null(refused);
        assert_null(strstr(partly, "late"));
}

static int setup(void **state) {
        static ConfigFixture fixture;

        config_fixture_init(&fixture);
        *state = &fixture;
        return 0;
}

static int teardown(void **state) {
        config_fixture_fini(*state);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(tells_every_mistake, setup, teardown),
                cmocka_unit_test_setup_teardown(reads_what_it_prints, setup, teardown),
                cmocka_unit_test_setup_teardown(keeps_its_bounds, setup, teardown),
                cmocka_unit_test_setup_teardown(appends_what_the_folder_adds, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
