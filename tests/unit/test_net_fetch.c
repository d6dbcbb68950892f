/* Every way in which a server breaks, and what a fetch says of it: in no real time, on this machine alone. */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "tests/lib/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define BODY_MAX (256U << 10)
#define DEADLINE (20 * NSEC_PER_SEC)

static const char page[] = "<html><title>Essai</title><h1>Une page qui répond</h1></html>";

typedef struct Outcome {
        bool done;
        FetchAnswer answer;
} Outcome;

static void on_done(FetchAnswer *answer, void *userdata) {
        Outcome *outcome = userdata;

        assert_false(outcome->done);
        outcome->done = true;
        outcome->answer = *answer;
        *answer = (FetchAnswer){0};
}

static FetchRequest request_for(const World *world, const char *url) {
        return (FetchRequest){
                .url = url,
                .user_agent = "mond-test",
                .body_max = BODY_MAX,
                .deadline_at_boot = clock_at_boot(world->clock) + DEADLINE,
        };
}

static void visit(World *world, const FetchRequest *request, Outcome *outcome) {
        Visit *under_way = NULL;

        *outcome = (Outcome){0};
        assert_int_equal(visit_start(world->resolver, world->fetcher, request, IP_ANY, on_done, outcome, &under_way),
                         0);
        assert_false(outcome->done);
        world_run_until(world, &outcome->done, 2 * DEADLINE);
        assert_true(outcome->done);
}

static int setup(void **state) {
        World *world = mon_new(World);

        world_init(world);
        name_server_set(world->names, "site.test", NAME_ADDRESSES, "127.0.0.1");
        *state = world;
        return 0;
}

static int teardown(void **state) {
        world_fini(*state);
        free(*state);
        return 0;
}

/* --- answers ---------------------------------------------------------------------------------------------------- */

static void test_a_page_is_fetched_whole(void **state) {
        World *world = *state;
        Server *server = NULL;
        Outcome outcome;

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        server_set(server, "/page?x=1",
                   &(ServerAnswer){.body = page, .headers = "X-A: 1\r\nX-A: 2\r\nRetry-After: 7\r\n"});
        mon_auto_free char *url = server_url(server, "site.test", "/page?x=1");
        const char *headers[] = {"Accept-Language: fr", "Authorization: Bearer 12345"};
        FetchRequest request = request_for(world, url);
        request.headers = headers;
        request.n_headers = 2;
        visit(world, &request, &outcome);

        assert_int_equal(outcome.answer.failure, FETCH_DONE);
        assert_string_equal(outcome.answer.error, "");
        assert_int_equal(outcome.answer.http_status, 200);
        assert_string_equal(buf_text(&outcome.answer.body), page);
        assert_int_equal(outcome.answer.bytes, strlen(page));
        assert_string_equal(outcome.answer.remote_ip, "127.0.0.1");
        assert_int_equal(outcome.answer.dns, 0);
        assert_int_equal(outcome.answer.connect, 0);
        assert_int_equal(outcome.answer.tls, NSEC_UNKNOWN);
        assert_int_equal(outcome.answer.ttfb, 0);
        assert_false(outcome.answer.certificate.seen);
        mon_auto_free char *first = fetch_answer_header(&outcome.answer, "x-a");
        assert_string_equal(first, "1");
        assert_null(fetch_answer_header(&outcome.answer, "X-B"));
        assert_true(text_starts(outcome.answer.response, "HTTP/1.1 200 Test\r\n"));
        assert_true(text_starts(outcome.answer.request, "GET /page?x=1 HTTP/1.1\r\nHost: site.test:"));
        assert_non_null(strstr(outcome.answer.request, "User-Agent: mond-test\r\n"));
        assert_non_null(strstr(outcome.answer.request, "Accept-Language: fr\r\n"));
        assert_non_null(strstr(outcome.answer.request, "Authorization: ****** *****\r\n"));
        assert_non_null(strstr(server_last_request(server), "Authorization: Bearer 12345\r\n"));
        assert_int_equal(world_elapsed(world), 0);
        fetch_answer_fini(&outcome.answer);

        visit(world, &request, &outcome); /* a second one is a connection and a question of its own */
        assert_int_equal(outcome.answer.failure, FETCH_DONE);
        assert_int_equal(server_connections(server), 2);
        fetch_answer_fini(&outcome.answer);
        server_free(server);
}

