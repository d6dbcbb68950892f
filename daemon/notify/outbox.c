#include "daemon/notify/outbox.h"

#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/notify/outbox_parts.h"

#include <assert.h>

Nsec outbox_now(const Outbox *outbox) {
        return clock_at_real(outbox->clock);
}

/* --- receivers ---------------------------------------------------------------------------------------------------- */

Receiver *receiver_find(const Outbox *outbox, const char *id) {
        list_each (Receiver, receiver, &outbox->receivers)
                if (text_is(receiver->notifier->id, id))
                        return receiver;
        return NULL;
}

static void forget_told(Receiver *receiver) {
        map_each (&receiver->told, slot)
                told_free(slot->value);
        map_fini(&receiver->told);
        receiver->told = (Map){0};
}

static void receiver_free(Receiver *receiver) {
        receiver_drop_deliveries(receiver);
        forget_told(receiver);
        map_fini(&receiver->queues);
        map_fini(&receiver->by_event);
        zone_close(receiver->zone);
        free(receiver->disabled);
        free(receiver->error);
        free(receiver);
}

/* The configuration was checked: a zone that cannot be opened any more only means that there are no quiet hours. */
static void set_quiet(Receiver *receiver) {
        const QuietHours *hours = &receiver->notifier->quiet;

        zone_close(mon_steal(&receiver->zone));
        receiver->quiet = (Quiet){0};
        if (!hours->timezone || !hours->from || !hours->until)
                return;
        int r = zone_open(hours->timezone, &receiver->zone);
        if (r == 0)
                r = quiet_read_minute(hours->from, &receiver->quiet.from);
        if (r == 0)
                r = quiet_read_minute(hours->until, &receiver->quiet.until);
        if (r == 0)
                receiver->quiet.zone = receiver->zone;
        else
                log_warning("%s: its quiet hours cannot be told: nothing is held back", receiver->notifier->id);
}

static Receiver *receiver_new(Outbox *outbox, Notifier *notifier) {
        Receiver *receiver = mon_new(Receiver);

        *receiver = (Receiver){.outbox = outbox, .notifier = notifier, .failing_since_at_real = NSEC_UNKNOWN};
        receiver->ready_end = &receiver->ready;
        set_quiet(receiver);
        return receiver;
}

void receiver_arm(Receiver *receiver) {
        forget_told(receiver);
        receiver->told_forgotten = true;
        receiver->outbox->notifiers_dirty = true;
        receiver->failing_since_at_real = NSEC_UNKNOWN;
        mon_replace(&receiver->disabled, NULL);
        mon_replace(&receiver->error, NULL);
        receiver->outbox->host.commit(receiver->outbox->host.userdata);
}

void receiver_disable(Receiver *receiver, const char *why) {
        mon_auto_free char *reason = mon_strdup(why);

        log_warning("%s: disabled, nothing more is sent to it: %s", receiver->notifier->id, reason);
        mon_replace(&receiver->disabled, reason);
        receiver->outbox->notifiers_dirty = true;
        receiver_give_up(receiver, "the notifier was disabled");
}

/* --- the configuration ----------------------------------------------------------------------------------------------
 */

typedef struct Row {
        bool found;
        uint64_t fingerprint;
        char *disabled;
} Row;

typedef struct Finding {
        const char *name;
        Row *row;
} Finding;

static int take_notifier(void *userdata, const StoreNotifier *row) {
        Finding *finding = userdata;

        if (!text_is(row->name, finding->name))
                return 0;
        finding->row->found = true;
        finding->row->fingerprint = row->fingerprint;
        mon_replace(&finding->row->disabled, row->disabled);
        return 0;
}

static int take_told(void *userdata, const StoreTold *row) {
        Receiver *receiver = userdata;
        char key[OUTBOX_KEY_ROOM];

        subject_key(row->kind, row->subject, key);
        Told *told = mon_new(Told);
        *told = (Told){
                .receiver = receiver,
                .kind = row->kind,
                .subject = mon_strdup(row->subject),
                .state = row->state,
                .unstable = row->unstable,
                .at_real = row->at_real,
                .differs_since_at_real = NSEC_UNKNOWN,
        };
        map_set(&receiver->told, key, told);
        return 0;
}

