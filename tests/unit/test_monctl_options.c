/* monctl's command line and exit statuses: what is taken, what is refused, and what a state is worth to a script. */
#include "daemon/base/text.h"
#include "daemon/monctl/options.h"
#include "daemon/monctl/status.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#define WORDS_MAX 16

typedef struct Line {
        Monctl ctl;
        char *words[WORDS_MAX];
        int n;
        char *text;
        int status;
} Line;

/* Splits at single spaces: no word of these tests holds one. What is told goes to /dev/null. */
static void read_line(Line *line, Clock *clock, const char *text) {
        char *rest;

        *line = (Line){.ctl = {.clock = clock, .language = LANGUAGE_EN}, .text = mon_strdup(text)};
        rest = line->text;
        while (rest && line->n < WORDS_MAX)
                line->words[line->n++] = strsep(&rest, " ");
        line->status = options_read(&line->ctl, line->n, line->words);
}

static void line_fini(Line *line) {
        options_fini(&line->ctl.options);
        list_each (char, arg, &line->ctl.args)
                free(arg);
        list_fini(&line->ctl.args);
        free(line->text);
}

static void test_lines(void **state) {
        static const struct {
                const char *text;
                int status;
        } rows[] = {
                {"monctl status", 0},
                {"monctl status a --json", 0},
                {"monctl --json status a", 0},
                {"monctl --socket /s status a", 0},
                {"monctl --socket=/s status", 0},
                {"monctl status a b", 64},
                {"monctl statsu", 64},
                {"monctl status --jsn", 64},
                {"monctl status --json=yes", 64},
                {"monctl status --socket", 64},
                {"monctl status --socket /a --socket /b", 64},
                {"monctl status --limit 5", 64},
                {"monctl --limit 5 history a", 0},
                {"monctl history a --limit 0", 64},
                {"monctl history a --limit 10001", 64},
                {"monctl history a --limit 1x", 64},
                {"monctl history", 64},
                {"monctl history -h", 0},
                {"monctl history a --since 7d --until 2026-01-01", 0},
                {"monctl history a --since 7", 64},
                {"monctl check --all", 0},
                {"monctl check --db x --all", 64},
                {"monctl classify -", 0},
                {"monctl classify f --header A:1 --header B:2 --status 503", 0},
                {"monctl classify f --status 99", 64},
                {"monctl status -- --json", 0},
                {"monctl -x", 64},
                {"monctl -", 64},
                {"monctl --", 0},
                {"monctl", 0},
                {"monctl window", 64},
        };
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, INT64_C(1700000000) * NSEC_PER_SEC, 1);

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Line line;
                read_line(&line, clock, rows[i].text);
                if (line.status != rows[i].status)
                        fail_msg("\"%s\": %d, not %d", rows[i].text, line.status, rows[i].status);
                line_fini(&line);
        }
}

static void test_moments(void **state) {
        static const struct {
                const char *text, *at;
        } rows[] = {
                {"2026-01-12T14:05:00Z", "2026-01-12T14:05:00.000Z"},
                {"2026-01-12T15:05:00+01:00", "2026-01-12T14:05:00.000Z"},
                {"2026-01-12 14:05", "2026-01-12T13:05:00.000Z"},
                {"2026-07-12 14:05", "2026-07-12T12:05:00.000Z"},
                {"2026-01-12T14:05:30", "2026-01-12T13:05:30.000Z"},
                {"25m", "2023-11-14T21:48:20.000Z"},
                {"2026-01-12 25:05", NULL},
                {"2026-02-30 14:05", NULL},
                {"14:05", NULL},
                {"hier", NULL},
                {"", NULL},
        };
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, INT64_C(1700000000) * NSEC_PER_SEC, 1);
        Line line;

        (void)state;
        assert_int_equal(setenv("TZ", "Europe/Paris", 1), 0);
        read_line(&line, clock, "monctl report a down");
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                char text[TEXT_TIME_MAX];
                Nsec at = 0;
                assert_int_equal(options_moment(&line.ctl, rows[i].text, &at), rows[i].at != NULL);
                if (!rows[i].at)
                        continue;
                text_time(at, text);
                assert_string_equal(text, rows[i].at);
        }
        line_fini(&line);
        read_line(&line, clock, "monctl report a down --at 25m --corrects 3 --waited 5m");
        assert_int_equal(line.status, 0);
        assert_string_equal(line.ctl.options.at, "2023-11-14T21:48:20.000Z");
        assert_int_equal(line.ctl.options.corrects, 3);
        line_fini(&line);
        read_line(&line, clock, "monctl report a down --at hier");
        assert_int_equal(line.status, 64);
        line_fini(&line);
        assert_int_equal(unsetenv("TZ"), 0);
}

