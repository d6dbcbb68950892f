/* Addresses of the web: parsed and joined by curl's URL API (RFC 3986 with the usual tolerance), compared by site with
 * the public suffix list. */
#pragma once

#include "daemon/base/alloc.h"

#define URL_MAX 8192 /* bytes of a URL that is accepted */

typedef struct Url {
        char *text;   /* normalised, without fragment and credentials */
        char *scheme; /* lower case */
        char *host;   /* lower case, international names in punycode, no brackets, no final dot */
        int port;     /* the scheme's where the URL says none; 0 for a scheme that has none */
        char *path;   /* with the query */
        bool has_credentials;
} Url;

enum {
        URL_E_FORM = 1,   /* not an absolute URL */
        URL_E_SCHEME = 2, /* a scheme other than http and https */
};

/* Fills *ret_url also for URL_E_SCHEME; it is zeroed for URL_E_FORM. Free with url_fini() either way. */
mon_must_check int url_parse(const char *text, Url *ret_url);
void url_fini(Url *url);
#define url_auto mon_cleanup(url_fini)

/* What `reference` (a Location, an src) means on the page `base`: an absolute URL without fragment, of any scheme. An
 * empty one, or a fragment alone, is the page itself (RFC 3986, section 5.2.2). */
mon_must_check int url_join(const char *base, const char *reference, char **ret_url);

/* Same scheme, host and port. */
bool url_is_same_origin(const Url *a, const Url *b);
/* The same registrable domain; address literals and names that have none are compared exactly. Ports are not. */
bool url_is_same_site(const Url *a, const Url *b);

/* An IPv4 or IPv6 literal, without brackets. */
bool net_host_is_address(const char *host);
/* On this machine: localhost and the names under it, loopback and unspecified addresses, its interfaces' own. A name is
 * not resolved for it. */
bool net_host_is_local(const char *host);

/* For a configuration's rows (DirectiveCheck): NULL when `text` is an http or https URL without credentials, else the
 * mistake in one sentence, to free. */
char *url_check(const char *text);
