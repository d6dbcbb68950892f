#include "daemon/sys/systemd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A manager's socket in the abstract namespace: nothing to clean up. */
static int manager_open(void) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int n = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "mond-test-manager-%d", (int)getpid());
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        assert_true(fd >= 0);
        assert_return_code(
                bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)), 0);
        char path[sizeof address.sun_path];
        (void)snprintf(path, sizeof path, "@%s", address.sun_path + 1);
        assert_return_code(setenv("NOTIFY_SOCKET", path, 1), 0);
        return fd;
}

static void assert_told(int fd, const char *expected) {
        char got[1024] = {};
        ssize_t n = recv(fd, got, sizeof got - 1, 0);
        assert_true(n > 0);
        assert_string_equal(got, expected);
}

static void test_tells_the_manager(void **state) {
        (void)state;
        int fd = manager_open();
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(90 * NSEC_PER_SEC, 0, 1);
        clock_suspend(clock, 30 * NSEC_PER_SEC); /* the monotonic clock stood still for those */

        systemd_tell_ready("7 targets");
        assert_told(fd, "READY=1\nSTATUS=7 targets");
        systemd_tell_status("1 in maintenance");
        assert_told(fd, "STATUS=1 in maintenance");
        systemd_tell_reloading(clock, NULL);
        assert_told(fd, "RELOADING=1\nMONOTONIC_USEC=90000000");
        systemd_tell_stopping("bye");
        assert_told(fd, "STOPPING=1\nSTATUS=bye");
        systemd_feed_watchdog();
        assert_told(fd, "WATCHDOG=1");
        (void)close(fd);
}

static void test_a_status_is_one_line(void **state) {
        (void)state;
        int fd = manager_open();
        char longer[2 * SYSTEMD_STATUS_MAX];
        char got[4 * SYSTEMD_STATUS_MAX] = {};

        systemd_tell_status("a site said\nMAINPID=1");
        assert_told(fd, "STATUS=a site said MAINPID=1");
        memset(longer, 'x', sizeof longer - 1);
        longer[sizeof longer - 1] = '\0';
        systemd_tell_status(longer);
        ssize_t n = recv(fd, got, sizeof got - 1, 0);
        assert_true(n > 0 && n <= SYSTEMD_STATUS_MAX + (ssize_t)strlen("STATUS="));
        (void)close(fd);
}

static void test_nothing_without_a_manager(void **state) {
        (void)state;
        assert_return_code(unsetenv("NOTIFY_SOCKET"), 0);
        systemd_tell_ready("nobody hears this");
        systemd_feed_watchdog();
}

