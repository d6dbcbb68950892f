#include "tests/lib/server.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"
#include "daemon/base/map.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "tests/lib/gzip.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_REQUEST_MAX 65536
#define SERVER_BODY_MAX (64U << 20)
#define SERVER_PIECE 65536 /* bytes written at a time of what never ends */

typedef struct Row {
        ServerAnswer answer; /* its texts are owned here */
} Row;

struct Server {
        Loop *loop;
        LoopIo *io;
        int fd;
        int port;
        ServerTls tls;
        SSL_CTX *ctx;
        Map rows;
        List connections;
        unsigned accepted, requests;
        char *last_request;
        Buf last_body;
};

typedef struct Connection {
        Server *server;
        struct bufferevent *bev;
        SSL *ssl; /* the bufferevent's own */
        Timer timer;
        Row *row;
        bool is_head; /* the request's method */
        Buf rest;     /* what is dripped */
        size_t dripped;
        const void *again; /* what is written without end */
        size_t again_len;
        bool close_when_written;
} Connection;

/* --- connections ----------------------------------------------------------------------------------------------- */

static void connection_free(Connection *connection) {
        (void)list_remove(&connection->server->connections, connection);
        loop_disarm(connection->server->loop, &connection->timer);
        bufferevent_free(connection->bev);
        buf_fini(&connection->rest);
        free(connection);
}

static void connection_close(Connection *connection) {
        if (connection->ssl) {
                SSL_set_shutdown(connection->ssl, SSL_RECEIVED_SHUTDOWN);
                (void)SSL_shutdown(connection->ssl);
        }
        connection_free(connection);
}

