/* The journey probe from its configuration to its observation: steps, links, cookies, bounds. */
#include "probes/journey.h"

#include "config/config.h"
#include "daemon/base/text.h"
#include "daemon/net/fetch.h"
#include "probes/journey_answer.h"
#include "probes/registry.h"
#include "tests/lib/config_fixture.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define TIMEOUT (20 * NSEC_PER_SEC)
#define PAGE(links)                                                                                                    \
        "<!DOCTYPE html><html lang=fr><title>Essai</title><main><h1>Bienvenue sur le service</h1><p>Vous pouvez vous " \
        "opposer à la création de votre espace en quelques minutes, en ligne ou par téléphone, du lundi au "       \
        "vendredi. Munissez-vous de votre carte.</p>" links                                                            \
        "<form method=post action=/envoi><button>Je m'oppose</button></form></main></html>"

typedef struct Ground {
        ConfigFixture files;
        World world;
        PageReader *reader;
        ProbeServices services;
        Server *server;
        Config *config;
        Observation *seen;
        bool done;
} Ground;

static int setup(void **state) {
        static const char *const names[] = {"site.test", "www.site.test", "other.test"};
        Ground *ground = mon_new(Ground);

        config_fixture_init(&ground->files);
        world_init(&ground->world);
        for (size_t i = 0; i < mon_count_of(names); i++)
                name_server_set(ground->world.names, names[i], NAME_ADDRESSES, "127.0.0.1");
        Lexicon *lexicon = lexicon_new();
        lexicon_finish(lexicon);
        ground->reader = page_reader_new(lexicon, 1);
        ground->services = (ProbeServices){
                .loop = ground->world.loop,
                .resolver = ground->world.resolver,
                .fetcher = ground->world.fetcher,
                .reader = ground->reader,
                .user_agent = "mond/test (+https://example.org/; essai)",
        };
        assert_int_equal(server_new(ground->world.loop, NULL, &ground->server), 0);
        *state = ground;
        return 0;
}

static int teardown(void **state) {
        Ground *ground = *state;

        observation_free(ground->seen);
        config_free(ground->config);
        server_free(ground->server);
        page_reader_free(ground->reader);
        world_fini(&ground->world);
        config_fixture_fini(&ground->files);
        free(ground);
        return 0;
}

/* Diagnostics without their place's file, to free. `steps` has {web} for the server's port. */
static char *load(Ground *ground, const char *steps) {
        mon_auto_free char *port = mon_printf("%d", server_port(ground->server));
        mon_auto_buf Buf text = BUF_INIT(1U << 20);
        ConfigMistakes mistakes = {0};

        assert_int_equal(buf_append_text(&text, "observer: {contact: a@b.fr}\nreferences: [https://example.org/]\n"
                                                "targets:\n- id: t\n  journey:\n"),
                         0);
        for (const char *at = steps, *next; *at; at = next) {
                next = strstr(at, "{web}");
                size_t n = next ? (size_t)(next - at) : strlen(at);
                assert_int_equal(buf_append(&text, at, n), 0);
                assert_int_equal(buf_append_text(&text, next ? port : ""), 0);
                next = next ? next + 5 : at + n;
        }
        config_fixture_write("mond.yaml", text.data, text.len);
        config_free(ground->config);
        ground->config = NULL;
        (void)!config_load("mond.yaml", probe_drivers, NULL, &ground->config, &mistakes);
        char *told = config_mistakes_text(&mistakes);
        config_mistakes_fini(&mistakes);
        return told;
}

static void on_done(Observation *observation, void *userdata) {
        Ground *ground = userdata;

        assert_false(ground->done);
        ground->done = true;
        ground->seen = observation;
}

static Probe *begin(Ground *ground, const char *steps) {
        mon_auto_free char *told = load(ground, steps);
        Probe *probe = NULL;

        if (!ground->config)
                fail_msg("%s", told);
        observation_free(ground->seen);
        ground->seen = NULL;
        ground->done = false;
        assert_int_equal(
                probe_journey.start(&ground->services, ground->config->targets.items[0], on_done, ground, &probe), 0);
        assert_false(ground->done);
        return probe;
}

