#include "daemon/net/resolve.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/dns_channel.h"
#include "daemon/net/url.h"

#include <arpa/inet.h>
#include <sys/socket.h>

struct Resolver {
        Loop *loop;
        char *servers;
};

struct Resolution {
        Loop *loop;
        DnsChannel channel;
        LoopDeferred finish;
        Resolved resolved;
        ResolvedFn *done;
        void *userdata;
};

int resolver_new(Loop *loop, const char *servers, Resolver **ret_resolver) {
        if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
                return -ENOMEM;
        Resolver *resolver = mon_new(Resolver);
        *resolver = (Resolver){.loop = loop, .servers = mon_strdup(servers)};
        *ret_resolver = resolver;
        return 0;
}

void resolver_free(Resolver *resolver) {
        if (!resolver)
                return;
        free(resolver->servers);
        free(resolver);
        ares_library_cleanup();
}

const char *resolver_servers(const Resolver *resolver) {
        return resolver->servers;
}

static void take_address(Resolved *resolved, const struct sockaddr *address, IpFamily wanted) {
        Address *into = &resolved->addresses[resolved->n];
        const void *number = NULL;

        if (resolved->n == RESOLVE_ADDRESSES_MAX)
                return;
        if (address->sa_family == AF_INET && wanted != IP_6) {
                number = &((const struct sockaddr_in *)address)->sin_addr;
                into->family = IP_4;
        } else if (address->sa_family == AF_INET6 && wanted != IP_4) {
                number = &((const struct sockaddr_in6 *)address)->sin6_addr;
                into->family = IP_6;
        }
        if (number && inet_ntop(address->sa_family, number, into->text, sizeof into->text))
                resolved->n++;
}

/* Runs inside c-ares, which must not be destroyed from here: the end is deferred. */
static void on_addresses(void *userdata, int status, int timeouts, struct ares_addrinfo *info) {
        Resolution *resolution = userdata;

        (void)timeouts;
        if (status == ARES_EDESTRUCTION)
                return;
        dns_channel_rest(&resolution->channel);
        for (const struct ares_addrinfo_node *node = info ? info->nodes : NULL; node; node = node->ai_next)
                take_address(&resolution->resolved, node->ai_addr, IP_ANY);
        ares_freeaddrinfo(info);
        resolution->resolved.result = dns_channel_result(status);
        int fault = resolution->resolved.result == RESOLVE_E_REFUSED ? dns_channel_own_fault() : 0;
        if (fault < 0)
                resolution->resolved.result = fault;
        if (resolution->resolved.result == 0 && resolution->resolved.n == 0)
                resolution->resolved.result = RESOLVE_E_NO_ADDRESS;
        loop_defer(resolution->loop, &resolution->finish);
}

static void resolution_free(Resolution *resolution) {
        loop_cancel_deferred(resolution->loop, &resolution->finish);
        dns_channel_close(&resolution->channel);
        loop_end_work(resolution->loop);
        free(resolution);
}

static void on_finish(void *userdata) {
        Resolution *resolution = userdata;
        Resolved resolved = resolution->resolved;
        ResolvedFn *done = resolution->done;
        void *theirs = resolution->userdata;

        resolution_free(resolution);
        done(&resolved, theirs);
}

static int family_number(IpFamily family) {
        return family == IP_4 ? AF_INET : family == IP_6 ? AF_INET6 : AF_UNSPEC;
}

/* What needs no server. */
static bool answer_at_once(Resolution *resolution, const char *host, IpFamily family) {
        struct sockaddr_in in = {.sin_family = AF_INET};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
        const struct sockaddr *literal = NULL;

        if (inet_pton(AF_INET, host, &in.sin_addr) == 1)
                literal = (const struct sockaddr *)&in;
        else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1)
                literal = (const struct sockaddr *)&in6;
        if (literal) {
                take_address(&resolution->resolved, literal, family);
                resolution->resolved.result = resolution->resolved.n > 0 ? 0 : RESOLVE_E_NO_ADDRESS;
        } else if (strcmp(host, "localhost") == 0 || text_ends(host, ".localhost")) {
                /* c-ares 1.18 would ask a server for the names under it, and put ::1 first where few listen. */
                in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                in6.sin6_addr = in6addr_loopback;
                take_address(&resolution->resolved, (const struct sockaddr *)&in, family);
                take_address(&resolution->resolved, (const struct sockaddr *)&in6, family);
        } else if (host[0] == '\0' || strlen(host) > RESOLVE_NAME_MAX) {
                resolution->resolved.result = RESOLVE_E_FORM;
        } else {
                return false;
        }
        loop_defer(resolution->loop, &resolution->finish);
        return true;
}

int resolver_ask(Resolver *resolver, const char *host, IpFamily family, ResolvedFn *done, void *userdata,
                 Resolution **ret_resolution) {
        const struct ares_addrinfo_hints hints = {.ai_family = family_number(family), .ai_flags = ARES_AI_NUMERICSERV};
        mon_cleanup(resolution_cancel_p) Resolution *resolution = mon_new(Resolution);

        *resolution = (Resolution){.loop = resolver->loop, .done = done, .userdata = userdata};
        resolution->finish = (LoopDeferred){.fn = on_finish, .userdata = resolution};
        loop_begin_work(resolver->loop);
        if (!answer_at_once(resolution, host, family)) {
                /* A dotted name is asked for as it stands: a wildcard in a search domain would answer for a name that
                 * is gone. */
                int r = dns_channel_open(&resolution->channel, resolver->loop, resolver->servers,
                                         strchr(host, '.') ? ARES_FLAG_NOSEARCH : 0);
                if (r < 0)
                        return r;
                ares_getaddrinfo(resolution->channel.ares, host, NULL, &hints, on_addresses, resolution);
        }
        *ret_resolution = mon_steal(&resolution);
        return 0;
}

void resolution_cancel(Resolution *resolution) {
        if (resolution)
                resolution_free(resolution);
}

const char *resolve_text(int result) {
        switch (result) {
        case 0:
                return "resolved";
        case RESOLVE_E_NO_NAME:
                return "the name does not exist (NXDOMAIN)";
        case RESOLVE_E_NO_ADDRESS:
                return "the name has no address of the family asked for";
        case RESOLVE_E_REFUSED:
                return "the name servers failed, refused or could not be reached";
        case RESOLVE_E_SILENT:
                return "no name server answered";
        case RESOLVE_E_FORM:
                return "not a name that can be asked for";
        default:
                return mon_strerror(result);
        }
}