static void test_head_has_no_body(void **state) {
        World *world = *state;
        Server *server = NULL;
        Outcome outcome;

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        server_set(server, "/", &(ServerAnswer){.body = page});
        mon_auto_free char *url = server_url(server, "127.0.0.1", "/");
        FetchRequest request = request_for(world, url);
        request.method = FETCH_HEAD;
        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_DONE);
        assert_int_equal(outcome.answer.http_status, 200);
        assert_int_equal(outcome.answer.body.len, 0);
        assert_true(text_starts(outcome.answer.request, "HEAD / HTTP/1.1\r\n"));
        fetch_answer_fini(&outcome.answer);
        server_free(server);
}

/* --- broken servers --------------------------------------------------------------------------------------------- */

typedef struct BrokenRow {
        ServerMode mode;
        FetchFailure failure;
        Cause cause;
        Nsec after; /* simulated */
        int http_status;
        bool has_body; /* some of it is kept */
} BrokenRow;

static const BrokenRow broken[] = {
        {SERVER_PLAIN, FETCH_DONE, 0, 0, 200, true},
        {SERVER_CHUNKED, FETCH_DONE, 0, 0, 200, true},
        {SERVER_UNTIL_CLOSE, FETCH_DONE, 0, 0, 200, true},
        {SERVER_GZIP, FETCH_DONE, 0, 0, 200, true},
        {SERVER_CLOSE, FETCH_RESET, CAUSE_RESET, 0, 0, false},
        {SERVER_RESET, FETCH_RESET, CAUSE_RESET, 0, 0, false},
        {SERVER_HANG, FETCH_TIMEOUT, CAUSE_TIMEOUT, DEADLINE, 0, false},
        {SERVER_HANG_IN_HEAD, FETCH_TIMEOUT, CAUSE_TIMEOUT, DEADLINE, 0, false},
        {SERVER_CUT_IN_HEAD, FETCH_RESET, CAUSE_RESET, 0, 0, false},
        {SERVER_HANG_IN_BODY, FETCH_TIMEOUT, CAUSE_TIMEOUT, DEADLINE, 200, true},
        {SERVER_DRIP, FETCH_TIMEOUT, CAUSE_TIMEOUT, DEADLINE, 200, true},
        {SERVER_DRIP_HEAD, FETCH_TIMEOUT, CAUSE_TIMEOUT, DEADLINE, 0, false},
        {SERVER_TRUNCATED, FETCH_TRUNCATED, CAUSE_TRUNCATED, 0, 200, true},
        {SERVER_CHUNKED_CUT, FETCH_TRUNCATED, CAUSE_TRUNCATED, 0, 200, true},
        {SERVER_RESET_IN_BODY, FETCH_TRUNCATED, CAUSE_TRUNCATED, 0, 200, true},
        {SERVER_GARBAGE, FETCH_PROTOCOL, CAUSE_PROTOCOL, 0, 0, false},
        {SERVER_HTTP_09, FETCH_PROTOCOL, CAUSE_PROTOCOL, 0, 0, false},
        {SERVER_ENDLESS, FETCH_TOO_LARGE, CAUSE_TOO_LARGE, 0, 200, true},
        {SERVER_GZIP_BOMB, FETCH_TOO_LARGE, CAUSE_TOO_LARGE, 0, 200, true},
        {SERVER_GZIP_EMPTY, FETCH_TOO_LARGE, CAUSE_TOO_LARGE, 0, 200, false},
        {SERVER_BAD_GZIP, FETCH_UNDECODABLE, CAUSE_UNDECODABLE, 0, 200, false},
        {SERVER_HEADER_FLOOD, FETCH_TOO_LARGE, CAUSE_TOO_LARGE, 0, 0, false},
        {SERVER_HEADER_LONG, FETCH_TOO_LARGE, CAUSE_TOO_LARGE, 0, 0, false},
        {SERVER_INTERIM_FLOOD, FETCH_TOO_LARGE, CAUSE_TOO_LARGE, 0, 0, false},
};

