/* Sends events of every type by a notifier of a block of YAML, in real time, as the outbox would: for tests against
 * real receivers, and to measure.
 *
 *   send_hook [--email] [--en] [--hostile] [--again] BLOCK.yaml [COUNT [AT_ONCE]]
 *                           one line of JSON an event, what became of it; COUNT 0: each type twice. --again: what is to
 *                           be sent again is, at once, up to AGAIN_MAX attempts
 *   send_hook --documents   the documents themselves, one a line
 *   send_hook --feed BLOCK.yaml
 *                           keeps an Alertmanager up to date: lines "fire ID" and "end ID" on standard input, until its
 *                           end
 *
 * mail.test is this machine, by a name server of its own. Last on stderr: how late the loop was at worst while it had
 * nothing else to do, and the rate.
 */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/alertmanager.h"
#include "daemon/notify/email.h"
#include "daemon/notify/webhook.h"
#include "daemon/view/view.h"
#include "tests/lib/names.h"
#include "tests/lib/notifier_fixture.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define BLOCK_MAX 65536
#define AT_ONCE_MAX 64
#define AGAIN_MAX 5
#define LONG_BANNER 10000
#define BEAT_SPAN (10 * NSEC_PER_MSEC)

typedef struct Round {
        Loop *loop;
        NotifyServices services;
        NotifierFixture fixture;
        uint64_t next, count, ended;
        Nsec began_at_boot;
        Timer beat;
        Nsec beat_due_at_boot, latest;
        bool is_email, is_english, is_hostile, goes_on;
} Round;

typedef struct Slot {
        Round *round;
        Event *event;
        Buf body;
        Send *send;
        int attempt;
        Nsec began_at_boot;
} Slot;

/* --- events ------------------------------------------------------------------------------------------------------ */

static void fill(Event *event, uint64_t n) {
        Nsec at = event->at_real;

        event->observed_at_real = at - 2 * NSEC_PER_SEC;
        event->since_at_real = at - 120 * NSEC_PER_SEC;
        event->title.in[LANGUAGE_FR] = mon_strdup("Refuser l'« espace » & <co>");
        event->title.in[LANGUAGE_EN] = mon_strdup("Refusing");
        event->verdict = VERDICT_MAINTENANCE;
        event->cause = CAUSE_BANNER;
        event->detail = mon_strdup("the page says so");
        event->http_status = 200;
        event->banner = mon_strdup("Le service \"opposition\" est <b>fermé</b> \\o/ @channel");
        event->url = mon_strdup("https://www.example.org/a?b=1&c=2");
        event->diff = mon_strdup("-un +deux");
        event->words_added = 1;
        event->words_removed = 1;
        event->notice_from_at_real = at + WEBHOOK_RETRY_AFTER_MAX;
        event->notice_until_at_real = NSEC_UNKNOWN;
        event->incident = (int64_t)n + 1;
        event->incident_opened_at_real = at - 120 * NSEC_PER_SEC;
        event->incident_closed_at_real = NSEC_UNKNOWN;
        event->unknown = mon_strdup("telephone courrier");
        event->reason = mon_strdup("mes-opposition");
        event->changes = 12;
}

/* What a site could try, and what it is kept from elsewhere: here it comes as it is. */
static void make_hostile(Event *event) {
        static const char bait[] =
                "a\r\nBcc: spy@example.org\r\n\r\n<script>alert(1)</script>\r\n.\r\nMAIL FROM:<x@y.z>\r\n"
                "\xe2\x80\xae=?UTF-8?Q?=0D=0AX: y?= \xff\xfe --=_evt_ ";
        mon_auto_free char *many = mon_calloc(LONG_BANNER + 1, 1);

        for (size_t i = 0; i < LONG_BANNER; i++)
                many[i] = bait[i % strlen(bait)];
        mon_replace(&event->title.in[LANGUAGE_FR], bait);
        mon_replace(&event->title.in[LANGUAGE_EN], bait);
        mon_replace(&event->detail, bait);
        mon_replace(&event->banner, many);
        mon_replace(&event->url, "https://www.example.org/\"><script>alert(1)</script>");
}

