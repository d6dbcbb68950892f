/* The dns probe: what the name servers (or a given one) say of a name. An answer other than the one expected is
 * down/wrong_answer; NXDOMAIN, SERVFAIL or a refusal down/dns; silence down/timeout. */
#pragma once

#include "daemon/net/dns_query.h"
#include "probes/probe.h"

typedef struct DnsSpec {
        char *name;
        int type;        /* DnsType */
        char *server;    /* an address, with a port or without; NULL: the system's */
        TextList expect; /* addresses or names: each answered one is among them; or "nxdomain" alone; empty: any */
} DnsSpec;

extern const ProbeDriver probe_dns;
