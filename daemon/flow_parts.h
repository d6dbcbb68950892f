/* What the files of Flow share: what comes in (flow.c), the queue (flow_queue.c), and what goes to the database and is
 * told (flow_commit.c). Nobody else includes this. */
#pragma once

#include "daemon/core/timewatch.h"
#include "daemon/flow.h"
#include "daemon/lost.h"
#include "daemon/paths.h"
#include "daemon/record.h"

#define FLOW_SEED_BYTES 16

/* Why we are blind, or as good as blind. */
enum { BLIND_NETWORK = 1, BLIND_STORE = 2, BLIND_FAULT = 4 };

struct Flow {
        Loop *loop;
        Clock *clock;
        Store *store;
        FlowHost host;
        FlowStart start;

        Outbox *outbox; /* NULL: nobody is told but the journal */
        const Config *config;
        bool config_written;
        int64_t run; /* 0: not recorded yet */
        Nsec run_began_at_real;
        Nsec down_since_at_real; /* the end of the run before; NSEC_UNKNOWN */
        const char *renewed;     /* what became of the database that this run began in; NULL: it is in use */
        int64_t next_incident_id;
        int64_t next_report_id;
        uint8_t event_seed[FLOW_SEED_BYTES];
        uint64_t event_count;

        Paths *paths;

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
        unsigned blind;  /* BLIND_* */
        size_t n_faulty; /* watches whose state is a fault of our own */
        Nsec blind_since_at_real;
        Timewatch timewatch;
};

/* --- flow_queue.c */
void flow_push(Flow *flow, Record *record);    /* names its events; written at the end of the tick */
void flow_push_all(Flow *flow, List *records); /* in their order; empties the list */
void flow_push_gap(Flow *flow, Nsec from_at_real, Nsec until_at_real, Cause cause, const char *why);
void flow_forget_written(Flow *flow); /* the transaction holds all that waited: told, then freed */
void flow_tell_all(Flow *flow);       /* the database refuses: what waits is told from memory */
void flow_drop_all(Flow *flow);

/* --- flow_commit.c */
void flow_commit_begin(Flow *flow);
void flow_commit_end(Flow *flow);
