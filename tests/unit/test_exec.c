/* Commands as probes: what their ends mean, and that nothing of them outlives a look, floods us or sees what is ours.
 */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/ask.h"
#include "probes/exec.h"
#include "probes/exec_result.h"
#include "probes/registry.h"
#include "tests/lib/one_look.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static int setup(void **state) {
        OneLook *look = mon_new(OneLook);

        one_look_init(look);
        *state = look;
        return 0;
}

static int teardown(void **state) {
        one_look_fini(*state);
        free(*state);
        return 0;
}

/* The script within single quotes of YAML, so it has none itself. */
static char *block_of(const char *script) {
        return mon_printf("timeout: 5s, exec: { command: [/bin/sh, -c, '%s'] }", script);
}

static const Observation *see(OneLook *look, const char *script, Verdict verdict, Cause cause) {
        mon_auto_free char *block = block_of(script);

        one_look_expect(look, block, verdict, cause);
        return look->seen;
}

static void see_text(OneLook *look, const char *script, Verdict verdict, Cause cause, const char *detail) {
        const Observation *seen = see(look, script, verdict, cause);

        if (!text_is(seen->detail, detail))
                fail_msg("%s: '%s' instead of '%s'", script, seen->detail ? seen->detail : "(nothing)",
                         detail ? detail : "(nothing)");
}

static const char *assertion(const Observation *seen, const char *start) {
        for (size_t i = 0; i < seen->n_assertions; i++)
                if (text_starts(seen->assertions[i].text, start))
                        return seen->assertions[i].text;
        return NULL;
}

/* --- what the end means ------------------------------------------------------------------------------------------ */

static void test_status_is_the_verdict(void **state) {
        see_text(*state, "echo OK; exit 0", VERDICT_UP, CAUSE_OK, "OK");
        see_text(*state, "exit 0", VERDICT_UP, CAUSE_OK, NULL);
        see_text(*state, "echo slow; exit 1", VERDICT_DEGRADED, CAUSE_EXEC_WARNING, "slow");
        see_text(*state, "echo dead; exit 2", VERDICT_DOWN, CAUSE_EXEC_FAILED, "dead");
        see_text(*state, "exit 2", VERDICT_DOWN, CAUSE_EXEC_FAILED, "exits with status 2");
        see_text(*state, "echo what; exit 3", VERDICT_UNREADABLE, CAUSE_EXEC_UNKNOWN, "what");
        see_text(*state, "echo odd; exit 4", VERDICT_DOWN, CAUSE_EXEC_FAILED, "exits with status 4: odd");
        see_text(*state, "exit 255", VERDICT_DOWN, CAUSE_EXEC_FAILED, "exits with status 255");
        see_text(*state, "echo so; kill -SEGV $$", VERDICT_DOWN, CAUSE_EXEC_FAILED, "killed by SIGSEGV: so");
        see_text(*state, "kill -40 $$", VERDICT_DOWN, CAUSE_EXEC_FAILED, "killed by signal 40");
}

static void test_a_command_that_cannot_begin(void **state) {
        const Observation *seen = NULL;
        OneLook *look = *state;
        mon_auto_free char *here = realpath(".", NULL);

        one_look_expect(look, "exec: { command: [/nonexistent/check] }", VERDICT_DOWN, CAUSE_EXEC_FAILED);
        assert_string_equal(look->seen->detail, "cannot be started: No such file or directory");
        config_fixture_write_text("plain", "#!/bin/sh\nexit 0\n");
        mon_auto_free char *block = mon_printf("exec: { command: [%s/plain] }", here);
        assert_int_equal(chmod("plain", 0644), 0);
        seen = one_look_at(look, block);
        assert_int_equal(seen->cause, CAUSE_EXEC_FAILED);
        assert_string_equal(seen->detail, "cannot be started: Permission denied");
        assert_int_equal(chmod("plain", 0755), 0);
        one_look_expect(look, block, VERDICT_UP, CAUSE_OK);
        config_fixture_write_text("plain", "no program at all\n");
        assert_int_equal(chmod("plain", 0755), 0);
        seen = one_look_at(look, block);
        assert_string_equal(seen->detail, "cannot be started: Exec format error");
}

