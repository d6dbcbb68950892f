#include "tests/lib/config_fixture.h"
#include "tests/lib/fake_notifier.h"

#include "config/directives.h"
#include "config/rows.h"
#include "config/secrets.h"
#include "daemon/base/text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "observer: {contact: a@b.fr}\nreferences: [https://example.org/]\n"
#define TARGET HEAD "targets:\n- id: a\n  http:\n    url: https://example.org/\n"

static const struct {
        const char *text, *told;
} rows[] = {
        {TARGET, ""},
        /* the file as a whole */
        {"", "mond.yaml:1:1: 'contact' is missing in 'observer': a web page or an e-mail address where the owner of a "
             "site can reach you\n"
             "mond.yaml:1:1: nothing to watch: 'targets' needs at least one target\n"},
        {"- a\n", "mond.yaml:1:1: the file holds no keys: it takes 'observer:' and others, each on its line\n"},
        {"a: [\n", "mond.yaml:2:1: a value is missing here: check for a missing ']' or '}'\n"},
        {TARGET "observr: 1\n", "mond.yaml:7:1: unknown key 'observr': did you mean 'observer'?\n"},
        {TARGET "zzz: 1\n", "mond.yaml:7:1: unknown key 'zzz'\n"},
        {TARGET "\"z\\e[1m\": 1\n", "mond.yaml:7:1: unknown key 'z [1m'\n"},
        {TARGET "language: fr\nlanguage: en\n", "mond.yaml:8:1: the key 'language' stands twice: first at line 7\n"},
        {TARGET "timestamp: []\n",
         "mond.yaml:7:1: 'timestamp': this version of mond has no time stamps yet: take it out\n"},
        /* heartbeat: CONFIG_HEARTBEAT_MIN, CONFIG_HEARTBEAT_MAX */
        {TARGET "heartbeat: {url: 'https://example.org/x', every: 2d}\n",
         "mond.yaml:7:50: 'every' must be between 1s and 1d, not '2d'\n"},
        {TARGET "heartbeat: {every: 5m}\n",
         "mond.yaml:7:12: 'url' is missing in 'heartbeat': the address that is asked while mond does its work\n"},
        {TARGET "heartbeat: {url: 'http://example.org/SECRET'}\n",
         "mond.yaml:7:18: 'url': over plain http everybody on the way could go on in our place: use https\n"},
        {TARGET "heartbeat: {url: 'https://example.org/x', every: 29s}\n",
         "mond.yaml:7:50: 'every' is at least 30s for a host that is not on this machine\n"},
        /* notifiers */
        {TARGET "notifiers: []\n", ""},
        {TARGET "notifiers: {id: a}\n", "mond.yaml:7:12: 'notifiers' takes a list: each begins with '- id: …'\n"},
        {TARGET "notifiers: [a]\n", "mond.yaml:7:13: a notifier is a map: - { id: …, webhook: { url: … } }\n"},
        {TARGET "notifiers: [{id: n}]\n", "mond.yaml:7:13: the notifier has no kind: it takes one of: fake\n"},
        {TARGET "notifiers: [{id: n, fak: {file: a}}]\n",
         "mond.yaml:7:21: unknown key 'fak' in 'notifiers': did you mean 'fake'?\n"},
        {TARGET "notifiers: [{fake: {}}]\n",
         "mond.yaml:7:13: 'id' is missing in 'notifiers': its name in the record and on the command line\n"
         "mond.yaml:7:14: 'file' is missing in 'fake': what is sent is added to it\n"},
        {TARGET "notifiers:\n- {id: n, fake: {file: a}}\n- {id: n, fake: {file: a}}\n",
         "mond.yaml:9:8: the id 'n' stands twice: first at mond.yaml:8\n"},
        {TARGET "notifiers: [{id: n, events: [path.clsed, target.*, up, 'path.[co]*', zebra], fake: {file: a}}]\n",
         "mond.yaml:7:30: 'events': 'path.clsed' fits no event: did you mean 'path.closed'?\n"
         "mond.yaml:7:52: 'events': 'up' fits no event, such as path.closed or target.*\n"
         "mond.yaml:7:56: 'events': 'path.[co]*' fits no event, such as path.closed or target.*\n"
         "mond.yaml:7:70: 'events': 'zebra' fits no event, such as path.closed or target.*\n"},
        {TARGET "notifiers: [{id: n, events: [], fake: {file: a}}]\n",
         "mond.yaml:7:29: 'events' is empty: 'n' would never be told anything\n"},
        {TARGET "notifiers: [{id: n, quiet: {timezone: Europe/Pari, from: '24:00', until: 5, at_most: 0s}, "
                "fake: {file: a}}]\n",
         "mond.yaml:7:39: 'timezone': there is no time zone 'Europe/Pari': it is written as Europe/Paris\n"
         "mond.yaml:7:58: 'from': '24:00' is no time of day: it is written as \"23:30\"\n"
         "mond.yaml:7:74: 'until': '5' is no time of day: it is written as \"23:30\"\n"
         "mond.yaml:7:86: 'at_most' must be between 1s and 1d, not '0s'\n"},
        {TARGET "notifiers: [{id: n, quiet: {from: '01:00'}, fake: {file: a}}]\n",
         "mond.yaml:7:28: 'timezone' is missing in 'quiet': it takes timezone, from and until\n"
         "mond.yaml:7:28: 'until' is missing in 'quiet': it takes timezone, from and until\n"},
        {TARGET "notifiers: [{id: n, quiet: {timezone: UTC, from: '01:00', until: '01:00'}, fake: {file: a}}]\n",
         "mond.yaml:7:66: 'quiet' ends when it begins: nobody could say whether it is always or never\n"},
        {TARGET "notifiers: [{id: n, remind_every: 0s, fake: {file: /nowhere}}]\n",
         "mond.yaml:1:1: n\n"
         "mond.yaml:7:35: 'remind_every' must be between 1s and 366d, not '0s'\n"},
        /* what is misspelt is one mistake */
        {"observer: {contatc: a@b.fr}\nreferences: []\ntarget: [{id: a, http: {url: 'http://localhost/'}}]\n",
         "mond.yaml:1:12: unknown key 'contatc' in 'observer': did you mean 'contact'?\n"
         "mond.yaml:3:1: unknown key 'target': did you mean 'targets'?\n"},
        {"obsever: {contact: a@b.fr}\nreferences: []\ntargets: [{idd: a, http: {urll: 'http://localhost/'}}]\n",
         "mond.yaml:1:1: unknown key 'obsever': did you mean 'observer'?\n"
         "mond.yaml:3:12: unknown key 'idd' in 'targets': did you mean 'id'?\n"
         "mond.yaml:3:27: unknown key 'urll' in 'http': did you mean 'url'?\n"},
        /* types and bounds */
        {TARGET "language: de\n", "mond.yaml:7:11: 'language' takes one of: fr, en; not 'de'\n"},
        {TARGET "language: ne\n", "mond.yaml:7:11: 'language' takes one of: fr, en; not 'ne', did you mean 'en'?\n"},
        {TARGET "language: [fr]\n", "mond.yaml:7:11: 'language' takes one of: fr, en\n"},
        {TARGET "defaults: 60s\n", "mond.yaml:7:11: 'defaults' takes a map of keys and values: { interval: … }\n"},
        {TARGET "defaults: {interval: 60}\n",
         "mond.yaml:7:22: 'interval' needs a unit: write 60s for seconds, 60m for minutes\n"},
        {TARGET "defaults: {interval: soon}\n",
         "mond.yaml:7:22: 'interval' takes a duration such as 30s, 5m, 6h or 400d, not 'soon'\n"},
        {TARGET "defaults: {interval: 400d, timeout: 0}\n",
         "mond.yaml:7:22: 'interval' must be between 1s and 366d, not '400d'\n"
         "mond.yaml:7:37: 'timeout' must be between 1s and 1h, not '0'\n"},
        {TARGET "defaults: {interval: 99999999999999999999y}\n",
         "mond.yaml:7:22: 'interval' must be between 1s and 366d, not '99999999999999999999y'\n"},
        {TARGET "defaults: {confirm: {fail: 0, pass: '2', retry_intervall: 30s}}\n",
         "mond.yaml:7:28: 'fail' must be between 1 and 100, not '0'\n"
         "mond.yaml:7:37: 'pass' takes a whole number: write it without quotes\n"
         "mond.yaml:7:42: unknown key 'retry_intervall' in 'confirm': did you mean 'retry_interval'?\n"},
        {TARGET "defaults: {per_host: 1.5, at_once: [1], ca_file: /nowhere/ca.pem}\n",
         "mond.yaml:7:22: 'per_host' takes a whole number, not '1.5'\n"
         "mond.yaml:7:36: 'at_once' takes a whole number, not a list\n"
         "mond.yaml:7:50: 'ca_file': '/nowhere/ca.pem' cannot be read: No such file or directory\n"},
        {TARGET "defaults: {ca_file: /etc}\n", "mond.yaml:7:21: 'ca_file': '/etc' is no file\n"},
        {TARGET "retention: {checks: 1h, bodies: , daily_bodies: {}}\n",
         "mond.yaml:7:21: 'checks' must be between 1d and 36500d, not '1h'\n"
         "mond.yaml:7:33: 'bodies' has no value: it takes a duration such as 30s, 5m, 6h or 400d\n"
         "mond.yaml:7:49: 'daily_bodies' takes a duration such as 30s, 5m, 6h or 400d, not a map\n"},
        {"observer: {name: \"a\\nb\", contact: ''}\n" TARGET,
         "mond.yaml:1:18: 'name' takes one line\n"
         "mond.yaml:1:35: 'contact' is empty: write a text, or leave the key out\n"
         "mond.yaml:2:1: the key 'observer' stands twice: first at line 1\n"},
        {"references: [https://example.org/]\nobserver: {name: [x], contact: nobody}\ntargets: {}\n",
         "mond.yaml:2:18: 'name' takes a text, not a list\n"
         "mond.yaml:3:10: 'targets' takes a list: each begins with '- id: …'\n"},
        {"observer: {contact: \"a@b\\u200e.fr\"}\nreferences: [https://example.org/]\ntargets: []\n",
         "mond.yaml:1:21: 'contact' holds a control or an invisible character: remove it\n"
         "mond.yaml:3:10: nothing to watch: 'targets' needs at least one target\n"},
        {"observer: {contact: a@b.fr, name: \"${env:HOME}\"}\nreferences: {a: b}\ntargets: [a]\n",
         "mond.yaml:1:35: 'name' is no secret and would be shown: ${…} is read in secret fields alone\n"
         "mond.yaml:2:13: 'references' takes a list of texts, not a map\n"
         "mond.yaml:3:11: a target is a map: - { id: …, http: { url: … } }\n"},
        {"observer: {contact: nobody}\ntargets: [{id: a, http: {url: 'http://localhost/'}}]\n",
         "mond.yaml:1:1: warning: no 'references': when our own network fails, the sites will be said to be down\n"
         "mond.yaml:1:21: warning: 'contact' is neither a web address nor an e-mail address: can the owner of a site "
         "use it?\n"},
        {"observer: {contact: 'https://example.org/me'}\nreferences: []\n"
         "targets: [{id: a, http: {url: 'http://localhost/'}}]\n",
         "mond.yaml:1:21: warning: 'contact' is the example's: write your own, so that the owner of a site can reach "
         "you\n"},
        /* targets */
        {HEAD "targets:\n- http: {url: 'https://a.fr/'}\n- {id: x}\n- {id: y, htp: {url: x}}\n",
         "mond.yaml:4:3: 'id' is missing in 'targets': its name in the record and on the command line, never to be "
         "changed\n"
         "mond.yaml:5:3: the target has no kind: it takes one of: http\n"
         "mond.yaml:6:11: unknown key 'htp' in 'targets': did you mean 'http'?\n"},
        {TARGET "- {id: a, http: {url: 'https://b.fr/'}}\n- {id: all, http: {url: 'https://b.fr/'}}\n"
                "- {id: é, http: {url: 'https://b.fr/'}}\n- {id: -x, http: {url: 'https://b.fr/'}}\n",
         "mond.yaml:7:8: the id 'a' stands twice: first at mond.yaml:4\n"
         "mond.yaml:8:8: 'id': 'all' means every target: choose another id\n"
         "mond.yaml:9:8: 'id': an id begins with a letter or a digit\n"
         "mond.yaml:10:8: 'id': an id begins with a letter or a digit\n"},
        {TARGET
         "- {id: a b, http: {url: 'https://b.fr/'}}\n"
         "- {id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab, http: {url: 'https://b.fr/'}}\n",
         "mond.yaml:7:8: 'id': an id is made of letters without accents, digits, '-', '_' and '.'\n"
         "mond.yaml:8:8: 'id': an id has at most 64 characters\n"},
        {HEAD "targets:\n- {id: b, browser: {url: x}}\n",
         "mond.yaml:4:11: 'browser': this version of mond has no targets of kind 'browser' yet: take it out\n"},
        {TARGET "  hours: {}\n",
         "mond.yaml:7:10: 'timezone' is missing in 'hours': whose clock they go by: Europe/Paris\n"
         "mond.yaml:7:10: 'open' is missing in 'hours': when it is open: \"Mon-Fri 08:30-17:30\"\n"},
        {TARGET "  hours: { timezone: Europe/Pariss, open: [] }\n",
         "mond.yaml:7:22: there is no time zone 'Europe/Pariss': names are like Europe/Paris, or UTC\n"},
        {TARGET "  hours: { timezone: ../../etc/passwd, open: [Mon 08:00-10:00] }\n",
         "mond.yaml:7:22: there is no time zone '../../etc/passwd': names are like Europe/Paris, or UTC\n"},
        {TARGET "  hours: { timezone: UTC, open: [] }\n",
         "mond.yaml:7:10: 'open' is empty: the target would never be looked at\n"},
        {TARGET "  hours: { timezone: UTC, open: [Mon-Fri 08:30-17:30, Sat 9-12, Sun 22:00-06:00], opn: x }\n",
         "mond.yaml:7:55: '9-12' is no span of a day: HH:MM-HH:MM, from 00:00 to 24:00\n"
         "mond.yaml:7:65: '22:00-06:00' ends before it begins: a span over midnight is written as two, one to 24:00 and"
         " one from 00:00\n"
         "mond.yaml:7:83: unknown key 'opn' in 'hours': did you mean 'open'?\n"},
        {HEAD "targets:\n- {id: a, http: 'https://a.fr/'}\n- {id: b, http: }\n- {id: c, http: {method: GET}}\n",
         "mond.yaml:4:11: 'http' takes a map of keys and values: { url: … }\n"
         "mond.yaml:5:11: 'url' is missing in 'http': the page\n"
         "mond.yaml:6:11: 'url' is missing in 'http': the page\n"},
        {TARGET
         "    method: POST\n    max_body: 1\n    application: maybe\n    follow_redirects: 21\n    expect: [1]\n",
         "mond.yaml:7:13: 'method' takes one of: GET, HEAD; not 'POST'\n"
         "mond.yaml:8:15: 'max_body' must be between 1K and 16M, not '1'\n"
         "mond.yaml:9:18: 'application' takes true or false, not 'maybe'\n"
         "mond.yaml:10:23: 'follow_redirects' must be between 0 and 20, not '21'\n"
         "mond.yaml:11:13: 'expect' takes a map of keys and values: { status: … }\n"},
        {TARGET "    expect:\n      contains: [a, [b], impossible, '']\n      colour: red\n",
         "mond.yaml:8:21: 'contains' takes a text, not a list\n"
         "mond.yaml:8:26: 'contains': this is impossible\n"
         "mond.yaml:8:38: 'contains' is empty: write a text, or leave the key out\n"
         "mond.yaml:9:7: unknown key 'colour' in 'expect'\n"},
        {TARGET "    headers: {'a b': c, Accept: x, accept: y, X-Y: [1]}\n",
         "mond.yaml:7:15: 'a b' is no name of a header: letters, digits and '-'\n"
         "mond.yaml:7:36: the header 'accept' stands twice\n"
         "mond.yaml:7:52: 'headers' takes a text, not a list\n"},
        {TARGET "    headers: [a]\n    token: ${env:NOT_THERE}\n",
         "mond.yaml:7:14: 'headers' takes a map: { Name: value }\n"
         "mond.yaml:8:12: 'token': ${env:NOT_THERE}: there is no such environment variable\n"},
        {TARGET "    token: abc\n    headers: {Authorization: Basic xyz}\n",
         "mond.yaml:7:12: warning: 'token' stands here for every reader of this file: write ${credential:NAME} or "
         "${file:/path}\n"
         "mond.yaml:8:30: warning: 'Authorization' stands here for every reader of this file: write "
         "${credential:NAME} or ${file:/path}\n"},
        {TARGET "  title: {de: x}\n- {id: b, title: {}, http: {url: 'https://a.fr'}}\n",
         "mond.yaml:7:11: 'de' is no language of 'title': fr and en are\n"
         "mond.yaml:8:18: 'title' is empty: write a text, or { fr: …, en: … }\n"},
        /* pace */
        {TARGET "  interval: 5s\n  timeout: 3s\n",
         "mond.yaml:7:13: 'interval' is too short for 'example.org': hosts that are not on this machine are asked at "
         "most every 30s\n"},
        {TARGET "  confirm: {retry_interval: 10s}\n",
         "mond.yaml:7:29: 'retry_interval' is too short for 'example.org': hosts that are not on this machine are "
         "asked at most every 30s\n"},
        {HEAD "targets: [{id: a, interval: 1s, timeout: 1s, http: {url: 'http://127.0.0.1:80/'}}]\n", ""},
        {HEAD "targets: [{id: a, interval: 2s, timeout: 5s, http: {url: 'http://localhost/'}}]\n",
         "mond.yaml:3:29: warning: a check of 'a' may take longer ('timeout') than the time to the next one "
         "('interval')\n"},
        {HEAD "targets: [{id: a, ip: 5, paused: 1, http: {url: 'http://localhost/'}}]\n",
         "mond.yaml:3:23: 'ip' takes one of: any, 4, 6; not '5'\n"
         "mond.yaml:3:34: 'paused' takes true or false, not '1'\n"},
};

