/* The http probe from start to observation: redirects, failures, deadlines, scripts. What a page says is page.h's
 * matter; the lexicon here is empty. */
#include "probes/http.h"

#include "daemon/base/text.h"
#include "daemon/net/fetch.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#define TIMEOUT (20 * NSEC_PER_SEC)

static const char page[] = "<!DOCTYPE html><html lang=fr><title>Essai</title><main><h1>Bienvenue sur le service</h1>"
                           "<p>Vous pouvez vous opposer à la création de votre espace en quelques minutes, en ligne ou "
                           "par téléphone, du lundi au vendredi. Munissez-vous de votre carte.</p>"
                           "<form action=/suite><button>Je m'oppose</button></form></main></html>";

typedef struct Ground {
        World world;
        PageReader *reader;
        ProbeServices services;
        Server *server;
        HttpSpec spec;
        Target target;
        Observation *seen;
        bool done;
} Ground;

static int setup(void **state) {
        Ground *ground = mon_new(Ground);

        world_init(&ground->world);
        name_server_set(ground->world.names, "site.test", NAME_ADDRESSES, "127.0.0.1");
        name_server_set(ground->world.names, "www.site.test", NAME_ADDRESSES, "127.0.0.1");
        name_server_set(ground->world.names, "other.test", NAME_ADDRESSES, "127.0.0.1");
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
        ground->spec = (HttpSpec){.follow_redirects = 10, .max_body = 65536, .slow_after = 8 * NSEC_PER_SEC};
        ground->target = (Target){.id = (char *)"t", .driver = &probe_http, .spec = &ground->spec, .timeout = TIMEOUT};
        *state = ground;
        return 0;
}

static void spec_clear(HttpSpec *spec) {
        TextList *const lists[] = {&spec->watch.ignore,     &spec->headers,         &spec->expect.status,
                                   &spec->expect.final_url, &spec->expect.contains, &spec->expect.absent,
                                   &spec->expect.matches,   &spec->expect.xpath};

        probe_http.fini(spec);
        for (size_t i = 0; i < mon_count_of(lists); i++)
                text_list_fini(lists[i]);
        free(spec->url);
        free(spec->ca_file);
}

static int teardown(void **state) {
        Ground *ground = *state;

        observation_free(ground->seen);
        spec_clear(&ground->spec);
        free(ground->target.host);
        server_free(ground->server);
        page_reader_free(ground->reader);
        world_fini(&ground->world);
        free(ground);
        return 0;
}

static void on_done(Observation *observation, void *userdata) {
        Ground *ground = userdata;

        assert_false(ground->done);
        ground->done = true;
        ground->seen = observation;
}

static void no_mistake(void *userdata, int line, int column, const char *text) {
        (void)userdata;
        fail_msg("%d:%d: %s", line, column, text);
}

static void set_url(Ground *ground, const char *host, const char *path) {
        free(ground->spec.url);
        ground->spec.url = server_url(ground->server, host, path);
}

static Probe *begin(Ground *ground) {
        Probe *probe = NULL;

        observation_free(ground->seen);
        ground->seen = NULL;
        ground->done = false;
        free(ground->target.host);
        ground->target.host = NULL;
        probe_http.prepare(&ground->spec, &ground->target, no_mistake, NULL, &ground->target.host);
        assert_int_equal(probe_http.start(&ground->services, &ground->target, on_done, ground, &probe), 0);
        assert_false(ground->done);
        return probe;
}

/* Looks, and checks what was seen; the span that it took. */
static Nsec look(Ground *ground, Verdict verdict, Cause cause) {
        Nsec before = world_elapsed(&ground->world);

        (void)begin(ground);
        world_run_until(&ground->world, &ground->done, 2 * TIMEOUT);
        assert_true(ground->done);
        if (ground->seen->verdict != verdict || ground->seen->cause != cause)
                fail_msg("%s: %s/%s instead of %s/%s (%s)", ground->spec.url, verdict_name(ground->seen->verdict),
                         cause_name(ground->seen->cause), verdict_name(verdict), cause_name(cause),
                         ground->seen->detail ? ground->seen->detail : "");
        Nsec took = world_elapsed(&ground->world) - before;
        assert_int_equal(ground->seen->duration, took);
        return took;
}

