#include "probes/http_answer.h"

#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "daemon/net/url.h"

#include <inttypes.h>
#include <strings.h>

#define HTTP_DATE_TRUST (86400 * NSEC_PER_SEC) /* a server's clock further away is wrong, or ours is */

bool http_is_answer(const FetchAnswer *answer) {
        switch (answer->failure) {
        case FETCH_DONE:
        case FETCH_TRUNCATED:
        case FETCH_UNDECODABLE:
        case FETCH_TOO_LARGE:
                return answer->http_status != 0;
        default:
                return false;
        }
}

void http_take_hop(FetchAnswer *answer, Hop *hop, Observation *observation) {
        hop->request = mon_strdup(answer->request);
        hop->response = mon_strdup(answer->response);
        hop->http_status = answer->http_status;
        memcpy(hop->remote_ip, answer->remote_ip, sizeof hop->remote_ip);
        buf_fini(&hop->body);
        hop->body = answer->body;
        answer->body = (Buf){0};
        http_take_transport(answer, observation);
        observation->has_body = answer->failure == FETCH_DONE;
        if (observation->has_body)
                sha256_of(buf_text(&hop->body), hop->body.len, &observation->body_sha256);
}

void http_take_transport(const FetchAnswer *answer, Observation *observation) {
        observation->dns = answer->dns;
        observation->connect = answer->connect;
        observation->tls = answer->tls;
        observation->ttfb = answer->ttfb;
        observation->http_status = answer->http_status;
        observation->bytes = answer->bytes;
        memcpy(observation->remote_ip, answer->remote_ip, sizeof observation->remote_ip);
        observation->has_certificate = answer->certificate.seen;
        observation->certificate = answer->certificate.leaf;
        observation->certificate_expires_at_real = answer->certificate.expires_at_real;
}

void http_take_retry_after(const FetchAnswer *answer, Nsec now_at_real, Observation *observation) {
        mon_auto_free char *text = fetch_answer_header(answer, "Retry-After");

        observation->retry_after = NSEC_UNKNOWN;
        if (text)
                (void)!head_parse_retry_after(text, now_at_real, &observation->retry_after);
}

char *http_redirect_of(const FetchAnswer *answer) {
        mon_auto_free char *location = NULL;

        switch (answer->http_status) {
        case 301:
        case 302:
        case 303:
        case 307:
        case 308:
                location = fetch_answer_header(answer, "Location");
                return location && location[0] ? mon_steal(&location) : NULL;
        default:
                return NULL;
        }
}

static PageBody body_state_of(const FetchAnswer *answer, FetchMethod method) {
        int status = answer->http_status;

        switch (answer->failure) {
        case FETCH_TRUNCATED:
                return PAGE_BODY_TRUNCATED;
        case FETCH_UNDECODABLE:
                return PAGE_BODY_UNDECODABLE;
        case FETCH_TOO_LARGE:
                return PAGE_BODY_TOO_LARGE;
        default:
                return method == FETCH_HEAD || status == 204 || status == 304 ? PAGE_BODY_NONE : PAGE_BODY_WHOLE;
        }
}

static Nsec date_of(const FetchAnswer *answer, Nsec now_at_real) {
        mon_auto_free char *text = fetch_answer_header(answer, "Date");
        Nsec date;

        if (!text || head_parse_date(text, &date) != 0 || date < now_at_real - HTTP_DATE_TRUST ||
            date > now_at_real + HTTP_DATE_TRUST)
                return now_at_real;
        return date;
}

/* The answer as page/ takes it; what it borrows is in here. */
typedef struct HttpPage {
        char *head;
        HeadField fields[FETCH_HEADERS_MAX];
        PageHeader headers[FETCH_HEADERS_MAX];
        PageAnswer answer;
} HttpPage;

static void page_fini(HttpPage *page) {
        free(page->head);
}

static void page_init(HttpPage *page, const FetchAnswer *answer, const Hop *hop, FetchMethod method) {
        page->head = mon_strdup(answer->response ? answer->response : "");
        size_t n = head_cut(page->head, page->fields, FETCH_HEADERS_MAX);
        for (size_t i = 0; i < n; i++)
                page->headers[i] = (PageHeader){.name = page->fields[i].name, .value = page->fields[i].value};
        page->answer = (PageAnswer){
                .http_status = answer->http_status,
                .final_url = hop->url,
                .headers = page->headers,
                .n_headers = n,
                .body_state = body_state_of(answer, method),
                .body = buf_text(&hop->body),
                .body_len = hop->body.len,
        };
}

void http_judge(struct PageReader *reader, const PageExpect *expect, FetchMethod method, const FetchAnswer *answer,
                const Hop *hop, const char *start_url, Nsec now_at_real, Judgement *ret_judgement) {
        mon_cleanup(page_fini) HttpPage page;

        page_init(&page, answer, hop, method);
        page.answer.start_url = start_url;
        page.answer.at_real = date_of(answer, now_at_real);
        page_judge(reader, expect, &page.answer, ret_judgement);
}

int http_find_link(const FetchAnswer *answer, const Hop *hop, const XPath *xpath, char **ret_href) {
        mon_cleanup(page_fini) HttpPage page;

        page_init(&page, answer, hop, FETCH_GET);
        return page_find_link(&page.answer, xpath, ret_href);
}

char *http_slowness(Nsec took, Nsec slow_after) {
        if (slow_after == 0 || took <= slow_after)
                return NULL;
        mon_auto_free char *limit = text_duration(slow_after);
        return mon_printf("it took %" PRId64 ".%" PRId64 " s; slow begins after %s", took / NSEC_PER_SEC,
                          took % NSEC_PER_SEC / (100 * NSEC_PER_MSEC), limit);
}

void http_list_scripts(const Judgement *judgement, const char *page_url, List *scripts) {
        mon_auto_free char *base = NULL;
        url_auto Url page = {0};

        if (url_parse(page_url, &page) != 0)
                return;
        if (!judgement->base || url_join(page_url, judgement->base, &base) != 0)
                base = mon_strdup(page_url);
        for (size_t i = 0; i < judgement->n_scripts && scripts->n < HTTP_SCRIPTS_MAX; i++) {
                mon_auto_free char *joined = NULL;
                url_auto Url url = {0};
                if (url_join(base, judgement->scripts[i], &joined) == 0 && url_parse(joined, &url) == 0 &&
                    url_is_same_site(&page, &url))
                        list_add(scripts, mon_strdup(url.text));
        }
}

static bool is_script_type(const char *type) {
        return type && (strcasestr(type, "javascript") || strcasestr(type, "ecmascript"));
}

Cause http_script_fault(const FetchAnswer *answer, char **ret_why) {
        mon_auto_free char *type = fetch_answer_header(answer, "Content-Type");

        if (!http_is_answer(answer)) {
                *ret_why = mon_strdup(answer->error);
                return fetch_cause(answer->failure) == CAUSE_TOO_LARGE ? CAUSE_ERROR_PAGE
                                                                       : fetch_cause(answer->failure);
        }
        if (answer->http_status != 200)
                *ret_why = mon_printf("it answers with status %d", answer->http_status);
        else if (!is_script_type(type))
                *ret_why = mon_printf("it answers with %s, which is no script", type ? type : "no type");
        else
                return CAUSE_OK;
        return CAUSE_ERROR_PAGE;
}
