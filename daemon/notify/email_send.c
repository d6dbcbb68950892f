#include "daemon/base/error.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/notify/email.h"

#include <stdio.h>

struct Send {
        const Notifier *notifier;
        char event_id[EVENT_ID_MAX];
        Smtp *smtp;
        size_t asked[SMTP_RECIPIENTS_MAX]; /* which of the spec's recipients each of this attempt's is */
        size_t n_asked;
        SentFn *sent;
        void *userdata;
};

/* --- who has it already ----------------------------------------------------------------------------------------- */

/* A server may take a mail for some and say "later" of others. It is sent again to these alone, as long as mond runs
 * and the notifier is not edited; past that everybody gets it once more, under the same Message-ID. */
static EmailServed *served_find(EmailSpec *spec, const char *event_id) {
        for (size_t i = 0; i < EMAIL_SERVED_MAX; i++)
                if (text_is(spec->served[i].event_id, event_id))
                        return &spec->served[i];
        return NULL;
}

static EmailServed *served_get(EmailSpec *spec, const char *event_id) {
        EmailServed *served = served_find(spec, event_id);

        if (served)
                return served;
        served = &spec->served[spec->next_served++ % EMAIL_SERVED_MAX];
        *served = (EmailServed){0};
        (void)snprintf(served->event_id, sizeof served->event_id, "%s", event_id);
        return served;
}

/* --- judging ---------------------------------------------------------------------------------------------------- */

static void set_error(SendOutcome *outcome, SendResult result, const char *what, const char *error) {
        outcome->result = result;
        (void)snprintf(outcome->error, sizeof outcome->error, "%s%s", what, error);
}

static void warn_of_refusal(const Send *send, const char *error) {
        log_warning("%s: the mail server refuses a recipient of %s: %s", send->notifier->id, send->event_id, error);
}

typedef struct Counts {
        size_t has, never, waits;
} Counts;

/* What became of each recipient of this attempt, and with the earlier ones of all. */
static Counts count(const Send *send, const SmtpAnswer *answer, EmailServed *served) {
        const EmailSpec *spec = send->notifier->spec;
        Counts counts = {0};

        for (size_t i = 0; i < send->n_asked; i++) {
                size_t whom = send->asked[i];
                int reply = answer->replies[i];
                served->has[whom] |= answer->is_accepted && reply / 100 == 2;
                served->never[whom] |= reply / 100 == 5;
        }
        for (size_t i = 0; i < spec->n_recipients; i++) {
                counts.has += served->has[i];
                counts.never += served->never[i];
        }
        counts.waits = spec->n_recipients - counts.has - counts.never;
        return counts;
}

static void judge(const Send *send, const SmtpAnswer *answer, SendOutcome *ret_outcome) {
        EmailServed *served = served_get(send->notifier->spec, send->event_id);
        SendOutcome outcome = {.status = answer->status, .retry_after = NSEC_UNKNOWN};
        bool is_final = answer->status / 100 == 5;
        Counts counts = count(send, answer, served);

        if (answer->refusal[0] != '\0' && counts.never > 0 && counts.has > 0)
                warn_of_refusal(send, answer->refusal);
        if (counts.waits > 0 && answer->is_accepted)
                set_error(&outcome, SEND_AGAIN, "not every recipient is taken yet: ", answer->refusal);
        else if (counts.waits > 0)
                set_error(&outcome, is_final ? SEND_FAILED : SEND_AGAIN, "", answer->error);
        else if (counts.has == 0)
                set_error(&outcome, SEND_FAILED, "no recipient is taken: ", answer->refusal);
        else
                outcome.result = SEND_DELIVERED;
        if (outcome.result != SEND_AGAIN || counts.has + counts.never == 0)
                *served = (EmailServed){0};
        *ret_outcome = outcome;
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

static void on_answer(const SmtpAnswer *answer, void *userdata) {
        Send *send = userdata;
        SentFn *sent = send->sent;
        void *whose = send->userdata;
        SendOutcome outcome;

        send->smtp = NULL;
        judge(send, answer, &outcome);
        free(send);
        sent(&outcome, whose);
}

static void choose(Send *send, const char **ret_addresses) {
        EmailSpec *spec = send->notifier->spec;
        const EmailServed *served = served_find(spec, send->event_id);

        for (size_t i = 0; i < spec->n_recipients; i++) {
                if (served && (served->has[i] || served->never[i]))
                        continue;
                ret_addresses[send->n_asked] = spec->recipients[i].address;
                send->asked[send->n_asked++] = i;
        }
}

int email_send(const NotifyServices *services, const Notifier *notifier, const Sending *sending, SentFn *sent,
               void *userdata, Send **ret_send) {
        const EmailSpec *spec = notifier->spec;
        const char *addresses[SMTP_RECIPIENTS_MAX];
        Send *send = mon_new(Send);

        *send = (Send){.notifier = notifier, .sent = sent, .userdata = userdata};
        (void)snprintf(send->event_id, sizeof send->event_id, "%s", sending->event_id);
        choose(send, addresses);
        const SmtpRequest request = {
                .url = spec->server,
                .from = spec->sender.address,
                .recipients = addresses,
                .n_recipients = send->n_asked,
                .username = spec->username,
                .password = spec->password,
                .body = sending->body,
                .body_len = sending->body_len,
                .ca_file = spec->ca_file ? spec->ca_file : services->ca_file,
                .timeout = spec->timeout,
        };
        int r = smtp_start(services->poster, &request, on_answer, send, &send->smtp);
        if (r < 0) {
                free(send);
                return r;
        }
        *ret_send = send;
        return 0;
}

void email_cancel(Send *send) {
        if (!send)
                return;
        smtp_cancel(send->smtp);
        free(send);
}