static void check_broken(World *world, Server *server, const BrokenRow *row) {
        Outcome outcome;
        mon_auto_free char *url = server_url(server, "site.test", "/");
        FetchRequest request = request_for(world, url);
        Nsec before = world_elapsed(world);

        server_set(server, "/", &(ServerAnswer){.mode = row->mode, .body = page});
        visit(world, &request, &outcome);
        if (outcome.answer.failure != row->failure)
                fail_msg("mode %d: failure %d instead of %d (%s)", row->mode, outcome.answer.failure, row->failure,
                         outcome.answer.error);
        if (row->cause != 0)
                assert_int_equal(fetch_cause(row->failure), row->cause);
        assert_int_equal(world_elapsed(world) - before, row->after);
        assert_int_equal(outcome.answer.http_status, row->http_status);
        assert_true(outcome.answer.body.len <= BODY_MAX);
        assert_true(strlen(outcome.answer.error) < FETCH_ERROR_MAX);
        if (row->mode == SERVER_GZIP_EMPTY) /* one read past the bound ends it */
                assert_in_range(outcome.answer.bytes, BODY_MAX + FETCH_OVERHEAD_MAX, BODY_MAX + 2 * FETCH_OVERHEAD_MAX);
        if ((outcome.answer.body.len > 0) != row->has_body)
                fail_msg("mode %d: %zu bytes", row->mode, outcome.answer.body.len);
        assert_true((outcome.answer.error[0] == '\0') == (row->failure == FETCH_DONE));
        assert_null(strstr(outcome.answer.error, "No error"));
        if (row->failure == FETCH_DONE)
                assert_string_equal(buf_text(&outcome.answer.body), page);
        fetch_answer_fini(&outcome.answer);
}

static void test_each_broken_server_has_its_cause(void **state) {
        World *world = *state;
        Server *server = NULL;
        bool seen[SERVER_MODE_MAX + 1] = {false};

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        for (size_t i = 0; i < mon_count_of(broken); i++) {
                check_broken(world, server, &broken[i]);
                seen[broken[i].mode] = true;
        }
        for (size_t i = 0; i < mon_count_of(seen); i++)
                assert_true(seen[i]);
        server_free(server);
}

static void test_the_bounds_are_exact(void **state) {
        World *world = *state;
        Server *server = NULL;
        Outcome outcome;
        char *body = mon_calloc(1, BODY_MAX + 2);

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        mon_auto_free char *url = server_url(server, "site.test", "/");
        FetchRequest request = request_for(world, url);
        for (size_t n = BODY_MAX; n <= BODY_MAX + 1; n++) {
                memset(body, 'a', n);
                server_set(server, "/", &(ServerAnswer){.body = body, .body_len = n});
                visit(world, &request, &outcome);
                assert_int_equal(outcome.answer.failure, n > BODY_MAX ? FETCH_TOO_LARGE : FETCH_DONE);
                assert_int_equal(outcome.answer.body.len, BODY_MAX);
                fetch_answer_fini(&outcome.answer);
        }
        free(body);
        request.body_max = 0; /* the head alone */
        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_TOO_LARGE);
        assert_int_equal(outcome.answer.http_status, 200);
        fetch_answer_fini(&outcome.answer);
        server_free(server);
}

/* --- connections ------------------------------------------------------------------------------------------------ */

static void test_no_connection(void **state) {
        World *world = *state;
        Server *server = NULL;
        Outcome outcome;

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        mon_auto_free char *url = server_url(server, "site.test", "/");
        server_free(server); /* nobody listens there now */
        FetchRequest request = request_for(world, url);
        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_REFUSED);
        assert_string_equal(outcome.answer.error, "Connection refused");
        assert_int_equal(outcome.answer.connect, NSEC_UNKNOWN);
        assert_string_equal(outcome.answer.remote_ip, "");
        assert_int_equal(outcome.answer.bytes, -1);
        assert_null(outcome.answer.request);
        fetch_answer_fini(&outcome.answer);
}

/* A listener whose queue is full lets every further connection wait. */
static void test_no_connection_before_the_deadline(void **state) {
        World *world = *state;
        struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof place;
        int fillers[4];
        Outcome outcome;

        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(listener, (struct sockaddr *)&place, sizeof place), 0);
        assert_int_equal(listen(listener, 0), 0);
        assert_int_equal(getsockname(listener, (struct sockaddr *)&place, &len), 0);
        for (size_t i = 0; i < mon_count_of(fillers); i++) {
                fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
                (void)connect(fillers[i], (struct sockaddr *)&place, sizeof place);
        }
        mon_auto_free char *url = mon_printf("http://127.0.0.1:%d/", ntohs(place.sin_port));
        FetchRequest request = request_for(world, url);
        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_CONNECT_TIMEOUT);
        assert_int_equal(world_elapsed(world), DEADLINE);
        fetch_answer_fini(&outcome.answer);
        for (size_t i = 0; i < mon_count_of(fillers); i++)
                (void)close(fillers[i]);
        (void)close(listener);
}

