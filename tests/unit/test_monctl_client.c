/* monctl against what may answer on the socket: a daemon in trouble, another program, a flood. A forked process says
 * the canned bytes to one client. */
#include "daemon/base/text.h"
#include "daemon/monctl/client.h"
#include "daemon/monctl/options.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define SAID_ROOM (64U << 10)

typedef struct Fixture {
        Monctl ctl;
        Clock *clock;
        char folder[64];
        char path[96];
        int listener;
        int out, err; /* the real ones */
        char said[SAID_ROOM];
} Fixture;

static int open_fixture(void **state) {
        Fixture *fixture = mon_new(Fixture);
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/mond-client-XXXXXX");
        assert_non_null(mkdtemp(fixture->folder));
        (void)snprintf(fixture->path, sizeof fixture->path, "%s/s", fixture->folder);
        (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", fixture->path);
        fixture->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(fixture->listener, (struct sockaddr *)&address, sizeof address), 0);
        assert_int_equal(listen(fixture->listener, 4), 0);
        fixture->clock = clock_new_simulated(0, INT64_C(1700000000) * NSEC_PER_SEC, 1);
        fixture->ctl = (Monctl){.clock = fixture->clock, .language = LANGUAGE_EN, .width = MONCTL_WIDTH};
        fixture->ctl.options.socket = mon_strdup(fixture->path);
        *state = fixture;
        return 0;
}

static int close_fixture(void **state) {
        Fixture *fixture = *state;

        close(fixture->listener);
        (void)unlink(fixture->path);
        assert_int_equal(rmdir(fixture->folder), 0);
        options_fini(&fixture->ctl.options);
        clock_free(fixture->clock);
        free(fixture);
        return 0;
}

/* Answers one client with the head, then `filler` bytes of 'x', then ends. */
static pid_t serve(const Fixture *fixture, const char *head, size_t filler) {
        pid_t child = fork();
        char request[4096], piece[4096];

        assert_true(child >= 0);
        if (child > 0)
                return child;
        int fd = accept(fixture->listener, NULL, NULL);
        (void)!read(fd, request, sizeof request);
        (void)!write(fd, head, strlen(head));
        memset(piece, 'x', sizeof piece);
        while (filler > 0) {
                size_t n = filler < sizeof piece ? filler : sizeof piece;
                if (write(fd, piece, n) < 0)
                        break;
                filler -= n;
        }
        close(fd);
        _exit(0);
}

/* Runs a command with stdout and stderr into one file; what was said stands in fixture->said. */
static int run_with(Fixture *fixture, int (*command)(Monctl *), pid_t child) {
        FILE *file = tmpfile();
        int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);

        assert_non_null(file);
        (void)fflush(stdout);
        (void)dup2(fileno(file), STDOUT_FILENO);
        (void)dup2(fileno(file), STDERR_FILENO);
        int status = command(&fixture->ctl);
        (void)fflush(stdout);
        (void)dup2(out, STDOUT_FILENO);
        (void)dup2(err, STDERR_FILENO);
        close(out);
        close(err);
        ssize_t n = pread(fileno(file), fixture->said, sizeof fixture->said - 1, 0);
        fixture->said[n > 0 ? n : 0] = '\0';
        (void)fclose(file);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        assert_null(strchr(fixture->said, '\x1b'));
        return status;
}

static int run(Fixture *fixture, int (*command)(Monctl *), const char *head, size_t filler) {
        return run_with(fixture, command, serve(fixture, head, filler));
}