static void look(Ground *ground, const char *steps, Verdict verdict, Cause cause) {
        (void)begin(ground, steps);
        world_run_until(&ground->world, &ground->done, 2 * TIMEOUT);
        assert_true(ground->done);
        if (ground->seen->verdict != verdict || ground->seen->cause != cause)
                fail_msg("%s: %s/%s instead of %s/%s (%s)", steps, verdict_name(ground->seen->verdict),
                         cause_name(ground->seen->cause), verdict_name(verdict), cause_name(cause),
                         ground->seen->detail ? ground->seen->detail : "");
}

static void set(Ground *ground, const char *path, const char *body) {
        server_set_text(ground->server, path, 200, body);
}

#define GET_HOME "    steps:\n    - get: http://site.test:{web}/\n"
#define FOLLOW(xpath) GET_HOME "    - follow: \"" xpath "\"\n"

/* --- links ------------------------------------------------------------------------------------------------------ */

/* Each way of writing a link, and the address at which it is looked for. */
static void test_links_are_followed(void **state) {
        static const struct {
                const char *page, *xpath, *path;
        } rows[] = {
                {PAGE("<a href=suite>x</a>"), "//a", "/suite"},
                {PAGE("<a href=' suite '>x</a>"), "//a/@href", "/suite"},
                {PAGE("<a href=/bas/b>b</a><a href=/c>c</a>"), "//a", "/bas/b"},
                {PAGE("<a href=/un>b</a><a href=/deux>c</a>"), "//a[2]/@href | //a[1]/@href", "/un"},
                {PAGE("<a href=/un>b</a>"), "string(//a/@href)", "/un"},
                {PAGE("<a href='\n /su\r\n\tite'>x</a>"), "//a", "/suite"},
                {PAGE("<base href=/bas/><a href=suite>x</a>"), "//a", "/bas/suite"},
                {PAGE("<base href=http://www.site.test:{web}/><a href=suite>x</a>"), "//a", "/suite"},
                {PAGE("<a href='?page=2#haut'>x</a>"), "//a", "/?page=2"},
                {PAGE("<a href='/caf&eacute;'>x</a>"), "//a", "/caf%c3%a9"},
                {PAGE("<button data-url=/suite>x</button>"), "//button/@data-url", "/suite"},
                {PAGE("<p class=lien>/suite</p>"), "//p[@class='lien']/text()", "/suite"},
        };
        Ground *ground = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *steps = mon_printf(FOLLOW("%s"), rows[i].xpath);
                mon_auto_free char *page = mon_strdup(rows[i].page);
                char *port = strstr(page, "{web}");
                if (port) { /* a port has five digits, as its sign has letters */
                        char digits[8];
                        assert_int_equal(snprintf(digits, sizeof digits, "%05d", server_port(ground->server)), 5);
                        memcpy(port, digits, 5);
                }
                set(ground, "/", page);
                set(ground, rows[i].path, PAGE(""));
                look(ground, steps, VERDICT_UP, CAUSE_OK);
                assert_int_equal(ground->seen->n_hops, 2);
                assert_non_null(strstr(ground->seen->hops[1].url, rows[i].path));
                assert_null(ground->seen->detail);
                server_set_text(ground->server, rows[i].path, 404, "");
        }
}

#define NO_PAGE " leads to no page of the web"

static void test_links_that_cannot_be_followed(void **state) {
        static const struct {
                const char *page, *xpath;
                Verdict verdict;
                Cause cause;
                const char *end; /* of the detail */
        } rows[] = {
                {PAGE(""), "//a", VERDICT_DOWN, CAUSE_MISSING_ELEMENT, "/"},
                {PAGE("<a name=x>x</a><a href=/suite>y</a>"), "//a", VERDICT_DOWN, CAUSE_MISSING_ELEMENT, "/"},
                {PAGE(""), "count(//a)", VERDICT_DOWN, CAUSE_MISSING_ELEMENT, "/"},
                {PAGE(""), "string(//a/@href)", VERDICT_DOWN, CAUSE_MISSING_ELEMENT, "/"},
                {PAGE("<a href='mailto:a@b.fr'>x</a>"), "//a", VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE, NO_PAGE},
                {PAGE("<a href='javascript:void(0)'>x</a>"), "//a", VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE, NO_PAGE},
                {PAGE("<a href='file:///etc/passwd'>x</a>"), "//a", VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE, NO_PAGE},
                {PAGE("<a href='http://site.test:99999/'>x</a>"), "//a", VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE,
                 NO_PAGE},
                {PAGE("<a href='http://other.test/'>x</a>"), "//a", VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE,
                 " leads to another site"},
        };
        Ground *ground = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *steps = mon_printf(FOLLOW("%s"), rows[i].xpath);
                set(ground, "/", rows[i].page);
                unsigned before = server_requests(ground->server);
                look(ground, steps, rows[i].verdict, rows[i].cause);
                assert_int_equal(server_requests(ground->server), before + 1);
                assert_true(text_starts(ground->seen->detail, "step 2 ("));
                assert_true(text_ends(ground->seen->detail, rows[i].end));
        }
}

