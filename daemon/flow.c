#include "daemon/flow.h"

#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/core/timewatch.h"
#include "daemon/lost.h"
#include "daemon/record.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FLOW_SEED_BYTES 16
#define DAY_NSEC (86400 * NSEC_PER_SEC)

struct Flow {
        Loop *loop;
        Clock *clock;
        Store *store;
        FlowHost host;
        FlowStart start;

        const Config *config;
        bool config_written;
        int64_t run; /* 0: not recorded yet */
        Nsec run_began_at_real;
        const char *renewed; /* what became of the database that this run began in; NULL: it is in use */
        int64_t next_incident_id;
        uint8_t event_seed[FLOW_SEED_BYTES];
        uint64_t event_count;

        Record *first;
        Record **end;
        size_t n_records;
        size_t body_bytes;
        Lost lost;
        LoopDeferred commit;
        Timer retry;
        Nsec retry_after;
        Timer alive;
        Timer expire;
        Nsec committed_at_boot;

        int trouble;
        Nsec trouble_since_at_real;
        unsigned commits;
        bool crashed;
        bool blind;
        Nsec blind_since_at_real;
        Timewatch timewatch;
};

static void drop_bodies(Flow *flow, Record *record) {
        if (!record->observation)
                return;
        flow->body_bytes -= record_body_bytes(record);
        record_drop_bodies(record);
}

/* --- events ---------------------------------------------------------------------------------------------------- */

/* An id nobody can guess or meet twice: it stays the same at each attempt to tell the event. */
static void name_event(Flow *flow, Event *event) {
        uint8_t input[FLOW_SEED_BYTES + sizeof flow->event_count];
        char hex[SHA256_HEX_MAX];
        Sha256 digest;

        flow->event_count++;
        memcpy(input, flow->event_seed, FLOW_SEED_BYTES);
        memcpy(input + FLOW_SEED_BYTES, &flow->event_count, sizeof flow->event_count);
        sha256_of(input, sizeof input, &digest);
        sha256_hex(&digest, hex);
        int n = snprintf(event->id, sizeof event->id, "evt_%.32s", hex);
        assert(n == EVENT_ID_MAX - 4);
        (void)n;
}

static void tell(Flow *flow, Record *record) {
        if (record->told)
                return;
        record->told = true;
        for (size_t i = 0; i < record->result.n_events; i++)
                flow->host.event(flow->host.userdata, record->result.events[i]);
        if (record->observation && record->watch)
                flow->host.checked(flow->host.userdata, record->watch, record->observation);
}

/* --- writing --------------------------------------------------------------------------------------------------- */

static Nsec first_waiting_at_real(const Flow *flow, Nsec fallback_at_real) {
        for (const Record *record = flow->first; record; record = record->next)
                if (record->observation)
                        return record->observation->at_real;
        return fallback_at_real;
}

static int write_run(Flow *flow, Nsec now_at_real) {
        Nsec ended_at_real;
        bool orderly;
        int64_t gap;

        if (flow->run != 0)
                return store_mark_alive(flow->store, flow->run, now_at_real);
        int r = store_last_run(flow->store, &ended_at_real, &orderly);
        if (r == 0)
                r = store_begin_run(flow->store, flow->run_began_at_real, flow->start.version, flow->start.lexicon_hash,
                                    flow->start.config_hash, &flow->run);
        if (r == 0 && flow->start.database_set_aside) {
                mon_auto_free char *why = mon_printf("the database before was corrupt and stands aside as %s",
                                                     flow->start.database_set_aside);
                r = store_put_gap(flow->store, NULL, flow->run_began_at_real, flow->run_began_at_real,
                                  CAUSE_LOCAL_FAULT, why, &gap);
        }
        if (r == 0 && flow->renewed)
                r = store_put_gap(flow->store, NULL, flow->run_began_at_real, first_waiting_at_real(flow, now_at_real),
                                  CAUSE_LOCAL_FAULT, flow->renewed, &gap);
        if (r == 0 && ended_at_real != NSEC_UNKNOWN && ended_at_real < flow->run_began_at_real)
                r = store_put_gap(flow->store, NULL, ended_at_real, flow->run_began_at_real, CAUSE_NOT_RUNNING,
                                  orderly ? "mond was stopped" : "mond ended without an orderly stop", &gap);
        return r;
}

static int write_config(Flow *flow, Nsec now_at_real) {
        const Config *config = flow->config;

        if (!config || flow->config_written)
                return 0;
        int r = store_put_observer(flow->store, config->observer_name, config->observer_contact);
        if (r == 0)
                r = store_put_targets(flow->store, (Target *const *)config->targets.items, config->targets.n,
                                      now_at_real);
        return r;
}

