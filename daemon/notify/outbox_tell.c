#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/notify/outbox_parts.h"

#include <assert.h>
#include <stdio.h>

#define ROOM_AGAIN_AFTER (60 * NSEC_PER_SEC) /* where there was no room to owe anything */

/* --- what is held ----------------------------------------------------------------------------------------------- */

Shared *shared_new(const Event *event) {
        Shared *shared = mon_new(Shared);

        shared->refs = 1;
        shared->event = mon_event_new(event->type, event->at_real);
        event_copy(shared->event, event);
        return shared;
}

Shared *shared_ref(Shared *shared) {
        shared->refs++;
        return shared;
}

void shared_unref(Shared *shared) {
        if (!shared || --shared->refs > 0)
                return;
        mon_event_free(shared->event);
        free(shared);
}

void subject_free(Subject *subject) {
        shared_unref(subject->event);
        free(subject->id);
        free(subject);
}

void told_free(Told *told) {
        if (told->dirty)
                (void)list_remove(&told->receiver->outbox->dirty_told, told);
        free(told->subject);
        free(told);
}

/* A subject of which nothing was told has no entry; it counts as good. */
static Told *need_told(Receiver *receiver, const Subject *subject) {
        char key[OUTBOX_KEY_ROOM];

        subject_key(subject->kind, subject->id, key);
        Told *told = map_get(&receiver->told, key);
        if (!told) {
                told = mon_new(Told);
                *told = (Told){
                        .receiver = receiver,
                        .kind = subject->kind,
                        .subject = mon_strdup(subject->id),
                        .state = telling_good(subject->kind),
                        .at_real = NSEC_UNKNOWN,
                        .differs_since_at_real = NSEC_UNKNOWN,
                };
                map_set(&receiver->told, key, told);
        }
        return told;
}

static Told *find_told(const Receiver *receiver, const Subject *subject) {
        char key[OUTBOX_KEY_ROOM];

        subject_key(subject->kind, subject->id, key);
        return map_get(&receiver->told, key);
}

static void set_told(Told *told, int state, bool unstable) {
        Outbox *outbox = told->receiver->outbox;

        told->state = state;
        told->unstable = unstable;
        told->at_real = outbox_now(outbox);
        if (!told->dirty) {
                told->dirty = true;
                list_add(&outbox->dirty_told, told);
        }
        outbox->host.commit(outbox->host.userdata);
}

bool outbox_is_silenced(const Outbox *outbox, const char *subject) {
        Nsec now = outbox_now(outbox);

        list_each (const Silence, silence, &outbox->silences)
                if (silence->ended_at_real == NSEC_UNKNOWN && silence->public.until_at_real > now &&
                    (text_is(silence->public.subject, "all") || text_is(silence->public.subject, subject)))
                        return true;
        return false;
}

/* --- one subject and one receiver --------------------------------------------------------------------------------- */

static int changes_of(const Outbox *outbox, const Subject *subject) {
        const char *target = subject->kind == SUBJECT_TARGET ? subject->id
                             : subject->kind == SUBJECT_PATH ? subject->event->event->reason
                                                             : NULL;

        return target ? outbox->host.changes(outbox->host.userdata, target) : 0;
}

static TellingCase case_of(const Receiver *receiver, const Subject *subject, const Told *told, int changes) {
        const Outbox *outbox = receiver->outbox;
        const Event *event = subject->event->event;
        Nsec now = outbox_now(outbox);

        return (TellingCase){
                .kind = subject->kind,
                .state = subject->state,
                .cause = event->cause,
                .differs_since_at_real = told && told->differs_since_at_real != NSEC_UNKNOWN
                                                 ? told->differs_since_at_real
                                                 : event->at_real,
                .flapping = changes > 0,
                .wants = !notifier_is_fed(receiver->notifier) &&
                         notifier_wants(receiver->notifier, telling_type_of(subject->kind, subject->state)),
                .told = told ? told->state : telling_good(subject->kind),
                .told_unstable = told && told->unstable,
                .told_at_real = told ? told->at_real : NSEC_UNKNOWN,
                .silenced = outbox_is_silenced(outbox, subject->id),
                .quiet_until_at_real = quiet_until(&receiver->quiet, now),
                .quiet_at_most = receiver->notifier->quiet.at_most,
                .now_at_real = now,
        };
}

