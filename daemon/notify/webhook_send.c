#include "daemon/notify/webhook.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <inttypes.h>
#include <stdio.h>

#define WEBHOOK_HEADERS_OWN 7  /* besides those of the configuration */
#define WEBHOOK_SECRET_SHORT 6 /* bytes: what is shorter would be found by chance */

struct Send {
        const WebhookSpec *spec;
        Post *post;
        SentFn *sent;
        void *userdata;
};

/* --- judging ---------------------------------------------------------------------------------------------------- */

static bool holds(const char *text, const char *secret) {
        return secret && strlen(secret) >= WEBHOOK_SECRET_SHORT && strstr(text, secret);
}

/* Whether an answer shows what was sent to it in confidence: the address of many hooks is their secret. */
static bool gives_away(const WebhookSpec *spec, const char *text) {
        const char *host = strstr(spec->url, "://");
        const char *path = host ? strchr(host + 3, '/') : NULL;

        if (holds(text, spec->token) || (path && holds(text, path + 1)))
                return true;
        for (size_t i = 0; i < spec->secrets.n; i++)
                if (holds(text, spec->secrets.items[i].text))
                        return true;
        for (size_t i = 0; i < spec->headers.n; i++) {
                const char *colon = strchr(spec->headers.items[i].text, ':');
                if (colon && holds(text, colon + 1 + strspn(colon + 1, " ")))
                        return true;
        }
        return false;
}

/* What a receiver says of its refusal, where that is a few words and no page: "invalid_payload". */
static char *excerpt_of(const WebhookSpec *spec, const PostAnswer *answer) {
        const char *text = buf_text(&answer->body);

        if (answer->body.len == 0 || answer->body.len > WEBHOOK_EXCERPT_MAX || text[0] == '<' || gives_away(spec, text))
                return mon_strdup("");
        mon_auto_free char *clean = mon_strndup(text, answer->body.len);
        text_clean(clean);
        return mon_printf(": %s", clean);
}

static SendResult result_of(int status) {
        if (status >= 200 && status <= 299)
                return SEND_DELIVERED;
        if (status == 410)
                return SEND_GONE;
        if (status >= 300 && status <= 399)
                return SEND_FAILED;
        if (status >= 400 && status <= 499 && status != 408 && status != 425 && status != 429)
                return SEND_FAILED;
        return SEND_AGAIN;
}

void webhook_judge(const WebhookSpec *spec, const PostAnswer *answer, SendOutcome *ret_outcome) {
        int status = answer->http_status;
        SendOutcome outcome = {.result = SEND_AGAIN, .status = status, .retry_after = NSEC_UNKNOWN};

        if (answer->failure != FETCH_DONE) {
                (void)snprintf(outcome.error, sizeof outcome.error, "%s", answer->error);
                *ret_outcome = outcome;
                return;
        }
        outcome.result = result_of(status);
        if ((status == 429 || status == 503) && answer->retry_after != NSEC_UNKNOWN)
                outcome.retry_after =
                        answer->retry_after < WEBHOOK_RETRY_AFTER_MAX ? answer->retry_after : WEBHOOK_RETRY_AFTER_MAX;
        mon_auto_free char *excerpt = excerpt_of(spec, answer);
        if (outcome.result == SEND_GONE)
                (void)snprintf(outcome.error, sizeof outcome.error, "HTTP 410: the receiver wants no more of it");
        else if (status >= 300 && status <= 399)
                (void)snprintf(outcome.error, sizeof outcome.error,
                               "HTTP %d: redirects are not followed; give the address that this one leads to", status);
        else if (outcome.result != SEND_DELIVERED)
                (void)snprintf(outcome.error, sizeof outcome.error, "HTTP %d%s", status, excerpt);
        *ret_outcome = outcome;
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

static void send_free(Send *send) {
        post_cancel(send->post);
        free(send);
}

static void on_answer(const PostAnswer *answer, void *userdata) {
        Send *send = userdata;
        SentFn *sent = send->sent;
        void *whose = send->userdata;
        SendOutcome outcome;

        send->post = NULL;
        webhook_judge(send->spec, answer, &outcome);
        send_free(send);
        sent(&outcome, whose);
}

static void take(List *headers, char *header) {
        list_add(headers, header);
}

static void make_headers(const WebhookSpec *spec, const Sending *sending, List *headers) {
        int64_t seconds = sending->now_at_real / NSEC_PER_SEC;
        char first[TEXT_TIME_MAX];

        text_time(sending->first_attempt_at_real, first);
        take(headers, mon_printf("webhook-id: %s", sending->event_id));
        take(headers, mon_printf("webhook-timestamp: %" PRId64, seconds));
        take(headers, mon_printf("mond-attempt: %d", sending->attempt));
        take(headers, mon_printf("mond-first-attempt: %s", first));
        if (!text_list_has_header(&spec->headers, "Content-Type"))
                take(headers, mon_strdup("Content-Type: application/json"));
        if (spec->token)
                take(headers, mon_printf("Authorization: Bearer %s", spec->token));
        if (spec->n_keys > 0) {
                mon_auto_free char *signature = signature_make(spec->keys, spec->n_keys, sending->event_id, seconds,
                                                               sending->body, sending->body_len);
                take(headers, mon_printf("webhook-signature: %s", signature));
        }
        for (size_t i = 0; i < spec->headers.n; i++)
                take(headers, mon_strdup(spec->headers.items[i].text));
}

static void forget_headers(List *headers) {
        list_each (char, header, headers) {
                explicit_bzero(header, strlen(header));
                free(header);
        }
        list_fini(headers);
}

int webhook_send(const NotifyServices *services, const WebhookSpec *spec, const Sending *sending, SentFn *sent,
                 void *userdata, Send **ret_send) {
        mon_cleanup(forget_headers) List headers = {0};
        bool is_matrix = spec->format == FORMAT_MATRIX;
        mon_auto_free char *url =
                is_matrix ? mon_printf("%s/%s", spec->address, sending->event_id) : mon_strdup(spec->address);

        make_headers(spec, sending, &headers);
        const PostRequest request = {
                .url = url,
                .method = is_matrix ? POST_METHOD_PUT : (PostMethod)spec->method,
                .user_agent = services->user_agent,
                .headers = (const char *const *)headers.items,
                .n_headers = headers.n,
                .body = sending->body,
                .body_len = sending->body_len,
                .ca_file = spec->ca_file ? spec->ca_file : services->ca_file,
                .proxy = spec->proxy,
                .answer_max = NOTIFIER_ANSWER_MAX,
                .timeout = spec->timeout,
        };
        Send *send = mon_new(Send);
        *send = (Send){.spec = spec, .sent = sent, .userdata = userdata};
        int r = post_start(services->poster, &request, on_answer, send, &send->post);
        if (r < 0) {
                free(send);
                return r;
        }
        *ret_send = send;
        return 0;
}

void webhook_cancel(Send *send) {
        if (send)
                send_free(send);
}
