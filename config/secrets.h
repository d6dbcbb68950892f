/* Secrets by reference: ${credential:NAME} (a file in systemd's $CREDENTIALS_DIRECTORY), ${file:PATH}, ${env:NAME}. */
#pragma once

#include "daemon/base/alloc.h"

#define SECRET_MAX 4096      /* bytes of a secret, expanded */
#define SECRET_NAME_MAX 1024 /* bytes of a reference, with its braces */

/* True when the text holds a reference of this form, right or wrong. */
bool secret_is_reference(const char *text);
/* Whether a header of this name carries a secret: Authorization, Cookie, and whatever calls itself a token or a key. */
bool secret_is_header(const char *name);

enum { SECRET_E_UNKNOWN = 1 };

/* The text with each reference replaced; a final newline of each is dropped. SECRET_E_UNKNOWN, with the mistake in one
 * sentence (to free) that never quotes a secret, when one cannot be had, or holds what no secret may: nothing, a
 * control character, invalid UTF-8, more than SECRET_MAX bytes. */
mon_must_check int secret_expand(const char *text, char **ret_secret, char **ret_mistake);
