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

/* Not for proof. The seed is random per process wherever an outsider chooses the bytes, so nobody can aim collisions.
 */
uint64_t hash_of(const void *data, size_t n, uint64_t seed);
