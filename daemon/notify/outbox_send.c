#include "daemon/base/log.h"
#include "daemon/notify/outbox_parts.h"

#include <assert.h>
#include <stdio.h>

#define READ_AGAIN_AFTER (5 * NSEC_PER_SEC) /* when the database cannot give the body or the event */

static void tell_failed(Delivery *delivery, const char *error) {
        Receiver *receiver = delivery->receiver;
        Outbox *outbox = receiver->outbox;

        log_warning("%s: %s of %s (%s) is given up: %s", receiver->notifier->id, event_type_name(delivery->type),
                    delivery->subject, delivery->event_id, error);
        /* No loop: that a notice of a failure failed is no event. A test has somebody who waits for its outcome. */
        if (delivery->type == EVENT_DELIVERY_FAILED || delivery->type == EVENT_NOTIFIER_TEST)
                return;
        Event *event = mon_event_new(EVENT_DELIVERY_FAILED, outbox_now(outbox));
        event->kind = SUBJECT_NOTIFIER;
        event->subject = mon_strdup(receiver->notifier->id);
        event->detail = mon_printf("%s %s (%s): %s", event_type_name(delivery->type), delivery->subject,
                                   delivery->event_id, error);
        event->http_status = delivery->http_status;
        outbox_send_own(outbox, event, NULL);
}

static void fail(Delivery *delivery, const char *error) {
        mon_auto_free char *why = mon_strdup(error);

        delivery_finish(delivery, DELIVERY_FAILED, why);
        tell_failed(delivery, why);
}

static void try_again(Delivery *delivery, Nsec asked) {
        Outbox *outbox = delivery->receiver->outbox;
        Nsec now = outbox_now(outbox);

        if (now - delivery->first_at_real >= TELLING_GIVE_UP) {
                mon_auto_free char *why =
                        mon_printf("given up after %d attempts: %s", delivery->attempts, delivery->error);
                fail(delivery, why);
                return;
        }
        Nsec after = telling_retry_after(delivery->event_id, delivery->attempts, asked);
        delivery->step = STEP_QUEUED;
        delivery->next_at_real = now + after;
        loop_arm_after(outbox->loop, &delivery->timer, after);
        delivery_mark(delivery);
}

static void follow_health(Receiver *receiver, const SendOutcome *outcome) {
        bool delivered = outcome->result == SEND_DELIVERED;

        if (delivered)
                receiver->failing_since_at_real = NSEC_UNKNOWN;
        else if (receiver->failing_since_at_real == NSEC_UNKNOWN)
                receiver->failing_since_at_real = outbox_now(receiver->outbox);
        mon_replace(&receiver->error, delivered ? NULL : outcome->error);
}

static void end_attempt(Delivery *delivery, const SendOutcome *outcome) {
        Receiver *receiver = delivery->receiver;
        Outbox *outbox = receiver->outbox;
        char event_id[EVENT_ID_MAX];

        delivery->send = NULL;
        delivery->http_status = outcome->status;
        receiver->n_under_way--;
        delivery->step = STEP_QUEUED;
        mon_replace(&delivery->error, outcome->result == SEND_DELIVERED ? NULL : outcome->error);
        follow_health(receiver, outcome);
        (void)snprintf(event_id, sizeof event_id, "%s", delivery->event_id);
        switch (outcome->result) {
        case SEND_DELIVERED:
                delivery_finish(delivery, DELIVERY_DELIVERED, NULL);
                break;
        case SEND_AGAIN:
                try_again(delivery, outcome->retry_after);
                break;
        case SEND_FAILED:
                fail(delivery, outcome->error);
                break;
        case SEND_GONE:
                fail(delivery, outcome->error);
                receiver_disable(receiver, outcome->error);
                break;
        }
        if (outbox->host.tried)
                outbox->host.tried(outbox->host.userdata, receiver->notifier, event_id, outcome);
        loop_defer(outbox->loop, &outbox->pump);
}

static void on_sent(const SendOutcome *outcome, void *userdata) {
        end_attempt(userdata, outcome);
}

