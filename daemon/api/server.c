#include "daemon/api/internal.h"

#include "daemon/api/listen.h"
#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct {
        enum evhttp_cmd_type type;
        const char *name;
} methods[] = {
        {EVHTTP_REQ_GET, "GET"},     {EVHTTP_REQ_POST, "POST"},       {EVHTTP_REQ_HEAD, "HEAD"},
        {EVHTTP_REQ_PUT, "PUT"},     {EVHTTP_REQ_DELETE, "DELETE"},   {EVHTTP_REQ_OPTIONS, "OPTIONS"},
        {EVHTTP_REQ_TRACE, "TRACE"}, {EVHTTP_REQ_CONNECT, "CONNECT"}, {EVHTTP_REQ_PATCH, "PATCH"},
};

static const char *method_name(enum evhttp_cmd_type type) {
        for (size_t i = 0; i < mon_count_of(methods); i++)
                if (methods[i].type == type)
                        return methods[i].name;
        return "?";
}

void request_free(Request *request) {
        if (!request)
                return;
        (void)list_remove(&request->api->requests, request);
        if (request->conn)
                request->conn->request = NULL;
        if (request->free_state)
                request->free_state(request->state);
        for (size_t i = 0; i < API_CAPTURES_MAX; i++)
                free(request->captures[i]);
        query_fini(&request->query);
        json_decref(request->body);
        free(request);
}

/* The last byte of an answer is out. */
static void on_sent(struct evhttp_request *http, void *userdata) {
        Conn *conn = userdata;

        (void)http;
        loop_touch(conn->api->loop);
        request_free(conn->request);
        conn_set_deadline(conn, API_REQUEST_DEADLINE);
}

static void on_close(struct evhttp_connection *evcon, void *userdata) {
        Conn *conn = userdata;
        Request *request = conn->request;

        (void)evcon;
        loop_touch(conn->api->loop);
        if (request) {
                /* A client that left while its answer was being made: evhttp has let go of the request, which is ours
                 * to free then; otherwise it frees it with the connection. */
                if (request->http && !evhttp_request_get_connection(request->http))
                        evhttp_request_free(request->http);
                bool waits_for_host = request->http && !request->is_stream && !request->next_piece;
                request->http = NULL;
                request->conn = NULL;
                conn->request = NULL;
                if (!waits_for_host)
                        request_free(request);
        }
        conn_release(conn);
}

/* The decoded path, or NULL when it has a NUL, is no UTF-8 or is endless. */
static char *path_of(const struct evhttp_uri *uri) {
        const char *raw = uri ? evhttp_uri_get_path(uri) : NULL;
        size_t n = 0;

        if (!raw || strlen(raw) > API_RAW_PATH_MAX)
                return NULL;
        char *path = evhttp_uridecode(raw, 0, &n);
        if (path && strlen(path) == n && text_is_utf8(path, n))
                return path;
        free(path);
        return NULL;
}

static bool is_json(const char *type) {
        static const char json[] = "application/json";
        size_t n = sizeof json - 1;

        return type && strncasecmp(type, json, n) == 0 && (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

/* false: refused, and answered. */
static bool read_body(Request *request) {
        struct evbuffer *in = evhttp_request_get_input_buffer(request->http);
        size_t n = evbuffer_get_length(in);
        mon_auto_free char *why = NULL;

        if (n > API_BODY_MAX) {
                reply_problem(request, &problem_too_large, NULL, "a body has at most %u bytes", API_BODY_MAX);
                return false;
        }
        if (n == 0) {
                request->body = json_object();
                return true;
        }
        const char *type = evhttp_find_header(evhttp_request_get_input_headers(request->http), "Content-Type");
        if (!is_json(type)) {
                reply_header(request, "Accept-Post", "application/json");
                reply_problem(request, &problem_media, NULL, "the body is to be application/json");
                return false;
        }
        const char *bytes = (const char *)evbuffer_pullup(in, -1);
        if (!bytes || json_read(bytes, n, &request->body, &why) != 0) {
                reply_problem(request, &problem_bad_request, NULL, "the body is not JSON: %s", why ? why : "");
                return false;
        }
        if (!json_is_object(request->body)) {
                reply_problem(request, &problem_bad_request, NULL, "the body is to be a JSON object");
                return false;
        }
        return true;
}

static void route(Request *request) {
        const char *method = method_name(evhttp_request_get_command(request->http));
        const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request->http);
        mon_auto_free char *path = path_of(uri), *allow = NULL;

        request->head = text_is(method, "HEAD");
        if (!path) {
                reply_problem(request, &problem_not_found, NULL, "there is no such resource");
                return;
        }
        const Route *found = route_find(method, path, request->captures, &allow);
        if (!found && allow) {
                reply_header(request, "Allow", allow);
                reply_problem(request, &problem_method, NULL, "this resource takes %s", allow);
                return;
        }
        if (!found) {
                mon_auto_free char *clean = text_clean_copy(path, API_TEXT_PARAM_MAX);
                reply_problem(request, &problem_not_found, NULL, "there is no resource \"%s\"", clean);
                return;
        }
        if (text_is(found->method, "POST") && !request->conn->peer.trusted) {
                reply_problem(request, &problem_forbidden, NULL,
                              "only root, the daemon's own user and its group may change something");
                return;
        }
        if (!query_read(request, evhttp_uri_get_query(uri), found->params, &request->query))
                return;
        if (text_is(found->method, "POST") && !read_body(request))
                return;
        found->fn(request);
}

static void on_request(struct evhttp_request *http, void *userdata) {
        Api *api = userdata;
        struct evhttp_connection *evcon = evhttp_request_get_connection(http);
        Conn *conn = conn_find(api, evcon);

        loop_touch(api->loop);
        if (!conn) { /* evhttp made a bufferevent of its own, for want of memory */
                evhttp_send_error(http, 503, NULL);
                return;
        }
        if (!conn->evcon) {
                conn->evcon = evcon;
                evhttp_connection_set_closecb(evcon, on_close, conn);
        }
        conn_greet(conn);
        Request *request = mon_new(Request);
        *request = (Request){.api = api, .conn = conn, .http = http};
        conn->request = request;
        list_add(&api->requests, request);
        evhttp_request_set_on_complete_cb(http, on_sent, conn);
        conn_set_deadline(conn, API_REPLY_DEADLINE);
        route(request);
}

static struct bufferevent *on_accept(struct event_base *base, void *userdata) {
        Api *api = userdata;
        /* Closed on free: the descriptor lives as long as our own reference, so it can be shut down safely. */
        struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);

        conn_sweep(api);
        if (bev)
                conn_take(api, bev);
        return bev;
}