/* When to look at the subjects again. */
static void wake_at(Outbox *outbox, Nsec at_real) {
        if (at_real == NSEC_NEVER)
                return;
        Nsec span = at_real - outbox_now(outbox);
        if (span < 0)
                span = 0;
        /* The wall clock may be set meanwhile. */
        if (span > OUTBOX_LOOK_EVERY)
                span = OUTBOX_LOOK_EVERY;
        Nsec due = clock_at_boot(outbox->clock) + span;
        if (!timer_is_armed(&outbox->wake) || due < outbox->wake.due_at_boot)
                loop_arm(outbox->loop, &outbox->wake, due);
}

/* Tells the state, holds it back, or adds the receiver to those who are to hear that it flaps. */
static void tell_one(Receiver *receiver, const Subject *subject, int changes, List *unstable) {
        Outbox *outbox = receiver->outbox;
        const Told *told = find_told(receiver, subject);
        TellingCase it = case_of(receiver, subject, told, changes);
        Nsec until = NSEC_NEVER;

        switch (telling_decide(&it, &until)) {
        case TELLING_NOTHING:
                if (told && it.state == it.told)
                        need_told(receiver, subject)->differs_since_at_real = NSEC_UNKNOWN;
                break;
        case TELLING_HOLD:
                need_told(receiver, subject)->differs_since_at_real = it.differs_since_at_real;
                wake_at(outbox, until);
                break;
        case TELLING_UNSTABLE:
                list_add(unstable, receiver);
                break;
        case TELLING_NOW:
                if (outbox_owe(receiver, subject->event->event, subject->event, NSEC_UNKNOWN)) {
                        Told *now_told = need_told(receiver, subject);
                        now_told->differs_since_at_real = NSEC_UNKNOWN;
                        set_told(now_told, subject->state, false);
                } else
                        wake_at(outbox, it.now_at_real + ROOM_AGAIN_AFTER);
                break;
        }
}

void outbox_send_own(Outbox *outbox, Event *event, const List *only) {
        const List *before = outbox->only;

        outbox->only = only;
        outbox->host.event(outbox->host.userdata, event);
        outbox->only = before;
}

/* An event about the state of a subject that does not itself tell one. */
static Event *event_about(const Subject *subject, EventType type) {
        Event *event = mon_event_new(type, 0);

        event_copy(event, subject->event->event);
        event->id[0] = '\0';
        event->type = type;
        return event;
}

static void tell_unstable(Outbox *outbox, Subject *subject, int changes, const List *receivers) {
        Event *event = event_about(subject, telling_unstable_type(subject->kind));

        subject->unstable = true;
        event->at_real = outbox_now(outbox);
        event->from = event->to = 0;
        event->path_from = event->path_to = 0;
        event->changes = changes;
        list_each (Receiver, receiver, receivers) {
                Told *told = need_told(receiver, subject);
                set_told(told, told->state, true);
        }
        outbox_send_own(outbox, event, receivers);
}

static void tell_all(Outbox *outbox, Subject *subject) {
        int changes = changes_of(outbox, subject);
        mon_cleanup(list_fini) List unstable = {0};

        if (changes == 0)
                subject->unstable = false;
        list_each (Receiver, receiver, &outbox->receivers)
                if (!receiver->disabled)
                        tell_one(receiver, subject, changes, &unstable);
        bool is_new = changes > 0 && !subject->unstable && telling_unstable_type(subject->kind) != 0;
        if (is_new || unstable.n > 0)
                tell_unstable(outbox, subject, changes, &unstable);
}

