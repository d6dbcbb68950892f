/* A site's own list of outages: what is read of it, and that nothing else ever reads as "no outage". */
#include "probes/outages.h"

#include "daemon/base/text.h"
#include "daemon/net/fetch.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define NOW_TEXT "2026-01-20T02:30:00Z"
#define TIMEOUT (20 * NSEC_PER_SEC)

static Nsec instant(const char *text) {
        Nsec at_real = 0;
        assert_int_equal(text_parse_time(text, &at_real), 0);
        return at_real;
}

/* --- dates ------------------------------------------------------------------------------------------------------ */

static void test_dates(void **unused) {
        static const struct {
                const char *text, *utc; /* NULL: no date */
                bool is_end;
        } rows[] = {
                {"2026-01-20T02:00:00", "2026-01-20T01:00:00Z", false}, /* Paris, winter */
                {"2026-07-20T02:00:00", "2026-07-20T00:00:00Z", false}, /* Paris, summer */
                {"2026-01-20 02:00", "2026-01-20T01:00:00Z", false},
                {" 2026-01-20  2:00 ", "2026-01-20T01:00:00Z", false},
                {"20/01/2026 02:00", "2026-01-20T01:00:00Z", false},
                {"20/01/2026 02:00:30", "2026-01-20T01:00:30Z", false},
                {"2/1/2026", "2026-01-01T23:00:00Z", false},
                {"2026-01-20T02:00:00Z", "2026-01-20T02:00:00Z", false},
                {"2026-01-20T02:00:00.123Z", "2026-01-20T02:00:00Z", false},
                {"2026-01-20T02:00:00+01:00", "2026-01-20T01:00:00Z", false},
                {"2026-01-20T02:00:00+0100", "2026-01-20T01:00:00Z", false},
                {"2026-01-20T02:00:00 -05", "2026-01-20T07:00:00Z", false},
                {"2026-01-20T24:00", "2026-01-20T23:00:00Z", false},
                {"2026-01-20", "2026-01-19T23:00:00Z", false},
                {"2026-01-20", "2026-01-20T23:00:00Z", true}, /* as an end the day is in it */
                {"2026-01-20 02:00", "2026-01-20T01:00:00Z", true},
                {"1768870800", "2026-01-20T01:00:00Z", false},
                {"", NULL, false},
                {"bientôt", NULL, false},
                {"2026-02-30", NULL, false},
                {"2026-1-20", NULL, false},
                {"01/20/2026", NULL, false},
                {"2026-01-20T2500", NULL, false},
                {"2026-01-20T25:00", NULL, false},
                {"2026-01-20T24:01", NULL, false},
                {"2026-01-20T02:60", NULL, false},
                {"2026-01-20T02:00:60", NULL, false},
                {"2026-01-20T02:00:00+01:60", NULL, false},
                {"2026-01-20T02:00:00+15:00", NULL, false},
                {"2026-01-20T02:00:00 demain", NULL, false},
                {"2026-01-20x", NULL, false},
                {"20260120", NULL, false},
                {"1768870800000", NULL, false}, /* milliseconds are not guessed */
                {"-1768870800", NULL, false},
                {"1970-01-01", NULL, false}, /* in Paris still 1969 in UTC */
        };
        (void)unused;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Nsec at_real = -7;
                bool good = outages_read_date(rows[i].text, rows[i].is_end, &at_real);
                if (good != (rows[i].utc != NULL))
                        fail_msg("'%s' is %s", rows[i].text, good ? "a date" : "none");
                if (!good)
                        assert_int_equal(at_real, -7);
                else
                        assert_int_equal(at_real / NSEC_PER_SEC, instant(rows[i].utc) / NSEC_PER_SEC);
        }
}

/* --- pointers --------------------------------------------------------------------------------------------------- */

