/* The tls probe: a verified TLS connection, how long its certificates still hold, and whether the key stays the same.
 * Nothing is asked over it. */
#pragma once

#include "probes/probe.h"

typedef struct TlsSpec {
        char *host;
        int64_t port;
        Nsec warn_before; /* of the end of the certificate, or of one that its trust stands on */
        char *ca_file;    /* NULL: as the configuration has it */
        char *url;        /* of the connection, made when the configuration is read */
} TlsSpec;

#define TLS_WARN_MAX (366 * INT64_C(86400) * NSEC_PER_SEC)

extern const ProbeDriver probe_tls;
