#include "daemon/net/dns_channel.h"

#include "daemon/base/error.h"

#include <sys/socket.h>
#include <unistd.h>

#define DNS_PACE NSEC_PER_SEC
#define DNS_TRY_MSEC 1900
#define DNS_TRIES 3

typedef struct DnsSocket {
        int fd;
        LoopIo *io;
} DnsSocket;

static ares_socket_t if_ready(int fd, unsigned ready, unsigned flag) {
        return ready & flag ? fd : ARES_SOCKET_BAD;
}

static void on_socket_ready(int fd, unsigned ready, void *userdata) {
        DnsChannel *channel = userdata;

        ares_process_fd(channel->ares, if_ready(fd, ready, LOOP_READ), if_ready(fd, ready, LOOP_WRITE));
}

static DnsSocket *socket_of(const DnsChannel *channel, int fd) {
        list_each (DnsSocket, known, &channel->sockets)
                if (known->fd == fd)
                        return known;
        return NULL;
}

static void socket_free(DnsChannel *channel, DnsSocket *known) {
        (void)list_remove(&channel->sockets, known);
        loop_io_free(known->io);
        free(known);
}

/* A socket that finds no memory is not watched; its server then counts as silent. */
static void on_socket_state(void *userdata, ares_socket_t fd, int readable, int writable) {
        DnsChannel *channel = userdata;
        DnsSocket *known = socket_of(channel, fd);
        unsigned events = (readable ? LOOP_READ : 0) | (writable ? LOOP_WRITE : 0);

        if (known && events == 0) {
                socket_free(channel, known);
        } else if (known) {
                (void)!loop_io_set(known->io, events);
        } else if (events != 0) {
                DnsSocket *fresh = mon_new(DnsSocket);
                fresh->fd = fd;
                list_add(&channel->sockets, fresh);
                if (loop_io_new(channel->loop, fd, events, on_socket_ready, channel, &fresh->io) < 0)
                        socket_free(channel, fresh);
        }
}

static void on_pace(void *userdata) {
        DnsChannel *channel = userdata;

        loop_arm_after(channel->loop, &channel->pace, DNS_PACE);
        ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

int dns_channel_own_fault(void) {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return mon_errno();
        (void)close(fd);
        return 0;
}

int dns_channel_open(DnsChannel *channel, Loop *loop, const char *servers, int flags) {
        struct ares_options options = {
                .flags = flags,
                .timeout = DNS_TRY_MSEC,
                .tries = DNS_TRIES,
                .sock_state_cb = on_socket_state,
                .sock_state_cb_data = channel,
        };
        int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | (flags ? ARES_OPT_FLAGS : 0);

        *channel = (DnsChannel){.loop = loop, .pace = {.fn = on_pace, .userdata = channel}};
        if (ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS) {
                int fault = dns_channel_own_fault();
                return fault < 0 ? fault : -ENOMEM;
        }
        channel->is_open = true;
        if (servers && ares_set_servers_ports_csv(channel->ares, servers) != ARES_SUCCESS)
                return -EINVAL;
        loop_arm_after(loop, &channel->pace, DNS_PACE);
        return 0;
}

void dns_channel_rest(DnsChannel *channel) {
        if (channel->is_open)
                loop_disarm(channel->loop, &channel->pace);
}

void dns_channel_close(DnsChannel *channel) {
        if (!channel->is_open)
                return;
        loop_disarm(channel->loop, &channel->pace);
        ares_destroy(channel->ares);
        while (channel->sockets.n > 0)
                socket_free(channel, channel->sockets.items[0]);
        list_fini(&channel->sockets);
        channel->is_open = false;
}

int dns_channel_result(int status) {
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
