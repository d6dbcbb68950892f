/* Alertmanager's feed: what fires, what is repeated, what ends, and what a lost request costs. */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/alertmanager.h"
#include "daemon/notify/webhook.h"
#include "tests/lib/notifier_fixture.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define RESEND (60 * NSEC_PER_SEC)

typedef struct Feeds {
        World world;
        Poster *poster;
        Server *server;
        NotifyServices services;
        NotifierFixture fixture;
        Alertmanager *alertmanager;
        const char *silenced;
        unsigned sent;
        SendOutcome outcome; /* the latest */
} Feeds;

static json_t *document_of(void *userdata, const Event *event) {
        json_t *document = notifier_fixture_document(event_type_name(event->type), "up",
                                                     event->kind == SUBJECT_OBSERVER ? NULL : "down", "a sentence");
        json_t *subject = json_object_get(document, "subject");

        (void)userdata;
        json_set(subject, "kind", json_text(subject_kind_name(event->kind)));
        json_set(subject, "id", json_text(event->subject));
        return document;
}

static bool is_silenced(void *userdata, const char *subject) {
        return text_is(((const Feeds *)userdata)->silenced, subject);
}

static void on_sent(void *userdata, const Notifier *notifier, const SendOutcome *outcome) {
        Feeds *feeds = userdata;

        assert_string_equal(notifier->id, "equipe");
        feeds->sent++;
        feeds->outcome = *outcome;
}

static int setup(void **state) {
        Feeds *feeds = mon_new(Feeds);

        world_init(&feeds->world);
        assert_int_equal(poster_new(feeds->world.loop, feeds->world.resolver, &feeds->poster), 0);
        assert_int_equal(server_new(feeds->world.loop, NULL, &feeds->server), 0);
        feeds->services = (NotifyServices){.loop = feeds->world.loop,
                                           .resolver = feeds->world.resolver,
                                           .poster = feeds->poster,
                                           .user_agent = "mond-test"};
        mon_auto_free char *url = server_url(feeds->server, "127.0.0.1", "/");
        mon_auto_free char *yaml = mon_printf("url: \"%s\"\nformat: alertmanager\nresend_every: 60s", url);
        notifier_fixture_init(&feeds->fixture, &notifier_webhook, yaml, LANGUAGE_EN);
        assert_string_equal(feeds->fixture.mistakes, "");
        text_list_add(&feeds->fixture.notifier.events, "target.*", 1, 1);
        text_list_add(&feeds->fixture.notifier.events, "observer.*", 1, 1);
        server_set_text(feeds->server, "/api/v2/alerts", 200, "");
        const AlertmanagerHost host = {feeds, document_of, is_silenced, on_sent};
        feeds->alertmanager = alertmanager_new(feeds->world.loop, &host, &feeds->services);
        List notifiers = {0};
        list_add(&notifiers, &feeds->fixture.notifier);
        alertmanager_set(feeds->alertmanager, &notifiers);
        list_fini(&notifiers);
        *state = feeds;
        return 0;
}

static int teardown(void **state) {
        Feeds *feeds = *state;

        alertmanager_free(feeds->alertmanager);
        text_list_fini(&feeds->fixture.notifier.events);
        notifier_fixture_fini(&feeds->fixture);
        poster_free(feeds->poster);
        server_free(feeds->server);
        world_fini(&feeds->world);
        free(feeds);
        return 0;
}

static void take(Feeds *feeds, EventType type, SubjectKind kind, const char *subject) {
        Nsec now = clock_at_real(feeds->world.clock);
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(type, now);

        event->kind = kind;
        event->subject = mon_strdup(subject);
        event->since_at_real = now;
        alertmanager_take(feeds->alertmanager, event);
}

static void target(Feeds *feeds, EventType type, const char *subject) {
        take(feeds, type, SUBJECT_TARGET, subject);
}

static void pass(Feeds *feeds, Nsec span) {
        world_run_until(&feeds->world, NULL, span);
}

/* The alerts of the latest request. */
static json_t *alerts(const Feeds *feeds) {
        const Buf *body = server_last_body(feeds->server);
        mon_auto_free char *why = NULL;
        json_t *value;

        assert_int_equal(json_read(buf_text(body), body->len, &value, &why), 0);
        return value;
}

