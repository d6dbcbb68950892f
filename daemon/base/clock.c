#include "daemon/base/clock.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

struct Clock {
        bool simulated;
        Nsec at_boot;
        Nsec at_real;
        Nsec suspended;
        uint64_t random_state;
};

static Nsec read_clock(clockid_t id) {
        struct timespec ts;

        int r = clock_gettime(id, &ts);
        assert(r == 0);
        (void)r;
        return (Nsec)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

Clock *clock_new_system(void) {
        return mon_new(Clock);
}

Clock *clock_new_simulated(Nsec at_boot, Nsec at_real, uint64_t seed) {
        Clock *clock = mon_new(Clock);
        *clock = (Clock){.simulated = true, .at_boot = at_boot, .at_real = at_real, .random_state = seed};
        return clock;
}

void clock_free(Clock *clock) {
        free(clock);
}

bool clock_is_simulated(const Clock *clock) {
        return clock->simulated;
}

Nsec clock_at_boot(const Clock *clock) {
        return clock->simulated ? clock->at_boot : read_clock(CLOCK_BOOTTIME);
}

Nsec clock_at_real(const Clock *clock) {
        return clock->simulated ? clock->at_real : read_clock(CLOCK_REALTIME);
}

Nsec clock_suspended(const Clock *clock) {
        return clock->simulated ? clock->suspended : read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC);
}

Nsec clock_at_monotonic(const Clock *clock) {
        return clock->simulated ? clock->at_boot - clock->suspended : read_clock(CLOCK_MONOTONIC);
}

/* splitmix64: a function of the seed alone, so a simulated run is too. */
static uint64_t random_next(Clock *clock) {
        uint64_t z = (clock->random_state += UINT64_C(0x9e3779b97f4a7c15));
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
}

void clock_random(Clock *clock, void *bytes, size_t n) {
        char *at = bytes;

        while (n > 0) {
                uint64_t word = clock->simulated ? random_next(clock) : 0;
                size_t part = n < sizeof word ? n : sizeof word;
                if (!clock->simulated && getrandom(&word, part, 0) != (ssize_t)part)
                        abort(); /* cannot happen for so few bytes (getrandom(2)) */
                memcpy(at, &word, part);
                at += part;
                n -= part;
        }
}

void clock_advance(Clock *clock, Nsec span) {
        assert(clock->simulated && span >= 0);
        clock->at_boot += span;
        clock->at_real += span;
}

void clock_step_real(Clock *clock, Nsec span) {
        assert(clock->simulated);
        clock->at_real += span;
}

void clock_suspend(Clock *clock, Nsec span) {
        clock_advance(clock, span);
        clock->suspended += span;
}
