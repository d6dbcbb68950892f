#include "daemon/base/loop.h"

#include "daemon/base/error.h"

#include <assert.h>
#include <event2/event.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* How long, in real time, loop_settle() waits for a kernel that has not delivered on loopback yet. */
#define LOOP_SETTLE_WAIT_USEC 2000
#define LOOP_SETTLE_PROCESS_WAITS 500 /* as many times, while another process works for us */

struct Loop {
        Clock *clock;
        struct event_base *base;
        Timers timers;
        int timerfd; /* -1 with a simulated clock */
        struct event *timer_event;
        Nsec timerfd_due;
        LoopDeferred *deferred_first;
        LoopDeferred **deferred_end;
        uint64_t deferred_pass;
        unsigned work, processes;
        Nsec waited_at_boot; /* for a process, in vain */
        bool touched;
        bool stopping;
        int status;
        uint64_t ticks;
};

struct LoopIo {
        Loop *loop;
        struct event *event; /* NULL while paused */
        int fd;
        unsigned events;
        LoopIoFn *fn;
        void *userdata;
};

struct LoopSignal {
        Loop *loop;
        struct event *event;
        LoopSignalFn *fn;
        void *userdata;
};

static void on_timerfd(evutil_socket_t fd, short what, void *userdata) {
        Loop *loop = userdata;
        uint64_t expirations;

        (void)what;
        if (read(fd, &expirations, sizeof expirations) > 0)
                loop->timerfd_due = NSEC_NEVER;
}

static int loop_open_timerfd(Loop *loop) {
        loop->timerfd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        if (loop->timerfd < 0)
                return mon_errno();
        loop->timer_event = event_new(loop->base, loop->timerfd, EV_READ | EV_PERSIST, on_timerfd, loop);
        if (!loop->timer_event || event_add(loop->timer_event, NULL) < 0)
                return -ENOMEM;
        return 0;
}

int loop_new(Clock *clock, Loop **ret_loop) {
        mon_cleanup(loop_free_p) Loop *loop = mon_new(Loop);

        loop->clock = clock;
        loop->timerfd = -1;
        loop->timerfd_due = NSEC_NEVER;
        loop->deferred_end = &loop->deferred_first;
        /* No libevent timer is ever set, so its own clock is not read on each pass (EVENT_BASE_FLAG_NO_CACHE_TIME
         * would read it more often, not less). */
        struct event_config *config = event_config_new();
        if (!config)
                return -ENOMEM;
        loop->base = event_base_new_with_config(config);
        event_config_free(config);
        if (!loop->base)
                return -ENOMEM;
        if (!clock_is_simulated(clock)) {
                int r = loop_open_timerfd(loop);
                if (r < 0)
                        return r;
        }
        *ret_loop = mon_steal(&loop);
        return 0;
}

void loop_free(Loop *loop) {
        if (!loop)
                return;
        if (loop->timer_event)
                event_free(loop->timer_event);
        if (loop->timerfd >= 0)
                (void)close(loop->timerfd);
        timers_fini(&loop->timers);
        if (loop->base)
                event_base_free(loop->base);
        free(loop);
}

Clock *loop_clock(const Loop *loop) {
        return loop->clock;
}

struct event_base *loop_event_base(const Loop *loop) {
        return loop->base;
}

static void on_io(evutil_socket_t fd, short what, void *userdata) {
        LoopIo *io = userdata;
        unsigned ready = ((what & EV_READ) ? LOOP_READ : 0) | ((what & EV_WRITE) ? LOOP_WRITE : 0);

        io->loop->touched = true;
        io->fn(fd, ready, io->userdata);
}

static void io_drop_event(LoopIo *io) {
        if (io->event)
                event_free(io->event);
        io->event = NULL;
}

