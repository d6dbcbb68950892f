/* One HTTP or HTTPS request: one hop, to one pinned address, on a fresh connection, by libcurl's multi interface on the
 * loop. No redirect is followed, no proxy taken from the environment, no cookie kept but in the caller's hands, no TLS
 * session resumed; TLS is always verified. Every limit is ours: bytes, headers, time. */
#pragma once

#include "daemon/base/loop.h"
#include "daemon/model/observation.h"
#include "daemon/net/cert.h"
#include "daemon/net/fetch_cookies.h"

#define FETCH_HEAD_MAX 65536     /* bytes of an answer's status line and headers, interim answers included */
#define FETCH_HEADERS_MAX 256    /* lines of them */
#define FETCH_REQUEST_MAX 16384  /* bytes of the request's head that are kept */
#define FETCH_OVERHEAD_MAX 65536 /* bytes that a body may have on the wire beyond its decoded bound */
#define FETCH_ERROR_MAX 256

typedef struct Fetcher Fetcher;
typedef struct Fetch Fetch;

typedef enum FetchFailure {
        FETCH_DONE = 0, /* a complete, decoded answer */
        FETCH_NAME,     /* by visit.h only: the name gave no address */
        FETCH_REFUSED,
        FETCH_CONNECT_TIMEOUT,
        FETCH_UNREACHABLE,
        FETCH_RESET, /* closed or reset before the head of an answer was complete */
        FETCH_TLS_EXPIRED,
        FETCH_TLS_UNTRUSTED,
        FETCH_TLS_HOSTNAME,
        FETCH_TLS_HANDSHAKE,
        FETCH_TIMEOUT,     /* the deadline, once connected */
        FETCH_PROTOCOL,    /* not HTTP; HTTP/0.9 */
        FETCH_TRUNCATED,   /* the body was cut short */
        FETCH_UNDECODABLE, /* a content coding that does not decode */
        FETCH_TOO_LARGE,   /* body, decoded body or headers beyond their caps */
        FETCH_LOCAL_FAULT, /* of our own: descriptors, memory, a CA file that cannot be read */
} FetchFailure;

typedef enum FetchMethod {
        FETCH_GET = 0,
        FETCH_HEAD = 1,
        FETCH_CONNECT = 2, /* nothing is asked: FETCH_DONE once the connection (with TLS, for https) stands */
} FetchMethod;

typedef struct FetchRequest {
        const char *url;     /* http or https, absolute, as url.h normalises it */
        const char *host;    /* of the URL, as url.h gives it */
        int port;            /* of the URL, its scheme's where it says none */
        const char *address; /* whom to connect to: an address literal */
        FetchMethod method;
        const char *user_agent;
        const char *const *headers; /* "Name: value" */
        size_t n_headers;
        const char *ca_file; /* NULL: the system's bundle */
        size_t body_max;     /* bytes of the decoded body; with 0 the first one ends the fetch as FETCH_TOO_LARGE */
        Nsec deadline_at_boot;
        Cookies *cookies; /* lives until the fetch is over or cancelled; NULL: none are sent or kept */
} FetchRequest;

typedef struct FetchAnswer {
        FetchFailure failure;
        char error[FETCH_ERROR_MAX];      /* a sentence for people; "" when done */
        int http_status;                  /* of the final answer; 0: no complete head came */
        char *request;                    /* head as sent, with secret headers' values masked; NULL: nothing was sent */
        char *response;                   /* head as received; NULL: none, or not all of it */
        Buf body;                         /* decoded; after a failure what had come */
        int64_t bytes;                    /* of the body as transferred; -1: no answer */
        char remote_ip[ADDRESS_TEXT_MAX]; /* of the connection; "" when there was none */
        Nsec dns, connect, tls, ttfb;     /* each its own part; NSEC_UNKNOWN when it was not reached */
        CertSight certificate;
} FetchAnswer;

void fetch_answer_fini(FetchAnswer *answer);
/* The first header of that name (ASCII case ignored), without the spaces around it, to free; NULL: there is none. */
char *fetch_answer_header(const FetchAnswer *answer, const char *name);

/* Called once, from the loop, never from within fetch_start(); the Fetch is already freed. The callee may take parts of
 * the answer (and leave NULL or a zeroed Buf); the rest is freed after it. */
typedef void FetchDoneFn(FetchAnswer *answer, void *userdata);

/* The program must ignore SIGPIPE. */
mon_must_check int fetcher_new(Loop *loop, Fetcher **ret_fetcher);
void fetcher_free(Fetcher *fetcher); /* after every fetch of it */
mon_define_cleanup(Fetcher, fetcher_free);
Loop *fetcher_loop(const Fetcher *fetcher);

mon_must_check int fetch_start(Fetcher *fetcher, const FetchRequest *request, FetchDoneFn *done, void *userdata,
                               Fetch **ret_fetch);
void fetch_cancel(Fetch *fetch); /* NULL allowed */
mon_define_cleanup(Fetch, fetch_cancel);

/* Of a connection that could not be made, by its errno. */
FetchFailure fetch_failure_of_errno(int error);
/* The cause of a failure other than FETCH_DONE, and its verdict. */
Cause fetch_cause(FetchFailure failure);
Verdict fetch_verdict(FetchFailure failure);