static void tells_every_mistake(void **state) {
        size_t failed = 0;
        (void)state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(config_free_p) Config *config = NULL;
                config_fixture_write_text("mond.yaml", rows[i].text);
                mon_auto_free char *told = config_fixture_load(&config);
                if (text_is(told, rows[i].told))
                        continue;
                print_error("row %zu:\n%sexpected:\n%stold:\n%s\n", i, rows[i].text, rows[i].told, told);
                failed++;
        }
        assert_int_equal(failed, 0);
}

static void tells_unreadable_files(void **state) {
        static const char big[] = "# this line is repeated until the file is too large ...............\n";
        mon_auto_buf Buf bytes = BUF_INIT(2 * YAML_FILE_MAX);
        Config *config = NULL;
        mon_auto_free char *missing = NULL, *folder = NULL, *large = NULL, *nul = NULL, *dangling = NULL;
        (void)state;

        missing = config_fixture_load(&config);
        assert_string_equal(missing, "mond.yaml:1:1: the file cannot be read: No such file or directory\n");
        assert_int_equal(mkdir("mond.yaml", 0700), 0);
        folder = config_fixture_load(&config);
        assert_string_equal(folder, "mond.yaml:1:1: this is a folder, a pipe or a device, not a file\n");
        assert_int_equal(rmdir("mond.yaml"), 0);
        while (bytes.len <= YAML_FILE_MAX)
                assert_int_equal(buf_append_text(&bytes, big), 0);
        config_fixture_write("mond.yaml", bytes.data, bytes.len);
        large = config_fixture_load(&config);
        assert_string_equal(large, "mond.yaml:1:1: the file is larger than 1048576 bytes\n");
        config_fixture_write("mond.yaml", "a: 1\nb\0", 7);
        nul = config_fixture_load(&config);
        assert_string_equal(nul, "mond.yaml:2:2: a NUL byte: this is not a text file, or it was damaged\n");
        assert_int_equal(unlink("mond.yaml"), 0);
        assert_int_equal(symlink("nowhere", "mond.yaml"), 0);
        dangling = config_fixture_load(&config);
        assert_string_equal(dangling, "mond.yaml:1:1: the file cannot be read: No such file or directory\n");
        assert_null(config);
}

