/* mond: what the command line asks for. */
#include "build-config.h"
#include "daemon/base/log.h"
#include "daemon/mond.h"
#include "daemon/once.h"
#include "daemon/settings.h"
#include "daemon/sys/systemd.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAIN_CONFIG "/etc/mond/mond.yaml"
#define MAIN_STATE "/var/lib/mond"
#define MAIN_RUNTIME "/run/mond"
#define MAIN_EXEC_SOCKET "/run/mond-exec.sock" /* as in mond-exec.socket */

typedef enum Action { ACTION_RUN, ACTION_CHECK_CONFIG, ACTION_PRINT_CONFIG, ACTION_ONCE } Action;

typedef struct Arguments {
        Action action;
        char *config_path, *state_folder, *socket_path; /* NULL: not given */
} Arguments;

static const char help[] =
        "usage: mond [-c FILE] [--state-dir DIR] [--socket PATH]\n"
        "       mond --check-config | --print-config | --once  [-c FILE]\n"
        "\n"
        "Watches web pages on a schedule, judges what they say, and records it. Runs in the\n"
        "foreground; logs to the journal under systemd, else to stderr. Ask it with monctl(1).\n"
        "\n"
        "  -c, --config FILE    the configuration (" MAIN_CONFIG ")\n"
        "      --state-dir DIR  where the database is kept ($STATE_DIRECTORY, " MAIN_STATE ")\n"
        "      --socket PATH    where monctl asks ($RUNTIME_DIRECTORY/mond.sock, " MAIN_RUNTIME "/mond.sock)\n"
        "      --check-config   read the whole configuration, print every mistake; exit 0 or 2\n"
        "      --print-config   print the configuration in force, defaults filled in, no secrets\n"
        "      --once           look at every target once, print what was seen; exit 0 open,\n"
        "                       1 impaired, 2 closed, 3 unknown. Records only with --state-dir\n"
        "      --version        print the version\n"
        "  -h, --help           print this\n"
        "\n"
        "Signals: SIGTERM and SIGINT stop in order, SIGHUP reads the configuration again.\n"
        "Exit status: 0 stopped, 64 bad usage, 65 database unusable, 69 socket or state in use,\n"
        "71 fault of the system, 77 no permission, 78 mistakes in the configuration.\n";

enum { OPTION_STATE = 256, OPTION_SOCKET, OPTION_CHECK, OPTION_PRINT, OPTION_ONCE, OPTION_VERSION };

static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"state-dir", required_argument, NULL, OPTION_STATE},
        {"socket", required_argument, NULL, OPTION_SOCKET},
        {"check-config", no_argument, NULL, OPTION_CHECK},
        {"print-config", no_argument, NULL, OPTION_PRINT},
        {"once", no_argument, NULL, OPTION_ONCE},
        {"version", no_argument, NULL, OPTION_VERSION},
        {"help", no_argument, NULL, 'h'},
        {0},
};

/* -1: go on; otherwise the exit status. */
static int take_option(int option, Arguments *arguments) {
        switch (option) {
        case 'c':
                mon_replace(&arguments->config_path, optarg);
                return -1;
        case OPTION_STATE:
                mon_replace(&arguments->state_folder, optarg);
                return -1;
        case OPTION_SOCKET:
                mon_replace(&arguments->socket_path, optarg);
                return -1;
        case OPTION_CHECK:
                arguments->action = ACTION_CHECK_CONFIG;
                return -1;
        case OPTION_PRINT:
                arguments->action = ACTION_PRINT_CONFIG;
                return -1;
        case OPTION_ONCE:
                arguments->action = ACTION_ONCE;
                return -1;
        case OPTION_VERSION:
                (void)printf("mond %s\n", MOND_VERSION);
                return MOND_EXIT_OK;
        case 'h':
                (void)fputs(help, stdout);
                return MOND_EXIT_OK;
        default:
                (void)fputs("mond: try 'mond --help'\n", stderr);
                return MOND_EXIT_USAGE;
        }
}