static void test_an_expression_that_costs_too_much(void **state) {
        Ground *ground = *state;
        mon_auto_buf Buf page = BUF_INIT(1U << 20);

        for (int i = 0; i < 6000; i++)
                assert_int_equal(buf_append_text(&page, "<p>Vous pouvez refuser votre espace.</p>"), 0);
        set(ground, "/", page.data);
        look(ground, FOLLOW("//p[count(preceding::p) = count(following::p) + 1]"), VERDICT_UNREADABLE, CAUSE_TOO_LARGE);
}

static void test_another_site_is_followed_where_it_is_expected(void **state) {
        Ground *ground = *state;
        mon_auto_free char *link =
                mon_printf(PAGE("<a href='http://other.test:%d/suite'>x</a>"), server_port(ground->server));

        set(ground, "/", link);
        set(ground, "/suite", PAGE(""));
        look(ground, FOLLOW("//a") "      expect: {final_url: 'http://other.test:*'}\n", VERDICT_UP, CAUSE_OK);
        look(ground, FOLLOW("//a") "      expect: {final_url: 'http://third.test:*'}\n", VERDICT_DOWN,
             CAUSE_REDIRECT_ELSEWHERE);
        look(ground, GET_HOME "    - get: http://other.test:{web}/suite\n", VERDICT_UP, CAUSE_OK);
}

/* --- steps ------------------------------------------------------------------------------------------------------ */

static void test_cookies_last_for_one_look(void **state) {
        Ground *ground = *state;

        server_set(ground->server, "/",
                   &(ServerAnswer){.status = 302, .headers = "Set-Cookie: a=1\r\nLocation: /entree\r\n"});
        server_set(ground->server, "/entree",
                   &(ServerAnswer){.body = PAGE("<a href=/suite>x</a>"), .needs_cookie = "a=1"});
        server_set(ground->server, "/suite", &(ServerAnswer){.body = PAGE(""), .needs_cookie = "a=1"});
        look(ground, FOLLOW("//a"), VERDICT_UP, CAUSE_OK);
        assert_int_equal(ground->seen->n_hops, 3);
        /* What was sent is kept, the cookie masked. */
        assert_non_null(strstr(ground->seen->hops[2].request, "Cookie: ***"));
        look(ground, "    steps: [{get: 'http://site.test:{web}/suite'}]\n", VERDICT_DOWN, CAUSE_HTTP_4XX);
        /* A page that sends back to itself once it has set its cookie is no loop. */
        server_set_redirect(ground->server, "*", 302, "/suite");
        server_set(ground->server, "*",
                   &(ServerAnswer){.status = 302, .headers = "Set-Cookie: a=1\r\nLocation: /suite\r\n"});
        look(ground, "    steps: [{get: 'http://site.test:{web}/suite'}]\n", VERDICT_UP, CAUSE_OK);
}

static void test_secret_headers_go_to_the_first_origin(void **state) {
        Ground *ground = *state;
        const char *headers = "    headers: {Authorization: 'Bearer abc', Accept-Language: fr}\n";
        mon_auto_free char *own = mon_printf("%s%s", GET_HOME, headers);
        mon_auto_free char *other = mon_printf(GET_HOME "    - get: http://other.test:{web}/\n%s", headers);

        set(ground, "/", PAGE(""));
        look(ground, own, VERDICT_UP, CAUSE_OK);
        assert_non_null(strstr(server_last_request(ground->server), "Bearer abc"));
        look(ground, other, VERDICT_UP, CAUSE_OK);
        assert_non_null(strstr(server_last_request(ground->server), "Accept-Language: fr"));
        assert_null(strstr(server_last_request(ground->server), "Bearer abc"));
}