static int write_all(Flow *flow, Nsec now_at_real) {
        bool durable = flow->run == 0 || flow->lost.list.n > 0 || !flow->config_written;
        int64_t run_before = flow->run;

        lost_begin(&flow->lost);
        int r = store_begin(flow->store);
        if (r != 0)
                return r;
        r = write_run(flow, now_at_real);
        if (r == 0)
                r = write_config(flow, now_at_real);
        for (Record *record = flow->first; r == 0 && record; record = record->next) {
                durable |= record->result.n_events > 0;
                if (record->observation)
                        r = lost_write(&flow->lost, flow->store, record->observation->at_real);
                if (r == 0)
                        r = record_write(record, flow->store);
        }
        if (r == 0)
                r = lost_write(&flow->lost, flow->store, NSEC_NEVER);
        if (r == 0)
                r = store_commit(flow->store, durable);
        if (r != 0 && r != STORE_E_NOT_DURABLE) {
                store_rollback(flow->store);
                flow->run = run_before;
                return r;
        }
        flow->config_written = true;
        return r;
}

static void forget_written(Flow *flow) {
        while (flow->first) {
                Record *record = flow->first;
                flow->first = record->next;
                flow->n_records--;
                flow->body_bytes -= record_body_bytes(record);
                tell(flow, record);
                record_free(record);
        }
        flow->end = &flow->first;
        lost_clear(&flow->lost);
}

static void set_trouble(Flow *flow, int error) {
        if (flow->trouble == error)
                return;
        if (flow->trouble == 0)
                flow->trouble_since_at_real = clock_at_real(flow->clock);
        flow->trouble = error;
        flow->host.trouble(flow->host.userdata, error);
}

/* The file is corrupt or gone: a fresh one is begun with that gap, and what waits goes there. Until there is a fresh
 * one there is none. */
static int renew(Flow *flow, int why) {
        flow->store = flow->host.renew(flow->host.userdata, why);
        flow->run = 0;
        if (!flow->store)
                return why;
        flow->renewed = why == -ENOENT ? "the database was removed in the middle of this run, with all that it held"
                                       : "the database was corrupt and was set aside in the middle of this"
                                         " run: what it held of this time is in the file set aside";
        flow->config_written = false;
        loop_cancel_deferred(flow->loop, &flow->commit);
        return write_all(flow, clock_at_real(flow->clock));
}

int flow_commit(Flow *flow) {
        loop_cancel_deferred(flow->loop, &flow->commit);
        if (flow->crashed)
                return 0;
        int r = flow->store ? write_all(flow, clock_at_real(flow->clock)) : flow->trouble;
        if (r == -EUCLEAN || r == -ENOENT)
                r = renew(flow, r);
        if (r == 0 || r == STORE_E_NOT_DURABLE) {
                flow->committed_at_boot = clock_at_boot(flow->clock);
                flow->retry_after = 0;
                if (++flow->commits == flow->start.crash_after_commits) {
                        flow->crashed = true;
                        return 0;
                }
                loop_disarm(flow->loop, &flow->retry);
                forget_written(flow);
                /* Written, but a power cut now could lose it: not to be repeated, and to be said. */
                set_trouble(flow, r == 0 ? 0 : -EIO);
                return 0;
        }
        /* Another positive result would be a rule of the store that this caller broke: broken all the same. */
        if (r > 0)
                r = -EINVAL;
        for (Record *record = flow->first; record; record = record->next)
                tell(flow, record);
        set_trouble(flow, r);
        flow->retry_after = flow->retry_after ? flow->retry_after * 2 : FLOW_RETRY_MIN;
        if (flow->retry_after > FLOW_RETRY_MAX)
                flow->retry_after = FLOW_RETRY_MAX;
        loop_arm_after(flow->loop, &flow->retry, flow->retry_after);
        return r;
}

static void on_commit(void *userdata) {
        Flow *flow = userdata;

        if (flow->crashed)
                return;
        /* While the database refuses, the retry timer sets the pace: not every check tries again. */
        if (flow->trouble != 0 && timer_is_armed(&flow->retry)) {
                for (Record *record = flow->first; record; record = record->next)
                        tell(flow, record);
                return;
        }
        (void)flow_commit(flow);
}

static void on_retry(void *userdata) {
        (void)flow_commit(userdata);
}

static void on_alive(void *userdata) {
        Flow *flow = userdata;
        Nsec now = clock_at_boot(flow->clock);

        (void)flow_watch_time(flow);
        if (now - flow->committed_at_boot >= FLOW_ALIVE_EVERY && !timer_is_armed(&flow->retry))
                (void)flow_commit(flow);
        bool committed = now - flow->committed_at_boot < FLOW_ALIVE_EVERY;
        loop_arm(flow->loop, &flow->alive, (committed ? flow->committed_at_boot : now) + FLOW_ALIVE_EVERY);
}