int loop_io_set(LoopIo *io, unsigned events) {
        short what = EV_PERSIST;

        if (io->event && io->events == events)
                return 0;
        io_drop_event(io);
        io->events = events;
        if (events == 0)
                return 0;
        if (events & LOOP_READ)
                what |= EV_READ;
        if (events & LOOP_WRITE)
                what |= EV_WRITE;
        io->event = event_new(io->loop->base, io->fd, what, on_io, io);
        if (!io->event)
                return -ENOMEM;
        if (event_add(io->event, NULL) < 0) {
                io_drop_event(io);
                return -EIO;
        }
        return 0;
}

int loop_io_new(Loop *loop, int fd, unsigned events, LoopIoFn *fn, void *userdata, LoopIo **ret_io) {
        mon_cleanup(loop_io_free_p) LoopIo *io = mon_new(LoopIo);

        *io = (LoopIo){.loop = loop, .fd = fd, .fn = fn, .userdata = userdata};
        int r = loop_io_set(io, events);
        if (r < 0)
                return r;
        *ret_io = mon_steal(&io);
        return 0;
}

void loop_io_free(LoopIo *io) {
        if (!io)
                return;
        io_drop_event(io);
        free(io);
}

static void on_signal(evutil_socket_t signo, short what, void *userdata) {
        LoopSignal *signal = userdata;

        (void)what;
        signal->loop->touched = true;
        signal->fn(signo, signal->userdata);
}

int loop_signal_new(Loop *loop, int signo, LoopSignalFn *fn, void *userdata, LoopSignal **ret_signal) {
        mon_cleanup(loop_signal_free_p) LoopSignal *signal = mon_new(LoopSignal);

        *signal = (LoopSignal){.loop = loop, .fn = fn, .userdata = userdata};
        signal->event = evsignal_new(loop->base, signo, on_signal, signal);
        if (!signal->event || event_add(signal->event, NULL) < 0)
                return -ENOMEM;
        *ret_signal = mon_steal(&signal);
        return 0;
}

void loop_signal_free(LoopSignal *signal) {
        if (!signal)
                return;
        if (signal->event)
                event_free(signal->event);
        free(signal);
}

void loop_arm(Loop *loop, Timer *timer, Nsec due_at_boot) {
        timers_arm(&loop->timers, timer, due_at_boot);
}

void loop_arm_after(Loop *loop, Timer *timer, Nsec span) {
        timers_arm(&loop->timers, timer, clock_at_boot(loop->clock) + span);
}

void loop_disarm(Loop *loop, Timer *timer) {
        timers_disarm(&loop->timers, timer);
}

void loop_defer(Loop *loop, LoopDeferred *deferred) {
        assert(deferred->fn);
        if (deferred->queued)
                return;
        deferred->queued = true;
        deferred->pass = loop->deferred_pass;
        deferred->next = NULL;
        *loop->deferred_end = deferred;
        loop->deferred_end = &deferred->next;
}

void loop_cancel_deferred(Loop *loop, LoopDeferred *deferred) {
        if (!deferred->queued)
                return;
        deferred->queued = false;
        for (LoopDeferred **at = &loop->deferred_first; *at; at = &(*at)->next) {
                if (*at != deferred)
                        continue;
                *at = deferred->next;
                if (!*at)
                        loop->deferred_end = at;
                return;
        }
}

void loop_begin_work(Loop *loop) {
        loop->work++;
}

void loop_end_work(Loop *loop) {
        assert(loop->work > 0);
        loop->work--;
}

void loop_begin_process(Loop *loop) {
        loop_begin_work(loop);
        loop->processes++;
        loop->waited_at_boot = NSEC_UNKNOWN;
}

void loop_end_process(Loop *loop) {
        assert(loop->processes > 0);
        loop->processes--;
        loop_end_work(loop);
}

void loop_touch(Loop *loop) {
        loop->touched = true;
}

/* The timers due when the pass began: one armed "now" by another waits for the next pass, so a pass always ends. */
static void run_due_timers(Loop *loop) {
        Nsec now = clock_at_boot(loop->clock);
        uint64_t armed_before = loop->timers.next_order;

        while (timers_next(&loop->timers) <= now && loop->timers.heap[0]->order < armed_before) {
                Timer *timer = timers_take_due(&loop->timers, now);
                loop->touched = true;
                timer->fn(timer->userdata);
        }
}

