/* From an observation to the record: engine, then one transaction per tick, then the journal and whoever follows.
 *
 * A tick's records are written at its end, together: durably (synchronous=FULL) when the tick carries an event,
 * otherwise not. If the database refuses (full, locked, read-only), looking goes on: records wait in a bounded queue
 * and are tried again, events are told from memory under the ids that they keep, and what the queue could not hold is
 * recorded as a gap once the database takes writes again. */
#pragma once

#include "config/config.h"
#include "daemon/base/loop.h"
#include "daemon/core/hours.h"
#include "daemon/notify/outbox.h"
#include "daemon/paths.h"
#include "daemon/store/store.h"
#include "daemon/watch.h"

#define FLOW_QUEUE_MAX 4096        /* records that wait for the database; the oldest plain check goes first */
#define FLOW_BODIES_MAX (8U << 20) /* bytes of answers kept while they wait; past that a record loses its bytes */
#define FLOW_RETRY_MIN (1 * NSEC_PER_SEC)
#define FLOW_RETRY_MAX (60 * NSEC_PER_SEC)
#define FLOW_ALIVE_EVERY                                                                                               \
        (60 * NSEC_PER_SEC) /* a sign of life at least this often, so that a kill leaves a short gap                   \
                             */

#define FLOW_EXPIRE_EVERY (3600 * NSEC_PER_SEC)
#define FLOW_EXPIRE_ROWS_MAX 500 /* rows that retention deletes in one tick; the rest follows a second later */

typedef struct Flow Flow;

/* Told on the loop, in order. */
typedef struct FlowHost {
        void *userdata;
        /* Each event once: when it is committed, or at once while the database refuses. */
        void (*event)(void *userdata, const Event *event);
        /* Each check once it is committed (or given up): before its observation is freed. */
        void (*checked)(void *userdata, const Watch *watch, const Observation *observation);
        /* The database began to refuse (a negative errno) or takes writes again (0). */
        void (*trouble)(void *userdata, int error);
        /* The database is corrupt (-EUCLEAN) or gone (-ENOENT): closes it, sets it aside and gives a fresh one, which
         * flow_restate() may fill. NULL: that failed; asked again later. */
        Store *(*renew)(void *userdata, int why);
        /* Wall time did not pass as it seems in [from, until): the machine slept, or the clock was set. Called
         * right after that is recorded, from whatever noticed it: to record more of that time, and no more. NULL:
         * nobody asks. */
        void (*broken)(void *userdata, Nsec from_at_real, Nsec until_at_real);
} FlowHost;

typedef struct FlowStart {
        const char *version;
        uint64_t lexicon_hash, config_hash;
        const char *database_set_aside; /* the old one was corrupt and is there now; NULL: it was sound */
        unsigned crash_after_commits;   /* see mond.h; 0 never */
} FlowStart;

/* Begins a run of the daemon: recorded with the gap since the last one. The store stays the caller's. */
mon_must_check int flow_new(Loop *loop, Store *store, const FlowHost *host, const FlowStart *start, Flow **ret_flow);
/* Commits what waits, then records the end of the run. Harmless if that fails: the next start records the gap. */
void flow_free(Flow *flow);
mon_define_cleanup(Flow, flow_free);

/* Who is told of events, from now on: what is owed is written in the transaction of its event. It outlives the flow, or
 * NULL. */
void flow_set_outbox(Flow *flow, Outbox *outbox);
/* An event of the daemon's own. Takes it. */
void flow_tell(Flow *flow, Event *event);
/* Something else is to be written: at the end of this tick, or when the database takes writes again. */
void flow_want_commit(Flow *flow);

/* What the store remembers of the target; a new one is as it was never looked at. */
mon_must_check int flow_load(Flow *flow, Watch *watch);
/* What the store remembers of its paths; before flow_set_config(), and nothing is changed by a failure. */
mon_must_check int flow_load_paths(Flow *flow, const Config *config);
const Paths *flow_paths(const Flow *flow);
/* The configuration in force, after start and reload: its targets and observer go into the next transaction. It must
 * stay until the next one is set. */
void flow_set_config(Flow *flow, const Config *config);
/* The watch is about to go: what waits of it is still written, and told to nobody. */
void flow_forget(Flow *flow, const Watch *watch);

/* Takes the observation. */
void flow_observe(Flow *flow, Watch *watch, Observation *observation);
/* What the target's site answered when it was asked for a page that should not exist. */
void flow_note_absent(Flow *flow, Watch *watch, int http_status, Nsec at_real);
void flow_pause(Flow *flow, Watch *watch, bool paused);
/* The target's hours closed at `at_real`: its state follows. */
void flow_close(Flow *flow, Watch *watch, Nsec at_real);
/* They opened: what was recorded as left out ends now. */
void flow_reopen(Flow *flow, Watch *watch);
/* Records what a person entered, and gives it its id. */
void flow_report(Flow *flow, Watch *watch, Report *report);
/* Records time that the hours leave out. `cut_at_real`: what was recorded of it before ends there first; NSEC_UNKNOWN:
 * it stands. */
void flow_leave_out(Flow *flow, Watch *watch, Nsec cut_at_real, const HoursSpan *spans, size_t n);
/* When the run before this one ended, or gave its last sign of life; NSEC_UNKNOWN: there was none. */
Nsec flow_down_since_at_real(const Flow *flow);
/* What is known of the target as it stands (state, open incident, pause), for a fresh database. */
void flow_restate(Flow *flow, Watch *watch);
/* Sees whether the machine slept or the wall clock was set since the last call, and records it. Called at each due
 * time; true when it slept. */
bool flow_watch_time(Flow *flow);
/* Writes what waits now; 0 or the database's error. */
int flow_commit(Flow *flow);

/* The database has refused for so long that it is told as blindness, or (0) takes writes again. */
void flow_tell_trouble(Flow *flow, int error);
int flow_trouble(const Flow *flow); /* 0, or the database's error since flow_trouble_since() */
Nsec flow_trouble_since_at_real(const Flow *flow);
bool flow_is_blind(const Flow *flow); /* every reference failed: our own network is out */
Nsec flow_blind_since_at_real(const Flow *flow);
size_t flow_pending(const Flow *flow);       /* records that wait */
size_t flow_pending_bytes(const Flow *flow); /* of answers that they keep */
bool flow_has_crashed(const Flow *flow);     /* see FlowStart.crash_after_commits */
void flow_crash(Flow *flow);                 /* at once */
