#include "daemon/notify/alertmanager.h"

#include "daemon/base/digest.h"
#include "daemon/base/error.h"
#include "daemon/base/map.h"
#include "daemon/base/text.h"
#include "daemon/notify/webhook.h"

#include <inttypes.h>

/* What is known of a path, a target or the observer, whoever is told of it. */
typedef struct Subject {
        Event *event; /* the one that told its state: of a failure, or of its end */
        Nsec starts_at_real;
        Nsec ended_at_real; /* NSEC_UNKNOWN: it fires */
} Subject;

/* One notifier of this format. */
typedef struct Feed {
        Alertmanager *alertmanager;
        const Notifier *notifier;
        Timer timer;
        Send *send; /* NULL: none is under way */
        Buf body;
        Nsec first_attempt_at_real; /* of the state that it does not have yet */
        int attempts;
        bool is_stale; /* something changed since the body under way was made */
} Feed;

struct Alertmanager {
        Loop *loop;
        AlertmanagerHost host;
        const NotifyServices *services;
        List feeds;
        Map subjects; /* of Subject, by "kind/id" */
};

static Nsec now_real(const Alertmanager *alertmanager) {
        return clock_at_real(loop_clock(alertmanager->loop));
}

static const WebhookSpec *spec_of(const Feed *feed) {
        return feed->notifier->spec;
}

/* --- subjects --------------------------------------------------------------------------------------------------- */

static void subject_free(Subject *subject) {
        mon_event_free(subject->event);
        free(subject);
}

static char *key_of(SubjectKind kind, const char *id) {
        return mon_printf("%d/%s", (int)kind, id ? id : "");
}

typedef enum Meaning {
        MEANS_NOTHING,
        MEANS_FIRING,
        MEANS_ENDED,
} Meaning;

static Meaning meaning_of(const Event *event) {
        if (event->type == EVENT_OBSERVER_BLIND)
                return MEANS_FIRING;
        if (event->type == EVENT_OBSERVER_BACK)
                return MEANS_ENDED;
        if (event->type == EVENT_TARGET_UNKNOWN || event->type == EVENT_PATH_UNKNOWN ||
            !event_type_is_state(event->type))
                return MEANS_NOTHING;
        return event->type == EVENT_TARGET_UP || event->type == EVENT_PATH_OPEN ? MEANS_ENDED : MEANS_FIRING;
}

static Nsec start_of(const Event *event) {
        return event->since_at_real > 0 ? event->since_at_real : event->at_real;
}

static void replace_event(Subject *subject, const Event *event) {
        mon_event_free(subject->event);
        subject->event = mon_event_new(event->type, event->at_real);
        event_copy(subject->event, event);
}

/* Whether anything is to be told. */
static bool take_event(Alertmanager *alertmanager, const Event *event, Meaning meaning) {
        mon_auto_free char *key = key_of(event->kind, event->subject);
        Subject *subject = map_get(&alertmanager->subjects, key);

        if (!subject && (meaning == MEANS_ENDED || alertmanager->subjects.n >= ALERTMANAGER_SUBJECTS_MAX))
                return false;
        if (!subject) {
                subject = mon_new(Subject);
                subject->ended_at_real = 0;
                map_set(&alertmanager->subjects, key, subject);
        }
        if (meaning == MEANS_ENDED) {
                if (subject->ended_at_real != NSEC_UNKNOWN)
                        return false;
                subject->ended_at_real = start_of(event);
                return true;
        }
        if (subject->ended_at_real != NSEC_UNKNOWN) /* a new alert, not another state of one that stands */
                subject->starts_at_real = start_of(event);
        subject->ended_at_real = NSEC_UNKNOWN;
        replace_event(subject, event);
        return true;
}