static bool is_of_a_path(EventType type) {
        return text_starts(event_type_name(type), "path.");
}

/* Each type bare, and with all that an event can have. */
static Event *make_event(uint64_t n, Nsec at_real) {
        EventType type = (EventType)(n / 2 % EVENT_MAX + 1);
        Event *event = mon_event_new(type, at_real);
        bool is_path = is_of_a_path(type), is_observer = text_starts(event_type_name(type), "observer.");

        (void)snprintf(event->id, sizeof event->id, "evt_%032" PRIx64, n);
        event->kind = is_path                                                        ? SUBJECT_PATH
                      : is_observer                                                  ? SUBJECT_OBSERVER
                      : type == EVENT_DELIVERY_FAILED || type == EVENT_NOTIFIER_TEST ? SUBJECT_NOTIFIER
                                                                                     : SUBJECT_TARGET;
        event->subject = mon_strdup(is_path ? "refus" : is_observer ? "mond" : "mes-opposition");
        event->since_at_real = event->incident_opened_at_real = event->incident_closed_at_real = NSEC_UNKNOWN;
        event->notice_from_at_real = event->notice_until_at_real = NSEC_UNKNOWN;
        if (event_type_is_state(type) && is_path) {
                event->path_from = PATH_OPEN;
                event->path_to = (PathState)(type - EVENT_PATH_OPEN + 1);
        } else if (event_type_is_state(type)) {
                event->from = VERDICT_UP;
                event->to = (Verdict)(type - EVENT_TARGET_UP + 1);
        }
        if (n % 2)
                fill(event, n);
        return event;
}

static void on_beat(void *userdata) {
        Round *round = userdata;
        Nsec now = clock_at_boot(loop_clock(round->loop)), late = now - round->beat_due_at_boot;

        round->latest = late > round->latest ? late : round->latest;
        round->beat_due_at_boot = now + BEAT_SPAN;
        loop_arm(round->loop, &round->beat, round->beat_due_at_boot);
}

static json_t *make_document(const Event *event) {
        return view_event(event, "Collectif \"Exemple\"", "https://example.org/mond");
}

