#include "daemon/notify/email.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/url.h"
#include "daemon/notify/letter.h"
#include "daemon/text/instant.h"

#include <inttypes.h>

/* --- rows ------------------------------------------------------------------------------------------------------- */

static char *check_server(const char *text) {
        url_auto Url url = {0};

        if (url_parse(text, &url) != URL_E_SCHEME || !url.host || url.host[0] == '\0' || url.port == 0 ||
            (!text_is(url.scheme, "smtp") && !text_is(url.scheme, "smtps")))
                return mon_strdup(
                        "a mail server is written as smtps://mail.example.org, or smtp://mail.example.org:587");
        if (url.has_credentials)
                return mon_strdup("a user name or password in an address would be shown and stored: "
                                  "there are 'username' and 'password'");
        if (!text_is(url.path, "/"))
                return mon_strdup("a mail server is a host and a port, nothing more");
        return NULL;
}

/* Port 25 is where servers hand on to each other: many take nothing there from a program that logs in. */
static char *warn_server(const char *text) {
        url_auto Url url = {0};

        if (url_parse(text, &url) != URL_E_SCHEME || !text_is(url.scheme, "smtp") || url.port != 25 ||
            net_host_is_local(url.host))
                return NULL;
        return mon_strdup("port 25 is for servers among themselves: mail is handed in at smtps://… or smtp://…:587");
}

static char *check_address(const char *text) {
        MimeAddress address = {0};

        if (mime_address_read(text, &address) != 0)
                return mon_strdup("an address is written as user@example.org, or as Name <user@example.org>");
        mime_address_fini(&address);
        return NULL;
}

#define AT(member) .offset = offsetof(EmailSpec, member)

static const Directive email_rows[] = {
        {.key = "server",
         .type = DIRECTIVE_TEXT,
         AT(server),
         .required = true,
         .check = check_server,
         .warn = warn_server,
         .help = "the mail server: smtps://HOST, or smtp://HOST:587, where TLS is insisted on too unless it is this "
                 "machine"},
        {.key = "from",
         .type = DIRECTIVE_TEXT,
         AT(from),
         .required = true,
         .check = check_address,
         .help = "whom the mails come from: user@example.org, or Name <user@example.org>"},
        {.key = "to",
         .type = DIRECTIVE_TEXTS,
         AT(to),
         .required = true,
         .min = 1,
         .max = SMTP_RECIPIENTS_MAX,
         .check = check_address,
         .help = "whom they go to, each written as 'from' is"},
        {.key = "username",
         .type = DIRECTIVE_TEXT,
         AT(username),
         .help = "to log in with; without it there is no login"},
        {.key = "password", .type = DIRECTIVE_SECRET, AT(password), .help = "likewise"},
        {.key = "ca_file", .type = DIRECTIVE_FILE, AT(ca_file), .help = "authorities to trust instead of the system's"},
        {.key = "timeout",
         .type = DIRECTIVE_DURATION,
         AT(timeout),
         .fallback = "60s",
         .min = EMAIL_TIMEOUT_MIN,
         .max = EMAIL_TIMEOUT_MAX,
         .help = "for one attempt, from the name to the server's last word"},
        {.key = NULL},
};

/* --- what sending needs ----------------------------------------------------------------------------------------- */

static void email_fini(void *base) {
        EmailSpec *spec = base;

        mime_address_fini(&spec->sender);
        for (size_t i = 0; i < spec->n_recipients; i++)
                mime_address_fini(&spec->recipients[i]);
        spec->n_recipients = 0;
}

static bool is_known(const EmailSpec *spec, const char *address) {
        for (size_t i = 0; i < spec->n_recipients; i++)
                if (text_is(spec->recipients[i].address, address))
                        return true;
        return false;
}

static void email_prepare(void *base, const Notifier *notifier, DirectiveMistakeFn *mistake, void *userdata) {
        EmailSpec *spec = base;

        (void)notifier;
        email_fini(spec);
        if (spec->from)
                (void)!mime_address_read(spec->from, &spec->sender);
        for (size_t i = 0; i < spec->to.n && spec->n_recipients < SMTP_RECIPIENTS_MAX; i++) {
                const TextPlace *place = &spec->to.items[i];
                MimeAddress address = {0};
                if (mime_address_read(place->text, &address) != 0)
                        continue;
                if (is_known(spec, address.address)) {
                        mistake(userdata, place->line, place->column, "this address stands here twice");
                        mime_address_fini(&address);
                } else {
                        spec->recipients[spec->n_recipients++] = address;
                }
        }
        if ((spec->username != NULL) != (spec->password != NULL))
                mistake(userdata, 0, 0, "'username' and 'password' are given both or not at all");
}

