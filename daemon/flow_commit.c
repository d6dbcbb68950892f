#include "daemon/flow_parts.h"

#include "daemon/base/log.h"
#include "daemon/base/text.h"

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
        if (r == 0)
                r = store_put_paths(flow->store, (Path *const *)config->paths.items, config->paths.n, now_at_real);
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
                durable |= record->result.n_events > 0 || record->report;
                if (record->observation)
                        r = lost_write(&flow->lost, flow->store, record->observation->at_real);
                if (r == 0)
                        r = record_write(record, flow->store);
        }
        /* After what waited of targets that left meanwhile. */
        if (r == 0 && !flow->config_written)
                r = store_close_left(flow->store, now_at_real);
        if (r == 0)
                r = lost_write(&flow->lost, flow->store, NSEC_NEVER);
        if (r == 0 && flow->outbox) {
                durable |= outbox_must_be_durable(flow->outbox);
                r = outbox_write(flow->outbox, flow->store);
        }
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

static void set_trouble(Flow *flow, int error) {
        if (flow->trouble == error)
                return;
        if (flow->trouble == 0)
                flow->trouble_since_at_real = clock_at_real(flow->clock);
        flow->trouble = error;
        flow->host.trouble(flow->host.userdata, error);
}

/* What is told from memory while the database refuses: the journal first. */
static void tell_from_memory(Flow *flow) {
        flow_tell_all(flow);
        if (flow->outbox)
                outbox_refused(flow->outbox);
}

/* The file is corrupt or gone: a fresh one is begun with that gap, and what waits goes there. Until there is a fresh
 * one there is none. */
static int renew(Flow *flow, int why) {
        Nsec now_at_real = clock_at_real(flow->clock);
        List stated = {0};

        flow->store = flow->host.renew(flow->host.userdata, why);
        flow->run = 0;
        if (!flow->store)
                return why;
        flow->renewed = why == -ENOENT ? "the database was removed in the middle of this run, with all that it held"
                                       : "the database was corrupt and was set aside in the middle of this"
                                         " run: what it held of this time is in the file set aside";
        flow->config_written = false;
        paths_restate(flow->paths, now_at_real, &stated);
        flow_push_all(flow, &stated);
        loop_cancel_deferred(flow->loop, &flow->commit);
        return write_all(flow, now_at_real);
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
                flow_forget_written(flow);
                if (flow->outbox)
                        outbox_written(flow->outbox);
                /* Written, but a power cut now could lose it: not to be repeated, and to be said. */
                set_trouble(flow, r == 0 ? 0 : -EIO);
                return 0;
        }
        /* Another positive result would be a rule of the store that this caller broke: broken all the same. */
        if (r > 0)
                r = -EINVAL;
        tell_from_memory(flow);
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
                tell_from_memory(flow);
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

/* --- life ------------------------------------------------------------------------------------------------------ */

void flow_commit_begin(Flow *flow) {
        flow->commit = (LoopDeferred){.fn = on_commit, .userdata = flow};
        flow->retry = (Timer){.fn = on_retry, .userdata = flow};
        flow->alive = (Timer){.fn = on_alive, .userdata = flow};
        flow->expire = (Timer){.fn = on_expire, .userdata = flow};
        loop_defer(flow->loop, &flow->commit);
        loop_arm_after(flow->loop, &flow->alive, FLOW_ALIVE_EVERY);
        loop_arm_after(flow->loop, &flow->expire, FLOW_ALIVE_EVERY);
}

void flow_commit_end(Flow *flow) {
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
}