static void a_pipe_holds_up_nothing(void **state) {
        Config *config = NULL;
        (void)state;

        assert_int_equal(mkfifo("mond.yaml", 0600), 0);
        mon_auto_free char *told = config_fixture_load(&config);
        assert_string_equal(told, "mond.yaml:1:1: this is a folder, a pipe or a device, not a file\n");
}

static void counts_what_it_does_not_show(void **state) {
        mon_auto_buf Buf text = BUF_INIT(YAML_FILE_MAX);
        ConfigMistakes mistakes;
        Config *config = NULL;
        (void)state;

        assert_int_equal(buf_append_text(&text, TARGET), 0);
        for (int i = 0; i < CONFIG_MISTAKES_MAX + 7; i++)
                assert_int_equal(buf_printf(&text, "unknown%d: 1\n", i), 0);
        config_fixture_write_text("mond.yaml", text.data);
        assert_int_equal(config_load("mond.yaml", config_fixture_drivers, fake_notifiers, &config, &mistakes),
                         CONFIG_E_MISTAKES);
        assert_int_equal(mistakes.n, CONFIG_MISTAKES_MAX);
        assert_int_equal(mistakes.n_errors, CONFIG_MISTAKES_MAX + 7);
        mon_auto_free char *told = config_mistakes_text(&mistakes);
        assert_true(text_ends(told, "\nmond.yaml:1:1: 7 more mistakes are not shown\n"));
        config_mistakes_fini(&mistakes);
}

