#include "daemon/notify/signature.h"

#include "daemon/base/digest.h"
#include "daemon/base/text.h"

#include <inttypes.h>

#define SIGNATURE_PREFIX "whsec_"

int signature_key_read(const char *secret, SignatureKey *ret_key) {
        SignatureKey key = {0};

        if (!text_starts(secret, SIGNATURE_PREFIX) ||
            base64_decode(secret + strlen(SIGNATURE_PREFIX), sizeof key.bytes, key.bytes, &key.n) != 0 ||
            key.n < SIGNATURE_KEY_MIN)
                return SIGNATURE_E_FORM;
        *ret_key = key;
        return 0;
}

char *signature_check(const char *secret) {
        SignatureKey key;

        if (signature_key_read(secret, &key) != 0)
                return mon_printf("a secret is '" SIGNATURE_PREFIX "' and %d to %d bytes in base64, as by: "
                                  "echo " SIGNATURE_PREFIX "$(openssl rand -base64 32)",
                                  SIGNATURE_KEY_MIN, SIGNATURE_KEY_MAX);
        explicit_bzero(&key, sizeof key);
        return NULL;
}

char *signature_make(const SignatureKey *keys, size_t n_keys, const char *id, int64_t timestamp, const void *body,
                     size_t body_len) {
        mon_auto_free char *head = mon_printf("%s.%" PRId64 ".", id, timestamp);
        const DigestPart parts[] = {{head, strlen(head)}, {body, body_len}};
        char *value = mon_strdup("");

        for (size_t i = 0; i < n_keys; i++) {
                Sha256 digest;
                hmac_sha256(keys[i].bytes, keys[i].n, parts, mon_count_of(parts), &digest);
                mon_auto_free char *coded = base64_encode(digest.bytes, sizeof digest.bytes);
                mon_auto_free char *before = value;
                value = mon_printf("%s%sv1,%s", before, i > 0 ? " " : "", coded);
        }
        return value;
}
