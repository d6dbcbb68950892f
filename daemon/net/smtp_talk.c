#include "daemon/net/smtp_talk.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <stdio.h>

#define SMTP_COMMAND_ROOM 512 /* bytes of one (RFC 5321, section 4.5.3.1.4) */

void smtp_talk_init(SmtpTalk *talk, const SmtpRequest *request) {
        *talk = (SmtpTalk){
                .from = mon_strdup(request->from),
                .recipients = mon_new_array(char *, request->n_recipients),
                .n_recipients = request->n_recipients,
                .body = request->body,
                .body_len = request->body_len,
                .out = BUF_INIT(2 * request->body_len + SMTP_COMMAND_ROOM),
                .in = BUF_INIT(SMTP_REPLY_MAX),
        };
        for (size_t i = 0; i < request->n_recipients; i++)
                talk->recipients[i] = mon_strdup(request->recipients[i]);
}

void smtp_talk_fini(SmtpTalk *talk) {
        free(talk->from);
        for (size_t i = 0; i < talk->n_recipients; i++)
                free(talk->recipients[i]);
        free(talk->recipients);
        buf_fini(&talk->out);
        buf_fini(&talk->in);
        *talk = (SmtpTalk){0};
}

static int over(SmtpTalk *talk, int status, const char *text) {
        talk->status = status;
        (void)snprintf(talk->error, sizeof talk->error, "%.*s", SMTP_QUOTED_MAX, text);
        return SMTP_E_OVER;
}

static int next_recipient(SmtpTalk *talk) {
        talk->step = SMTP_STEP_RCPT;
        return buf_printf(&talk->out, "RCPT TO:<%s>\r\n", talk->recipients[talk->recipient]);
}

/* A line that begins with a dot gets one more (section 4.5.2). */
static int write_body(SmtpTalk *talk) {
        const char *at = talk->body, *end = at + talk->body_len;
        int r = 0;

        talk->step = SMTP_STEP_BODY;
        while (at < end && r == 0) {
                const char *newline = memchr(at, '\n', (size_t)(end - at));
                const char *next = newline ? newline + 1 : end;
                if (*at == '.')
                        r = buf_append_text(&talk->out, ".");
                if (r == 0)
                        r = buf_append(&talk->out, at, (size_t)(next - at));
                at = next;
        }
        bool has_end = talk->body_len == 0 || end[-1] == '\n';
        return r == 0 ? buf_append_text(&talk->out, has_end ? ".\r\n" : "\r\n.\r\n") : r;
}

/* Of refusals the one that may pass is the one that counts. */
static int nobody_taken(SmtpTalk *talk) {
        int status = talk->answer.replies[0];

        for (size_t i = 0; i < talk->n_recipients; i++)
                if (talk->answer.replies[i] / 100 == 4)
                        status = talk->answer.replies[i];
        return over(talk, status, talk->answer.refusal);
}

static int after_recipients(SmtpTalk *talk) {
        for (size_t i = 0; i < talk->n_recipients; i++)
                if (talk->answer.replies[i] / 100 == 2) {
                        talk->step = SMTP_STEP_DATA;
                        return buf_append_text(&talk->out, "DATA\r\n");
                }
        return nobody_taken(talk);
}

static int take_recipient(SmtpTalk *talk, int status, const char *text) {
        talk->answer.replies[talk->recipient] = status;
        if (status / 100 != 2)
                (void)snprintf(talk->answer.refusal, sizeof talk->answer.refusal, "%.*s", SMTP_QUOTED_MAX, text);
        return ++talk->recipient < talk->n_recipients ? next_recipient(talk) : after_recipients(talk);
}

static int take_reply(SmtpTalk *talk, int status, const char *text) {
        bool is_good = status / 100 == 2;

        if (status == 421) /* the server ends it, whatever it was asked (section 3.8) */
                return over(talk, status, text);
        switch (talk->step) {
        case SMTP_STEP_MAIL:
                return is_good ? next_recipient(talk) : over(talk, status, text);
        case SMTP_STEP_RCPT:
                return take_recipient(talk, status, text);
        case SMTP_STEP_DATA:
                return status == 354 ? write_body(talk) : over(talk, status, text);
        case SMTP_STEP_BODY:
                talk->answer.is_accepted = is_good;
                return over(talk, status, text);
        }
        return -EINVAL;
}

/* Three digits, and a space, a hyphen or the end behind them (section 4.2). 0: it is no such line. */
static int status_of(const char *line, size_t n) {
        if (n < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' || line[2] < '0' ||
            line[2] > '9' || (n > 3 && !strchr(" -\r", line[3])))
                return 0;
        return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* The last line, once it is whole. */
static int take_lines(SmtpTalk *talk) {
        const char *at = buf_text(&talk->in), *end = at + talk->in.len, *newline;

        while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
                size_t n = (size_t)(newline - at);
                int status = status_of(at, n);
                if (status == 0)
                        return over(talk, 0, "what answers there does not speak SMTP");
                if (n > 3 && at[3] == '-') {
                        at = newline + 1;
                        continue;
                }
                if (newline + 1 != end)
                        return over(talk, 0, "the server answers what was not asked");
                mon_auto_free char *text = mon_strndup(at, n > 0 && at[n - 1] == '\r' ? n - 1 : n);
                buf_clear(&talk->in);
                buf_clear(&talk->out);
                talk->n_sent = 0;
                return take_reply(talk, status, text);
        }
        return 0;
}

int smtp_talk_begin(SmtpTalk *talk) {
        talk->step = SMTP_STEP_MAIL;
        return buf_printf(&talk->out, "MAIL FROM:<%s>\r\n", talk->from) == 0 ? 0 : -EMSGSIZE;
}

int smtp_talk_take(SmtpTalk *talk, const char *data, size_t n) {
        if (buf_append(&talk->in, data, n) != 0)
                return over(talk, 0, "the server says more than anybody reads");
        int r = take_lines(talk);
        return r == 0 || r == SMTP_E_OVER ? r : over(talk, 0, "the mail is too long to be sent");
}