static void test_what_it_says(void **state) {
        const Observation *seen =
                see(*state, "printf \"PING OK - 3 ms | rta=3ms;100;500 pl=0%%\\nmore|x=1\\n\"", VERDICT_UP, CAUSE_OK);

        assert_string_equal(seen->detail, "PING OK - 3 ms");
        assert_string_equal(assertion(seen, "perfdata"), "perfdata: rta=3ms;100;500 pl=0%");
        assert_non_null(assertion(seen, "exits with status 0"));
        seen = see(*state, "echo \"| x=1\"; exit 1", VERDICT_DEGRADED, CAUSE_EXEC_WARNING);
        assert_string_equal(seen->detail, "exits with status 1");
        assert_string_equal(assertion(seen, "perfdata"), "perfdata: x=1");
        see_text(*state, "echo cannot >&2; exit 2", VERDICT_DOWN, CAUSE_EXEC_FAILED, "cannot");
        see_text(*state, "echo first; echo cannot >&2; exit 2", VERDICT_DOWN, CAUSE_EXEC_FAILED, "first");
        see_text(*state, "printf \"a\\033[31mb\\000c\\351x\\n\"", VERDICT_UP, CAUSE_OK, "a [31mb c?x");
        seen = see(*state, "yes 0123456789 | tr -d \"\\n\" | head -c 100000 | tee /dev/stderr; exit 2", VERDICT_DOWN,
                   CAUSE_EXEC_FAILED);
        assert_in_range(strlen(seen->detail), OBSERVATION_DETAIL_MAX - 4, OBSERVATION_DETAIL_MAX);
        seen = see(*state, "printf \"x|\"; yes 0123456789 | tr -d \"\\n\" | head -c 9000", VERDICT_UP, CAUSE_OK);
        assert_in_range(strlen(assertion(seen, "perfdata: ")), EXEC_PERFDATA_MAX, OBSERVATION_DETAIL_MAX);
}

/* --- what it gets ---------------------------------------------------------------------------------------------------
 */

static void test_what_it_gets(void **state) {
        int open_one = open("/", O_RDONLY); /* without close-on-exec */

        assert_in_range(open_one, 3, 100);
        (void)setenv("MOND_SECRET", "x", 1);
        see_text(*state, "env | sort | tr \"\\n\" \" \"", VERDICT_UP, CAUSE_OK,
                 "LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PWD=/");
        see_text(*state, "pwd; exit 2", VERDICT_DOWN, CAUSE_EXEC_FAILED, "/");
        see_text(*state, "umask", VERDICT_UP, CAUSE_OK, "0077");
        see_text(*state, "cat; echo end", VERDICT_UP, CAUSE_OK, "end");
        see_text(*state, "exec ls -x /proc/self/fd", VERDICT_UP, CAUSE_OK, "0  1  2  3"); /* 3 is the folder itself */
        see_text(*state, "grep -E \"^Sig(Blk|Ign)\" /proc/self/status | tr -dc \"1-9a-f\"; echo .", VERDICT_UP,
                 CAUSE_OK, ".");
        see_text(*state, "grep NoNewPrivs /proc/self/status", VERDICT_UP, CAUSE_OK, "NoNewPrivs: 1");
        (void)unsetenv("MOND_SECRET");
        (void)close(open_one);
}