/* --- answers ---------------------------------------------------------------------------------------------------- */

static void test_a_page_that_is_up(void **state) {
        Ground *ground = *state;
        Sha256 digest;

        server_set(ground->server, "/", &(ServerAnswer){.body = page, .headers = "Retry-After: 90\r\n"});
        set_url(ground, "site.test", "/");
        text_list_add(&ground->spec.expect.contains, "vous opposer", 1, 1);
        text_list_add(&ground->spec.expect.xpath, "//form", 1, 1);
        assert_int_equal(look(ground, VERDICT_UP, CAUSE_OK), 0);
        const Observation *seen = ground->seen;
        assert_string_equal(ground->target.host, "site.test");
        assert_int_equal(seen->at_boot, ground->world.began_at_boot);
        assert_int_equal(seen->at_real, WORLD_BEGIN_AT_REAL);
        assert_int_equal(seen->http_status, 200);
        assert_int_equal(seen->bytes, strlen(page));
        assert_string_equal(seen->remote_ip, "127.0.0.1");
        assert_int_equal(seen->dns, 0);
        assert_int_equal(seen->tls, NSEC_UNKNOWN);
        assert_int_equal(seen->retry_after, 90 * NSEC_PER_SEC);
        assert_true(seen->has_body);
        sha256_of(page, strlen(page), &digest);
        assert_memory_equal(&seen->body_sha256, &digest, sizeof digest);
        assert_string_equal(seen->title, "Essai");
        assert_true(seen->n_assertions >= 3);
        assert_int_equal(seen->n_hops, 1);
        assert_string_equal(buf_text(&seen->hops[0].body), page);
        assert_true(text_starts(seen->hops[0].response, "HTTP/1.1 200"));
        assert_non_null(strstr(seen->hops[0].request, "User-Agent: mond/test (+https://example.org/; essai)\r\n"));
}

typedef struct ModeRow {
        ServerMode mode;
        Verdict verdict;
        Cause cause;
        Nsec took;
} ModeRow;

static const ModeRow modes[] = {
        {SERVER_PLAIN, VERDICT_UP, CAUSE_OK, 0},
        {SERVER_CHUNKED, VERDICT_UP, CAUSE_OK, 0},
        {SERVER_UNTIL_CLOSE, VERDICT_UP, CAUSE_OK, 0},
        {SERVER_GZIP, VERDICT_UP, CAUSE_OK, 0},
        {SERVER_CLOSE, VERDICT_DOWN, CAUSE_RESET, 0},
        {SERVER_RESET, VERDICT_DOWN, CAUSE_RESET, 0},
        {SERVER_HANG, VERDICT_DOWN, CAUSE_TIMEOUT, TIMEOUT},
        {SERVER_HANG_IN_HEAD, VERDICT_DOWN, CAUSE_TIMEOUT, TIMEOUT},
        {SERVER_CUT_IN_HEAD, VERDICT_DOWN, CAUSE_RESET, 0},
        {SERVER_HANG_IN_BODY, VERDICT_DOWN, CAUSE_TIMEOUT, TIMEOUT},
        {SERVER_DRIP, VERDICT_DOWN, CAUSE_TIMEOUT, TIMEOUT},
        {SERVER_DRIP_HEAD, VERDICT_DOWN, CAUSE_TIMEOUT, TIMEOUT},
        {SERVER_TRUNCATED, VERDICT_UNREADABLE, CAUSE_TRUNCATED, 0},
        {SERVER_CHUNKED_CUT, VERDICT_UNREADABLE, CAUSE_TRUNCATED, 0},
        {SERVER_RESET_IN_BODY, VERDICT_UNREADABLE, CAUSE_TRUNCATED, 0},
        {SERVER_GARBAGE, VERDICT_DOWN, CAUSE_PROTOCOL, 0},
        {SERVER_HTTP_09, VERDICT_DOWN, CAUSE_PROTOCOL, 0},
        {SERVER_ENDLESS, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, 0},
        {SERVER_GZIP_BOMB, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, 0},
        {SERVER_GZIP_EMPTY, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, 0},
        {SERVER_BAD_GZIP, VERDICT_UNREADABLE, CAUSE_UNDECODABLE, 0},
        {SERVER_HEADER_FLOOD, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, 0},
        {SERVER_HEADER_LONG, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, 0},
        {SERVER_INTERIM_FLOOD, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, 0},
};