static int print_documents(void) {
        for (uint64_t n = 0; n < 2 * EVENT_MAX; n++) {
                mon_cleanup(mon_event_free_p) Event *event =
                        make_event(n, INT64_C(1767225600) * NSEC_PER_SEC + (Nsec)n * NSEC_PER_SEC);
                mon_auto_json *document = make_document(event);
                mon_auto_free char *line = json_line(document);
                (void)puts(line);
        }
        return 0;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static void begin_next(Slot *slot);
static void attempt(Slot *slot);

static void on_sent(const SendOutcome *outcome, void *userdata) {
        static const char *const results[] = {"delivered", "again", "failed", "gone"};
        Slot *slot = userdata;
        Round *round = slot->round;
        Nsec now = clock_at_boot(loop_clock(round->loop));
        mon_auto_json *line = json_object();

        slot->send = NULL;
        if (round->goes_on && outcome->result == SEND_AGAIN && slot->attempt < AGAIN_MAX) {
                attempt(slot);
                return;
        }
        json_set(line, "id", json_text(slot->event->id));
        json_set(line, "type", json_text(event_type_name(slot->event->type)));
        json_set(line, "result", json_text(results[outcome->result]));
        json_set(line, "status", json_integer(outcome->status));
        json_set(line, "retry_after", json_msec(outcome->retry_after));
        json_set(line, "error", json_text(outcome->error));
        json_set(line, "attempts", json_integer(slot->attempt));
        json_set(line, "ms", json_msec(now - slot->began_at_boot));
        mon_auto_free char *text = json_line(line);
        (void)puts(text);
        if (++round->ended == round->count)
                loop_stop(round->loop, 0);
        else
                begin_next(slot);
}

static void attempt(Slot *slot) {
        Round *round = slot->round;
        const Notifier *notifier = &round->fixture.notifier;
        Nsec now_real = clock_at_real(loop_clock(round->loop));

        const Sending sending = {slot->event->id, buf_text(&slot->body), slot->body.len, ++slot->attempt, now_real,
                                 now_real};
        slot->began_at_boot = clock_at_boot(loop_clock(round->loop));
        int r = notifier->driver->start(&round->services, notifier, &sending, on_sent, slot, &slot->send);
        if (r < 0) {
                (void)fprintf(stderr, "%s: %s\n", slot->event->id, mon_strerror(r));
                loop_stop(round->loop, 1);
        }
}

static void begin_next(Slot *slot) {
        Round *round = slot->round;
        const Notifier *notifier = &round->fixture.notifier;

        if (round->next == round->count)
                return;
        mon_event_free(slot->event);
        slot->event = make_event(round->next++, clock_at_real(loop_clock(round->loop)));
        if (round->is_hostile)
                make_hostile(slot->event);
        mon_auto_json *document = make_document(slot->event);
        const Letter letter = {slot->event, document};
        buf_clear(&slot->body);
        slot->attempt = 0;
        int r = notifier->driver->compose(&round->services, notifier, &letter, &slot->body);
        if (r < 0) {
                (void)fprintf(stderr, "%s: %s\n", slot->event->id, mon_strerror(r));
                loop_stop(round->loop, 1);
                return;
        }
        attempt(slot);
}

static int run(Round *round, size_t at_once) {
        Slot slots[AT_ONCE_MAX] = {0};

        round->began_at_boot = clock_at_boot(loop_clock(round->loop));
        round->beat = (Timer){.fn = on_beat, .userdata = round};
        round->beat_due_at_boot = round->began_at_boot + BEAT_SPAN;
        loop_arm(round->loop, &round->beat, round->beat_due_at_boot);
        for (size_t i = 0; i < at_once; i++) {
                slots[i] = (Slot){.round = round, .body = BUF_INIT(NOTIFIER_BODY_MAX)};
                begin_next(&slots[i]);
        }
        int status = loop_run(round->loop);
        double seconds = (double)(clock_at_boot(loop_clock(round->loop)) - round->began_at_boot) / 1e9;
        loop_disarm(round->loop, &round->beat);
        (void)fprintf(stderr, "%" PRIu64 " in %.3f s, late %.1f ms: %.0f/s\n", round->ended, seconds,
                      (double)round->latest / 1e6, (double)round->ended / seconds);
        for (size_t i = 0; i < at_once; i++) {
                round->fixture.notifier.driver->cancel(slots[i].send);
                mon_event_free(slots[i].event);
                buf_fini(&slots[i].body);
        }
        return status;
}

static bool read_block(const char *path, Round *round) {
        NotifierFixture *fixture = &round->fixture;
        mon_auto_free char *text = mon_calloc(1, BLOCK_MAX + 1);
        FILE *file = fopen(path, "re");

        if (!file)
                return false;
        size_t n = fread(text, 1, BLOCK_MAX, file);
        (void)fclose(file);
        if (n == 0)
                return false;
        notifier_fixture_init(fixture, round->is_email ? &notifier_email : &notifier_webhook, text,
                              round->is_english ? LANGUAGE_EN : LANGUAGE_FR);
        (void)fputs(fixture->mistakes, stderr);
        return fixture->mistakes[0] == '\0';
}

/* --- feeding an Alertmanager -------------------------------------------------------------------------------------- */

typedef struct Feeding {
        Round *round;
        Alertmanager *alertmanager;
        Buf input;
} Feeding;

static json_t *on_document(void *userdata, const Event *event) {
        (void)userdata;
        return make_document(event);
}

static void on_fed(void *userdata, const Notifier *notifier, const SendOutcome *outcome) {
        (void)userdata;
        (void)notifier;
        if (outcome->result != SEND_DELIVERED)
                (void)fprintf(stderr, "%s\n", outcome->error);
}

static void take_line(Feeding *feeding, const char *line) {
        bool fires = text_starts(line, "fire ");
        Nsec now = clock_at_real(loop_clock(feeding->round->loop));
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(fires ? EVENT_TARGET_DOWN : EVENT_TARGET_UP, now);

        event->kind = SUBJECT_TARGET;
        event->subject = mon_strdup(strchr(line, ' ') + 1);
        event->to = event->verdict = fires ? VERDICT_DOWN : VERDICT_UP;
        event->cause = fires ? CAUSE_TIMEOUT : CAUSE_OK;
        event->since_at_real = now;
        event->url = mon_strdup("https://www.example.org/");
        alertmanager_take(feeding->alertmanager, event);
}

static void on_input(int fd, unsigned ready, void *userdata) {
        Feeding *feeding = userdata;
        char bytes[4096];
        char *end;

        (void)ready;
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n <= 0 || buf_append(&feeding->input, bytes, (size_t)n) != 0) {
                loop_stop(feeding->round->loop, 0);
                return;
        }
        while ((end = strchr(buf_text(&feeding->input), '\n'))) {
                size_t taken = (size_t)(end - feeding->input.data) + 1;
                *end = '\0';
                take_line(feeding, feeding->input.data);
                memmove(feeding->input.data, feeding->input.data + taken, feeding->input.len - taken + 1);
                feeding->input.len -= taken;
        }
}

