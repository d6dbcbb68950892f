/* What a kind of notifier is: a name, the directives of its block in the configuration, how it words an event, and how
 * it sends the words. A new kind is one file with one NotifierDriver and one row in registry.c. */
#pragma once

#include "daemon/base/json.h"
#include "daemon/base/loop.h"
#include "daemon/model/notifier.h"

#define NOTIFIER_BODY_MAX (256U << 10)  /* bytes of one composed message */
#define NOTIFIER_ERROR_MAX 300          /* bytes of why an attempt failed */
#define NOTIFIER_ANSWER_MAX (16U << 10) /* bytes of an answer's body that are read before the connection is closed */

/* One event for one notifier, to be put into words. */
typedef struct Letter {
        const Event *event;
        const json_t *document; /* the event's public object (webhook payload), `late` set; borrowed */
} Letter;

/* What is sent, the same at each attempt under the same id. */
typedef struct Sending {
        const char *event_id;
        const void *body; /* as compose() made it */
        size_t body_len;
        int attempt; /* 1 is the first */
        Nsec first_attempt_at_real;
        Nsec now_at_real;
} Sending;

typedef enum SendResult {
        SEND_DELIVERED,
        SEND_AGAIN,  /* not now: after `retry_after`, or a growing delay */
        SEND_FAILED, /* never: it would be refused again */
        SEND_GONE,   /* never anything more: the receiver wants no more of it (410) */
} SendResult;

typedef struct SendOutcome {
        SendResult result;
        int status;                     /* of HTTP or SMTP; 0: no answer came */
        Nsec retry_after;               /* what the answer asked for, from now; NSEC_UNKNOWN: nothing */
        char error[NOTIFIER_ERROR_MAX]; /* one sentence, clean; "" when delivered */
} SendOutcome;

/* Called once, from the loop, never from within start(): the attempt is over and its Send is freed. */
typedef void SentFn(const SendOutcome *outcome, void *userdata);

typedef struct Send Send; /* one attempt under way; each driver's own */

struct Resolver; /* net/resolve.h */
struct Poster;   /* net/post.h */

/* What drivers share; each outlives every attempt. */
typedef struct NotifyServices {
        Loop *loop;
        struct Resolver *resolver;
        struct Poster *poster;
        const char *user_agent;
        const char *ca_file; /* where a notifier names none; NULL: the system's bundle */
        const char *observer_name, *observer_contact;
} NotifyServices;

typedef struct NotifierDriver {
        const char *name; /* the key in the configuration: "webhook" */
        const Directive *directives;
        size_t spec_size;
        /* Checks across rows, compiles what sending will need into the spec. */
        void (*prepare)(void *spec, const Notifier *notifier, DirectiveMistakeFn *mistake, void *userdata);
        void (*fini)(void *spec); /* the driver's own parts; the rows' are freed by their types */
        /* Puts the event into words: appended to `body` (bounded by NOTIFIER_BODY_MAX). A negative errno: it cannot. */
        int (*compose)(const NotifyServices *services, const Notifier *notifier, const Letter *letter, Buf *body);
        /* One attempt, with a deadline of the driver's own. The notifier, the body and the id stay until it is over or
         * cancelled. A negative errno is a fault of our own; nothing is called then. */
        int (*start)(const NotifyServices *services, const Notifier *notifier, const Sending *sending, SentFn *sent,
                     void *userdata, Send **ret_send);
        void (*cancel)(Send *send);
        /* Keeps its receiver up to date by other ways than deliveries: it is owed tests alone. NULL: it does not. */
        bool (*is_fed)(const void *spec);
} NotifierDriver;

static inline bool notifier_is_fed(const Notifier *notifier) {
        return notifier->driver->is_fed && notifier->driver->is_fed(notifier->spec);
}
