#include "daemon/notify/webhook.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/url.h"
#include "daemon/notify/template.h"
#include "probes/http.h"

/* --- rows ------------------------------------------------------------------------------------------------------- */

static char *warn_url(const char *text) {
        url_auto Url url = {0};

        if (url_parse(text, &url) != 0 || text_is(url.scheme, "https") || net_host_is_local(url.host))
                return NULL;
        return mon_strdup("over plain http everybody on the way reads along, and may change what is sent: use https");
}

static char *check_proxy(const char *text) {
        url_auto Url url = {0};
        char *mistake = url_check(text);

        if (mistake || url_parse(text, &url) != 0)
                return mistake;
        return text_is(url.scheme, "http") ? NULL : mon_strdup("a proxy is spoken to over http: http://host:port");
}

static char *check_token(const char *text) {
        for (const char *at = text; *at; at++)
                if (*at <= 0x20 || *at >= 0x7f)
                        return mon_strdup("a token has neither spaces nor letters beyond ASCII");
        return NULL;
}

/* What mond writes itself, besides what every request has. */
static char *check_header(const char *text) {
        static const char *const own[] = {"webhook-id:", "webhook-timestamp:", "webhook-signature:", "mond-"};

        for (size_t i = 0; i < mon_count_of(own); i++)
                if (strncasecmp(text, own[i], strlen(own[i])) == 0)
                        return mon_strdup("this header is set by mond itself");
        return http_check_header(text);
}

static const DirectiveChoice methods[] = {{"POST", POST_METHOD_POST}, {"PUT", POST_METHOD_PUT}, {NULL, 0}};

static const DirectiveChoice formats[] = {
        {"mond", FORMAT_MOND},
        {"slack", FORMAT_SLACK},
        {"discord", FORMAT_DISCORD},
        {"mattermost", FORMAT_MATTERMOST},
        {"ntfy", FORMAT_NTFY},
        {"matrix", FORMAT_MATRIX},
        {"alertmanager", FORMAT_ALERTMANAGER},
        {"template", FORMAT_TEMPLATE},
        {NULL, 0},
};

#define AT(member) .offset = offsetof(WebhookSpec, member)

static const Directive webhook_rows[] = {
        {.key = "url",
         .type = DIRECTIVE_TEXT,
         AT(url),
         .required = true,
         .check = url_check,
         .warn = warn_url,
         .help = "where to: https, or http on this machine"},
        {.key = "secret",
         .type = DIRECTIVE_SECRETS,
         AT(secrets),
         .check = signature_check,
         .help = "whsec_…, by which the receiver knows that it is us; two while one replaces the other"},
        {.key = "token",
         .type = DIRECTIVE_SECRET,
         AT(token),
         .check = check_token,
         .help = "sent as Authorization: Bearer"},
        {.key = "headers",
         .type = DIRECTIVE_HEADERS,
         AT(headers),
         .check = check_header,
         .help = "further request headers"},
        {.key = "method",
         .type = DIRECTIVE_CHOICE,
         AT(method),
         .fallback = "POST",
         .choices = methods,
         .help = "POST or PUT; matrix is always PUT"},
        {.key = "ca_file", .type = DIRECTIVE_FILE, AT(ca_file), .help = "authorities to trust instead of the system's"},
        {.key = "timeout",
         .type = DIRECTIVE_DURATION,
         AT(timeout),
         .fallback = "10s",
         .min = WEBHOOK_TIMEOUT_MIN,
         .max = WEBHOOK_TIMEOUT_MAX,
         .help = "for one attempt, from the name to the end of the answer"},
        {.key = "proxy",
         .type = DIRECTIVE_TEXT,
         AT(proxy),
         .check = check_proxy,
         .help = "by way of: http://host:port"},
        {.key = "format",
         .type = DIRECTIVE_CHOICE,
         AT(format),
         .fallback = "mond",
         .choices = formats,
         .help = "mond, slack, discord, mattermost, ntfy, matrix, alertmanager or template"},
        {.key = "template",
         .type = DIRECTIVE_LINES,
         AT(template),
         .help = "with format: template, the message, with {{name}} where a value goes"},
        {.key = "resend_every",
         .type = DIRECTIVE_DURATION,
         AT(resend_every),
         .fallback = "1m",
         .min = WEBHOOK_RESEND_MIN,
         .max = WEBHOOK_RESEND_MAX,
         .help = "with format: alertmanager, how often an alert that still fires is sent"},
        {.key = NULL},
};

