#include "daemon/base/timers.h"

#include <assert.h>

#define TIMERS_FIRST_CAP 32

void timers_fini(Timers *timers) {
        free(timers->heap);
        *timers = (Timers){0};
}

static bool is_before(const Timer *a, const Timer *b) {
        return a->due_at_boot != b->due_at_boot ? a->due_at_boot < b->due_at_boot : a->order < b->order;
}

static void put(Timers *timers, size_t place, Timer *timer) {
        timers->heap[place - 1] = timer;
        timer->place = place;
}

static void sift_up(Timers *timers, Timer *timer, size_t place) {
        while (place > 1 && is_before(timer, timers->heap[place / 2 - 1])) {
                put(timers, place, timers->heap[place / 2 - 1]);
                place /= 2;
        }
        put(timers, place, timer);
}

static void sift_down(Timers *timers, Timer *timer, size_t place) {
        for (;;) {
                size_t child = place * 2;
                if (child > timers->n)
                        break;
                if (child < timers->n && is_before(timers->heap[child], timers->heap[child - 1]))
                        child++;
                if (!is_before(timers->heap[child - 1], timer))
                        break;
                put(timers, place, timers->heap[child - 1]);
                place = child;
        }
        put(timers, place, timer);
}

void timers_disarm(Timers *timers, Timer *timer) {
        size_t place = timer->place;
        if (place == 0)
                return;

        assert(timers->heap[place - 1] == timer);
        timer->place = 0;
        Timer *last = timers->heap[--timers->n];
        if (last == timer)
                return;
        if (place > 1 && is_before(last, timers->heap[place / 2 - 1]))
                sift_up(timers, last, place);
        else
                sift_down(timers, last, place);
}

void timers_arm(Timers *timers, Timer *timer, Nsec due_at_boot) {
        assert(timer->fn);
        timers_disarm(timers, timer);
        if (timers->n == timers->cap) {
                timers->cap = timers->cap ? timers->cap * 2 : TIMERS_FIRST_CAP;
                timers->heap = mon_realloc_array(timers->heap, timers->cap, sizeof *timers->heap);
        }
        timer->due_at_boot = due_at_boot;
        timer->order = timers->next_order++;
        sift_up(timers, timer, ++timers->n);
}

Nsec timers_next(const Timers *timers) {
        return timers->n > 0 ? timers->heap[0]->due_at_boot : NSEC_NEVER;
}

Timer *timers_take_due(Timers *timers, Nsec now_at_boot) {
        if (timers->n == 0 || timers->heap[0]->due_at_boot > now_at_boot)
                return NULL;
        Timer *timer = timers->heap[0];
        timers_disarm(timers, timer);
        return timer;
}
