/* The part of SMTP (RFC 5321) that hands a mail over, once the server knows who speaks: MAIL, a RCPT for each, DATA and
 * the mail. Pure: what goes out is in `out`, what came in is given to smtp_talk_take(). */
#pragma once

#include "daemon/net/smtp.h"

typedef enum SmtpStep {
        SMTP_STEP_MAIL,
        SMTP_STEP_RCPT,
        SMTP_STEP_DATA,
        SMTP_STEP_BODY,
} SmtpStep;

typedef struct SmtpTalk {
        char *from;
        char **recipients;
        size_t n_recipients, recipient;
        const void *body; /* the caller's */
        size_t body_len;
        SmtpStep step;
        Buf out; /* to be sent, from n_sent on; nothing is taken before it is */
        size_t n_sent;
        Buf in;
        SmtpAnswer answer; /* is_accepted, replies and refusal are filled as they come */
        int status;        /* once over */
        char error[SMTP_ERROR_MAX];
} SmtpTalk;

enum { SMTP_E_OVER = 1 };

void smtp_talk_init(SmtpTalk *talk, const SmtpRequest *request); /* copies the addresses */
void smtp_talk_fini(SmtpTalk *talk);
mon_must_check int smtp_talk_begin(SmtpTalk *talk);
/* What the server said. SMTP_E_OVER: `status` and `error` say how; status 0: it does not speak SMTP. */
mon_must_check int smtp_talk_take(SmtpTalk *talk, const char *data, size_t n);