static void remind(Outbox *outbox, const Subject *subject) {
        int changes = changes_of(outbox, subject);
        mon_cleanup(list_fini) List due = {0};
        Nsec now = outbox_now(outbox);

        list_each (Receiver, receiver, &outbox->receivers) {
                Told *told = find_told(receiver, subject);
                if (receiver->disabled || !told || receiver->notifier->remind_every == 0)
                        continue;
                TellingCase it = case_of(receiver, subject, told, changes);
                Nsec at = telling_remind_at(&it, receiver->notifier->remind_every);
                if (at > now) {
                        wake_at(outbox, at);
                        continue;
                }
                list_add(&due, receiver);
                set_told(told, told->state, told->unstable);
                wake_at(outbox, now + receiver->notifier->remind_every);
        }
        if (due.n == 0)
                return;
        Event *event = event_about(subject, EVENT_INCIDENT_REMINDER);
        event->at_real = now;
        event->from = event->to;
        event->path_from = event->path_to;
        outbox_send_own(outbox, event, &due);
}

/* --- all of them ------------------------------------------------------------------------------------------------- */

void outbox_silences_changed(const Outbox *outbox) {
        if (outbox->host.silences)
                outbox->host.silences(outbox->host.userdata);
}

static void expire_silences(Outbox *outbox) {
        Nsec now = outbox_now(outbox);

        for (size_t i = outbox->silences.n; i-- > 0;) {
                Silence *silence = outbox->silences.items[i];
                if (silence->public.until_at_real > now) {
                        wake_at(outbox, silence->public.until_at_real);
                        continue;
                }
                if (silence->dirty)
                        continue;
                silence_free(list_take(&outbox->silences, i));
                outbox_silences_changed(outbox);
        }
}

void outbox_look(Outbox *outbox) {
        mon_cleanup(list_fini) List subjects = {0};

        loop_disarm(outbox->loop, &outbox->wake);
        expire_silences(outbox);
        map_each (&outbox->subjects, slot)
                list_add(&subjects, slot->value);
        list_each (Subject, subject, &subjects) {
                tell_all(outbox, subject);
                remind(outbox, subject);
        }
        list_each (Receiver, receiver, &outbox->receivers)
                outbox_pump(outbox, receiver);
}

void outbox_calm(Outbox *outbox, const char *target) {
        mon_cleanup(list_fini) List subjects = {0};

        map_each (&outbox->subjects, slot) {
                Subject *subject = slot->value;
                const char *decider = subject->kind == SUBJECT_TARGET ? subject->id : subject->event->event->reason;
                if (text_is(decider, target))
                        list_add(&subjects, subject);
        }
        list_each (Subject, subject, &subjects)
                tell_all(outbox, subject);
        list_each (Receiver, receiver, &outbox->receivers)
                outbox_pump(outbox, receiver);
}

/* --- an event ----------------------------------------------------------------------------------------------------- */

static Subject *subject_new(Outbox *outbox, const char *key, const Event *event, int state) {
        Subject *subject = mon_new(Subject);

        *subject = (Subject){
                .kind = event->kind,
                .id = mon_strdup(event->subject),
                .state = state,
                .event = shared_new(event),
        };
        map_set(&outbox->subjects, key, subject);
        return subject;
}

static void take_state(Outbox *outbox, const Event *event, int state) {
        char key[OUTBOX_KEY_ROOM];

        subject_key(event->kind, event->subject, key);
        Subject *subject = map_get(&outbox->subjects, key);
        if (subject) {
                shared_unref(subject->event);
                subject->event = shared_new(event);
                subject->state = state;
        } else
                subject = subject_new(outbox, key, event, state);
        tell_all(outbox, subject);
        /* The next reminder, for whoever was told just now. */
        remind(outbox, subject);
}