/* The examples of RFC 6901, section 5, and what leads nowhere. */
static void test_pointers(void **unused) {
        static const char text[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,"
                                   "\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}";
        static const struct {
                const char *pointer, *value;
        } rows[] = {
                {"/foo", "[\"bar\",\"baz\"]"},
                {"/foo/0", "\"bar\""},
                {"/", "0"},
                {"/a~1b", "1"},
                {"/c%d", "2"},
                {"/e^f", "3"},
                {"/g|h", "4"},
                {"/i\\j", "5"},
                {"/k\"l", "6"},
                {"/ ", "7"},
                {"/m~0n", "8"},
                {"/foo/2", NULL},
                {"/foo/00", NULL},
                {"/foo/-", NULL},
                {"/foo/+1", NULL},
                {"/foo/99999999999999999999", NULL},
                {"/foo/0/x", NULL},
                {"/nothing", NULL},
                {"/m~01n", NULL},
        };
        static const char *const wrong[] = {"foo", "#/foo", "/a~", "/a~2b"};
        mon_auto_json *document = NULL;
        char *why = NULL;
        (void)unused;

        assert_int_equal(json_read(text, strlen(text), &document, &why), 0);
        assert_ptr_equal(outages_find(document, ""), document);
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                assert_null(outages_check_pointer(rows[i].pointer));
                const json_t *value = outages_find(document, rows[i].pointer);
                mon_auto_free char *got = value ? json_line(value) : NULL;
                if (!text_is(got, rows[i].value))
                        fail_msg("%s: %s", rows[i].pointer, got ? got : "nothing");
        }
        assert_null(outages_check_pointer(""));
        for (size_t i = 0; i < mon_count_of(wrong); i++) {
                mon_auto_free char *mistake = outages_check_pointer(wrong[i]);
                assert_non_null(mistake);
        }
}

/* --- feeds ------------------------------------------------------------------------------------------------------ */

static const OutagesFields plain = {.items = "", .from = "/a", .until = "/b", .text = "/t"};

/* "U what", "M text", "N text", "-" for no outage; both where both are. */
static char *read_as(const char *feed, const OutagesFields *fields) {
        mon_cleanup(outages_reading_fini) OutagesReading reading = {0};
        mon_auto_free char *why = NULL;

        if (outages_read(feed, strlen(feed), fields, instant(NOW_TEXT), &reading, &why) != 0) {
                assert_non_null(why);
                return mon_printf("U %s", why);
        }
        assert_null(why);
        if (!reading.in_force && !reading.to_come)
                return mon_strdup("-");
        return mon_printf("%s%s%s%s%s", reading.in_force ? "M " : "", reading.in_force ? reading.present.text : "",
                          reading.in_force && reading.to_come ? " " : "", reading.to_come ? "N " : "",
                          reading.to_come ? reading.next.text : "");
}

typedef struct FeedRow {
        const char *feed, *as;
} FeedRow;

static void check_feeds(const FeedRow *rows, size_t n, const OutagesFields *fields) {
        for (size_t i = 0; i < n; i++) {
                mon_auto_free char *as = read_as(rows[i].feed, fields);
                if (rows[i].as[0] == 'U' ? !text_starts(as, rows[i].as) : !text_is(as, rows[i].as))
                        fail_msg("%s\n%s, not %s", rows[i].feed, as, rows[i].as);
        }
}

#define BEGUN "\"a\":\"2026-01-20 01:00\"" /* now is 03:30 in Paris */
#define ENDED "\"b\":\"2026-01-20 03:00\""
#define LATER "\"b\":\"2026-01-20 04:00\""
#define TO_COME "\"a\":\"2026-01-21 01:00\""

static void test_what_is_in_force_and_what_is_to_come(void **unused) {
        static const FeedRow rows[] = {
                {"[]", "-"},
                {"\xef\xbb\xbf[]", "-"},
                {"[{" BEGUN "," LATER ",\"t\":\"x\"}]", "M x"},
                {"[{" BEGUN "," ENDED ",\"t\":\"x\"}]", "-"},
                {"[{" BEGUN ",\"b\":\"\",\"t\":\"x\"}]", "M x"},
                {"[{" BEGUN ",\"b\":\" \",\"t\":\"x\"}]", "M x"},
                {"[{" BEGUN ",\"b\":null,\"t\":\"x\"}]", "M x"},
                {"[{" BEGUN ",\"t\":\"x\"}]", "M x"},
                {"[{" TO_COME ",\"t\":\"x\"}]", "N x"},
                {"[{" TO_COME ",\"t\":\"x\"},{" BEGUN ",\"t\":\"y\"}]", "M y N x"},
                /* The one that begins first, whatever the order. */
                {"[{" TO_COME ",\"t\":\"x\"},{\"a\":\"2026-01-20 22:00\",\"t\":\"y\"}]", "N y"},
                {"[{" BEGUN ",\"t\":\"b\"},{" BEGUN ",\"t\":\"a\"}]", "M a"},
                {"[{" BEGUN ",\"t\":\"a\"},{" BEGUN ",\"t\":\"b\"}]", "M a"},
                {"[{\"a\":\"2026-01-20T02:30:00Z\",\"t\":\"now\"}]", "M now"},
                {"[{" BEGUN ",\"b\":\"2026-01-20T02:30:00Z\",\"t\":\"over\"}]", "-"},
                {"[{\"a\":1768870800,\"b\":1768881600,\"t\":\"epoch\"}]", "M epoch"},
                /* Backwards, and long past: over either way. */
                {"[{\"a\":\"2026-01-12 01:00\",\"b\":\"2026-01-11 01:00\",\"t\":\"x\"}]", "-"},
                {"[{" BEGUN ",\"t\":\"l'\\u00e9t\\u00e9 \\u001b[31m\\u202e\"}]", "M l'été  [31m "},
                /* One without words speaks by what it is. */
                {"[{" BEGUN ",\"t\":\"\"}]", "M {" BEGUN ",\"t\":\"\"}"},
                {"[{" BEGUN ",\"t\":null}]", "M {" BEGUN ",\"t\":null}"},
        };
        (void)unused;
        check_feeds(rows, mon_count_of(rows), &plain);
}

