#include "daemon/net/fetch.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "daemon/net/pool.h"

#include <curl/curl.h>

#define FETCH_IDLE_MAX 4 /* easy handles kept for the next fetches */

struct Fetcher {
        Loop *loop;
        FetchPools pools;
        CURL *idle[FETCH_IDLE_MAX];
        size_t n_idle;
};

struct Fetch {
        Fetcher *fetcher;
        FetchPool *pool;
        CURL *easy;
        struct curl_slist *headers;
        struct curl_slist *pinned;
        Timer deadline;
        FetchDoneFn *done;
        void *userdata;
        FetchAnswer answer;
        HeadReader head;
        FetchMethod method;
        size_t body_max;
        Cookies *cookies;
        Buf request;
        char curl_error[CURL_ERROR_SIZE];
        int local_errno; /* of a socket that could not be made */
        bool too_large;
        Nsec started, connected, requested, answered; /* on the boot clock; NSEC_UNKNOWN until then */
};

/* --- what curl tells while it works ---------------------------------------------------------------------------- */

static Nsec now_of(const Fetch *fetch) {
        return clock_at_boot(loop_clock(fetch->fetcher->loop));
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *userdata) {
        Fetch *fetch = userdata;

        (void)easy;
        fetch->connected = now_of(fetch);
        cert_watch(ssl_ctx, &fetch->answer.certificate);
        return CURLE_OK;
}

/* The only way to the request as it was really sent. */
static int on_debug(CURL *easy, curl_infotype type, char *data, size_t n, void *userdata) {
        Fetch *fetch = userdata;

        (void)easy;
        if (type != CURLINFO_HEADER_OUT)
                return 0;
        if (fetch->requested == NSEC_UNKNOWN)
                fetch->requested = now_of(fetch);
        if (fetch->connected == NSEC_UNKNOWN)
                fetch->connected = fetch->requested;
        size_t room = fetch->request.max - fetch->request.len;
        (void)!buf_append(&fetch->request, data, n < room ? n : room);
        return 0;
}

static size_t on_header(char *data, size_t size, size_t n, void *userdata) {
        Fetch *fetch = userdata;

        if (fetch->answered == NSEC_UNKNOWN)
                fetch->answered = now_of(fetch);
        if (head_reader_take(&fetch->head, data, size * n) != 0) {
                fetch->too_large = true;
                return 0;
        }
        return size * n;
}

static size_t on_body(char *data, size_t size, size_t n, void *userdata) {
        Fetch *fetch = userdata;
        Buf *body = &fetch->answer.body;
        size_t room = body->max - body->len;

        n *= size;
        if (buf_append(body, data, n < room ? n : room) != 0 || n > room) {
                fetch->too_large = true;
                return 0;
        }
        return n;
}

/* Bytes that decode to nothing still cost: the transfer has a bound of its own. */
static int on_progress(void *userdata, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now) {
        Fetch *fetch = userdata;

        (void)total;
        (void)up_total;
        (void)up_now;
        fetch->answer.bytes = now;
        if ((uint64_t)now <= (uint64_t)fetch->body_max + FETCH_OVERHEAD_MAX)
                return 0;
        fetch->too_large = true;
        return 1;
}

/* --- the end --------------------------------------------------------------------------------------------------- */

/* A reset leaves curl's cookies where they are: a handle that had some is not used again. */
static void give_back(Fetcher *fetcher, CURL *easy, bool has_cookies) {
        if (has_cookies || fetcher->n_idle == FETCH_IDLE_MAX) {
                curl_easy_cleanup(easy);
                return;
        }
        curl_easy_reset(easy);
        fetcher->idle[fetcher->n_idle++] = easy;
}

static void fetch_free(Fetch *fetch) {
        Fetcher *fetcher = fetch->fetcher;

        loop_disarm(fetcher->loop, &fetch->deadline);
        if (fetch->easy) {
                fetch_pool_remove(fetch->pool, fetch->easy);
                give_back(fetcher, fetch->easy, fetch->cookies != NULL);
        }
        curl_slist_free_all(fetch->headers);
        curl_slist_free_all(fetch->pinned);
        head_reader_fini(&fetch->head);
        buf_fini(&fetch->request);
        fetch_answer_fini(&fetch->answer);
        loop_end_work(fetcher->loop);
        free(fetch);
}