static void connection_reset(Connection *connection) {
        struct linger at_once = {.l_onoff = 1};

        (void)setsockopt(bufferevent_getfd(connection->bev), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        connection_free(connection);
}

static void send_bytes(Connection *connection, const void *bytes, size_t n) {
        (void)bufferevent_write(connection->bev, bytes, n);
}

static void send_text(Connection *connection, const char *text) {
        send_bytes(connection, text, strlen(text));
}

static char *make_head(const ServerAnswer *answer, const char *framing) {
        return mon_printf("HTTP/1.1 %d Test\r\nContent-Type: %s\r\n%s%s\r\n", answer->status, answer->content_type,
                          answer->headers ? answer->headers : "", framing);
}

static char *make_head_with_length(const ServerAnswer *answer, size_t n, const char *more) {
        mon_auto_free char *framing = mon_printf("Content-Length: %zu\r\n%s", n, more);

        return make_head(answer, framing);
}

/* The head, and the body's first `n` bytes. */
static void send_part(Connection *connection, size_t n) {
        const ServerAnswer *answer = &connection->row->answer;
        mon_auto_free char *head = make_head_with_length(answer, answer->body_len, "");

        send_text(connection, head);
        if (!connection->is_head)
                send_bytes(connection, answer->body, n);
}

static void send_chunk(Connection *connection, const char *bytes, size_t n) {
        mon_auto_free char *size = mon_printf("%zx\r\n", n);

        send_text(connection, size);
        send_bytes(connection, bytes, n);
        send_text(connection, "\r\n");
}

static void send_chunked(Connection *connection, bool cut) {
        const ServerAnswer *answer = &connection->row->answer;
        mon_auto_free char *head = make_head(answer, "Transfer-Encoding: chunked\r\n");
        const char *body = answer->body;
        size_t third = answer->body_len / 3;

        send_text(connection, head);
        if (third > 0)
                send_chunk(connection, body, third);
        if (cut) {
                send_text(connection, "1000\r\n");
                send_bytes(connection, body, third);
                return;
        }
        if (third > 0)
                send_chunk(connection, body + third, third);
        if (answer->body_len > 0)
                send_chunk(connection, body + 2 * third, answer->body_len - 2 * third);
        send_text(connection, "0\r\n\r\n");
}

static void send_coded(Connection *connection) {
        const ServerAnswer *answer = &connection->row->answer;
        mon_auto_buf Buf coded = BUF_INIT(SERVER_BODY_MAX);

        if (answer->mode == SERVER_GZIP)
                gzip_store(answer->body, answer->body_len, &coded);
        else if (answer->mode == SERVER_GZIP_BOMB)
                gzip_bomb(64U << 20, &coded);
        else
                (void)!buf_append(&coded, answer->body, answer->body_len);
        mon_auto_free char *head = make_head_with_length(answer, coded.len, "Content-Encoding: gzip\r\n");
        send_text(connection, head);
        send_bytes(connection, coded.data, coded.len);
}

/* Writes the piece again and again, as fast as it is taken. */
static void send_without_end(Connection *connection, const void *piece, size_t n) {
        connection->again = piece;
        connection->again_len = n;
        for (size_t written = 0; written < SERVER_PIECE; written += n)
                send_bytes(connection, piece, n);
}

static void start_drip(Connection *connection, const char *head, size_t from) {
        const ServerAnswer *answer = &connection->row->answer;
        size_t head_len = strlen(head);

        connection->rest = BUF_INIT(SERVER_BODY_MAX);
        if (buf_append(&connection->rest, head, head_len) != 0 ||
            buf_append(&connection->rest, answer->body, answer->body_len) != 0)
                abort();
        send_bytes(connection, head, from);
        connection->dripped = from;
        loop_arm_after(connection->server->loop, &connection->timer, NSEC_PER_SEC);
}

static void drip(Connection *connection) {
        if (connection->dripped >= connection->rest.len)
                return;
        send_bytes(connection, connection->rest.data + connection->dripped++, 1);
        loop_arm_after(connection->server->loop, &connection->timer, NSEC_PER_SEC);
}

static void close_when_written(Connection *connection) {
        connection->close_when_written = true;
        if (evbuffer_get_length(bufferevent_get_output(connection->bev)) == 0)
                connection_close(connection);
}

static void send_endless(Connection *connection) {
        static const char line[] = "<p>encore et encore</p>\n";
        static const char header[] = "X-Flood: encore\r\n";
        static const char interim[] = "HTTP/1.1 103 Early Hints\r\n\r\n";
        const ServerAnswer *answer = &connection->row->answer;
        mon_auto_free char *head =
                make_head(answer, answer->mode == SERVER_GZIP_EMPTY ? "Content-Encoding: gzip\r\n" : "");

        switch (answer->mode) {
        case SERVER_HEADER_FLOOD:
                send_text(connection, "HTTP/1.1 200 OK\r\n");
                send_without_end(connection, header, strlen(header));
                break;
        case SERVER_HEADER_LONG:
                send_text(connection, "HTTP/1.1 200 OK\r\nX-Long: ");
                send_without_end(connection, "encore", 6);
                break;
        case SERVER_INTERIM_FLOOD:
                send_without_end(connection, interim, strlen(interim));
                break;
        case SERVER_GZIP_EMPTY:
                send_text(connection, head);
                send_bytes(connection, gzip_head, sizeof gzip_head);
                send_without_end(connection, gzip_empty_block, sizeof gzip_empty_block);
                break;
        default:
                send_text(connection, head);
                send_without_end(connection, line, strlen(line));
                break;
        }
}

/* A part of an answer that its end then cuts. */
static void send_broken(Connection *connection) {
        const ServerAnswer *answer = &connection->row->answer;
        mon_auto_free char *head = make_head_with_length(answer, answer->body_len, "");

        switch (answer->mode) {
        case SERVER_HANG_IN_HEAD:
        case SERVER_CUT_IN_HEAD:
                send_bytes(connection, head, strlen(head) / 2);
                break;
        case SERVER_HANG_IN_BODY:
        case SERVER_TRUNCATED:
        case SERVER_RESET_IN_BODY:
                send_part(connection, answer->body_len / 2);
                break;
        case SERVER_DRIP:
                start_drip(connection, head, strlen(head));
                break;
        case SERVER_DRIP_HEAD:
                start_drip(connection, head, 1);
                break;
        case SERVER_GARBAGE:
                send_text(connection, "220 mail.example.org ESMTP\r\n\001\002\377\r\n");
                break;
        case SERVER_HTTP_09:
                send_bytes(connection, answer->body, answer->body_len);
                break;
        default:
                send_chunked(connection, true);
                break;
        }
}

static void send_whole(Connection *connection) {
        const ServerAnswer *answer = &connection->row->answer;
        mon_auto_free char *head = make_head(answer, "Connection: close\r\n");

        switch (answer->mode) {
        case SERVER_CHUNKED:
                send_chunked(connection, false);
                break;
        case SERVER_UNTIL_CLOSE:
                send_text(connection, head);
                send_bytes(connection, answer->body, answer->body_len);
                close_when_written(connection);
                break;
        case SERVER_GZIP:
        case SERVER_BAD_GZIP:
        case SERVER_GZIP_BOMB:
                send_coded(connection);
                break;
        default:
                send_part(connection, answer->body_len);
                break;
        }
}

static void answer_now(Connection *connection) {
        switch (connection->row->answer.mode) {
        case SERVER_CLOSE:
                connection_close(connection);
                break;
        case SERVER_RESET:
                connection_reset(connection);
                break;
        case SERVER_HANG:
                break;
        case SERVER_CUT_IN_HEAD:
        case SERVER_TRUNCATED:
        case SERVER_CHUNKED_CUT:
        case SERVER_GARBAGE:
        case SERVER_HTTP_09:
        case SERVER_RESET_IN_BODY:
                send_broken(connection);
                close_when_written(connection);
                break;
        case SERVER_HANG_IN_HEAD:
        case SERVER_HANG_IN_BODY:
        case SERVER_DRIP:
        case SERVER_DRIP_HEAD:
                send_broken(connection);
                break;
        case SERVER_ENDLESS:
        case SERVER_GZIP_EMPTY:
        case SERVER_HEADER_FLOOD:
        case SERVER_HEADER_LONG:
        case SERVER_INTERIM_FLOOD:
                send_endless(connection);
                break;
        case SERVER_UNTIL_CLOSE:
                send_whole(connection);
                break;
        default:
                send_whole(connection);
                connection->row = NULL; /* the next request may come */
                break;
        }
}

static void on_timer(void *userdata) {
        Connection *connection = userdata;

        if (connection->rest.len > 0)
                drip(connection);
        else
                answer_now(connection);
}

static bool brings_cookie(const char *head, const char *cookie) {
        mon_auto_free char *sent = head_get(head, "Cookie");
        const char *at = sent && cookie ? strstr(sent, cookie) : NULL;

        return !cookie || (at && strchr("; ", at[strlen(cookie)]));
}

static void take_request(Connection *connection, char *head) {
        Server *server = connection->server;
        const char *space = strchr(head, ' ');
        mon_auto_free char *path = space ? mon_strndup(space + 1, strcspn(space + 1, " \r\n")) : mon_strdup("");

        free(server->last_request);
        server->last_request = head;
        server->requests++;
        connection->is_head = text_starts(head, "HEAD ");
        connection->row = map_get(&server->rows, path);
        if (!connection->row || !brings_cookie(head, connection->row->answer.needs_cookie))
                connection->row = map_get(&server->rows, "*");
        if (connection->row->answer.delay > 0)
                loop_arm_after(server->loop, &connection->timer, connection->row->answer.delay);
        else
                answer_now(connection);
}

static size_t length_of_body(const char *head) {
        mon_auto_free char *text = head_get(head, "Content-Length");
        int64_t length = 0;

        return text && text_parse_int(text, 0, SERVER_BODY_MAX, &length) == 0 ? (size_t)length : 0;
}

static void take_body(Connection *connection, size_t n) {
        mon_auto_free char *body = mon_calloc(1, n + 1);

        (void)evbuffer_remove(bufferevent_get_input(connection->bev), body, n);
        buf_clear(&connection->server->last_body);
        if (buf_append(&connection->server->last_body, body, n) != 0)
                abort();
}

static void on_read(struct bufferevent *bev, void *userdata) {
        Connection *connection = userdata;
        struct evbuffer *input = bufferevent_get_input(bev);

        loop_touch(connection->server->loop);
        if (connection->server->tls.hang)
                return;
        if (connection->server->tls.garbage) {
                (void)evbuffer_drain(input, evbuffer_get_length(input));
                send_text(connection, "220 this is no TLS\r\n");
                return;
        }
        struct evbuffer_ptr end = evbuffer_search(input, "\r\n\r\n", 4, NULL);
        if (connection->row || end.pos < 0 || end.pos > SERVER_REQUEST_MAX)
                return;
        size_t n = (size_t)end.pos + 4;
        mon_auto_free char *head = mon_calloc(1, n + 1);
        (void)evbuffer_copyout(input, head, n);
        size_t body_len = length_of_body(head);
        if (evbuffer_get_length(input) < n + body_len)
                return;
        (void)evbuffer_drain(input, n);
        take_body(connection, body_len);
        take_request(connection, mon_steal(&head));
}

static void on_written(struct bufferevent *bev, void *userdata) {
        Connection *connection = userdata;

        (void)bev;
        loop_touch(connection->server->loop);
        if (connection->again)
                send_without_end(connection, connection->again, connection->again_len);
        else if (connection->close_when_written && connection->row->answer.mode == SERVER_RESET_IN_BODY)
                connection_reset(connection);
        else if (connection->close_when_written)
                connection_close(connection);
}

static void on_event(struct bufferevent *bev, short what, void *userdata) {
        Connection *connection = userdata;

        (void)bev;
        loop_touch(connection->server->loop);
        if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
                connection_free(connection);
}

/* The steps of a handshake happen inside the bufferevent, where the loop does not see them. */
static void on_handshake_step(const SSL *ssl, int where, int ret) {
        const Server *server = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

        (void)where;
        (void)ret;
        loop_touch(server->loop);
}

static void on_accept(int listener, unsigned ready, void *userdata) {
        Server *server = userdata;
        struct event_base *base = loop_event_base(server->loop);
        bool speaks_tls = server->ctx && !server->tls.garbage && !server->tls.hang;

        (void)ready;
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
                return;
        /* Or a second small write waits for the kernel's delayed acknowledgement: real time in a simulated world. */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        Connection *connection = mon_new(Connection);
        connection->server = server;
        connection->timer = (Timer){.fn = on_timer, .userdata = connection};
        if (speaks_tls) {
                connection->ssl = SSL_new(server->ctx);
                connection->bev = bufferevent_openssl_socket_new(base, fd, connection->ssl, BUFFEREVENT_SSL_ACCEPTING,
                                                                 BEV_OPT_CLOSE_ON_FREE);
        } else {
                connection->bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
        }
        assert(connection->bev);
        bufferevent_setcb(connection->bev, on_read, on_written, on_event, connection);
        (void)bufferevent_enable(connection->bev, EV_READ | EV_WRITE);
        list_add(&server->connections, connection);
        server->accepted++;
}

/* --- the server ------------------------------------------------------------------------------------------------ */

static int server_listen(Server *server) {
        struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof place;

        server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&place, sizeof place) < 0 ||
            listen(server->fd, 64) < 0 || getsockname(server->fd, (struct sockaddr *)&place, &len) < 0)
                return mon_errno();
        server->port = ntohs(place.sin_port);
        return loop_io_new(server->loop, server->fd, LOOP_READ, on_accept, server, &server->io);
}

