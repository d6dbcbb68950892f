/* A simulated life: the whole daemon in process, its clock moved by hand, scripted servers on the same loop, a real
 * SQLite database in a folder of its own. */
#pragma once

#include "daemon/base/map.h"
#include "daemon/mond.h"
#include "tests/lib/names.h"
#include "tests/lib/server.h"
#include "tests/scenario/script.h"

#include <stdio.h>

#define LIFE_BEGINS "2026-01-12T00:00:00Z"

typedef struct Life {
        Clock *clock;
        Loop *loop;
        Server *web, *reference;
        NameServer *names;
        Mond *mond; /* NULL: it does not run */
        Map pages;  /* name -> char * */
        char *folder, *config_path, *socket_path, *database_path;
        struct sqlite3 *locked; /* somebody else's connection that holds the write lock */
        unsigned crash_at;      /* crash after this many commits, once; 0 never */
        unsigned crashes;
        Nsec passed;
        FILE *trace; /* what is logged, under the simulated time; NULL */
} Life;

mon_must_check int life_begin(Life *ret_life, uint64_t seed, unsigned crash_at, FILE *trace);
void life_end(Life *life); /* removes the folder */

/* Does one line of the script; `expect` and `finally` are not its business. */
mon_must_check int life_do(Life *life, const Line *line, Error *error);
/* Turns the daemon through `span`, with everything that falls due in it. */
mon_must_check int life_pass(Life *life, Nsec span);