static void test_each_kind_of_server(void **state) {
        Ground *ground = *state;

        assert_int_equal(mon_count_of(modes), SERVER_MODE_MAX + 1);
        set_url(ground, "site.test", "/");
        for (size_t i = 0; i < mon_count_of(modes); i++) {
                server_set(ground->server, "/", &(ServerAnswer){.mode = modes[i].mode, .body = page});
                assert_int_equal(look(ground, modes[i].verdict, modes[i].cause), modes[i].took);
        }
        server_set(ground->server, "/", &(ServerAnswer){.body = ""});
        (void)look(ground, VERDICT_DOWN, CAUSE_EMPTY_PAGE);
        server_set_text(ground->server, "/", 500, page);
        (void)look(ground, VERDICT_DOWN, CAUSE_HTTP_5XX);
        assert_int_equal(ground->seen->http_status, 500);
}

static void test_names(void **state) {
        Ground *ground = *state;

        set_url(ground, "gone.test", "/");
        assert_int_equal(look(ground, VERDICT_DOWN, CAUSE_DNS), 0);
        name_server_set(ground->world.names, "gone.test", NAME_SILENT, NULL);
        assert_int_equal(look(ground, VERDICT_DOWN, CAUSE_DNS), TIMEOUT);
        assert_int_equal(ground->seen->dns, NSEC_UNKNOWN);
        /* The target's own protocol counts more than its block's. */
        server_set_text(ground->server, "/", 200, page);
        set_url(ground, "site.test", "/");
        ground->spec.ip = IP_6;
        (void)look(ground, VERDICT_DOWN, CAUSE_DNS);
        ground->target.ip = IP_4;
        (void)look(ground, VERDICT_UP, CAUSE_OK);
}

static void test_slow(void **state) {
        Ground *ground = *state;

        set_url(ground, "site.test", "/");
        server_set(ground->server, "/", &(ServerAnswer){.body = page, .delay = 8 * NSEC_PER_SEC});
        (void)look(ground, VERDICT_UP, CAUSE_OK);
        server_set(ground->server, "/", &(ServerAnswer){.body = page, .delay = 9 * NSEC_PER_SEC});
        assert_int_equal(look(ground, VERDICT_DEGRADED, CAUSE_SLOW), 9 * NSEC_PER_SEC);
        assert_string_equal(ground->seen->detail, "it took 9.0 s; slow begins after 8s");
        server_set(ground->server, "/", &(ServerAnswer){.status = 500, .body = page, .delay = 9 * NSEC_PER_SEC});
        (void)look(ground, VERDICT_DOWN, CAUSE_HTTP_5XX);
}

static void test_head(void **state) {
        Ground *ground = *state;

        set_url(ground, "site.test", "/");
        ground->spec.method = FETCH_HEAD;
        server_set_text(ground->server, "/", 200, page);
        (void)look(ground, VERDICT_UP, CAUSE_OK);
        assert_true(text_starts(server_last_request(ground->server), "HEAD /"));
        server_set_text(ground->server, "/", 503, page);
        (void)look(ground, VERDICT_DOWN, CAUSE_HTTP_5XX);
}