/* With no descriptor left, accept(2) fails and the connection stays in the queue: libevent would try at once, in
 * circles, with a line each. Of two events on one descriptor the later one runs first: this one. */
static void on_knock(int listener, unsigned ready, void *userdata) {
        Api *api = userdata;
        int spare = fcntl(listener, F_DUPFD_CLOEXEC, 0);

        (void)ready;
        if (spare >= 0)
                (void)close(spare);
        else
                conn_starve(api, mon_errno());
}

/* The last descriptor went in the middle of a batch: on_knock() sees to it in the next pass. */
static void on_accept_error(struct evconnlistener *listener, void *userdata) {
        (void)listener;
        (void)userdata;
}

static void on_sweep(void *userdata) {
        conn_sweep(userdata);
}

static int serve(Api *api, int *fd) {
        struct event_base *base = loop_event_base(api->loop);

        api->http = evhttp_new(base);
        if (!api->http)
                return -ENOMEM;
        evhttp_set_max_headers_size(api->http, API_HEADERS_MAX);
        evhttp_set_max_body_size(api->http, API_BODY_READ_MAX);
        unsigned all = 0;
        for (size_t i = 0; i < mon_count_of(methods); i++)
                all |= methods[i].type;
        evhttp_set_allowed_methods(api->http, (ev_uint16_t)all);
        evhttp_set_gencb(api->http, on_request, api);
        evhttp_set_bevcb(api->http, on_accept, api);
        api->listener = evconnlistener_new(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, *fd);
        if (!api->listener)
                return -ENOMEM;
        evconnlistener_set_error_cb(api->listener, on_accept_error);
        *fd = -1;
        if (!evhttp_bind_listener(api->http, api->listener)) {
                evconnlistener_free(api->listener);
                return -ENOMEM;
        }
        return loop_io_new(api->loop, evconnlistener_get_fd(api->listener), LOOP_READ, on_knock, api, &api->knock);
}

int api_new(Loop *loop, const ApiHost *host, const ApiSettings *settings, Api **ret_api, Error *error) {
        mon_cleanup(api_free_p) Api *api = mon_new(Api);
        int fd = settings->fd, r;

        *api = (Api){.loop = loop, .host = *host};
        api->group = settings->group ? peer_group(settings->group) : (gid_t)-1;
        api->sweep = (Timer){.fn = on_sweep, .userdata = api};
        if (fd < 0) {
                r = listen_open(settings->socket_path, &fd, error);
                if (r != 0)
                        return r;
                api->socket_path = mon_strdup(settings->socket_path);
        } else if (evutil_make_socket_nonblocking(fd) < 0)
                return -EBADF;
        r = serve(api, &fd);
        if (fd >= 0)
                (void)close(fd);
        if (r < 0)
                return r;
        *ret_api = mon_steal(&api);
        return 0;
}

void api_free(Api *api) {
        if (!api)
                return;
        loop_disarm(api->loop, &api->sweep);
        loop_io_free(api->knock);
        while (api->requests.n > 0)
                request_free(api->requests.items[0]);
        if (api->http)
                evhttp_free(api->http); /* tells on_close of each connection it knows, and frees the listener */
        while (api->conns.n > 0)
                conn_release(api->conns.items[0]);
        if (api->socket_path)
                (void)unlink(api->socket_path);
        list_fini(&api->conns);
        list_fini(&api->requests);
        free(api->socket_path);
        free(api);
}

void api_forget_store(Api *api) {
        for (size_t i = api->requests.n; i-- > 0;) {
                Request *request = api->requests.items[i];
                if (request->next_piece && request->conn)
                        conn_shut(request->conn);
        }
}

size_t api_connections(const Api *api) {
        return api->conns.n;
}