/* In any order a feed says the same: of one outage with two ends, the later. */
static void test_one_outage_with_two_ends(void **unused) {
        static const char *const feeds[] = {
                "[{" BEGUN "," LATER ",\"t\":\"x\"},{" BEGUN ",\"b\":\"2026-01-20 05:00\",\"t\":\"x\"}]",
                "[{" BEGUN ",\"b\":\"2026-01-20 05:00\",\"t\":\"x\"},{" BEGUN "," LATER ",\"t\":\"x\"}]",
                "[{" BEGUN ",\"t\":\"x\"},{" BEGUN "," LATER ",\"t\":\"x\"}]",
                "[{" BEGUN "," LATER ",\"t\":\"x\"},{" BEGUN ",\"t\":\"x\"}]",
        };
        (void)unused;

        for (size_t i = 0; i < mon_count_of(feeds); i++) {
                mon_cleanup(outages_reading_fini) OutagesReading reading = {0};
                char *why = NULL;
                Nsec end = i < 2 ? instant("2026-01-20T04:00:00Z") : NSEC_UNKNOWN;
                assert_int_equal(outages_read(feeds[i], strlen(feeds[i]), &plain, instant(NOW_TEXT), &reading, &why),
                                 0);
                assert_true(reading.in_force);
                assert_true(reading.present.until_at_real == end);
        }
}

static void test_nothing_unreadable_is_no_outage(void **unused) {
        static const FeedRow rows[] = {
                {"", "U the feed is no JSON"},
                {"<html>", "U the feed is no JSON"},
                {"[", "U the feed is no JSON"},
                {"[] []", "U the feed is no JSON"},
                {"[{\"a\":1,\"a\":2}]", "U the feed is no JSON"},
                {"{}", "U the feed has no list at ''"},
                {"null", "U the feed has no list at ''"},
                {"\"x\"", "U the feed has no list at ''"},
                {"[1]", "U outage 1 of the feed: '/a' is missing"},
                {"[{\"t\":\"x\"}]", "U outage 1 of the feed: '/a' is missing"},
                {"[{" BEGUN "," ENDED ",\"t\":\"x\"},{\"a\":null,\"t\":\"x\"}]",
                 "U outage 2 of the feed: '/a' is no date"},
                {"[{\"a\":\"\",\"t\":\"x\"}]", "U outage 1 of the feed: '/a' is no date"},
                {"[{\"a\":true,\"t\":\"x\"}]", "U outage 1 of the feed: '/a' is no date"},
                {"[{\"a\":1.5e9,\"t\":\"x\"}]", "U outage 1 of the feed: '/a' is no date"},
                {"[{\"a\":{},\"t\":\"x\"}]", "U outage 1 of the feed: '/a' is no date"},
                {"[{" BEGUN ",\"b\":\"demain\",\"t\":\"x\"}]", "U outage 1 of the feed: '/b' is no date"},
                {"[{" BEGUN ",\"b\":false,\"t\":\"x\"}]", "U outage 1 of the feed: '/b' is no date"},
                {"[{" BEGUN ",\"b\":[],\"t\":\"x\"}]", "U outage 1 of the feed: '/b' is no date"},
                {"[{" TO_COME "," LATER ",\"t\":\"x\"}]", "U outage 1 of the feed: '/b' ends before"},
                /* Begun not long ago, OUTAGES_SLIP_MAX at most, its end is a slip (the year, in January): nobody knows
                   whether it is over. */
                {"[{" BEGUN ",\"b\":\"2025-01-20 06:00\",\"t\":\"x\"}]", "U outage 1 of the feed: '/b' ends before"},
                {"[{\"a\":\"2026-01-14 01:00\",\"b\":\"2026-01-13 01:00\",\"t\":\"x\"}]",
                 "U outage 1 of the feed: '/b' ends before"},
                {"[{" BEGUN "}]", "U outage 1 of the feed: '/t' is missing"},
                {"[{" BEGUN ",\"t\":5}]", "U outage 1 of the feed: '/t' is no text"},
                /* One in force before it changes nothing: the feed as a whole is not understood. */
                {"[{" BEGUN ",\"t\":\"x\"},{\"t\":\"y\"}]", "U outage 2 of the feed: '/a' is missing"},
        };
        static const OutagesFields deeper = {.items = "/data/items", .from = "/a", .text = "/t"};
        static const FeedRow deep[] = {
                {"{\"data\":{\"items\":[]}}", "-"},
                {"{\"data\":{\"items\":[{" BEGUN "," ENDED ",\"t\":\"no end is looked for\"}]}}",
                 "M no end is looked for"},
                {"{\"data\":{}}", "U the feed has nothing at '/data/items'"},
                {"[]", "U the feed has nothing at '/data/items'"},
                {"{\"data\":{\"items\":{}}}", "U the feed has no list at '/data/items'"},
        };
        (void)unused;
        check_feeds(rows, mon_count_of(rows), &plain);
        check_feeds(deep, mon_count_of(deep), &deeper);
}