/* --- redirects -------------------------------------------------------------------------------------------------- */

static void test_redirects_are_followed_hop_by_hop(void **state) {
        Ground *ground = *state;
        mon_auto_free char *www = server_url(ground->server, "www.site.test", "/c");

        server_set_redirect(ground->server, "/a", 301, "b?x=1#part");
        server_set_redirect(ground->server, "/b?x=1", 307, www);
        server_set_text(ground->server, "/c", 200, page);
        set_url(ground, "site.test", "/a");
        text_list_add(&ground->spec.headers, "Accept-Language: fr", 1, 1);
        text_list_add(&ground->spec.headers, "Authorization: Bearer 1", 1, 1);
        (void)look(ground, VERDICT_UP, CAUSE_OK);
        assert_int_equal(ground->seen->n_hops, 3);
        assert_int_equal(ground->seen->hops[0].http_status, 301);
        assert_true(text_ends(ground->seen->hops[1].url, "/b?x=1"));
        assert_non_null(strstr(ground->seen->hops[1].request, "Authorization: "));
        assert_string_equal(ground->seen->hops[2].url, www);
        assert_int_equal(server_connections(ground->server), 3);
        /* What is secret stays with its origin. */
        assert_non_null(strstr(server_last_request(ground->server), "Accept-Language: fr\r\n"));
        assert_null(strstr(server_last_request(ground->server), "Authorization"));

        text_list_add(&ground->spec.expect.final_url, "*/elsewhere", 1, 1);
        (void)look(ground, VERDICT_DOWN, CAUSE_WRONG_PAGE);
}

typedef struct RedirectRow {
        const char *location;
        const char *final_url; /* expected; NULL */
        Verdict verdict;
        Cause cause;
} RedirectRow;

static const RedirectRow redirects[] = {
        {"/start", NULL, VERDICT_DOWN, CAUSE_REDIRECT_LOOP},
        {"/start#again", NULL, VERDICT_DOWN, CAUSE_REDIRECT_LOOP},
        {"http://other.test:1/", NULL, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE},
        {"ftp://site.test/file", NULL, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE},
        {"file:///etc/passwd", NULL, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE},
        {"javascript:alert(1)", NULL, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE},
        {"http://[bad/", NULL, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE},
        {"http://127.0.0.1/", NULL, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE},
        {"http://other.test:1/", "http://other.test:1/", VERDICT_DOWN, CAUSE_CONNECT_REFUSED},
        {"http://other.test:1/", "http://www.other.test/*", VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE},
};

static void test_where_redirects_lead(void **state) {
        for (size_t i = 0; i < mon_count_of(redirects); i++) {
                if (i > 0)
                        assert_int_equal(setup(state), 0);
                Ground *ground = *state;
                set_url(ground, "site.test", "/start");
                server_set_redirect(ground->server, "/start", 302, redirects[i].location);
                if (redirects[i].final_url)
                        text_list_add(&ground->spec.expect.final_url, redirects[i].final_url, 1, 1);
                assert_int_equal(look(ground, redirects[i].verdict, redirects[i].cause), 0);
                assert_non_null(ground->seen->detail);
                if (i + 1 < mon_count_of(redirects))
                        (void)teardown(state);
        }
}

/* A redirect to a place on the page is one to the page itself. One to nowhere is none: what came is what is seen. */
static void test_redirects_that_lead_nowhere(void **state) {
        Ground *ground = *state;

        set_url(ground, "site.test", "/a/start");
        server_set_text(ground->server, "/a/", 200, page);
        server_set_redirect(ground->server, "/a/start", 302, "#form");
        (void)look(ground, VERDICT_DOWN, CAUSE_REDIRECT_LOOP);
        server_set(ground->server, "/a/start",
                   &(ServerAnswer){.status = 302, .headers = "Location: \r\n", .body = page});
        (void)look(ground, VERDICT_DOWN, CAUSE_UNEXPECTED_STATUS);
        assert_int_equal(ground->seen->n_hops, 1);
        assert_int_equal(ground->seen->http_status, 302);
}