/* --- what sending needs ----------------------------------------------------------------------------------------- */

typedef struct Telling {
        DirectiveMistakeFn *mistake;
        void *userdata;
} Telling;

static void tell(const Telling *telling, const char *text) {
        telling->mistake(telling->userdata, 0, 0, text); /* of the block as a whole */
}

static void take_keys(WebhookSpec *spec, const Telling *telling) {
        const TextList *secrets = &spec->secrets;

        if (secrets->n > SIGNATURE_KEYS_MAX)
                telling->mistake(telling->userdata, secrets->items[SIGNATURE_KEYS_MAX].line,
                                 secrets->items[SIGNATURE_KEYS_MAX].column,
                                 "two secrets are the most: the one in use, and the one that comes or goes");
        spec->n_keys = 0;
        for (size_t i = 0; i < secrets->n && spec->n_keys < SIGNATURE_KEYS_MAX; i++)
                if (signature_key_read(secrets->items[i].text, &spec->keys[spec->n_keys]) == 0)
                        spec->n_keys++;
}

static void check_authorization(const WebhookSpec *spec, const Telling *telling) {
        static const char name[] = "Authorization:";

        for (size_t i = 0; i < spec->headers.n; i++) {
                const TextPlace *header = &spec->headers.items[i];
                if (spec->token && strncasecmp(header->text, name, strlen(name)) == 0)
                        telling->mistake(telling->userdata, header->line, header->column,
                                         "'token' and the header Authorization are one and the same: give one");
        }
}

/* The topic is the last part of the path; the message goes to what is before it. */
static void take_ntfy(WebhookSpec *spec, const Url *url, const Telling *telling) {
        size_t n = strcspn(url->text, "?");
        mon_auto_free char *whole = mon_strndup(url->text, n);
        char *slash = strrchr(whole, '/');

        if (url->text[n] || text_is(url->path, "/") || !slash || slash[1] == '\0') {
                tell(telling, "with format 'ntfy' the address ends with its topic: https://ntfy.sh/TOPIC");
                return;
        }
        spec->topic = mon_strdup(slash + 1);
        slash[1] = '\0';
        spec->address = mon_strdup(whole);
}

static void take_matrix(WebhookSpec *spec, const Url *url, const Telling *telling) {
        static const char sending[] = "/send/m.room.message";
        mon_auto_free char *whole = mon_strdup(url->text);
        size_t n = strlen(whole);

        while (n > 0 && whole[n - 1] == '/')
                whole[--n] = '\0';
        const char *room = strstr(whole, "/rooms/");
        if (!strstr(whole, "/_matrix/client/") || !room || strchr(whole, '?') || room[strlen("/rooms/")] == '\0')
                tell(telling, "with format 'matrix' the address is the room's: "
                              "https://HOST/_matrix/client/v3/rooms/!ROOM:HOST");
        else
                spec->address = mon_printf("%s%s", whole, text_ends(whole, sending) ? "" : sending);
        if (!spec->token)
                tell(telling, "format 'matrix' needs 'token': the access token of who writes to the room");
}

static void take_alertmanager(WebhookSpec *spec, const Url *url, const Telling *telling) {
        static const char api[] = "/api/v2/alerts";
        mon_auto_free char *whole = mon_strdup(url->text);
        size_t n = strlen(whole);

        while (n > 0 && whole[n - 1] == '/')
                whole[--n] = '\0';
        if (strchr(whole, '?'))
                tell(telling, "with format 'alertmanager' the address is the server's root: http://HOST:9093");
        spec->address = mon_printf("%s%s", whole, text_ends(whole, api) ? "" : api);
}