/* --- the message ------------------------------------------------------------------------------------------------ */

/* The domain of whoever sends is the one that is surely ours to name things in. */
static const char *domain_of(const EmailSpec *spec) {
        const char *at = strrchr(spec->sender.address, '@');

        return at ? at + 1 : "localhost";
}

/* All mails of one incident name the same ancestor, which nobody needs to have: that is what threads go by. */
static int write_thread(Buf *out, const Event *event, const char *domain) {
        if (event->incident == 0)
                return 0;
        Nsec opened = event->incident_opened_at_real;
        int64_t second = opened == NSEC_UNKNOWN ? 0 : opened / NSEC_PER_SEC;
        mon_auto_free char *id = mon_printf("<incident-%" PRId64 "-%" PRId64 "@%s>", event->incident, second, domain);
        return buf_printf(out, "In-Reply-To: %s\r\nReferences: %s\r\n", id, id);
}

static int write_head(const EmailSpec *spec, const Event *event, const char *subject, Nsec now_at_real, Buf *out) {
        char date[INSTANT_MAIL_MAX];

        instant_mail(now_at_real, date);
        int r = buf_printf(out, "Date: %s\r\n", date);
        if (r == 0)
                r = mime_addresses(out, "From", &spec->sender, 1);
        if (r == 0)
                r = mime_addresses(out, "To", spec->recipients, spec->n_recipients);
        if (r == 0)
                r = mime_field(out, "Subject", subject);
        if (r == 0)
                r = buf_printf(out, "Message-ID: <%s@%s>\r\n", event->id, domain_of(spec));
        if (r == 0)
                r = write_thread(out, event, domain_of(spec));
        if (r == 0)
                r = buf_printf(out, "Auto-Submitted: auto-generated\r\nX-Mond-Event: %s\r\n",
                               event_type_name(event->type));
        return r;
}

static int write_part(const Event *event, const char *kind, const Buf *text, Buf *out) {
        int r = buf_printf(out,
                           "--=_%s\r\nContent-Type: text/%s; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                           event->id, kind);

        return r == 0 ? mime_quoted_printable(out, buf_text(text)) : r;
}

/* The boundary can stand in no part: "=_" is nothing that quoted-printable writes (RFC 2045, section 6.7). */
static int write_parts(const Event *event, const LetterText *text, Buf *out) {
        mon_auto_buf Buf plain = BUF_INIT(NOTIFIER_BODY_MAX), html = BUF_INIT(NOTIFIER_BODY_MAX);

        int r = letter_write_plain(text, &plain);
        if (r == 0)
                r = letter_write_html(text, &html);
        if (r == 0)
                r = buf_printf(out,
                               "Content-Language: %s\r\nMIME-Version: 1.0\r\n"
                               "Content-Type: multipart/alternative;\r\n boundary=\"=_%s\"\r\n\r\n",
                               text->language == LANGUAGE_FR ? "fr" : "en", event->id);
        if (r == 0)
                r = write_part(event, "plain", &plain, out);
        if (r == 0)
                r = write_part(event, "html", &html, out);
        return r == 0 ? buf_printf(out, "--=_%s--\r\n", event->id) : r;
}

int email_write(const NotifyServices *services, const Notifier *notifier, const Letter *letter, Nsec now_at_real,
                Buf *body) {
        mon_auto_letter LetterText text;

        letter_take(services, notifier->language, letter, &text);
        int r = write_head(notifier->spec, letter->event, text.subject, now_at_real, body);
        if (r == 0)
                r = write_parts(letter->event, &text, body);
        return r == 0 ? 0 : -EMSGSIZE;
}

static int email_compose(const NotifyServices *services, const Notifier *notifier, const Letter *letter, Buf *body) {
        return email_write(services, notifier, letter, clock_at_real(loop_clock(services->loop)), body);
}

const NotifierDriver notifier_email = {
        .name = "email",
        .directives = email_rows,
        .spec_size = sizeof(EmailSpec),
        .prepare = email_prepare,
        .fini = email_fini,
        .compose = email_compose,
        .start = email_send,
        .cancel = email_cancel,
};