static void chain(Ground *ground, int n) {
        for (int i = 0; i < n; i++) {
                mon_auto_free char *from = mon_printf("/%d", i), *to = mon_printf("/%d", i + 1);
                server_set_redirect(ground->server, from, 303, to);
        }
        mon_auto_free char *last = mon_printf("/%d", n);
        server_set_text(ground->server, last, 200, page);
}

static void test_the_number_of_redirects(void **state) {
        Ground *ground = *state;

        set_url(ground, "site.test", "/0");
        ground->spec.follow_redirects = HTTP_REDIRECTS_MAX;
        chain(ground, HTTP_REDIRECTS_MAX);
        (void)look(ground, VERDICT_UP, CAUSE_OK);
        assert_int_equal(ground->seen->n_hops, OBSERVATION_HOPS_MAX);
        chain(ground, HTTP_REDIRECTS_MAX + 1);
        (void)look(ground, VERDICT_DOWN, CAUSE_REDIRECT_LOOP);
        assert_int_equal(ground->seen->n_hops, OBSERVATION_HOPS_MAX);
        ground->spec.follow_redirects = 0;
        text_list_add(&ground->spec.expect.status, "303", 1, 1);
        (void)look(ground, VERDICT_UP, CAUSE_OK);
        assert_int_equal(ground->seen->n_hops, 1);
}

static void test_one_deadline_over_all_hops(void **state) {
        Ground *ground = *state;

        set_url(ground, "site.test", "/a");
        server_set(ground->server, "/a",
                   &(ServerAnswer){.status = 302, .headers = "Location: /b\r\n", .delay = 15 * NSEC_PER_SEC});
        server_set(ground->server, "/b", &(ServerAnswer){.body = page, .delay = 15 * NSEC_PER_SEC});
        assert_int_equal(look(ground, VERDICT_DOWN, CAUSE_TIMEOUT), TIMEOUT);
        assert_int_equal(ground->seen->n_hops, 2);
}

/* --- applications ----------------------------------------------------------------------------------------------- */

static const char shell[] = "<!DOCTYPE html><html><head><title>Mon service</title><base href=/app/>"
                            "<script src=\"http://cdn.other.test:1/no.js\"></script>"
                            "<script type=module src=main.js></script><script src=/two.js></script></head>"
                            "<body><noscript>JavaScript est désactivé</noscript><div id=app></div></body></html>";

typedef struct ScriptRow {
        ServerAnswer main, two;
        Verdict verdict;
        Cause cause;
        Nsec took;
} ScriptRow;

#define GOOD_SCRIPT                                                                                                    \
        { .content_type = "text/javascript", .body = "let a = 1" }

static const ScriptRow scripts[] = {
        {GOOD_SCRIPT, GOOD_SCRIPT, VERDICT_UP, CAUSE_OK, 0},
        {GOOD_SCRIPT, {.mode = SERVER_ENDLESS, .content_type = "application/javascript"}, VERDICT_UP, CAUSE_OK, 0},
        {GOOD_SCRIPT, {.body = "<html>"}, VERDICT_DOWN, CAUSE_ERROR_PAGE, 0},
        {{.status = 404}, GOOD_SCRIPT, VERDICT_DOWN, CAUSE_ERROR_PAGE, 0},
        {{.mode = SERVER_HEADER_FLOOD}, GOOD_SCRIPT, VERDICT_DOWN, CAUSE_ERROR_PAGE, 0},
        {{.mode = SERVER_RESET}, GOOD_SCRIPT, VERDICT_DOWN, CAUSE_RESET, 0},
        {GOOD_SCRIPT, {.mode = SERVER_HANG}, VERDICT_DOWN, CAUSE_TIMEOUT, TIMEOUT},
};