static void keeps_its_bounds(void **state) {
        mon_auto_buf Buf text = BUF_INIT(YAML_FILE_MAX), list = BUF_INIT(YAML_FILE_MAX);
        Config *config = NULL;
        (void)state;

        for (int i = 0; i <= TEXT_LIST_MAX; i++)
                assert_int_equal(buf_printf(&list, "%d,", i), 0);
        assert_int_equal(buf_printf(&text, TARGET "    expect: {contains: [%s]}\n", list.data), 0);
        config_fixture_write_text("mond.yaml", text.data);
        mon_auto_free char *items = config_fixture_load(&config);
        assert_string_equal(items, "mond.yaml:7:24: 'contains' has 65 items: 64 are the most\n");

        buf_clear(&text);
        assert_int_equal(buf_append_text(&text, HEAD "targets:\n"), 0);
        for (int i = 0; i <= TARGETS_MAX; i++)
                assert_int_equal(buf_printf(&text, "- {id: t%d, http: {url: 'http://localhost/'}}\n", i), 0);
        config_fixture_write_text("mond.yaml", text.data);
        mon_auto_free char *targets = config_fixture_load(&config);
        assert_string_equal(targets, "mond.yaml:1004:3: there are 1001 targets: 1000 are the most\n");

        buf_clear(&text);
        buf_clear(&list);
        for (int i = 0; i <= CONFIG_REFERENCES_MAX; i++)
                assert_int_equal(buf_printf(&list, "'https://r%d.fr/',", i), 0);
        assert_int_equal(buf_printf(&text,
                                    "observer: {contact: a@b.fr}\nreferences: [%s]\n"
                                    "targets: [{id: a, http: {url: 'http://localhost/'}}]\n",
                                    list.data),
                         0);
        config_fixture_write_text("mond.yaml", text.data);
        mon_auto_free char *references = config_fixture_load(&config);
        assert_string_equal(references, "mond.yaml:2:150: there are 9 references: 8 are the most\n");

        buf_clear(&text);
        while (list.len <= DIRECTIVE_TEXT_MAX)
                assert_int_equal(buf_append_text(&list, "x"), 0);
        assert_int_equal(buf_printf(&text, TARGET "    expect: {final_url: \"%s\"}\n", list.data), 0);
        config_fixture_write_text("mond.yaml", text.data);
        mon_auto_free char *longest = config_fixture_load(&config);
        assert_string_equal(longest, "mond.yaml:7:25: 'final_url' is longer than 4096 bytes\n");
        assert_null(config);
}

