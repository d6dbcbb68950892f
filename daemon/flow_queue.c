#include "daemon/flow_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

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
void flow_forget_written(Flow *flow) {
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

void flow_tell_all(Flow *flow) {
        for (Record *record = flow->first; record; record = record->next)
                tell(flow, record);
}

void flow_drop_all(Flow *flow) {
        while (flow->first) {
                Record *record = flow->first;
                flow->first = record->next;
                record_free(record);
        }
        lost_clear(&flow->lost);
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

void flow_push(Flow *flow, Record *record) {
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
        /* It stands in the queue first: what the outbox has to say of an event comes after the event. */
        for (size_t i = 0; flow->outbox && i < record->result.n_events; i++)
                outbox_take(flow->outbox, record->result.events[i]);
        loop_defer(flow->loop, &flow->commit);
}

void flow_push_all(Flow *flow, List *records) {
        list_each (Record, record, records)
                flow_push(flow, record);
        list_fini(records);
}

void flow_push_gap(Flow *flow, Nsec from_at_real, Nsec until_at_real, Cause cause, const char *why) {
        Record *record = record_new(NULL);

        record->gap_step = GAP_WHOLE;
        record->gap_from_at_real = from_at_real;
        record->gap_until_at_real = until_at_real;
        record->gap_cause = cause;
        record->gap_why = mon_strdup(why);
        flow_push(flow, record);
}
