#include "tests/lib/config_fixture.h"

#include "config/diff.h"
#include "config/secrets.h"
#include "daemon/base/text.h"
#include "probes/http.h"
#include "probes/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "observer: {contact: a@b.fr}\nreferences: [https://example.org/]\n"

static Config *load_sound(const char *text) {
        Config *config = NULL;

        config_fixture_write_text("mond.yaml", text);
        mon_auto_free char *told = config_fixture_load(&config);
        if (!config)
                fail_msg("%s\nfrom\n%s", told, text);
        return config;
}

static Target *target_at(const Config *config, size_t i) {
        assert_true(i < config->targets.n);
        return config->targets.items[i];
}

static void fills_every_default(void **state) {
        mon_cleanup(config_free_p) Config *config =
                load_sound("observer: {contact: a@b.fr}\ntargets: [{id: a, http: {url: 'https://example.org/'}}]\n");
        (void)state;

        assert_string_equal(config->path, "mond.yaml");
        assert_string_equal(config->observer_name, "mond");
        assert_int_equal(config->language, LANGUAGE_FR);
        assert_int_equal(config->per_host, 1);
        assert_int_equal(config->at_once, 16);
        assert_null(config->ca_file);
        assert_int_equal(config->retention_checks, 5 * 365 * 86400 * NSEC_PER_SEC);
        assert_int_equal(config->retention_daily_bodies, 90 * 86400 * NSEC_PER_SEC);
        const Target *target = target_at(config, 0);
        assert_string_equal(target->title.in[LANGUAGE_FR], "a");
        assert_string_equal(target->title.in[LANGUAGE_EN], "a");
        assert_int_equal(target->interval, 60 * NSEC_PER_SEC);
        assert_int_equal(target->timeout, 20 * NSEC_PER_SEC);
        assert_int_equal(target->confirm.fail, 3);
        assert_int_equal(target->confirm.pass, 2);
        assert_int_equal(target->confirm.retry_interval, 30 * NSEC_PER_SEC);
        assert_int_equal(target->ip, IP_ANY);
        assert_false(target->paused);
        assert_string_equal(target->host, "example.org");
        assert_false(target->host_is_local);
        const FakeSpec *spec = target->spec;
        assert_int_equal(spec->max_body, 2 << 20);
        assert_int_equal(spec->method, 1);
        assert_int_equal(spec->status.n, 1);
        assert_string_equal(spec->status.items[0].text, "200-299");
        assert_non_null(spec->prepared);
}

static void inherits_and_overrides(void **state) {
        mon_cleanup(config_free_p) Config *config = load_sound(
                HEAD "defaults:\n  interval: 5m\n  timeout: 10s\n  confirm: {fail: 2, retry_interval: 40s}\n"
                     "targets:\n- {id: a, http: {url: 'https://a.fr/'}}\n"
                     "- id: b\n  title: {en: Bee}\n  interval: 2m\n  confirm: {pass: 5}\n  ip: 6\n  paused: yes\n"
                     "  http: {url: 'http://[::1]/', method: HEAD, application: on, max_body: 64K, token: x}\n"
                     "- {id: c, interval: 2s, timeout: 1s, http: {url: 'http://localhost/'}}\n");
        (void)state;

        const Target *a = target_at(config, 0), *b = target_at(config, 1), *c = target_at(config, 2);
        assert_int_equal(a->interval, 300 * NSEC_PER_SEC);
        assert_int_equal(a->confirm.fail, 2);
        assert_int_equal(a->confirm.pass, 2);
        assert_int_equal(b->interval, 120 * NSEC_PER_SEC);
        assert_int_equal(b->timeout, 10 * NSEC_PER_SEC);
        assert_int_equal(b->confirm.pass, 5);
        assert_int_equal(b->confirm.retry_interval, 40 * NSEC_PER_SEC);
        assert_string_equal(b->title.in[LANGUAGE_FR], "Bee");
        assert_int_equal(b->ip, IP_6);
        assert_true(b->paused);
        assert_int_equal(((FakeSpec *)b->spec)->method, 2);
        assert_true(((FakeSpec *)b->spec)->application);
        assert_int_equal(((FakeSpec *)b->spec)->max_body, 65536);
        assert_true(c->host_is_local);
        assert_int_equal(c->confirm.retry_interval, 2 * NSEC_PER_SEC); /* inherited, and never longer than interval */
}

