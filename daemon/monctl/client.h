/* HTTP to the daemon over its UNIX socket, by libcurl's easy interface: bounded in bytes and, but for commands that
 * wait and for streams, in time. */
#pragma once

#include "daemon/monctl/monctl.h"

#define CLIENT_ANSWER_MAX (32U << 20) /* bytes of one document */
#define CLIENT_CONNECT_MSEC 5000
#define CLIENT_TIMEOUT_MSEC 30000L
#define CLIENT_CHECK_MSEC (6 * 3600 * 1000L) /* a thousand targets of one host, each until its deadline */
#define CLIENT_COMMAND_MSEC 120000L
#define CLIENT_SILENCE_SEC 120L /* in a stream that is not meant to be silent */
#define CLIENT_SOCKET_PATH_MAX 107
#define CLIENT_LINE_MAX 1000 /* bytes of one line of a problem */

/* A piece of an answer that is not kept: false breaks it off. */
typedef bool ClientSink(void *userdata, const char *bytes, size_t n);

typedef struct ClientAnswer {
        long status; /* 0: none */
        Buf body;    /* of a document, and of a problem also where there is a sink */
} ClientAnswer;
void client_answer_fini(ClientAnswer *answer);

typedef struct ClientRequest {
        const char *path; /* "/v1/status?target=…" */
        const char *post; /* NULL: GET; else the JSON body */
        long wait_msec;   /* a command that takes its time; 0: CLIENT_TIMEOUT_MSEC. Tells its progress as `progress` */
        Phrase progress;  /* with the seconds gone by, on stderr when it is a terminal and it takes more than two */
        ClientSink *sink; /* NULL: the answer is kept */
        void *sink_userdata;
        bool may_be_silent; /* a sink's stream: silence is no fault */
} ClientRequest;

/* EXIT_DONE with whatever status came; EXIT_UNREACHABLE, EXIT_REFUSED (no permission on the socket), EXIT_USAGE (path
 * too long), EXIT_DATA (more than CLIENT_ANSWER_MAX), told. */
int client_ask(const Monctl *ctl, const ClientRequest *request, ClientAnswer *ret_answer);
/* The same for a JSON document: statuses but 200 are told (see client_tell_problem). */
int client_document(const Monctl *ctl, const ClientRequest *request, json_t **ret_document);
/* Says what a problem document says; its exit status: 404 and 400 usage, 403 refused, 422 data, else unreachable. */
int client_tell_problem(const Monctl *ctl, const ClientAnswer *answer);

/* "unknown target …; did you mean …?": EXIT_USAGE. `near` may be NULL. */
int tell_unknown_target(const Monctl *ctl, const char *target, const char *near);
int tell_unknown_path(const Monctl *ctl, const char *path, const char *near); /* likewise */

/* For a URL; the caller frees. */
char *client_escape(const char *text);
/* An HTTP date (RFC 9110); false when it is none. */
bool client_parse_date(const char *text, Nsec *ret_at_real);
