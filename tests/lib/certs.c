#include "tests/lib/certs.h"

#include "daemon/net/url.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

struct Cert {
        X509 *x509;
        EVP_PKEY *key;
};

static void add_extension(X509 *x509, X509 *issuer, int nid, const char *value) {
        X509V3_CTX context;

        X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
        assert(extension);
        int ok = X509_add_ext(x509, extension, -1);
        assert(ok);
        (void)ok;
        X509_EXTENSION_free(extension);
}

static void set_subject(X509 *x509, const char *name) {
        X509_NAME *subject = X509_get_subject_name(x509);

        (void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
}

Cert *cert_new(const Cert *issuer, const char *dns_name, Nsec from_at_real, Nsec until_at_real) {
        Cert *cert = mon_new(Cert);

        cert->x509 = X509_new();
        cert->key = EVP_EC_gen("P-256");
        assert(cert->x509 && cert->key);
        (void)X509_set_version(cert->x509, X509_VERSION_3);
        (void)ASN1_INTEGER_set(X509_get_serialNumber(cert->x509), issuer ? 2 : 1);
        (void)ASN1_TIME_set(X509_getm_notBefore(cert->x509), from_at_real / NSEC_PER_SEC);
        (void)ASN1_TIME_set(X509_getm_notAfter(cert->x509), until_at_real / NSEC_PER_SEC);
        (void)X509_set_pubkey(cert->x509, cert->key);
        set_subject(cert->x509, dns_name ? dns_name : "mond test authority");
        (void)X509_set_issuer_name(cert->x509, X509_get_subject_name(issuer ? issuer->x509 : cert->x509));
        add_extension(cert->x509, cert->x509, NID_basic_constraints,
                      dns_name ? "critical,CA:FALSE" : "critical,CA:TRUE");
        if (dns_name) {
                mon_auto_free char *names = mon_printf("%s:%s", net_host_is_address(dns_name) ? "IP" : "DNS", dns_name);
                add_extension(cert->x509, cert->x509, NID_subject_alt_name, names);
        }
        int n = X509_sign(cert->x509, issuer ? issuer->key : cert->key, EVP_sha256());
        assert(n > 0);
        (void)n;
        return cert;
}

void cert_free(Cert *cert) {
        if (!cert)
                return;
        X509_free(cert->x509);
        EVP_PKEY_free(cert->key);
        free(cert);
}

void cert_digest(const Cert *cert, Sha256 *ret_digest) {
        unsigned char *der = NULL;
        int n = i2d_X509(cert->x509, &der);

        assert(n > 0);
        sha256_of(der, (size_t)n, ret_digest);
        OPENSSL_free(der);
}

char *cert_write(const Cert *cert) {
        const char *folder = getenv("TMPDIR");
        char *path = mon_printf("%s/mond-ca-XXXXXX", folder ? folder : "/tmp");
        int fd = mkstemp(path);
        FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

        assert(file);
        int ok = PEM_write_X509(file, cert->x509);
        assert(ok);
        (void)ok;
        (void)fclose(file);
        return path;
}

void *cert_server_ctx(const Cert *cert) {
        SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

        assert(ctx);
        int ok = SSL_CTX_use_certificate(ctx, cert->x509) == 1 && SSL_CTX_use_PrivateKey(ctx, cert->key) == 1;
        assert(ok);
        (void)ok;
        return ctx;
}
