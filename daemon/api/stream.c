#include "daemon/api/internal.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

static bool send_frame(Request *request, struct evbuffer *frame) {
        struct evbuffer *out = bufferevent_get_output(request->conn->bev);

        if (evbuffer_get_length(out) + evbuffer_get_length(frame) > API_STREAM_QUEUE_MAX)
                return false;
        evhttp_send_reply_chunk(request->http, frame);
        return true;
}

static void count_out(void *state) {
        Api *api = state;
        api->n_streams--;
}

void stream_open(Request *request) {
        Api *api = request->api;

        if (api->n_streams >= API_STREAMS_MAX) {
                reply_header(request, "Retry-After", "30");
                reply_problem(request, &problem_unavailable, NULL, "%d clients are following already", API_STREAMS_MAX);
                return;
        }
        reply_header(request, "Content-Type", "text/event-stream");
        reply_header(request, "Cache-Control", "no-store");
        if (request->head) {
                struct evhttp_request *http = mon_steal(&request->http);
                evhttp_send_reply(http, 200, "OK", NULL);
                return;
        }
        struct evbuffer *hello = evbuffer_new();
        if (!hello) {
                reply_problem(request, &problem_fault, NULL, NULL);
                return;
        }
        api->n_streams++;
        request->is_stream = true;
        request->state = api;
        request->free_state = count_out;
        conn_set_deadline(request->conn, NSEC_NEVER);
        bufferevent_setwatermark(request->conn->bev, EV_READ, 0, API_STREAM_INPUT_MAX);
        /* At once: evhttp notices a client leaving only once it has begun to answer. */
        evhttp_send_reply_start(request->http, 200, "OK");
        (void)evbuffer_add_printf(hello, ": mond\n\n");
        (void)send_frame(request, hello);
        evbuffer_free(hello);
}

void api_publish(Api *api, const char *type, const json_t *event) {
        mon_auto_free char *line = NULL;

        if (api->n_streams == 0)
                return;
        line = json_line(event);
        for (size_t i = api->requests.n; i-- > 0;) {
                Request *request = api->requests.items[i];
                if (!request->is_stream || !request->http)
                        continue;
                struct evbuffer *frame = evbuffer_new();
                if (!frame)
                        return;
                const char *id = json_get_text(event, "id", NULL);
                if (id)
                        (void)evbuffer_add_printf(frame, "id: %s\n", id);
                (void)evbuffer_add_printf(frame, "event: %s\ndata: %s\n\n", type, line);
                /* Whoever does not read is dropped, and finds what was missed in /v1/events. */
                if (!send_frame(request, frame))
                        conn_shut(request->conn);
                evbuffer_free(frame);
        }
        loop_touch(api->loop);
}