static const char full[] =
        "observer: {name: \"L'\\\"été\\\" \\\\ \", contact: 'mailto:a@b.fr'}\nlanguage: en\n"
        "references: [https://example.org/, 'http://b.fr/#x']\n"
        "defaults: {interval: 90s, timeout: 1h, confirm: {fail: 1, pass: 1, retry_interval: 1d}, per_host: 2, at_once: "
        "3}\n"
        "retention: {checks: 1y, bodies: 1w2d, daily_bodies: 25h}\n"
        "targets:\n"
        "- id: a\n  title: {fr: 'Page: d''accueil', en: \"# \\uFFFF home\"}\n  interval: 3m\n"
        "  http:\n    url: https://example.org/?a=b&c=%20#d\n    method: HEAD\n    max_body: 1500\n"
        "    headers: {Accept-Language: 'fr, en;q=0.5', Authorization: 'Basic c2VjcmV0', X-Empty: ':'}\n"
        "    expect: {status: [200, 301-308], contains: ['\"guillemets\"', 'C:\\dir', 'no', '1'], final_url: '*'}\n"
        "    token: s3cret\n"
        "- {id: b.c_d-1, paused: true, ip: 4, confirm: {retry_interval: 45s}, http: {url: 'http://127.0.0.1:1/'}}\n";

static void prints_what_loads_again_to_the_same(void **state) {
        mon_cleanup(config_free_p) Config *config = load_sound(full);
        (void)state;

        mon_auto_free char *printed = config_print(config);
        assert_null(strstr(printed, "s3cret"));
        assert_null(strstr(printed, "c2VjcmV0"));
        assert_non_null(strstr(printed, "token: \"<secret>\""));
        assert_non_null(strstr(printed, "\"Authorization\": \"<secret>\""));
        assert_non_null(strstr(printed, "checks: 365d"));
        assert_non_null(strstr(printed, "bodies: 9d"));
        mon_cleanup(config_free_p) Config *again = load_sound(printed);
        mon_auto_free char *printed_again = config_print(again);
        assert_string_equal(printed, printed_again);
        assert_true(config->hash == again->hash);
        assert_string_equal(target_at(again, 0)->title.in[LANGUAGE_EN], "# \xef\xbf\xbf home");
        assert_string_equal(again->observer_name, "L'\"été\" \\ ");
        assert_string_equal(((FakeSpec *)target_at(again, 0)->spec)->contains.items[1].text, "C:\\dir");
}

#define STEPS "targets: [{id: a, http: {url: 'https://example.org/', "

static void reads_lists_of_sections(void **state) {
        (void)state;
        mon_cleanup(config_free_p) Config *config = load_sound(
                HEAD STEPS "steps: [{get: 'https://a.fr/'}, {expect: {contains: [x, y], status: 404}}]}}]\n");
        const FakeSpec *spec = target_at(config, 0)->spec;

        assert_int_equal(spec->steps.n, 2);
        assert_int_equal(spec->marks.n, 0);
        const FakeStep *first = spec->steps.items[0].fields, *second = spec->steps.items[1].fields;
        assert_string_equal(first->get, "https://a.fr/");
        assert_int_equal(first->expect.status, 200);
        assert_null(second->get);
        assert_int_equal(second->expect.status, 404);
        assert_int_equal(second->expect.contains.n, 2);
        assert_string_equal(second->expect.contains.items[1].text, "y");
        assert_int_equal(spec->steps.items[1].line, 3);
        assert_true(spec->steps.items[1].column > spec->steps.items[0].column);
}

