#include "daemon/net/post.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "daemon/net/pool.h"
#include "daemon/net/smtp.h"
#include "daemon/net/url.h"

#include <curl/curl.h>
#include <stdio.h>

struct Poster {
        Loop *loop;
        Resolver *resolver;
        FetchPools pools;
        FetchPools mail_pools;
};

struct Post {
        Poster *poster;
        FetchPool *pool;
        Resolution *resolution; /* until the name is known */
        CURL *easy;             /* from then on */
        struct curl_slist *headers;
        struct curl_slist *pinned;
        Url url;
        Url proxy;         /* zeroed: none */
        char *proxy_place; /* as curl takes it, the port written out */
        char *user_agent;
        PostMethod method;
        const void *body;
        size_t body_len;
        Timer deadline;
        Timer connect_deadline;
        HeadReader head;
        PostAnswer answer;
        char curl_error[CURL_ERROR_SIZE];
        int local_errno;
        bool is_sent; /* the request, or a part of it */
        PostDoneFn *done;
        void *userdata;
};

static Loop *loop_of(const Post *post) {
        return post->poster->loop;
}

/* --- the end ---------------------------------------------------------------------------------------------------- */

static void post_free(Post *post) {
        Poster *poster = post->poster;

        resolution_cancel(post->resolution);
        loop_disarm(poster->loop, &post->deadline);
        loop_disarm(poster->loop, &post->connect_deadline);
        if (post->easy) {
                fetch_pool_remove(post->pool, post->easy);
                curl_easy_cleanup(post->easy);
        }
        curl_slist_free_all(post->headers);
        curl_slist_free_all(post->pinned);
        url_fini(&post->url);
        url_fini(&post->proxy);
        free(post->proxy_place);
        free(post->user_agent);
        head_reader_fini(&post->head);
        buf_fini(&post->answer.body);
        loop_end_work(poster->loop);
        free(post);
}

static void read_retry_after(Post *post) {
        mon_auto_free char *text = head_get(buf_text(&post->head.text), "Retry-After");

        if (text)
                (void)!head_parse_retry_after(text, clock_at_real(loop_clock(loop_of(post))),
                                              &post->answer.retry_after);
}

/* Whatever became of the body, an answer whose head came whole is an answer. */
static void post_finish(Post *post, FetchFailure failure, const char *text) {
        PostDoneFn *done = post->done;
        void *userdata = post->userdata;

        if (head_reader_is_complete(&post->head)) {
                post->answer.failure = FETCH_DONE;
                post->answer.http_status = post->head.status;
                read_retry_after(post);
        } else {
                post->answer.failure = failure;
                (void)snprintf(post->answer.error, sizeof post->answer.error, "%s", text ? text : "no answer");
                text_clean(post->answer.error);
        }
        PostAnswer answer = post->answer;
        post->answer.body = (Buf){0};
        post_free(post);
        done(&answer, userdata);
        buf_fini(&answer.body);
}

static void on_deadline(void *userdata) {
        Post *post = userdata;

        post_finish(post, FETCH_TIMEOUT,
                    post->is_sent ? "no complete answer before the deadline" : "no connection before the deadline");
}

static void on_connect_deadline(void *userdata) {
        post_finish(userdata, FETCH_CONNECT_TIMEOUT, "no connection before the deadline");
}

static bool is_of_our_own(int error) {
        return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS || error == EADDRNOTAVAIL;
}

static FetchFailure connect_failure(Post *post, const char **ret_text) {
        long error = post->local_errno;

        if (error == 0)
                (void)curl_easy_getinfo(post->easy, CURLINFO_OS_ERRNO, &error);
        *ret_text = error != 0 ? mon_strerror(-(int)error) : "no connection";
        return is_of_our_own((int)error) ? FETCH_LOCAL_FAULT : FETCH_REFUSED;
}

/* curl's own sentence where it says which certificate and why; elsewhere its words for the code, which are always the
 * same. */
