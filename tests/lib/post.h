/* The outbox in the midst of a daemon without probes: events are told to it, fake notifiers send to files, time is
 * simulated, lives end and begin. Failures end the test by cmocka. */
#pragma once

#include "daemon/flow.h"
#include "daemon/notify/outbox.h"
#include "tests/lib/config_fixture.h"

#define POST_BEGAN (INT64_C(1767225600) * NSEC_PER_SEC) /* 2026-01-01 00:00:00 UTC */

typedef struct Post {
        ConfigFixture fixture;
        Clock *clock;
        Loop *loop;
        Store *store, *other; /* `other` holds the write lock while it is open */
        Flow *flow;
        Outbox *outbox;
        Config *config;
        Config of_flow; /* the same without paths, whose states the tests themselves say */
        NotifyServices services;
        int changes; /* of whatever is asked for */
        size_t told; /* to the journal */
        int tried;
        SendResult last;
        char last_id[EVENT_ID_MAX];
} Post;

/* With targets "page" and "other", a path "refus", and these notifiers (items of a YAML list). */
void post_begin(Post *post, const char *notifiers);
void post_end(Post *post);
/* A life of the daemon on what the last one left; `crash` 0: never. */
void post_live(Post *post, unsigned crash);
void post_die(Post *post);
void post_restart(Post *post);
void post_reload(Post *post, const char *notifiers);

void post_settle(Post *post);
void post_pass(Post *post, Nsec span); /* from due time to due time */
Event *post_state_event(Post *post, const char *target, Verdict to, Cause cause);
void post_becomes(Post *post, const char *target, Verdict to);
void post_path_becomes(Post *post, PathState to);
void post_says(Post *post, EventType type, const char *target);

void post_answer(const char *file, const char *line); /* of the fake notifier with that file, from now on */
char *post_read_all(const char *file);
char *post_take_sent(const char *file); /* since it was taken last, without the ids */
void post_check_sent(const char *file, const char *expected, int line);
/* Where subjects do not wait for each other: the lines in the order of the alphabet. */
void post_check_sorted(const char *file, const char *expected, int line);
void post_count_rows(Post *post, size_t ret_counts[static 4]); /* by DeliveryState */
void post_check_rows(Post *post, size_t pending, size_t delivered, size_t failed, int line);
#define sent(file, expected) post_check_sent((file), (expected), __LINE__)
#define sent_sorted(file, expected) post_check_sorted((file), (expected), __LINE__)
#define rows(post, pending, delivered, failed) post_check_rows((post), (pending), (delivered), (failed), __LINE__)