static void test_limits(void **state) {
        mon_auto_free char *limits = mon_printf("%d %d %lu %d 0", CHILD_CPU_SECONDS_MAX, CHILD_DESCRIPTORS_MAX,
                                                CHILD_MEMORY_MAX / 1024, (int)(CHILD_FILE_SIZE_MAX / 512));
        see_text(*state, "echo $(ulimit -t) $(ulimit -n) $(ulimit -d) $(ulimit -f) $(ulimit -c)", VERDICT_UP, CAUSE_OK,
                 limits);
        /* They hold: more memory than that is refused, and a larger file ends it. */
        see_text(*state, "dd if=/dev/zero of=/dev/null bs=600M count=1 2>/dev/null || echo refused", VERDICT_UP,
                 CAUSE_OK, "refused");
        OneLook *look = *state;
        mon_auto_free char *here = realpath(".", NULL);
        mon_auto_free char *script = mon_printf("exec head -c 17M /dev/zero >%s/large", here);
        see_text(look, script, VERDICT_DOWN, CAUSE_EXEC_FAILED, "killed by SIGXFSZ");
        struct stat large;
        assert_int_equal(stat("large", &large), 0);
        assert_int_equal(large.st_size, CHILD_FILE_SIZE_MAX);
}

/* --- what it may try ------------------------------------------------------------------------------------------------
 */

static void test_a_flood_is_stopped(void **state) {
        mon_auto_free char *why = mon_printf("stopped: it writes more than %u bytes: y", CHILD_FLOOD_MAX);

        see_text(*state, "yes", VERDICT_DOWN, CAUSE_EXEC_FAILED, why);
        see_text(*state, "exec yes >&2", VERDICT_DOWN, CAUSE_EXEC_FAILED, why);
        /* More than is kept, less than a flood. */
        mon_auto_free char *long_one = mon_printf("yes | head -c %d; exit 1", 10 * CHILD_OUTPUT_MAX);
        see_text(*state, long_one, VERDICT_DEGRADED, CAUSE_EXEC_WARNING, "y");
}

static void test_the_deadline(void **state) {
        OneLook *look = *state;
        const Observation *seen = see(look, "echo begun; exec sleep 1000", VERDICT_DOWN, CAUSE_EXEC_FAILED);

        assert_string_equal(seen->detail, "stopped: it did not end within 5s: begun");
        assert_int_equal(seen->duration, 5 * NSEC_PER_SEC);
        /* Deaf to SIGTERM, and so is what it began. */
        seen = see(look, "trap \"\" TERM; sleep 1000 & while :; do sleep 1000; done", VERDICT_DOWN, CAUSE_EXEC_FAILED);
        assert_int_equal(seen->duration, 5 * NSEC_PER_SEC + CHILD_GRACE);
        /* Its outputs closed, it is still awaited. */
        see(look, "exec >&- 2>&-; exec sleep 1000", VERDICT_DOWN, CAUSE_EXEC_FAILED);
        /* The block's own timeout counts before the target's. */
        seen = one_look_at(look, "timeout: 5s, exec: { command: [/bin/sleep, 1000], timeout: 2s }");
        assert_int_equal(seen->duration, 2 * NSEC_PER_SEC);
        assert_string_equal(seen->detail, "stopped: it did not end within 2s");
}

static bool is_alive(pid_t pid) {
        mon_auto_free char *path = mon_printf("/proc/%d/stat", (int)pid);
        char text[200] = "";
        FILE *file = fopen(path, "re");

        if (!file)
                return false;
        (void)!fread(text, 1, sizeof text - 1, file);
        (void)fclose(file);
        const char *name_end = strrchr(text, ')');
        return name_end && name_end[2] != 'Z' && name_end[2] != 'X';
}

/* Killed, it is gone as soon as the kernel comes to it. */
static void expect_gone(World *world, pid_t pid) {
        for (int i = 0; i < 2000 && is_alive(pid); i++) {
                loop_begin_work(world->loop);
                (void)!loop_settle(world->loop);
                loop_end_work(world->loop);
        }
        assert_false(is_alive(pid));
}

