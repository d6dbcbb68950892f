/* The HTTP API over its socket, in one process: a stand-in for the daemon, clients of every kind, a clock that stands
 * still. Clients never block: the loop turns until they have what they wait for. */
#pragma once

#include "daemon/api/internal.h"

#define API_WORLD_BEGIN (INT64_C(1642468440) * NSEC_PER_SEC)
#define API_WORLD_TURNS 400         /* settles that a client waits for an answer */
#define API_WORLD_ANSWER (8U << 20) /* bytes of an answer */
#define API_WORLD_CHECKED 8         /* targets of a check that are remembered */

typedef struct ApiWorld {
        char folder[64];
        char socket_path[96];
        Clock *clock;
        Loop *loop;
        Store *store;
        bool store_is_out;
        ViewLive live;
        ViewProblem problem;
        bool is_ill;
        Api *api;
        ApiCall *pending; /* the host's to answer later */
        size_t n_checked;
        char checked[API_WORLD_CHECKED][TARGET_ID_MAX];
        const char *paused;
        Report *report; /* the last one entered */
        bool refuse;
} ApiWorld;

/* cmocka's setup and teardown: *state is the ApiWorld. It knows the targets mes-opposition, mes-accueil and a. */
int api_world_open(void **state);
int api_world_close(void **state);

void api_world_settle(ApiWorld *world);
void api_world_pass(ApiWorld *world, Nsec span); /* moves the clock, then settles */
int api_world_dial(const ApiWorld *world);       /* a non-blocking client; -1: the backlog is full */
/* Sends as the daemon reads; false when it hung up. */
bool api_world_send(ApiWorld *world, int fd, const char *bytes, size_t n);
/* What fn gives as that user, in a process of its own, while the loop turns here. Only for root. */
int api_world_as(ApiWorld *world, uid_t uid, int (*fn)(const ApiWorld *world));
/* What has come up to now; *ret_end when the daemon hung up. */
void api_world_take(int fd, Buf *into, bool *ret_end);
void api_world_take_until_end(ApiWorld *world, int fd, Buf *into);
/* One request on a connection of its own; the whole answer, to free. */
char *api_world_ask(ApiWorld *world, const char *request);
char *api_world_get(ApiWorld *world, const char *path);
char *api_world_post(ApiWorld *world, const char *path, const char *type, const char *body); /* type NULL: none */
int api_world_status(const char *answer);
json_t *api_world_document(const char *answer);
/* A problem document of that status whose detail holds the words (NULL: any). */
void api_world_assert_problem(const char *answer, int status, const char *words);
