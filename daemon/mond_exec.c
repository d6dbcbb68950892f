/* mond-exec: runs one command of the configuration for mond, whose own sandbox forbids it. Started by systemd for each
 * connection (Accept=yes) with the connection as its input and output. It takes one line with a target's id, never a
 * command, an argument or a path; it reads the configuration itself, without its secrets, and answers as
 * probes/exec_result.h says. When mond hangs up, the command is killed. */
#include "build-config.h"
#include "config/config.h"
#include "daemon/base/text.h"
#include "daemon/mond.h"
#include "probes/exec.h"
#include "probes/exec_result.h"
#include "probes/registry.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOND_EXEC_CONFIG "/etc/mond/mond.yaml"
#define MOND_EXEC_PATIENCE (5 * NSEC_PER_SEC) /* for the line to come */

typedef struct Helper {
        Loop *loop;
        LoopIo *io;
        Timer patience;
        const char *config_path;
        Config *config;
        Children *children;
        Child *child;
        char line[TARGET_ID_MAX + 2]; /* an id, its newline, and a NUL */
        size_t n;
} Helper;

/* It fits into any socket's buffer, and who does not take it is not waited for. */
static void answer(Helper *helper, char *text) {
        mon_auto_free char *line = text;

        (void)!send(STDIN_FILENO, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
        loop_stop(helper->loop, MOND_EXIT_OK);
}

static void refuse(Helper *helper, const char *why) {
        (void)fprintf(stderr, "mond-exec: %s\n", why);
        answer(helper, exec_refusal_print(why));
}

static void on_patience(void *userdata) {
        refuse(userdata, "no line with a target's id came");
}

static void on_ended(ChildAnswer *said, void *userdata) {
        Helper *helper = userdata;
        exec_auto_result ExecResult result = {0};

        helper->child = NULL;
        exec_result_take(said, &result);
        answer(helper, exec_result_print(&result));
}

static int read_config(Helper *helper) {
        ConfigMistakes mistakes = {0};

        int r = config_load_without_secrets(helper->config_path, probe_drivers, &helper->config, &mistakes);
        if (r != 0) {
                mon_auto_free char *told = config_mistakes_text(&mistakes);
                (void)fputs(told, stderr);
        }
        config_mistakes_fini(&mistakes);
        return r;
}

static const Target *find(const Helper *helper) {
        list_each (const Target, target, &helper->config->targets)
                if (target->driver == &probe_exec && text_is(target->id, helper->line))
                        return target;
        return NULL;
}

static void run(Helper *helper) {
        if (read_config(helper) != 0) {
                refuse(helper, "the configuration has mistakes, or cannot be read");
                return;
        }
        const Target *target = find(helper);
        if (!target) {
                refuse(helper, "the configuration has no target of kind 'exec' with this id");
                return;
        }
        const ExecSpec *spec = target->spec;
        Nsec deadline_at_boot = clock_at_boot(loop_clock(helper->loop)) + target->timeout;
        int r = child_start(helper->children, (const char *const *)spec->argv, deadline_at_boot, on_ended, helper,
                            &helper->child);
        if (r < 0)
                refuse(helper, mon_strerror(r));
}

/* One line, nothing before its end but an id, and nothing after it. */
static void take_line(Helper *helper) {
        char *end = memchr(helper->line, '\n', helper->n);

        if (!end && helper->n < sizeof helper->line - 1)
                return;
        loop_disarm(helper->loop, &helper->patience);
        if (!end || end + 1 != helper->line + helper->n || memchr(helper->line, '\0', helper->n)) {
                refuse(helper, "what came is not one line with a target's id");
                return;
        }
        *end = '\0';
        run(helper);
}

static void on_readable(int fd, unsigned ready, void *userdata) {
        Helper *helper = userdata;
        bool is_asked = !timer_is_armed(&helper->patience);
        size_t room = sizeof helper->line - 1 - helper->n;
        char more;

        (void)ready;
        ssize_t n =
                is_asked ? recv(fd, &more, 1, MSG_DONTWAIT) : recv(fd, helper->line + helper->n, room, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (n <= 0) {
                loop_stop(helper->loop, MOND_EXIT_OK); /* nobody listens any more */
        } else if (is_asked) {
                refuse(helper, "more than one line came");
        } else {
                helper->n += (size_t)n;
                take_line(helper);
        }
}

static int serve(Helper *helper) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_system();
        mon_cleanup(loop_free_p) Loop *loop = NULL;

        int r = loop_new(clock, &loop);
        if (r == 0)
                r = loop_io_new(loop, STDIN_FILENO, LOOP_READ, on_readable, helper, &helper->io);
        if (r < 0) {
                (void)fprintf(stderr, "mond-exec: %s\n", mon_strerror(r));
                return MOND_EXIT_FAULT;
        }
        helper->loop = loop;
        helper->children = children_new(loop);
        helper->patience = (Timer){.fn = on_patience, .userdata = helper};
        loop_arm_after(loop, &helper->patience, MOND_EXEC_PATIENCE);
        r = loop_run(loop);
        loop_disarm(loop, &helper->patience);
        loop_io_free(helper->io);
        child_cancel(helper->child);
        children_free(helper->children);
        config_free(helper->config);
        return r < 0 ? MOND_EXIT_FAULT : r;
}

static bool is_connection(int fd) {
        int type = 0;
        socklen_t len = sizeof type;

        return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

static const char help[] = "usage: mond-exec [-c FILE] <connection >connection\n"
                           "\n"
                           "Runs the command of one target of kind 'exec' for mond. It is not for people: systemd\n"
                           "starts it for each connection to mond-exec.socket. It reads one line with the target's\n"
                           "id and nothing else, and answers one line of JSON.\n"
                           "\n"
                           "  -c, --config FILE    the configuration (" MOND_EXEC_CONFIG ")\n"
                           "      --version        print the version\n"
                           "  -h, --help           print this\n";

int main(int argc, char **argv) {
        static const struct option options[] = {
                {"config", required_argument, NULL, 'c'},
                {"version", no_argument, NULL, 'v'},
                {"help", no_argument, NULL, 'h'},
                {0},
        };
        Helper helper = {.config_path = MOND_EXEC_CONFIG};
        int option;

        while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
                if (option == 'c')
                        helper.config_path = optarg;
                else if (option == 'v')
                        return printf("mond-exec %s\n", MOND_VERSION) < 0 ? MOND_EXIT_FAULT : MOND_EXIT_OK;
                else if (option == 'h')
                        return fputs(help, stdout) < 0 ? MOND_EXIT_FAULT : MOND_EXIT_OK;
                else
                        return MOND_EXIT_USAGE;
        }
        if (optind < argc || !is_connection(STDIN_FILENO)) {
                (void)fputs("mond-exec: it is started by mond-exec.socket; try 'mond-exec --help'\n", stderr);
                return MOND_EXIT_USAGE;
        }
        return serve(&helper);
}
