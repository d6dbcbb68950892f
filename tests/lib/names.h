/* A scripted name server (UDP) on the loop under test, on 127.0.0.1 and a port of its own. */
#pragma once

#include "daemon/base/loop.h"

typedef struct NameServer NameServer;

typedef enum NameAnswer {
        NAME_ADDRESSES = 0, /* those given; none of the family asked: an empty answer */
        NAME_NXDOMAIN,
        NAME_SERVFAIL,
        NAME_REFUSED,
        NAME_SILENT,
        NAME_GARBAGE, /* bytes that are no DNS message */
        NAME_LOOP,    /* a CNAME that points to itself */
} NameAnswer;

mon_must_check int name_server_new(Loop *loop, NameServer **ret_server);
void name_server_free(NameServer *server);
mon_define_cleanup(NameServer, name_server_free);

/* "127.0.0.1:PORT", for resolver_new(). */
const char *name_server_place(const NameServer *server);

/* What is answered for `name` from now on ("*": every other name, NXDOMAIN at first). `addresses` is a list of literals
 * with spaces between, or NULL; "=www.example.org" among them is what a question for CNAME gets. */
void name_server_set(NameServer *server, const char *name, NameAnswer answer, const char *addresses);
unsigned name_server_questions(const NameServer *server);