static void test_values_arrive(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, INT64_C(1700000000) * NSEC_PER_SEC, 1);
        Line line;
        Nsec at;

        (void)state;
        read_line(&line, clock, "monctl --no-color events --limit=7 --since 1h --follow --target mes-opposition");
        assert_int_equal(line.status, 0);
        assert_string_equal(line.ctl.command->name, "events");
        assert_int_equal(line.ctl.options.limit, 7);
        assert_true(line.ctl.options.follow && line.ctl.options.no_color && !line.ctl.options.json);
        assert_string_equal(line.ctl.options.target, "mes-opposition");
        assert_true(options_time(&line.ctl, line.ctl.options.since, &at));
        assert_int_equal(at, (INT64_C(1700000000) - 3600) * NSEC_PER_SEC);
        line_fini(&line);
        read_line(&line, clock, "monctl check a -- -b");
        assert_int_equal(line.ctl.args.n, 2);
        assert_string_equal(line.ctl.args.items[1], "-b");
        line_fini(&line);
}

static void test_bounds(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, INT64_C(1700000000) * NSEC_PER_SEC, 1);
        mon_auto_free char **words = mon_new_array(char *, MONCTL_ARGS_MAX + 3);
        static char monctl[] = "monctl", check[] = "check", id[] = "a", classify[] = "classify",
                    header[] = "--header=A: b", file[] = "/dev/null";

        (void)state;
        words[0] = monctl;
        words[1] = check;
        for (size_t i = 0; i <= MONCTL_ARGS_MAX; i++)
                words[i + 2] = id;
        Line fits = {.ctl = {.clock = clock}}, over = {.ctl = {.clock = clock}}, page = {.ctl = {.clock = clock}};
        assert_int_equal(options_read(&fits.ctl, MONCTL_ARGS_MAX + 2, words), EXIT_DONE);
        assert_int_equal(options_read(&over.ctl, MONCTL_ARGS_MAX + 3, words), EXIT_USAGE);
        words[1] = classify;
        words[2] = file;
        for (size_t i = 0; i <= CLASSIFY_HEADERS_MAX; i++)
                words[i + 3] = header;
        assert_int_equal(options_read(&page.ctl, CLASSIFY_HEADERS_MAX + 4, words), EXIT_DONE);
        assert_int_equal(cmd_classify(&page.ctl), EXIT_USAGE);
        line_fini(&fits);
        line_fini(&over);
        line_fini(&page);
}

static int exit_of(const char *states, const char *paths) {
        mon_auto_json *document = json_pack("{s[]s[]}", "targets", "paths");
        mon_auto_free char *copy = mon_strdup(states), *path_copy = mon_strdup(paths);
        char *rest = copy, *word;

        while ((word = strsep(&rest, " ")) != NULL && *word)
                json_add(json_object_get(document, "targets"), json_pack("{ss}", "state", word));
        rest = path_copy;
        while ((word = strsep(&rest, " ")) != NULL && *word)
                json_add(json_object_get(document, "paths"), json_pack("{ss}", "state", word));
        return status_exit(document);
}

static void test_exit_statuses(void **state) {
        (void)state;
        assert_int_equal(exit_of("up up", ""), 0);
        assert_int_equal(exit_of("up degraded", ""), 1);
        assert_int_equal(exit_of("degraded unknown up", ""), 1);
        assert_int_equal(exit_of("up unknown", ""), 3);
        assert_int_equal(exit_of("unknown maintenance", ""), 2);
        assert_int_equal(exit_of("blocked", ""), 3);
        assert_int_equal(exit_of("unreadable down", ""), 2);
        assert_int_equal(exit_of("", ""), 3);
        assert_int_equal(exit_of("down", "open"), 0);
        assert_int_equal(exit_of("up", "open closed impaired"), 2);
        assert_int_equal(exit_of("up", "open impaired unknown"), 1);
        assert_int_equal(exit_of("up", "open unknown"), 3);
        assert_int_equal(exit_of("a-state-of-tomorrow", ""), 3);
}

/* What is told on the way is not this test's business. */
static int silence(void **state) {
        int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

        (void)state;
        assert_true(fd >= 0);
        *state = mon_new(int);
        *(int *)*state = dup(STDERR_FILENO);
        assert_true(dup2(fd, STDERR_FILENO) >= 0);
        close(fd);
        return 0;
}

static int speak(void **state) {
        (void)dup2(*(int *)*state, STDERR_FILENO);
        close(*(int *)*state);
        free(*state);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_lines, silence, speak),
                cmocka_unit_test_setup_teardown(test_bounds, silence, speak),
                cmocka_unit_test(test_values_arrive),
                cmocka_unit_test(test_moments),
                cmocka_unit_test(test_exit_statuses),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
