/* The HTTP API of INTERFACE section 6, over a UNIX socket: who may ask, what may be asked, and how much of it at once.
 *
 * Reading is for every local user; POST is for root, the daemon's own user and the members of one group, by the peer's
 * credentials. The API knows HTTP, routes and documents; what the daemon knows and can do comes through ApiHost, so a
 * test can stand in for the daemon. Every byte of a client is hostile: see the bounds below.
 *
 * SIGPIPE must be ignored by the program. */
#pragma once

#include "daemon/base/error.h"
#include "daemon/base/json.h"
#include "daemon/base/loop.h"
#include "daemon/view/view.h"

#include <sys/types.h>

typedef struct Api Api;
typedef struct ApiCall ApiCall; /* one command under way, for a client who may leave before it is done */

#define API_CONNECTIONS_MAX 64            /* more wait in the kernel's backlog */
#define API_CONNECTIONS_PER_USER_MAX 32   /* of one user other than root and our own; more are answered 503 */
#define API_STREAMS_MAX 16                /* event streams */
#define API_STREAM_QUEUE_MAX (256U << 10) /* bytes that a stream's client may be behind before it is dropped */
#define API_HEADERS_MAX (16U << 10)
#define API_BODY_MAX (64U << 10)
#define API_PATH_MAX 107                         /* bytes of a socket's path (sockaddr_un) */
#define API_REQUEST_DEADLINE (15 * NSEC_PER_SEC) /* a request must be whole by then, however it drips */
#define API_REPLY_DEADLINE (60 * NSEC_PER_SEC)   /* an answer must have been taken by then; an export: each piece */
#define API_TARGETS_MAX 1000                     /* targets named in one request */

typedef enum ApiRefusal {
        API_REFUSED_CONFIG,   /* the configuration has mistakes: 422, `errors` has them */
        API_REFUSED_TOO_SOON, /* asked again too early: 429 */
        API_REFUSED_BAD,      /* not to be done as it was asked: 400 */
        API_REFUSED_BUSY,     /* the same is already under way, or we are stopping: 503 */
        API_REFUSED_FAULT,    /* a fault of our own: 500 */
        API_REFUSED_UNKNOWN,  /* there is no such thing: 404 */
        API_REFUSED_STATE,    /* not as things are now: 409 */
} ApiRefusal;

/* What the daemon is asked for. Every function is called on the loop. */
typedef struct ApiHost {
        void *userdata;
        /* The database to read, and the facts of this moment; both stay the host's. NULL for a store that cannot be
         * read now: the answer is 503. An export keeps the store while it lasts: see api_forget_store(). */
        Store *(*store)(void *userdata);
        const ViewLive *(*live)(void *userdata);
        /* What is wrong with the daemon itself now; none: it is well. */
        const ViewProblem *(*problems)(void *userdata, size_t *ret_n);
        /* The ids of the configuration's targets, in its order: valid until the next reload. */
        const char *const *(*targets)(void *userdata, size_t *ret_n);
        /* Commands. Each is answered exactly once by api_answer() or api_refuse(), at once or later, in any order,
         * until api_free(). The targets are known ones, each named once; they are the call's, to copy what is needed
         * later. */
        void (*check)(void *userdata, const char *const *targets, size_t n, ApiCall *call); /* `check --json` */
        void (*pause)(void *userdata, const char *target, bool paused, ApiCall *call);      /* { target, paused } */
        /* What a person met: taken, with the texts clean and the forms checked; at_real may be NSEC_UNKNOWN (now),
         * until_at_real holds how long it is to speak, a span, or NSEC_UNKNOWN. { report, recorded, decides, state,
         * cause, since } */
        void (*report)(void *userdata, const char *target, Report *report, ApiCall *call);
        /* Ids, like those of targets: of the notifiers, and of what can be silenced. */
        const char *const *(*notifiers)(void *userdata, size_t *ret_n);
        const char *const *(*subjects)(void *userdata, size_t *ret_n);
        void (*silence)(void *userdata, const char *subject, Nsec until_at_real, const char *reason,
                        ApiCall *call);                                      /* { id, subject, reason, until } */
        void (*unsilence)(void *userdata, int64_t id, ApiCall *call);        /* { id } */
        void (*retry)(void *userdata, int64_t delivery, ApiCall *call);      /* { id, state } */
        void (*enable)(void *userdata, const char *notifier, ApiCall *call); /* { notifier, changed } */
        /* After the first attempt: { notifier, event_id, result, status, error } */
        void (*test)(void *userdata, const char *notifier, ApiCall *call);
        void (*reload)(void *userdata, ApiCall *call); /* { added, removed, changed, unchanged, warnings } */
} ApiHost;

/* Both free the call. A client that has left is no fault. */
void api_answer(ApiCall *call, json_t *document); /* takes the document */
/* `detail` is one sentence for people (NULL: none). `errors` (taken; NULL: none) is an array of texts, such as a
 * configuration's diagnostics. `retry_after` is NSEC_UNKNOWN where it means nothing. */
void api_refuse(ApiCall *call, ApiRefusal refusal, const char *detail, json_t *errors, Nsec retry_after);

typedef struct ApiSettings {
        const char *socket_path; /* made with mode 0666, removed by api_free(); not used when fd is given */
        int fd;                  /* a listening socket handed over by systemd, ours from now on; -1: none */
        const char *group;       /* its members may POST besides root and our own user; NULL: nobody more */
} ApiSettings;

enum {
        API_E_IN_USE = 1, /* somebody listens at that path */
        API_E_PATH = 2,   /* longer than API_PATH_MAX, or something that is no socket stands there */
};

/* A stale socket file (nobody listens) is removed. The host is copied; the loop and what its userdata is outlive the
 * Api. */
mon_must_check int api_new(Loop *loop, const ApiHost *host, const ApiSettings *settings, Api **ret_api, Error *error);
/* Calls under way are dropped unanswered: the host must not answer them afterwards. */
void api_free(Api *api);
mon_define_cleanup(Api, api_free);

/* Breaks off the exports under way: before the host closes the store it gave. */
void api_forget_store(Api *api);

/* Sends an event's document (INTERFACE section 4, borrowed) to everyone who follows. */
void api_publish(Api *api, const char *type, const json_t *event);
size_t api_connections(const Api *api);