/* The most that each number may be is taken, one more is not. */
#define SECTIONS(what) HEAD "targets:\n- id: a\n  http:\n    url: https://example.org/\n    " what "\n"

static void tells_the_mistakes_of_each_section_of_a_list(void **state) {
        static const struct {
                const char *text, *told;
        } cases[] = {
                {SECTIONS("steps: {get: x}"), "mond.yaml:7:12: 'steps' takes a list: each item is a map that begins"
                                              " with '- get: …'\n"},
                {SECTIONS("steps: [{}]"), "mond.yaml:7:12: 'steps' has 1 items: 2 are the least\n"},
                {SECTIONS("steps: [{}, {}, {}, {}]"), "mond.yaml:7:12: 'steps' has 4 items: 3 are the most\n"},
                {SECTIONS("steps: [{gett: x}, {get: nowhere, expect: {status: 1000}}]"),
                 "mond.yaml:7:14: unknown key 'gett' in 'steps': did you mean 'get'?\n"
                 "mond.yaml:7:30: 'get': an address begins with http:// or https://\n"
                 "mond.yaml:7:56: 'status' must be between 0 and 999, not '1000'\n"},
                {SECTIONS("steps: [{}, nothing]"),
                 "mond.yaml:7:17: 'steps' takes a map of keys and values: { get: … }\n"},
                {SECTIONS("steps: [~, {}]"), "mond.yaml:7:13: 'steps' takes a map of keys and values: { get: … }\n"},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                Config *config = NULL;
                config_fixture_write_text("mond.yaml", cases[i].text);
                mon_auto_free char *told = config_fixture_load(&config);
                assert_string_equal(told, cases[i].told);
                assert_null(config);
        }
}