static void test_each_step_has_its_expectations(void **state) {
        Ground *ground = *state;

        set(ground, "/", PAGE("<a href=/suite>x</a>"));
        set(ground, "/suite", PAGE("<p>La suite est ici.</p>"));
        look(ground,
             "    steps:\n    - {get: 'http://site.test:{web}/', expect: {contains: [opposer], xpath: [//form]}}\n"
             "    - {follow: //a, expect: {contains: [demain]}}\n    - {get: 'http://site.test:{web}/trois'}\n",
             VERDICT_DOWN, CAUSE_MISSING_TEXT);
        assert_int_equal(ground->seen->n_hops, 2);
        assert_true(text_starts(ground->seen->detail, "step 2 (http://site.test:"));
        assert_non_null(strstr(ground->seen->detail, "demain"));
        bool first = false, second = false;
        for (size_t i = 0; i < ground->seen->n_assertions; i++) {
                const Assertion *assertion = &ground->seen->assertions[i];
                first |= assertion->held && text_starts(assertion->text, "step 1: ") && strstr(assertion->text, "form");
                second |= !assertion->held && text_starts(assertion->text, "step 2: ");
        }
        assert_true(first && second);
}

static void test_the_worst_step_decides(void **state) {
        Ground *ground = *state;

        server_set(ground->server, "/",
                   &(ServerAnswer){.body = PAGE("<a href=/suite>x</a>"), .delay = 9 * NSEC_PER_SEC});
        set(ground, "/suite", PAGE(""));
        look(ground, FOLLOW("//a"), VERDICT_DEGRADED, CAUSE_SLOW);
        assert_true(text_starts(ground->seen->detail, "step 1 (http://site.test:"));
        assert_int_equal(ground->seen->duration, 9 * NSEC_PER_SEC);
        server_set_text(ground->server, "/suite", 500, "");
        look(ground, FOLLOW("//a"), VERDICT_DOWN, CAUSE_HTTP_5XX);
        assert_true(text_starts(ground->seen->detail, "step 2 (http://site.test:"));
        server_set(ground->server, "/suite", &(ServerAnswer){.mode = SERVER_RESET});
        look(ground, FOLLOW("//a"), VERDICT_DOWN, CAUSE_RESET);
        assert_true(text_starts(ground->seen->detail, "step 2 (http://site.test:"));
}

/* A step that could not be seen is not hidden by an earlier one that was slow, and nothing is followed from it. */
static void test_a_step_that_is_not_seen_is_said(void **state) {
        Ground *ground = *state;

        server_set(ground->server, "/",
                   &(ServerAnswer){.body = PAGE("<a href=/suite>x</a>"), .delay = 9 * NSEC_PER_SEC});
        server_set_text(ground->server, "/suite", 403, PAGE("<a href=/fin>x</a>"));
        set(ground, "/fin", PAGE(""));
        unsigned before = server_requests(ground->server);
        look(ground, FOLLOW("//a") "    - follow: \"//a\"\n", VERDICT_BLOCKED, CAUSE_ACCESS_DENIED);
        assert_int_equal(server_requests(ground->server), before + 2);
        assert_true(text_starts(ground->seen->detail, "step 2 (http://site.test:"));
        set(ground, "/suite", "<html><body><div id=app></div><script src=/a.js></script></body></html>");
        look(ground, FOLLOW("//a"), VERDICT_UNREADABLE, CAUSE_SCRIPT_SHELL);
}

static void test_one_deadline_is_over_all(void **state) {
        Ground *ground = *state;

        server_set(ground->server, "/",
                   &(ServerAnswer){.body = PAGE("<a href=/suite>x</a>"), .delay = 12 * NSEC_PER_SEC});
        server_set(ground->server, "/suite", &(ServerAnswer){.body = PAGE(""), .delay = 12 * NSEC_PER_SEC});
        look(ground, FOLLOW("//a"), VERDICT_DOWN, CAUSE_TIMEOUT);
        assert_int_equal(ground->seen->duration, TIMEOUT);
        assert_true(text_starts(ground->seen->detail, "step 2 ("));
}

