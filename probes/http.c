#include "probes/http.h"

#include "daemon/base/text.h"
#include "daemon/net/fetch.h"
#include "daemon/net/url.h"

#include <ctype.h>
#include <strings.h>

static bool is_token(const char *text, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (!isalnum((unsigned char)text[i]) && !strchr("!#$%&'*+-.^_`|~", text[i]))
                        return false;
        return n > 0;
}

/* What curl frames the request by, and what mond says of itself, are not the user's to set. */
char *http_check_header(const char *text) {
        static const char *const reserved[] = {"Host",       "Content-Length", "Transfer-Encoding", "Connection",
                                               "User-Agent", "Expect",         "Accept-Encoding",   "Upgrade",
                                               "TE",         "Trailer",        "Proxy-Connection",  "Range"};
        size_t n = strcspn(text, ":");

        if (text[n] != ':' || !is_token(text, n))
                return mon_strdup("a header's name is made of letters, digits and '-'");
        for (size_t i = 0; i < mon_count_of(reserved); i++)
                if (strlen(reserved[i]) == n && strncasecmp(reserved[i], text, n) == 0)
                        return mon_printf("the header %s is set by mond itself", reserved[i]);
        for (const char *at = text; *at; at++)
                if (iscntrl((unsigned char)*at))
                        return mon_strdup("a header is one line, without control characters");
        return NULL;
}

#define AT(member) .offset = offsetof(HttpExpect, member)

const Directive http_expect_rows[] = {
        {.key = "status",
         .type = DIRECTIVE_TEXTS,
         AT(status),
         .fallback = "[200-299]",
         .help = "the HTTP status: numbers and ranges"},
        {.key = "final_url",
         .type = DIRECTIVE_TEXTS,
         AT(final_url),
         .help = "the address at which redirects end; * stands for any characters"},
        {.key = "contains",
         .type = DIRECTIVE_TEXTS,
         AT(contains),
         .help = "texts to be seen on the page; case, accents and spaces do not matter"},
        {.key = "absent", .type = DIRECTIVE_TEXTS, AT(absent), .help = "texts that must not be seen on it"},
        {.key = "matches", .type = DIRECTIVE_TEXTS, AT(matches), .help = "patterns (PCRE2) to be found in it"},
        {.key = "xpath", .type = DIRECTIVE_TEXTS, AT(xpath), .help = "XPath that must select something"},
        {.key = NULL},
};

#undef AT

#define AT(member) .offset = offsetof(HttpSpec, member)

static const DirectiveChoice methods[] = {{"GET", FETCH_GET}, {"HEAD", FETCH_HEAD}, {NULL, 0}};
const DirectiveChoice http_families[] = {{"any", IP_ANY}, {"4", IP_4}, {"6", IP_6}, {NULL, 0}};

static const Directive http_rows[] = {
        {.key = "url",
         .type = DIRECTIVE_TEXT,
         AT(url),
         .required = true,
         .check = url_check,
         .help = "the address of the page, http or https"},
        {.key = "method",
         .type = DIRECTIVE_CHOICE,
         AT(method),
         .fallback = "GET",
         .choices = methods,
         .help = "GET or HEAD; no form is ever sent"},
        {.key = "headers",
         .type = DIRECTIVE_HEADERS,
         AT(headers),
         .check = http_check_header,
         .help = "further request headers; secret ones are not sent to another origin"},
        {.key = "follow_redirects",
         .type = DIRECTIVE_INT,
         AT(follow_redirects),
         .fallback = "10",
         .min = 0,
         .max = HTTP_REDIRECTS_MAX,
         .help = "how many; 0 judges the redirect itself"},
        {.key = "ip",
         .type = DIRECTIVE_CHOICE,
         AT(ip),
         .fallback = "any",
         .choices = http_families,
         .help = "the internet protocol, where the target does not say: any, 4 or 6"},
        {.key = "max_body",
         .type = DIRECTIVE_SIZE,
         AT(max_body),
         .fallback = "2M",
         .min = HTTP_BODY_MIN,
         .max = HTTP_BODY_MAX,
         .help = "bytes of the decoded body that are taken; more is too_large"},
        {.key = "slow_after",
         .type = DIRECTIVE_DURATION,
         AT(slow_after),
         .fallback = "8s",
         .min = NSEC_PER_SEC,
         .max = 3600 * NSEC_PER_SEC,
         .help = "a page that takes longer is degraded"},
        {.key = "ca_file", .type = DIRECTIVE_FILE, AT(ca_file), .help = "authorities to trust instead of the system's"},
        {.key = "application",
         .type = DIRECTIVE_BOOL,
         AT(application),
         .fallback = "false",
         .help = "the page is a shell that scripts fill: judged by the shell and by its script files"},
        {.key = "watch",
         .type = DIRECTIVE_TEXTS,
         AT(watch.parts),
         .help = "XPath of the parts whose text is kept by change"},
        {.key = "ignore",
         .type = DIRECTIVE_TEXTS,
         AT(watch.ignore),
         .help = "patterns (PCRE2) of what is noise in that text: dates, counters"},
        {.key = "expect",
         .type = DIRECTIVE_SECTION,
         AT(expect),
         .section = http_expect_rows,
         .help = "what the page must be like"},
        {.key = NULL},
};

static const TextPlace *first_place(const HttpSpec *spec) {
        const TextList *const lists[] = {&spec->expect.contains, &spec->expect.absent, &spec->expect.matches,
                                         &spec->expect.xpath, &spec->watch.parts};

        for (size_t i = 0; i < mon_count_of(lists); i++)
                if (lists[i]->n > 0)
                        return &lists[i]->items[0];
        return NULL;
}

PageExpect *http_expect_compile(const HttpExpect *expect, const HttpWatch *watch, bool application,
                                ProbeMistakeFn *mistake, void *userdata) {
        const PageExpectTexts texts = {
                .status = &expect->status,
                .final_url = &expect->final_url,
                .contains = &expect->contains,
                .absent = &expect->absent,
                .matches = &expect->matches,
                .xpath = &expect->xpath,
                .watch = watch ? &watch->parts : NULL,
                .ignore = watch ? &watch->ignore : NULL,
                .application = application,
        };

        return page_expect_new(&texts, mistake, userdata);
}

static void http_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata, char **ret_host) {
        HttpSpec *http = spec;
        url_auto Url url = {0};

        (void)target;
        page_expect_free(http->compiled);
        http->compiled = http_expect_compile(&http->expect, &http->watch, http->application, mistake, userdata);
        if (url_parse(http->url, &url) == 0)
                *ret_host = mon_strdup(url.host);
        if (http->method == FETCH_HEAD && http->application)
                mistake(userdata, 0, 0, "with 'method: HEAD' no page comes that 'application' could judge; use GET");
        const TextPlace *place = first_place(http);
        if (http->method == FETCH_HEAD && place)
                mistake(userdata, place->line, place->column,
                        "with 'method: HEAD' no page comes that this could be looked for in; use GET");
}

static void http_fini(void *spec) {
        HttpSpec *http = spec;

        page_expect_free(http->compiled);
        http->compiled = NULL;
}

const ProbeDriver probe_http = {
        .name = "http",
        .directives = http_rows,
        .spec_size = sizeof(HttpSpec),
        .prepare = http_prepare,
        .fini = http_fini,
        .start = http_look_start,
        .cancel = http_look_cancel,
};