static void test_nothing_outlives_it(void **state) {
        OneLook *look = *state;
        int64_t pid = 0;

        /* A grandchild holds the pipe open, and hears nothing. */
        const Observation *seen =
                see(look, "trap \"\" HUP TERM; sleep 1000 & echo $!; exit 1", VERDICT_DEGRADED, CAUSE_EXEC_WARNING);
        assert_int_equal(text_parse_int(seen->detail, 2, INT32_MAX, &pid), 0);
        expect_gone(&look->world, (pid_t)pid);
        /* Out of the group it lives on, and the look ends all the same. */
        seen = see(look, "setsid sleep 1000 & echo $!; exit 0", VERDICT_UP, CAUSE_OK);
        assert_int_equal(text_parse_int(seen->detail, 2, INT32_MAX, &pid), 0);
        (void)kill((pid_t)pid, SIGKILL);
        expect_gone(&look->world, (pid_t)pid);
}

static void never(Observation *observation, void *userdata) {
        (void)userdata;
        observation_free(observation);
        fail_msg("a cancelled look is told");
}

static void test_cancel_kills(void **state) {
        OneLook *look = *state;
        mon_auto_free char *here = realpath(".", NULL);
        mon_auto_free char *script = mon_printf("echo $$ >%s/pid; exec sleep 1000", here);
        mon_auto_free char *block = block_of(script);
        mon_auto_free char *told = one_look_load(look, block);
        Probe *probe = NULL;
        struct stat file = {0};

        if (!look->config)
                fail_msg("%s", told);
        const Target *target = look->config->targets.items[0];
        assert_int_equal(target->driver->start(&look->services, target, never, NULL, &probe), 0);
        for (int i = 0; i < 1000 && (stat("pid", &file) < 0 || file.st_size == 0); i++)
                assert_int_equal(loop_settle(look->world.loop), 0);
        FILE *in = fopen("pid", "re");
        int pid = 0;
        assert_int_equal(fscanf(in, "%d", &pid), 1);
        (void)fclose(in);
        assert_true(is_alive(pid));
        target->driver->cancel(probe);
        expect_gone(&look->world, pid);
        /* Reaped by the loop, without anybody who waits for it. */
        for (int i = 0; i < 2000 && kill(pid, 0) == 0; i++) {
                loop_begin_work(look->world.loop);
                assert_int_equal(loop_settle(look->world.loop), 0);
                loop_end_work(look->world.loop);
        }
        assert_int_equal(kill(pid, 0), -1);
        /* At once after its start, and with the world ending right behind it. */
        assert_int_equal(target->driver->start(&look->services, target, never, NULL, &probe), 0);
        target->driver->cancel(probe);
        target->driver->cancel(NULL);
}

/* --- run by a helper ------------------------------------------------------------------------------------------------
 */

/* Takes one line and says its words; hangs up after them if it is to. */
typedef struct Helper {
        Loop *loop;
        LoopIo *listening, *asked;
        int fd, connection;
        const char *words;
        size_t n;
        bool stays;
        char line[ASK_QUESTION_MAX + 2];
} Helper;

static void on_asked(int fd, unsigned ready, void *userdata) {
        Helper *helper = userdata;

        (void)ready;
        ssize_t n = recv(fd, helper->line, sizeof helper->line - 1, 0);
        helper->line[n > 0 ? n : 0] = '\0';
        loop_io_free(mon_steal(&helper->asked));
        for (size_t at = 0; at < helper->n;) {
                ssize_t sent = send(fd, helper->words + at, helper->n - at, MSG_NOSIGNAL | MSG_DONTWAIT);
                if (sent <= 0)
                        break;
                at += (size_t)sent;
        }
        if (!helper->stays)
                (void)shutdown(fd, SHUT_RDWR);
}

static void on_visitor(int fd, unsigned ready, void *userdata) {
        Helper *helper = userdata;

        (void)ready;
        loop_io_free(mon_steal(&helper->asked));
        if (helper->connection >= 0)
                (void)close(helper->connection);
        helper->connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        assert_int_equal(loop_io_new(helper->loop, helper->connection, LOOP_READ, on_asked, helper, &helper->asked), 0);
}