static Nsec time_of(const json_t *alert, const char *key) {
        Nsec at_real;

        assert_int_equal(text_parse_time(json_get_text(alert, key, ""), &at_real), 0);
        return at_real;
}

static void test_nothing_fires_nothing_is_sent(void **state) {
        Feeds *feeds = *state;

        assert_true(notifier_is_fed(&feeds->fixture.notifier));

        pass(feeds, 10 * RESEND);
        target(feeds, EVENT_TARGET_UP, "a");
        target(feeds, EVENT_TARGET_UNKNOWN, "b");
        target(feeds, EVENT_BANNER_SEEN, "c");
        take(feeds, EVENT_PATH_CLOSED, SUBJECT_PATH, "refus"); /* not among the events it wants */
        pass(feeds, 10 * RESEND);
        assert_int_equal(server_requests(feeds->server), 0);
}

static void test_it_fires_stays_and_ends(void **state) {
        Feeds *feeds = *state;
        Nsec began = clock_at_real(feeds->world.clock);

        target(feeds, EVENT_TARGET_DOWN, "a");
        pass(feeds, 0);
        assert_int_equal(server_requests(feeds->server), 1);
        assert_true(text_starts(server_last_request(feeds->server), "POST /api/v2/alerts HTTP/1.1\r\n"));
        mon_auto_json *first = alerts(feeds);
        const json_t *alert = json_array_get(first, 0);
        assert_int_equal(json_array_size(first), 1);
        mon_auto_free char *labels = json_line(json_object_get(alert, "labels"));
        assert_string_equal(labels, "{\"alertname\":\"MondTargetNotUp\",\"job\":\"mond\",\"target\":\"a\"}");
        assert_int_equal(time_of(alert, "startsAt"), began);
        assert_int_equal(time_of(alert, "endsAt"), began + ALERTMANAGER_HOLDS * RESEND);

        pass(feeds, 3 * RESEND); /* three times more, and always longer */
        assert_int_equal(server_requests(feeds->server), 4);
        mon_auto_json *fourth = alerts(feeds);
        assert_int_equal(time_of(json_array_get(fourth, 0), "startsAt"), began);
        assert_int_equal(time_of(json_array_get(fourth, 0), "endsAt"), began + (3 + ALERTMANAGER_HOLDS) * RESEND);

        target(feeds, EVENT_TARGET_MAINTENANCE, "a"); /* the same alert, in other words */
        pass(feeds, 0);
        mon_auto_json *same = alerts(feeds);
        assert_int_equal(time_of(json_array_get(same, 0), "startsAt"), began);
        assert_true(json_equal(json_object_get(json_array_get(same, 0), "labels"), json_object_get(alert, "labels")));
        target(feeds, EVENT_TARGET_UNKNOWN, "a"); /* nobody knows better */
        pass(feeds, 0);
        assert_int_equal(server_requests(feeds->server), 5);

        Nsec ended = clock_at_real(feeds->world.clock);
        target(feeds, EVENT_TARGET_UP, "a");
        pass(feeds, 0);
        mon_auto_json *end = alerts(feeds);
        assert_int_equal(time_of(json_array_get(end, 0), "endsAt"), ended);
        pass(feeds, ALERTMANAGER_ENDED_SPAN + 2 * RESEND);
        unsigned requests = server_requests(feeds->server);
        assert_in_range(requests, 6 + 14, 6 + 16); /* its end is repeated */
        pass(feeds, 10 * RESEND);
        assert_int_equal(server_requests(feeds->server), requests); /* and then it is over */
        assert_int_equal(feeds->sent, requests);
        assert_int_equal(feeds->outcome.result, SEND_DELIVERED);
}

static void test_all_changes_of_a_tick_are_one_request(void **state) {
        Feeds *feeds = *state;

        target(feeds, EVENT_TARGET_DOWN, "a");
        target(feeds, EVENT_TARGET_DOWN, "b");
        take(feeds, EVENT_OBSERVER_BLIND, SUBJECT_OBSERVER, "mond");
        pass(feeds, 0);
        assert_int_equal(server_requests(feeds->server), 1);
        mon_auto_json *all = alerts(feeds);
        assert_int_equal(json_array_size(all), 3);
}

