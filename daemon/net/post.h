/* One HTTP or HTTPS request that tells something: a body goes out, and of the answer the status is what counts. By the
 * pools of pool.h on the loop, the name resolved first (or the proxy's, where there is one) and one address pinned.
 *
 * No redirect is followed, nothing is taken from the environment, TLS is always verified, "Expect: 100-continue" is
 * never sent. A connection that stays open is used again for the same place, for POST_CONNECTION_AGE at most. */
#pragma once

#include "daemon/base/loop.h"
#include "daemon/net/fetch.h"
#include "daemon/net/resolve.h"

#define POST_ERROR_MAX 200
#define POST_CONNECTIONS_MAX 32                 /* open ones that are kept for a CA file */
#define POST_CONNECTION_AGE (60 * NSEC_PER_SEC) /* after it a new one is made, and so the name asked again */
#define POST_CONNECT_SPAN (10 * NSEC_PER_SEC)   /* for the name, the connection and TLS, within the whole deadline */

typedef struct Poster Poster;
typedef struct Post Post;

typedef enum PostMethod {
        POST_METHOD_POST = 0,
        POST_METHOD_PUT = 1,
        POST_METHOD_GET = 2, /* without a body */
} PostMethod;

typedef struct PostRequest {
        const char *url; /* http or https, absolute; never shown in an error, since it may be a secret itself */
        PostMethod method;
        const char *user_agent;
        const char *const *headers; /* "Name: value", Content-Type among them; needed during the call alone */
        size_t n_headers;
        const void *body; /* lives until the post is over or cancelled */
        size_t body_len;
        const char *ca_file; /* NULL: the system's bundle */
        const char *proxy;   /* "http://host:port"; NULL: none. It sees the name asked for, and of https nothing else */
        size_t answer_max;   /* bytes of the answer's body that are read before the connection is closed */
        Nsec timeout;        /* from now to the end of the answer */
} PostRequest;

typedef struct PostAnswer {
        /* FETCH_DONE: the head of an answer came whole, whatever became of its body. */
        FetchFailure failure;
        char error[POST_ERROR_MAX]; /* a sentence for people, without URL and headers; "" when done */
        int http_status;            /* 0: no answer */
        Nsec retry_after;           /* the header's span from now, at most HEAD_RETRY_AFTER_MAX; NSEC_UNKNOWN: none */
        Buf body;                   /* what was read of it, as it came */
} PostAnswer;

/* Called once, from the loop, never from within post_start(); the Post is already freed, the answer is freed after. */
typedef void PostDoneFn(const PostAnswer *answer, void *userdata);

/* The program must ignore SIGPIPE. The resolver outlives it. */
mon_must_check int poster_new(Loop *loop, Resolver *resolver, Poster **ret_poster);
void poster_free(Poster *poster); /* after every post of it */
mon_define_cleanup(Poster, poster_free);

mon_must_check int post_start(Poster *poster, const PostRequest *request, PostDoneFn *done, void *userdata,
                              Post **ret_post);
void post_cancel(Post *post); /* NULL allowed */
mon_define_cleanup(Post, post_cancel);

/* For smtp.h, which sends by pools of the same kind. */
struct FetchPools;
Loop *poster_loop(const Poster *poster);
Resolver *poster_resolver(const Poster *poster);
struct FetchPools *poster_mail_pools(Poster *poster);