/* What the database remembers of it; if it cannot be read now, as if it were new. What is owed is read when it is
 * first its turn. */
static void remember(Receiver *receiver, Store *store) {
        Row row = {0};
        Finding finding = {receiver->notifier->id, &row};

        receiver->more = true;
        int r = store ? store_each_notifier(store, take_notifier, &finding) : -ENOENT;
        bool is_same = r == 0 && row.found && row.fingerprint == receiver->notifier->fingerprint;
        if (is_same) {
                receiver->disabled = mon_steal(&row.disabled);
                r = store_each_told(store, receiver->notifier->id, take_told, receiver);
        } else {
                receiver->bodies_dropped = row.found;
                receiver_arm(receiver);
        }
        if (r < 0)
                log_warning("%s: what it was told could not be read: %s", receiver->notifier->id, store_strerror(r));
        free(row.disabled);
}

static void keep(Receiver *receiver, Config *config, Config *old, Notifier *notifier) {
        Notifier *kept = receiver->notifier;

        for (size_t i = 0; i < config->notifiers.n; i++)
                if (config->notifiers.items[i] == notifier)
                        config->notifiers.items[i] = kept;
        for (size_t i = 0; i < old->notifiers.n; i++)
                if (old->notifiers.items[i] == kept)
                        old->notifiers.items[i] = notifier; /* the new copy goes with the old configuration */
        kept->language = notifier->language;
}

static void change(Receiver *receiver, Notifier *notifier) {
        receiver_recall(receiver, true);
        receiver->notifier = notifier;
        receiver->bodies_dropped = true;
        set_quiet(receiver);
        receiver_arm(receiver);
}

static Receiver *take_named(List *receivers, const char *id) {
        for (size_t i = 0; i < receivers->n; i++)
                if (text_is(((Receiver *)receivers->items[i])->notifier->id, id))
                        return list_take(receivers, i);
        return NULL;
}

void outbox_set(Outbox *outbox, Config *config, Config *old) {
        mon_cleanup(list_fini) List before = outbox->receivers;

        outbox_follow_subjects(outbox, config);
        outbox->receivers = (List){0};
        for (size_t i = 0; i < config->notifiers.n; i++) {
                Notifier *notifier = config->notifiers.items[i];
                Receiver *receiver = take_named(&before, notifier->id);
                if (!receiver) {
                        receiver = receiver_new(outbox, notifier);
                        remember(receiver, outbox->host.store(outbox->host.userdata));
                } else if (receiver->notifier->fingerprint == notifier->fingerprint)
                        keep(receiver, config, old, notifier);
                else
                        change(receiver, notifier);
                list_add(&outbox->receivers, receiver);
        }
        list_each (Receiver, receiver, &before)
                receiver_free(receiver);
        outbox->notifiers_dirty = true;
        outbox->host.commit(outbox->host.userdata);
        outbox_look(outbox);
}

/* --- writing -------------------------------------------------------------------------------------------------------
 */

static int write_delivery(const Delivery *delivery, Store *store) {
        bool has_body = delivery->body.len > 0 && !delivery->body_stored;
        const StoreDelivery row = {
                .notifier = delivery->receiver->notifier->id,
                .event_id = delivery->event_id,
                .state = delivery->state,
                .is_new = delivery->is_new,
                .owed_at_real = delivery->owed_at_real,
                .next_at_real = delivery->next_at_real,
                .first_at_real = delivery->first_at_real,
                .done_at_real = delivery->done_at_real,
                .attempts = delivery->attempts,
                .http_status = delivery->http_status,
                .error = delivery->error,
                .body = has_body ? delivery->body.data : NULL,
                .body_len = delivery->body.len,
        };

        return store_put_delivery(store, &row);
}

