/* The loop and the clock it stands on. */
#include "daemon/base/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 64

typedef struct World {
        Clock *clock;
        Loop *loop;
        char trace[EVENTS + 1];
        size_t n;
} World;

/* Something that leaves a letter when its turn comes, and may have more to do. */
typedef struct Actor {
        World *world;
        char letter;
        Timer timer;
        LoopDeferred deferred;
        void (*then)(struct Actor *actor);
        struct Actor *other;
} Actor;

static void act(void *userdata) {
        Actor *actor = userdata;

        assert_true(actor->world->n < EVENTS);
        actor->world->trace[actor->world->n++] = actor->letter;
        if (actor->then)
                actor->then(actor);
}

static Actor actor_of(World *world, char letter, void (*then)(Actor *)) {
        return (Actor){.world = world, .letter = letter, .then = then};
}

static void ready(Actor *actor) {
        actor->timer.fn = act;
        actor->timer.userdata = actor;
        actor->deferred.fn = act;
        actor->deferred.userdata = actor;
}

static int set_up(void **state) {
        World *world = mon_new(World);

        world->clock = clock_new_simulated(1000, 5000, 1);
        assert_int_equal(loop_new(world->clock, &world->loop), 0);
        *state = world;
        return 0;
}

static int tear_down(void **state) {
        World *world = *state;

        loop_free(world->loop);
        clock_free(world->clock);
        free(world);
        return 0;
}

static void settle_until(World *world, Nsec until_at_boot) {
        assert_int_equal(loop_settle(world->loop), 0);
        while (loop_next_due(world->loop) <= until_at_boot) {
                clock_advance(world->clock, loop_next_due(world->loop) - clock_at_boot(world->clock));
                assert_int_equal(loop_settle(world->loop), 0);
        }
}

static void timers_run_when_due_and_in_order(void **state) {
        World *world = *state;
        Actor a = actor_of(world, 'a', NULL), b = actor_of(world, 'b', NULL), c = actor_of(world, 'c', NULL);

        ready(&a), ready(&b), ready(&c);
        loop_arm(world->loop, &a.timer, 1300);
        loop_arm_after(world->loop, &b.timer, 200);
        loop_arm(world->loop, &c.timer, 1300);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "");
        assert_int_equal(loop_next_due(world->loop), 1200);
        settle_until(world, 1250);
        assert_string_equal(world->trace, "b");
        loop_disarm(world->loop, &c.timer);
        settle_until(world, 9999);
        assert_string_equal(world->trace, "ba");
        assert_int_equal(loop_next_due(world->loop), NSEC_NEVER);
}

static void arm_now(Actor *actor) {
        if (actor->world->n < 5)
                loop_arm_after(actor->world->loop, &actor->timer, 0);
}

/* One that re-arms itself for now gets one turn a pass: others come in between, and passes end. */
static void a_timer_due_now_waits_for_the_next_pass(void **state) {
        World *world = *state;
        Actor a = actor_of(world, 'a', arm_now), b = actor_of(world, 'b', arm_now);

        ready(&a), ready(&b);
        loop_arm(world->loop, &a.timer, 0);
        loop_arm(world->loop, &b.timer, 1000);
        settle_until(world, 1000);
        assert_string_equal(world->trace, "ababab");
        assert_true(loop_ticks(world->loop) >= 3);
}

static void defer_self(Actor *actor) {
        if (actor->world->n < 6)
                loop_defer(actor->world->loop, &actor->deferred);
}

static void cancel_other_and_defer_self(Actor *actor) {
        loop_cancel_deferred(actor->world->loop, &actor->other->deferred);
        defer_self(actor);
}

static void what_is_deferred_runs_once_at_the_end_of_the_pass(void **state) {
        World *world = *state;
        Actor a = actor_of(world, 'a', NULL), b = actor_of(world, 'b', NULL), t = actor_of(world, 't', NULL);

        ready(&a), ready(&b), ready(&t);
        loop_defer(world->loop, &b.deferred);
        loop_defer(world->loop, &a.deferred);
        loop_defer(world->loop, &b.deferred);
        loop_arm(world->loop, &t.timer, 0);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "tba");
        loop_defer(world->loop, &a.deferred);
        loop_defer(world->loop, &b.deferred);
        loop_cancel_deferred(world->loop, &b.deferred);
        loop_cancel_deferred(world->loop, &b.deferred);
        loop_defer(world->loop, &t.deferred);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "tbaat");
}

/* A pass ends although its last one was cancelled and its first one always comes back. */
static void deferring_again_waits_for_the_next_pass(void **state) {
        World *world = *state;
        Actor a = actor_of(world, 'a', cancel_other_and_defer_self), b = actor_of(world, 'b', NULL),
              t = actor_of(world, 't', NULL);

        ready(&a), ready(&b), ready(&t);
        a.other = &b;
        loop_defer(world->loop, &a.deferred);
        loop_defer(world->loop, &b.deferred);
        uint64_t before = loop_ticks(world->loop);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "aaaaaa");
        assert_true(loop_ticks(world->loop) - before >= 6);
}

typedef struct Pipe {
        World *world;
        int fds[2];
        LoopIo *io;
} Pipe;

static void on_pipe(int fd, unsigned events, void *userdata) {
        Pipe *channel = userdata;
        char c;

        assert_int_equal(events, LOOP_READ);
        assert_int_equal(read(fd, &c, 1), 1);
        channel->world->trace[channel->world->n++] = c;
        if (c == 'p')
                assert_int_equal(loop_io_set(channel->io, 0), 0);
        if (c == 'x') {
                loop_io_free(channel->io);
                channel->io = NULL;
        }
        if (c == 'e')
                loop_end_work(channel->world->loop);
}

