#include "daemon/base/digest.h"

#include <openssl/sha.h>
#include <xxhash.h>

void sha256_of(const void *data, size_t n, Sha256 *ret_digest) {
        if (!SHA256(data, n, ret_digest->bytes))
                abort(); /* a build of libcrypto without SHA-256 */
}

void digest_hex(const uint8_t *bytes, size_t n, char *ret_hex) {
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < n; i++) {
                ret_hex[2 * i] = digits[bytes[i] >> 4];
                ret_hex[2 * i + 1] = digits[bytes[i] & 0xf];
        }
        ret_hex[2 * n] = '\0';
}

void sha256_hex(const Sha256 *digest, char ret_hex[static SHA256_HEX_MAX]) {
        digest_hex(digest->bytes, sizeof digest->bytes, ret_hex);
}

uint64_t hash_of(const void *data, size_t n, uint64_t seed) {
        return XXH3_64bits_withSeed(data, n, seed);
}