static void test_answers_and_exit_statuses(void **state) {
        static const struct {
                const char *head;
                size_t filler;
                int status;
                const char *said;
        } rows[] = {
                {"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{\"status\":\"ok\",\"problems\":[]}\n", 0, 0, "well"},
                {"HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"status\":\"unhealthy\"}\n\n", 0, 1, "problems"},
                {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot JSON!", 0, 65, "cannot be read"},
                {"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", 0, 69, "does not answer"},
                {"HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n<h1>\x1b[31m</h1>", 0, 69, "cannot be read"},
                {"HTTP/1.1 503 No\r\nConnection: close\r\n\r\n{\"detail\":\"the \\u001b[31mdisk\"}", 0, 69, "disk"},
                {"HTTP/1.1 403 No\r\nConnection: close\r\n\r\n{\"status\":403}", 0, 77, "refused"},
                {"HTTP/1.1 404 No\r\nConnection: close\r\n\r\n{\"target\":\"a\",\"did_you_mean\":\"b\"}", 0, 64,
                 "did you mean \"b\""},
                {"HTTP/1.1 413 No\r\nConnection: close\r\n\r\n{\"detail\":\"at most\"}", 0, 64, "at most"},
                {"HTTP/1.1 422 No\r\nConnection: close\r\n\r\n{\"errors\":[\"f:1:2: bad \\u009b\"]}", 0, 65,
                 "f:1:2: bad"},
                {"SSH-2.0-OpenSSH\r\n", 0, 69, "does not answer"},
                {"", 0, 69, "does not answer"},
                {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", CLIENT_ANSWER_MAX + 1, 65, "32 MiB"},
        };
        Fixture *fixture = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                int status = run(fixture, cmd_health, rows[i].head, rows[i].filler);
                if (status != rows[i].status || !strstr(fixture->said, rows[i].said))
                        fail_msg("row %zu: %d, \"%s\"", i, status, fixture->said);
        }
}

static char *repeat(const char *before, size_t n, const char *after) {
        mon_auto_free char *middle = mon_calloc(n + 1, 1);

        memset(middle, 'x', n);
        return mon_printf("%s%s%s", before, middle, after);
}

static void test_what_a_daemon_says_is_cut(void **state) {
        Fixture *fixture = *state;
        mon_auto_free char *detail =
                repeat("HTTP/1.1 503 No\r\nConnection: close\r\n\r\n{\"detail\":\"", MONCTL_MESSAGE_MAX, "END\"}");
        mon_auto_free char *mistake =
                repeat("HTTP/1.1 422 No\r\nConnection: close\r\n\r\n{\"errors\":[\"", CLIENT_LINE_MAX, "END\"]}");

        assert_int_equal(run(fixture, cmd_health, detail, 0), EXIT_UNREACHABLE);
        assert_non_null(strstr(fixture->said, "xxx…\n"));
        assert_int_equal(run(fixture, cmd_reload, mistake, 0), EXIT_DATA);
        assert_non_null(strstr(fixture->said, "xxx…\n"));
}

static void test_nobody_answers(void **state) {
        Fixture *fixture = *state;
        char path[CLIENT_SOCKET_PATH_MAX + 2];

        mon_replace(&fixture->ctl.options.socket, "/nonexistent/mond.sock");
        assert_int_equal(run(fixture, cmd_health, "", 0), EXIT_UNREACHABLE);
        assert_non_null(strstr(fixture->said, "Is it running?"));
        memset(path, 'x', sizeof path);
        path[CLIENT_SOCKET_PATH_MAX + 1] = '\0';
        mon_replace(&fixture->ctl.options.socket, path);
        assert_int_equal(run(fixture, cmd_health, "", 0), EXIT_USAGE);
        fixture->ctl.options.plugin = true;
        mon_replace(&fixture->ctl.options.socket, "/nonexistent/mond.sock");
        assert_int_equal(run(fixture, cmd_status, "", 0), EXIT_UNREACHABLE);
        assert_non_null(strstr(fixture->said, "MOND UNKNOWN - "));
}

static void test_events_are_followed_line_by_line(void **state) {
        Fixture *fixture = *state;
        static const char stream[] =
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n: mond\n\nid: e\nevent: target.down\n"
                "data: {\"at\":\"2023-11-14T22:13:20.000Z\",\"text\":{\"en\":\"x\\u001b: down\"}}\n\n"
                "data: not JSON\n\n";

        fixture->ctl.options.follow = true;
        assert_int_equal(run(fixture, cmd_events, stream, 0), EXIT_UNREACHABLE);
        assert_non_null(strstr(fixture->said, "x : down"));
        assert_non_null(strstr(fixture->said, "closed the stream"));
        assert_int_equal(
                run(fixture, cmd_events, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: ", EVENTS_LINE_MAX + 1),
                EXIT_UNREACHABLE);
}

static int take_request(const Fixture *fixture, const char *path) {
        char request[4096];
        int fd = accept(fixture->listener, NULL, NULL);
        ssize_t n = read(fd, request, sizeof request - 1);

        request[n > 0 ? n : 0] = '\0';
        if (!strstr(request, path))
                _exit(1);
        return fd;
}

static void answer(int fd, const char *text) {
        (void)!write(fd, text, strlen(text));
}

#define ONE_EVENT(id) "{\"id\":\"" id "\",\"at\":\"2023-11-14T22:13:20.000Z\",\"text\":{\"en\":\"" id " is said\"}}"

/* The stream begins, then the past is listed; what came in between stands in both, and is said once. */
static void test_no_event_falls_between_the_past_and_the_stream(void **state) {
        static const char ok[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        Fixture *fixture = *state;
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
                int stream = take_request(fixture, "GET /v1/events/stream ");
                answer(stream, ok);
                answer(stream, ": mond\n\n");
                int list = take_request(fixture, "GET /v1/events?since=1h ");
                answer(list, ok);
                answer(list, "[" ONE_EVENT("between") "," ONE_EVENT("before") "]");
                close(list);
                answer(stream, "data: " ONE_EVENT("between") "\n\ndata: " ONE_EVENT("after") "\n\n");
                close(stream);
                _exit(0);
        }
        fixture->ctl.options.follow = true;
        fixture->ctl.options.since = mon_strdup("1h");
        assert_int_equal(run_with(fixture, cmd_events, child), EXIT_UNREACHABLE);
        const char *before = strstr(fixture->said, "before is said");
        const char *between = strstr(fixture->said, "between is said");
        const char *after = strstr(fixture->said, "after is said");
        assert_true(before && between && after && before < between && between < after);
        assert_null(strstr(between + 1, "between is said"));
}

static void test_an_export_is_passed_on_as_it_is(void **state) {
        Fixture *fixture = *state;

        assert_int_equal(run(fixture, cmd_export, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nat,target\r\n", 0), 0);
        assert_string_equal(fixture->said, "at,target\r\n");
}

static void test_a_live_table_is_no_document(void **state) {
        Fixture *fixture = *state;

        fixture->ctl.options.watch = true;
        fixture->ctl.options.json = true;
        assert_int_equal(run(fixture, cmd_status, "", 0), EXIT_USAGE);
        assert_non_null(strstr(fixture->said, "--json"));
}

#define client_test(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void) {
        const struct CMUnitTest tests[] = {
                client_test(test_answers_and_exit_statuses),
                client_test(test_what_a_daemon_says_is_cut),
                client_test(test_nobody_answers),
                client_test(test_events_are_followed_line_by_line),
                client_test(test_no_event_falls_between_the_past_and_the_stream),
                client_test(test_a_live_table_is_no_document),
                client_test(test_an_export_is_passed_on_as_it_is),
        };
        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