/* The kernel refuses a TCP connection to the broadcast address before any packet. */
static void test_no_way_there(void **state) {
        World *world = *state;
        FetchRequest request = request_for(world, "http://255.255.255.255/");
        Outcome outcome;

        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_UNREACHABLE);
        assert_int_equal(world_elapsed(world), 0);
        fetch_answer_fini(&outcome.answer);
}

static void test_names_that_fail(void **state) {
        World *world = *state;
        static const struct {
                NameAnswer answer;
                Nsec after;
        } rows[] = {{NAME_NXDOMAIN, 0}, {NAME_SERVFAIL, 0}, {NAME_SILENT, DEADLINE}, {NAME_ADDRESSES, 0}};
        Outcome outcome;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Nsec before = world_elapsed(world);
                FetchRequest request = request_for(world, "http://name.test/");
                name_server_set(world->names, "name.test", rows[i].answer, NULL);
                visit(world, &request, &outcome);
                assert_int_equal(outcome.answer.failure, FETCH_NAME);
                assert_int_equal(world_elapsed(world) - before, rows[i].after);
                fetch_answer_fini(&outcome.answer);
        }
}

/* Descriptors that are all in use are our own trouble, whether a name is asked for or not. */
static void test_no_descriptor_left(void **state) {
        static const char *const urls[] = {"http://127.0.0.1:9/", "http://site.test:9/"};
        World *world = *state;
        struct rlimit was, low;
        Outcome outcome;

        for (size_t i = 0; i < mon_count_of(urls); i++) {
                FetchRequest request = request_for(world, urls[i]);
                visit(world, &request, &outcome); /* the multi handle has made its own descriptors by now */
                assert_int_equal(outcome.answer.failure, FETCH_REFUSED);
                fetch_answer_fini(&outcome.answer);

                assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
                int next = dup(0);
                low = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = was.rlim_max};
                (void)close(next);
                assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
                Visit *under_way = NULL;
                outcome = (Outcome){0};
                int r = visit_start(world->resolver, world->fetcher, &request, IP_ANY, on_done, &outcome, &under_way);
                if (r == 0)
                        world_run_until(world, &outcome.done, DEADLINE);
                assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
                if (r == 0)
                        assert_int_equal(outcome.answer.failure, FETCH_LOCAL_FAULT);
                else
                        assert_int_equal(r, -EMFILE);
                fetch_answer_fini(&outcome.answer);
        }
}

/* However a host is written, it is the pinned address that is asked, and no resolver of curl's own. */
static void test_hosts_as_people_write_them(void **state) {
        static const char *const hosts[] = {"site.test.", "SITE.test", "127.1", "xn--bcher-kva.test",
                                            "b\u00fccher.test"};
        World *world = *state;
        Server *server = NULL;
        Outcome outcome;

        name_server_set(world->names, "*", NAME_ADDRESSES, "127.0.0.1");
        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        server_set_text(server, "/", 200, page);
        for (size_t i = 0; i < mon_count_of(hosts); i++) {
                mon_auto_free char *url = server_url(server, hosts[i], "/");
                FetchRequest request = request_for(world, url);
                visit(world, &request, &outcome);
                if (outcome.answer.failure != FETCH_DONE)
                        fail_msg("%s: %s", hosts[i], outcome.answer.error);
                fetch_answer_fini(&outcome.answer);
        }
        server_free(server);
}

/* The next fetch goes to the address that the name has by then. */
static void test_an_address_that_moves(void **state) {
        static const struct {
                const char *address;
                FetchFailure failure;
        } rows[] = {{"127.0.0.1", FETCH_DONE}, {"127.0.0.2", FETCH_REFUSED}, {"127.0.0.1", FETCH_DONE}};
        World *world = *state;
        Server *server = NULL;
        Outcome outcome;

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        server_set_text(server, "/", 200, page);
        mon_auto_free char *url = server_url(server, "site.test", "/");
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                FetchRequest request = request_for(world, url);
                name_server_set(world->names, "site.test", NAME_ADDRESSES, rows[i].address);
                visit(world, &request, &outcome);
                assert_int_equal(outcome.answer.failure, rows[i].failure);
                assert_string_equal(outcome.answer.remote_ip, rows[i].failure == FETCH_DONE ? rows[i].address : "");
                fetch_answer_fini(&outcome.answer);
        }
        server_free(server);
}

