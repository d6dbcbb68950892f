#include "daemon/monctl/monctl.h"

#include "build-config.h"
#include "daemon/base/text.h"
#include "daemon/monctl/options.h"
#include "daemon/text/message.h"

#include <signal.h>
#include <stdio.h>

/* Before anything can go wrong: what does is for whoever reads a plugin's first line. */
static bool is_plugin(int argc, char **argv) {
        for (int i = 1; i < argc && !text_is(argv[i], "--"); i++)
                if (text_is(argv[i], "--plugin"))
                        return true;
        return false;
}

static int run(Monctl *ctl, int argc, char **argv) {
        int r = options_read(ctl, argc, argv);
        if (r != EXIT_DONE)
                return r;
        terminal_look(ctl);
        if (ctl->options.help) {
                options_help(ctl);
                return flush_output(ctl);
        }
        if (ctl->options.version) {
                (void)printf("monctl %s\n", MOND_VERSION);
                return flush_output(ctl);
        }
        if (!ctl->command) {
                (void)tell(ctl, EXIT_USAGE, say(ctl, PHRASE_NO_COMMAND));
                (void)fprintf(stderr, "%s\n", say(ctl, PHRASE_SEE_HELP));
                return EXIT_USAGE;
        }
        return ctl->command->run(ctl);
}

int main(int argc, char **argv) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_system();
        Monctl ctl = {.clock = clock, .width = MONCTL_WIDTH};

        (void)signal(SIGPIPE, SIG_IGN);
        ctl.language = message_language(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"));
        ctl.options.plugin = is_plugin(argc, argv);
        int status = run(&ctl, argc, argv);
        /* A plugin's own failure is "unknown" to whoever runs it. */
        if (ctl.options.plugin && status > EXIT_NOT_KNOWN)
                status = EXIT_NOT_KNOWN;
        store_close(ctl.store);
        options_fini(&ctl.options);
        list_each (char, arg, &ctl.args)
                free(arg);
        list_fini(&ctl.args);
        return status;
}
