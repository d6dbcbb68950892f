/* Digests: SHA-256 (FIPS 180-4) where something is proved, XXH3 with a seed where something is only looked up. */
#pragma once

#include "daemon/base/alloc.h"

#define SHA256_BYTES 32
#define SHA256_HEX_MAX (2 * SHA256_BYTES + 1)

typedef struct Sha256 {
        uint8_t bytes[SHA256_BYTES];
} Sha256;

void sha256_of(const void *data, size_t n, Sha256 *ret_digest);
void sha256_hex(const Sha256 *digest, char ret_hex[static SHA256_HEX_MAX]);
void digest_hex(const uint8_t *bytes, size_t n, char *ret_hex); /* 2 * n + 1 characters */

/* HMAC with SHA-256 (RFC 2104) of the parts, one after the other. */
typedef struct DigestPart {
        const void *data;
        size_t n;
} DigestPart;
void hmac_sha256(const void *key, size_t key_len, const DigestPart *parts, size_t n_parts, Sha256 *ret_digest);

/* Base64 with padding, without line breaks (RFC 4648 section 4). */
char *base64_encode(const void *bytes, size_t n); /* to free */
/* DIGEST_E_FORM for anything that base64_encode() would not have written, or of more than `max` bytes. */
mon_must_check int base64_decode(const char *text, size_t max, uint8_t *ret_bytes, size_t *ret_n);

enum { DIGEST_E_FORM = 1 };

/* Not for proof. The seed is random per process wherever an outsider chooses the bytes, so nobody can aim collisions.
 */
uint64_t hash_of(const void *data, size_t n, uint64_t seed);
