/* The API's routes: documents, commands, and a problem document for every mistake of a well-formed request; who may
 * change something, and the socket's file. */
#include "tests/lib/api_world.h"

#include "daemon/base/text.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

static void test_every_read_route_answers(void **state) {
        static const char *const paths[] = {"/v1/status",  "/v1/targets", "/v1/uptime",  "/v1/incidents?open=true",
                                            "/v1/banners", "/v1/notices", "/v1/content", "/v1/events",
                                            "/v1/health",  "/v1/version"};
        ApiWorld *world = *state;

        for (size_t i = 0; i < mon_count_of(paths); i++) {
                mon_auto_free char *answer = api_world_get(world, paths[i]);
                if (api_world_status(answer) != 200)
                        fail_msg("%s: %s", paths[i], answer);
                assert_non_null(strstr(answer, "Content-Type: application/json"));
                mon_auto_json *document = api_world_document(answer);
                assert_non_null(document);
        }
        api_world_settle(world);
        assert_int_equal(api_connections(world->api), 0);
}

/* Every route is found by a path of its form, with what stands in the place of its stars. */
static void test_every_route_is_found_with_its_captures(void **unused) {
        size_t most = 0;
        (void)unused;

        for (const Route *route = api_routes; route->method; route++) {
                char *captures[API_CAPTURES_MAX] = {NULL};
                mon_auto_free char *path = mon_printf("%s%s", route->pattern, ""), *allow = NULL;
                size_t n = 0;

                for (char *star = path; (star = strchr(star, '*')) != NULL; n++)
                        *star = (char)('a' + n);
                most = n > most ? n : most;
                assert_ptr_equal(route_find(route->method, path, captures, &allow), route);
                for (size_t i = 0; i < API_CAPTURES_MAX; i++) {
                        char wanted[] = {(char)('a' + i), '\0'};
                        assert_true(i < n ? captures[i] && strcmp(captures[i], wanted) == 0 : !captures[i]);
                        free(captures[i]);
                }
        }
        assert_int_equal(most, API_CAPTURES_MAX);
}

static void test_mistakes_of_well_formed_requests(void **state) {
        static const struct {
                const char *path;
                int status;
                const char *words;
        } rows[] = {
                {"/v1/statu", 404, "no resource"},
                {"/", 404, "no resource"},
                {"/v1/status/", 404, "no resource"},
                {"/v1/incidents/twelve", 404, "number"},
                {"/v1/incidents/999", 404, "incident"},
                {"/v1/targets/mes-oposition", 404, "did you mean \"mes-opposition\""},
                {"/v1/targets/nobody/history", 404, "nobody"},
                {"/v1/incidents?sinc=7d", 400, "did you mean \"since\""},
                {"/v1/incidents?since=yesterday", 400, "RFC 3339"},
                {"/v1/incidents?limit=0", 400, "1 to 10000"},
                {"/v1/incidents?limit=10001", 400, "1 to 10000"},
                {"/v1/incidents?limit=1&limit=2", 400, "twice"},
                {"/v1/incidents?since=1d&until=2d", 400, "after"},
                {"/v1/incidents?open=perhaps", 400, "true or false"},
                {"/v1/health?x=1", 400, "unknown parameter"},
                {"/v1/export?format=xml", 400, "csv, json or openmetrics"},
                {"/v1/uptime?target=mes-acceuil", 404, "mes-accueil"},
                {"/v1/status?target=refus", 404, "no target"},
                {"/v1/incidents?path=refus", 404, "there is no path"},
                {"/v1/events?path=%1b[31m", 404, "there is no path"},
                {"/v1/incidents?path=refus&target=mes-accueil", 400, "one of them is taken"},
                {"/v1/banners?path=refus", 400, "unknown parameter"},
                {"/v1/a%00b", 404, NULL},
                {"/v1/%ff%fe", 404, NULL},
                {"/v1/%1b[31m", 404, NULL},
                {"/v1/check", 405, "POST"},
        };
        ApiWorld *world = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *answer = api_world_get(world, rows[i].path);
                api_world_assert_problem(answer, rows[i].status, rows[i].words);
                assert_null(strchr(answer, '\x1b'));
        }
        mon_auto_free char *answer = api_world_post(world, "/v1/status", NULL, "");
        api_world_assert_problem(answer, 405, "GET, HEAD");
        assert_non_null(strstr(answer, "Allow: GET, HEAD\r\n"));
        mon_auto_free char *deleted = api_world_ask(world, "DELETE /v1/check HTTP/1.1\r\nConnection: close\r\n\r\n");
        api_world_assert_problem(deleted, 405, "POST");
        assert_non_null(strstr(deleted, "Allow: POST\r\n"));
        world->store_is_out = true;
        mon_auto_free char *out = api_world_get(world, "/v1/status");
        api_world_assert_problem(out, 503, "database");
}

