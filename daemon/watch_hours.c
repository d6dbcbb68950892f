#include "daemon/watch_hours.h"

static Nsec later(Nsec a, Nsec b) {
        return a > b ? a : b;
}

void watch_hours_begin(Watch *watch, Flow *flow, Nsec now_at_real, Nsec down_since_at_real) {
        const Hours *hours = watch->target->hours;
        mon_auto_free HoursSpan *spans = mon_new_array(HoursSpan, HOURS_CLOSED_MAX);
        bool was_down = watch->known && down_since_at_real != NSEC_UNKNOWN && down_since_at_real < now_at_real;
        size_t n = 0;

        watch->outside = watch->state.state == VERDICT_UNKNOWN && watch->state.cause == CAUSE_OUTSIDE_HOURS;
        watch->settled_at_real = now_at_real;
        if ((!hours && !watch->outside) || watch->state.paused)
                return;
        if (hours && was_down)
                n = hours_closed(hours, down_since_at_real, now_at_real, spans);
        if (n > 0 && spans[n - 1].until_at_real == now_at_real && !hours_is_open(hours, now_at_real)) {
                spans[n - 1].until_at_real = hours_next_change(hours, now_at_real);
                watch->closed_until_at_real = spans[n - 1].until_at_real;
        }
        /* The hours may have been other ones before the stop: what was recorded ahead by those ends there. */
        if (n > 0 || watch->outside)
                flow_leave_out(flow, watch, was_down ? down_since_at_real : now_at_real, spans, n);
}

/* The present closed span gets its row, if it has none. */
static void record_closed(Watch *watch, Flow *flow, Nsec from_at_real, Nsec now_at_real) {
        HoursSpan span = {from_at_real, hours_next_change(watch->target->hours, now_at_real)};

        if (watch->closed_until_at_real != NSEC_UNKNOWN && watch->closed_until_at_real > now_at_real)
                return;
        flow_leave_out(flow, watch, NSEC_UNKNOWN, &span, 1);
        watch->closed_until_at_real = span.until_at_real;
}

bool watch_hours_follow(Watch *watch, Loop *loop, Flow *flow) {
        const Hours *hours = watch->target->hours;
        Nsec now = clock_at_real(loop_clock(loop)), planned = watch->change_at_real;
        bool open = !hours || hours_is_open(hours, now);

        watch->change_at_real = NSEC_NEVER;
        loop_disarm(loop, &watch->hours_timer);
        if (watch->state.paused)
                return false;
        if (open && watch->outside) {
                watch->outside = false;
                watch->closed_until_at_real = NSEC_UNKNOWN;
                flow_reopen(flow, watch);
        } else if (!open) {
                /* A timer is late by a little: the hours closed when they were to. */
                Nsec from = planned <= now && planned > watch->settled_at_real ? planned : now;
                if (!watch->outside)
                        flow_close(flow, watch, from);
                watch->outside = true;
                record_closed(watch, flow, from, now);
        }
        if (hours)
                watch->change_at_real = hours_next_change(hours, now);
        if (watch->change_at_real != NSEC_NEVER)
                loop_arm_after(loop, &watch->hours_timer, watch->change_at_real - now);
        return open;
}

void watch_hours_break(Watch *watch, Flow *flow, Nsec from_at_real, Nsec until_at_real) {
        const Hours *hours = watch->target->hours;

        if (!hours || watch->state.paused)
                return;
        mon_auto_free HoursSpan *spans = mon_new_array(HoursSpan, HOURS_CLOSED_MAX);
        if (watch->outside)
                from_at_real = later(from_at_real, watch->closed_until_at_real);
        size_t n = hours_closed(hours, from_at_real, until_at_real, spans);
        if (n > 0)
                flow_leave_out(flow, watch, NSEC_UNKNOWN, spans, n);
        watch->settled_at_real = until_at_real;
}

void watch_hours_cut(Watch *watch, Flow *flow, Nsec now_at_real) {
        if (watch->closed_until_at_real == NSEC_UNKNOWN)
                return;
        watch->closed_until_at_real = NSEC_UNKNOWN;
        flow_leave_out(flow, watch, now_at_real, NULL, 0);
}
