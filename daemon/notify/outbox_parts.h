/* What the files of Outbox share: its life and what it writes (outbox.c), who is told what (outbox_tell.c), the queues
 * (outbox_queue.c), the attempts (outbox_send.c), and what people ask for (outbox_ask.c). Nobody else includes this. */
#pragma once

#include "daemon/base/list.h"
#include "daemon/base/map.h"
#include "daemon/core/quiet.h"
#include "daemon/notify/outbox.h"
#include "daemon/store/rows.h"

/* An event that several deliveries and a subject hold. */
typedef struct Shared {
        int refs;
        Event *event;
} Shared;

/* A target, a path or the observer: the latest event that told its state. */
typedef struct Subject {
        SubjectKind kind;
        char *id;
        int state;
        Shared *event;
        bool unstable; /* it was said that it flaps */
} Subject;

typedef struct Receiver Receiver;

/* What a receiver was last told of a subject. */
typedef struct Told {
        Receiver *receiver;
        SubjectKind kind;
        char *subject;
        int state;
        bool unstable;
        Nsec at_real;
        Nsec differs_since_at_real; /* the subject is not as told since then; NSEC_UNKNOWN: it is */
        bool dirty;
} Told;

typedef enum DeliveryStep {
        STEP_PARKED,   /* no room: it goes once it is written, and is read again when there is */
        STEP_QUEUED,   /* waits for its turn, its hour or its next attempt */
        STEP_PREPARED, /* its body is made, and goes out after the commit */
        STEP_SENDING,
        STEP_DONE, /* what came of it is to be written */
} DeliveryStep;

typedef struct Queue Queue;

typedef struct Delivery {
        Receiver *receiver;
        Queue *queue;          /* NULL: parked, or done */
        struct Delivery *next; /* in the queue */
        char event_id[EVENT_ID_MAX];
        EventType type;
        SubjectKind kind;
        char *subject;
        Shared *event; /* NULL: to be read */
        DeliveryStep step;
        DeliveryState state;
        bool is_new, dirty;
        Nsec owed_at_real, next_at_real, first_at_real, done_at_real;
        int attempts, http_status;
        char *error;
        Buf body;
        bool body_stored;
        Timer timer; /* armed: not before then */
        Send *send;
} Delivery;

/* Deliveries of one subject to one receiver, in order. */
struct Queue {
        char *key;
        Delivery *first, **end;
        bool ready; /* among those whose first may go */
        Queue *next_ready;
};

struct Receiver {
        Outbox *outbox;
        Notifier *notifier;
        char *disabled; /* why; NULL */
        Quiet quiet;
        Zone *zone;
        Map told;      /* of Told, by subject_key() */
        Map queues;    /* of Queue, likewise */
        Map by_event;  /* of Delivery, by event id */
        size_t n_held; /* deliveries in memory but the parked ones */
        size_t n_parked;
        size_t n_under_way; /* prepared or sending */
        Queue *ready, **ready_end;
        bool more;                                     /* the database has pending rows that are not in memory */
        bool told_forgotten, bodies_dropped, given_up; /* to be written */
        Nsec failing_since_at_real;
        char *error;
};

typedef struct Silence {
        OutboxSilence public;
        Nsec ended_at_real; /* NSEC_UNKNOWN */
        bool dirty;
} Silence;

struct Outbox {
        Loop *loop;
        Clock *clock;
        OutboxHost host;
        const NotifyServices *services;
        List receivers; /* of Receiver *, in the configuration's order */
        Map subjects;   /* of Subject, by subject_key() */
        List silences;  /* of Silence * */
        int64_t next_silence_id;
        Timer wake; /* something that waits for wall time */
        LoopDeferred pump;

        const List *only;            /* of Receiver *: those whom an event of our own is for; NULL: whoever wants it */
        char taken_id[EVENT_ID_MAX]; /* of the event taken last */

        List dirty; /* of Delivery * */
        List dirty_told;
        bool notifiers_dirty;
        size_t body_bytes;
        bool stopped;
};

#define OUTBOX_KEY_ROOM 96
void subject_key(SubjectKind kind, const char *id, char ret_key[static OUTBOX_KEY_ROOM]);

/* --- outbox.c */
Receiver *receiver_find(const Outbox *outbox, const char *id);
void receiver_disable(Receiver *receiver, const char *why);
void receiver_arm(Receiver *receiver); /* what it was told is forgotten, it is enabled; then outbox_look() */
Nsec outbox_now(const Outbox *outbox); /* wall time */

/* --- outbox_tell.c */
Shared *shared_new(const Event *event);
Shared *shared_ref(Shared *shared);
void shared_unref(Shared *shared);
void subject_free(Subject *subject);
void told_free(Told *told);
void outbox_silences_changed(const Outbox *outbox);
/* Every subject anew: what was held back, reminders; and when to look again. */
void outbox_look(Outbox *outbox);
/* Follows the configuration's targets and paths; reads the latest state of those that are new. */
void outbox_follow_subjects(Outbox *outbox, const Config *config);
void outbox_send_own(Outbox *outbox, Event *event, const List *only);

/* --- outbox_queue.c */
/* Owes the event; false: there is no room. `hold_until` NSEC_UNKNOWN: at once. */
bool outbox_owe(Receiver *receiver, const Event *event, Shared *shared, Nsec hold_until_at_real);
/* Takes a row of the database that is to be sent. */
void outbox_queue_row(Receiver *receiver, const StoreDeliveryRow *row);
void outbox_load(Receiver *receiver);          /* as many rows as there is room for, if there are any */
void delivery_mark(Delivery *delivery);        /* to be written */
void delivery_forget_body(Delivery *delivery); /* the memory of it */
void delivery_free(Delivery *delivery);        /* its attempt is given up */
void queue_consider(Queue *queue);             /* whether its first may go */
void delivery_finish(Delivery *delivery, DeliveryState state, const char *error); /* leaves its queue */
void receiver_drop_deliveries(Receiver *receiver);
/* All that is in memory fails with a reason. */
void receiver_give_up(Receiver *receiver, const char *why);
/* No attempt is under way afterwards; `settings_changed`: bodies are to be made anew. */
void receiver_recall(Receiver *receiver, bool settings_changed);

/* --- outbox_send.c */
void outbox_pump(Outbox *outbox, Receiver *receiver);
void delivery_start(Delivery *delivery); /* one that is prepared */

/* --- outbox_ask.c */
Silence *silence_add(Outbox *outbox, const StoreSilence *row);
void silence_free(Silence *silence);
