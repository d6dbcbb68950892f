/* The address to which a page leads. The first line of the input is the XPath, the rest is the page; what comes out is
 * joined as a journey joins it. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "daemon/net/url.h"
#include "probes/page/link.h"

#define XPATH_BYTES_MAX 200 /* of one from the input: it is the user's own, who is trusted */

static bool is_edge(char c) {
        return c != '\0' && strchr(" \t\r\n\f", c);
}

static void check_href(const char *href) {
        size_t n = strlen(href);
        mon_auto_free char *joined = NULL;
        url_auto Url url = {0};

        fuzz_holds(text_is_utf8(href, n));
        fuzz_holds(n == 0 || (!is_edge(href[0]) && !is_edge(href[n - 1])));
        int r = url_join("https://example.org/a/b?c=d", href, &joined);
        fuzz_holds((r == 0) == (joined != NULL));
        if (r != 0)
                return;
        fuzz_holds(text_is_utf8(joined, strlen(joined)) && strlen(joined) <= URL_MAX && !strchr(joined, '#'));
        r = url_parse(joined, &url);
        fuzz_holds(r == 0 || r == URL_E_SCHEME || r == URL_E_FORM);
        if (r == 0)
                fuzz_holds(url.host[0] && url.port > 0 && url.port <= UINT16_MAX && url_is_same_origin(&url, &url));
}

static void find(const PageAnswer *answer, const XPath *xpath) {
        char *href = NULL, *again = NULL;

        int r = page_find_link(answer, xpath, &href);
        fuzz_holds(r == 0 || r == LINK_E_NONE || r == LINK_E_UNREADABLE || r == LINK_E_COST);
        fuzz_holds((r == 0) == (href != NULL));
        if (r == 0)
                check_href(href);
        fuzz_holds(page_find_link(answer, xpath, &again) == r && text_is(href, again));
        free(href);
        free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        FuzzInput input = {bytes, n};
        mon_auto_free char *text = fuzz_take_line(&input), *mistake = NULL;
        PageHeader header = {"content-type", "text/html"};
        PageAnswer answer = {.http_status = 200, .headers = &header, .n_headers = 1};

        if (strlen(text) > XPATH_BYTES_MAX || !text_is_utf8(text, strlen(text)))
                return 0;
        mon_cleanup(xpath_free_p) XPath *xpath = xpath_new(text, &mistake);
        fuzz_holds((xpath != NULL) == (mistake == NULL));
        if (!xpath) {
                fuzz_holds(text_is_utf8(mistake, strlen(mistake)));
                return 0;
        }
        answer.body = input.bytes;
        answer.body_len = input.n;
        find(&answer, xpath);
        return 0;
}
