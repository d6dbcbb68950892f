/* Names to addresses, by c-ares on the loop. Nothing is remembered: each question reads resolv.conf and hosts anew and
 * goes out anew, because a name that stopped resolving is a finding. A silent name server blocks nothing.
 *
 * `localhost` and the names under it (RFC 6761) and the hosts file need no server; an address literal is not asked. */
#pragma once

#include "daemon/base/loop.h"
#include "daemon/model/observation.h"
#include "daemon/model/target.h"

#define RESOLVE_ADDRESSES_MAX 16 /* kept of an answer; the order is RFC 6724's, so the first is what a visitor gets */
#define RESOLVE_NAME_MAX 253     /* characters of a name (RFC 1035) */

typedef struct Resolver Resolver;
typedef struct Resolution Resolution; /* one question under way */

enum {
        RESOLVE_E_NO_NAME = 1,    /* NXDOMAIN: the name does not exist */
        RESOLVE_E_NO_ADDRESS = 2, /* the name exists, without an address of the family asked */
        RESOLVE_E_REFUSED = 3,    /* SERVFAIL, REFUSED, NOTIMP, FORMERR, nonsense, or nobody listens there */
        RESOLVE_E_SILENT = 4,     /* no server answered, after every try */
        RESOLVE_E_FORM = 5,       /* not a name */
};

typedef struct Address {
        char text[ADDRESS_TEXT_MAX];
        IpFamily family; /* IP_4 or IP_6 */
} Address;

typedef struct Resolved {
        int result; /* 0, RESOLVE_E_*, or a negative errno: a fault of our own */
        Address addresses[RESOLVE_ADDRESSES_MAX];
        size_t n; /* at least 1 when result is 0 */
} Resolved;

/* Called once, from the loop, never from within resolver_ask(); the Resolution is already freed. */
typedef void ResolvedFn(const Resolved *resolved, void *userdata);

/* `servers`: "127.0.0.1:5353,…" instead of the system's (for tests), or NULL. */
mon_must_check int resolver_new(Loop *loop, const char *servers, Resolver **ret_resolver);
void resolver_free(Resolver *resolver); /* after every question of it */
mon_define_cleanup(Resolver, resolver_free);
const char *resolver_servers(const Resolver *resolver); /* as given; NULL: the system's */

/* There is no deadline but the tries of the resolver (about 20 s): the caller has its own and cancels. */
mon_must_check int resolver_ask(Resolver *resolver, const char *host, IpFamily family, ResolvedFn *done, void *userdata,
                                Resolution **ret_resolution);
void resolution_cancel(Resolution *resolution); /* NULL allowed */
mon_define_cleanup(Resolution, resolution_cancel);

/* A sentence for people: "no such name". */
const char *resolve_text(int result);