static void helper_init(Helper *helper, Loop *loop, const char *path) {
        struct sockaddr_un place = {.sun_family = AF_UNIX};

        (void)snprintf(place.sun_path, sizeof place.sun_path, "%s", path);
        *helper = (Helper){.loop = loop, .connection = -1};
        helper->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        assert_int_equal(bind(helper->fd, (struct sockaddr *)&place, sizeof place), 0);
        assert_int_equal(listen(helper->fd, 8), 0);
        assert_int_equal(loop_io_new(loop, helper->fd, LOOP_READ, on_visitor, helper, &helper->listening), 0);
}

static void helper_fini(Helper *helper) {
        loop_io_free(helper->asked);
        loop_io_free(helper->listening);
        (void)close(helper->fd);
        if (helper->connection >= 0)
                (void)close(helper->connection);
}

/* The command itself must never run here. */
static const char elsewhere[] = "timeout: 5s, exec: { command: [/bin/sh, -c, \"echo ran >ran\"] }";

static void say_all(OneLook *look, Helper *helper, const char *words, Verdict verdict, Cause cause,
                    const char *detail) {
        helper->words = words;
        helper->n = strlen(words);
        one_look_expect(look, elsewhere, verdict, cause);
        if (!text_is(look->seen->detail, detail))
                fail_msg("%s: '%s' instead of '%s'", words, look->seen->detail ? look->seen->detail : "", detail);
        assert_string_equal(helper->line, "t\n");
}

static void test_a_helper_answers(void **state) {
        OneLook *look = *state;
        Helper helper;

        look->services.exec_socket = "helper.sock";
        helper_init(&helper, look->world.loop, look->services.exec_socket);
        say_all(look, &helper, "{\"end\":\"exited\",\"code\":1,\"text\":\"slow\",\"perfdata\":\"x=1\"}\n",
                VERDICT_DEGRADED, CAUSE_EXEC_WARNING, "slow");
        assert_string_equal(assertion(look->seen, "perfdata"), "perfdata: x=1");
        say_all(look, &helper, "{\"end\":\"exited\",\"code\":0,\"text\":null}", VERDICT_UP, CAUSE_OK, NULL);
        say_all(look, &helper, "{\"end\":\"timed_out\",\"code\":0}", VERDICT_DOWN, CAUSE_EXEC_FAILED,
                "stopped: it did not end within 5s");
        say_all(look, &helper, "{\"end\":\"not_started\",\"code\":13}", VERDICT_DOWN, CAUSE_EXEC_FAILED,
                "cannot be started: Permission denied");
        say_all(look, &helper, "{\"error\":\"no\\u001b[1m such id\"}", VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT,
                "mond-exec ran nothing: no [1m such id");
        helper_fini(&helper);
}

static void test_a_hostile_helper(void **state) {
        static const char *const bad[] = {
                "[]",
                "null",
                "{}",
                "{\"end\":\"exited\"}",
                "{\"end\":\"exited\",\"code\":-1}",
                "{\"end\":\"exited\",\"code\":4096}",
                "{\"end\":\"exited\",\"code\":\"0\"}",
                "{\"end\":0,\"code\":0}",
                "{\"end\":\"up\",\"code\":0}",
                "{\"end\":\"exited\",\"code\":0",
                "{\"end\":\"exited\",\"code\":0}{\"end\":\"exited\",\"code\":0}",
                "{\"end\":\"exited\",\"code\":0,\"code\":0}",
                "\xff\xfe",
        };
        OneLook *look = *state;
        Helper helper;

        look->services.exec_socket = "helper.sock";
        helper_init(&helper, look->world.loop, look->services.exec_socket);
        for (size_t i = 0; i < mon_count_of(bad); i++) {
                helper.words = bad[i];
                helper.n = strlen(bad[i]);
                one_look_expect(look, elsewhere, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT);
        }
        say_all(look, &helper, "", VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT,
                "mond-exec ran nothing: it hung up without an answer");
        mon_auto_free char *endless = mon_calloc(1, 20 * EXEC_ANSWER_MAX + 1);
        memset(endless, ' ', 20 * EXEC_ANSWER_MAX);
        say_all(look, &helper, endless, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT,
                "mond-exec, which runs commands, answers too much");
        /* A whole answer is none before the end of the connection. */
        helper.stays = true;
        say_all(look, &helper, "{\"end\":\"exited\",\"code\":0}", VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT,
                "mond-exec, which runs commands, did not answer");
        helper_fini(&helper);
}

