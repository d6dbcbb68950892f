#include "daemon/base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>
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

void hmac_sha256(const void *key, size_t key_len, const DigestPart *parts, size_t n_parts, Sha256 *ret_digest) {
        size_t n = 0, at = 0;

        for (size_t i = 0; i < n_parts; i++)
                n += parts[i].n;
        mon_auto_free uint8_t *whole = mon_calloc(1, n + 1);
        for (size_t i = 0; i < n_parts; at += parts[i++].n)
                if (parts[i].n > 0)
                        memcpy(whole + at, parts[i].data, parts[i].n);
        if (!HMAC(EVP_sha256(), key, (int)key_len, whole, n, ret_digest->bytes, NULL))
                abort(); /* a build of libcrypto without SHA-256 */
}

char *base64_encode(const void *bytes, size_t n) {
        char *text = mon_calloc(1, 4 * ((n + 2) / 3) + 1);

        (void)EVP_EncodeBlock((unsigned char *)text, bytes, (int)n);
        return text;
}

/* OpenSSL's own decoder forgives: what it read must be written the same way again. */
int base64_decode(const char *text, size_t max, uint8_t *ret_bytes, size_t *ret_n) {
        size_t len = strlen(text), padding = 0;

        if (len % 4 != 0 || len / 4 * 3 > max + 2)
                return DIGEST_E_FORM;
        while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
                padding++;
        mon_auto_free uint8_t *bytes = mon_calloc(1, len / 4 * 3 + 1);
        if (len > 0 && EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len) < 0)
                return DIGEST_E_FORM;
        size_t n = len / 4 * 3 - padding;
        mon_auto_free char *again = base64_encode(bytes, n);
        if (n > max || strcmp(again, text) != 0)
                return DIGEST_E_FORM;
        memcpy(ret_bytes, bytes, n);
        *ret_n = n;
        return 0;
}

uint64_t hash_of(const void *data, size_t n, uint64_t seed) {
        return XXH3_64bits_withSeed(data, n, seed);
}