static void a_list_of_sections_has_a_bound(void **state) {
        (void)state;

        for (size_t n = SECTION_LIST_MAX; n <= SECTION_LIST_MAX + 1; n++) {
                mon_cleanup(config_free_p) Config *config = NULL;
                mon_auto_buf Buf text = BUF_INIT(65536);
                assert_int_equal(buf_append_text(&text, TARGET "    marks:\n"), 0);
                for (size_t i = 0; i < n; i++)
                        assert_int_equal(buf_append_text(&text, "    - {}\n"), 0);
                config_fixture_write("mond.yaml", text.data, text.len);
                mon_auto_free char *told = config_fixture_load(&config);
                assert_string_equal(
                        told, n <= SECTION_LIST_MAX ? "" : "mond.yaml:8:5: 'marks' has 65 items: 64 are the most\n");
                assert_int_equal(config != NULL, n <= SECTION_LIST_MAX);
        }
}

static void numbers_have_bounds(void **state) {
        static const struct {
                const char *before;
                int64_t most;
                const char *after;
        } bounds[] = {
                {"defaults: {timeout: 1s, interval: ", CONFIG_INTERVAL_MAX / NSEC_PER_SEC, "s}\n"},
                {"defaults: {interval: 1d, timeout: ", CONFIG_TIMEOUT_MAX / NSEC_PER_SEC, "s}\n"},
                {"defaults: {confirm: {fail: ", CONFIG_CONFIRM_MAX, "}}\n"},
                {"defaults: {confirm: {pass: ", CONFIG_CONFIRM_MAX, "}}\n"},
                {"defaults: {at_once: ", CONFIG_AT_ONCE_MAX, "}\n"},
                {"retention: {bodies: ", CONFIG_RETENTION_MAX / NSEC_PER_SEC, "s}\n"},
        };
        (void)state;

        for (size_t i = 0; i < mon_count_of(bounds); i++)
                for (int more = 0; more <= 1; more++) {
                        mon_cleanup(config_free_p) Config *config = NULL;
                        mon_auto_free char *text = mon_printf(TARGET "%s%" PRId64 "%s", bounds[i].before,
                                                              bounds[i].most + more, bounds[i].after);
                        config_fixture_write_text("mond.yaml", text);
                        mon_auto_free char *told = config_fixture_load(&config);
                        assert_int_equal(strlen(told) == 0, !more);
                        assert_int_equal(strstr(told, "must be between") != NULL, more);
                }
}

