#include "daemon/net/fetch_cookies.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

void cookies_fini(Cookies *cookies) {
        list_each (char, line, &cookies->lines)
                free(line);
        list_fini(&cookies->lines);
        *cookies = (Cookies){0};
}

int cookies_lend(const Cookies *cookies, void *easy) {
        /* The empty name turns the engine on, and reads no file. */
        if (curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "") != CURLE_OK)
                return -ENOMEM;
        list_each (const char, line, &cookies->lines)
                if (curl_easy_setopt(easy, CURLOPT_COOKIELIST, line) != CURLE_OK)
                        return -ENOMEM;
        return 0;
}

void cookies_take(Cookies *cookies, void *easy) {
        struct curl_slist *all = NULL;

        if (curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &all) != CURLE_OK)
                return;
        cookies_fini(cookies);
        for (const struct curl_slist *at = all; at && cookies->lines.n < COOKIES_MAX; at = at->next) {
                size_t n = strlen(at->data) + 1;
                if (cookies->bytes + n > COOKIES_BYTES_MAX)
                        continue;
                cookies->bytes += n;
                list_add(&cookies->lines, mon_strdup(at->data));
        }
        curl_slist_free_all(all);
}