/* Retention: what has outlived the configuration's spans goes, a little at a time. */
static void on_expire(void *userdata) {
        Flow *flow = userdata;
        Nsec now = clock_at_real(flow->clock);
        bool more = false;

        if (flow->config && flow->trouble == 0 && !flow->crashed && store_begin(flow->store) == 0) {
                const StoreRetention retention = {
                        .checks_before_at_real = now - flow->config->retention_checks,
                        .bodies_before_at_real = now - flow->config->retention_bodies,
                        .daily_bodies_before_at_real = now - flow->config->retention_daily_bodies,
                };
                int r = store_expire(flow->store, &retention, FLOW_EXPIRE_ROWS_MAX, &more);
                if (r == 0)
                        r = store_commit(flow->store, false);
                if (r != 0) {
                        store_rollback(flow->store);
                        log_warning("what has outlived its retention could not be deleted: %s", mon_strerror(r));
                }
        }
        loop_arm_after(flow->loop, &flow->expire, more ? FLOW_RETRY_MIN : FLOW_EXPIRE_EVERY);
}

/* --- the queue ------------------------------------------------------------------------------------------------- */

/* The oldest check that changed nothing goes: changes, incidents and events are the last to be lost. */
static void make_room(Flow *flow) {
        Record **at = &flow->first;

        while (*at && !record_is_plain_check(*at))
                at = &(*at)->next;
        if (!*at)
                at = &flow->first;
        Record *record = *at;
        *at = record->next;
        if (flow->end == &record->next)
                flow->end = at;
        flow->n_records--;
        flow->body_bytes -= record_body_bytes(record);
        tell(flow, record);
        if (record->observation)
                lost_add(&flow->lost, record->target, record->observation->at_real);
        record_free(record);
}

static void push(Flow *flow, Record *record) {
        if (flow->n_records >= FLOW_QUEUE_MAX)
                make_room(flow);
        for (size_t i = 0; i < record->result.n_events; i++)
                name_event(flow, record->result.events[i]);
        *flow->end = record;
        flow->end = &record->next;
        flow->n_records++;
        if (record->observation && !record->keep_body)
                observation_drop_hops(record->observation);
        flow->body_bytes += record_body_bytes(record);
        if (flow->body_bytes > FLOW_BODIES_MAX)
                drop_bodies(flow, record);
        loop_defer(flow->loop, &flow->commit);
}

static void push_gap(Flow *flow, Nsec from_at_real, Nsec until_at_real, Cause cause, const char *why) {
        Record *record = record_new(NULL);

        record->gap_step = GAP_WHOLE;
        record->gap_from_at_real = from_at_real;
        record->gap_until_at_real = until_at_real;
        record->gap_cause = cause;
        record->gap_why = mon_strdup(why);
        push(flow, record);
}

/* --- what comes in --------------------------------------------------------------------------------------------- */

/* Whether we can see at all is read off what the probes bring: the references were asked on their behalf, so a failure
 * that stands as the site's says as much for our network as an answer does. This machine's own servers say nothing. */
static void follow_blindness(Flow *flow, const Target *target, const Observation *observation) {
        bool out = observation->cause == CAUSE_LOCAL_NETWORK;
        bool sees = observation->http_status > 0 || verdict_class(observation->verdict) != CLASS_NOT_OBSERVED;

        if (out == flow->blind || (!out && !sees) || target->host_is_local)
                return;
        flow->blind = out;
        flow->blind_since_at_real = observation->at_real;
        Event *event = mon_event_new(out ? EVENT_OBSERVER_BLIND : EVENT_OBSERVER_BACK, observation->at_real);
        event->kind = SUBJECT_OBSERVER;
        event->subject = mon_strdup("mond");
        event->verdict = observation->verdict;
        event->cause = observation->cause;
        event->detail = mon_strdup(observation->detail);
        Record *record = record_new(NULL);
        record->result.events[record->result.n_events++] = event;
        push(flow, record);
}

static void apply(Watch *watch, const EngineResult *result) {
        target_state_copy(&watch->state, &result->next);
        if (result->incident_change == INCIDENT_CLOSED)
                incident_fini(&watch->open);
        else if (result->incident_change != INCIDENT_SAME)
                incident_copy(&watch->open, &result->incident);
}

void flow_observe(Flow *flow, Watch *watch, Observation *observation) {
        mon_cleanup(record_free_p) Record *record = record_new(watch);

        (void)flow_watch_time(flow);
        follow_blindness(flow, watch->target, observation);
        engine_step(watch->target, &watch->state, watch->open.id ? &watch->open : NULL, observation,
                    watch->last_verdict, flow->next_incident_id, &record->result);
        if (record->result.incident_change == INCIDENT_OPENED)
                flow->next_incident_id++;
        apply(watch, &record->result);
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
        record->speaks_until_at_real = observation->at_real + target_speaks_for(watch->target);
        push(flow, mon_steal(&record));
}