/* More at a time than easy handles are kept (FETCH_IDLE_MAX), and a request longer than what is kept of one. */
static void test_many_at_a_time(void **state) {
        World *world = *state;
        Server *server = NULL;
        Outcome outcomes[12] = {0};
        char *header = mon_calloc(1, FETCH_REQUEST_MAX + 10);

        memset(header, 'a', FETCH_REQUEST_MAX);
        memcpy(header, "X-A: ", 5);
        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        server_set_text(server, "/", 200, page);
        mon_auto_free char *url = server_url(server, "site.test", "/");
        FetchRequest request = request_for(world, url);
        request.headers = (const char *const *)&header;
        request.n_headers = 1;
        for (size_t i = 0; i < mon_count_of(outcomes); i++) {
                Visit *under_way = NULL;
                assert_int_equal(visit_start(world->resolver, world->fetcher, &request, IP_ANY, on_done, &outcomes[i],
                                             &under_way),
                                 0);
        }
        world_run_until(world, &outcomes[mon_count_of(outcomes) - 1].done, DEADLINE);
        for (size_t i = 0; i < mon_count_of(outcomes); i++) {
                assert_true(outcomes[i].done);
                assert_int_equal(outcomes[i].answer.failure, FETCH_DONE);
                assert_int_equal(strlen(outcomes[i].answer.request), FETCH_REQUEST_MAX);
                fetch_answer_fini(&outcomes[i].answer);
        }
        free(header);
        server_free(server);
}

static void test_cancel_at_every_step(void **state) {
        World *world = *state;
        Server *server = NULL;

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        server_set(server, "/", &(ServerAnswer){.mode = SERVER_HANG_IN_BODY, .body = page});
        name_server_set(world->names, "silent.test", NAME_SILENT, NULL);
        mon_auto_free char *url = server_url(server, "site.test", "/");
        const char *urls[] = {url, "http://silent.test/"};
        for (size_t i = 0; i < mon_count_of(urls); i++)
                for (int settle = 0; settle < 2; settle++) {
                        Outcome outcome = {0};
                        Visit *under_way = NULL;
                        FetchRequest request = request_for(world, urls[i]);
                        assert_int_equal(visit_start(world->resolver, world->fetcher, &request, IP_ANY, on_done,
                                                     &outcome, &under_way),
                                         0);
                        if (settle)
                                assert_int_equal(loop_settle(world->loop), 0);
                        visit_cancel(under_way);
                        world_run_until(world, NULL, 2 * DEADLINE);
                        assert_false(outcome.done);
                }
        assert_int_equal(server_open(server), 0);
        server_free(server);
}

static void test_the_time_of_each_phase(void **state) {
        World *world = *state;
        Server *server = NULL;
        Outcome outcome;

        assert_int_equal(server_new(world->loop, NULL, &server), 0);
        server_set(server, "/", &(ServerAnswer){.body = page, .delay = 3 * NSEC_PER_SEC});
        mon_auto_free char *url = server_url(server, "site.test", "/");
        FetchRequest request = request_for(world, url);
        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_DONE);
        assert_int_equal(outcome.answer.ttfb, 3 * NSEC_PER_SEC);
        assert_int_equal(world_elapsed(world), 3 * NSEC_PER_SEC);
        fetch_answer_fini(&outcome.answer);
        server_free(server);
}

/* --- TLS -------------------------------------------------------------------------------------------------------- */

typedef struct TlsRow {
        const char *name; /* in the certificate */
        Nsec from, until; /* of it, from now */
        bool is_self_signed;
        bool is_of_another_ca;
        FetchFailure failure;
} TlsRow;

static const TlsRow tls_rows[] = {
        {"site.test", -WORLD_DAY, 30 * WORLD_DAY, false, false, FETCH_DONE},
        {"site.test", -WORLD_DAY, -1 * NSEC_PER_SEC, false, false, FETCH_TLS_EXPIRED},
        {"site.test", WORLD_DAY, 30 * WORLD_DAY, false, false, FETCH_TLS_EXPIRED},
        {"other.test", -WORLD_DAY, 30 * WORLD_DAY, false, false, FETCH_TLS_HOSTNAME},
        {"site.test", -WORLD_DAY, 30 * WORLD_DAY, true, false, FETCH_TLS_UNTRUSTED},
        {"site.test", -WORLD_DAY, 30 * WORLD_DAY, false, true, FETCH_TLS_UNTRUSTED},
};

