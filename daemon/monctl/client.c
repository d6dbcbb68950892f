#include "daemon/monctl/client.h"

#include "daemon/base/text.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CLIENT_PROGRESS_AFTER (2 * NSEC_PER_SEC)

static void cleanup_curl(CURL **curl) {
        curl_easy_cleanup(*curl);
}

static void cleanup_headers(struct curl_slist **headers) {
        curl_slist_free_all(*headers);
}

void client_answer_fini(ClientAnswer *answer) {
        buf_fini(&answer->body);
}

typedef struct Transfer {
        const Monctl *ctl;
        const ClientRequest *request;
        CURL *curl;
        ClientAnswer *answer;
        Nsec began_at_boot;
        bool too_large, shows_progress;
} Transfer;

static size_t on_body(char *bytes, size_t size, size_t n, void *userdata) {
        Transfer *transfer = userdata;

        (void)curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &transfer->answer->status);
        if (transfer->request->sink && transfer->answer->status == 200)
                return transfer->request->sink(transfer->request->sink_userdata, bytes, size * n) ? size * n : 0;
        transfer->too_large = buf_append(&transfer->answer->body, bytes, size * n) != 0;
        return transfer->too_large ? 0 : size * n;
}

/* libcurl calls this about once a second. */
static int on_progress(void *userdata, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
        Transfer *transfer = userdata;
        Nsec gone = clock_at_boot(transfer->ctl->clock) - transfer->began_at_boot;

        (void)a, (void)b, (void)c, (void)d;
        if (!transfer->ctl->progress || gone < CLIENT_PROGRESS_AFTER)
                return 0;
        mon_auto_free char *seconds = mon_printf("%" PRId64, gone / NSEC_PER_SEC);
        mon_auto_free char *line = phrase_fill(transfer->request->progress, transfer->ctl->language, seconds);
        (void)fprintf(stderr, "\r%s\x1b[K", line);
        transfer->shows_progress = true;
        return 0;
}

static const char *socket_of(const Monctl *ctl) {
        return ctl->options.socket ? ctl->options.socket : MONCTL_SOCKET;
}

static int tell_failure(const Transfer *transfer, CURLcode code) {
        const Monctl *ctl = transfer->ctl;
        long number = 0;

        if (transfer->too_large)
                return tell_phrase(ctl, EXIT_DATA, PHRASE_BAD_ANSWER, "> 32 MiB");
        (void)curl_easy_getinfo(transfer->curl, CURLINFO_OS_ERRNO, &number);
        const char *why =
                code == CURLE_COULDNT_CONNECT && number ? mon_strerror((int)number) : curl_easy_strerror(code);
        if (code == CURLE_COULDNT_CONNECT && (number == EACCES || number == EPERM))
                return tell_phrase(ctl, EXIT_REFUSED, PHRASE_UNREACHABLE, socket_of(ctl), why);
        (void)tell_phrase(ctl, EXIT_UNREACHABLE, PHRASE_UNREACHABLE, socket_of(ctl), why);
        if (code == CURLE_COULDNT_CONNECT)
                (void)fprintf(stderr, "%s\n", say(ctl, PHRASE_IS_IT_RUNNING));
        return EXIT_UNREACHABLE;
}

static void set_up(Transfer *transfer, const char *url, struct curl_slist *headers) {
        const ClientRequest *request = transfer->request;
        CURL *curl = transfer->curl;
        long timeout = request->sink ? 0L : request->wait_msec ? request->wait_msec : CLIENT_TIMEOUT_MSEC;

        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket_of(transfer->ctl));
        curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CLIENT_CONNECT_MSEC);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
        if (request->sink && !request->may_be_silent) {
                curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
                curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, CLIENT_SILENCE_SEC);
        }
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
        if (request->wait_msec) {
                curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
                curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
                curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
        }
        if (request->post)
                curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->post);
}

int client_ask(const Monctl *ctl, const ClientRequest *request, ClientAnswer *ret_answer) {
        mon_cleanup(cleanup_curl) CURL *curl = NULL;
        mon_cleanup(cleanup_headers) struct curl_slist *headers = NULL;
        ClientAnswer answer = {.body = BUF_INIT(CLIENT_ANSWER_MAX)};
        Transfer transfer = {ctl, request, NULL, &answer, clock_at_boot(ctl->clock), false, false};
        mon_auto_free char *url = mon_printf("http://mond%s", request->path);

        if (strlen(socket_of(ctl)) > CLIENT_SOCKET_PATH_MAX)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_SOCKET_TOO_LONG, socket_of(ctl));
        curl = curl_easy_init();
        headers = curl_slist_append(NULL, "Content-Type: application/json");
        if (!curl || !headers)
                return tell(ctl, EXIT_UNREACHABLE, mon_strerror(ENOMEM));
        transfer.curl = curl;
        set_up(&transfer, url, headers);
        CURLcode code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
        if (transfer.shows_progress)
                (void)fprintf(stderr, "\r\x1b[K");
        if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && request->sink && !transfer.too_large)) {
                client_answer_fini(&answer);
                return tell_failure(&transfer, code);
        }
        *ret_answer = answer;
        return EXIT_DONE;
}