static int write_notifiers(const Outbox *outbox, Store *store) {
        int r = store_retire_notifiers(store);

        list_each (const Receiver, receiver, &outbox->receivers) {
                const StoreNotifier row = {
                        .name = receiver->notifier->id,
                        .kind = receiver->notifier->driver->name,
                        .fingerprint = receiver->notifier->fingerprint,
                        .disabled = receiver->disabled,
                };
                r = r != 0 ? r : store_put_notifier(store, &row);
                if (r == 0 && receiver->told_forgotten)
                        r = store_forget_told(store, row.name);
                if (r == 0 && receiver->bodies_dropped)
                        r = store_drop_pending_bodies(store, row.name);
        }
        return r != 0 ? r : store_give_up_deliveries(store, NULL, "the notifier was removed", outbox_now(outbox));
}

static int write_silences(const Outbox *outbox, Store *store) {
        int r = 0;

        list_each (const Silence, silence, &outbox->silences) {
                const StoreSilence row = {
                        .id = silence->public.id,
                        .subject = silence->public.subject,
                        .reason = silence->public.reason,
                        .from_at_real = silence->public.from_at_real,
                        .until_at_real = silence->public.until_at_real,
                        .ended_at_real = silence->ended_at_real,
                };
                if (r == 0 && silence->dirty)
                        r = store_put_silence(store, &row);
        }
        return r;
}

static int write_told(const Told *told, Store *store) {
        const StoreTold row = {told->kind, told->subject, told->state, told->unstable, told->at_real};

        return store_put_told(store, told->receiver->notifier->id, &row);
}

static bool has_dirty_silence(const Outbox *outbox) {
        list_each (const Silence, silence, &outbox->silences)
                if (silence->dirty)
                        return true;
        return false;
}

bool outbox_must_be_durable(const Outbox *outbox) {
        list_each (const Delivery, delivery, &outbox->dirty)
                if (delivery->is_new)
                        return true;
        return outbox->dirty_told.n > 0 || outbox->notifiers_dirty || has_dirty_silence(outbox);
}

int outbox_write(Outbox *outbox, Store *store) {
        int r = outbox->notifiers_dirty ? write_notifiers(outbox, store) : 0;

        list_each (const Delivery, delivery, &outbox->dirty)
                r = r != 0 ? r : write_delivery(delivery, store);
        list_each (const Told, told, &outbox->dirty_told)
                r = r != 0 ? r : write_told(told, store);
        list_each (const Receiver, receiver, &outbox->receivers)
                if (r == 0 && receiver->given_up)
                        r = store_give_up_deliveries(store, receiver->notifier->id, "the notifier was disabled",
                                                     outbox_now(outbox));
        return r != 0 ? r : write_silences(outbox, store);
}

/* --- after the commit -----------------------------------------------------------------------------------------------
 */

static void delivery_written(Delivery *delivery) {
        Receiver *receiver = delivery->receiver;

        delivery->dirty = false;
        delivery->is_new = false;
        delivery->body_stored |= delivery->body.len > 0;
        if (delivery->step == STEP_PARKED)
                receiver->more = true;
        if (delivery->step == STEP_PARKED || delivery->step == STEP_DONE)
                delivery_free(delivery);
        else if (delivery->step == STEP_QUEUED) {
                delivery_forget_body(delivery);
                shared_unref(mon_steal(&delivery->event));
        }
}

/* While the database takes writes, what was prepared since the last one waits for the next. */
static void start_prepared(Outbox *outbox, bool written) {
        list_each (Receiver, receiver, &outbox->receivers) {
                mon_cleanup(list_fini) List prepared = {0};
                if (receiver->n_under_way == 0)
                        continue;
                map_each (&receiver->by_event, slot)
                        if (((Delivery *)slot->value)->step == STEP_PREPARED)
                                list_add(&prepared, slot->value);
                list_each (Delivery, delivery, &prepared)
                        if (delivery->step == STEP_PREPARED && !(written && delivery->dirty))
                                delivery_start(delivery);
        }
}