void delivery_start(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;
        Outbox *outbox = receiver->outbox;
        const Sending sending = {
                .event_id = delivery->event_id,
                .body = buf_text(&delivery->body),
                .body_len = delivery->body.len,
                .attempt = delivery->attempts,
                .first_attempt_at_real = delivery->first_at_real,
                .now_at_real = outbox_now(outbox),
        };

        delivery->step = STEP_SENDING;
        int r = receiver->notifier->driver->start(outbox->services, receiver->notifier, &sending, on_sent, delivery,
                                                  &delivery->send);
        if (r == 0)
                return;
        SendOutcome outcome = {.result = SEND_AGAIN, .retry_after = NSEC_UNKNOWN};
        (void)snprintf(outcome.error, sizeof outcome.error, "the attempt could not begin: %s", mon_strerror(r));
        end_attempt(delivery, &outcome);
}

/* --- bodies ----------------------------------------------------------------------------------------------------- */

static void wait_for_database(Delivery *delivery) {
        loop_arm_after(delivery->receiver->outbox->loop, &delivery->timer, READ_AGAIN_AFTER);
}

/* 0, STORE_E_NOT_FOUND, or negative: the database cannot be read now. */
static int need_event(Delivery *delivery) {
        Outbox *outbox = delivery->receiver->outbox;
        Store *store = outbox->host.store(outbox->host.userdata);
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(delivery->type, 0);

        if (delivery->event)
                return 0;
        int r = store ? store_load_event(store, delivery->event_id, event) : -ENOENT;
        if (r == 0)
                delivery->event = shared_new(event);
        return r;
}

static int compose(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;
        Outbox *outbox = receiver->outbox;
        const Event *event = delivery->event->event;
        mon_auto_json *document = outbox->host.document(outbox->host.userdata, event);

        json_set(document, "late", json_yes(outbox_now(outbox) - event->at_real > TELLING_LATE));
        const Letter letter = {.event = event, .document = document};
        return receiver->notifier->driver->compose(outbox->services, receiver->notifier, &letter, &delivery->body);
}

/* The body is in memory: true. Else it is waited for, or the delivery has failed. */
static bool need_body(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;
        Outbox *outbox = receiver->outbox;
        Store *store = outbox->host.store(outbox->host.userdata);
        int r = 0;

        if (delivery->body.len > 0)
                return true;
        outbox->body_bytes -= delivery->body.cap;
        if (delivery->body_stored) {
                r = store ? store_read_delivery_body(store, receiver->notifier->id, delivery->event_id, &delivery->body)
                          : -ENOENT;
                /* Its database is gone: it is made once more. */
                delivery->body_stored = r != STORE_E_NOT_FOUND;
        }
        if (!delivery->body_stored) {
                r = need_event(delivery);
                if (r == 0 && compose(delivery) != 0) {
                        buf_clear(&delivery->body);
                        r = STORE_E_BOUND;
                }
        }
        outbox->body_bytes += delivery->body.cap;
        if (r < 0)
                wait_for_database(delivery);
        else if (r == STORE_E_NOT_FOUND)
                fail(delivery, "its event is not in the database any more");
        else if (r != 0)
                fail(delivery, "it could not be put into words");
        return r == 0;
}

static void prepare(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;

        if (!need_body(delivery))
                return;
        shared_unref(mon_steal(&delivery->event));
        delivery->attempts++;
        delivery->next_at_real = NSEC_UNKNOWN;
        if (delivery->first_at_real == NSEC_UNKNOWN)
                delivery->first_at_real = outbox_now(receiver->outbox);
        delivery->step = STEP_PREPARED;
        receiver->n_under_way++;
        delivery_mark(delivery);
}

void outbox_pump(Outbox *outbox, Receiver *receiver) {
        if (outbox->stopped || receiver->disabled)
                return;
        outbox_load(receiver);
        while (receiver->ready && receiver->n_under_way < OUTBOX_AT_ONCE_MAX) {
                Queue *queue = receiver->ready;
                if (outbox->body_bytes >= OUTBOX_BODIES_MAX && receiver->n_under_way > 0)
                        return;
                receiver->ready = queue->next_ready;
                if (!receiver->ready)
                        receiver->ready_end = &receiver->ready;
                queue->ready = false;
                queue->next_ready = NULL;
                if (queue->first && queue->first->step == STEP_QUEUED && !timer_is_armed(&queue->first->timer))
                        prepare(queue->first);
        }
}
