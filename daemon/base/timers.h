/* Due times in a binary heap: arm and disarm in O(log n), no allocation per timer, equal times in the order of arming.
 */
#pragma once

#include "daemon/base/clock.h"

typedef struct Timer Timer;
typedef void TimerFn(void *userdata);

/* Embedded in what it wakes. Zeroed is valid and disarmed; `fn` and `userdata` are the owner's to set. It must be
 * disarmed before its owner is freed. */
struct Timer {
        TimerFn *fn;
        void *userdata;
        Nsec due_at_boot;
        uint64_t order;
        size_t place; /* in the heap, from 1; 0 while disarmed */
};

typedef struct Timers {
        Timer **heap;
        size_t n;
        size_t cap;
        uint64_t next_order;
} Timers;

void timers_fini(Timers *timers);
void timers_arm(Timers *timers, Timer *timer, Nsec due_at_boot); /* re-arms if armed */
void timers_disarm(Timers *timers, Timer *timer);
static inline bool timer_is_armed(const Timer *timer) {
        return timer->place != 0;
}
Nsec timers_next(const Timers *timers); /* NSEC_NEVER when none is armed */
/* Takes the earliest timer due at `now`, disarmed, or NULL. */
Timer *timers_take_due(Timers *timers, Nsec now_at_boot);
