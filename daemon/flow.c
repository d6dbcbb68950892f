#include "daemon/flow.h"

#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/flow_parts.h"
#include "daemon/watch_reports.h"

#define DAY_NSEC (86400 * NSEC_PER_SEC)

/* --- what comes in --------------------------------------------------------------------------------------------- */

void flow_tell(Flow *flow, Event *event) {
        Record *record = record_new(NULL);

        record->result.events[record->result.n_events++] = event;
        flow_push(flow, record);
}

/* Blind for that reason, or not any more: the first and the last of them are told. */
static void set_blind(Flow *flow, unsigned reason, bool blind, Nsec at_real, Cause cause, const char *detail) {
        unsigned before = flow->blind, after = blind ? before | reason : before & ~reason;

        flow->blind = after;
        if ((before != 0) == (after != 0))
                return;
        flow->blind_since_at_real = at_real;
        Event *event = mon_event_new(after ? EVENT_OBSERVER_BLIND : EVENT_OBSERVER_BACK, at_real);
        event->kind = SUBJECT_OBSERVER;
        event->subject = mon_strdup("mond");
        event->verdict = blind ? VERDICT_UNKNOWN : VERDICT_UP;
        event->cause = cause;
        event->detail = mon_strdup(detail);
        flow_tell(flow, event);
}

void flow_tell_trouble(Flow *flow, int error) {
        set_blind(flow, BLIND_STORE, error != 0, clock_at_real(flow->clock), CAUSE_LOCAL_FAULT,
                  error != 0 ? store_strerror(error) : NULL);
}

/* Whether we can see at all is read off what the probes bring: the references were asked on their behalf, so a failure
 * that stands as the site's says as much for our network as an answer does. This machine's own servers say nothing. */
static void follow_blindness(Flow *flow, const Target *target, const Observation *observation) {
        bool out = observation->cause == CAUSE_LOCAL_NETWORK;
        bool sees = observation->http_status > 0 || verdict_class(observation->verdict) != CLASS_NOT_OBSERVED;

        /* Nor does what people report. */
        if ((!out && !sees) || target->host_is_local || observation->cause == CAUSE_REPORTED)
                return;
        set_blind(flow, BLIND_NETWORK, out, observation->at_real, observation->cause, observation->detail);
}

/* A single look that went wrong here is not blindness; a target's state that is our own fault is. */
static void follow_fault(Flow *flow, Watch *watch, Nsec at_real) {
        const TargetState *state = &watch->state;
        bool faulty = state->state == VERDICT_UNKNOWN && state->cause == CAUSE_LOCAL_FAULT;

        flow->n_faulty += (size_t)faulty - (size_t)watch->faulty;
        watch->faulty = faulty;
        set_blind(flow, BLIND_FAULT, flow->n_faulty > 0, at_real, CAUSE_LOCAL_FAULT, faulty ? watch->target->id : NULL);
}

static void apply(Watch *watch, const EngineResult *result) {
        target_state_copy(&watch->state, &result->next);
        if (result->incident_change == INCIDENT_CLOSED)
                incident_fini(&watch->open);
        else if (result->incident_change != INCIDENT_SAME)
                incident_copy(&watch->open, &result->incident);
}

/* With what the change of its target makes of the paths: in one transaction. */
static void push_change(Flow *flow, const Watch *watch, Record *record) {
        List changes = {0};

        paths_follow(flow->paths, watch, record, &flow->next_incident_id, &changes);
        flow_push(flow, record);
        flow_push_all(flow, &changes);
}

void flow_observe(Flow *flow, Watch *watch, Observation *observation) {
        mon_cleanup(record_free_p) Record *record = record_new(watch);
        bool was_flapping = watch->state.flapping;

        (void)flow_watch_time(flow);
        follow_blindness(flow, watch->target, observation);
        engine_step(watch->target, &watch->state, watch->open.id ? &watch->open : NULL, observation,
                    watch->last_verdict, flow->next_incident_id, &record->result);
        if (record->result.incident_change == INCIDENT_OPENED)
                flow->next_incident_id++;
        apply(watch, &record->result);
        follow_fault(flow, watch, observation->at_real);
        record->observation = observation;
        record_follow_content(record, watch);
        watch->last_verdict = observation->verdict;

        int64_t day = observation->at_real / DAY_NSEC;
        bool first_of_day = day != watch->kept_day && observation->n_hops > 0;
        record->keep_body = record->result.keep_body || first_of_day;
        record->daily = !record->result.keep_body;
        if (record->keep_body)
                watch->kept_day = day;
        record->has_state = true;
        record->speaks_until_at_real = observation->speaks_until_at_real
                                               ? observation->speaks_until_at_real
                                               : observation->at_real + target_speaks_for(watch->target);
        push_change(flow, watch, mon_steal(&record));
        if (flow->outbox && was_flapping && !watch->state.flapping)
                outbox_calm(flow->outbox, watch->target->id);
}

void flow_note_absent(Flow *flow, Watch *watch, int http_status, Nsec at_real) {
        Record *record = record_new(watch);

        record->absent_status = http_status;
        record->absent_at_real = at_real;
        flow_push(flow, record);
}