static FetchFailure failure_of(Post *post, CURLcode code, const char **ret_text) {
        *ret_text = curl_easy_strerror(code);
        switch (code) {
        case CURLE_COULDNT_CONNECT:
                return connect_failure(post, ret_text);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
                if (post->curl_error[0] != '\0')
                        *ret_text = post->curl_error;
                return code == CURLE_SSL_CONNECT_ERROR ? FETCH_TLS_HANDSHAKE : FETCH_TLS_UNTRUSTED;
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_FAILED_INIT:
                return FETCH_LOCAL_FAULT;
        case CURLE_OUT_OF_MEMORY: /* also what curl 7.88 says of one line beyond its own bound of 100 KB */
        case CURLE_WRITE_ERROR:
                if (!post->is_sent)
                        return FETCH_LOCAL_FAULT;
                *ret_text = "the headers of the answer are beyond their bound";
                return FETCH_TOO_LARGE;
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
                return FETCH_RESET;
        case CURLE_OK:
                *ret_text = "the answer ended within its headers";
                return FETCH_RESET;
        default:
                return FETCH_PROTOCOL;
        }
}

static void on_ended(void *easy, int code) {
        Post *post = NULL;
        const char *text;

        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &post);
        FetchFailure failure = failure_of(post, code, &text);
        post_finish(post, failure, text);
}

/* --- what curl tells while it works ------------------------------------------------------------------------------ */

static size_t on_header(char *data, size_t size, size_t n, void *userdata) {
        Post *post = userdata;

        return head_reader_take(&post->head, data, size * n) == 0 ? size * n : 0;
}

/* Past the bound the transfer is ended, and with it the connection. */
static size_t on_body(char *data, size_t size, size_t n, void *userdata) {
        Post *post = userdata;
        Buf *body = &post->answer.body;
        size_t room = body->max - body->len;

        n *= size;
        return buf_append(body, data, n < room ? n : room) == 0 && n <= room ? n : 0;
}

static int on_connected(void *userdata, char *to, char *from, int to_port, int from_port) {
        Post *post = userdata;

        (void)to;
        (void)from;
        (void)to_port;
        (void)from_port;
        post->is_sent = true;
        loop_disarm(loop_of(post), &post->connect_deadline);
        return CURL_PREREQFUNC_OK;
}

/* --- the beginning ---------------------------------------------------------------------------------------------- */

static int add_line(struct curl_slist **list, const char *line) {
        struct curl_slist *longer = curl_slist_append(*list, line);

        if (!longer)
                return -ENOMEM;
        *list = longer;
        return 0;
}

static void set_body(CURL *easy, const Post *post) {
        if (post->method == POST_METHOD_GET)
                return;
        (void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body_len);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->body);
        if (post->method == POST_METHOD_PUT)
                (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
}

