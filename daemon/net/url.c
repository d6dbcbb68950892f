#include "daemon/net/url.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <ifaddrs.h>
#include <libpsl.h>
#include <locale.h>

mon_define_cleanup(CURLU, curl_url_cleanup);

static void lower(char *text) {
        for (; *text; text++)
                *text = (char)tolower((unsigned char)*text);
}

/* A part as text of our own; NULL where the URL has none. curl's own strings need curl's own free. */
static char *part_of(CURLU *handle, CURLUPart part, unsigned flags) {
        char *text = NULL;

        if (curl_url_get(handle, part, &text, flags) != CURLUE_OK)
                return NULL;
        char *copy = mon_strdup(text);
        curl_free(text);
        return copy;
}

static bool is_web(const char *scheme) {
        return text_is(scheme, "http") || text_is(scheme, "https");
}

/* curl takes what a browser would; a control character or a space at either end is a mistake all the same. */
static bool has_bad_bytes(const char *text) {
        for (const char *at = text; *at; at++)
                if ((unsigned char)*at < 0x20 || *at == 0x7f)
                        return true;
        return false;
}

static char *host_of(CURLU *handle) {
        /* libcurl 7.88 leaks a host that has no punycode when it is asked for alone; the whole URL is refused cleanly.
         */
        mon_auto_free char *whole = part_of(handle, CURLUPART_URL, CURLU_PUNYCODE);
        char *host = whole ? part_of(handle, CURLUPART_HOST, CURLU_PUNYCODE) : NULL;
        size_t n = host ? strlen(host) : 0;

        if (n == 0)
                return host;
        lower(host);
        if (host[0] == '[' && host[n - 1] == ']') {
                memmove(host, host + 1, n - 2);
                host[n - 2] = '\0';
        } else if (n > 1 && host[n - 1] == '.') {
                host[n - 1] = '\0';
                (void)curl_url_set(handle, CURLUPART_HOST, host, 0);
        }
        return host;
}

static char *path_of(CURLU *handle) {
        mon_auto_free char *path = part_of(handle, CURLUPART_PATH, 0);
        mon_auto_free char *query = part_of(handle, CURLUPART_QUERY, 0);

        return query ? mon_printf("%s?%s", path ? path : "/", query) : path ? mon_steal(&path) : mon_strdup("/");
}

/* libidn2 reads a host in the locale's charset; addresses are UTF-8 whatever the daemon's locale is. */
typedef struct Utf8Locale {
        locale_t own, before;
} Utf8Locale;

static void utf8_begin(const char *text, Utf8Locale *ret_locale) {
        *ret_locale = (Utf8Locale){0};
        for (; *text && !((unsigned char)*text & 0x80); text++)
                ;
        if (*text)
                ret_locale->own = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
        if (ret_locale->own)
                ret_locale->before = uselocale(ret_locale->own);
}

static void utf8_end(Utf8Locale *locale) {
        if (!locale->own)
                return;
        (void)uselocale(locale->before);
        freelocale(locale->own);
}