/* What was queued when the pass began: what these queue in turn waits for the next pass, so a pass always ends. */
static void run_deferred(Loop *loop) {
        uint64_t pass = ++loop->deferred_pass;

        while (loop->deferred_first && loop->deferred_first->pass < pass) {
                LoopDeferred *deferred = loop->deferred_first;
                loop->deferred_first = deferred->next;
                if (!loop->deferred_first)
                        loop->deferred_end = &loop->deferred_first;
                deferred->queued = false;
                loop->touched = true;
                deferred->fn(deferred->userdata);
        }
}

static int set_timerfd(Loop *loop) {
        Nsec due = timers_next(&loop->timers);
        if (due == loop->timerfd_due)
                return 0;

        /* An absolute time of 0 would disarm it; anything long past fires at once. */
        Nsec at = due == NSEC_NEVER ? 0 : due > 0 ? due : 1;
        struct itimerspec spec = {.it_value = {.tv_sec = at / NSEC_PER_SEC, .tv_nsec = at % NSEC_PER_SEC}};
        if (timerfd_settime(loop->timerfd, TFD_TIMER_ABSTIME, &spec, NULL) < 0)
                return mon_errno();
        loop->timerfd_due = due;
        return 0;
}

static int loop_turn(Loop *loop, int flags) {
        if (event_base_loop(loop->base, flags) < 0)
                return -EIO;
        run_due_timers(loop);
        run_deferred(loop);
        loop->ticks++;
        return 0;
}

int loop_run(Loop *loop) {
        while (!loop->stopping) {
                int flags = EVLOOP_ONCE;
                int r = set_timerfd(loop);
                if (r < 0)
                        return r;
                if (loop->deferred_first || timers_next(&loop->timers) <= clock_at_boot(loop->clock))
                        flags |= EVLOOP_NONBLOCK;
                r = loop_turn(loop, flags);
                if (r < 0)
                        return r;
        }
        return loop->status;
}

void loop_stop(Loop *loop, int status) {
        loop->stopping = true;
        loop->status = status;
}

bool loop_is_stopping(const Loop *loop) {
        return loop->stopping;
}

uint64_t loop_ticks(const Loop *loop) {
        return loop->ticks;
}

static int wait_for_kernel(Loop *loop) {
        struct timeval wait = {.tv_usec = LOOP_SETTLE_WAIT_USEC};

        if (event_base_loopexit(loop->base, &wait) < 0)
                return -EIO;
        return loop_turn(loop, EVLOOP_ONCE);
}

/* At one instant of the simulated clock once at most: a process that hangs is to cost no more. */
static int wait_for_process(Loop *loop) {
        Nsec now = clock_at_boot(loop->clock);
        bool is_awaited = loop->processes > 0 && loop->waited_at_boot != now;
        int r = 0;

        for (int i = is_awaited ? LOOP_SETTLE_PROCESS_WAITS : 1; r == 0 && i > 0 && !loop->touched; i--)
                r = wait_for_kernel(loop);
        if (is_awaited && !loop->touched)
                loop->waited_at_boot = now;
        return r;
}

int loop_settle(Loop *loop) {
        assert(clock_is_simulated(loop->clock));
        while (!loop->stopping) {
                loop->touched = false;
                int r = loop_turn(loop, EVLOOP_ONCE | EVLOOP_NONBLOCK);
                if (r < 0)
                        return r;
                if (loop->touched)
                        continue;
                if (loop->work == 0)
                        return 0;
                r = wait_for_process(loop);
                if (r < 0)
                        return r;
                if (!loop->touched)
                        return 0;
        }
        return 0;
}

Nsec loop_next_due(const Loop *loop) {
        return timers_next(&loop->timers);
}
