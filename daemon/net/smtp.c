#include "daemon/net/smtp.h"

#include "daemon/base/digest.h"
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/pool.h"
#include "daemon/net/smtp_talk.h"
#include "daemon/net/url.h"

#include <curl/curl.h>
#include <stdio.h>

#define SMTP_PIECE_BYTES 4096
#define SMTP_SECRET_SHORT 4 /* bytes: what is shorter would be found by chance */

struct Smtp {
        Poster *poster;
        FetchPool *pool;
        Resolution *resolution; /* until the name is known */
        CURL *easy;             /* from then on */
        struct curl_slist *pinned;
        Url url;
        char *place; /* the URL as curl takes it */
        bool is_plain;
        char *username, *password;
        char *secrets[3]; /* what no error may quote */
        SmtpTalk talk;
        LoopIo *io; /* once curl has handed over */
        Timer deadline;
        Buf said; /* the latest lines of the server while curl speaks */
        size_t n_said;
        char curl_error[CURL_ERROR_SIZE];
        int local_errno;
        SmtpDoneFn *done;
        void *userdata;
};

static Loop *loop_of(const Smtp *smtp) {
        return poster_loop(smtp->poster);
}

static void forget(char *secret) {
        if (secret)
                explicit_bzero(secret, strlen(secret));
        free(secret);
}

/* --- the end ---------------------------------------------------------------------------------------------------- */

static void smtp_free(Smtp *smtp) {
        Poster *poster = smtp->poster;

        resolution_cancel(smtp->resolution);
        loop_disarm(loop_of(smtp), &smtp->deadline);
        loop_io_free(smtp->io);
        if (smtp->easy) {
                fetch_pool_remove(smtp->pool, smtp->easy);
                curl_easy_cleanup(smtp->easy);
        }
        curl_slist_free_all(smtp->pinned);
        url_fini(&smtp->url);
        free(smtp->place);
        forget(smtp->username);
        forget(smtp->password);
        for (size_t i = 0; i < mon_count_of(smtp->secrets); i++)
                forget(smtp->secrets[i]);
        smtp_talk_fini(&smtp->talk);
        buf_fini(&smtp->said);
        loop_end_work(poster_loop(poster));
        free(smtp);
}

static bool gives_away(const Smtp *smtp, const char *text) {
        for (size_t i = 0; i < mon_count_of(smtp->secrets); i++)
                if (smtp->secrets[i] && strlen(smtp->secrets[i]) >= SMTP_SECRET_SHORT && strstr(text, smtp->secrets[i]))
                        return true;
        return false;
}

static void clean(const Smtp *smtp, char *text) {
        if (gives_away(smtp, text))
                (void)snprintf(text, SMTP_ERROR_MAX, "the server quotes the password: its words are left out");
        text_clean(text);
}

static void smtp_finish(Smtp *smtp, int status, const char *text) {
        SmtpAnswer answer = smtp->talk.answer;
        SmtpDoneFn *done = smtp->done;
        void *userdata = smtp->userdata;

        answer.status = status;
        (void)snprintf(answer.error, sizeof answer.error, "%s", answer.is_accepted ? "" : text);
        clean(smtp, answer.error);
        clean(smtp, answer.refusal);
        smtp_free(smtp);
        done(&answer, userdata);
}

static void on_deadline(void *userdata) {
        smtp_finish(userdata, 0, "no answer before the deadline");
}

/* --- once curl has handed over ---------------------------------------------------------------------------------- */

/* True: there may be more to do at once; false: the loop is waited for, or it is over and the Smtp freed. */
static bool write_some(Smtp *smtp) {
        SmtpTalk *talk = &smtp->talk;
        size_t n = 0;

        CURLcode code = curl_easy_send(smtp->easy, talk->out.data + talk->n_sent, talk->out.len - talk->n_sent, &n);
        if (code == CURLE_AGAIN)
                return false;
        if (code != CURLE_OK) {
                smtp_finish(smtp, 0, "the connection was closed before the mail was handed over");
                return false;
        }
        talk->n_sent += n;
        return true;
}

static bool read_some(Smtp *smtp) {
        char piece[SMTP_PIECE_BYTES];
        size_t n = 0;

        CURLcode code = curl_easy_recv(smtp->easy, piece, sizeof piece, &n);
        if (code == CURLE_AGAIN)
                return false;
        if (code != CURLE_OK || n == 0) {
                smtp_finish(smtp, 0, "the connection was closed without an answer");
                return false;
        }
        if (smtp_talk_take(&smtp->talk, piece, n) == 0)
                return true;
        /* It is over. The farewell is a courtesy that nobody waits for. */
        const SmtpTalk *talk = &smtp->talk;
        mon_auto_free char *text = mon_strdup(talk->error);
        if (talk->status != 0)
                (void)curl_easy_send(smtp->easy, "QUIT\r\n", strlen("QUIT\r\n"), &n);
        smtp_finish(smtp, talk->status, text);
        return false;
}