static void url_take_parts(CURLU *handle, Url *url) {
        mon_auto_free char *user = part_of(handle, CURLUPART_USER, 0);
        mon_auto_free char *password = part_of(handle, CURLUPART_PASSWORD, 0);
        mon_auto_free char *port = part_of(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
        int64_t number;

        url->has_credentials = user || password;
        url->host = host_of(handle);
        url->path = path_of(handle);
        if (port && text_parse_int(port, 1, 65535, &number) == 0)
                url->port = (int)number;
        (void)curl_url_set(handle, CURLUPART_USER, NULL, 0);
        (void)curl_url_set(handle, CURLUPART_PASSWORD, NULL, 0);
        (void)curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
        url->text = part_of(handle, CURLUPART_URL, CURLU_PUNYCODE);
}

int url_parse(const char *text, Url *ret_url) {
        mon_cleanup(curl_url_cleanup_p) CURLU *handle = curl_url();
        mon_cleanup(utf8_end) Utf8Locale locale;
        Url url = {0};

        utf8_begin(text, &locale);
        if (!handle)
                return -ENOMEM;
        *ret_url = url;
        if (strlen(text) > URL_MAX || has_bad_bytes(text) ||
            curl_url_set(handle, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) != CURLUE_OK)
                return URL_E_FORM;
        url.scheme = part_of(handle, CURLUPART_SCHEME, 0);
        if (!url.scheme)
                return URL_E_FORM;
        lower(url.scheme);
        url_take_parts(handle, &url);
        bool web = is_web(url.scheme);
        if (!url.text || (web && (!url.host || url.host[0] == '\0' || url.port == 0))) {
                url_fini(&url);
                return URL_E_FORM;
        }
        *ret_url = url;
        return web ? 0 : URL_E_SCHEME;
}

void url_fini(Url *url) {
        free(url->text);
        free(url->scheme);
        free(url->host);
        free(url->path);
        *url = (Url){0};
}

int url_join(const char *base, const char *reference, char **ret_url) {
        mon_cleanup(curl_url_cleanup_p) CURLU *handle = curl_url();
        const unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE;
        bool is_itself = reference[0] == '\0' || reference[0] == '#'; /* curl takes '#' for a name in the folder */

        if (!handle)
                return -ENOMEM;
        if (strlen(reference) > URL_MAX || has_bad_bytes(reference) ||
            curl_url_set(handle, CURLUPART_URL, base, flags) != CURLUE_OK ||
            (!is_itself && curl_url_set(handle, CURLUPART_URL, reference, flags) != CURLUE_OK))
                return URL_E_FORM;
        (void)curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
        char *joined = part_of(handle, CURLUPART_URL, 0);
        if (!joined)
                return URL_E_FORM;
        *ret_url = joined;
        return 0;
}

bool url_is_same_origin(const Url *a, const Url *b) {
        return text_is(a->scheme, b->scheme) && text_is(a->host, b->host) && a->port == b->port;
}

bool url_is_same_site(const Url *a, const Url *b) {
        const psl_ctx_t *psl = psl_builtin();

        if (!a->host || !b->host)
                return false;
        if (strcmp(a->host, b->host) == 0)
                return true;
        if (!psl || net_host_is_address(a->host) || net_host_is_address(b->host))
                return false;
        const char *site = psl_registrable_domain(psl, a->host);
        return site && text_is(site, psl_registrable_domain(psl, b->host));
}

bool net_host_is_address(const char *host) {
        struct in6_addr address;

        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

static bool is_own_4(const struct in_addr *address, const struct ifaddrs *interfaces) {
        uint32_t number = ntohl(address->s_addr);

        if (number >> 24 == 127 || number == 0)
                return true;
        for (const struct ifaddrs *at = interfaces; at; at = at->ifa_next)
                if (at->ifa_addr && at->ifa_addr->sa_family == AF_INET &&
                    ((const struct sockaddr_in *)at->ifa_addr)->sin_addr.s_addr == address->s_addr)
                        return true;
        return false;
}

static bool is_own_6(const struct in6_addr *address, const struct ifaddrs *interfaces) {
        if (IN6_IS_ADDR_V4MAPPED(address)) {
                struct in_addr inner;
                memcpy(&inner, address->s6_addr + 12, sizeof inner);
                return is_own_4(&inner, interfaces);
        }
        if (IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address))
                return true;
        for (const struct ifaddrs *at = interfaces; at; at = at->ifa_next)
                if (at->ifa_addr && at->ifa_addr->sa_family == AF_INET6 &&
                    IN6_ARE_ADDR_EQUAL(&((const struct sockaddr_in6 *)at->ifa_addr)->sin6_addr, address))
                        return true;
        return false;
}

static bool is_own_address(const char *host) {
        struct in_addr address_4;
        struct in6_addr address_6;
        struct ifaddrs *interfaces = NULL;
        bool own = false;

        bool is_4 = inet_pton(AF_INET, host, &address_4) == 1;
        if (!is_4 && inet_pton(AF_INET6, host, &address_6) != 1)
                return false;
        if (getifaddrs(&interfaces) < 0)
                interfaces = NULL;
        own = is_4 ? is_own_4(&address_4, interfaces) : is_own_6(&address_6, interfaces);
        if (interfaces)
                freeifaddrs(interfaces);
        return own;
}

bool net_host_is_local(const char *host) {
        mon_auto_free char *name = mon_strdup(host);
        size_t n = strlen(name);

        lower(name);
        if (n > 1 && name[n - 1] == '.')
                name[n - 1] = '\0';
        return strcmp(name, "localhost") == 0 || text_ends(name, ".localhost") || is_own_address(name);
}

char *url_check(const char *text) {
        url_auto Url url = {0};

        switch (url_parse(text, &url)) {
        case 0:
                break;
        case URL_E_SCHEME:
                return mon_printf("“%s” is not asked for: an address begins with http:// or https://", url.scheme);
        default:
                return mon_strdup("this is not a full address of the web, such as https://example.org/page");
        }
        if (url.has_credentials)
                return mon_strdup("a user name or password in an address would be shown and stored; take it out");
        return NULL;
}
