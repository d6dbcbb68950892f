#include "daemon/api/internal.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const Problem problem_bad_request = {400, "bad-request", "Bad Request"};
const Problem problem_forbidden = {403, "forbidden", "Forbidden"};
const Problem problem_not_found = {404, "not-found", "Not Found"};
const Problem problem_method = {405, "method-not-allowed", "Method Not Allowed"};
const Problem problem_conflict = {409, "conflict", "Conflict"};
const Problem problem_too_large = {413, "too-large", "Content Too Large"};
const Problem problem_media = {415, "unsupported-media-type", "Unsupported Media Type"};
const Problem problem_config = {422, "configuration", "Unprocessable Content"};
const Problem problem_too_soon = {429, "too-soon", "Too Many Requests"};
const Problem problem_fault = {500, "fault", "Internal Server Error"};
const Problem problem_not_implemented = {501, "not-implemented", "Not Implemented"};
const Problem problem_unavailable = {503, "unavailable", "Service Unavailable"};

const Problem *problem_of_status(int status) {
        switch (status) {
        case 413:
                return &problem_too_large;
        case 405:
        case 501:
                return &problem_not_implemented;
        case 503:
                return &problem_unavailable;
        default:
                return status >= 500 ? &problem_fault : &problem_bad_request;
        }
}

char *problem_text(const Problem *problem, json_t *extra, const char *detail) {
        mon_auto_json *document = json_object();
        mon_auto_free char *type = mon_printf("urn:mond:problem:%s", problem->code);

        json_set(document, "type", json_text(type));
        json_set(document, "title", json_text(problem->title));
        json_set(document, "status", json_integer(problem->status));
        if (detail)
                json_set(document, "detail", json_text(detail));
        if (extra && json_object_update(document, extra) < 0)
                abort();
        json_decref(extra);
        mon_auto_free char *text = json_print(document);
        return mon_printf("%s\n", text);
}

void reply_header(Request *request, const char *name, const char *value) {
        if (request->http)
                (void)evhttp_add_header(evhttp_request_get_output_headers(request->http), name, value);
}

/* Ends the request: what evhttp holds of it is evhttp's from here on. */
static void send_text(Request *request, int status, const char *title, const char *type, const char *text) {
        struct evbuffer *body = NULL;

        if (request->http) {
                mon_auto_free char *length = mon_printf("%zu", strlen(text));
                reply_header(request, "Content-Type", type);
                reply_header(request, "Content-Length", length);
                reply_header(request, "Cache-Control", "no-store");
                if (!request->head)
                        body = evbuffer_new();
                if (body)
                        (void)evbuffer_add(body, text, strlen(text));
                conn_set_deadline(request->conn, API_REPLY_DEADLINE);
                evhttp_send_reply(request->http, status, title, body);
                if (body)
                        evbuffer_free(body);
                request->http = NULL;
        }
        if (request->conn == NULL)
                request_free(request);
}

void reply_json(Request *request, int status, json_t *document) {
        mon_auto_free char *text = json_print(document);
        mon_auto_free char *line = mon_printf("%s\n", text);

        json_decref(document);
        send_text(request, status, status == 200 ? "OK" : "", "application/json", line);
}

void reply_problem(Request *request, const Problem *problem, json_t *extra, const char *format, ...) {
        mon_auto_free char *detail = NULL;

        if (format) {
                va_list args;
                va_start(args, format);
                if (vasprintf(&detail, format, args) < 0)
                        abort();
                va_end(args);
        }
        mon_auto_free char *text = problem_text(problem, extra, detail);
        send_text(request, problem->status, problem->title, "application/problem+json", text);
}

static void on_drained(struct evhttp_connection *evcon, void *userdata);

static void send_piece(Request *request) {
        struct evbuffer *out = evbuffer_new();
        bool more = true;

        /* A piece may be empty, and evhttp takes an empty one for the end. */
        while (out && more && evbuffer_get_length(out) == 0)
                more = request->next_piece(request, out);
        conn_set_deadline(request->conn, API_REPLY_DEADLINE);
        if (out && evbuffer_get_length(out) > 0) {
                evhttp_send_reply_chunk_with_cb(request->http, out, on_drained, request);
                evbuffer_free(out);
                return;
        }
        if (out)
                evbuffer_free(out);
        struct evhttp_request *http = mon_steal(&request->http);
        evhttp_send_reply_end(http);
}

static void on_drained(struct evhttp_connection *evcon, void *userdata) {
        Request *request = userdata;

        (void)evcon;
        loop_touch(request->api->loop);
        if (request->http)
                send_piece(request);
}

void reply_pieces(Request *request, const char *content_type, bool (*next_piece)(Request *, struct evbuffer *)) {
        request->next_piece = next_piece;
        reply_header(request, "Content-Type", content_type);
        reply_header(request, "Cache-Control", "no-store");
        if (request->head) {
                struct evhttp_request *http = mon_steal(&request->http);
                conn_set_deadline(request->conn, API_REPLY_DEADLINE);
                evhttp_send_reply(http, 200, "OK", NULL);
                return;
        }
        evhttp_send_reply_start(request->http, 200, "OK");
        send_piece(request);
}