static char *repeat(const char *what, size_t n) {
        mon_auto_buf Buf text = BUF_INIT(1U << 20);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(buf_append_text(&text, what), 0);
        return buf_steal(&text);
}

static void expect(ApiWorld *world, char *path, int status, const char *words) {
        mon_auto_free char *answer = api_world_get(world, path);

        if (status == 200)
                assert_int_equal(api_world_status(answer), 200);
        else
                api_world_assert_problem(answer, status, words);
        free(path);
}

static void test_parameters_are_bounded(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *fits = repeat("x", API_TEXT_PARAM_MAX), *segment = repeat("y", API_RAW_PATH_MAX - 4);
        mon_auto_free char *many = repeat("target=nobody&", API_TARGETS_MAX);

        expect(world, mon_printf("/v1/events?limit=%d", API_LIMIT_MAX), 200, NULL);
        expect(world, mon_printf("/v1/events?limit=%d", API_LIMIT_MAX + 1), 400, "limit");
        expect(world, mon_printf("/v1/events?cursor=%s", fits), 400, "not one that this list gave");
        expect(world, mon_printf("/v1/events?cursor=%sx", fits), 400, "too long");
        expect(world, mon_printf("/v1/%s", segment), 404, "no resource \"");
        expect(world, mon_printf("/v1/%sy", segment), 404, "no such resource");
        expect(world, mon_printf("/v1/uptime?%starget=nobody", many), 400, "1000 times");
}

static void test_head_has_headers_alone(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *answer = api_world_ask(world, "HEAD /v1/health HTTP/1.1\r\nConnection: close\r\n\r\n");

        assert_int_equal(api_world_status(answer), 200);
        assert_non_null(strstr(answer, "Content-Length: "));
        assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void test_health_tells_problems(void **state) {
        ApiWorld *world = *state;
        world->is_ill = true;
        mon_auto_free char *answer = api_world_get(world, "/v1/health");
        mon_auto_json *document = api_world_document(answer);

        assert_string_equal(json_get_text(document, "status", ""), "unhealthy");
}

static void test_check_answers_when_it_is_over(void **state) {
        static const char request[] =
                "POST /v1/check HTTP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
                "Content-Length: 30\r\n\r\n{\"target\": [\"a\", \"a\", \"a\"]}   ";
        ApiWorld *world = *state;
        mon_auto_buf Buf answer = BUF_INIT(API_WORLD_ANSWER);
        int fd = api_world_dial(world);
        bool end;

        assert_true(api_world_send(world, fd, request, sizeof request - 1));
        api_world_settle(world);
        assert_non_null(world->pending);
        assert_int_equal(world->n_checked, 1);
        assert_string_equal(world->checked[0], "a");
        /* However long it takes: a check has the host's deadline, not ours. */
        api_world_pass(world, 10 * API_REPLY_DEADLINE);
        api_world_take(fd, &answer, &end);
        assert_false(end);
        assert_int_equal(answer.len, 0);
        api_answer(world->pending, json_pack("[{ss}]", "target", "a"));
        api_world_take_until_end(world, fd, &answer);
        assert_int_equal(api_world_status(buf_text(&answer)), 200);
        close(fd);

        static const char all[] = "POST /v1/check HTTP/1.1\r\nContent-Type: application/json\r\n"
                                  "Content-Length: 13\r\n\r\n{\"all\": true}";
        fd = api_world_dial(world);
        assert_true(api_world_send(world, fd, all, sizeof all - 1));
        api_world_settle(world);
        assert_int_equal(world->n_checked, 3);
        /* A client that leaves takes nothing with it: the host answers into the void. */
        close(fd);
        api_world_settle(world);
        api_refuse(world->pending, API_REFUSED_TOO_SOON, "asked 10 s ago", NULL, 20 * NSEC_PER_SEC);
        api_world_settle(world);
        api_world_settle(world);
        assert_int_equal(api_connections(world->api), 0);
}

static void test_bodies(void **state) {
        static const struct {
                const char *path, *type, *body;
                int status;
                const char *words;
        } rows[] = {
                {"/v1/check", "application/json", "{\"target\": [\"a\"", 400, "line 1, column"},
                {"/v1/check", "application/json", "[1]", 400, "object"},
                {"/v1/check", "application/json", "{}", 400, "name targets"},
                {"/v1/check", "application/json", "{\"target\": []}", 400, "from 1"},
                {"/v1/check", "application/json", "{\"target\": 7}", 400, "string"},
                {"/v1/check", "application/json", "{\"tagret\": \"a\"}", 400, "did you mean \"target\""},
                {"/v1/check", "application/json", "{\"target\": \"mes-acueil\"}", 404, "mes-accueil"},
                {"/v1/check", "text/plain", "{\"target\": \"a\"}", 415, "application/json"},
                {"/v1/check", NULL, "{\"target\": \"a\"}", 415, "application/json"},
                {"/v1/pause", "application/json", "{\"target\": [\"a\", \"mes-accueil\"]}", 400, "one target"},
                {"/v1/reload", "application/json", "{\"force\": true}", 400, "unknown member"},
                {"/v1/check", "application/json", "{\"target\": \"a\", \"target\": \"a\"}", 400, "duplicate"},
        };
        ApiWorld *world = *state;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_free char *answer = api_world_post(world, rows[i].path, rows[i].type, rows[i].body);
                api_world_assert_problem(answer, rows[i].status, rows[i].words);
        }
        assert_null(world->pending);
        mon_auto_free char *paused =
                api_world_post(world, "/v1/pause", "application/json; charset=utf-8", "{\"target\": \"a\"}");
        assert_int_equal(api_world_status(paused), 200);
        assert_string_equal(world->paused, "yes");
        mon_auto_free char *reloaded = api_world_post(world, "/v1/reload", NULL, "");
        assert_int_equal(api_world_status(reloaded), 200);
        world->refuse = true;
        mon_auto_free char *refused = api_world_post(world, "/v1/reload", "application/json", "{}");
        api_world_assert_problem(refused, 422, "2 mistakes");
        mon_auto_json *document = api_world_document(refused);
        assert_int_equal(json_array_size(json_object_get(document, "errors")), 2);
}

