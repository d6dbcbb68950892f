#include "tests/lib/fake_notifier.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <stdio.h>

struct Send {
        Loop *loop;
        Timer timer;
        SendOutcome outcome;
        SentFn *sent;
        void *userdata;
};

#define AT(member) .offset = offsetof(FakeNotifierSpec, member)

static const Directive rows[] = {
        {.key = "file", .type = DIRECTIVE_TEXT, AT(file), .required = true, .help = "what is sent is added to it"},
        {.key = "takes", .type = DIRECTIVE_DURATION, AT(takes), .min = NSEC_PER_SEC, .max = 3600 * NSEC_PER_SEC},
        {.key = "token", .type = DIRECTIVE_SECRET, AT(token)},
        {.key = NULL},
};

static void fake_prepare(void *spec, const Notifier *notifier, DirectiveMistakeFn *mistake, void *userdata) {
        const FakeNotifierSpec *fake = spec;

        if (text_is(fake->file, "/nowhere"))
                mistake(userdata, 1, 1, notifier->id);
}

static int fake_compose(const NotifyServices *services, const Notifier *notifier, const Letter *letter, Buf *body) {
        const Event *event = letter->event;
        bool late = json_get_bool(letter->document, "late", false);

        (void)services;
        (void)notifier;
        if (text_is(event->detail, "unspeakable"))
                return -EINVAL;
        if (text_is(event->detail, "huge")) {
                mon_auto_free char *much = mon_calloc(1, NOTIFIER_BODY_MAX + 1);
                memset(much, 'x', NOTIFIER_BODY_MAX);
                return buf_append_text(body, much) == 0 ? 0 : -E2BIG;
        }
        return buf_printf(body, "%s %s%s", event_type_name(event->type), event->subject, late ? " late" : "") == 0
                       ? 0
                       : -E2BIG;
}

static void read_answer(const char *file, char ret_line[static 64]) {
        mon_auto_free char *path = mon_printf("%s.answer", file);
        FILE *answer = fopen(path, "re");

        if (!answer || !fgets(ret_line, 64, answer))
                (void)snprintf(ret_line, 64, "delivered");
        ret_line[strcspn(ret_line, "\n")] = '\0';
        if (answer)
                (void)fclose(answer);
}

static SendOutcome outcome_of(const char *line) {
        SendOutcome outcome = {.result = SEND_AGAIN, .retry_after = NSEC_UNKNOWN};
        int status = 0, seconds = -1;

        if (text_is(line, "delivered")) {
                outcome.result = SEND_DELIVERED;
                outcome.status = 200;
                return outcome;
        }
        if (text_starts(line, "failed") || text_starts(line, "gone"))
                outcome.result = line[0] == 'f' ? SEND_FAILED : SEND_GONE;
        (void)sscanf(line, "%*s %d %d", &status, &seconds);
        outcome.status = status;
        if (seconds >= 0)
                outcome.retry_after = seconds * NSEC_PER_SEC;
        (void)snprintf(outcome.error, sizeof outcome.error, "as told: %s", line);
        return outcome;
}

static void fake_free(Send *send) {
        loop_disarm(send->loop, &send->timer);
        loop_end_work(send->loop);
        free(send);
}

static void on_sent(void *userdata) {
        Send *send = userdata;
        SendOutcome outcome = send->outcome;
        SentFn *sent = send->sent;
        void *theirs = send->userdata;

        fake_free(send);
        sent(&outcome, theirs);
}

static int fake_start(const NotifyServices *services, const Notifier *notifier, const Sending *sending, SentFn *sent,
                      void *userdata, Send **ret_send) {
        const FakeNotifierSpec *spec = notifier->spec;
        char line[64];

        read_answer(spec->file, line);
        if (text_is(line, "fault"))
                return -EMFILE;
        FILE *file = fopen(spec->file, "ae");
        if (file) {
                (void)fprintf(file, "%s #%d %.*s\n", sending->event_id, sending->attempt, (int)sending->body_len,
                              (const char *)sending->body);
                (void)fclose(file);
        }
        Send *send = mon_new(Send);
        *send = (Send){.loop = services->loop, .outcome = outcome_of(line), .sent = sent, .userdata = userdata};
        send->timer = (Timer){.fn = on_sent, .userdata = send};
        loop_begin_work(send->loop);
        if (!text_is(line, "hang"))
                loop_arm_after(send->loop, &send->timer, spec->takes);
        *ret_send = send;
        return 0;
}

const NotifierDriver fake_notifier = {
        .name = "fake",
        .directives = rows,
        .spec_size = sizeof(FakeNotifierSpec),
        .prepare = fake_prepare,
        .compose = fake_compose,
        .start = fake_start,
        .cancel = fake_free,
};

const NotifierDriver *const fake_notifiers[] = {&fake_notifier, NULL};
