/* The tcp and tls probes: connections, greetings, certificates and their ends. */
#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/connect.h"
#include "probes/tls.h"
#include "tests/lib/one_look.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY (86400 * NSEC_PER_SEC)

/* Says its words to whoever connects, and hangs up if it is to. */
typedef struct Greeter {
        Loop *loop;
        LoopIo *io;
        int fd, port;
        int accepted;
        const char *words;
        size_t n;
        bool hangs_up;
} Greeter;

static void on_visitor(int fd, unsigned ready, void *userdata) {
        Greeter *greeter = userdata;

        (void)ready;
        if (greeter->accepted >= 0)
                (void)close(greeter->accepted);
        greeter->accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (greeter->n > 0)
                (void)!send(greeter->accepted, greeter->words, greeter->n, MSG_NOSIGNAL);
        if (greeter->hangs_up)
                (void)shutdown(greeter->accepted, SHUT_RDWR);
}

static void greeter_init(Greeter *greeter, Loop *loop) {
        struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof place;

        *greeter = (Greeter){.loop = loop, .accepted = -1};
        greeter->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        assert_int_equal(bind(greeter->fd, (struct sockaddr *)&place, sizeof place), 0);
        assert_int_equal(listen(greeter->fd, 8), 0);
        assert_int_equal(getsockname(greeter->fd, (struct sockaddr *)&place, &len), 0);
        greeter->port = ntohs(place.sin_port);
        assert_int_equal(loop_io_new(loop, greeter->fd, LOOP_READ, on_visitor, greeter, &greeter->io), 0);
}

static void greeter_fini(Greeter *greeter) {
        loop_io_free(greeter->io);
        (void)close(greeter->fd);
        if (greeter->accepted >= 0)
                (void)close(greeter->accepted);
}

static int setup(void **state) {
        OneLook *look = mon_new(OneLook);

        one_look_init(look);
        name_server_set(look->world.names, "site.test", NAME_ADDRESSES, "127.0.0.1");
        name_server_set(look->world.names, "other.test", NAME_ADDRESSES, "127.0.0.1");
        name_server_set(look->world.names, "silent.test", NAME_SILENT, NULL);
        *state = look;
        return 0;
}

static int teardown(void **state) {
        one_look_fini(*state);
        free(*state);
        return 0;
}

static void see(OneLook *look, Verdict verdict, Cause cause, const char *format, int port) {
        mon_auto_free char *number = mon_printf("%d", port);
        const char *hole = strstr(format, "{port}");
        mon_auto_free char *block =
                hole ? mon_printf("%.*s%s%s", (int)(hole - format), format, number, hole + 6) : mon_strdup(format);
        one_look_expect(look, block, verdict, cause);
}

static void a_port_takes_connections_or_not(void **state) {
        OneLook *look = *state;
        Greeter greeter;

        greeter_init(&greeter, look->world.loop);
        see(look, VERDICT_UP, CAUSE_OK, "tcp: {host: site.test, port: {port}}", greeter.port);
        assert_string_equal(look->seen->remote_ip, "127.0.0.1");
        assert_true(look->seen->connect >= 0);
        see(look, VERDICT_DOWN, CAUSE_DNS, "tcp: {host: none.test, port: {port}}", greeter.port);
        see(look, VERDICT_DOWN, CAUSE_DNS, "tcp: {host: silent.test, port: {port}}", greeter.port);
        int port = greeter.port;
        greeter_fini(&greeter);
        see(look, VERDICT_DOWN, CAUSE_CONNECT_REFUSED, "tcp: {host: 127.0.0.1, port: {port}}", port);
}