void outbox_written(Outbox *outbox) {
        List written = outbox->dirty;

        outbox->dirty = (List){0};
        outbox->notifiers_dirty = false;
        list_each (Told, told, &outbox->dirty_told)
                told->dirty = false;
        outbox->dirty_told.n = 0;
        list_each (Receiver, receiver, &outbox->receivers)
                receiver->told_forgotten = receiver->bodies_dropped = receiver->given_up = false;
        list_each (Delivery, delivery, &written)
                delivery_written(delivery);
        list_fini(&written);
        for (size_t i = outbox->silences.n; i-- > 0;) {
                Silence *silence = outbox->silences.items[i];
                silence->dirty = false;
                if (silence->ended_at_real != NSEC_UNKNOWN)
                        silence_free(list_take(&outbox->silences, i));
        }
        if (outbox->stopped)
                return;
        start_prepared(outbox, true);
        /* What was written left room, perhaps. */
        loop_defer(outbox->loop, &outbox->pump);
}

void outbox_refused(Outbox *outbox) {
        if (!outbox->stopped)
                start_prepared(outbox, false);
}

void outbox_restate(Outbox *outbox) {
        outbox->notifiers_dirty = true;
        list_each (Receiver, receiver, &outbox->receivers) {
                map_each (&receiver->told, slot) {
                        Told *told = slot->value;
                        if (!told->dirty && told->at_real != NSEC_UNKNOWN)
                                list_add(&outbox->dirty_told, told);
                        told->dirty = told->at_real != NSEC_UNKNOWN;
                }
                map_each (&receiver->by_event, slot)
                        ((Delivery *)slot->value)->body_stored = false;
        }
        list_each (Silence, silence, &outbox->silences)
                silence->dirty = true;
        outbox->host.commit(outbox->host.userdata);
}

/* --- life ------------------------------------------------------------------------------------------------------------
 */

static void on_wake(void *userdata) {
        outbox_look(userdata);
}

static void on_pump(void *userdata) {
        Outbox *outbox = userdata;

        list_each (Receiver, receiver, &outbox->receivers)
                outbox_pump(outbox, receiver);
}

static int take_silence(void *userdata, const StoreSilence *row) {
        Outbox *outbox = userdata;

        silence_add(outbox, row);
        return 0;
}

int outbox_new(Loop *loop, const OutboxHost *host, const NotifyServices *services, Outbox **ret_outbox) {
        mon_cleanup(outbox_free_p) Outbox *outbox = mon_new(Outbox);
        Store *store = host->store(host->userdata);

        *outbox = (Outbox){
                .loop = loop,
                .clock = loop_clock(loop),
                .host = *host,
                .services = services,
                .next_silence_id = 1,
        };
        outbox->wake = (Timer){.fn = on_wake, .userdata = outbox};
        outbox->pump = (LoopDeferred){.fn = on_pump, .userdata = outbox};
        int r = store ? store_next_silence_id(store, &outbox->next_silence_id) : 0;
        if (r == 0 && store)
                r = store_each_silence(store, outbox_now(outbox), take_silence, outbox);
        if (r != 0)
                return r;
        *ret_outbox = mon_steal(&outbox);
        return 0;
}

void outbox_stop(Outbox *outbox) {
        outbox->stopped = true;
        list_each (Receiver, receiver, &outbox->receivers)
                receiver_recall(receiver, false);
}

void outbox_free(Outbox *outbox) {
        if (!outbox)
                return;
        outbox->stopped = true;
        list_each (Receiver, receiver, &outbox->receivers)
                receiver_free(receiver);
        list_fini(&outbox->receivers);
        map_each (&outbox->subjects, slot)
                subject_free(slot->value);
        map_fini(&outbox->subjects);
        list_each (Silence, silence, &outbox->silences)
                silence_free(silence);
        list_fini(&outbox->silences);
        list_fini(&outbox->dirty);
        list_fini(&outbox->dirty_told);
        loop_disarm(outbox->loop, &outbox->wake);
        loop_cancel_deferred(outbox->loop, &outbox->pump);
        free(outbox);
}
