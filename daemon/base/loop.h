/* The event loop: libevent for sockets and signals, one timerfd on the boot clock for every timer.
 *
 * One pass ("tick") is: ready sockets and signals, then due timers, then what was deferred to the end of the tick (the
 * store's commit). Nothing on it may wait for anything outside.
 *
 * With a simulated clock there is no timerfd: a test runs loop_settle() with the clock standing still, then moves it to
 * loop_next_due(). */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/timers.h"

struct event_base;

typedef struct Loop Loop;
typedef struct LoopIo LoopIo;
typedef struct LoopSignal LoopSignal;
typedef struct LoopDeferred LoopDeferred;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void LoopIoFn(int fd, unsigned ready, void *userdata);
typedef void LoopSignalFn(int signo, void *userdata);
typedef void LoopDeferredFn(void *userdata);

/* Embedded in its owner, runs at most once per loop_defer(). Zeroed is valid once fn is set. */
struct LoopDeferred {
        LoopDeferredFn *fn;
        void *userdata;
        bool queued;
        uint64_t pass; /* of run_deferred(), in which it was queued */
        LoopDeferred *next;
};

mon_must_check int loop_new(Clock *clock, Loop **ret_loop); /* the clock must outlive the loop */
void loop_free(Loop *loop);                                 /* after every io and signal of it */
mon_define_cleanup(Loop, loop_free);

Clock *loop_clock(const Loop *loop);
struct event_base *loop_event_base(const Loop *loop); /* for the files that own a libevent door */

/* Watches a descriptor, level-triggered. The descriptor stays the caller's. */
mon_must_check int loop_io_new(Loop *loop, int fd, unsigned events, LoopIoFn *fn, void *userdata, LoopIo **ret_io);
mon_must_check int loop_io_set(LoopIo *io, unsigned events); /* 0 pauses */
void loop_io_free(LoopIo *io);
mon_define_cleanup(LoopIo, loop_io_free);

mon_must_check int loop_signal_new(Loop *loop, int signo, LoopSignalFn *fn, void *userdata, LoopSignal **ret_signal);
void loop_signal_free(LoopSignal *signal);
mon_define_cleanup(LoopSignal, loop_signal_free);

void loop_arm(Loop *loop, Timer *timer, Nsec due_at_boot);
void loop_arm_after(Loop *loop, Timer *timer, Nsec span);
void loop_disarm(Loop *loop, Timer *timer);

void loop_defer(Loop *loop, LoopDeferred *deferred); /* to the end of this tick; twice is once */
void loop_cancel_deferred(Loop *loop, LoopDeferred *deferred);

/* Work that waits for an answer from outside: begun and ended by whoever starts it. loop_settle() goes by it. */
void loop_begin_work(Loop *loop);
void loop_end_work(Loop *loop);
/* The same for another process, whose pace no simulated clock sets: loop_settle() waits up to a second for it. */
void loop_begin_process(Loop *loop);
void loop_end_process(Loop *loop);
/* Says that something happened in this tick that the loop cannot see (a test server's own bufferevents). */
void loop_touch(Loop *loop);

mon_must_check int loop_run(Loop *loop); /* until loop_stop(); its status, or a negative errno */
void loop_stop(Loop *loop, int status);
bool loop_is_stopping(const Loop *loop);
uint64_t loop_ticks(const Loop *loop); /* passes made: the watchdog's proof of life */

/* Simulated clock only: turns until nothing is in flight, or what is in flight waits for a timer or for nothing. */
mon_must_check int loop_settle(Loop *loop);
Nsec loop_next_due(const Loop *loop); /* NSEC_NEVER when no timer is armed */