static int connect_errno(const Fetch *fetch) {
        long error = fetch->local_errno;

        if (error == 0)
                (void)curl_easy_getinfo(fetch->easy, CURLINFO_OS_ERRNO, &error);
        return (int)error;
}

/* The certificate's own fault comes first; where OpenSSL found none, what is left is curl's check of the name. */
static FetchFailure failure_to_verify(const CertSight *certificate) {
        switch (certificate->fault) {
        case CERT_FAULT_DATES:
                return FETCH_TLS_EXPIRED;
        case CERT_FAULT_UNTRUSTED:
                return FETCH_TLS_UNTRUSTED;
        default:
                return FETCH_TLS_HOSTNAME;
        }
}

static FetchFailure failure_of(const Fetch *fetch, CURLcode code) {
        bool has_head = head_reader_is_complete(&fetch->head);

        if (fetch->too_large)
                return FETCH_TOO_LARGE;
        switch (code) {
        case CURLE_OK:
                return has_head || fetch->method == FETCH_CONNECT ? FETCH_DONE : FETCH_RESET;
        case CURLE_FAILED_INIT:
                return FETCH_LOCAL_FAULT;
        case CURLE_COULDNT_CONNECT:
                return fetch_failure_of_errno(connect_errno(fetch));
        case CURLE_OPERATION_TIMEDOUT:
                return fetch->connected == NSEC_UNKNOWN ? FETCH_CONNECT_TIMEOUT : FETCH_TIMEOUT;
        case CURLE_PEER_FAILED_VERIFICATION:
                return failure_to_verify(&fetch->answer.certificate);
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CIPHER:
                return fetch->answer.certificate.fault != CERT_FAULT_NONE
                               ? failure_to_verify(&fetch->answer.certificate)
                               : FETCH_TLS_HANDSHAKE;
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE:
                return has_head ? FETCH_TRUNCATED : FETCH_RESET;
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
                return has_head ? FETCH_TRUNCATED : FETCH_PROTOCOL;
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_URL_MALFORMAT:
                return FETCH_PROTOCOL;
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_WRITE_ERROR:
                return FETCH_UNDECODABLE;
        case CURLE_OUT_OF_MEMORY: /* also what curl 7.88 says of one line beyond its own bound of 100 KB */
                return fetch->requested != NSEC_UNKNOWN && !has_head ? FETCH_TOO_LARGE : FETCH_LOCAL_FAULT;
        default:
                return fetch->requested == NSEC_UNKNOWN ? FETCH_LOCAL_FAULT : FETCH_PROTOCOL;
        }
}

static void measure(Fetch *fetch) {
        FetchAnswer *answer = &fetch->answer;
        Nsec started = fetch->started, connected = fetch->connected, requested = fetch->requested;
        long is_tls = fetch->answer.certificate.seen;

        answer->connect = connected == NSEC_UNKNOWN ? NSEC_UNKNOWN : connected - started;
        answer->tls = is_tls && requested != NSEC_UNKNOWN ? requested - connected : NSEC_UNKNOWN;
        answer->ttfb = fetch->answered == NSEC_UNKNOWN || requested == NSEC_UNKNOWN ? NSEC_UNKNOWN
                                                                                    : fetch->answered - requested;
        const char *address = NULL; /* as it was, not as it was meant */
        if (connected != NSEC_UNKNOWN && curl_easy_getinfo(fetch->easy, CURLINFO_PRIMARY_IP, &address) == CURLE_OK)
                (void)snprintf(answer->remote_ip, sizeof answer->remote_ip, "%s", address ? address : "");
}

