/* Certificates for tests, made in memory by libcrypto: an authority, and leaves of it. */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/digest.h"

typedef struct Cert Cert;

/* An authority of its own; `dns_name` NULL. A leaf otherwise: signed by `issuer`, or by itself when that is NULL. The
 * name may be an address literal. */
Cert *cert_new(const Cert *issuer, const char *dns_name, Nsec from_at_real, Nsec until_at_real);
void cert_free(Cert *cert);
mon_define_cleanup(Cert, cert_free);

void cert_digest(const Cert *cert, Sha256 *ret_digest); /* of the DER */
/* Writes the certificate as PEM into a new file under the temporary folder; its path, to free (and to unlink). */
char *cert_write(const Cert *cert);
/* A server's SSL_CTX with it, to be freed by SSL_CTX_free. */
void *cert_server_ctx(const Cert *cert);