int server_new(Loop *loop, const ServerTls *tls, Server **ret_server) {
        mon_cleanup(server_free_p) Server *server = mon_new(Server);

        server->loop = loop;
        server->fd = -1;
        server->last_body = BUF_INIT(SERVER_BODY_MAX);
        if (tls)
                server->tls = *tls;
        if (tls && tls->cert) {
                server->ctx = cert_server_ctx(tls->cert);
                SSL_CTX_set_app_data(server->ctx, server);
                SSL_CTX_set_info_callback(server->ctx, on_handshake_step);
        }
        server_set_text(server, "*", 404, "<html><title>404</title><h1>Not found</h1></html>");
        int r = server_listen(server);
        if (r < 0)
                return r;
        *ret_server = mon_steal(&server);
        return 0;
}

static void row_free(Row *row) {
        if (!row)
                return;
        free((char *)row->answer.headers);
        free((char *)row->answer.needs_cookie);
        free((char *)row->answer.content_type);
        free((void *)row->answer.body);
        free(row);
}

void server_free(Server *server) {
        if (!server)
                return;
        while (server->connections.n > 0)
                connection_free(server->connections.items[0]);
        list_fini(&server->connections);
        loop_io_free(server->io);
        if (server->fd >= 0)
                (void)close(server->fd);
        SSL_CTX_free(server->ctx);
        map_each (&server->rows, slot)
                row_free(slot->value);
        map_fini(&server->rows);
        free(server->last_request);
        buf_fini(&server->last_body);
        free(server);
}