static const char *text_of(FetchFailure failure, const Fetch *fetch) {
        if (failure == FETCH_TOO_LARGE && !head_reader_is_complete(&fetch->head))
                return "the headers of the answer are beyond their bound";
        if (failure == FETCH_TOO_LARGE)
                return "the body of the answer is beyond its bound";
        /* curl's own text names how long it took, and so is never the same twice. */
        if (fetch->connected == NSEC_UNKNOWN && connect_errno(fetch) != 0)
                return mon_strerror(-connect_errno(fetch));
        if (fetch->answer.certificate.fault_text)
                return fetch->answer.certificate.fault_text;
        return fetch->curl_error;
}

/* Ends the fetch: everything of it is gone before its owner is told, who may well begin the next one. */
static void fetch_finish(Fetch *fetch, FetchFailure failure, const char *text) {
        FetchDoneFn *done = fetch->done;
        void *userdata = fetch->userdata;

        measure(fetch);
        fetch->answer.failure = failure;
        if (failure != FETCH_DONE)
                (void)snprintf(fetch->answer.error, sizeof fetch->answer.error, "%s", text ? text : "");
        text_clean(fetch->answer.error);
        if (head_reader_is_complete(&fetch->head)) {
                fetch->answer.http_status = fetch->head.status;
                fetch->answer.response = buf_steal(&fetch->head.text);
                if (fetch->cookies)
                        cookies_take(fetch->cookies, fetch->easy);
        } else {
                fetch->answer.bytes = -1;
        }
        if (fetch->request.len > 0) {
                fetch->answer.request = buf_steal(&fetch->request);
                head_mask_secrets(fetch->answer.request);
        }
        FetchAnswer answer = fetch->answer;
        fetch->answer = (FetchAnswer){0};
        fetch_free(fetch);
        done(&answer, userdata);
        fetch_answer_fini(&answer);
}

static void on_deadline(void *userdata) {
        Fetch *fetch = userdata;

        if (fetch->connected == NSEC_UNKNOWN)
                fetch_finish(fetch, FETCH_CONNECT_TIMEOUT, "no connection before the deadline");
        else if (fetch->requested == NSEC_UNKNOWN)
                fetch_finish(fetch, FETCH_TIMEOUT, "the TLS handshake was not over at the deadline");
        else if (!head_reader_is_complete(&fetch->head))
                fetch_finish(fetch, FETCH_TIMEOUT, "no complete answer before the deadline");
        else
                fetch_finish(fetch, FETCH_TIMEOUT, "the body was still coming at the deadline");
}

static void on_ended(void *easy, int code) {
        Fetch *fetch = NULL;

        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &fetch);
        FetchFailure failure = failure_of(fetch, code);
        if (failure == FETCH_DONE && fetch->method == FETCH_CONNECT)
                fetch->requested = now_of(fetch); /* where the handshake ended */
        if (code == CURLE_OK && failure != FETCH_DONE)
                (void)snprintf(fetch->curl_error, sizeof fetch->curl_error, "the answer ended within its headers");
        else if (fetch->curl_error[0] == '\0')
                (void)snprintf(fetch->curl_error, sizeof fetch->curl_error, "%s", curl_easy_strerror(code));
        fetch_finish(fetch, failure, text_of(failure, fetch));
}

/* --- the beginning --------------------------------------------------------------------------------------------- */

int fetcher_new(Loop *loop, Fetcher **ret_fetcher) {
        mon_cleanup(fetcher_free_p) Fetcher *fetcher = mon_new(Fetcher);

        fetcher->loop = loop;
        int r = fetch_pools_init(&fetcher->pools, loop, on_ended, 0);
        if (r < 0)
                return r;
        *ret_fetcher = mon_steal(&fetcher);
        return 0;
}

void fetcher_free(Fetcher *fetcher) {
        if (!fetcher)
                return;
        for (size_t i = 0; i < fetcher->n_idle; i++)
                curl_easy_cleanup(fetcher->idle[i]);
        fetch_pools_fini(&fetcher->pools);
        free(fetcher);
}

Loop *fetcher_loop(const Fetcher *fetcher) {
        return fetcher->loop;
}

static int add_line(struct curl_slist **list, const char *line) {
        struct curl_slist *longer = curl_slist_append(*list, line);

        if (!longer)
                return -ENOMEM;
        *list = longer;
        return 0;
}