static int take_arguments(int argc, char **argv, Arguments *arguments) {
        int option;

        while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
                int exit = take_option(option, arguments);
                if (exit >= 0)
                        return exit;
        }
        if (optind < argc) {
                (void)fprintf(stderr, "mond: '%s' is not expected; try 'mond --help'\n", argv[optind]);
                return MOND_EXIT_USAGE;
        }
        if (!arguments->config_path)
                arguments->config_path = mon_strdup(MAIN_CONFIG);
        return -1;
}

static int show_config(const char *path, bool print) {
        mon_auto_settings Settings settings = {0};
        ConfigMistakes mistakes = {0};

        int r = settings_read(path, NULL, &settings, &mistakes);
        if (r < 0)
                (void)fprintf(stderr, "%s:1:1: %s\n", path, mon_strerror(r));
        mon_auto_free char *diagnostics = config_mistakes_text(&mistakes);
        (void)fputs(diagnostics, stderr);
        if (r == 0 && print) {
                mon_auto_free char *text = config_print(settings.config);
                (void)fputs(text, stdout);
        }
        config_mistakes_fini(&mistakes);
        return r == 0 ? 0 : 2;
}

static void fill_folders(Arguments *arguments) {
        if (!arguments->state_folder)
                arguments->state_folder = systemd_state_folder();
        if (!arguments->state_folder)
                arguments->state_folder = mon_strdup(MAIN_STATE);
        if (arguments->socket_path)
                return;
        mon_auto_free char *runtime = systemd_runtime_folder();
        arguments->socket_path = mon_printf("%s/mond.sock", runtime ? runtime : MAIN_RUNTIME);
}

static void say(const char *text) {
        (void)fprintf(stderr, "%s%s%s", strncmp(text, "mond: ", 6) == 0 ? "" : "mond: ", text,
                      text[0] && text[strlen(text) - 1] == '\n' ? "" : "\n");
}

static int run(Loop *loop, const Arguments *arguments) {
        const MondOptions mond_options = {
                .config_path = arguments->config_path,
                .state_folder = arguments->state_folder,
                .socket_path = arguments->socket_path,
                .exec_socket = systemd_is_service() ? MAIN_EXEC_SOCKET : NULL,
        };
        mon_cleanup(mond_free_p) Mond *mond = NULL;
        mon_auto_error Error error = {0};

        MondExit exit = mond_new(loop, &mond_options, &mond, &error);
        if (exit == MOND_EXIT_CONFIG)
                (void)fputs(error_text(&error), stderr);
        else if (exit != MOND_EXIT_OK)
                say(error_text(&error));
        if (exit != MOND_EXIT_OK)
                return exit;
        int r = mond_run(mond);
        return r < 0 ? MOND_EXIT_FAULT : r;
}

static int act(Arguments *arguments) {
        if (arguments->action == ACTION_CHECK_CONFIG || arguments->action == ACTION_PRINT_CONFIG)
                return show_config(arguments->config_path, arguments->action == ACTION_PRINT_CONFIG);

        mon_cleanup(clock_free_p) Clock *clock = clock_new_system();
        mon_cleanup(loop_free_p) Loop *loop = NULL;
        int r = loop_new(clock, &loop);
        if (r != 0) {
                say(mon_strerror(r));
                return MOND_EXIT_FAULT;
        }
        if (arguments->action == ACTION_ONCE)
                return once_run(loop, arguments->config_path, arguments->state_folder);
        fill_folders(arguments);
        return run(loop, arguments);
}

int main(int argc, char **argv) {
        Arguments arguments = {0};

        (void)setlocale(LC_CTYPE, "");
        /* A client that leaves is an error of its connection's, not a signal. */
        (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
        (void)umask(0077);
        int exit = take_arguments(argc, argv, &arguments);
        if (exit < 0)
                exit = act(&arguments);
        free(arguments.config_path);
        free(arguments.state_folder);
        free(arguments.socket_path);
        return exit;
}
