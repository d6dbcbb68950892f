#include "daemon/net/pool.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"

#include <curl/curl.h>

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

int fetch_pool_new(Loop *loop, const char *ca_file, FetchPoolFn *ended, FetchPool **ret_pool) {
        mon_cleanup(fetch_pool_free_p) FetchPool *pool = mon_new(FetchPool);

        *pool = (FetchPool){.loop = loop, .ca_file = mon_strdup(ca_file), .ended = ended, .multi = curl_multi_init()};
        pool->timer = (Timer){.fn = on_timer, .userdata = pool};
        if (!pool->multi)
                return -ENOMEM;
        (void)curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
        (void)curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, 1L); /* none is used twice */
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
