/* The daemon: builds every object, joins them, reloads by difference, ends in order. */
#pragma once

#include "daemon/base/error.h"
#include "daemon/base/loop.h"
#include "daemon/model/report.h"

#define MOND_FILE "mond.db" /* in the state folder */

/* How mond ends, as in sysexits.h. */
typedef enum MondExit {
        MOND_EXIT_OK = 0,
        MOND_EXIT_USAGE = 64,
        MOND_EXIT_DATABASE = 65, /* not ours, newer than us, or unusable */
        MOND_EXIT_IN_USE = 69,   /* the socket or the state folder is another mond's */
        MOND_EXIT_FAULT = 71,
        MOND_EXIT_NO_PERMISSION = 77,
        MOND_EXIT_CONFIG = 78,
} MondExit;

MondExit mond_exit_of(int error); /* for a negative errno: no permission, or a fault */

typedef struct MondOptions {
        const char *config_path;
        const char *state_folder;
        const char *socket_path;
        const char *exec_socket; /* of mond-exec, which runs commands; NULL: mond does. It must outlive the Mond */
        /* For simulations; zeroed in a real life. */
        const char *name_servers;                      /* "127.0.0.1:5353" instead of the system's */
        const struct NotifierDriver *const *notifiers; /* up to a NULL, instead of this build's */
        unsigned
                crash_after_commits; /* after this many, nothing more is told or written, as if the process had ended */
} MondOptions;

typedef struct Mond Mond;

/* Everything ready, nothing run yet. On failure the exit status, and one clear sentence in `error` (for a configuration
 * with mistakes: its diagnostics, on lines of their own). The loop outlives it; it is stopped by loop_stop(). */
mon_must_check MondExit mond_new(Loop *loop, const MondOptions *options, Mond **ret_mond, Error *error);
void mond_free(Mond *mond);
mon_define_cleanup(Mond, mond_free);

/* Ends after an orderly stop: SIGTERM, SIGINT. */
int mond_run(Mond *mond);
/* The part of mond_run() before the loop: for whoever turns the loop himself. */
void mond_begin(Mond *mond);
bool mond_has_crashed(const Mond *mond); /* see crash_after_commits */
void mond_crash(Mond *mond);             /* from now on nothing is told or written */
/* Looks at a target now, as `monctl check` does. A negative errno when the look cannot begin. */
mon_must_check int mond_check(Mond *mond, const char *target);
void mond_pause(Mond *mond, const char *target, bool paused);
/* Enters what a person met, as `monctl report` does: takes the report (see ApiHost.report). -EINVAL with why (to free).
 */
mon_must_check int mond_report(Mond *mond, const char *target, Report *report, char **ret_why);
/* Re-reads the configuration; what came of it is logged. */
void mond_reload(Mond *mond);
