/* The tcp probe: whether a port takes connections, and if asked whether the server behind it says a text. */
#pragma once

#include "probes/probe.h"

typedef struct TcpSpec {
        char *host;
        int64_t port;
        char *expect; /* among the first bytes that the server says by itself; NULL: the connection is enough */
} TcpSpec;

extern const ProbeDriver probe_tcp;
