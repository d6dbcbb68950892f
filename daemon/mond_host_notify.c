#include "daemon/base/text.h"
#include "daemon/mond_parts.h"

#include <inttypes.h>
#include <stdio.h>

/* Somebody who waits for what comes of a notifier.test. */
typedef struct MondTest {
        char event_id[EVENT_ID_MAX];
        ApiCall *call;
} MondTest;

/* --- ids
 * -------------------------------------------------------------------------------------------------------------- */

static const char *const *host_notifiers(void *userdata, size_t *ret_n) {
        Mond *mond = userdata;
        size_t n = mond->config->notifiers.n;

        mond->notifier_ids = mon_realloc_array(mond->notifier_ids, n + 1, sizeof *mond->notifier_ids);
        for (size_t i = 0; i < n; i++)
                mond->notifier_ids[i] = ((const Notifier *)mond->config->notifiers.items[i])->id;
        *ret_n = n;
        return mond->notifier_ids;
}

/* What can be silenced. */
static const char *const *host_subjects(void *userdata, size_t *ret_n) {
        Mond *mond = userdata;
        size_t n = 0;

        mond->subject_ids = mon_realloc_array(mond->subject_ids, mond->config->targets.n + mond->config->paths.n + 2,
                                              sizeof *mond->subject_ids);
        list_each (const Target, target, &mond->config->targets)
                mond->subject_ids[n++] = target->id;
        list_each (const Path, path, &mond->config->paths)
                mond->subject_ids[n++] = path->id;
        mond->subject_ids[n++] = "all";
        mond->subject_ids[n++] = "mond";
        *ret_n = n;
        return mond->subject_ids;
}

/* --- commands
 * ---------------------------------------------------------------------------------------------------------- */

static void refuse(ApiCall *call, int result, const char *unknown) {
        switch (result) {
        case OUTBOX_E_UNKNOWN:
                api_refuse(call, API_REFUSED_UNKNOWN, unknown, NULL, NSEC_UNKNOWN);
                break;
        case OUTBOX_E_FULL:
                api_refuse(call, API_REFUSED_STATE, "There are too many silences: take one back first.", NULL,
                           NSEC_UNKNOWN);
                break;
        case OUTBOX_E_DISABLED:
                api_refuse(call, API_REFUSED_STATE, "The notifier is disabled: enable it first.", NULL, NSEC_UNKNOWN);
                break;
        case OUTBOX_E_STATE:
                api_refuse(call, API_REFUSED_STATE, "There is nothing to be done about it as it is now.", NULL,
                           NSEC_UNKNOWN);
                break;
        default:
                api_refuse(call, API_REFUSED_FAULT, store_strerror(result), NULL, NSEC_UNKNOWN);
        }
}

static void host_silence(void *userdata, const char *subject, Nsec until_at_real, const char *reason, ApiCall *call) {
        Mond *mond = userdata;
        json_t *document = json_object();
        int64_t id;

        int r = outbox_silence(mond->outbox, subject, until_at_real, reason, &id);
        if (r != 0) {
                json_decref(document);
                refuse(call, r, NULL);
                return;
        }
        json_set(document, "id", json_integer(id));
        json_set(document, "subject", json_text(subject));
        json_set(document, "reason", json_text(reason));
        json_set(document, "until", json_time(until_at_real));
        api_answer(call, document);
}

static void host_unsilence(void *userdata, int64_t id, ApiCall *call) {
        Mond *mond = userdata;
        mon_auto_free char *unknown = mon_printf("There is no silence %" PRId64 " in force.", id);

        int r = outbox_unsilence(mond->outbox, id);
        if (r == 0)
                api_answer(call, json_pack("{sI}", "id", (json_int_t)id));
        else
                refuse(call, r, unknown);
}

static void host_retry(void *userdata, int64_t delivery, ApiCall *call) {
        Mond *mond = userdata;
        mon_auto_free char *unknown = mon_printf("There is no delivery %" PRId64 " to a notifier of now.", delivery);

        int r = outbox_retry(mond->outbox, delivery);
        if (r == 0)
                api_answer(call, json_pack("{sI ss}", "id", (json_int_t)delivery, "state", "pending"));
        else
                refuse(call, r, unknown);
}

static void host_enable(void *userdata, const char *notifier, ApiCall *call) {
        Mond *mond = userdata;

        int r = outbox_enable(mond->outbox, notifier);
        /* One that is enabled is as it was asked to be. */
        if (r == 0 || r == OUTBOX_E_STATE)
                api_answer(call, json_pack("{ss sb}", "notifier", notifier, "changed", r == 0));
        else
                refuse(call, r, "This notifier has no queue that could be disabled.");
}

static void host_test(void *userdata, const char *notifier, ApiCall *call) {
        Mond *mond = userdata;
        MondTest *test = mon_new(MondTest);

        int r = outbox_test(mond->outbox, notifier, test->event_id);
        if (r != 0) {
                free(test);
                refuse(call, r, "This notifier is told states alone and takes no test.");
                return;
        }
        test->call = call;
        list_add(&mond->tests, test);
}

void mond_on_tried(void *userdata, const Notifier *notifier, const char *event_id, const SendOutcome *outcome) {
        static const char *const results[] = {
                [SEND_DELIVERED] = "delivered",
                [SEND_AGAIN] = "again",
                [SEND_FAILED] = "failed",
                [SEND_GONE] = "gone",
        };
        Mond *mond = userdata;

        for (size_t i = mond->tests.n; i-- > 0;) {
                MondTest *test = mond->tests.items[i];
                if (!text_is(test->event_id, event_id))
                        continue;
                json_t *document = json_object();
                json_set(document, "notifier", json_text(notifier->id));
                json_set(document, "event_id", json_text(event_id));
                json_set(document, "result", json_text(results[outcome->result]));
                json_set(document, "status", outcome->status ? json_integer(outcome->status) : json_null());
                json_set(document, "error", json_text(outcome->error[0] ? outcome->error : NULL));
                api_answer(test->call, document);
                (void)list_take(&mond->tests, i);
                free(test);
        }
}

/* Nobody will answer any more: their calls end with the API. */
void mond_forget_tests(Mond *mond) {
        list_each (MondTest, test, &mond->tests)
                free(test);
        list_fini(&mond->tests);
        free(mond->notifier_ids);
        free(mond->subject_ids);
}

/* --- how they are doing
 * -------------------------------------------------------------------------------------------------- */

size_t mond_notifier_problems(Mond *mond, ViewProblem *ret_problems, size_t max) {
        size_t n = 0;

        list_each (char, text, &mond->problem_texts)
                free(text);
        mond->problem_texts.n = 0;
        for (size_t i = 0; i < outbox_notifiers(mond->outbox) && n < max; i++) {
                OutboxNotifierHealth health;
                outbox_health(mond->outbox, i, &health);
                if (!health.disabled && health.failing_since_at_real == NSEC_UNKNOWN)
                        continue;
                char *text =
                        mon_printf("%s: %s", health.notifier->id, health.disabled ? health.disabled : health.error);
                list_add(&mond->problem_texts, text);
                ret_problems[n++] = (ViewProblem){
                        .code = health.disabled ? "notifier_disabled" : "delivery_failing",
                        .text = text,
                        .since_at_real = health.failing_since_at_real,
                };
        }
        return n;
}

void mond_fill_notify_host(ApiHost *host) {
        host->notifiers = host_notifiers;
        host->subjects = host_subjects;
        host->silence = host_silence;
        host->unsilence = host_unsilence;
        host->retry = host_retry;
        host->test = host_test;
        host->enable = host_enable;
}