static void test_no_helper(void **state) {
        static const char absent[] = "commands are run by mond-exec, which is not there: systemctl enable --now "
                                     "mond-exec.socket";
        OneLook *look = *state;
        Helper helper;

        look->services.exec_socket = "helper.sock";
        one_look_expect(look, elsewhere, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT);
        assert_string_equal(look->seen->detail, absent);
        helper_init(&helper, look->world.loop, look->services.exec_socket);
        helper_fini(&helper); /* the name stays, without anybody behind it */
        one_look_expect(look, elsewhere, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT);
        assert_string_equal(look->seen->detail, absent);
        assert_int_equal(access("/ran", F_OK), -1);
        /* Cancelled while it is asked, nothing is told. */
        (void)unlink("helper.sock");
        helper_init(&helper, look->world.loop, look->services.exec_socket);
        helper.stays = true;
        const Target *target = look->config->targets.items[0];
        Probe *probe = NULL;
        assert_int_equal(target->driver->start(&look->services, target, never, NULL, &probe), 0);
        assert_int_equal(loop_settle(look->world.loop), 0);
        target->driver->cancel(probe);
        assert_int_equal(loop_settle(look->world.loop), 0);
        helper_fini(&helper);
}

static void test_bounds_of_a_question(void **state) {
        OneLook *look = *state;
        char question[ASK_QUESTION_MAX + 1] = {0};
        AskRequest request = {.path = "helper.sock", .question = question, .answer_max = 1};
        Ask *ask = NULL;

        memset(question, 'a', ASK_QUESTION_MAX);
        assert_int_equal(ask_start(look->world.loop, &request, NULL, NULL, &ask), -EMSGSIZE);
        request.path = question;
        request.question = "a";
        assert_int_equal(ask_start(look->world.loop, &request, NULL, NULL, &ask), -ENAMETOOLONG);
        assert_null(ask);
}

static void test_answers_are_read_as_they_are_printed(void **state) {
        (void)state;
        for (ChildEnd end = CHILD_EXITED; end <= CHILD_NOT_STARTED; end++) {
                char text[2 * OBSERVATION_DETAIL_MAX], perfdata[2 * OBSERVATION_DETAIL_MAX];
                memset(text, '"', sizeof text);
                memset(perfdata, '\\', sizeof perfdata);
                text[OBSERVATION_DETAIL_MAX] = perfdata[EXEC_PERFDATA_MAX] = '\0';
                const ExecResult said = {.end = end, .code = EXEC_CODE_MAX, .text = text, .perfdata = perfdata};
                mon_auto_free char *line = exec_result_print(&said), *why = NULL;
                exec_auto_result ExecResult heard = {0};
                assert_in_range(strlen(line), 1, EXEC_ANSWER_MAX);
                assert_int_equal(exec_result_read(line, strlen(line), &heard, &why), 0);
                assert_int_equal(heard.end, end);
                assert_int_equal(heard.code, EXEC_CODE_MAX);
                assert_string_equal(heard.text, text);
                assert_string_equal(heard.perfdata, perfdata);
        }
}

/* --- its configuration ----------------------------------------------------------------------------------------------
 */