static void test_export_comes_in_pieces(void **state) {
        ApiWorld *world = *state;
        mon_auto_free char *answer = api_world_get(world, "/v1/export?format=csv");

        assert_int_equal(api_world_status(answer), 200);
        assert_non_null(strstr(answer, "at,target"));
        assert_true(text_ends(answer, "0\r\n\r\n")); /* the last chunk */
        int fd = api_world_dial(world);
        assert_true(api_world_send(world, fd, "GET /v1/export HTTP/1.1\r\n\r\n", 27));
        api_forget_store(world->api);
        api_world_settle(world);
        close(fd);
}

static int reload(const ApiWorld *world) {
        static const char request[] = "POST /v1/reload HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        char answer[4096] = "";
        size_t n = 0;
        int fd = api_world_dial(world);

        (void)fcntl(fd, F_SETFL, 0);
        (void)!write(fd, request, sizeof request - 1);
        for (ssize_t got; (got = read(fd, answer + n, sizeof answer - 1 - n)) > 0;)
                n += (size_t)got;
        return api_world_status(answer);
}

static void test_strangers_may_not_change_anything(void **state) {
        if (geteuid() != 0)
                skip();
        assert_int_equal(api_world_as(*state, 65534, reload), 403);
        assert_int_equal(api_world_as(*state, 0, reload), 200);
}

static void test_socket_file(void **state) {
        ApiWorld *world = *state;
        mon_auto_error Error in_use = {0}, no_socket = {0}, too_long = {0};
        ApiSettings settings = {.socket_path = world->socket_path, .fd = -1};
        static const ApiHost host;
        char path[API_PATH_MAX + 2];
        struct stat status;
        Api *other = NULL;

        assert_int_equal(stat(world->socket_path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0666);
        assert_int_equal(api_new(world->loop, &host, &settings, &other, &in_use), API_E_IN_USE);
        assert_non_null(strstr(error_text(&in_use), "listening"));
        mon_auto_free char *file = mon_printf("%s/file", world->folder);
        int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        close(fd);
        settings.socket_path = file;
        assert_int_equal(api_new(world->loop, &host, &settings, &other, &no_socket), API_E_PATH);
        assert_int_equal(access(file, F_OK), 0);
        memset(path, 'x', sizeof path);
        path[0] = '/';
        path[API_PATH_MAX + 1] = '\0';
        settings.socket_path = path;
        assert_int_equal(api_new(world->loop, &host, &settings, &other, &too_long), API_E_PATH);
        assert_non_null(strstr(error_text(&too_long), "107"));

        /* A socket that nobody listens on was left by a daemon that was killed. */
        mon_auto_free char *stale = mon_printf("%s/stale", world->folder);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", stale);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
        close(fd);
        settings.socket_path = stale;
        assert_int_equal(api_new(world->loop, &host, &settings, &other, NULL), 0);
        api_free(other);
        assert_int_equal(access(stale, F_OK), -1);
}

#define api_test(name) cmocka_unit_test_setup_teardown(name, api_world_open, api_world_close)

int main(void) {
        const struct CMUnitTest tests[] = {
                api_test(test_every_read_route_answers),
                cmocka_unit_test(test_every_route_is_found_with_its_captures),
                api_test(test_mistakes_of_well_formed_requests),
                api_test(test_parameters_are_bounded),
                api_test(test_head_has_headers_alone),
                api_test(test_health_tells_problems),
                api_test(test_check_answers_when_it_is_over),
                api_test(test_bodies),
                api_test(test_export_comes_in_pieces),
                api_test(test_strangers_may_not_change_anything),
                api_test(test_socket_file),
        };
        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
