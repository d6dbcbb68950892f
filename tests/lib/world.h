/* A simulated world for tests of what talks over the network: a clock that stands still, a loop, names and servers on
 * this machine. Time passes only as far as the next thing that is due. */
#pragma once

#include "daemon/net/child.h"
#include "daemon/net/visit.h"
#include "tests/lib/names.h"
#include "tests/lib/server.h"

#define WORLD_BEGIN_AT_REAL (INT64_C(1767225600) * NSEC_PER_SEC) /* 2026-01-01 00:00:00 UTC */
#define WORLD_DAY (86400 * NSEC_PER_SEC)

typedef struct World {
        Clock *clock;
        Loop *loop;
        NameServer *names; /* "*" is NXDOMAIN at first; every name of tests ends in .test */
        Resolver *resolver;
        Fetcher *fetcher;
        Children *children;
        Nsec began_at_boot;
} World;

void world_init(World *world);
void world_fini(World *world); /* after everything else that uses its loop */
/* Settles, then jumps from due time to due time, until *done or `span` has passed. */
void world_run_until(World *world, const bool *done, Nsec span);
Nsec world_elapsed(const World *world); /* since world_init() */
