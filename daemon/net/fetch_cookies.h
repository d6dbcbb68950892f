/* The cookies of one look: in memory alone, from its first request to its last. Each fetch that is given them sends
 * what fits its address and brings back what its answer set, by libcurl's own rules: RFC 6265 with the public suffix
 * list, so a cookie goes to no other site than the one that set it. Their expiry is by the machine's clock. */
#pragma once

#include "daemon/base/list.h"

#define COOKIES_MAX 64          /* cookies kept; more are dropped */
#define COOKIES_BYTES_MAX 32768 /* of all of them, as kept */

typedef struct Cookies {
        List lines; /* in the format of Netscape's cookie file */
        size_t bytes;
} Cookies;

void cookies_fini(Cookies *cookies);

/* For fetch.c, with its CURL handle. Lends what is kept before the request; -ENOMEM. */
mon_must_check int cookies_lend(const Cookies *cookies, void *easy);
/* Takes what is there after the answer, in place of what was kept. */
void cookies_take(Cookies *cookies, void *easy);