/* Whatever is long is quoted in part, on a character's boundary. */
static void quotes_within_bounds(void **state) {
        mon_auto_buf Buf longest = BUF_INIT(DIRECTIVE_TEXT_MAX);
        Config *config = NULL;
        (void)state;

        while (longest.len < 4 * MISTAKES_SHOWN_MAX)
                assert_int_equal(buf_append_text(&longest, "é"), 0);
        mon_auto_free char *text =
                mon_printf(TARGET "    method: %s\n%s: 1\n%s: 2\n", longest.data, longest.data, longest.data);
        config_fixture_write_text("mond.yaml", text);
        mon_auto_free char *told = config_fixture_load(&config);
        assert_true(text_is_utf8(told, strlen(told)));
        assert_int_equal(strlen(told), strlen("mond.yaml:7:13: 'method' takes one of: GET, HEAD; not ''\n"
                                              "mond.yaml:8:1: unknown key ''\nmond.yaml:9:1: unknown key ''\n"
                                              "mond.yaml:9:1: the key '' stands twice: first at line 8\n") +
                                               4 * (MISTAKES_SHOWN_MAX - 1));

        mon_auto_free char *secret = mon_printf(TARGET "    token: ${env:%s%s%s%s%s}\n", longest.data, longest.data,
                                                longest.data, longest.data, longest.data);
        assert_true(5 * longest.len > SECRET_NAME_MAX);
        config_fixture_write_text("mond.yaml", secret);
        mon_auto_free char *refused = config_fixture_load(&config);
        assert_string_equal(refused, "mond.yaml:7:12: 'token': '${' without its '}'\n");
        assert_null(config);
}

/* conf.d: name order, lists appended, maps merged, what stands twice told with both places. */
static void merges_the_folder(void **state) {
        mon_cleanup(config_free_p) Config *config = NULL;
        (void)state;

        assert_int_equal(mkdir("conf.d", 0700), 0);
        config_fixture_write_text("mond.yaml", "observer: {contact: a@b.fr}\ntargets:\n"
                                               "- {id: a, http: {url: 'http://localhost/'}}\n");
        config_fixture_write_text("conf.d/20-b.yaml", "targets:\n- {id: b, http: {url: 'http://localhost/'}}\n"
                                                      "references: ['https://b.fr/']\ndefaults: {timeout: 10s}\n");
        config_fixture_write_text("conf.d/10-c.yaml", "targets:\n- {id: c, http: {url: 'http://localhost/'}}\n"
                                                      "observer: {name: Nous}\nreferences: ['https://c.fr/']\n"
                                                      "defaults: {interval: 90s}\n");
        config_fixture_write_text("conf.d/.hidden.yaml", "zzz: 1\n");
        config_fixture_write_text("conf.d/notes.txt", "zzz: 1\n");
        config_fixture_write_text("conf.d/empty.yaml", "");
        mon_auto_free char *told = config_fixture_load(&config);
        assert_string_equal(told, "");
        static const char *const ids[] = {"a", "c", "b"};
        assert_int_equal(config->targets.n, 3);
        for (size_t i = 0; i < 3; i++)
                assert_string_equal(((Target *)config->targets.items[i])->id, ids[i]);
        assert_string_equal(config->observer_name, "Nous");
        assert_string_equal(config->references.items[0].text, "https://c.fr/");
        assert_int_equal(config->checks.interval, 90 * NSEC_PER_SEC);
        assert_int_equal(config->checks.timeout, 10 * NSEC_PER_SEC);
}

