/* Webhooks: an event's message sent to an address of the web, signed, in the format that its receiver takes. */
#pragma once

#include "daemon/net/post.h"
#include "daemon/notify/driver.h"
#include "daemon/notify/format.h"
#include "daemon/notify/signature.h"

#define WEBHOOK_TIMEOUT_MIN (1 * NSEC_PER_SEC)
#define WEBHOOK_TIMEOUT_MAX (60 * NSEC_PER_SEC)
#define WEBHOOK_RETRY_AFTER_MAX (86400 * NSEC_PER_SEC) /* a receiver that asks for more is asked again after a day */
#define WEBHOOK_EXCERPT_MAX 160                        /* bytes of an answer that are quoted; a longer one is not */
#define WEBHOOK_RESEND_MIN (1 * NSEC_PER_SEC)
#define WEBHOOK_RESEND_MAX (3600 * NSEC_PER_SEC)

struct Template; /* notify/template.h */

typedef struct WebhookSpec {
        char *url;
        TextList secrets;
        char *token;
        TextList headers; /* "Name: value" */
        int method;       /* PostMethod */
        char *ca_file;
        Nsec timeout;
        char *proxy;
        int format; /* WebhookFormat */
        TextPlace template;
        Nsec resend_every; /* alertmanager alone */
        /* made by prepare() */
        SignatureKey keys[SIGNATURE_KEYS_MAX];
        size_t n_keys;
        char *address; /* where messages of the format go; matrix: up to the last '/' */
        char *topic;   /* ntfy alone */
        struct Template *compiled;
} WebhookSpec;

extern const NotifierDriver notifier_webhook;

/* What an answer, or none, means for the delivery: INTERFACE.md section 4. */
void webhook_judge(const WebhookSpec *spec, const PostAnswer *answer, SendOutcome *ret_outcome);

/* One message to the spec's address, with all that it says of headers; `event_id` names it. The same contract as the
 * driver's start(). */
mon_must_check int webhook_send(const NotifyServices *services, const WebhookSpec *spec, const Sending *sending,
                                SentFn *sent, void *userdata, Send **ret_send);
void webhook_cancel(Send *send);

/* Of the alertmanager format: fed by alertmanager.h. */
bool webhook_is_alertmanager(const Notifier *notifier);