static void on_io(int fd, unsigned ready, void *userdata) {
        Smtp *smtp = userdata;
        const SmtpTalk *talk = &smtp->talk;

        (void)fd;
        (void)ready;
        for (;;) {
                bool writes = talk->n_sent < talk->out.len;
                if (writes ? !write_some(smtp) : !read_some(smtp))
                        return;
                bool still = talk->n_sent < talk->out.len;
                if (still != writes && loop_io_set(smtp->io, still ? LOOP_READ | LOOP_WRITE : LOOP_READ) < 0) {
                        smtp_finish(smtp, 0, "the connection cannot be watched");
                        return;
                }
        }
}

static void converse(Smtp *smtp) {
        curl_socket_t fd = CURL_SOCKET_BAD;

        (void)curl_easy_getinfo(smtp->easy, CURLINFO_ACTIVESOCKET, &fd);
        if (fd == CURL_SOCKET_BAD)
                smtp_finish(smtp, 0, "the connection was closed");
        else if (smtp_talk_begin(&smtp->talk) < 0 ||
                 loop_io_new(loop_of(smtp), fd, LOOP_READ | LOOP_WRITE, on_io, smtp, &smtp->io) < 0)
                smtp_finish(smtp, 0, "the connection cannot be watched");
}

/* --- as long as curl speaks ------------------------------------------------------------------------------------- */

static const char *transport_text(Smtp *smtp, CURLcode code) {
        long error = smtp->local_errno;

        switch (code) {
        case CURLE_USE_SSL_FAILED:
                return "the server offers no TLS (STARTTLS), and nothing is sent without";
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
                return smtp->curl_error[0] != '\0' ? smtp->curl_error : curl_easy_strerror(code);
        case CURLE_COULDNT_CONNECT:
                if (error == 0)
                        (void)curl_easy_getinfo(smtp->easy, CURLINFO_OS_ERRNO, &error);
                return error != 0 ? mon_strerror(-(int)error) : "no connection";
        case CURLE_WRITE_ERROR:
                return "the server says more than anybody reads";
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_GOT_NOTHING:
                return "the connection was closed without an answer";
        case CURLE_WEIRD_SERVER_REPLY:
                return "what answers there is no mail server";
        default:
                return curl_easy_strerror(code);
        }
}

/* A refusal by the server has its number; what it said then is the last that came. */
static bool is_refusal(CURLcode code, long status) {
        return status >= 400 && status <= 599 &&
               (code == CURLE_LOGIN_DENIED || code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_WEIRD_SERVER_REPLY ||
                code == CURLE_RECV_ERROR || code == CURLE_AUTH_ERROR);
}

void smtp_on_ended(void *easy, int code) {
        Smtp *smtp = NULL;
        long status = 0;
        char text[SMTP_ERROR_MAX];

        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &smtp);
        (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (code == CURLE_OK) {
                converse(smtp);
                return;
        }
        bool refused = is_refusal(code, status);
        if (refused)
                (void)snprintf(text, sizeof text, "%s%.*s", code == CURLE_LOGIN_DENIED ? "login: " : "",
                               SMTP_QUOTED_MAX, buf_text(&smtp->said));
        else
                (void)snprintf(text, sizeof text, "%.*s", SMTP_QUOTED_MAX, transport_text(smtp, code));
        smtp_finish(smtp, refused ? (int)status : 0, text);
}

/* A line of the server's; the last one is kept. */
static size_t on_line(char *data, size_t size, size_t n, void *userdata) {
        Smtp *smtp = userdata;

        n *= size;
        smtp->n_said += n;
        if (smtp->n_said > SMTP_REPLIES_MAX)
                return 0;
        buf_clear(&smtp->said);
        (void)!buf_append(&smtp->said, data, n < SMTP_QUOTED_MAX ? n : SMTP_QUOTED_MAX);
        return n;
}

