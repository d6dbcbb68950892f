/* The only place that reads a clock or asks for randomness.
 *
 * Two clocks: `boot` (CLOCK_BOOTTIME: never steps, counts suspends) decides what is due; `real` (wall time, UTC) is
 * only recorded. A simulated Clock stands still until it is moved, which is how tests pass a day in a second. */
#pragma once

#include "daemon/base/alloc.h"

#include <stdint.h>

/* Nanoseconds: an instant (its clock is in the name: at_boot, at_real) or a span. */
typedef int64_t Nsec;

#define NSEC_PER_MSEC INT64_C(1000000)
#define NSEC_PER_SEC INT64_C(1000000000)
#define NSEC_NEVER INT64_MAX
#define NSEC_UNKNOWN INT64_C(-1) /* a span that was not measured */

typedef struct Clock Clock;

Clock *clock_new_system(void);
/* A clock that stands still at the given instants. Its random bytes are a function of `seed`. */
Clock *clock_new_simulated(Nsec at_boot, Nsec at_real, uint64_t seed);
void clock_free(Clock *clock);
mon_define_cleanup(Clock, clock_free);

bool clock_is_simulated(const Clock *clock);
Nsec clock_at_boot(const Clock *clock);
Nsec clock_at_real(const Clock *clock);
/* The time that the machine spent suspended since boot: boot clock minus CLOCK_MONOTONIC. */
Nsec clock_suspended(const Clock *clock);
/* CLOCK_MONOTONIC, which stands still in a suspend: only for telling a service manager that counts on it. */
Nsec clock_at_monotonic(const Clock *clock);

/* Fills with bytes nobody can guess (getrandom), for seeds and identities; never for scheduling. */
void clock_random(Clock *clock, void *bytes, size_t n);

/* Simulated clocks only. */
void clock_advance(Clock *clock, Nsec span);   /* both clocks */
void clock_step_real(Clock *clock, Nsec span); /* wall time alone, either way */
void clock_suspend(Clock *clock, Nsec span);   /* both clocks move and the span counts as suspended */