static void a_greeting_is_waited_for(void **state) {
        char long_greeting[CONNECT_GREETING_MAX + 100];
        OneLook *look = *state;
        Greeter greeter;

        greeter_init(&greeter, look->world.loop);
        see(look, VERDICT_DOWN, CAUSE_TIMEOUT, "tcp: {host: site.test, port: {port}, expect: '220 '}", greeter.port);
        assert_int_equal(look->seen->duration, 20 * NSEC_PER_SEC);
        greeter.words = "220 mail.test\r\n";
        greeter.n = strlen(greeter.words);
        see(look, VERDICT_UP, CAUSE_OK, "tcp: {host: site.test, port: {port}, expect: '220 '}", greeter.port);
        assert_true(look->seen->ttfb >= 0);
        see(look, VERDICT_DOWN, CAUSE_WRONG_ANSWER, "tcp: {host: site.test, port: {port}, expect: SSH-}", greeter.port);
        assert_string_equal(look->seen->detail, "the server says \"220 mail.test\"");

        greeter.words = "a\0\x1b[31mb";
        greeter.n = 8;
        greeter.hangs_up = true;
        see(look, VERDICT_DOWN, CAUSE_WRONG_ANSWER, "tcp: {host: site.test, port: {port}, expect: SSH-}", greeter.port);
        assert_null(strchr(look->seen->detail, '\x1b'));
        greeter.n = 0;
        see(look, VERDICT_DOWN, CAUSE_RESET, "tcp: {host: site.test, port: {port}, expect: SSH-}", greeter.port);

        /* What stands past the bound is not seen. */
        memset(long_greeting, 'x', sizeof long_greeting);
        memcpy(long_greeting + CONNECT_GREETING_MAX, "SSH-", 4);
        greeter.words = long_greeting;
        greeter.n = sizeof long_greeting;
        see(look, VERDICT_DOWN, CAUSE_WRONG_ANSWER, "tcp: {host: site.test, port: {port}, expect: SSH-}", greeter.port);
        memcpy(long_greeting + CONNECT_GREETING_MAX - 4, "SSH-", 4);
        see(look, VERDICT_UP, CAUSE_OK, "tcp: {host: site.test, port: {port}, expect: SSH-}", greeter.port);
        greeter_fini(&greeter);
}

/* A server with a certificate of `root` for site.test. */
static void serve(OneLook *look, const Cert *root, Nsec until_at_real, Cert **ret_cert, Server **ret_server) {
        *ret_cert = cert_new(root, "site.test", WORLD_BEGIN_AT_REAL - DAY, until_at_real);
        assert_int_equal(server_new(look->world.loop, &(ServerTls){.cert = *ret_cert}, ret_server), 0);
}

static void certificates_and_their_ends(void **state) {
        static const struct {
                const char *block;
                int root_days, leaf_days; /* from now to their ends */
                Verdict verdict;
                Cause cause;
        } rows[] = {
                {"tls: {host: site.test, port: {port}}", 90, 60, VERDICT_UP, CAUSE_OK},
                {"tls: {host: site.test, port: {port}}", 90, 22, VERDICT_UP, CAUSE_OK},
                {"tls: {host: site.test, port: {port}}", 90, 20, VERDICT_DEGRADED, CAUSE_CERTIFICATE_EXPIRING},
                {"tls: {host: site.test, port: {port}}", 20, 60, VERDICT_DEGRADED, CAUSE_CERTIFICATE_EXPIRING},
                {"tls: {host: site.test, port: {port}, warn_before: 70d}", 90, 60, VERDICT_DEGRADED,
                 CAUSE_CERTIFICATE_EXPIRING},
                {"tls: {host: site.test, port: {port}, warn_before: 0s}", 90, 1, VERDICT_UP, CAUSE_OK},
                {"tls: {host: site.test, port: {port}}", 90, -1, VERDICT_DOWN, CAUSE_TLS_EXPIRED},
                {"tls: {host: other.test, port: {port}}", 90, 60, VERDICT_DOWN, CAUSE_TLS_HOSTNAME},
        };
        OneLook *look = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_cleanup(cert_free_p) Cert *root =
                        cert_new(NULL, NULL, WORLD_BEGIN_AT_REAL - DAY, WORLD_BEGIN_AT_REAL + rows[i].root_days * DAY);
                mon_cleanup(cert_free_p) Cert *leaf = NULL;
                mon_cleanup(server_free_p) Server *server = NULL;
                mon_auto_free char *authorities = cert_write(root);
                Sha256 digest;

                look->services.ca_file = authorities;
                serve(look, root, WORLD_BEGIN_AT_REAL + rows[i].leaf_days * DAY, &leaf, &server);
                see(look, rows[i].verdict, rows[i].cause, rows[i].block, server_port(server));
                cert_digest(leaf, &digest);
                assert_true(look->seen->has_certificate);
                assert_memory_equal(&look->seen->certificate, &digest, sizeof digest);
                assert_int_equal(look->seen->certificate_expires_at_real,
                                 WORLD_BEGIN_AT_REAL + rows[i].leaf_days * DAY);
                assert_int_equal(look->seen->has_key, rows[i].verdict != VERDICT_DOWN);
                assert_int_equal(server_requests(server), 0);
                (void)unlink(authorities);
                look->services.ca_file = NULL;
        }
}