static void prints_lists_of_sections_that_load_again(void **state) {
        (void)state;
        mon_cleanup(config_free_p) Config *config =
                load_sound(HEAD STEPS "marks: [{}, {name: m}], steps: [{get: 'https://a.fr/', token: '${env:HOME}'},"
                                      " {expect: {contains: [x]}}]}}]\n");
        mon_auto_free char *first = config_print(config);

        assert_non_null(strstr(first, "      steps:\n        - get: \"https://a.fr/\"\n          token: \"<secret>\"\n"
                                      "          expect:\n"));
        assert_non_null(strstr(first, "      marks:\n        - {}\n        - name: \"m\"\n"));
        mon_cleanup(config_free_p) Config *again = load_sound(first);
        mon_auto_free char *second = config_print(again);
        assert_string_equal(second, first);
}

static void fingerprints_each_section_of_a_list(void **state) {
        static const char *const variants[] = {
                "steps: [{get: 'https://a.fr/'}, {}]",
                "steps: [{}, {get: 'https://a.fr/'}]",
                "steps: [{get: 'https://a.fr/'}, {}, {}]",
                "steps: [{get: 'https://a.fr/'}, {expect: {status: 201}}]",
                "steps: [{get: 'https://a.fr/', token: t}, {}]",
                "steps: [{get: 'https://a.fr/', token: u}, {}]",
        };
        uint64_t seen[mon_count_of(variants)];
        (void)state;

        for (size_t i = 0; i < mon_count_of(variants); i++) {
                mon_auto_free char *text = mon_printf(HEAD STEPS "%s}}]\n", variants[i]);
                mon_cleanup(config_free_p) Config *config = load_sound(text);
                seen[i] = target_at(config, 0)->fingerprint;
                for (size_t j = 0; j < i; j++)
                        assert_true(seen[i] != seen[j]);
        }
}

static void the_hash_is_blind_to_secrets_and_the_fingerprint_is_not(void **state) {
        mon_cleanup(config_free_p) Config *a =
                load_sound(HEAD "targets: [{id: a, http: {url: 'http://localhost/', token: x}}]\n");
        mon_cleanup(config_free_p) Config *b =
                load_sound(HEAD "targets: [{id: a, http: {url: 'http://localhost/', token: y}}]\n");
        (void)state;

        assert_true(a->hash == b->hash);
        assert_true(target_at(a, 0)->fingerprint != target_at(b, 0)->fingerprint);
}

/* Each row changes one thing; equal says whether the target counts as unchanged. */
static void fingerprints_what_is_effective(void **state) {
        static const char base[] = HEAD "targets: [{id: a, http: {url: 'http://localhost/'}}]\n";
        static const struct {
                const char *text;
                bool equal;
        } rows[] = {
                {base, true},
                {"# another place\n" HEAD "targets:\n- id: a\n  interval: 1m\n  http: {url: 'http://localhost/'}\n",
                 true},
                {HEAD "language: en\ndefaults: {per_host: 3}\n"
                      "targets: [{id: a, title: a, http: {url: 'http://localhost/', method: GET}}]\n",
                 true},
                {HEAD "targets: [{id: a, http: {url: 'http://localhost/x'}}]\n", false},
                {HEAD "targets: [{id: a, http: {url: 'http://localhost/', expect: {contains: x}}}]\n", false},
                {HEAD "targets: [{id: a, http: {url: 'http://localhost/', expect: {status: [200]}}}]\n", false},
                {HEAD "targets: [{id: a, http: {url: 'http://localhost/', headers: {A: b}}}]\n", false},
                {HEAD "targets: [{id: a, title: b, http: {url: 'http://localhost/'}}]\n", false},
                {HEAD "targets: [{id: a, paused: true, http: {url: 'http://localhost/'}}]\n", false},
                {HEAD "targets: [{id: a, ip: 4, http: {url: 'http://localhost/'}}]\n", false},
                {HEAD "targets: [{id: a, confirm: {fail: 4}, http: {url: 'http://localhost/'}}]\n", false},
                {HEAD "defaults: {timeout: 19s}\ntargets: [{id: a, http: {url: 'http://localhost/'}}]\n", false},
                {HEAD "defaults: {ca_file: mond.yaml}\ntargets: [{id: a, http: {url: 'http://localhost/'}}]\n", false},
        };
        mon_cleanup(config_free_p) Config *first = load_sound(base);
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(config_free_p) Config *other = load_sound(rows[i].text);
                bool equal = target_at(first, 0)->fingerprint == target_at(other, 0)->fingerprint;
                if (equal != rows[i].equal)
                        fail_msg("row %zu: %s", i, rows[i].text);
        }
}

