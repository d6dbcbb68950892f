/* E-mail: an event as a letter in the configuration's language, text and simple HTML, handed to a mail server. */
#pragma once

#include "daemon/net/smtp.h"
#include "daemon/notify/driver.h"
#include "daemon/notify/mime.h"

#define EMAIL_TIMEOUT_MIN (1 * NSEC_PER_SEC)
#define EMAIL_TIMEOUT_MAX (300 * NSEC_PER_SEC)
#define EMAIL_SERVED_MAX 64 /* mails of which it is remembered who has them already */

/* A mail that some of its recipients have, or will never have, while others could not take it yet. */
typedef struct EmailServed {
        char event_id[EVENT_ID_MAX]; /* "": the place is free */
        bool has[SMTP_RECIPIENTS_MAX], never[SMTP_RECIPIENTS_MAX];
} EmailServed;

typedef struct EmailSpec {
        char *server;
        char *from;
        TextList to;
        char *username, *password;
        char *ca_file;
        Nsec timeout;
        /* made by prepare() */
        MimeAddress sender, recipients[SMTP_RECIPIENTS_MAX];
        size_t n_recipients;
        EmailServed served[EMAIL_SERVED_MAX];
        size_t next_served;
} EmailSpec;

extern const NotifierDriver notifier_email;

/* The message, whole: `now_at_real` is its date. Pure but for the time zone. -EMSGSIZE when it does not fit. */
mon_must_check int email_write(const NotifyServices *services, const Notifier *notifier, const Letter *letter,
                               Nsec now_at_real, Buf *body);

mon_must_check int email_send(const NotifyServices *services, const Notifier *notifier, const Sending *sending,
                              SentFn *sent, void *userdata, Send **ret_send);
void email_cancel(Send *send);
