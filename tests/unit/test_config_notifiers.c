/* Notifiers in the configuration: defaults, what is printed loads again, fingerprints, bounds. */
#include "config/notifiers.h"

#include "daemon/base/text.h"
#include "tests/lib/config_fixture.h"
#include "tests/lib/fake_notifier.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define HEAD                                                                                                           \
        "observer: {contact: a@b.fr}\nreferences: [https://example.org/]\n"                                            \
        "targets: [{id: a, http: {url: 'http://localhost/'}}]\n"

static Config *load_sound(const char *text) {
        Config *config = NULL;

        config_fixture_write_text("mond.yaml", text);
        mon_auto_free char *told = config_fixture_load(&config);
        if (!config)
                fail_msg("%s", told);
        return config;
}

static const Notifier *first(const Config *config) {
        return config->notifiers.items[0];
}

static void fills_every_default(void **state) {
        mon_cleanup(config_free_p) Config *config = load_sound(HEAD "notifiers: [{id: n, fake: {file: f}}]\n");
        const Notifier *notifier = first(config);
        (void)state;

        assert_string_equal(notifier->id, "n");
        assert_ptr_equal(notifier->driver, &fake_notifier);
        assert_int_equal(notifier->remind_every, 0);
        assert_null(notifier->quiet.timezone);
        assert_int_equal(notifier->quiet.at_most, 0);
        assert_int_equal(notifier->language, LANGUAGE_FR);
        assert_true(notifier_wants(notifier, EVENT_PATH_CLOSED));
        assert_true(notifier_wants(notifier, EVENT_PATH_OPEN));
        assert_true(notifier_wants(notifier, EVENT_OBSERVER_BLIND));
        assert_true(notifier_wants(notifier, EVENT_CERTIFICATE_EXPIRING));
        assert_false(notifier_wants(notifier, EVENT_PATH_UNKNOWN));
        assert_false(notifier_wants(notifier, EVENT_TARGET_DOWN));
        assert_false(notifier_wants(notifier, EVENT_DELIVERY_FAILED));
}

static void prints_what_loads_again_to_the_same(void **state) {
        mon_cleanup(config_free_p) Config *config = load_sound(
                HEAD "language: en\nnotifiers:\n- id: n\n  events: [path.*, target.down]\n  remind_every: 6h\n"
                     "  quiet: {timezone: Europe/Paris, from: '00:30', until: '05:00', at_most: 2h}\n"
                     "  fake: {file: f, takes: 3s, token: s3cret}\n- {id: m, fake: {file: g}}\n");
        mon_auto_free char *printed = config_print(config);
        (void)state;

        assert_null(strstr(printed, "s3cret"));
        assert_non_null(strstr(printed, "token: \"<secret>\""));
        mon_cleanup(config_free_p) Config *again = load_sound(printed);
        mon_auto_free char *printed_again = config_print(again);
        assert_string_equal(printed, printed_again);
        assert_true(config->hash == again->hash);
        assert_int_equal(again->notifiers.n, 2);
        assert_string_equal(first(again)->quiet.until, "05:00");
        assert_int_equal(first(again)->quiet.at_most, 7200 * NSEC_PER_SEC);
        assert_int_equal(first(again)->remind_every, 6 * 3600 * NSEC_PER_SEC);
        assert_int_equal(first(again)->language, LANGUAGE_EN);
}

/* Equal means unchanged: it is not armed anew. */
static void fingerprints_every_setting(void **state) {
        static const char *const others[] = {
                "{id: n, fake: {file: g, token: t}}",
                "{id: n, fake: {file: f, token: u}}",
                "{id: n, events: [path.*], fake: {file: f, token: t}}",
                "{id: n, remind_every: 1h, fake: {file: f, token: t}}",
                "{id: n, quiet: {timezone: UTC, from: '01:00', until: '02:00'}, fake: {file: f, token: t}}",
        };
        mon_cleanup(config_free_p) Config *config =
                load_sound(HEAD "notifiers: [{id: n, fake: {file: f, token: t}}]\n");
        mon_cleanup(config_free_p) Config *same =
                load_sound("language: en\n" HEAD "notifiers:\n- fake: {token: t, file: f}\n  id: n\n  quiet: {}\n");
        (void)state;

        assert_true(first(config)->fingerprint == first(same)->fingerprint);
        for (size_t i = 0; i < mon_count_of(others); i++) {
                mon_auto_free char *text = mon_printf(HEAD "notifiers: [%s]\n", others[i]);
                mon_cleanup(config_free_p) Config *other = load_sound(text);
                if (first(config)->fingerprint == first(other)->fingerprint)
                        fail_msg("%s", others[i]);
        }
}

/* The most that each may be is taken, one more is not. */
static char *told_of(const char *before, const char *value, const char *after) {
        mon_auto_free char *text = mon_printf(HEAD "%s%s%s", before, value, after);
        mon_cleanup(config_free_p) Config *config = NULL;

        config_fixture_write_text("mond.yaml", text);
        return config_fixture_load(&config);
}

static void has_bounds(void **state) {
        static const char remind[] = "notifiers: [{id: n, fake: {file: f}, remind_every: ";
        static const char at_most[] =
                "notifiers: [{id: n, fake: {file: f}, quiet: {timezone: UTC, from: '01:00', until: "
                "'02:00', at_most: ";
        const struct {
                const char *before, *after;
                Nsec most;
                const char *wrong;
        } spans[] = {{remind, "}]\n", NOTIFIER_REMIND_MAX, "between 1s and 366d"},
                     {at_most, "}}]\n", NOTIFIER_QUIET_AT_MOST_MAX, "between 1s and 1d"}};
        mon_auto_buf Buf list = BUF_INIT(1 << 20), patterns = BUF_INIT(1 << 20);
        (void)state;

        for (size_t i = 0; i < mon_count_of(spans); i++) {
                mon_auto_free char *span = text_duration(spans[i].most);
                mon_auto_free char *longer = text_duration(spans[i].most + NSEC_PER_SEC);
                mon_auto_free char *good = told_of(spans[i].before, span, spans[i].after);
                mon_auto_free char *bad = told_of(spans[i].before, longer, spans[i].after);
                assert_string_equal(good, "");
                assert_non_null(strstr(bad, spans[i].wrong));
        }
        for (int i = 0; i < NOTIFIERS_MAX; i++)
                assert_int_equal(buf_printf(&list, "- {id: n%d, fake: {file: f}}\n", i), 0);
        mon_auto_free char *as_many = told_of("notifiers:\n", list.data, "");
        assert_string_equal(as_many, "");
        mon_auto_free char *too_many = told_of("notifiers:\n- {id: n, fake: {file: f}}\n", list.data, "");
        assert_string_equal(too_many, "mond.yaml:69:3: there are 65 notifiers: 64 are the most\n");
        for (int i = 0; i < NOTIFIER_EVENTS_MAX; i++)
                assert_int_equal(buf_append_text(&patterns, "'*',"), 0);
        mon_auto_free char *all = told_of("notifiers: [{id: n, events: [", patterns.data, "], fake: {file: f}}]\n");
        assert_string_equal(all, "");
        mon_auto_free char *more =
                told_of("notifiers: [{id: n, fake: {file: f}, events: [", patterns.data, "path.*]}]\n");
        assert_string_equal(more, "mond.yaml:4:175: there are 33 patterns: 32 are the most\n");
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

#define test(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
        const struct CMUnitTest tests[] = {
                test(fills_every_default),
                test(prints_what_loads_again_to_the_same),
                test(fingerprints_every_setting),
                test(has_bounds),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