static void tells_what_the_folder_says_twice(void **state) {
        Config *config = NULL;
        (void)state;

        assert_int_equal(mkdir("conf.d", 0700), 0);
        config_fixture_write_text("mond.yaml", TARGET "language: fr\ndefaults: {interval: 60s}\n");
        config_fixture_write_text("conf.d/a.yaml", "language: fr\ndefaults: {interval: 90s, timeout: 10}\n"
                                                   "references: {}\n");
        config_fixture_write_text("conf.d/b.yaml", "- x\n");
        config_fixture_write_text("conf.d/c.yaml", "targets:\n- id: a\n  http: {url: 'http://localhost/'}\n"
                                                   "- id: b\n  http:\n    url: 'http://localhost/'\n"
                                                   "    expect: {contains: [impossible]}\n");
        config_fixture_write_text("conf.d/d.yaml", "a: [\n");
        mon_auto_free char *told = config_fixture_load(&config);
        assert_string_equal(
                told, "conf.d/a.yaml:1:1: 'language' is already set at mond.yaml:7: keep one of them\n"
                      "conf.d/a.yaml:2:12: 'interval' is already set at mond.yaml:8: keep one of them\n"
                      "conf.d/a.yaml:2:36: 'timeout' needs a unit: write 10s for seconds, 10m for minutes\n"
                      "conf.d/a.yaml:3:1: 'references' is already set at mond.yaml:2: keep one of them (or write both "
                      "in the same form)\n"
                      "conf.d/b.yaml:1:1: the file holds no keys: it takes the same ones as the main file, such as "
                      "'targets:'\n"
                      "conf.d/c.yaml:2:7: the id 'a' stands twice: first at mond.yaml:4\n"
                      "conf.d/c.yaml:7:25: 'contains': this is impossible\n"
                      "conf.d/d.yaml:2:1: a value is missing here: check for a missing ']' or '}'\n");
        assert_null(config);
}

static void tells_an_unreadable_folder(void **state) {
        mon_cleanup(config_free_p) Config *config = NULL;
        (void)state;

        config_fixture_write_text("mond.yaml", TARGET);
        config_fixture_write_text("conf.d", "");
        mon_auto_free char *told = config_fixture_load(&config);
        assert_string_equal(told, "mond.yaml:1:1: 'conf.d' cannot be read: Not a directory\n");
        assert_int_equal(unlink("conf.d"), 0);
        assert_int_equal(mkdir("conf.d", 0700), 0);
        assert_int_equal(mkdir("conf.d/x.yaml", 0700), 0);
        mon_auto_free char *inner = config_fixture_load(&config);
        assert_string_equal(inner, "conf.d/x.yaml:1:1: this is a folder, a pipe or a device, not a file\n");
}

static void reads_at_most_so_many_files(void **state) {
        mon_cleanup(config_free_p) Config *config = NULL;
        (void)state;

        assert_int_equal(mkdir("conf.d", 0700), 0);
        config_fixture_write_text("mond.yaml", TARGET);
        for (int i = 0; i < MISTAKES_FILES_MAX; i++) {
                mon_auto_free char *path = mon_printf("conf.d/%03d.yaml", i);
                config_fixture_write_text(path, "");
        }
        mon_auto_free char *told = config_fixture_load(&config);
        assert_string_equal(told, "mond.yaml:1:1: conf.d holds more than 499 files: 'conf.d/499.yaml' is not read\n");
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
                test(tells_every_mistake),
                test(tells_unreadable_files),
                test(a_pipe_holds_up_nothing),
                test(counts_what_it_does_not_show),
                test(keeps_its_bounds),
                test(tells_the_mistakes_of_each_section_of_a_list),
                test(a_list_of_sections_has_a_bound),
                test(numbers_have_bounds),
                test(quotes_within_bounds),
                test(merges_the_folder),
                test(tells_what_the_folder_says_twice),
                test(tells_an_unreadable_folder),
                test(reads_at_most_so_many_files),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