void flow_pause(Flow *flow, Watch *watch, bool paused) {
        Nsec now_at_real = clock_at_real(flow->clock);
        Record *record = record_new(watch);

        engine_pause(watch->target, &watch->state, paused, now_at_real, &record->result);
        apply(watch, &record->result);
        record->has_state = true;
        record->gap_step = paused ? GAP_OPEN : GAP_CLOSE;
        record->gap_cause = CAUSE_PAUSED;
        record->gap_from_at_real = now_at_real;
        record->gap_until_at_real = paused ? NSEC_NEVER : now_at_real;
        push_change(flow, watch, record);
}

void flow_report(Flow *flow, Watch *watch, Report *report) {
        Record *record = record_new(watch);

        report->id = flow->next_report_id++;
        record->report = report_copy(report);
        flow_push(flow, record);
}

void flow_leave_out(Flow *flow, Watch *watch, Nsec cut_at_real, const HoursSpan *spans, size_t n) {
        Record *record = record_new(watch);

        record->closed_cut_at_real = cut_at_real;
        record->closed = mon_new_array(HoursSpan, n);
        record->n_closed = n;
        for (size_t i = 0; i < n; i++)
                record->closed[i] = spans[i];
        flow_push(flow, record);
}

void flow_close(Flow *flow, Watch *watch, Nsec at_real) {
        Record *record = record_new(watch);

        engine_close(watch->target, &watch->state, at_real, &record->result);
        apply(watch, &record->result);
        record->has_state = true;
        push_change(flow, watch, record);
}

void flow_reopen(Flow *flow, Watch *watch) {
        Record *record = record_new(watch);

        engine_reopen(&watch->state, &record->result);
        apply(watch, &record->result);
        record->has_state = true;
        record->closed_cut_at_real = clock_at_real(flow->clock);
        flow_push(flow, record);
}

/* Of a fresh database: what people reported and what still speaks, or a restart would forget it. */
static void restate_reports(Flow *flow, Watch *watch) {
        Nsec now_at_real = clock_at_real(flow->clock);

        list_each (const Report, report, &watch->reports.list) {
                if (report->until_at_real <= now_at_real)
                        continue;
                Record *record = record_new(watch);
                record->report = report_copy(report);
                flow_push(flow, record);
        }
}

void flow_restate(Flow *flow, Watch *watch) {
        Record *record = record_new(watch);

        target_state_copy(&record->result.next, &watch->state);
        record->has_state = true;
        if (watch->open.id != 0) {
                incident_copy(&record->result.incident, &watch->open);
                record->result.incident_change = INCIDENT_CHANGED;
        }
        record_restate_content(record, watch, clock_at_real(flow->clock));
        if (watch->state.paused) {
                record->gap_step = GAP_OPEN;
                record->gap_cause = CAUSE_PAUSED;
                record->gap_from_at_real = clock_at_real(flow->clock);
                record->gap_until_at_real = NSEC_NEVER;
        }
        if (watch->outside) {
                record->closed = mon_new_array(HoursSpan, 1);
                record->closed[record->n_closed++] =
                        (HoursSpan){clock_at_real(flow->clock), watch->closed_until_at_real};
        }
        flow_push(flow, record);
        restate_reports(flow, watch);
}

/* Time that did not pass as it seems. */
static void push_broken(Flow *flow, Nsec from_at_real, Nsec until_at_real, Cause cause, const char *why) {
        flow_push_gap(flow, from_at_real, until_at_real, cause, why);
        if (flow->host.broken)
                flow->host.broken(flow->host.userdata, from_at_real, until_at_real);
}

bool flow_watch_time(Flow *flow) {
        TimewatchChange change;

        if (!timewatch_look(&flow->timewatch, clock_at_boot(flow->clock), clock_at_real(flow->clock),
                            clock_suspended(flow->clock), &change))
                return false;
        if (change.suspended > 0) {
                mon_auto_free char *span = text_duration(change.suspended);
                log_notice("the machine was suspended for %s: recorded as time that nobody observed", span);
                push_broken(flow, change.before_at_real, change.before_at_real + change.suspended, CAUSE_NOT_RUNNING,
                            "the machine was suspended");
        }
        if (change.stepped != 0) {
                mon_auto_free char *span = text_duration(change.stepped > 0 ? change.stepped : -change.stepped);
                mon_auto_free char *why =
                        mon_printf("the wall clock was set %s by %s", change.stepped > 0 ? "forward" : "back", span);
                log_notice("%s: recorded", why);
                Nsec from = change.before_at_real + (change.suspended > 0 ? change.suspended : 0);
                push_broken(flow, from, change.stepped > 0 ? from + change.stepped : from, CAUSE_LOCAL_FAULT, why);
        }
        return change.suspended > 0;
}

