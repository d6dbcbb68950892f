/* What TLS showed of the other side, taken while OpenSSL verifies: also of a certificate that is then refused. */
#pragma once

#include "daemon/base/digest.h"
#include "daemon/base/clock.h"

typedef enum CertFault {
        CERT_FAULT_NONE = 0,
        CERT_FAULT_DATES,     /* a certificate of the chain is expired, or not valid yet */
        CERT_FAULT_HOSTNAME,  /* not for this name */
        CERT_FAULT_UNTRUSTED, /* no chain to a known authority, revoked, or otherwise not acceptable */
} CertFault;

typedef struct CertSight {
        bool seen;
        Sha256 leaf; /* of the leaf's DER */
        Sha256 key;  /* of its public key (SubjectPublicKeyInfo): the same when a certificate is only renewed */
        Nsec expires_at_real;       /* NSEC_UNKNOWN when it cannot be read */
        Nsec chain_expires_at_real; /* of the verified chain, what ends first; NSEC_UNKNOWN where none verified */
        CertFault fault;
        const char *fault_text; /* OpenSSL's, static; NULL without a fault */
        const Clock *clock;     /* whose wall time decides validity; set before cert_watch() */
} CertSight;

/* Makes connections of `ssl_ctx` (an SSL_CTX) verify as OpenSSL would, at the clock's wall time, and record into
 * *sight, which must outlive them. */
void cert_watch(void *ssl_ctx, CertSight *sight);
