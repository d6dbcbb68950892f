/* A scenario as it is written: data only, a command a line, read by people.
 *
 *   # January 2022: the page says that it is closed      a comment
 *   config                                               the configuration, up to `end`; {web}, {reference}: their
 * ports … end page NAME                                            a page for later, up to `end` <p>…</p> end serve
 * PATH [mode=M] [status=N] [page=NAME] [text="…"] [location=URL] [delay=5s] [retry-after=N] [type=T]
 * [set-cookie="a=1"] [needs-cookie="a=1"] reference … the
 * same, by the other server name HOST (ADDRESS… | nxdomain | servfail | silent | …) start | stop | kill | reload pass
 * 10m                                             time, with everything that is due in it suspend 2h | step 1h | step
 * -1h                      what else happens to clocks pause TARGET | resume TARGET | check TARGET
 *   report TARGET STATE [note="…"] [by=NAME] [ago=25m] [expires=2h] [corrects=N]   what a person met
 * lock | unlock
 * somebody else holds the database for writing expect …                                             see expect.h; holds
 * where it stands finally …                                            the same; also after every crash, once time has
 * passed
 */
#pragma once

#include "daemon/base/error.h"

#define SCRIPT_LINES_MAX 2000
#define SCRIPT_WORDS_MAX 32

typedef struct Line {
        int number;
        char *words[SCRIPT_WORDS_MAX]; /* quotes taken off; NULL ends them */
        size_t n;
        char *block; /* of config and page: the lines up to `end` */
} Line;

typedef struct Script {
        char *path;
        Line *lines;
        size_t n;
} Script;

mon_must_check int script_read(const char *path, Script *ret_script, Error *error);
void script_fini(Script *script);
/* The value of `key=…` among the words; NULL when it is not there. */
const char *line_value(const Line *line, const char *key);