static void test_a_journey_can_be_cancelled(void **state) {
        Ground *ground = *state;

        server_set(ground->server, "/", &(ServerAnswer){.mode = SERVER_HANG});
        probe_journey.cancel(begin(ground, GET_HOME));
        world_run_until(&ground->world, &ground->done, TIMEOUT * 2);
        assert_false(ground->done);
        probe_journey.cancel(NULL);
}

/* --- bounds ----------------------------------------------------------------------------------------------------- */

static char *many_steps(size_t n, size_t redirects) {
        Buf text = BUF_INIT(65536);

        assert_int_equal(buf_printf(&text, "    follow_redirects: %zu\n    steps:\n", redirects), 0);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(buf_append_text(&text, "    - get: http://site.test:{web}/\n"), 0);
        return buf_steal(&text);
}

static void test_steps_have_a_bound(void **state) {
        Ground *ground = *state;
        mon_auto_free char *most = many_steps(JOURNEY_STEPS_MAX, JOURNEY_REDIRECTS_MAX);
        mon_auto_free char *over = many_steps(JOURNEY_STEPS_MAX + 1, JOURNEY_REDIRECTS_MAX);
        mon_auto_free char *more = many_steps(1, JOURNEY_REDIRECTS_MAX + 1);

        set(ground, "/", PAGE(""));
        look(ground, most, VERDICT_UP, CAUSE_OK);
        assert_int_equal(ground->seen->n_hops, JOURNEY_STEPS_MAX);
        mon_auto_free char *told = load(ground, over);
        assert_non_null(strstr(told, "'steps' has 11 items: 10 are the most"));
        mon_auto_free char *told_more = load(ground, more);
        assert_non_null(strstr(told_more, "'follow_redirects' must be between 0 and 11, not '12'"));
}

/* Redirects count over all steps, so the hops of the longest journey are as many as an observation has. */
static void test_redirects_have_a_bound_over_all_steps(void **state) {
        Ground *ground = *state;
        mon_auto_free char *most = many_steps(JOURNEY_STEPS_MAX, JOURNEY_REDIRECTS_MAX);

        server_set_redirect(ground->server, "/", 302, "/suite");
        set(ground, "/suite", PAGE(""));
        look(ground, most, VERDICT_UP, CAUSE_OK);
        assert_int_equal(ground->seen->n_hops, 2 * JOURNEY_STEPS_MAX);
        server_set_redirect(ground->server, "/suite", 302, "/");
        look(ground, most, VERDICT_DOWN, CAUSE_REDIRECT_LOOP);
        assert_int_equal(ground->seen->n_hops, JOURNEY_REDIRECTS_MAX + 1);
}

static void test_an_address_is_shown_in_part(void **state) {
        Ground *ground = *state;
        char path[400];

        memset(path, 'x', sizeof path);
        path[sizeof path - 1] = '\0';
        mon_auto_free char *steps = mon_printf("    steps: [{get: 'http://site.test:{web}/%s'}]\n", path);
        look(ground, steps, VERDICT_DOWN, CAUSE_HTTP_4XX);
        const char *from = strchr(ground->seen->detail, '('), *until = strchr(ground->seen->detail, ')');
        assert_non_null(until);
        assert_true(until - from - 1 <= JOURNEY_ADDRESS_SHOWN_MAX + 3);
        assert_true(until - from - 1 >= JOURNEY_ADDRESS_SHOWN_MAX - 3);
}