static void test_only_some_count(void **unused) {
        static const FeedRow rows[] = {
                {"[{" BEGUN ",\"t\":\"x\",\"k\":\"ENROLEMENT\"}]", "M x"},
                {"[{" BEGUN ",\"t\":\"x\",\"k\":\"MESSAGERIE\"}]", "-"},
                {"[{" BEGUN ",\"t\":\"x\",\"k\":\"enrolement\"}]", "-"},
                {"[{" BEGUN ",\"t\":\"x\",\"k\":[\"MESSAGERIE\",\"ENROLEMENT\"]}]", "M x"},
                {"[{" BEGUN ",\"t\":\"x\",\"k\":[]}]", "-"},
                {"[{" BEGUN ",\"t\":\"x\",\"k\":7}]", "M x"},
                /* What does not count is not looked at. */
                {"[{\"a\":\"?\",\"k\":\"MESSAGERIE\"}]", "-"},
                {"[{" BEGUN ",\"t\":\"x\"}]", "U outage 1 of the feed: '/k' is missing"},
                {"[{" BEGUN ",\"t\":\"x\",\"k\":null}]", "U outage 1 of the feed: '/k' is no name"},
                {"[{" BEGUN ",\"t\":\"x\",\"k\":[{}]}]", "U outage 1 of the feed: '/k' is no name"},
        };
        TextList is = {0};
        OutagesFields fields = plain;
        (void)unused;

        text_list_add(&is, "ENROLEMENT", 1, 1);
        text_list_add(&is, "7", 1, 1);
        fields.only_at = "/k";
        fields.only_is = &is;
        check_feeds(rows, mon_count_of(rows), &fields);
        text_list_fini(&is);
}

static char *repeat(const char *before, const char *part, size_t n, const char *after) {
        mon_auto_buf Buf text = BUF_INIT(2 * OUTAGES_BODY_MAX);

        assert_int_equal(buf_append_text(&text, before), 0);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(buf_append_text(&text, part), 0);
        assert_int_equal(buf_append_text(&text, after), 0);
        return buf_steal(&text);
}