/* A server that is away for a day hears of what still fires, and of nothing else, as soon as it is back. */
static void test_a_server_that_is_away(void **state) {
        Feeds *feeds = *state;

        server_set_text(feeds->server, "/api/v2/alerts", 503, "");
        target(feeds, EVENT_TARGET_DOWN, "a");
        target(feeds, EVENT_TARGET_DOWN, "b");
        pass(feeds, 1);
        target(feeds, EVENT_TARGET_UP, "b");
        pass(feeds, WORLD_DAY);
        assert_int_equal(feeds->outcome.result, SEND_AGAIN);
        server_set_text(feeds->server, "/api/v2/alerts", 200, "");
        pass(feeds, ALERTMANAGER_RETRY_SPAN);
        assert_int_equal(feeds->outcome.result, SEND_DELIVERED);
        mon_auto_json *all = alerts(feeds);
        assert_int_equal(json_array_size(all), 1);
        assert_non_null(strstr(server_last_request(feeds->server), "mond-first-attempt: 2026-01-01T00:00:00.000Z"));
}

static void test_one_that_refuses_is_not_asked_more_often(void **state) {
        Feeds *feeds = *state;

        server_set_text(feeds->server, "/api/v2/alerts", 400, "bad");
        target(feeds, EVENT_TARGET_DOWN, "a");
        pass(feeds, 5 * RESEND);
        assert_int_equal(server_requests(feeds->server), 6);
        assert_string_equal(feeds->outcome.error, "HTTP 400: bad");
}

/* What changes while a request is under way goes out when it is over. */
static void test_a_change_during_a_request(void **state) {
        Feeds *feeds = *state;

        server_set(feeds->server, "/api/v2/alerts", &(ServerAnswer){.status = 200, .delay = 2 * NSEC_PER_SEC});
        target(feeds, EVENT_TARGET_DOWN, "a");
        pass(feeds, NSEC_PER_SEC);
        target(feeds, EVENT_TARGET_DOWN, "b");
        pass(feeds, 2 * NSEC_PER_SEC);
        assert_int_equal(server_requests(feeds->server), 2);
        mon_auto_json *all = alerts(feeds);
        assert_int_equal(json_array_size(all), 2);
}

static void test_a_silenced_subject_fires_no_more(void **state) {
        Feeds *feeds = *state;

        target(feeds, EVENT_TARGET_DOWN, "a");
        target(feeds, EVENT_TARGET_DOWN, "b");
        pass(feeds, 0);
        feeds->silenced = "a";
        alertmanager_look(feeds->alertmanager);
        pass(feeds, 0);
        mon_auto_json *one = alerts(feeds);
        assert_int_equal(json_array_size(one), 1);
        feeds->silenced = NULL;
        alertmanager_look(feeds->alertmanager);
        pass(feeds, 0);
        mon_auto_json *both = alerts(feeds);
        assert_int_equal(json_array_size(both), 2);
}

static void test_a_subject_that_is_gone_ends(void **state) {
        Feeds *feeds = *state;

        target(feeds, EVENT_TARGET_DOWN, "a");
        pass(feeds, RESEND / 2);
        Nsec gone = clock_at_real(feeds->world.clock);
        alertmanager_forget(feeds->alertmanager, SUBJECT_TARGET, "a");
        alertmanager_forget(feeds->alertmanager, SUBJECT_TARGET, "b");
        pass(feeds, 0);
        mon_auto_json *end = alerts(feeds);
        assert_int_equal(time_of(json_array_get(end, 0), "endsAt"), gone);
}

static void test_the_bounds(void **state) {
        Feeds *feeds = *state;

        for (int i = 0; i <= ALERTMANAGER_SUBJECTS_MAX; i++) {
                mon_auto_free char *id = mon_printf("t%d", i);
                target(feeds, EVENT_TARGET_DOWN, id);
        }
        pass(feeds, 0);
        mon_auto_json *all = alerts(feeds);
        assert_int_equal(json_array_size(all), ALERTMANAGER_SUBJECTS_MAX);
        assert_true(server_last_body(feeds->server)->len <= ALERTMANAGER_BODY_MAX);
}

#define row(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                row(test_nothing_fires_nothing_is_sent),
                row(test_it_fires_stays_and_ends),
                row(test_all_changes_of_a_tick_are_one_request),
                row(test_a_server_that_is_away),
                row(test_one_that_refuses_is_not_asked_more_often),
                row(test_a_change_during_a_request),
                row(test_a_silenced_subject_fires_no_more),
                row(test_a_subject_that_is_gone_ends),
                row(test_the_bounds),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