/* What ended long ago is not repeated any more. */
static void drop_ended(Alertmanager *alertmanager) {
        Nsec now = now_real(alertmanager);
        mon_cleanup(list_fini) List old = {0};

        map_each (&alertmanager->subjects, slot) {
                const Subject *subject = slot->value;
                if (subject->ended_at_real != NSEC_UNKNOWN && now - subject->ended_at_real > ALERTMANAGER_ENDED_SPAN)
                        list_add(&old, mon_strdup(slot->key));
        }
        list_each (char, key, &old) {
                subject_free(map_get(&alertmanager->subjects, key));
                map_set(&alertmanager->subjects, key, NULL);
                free(key);
        }
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

static json_t *alert_of(const Feed *feed, const Subject *subject, Nsec now) {
        const Alertmanager *alertmanager = feed->alertmanager;
        const AlertmanagerHost *host = &alertmanager->host;
        bool fires = subject->ended_at_real == NSEC_UNKNOWN;
        bool is_silenced = fires && host->is_silenced && host->is_silenced(host->userdata, subject->event->subject);

        if (!notifier_wants(feed->notifier, subject->event->type) || is_silenced)
                return NULL;
        mon_auto_json *document = host->document(host->userdata, subject->event);
        const FormatInput input = {document, feed->notifier->language, NULL};
        Nsec end = fires ? now + ALERTMANAGER_HOLDS * spec_of(feed)->resend_every : subject->ended_at_real;
        return format_alert(&input, subject->starts_at_real, end);
}

/* All of them in one array; false: there is nothing to say. */
static bool make_body(Feed *feed) {
        const Alertmanager *alertmanager = feed->alertmanager;
        Nsec now = now_real(alertmanager);
        bool any = false;

        buf_clear(&feed->body);
        int r = buf_append_text(&feed->body, "[");
        map_each (&alertmanager->subjects, slot) {
                mon_auto_json *alert = alert_of(feed, slot->value, now);
                mon_auto_free char *line = alert ? json_line(alert) : NULL;
                if (line && feed->body.len + strlen(line) + 2 < feed->body.max) {
                        r = buf_printf(&feed->body, "%s%s", any ? "," : "", line);
                        any |= r == 0;
                }
        }
        if (r == 0)
                r = buf_append_text(&feed->body, "]");
        return r == 0 && any;
}

static void feed_send(Feed *feed);

static void plan(Feed *feed, const SendOutcome *outcome) {
        Nsec span = spec_of(feed)->resend_every;

        if (outcome->result == SEND_AGAIN && span > ALERTMANAGER_RETRY_SPAN)
                span = ALERTMANAGER_RETRY_SPAN;
        if (outcome->retry_after != NSEC_UNKNOWN && outcome->retry_after > span)
                span = outcome->retry_after;
        if (outcome->result == SEND_DELIVERED && feed->is_stale)
                span = 0;
        loop_arm_after(feed->alertmanager->loop, &feed->timer, span);
}

static void on_sent(const SendOutcome *outcome, void *userdata) {
        Feed *feed = userdata;
        const AlertmanagerHost *host = &feed->alertmanager->host;

        feed->send = NULL;
        if (outcome->result == SEND_DELIVERED)
                feed->first_attempt_at_real = NSEC_UNKNOWN;
        plan(feed, outcome);
        if (host->sent)
                host->sent(host->userdata, feed->notifier, outcome);
}

static void start_send(Feed *feed) {
        Nsec now = now_real(feed->alertmanager);
        char id[EVENT_ID_MAX];

        if (feed->first_attempt_at_real == NSEC_UNKNOWN) {
                feed->first_attempt_at_real = now;
                feed->attempts = 0;
        }
        /* The state is new each time, and so is its id. */
        (void)snprintf(id, sizeof id, "amg_%016" PRIx64, hash_of(feed->body.data, feed->body.len, (uint64_t)now));
        const Sending sending = {
                .event_id = id,
                .body = buf_text(&feed->body),
                .body_len = feed->body.len,
                .attempt = ++feed->attempts,
                .first_attempt_at_real = feed->first_attempt_at_real,
                .now_at_real = now,
        };
        feed->is_stale = false;
        int r = webhook_send(feed->alertmanager->services, spec_of(feed), &sending, on_sent, feed, &feed->send);
        if (r < 0) {
                const SendOutcome outcome = {.result = SEND_AGAIN, .retry_after = NSEC_UNKNOWN};
                plan(feed, &outcome);
        }
}

static void feed_send(Feed *feed) {
        if (feed->send) { /* when it is over */
                feed->is_stale = true;
                return;
        }
        drop_ended(feed->alertmanager);
        loop_disarm(feed->alertmanager->loop, &feed->timer);
        if (make_body(feed))
                start_send(feed);
}

static void on_timer(void *userdata) {
        feed_send(userdata);
}

/* --- its life --------------------------------------------------------------------------------------------------- */

static void feed_free(Feed *feed) {
        loop_disarm(feed->alertmanager->loop, &feed->timer);
        webhook_cancel(feed->send);
        buf_fini(&feed->body);
        free(feed);
}

static void add_feed(Alertmanager *alertmanager, const Notifier *notifier) {
        Feed *feed = mon_new(Feed);

        *feed = (Feed){
                .alertmanager = alertmanager,
                .notifier = notifier,
                .body = BUF_INIT(ALERTMANAGER_BODY_MAX),
                .first_attempt_at_real = NSEC_UNKNOWN,
        };
        feed->timer = (Timer){.fn = on_timer, .userdata = feed};
        list_add(&alertmanager->feeds, feed);
        loop_arm_after(alertmanager->loop, &feed->timer, 0);
}

Alertmanager *alertmanager_new(Loop *loop, const AlertmanagerHost *host, const NotifyServices *services) {
        Alertmanager *alertmanager = mon_new(Alertmanager);

        *alertmanager = (Alertmanager){.loop = loop, .host = *host, .services = services};
        return alertmanager;
}

static void drop_feeds(Alertmanager *alertmanager) {
        list_each (Feed, feed, &alertmanager->feeds)
                feed_free(feed);
        list_fini(&alertmanager->feeds);
}

void alertmanager_free(Alertmanager *alertmanager) {
        if (!alertmanager)
                return;
        drop_feeds(alertmanager);
        map_each (&alertmanager->subjects, slot)
                subject_free(slot->value);
        map_fini(&alertmanager->subjects);
        free(alertmanager);
}

void alertmanager_set(Alertmanager *alertmanager, const List *notifiers) {
        drop_feeds(alertmanager);
        list_each (const Notifier, notifier, notifiers)
                if (webhook_is_alertmanager(notifier))
                        add_feed(alertmanager, notifier);
}

void alertmanager_look(Alertmanager *alertmanager) {
        list_each (Feed, feed, &alertmanager->feeds) {
                feed->is_stale |= feed->send != NULL;
                if (!feed->send)
                        loop_arm_after(alertmanager->loop, &feed->timer, 0); /* all changes of a tick in one request */
        }
}

void alertmanager_take(Alertmanager *alertmanager, const Event *event) {
        Meaning meaning = meaning_of(event);

        if (meaning != MEANS_NOTHING && take_event(alertmanager, event, meaning))
                alertmanager_look(alertmanager);
}

void alertmanager_forget(Alertmanager *alertmanager, SubjectKind kind, const char *id) {
        mon_auto_free char *key = key_of(kind, id);
        Subject *subject = map_get(&alertmanager->subjects, key);

        if (!subject || subject->ended_at_real != NSEC_UNKNOWN)
                return;
        subject->ended_at_real = now_real(alertmanager);
        alertmanager_look(alertmanager);
}