/* Wherever mond was started from: a file is named from the folder of mond.yaml, also in conf.d. */
static void files_are_named_from_the_folder_of_the_configuration(void **state) {
        mon_auto_free char *folder = realpath(".", NULL), *path = mon_printf("%s/ca.pem", folder);
        (void)state;

        config_fixture_write_text("ca.pem", "-");
        mon_cleanup(config_free_p) Config *config =
                load_sound(HEAD "defaults: {ca_file: ca.pem}\ntargets: [{id: a, http: {url: 'http://localhost/'}}]\n");
        assert_string_equal(config->ca_file, path);
        mon_cleanup(config_free_p) Config *whole =
                load_sound(HEAD "defaults: {ca_file: /etc/hostname}\ntargets: [{id: a, http: {url: "
                                "'http://localhost/'}}]\n");
        assert_string_equal(whole->ca_file, "/etc/hostname");
}

static void tells_what_a_reload_changes(void **state) {
        mon_cleanup(config_free_p) Config *old =
                load_sound(HEAD "targets:\n- {id: kept, http: {url: 'http://localhost/'}}\n- {id: gone, http: {url: "
                                "'http://localhost/'}}\n- {id: changed, http: {url: 'http://localhost/'}}\n");
        mon_cleanup(config_free_p) Config *new =
                load_sound(HEAD "targets:\n- {id: changed, http: {url: 'http://localhost/x'}}\n- {id: new, http: {url: "
                                "'http://localhost/'}}\n- {id: kept, http: {url: 'http://localhost/'}}\n");
        mon_cleanup(config_diff_fini) ConfigDiff diff = {0}, first = {0};
        static const struct {
                ConfigChangeKind kind;
                const char *before, *after;
        } expected[] = {{CONFIG_CHANGED, "changed", "changed"},
                        {CONFIG_ADDED, NULL, "new"},
                        {CONFIG_UNCHANGED, "kept", "kept"},
                        {CONFIG_REMOVED, "gone", NULL}};
        (void)state;

        config_diff(old, new, &diff);
        assert_int_equal(diff.n, mon_count_of(expected));
        for (size_t i = 0; i < diff.n; i++) {
                assert_int_equal(diff.items[i].kind, expected[i].kind);
                assert_int_equal(diff.counts[expected[i].kind], 1);
                assert_true(text_is(diff.items[i].before ? diff.items[i].before->id : NULL, expected[i].before));
                assert_true(text_is(diff.items[i].after ? diff.items[i].after->id : NULL, expected[i].after));
        }
        config_diff(NULL, new, &first);
        assert_int_equal(first.counts[CONFIG_ADDED], 3);
        assert_int_equal(first.n, 3);
}

static char *expand(const char *text) {
        char *secret = NULL, *mistake = NULL;

        int r = secret_expand(text, &secret, &mistake);
        assert_true(r == 0 ? secret && !mistake : !secret && mistake);
        return r == 0 ? secret : mistake;
}

