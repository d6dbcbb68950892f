#include "daemon/net/resolve.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"
#include "daemon/base/text.h"
#include "daemon/net/url.h"

#include <ares.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

/* c-ares is asked about its time-outs at a fixed pace, a little slower than they are: what a simulated run does is then
 * no function of c-ares' own reading of the clock. */
#define RESOLVE_PACE NSEC_PER_SEC
#define RESOLVE_TRY_MSEC 1900
#define RESOLVE_TRIES 3

typedef struct ResolveSocket {
        int fd;
        LoopIo *io;
} ResolveSocket;

struct Resolver {
        Loop *loop;
        char *servers;
};

struct Resolution {
        Loop *loop;
        ares_channel channel;
        bool has_channel;
        bool answered;
        List sockets; /* c-ares has one or two for each server that it asked */
        Timer pace;
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

static ares_socket_t if_ready(int fd, unsigned ready, unsigned flag) {
        return ready & flag ? fd : ARES_SOCKET_BAD;
}

static void on_socket_ready(int fd, unsigned ready, void *userdata) {
        Resolution *resolution = userdata;

        ares_process_fd(resolution->channel, if_ready(fd, ready, LOOP_READ), if_ready(fd, ready, LOOP_WRITE));
}

static ResolveSocket *socket_of(const Resolution *resolution, int fd) {
        list_each (ResolveSocket, known, &resolution->sockets)
                if (known->fd == fd)
                        return known;
        return NULL;
}

static void socket_free(Resolution *resolution, ResolveSocket *known) {
        (void)list_remove(&resolution->sockets, known);
        loop_io_free(known->io);
        free(known);
}

/* A socket that finds no memory is not watched; its server then counts as silent. */
static void on_socket_state(void *userdata, ares_socket_t fd, int readable, int writable) {
        Resolution *resolution = userdata;
        ResolveSocket *known = socket_of(resolution, fd);
        unsigned events = (readable ? LOOP_READ : 0) | (writable ? LOOP_WRITE : 0);

        if (known && events == 0) {
                socket_free(resolution, known);
        } else if (known) {
                (void)!loop_io_set(known->io, events);
        } else if (events != 0) {
                ResolveSocket *fresh = mon_new(ResolveSocket);
                fresh->fd = fd;
                list_add(&resolution->sockets, fresh);
                if (loop_io_new(resolution->loop, fd, events, on_socket_ready, resolution, &fresh->io) < 0)
                        socket_free(resolution, fresh);
        }
}

static void on_pace(void *userdata) {
        Resolution *resolution = userdata;

        ares_process_fd(resolution->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        if (!resolution->answered)
                loop_arm_after(resolution->loop, &resolution->pace, RESOLVE_PACE);
}

static int result_of_status(int status) {
        switch (status) {
        case ARES_SUCCESS:
                return 0;
        case ARES_ENOTFOUND:
                return RESOLVE_E_NO_NAME;
        case ARES_ENODATA:
                return RESOLVE_E_NO_ADDRESS;
        case ARES_ETIMEOUT:
                return RESOLVE_E_SILENT;
        case ARES_EBADNAME:
                return RESOLVE_E_FORM;
        case ARES_ENOMEM:
                return -ENOMEM;
        default:
                return RESOLVE_E_REFUSED;
        }
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

/* c-ares tells a socket that could not be made as a server that could not be reached. */
static int own_fault(void) {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return mon_errno();
        (void)close(fd);
        return 0;
}

/* Runs inside c-ares, which must not be destroyed from here: the end is deferred. */
static void on_addresses(void *userdata, int status, int timeouts, struct ares_addrinfo *info) {
        Resolution *resolution = userdata;

        (void)timeouts;
        if (status == ARES_EDESTRUCTION)
                return;
        resolution->answered = true;
        for (const struct ares_addrinfo_node *node = info ? info->nodes : NULL; node; node = node->ai_next)
                take_address(&resolution->resolved, node->ai_addr, IP_ANY);
        ares_freeaddrinfo(info);
        resolution->resolved.result = result_of_status(status);
        int fault = resolution->resolved.result == RESOLVE_E_REFUSED ? own_fault() : 0;
        if (fault < 0)
                resolution->resolved.result = fault;
        if (resolution->resolved.result == 0 && resolution->resolved.n == 0)
                resolution->resolved.result = RESOLVE_E_NO_ADDRESS;
        loop_defer(resolution->loop, &resolution->finish);
}

static void resolution_free(Resolution *resolution) {
        loop_disarm(resolution->loop, &resolution->pace);
        loop_cancel_deferred(resolution->loop, &resolution->finish);
        if (resolution->has_channel)
                ares_destroy(resolution->channel);
        while (resolution->sockets.n > 0)
                socket_free(resolution, resolution->sockets.items[0]);
        list_fini(&resolution->sockets);
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

static int open_channel(Resolution *resolution, const Resolver *resolver, const char *host) {
        struct ares_options options = {
                .timeout = RESOLVE_TRY_MSEC,
                .tries = RESOLVE_TRIES,
                .sock_state_cb = on_socket_state,
                .sock_state_cb_data = resolution,
        };
        int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;

        /* A dotted name is asked for as it stands: a wildcard in a search domain would answer for a name that is gone.
         */
        if (strchr(host, '.')) {
                options.flags = ARES_FLAG_NOSEARCH;
                mask |= ARES_OPT_FLAGS;
        }
        if (ares_init_options(&resolution->channel, &options, mask) != ARES_SUCCESS) {
                int fault = own_fault();
                return fault < 0 ? fault : -ENOMEM;
        }
        resolution->has_channel = true;
        if (resolver->servers && ares_set_servers_ports_csv(resolution->channel, resolver->servers) != ARES_SUCCESS)
                return -EINVAL;
        return 0;
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
        resolution->pace = (Timer){.fn = on_pace, .userdata = resolution};
        resolution->finish = (LoopDeferred){.fn = on_finish, .userdata = resolution};
        loop_begin_work(resolver->loop);
        if (!answer_at_once(resolution, host, family)) {
                int r = open_channel(resolution, resolver, host);
                if (r < 0)
                        return r;
                loop_arm_after(resolver->loop, &resolution->pace, RESOLVE_PACE);
                ares_getaddrinfo(resolution->channel, host, NULL, &hints, on_addresses, resolution);
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
