/* A c-ares channel on the loop: its sockets are watched by the loop, its time-outs asked about at a fixed pace, a
 * little slower than they are, so that what a simulated run does is no function of c-ares' own reading of the clock. */
#pragma once

#include "daemon/base/list.h"
#include "daemon/base/loop.h"
#include "daemon/net/resolve.h"

#include <ares.h>

typedef struct DnsChannel {
        Loop *loop;
        ares_channel ares;
        bool is_open;
        List sockets; /* c-ares has one or two for each server that it asked */
        Timer pace;
} DnsChannel;

/* `servers` ("127.0.0.1:5353,…") instead of the system's; NULL. `flags` are ARES_FLAG_*. A negative errno is a fault of
 * our own; dns_channel_close() is due either way. The channel stays where it is until then. */
mon_must_check int dns_channel_open(DnsChannel *channel, Loop *loop, const char *servers, int flags);
void dns_channel_close(DnsChannel *channel); /* never from within one of c-ares' callbacks */
/* The answer is there: nothing more to wait for. */
void dns_channel_rest(DnsChannel *channel);
/* c-ares tells a socket that could not be made as a server that could not be reached: 0, or the errno. */
int dns_channel_own_fault(void);
int dns_channel_result(int status); /* of ARES_*: 0, RESOLVE_E_*, or a negative errno */
