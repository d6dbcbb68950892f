#include "tests/lib/world.h"

#include <assert.h>
#include <signal.h>

#define WORLD_BEGIN_AT_BOOT (1000 * NSEC_PER_SEC)

void world_init(World *world) {
        *world = (World){.clock = clock_new_simulated(WORLD_BEGIN_AT_BOOT, WORLD_BEGIN_AT_REAL, 1),
                         .began_at_boot = WORLD_BEGIN_AT_BOOT};
        (void)signal(SIGPIPE, SIG_IGN);
        int r = loop_new(world->clock, &world->loop);
        assert(r == 0);
        r = name_server_new(world->loop, &world->names);
        assert(r == 0);
        r = resolver_new(world->loop, name_server_place(world->names), &world->resolver);
        assert(r == 0);
        r = fetcher_new(world->loop, &world->fetcher);
        assert(r == 0);
        (void)r;
        world->children = children_new(world->loop);
}

void world_fini(World *world) {
        children_free(world->children);
        fetcher_free(world->fetcher);
        resolver_free(world->resolver);
        name_server_free(world->names);
        loop_free(world->loop);
        clock_free(world->clock);
}

void world_run_until(World *world, const bool *done, Nsec span) {
        Nsec until = clock_at_boot(world->clock) + span;

        for (;;) {
                int r = loop_settle(world->loop);
                assert(r == 0);
                (void)r;
                if (done && *done)
                        return;
                Nsec due = loop_next_due(world->loop), now = clock_at_boot(world->clock);
                Nsec next = due < until ? due : until;
                if (next > now)
                        clock_advance(world->clock, next - now);
                if (due > until)
                        return;
        }
}

Nsec world_elapsed(const World *world) {
        return clock_at_boot(world->clock) - world->began_at_boot;
}