static void descriptors_are_watched_until_told_otherwise(void **state) {
        World *world = *state;
        Pipe channel = {.world = world};

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.fds), 0);
        assert_int_equal(loop_io_new(world->loop, channel.fds[0], LOOP_READ, on_pipe, &channel, &channel.io), 0);
        assert_int_equal(write(channel.fds[1], "abpcx-", 6), 6);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "abp");
        assert_int_equal(loop_io_set(channel.io, LOOP_READ), 0);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "abpcx");
        assert_null(channel.io);
        (void)close(channel.fds[0]);
        (void)close(channel.fds[1]);
}

/* Settling waits for what is in flight, and does not wait for ever for what only time will bring. */
static void settling_goes_by_the_work_in_flight(void **state) {
        World *world = *state;
        Pipe channel = {.world = world};
        Actor a = actor_of(world, 'a', NULL);

        ready(&a);
        loop_begin_work(world->loop);
        loop_arm_after(world->loop, &a.timer, NSEC_PER_SEC);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "");
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.fds), 0);
        assert_int_equal(loop_io_new(world->loop, channel.fds[0], LOOP_READ, on_pipe, &channel, &channel.io), 0);
        assert_int_equal(write(channel.fds[1], "e", 1), 1);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "e");
        loop_io_free(channel.io);
        (void)close(channel.fds[0]);
        (void)close(channel.fds[1]);
}

static void on_signal(int signo, void *userdata) {
        World *world = userdata;

        assert_int_equal(signo, SIGUSR1);
        world->trace[world->n++] = 's';
}

static void signals_arrive_on_the_loop(void **state) {
        World *world = *state;
        LoopSignal *watched = NULL;

        assert_int_equal(loop_signal_new(world->loop, SIGUSR1, on_signal, world, &watched), 0);
        assert_int_equal(raise(SIGUSR1), 0);
        assert_int_equal(loop_settle(world->loop), 0);
        assert_string_equal(world->trace, "s");
        loop_signal_free(watched);
}

static void stop(Actor *actor) {
        loop_stop(actor->world->loop, 7);
}

static void runs_on_the_real_clock_until_stopped(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_system();
        World world = {.clock = clock};
        Actor past = actor_of(&world, 'p', NULL), soon = actor_of(&world, 's', stop),
              never = actor_of(&world, 'n', NULL);
        (void)state;

        assert_int_equal(loop_new(clock, &world.loop), 0);
        ready(&past), ready(&soon), ready(&never);
        Nsec began_at_boot = clock_at_boot(clock);
        loop_arm(world.loop, &past.timer, -5);
        loop_arm_after(world.loop, &soon.timer, 3 * NSEC_PER_MSEC);
        loop_arm_after(world.loop, &never.timer, 3600 * NSEC_PER_SEC);
        assert_int_equal(loop_run(world.loop), 7);
        assert_true(loop_is_stopping(world.loop));
        assert_string_equal(world.trace, "ps");
        assert_true(clock_at_boot(clock) - began_at_boot >= 3 * NSEC_PER_MSEC);
        /* Due times wake it, nothing else does: no pass without one, give or take what the kernel adds. */
        assert_in_range(loop_ticks(world.loop), 1, 4);
        loop_disarm(world.loop, &never.timer);
        loop_free(world.loop);
}

static void a_simulated_clock_stands_until_moved(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(100, 7000, 42);
        mon_cleanup(clock_free_p) Clock *twin = clock_new_simulated(0, 0, 42), *other = clock_new_simulated(0, 0, 43);
        uint8_t a[21], b[21], c[21];
        (void)state;

        assert_true(clock_is_simulated(clock));
        clock_advance(clock, 50);
        clock_step_real(clock, -1000);
        clock_suspend(clock, 200);
        assert_int_equal(clock_at_boot(clock), 350);
        assert_int_equal(clock_at_real(clock), 6250);
        assert_int_equal(clock_suspended(clock), 200);
        assert_int_equal(clock_at_monotonic(clock), 150);
        clock_random(clock, a, sizeof a);
        clock_random(twin, b, sizeof b);
        clock_random(other, c, sizeof c);
        assert_memory_equal(a, b, sizeof a);
        assert_memory_not_equal(a, c, sizeof a);
}

static void the_system_clock_goes_forward(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_system();
        uint8_t a[32] = {0}, b[32] = {0};
        (void)state;

        assert_false(clock_is_simulated(clock));
        Nsec first = clock_at_boot(clock);
        assert_true(clock_at_boot(clock) >= first);
        assert_true(clock_at_real(clock) > INT64_C(1700000000) * NSEC_PER_SEC);
        assert_true(clock_suspended(clock) > -NSEC_PER_SEC);
        clock_random(clock, a, sizeof a);
        clock_random(clock, b, sizeof b);
        assert_memory_not_equal(a, b, sizeof a);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
        const struct CMUnitTest tests[] = {
                test(timers_run_when_due_and_in_order),
                test(a_timer_due_now_waits_for_the_next_pass),
                test(what_is_deferred_runs_once_at_the_end_of_the_pass),
                test(deferring_again_waits_for_the_next_pass),
                test(descriptors_are_watched_until_told_otherwise),
                test(settling_goes_by_the_work_in_flight),
                test(signals_arrive_on_the_loop),
                cmocka_unit_test(runs_on_the_real_clock_until_stopped),
                cmocka_unit_test(a_simulated_clock_stands_until_moved),
                cmocka_unit_test(the_system_clock_goes_forward),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
