#include "daemon/watches.h"

#include "config/diff.h"
#include "daemon/absent_look.h"
#include "daemon/base/log.h"
#include "daemon/base/map.h"
#include "daemon/base/text.h"
#include "daemon/core/evaluate.h"
#include "daemon/core/schedule.h"
#include "daemon/watch_hours.h"
#include "daemon/watch_reports.h"
#include "probes/probe.h"

struct Watches {
        Loop *loop;
        Clock *clock;
        Runner *runner;
        Flow *flow;
        WatchesGoneFn *gone;
        void *userdata;
        List list; /* of Watch *, in the configuration's order */
        Map by_id;
        Map asked_hosts; /* host -> Nsec * of the boot clock */
        LoopDeferred judge_hours;
};

static void plan(Watch *watch, Nsec due_at_boot) {
        watch->due_at_boot = due_at_boot;
        loop_arm(watch->watches->loop, &watch->timer, due_at_boot);
}

static bool is_by_people(const Watch *watch) {
        return watch->target->driver->by_people;
}

static void plan_first(Watch *watch) {
        Watches *watches = watch->watches;
        Nsec since_last = NSEC_UNKNOWN;

        if (is_by_people(watch)) {
                watch_reports_follow(watch, watches->loop, watches->flow, REPORTS_RENEW);
                return;
        }

        if (watch->state.last_check_at_real != NSEC_UNKNOWN) {
                Nsec since = clock_at_real(watches->clock) - watch->state.last_check_at_real;
                since_last = since >= 0 ? since : NSEC_UNKNOWN;
        }
        plan(watch, schedule_first(watch->target, watches->list.n, clock_at_boot(watches->clock), since_last));
}

static void unplan(Watch *watch) {
        watch->due_at_boot = NSEC_NEVER;
        loop_disarm(watch->watches->loop, &watch->timer);
}

static void on_done(const Target *target, Observation *observation, void *userdata) {
        Watch *watch = userdata;
        Watches *watches = watch->watches;
        Nsec began_at_boot = observation->at_boot, retry_after = observation->retry_after;

        (void)target;
        watch->looking = false;
        observation->asked_for = watch->asked_for;
        watch->asked_for = false;
        flow_observe(watches->flow, watch, observation);
        absent_look_consider(watch, watches->runner, watches->flow, clock_at_real(watches->clock));
        plan(watch, schedule_next(watch->target, began_at_boot, clock_at_boot(watches->clock),
                                  evaluate_is_undecided(watch->target, &watch->state), retry_after));
}

static int look(Watch *watch) {
        Watches *watches = watch->watches;

        unplan(watch);
        int r = runner_start(watches->runner, watch->target, on_done, watch);
        if (r == 0)
                watch->looking = true;
        else
                plan(watch, clock_at_boot(watches->clock) + schedule_retry(watch->target));
        return r;
}

/* The machine slept through many due times at once: spread them instead of asking everybody in the same second. */
static void spread_overdue(Watches *watches) {
        Nsec now = clock_at_boot(watches->clock);

        list_each (Watch, watch, &watches->list)
                if (watch->due_at_boot <= now)
                        plan(watch, schedule_first(watch->target, watches->list.n, now, NSEC_UNKNOWN));
}

static void on_due(void *userdata) {
        Watch *watch = userdata;
        Watches *watches = watch->watches;
        bool slept = flow_watch_time(watches->flow);

        if (is_by_people(watch)) {
                watch_reports_follow(watch, watches->loop, watches->flow, REPORTS_FOLLOW);
                return;
        }
        if (slept || clock_at_boot(watches->clock) - watch->due_at_boot > SCHEDULE_LATE_MAX) {
                spread_overdue(watches);
                return;
        }
        int r = look(watch);
        if (r < 0)
                log_error("%s: the look could not begin: %s", watch->target->id, mon_strerror(r));
}

static void give_up_look(Watch *watch) {
        Watches *watches = watch->watches;

        absent_look_cancel(watch);
        runner_cancel(watches->runner, watch->target);
        if (!watch->looking)
                return;
        watch->looking = false;
        watch->asked_for = false;
        watches->gone(watch, watches->userdata);
}

/* Opens or closes what the hours say; whether it may be looked at now. */
static bool follow_hours(Watch *watch) {
        Watches *watches = watch->watches;
        bool was_outside = watch->outside;
        bool open = watch_hours_follow(watch, watches->loop, watches->flow);

        if (!open) {
                unplan(watch);
                give_up_look(watch);
        } else if (was_outside && !watch->state.paused)
                plan_first(watch);
        return open;
}

static void on_hours(void *userdata) {
        Watch *watch = userdata;

        (void)flow_watch_time(watch->watches->flow);
        (void)follow_hours(watch);
}