static void test_bounds(void **unused) {
        static const char item[] = "{" BEGUN "," ENDED ",\"t\":\"x\"},", last[] = "{" BEGUN ",\"t\":\"x\"}]";
        mon_auto_free char *most = repeat("[", item, OUTAGES_ITEMS_MAX - 1, last);
        mon_auto_free char *more = repeat("[", item, OUTAGES_ITEMS_MAX, last);
        mon_auto_free char *deep = repeat("", "[", OUTAGES_DEPTH_MAX, "");
        mon_auto_free char *deeper = repeat("", "[", OUTAGES_DEPTH_MAX + 1, "");
        mon_auto_free char *brackets = repeat("[{" BEGUN ",\"t\":\"\\\"\\\\", "[", 2 * OUTAGES_DEPTH_MAX, "\"}]");
        mon_auto_free char *long_text = repeat("[{" BEGUN ",\"t\":\"", "é", OUTAGES_TEXT_MAX, "\"}]");
        mon_auto_free char *large = repeat("[", " ", OUTAGES_BODY_MAX, "]");
        const FeedRow rows[] = {
                {most, "M x"},
                {more, "U the feed has more than 2000 outages"},
                {deep, "U the feed is no JSON"},
                {deeper, "U the feed is nested deeper than 64"},
                {large, "U the feed is no JSON: the document is larger"},
        };
        (void)unused;

        check_feeds(rows, mon_count_of(rows), &plain);
        mon_auto_free char *in_text = read_as(brackets, &plain);
        assert_true(text_starts(in_text, "M \"\\[["));
        mon_auto_free char *cut = read_as(long_text, &plain);
        assert_true(text_starts(cut, "M éé") && strlen(cut) <= OUTAGES_TEXT_MAX + 2 && text_ends(cut, "…"));
}

/* --- the probe -------------------------------------------------------------------------------------------------- */

typedef struct Ground {
        World world;
        PageReader *reader;
        ProbeServices services;
        Server *server;
        OutagesSpec spec;
        Target target;
        Observation *seen;
        bool done;
        int mistakes;
} Ground;

static int setup(void **state) {
        Ground *ground = mon_new(Ground);
        Lexicon *lexicon = lexicon_new();

        world_init(&ground->world);
        name_server_set(ground->world.names, "site.test", NAME_ADDRESSES, "127.0.0.1");
        lexicon_finish(lexicon);
        ground->reader = page_reader_new(lexicon, 1);
        ground->services = (ProbeServices){.loop = ground->world.loop,
                                           .resolver = ground->world.resolver,
                                           .fetcher = ground->world.fetcher,
                                           .reader = ground->reader,
                                           .user_agent = "mond/test"};
        assert_int_equal(server_new(ground->world.loop, NULL, &ground->server), 0);
        ground->spec = (OutagesSpec){.http = {.follow_redirects = 10, .max_body = 4096},
                                     .items = (char *)"",
                                     .from = (char *)"/a",
                                     .until = (char *)"/b",
                                     .text = (char *)"/t"};
        ground->spec.http.url = server_url(ground->server, "site.test", "/feed");
        ground->target =
                (Target){.id = (char *)"t", .driver = &probe_outages, .spec = &ground->spec, .timeout = TIMEOUT};
        *state = ground;
        return 0;
}

static int teardown(void **state) {
        Ground *ground = *state;

        observation_free(ground->seen);
        probe_outages.fini(&ground->spec);
        text_list_fini(&ground->spec.http.headers);
        text_list_fini(&ground->spec.only_at);
        text_list_fini(&ground->spec.only_is);
        free(ground->spec.http.url);
        free(ground->target.host);
        server_free(ground->server);
        page_reader_free(ground->reader);
        world_fini(&ground->world);
        free(ground);
        return 0;
}

static void on_done(Observation *observation, void *userdata) {
        Ground *ground = userdata;
        ground->done = true;
        ground->seen = observation;
}

static void on_mistake(void *userdata, int line, int column, const char *text) {
        Ground *ground = userdata;
        assert_true(line > 0 && column > 0 && text);
        ground->mistakes++;
}

static void prepare(Ground *ground) {
        free(mon_steal(&ground->target.host));
        probe_outages.prepare(&ground->spec, &ground->target, on_mistake, ground, &ground->target.host);
}

static void look(Ground *ground, Verdict verdict, Cause cause) {
        Probe *probe = NULL;

        observation_free(mon_steal(&ground->seen));
        ground->done = false;
        prepare(ground);
        assert_int_equal(ground->mistakes, 0);
        assert_int_equal(probe_outages.start(&ground->services, &ground->target, on_done, ground, &probe), 0);
        world_run_until(&ground->world, &ground->done, 2 * TIMEOUT);
        assert_true(ground->done);
        if (ground->seen->verdict != verdict || ground->seen->cause != cause)
                fail_msg("%s/%s (%s)", verdict_name(ground->seen->verdict), cause_name(ground->seen->cause),
                         ground->seen->detail ? ground->seen->detail : "");
        assert_true(cause_fits(cause, verdict));
}

static void serve(Ground *ground, int status, const char *body) {
        server_set(ground->server, "/feed",
                   &(ServerAnswer){.status = status, .content_type = "application/json", .body = body});
}