static json_t *parse(const Buf *bytes, char **ret_why) {
        json_error_t error;
        json_t *document = json_loadb(buf_text(bytes), bytes->len, 0, &error);

        if (!document)
                *ret_why = text_clean_copy(error.text, CLIENT_LINE_MAX);
        return document;
}

static int tell_config_mistakes(const Monctl *ctl, const json_t *errors) {
        size_t i;
        json_t *line;

        (void)fprintf(stderr, "%s\n", say(ctl, PHRASE_NOT_RELOADED));
        json_array_foreach (errors, i, line) {
                mon_auto_free char *clean = text_clean_copy(json_string_value(line), CLIENT_LINE_MAX);
                (void)fprintf(stderr, "%s\n", clean ? clean : "");
        }
        return EXIT_DATA;
}

static int tell_unknown(const Monctl *ctl, Phrase phrase, const char *id, const char *near) {
        mon_auto_free char *first = phrase_fill(phrase, ctl->language, id);
        mon_auto_free char *second = near ? phrase_fill(PHRASE_DID_YOU_MEAN, ctl->language, near) : mon_strdup("");
        mon_auto_free char *message = mon_printf("%s%s", first, second);

        return tell(ctl, EXIT_USAGE, message);
}

int tell_unknown_target(const Monctl *ctl, const char *target, const char *near) {
        return tell_unknown(ctl, PHRASE_UNKNOWN_TARGET, target, near);
}

int tell_unknown_path(const Monctl *ctl, const char *path, const char *near) {
        return tell_unknown(ctl, PHRASE_UNKNOWN_PATH, path, near);
}

int client_tell_problem(const Monctl *ctl, const ClientAnswer *answer) {
        mon_auto_free char *why = NULL;
        mon_auto_json *problem = parse(&answer->body, &why);

        if (!json_is_object(problem))
                return tell_phrase(ctl, EXIT_UNREACHABLE, PHRASE_BAD_ANSWER, why ? why : "");
        const char *detail = json_get_text(problem, "detail", json_get_text(problem, "title", "?"));
        const char *target = json_get_text(problem, "target", NULL);
        const json_t *errors = json_object_get(problem, "errors");
        switch (answer->status) {
        case 403:
                return tell(ctl, EXIT_REFUSED, say(ctl, PHRASE_REFUSED));
        case 400:
        case 404:
        case 409:
        case 413:
                if (target)
                        return tell_unknown_target(ctl, target, json_get_text(problem, "did_you_mean", NULL));
                if (json_get_text(problem, "path", NULL))
                        return tell_unknown_path(ctl, json_get_text(problem, "path", NULL),
                                                 json_get_text(problem, "did_you_mean", NULL));
                if (json_get_text(problem, "notifier", NULL))
                        return tell_unknown(ctl, PHRASE_UNKNOWN_NOTIFIER, json_get_text(problem, "notifier", NULL),
                                            json_get_text(problem, "did_you_mean", NULL));
                if (json_get_text(problem, "subject", NULL))
                        return tell_unknown(ctl, PHRASE_UNKNOWN_SUBJECT, json_get_text(problem, "subject", NULL),
                                            json_get_text(problem, "did_you_mean", NULL));
                if (json_get_int(problem, "incident", 0)) {
                        mon_auto_free char *id = mon_printf("%" PRId64, json_get_int(problem, "incident", 0));
                        return tell_phrase(ctl, EXIT_USAGE, PHRASE_UNKNOWN_INCIDENT, id);
                }
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_SAYS, detail);
        case 422:
                if (json_array_size(errors) > 0)
                        return tell_config_mistakes(ctl, errors);
                return tell_phrase(ctl, EXIT_DATA, PHRASE_SAYS, detail);
        default:
                return tell_phrase(ctl, EXIT_UNREACHABLE, PHRASE_SAYS, detail);
        }
}

int client_document(const Monctl *ctl, const ClientRequest *request, json_t **ret_document) {
        mon_cleanup(client_answer_fini) ClientAnswer answer = {0};
        mon_auto_free char *why = NULL;

        int r = client_ask(ctl, request, &answer);
        if (r != EXIT_DONE)
                return r;
        if (answer.status != 200)
                return client_tell_problem(ctl, &answer);
        json_t *document = parse(&answer.body, &why);
        if (!document)
                return tell_phrase(ctl, EXIT_DATA, PHRASE_BAD_ANSWER, why);
        *ret_document = document;
        return EXIT_DONE;
}

char *client_escape(const char *text) {
        char *escaped = curl_easy_escape(NULL, text, (int)strlen(text));
        char *copy = mon_strdup(escaped ? escaped : "");

        curl_free(escaped);
        return copy;
}

bool client_parse_date(const char *text, Nsec *ret_at_real) {
        time_t at = curl_getdate(text, NULL);

        if (at < 0)
                return false;
        *ret_at_real = (Nsec)at * NSEC_PER_SEC;
        return true;
}