static void set_proxy(CURL *easy, const Post *post) {
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, post->proxy_place ? post->proxy_place : "");
        (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
        (void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_request(CURL *easy, Post *post) {
        fetch_pool_settle(post->pool, easy, post->pinned, &post->local_errno);
        set_proxy(easy, post);
        set_body(easy, post);
        (void)curl_easy_setopt(easy, CURLOPT_URL, post->url.text);
        (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, post->user_agent);
        (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, post->headers);
        /* One request at a time on a connection, so that an end closes nobody else's. */
        (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        (void)curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, (long)(POST_CONNECTION_AGE / NSEC_PER_SEC));
        (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, post);
        (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, post->curl_error);
        (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
        (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, post);
        (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
        (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, post);
        (void)curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
        (void)curl_easy_setopt(easy, CURLOPT_PREREQDATA, post);
}

static int send_to(Post *post, const char *address) {
        const Url *whom = post->proxy.host ? &post->proxy : &post->url;
        mon_auto_free char *pin = fetch_pool_pin(whom->host, whom->port, address);

        int r = pin ? add_line(&post->pinned, pin) : 0;
        if (r < 0)
                return r;
        CURL *easy = curl_easy_init();
        if (!easy)
                return -ENOMEM;
        set_request(easy, post);
        r = fetch_pool_add(post->pool, easy);
        if (r < 0) {
                curl_easy_cleanup(easy);
                return r;
        }
        post->easy = easy;
        return 0;
}

static void on_resolved(const Resolved *resolved, void *userdata) {
        Post *post = userdata;

        post->resolution = NULL;
        if (resolved->result != 0) {
                post_finish(post, resolved->result < 0 ? FETCH_LOCAL_FAULT : FETCH_NAME,
                            resolve_text(resolved->result));
                return;
        }
        int r = send_to(post, resolved->addresses[0].text);
        if (r < 0)
                post_finish(post, FETCH_LOCAL_FAULT, mon_strerror(r));
}

static int take_places(Post *post, const PostRequest *request) {
        if (url_parse(request->url, &post->url) != 0)
                return -EINVAL;
        if (!request->proxy)
                return 0;
        if (url_parse(request->proxy, &post->proxy) != 0 || !text_is(post->proxy.scheme, "http"))
                return -EINVAL;
        bool is_6 = strchr(post->proxy.host, ':') != NULL; /* curl's default port for a proxy is another one */
        post->proxy_place =
                mon_printf("http://%s%s%s:%d", is_6 ? "[" : "", post->proxy.host, is_6 ? "]" : "", post->proxy.port);
        return 0;
}

static int take_headers(Post *post, const PostRequest *request) {
        int r = add_line(&post->headers, "Expect:");

        for (size_t i = 0; i < request->n_headers && r == 0; i++)
                r = add_line(&post->headers, request->headers[i]);
        return r;
}

static Post *post_new(Poster *poster, const PostRequest *request, PostDoneFn *done, void *userdata) {
        Post *post = mon_new(Post);

        *post = (Post){
                .poster = poster,
                .user_agent = mon_strdup(request->user_agent),
                .method = request->method,
                .body = request->body,
                .body_len = request->body_len,
                .head = HEAD_READER_INIT(FETCH_HEAD_MAX, FETCH_HEADERS_MAX),
                .answer = {.retry_after = NSEC_UNKNOWN, .body = BUF_INIT(request->answer_max)},
                .done = done,
                .userdata = userdata,
        };
        post->deadline = (Timer){.fn = on_deadline, .userdata = post};
        post->connect_deadline = (Timer){.fn = on_connect_deadline, .userdata = post};
        loop_begin_work(poster->loop);
        return post;
}

int post_start(Poster *poster, const PostRequest *request, PostDoneFn *done, void *userdata, Post **ret_post) {
        mon_cleanup(post_cancel_p) Post *post = post_new(poster, request, done, userdata);

        int r = fetch_pools_get(&poster->pools, request->ca_file, &post->pool);
        if (r == 0)
                r = take_places(post, request);
        if (r == 0)
                r = take_headers(post, request);
        if (r < 0)
                return r;
        r = resolver_ask(poster->resolver, post->proxy.host ? post->proxy.host : post->url.host, IP_ANY, on_resolved,
                         post, &post->resolution);
        if (r < 0)
                return r;
        loop_arm_after(poster->loop, &post->deadline, request->timeout);
        if (request->timeout > POST_CONNECT_SPAN)
                loop_arm_after(poster->loop, &post->connect_deadline, POST_CONNECT_SPAN);
        *ret_post = mon_steal(&post);
        return 0;
}

void post_cancel(Post *post) {
        if (post)
                post_free(post);
}

int poster_new(Loop *loop, Resolver *resolver, Poster **ret_poster) {
        mon_cleanup(poster_free_p) Poster *poster = mon_new(Poster);

        poster->loop = loop;
        poster->resolver = resolver;
        int r = fetch_pools_init(&poster->pools, loop, on_ended, POST_CONNECTIONS_MAX);
        if (r == 0)
                r = fetch_pools_init(&poster->mail_pools, loop, smtp_on_ended, POST_CONNECTIONS_MAX);
        if (r < 0)
                return r;
        *ret_poster = mon_steal(&poster);
        return 0;
}

void poster_free(Poster *poster) {
        if (!poster)
                return;
        fetch_pools_fini(&poster->mail_pools);
        fetch_pools_fini(&poster->pools);
        free(poster);
}

Loop *poster_loop(const Poster *poster) {
        return poster->loop;
}

Resolver *poster_resolver(const Poster *poster) {
        return poster->resolver;
}

FetchPools *poster_mail_pools(Poster *poster) {
        return &poster->mail_pools;
}
