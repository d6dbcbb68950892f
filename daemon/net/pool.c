#include "daemon/net/pool.h"

#include "daemon/base/error.h"
#include "daemon/net/url.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

#define POOL_NO_TIMEOUT_MSEC 86400000L /* the deadline is ours; curl's own would be 300 s */

struct FetchPool {
        Loop *loop;
        char *ca_file;
        CURLM *multi;
        FetchPoolFn *ended;
        Timer timer;
        List starved; /* transfers whose socket the loop could not watch */
};

typedef struct PoolSocket {
        FetchPool *pool;
        LoopIo *io;
} PoolSocket;

/* Whoever is told of an end may begin and cancel other transfers: each message is read anew. */
static void read_messages(FetchPool *pool) {
        CURLMsg *message;
        int left;

        while ((message = curl_multi_info_read(pool->multi, &left)))
                if (message->msg == CURLMSG_DONE)
                        pool->ended(message->easy_handle, message->data.result);
}

/* A refused socket callback would end the whole multi handle for good (curl 7.88): only its own transfer ends instead.
 */
static void end_starved(FetchPool *pool) {
        while (pool->starved.n > 0)
                pool->ended(list_take(&pool->starved, 0), CURLE_FAILED_INIT);
}

static void act(FetchPool *pool, curl_socket_t fd, int what) {
        int running;

        (void)curl_multi_socket_action(pool->multi, fd, what, &running);
        read_messages(pool);
        end_starved(pool);
}

static void on_io(int fd, unsigned ready, void *userdata) {
        FetchPool *pool = ((PoolSocket *)userdata)->pool;

        act(pool, fd, ((ready & LOOP_READ) ? CURL_CSELECT_IN : 0) | ((ready & LOOP_WRITE) ? CURL_CSELECT_OUT : 0));
}

static void on_timer(void *userdata) {
        act(userdata, CURL_SOCKET_TIMEOUT, 0);
}

static int on_curl_timer(CURLM *multi, long msec, void *userdata) {
        FetchPool *pool = userdata;
        Loop *loop = pool->loop;

        (void)multi;
        if (msec < 0)
                loop_disarm(loop, &pool->timer);
        else /* 1 ms is curl's "at once, but later" */
                loop_arm_after(loop, &pool->timer, msec <= 1 ? 0 : msec * NSEC_PER_MSEC);
        return 0;
}

static void socket_forget(FetchPool *pool, curl_socket_t fd, PoolSocket *known) {
        if (!known)
                return;
        loop_io_free(known->io);
        free(known);
        (void)curl_multi_assign(pool->multi, fd, NULL);
}

static void starve(FetchPool *pool, CURL *easy) {
        (void)list_remove(&pool->starved, easy);
        list_add(&pool->starved, easy);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *known_socket) {
        FetchPool *pool = userdata;
        PoolSocket *known = known_socket;
        unsigned events = ((what & CURL_POLL_IN) ? LOOP_READ : 0) | ((what & CURL_POLL_OUT) ? LOOP_WRITE : 0);

        if (what == CURL_POLL_REMOVE) {
                socket_forget(pool, fd, known);
                return 0;
        }
        if (known) {
                if (loop_io_set(known->io, events) < 0)
                        starve(pool, easy);
                return 0;
        }
        PoolSocket *fresh = mon_new(PoolSocket);
        fresh->pool = pool;
        if (loop_io_new(pool->loop, fd, events, on_io, fresh, &fresh->io) < 0) {
                free(fresh);
                starve(pool, easy);
                return 0;
        }
        (void)curl_multi_assign(pool->multi, fd, fresh);
        return 0;
}

void fetch_pool_free(FetchPool *pool) {
        if (!pool)
                return;
        loop_disarm(pool->loop, &pool->timer);
        if (pool->multi)
                (void)curl_multi_cleanup(pool->multi);
        list_fini(&pool->starved);
        free(pool->ca_file);
        free(pool);
}