static int load(Flow *flow, Watch *watch) {
        Verdict last = 0;
        if (!flow->store)
                return flow->trouble;
        int r = store_load_absent(flow->store, watch->target->id, &watch->absent_at_real);
        if (r == 0)
                r = store_load_state(flow->store, watch->target->id, &watch->state, &last);

        if (r == STORE_E_NOT_FOUND) {
                target_state_init(&watch->state);
                return 0;
        }
        if (r != 0)
                return r < 0 ? r : -EINVAL;
        watch->last_verdict = last;
        watch->known = true;
        r = watch_reports_load(watch, flow->store);
        if (r == 0)
                r = store_load_content(flow->store, watch->target->id, &watch->content);
        if (r < 0 || watch->state.incident == 0)
                return r < 0 ? r : 0;
        r = store_load_incident(flow->store, watch->state.incident, &watch->open);
        if (r == STORE_E_NOT_FOUND) {
                watch->state.incident = 0;
                return 0;
        }
        return r;
}

int flow_load(Flow *flow, Watch *watch) {
        int r = load(flow, watch);

        if (r == 0)
                paths_add_watch(flow->paths, watch);
        return r;
}

int flow_load_paths(Flow *flow, const Config *config) {
        return flow->store ? paths_load(flow->paths, flow->store, &config->paths) : flow->trouble;
}

const Paths *flow_paths(const Flow *flow) {
        return flow->paths;
}

void flow_set_config(Flow *flow, const Config *config) {
        List changes = {0};

        flow->config = config;
        flow->config_written = false;
        flow->start.config_hash = config->hash;
        paths_set(flow->paths, &config->paths, clock_at_real(flow->clock), &flow->next_incident_id, &changes);
        flow_push_all(flow, &changes);
        loop_defer(flow->loop, &flow->commit);
}

void flow_forget(Flow *flow, const Watch *watch) {
        /* Its end is told with the next look at another one: at a stop it is none. */
        flow->n_faulty -= watch->faulty;
        paths_forget_watch(flow->paths, watch);
        for (Record *record = flow->first; record; record = record->next)
                if (record->watch == watch)
                        record->watch = NULL;
}

Nsec flow_down_since_at_real(const Flow *flow) {
        return flow->down_since_at_real;
}

int flow_trouble(const Flow *flow) {
        return flow->trouble;
}

Nsec flow_trouble_since_at_real(const Flow *flow) {
        return flow->trouble_since_at_real;
}

bool flow_is_blind(const Flow *flow) {
        return flow->blind & BLIND_NETWORK;
}

Nsec flow_blind_since_at_real(const Flow *flow) {
        return flow->blind_since_at_real;
}

void flow_set_outbox(Flow *flow, Outbox *outbox) {
        flow->outbox = outbox;
}

void flow_want_commit(Flow *flow) {
        loop_defer(flow->loop, &flow->commit);
}

bool flow_has_crashed(const Flow *flow) {
        return flow->crashed;
}

void flow_crash(Flow *flow) {
        flow->crashed = true;
}

size_t flow_pending(const Flow *flow) {
        return flow->n_records;
}

size_t flow_pending_bytes(const Flow *flow) {
        return flow->body_bytes;
}

/* --- life ------------------------------------------------------------------------------------------------------ */

/* A run that ended blind left that as the last word: its end is still to be told. */
static int load_blindness(Flow *flow) {
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(EVENT_OBSERVER_BACK, 0);

        int r = store_load_state_event(flow->store, SUBJECT_OBSERVER, "mond", event);
        if (r == 0 && event->type == EVENT_OBSERVER_BLIND) {
                flow->blind = event->cause == CAUSE_LOCAL_NETWORK ? BLIND_NETWORK : BLIND_STORE;
                flow->blind_since_at_real = event->at_real;
        }
        return r < 0 ? r : 0;
}

int flow_new(Loop *loop, Store *store, const FlowHost *host, const FlowStart *start, Flow **ret_flow) {
        Clock *clock = loop_clock(loop);
        int64_t next_incident_id, next_report_id;
        Nsec down_since_at_real = NSEC_UNKNOWN;
        bool orderly;

        int r = store_next_incident_id(store, &next_incident_id);
        if (r == 0)
                r = store_next_report_id(store, &next_report_id);
        if (r == 0)
                r = store_last_run(store, &down_since_at_real, &orderly);
        if (r != 0)
                return r;
        Flow *flow = mon_new(Flow);
        *flow = (Flow){
                .loop = loop,
                .clock = clock,
                .store = store,
                .host = *host,
                .start = *start,
                .run_began_at_real = clock_at_real(clock),
                .down_since_at_real = down_since_at_real,
                .next_incident_id = next_incident_id,
                .paths = paths_new(),
                .next_report_id = next_report_id,
        };
        flow->end = &flow->first;
        r = load_blindness(flow);
        if (r != 0) {
                paths_free(flow->paths);
                free(flow);
                return r;
        }
        clock_random(clock, flow->event_seed, sizeof flow->event_seed);
        (void)flow_watch_time(flow);
        flow_commit_begin(flow);
        *ret_flow = flow;
        return 0;
}

void flow_free(Flow *flow) {
        if (!flow)
                return;
        flow_commit_end(flow);
        flow_drop_all(flow);
        paths_free(flow->paths);
        free(flow);
}
