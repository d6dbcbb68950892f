#include "daemon/watch_reports.h"

#include "daemon/store/rows.h"

static Nsec later(Nsec a, Nsec b) {
        return a > b ? a : b;
}

static int take(void *userdata, const char *target, const Report *report) {
        Watch *watch = userdata;

        (void)target;
        reports_add(&watch->reports, report_copy(report));
        return 0;
}

int watch_reports_load(Watch *watch, Store *store) {
        StorePage page = store_page_all();

        page.target = watch->target->id;
        page.limit = REPORTS_MAX;
        return store_each_report(store, &page, take, watch);
}

static Observation *new_observation(const Watch *watch, const Loop *loop, Nsec at_real) {
        /* A change is not dated before the present state: its time is told, and rows are not rewritten. */
        return observation_new(later(at_real, watch->state.since_at_real), clock_at_boot(loop_clock(loop)));
}

static void say_report(Watch *watch, const Loop *loop, Flow *flow, const Report *report, Nsec at_real) {
        Observation *seen = new_observation(watch, loop, at_real);
        mon_auto_free char *detail = report_detail(report);

        observation_judge(seen, report->verdict, CAUSE_REPORTED, detail);
        seen->speaks_until_at_real = report->until_at_real;
        watch->report = report->id;
        watch->report_until_at_real = report->until_at_real;
        flow_observe(flow, watch, seen);
}

static void say_expired(Watch *watch, const Loop *loop, Flow *flow, Nsec at_real) {
        Observation *seen = new_observation(watch, loop, at_real);

        observation_judge(seen, VERDICT_UNKNOWN, CAUSE_REPORT_EXPIRED, NULL);
        seen->speaks_until_at_real = seen->at_real;
        watch->report = 0;
        flow_observe(flow, watch, seen);
}

/* The one before it is over, or was corrected away. */
static Nsec takes_over_at(const Watch *watch, const Report *winner, Nsec now_at_real) {
        if (watch->report != 0 && watch->report_until_at_real <= now_at_real)
                return later(winner->at_real, watch->report_until_at_real);
        return winner->at_real;
}

void watch_reports_follow(Watch *watch, Loop *loop, Flow *flow, ReportsStep step) {
        Nsec now = clock_at_real(loop_clock(loop));

        loop_disarm(loop, &watch->timer);
        if (watch->state.paused || watch->outside)
                return;
        const Report *winner = reports_winner(&watch->reports, now);
        Nsec expired_at = reports_expired_at(&watch->reports, now);
        bool speaks = watch->report != 0 || watch->state.cause == CAUSE_REPORTED;

        if (winner && step == REPORTS_RENEW)
                say_report(watch, loop, flow, winner, now);
        else if (winner && winner->id != watch->report)
                say_report(watch, loop, flow, winner, takes_over_at(watch, winner, now));
        else if (!winner && speaks)
                say_expired(watch, loop, flow, expired_at != NSEC_UNKNOWN ? expired_at : now);
        else if (!winner && step == REPORTS_RENEW && expired_at != NSEC_UNKNOWN &&
                 watch->state.cause != CAUSE_REPORT_EXPIRED)
                say_expired(watch, loop, flow, now);
        if (winner)
                loop_arm_after(loop, &watch->timer, winner->until_at_real - now);
}

void watch_reports_enter(Watch *watch, Loop *loop, Flow *flow, Report *report) {
        flow_report(flow, watch, report);
        reports_add(&watch->reports, report);
        watch_reports_follow(watch, loop, flow, REPORTS_FOLLOW);
}