static void test_an_application_is_its_shell_and_its_scripts(void **state) {
        Ground *ground = *state;

        set_url(ground, "site.test", "/deep/page");
        server_set_text(ground->server, "/deep/page", 200, shell);
        (void)look(ground, VERDICT_UNREADABLE, CAUSE_SCRIPT_SHELL);
        ground->spec.application = true;
        for (size_t i = 0; i < mon_count_of(scripts); i++) {
                server_set(ground->server, "/app/main.js", &scripts[i].main);
                server_set(ground->server, "/two.js", &scripts[i].two);
                assert_int_equal(look(ground, scripts[i].verdict, scripts[i].cause), scripts[i].took);
                assert_int_equal(ground->seen->n_hops, 1);
                assert_int_equal(ground->seen->http_status, 200);
                if (scripts[i].cause != CAUSE_OK)
                        assert_non_null(strstr(ground->seen->detail, ".js"));
        }
}

static void test_only_some_scripts_are_asked(void **state) {
        Ground *ground = *state;
        mon_auto_buf Buf text = BUF_INIT(10000);

        assert_int_equal(buf_append_text(&text, "<html><title>Application</title>"), 0);
        for (int i = 0; i < HTTP_SCRIPTS_MAX + 3; i++)
                assert_int_equal(buf_printf(&text, "<script src=/s%d.js></script>", i), 0);
        assert_int_equal(buf_append_text(&text, "<div id=app></div></html>"), 0);
        set_url(ground, "site.test", "/");
        ground->spec.application = true;
        server_set(ground->server, "*", &(ServerAnswer)GOOD_SCRIPT);
        server_set_text(ground->server, "/", 200, buf_text(&text));
        (void)look(ground, VERDICT_UP, CAUSE_OK);
        assert_int_equal(server_requests(ground->server), 1 + HTTP_SCRIPTS_MAX);
        mon_auto_free char *long_script = mon_calloc(1, HTTP_SCRIPT_BYTES_MAX + 2);
        memset(long_script, 'a', HTTP_SCRIPT_BYTES_MAX + 1);
        server_set(ground->server, "*", &(ServerAnswer){.content_type = "text/javascript", .body = long_script});
        (void)look(ground, VERDICT_UP, CAUSE_OK);
}

/* --- TLS, cancelling, configuration ------------------------------------------------------------------------------ */

static void test_tls_is_in_the_observation(void **state) {
        Ground *ground = *state;
        Nsec now = WORLD_BEGIN_AT_REAL;
        mon_cleanup(cert_free_p) Cert *ca = cert_new(NULL, NULL, now - WORLD_DAY, now + 90 * WORLD_DAY);
        mon_cleanup(cert_free_p) Cert *leaf = cert_new(ca, "site.test", now - WORLD_DAY, now + 30 * WORLD_DAY);
        Sha256 digest;

        ground->spec.ca_file = cert_write(ca);
        server_free(ground->server);
        assert_int_equal(server_new(ground->world.loop, &(ServerTls){.cert = leaf}, &ground->server), 0);
        server_set_text(ground->server, "/", 200, page);
        set_url(ground, "site.test", "/");
        (void)look(ground, VERDICT_UP, CAUSE_OK);
        cert_digest(leaf, &digest);
        assert_true(ground->seen->has_certificate);
        assert_memory_equal(&ground->seen->certificate, &digest, sizeof digest);
        assert_int_equal(ground->seen->certificate_expires_at_real, now + 30 * WORLD_DAY);
        assert_int_equal(ground->seen->tls, 0);
        set_url(ground, "www.site.test", "/");
        (void)look(ground, VERDICT_DOWN, CAUSE_TLS_HOSTNAME);
        clock_step_real(ground->world.clock, 31 * WORLD_DAY);
        set_url(ground, "site.test", "/");
        (void)look(ground, VERDICT_DOWN, CAUSE_TLS_EXPIRED);
        assert_true(ground->seen->has_certificate);
        (void)unlink(ground->spec.ca_file);
        mon_replace(&ground->spec.ca_file, NULL);
        clock_step_real(ground->world.clock, -31 * WORLD_DAY);
        (void)look(ground, VERDICT_DOWN, CAUSE_TLS_UNTRUSTED);
}