static const char *content_type_of(const WebhookSpec *spec) {
        static const char name[] = "Content-Type:";

        for (size_t i = 0; i < spec->headers.n; i++)
                if (strncasecmp(spec->headers.items[i].text, name, strlen(name)) == 0)
                        return spec->headers.items[i].text + strlen(name);
        return "application/json";
}

static void take_template(WebhookSpec *spec, const Notifier *notifier, const Telling *telling) {
        bool is_wanted = spec->format == FORMAT_TEMPLATE;

        template_free(spec->compiled);
        spec->compiled = NULL;
        if (is_wanted && spec->template.text)
                spec->compiled = template_compile(&spec->template, template_escape_for(content_type_of(spec)),
                                                  notifier->language, telling->mistake, telling->userdata);
        else if (is_wanted)
                tell(telling, "format 'template' needs 'template': the text to send");
        else if (spec->template.text)
                telling->mistake(telling->userdata, spec->template.line, spec->template.column,
                                 "'template' is of use with 'format: template' alone");
}

static void forget_derived(WebhookSpec *spec) {
        explicit_bzero(spec->keys, sizeof spec->keys);
        mon_replace(&spec->address, NULL);
        mon_replace(&spec->topic, NULL);
        template_free(spec->compiled);
        spec->compiled = NULL;
}

static void webhook_prepare(void *base, const Notifier *notifier, DirectiveMistakeFn *mistake, void *userdata) {
        const Telling telling = {mistake, userdata};
        WebhookSpec *spec = base;
        url_auto Url url = {0};

        forget_derived(spec);
        take_keys(spec, &telling);
        check_authorization(spec, &telling);
        take_template(spec, notifier, &telling);
        if (url_parse(spec->url, &url) != 0)
                return;
        if (spec->format == FORMAT_NTFY)
                take_ntfy(spec, &url, &telling);
        else if (spec->format == FORMAT_MATRIX)
                take_matrix(spec, &url, &telling);
        else if (spec->format == FORMAT_ALERTMANAGER)
                take_alertmanager(spec, &url, &telling);
        else
                spec->address = mon_strdup(url.text);
}

static void webhook_fini(void *spec) {
        forget_derived(spec);
}

static bool webhook_is_fed(const void *spec) {
        return ((const WebhookSpec *)spec)->format == FORMAT_ALERTMANAGER;
}

bool webhook_is_alertmanager(const Notifier *notifier) {
        return notifier->driver == &notifier_webhook && webhook_is_fed(notifier->spec);
}

/* --- the driver ------------------------------------------------------------------------------------------------- */

static int webhook_compose(const NotifyServices *services, const Notifier *notifier, const Letter *letter, Buf *body) {
        static FormatFn *const writers[FORMAT_MAX + 1] = {
                [FORMAT_MOND] = format_mond,
                [FORMAT_SLACK] = format_slack,
                [FORMAT_DISCORD] = format_discord,
                [FORMAT_MATTERMOST] = format_mattermost,
                [FORMAT_ALERTMANAGER] = format_alertmanager,
                [FORMAT_NTFY] = format_ntfy,
                [FORMAT_MATRIX] = format_matrix,
        };
        const WebhookSpec *spec = notifier->spec;
        const FormatInput input = {letter->document, notifier->language, spec->topic};

        (void)services;
        if (spec->format == FORMAT_TEMPLATE)
                return template_write(spec->compiled, letter->document, body);
        return writers[spec->format](&input, body);
}

static int webhook_start(const NotifyServices *services, const Notifier *notifier, const Sending *sending, SentFn *sent,
                         void *userdata, Send **ret_send) {
        return webhook_send(services, notifier->spec, sending, sent, userdata, ret_send);
}

const NotifierDriver notifier_webhook = {
        .name = "webhook",
        .directives = webhook_rows,
        .spec_size = sizeof(WebhookSpec),
        .prepare = webhook_prepare,
        .fini = webhook_fini,
        .compose = webhook_compose,
        .start = webhook_start,
        .cancel = webhook_cancel,
        .is_fed = webhook_is_fed,
};