static void expect_told(OneLook *look, const char *block, const char *part) {
        mon_auto_free char *told = one_look_load(look, block);

        if (part ? !strstr(told, part) : told[0] != '\0')
                fail_msg("%s: '%s' instead of '%s'", block, told, part ? part : "");
}

static void test_configuration(void **state) {
        OneLook *look = *state;
        char *many = mon_strdup("exec: { command: [/bin/true");

        expect_told(look, "exec: { command: [/bin/true, -x, \"\"] }", NULL);
        assert_non_null(look->config);
        expect_told(look, "exec: { command: /bin/true }", NULL);
        expect_told(look, "exec: { command: [bin/true] }", "begins with the whole path of a program");
        assert_null(look->config);
        expect_told(look, "exec: { command: [] }", "1 are the least");
        expect_told(look, "exec: { command: [\"\"] }", "begins with the whole path");
        expect_told(look, "exec: {}", "'command' is missing");
        for (int i = 0; i < TEXT_LIST_MAX; i++) {
                char *more = mon_printf("%s, x", many);
                free(many);
                many = more;
        }
        mon_auto_free char *whole = mon_printf("%s] }", many);
        free(many);
        expect_told(look, whole, "are the most");
        mon_auto_free char *late = mon_printf("exec: { command: /bin/true, timeout: %llds }",
                                              (long long)(EXEC_TIMEOUT_MAX / NSEC_PER_SEC) + 1);
        expect_told(look, late, "must be between 0 and 1h");
        /* Said, and loaded: the package may come later. */
        expect_told(look, "exec: { command: [/nonexistent/check, x] }", "cannot be run: No such file or directory");
        assert_non_null(look->config);
        expect_told(look, "exec: { command: [/etc/passwd] }", "'/etc/passwd' is no program that can be run");
        assert_non_null(look->config);
        expect_told(look, "exec: { command: [/bin] }", "'/bin' is no program that can be run");
        /* What is printed is read again. */
        expect_told(look, "interval: 90s, exec: { command: [/bin/sh, -c, \"a 'b' \\\\\"], timeout: 30s }", NULL);
        assert_int_equal(((Target *)look->config->targets.items[0])->timeout, 30 * NSEC_PER_SEC);
        mon_auto_free char *printed = config_print(look->config);
        assert_non_null(strstr(printed, "timeout: 30s"));
}

/* What runs commands is to know no secret, and must not need any. */
static void test_configuration_without_secrets(void **state) {
        static const char text[] = "observer: {contact: a@b.fr}\nreferences: [https://example.org/]\ntargets:\n"
                                   "- {id: t, http: {url: https://example.org/, headers: {Authorization: "
                                   "\"${credential:a}\"}}}\nnotifiers: [{id: n, webhook: {}}]\n";
        ConfigMistakes mistakes = {0};
        OneLook *look = *state;

        config_fixture_write_text("mond.yaml", text);
        assert_int_equal(config_load("mond.yaml", probe_drivers, NULL, &look->config, &mistakes), CONFIG_E_MISTAKES);
        config_mistakes_fini(&mistakes);
        assert_int_equal(config_load_without_secrets("mond.yaml", probe_drivers, &look->config, &mistakes), 0);
        assert_int_equal(mistakes.n, 0);
        config_mistakes_fini(&mistakes);
}

int main(void) {
        const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
                test(test_status_is_the_verdict),
                test(test_a_command_that_cannot_begin),
                test(test_what_it_says),
                test(test_what_it_gets),
                test(test_limits),
                test(test_a_flood_is_stopped),
                test(test_the_deadline),
                test(test_nothing_outlives_it),
                test(test_cancel_kills),
                test(test_a_helper_answers),
                test(test_a_hostile_helper),
                test(test_no_helper),
                test(test_bounds_of_a_question),
                test(test_answers_are_read_as_they_are_printed),
                test(test_configuration),
                test(test_configuration_without_secrets),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