static void expands_secrets(void **state) {
        ConfigFixture *fixture = *state;
        mon_auto_free char *by_path = mon_printf("a ${file:%s/s.txt} b", fixture->folder);
        mon_auto_free char *too_long = mon_new_array(char, SECRET_MAX + 2);
        const struct {
                const char *text, *expected;
        } rows[] = {
                {"plain", "plain"},
                {"${env:MOND_TEST}", "from env"},
                {"${env:MOND_TEST}${env:MOND_TEST}!", "from envfrom env!"},
                {by_path, "a secret b"},
                {"${credential:s.txt}", "secret"},
                {"${credential:crlf}", "two"},
                {"${credential:../s.txt}", "${credential:../s.txt}: a credential's name holds no '/'"},
                {"${credential:none}", "${credential:none}: 'none' cannot be read: No such file or directory"},
                {"${credential:empty}", "${credential:empty}: the secret is empty"},
                {"${credential:lines}",
                 "${credential:lines}: the secret holds a line break, a control character or no UTF-8"},
                {"${credential:nul}",
                 "${credential:nul}: the secret holds a line break, a control character or no UTF-8"},
                {"${credential:latin1}",
                 "${credential:latin1}: the secret holds a line break, a control character or no UTF-8"},
                {"${credential:large}", "${credential:large}: the file is larger than 4096 bytes"},
                {"${credential:full}x", "a secret has at most 4096 bytes"},
                {"${credential:folder}", "${credential:folder}: 'folder' is not a file"},
                {"${file:s.txt}", "${file:s.txt}: the path must begin with '/'"},
                {"${env:MOND_NOT}", "${env:MOND_NOT}: there is no such environment variable"},
                {"${env:}", "${env:}: write ${credential:NAME}, ${file:PATH} or ${env:NAME}"},
                {"${vault:x}", "${vault:x}: write ${credential:NAME}, ${file:PATH} or ${env:NAME}"},
                {"${x", "'${' without its '}'"},
        };

        memset(too_long, 'x', SECRET_MAX + 1);
        config_fixture_write_text("s.txt", "secret\n");
        config_fixture_write_text("crlf", "two\r\n");
        config_fixture_write_text("empty", "\n");
        config_fixture_write_text("lines", "a\nb\n");
        config_fixture_write("nul", "a\0b", 3);
        config_fixture_write_text("latin1", "\xe9t\xe9");
        config_fixture_write("large", too_long, SECRET_MAX + 1);
        config_fixture_write("full", too_long, SECRET_MAX);
        assert_int_equal(mkdir("folder", 0700), 0);
        assert_int_equal(setenv("MOND_TEST", "from env", 1), 0);
        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", fixture->folder, 1), 0);
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *got = expand(rows[i].text);
                char *folder = strstr(got, fixture->folder); /* messages name the whole path */
                if (folder)
                        memmove(folder, folder + strlen(fixture->folder) + 1,
                                strlen(folder + strlen(fixture->folder) + 1) + 1);
                assert_string_equal(got, rows[i].expected);
        }
        assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
        mon_auto_free char *alone = expand("${credential:x}");
        assert_true(text_starts(alone, "${credential:x}: no credentials were handed over: start mond by systemd"));
}

static void takes_secrets_in_their_fields(void **state) {
        (void)state;

        assert_int_equal(setenv("MOND_TEST", "hush", 1), 0);
        mon_cleanup(config_free_p) Config *config =
                load_sound(HEAD "targets: [{id: a, http: {url: 'http://localhost/', token: '${env:MOND_TEST}',"
                                " headers: {Authorization: 'Bearer ${env:MOND_TEST}', Accept: x}}}]\n");
        const FakeSpec *spec = target_at(config, 0)->spec;
        assert_string_equal(spec->token, "hush");
        assert_string_equal(spec->headers.items[0].text, "Authorization: Bearer hush");
        mon_auto_free char *printed = config_print(config);
        assert_null(strstr(printed, "hush"));
}

