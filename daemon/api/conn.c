#include "daemon/api/internal.h"

#include "daemon/base/error.h"
#include "daemon/base/log.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* While the listener is paused, how often to look whether evhttp has closed a connection without a word, or whether
 * there is a descriptor again. */
#define CONN_SWEEP_EVERY (200 * NSEC_PER_MSEC)
#define CONN_STATUS_LINE_MIN 12 /* "HTTP/1.1 400" */

static void on_deadline(void *userdata) {
        conn_shut(userdata);
}

/* evhttp frees connections that never had a whole request without telling anybody; it takes its callbacks off then. */
static bool is_gone(const Conn *conn) {
        bufferevent_data_cb read_cb, write_cb;
        bufferevent_event_cb event_cb;
        void *arg;

        bufferevent_getcb(conn->bev, &read_cb, &write_cb, &event_cb, &arg);
        return !read_cb && !write_cb && !event_cb;
}

static size_t count_of_user(const Api *api, uid_t uid) {
        size_t n = 0;

        list_each (Conn, conn, &api->conns)
                n += conn->greeted && conn->peer.uid == uid;
        return n;
}

static void refuse(Conn *conn) {
        mon_auto_free char *text = problem_text(&problem_unavailable, NULL, "too many connections of one user");
        mon_auto_free char *answer = mon_printf("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                                                "Content-Type: application/problem+json\r\nContent-Length: %zu\r\n"
                                                "Retry-After: 5\r\n\r\n%s",
                                                strlen(text), text);
        /* A fresh socket's buffer has room for it; should it not, the client reads a closed connection. */
        (void)!send(bufferevent_getfd(conn->bev), answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL);
        conn_shut(conn);
}

void conn_greet(Conn *conn) {
        if (conn->greeted)
                return;
        int r = peer_read(bufferevent_getfd(conn->bev), conn->api->group, &conn->peer);
        if (r < 0) /* nobody we know: may read, like everybody */
                conn->peer = (Peer){.uid = (uid_t)-1, .gid = (gid_t)-1};
        conn->greeted = true;
}

/* What evhttp answered by itself (a malformed request, a body too large, an unknown method) is HTML: it becomes a
 * problem document here, before a byte of it is written, since the socket is written in the next pass at the earliest.
 */
static void rewrite_foreign_answer(Conn *conn) {
        struct evbuffer *out = bufferevent_get_output(conn->bev);
        char line[CONN_STATUS_LINE_MIN + 1] = "";
        int status;

        if (conn->request || evbuffer_get_length(out) < CONN_STATUS_LINE_MIN)
                return;
        if (evbuffer_copyout(out, line, CONN_STATUS_LINE_MIN) != CONN_STATUS_LINE_MIN ||
            sscanf(line, "HTTP/1.%*1d %3d", &status) != 1 || status < 400)
                return;
        const Problem *problem = problem_of_status(status);
        mon_auto_free char *text = problem_text(problem, NULL, NULL);
        /* bufferevent keeps its output's front frozen but while it writes. */
        (void)evbuffer_unfreeze(out, 1);
        (void)evbuffer_drain(out, evbuffer_get_length(out));
        (void)evbuffer_freeze(out, 1);
        (void)evbuffer_add_printf(out,
                                  "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\n"
                                  "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                                  problem->status, problem->title, strlen(text), text);
}

static void on_output(struct evbuffer *out, const struct evbuffer_cb_info *info, void *userdata) {
        Conn *conn = userdata;

        (void)out;
        if (info->n_added > 0 && !conn->request)
                loop_defer(conn->api->loop, &conn->after_tick);
}

static void after_tick(void *userdata) {
        Conn *conn = userdata;

        if (is_gone(conn)) {
                conn_release(conn);
                return;
        }
        if (!conn->greeted) {
                conn_greet(conn);
                if (!conn->peer.trusted && count_of_user(conn->api, conn->peer.uid) > API_CONNECTIONS_PER_USER_MAX) {
                        refuse(conn);
                        return;
                }
        }
        rewrite_foreign_answer(conn);
}

static void pause_listener(Api *api, bool paused) {
        if (api->paused == paused)
                return;
        api->paused = paused;
        if (paused) {
                (void)evconnlistener_disable(api->listener);
                (void)!loop_io_set(api->knock, 0);
                loop_arm_after(api->loop, &api->sweep, CONN_SWEEP_EVERY);
        } else {
                (void)evconnlistener_enable(api->listener);
                (void)!loop_io_set(api->knock, LOOP_READ);
                loop_disarm(api->loop, &api->sweep);
        }
}

void conn_starve(Api *api, int error) {
        if (!api->starved)
                log_warning("the API takes no connection: %s", mon_strerror(error));
        api->starved = true;
        pause_listener(api, true);
}

void conn_take(Api *api, struct bufferevent *bev) {
        Conn *conn = mon_new(Conn);

        *conn = (Conn){.api = api, .bev = bev};
        conn->deadline = (Timer){.fn = on_deadline, .userdata = conn};
        conn->after_tick = (LoopDeferred){.fn = after_tick, .userdata = conn};
        bufferevent_incref(bev);
        (void)evbuffer_add_cb(bufferevent_get_output(bev), on_output, conn);
        list_add(&api->conns, conn);
        api->starved = false;
        conn_set_deadline(conn, API_REQUEST_DEADLINE);
        loop_touch(api->loop);
        loop_defer(api->loop, &conn->after_tick);
        if (api->conns.n >= API_CONNECTIONS_MAX)
                pause_listener(api, true);
}

Conn *conn_find(Api *api, struct evhttp_connection *evcon) {
        struct bufferevent *bev = evhttp_connection_get_bufferevent(evcon);

        list_each (Conn, conn, &api->conns)
                if (conn->bev == bev)
                        return conn;
        return NULL;
}

void conn_set_deadline(Conn *conn, Nsec span) {
        if (span == NSEC_NEVER)
                loop_disarm(conn->api->loop, &conn->deadline);
        else
                loop_arm_after(conn->api->loop, &conn->deadline, span);
}

void conn_shut(Conn *conn) {
        if (is_gone(conn)) {
                conn_release(conn);
                return;
        }
        /* evhttp sees the end of the connection in the next pass and frees it, and tells on_close of server.c where a
         * request was known. Should it be paused in reading, it is woken. */
        (void)shutdown(bufferevent_getfd(conn->bev), SHUT_RDWR);
        (void)bufferevent_enable(conn->bev, EV_READ);
        conn_set_deadline(conn, NSEC_PER_SEC);
}

void conn_release(Conn *conn) {
        Api *api = conn->api;

        if (conn->request) {
                conn->request->conn = NULL;
                conn->request->http = NULL;
        }
        loop_disarm(api->loop, &conn->deadline);
        loop_cancel_deferred(api->loop, &conn->after_tick);
        (void)evbuffer_remove_cb(bufferevent_get_output(conn->bev), on_output, conn);
        bufferevent_decref(conn->bev);
        (void)list_remove(&api->conns, conn);
        free(conn);
        pause_listener(api, false);
}

void conn_sweep(Api *api) {
        for (size_t i = api->conns.n; i-- > 0;) {
                Conn *conn = api->conns.items[i];
                if (is_gone(conn))
                        conn_release(conn);
        }
        if (!api->paused)
                return;
        loop_arm_after(api->loop, &api->sweep, CONN_SWEEP_EVERY);
        if (api->conns.n < API_CONNECTIONS_MAX)
                pause_listener(api, false);
}