static void test_cancel_at_any_time(void **state) {
        Ground *ground = *state;

        server_set_redirect(ground->server, "/a", 302, "/b");
        server_set(ground->server, "/b", &(ServerAnswer){.body = page, .delay = NSEC_PER_SEC});
        set_url(ground, "site.test", "/a");
        for (int i = 0; i < 2; i++) {
                Probe *probe = begin(ground);
                if (i == 1)
                        assert_int_equal(loop_settle(ground->world.loop), 0);
                probe_http.cancel(probe);
                world_run_until(&ground->world, &ground->done, 2 * TIMEOUT);
                assert_false(ground->done);
        }
        assert_int_equal(server_open(ground->server), 0);
}

static void count_mistake(void *userdata, int line, int column, const char *text) {
        int *n = userdata;

        assert_true(line == 7 && column > 0 && text[0] != '\0');
        (*n)++;
}

static void test_what_prepare_refuses(void **state) {
        Ground *ground = *state;
        int n = 0;

        set_url(ground, "Site.TEST", "/");
        ground->spec.method = FETCH_HEAD;
        text_list_add(&ground->spec.expect.matches, "(", 7, 3);
        text_list_add(&ground->spec.expect.xpath, "//[", 7, 4);
        text_list_add(&ground->spec.expect.status, "99999", 7, 5);
        text_list_add(&ground->spec.watch.ignore, "a", 7, 6);
        probe_http.prepare(&ground->spec, &ground->target, count_mistake, &n, &ground->target.host);
        assert_int_equal(n, 5);
        assert_string_equal(ground->target.host, "site.test");
}

static DirectiveCheck *check_of(const char *key) {
        for (const Directive *row = probe_http.directives; row->key; row++)
                if (strcmp(row->key, key) == 0)
                        return row->check;
        return NULL;
}

static void test_headers_that_are_refused(void **state) {
        static const struct {
                const char *line;
                bool is_good;
        } rows[] = {{"Accept-Language: fr", true}, {"X-A:", true},      {"Host: evil", false},
                    {"user-agent: other", false},  {"A b: c", false},   {": x", false},
                    {"A: b\r\nC: d", false},       {"no colon", false}, {"Content-Length: 0", false}};

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *mistake = check_of("headers")(rows[i].line);
                if ((mistake == NULL) != rows[i].is_good)
                        fail_msg("%s", rows[i].line);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_a_page_that_is_up, setup, teardown),
                cmocka_unit_test_setup_teardown(test_each_kind_of_server, setup, teardown),
                cmocka_unit_test_setup_teardown(test_names, setup, teardown),
                cmocka_unit_test_setup_teardown(test_slow, setup, teardown),
                cmocka_unit_test_setup_teardown(test_head, setup, teardown),
                cmocka_unit_test_setup_teardown(test_redirects_are_followed_hop_by_hop, setup, teardown),
                cmocka_unit_test_setup_teardown(test_where_redirects_lead, setup, teardown),
                cmocka_unit_test_setup_teardown(test_redirects_that_lead_nowhere, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_number_of_redirects, setup, teardown),
                cmocka_unit_test_setup_teardown(test_one_deadline_over_all_hops, setup, teardown),
                cmocka_unit_test_setup_teardown(test_an_application_is_its_shell_and_its_scripts, setup, teardown),
                cmocka_unit_test_setup_teardown(test_only_some_scripts_are_asked, setup, teardown),
                cmocka_unit_test_setup_teardown(test_tls_is_in_the_observation, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancel_at_any_time, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_prepare_refuses, setup, teardown),
                cmocka_unit_test(test_headers_that_are_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
