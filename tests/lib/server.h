/* A scripted HTTP(S) server on the loop under test: raw bufferevents, so that it can do what no honest server does. It
 * listens on 127.0.0.1, on a port of its own. A connection whose answer was whole takes the next request. Time in it is
 * the loop's clock, so a simulated one makes it wait for nothing. */
#pragma once

#include "daemon/base/loop.h"
#include "tests/lib/certs.h"

typedef struct Server Server;

typedef enum ServerMode {
        SERVER_PLAIN = 0,     /* status, headers, body with its length */
        SERVER_CHUNKED,       /* the body in three chunks */
        SERVER_UNTIL_CLOSE,   /* no length: the end of the connection is the end of the body */
        SERVER_GZIP,          /* the body compressed */
        SERVER_CLOSE,         /* closes without a byte */
        SERVER_RESET,         /* resets without a byte */
        SERVER_HANG,          /* takes the request, says nothing */
        SERVER_HANG_IN_HEAD,  /* stops after half a head */
        SERVER_CUT_IN_HEAD,   /* closes after half a head */
        SERVER_HANG_IN_BODY,  /* stops after half the body */
        SERVER_DRIP,          /* the body, a byte a second */
        SERVER_DRIP_HEAD,     /* the head, a byte a second */
        SERVER_TRUNCATED,     /* closes after half the body */
        SERVER_CHUNKED_CUT,   /* closes in the middle of a chunk */
        SERVER_RESET_IN_BODY, /* resets after half the body */
        SERVER_GARBAGE,       /* bytes that are not HTTP */
        SERVER_HTTP_09,       /* the body without a head */
        SERVER_ENDLESS,       /* a body that never ends */
        SERVER_GZIP_BOMB,     /* 64 MiB of one letter, compressed */
        SERVER_GZIP_EMPTY,    /* empty compressed blocks without end: many bytes, nothing decoded */
        SERVER_BAD_GZIP,      /* says gzip, and is not */
        SERVER_HEADER_FLOOD,  /* headers without end */
        SERVER_HEADER_LONG,   /* one header without end */
        SERVER_INTERIM_FLOOD, /* 103 answers without end */
} ServerMode;
#define SERVER_MODE_MAX SERVER_INTERIM_FLOOD

bool server_mode_from_name(const char *name, ServerMode *ret_mode); /* "hang_in_body" */

typedef struct ServerAnswer {
        ServerMode mode;
        int status;               /* 0 is 200 */
        const char *headers;      /* lines, each ended by "\r\n"; NULL */
        const char *content_type; /* NULL is text/html; charset=utf-8 */
        const void *body;
        size_t body_len;          /* 0: strlen(body), NULL allowed */
        Nsec delay;               /* before the first byte */
        const char *needs_cookie; /* "name=value": a request without it is answered as "*" is; NULL */
} ServerAnswer;

/* How TLS is spoken; a zeroed one speaks none. */
typedef struct ServerTls {
        const Cert *cert; /* NULL: plain HTTP */
        bool garbage;     /* answers a handshake with plain text */
        bool hang;        /* takes the connection, never answers the handshake */
} ServerTls;

mon_must_check int server_new(Loop *loop, const ServerTls *tls, Server **ret_server); /* tls NULL: plain */
void server_free(Server *server);
mon_define_cleanup(Server, server_free);

int server_port(const Server *server);
char *server_url(const Server *server, const char *host, const char *path); /* with the scheme and the port */

/* What is answered at `path` (with its query) from now on; "*" is every other path, 404 at first. Everything is copied.
 */
void server_set(Server *server, const char *path, const ServerAnswer *answer);
void server_set_text(Server *server, const char *path, int status, const char *body);
void server_set_redirect(Server *server, const char *path, int status, const char *location);

unsigned server_connections(const Server *server);     /* accepted so far */
unsigned server_requests(const Server *server);        /* complete request heads so far */
const char *server_last_request(const Server *server); /* its head; "" at first */
const Buf *server_last_body(const Server *server);     /* and the body that came with it */
unsigned server_open(const Server *server);            /* connections that are open now */