static int prepare_lists(Fetch *fetch, const FetchRequest *request) {
        for (size_t i = 0; i < request->n_headers; i++)
                if (add_line(&fetch->headers, request->headers[i]) < 0)
                        return -ENOMEM;
        mon_auto_free char *pin = fetch_pool_pin(request->host, request->port, request->address);
        return pin ? add_line(&fetch->pinned, pin) : 0;
}

static void set_behaviour(CURL *easy, Fetch *fetch, const FetchRequest *request) {
        fetch_pool_settle(fetch->pool, easy, fetch->pinned, &fetch->local_errno);
        (void)curl_easy_setopt(easy, CURLOPT_URL, request->url);
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
        (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
        (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        (void)curl_easy_setopt(easy, CURLOPT_NOBODY, request->method == FETCH_HEAD ? 1L : 0L);
        (void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, request->method == FETCH_CONNECT ? 1L : 0L);
        (void)curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, request->method == FETCH_CONNECT ? 0L : 1L);
        (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, request->user_agent);
        (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->headers);
        (void)curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* a resumed session shows no certificate */
}

static void set_callbacks(CURL *easy, Fetch *fetch) {
        (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
        (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->curl_error);
        (void)curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
        (void)curl_easy_setopt(easy, CURLOPT_DEBUGDATA, fetch);
        (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
        (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
        (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
        (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
        (void)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
        (void)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
        (void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, fetch);
        (void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
        (void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, fetch);
}

static Fetch *fetch_new(Fetcher *fetcher, FetchPool *pool, const FetchRequest *request, FetchDoneFn *done,
                        void *userdata) {
        Fetch *fetch = mon_new(Fetch);
        Loop *loop = fetcher->loop;

        fetch->fetcher = fetcher;
        fetch->pool = pool;
        fetch->done = done;
        fetch->userdata = userdata;
        fetch->method = request->method;
        fetch->body_max = request->body_max;
        fetch->cookies = request->cookies;
        fetch->request = BUF_INIT(FETCH_REQUEST_MAX);
        fetch->answer = (FetchAnswer){
                .body = BUF_INIT(request->body_max),
                .dns = NSEC_UNKNOWN,
                .certificate = {.expires_at_real = NSEC_UNKNOWN, .clock = loop_clock(loop)},
        };
        fetch->head = HEAD_READER_INIT(FETCH_HEAD_MAX, FETCH_HEADERS_MAX);
        fetch->deadline = (Timer){.fn = on_deadline, .userdata = fetch};
        fetch->started = clock_at_boot(loop_clock(loop));
        fetch->connected = fetch->requested = fetch->answered = NSEC_UNKNOWN;
        loop_begin_work(loop);
        return fetch;
}

int fetch_start(Fetcher *fetcher, const FetchRequest *request, FetchDoneFn *done, void *userdata, Fetch **ret_fetch) {
        FetchPool *pool = NULL;
        int r = fetch_pools_get(&fetcher->pools, request->ca_file, &pool);
        if (r < 0)
                return r;

        mon_cleanup(fetch_cancel_p) Fetch *fetch = fetch_new(fetcher, pool, request, done, userdata);
        r = prepare_lists(fetch, request);
        if (r < 0)
                return r;
        fetch->easy = fetcher->n_idle > 0 ? fetcher->idle[--fetcher->n_idle] : curl_easy_init();
        if (!fetch->easy)
                return -ENOMEM;
        set_behaviour(fetch->easy, fetch, request);
        set_callbacks(fetch->easy, fetch);
        r = fetch->cookies ? cookies_lend(fetch->cookies, fetch->easy) : 0;
        if (r < 0)
                return r;
        r = fetch_pool_add(pool, fetch->easy);
        if (r < 0)
                return r;
        if (request->deadline_at_boot != NSEC_NEVER)
                loop_arm(fetcher->loop, &fetch->deadline, request->deadline_at_boot);
        *ret_fetch = mon_steal(&fetch);
        return 0;
}

void fetch_cancel(Fetch *fetch) {
        if (fetch)
                fetch_free(fetch);
}
