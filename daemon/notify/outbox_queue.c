#include "daemon/base/log.h"
#include "daemon/notify/outbox_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void subject_key(SubjectKind kind, const char *id, char ret_key[static OUTBOX_KEY_ROOM]) {
        (void)snprintf(ret_key, OUTBOX_KEY_ROOM, "%d/%s", (int)kind, id ? id : "");
}

void delivery_mark(Delivery *delivery) {
        Outbox *outbox = delivery->receiver->outbox;

        if (!delivery->dirty) {
                delivery->dirty = true;
                list_add(&outbox->dirty, delivery);
        }
        outbox->host.commit(outbox->host.userdata);
}

/* --- queues ---------------------------------------------------------------------------------------------------- */

static Queue *find_queue(Receiver *receiver, SubjectKind kind, const char *subject) {
        char key[OUTBOX_KEY_ROOM];

        subject_key(kind, subject, key);
        Queue *queue = map_get(&receiver->queues, key);
        if (!queue) {
                queue = mon_new(Queue);
                queue->key = mon_strdup(key);
                queue->end = &queue->first;
                map_set(&receiver->queues, key, queue);
        }
        return queue;
}

static void leave_ready(Receiver *receiver, Queue *queue) {
        for (Queue **at = &receiver->ready; *at; at = &(*at)->next_ready)
                if (*at == queue) {
                        *at = queue->next_ready;
                        if (receiver->ready_end == &queue->next_ready)
                                receiver->ready_end = at;
                        break;
                }
        queue->ready = false;
        queue->next_ready = NULL;
}

void queue_consider(Queue *queue) {
        Delivery *first = queue->first;

        if (queue->ready || !first || first->step != STEP_QUEUED || timer_is_armed(&first->timer))
                return;
        Receiver *receiver = first->receiver;
        queue->ready = true;
        *receiver->ready_end = queue;
        receiver->ready_end = &queue->next_ready;
        loop_defer(receiver->outbox->loop, &receiver->outbox->pump);
}

static void leave_queue(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;
        Queue *queue = delivery->queue;

        if (!queue)
                return;
        for (Delivery **at = &queue->first; *at; at = &(*at)->next)
                if (*at == delivery) {
                        *at = delivery->next;
                        if (queue->end == &delivery->next)
                                queue->end = at;
                        break;
                }
        delivery->queue = NULL;
        delivery->next = NULL;
        if (queue->ready)
                leave_ready(receiver, queue);
        if (queue->first) {
                queue_consider(queue);
                return;
        }
        map_set(&receiver->queues, queue->key, NULL);
        free(queue->key);
        free(queue);
}

static void on_time(void *userdata) {
        Delivery *delivery = userdata;

        if (delivery->queue)
                queue_consider(delivery->queue);
}

static void wait_until(Delivery *delivery, Nsec at_real) {
        Outbox *outbox = delivery->receiver->outbox;
        Nsec span = at_real - outbox_now(outbox);

        delivery->next_at_real = at_real;
        loop_arm_after(outbox->loop, &delivery->timer, span > 0 ? span : 0);
}

/* What is only held back does not hold up what goes now. */
static void release_held(Queue *queue) {
        for (Delivery *at = queue->first; at; at = at->next)
                if (at->step == STEP_QUEUED && at->attempts == 0 && timer_is_armed(&at->timer)) {
                        loop_disarm(at->receiver->outbox->loop, &at->timer);
                        at->next_at_real = NSEC_UNKNOWN;
                }
}

static void enter_queue(Delivery *delivery, Nsec hold_until_at_real) {
        Queue *queue = find_queue(delivery->receiver, delivery->kind, delivery->subject);

        delivery->step = STEP_QUEUED;
        delivery->queue = queue;
        *queue->end = delivery;
        queue->end = &delivery->next;
        if (hold_until_at_real != NSEC_UNKNOWN)
                wait_until(delivery, hold_until_at_real);
        else
                release_held(queue);
        queue_consider(queue);
}

/* --- deliveries ------------------------------------------------------------------------------------------------- */

