/* A TCP connection to one address, and if asked the first bytes that the other side says; then it is closed. */
#pragma once

#include "daemon/net/fetch.h"

#define CONNECT_GREETING_MAX 1024 /* bytes that are read while waiting for a text */

typedef struct Connect Connect; /* under way */

typedef struct ConnectRequest {
        const char *address; /* a literal */
        int port;
        const char *greeting; /* a text that the other side is waited to say; NULL: the connection is enough */
        Nsec deadline_at_boot;
} ConnectRequest;

typedef struct ConnectAnswer {
        /* FETCH_DONE; FETCH_REFUSED, _CONNECT_TIMEOUT, _UNREACHABLE, _LOCAL_FAULT; and of a greeting that did not come
         * FETCH_RESET (closed without a byte) or FETCH_TIMEOUT (silent, or other bytes until the deadline). */
        FetchFailure failure;
        const char *error;                   /* a sentence for people; NULL when done */
        Nsec connect, ttfb;                  /* of the connection, of the first byte after it; NSEC_UNKNOWN */
        bool greeted;                        /* the text was among what was said */
        char said[CONNECT_GREETING_MAX + 1]; /* the first line of it, clean; "": nothing */
} ConnectAnswer;

/* Called once, from the loop, never from within connect_start(); the Connect is already freed. */
typedef void ConnectDoneFn(const ConnectAnswer *answer, void *userdata);

mon_must_check int connect_start(Loop *loop, const ConnectRequest *request, ConnectDoneFn *done, void *userdata,
                                 Connect **ret_connect);
void connect_cancel(Connect *attempt); /* NULL allowed */
mon_define_cleanup(Connect, connect_cancel);
