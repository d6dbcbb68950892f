#include "daemon/net/cert.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <time.h>

static CertFault fault_of(int error) {
        switch (error) {
        case X509_V_OK:
                return CERT_FAULT_NONE;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
                return CERT_FAULT_DATES;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
                return CERT_FAULT_HOSTNAME;
        default:
                return CERT_FAULT_UNTRUSTED;
        }
}

static Nsec expiry_of(const X509 *leaf) {
        struct tm tm;
        if (ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &tm) != 1)
                return NSEC_UNKNOWN;

        /* A certificate may say year 9999, which nanoseconds in 64 bits do not reach. */
        int64_t seconds = timegm(&tm);
        return seconds > INT64_MAX / NSEC_PER_SEC - 1 ? INT64_MAX - 1 : seconds * NSEC_PER_SEC;
}

static void take_leaf(CertSight *sight, const X509 *leaf) {
        unsigned char *der = NULL;
        int n = i2d_X509(leaf, &der);
        if (n <= 0)
                return;

        sha256_of(der, (size_t)n, &sight->leaf);
        OPENSSL_free(der);
        sight->expires_at_real = expiry_of(leaf);
        sight->chain_expires_at_real = NSEC_UNKNOWN;
        sight->seen = true;

        unsigned char *key = NULL;
        n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &key);
        if (n > 0)
                sha256_of(key, (size_t)n, &sight->key);
        OPENSSL_free(key);
}

/* Of all certificates that the trust stands on, the first to end: an intermediate one may well end before the leaf. */
static void take_chain(CertSight *sight, X509_STORE_CTX *store) {
        const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);

        for (int i = 0; i < sk_X509_num(chain); i++) {
                Nsec expires_at_real = expiry_of(sk_X509_value(chain, i));
                if (expires_at_real == NSEC_UNKNOWN)
                        continue;
                if (sight->chain_expires_at_real == NSEC_UNKNOWN || expires_at_real < sight->chain_expires_at_real)
                        sight->chain_expires_at_real = expires_at_real;
        }
}

static int on_verify(X509_STORE_CTX *store, void *userdata) {
        CertSight *sight = userdata;
        const X509 *leaf = X509_STORE_CTX_get0_cert(store);

        if (leaf)
                take_leaf(sight, leaf);
        /* Validity goes by the clock that everything else is recorded by; a test can then let a certificate expire. */
        X509_STORE_CTX_set_time(store, 0, (time_t)(clock_at_real(sight->clock) / NSEC_PER_SEC));
        int ok = X509_verify_cert(store);
        int error = X509_STORE_CTX_get_error(store);
        sight->fault = ok > 0 ? CERT_FAULT_NONE : error == X509_V_OK ? CERT_FAULT_UNTRUSTED : fault_of(error);
        sight->fault_text = ok > 0 ? NULL : X509_verify_cert_error_string(error);
        if (ok > 0 && sight->seen)
                take_chain(sight, store);
        return ok > 0;
}

void cert_watch(void *ssl_ctx, CertSight *sight) {
        SSL_CTX_set_cert_verify_callback(ssl_ctx, on_verify, sight);
}