static void knows_headers_that_are_secret(void **state) {
        static const char *const secret[] = {"Authorization", "cookie", "X-Api-Key", "PROXY-AUTHORIZATION",
                                             "X-Auth-Token"};
        static const char *const open[] = {"Accept", "Accept-Language", "Referer", "User-Agent", "X-Author"};
        (void)state;

        for (size_t i = 0; i < mon_count_of(secret); i++)
                assert_true(secret_is_header(secret[i]));
        for (size_t i = 0; i < mon_count_of(open); i++)
                assert_false(secret_is_header(open[i]));
}

/* A good file, damaged: refused with a place, or loaded and then the same after print and load. */
static void survives_any_damage(void **state) {
        static const char alphabet[] = " :-[]{},'\"\n\tabz019.é$#&*!|>%@`?~<";
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 20260830);
        size_t n_loaded = 0;
        (void)state;

        for (int round = 0; round < 4000; round++) {
                mon_cleanup(config_free_p) Config *config = NULL;
                mon_auto_free char *text = mon_strdup(full);
                uint32_t dice[8];
                size_t n = strlen(text);
                clock_random(clock, dice, sizeof dice);
                for (uint32_t i = 0; i <= dice[0] % 3; i++) {
                        size_t at = dice[1 + i] % n;
                        if (dice[4 + i] % 4 == 0) /* a piece is lost */
                                n = at + strlen(memmove(text + at, text + at + (n - at > 9 ? 9 : 1),
                                                        n - at - (n - at > 9 ? 9 : 1) + 1));
                        else
                                text[at] = alphabet[(dice[4 + i] >> 8) % (sizeof alphabet - 1)];
                }
                config_fixture_write_text("mond.yaml", text);
                mon_auto_free char *told = config_fixture_load(&config);
                assert_true(config || text_starts(told, "mond.yaml:"));
                assert_true(text_is_utf8(told, strlen(told)));
                if (!config)
                        continue;
                n_loaded++;
                mon_auto_free char *printed = config_print(config);
                mon_cleanup(config_free_p) Config *again = load_sound(printed);
                mon_auto_free char *printed_again = config_print(again);
                assert_string_equal(printed, printed_again);
        }
        assert_in_range(n_loaded, 200, 3800); /* the damage is neither always fatal nor never */
}

static Config *load_shipped(const ProbeDriver *const *drivers) {
        const char *source = getenv("MOND_SOURCE"); /* set by `meson test` */
        mon_auto_free char *path = mon_printf("%s/config/mond.yaml", source ? source : "?");
        mon_cleanup(config_mistakes_fini) ConfigMistakes mistakes = {0};
        Config *config = NULL;

        int r = config_load(path, drivers, NULL, &config, &mistakes);
        mon_auto_free char *told = config_mistakes_text(&mistakes);
        if (r != 0)
                fail_msg("%s", told);
        assert_int_equal(mistakes.n, 1);
        assert_non_null(strstr(mistakes.items[0].text, "is the example's"));
        return config;
}

/* The file that is shipped: sound as it stands, and nothing to be told but that the contact is an example. */
static void the_shipped_file_is_sound(void **state) {
        mon_cleanup(config_free_p) Config *config = load_shipped(probe_drivers);
        (void)state;

        assert_int_equal(config->targets.n, 11);
        assert_true(config->references.n >= 3);
        assert_int_equal(config->paths.n, 1);
        assert_string_equal(((Path *)config->paths.items[0])->id, "refus");
        list_each (Target, target, &config->targets) {
                assert_true(target->interval >= 300 * NSEC_PER_SEC);
                assert_false(text_is(target->title.in[LANGUAGE_FR], target->id));
                if (target->driver->by_people) {
                        assert_string_equal(target->id, "telephone-3422");
                        assert_string_equal(target->hours_timezone, "Europe/Paris");
                        assert_int_equal(target->confirm.fail * target->confirm.pass, 1);
                        continue;
                }
                const HttpSpec *http = target->spec; /* an outages target's begins with one */
                if (strstr(http->url, "/enrolement/"))
                        assert_true(http->application);
        }
}