static void tls_that_is_none(void **state) {
        OneLook *look = *state;
        mon_cleanup(cert_free_p) Cert *leaf = NULL;
        mon_cleanup(server_free_p) Server *server = NULL, *hang = NULL, *garbage = NULL;

        serve(look, NULL, WORLD_BEGIN_AT_REAL + 60 * DAY, &leaf, &server);
        see(look, VERDICT_DOWN, CAUSE_TLS_UNTRUSTED, "tls: {host: site.test, port: {port}}", server_port(server));
        assert_int_equal(server_new(look->world.loop, &(ServerTls){.cert = leaf, .hang = true}, &hang), 0);
        see(look, VERDICT_DOWN, CAUSE_TIMEOUT, "tls: {host: site.test, port: {port}}", server_port(hang));
        assert_int_equal(look->seen->duration, 20 * NSEC_PER_SEC);
        assert_int_equal(server_new(look->world.loop, &(ServerTls){.cert = leaf, .garbage = true}, &garbage), 0);
        see(look, VERDICT_DOWN, CAUSE_TLS_HANDSHAKE, "tls: {host: site.test, port: {port}}", server_port(garbage));
        int port = server_port(server);
        server_free(mon_steal(&server));
        see(look, VERDICT_DOWN, CAUSE_CONNECT_REFUSED, "tls: {host: '127.0.0.1', port: {port}}", port);
        see(look, VERDICT_DOWN, CAUSE_DNS, "tls: {host: none.test}", 0);
}

/* A connection that is looked at leaves nothing open. */
static void nothing_stays_open(void **state) {
        OneLook *look = *state;
        mon_cleanup(cert_free_p) Cert *root =
                cert_new(NULL, NULL, WORLD_BEGIN_AT_REAL - DAY, WORLD_BEGIN_AT_REAL + 90 * DAY);
        mon_cleanup(cert_free_p) Cert *leaf = NULL;
        mon_cleanup(server_free_p) Server *server = NULL;
        mon_auto_free char *authorities = cert_write(root);

        look->services.ca_file = authorities;
        serve(look, root, WORLD_BEGIN_AT_REAL + 60 * DAY, &leaf, &server);
        for (int i = 0; i < 20; i++)
                see(look, VERDICT_UP, CAUSE_OK, "tls: {host: site.test, port: {port}}", server_port(server));
        assert_int_equal(loop_settle(look->world.loop), 0);
        assert_int_equal(server_connections(server), 20);
        assert_int_equal(server_open(server), 0);
        (void)unlink(authorities);
        look->services.ca_file = NULL;
}

static void mistakes_say_where(void **state) {
        mon_auto_free char *greeting = mon_calloc(1, CONNECT_GREETING_MAX + 2);
        memset(greeting, 'x', CONNECT_GREETING_MAX + 1);
        mon_auto_free char *long_greeting = mon_printf("tcp: {host: a.test, port: 1, expect: %s}", greeting);
        mon_auto_free char *long_warning =
                mon_printf("tls: {host: a.test, warn_before: %dd}", (int)(TLS_WARN_MAX / DAY) + 1);
        const char *const rows[][2] = {
                {"tcp: {host: 'https://a.test', port: 1}", "'host' takes a name or an address alone"},
                {"tcp: {host: a.test, port: 0}", "1"},
                {"tcp: {host: a.test, port: 65536}", "65535"},
                {"tcp: {host: a.test}", "'port'"},
                {long_greeting, "at most 1024 bytes"},
                {"tls: {host: '[::1]'}", "'host' takes a name or an address alone"},
                {long_warning, "'warn_before'"},
                {"tls: {}", "'host'"},
        };
        OneLook *look = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *told = one_look_load(look, rows[i][0]);
                if (!strstr(told, rows[i][1]) || !text_starts(told, "mond.yaml:4:"))
                        fail_msg("%s: %s", rows[i][0], told);
        }
        mon_auto_free char *told = one_look_load(look, "tls: {host: '2001:db8::1', port: 8443}");
        assert_string_equal(told, "");
        assert_string_equal(((TlsSpec *)((Target *)look->config->targets.items[0])->spec)->url,
                            "https://[2001:db8::1]:8443/");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_port_takes_connections_or_not, setup, teardown),
                cmocka_unit_test_setup_teardown(a_greeting_is_waited_for, setup, teardown),
                cmocka_unit_test_setup_teardown(certificates_and_their_ends, setup, teardown),
                cmocka_unit_test_setup_teardown(tls_that_is_none, setup, teardown),
                cmocka_unit_test_setup_teardown(nothing_stays_open, setup, teardown),
                cmocka_unit_test_setup_teardown(mistakes_say_where, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
