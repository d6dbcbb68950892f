/* Replays scenarios.
 *
 *   scenario [--seed N] [--trace] FILE…       each as it is written; prints how much faster than time it was
 *   scenario --crash-every-commit FILE…       each again and again, with a crash after its 1st, 2nd, … commit
 *   scenario --twice FILE…                    each twice: the same inputs must give the same trace
 */
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "tests/scenario/expect.h"

#include <stdio.h>
#include <string.h>

#define CRASHES_MAX 2000                    /* commits of one scenario */
#define AFTERMATH (2 * 3600 * NSEC_PER_SEC) /* what a crash may delay is over by then */

typedef struct Run {
        uint64_t seed;
        unsigned crash_at;
        bool finally_only;
        FILE *trace;
        Nsec passed;
        unsigned crashes;
} Run;

static int fail(const Script *script, const Line *line, const Run *run, const Error *error) {
        (void)fprintf(stderr, "%s:%d: ", script->path, line ? line->number : 0);
        for (size_t i = 0; line && i < line->n && !line->block; i++)
                (void)fprintf(stderr, "%s ", line->words[i]);
        if (run->crash_at)
                (void)fprintf(stderr, "(after a crash at commit %u) ", run->crash_at);
        (void)fprintf(stderr, "\n  %s\n", error_text(error));
        return 1;
}

static bool is_expectation(const Line *line) {
        return text_is(line->words[0], "expect") || text_is(line->words[0], "finally");
}

static int play_lines(Life *life, const Script *script, const Run *run) {
        for (size_t i = 0; i < script->n; i++) {
                const Line *line = &script->lines[i];
                mon_auto_error Error error = {0};
                int r = 0;
                if (!is_expectation(line))
                        r = life_do(life, line, &error);
                else if (!run->finally_only)
                        r = expect_line(life, line, &error);
                if (r != 0) {
                        error_set(&error, "%s", mon_strerror(r));
                        return fail(script, line, run, &error);
                }
        }
        return 0;
}

static int play_finally(Life *life, const Script *script, const Run *run) {
        for (size_t i = 0; i < script->n; i++) {
                const Line *line = &script->lines[i];
                mon_auto_error Error error = {0};
                if (text_is(line->words[0], "finally") && expect_line(life, line, &error) != 0)
                        return fail(script, line, run, &error);
        }
        return 0;
}

static int play(const Script *script, Run *run) {
        mon_auto_error Error error = {0};
        Life life;

        if (life_begin(&life, run->seed, run->crash_at, run->trace) != 0) {
                error_set(&error, "the simulated life could not begin");
                return fail(script, NULL, run, &error);
        }
        int failed = play_lines(&life, script, run);
        if (!failed && run->finally_only && life.mond)
                failed = life_pass(&life, AFTERMATH) != 0;
        if (!failed && run->finally_only)
                failed = play_finally(&life, script, run);
        if (!failed && expect_always(&life, &error) != 0)
                failed = fail(script, NULL, run, &error);
        run->passed = life.passed;
        run->crashes = life.crashes;
        life_end(&life);
        return failed;
}

static int play_once(const Script *script, uint64_t seed, FILE *trace) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_system();
        Run run = {.seed = seed, .trace = trace};
        Nsec began = clock_at_boot(clock);

        int failed = play(script, &run);
        double took = (double)(clock_at_boot(clock) - began) / (double)NSEC_PER_SEC;
        double lived = (double)run.passed / (double)NSEC_PER_SEC;
        (void)printf("%s: %s, %.0f s lived in %.3f s, %.0f times faster than time\n", script->path,
                     failed ? "FAILED" : "ok", lived, took, lived / took);
        return failed;
}

static int play_crashes(const Script *script, uint64_t seed) {
        unsigned crashes = 0;

        for (unsigned at = 1; at <= CRASHES_MAX; at++) {
                Run run = {.seed = seed, .crash_at = at, .finally_only = true};
                if (play(script, &run) != 0)
                        return 1;
                if (run.crashes == 0)
                        break; /* the scenario has no further commit */
                crashes++;
        }
        (void)printf("%s: ok after a crash at each of its %u commits\n", script->path, crashes);
        return crashes == 0;
}

static int play_twice(const Script *script, uint64_t seed) {
        mon_auto_free char *first = NULL, *second = NULL;
        size_t first_len = 0, second_len = 0;
        FILE *one = open_memstream(&first, &first_len), *two = open_memstream(&second, &second_len);
        Run run_one = {.seed = seed, .trace = one}, run_two = {.seed = seed, .trace = two};

        int failed = !one || !two || play(script, &run_one) != 0 || play(script, &run_two) != 0;
        if (one)
                (void)fclose(one);
        if (two)
                (void)fclose(two);
        if (!failed && (first_len != second_len || memcmp(first, second, first_len) != 0)) {
                (void)fprintf(stderr, "%s: the same inputs gave two traces:\n--- first\n%s--- second\n%s", script->path,
                              first, second);
                failed = 1;
        }
        if (!failed)
                (void)printf("%s: ok, the same %zu bytes of trace twice\n", script->path, first_len);
        return failed;
}

int main(int argc, char **argv) {
        bool crash = false, twice = false;
        FILE *trace = NULL;
        uint64_t seed = 1;
        int failed = 0, played = 0;

        for (int i = 1; i < argc; i++) {
                mon_auto_error Error error = {0};
                Script script;
                if (text_is(argv[i], "--crash-every-commit"))
                        crash = true;
                else if (text_is(argv[i], "--twice"))
                        twice = true;
                else if (text_is(argv[i], "--trace"))
                        trace = stdout;
                else if (text_is(argv[i], "--seed") && i + 1 < argc)
                        seed = strtoull(argv[++i], NULL, 10);
                else if (script_read(argv[i], &script, &error) != 0) {
                        (void)fprintf(stderr, "%s\n", error_text(&error));
                        return 2;
                } else {
                        failed |= crash   ? play_crashes(&script, seed)
                                  : twice ? play_twice(&script, seed)
                                          : play_once(&script, seed, trace);
                        script_fini(&script);
                        played++;
                }
        }
        return failed || played == 0;
}