/* The driver checks a header as one line; its value alone is none. */
static void takes_headers_with_the_real_drivers(void **state) {
        mon_cleanup(config_free_p) Config *config = NULL;
        ConfigMistakes mistakes = {0};
        (void)state;

        config_fixture_write_text("mond.yaml", HEAD "targets: [{id: a, http: {url: 'https://example.org/', headers: "
                                                    "{Accept-Language: 'fr, en', X-A: b}}}]\n");
        int r = config_load("mond.yaml", probe_drivers, NULL, &config, &mistakes);
        mon_auto_free char *told = config_mistakes_text(&mistakes);
        config_mistakes_fini(&mistakes);
        assert_string_equal(told, "");
        assert_int_equal(r, 0);
        mon_auto_free char *printed = config_print(config);
        assert_non_null(strstr(printed, "\"Accept-Language\": \"fr, en\""));
}

/* What no row of the block can show is told of the block. */
static void an_application_is_no_page_to_ask_the_head_of(void **state) {
        static const char text[] = HEAD "targets:\n- id: a\n  http:\n    url: http://localhost/\n    method: HEAD\n"
                                        "    application: true\n";
        mon_auto_free char *told = NULL;
        ConfigMistakes mistakes = {0};
        Config *config = NULL;
        (void)state;

        config_fixture_write_text("mond.yaml", text);
        assert_int_equal(config_load("mond.yaml", probe_drivers, NULL, &config, &mistakes), CONFIG_E_MISTAKES);
        told = config_mistakes_text(&mistakes);
        config_mistakes_fini(&mistakes);
        assert_string_equal(told, "mond.yaml:5:3: with 'method: HEAD' no page comes that 'application' could judge; use"
                                  " GET\n");
}

static void the_shipped_file_fits_the_real_drivers(void **state) {
        mon_cleanup(config_free_p) Config *config = load_shipped(probe_drivers), *again = NULL;
        mon_cleanup(config_mistakes_fini) ConfigMistakes mistakes = {0};
        mon_auto_free char *printed = config_print(config);
        (void)state;

        config_fixture_write_text("mond.yaml", printed);
        assert_int_equal(config_load("mond.yaml", probe_drivers, NULL, &again, &mistakes), 0);
        mon_auto_free char *printed_again = config_print(again);
        assert_string_equal(printed, printed_again);
        assert_true(config->hash == again->hash);
        for (size_t i = 0; i < config->targets.n; i++) {
                assert_true(target_at(config, i)->fingerprint == target_at(again, i)->fingerprint);
                assert_true(target_at(config, i)->host || target_at(config, i)->driver->by_people);
                assert_false(target_at(config, i)->host_is_local);
        }
}

static int set_up(void **state) {
        ConfigFixture *fixture = mon_new(ConfigFixture);

        config_fixture_init(fixture);
        *state = fixture;
        return 0;
}

static int tear_down(void **state) {
        config_fixture_fini(*state);
        free(*state);
        return 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
        const struct CMUnitTest tests[] = {
                test(fills_every_default),
                test(inherits_and_overrides),
                test(prints_what_loads_again_to_the_same),
                test(reads_lists_of_sections),
                test(prints_lists_of_sections_that_load_again),
                test(fingerprints_each_section_of_a_list),
                test(the_hash_is_blind_to_secrets_and_the_fingerprint_is_not),
                test(fingerprints_what_is_effective),
                test(files_are_named_from_the_folder_of_the_configuration),
                test(tells_what_a_reload_changes),
                test(expands_secrets),
                test(takes_secrets_in_their_fields),
                test(knows_headers_that_are_secret),
                test(survives_any_damage),
                test(the_shipped_file_is_sound),
                test(takes_headers_with_the_real_drivers),
                test(an_application_is_no_page_to_ask_the_head_of),
                test(the_shipped_file_fits_the_real_drivers),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