static void set_options(CURL *easy, Smtp *smtp) {
        fetch_pool_settle(smtp->pool, easy, smtp->pinned, &smtp->local_errno);
        (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
        (void)curl_easy_setopt(easy, CURLOPT_URL, smtp->place);
        (void)curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)(smtp->is_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
        (void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        if (smtp->username) {
                (void)curl_easy_setopt(easy, CURLOPT_USERNAME, smtp->username);
                (void)curl_easy_setopt(easy, CURLOPT_PASSWORD, smtp->password ? smtp->password : "");
        }
        (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, smtp);
        (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, smtp->curl_error);
        (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
        (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, smtp);
}

static int connect_to(Smtp *smtp, const char *address) {
        mon_auto_free char *pin = fetch_pool_pin(smtp->url.host, smtp->url.port, address);

        if (pin && !(smtp->pinned = curl_slist_append(NULL, pin)))
                return -ENOMEM;
        CURL *easy = curl_easy_init();
        if (!easy)
                return -ENOMEM;
        set_options(easy, smtp);
        int r = fetch_pool_add(smtp->pool, easy);
        if (r < 0) {
                curl_easy_cleanup(easy);
                return r;
        }
        smtp->easy = easy;
        return 0;
}

static void on_resolved(const Resolved *resolved, void *userdata) {
        Smtp *smtp = userdata;

        smtp->resolution = NULL;
        if (resolved->result != 0) {
                smtp_finish(smtp, 0, resolve_text(resolved->result));
                return;
        }
        int r = connect_to(smtp, resolved->addresses[0].text);
        if (r < 0)
                smtp_finish(smtp, 0, mon_strerror(r));
}

/* --- the beginning ---------------------------------------------------------------------------------------------- */

bool smtp_is_address(const char *text) {
        const char *at = strrchr(text, '@');

        if (!at || at == text || at[1] == '\0' || strlen(text) > SMTP_ADDRESS_MAX || text[0] == '-')
                return false;
        for (const char *c = text; *c; c++)
                if (*c <= 0x20 || *c >= 0x7f || strchr("<>()[]\\,;:\"", *c) || (*c == '@' && c != at))
                        return false;
        return true;
}

bool smtp_is_plain(const char *url) {
        url_auto Url parsed = {0};

        return url_parse(url, &parsed) == URL_E_SCHEME && text_is(parsed.scheme, "smtp") &&
               net_host_is_local(parsed.host);
}

static int take_place(Smtp *smtp, const char *url) {
        if (url_parse(url, &smtp->url) != URL_E_SCHEME || !smtp->url.host || smtp->url.host[0] == '\0' ||
            (!text_is(smtp->url.scheme, "smtp") && !text_is(smtp->url.scheme, "smtps")))
                return -EINVAL;
        if (smtp->url.port == 0)
                return -EINVAL;
        bool is_6 = strchr(smtp->url.host, ':') != NULL;
        smtp->place = mon_printf("%s://%s%s%s:%d", smtp->url.scheme, is_6 ? "[" : "", smtp->url.host, is_6 ? "]" : "",
                                 smtp->url.port);
        smtp->is_plain = smtp_is_plain(url);
        return 0;
}

/* The password as it is, and as it goes over the line (AUTH LOGIN, PLAIN). */
static void take_credentials(Smtp *smtp, const SmtpRequest *request) {
        if (!request->username)
                return;
        const char *password = request->password ? request->password : "";
        size_t user_len = strlen(request->username), password_len = strlen(password);
        size_t n = user_len + password_len + 2;
        mon_auto_free char *plain = mon_calloc(n + 1, 1);

        smtp->username = mon_strdup(request->username);
        smtp->password = mon_strdup(password);
        memcpy(plain + 1, request->username, user_len);
        memcpy(plain + 2 + user_len, password, password_len);
        smtp->secrets[0] = mon_strdup(password);
        smtp->secrets[1] = base64_encode(password, password_len);
        smtp->secrets[2] = base64_encode(plain, n);
        explicit_bzero(plain, n);
}

static int check(const SmtpRequest *request) {
        if (request->n_recipients == 0 || request->n_recipients > SMTP_RECIPIENTS_MAX ||
            !smtp_is_address(request->from))
                return -EINVAL;
        for (size_t i = 0; i < request->n_recipients; i++)
                if (!smtp_is_address(request->recipients[i]))
                        return -EINVAL;
        return 0;
}

int smtp_start(Poster *poster, const SmtpRequest *request, SmtpDoneFn *done, void *userdata, Smtp **ret_smtp) {
        int r = check(request);
        if (r < 0)
                return r;
        mon_cleanup(smtp_cancel_p) Smtp *smtp = mon_new(Smtp);
        *smtp = (Smtp){.poster = poster, .said = BUF_INIT(SMTP_QUOTED_MAX), .done = done, .userdata = userdata};
        smtp->deadline = (Timer){.fn = on_deadline, .userdata = smtp};
        loop_begin_work(poster_loop(poster));
        smtp_talk_init(&smtp->talk, request);
        take_credentials(smtp, request);
        r = take_place(smtp, request->url);
        if (r == 0)
                r = fetch_pools_get(poster_mail_pools(poster), request->ca_file, &smtp->pool);
        if (r == 0)
                r = resolver_ask(poster_resolver(poster), smtp->url.host, IP_ANY, on_resolved, smtp, &smtp->resolution);
        if (r < 0)
                return r;
        loop_arm_after(poster_loop(poster), &smtp->deadline, request->timeout);
        *ret_smtp = mon_steal(&smtp);
        return 0;
}

void smtp_cancel(Smtp *smtp) {
        if (smtp)
                smtp_free(smtp);
}