int fetch_pool_new(Loop *loop, const char *ca_file, FetchPoolFn *ended, long connections_kept, FetchPool **ret_pool) {
        mon_cleanup(fetch_pool_free_p) FetchPool *pool = mon_new(FetchPool);

        *pool = (FetchPool){.loop = loop, .ca_file = mon_strdup(ca_file), .ended = ended, .multi = curl_multi_init()};
        pool->timer = (Timer){.fn = on_timer, .userdata = pool};
        if (!pool->multi)
                return -ENOMEM;
        (void)curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, connections_kept > 0 ? connections_kept : 1L);
        *ret_pool = mon_steal(&pool);
        return 0;
}

const char *fetch_pool_ca_file(const FetchPool *pool) {
        return pool->ca_file;
}

int fetch_pool_add(FetchPool *pool, void *easy) {
        return curl_multi_add_handle(pool->multi, easy) == CURLM_OK ? 0 : -ENOMEM;
}

void fetch_pool_remove(FetchPool *pool, void *easy) {
        (void)list_remove(&pool->starved, easy);
        (void)curl_multi_remove_handle(pool->multi, easy);
}

static curl_socket_t on_open_socket(void *userdata, curlsocktype purpose, struct curl_sockaddr *address) {
        int *local_errno = userdata;

        (void)purpose;
        int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
        if (fd < 0) {
                *local_errno = errno;
                return CURL_SOCKET_BAD;
        }
        return fd;
}

/* Every address is pinned, so curl has nothing to resolve. */
static int on_resolver_start(void *state, void *reserved, void *userdata) {
        (void)state;
        (void)reserved;
        (void)userdata;
        return 1;
}

void fetch_pool_settle(const FetchPool *pool, void *easy, void *pinned, int *local_errno) {
        (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
        (void)curl_easy_setopt(easy, CURLOPT_RESOLVE, pinned);
        /* There is one address, so no second attempt to time. */
        (void)curl_easy_setopt(easy, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, POOL_NO_TIMEOUT_MSEC);
        (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, POOL_NO_TIMEOUT_MSEC);
        (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, pool->ca_file);
        (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
        (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
        (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, local_errno);
        if (pinned)
                (void)curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolver_start);
}

char *fetch_pool_pin(const char *host, int port, const char *address) {
        bool is_6 = strchr(address, ':') != NULL;

        if (net_host_is_address(host))
                return NULL;
        return mon_printf("+%s:%d:%s%s%s", host, port, is_6 ? "[" : "", address, is_6 ? "]" : "");
}

int fetch_pools_init(FetchPools *pools, Loop *loop, FetchPoolFn *ended, long connections_kept) {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                return -ENOMEM;
        const curl_version_info_data *version = curl_version_info(CURLVERSION_NOW);
        const char *ca_file = version->cainfo ? version->cainfo : "/etc/ssl/certs/ca-certificates.crt";
        *pools = (FetchPools){.loop = loop, .ended = ended, .connections_kept = connections_kept};
        pools->system_ca_file = mon_strdup(ca_file);
        return 0;
}

void fetch_pools_fini(FetchPools *pools) {
        if (!pools->loop)
                return;
        list_each (FetchPool, pool, &pools->pools)
                fetch_pool_free(pool);
        list_fini(&pools->pools);
        free(pools->system_ca_file);
        *pools = (FetchPools){0};
        curl_global_cleanup();
}

int fetch_pools_get(FetchPools *pools, const char *ca_file, FetchPool **ret_pool) {
        FetchPool *pool;

        ca_file = ca_file ? ca_file : pools->system_ca_file;
        list_each (FetchPool, known, &pools->pools)
                if (strcmp(known->ca_file, ca_file) == 0) {
                        *ret_pool = known;
                        return 0;
                }
        int r = fetch_pool_new(pools->loop, ca_file, pools->ended, pools->connections_kept, &pool);
        if (r < 0)
                return r;
        list_add(&pools->pools, pool);
        *ret_pool = pool;
        return 0;
}
