/* One mail handed to a mail server (RFC 5321), on the loop. curl makes the connection, TLS, EHLO and AUTH; what follows
 * is spoken here, since curl (7.88) waits for the answers to the mail itself and to QUIT with the whole program.
 *
 * The name is resolved first and one address pinned, as for post.h. TLS is always verified. To a server that is not
 * this machine nothing is said without TLS: smtps:// begins with it, smtp:// goes over to it (STARTTLS) or ends. To
 * this machine smtp:// is plain. A user name and a password thus go over TLS, or do not leave the machine. */
#pragma once

#include "daemon/net/post.h"

#define SMTP_RECIPIENTS_MAX 50
#define SMTP_ADDRESS_MAX 254 /* bytes of one (RFC 5321, section 4.5.3.1.3, less its brackets) */
#define SMTP_ERROR_MAX 200
#define SMTP_REPLIES_MAX (64U << 10) /* bytes that the server may say about one mail */
#define SMTP_REPLY_MAX (8U << 10)    /* and at once, after the greeting and EHLO */
#define SMTP_QUOTED_MAX 150          /* bytes of a reply that are quoted */

typedef struct Smtp Smtp;

typedef struct SmtpRequest {
        const char *url;  /* smtp://HOST[:25], smtps://HOST[:465] */
        const char *from; /* bare addresses, of printable ASCII without spaces and angle brackets */
        const char *const *recipients;
        size_t n_recipients;
        const char *username, *password; /* NULL: none */
        const void *body;                /* the whole message, lines ended by CRLF; lives until the end, or cancelled */
        size_t body_len;
        const char *ca_file; /* NULL: the system's bundle */
        Nsec timeout;        /* from now to the last answer */
} SmtpRequest;

typedef struct SmtpAnswer {
        bool is_accepted;                 /* the server took the mail, for each recipient whose reply is 2xx */
        int status;                       /* the reply that decided; 0: none did, the connection or TLS failed */
        char error[SMTP_ERROR_MAX];       /* a sentence for people, clean, without credentials; "" when accepted */
        int replies[SMTP_RECIPIENTS_MAX]; /* to each recipient, in the order of the request; 0: it was not asked */
        char refusal[SMTP_ERROR_MAX];     /* what the server said to the last recipient that it did not take; "" */
} SmtpAnswer;

/* Called once, from the loop, never from within smtp_start(); the Smtp is already freed. */
typedef void SmtpDoneFn(const SmtpAnswer *answer, void *userdata);

/* -EINVAL: no such URL, nobody to send to or too many, or an address that is none. */
mon_must_check int smtp_start(Poster *poster, const SmtpRequest *request, SmtpDoneFn *done, void *userdata,
                              Smtp **ret_smtp);
void smtp_cancel(Smtp *smtp); /* NULL allowed */
mon_define_cleanup(Smtp, smtp_cancel);

/* Whether it can stand in a command: "local@domain", printable ASCII without spaces, brackets, quotes. */
bool smtp_is_address(const char *text);
/* Whether the server is spoken to in the clear: smtp:// on this machine. */
bool smtp_is_plain(const char *url);

/* For the pools of post.h: curl is done with an easy handle of ours. */
void smtp_on_ended(void *easy, int code);