static void on_judge_hours(void *userdata) {
        Watches *watches = userdata;

        list_each (Watch, watch, &watches->list) {
                bool was_outside = watch->outside;
                if (watch->target->hours)
                        (void)follow_hours(watch);
                if (is_by_people(watch) && !was_outside)
                        watch_reports_follow(watch, watches->loop, watches->flow, REPORTS_RENEW);
        }
}

void watches_break_time(Watches *watches, Nsec from_at_real, Nsec until_at_real) {
        list_each (Watch, watch, &watches->list)
                watch_hours_break(watch, watches->flow, from_at_real, until_at_real);
        loop_defer(watches->loop, &watches->judge_hours);
}

static void watch_free(Watch *watch) {
        Watches *watches = watch->watches;

        unplan(watch);
        loop_disarm(watches->loop, &watch->hours_timer);
        give_up_look(watch);
        flow_forget(watches->flow, watch);
        map_set(&watches->by_id, watch->target->id, NULL);
        target_state_fini(&watch->state);
        incident_fini(&watch->open);
        content_fini(&watch->content);
        reports_fini(&watch->reports);
        free(watch);
}

Watches *watches_new(Loop *loop, Runner *runner, Flow *flow, WatchesGoneFn *gone, void *userdata) {
        Watches *watches = mon_new(Watches);

        *watches = (Watches){.loop = loop,
                             .clock = loop_clock(loop),
                             .runner = runner,
                             .flow = flow,
                             .gone = gone,
                             .userdata = userdata};
        watches->judge_hours = (LoopDeferred){.fn = on_judge_hours, .userdata = watches};
        clock_random(watches->clock, &watches->by_id.seed, sizeof watches->by_id.seed);
        return watches;
}

void watches_free(Watches *watches) {
        if (!watches)
                return;
        loop_cancel_deferred(watches->loop, &watches->judge_hours);
        while (watches->list.n > 0)
                watch_free(list_take(&watches->list, watches->list.n - 1));
        list_fini(&watches->list);
        map_fini(&watches->by_id);
        map_each (&watches->asked_hosts, slot)
                free(slot->value);
        map_fini(&watches->asked_hosts);
        free(watches);
}

/* --- a configuration ------------------------------------------------------------------------------------------- */

static int add(Watches *watches, Target *target, Watch **ret_watch) {
        Watch *watch = mon_new(Watch);

        *watch = (Watch){
                .watches = watches, .target = target, .due_at_boot = NSEC_NEVER, .absent_at_real = NSEC_UNKNOWN};
        watch->timer = (Timer){.fn = on_due, .userdata = watch};
        watch->hours_timer = (Timer){.fn = on_hours, .userdata = watch};
        watch->change_at_real = NSEC_NEVER;
        watch->closed_until_at_real = NSEC_UNKNOWN;
        target_state_init(&watch->state);
        int r = flow_load(watches->flow, watch);
        if (r != 0) {
                target_state_fini(&watch->state);
                content_fini(&watch->content);
                reports_fini(&watch->reports);
                free(watch);
                return r;
        }
        map_set(&watches->by_id, target->id, watch);
        *ret_watch = watch;
        return 0;
}

static void replace_in(List *list, const Target *item, Target *by) {
        for (size_t i = 0; i < list->n; i++)
                if (list->items[i] == item)
                        list->items[i] = by;
}

/* `paused: true` in the file pauses; taking it out resumes what it paused, also when mond stood still meanwhile.
 * True: there is no more to do. */
static bool follow_paused(Watches *watches, Watch *watch) {
        if (watch->target->paused && !watch->state.paused) {
                watch->state.paused_by_file = true;
                watches_pause(watches, watch, true);
        } else if (!watch->target->paused && watch->state.paused_by_file)
                watches_pause(watches, watch, false);
        else
                return watch->state.paused;
        return true;
}

static void begin(Watch *watch) {
        bool was_outside = watch->outside;

        if (!follow_paused(watch->watches, watch) && follow_hours(watch) && !was_outside)
                plan_first(watch);
}

static void keep(Watch *watch, Config *config, Config *old, Target *target) {
        Target *kept = watch->target;

        replace_in(&config->targets, target, kept);
        replace_in(&old->targets, kept, target); /* the new copy goes with the old configuration */
}

static void change(Watches *watches, Watch *watch, Target *target) {
        unplan(watch);
        give_up_look(watch);
        watch_hours_cut(watch, watches->flow, clock_at_real(watches->clock));
        watch->target = target;
        begin(watch);
}

/* Loads every target that is new, before anything else changes: this alone can fail. */
static int add_all(Watches *watches, const ConfigDiff *diff, List *ret_added) {
        for (size_t i = 0; i < diff->n; i++) {
                Watch *watch;
                if (diff->items[i].kind != CONFIG_ADDED)
                        continue;
                int r = add(watches, diff->items[i].after, &watch);
                if (r != 0)
                        return r;
                list_add(ret_added, watch);
        }
        return 0;
}

