/* The command line: one table of typed options gives the parser and the text of -h. */
#pragma once

#include "daemon/monctl/monctl.h"

enum { /* which commands an option belongs to */
       OPTION_WATCH = 1 << 0,
       OPTION_PLUGIN = 1 << 1,
       OPTION_ALL = 1 << 2,
       OPTION_SINCE = 1 << 3,
       OPTION_UNTIL = 1 << 4,
       OPTION_LIMIT = 1 << 5,
       OPTION_OPEN = 1 << 6,
       OPTION_TARGET = 1 << 7,
       OPTION_FOLLOW = 1 << 8,
       OPTION_STATUS = 1 << 9,
       OPTION_HEADER = 1 << 10,
       OPTION_URL = 1 << 11,
       OPTION_AT = 1 << 12,
       OPTION_FORMAT = 1 << 13,
       OPTION_DIFF = 1 << 14,
       OPTION_PATH = 1 << 15,
       OPTION_NOTE = 1 << 16,
       OPTION_BY = 1 << 17,
       OPTION_WAITED = 1 << 18,
       OPTION_EXPIRES = 1 << 19,
       OPTION_CORRECTS = 1 << 20,
       OPTION_FAILED = 1 << 24,
       OPTION_PENDING = 1 << 25,
       OPTION_FOR = 1 << 26,
       OPTION_REASON = 1 << 27,
};

/* Options stand before or after the command, as "--name value" or "--name=value"; "--" ends them. EXIT_DONE, or
 * EXIT_USAGE told with "did you mean". */
int options_read(Monctl *ctl, int argc, char **argv);
void options_fini(Options *options);
/* On stdout: the overview, or one command's own help. */
void options_help(const Monctl *ctl);
/* "--since" and its like: a time, or a duration before now. False when it is neither. */
bool options_time(const Monctl *ctl, const char *text, Nsec *ret_at_real);
/* "--at": the same, or a local time ("2026-01-12 14:05"). */
bool options_moment(const Monctl *ctl, const char *text, Nsec *ret_at_real);