void flow_note_absent(Flow *flow, Watch *watch, int http_status, Nsec at_real) {
        Record *record = record_new(watch);

        record->absent_status = http_status;
        record->absent_at_real = at_real;
        push(flow, record);
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
        push(flow, record);
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
        push(flow, record);
}

bool flow_watch_time(Flow *flow) {
        TimewatchChange change;

        if (!timewatch_look(&flow->timewatch, clock_at_boot(flow->clock), clock_at_real(flow->clock),
                            clock_suspended(flow->clock), &change))
                return false;
        if (change.suspended > 0) {
                mon_auto_free char *span = text_duration(change.suspended);
                log_notice("the machine was suspended for %s: recorded as time that nobody observed", span);
                push_gap(flow, change.before_at_real, change.before_at_real + change.suspended, CAUSE_NOT_RUNNING,
                         "the machine was suspended");
        }
        if (change.stepped != 0) {
                mon_auto_free char *span = text_duration(change.stepped > 0 ? change.stepped : -change.stepped);
                mon_auto_free char *why =
                        mon_printf("the wall clock was set %s by %s", change.stepped > 0 ? "forward" : "back", span);
                log_notice("%s: recorded", why);
                Nsec from = change.before_at_real + (change.suspended > 0 ? change.suspended : 0);
                push_gap(flow, from, change.stepped > 0 ? from + change.stepped : from, CAUSE_LOCAL_FAULT, why);
        }
        return change.suspended > 0;
}

int flow_load(Flow *flow, Watch *watch) {
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

void flow_set_config(Flow *flow, const Config *config) {
        flow->config = config;
        flow->config_written = false;
        flow->start.config_hash = config->hash;
        loop_defer(flow->loop, &flow->commit);
}

void flow_forget(Flow *flow, const Watch *watch) {
        for (Record *record = flow->first; record; record = record->next)
                if (record->watch == watch)
                        record->watch = NULL;
}

int flow_trouble(const Flow *flow) {
        return flow->trouble;
}

Nsec flow_trouble_since_at_real(const Flow *flow) {
        return flow->trouble_since_at_real;
}

bool flow_is_blind(const Flow *flow) {
        return flow->blind;
}

Nsec flow_blind_since_at_real(const Flow *flow) {
        return flow->blind_since_at_real;
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

int flow_new(Loop *loop, Store *store, const FlowHost *host, const FlowStart *start, Flow **ret_flow) {
        Clock *clock = loop_clock(loop);
        int64_t next_incident_id;

        int r = store_next_incident_id(store, &next_incident_id);
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
                .next_incident_id = next_incident_id,
                .commit = {.fn = on_commit, .userdata = flow},
                .retry = {.fn = on_retry, .userdata = flow},
                .alive = {.fn = on_alive, .userdata = flow},
                .expire = {.fn = on_expire, .userdata = flow},
        };
        flow->end = &flow->first;
        clock_random(clock, flow->event_seed, sizeof flow->event_seed);
        (void)flow_watch_time(flow);
        loop_defer(loop, &flow->commit);
        loop_arm_after(loop, &flow->alive, FLOW_ALIVE_EVERY);
        loop_arm_after(loop, &flow->expire, FLOW_ALIVE_EVERY);
        *ret_flow = flow;
        return 0;
}

static void end_run(Flow *flow) {
        if (flow->run == 0 || store_begin(flow->store) != 0)
                return;
        int r = store_end_run(flow->store, flow->run, clock_at_real(flow->clock));
        if (r == 0)
                r = store_commit(flow->store, true);
        if (r != 0) {
                store_rollback(flow->store);
                log_warning("the end of this run could not be recorded: %s", mon_strerror(r));
        }
}

void flow_free(Flow *flow) {
        if (!flow)
                return;
        if (flow->crashed)
                log_debug("this run ended as if it had been killed");
        else if (flow_commit(flow) == 0)
                end_run(flow);
        else
                log_error("%zu records could not be written: %s", flow->n_records, mon_strerror(flow->trouble));
        loop_cancel_deferred(flow->loop, &flow->commit);
        loop_disarm(flow->loop, &flow->retry);
        loop_disarm(flow->loop, &flow->alive);
        loop_disarm(flow->loop, &flow->expire);
        while (flow->first) {
                Record *record = flow->first;
                flow->first = record->next;
                record_free(record);
        }
        lost_clear(&flow->lost);
        free(flow);
}
