#include "daemon/base/text.h"
#include "daemon/notify/outbox_parts.h"

#include <stdio.h>

/* --- silences --------------------------------------------------------------------------------------------------------
 */

void silence_free(Silence *silence) {
        free(silence->public.subject);
        free(silence->public.reason);
        free(silence);
}

Silence *silence_add(Outbox *outbox, const StoreSilence *row) {
        Silence *silence = mon_new(Silence);

        *silence = (Silence){
                .public =
                        {
                                .id = row->id,
                                .subject = mon_strdup(row->subject),
                                .reason = text_clean_copy(row->reason, OUTBOX_REASON_MAX),
                                .from_at_real = row->from_at_real,
                                .until_at_real = row->until_at_real,
                        },
                .ended_at_real = NSEC_UNKNOWN,
        };
        list_add(&outbox->silences, silence);
        return silence;
}

static bool is_in_force(const Outbox *outbox, const Silence *silence) {
        return silence->ended_at_real == NSEC_UNKNOWN && silence->public.until_at_real > outbox_now(outbox);
}

size_t outbox_silences(const Outbox *outbox) {
        size_t n = 0;

        list_each (const Silence, silence, &outbox->silences)
                n += is_in_force(outbox, silence);
        return n;
}

const OutboxSilence *outbox_silence_at(const Outbox *outbox, size_t index) {
        list_each (const Silence, silence, &outbox->silences)
                if (is_in_force(outbox, silence) && index-- == 0)
                        return &silence->public;
        return NULL;
}

int outbox_silence(Outbox *outbox, const char *subject, Nsec until_at_real, const char *reason, int64_t *ret_id) {
        if (outbox_silences(outbox) >= OUTBOX_SILENCES_MAX)
                return OUTBOX_E_FULL;
        const StoreSilence row = {
                .id = outbox->next_silence_id++,
                .subject = subject,
                .reason = reason,
                .from_at_real = outbox_now(outbox),
                .until_at_real = until_at_real,
        };
        silence_add(outbox, &row)->dirty = true;
        *ret_id = row.id;
        outbox_silences_changed(outbox);
        outbox->host.commit(outbox->host.userdata);
        outbox_look(outbox);
        return 0;
}

int outbox_unsilence(Outbox *outbox, int64_t id) {
        list_each (Silence, silence, &outbox->silences) {
                if (silence->public.id != id || !is_in_force(outbox, silence))
                        continue;
                silence->ended_at_real = outbox_now(outbox);
                silence->dirty = true;
                outbox_silences_changed(outbox);
                outbox->host.commit(outbox->host.userdata);
                outbox_look(outbox);
                return 0;
        }
        return OUTBOX_E_UNKNOWN;
}

/* --- notifiers and deliveries
 * ------------------------------------------------------------------------------------------ */

int outbox_test(Outbox *outbox, const char *notifier, char ret_event_id[static EVENT_ID_MAX]) {
        Receiver *receiver = receiver_find(outbox, notifier);
        mon_cleanup(list_fini) List only = {0};

        if (!receiver)
                return OUTBOX_E_UNKNOWN;
        if (receiver->disabled)
                return OUTBOX_E_DISABLED;
        Event *event = mon_event_new(EVENT_NOTIFIER_TEST, outbox_now(outbox));
        event->kind = SUBJECT_NOTIFIER;
        event->subject = mon_strdup(notifier);
        list_add(&only, receiver);
        outbox_send_own(outbox, event, &only);
        (void)snprintf(ret_event_id, EVENT_ID_MAX, "%s", outbox->taken_id);
        return 0;
}

int outbox_enable(Outbox *outbox, const char *notifier) {
        Receiver *receiver = receiver_find(outbox, notifier);

        if (!receiver)
                return OUTBOX_E_UNKNOWN;
        if (!receiver->disabled)
                return OUTBOX_E_STATE;
        receiver_arm(receiver);
        receiver->more = true;
        outbox_look(outbox);
        return 0;
}

typedef struct Asking {
        Outbox *outbox;
        int result;
} Asking;

static int retry(void *userdata, const StoreDeliveryRow *row) {
        Asking *asking = userdata;
        Receiver *receiver = receiver_find(asking->outbox, row->notifier);

        if (!receiver)
                asking->result = OUTBOX_E_UNKNOWN;
        else if (receiver->disabled)
                asking->result = OUTBOX_E_DISABLED;
        else if (row->state != DELIVERY_FAILED || map_get(&receiver->by_event, row->event_id))
                asking->result = OUTBOX_E_STATE;
        else {
                asking->result = 0;
                outbox_queue_row(receiver, row);
                outbox_pump(asking->outbox, receiver);
        }
        return 0;
}

int outbox_retry(Outbox *outbox, int64_t delivery) {
        Asking asking = {outbox, OUTBOX_E_UNKNOWN};
        Store *store = outbox->host.store(outbox->host.userdata);

        int r = store ? store_find_delivery(store, delivery, retry, &asking) : -ENOENT;
        return r < 0 ? r : asking.result;
}

/* --- how it is doing
 * ------------------------------------------------------------------------------------------------------ */

size_t outbox_notifiers(const Outbox *outbox) {
        return outbox->receivers.n;
}

void outbox_health(const Outbox *outbox, size_t index, OutboxNotifierHealth *ret_health) {
        const Receiver *receiver = outbox->receivers.items[index];

        *ret_health = (OutboxNotifierHealth){
                .notifier = receiver->notifier,
                .disabled = receiver->disabled,
                .failing_since_at_real = receiver->failing_since_at_real,
                .error = receiver->error,
                .pending = receiver->n_held + receiver->n_parked,
        };
}

size_t outbox_pending(const Outbox *outbox) {
        size_t n = 0;

        list_each (const Receiver, receiver, &outbox->receivers)
                n += receiver->n_held + receiver->n_parked;
        return n;
}