static void test_watchdog_interval(void **state) {
        (void)state;
        char pid[32];
        (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
        assert_return_code(unsetenv("WATCHDOG_USEC"), 0);
        assert_int_equal(systemd_watchdog_interval(), 0);
        assert_return_code(setenv("WATCHDOG_USEC", "30000000", 1), 0);
        assert_return_code(setenv("WATCHDOG_PID", "1", 1), 0);
        assert_int_equal(systemd_watchdog_interval(), 0); /* for another process */
        assert_return_code(setenv("WATCHDOG_PID", pid, 1), 0);
        assert_int_equal(systemd_watchdog_interval(), 30 * NSEC_PER_SEC);
        assert_return_code(setenv("WATCHDOG_USEC", "nonsense", 1), 0);
        assert_int_equal(systemd_watchdog_interval(), 0);
}

static void test_folders(void **state) {
        (void)state;
        assert_return_code(setenv("STATE_DIRECTORY", "/var/lib/mond:/var/lib/other", 1), 0);
        assert_return_code(setenv("RUNTIME_DIRECTORY", "/run/mond", 1), 0);
        assert_return_code(unsetenv("CREDENTIALS_DIRECTORY"), 0);
        assert_return_code(setenv("CONFIGURATION_DIRECTORY", "relative", 1), 0);
        mon_auto_free char *state_folder = systemd_state_folder();
        mon_auto_free char *runtime = systemd_runtime_folder();
        assert_string_equal(state_folder, "/var/lib/mond");
        assert_string_equal(runtime, "/run/mond");
        assert_null(systemd_credentials_folder());
        assert_null(systemd_configuration_folder());
}

/* Forked, because a handed-over socket is descriptor 3 and the variables name the process. */
static int with_sockets(int n, const char *names, bool listening) {
        char text[32];

        const struct sockaddr_un unnamed = {.sun_family = AF_UNIX}; /* the kernel picks an abstract name */
        for (int i = 0; i < n; i++) {
                int fd = socket(AF_UNIX, SOCK_STREAM, 0);
                if (fd < 0 || bind(fd, (const struct sockaddr *)&unnamed, sizeof(sa_family_t)) < 0)
                        return 3;
                if ((listening && listen(fd, 1) < 0) || dup2(fd, 100 + i) < 0)
                        return 1;
                (void)close(fd);
        }
        for (int i = 0; i < n; i++)
                if (dup2(100 + i, 3 + i) < 0)
                        return 2;
        (void)snprintf(text, sizeof text, "%d", n);
        (void)setenv("LISTEN_FDS", text, 1);
        (void)snprintf(text, sizeof text, "%d", (int)getpid());
        (void)setenv("LISTEN_PID", text, 1);
        (void)setenv("LISTEN_FDNAMES", names, 1);
        return 0;
}

static int child_takes_sockets(void) {
        SystemdSockets sockets;

        if (with_sockets(2, "api:web", true) != 0 || systemd_sockets_init(&sockets) != 0 || sockets.n != 2)
                return 10;
        if (getenv("LISTEN_FDS") || systemd_sockets_take(&sockets, "nobody") != -1)
                return 11;
        if (systemd_sockets_take(&sockets, "web") != 4 || systemd_sockets_take(&sockets, "web") != -1)
                return 12;
        systemd_sockets_fini(&sockets);
        /* What was taken stays open, what was not is closed. */
        return write(4, "", 0) == 0 || errno != EBADF ? (close(3) < 0 ? 0 : 13) : 14;
}

static int child_gets_too_many(void) {
        SystemdSockets sockets;
        char names[8 * (SYSTEMD_SOCKETS_MAX + 1)] = "a";
        for (int i = 0; i < SYSTEMD_SOCKETS_MAX; i++)
                memcpy(names + 1 + 2 * i, ":a", 3);
        if (with_sockets(SYSTEMD_SOCKETS_MAX + 1, names, true) != 0)
                return 20;
        return systemd_sockets_init(&sockets) == -E2BIG ? 0 : 21;
}

static int in_child(int (*run)(void)) {
        int pipe_fds[2];
        int status = 99;

        assert_return_code(pipe2(pipe_fds, O_CLOEXEC), 0);
        /* Away from the descriptors that the child will use. */
        int in = fcntl(pipe_fds[0], F_DUPFD_CLOEXEC, 200);
        int out = fcntl(pipe_fds[1], F_DUPFD_CLOEXEC, 201);
        (void)close(pipe_fds[0]);
        (void)close(pipe_fds[1]);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                int result = run();
                _exit(write(out, &result, sizeof result) == sizeof result ? 0 : 1);
        }
        (void)close(out);
        assert_int_equal(read(in, &status, sizeof status), sizeof status);
        (void)close(in);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        return status;
}

static void test_sockets(void **state) {
        (void)state;
        assert_int_equal(in_child(child_takes_sockets), 0);
        assert_int_equal(in_child(child_gets_too_many), 0);
}

static void test_knows_whether_it_is_a_service(void **state) {
        (void)state;
        char own[32];

        (void)unsetenv("NOTIFY_SOCKET");
        (void)unsetenv("SYSTEMD_EXEC_PID");
        (void)setenv("INVOCATION_ID", "0123456789abcdef0123456789abcdef", 1); /* every child of a service has it */
        assert_false(systemd_is_service());
        (void)setenv("SYSTEMD_EXEC_PID", "1", 1);
        assert_false(systemd_is_service());
        (void)setenv("SYSTEMD_EXEC_PID", "x", 1);
        assert_false(systemd_is_service());
        (void)snprintf(own, sizeof own, "%d", (int)getpid());
        (void)setenv("SYSTEMD_EXEC_PID", own, 1);
        assert_true(systemd_is_service());
        (void)unsetenv("SYSTEMD_EXEC_PID");
        (void)setenv("NOTIFY_SOCKET", "/run/notify", 1);
        assert_true(systemd_is_service());
        (void)unsetenv("NOTIFY_SOCKET");
        (void)unsetenv("INVOCATION_ID");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_tells_the_manager),
                cmocka_unit_test(test_a_status_is_one_line),
                cmocka_unit_test(test_nothing_without_a_manager),
                cmocka_unit_test(test_watchdog_interval),
                cmocka_unit_test(test_folders),
                cmocka_unit_test(test_sockets),
                cmocka_unit_test(test_knows_whether_it_is_a_service),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
