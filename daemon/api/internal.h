/* What the files of the API share: one request from its arrival to its last byte, and the connection it came on. */
#pragma once

#include "daemon/api/api.h"
#include "daemon/api/peer.h"
#include "daemon/base/list.h"

struct bufferevent;
struct evbuffer;
struct evconnlistener;
struct evhttp;
struct evhttp_connection;
struct evhttp_request;

typedef struct Conn Conn;
typedef struct Request Request;

#define API_CAPTURES_MAX 1

/* Parameters that a route may take: bits of Route.params, one row each in query.c. */
enum {
        PARAM_SINCE = 1 << 0,
        PARAM_UNTIL = 1 << 1,
        PARAM_LIMIT = 1 << 2,
        PARAM_CURSOR = 1 << 3,
        PARAM_TARGET = 1 << 4, /* may be repeated */
        PARAM_OPEN = 1 << 5,
        PARAM_FORMAT = 1 << 6,
        PARAM_FAILED = 1 << 24,
        PARAM_PENDING = 1 << 25,
        PARAM_PATH = 1 << 7,
};
#define PARAM_LIST (PARAM_SINCE | PARAM_UNTIL | PARAM_LIMIT | PARAM_CURSOR)

#define API_LIMIT_DEFAULT 100
#define API_LIMIT_MAX 10000
#define API_TEXT_PARAM_MAX 256 /* bytes of one parameter's value */
/* A client that sends while it listens to a stream is not read any further than this. */
#define API_STREAM_INPUT_MAX (16U << 10)
#define API_RAW_PATH_MAX 1024 /* bytes of a path as it came */
/* evhttp refuses larger bodies while it reads; what lies between this and API_BODY_MAX gets our own answer after it was
 * read, because a client in the middle of its writing would not see one. */
#define API_BODY_READ_MAX (1U << 20)

typedef struct Query {
        Nsec since_at_real, until_at_real; /* NSEC_UNKNOWN: not given */
        int limit;
        bool has_limit;
        char *cursor; /* NULL: from the newest on */
        List targets; /* of char * */
        char *path;   /* NULL: not given */
        bool open, failed, pending;
        char *format;
} Query;

void query_fini(Query *query);
/* Reads the query part (NULL: none). On a mistake it has answered 400 with what is wrong, and gives false. */
bool query_read(Request *request, const char *text, unsigned allowed, Query *ret_query);

typedef void RouteFn(Request *request);

typedef struct Route {
        const char *method;  /* GET (serves HEAD too) or POST */
        const char *pattern; /* "*" stands for one segment, captured */
        unsigned params;
        RouteFn *fn;
} Route;

extern const Route api_routes[]; /* ends with a NULL method */
#define API_VERSION_PREFIX "/v1"

/* Finds the route for a decoded path. NULL: none; *ret_allow then lists the methods the path has (to free), NULL: no
 * such path. */
const Route *route_find(const char *method, const char *path, char *ret_captures[static API_CAPTURES_MAX],
                        char **ret_allow);

/* One request. It lives until it is answered, or, for a stream or an export, until its end. */
struct Request {
        Api *api;
        Conn *conn;                  /* NULL once the connection is gone */
        struct evhttp_request *http; /* NULL once the connection is gone */
        bool head;                   /* HEAD: headers alone */
        char *captures[API_CAPTURES_MAX];
        Query query;
        json_t *body; /* of a POST: an object */
        size_t index; /* in api->requests */
        /* Pieces of a long answer: makes the next one, false at the end. */
        bool (*next_piece)(Request *request, struct evbuffer *out);
        void *state;
        void (*free_state)(void *state);
        bool is_stream;
};

struct Conn {
        Api *api;
        struct bufferevent *bev;         /* a reference of ours, so that its descriptor stays ours too */
        struct evhttp_connection *evcon; /* known from the first request on */
        bool greeted;
        Peer peer;
        Request *request; /* being answered */
        Timer deadline;
        LoopDeferred after_tick;
};

struct Api {
        Loop *loop;
        ApiHost host;
        char *socket_path; /* to remove; NULL: handed over */
        gid_t group;
        struct evhttp *http;
        struct evconnlistener *listener;
        LoopIo *knock; /* a connection waits at the listener */
        bool paused;   /* the listener: every place is taken, or nothing to take one with */
        bool starved;  /* the last attempt to take a connection failed */
        Timer sweep;
        List conns;    /* of Conn * */
        List requests; /* of Request *: not answered yet, or answered piece by piece */
        size_t n_streams;
};

/* --- conn.c */
void conn_take(Api *api, struct bufferevent *bev); /* a bufferevent about to be given to evhttp */
/* A connection waits and there is nothing to take it with (a negative errno): it stays in the queue for a while. */
void conn_starve(Api *api, int error);
Conn *conn_find(Api *api, struct evhttp_connection *evcon);
void conn_greet(Conn *conn); /* asks the kernel who it is, once */
void conn_shut(Conn *conn);  /* from outside of evhttp's own callbacks: it will notice and free it */
void conn_release(Conn *conn);
void conn_set_deadline(Conn *conn, Nsec span);
void conn_sweep(Api *api); /* lets go of those that evhttp has closed */

/* --- reply.c: each ends the request, but reply_pieces(), which frees it at its end */
void reply_json(Request *request, int status, json_t *document); /* takes the document */
typedef struct Problem {
        int status;
        const char *code; /* the last word of its type: "unknown-target" */
        const char *title;
} Problem;
/* A problem document (RFC 9457). `extra` (taken, NULL allowed) is an object of further members. */
void reply_problem(Request *request, const Problem *problem, json_t *extra, const char *format, ...)
        mon_printf_like(4, 5);
void reply_pieces(Request *request, const char *content_type, bool (*next_piece)(Request *, struct evbuffer *));
void reply_header(Request *request, const char *name, const char *value);
char *problem_text(const Problem *problem, json_t *extra, const char *detail);

extern const Problem problem_bad_request, problem_forbidden, problem_not_found, problem_conflict, problem_method,
        problem_media, problem_too_large, problem_config, problem_too_soon, problem_fault, problem_unavailable,
        problem_not_implemented;
const Problem *problem_of_status(int status); /* for what evhttp answers by itself */

void request_free(Request *request);

/* --- stream.c */
void stream_open(Request *request);