static Delivery *delivery_new(Receiver *receiver, const char *event_id, EventType type, SubjectKind kind,
                              const char *subject) {
        Delivery *delivery = mon_new(Delivery);

        *delivery = (Delivery){
                .receiver = receiver,
                .type = type,
                .kind = kind,
                .subject = mon_strdup(subject ? subject : ""),
                .state = DELIVERY_PENDING,
                .owed_at_real = outbox_now(receiver->outbox),
                .next_at_real = NSEC_UNKNOWN,
                .first_at_real = NSEC_UNKNOWN,
                .done_at_real = NSEC_UNKNOWN,
                .body = BUF_INIT(NOTIFIER_BODY_MAX),
        };
        delivery->timer = (Timer){.fn = on_time, .userdata = delivery};
        (void)snprintf(delivery->event_id, sizeof delivery->event_id, "%s", event_id);
        map_set(&receiver->by_event, delivery->event_id, delivery);
        return delivery;
}

/* Takes its place in memory: a queue, or the wait for being written and read again. */
static void settle(Delivery *delivery, Nsec hold_until_at_real) {
        Receiver *receiver = delivery->receiver;

        if (receiver->more || receiver->n_parked > 0 || receiver->n_held >= OUTBOX_WINDOW_MAX) {
                delivery->step = STEP_PARKED;
                delivery->next_at_real = hold_until_at_real;
                receiver->n_parked++;
                return;
        }
        receiver->n_held++;
        enter_queue(delivery, hold_until_at_real);
}

static void stop_attempt(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;

        if (delivery->send)
                receiver->notifier->driver->cancel(mon_steal(&delivery->send));
        if (delivery->step == STEP_PREPARED || delivery->step == STEP_SENDING)
                receiver->n_under_way--;
}

void delivery_forget_body(Delivery *delivery) {
        delivery->receiver->outbox->body_bytes -= delivery->body.cap;
        buf_fini(&delivery->body);
        delivery->body = BUF_INIT(NOTIFIER_BODY_MAX);
}

void delivery_free(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;
        Outbox *outbox = receiver->outbox;

        stop_attempt(delivery);
        if (delivery->step == STEP_PARKED)
                receiver->n_parked--;
        else
                receiver->n_held--;
        delivery->step = STEP_DONE;
        leave_queue(delivery);
        loop_disarm(outbox->loop, &delivery->timer);
        if (delivery->dirty)
                (void)list_remove(&outbox->dirty, delivery);
        if (map_get(&receiver->by_event, delivery->event_id) == delivery)
                map_set(&receiver->by_event, delivery->event_id, NULL);
        delivery_forget_body(delivery);
        shared_unref(delivery->event);
        free(delivery->subject);
        free(delivery->error);
        free(delivery);
}

void delivery_finish(Delivery *delivery, DeliveryState state, const char *error) {
        stop_attempt(delivery);
        delivery->step = STEP_DONE;
        delivery->state = state;
        delivery->next_at_real = NSEC_UNKNOWN;
        delivery->done_at_real = outbox_now(delivery->receiver->outbox);
        mon_replace(&delivery->error, error);
        loop_disarm(delivery->receiver->outbox->loop, &delivery->timer);
        leave_queue(delivery);
        delivery_mark(delivery);
}

bool outbox_owe(Receiver *receiver, const Event *event, Shared *shared, Nsec hold_until_at_real) {
        if (receiver->disabled || map_get(&receiver->by_event, event->id))
                return true;
        if (receiver->n_held + receiver->n_parked >= OUTBOX_WINDOW_MAX + OUTBOX_UNWRITTEN_MAX)
                return false;
        Delivery *delivery = delivery_new(receiver, event->id, event->type, event->kind, event->subject);
        delivery->is_new = true;
        settle(delivery, hold_until_at_real);
        if (delivery->step != STEP_PARKED)
                delivery->event = shared ? shared_ref(shared) : shared_new(event);
        delivery_mark(delivery);
        return true;
}

