#include "probes/exec.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/ask.h"
#include "probes/exec_result.h"

#include <sys/stat.h>
#include <unistd.h>

#define EXEC_HELPER_GRACE (2 * NSEC_PER_SEC) /* for a helper to begin, and to answer */

#define AT(member) .offset = offsetof(ExecSpec, member)

/* --- its block in the configuration ----------------------------------------------------------------------------- */

/* No mistake: a package that is not there (yet) must not keep everything else from being watched. */
static char *warn_of_program(const char *path) {
        struct stat file;

        if (stat(path, &file) < 0)
                return mon_printf("'%s' cannot be run: %s", path, mon_strerror(mon_errno()));
        if (!S_ISREG(file.st_mode) || (file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
                return mon_printf("'%s' is no program that can be run", path);
        return NULL;
}

static const Directive exec_rows[] = {
        {.key = "command",
         .type = DIRECTIVE_TEXTS,
         AT(command),
         .required = true,
         .may_be_empty = true,
         .min = 1,
         .max = TEXT_LIST_MAX,
         .warn_first = warn_of_program,
         .help = "the whole path of a program and its arguments; it is run without a shell"},
        {.key = "timeout",
         .type = DIRECTIVE_DURATION,
         AT(timeout),
         .fallback = "0s",
         .min = 0,
         .max = EXEC_TIMEOUT_MAX,
         .help = "time that it may take; 0s: as long as the target says"},
        {.key = NULL},
};

static void exec_fini(void *spec) {
        ExecSpec *exec = spec;

        free(exec->argv);
        exec->argv = NULL;
}

static void exec_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata, char **ret_host) {
        ExecSpec *exec = spec;
        const TextList *command = &exec->command;

        (void)target;
        (void)ret_host;
        if (command->n > 0 && command->items[0].text[0] != '/')
                mistake(userdata, command->items[0].line, command->items[0].column,
                        "'command' begins with the whole path of a program, such as "
                        "/usr/lib/nagios/plugins/check_http");
        exec_fini(spec);
        exec->argv = mon_new_array(char *, command->n + 1);
        for (size_t i = 0; i < command->n; i++)
                exec->argv[i] = command->items[i].text;
}

static Nsec exec_timeout(const void *spec) {
        return ((const ExecSpec *)spec)->timeout;
}

/* --- a look ------------------------------------------------------------------------------------------------------ */

struct Probe {
        Loop *loop;
        Child *child; /* this, or */
        Ask *ask;
        Nsec timeout;
        Observation *observation;
        ProbeDoneFn *done;
        void *userdata;
};

static void exec_cancel(Probe *probe) {
        if (!probe)
                return;
        child_cancel(probe->child);
        ask_cancel(probe->ask);
        observation_free(probe->observation);
        free(probe);
}

mon_define_cleanup(Probe, exec_cancel);

static void finish(Probe *probe) {
        ProbeDoneFn *done = probe->done;
        void *userdata = probe->userdata;
        Observation *observation = mon_steal(&probe->observation);

        observation->duration = clock_at_boot(loop_clock(probe->loop)) - observation->at_boot;
        exec_cancel(probe);
        done(observation, userdata);
}

static void on_ended(ChildAnswer *answer, void *userdata) {
        Probe *probe = userdata;
        exec_auto_result ExecResult result = {0};

        probe->child = NULL;
        exec_result_take(answer, &result);
        exec_result_judge(&result, probe->timeout, probe->observation);
        finish(probe);
}

static void fail(Probe *probe, const char *why) {
        observation_judge(probe->observation, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, why);
}

static void on_answer(int asked, const Buf *answer, void *userdata) {
        static const char *const faults[] = {
                [ASK_E_ABSENT] = "commands are run by mond-exec, which is not there: "
                                 "systemctl enable --now mond-exec.socket",
                [ASK_E_SILENT] = "mond-exec, which runs commands, did not answer",
                [ASK_E_TOO_LONG] = "mond-exec, which runs commands, answers too much",
        };
        Probe *probe = userdata;
        exec_auto_result ExecResult result = {0};
        mon_auto_free char *why = NULL;

        probe->ask = NULL;
        if (asked > 0) {
                fail(probe, faults[asked]);
        } else if (asked < 0) {
                mon_auto_free char *text = mon_printf("mond-exec cannot be asked: %s", mon_strerror(asked));
                fail(probe, text);
        } else if (exec_result_read(buf_text(answer), answer->len, &result, &why) != 0) {
                mon_auto_free char *text = mon_printf("mond-exec ran nothing: %s", why);
                fail(probe, text);
        } else {
                exec_result_judge(&result, probe->timeout, probe->observation);
        }
        finish(probe);
}

/* The deadline of the command is the helper's to keep, so its own is later; the runner's is later still. */
static int ask_helper(const ProbeServices *services, const Target *target, Nsec deadline_at_boot, Probe *probe) {
        const AskRequest request = {
                .path = services->exec_socket,
                .question = target->id,
                .answer_max = EXEC_ANSWER_MAX,
                .deadline_at_boot = deadline_at_boot + CHILD_GRACE + EXEC_HELPER_GRACE,
        };

        return ask_start(services->loop, &request, on_answer, probe, &probe->ask);
}

static int exec_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                      Probe **ret_probe) {
        const ExecSpec *spec = target->spec;
        const Clock *clock = loop_clock(services->loop);
        mon_cleanup(exec_cancel_p) Probe *probe = mon_new(Probe);

        *probe = (Probe){.loop = services->loop, .timeout = target->timeout, .done = done, .userdata = userdata};
        probe->observation = observation_new(clock_at_real(clock), clock_at_boot(clock));
        Nsec deadline_at_boot = clock_at_boot(clock) + target->timeout;
        int r = services->exec_socket ? ask_helper(services, target, deadline_at_boot, probe)
                                      : child_start(services->children, (const char *const *)spec->argv,
                                                    deadline_at_boot, on_ended, probe, &probe->child);
        if (r < 0)
                return r;
        *ret_probe = mon_steal(&probe);
        return 0;
}

const ProbeDriver probe_exec = {
        .name = "exec",
        .directives = exec_rows,
        .spec_size = sizeof(ExecSpec),
        .prepare = exec_prepare,
        .timeout = exec_timeout,
        .fini = exec_fini,
        .start = exec_start,
        .cancel = exec_cancel,
};
