/* Signatures of webhooks, by the Standard Webhooks specification (version 1.0.0): HMAC-SHA256 over
 * "id.timestamp.body", as "v1," and its base64; several keys give several, with a space between. Pure. */
#pragma once

#include "daemon/base/alloc.h"
#include "daemon/base/clock.h"

#define SIGNATURE_KEY_MIN 24 /* bytes of a key, by the specification */
#define SIGNATURE_KEY_MAX 64
#define SIGNATURE_KEYS_MAX 2 /* the one in use, and the one that comes or goes */

typedef struct SignatureKey {
        uint8_t bytes[SIGNATURE_KEY_MAX];
        size_t n;
} SignatureKey;

enum { SIGNATURE_E_FORM = 1 };

/* "whsec_" and the key in base64. SIGNATURE_E_FORM for anything else, or a key of another length. */
mon_must_check int signature_key_read(const char *secret, SignatureKey *ret_key);
/* For a configuration's row: NULL when it is a secret, else the mistake in one sentence that does not quote it. */
char *signature_check(const char *secret);

/* The header's value, to free. */
char *signature_make(const SignatureKey *keys, size_t n_keys, const char *id, int64_t timestamp, const void *body,
                     size_t body_len);