static void test_steps_are_checked(void **state) {
        static const struct {
                const char *steps, *told;
        } rows[] = {
                {"    steps: []\n", "6:12: 'steps' has 0 items: 1 are the least"},
                {"    max_body: 1M\n", "5:3: 'steps' is missing in 'journey'"},
                {"    steps: [{follow: //a}]\n", "6:13: the first step begins with 'get'"},
                {GET_HOME "    - {get: 'http://a.test/', follow: //a}\n", "8:7: a step has either 'get'"},
                {GET_HOME "    - {expect: {status: 200}}\n", "8:7: a step has either 'get'"},
                {GET_HOME "    - {follow: '//a['}\n", "8:7: bad XPath"},
                {GET_HOME "    - {post: x}\n", "8:8: unknown key 'post' in 'steps'"},
                {GET_HOME "    - {get: 'file:///etc/passwd'}\n", "8:13: 'get': "},
                {GET_HOME "    - {follow: //a, expect: {matches: ['(']}}\n", "8:40: "},
        };
        Ground *ground = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *told = load(ground, rows[i].steps);
                assert_null(ground->config);
                if (!strstr(told, rows[i].told))
                        fail_msg("%s instead of %s", told, rows[i].told);
        }
        mon_auto_free char *good = load(ground, GET_HOME "    - {follow: '//a[1]', expect: {xpath: ['//form']}}\n");
        assert_string_equal(good, "");
        mon_auto_free char *printed = config_print(ground->config);
        assert_non_null(strstr(printed, "        - follow: \"//a[1]\"\n          expect:\n            status:\n"));
        assert_string_equal(((Target *)ground->config->targets.items[0])->host, "site.test");
        /* A first page on this machine is no way to ask another host every second. */
        mon_auto_free char *mixed = load(ground, "    steps:\n    - get: http://localhost/\n    - get: http://[::1]/\n"
                                                 "    - get: http://first.test/\n    - get: http://second.test/\n");
        assert_string_equal(mixed, "");
        const Target *target = ground->config->targets.items[0];
        assert_string_equal(target->host, "first.test");
        assert_false(target->host_is_local);
}

/* --- what each step adds ---------------------------------------------------------------------------------------- */

static void take(Observation *observation, size_t index, Verdict verdict, Cause cause, const char *excerpt,
                 const char *announced) {
        mon_auto_judgement Judgement judgement = {
                .verdict = verdict,
                .cause = cause,
                .detail = mon_printf("why %zu", index),
                .rule = mon_strdup("rule"),
                .excerpt = mon_strdup(excerpt),
                .title = mon_printf("title %zu", index),
                .language = "fr",
                .announced = {mon_strdup(announced), NSEC_UNKNOWN, NSEC_UNKNOWN},
        };

        journey_take(&judgement, index, "http://a/", observation);
}

static void test_the_first_of_equals_decides(void **state) {
        mon_cleanup(observation_free_p) Observation *observation = observation_new(0, 0);
        (void)state;

        take(observation, 0, VERDICT_UP, CAUSE_OK, NULL, "coupure dimanche");
        assert_string_equal(observation->title, "title 0");
        take(observation, 1, VERDICT_UP, CAUSE_OK, NULL, NULL);
        assert_string_equal(observation->title, "title 1");
        assert_string_equal(observation->announcement.text, "coupure dimanche");
        take(observation, 2, VERDICT_DEGRADED, CAUSE_PARTIAL_BANNER, "une partie", NULL);
        take(observation, 3, VERDICT_DEGRADED, CAUSE_PARTIAL_BANNER, "une autre", "coupure lundi");
        assert_string_equal(observation->detail, "step 3 (http://a/): why 2");
        assert_string_equal(observation->banner_text, "une partie");
        assert_string_equal(observation->announcement.text, "coupure dimanche");
        take(observation, 4, VERDICT_UP, CAUSE_OK, NULL, NULL);
        journey_take_slowness("slow", 4, "http://a/", observation);
        assert_int_equal(observation->cause, CAUSE_PARTIAL_BANNER);
        take(observation, 5, VERDICT_MAINTENANCE, CAUSE_BANNER, "fermé", NULL);
        assert_string_equal(observation->banner_text, "fermé");
        observation_judge(observation, VERDICT_DOWN, CAUSE_RESET, NULL);
        journey_blame(6, "http://b/", observation);
        assert_string_equal(observation->detail, "step 7 (http://b/)");
        assert_null(observation->banner_text);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                test(test_links_are_followed),
                test(test_links_that_cannot_be_followed),
                test(test_an_expression_that_costs_too_much),
                test(test_another_site_is_followed_where_it_is_expected),
                test(test_cookies_last_for_one_look),
                test(test_secret_headers_go_to_the_first_origin),
                test(test_each_step_has_its_expectations),
                test(test_the_worst_step_decides),
                test(test_a_step_that_is_not_seen_is_said),
                test(test_one_deadline_is_over_all),
                test(test_a_journey_can_be_cancelled),
                test(test_steps_have_a_bound),
                test(test_redirects_have_a_bound_over_all_steps),
                test(test_an_address_is_shown_in_part),
                test(test_steps_are_checked),
                cmocka_unit_test(test_the_first_of_equals_decides),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