static bool is_for(const Outbox *outbox, const Receiver *receiver, const Event *event) {
        if (outbox->only) {
                list_each (const Receiver, other, outbox->only)
                        if (other == receiver)
                                return true;
                return false;
        }
        if ((event->type == EVENT_DELIVERY_FAILED && text_is(event->subject, receiver->notifier->id)) ||
            notifier_is_fed(receiver->notifier))
                return false;
        return notifier_wants(receiver->notifier, event->type) && !outbox_is_silenced(outbox, event->subject);
}

/* What has no state is told or not, once. */
static void take_word(Outbox *outbox, const Event *event) {
        mon_cleanup(list_fini) List receivers = {0};
        Shared *shared = NULL;

        list_each (Receiver, receiver, &outbox->receivers)
                if (!receiver->disabled && is_for(outbox, receiver, event))
                        list_add(&receivers, receiver);
        if (receivers.n > 0)
                shared = shared_new(event);
        list_each (Receiver, receiver, &receivers) {
                Nsec now = outbox_now(outbox);
                const TellingCase it = {
                        .differs_since_at_real = event->at_real,
                        .quiet_until_at_real = quiet_until(&receiver->quiet, now),
                        .quiet_at_most = receiver->notifier->quiet.at_most,
                        .now_at_real = now,
                };
                Nsec hold = event->type == EVENT_NOTIFIER_TEST ? NSEC_UNKNOWN : telling_hold_until(&it);
                if (!outbox_owe(receiver, event, shared, hold))
                        log_error("%s: too much is owed already: %s of %s is not sent", receiver->notifier->id,
                                  event_type_name(event->type), event->subject);
        }
        shared_unref(shared);
}

void outbox_take(Outbox *outbox, const Event *event) {
        int state;

        (void)snprintf(outbox->taken_id, sizeof outbox->taken_id, "%s", event->id);
        if (telling_state_of(event, &state))
                take_state(outbox, event, state);
        else
                take_word(outbox, event);
        list_each (Receiver, receiver, &outbox->receivers)
                outbox_pump(outbox, receiver);
}

/* --- the configuration's subjects -----------------------------------------------------------------------------------
 */

static void load_subject(Outbox *outbox, SubjectKind kind, const char *id, Map *kept) {
        Store *store = outbox->host.store(outbox->host.userdata);
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(EVENT_TARGET_UP, 0);
        char key[OUTBOX_KEY_ROOM];
        int state;

        subject_key(kind, id, key);
        map_set(kept, key, outbox);
        if (map_get(&outbox->subjects, key) || !store)
                return;
        int r = store_load_state_event(store, kind, id, event);
        if (r == 0 && telling_state_of(event, &state)) {
                Subject *subject = subject_new(outbox, key, event, state);
                subject->unstable = changes_of(outbox, subject) > 0; /* said before this start */
                if (outbox->host.known)
                        outbox->host.known(outbox->host.userdata, event);
        } else if (r < 0)
                log_warning("%s: its state as it was told last could not be read: %s", id, store_strerror(r));
}

void outbox_follow_subjects(Outbox *outbox, const Config *config) {
        mon_cleanup(map_fini) Map kept = {0};
        mon_cleanup(list_fini) List gone = {0};

        load_subject(outbox, SUBJECT_OBSERVER, "mond", &kept);
        list_each (const Target, target, &config->targets)
                load_subject(outbox, SUBJECT_TARGET, target->id, &kept);
        list_each (const Path, path, &config->paths)
                load_subject(outbox, SUBJECT_PATH, path->id, &kept);
        map_each (&outbox->subjects, slot)
                if (!map_get(&kept, slot->key))
                        list_add(&gone, slot->value);
        list_each (Subject, subject, &gone) {
                char key[OUTBOX_KEY_ROOM];
                subject_key(subject->kind, subject->id, key);
                map_set(&outbox->subjects, key, NULL);
                if (outbox->host.forgotten)
                        outbox->host.forgotten(outbox->host.userdata, subject->kind, subject->id);
                subject_free(subject);
        }
}