void outbox_queue_row(Receiver *receiver, const StoreDeliveryRow *row) {
        Delivery *delivery = delivery_new(receiver, row->event_id, row->type, row->kind, row->subject);
        bool is_pending = row->state == DELIVERY_PENDING;
        bool is_held = is_pending && row->attempts == 0 && row->next_at_real > outbox_now(receiver->outbox);

        delivery->owed_at_real = row->owed_at_real;
        delivery->body_stored = row->has_body;
        /* One that failed begins anew, under the same id and with the same body. */
        delivery->attempts = is_pending ? row->attempts : 0;
        delivery->first_at_real = is_pending ? row->first_at_real : NSEC_UNKNOWN;
        if (is_pending) {
                receiver->n_held++;
                enter_queue(delivery, is_held ? row->next_at_real : NSEC_UNKNOWN);
                return;
        }
        settle(delivery, NSEC_UNKNOWN);
        delivery_mark(delivery);
}

/* --- the window ------------------------------------------------------------------------------------------------- */

typedef struct Loading {
        Receiver *receiver;
        int64_t n_rows;
} Loading;
enum { LOAD_FULL = 1 }; /* a callback's result: the reading may end */

static int load_row(void *userdata, const StoreDeliveryRow *row) {
        Loading *loading = userdata;
        Receiver *receiver = loading->receiver;

        loading->n_rows++;
        if (map_get(&receiver->by_event, row->event_id))
                return 0;
        if (receiver->n_held >= OUTBOX_WINDOW_MAX)
                return LOAD_FULL;
        outbox_queue_row(receiver, row);
        return 0;
}

void outbox_load(Receiver *receiver) {
        Outbox *outbox = receiver->outbox;
        Store *store = outbox->host.store(outbox->host.userdata);
        Loading loading = {.receiver = receiver};

        if (!receiver->more || receiver->disabled || !store || receiver->n_held > OUTBOX_WINDOW_MAX / 2)
                return;
        /* Rows that are in memory stand among those that are read. */
        int64_t limit = 2 * OUTBOX_WINDOW_MAX + (int64_t)receiver->n_parked;
        int r = store_each_pending(store, receiver->notifier->id, limit, load_row, &loading);
        if (r < 0)
                log_warning("%s: what is owed could not be read: %s", receiver->notifier->id, store_strerror(r));
        else if (r == 0 && loading.n_rows < limit)
                receiver->more = false;
}

/* --- all of one receiver ------------------------------------------------------------------------------------------ */

static void each_delivery(Receiver *receiver, void (*fn)(Delivery *delivery, const void *userdata),
                          const void *userdata) {
        mon_cleanup(list_fini) List all = {0};

        map_each (&receiver->by_event, slot)
                list_add(&all, slot->value);
        list_each (Delivery, delivery, &all)
                fn(delivery, userdata);
}

static void drop(Delivery *delivery, const void *unused) {
        (void)unused;
        delivery_free(delivery);
}

void receiver_drop_deliveries(Receiver *receiver) {
        each_delivery(receiver, drop, NULL);
}

static void give_up(Delivery *delivery, const void *why) {
        if (delivery->step == STEP_DONE)
                return;
        if (delivery->step == STEP_PARKED) {
                delivery->receiver->n_parked--;
                delivery->receiver->n_held++;
        }
        delivery_finish(delivery, DELIVERY_FAILED, why);
}

void receiver_give_up(Receiver *receiver, const char *why) {
        each_delivery(receiver, give_up, why);
        receiver->more = false;
        receiver->given_up = true;
}

static void recall(Delivery *delivery, const void *settings_changed) {
        bool was_prepared = delivery->step == STEP_PREPARED;

        stop_attempt(delivery);
        if (was_prepared || delivery->step == STEP_SENDING) {
                delivery->step = STEP_QUEUED;
                if (was_prepared)
                        delivery->attempts--;
                queue_consider(delivery->queue);
        }
        if (settings_changed && delivery->step != STEP_DONE) {
                delivery_forget_body(delivery);
                delivery->body_stored = false;
        }
}

void receiver_recall(Receiver *receiver, bool settings_changed) {
        each_delivery(receiver, recall, settings_changed ? receiver : NULL);
}
