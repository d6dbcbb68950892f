#include "tests/lib/config_fixture.h"

#include "daemon/base/text.h"
#include "tests/lib/fake_notifier.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void config_fixture_init(ConfigFixture *fixture) {
        (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/mond-test-XXXXXX");
        if (!mkdtemp(fixture->folder) || chdir(fixture->folder) < 0)
                abort();
}

static void remove_all(const char *path) {
        struct dirent **entries = NULL;

        if (remove(path) == 0)
                return;
        (void)chmod(path, 0700);
        int n = scandir(path, &entries, NULL, NULL);
        for (int i = 0; i < n; i++) {
                mon_auto_free char *inner = mon_printf("%s/%s", path, entries[i]->d_name);
                if (!text_is(entries[i]->d_name, ".") && !text_is(entries[i]->d_name, ".."))
                        remove_all(inner);
                free(entries[i]);
        }
        free(entries);
        (void)remove(path);
}

void config_fixture_fini(ConfigFixture *fixture) {
        if (chdir("/") < 0)
                abort();
        remove_all(fixture->folder);
}

void config_fixture_write(const char *path, const void *bytes, size_t n) {
        /* Anew each time: writing over a file makes some file systems flush it to the disk. */
        (void)remove(path);
        FILE *file = fopen(path, "we");

        if (!file || fwrite(bytes, 1, n, file) != n || fclose(file) != 0)
                abort();
}

void config_fixture_write_text(const char *path, const char *text) {
        config_fixture_write(path, text, strlen(text));
}

static char *check_fake_url(const char *text) {
        return text_starts(text, "https://") || text_starts(text, "http://")
                       ? NULL
                       : mon_strdup("an address begins with http:// or https://");
}

#define AT(member) .offset = offsetof(FakeSpec, member)

static const DirectiveChoice methods[] = {{"GET", 1}, {"HEAD", 2}, {NULL, 0}};

static const Directive expect_rows[] = {
        {.key = "status", .type = DIRECTIVE_TEXTS, AT(status), .fallback = "[200-299]"},
        {.key = "contains", .type = DIRECTIVE_TEXTS, AT(contains)},
        {.key = "xpath", .type = DIRECTIVE_TEXTS, AT(xpath)},
        {.key = "final_url", .type = DIRECTIVE_TEXT, AT(final_url)},
        {.key = NULL},
};

static const Directive step_expect_rows[] = {
        {.key = "contains", .type = DIRECTIVE_TEXTS, .offset = offsetof(FakeExpect, contains)},
        {.key = "status", .type = DIRECTIVE_INT, .offset = offsetof(FakeExpect, status), .fallback = "200", .max = 999},
        {.key = NULL},
};

static const Directive step_rows[] = {
        {.key = "get", .type = DIRECTIVE_TEXT, .offset = offsetof(FakeStep, get), .check = check_fake_url},
        {.key = "token", .type = DIRECTIVE_SECRET, .offset = offsetof(FakeStep, token)},
        {.key = "expect", .type = DIRECTIVE_SECTION, .offset = offsetof(FakeStep, expect), .section = step_expect_rows},
        {.key = NULL},
};

static const Directive mark_rows[] = {
        {.key = "name", .type = DIRECTIVE_TEXT, .offset = offsetof(FakeMark, name), .help = "what it is called"},
        {.key = NULL},
};

static const Directive fake_rows[] = {
        {.key = "url", .type = DIRECTIVE_TEXT, AT(url), .required = true, .check = check_fake_url, .help = "the page"},
        {.key = "method", .type = DIRECTIVE_CHOICE, AT(method), .fallback = "GET", .choices = methods},
        {.key = "headers", .type = DIRECTIVE_HEADERS, AT(headers)},
        {.key = "follow_redirects", .type = DIRECTIVE_INT, AT(redirects), .fallback = "10", .max = 20},
        {.key = "max_body", .type = DIRECTIVE_SIZE, AT(max_body), .fallback = "2M", .min = 1024, .max = 16777216},
        {.key = "slow_after", .type = DIRECTIVE_DURATION, AT(slow_after), .fallback = "8s"},
        {.key = "expect", .type = DIRECTIVE_SECTION, .section = expect_rows},
        {.key = "application", .type = DIRECTIVE_BOOL, AT(application), .fallback = "false"},
        {.key = "token", .type = DIRECTIVE_SECRET, AT(token)},
        {.key = "steps",
         .type = DIRECTIVE_SECTIONS,
         AT(steps),
         .section = step_rows,
         .item_size = sizeof(FakeStep),
         .min = 2,
         .max = FAKE_STEPS_MAX},
        {.key = "marks", .type = DIRECTIVE_SECTIONS, AT(marks), .section = mark_rows, .item_size = sizeof(FakeMark)},
        {.key = NULL},
};

static void fake_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata, char **ret_host) {
        FakeSpec *fake = spec;
        const char *host = strstr(fake->url, "//") + 2;

        assert(target->id && target->timeout > 0);
        *ret_host = mon_strndup(host, strcspn(host, ":/"));
        fake->prepared = mon_strdup(fake->url);
        for (size_t i = 0; i < fake->contains.n; i++)
                if (text_is(fake->contains.items[i].text, "impossible"))
                        mistake(userdata, fake->contains.items[i].line, fake->contains.items[i].column,
                                "'contains': this is impossible");
}

static void fake_fini(void *spec) {
        free(((FakeSpec *)spec)->prepared);
}

static const ProbeDriver fake_driver = {
        .name = "http",
        .directives = fake_rows,
        .spec_size = sizeof(FakeSpec),
        .prepare = fake_prepare,
        .fini = fake_fini,
};

const ProbeDriver *const config_fixture_drivers[] = {&fake_driver, NULL};

char *config_fixture_load(Config **ret_config) {
        ConfigMistakes mistakes = {0};

        int r = config_load("mond.yaml", config_fixture_drivers, fake_notifiers, ret_config, &mistakes);
        assert((r == 0) == (mistakes.n_errors == 0) && (r == 0 || r == CONFIG_E_MISTAKES));
        char *text = config_mistakes_text(&mistakes);
        config_mistakes_fini(&mistakes);
        return text;
}