static void test_the_probe_reads_a_feed(void **state) {
        Ground *ground = *state;

        serve(ground, 200, "[{\"a\":\"2025-12-31 22:00\",\"b\":\"2026-01-01 06:00\",\"t\":\"Coupure\"}]");
        text_list_add(&ground->spec.http.headers, "Accept: application/json", 1, 1);
        look(ground, VERDICT_MAINTENANCE, CAUSE_PUBLISHED);
        assert_string_equal(ground->seen->banner_text, "Coupure");
        assert_string_equal(ground->seen->announcement.text, "Coupure");
        assert_int_equal(ground->seen->announcement.until_at_real, instant("2026-01-01T05:00:00Z"));
        assert_string_equal(ground->target.host, "site.test");
        assert_non_null(strstr(server_last_request(ground->server), "Accept: application/json\r\n"));
        assert_true(ground->seen->has_body);

        serve(ground, 200, "[{\"a\":\"2026-01-02 02:00\",\"t\":\"Demain\"}]");
        look(ground, VERDICT_UP, CAUSE_OK);
        assert_null(ground->seen->banner_text);
        assert_string_equal(ground->seen->announcement.text, "Demain");
        assert_int_equal(ground->seen->announcement.from_at_real, instant("2026-01-02T01:00:00Z"));
        assert_int_equal(ground->seen->announcement.until_at_real, NSEC_UNKNOWN);

        serve(ground, 200, "[]");
        look(ground, VERDICT_UP, CAUSE_OK);
        assert_null(ground->seen->announcement.text);
}

static void test_the_probe_never_takes_a_fault_for_no_outage(void **state) {
        Ground *ground = *state;
        mon_auto_free char *large = repeat("[", " ", 5000, "]");

        serve(ground, 503, "[]");
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        assert_string_equal(ground->seen->detail, "the feed answers with status 503");
        serve(ground, 403, "Request Rejected");
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        serve(ground, 200, "<html>[]</html>");
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        serve(ground, 200, "");
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        serve(ground, 200, large);
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        server_set(ground->server, "/feed", &(ServerAnswer){.mode = SERVER_TRUNCATED, .body = "[]                "});
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        server_set(ground->server, "/feed", &(ServerAnswer){.mode = SERVER_BAD_GZIP, .body = "[]"});
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        server_set_redirect(ground->server, "/feed", 302, "http://other.test:1/");
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        server_set_redirect(ground->server, "/feed", 302, "/feed");
        look(ground, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE);
        /* Without an answer nothing speaks of a feed. */
        server_set(ground->server, "/feed", &(ServerAnswer){.mode = SERVER_RESET});
        look(ground, VERDICT_DOWN, CAUSE_RESET);
        server_set(ground->server, "/feed", &(ServerAnswer){.mode = SERVER_HANG});
        look(ground, VERDICT_DOWN, CAUSE_TIMEOUT);
        /* A redirect within the site is followed. */
        server_set_redirect(ground->server, "/feed", 302, "/next");
        server_set_text(ground->server, "/next", 200, "[]");
        look(ground, VERDICT_UP, CAUSE_OK);
        assert_int_equal(ground->seen->n_hops, 2);
}

static void test_mistakes_of_the_configuration(void **state) {
        Ground *ground = *state;

        text_list_add(&ground->spec.only_is, "A", 3, 4);
        prepare(ground);
        assert_int_equal(ground->mistakes, 1);
        text_list_add(&ground->spec.only_at, "/k", 3, 4);
        prepare(ground);
        assert_int_equal(ground->mistakes, 1);
        text_list_add(&ground->spec.only_at, "k", 3, 9);
        prepare(ground);
        assert_int_equal(ground->mistakes, 3); /* no pointer, and one too many */
        text_list_fini(&ground->spec.only_is);
        prepare(ground);
        assert_int_equal(ground->mistakes, 6);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_dates),
                cmocka_unit_test(test_pointers),
                cmocka_unit_test(test_what_is_in_force_and_what_is_to_come),
                cmocka_unit_test(test_one_outage_with_two_ends),
                cmocka_unit_test(test_nothing_unreadable_is_no_outage),
                cmocka_unit_test(test_only_some_count),
                cmocka_unit_test(test_bounds),
                cmocka_unit_test_setup_teardown(test_the_probe_reads_a_feed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_probe_never_takes_a_fault_for_no_outage, setup, teardown),
                cmocka_unit_test_setup_teardown(test_mistakes_of_the_configuration, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