int server_port(const Server *server) {
        return server->port;
}

char *server_url(const Server *server, const char *host, const char *path) {
        bool is_tls = server->ctx || server->tls.garbage || server->tls.hang;

        return mon_printf("http%s://%s:%d%s", is_tls ? "s" : "", host, server->port, path);
}

/* A connection that is being answered goes on by the new row. */
static void retire(Server *server, Row *old, Row *row) {
        list_each (Connection, connection, &server->connections)
                if (connection->row == old)
                        connection->row = row;
        row_free(old);
}

void server_set(Server *server, const char *path, const ServerAnswer *answer) {
        Row *row = mon_new(Row), *old = map_get(&server->rows, path);
        size_t n = answer->body_len > 0 ? answer->body_len : answer->body ? strlen(answer->body) : 0;

        row->answer = *answer;
        row->answer.status = answer->status > 0 ? answer->status : 200;
        row->answer.headers = mon_strdup(answer->headers);
        row->answer.needs_cookie = mon_strdup(answer->needs_cookie);
        row->answer.content_type = mon_strdup(answer->content_type ? answer->content_type : "text/html; charset=utf-8");
        row->answer.body_len = n;
        char *body = mon_calloc(1, n + 1);
        if (n > 0)
                memcpy(body, answer->body, n);
        row->answer.body = body;
        map_set(&server->rows, path, row);
        if (old)
                retire(server, old, row);
}

void server_set_text(Server *server, const char *path, int status, const char *body) {
        server_set(server, path, &(ServerAnswer){.status = status, .body = body});
}

void server_set_redirect(Server *server, const char *path, int status, const char *location) {
        mon_auto_free char *headers = mon_printf("Location: %s\r\n", location);

        server_set(server, path, &(ServerAnswer){.status = status, .headers = headers, .body = "moved"});
}

unsigned server_connections(const Server *server) {
        return server->accepted;
}

unsigned server_requests(const Server *server) {
        return server->requests;
}

const char *server_last_request(const Server *server) {
        return server->last_request ? server->last_request : "";
}

const Buf *server_last_body(const Server *server) {
        return &server->last_body;
}

unsigned server_open(const Server *server) {
        return (unsigned)server->connections.n;
}