static void check_tls(World *world, const TlsRow *row) {
        Nsec now = clock_at_real(world->clock);
        mon_cleanup(cert_free_p) Cert *ca = cert_new(NULL, NULL, now - WORLD_DAY, now + 300 * WORLD_DAY);
        mon_cleanup(cert_free_p) Cert *other = cert_new(NULL, NULL, now - WORLD_DAY, now + 300 * WORLD_DAY);
        const Cert *issuer = row->is_self_signed ? NULL : row->is_of_another_ca ? other : ca;
        mon_cleanup(cert_free_p) Cert *leaf = cert_new(issuer, row->name, now + row->from, now + row->until);
        mon_auto_free char *ca_file = cert_write(ca);
        Server *server = NULL;
        Outcome outcome;
        Sha256 digest;

        assert_int_equal(server_new(world->loop, &(ServerTls){.cert = leaf}, &server), 0);
        server_set(server, "/", &(ServerAnswer){.body = page});
        mon_auto_free char *url = server_url(server, "site.test", "/");
        FetchRequest request = request_for(world, url);
        request.ca_file = ca_file;
        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, row->failure);
        assert_true(outcome.answer.certificate.seen);
        cert_digest(leaf, &digest);
        assert_memory_equal(&outcome.answer.certificate.leaf, &digest, sizeof digest);
        assert_int_equal(outcome.answer.certificate.expires_at_real, now + row->until);
        assert_int_equal(outcome.answer.connect, 0);
        if (row->failure == FETCH_DONE)
                assert_int_equal(outcome.answer.tls, 0);
        fetch_answer_fini(&outcome.answer);
        visit(world, &request, &outcome); /* a resumed session would show no certificate */
        assert_true(outcome.answer.certificate.seen);
        fetch_answer_fini(&outcome.answer);
        (void)unlink(ca_file);
        server_free(server);
}

static void test_certificates(void **state) {
        for (size_t i = 0; i < mon_count_of(tls_rows); i++)
                check_tls(*state, &tls_rows[i]);
}

static void test_handshakes_that_break(void **state) {
        World *world = *state;
        static const struct {
                ServerTls tls;
                FetchFailure failure;
                Nsec after;
        } rows[] = {{{.garbage = true}, FETCH_TLS_HANDSHAKE, 0}, {{.hang = true}, FETCH_TIMEOUT, DEADLINE}};

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                Server *server = NULL;
                Outcome outcome;
                Nsec before = world_elapsed(world);
                assert_int_equal(server_new(world->loop, &rows[i].tls, &server), 0);
                mon_auto_free char *url = server_url(server, "site.test", "/");
                FetchRequest request = request_for(world, url);
                visit(world, &request, &outcome);
                assert_int_equal(outcome.answer.failure, rows[i].failure);
                assert_int_equal(world_elapsed(world) - before, rows[i].after);
                fetch_answer_fini(&outcome.answer);
                server_free(server);
        }
}

static void test_a_ca_file_that_is_missing(void **state) {
        World *world = *state;
        Nsec now = clock_at_real(world->clock);
        mon_cleanup(cert_free_p) Cert *leaf = cert_new(NULL, "site.test", now - WORLD_DAY, now + WORLD_DAY);
        Server *server = NULL;
        Outcome outcome;

        assert_int_equal(server_new(world->loop, &(ServerTls){.cert = leaf}, &server), 0);
        mon_auto_free char *url = server_url(server, "site.test", "/");
        FetchRequest request = request_for(world, url);
        request.ca_file = "/nowhere/ca.pem";
        visit(world, &request, &outcome);
        assert_int_equal(outcome.answer.failure, FETCH_LOCAL_FAULT);
        fetch_answer_fini(&outcome.answer);
        server_free(server);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_a_page_is_fetched_whole, setup, teardown),
                cmocka_unit_test_setup_teardown(test_head_has_no_body, setup, teardown),
                cmocka_unit_test_setup_teardown(test_each_broken_server_has_its_cause, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_bounds_are_exact, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_connection, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_connection_before_the_deadline, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_way_there, setup, teardown),
                cmocka_unit_test_setup_teardown(test_names_that_fail, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_descriptor_left, setup, teardown),
                cmocka_unit_test_setup_teardown(test_hosts_as_people_write_them, setup, teardown),
                cmocka_unit_test_setup_teardown(test_an_address_that_moves, setup, teardown),
                cmocka_unit_test_setup_teardown(test_many_at_a_time, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancel_at_every_step, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_time_of_each_phase, setup, teardown),
                cmocka_unit_test_setup_teardown(test_certificates, setup, teardown),
                cmocka_unit_test_setup_teardown(test_handshakes_that_break, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_ca_file_that_is_missing, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