static int feed(Round *round) {
        const AlertmanagerHost host = {round, on_document, NULL, on_fed};
        Notifier *notifier = &round->fixture.notifier;
        Feeding feeding = {.round = round, .input = BUF_INIT(BLOCK_MAX)};
        mon_cleanup(loop_io_free_p) LoopIo *io = NULL;
        mon_cleanup(list_fini) List notifiers = {0};

        text_list_add(&notifier->events, "target.*", 1, 1);
        list_add(&notifiers, notifier);
        feeding.alertmanager = alertmanager_new(round->loop, &host, &round->services);
        alertmanager_set(feeding.alertmanager, &notifiers);
        int r = loop_io_new(round->loop, STDIN_FILENO, LOOP_READ, on_input, &feeding, &io);
        if (r == 0)
                r = loop_run(round->loop);
        alertmanager_free(feeding.alertmanager);
        text_list_fini(&notifier->events);
        buf_fini(&feeding.input);
        return r == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_system();
        mon_cleanup(loop_free_p) Loop *loop = NULL;
        mon_cleanup(name_server_free_p) NameServer *names = NULL;
        mon_cleanup(resolver_free_p) Resolver *resolver = NULL;
        mon_cleanup(poster_free_p) Poster *poster = NULL;
        int64_t count = 0, at_once = 4;
        Round round = {0};

        if (argc == 2 && text_is(argv[1], "--documents"))
                return print_documents();
        bool is_feed = argc == 3 && text_is(argv[1], "--feed");
        for (; !is_feed && argc > 1 && text_starts(argv[1], "--"); argc--, argv++) {
                round.is_email |= text_is(argv[1], "--email");
                round.is_english |= text_is(argv[1], "--en");
                round.is_hostile |= text_is(argv[1], "--hostile");
                round.goes_on |= text_is(argv[1], "--again");
        }
        (void)signal(SIGPIPE, SIG_IGN);
        if (is_feed)
                (void)(argv[1] = argv[2], argc = 2);
        if (argc < 2 || argc > 4 || (argc > 2 && text_parse_int(argv[2], 0, 1000000, &count) != 0) ||
            (argc > 3 && text_parse_int(argv[3], 1, AT_ONCE_MAX, &at_once) != 0))
                return 64;
        if (loop_new(clock, &loop) < 0 || name_server_new(loop, &names) < 0)
                return 1;
        name_server_set(names, "mail.test", NAME_ADDRESSES, "127.0.0.1");
        if (resolver_new(loop, name_server_place(names), &resolver) < 0 || poster_new(loop, resolver, &poster) < 0 ||
            !read_block(argv[1], &round))
                return 1;
        round.loop = loop;
        round.services = (NotifyServices){.loop = loop,
                                          .resolver = resolver,
                                          .poster = poster,
                                          .user_agent = "mond",
                                          .observer_name = "Collectif Exemple, Rennes",
                                          .observer_contact = "https://example.org/mond"};
        round.count = count > 0 ? (uint64_t)count : 2 * EVENT_MAX;
        int status = is_feed ? feed(&round) : run(&round, (size_t)at_once);
        notifier_fixture_fini(&round.fixture);
        return status;
}