static void follow_diff(Watches *watches, const ConfigDiff *diff, Config *config, Config *old) {
        watches->list.n = 0;
        for (size_t i = 0; i < diff->n; i++) {
                const ConfigChange *item = &diff->items[i];
                Watch *watch = map_get(&watches->by_id, item->before ? item->before->id : item->after->id);
                if (item->kind == CONFIG_REMOVED) {
                        watch_hours_cut(watch, watches->flow, clock_at_real(watches->clock));
                        watch_free(watch);
                        continue;
                }
                list_add(&watches->list, watch);
                if (item->kind == CONFIG_UNCHANGED)
                        keep(watch, config, old, item->after);
                else if (item->kind == CONFIG_CHANGED)
                        change(watches, watch, item->after);
        }
}

int watches_set(Watches *watches, Config *config, Config *old, WatchesDiff *ret_diff) {
        ConfigDiff diff;
        List added = {0};

        config_diff(old, config, &diff);
        int r = add_all(watches, &diff, &added);
        if (r == 0) {
                follow_diff(watches, &diff, config, old);
                *ret_diff = (WatchesDiff){
                        .added = diff.counts[CONFIG_ADDED],
                        .removed = diff.counts[CONFIG_REMOVED],
                        .changed = diff.counts[CONFIG_CHANGED],
                        .unchanged = diff.counts[CONFIG_UNCHANGED],
                };
        }
        list_each (Watch, watch, &added) {
                if (r != 0) {
                        watch_free(watch);
                        continue;
                }
                watch_hours_begin(watch, watches->flow, clock_at_real(watches->clock),
                                  old ? NSEC_UNKNOWN : flow_down_since_at_real(watches->flow));
                begin(watch);
        }
        list_fini(&added);
        config_diff_fini(&diff);
        return r;
}

void watches_restart_looks(Watches *watches) {
        list_each (Watch, watch, &watches->list) {
                if (!watch->looking)
                        continue;
                give_up_look(watch);
                plan_first(watch);
        }
}

size_t watches_count(const Watches *watches) {
        return watches->list.n;
}

Watch *watches_at(const Watches *watches, size_t index) {
        return watches->list.items[index];
}

Watch *watches_find(const Watches *watches, const char *id) {
        return map_get(&watches->by_id, id);
}

/* --- what people ask for --------------------------------------------------------------------------------------- */

int watches_may_ask(Watches *watches, const Watch *watch, Nsec *ret_wait) {
        const Target *target = watch->target;

        if (watch->state.paused)
                return WATCHES_E_PAUSED;
        if (is_by_people(watch))
                return WATCHES_E_BY_PEOPLE;
        if (watch->outside)
                return WATCHES_E_OUTSIDE;
        if (watch->looking || !target->host || target->host_is_local)
                return 0;
        const Nsec *asked = map_get(&watches->asked_hosts, target->host);
        Nsec now = clock_at_boot(watches->clock);
        if (!asked || now - *asked >= WATCHES_ASK_EVERY)
                return 0;
        *ret_wait = WATCHES_ASK_EVERY - (now - *asked);
        return WATCHES_E_TOO_SOON;
}

int watches_ask(Watches *watches, Watch *watch) {
        if (watch->looking)
                return 0;
        if (watch->target->host && !watch->target->host_is_local) {
                Nsec *asked = map_get(&watches->asked_hosts, watch->target->host);
                if (!asked) {
                        asked = mon_new(Nsec);
                        map_set(&watches->asked_hosts, watch->target->host, asked);
                }
                *asked = clock_at_boot(watches->clock);
        }
        int r = look(watch);
        watch->asked_for = r == 0;
        return r;
}

void watches_pause(Watches *watches, Watch *watch, bool paused) {
        if (watch->state.paused == paused)
                return;
        if (paused) {
                unplan(watch);
                give_up_look(watch);
                loop_disarm(watches->loop, &watch->hours_timer);
                watch->outside = false; /* it is paused now; what is on record as left out stays so */
        }
        flow_pause(watches->flow, watch, paused);
        if (!paused && follow_hours(watch))
                plan_first(watch);
}

void watches_report(Watches *watches, Watch *watch, Report *report) {
        (void)flow_watch_time(watches->flow);
        watch_reports_enter(watch, watches->loop, watches->flow, report);
}

Nsec watches_next_at_real(const Watches *watches, const Watch *watch) {
        const Hours *hours = watch->target->hours;
        Nsec now = clock_at_real(watches->clock);

        if (watch->looking)
                return now;
        if (is_by_people(watch))
                return NSEC_UNKNOWN;
        if (watch->outside)
                return hours_next_change(hours, now);
        if (watch->due_at_boot == NSEC_NEVER)
                return NSEC_UNKNOWN;
        Nsec due = now + (watch->due_at_boot - clock_at_boot(watches->clock));
        return !hours || hours_is_open(hours, due) ? due : hours_next_change(hours, due);
}
