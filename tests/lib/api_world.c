#include "tests/lib/api_world.h"

#include "daemon/base/text.h"

#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const char *const target_ids[] = {"mes-opposition", "mes-accueil", "a"};

static Store *host_store(void *userdata) {
        ApiWorld *world = userdata;
        return world->store_is_out ? NULL : world->store;
}

static const ViewLive *host_live(void *userdata) {
        ApiWorld *world = userdata;
        world->live.now_at_real = clock_at_real(world->clock);
        return &world->live;
}

static const ViewProblem *host_problems(void *userdata, size_t *ret_n) {
        ApiWorld *world = userdata;
        *ret_n = world->is_ill;
        return &world->problem;
}

static const char *const *host_targets(void *userdata, size_t *ret_n) {
        (void)userdata;
        *ret_n = mon_count_of(target_ids);
        return target_ids;
}

static void host_check(void *userdata, const char *const *targets, size_t n, ApiCall *call) {
        ApiWorld *world = userdata;

        world->n_checked = n;
        for (size_t i = 0; i < n && i < mon_count_of(world->checked); i++)
                (void)snprintf(world->checked[i], sizeof world->checked[i], "%s", targets[i]);
        world->pending = call;
}

static void host_pause(void *userdata, const char *target, bool paused, ApiCall *call) {
        ApiWorld *world = userdata;

        world->paused = paused ? "yes" : "no";
        api_answer(call, json_pack("{ss sb}", "target", target, "paused", paused));
}

static void host_report(void *userdata, const char *target, Report *report, ApiCall *call) {
        ApiWorld *world = userdata;

        report_free(world->report);
        world->report = report;
        api_answer(call, json_pack("{ss}", "target", target));
}

static void host_reload(void *userdata, ApiCall *call) {
        ApiWorld *world = userdata;

        if (world->refuse)
                api_refuse(call, API_REFUSED_CONFIG, "2 mistakes", json_pack("[ss]", "f:1:1: a", "f:2:1: b"),
                           NSEC_UNKNOWN);
        else
                api_answer(call, json_pack("{si si si si}", "added", 0, "removed", 0, "changed", 0, "unchanged", 3));
}

int api_world_open(void **state) {
        ApiWorld *world = mon_new(ApiWorld);
        const ApiSettings settings = {.socket_path = world->socket_path, .fd = -1, .group = "root"};
        mon_auto_error Error error = {0};
        StoreOpening opening = {0};
        mon_auto_free char *path = NULL;
        static ApiHost host;

        (void)snprintf(world->folder, sizeof world->folder, "/tmp/mond-api-XXXXXX");
        assert_non_null(mkdtemp(world->folder));
        assert_int_equal(chmod(world->folder, 0755), 0);
        (void)snprintf(world->socket_path, sizeof world->socket_path, "%s/s", world->folder);
        path = mon_printf("%s/mond.db", world->folder);
        world->clock = clock_new_simulated(API_WORLD_BEGIN, API_WORLD_BEGIN, 1);
        assert_int_equal(loop_new(world->clock, &world->loop), 0);
        assert_int_equal(store_open(path, API_WORLD_BEGIN, &world->store, &opening, &error), 0);
        world->problem =
                (ViewProblem){.code = "store_full", .text = "the disk is full", .since_at_real = API_WORLD_BEGIN};
        host = (ApiHost){.userdata = world,
                         .store = host_store,
                         .live = host_live,
                         .problems = host_problems,
                         .targets = host_targets,
                         .check = host_check,
                         .pause = host_pause,
                         .report = host_report,
                         .reload = host_reload};
        assert_int_equal(api_new(world->loop, &host, &settings, &world->api, &error), 0);
        *state = world;
        return 0;
}

int api_world_close(void **state) {
        ApiWorld *world = *state;
        static const char *const names[] = {"mond.db", "mond.db-wal", "mond.db-shm", "file"};

        api_free(world->api);
        report_free(world->report);
        store_close(world->store);
        loop_free(world->loop);
        clock_free(world->clock);
        assert_int_equal(access(world->socket_path, F_OK), -1);
        for (size_t i = 0; i < mon_count_of(names); i++) {
                mon_auto_free char *path = mon_printf("%s/%s", world->folder, names[i]);
                (void)unlink(path);
        }
        assert_int_equal(rmdir(world->folder), 0);
        free(world);
        return 0;
}

void api_world_settle(ApiWorld *world) {
        assert_int_equal(loop_settle(world->loop), 0);
}

void api_world_pass(ApiWorld *world, Nsec span) {
        clock_advance(world->clock, span);
        api_world_settle(world);
}

int api_world_dial(const ApiWorld *world) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

        assert_true(fd >= 0);
        (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", world->socket_path);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
                return fd;
        close(fd);
        return -1;
}

bool api_world_send(ApiWorld *world, int fd, const char *bytes, size_t n) {
        for (int turn = 0; n > 0 && turn < API_WORLD_TURNS; turn++) {
                ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
                if (sent < 0 && errno != EAGAIN)
                        return false;
                if (sent > 0) {
                        bytes += sent;
                        n -= (size_t)sent;
                }
                api_world_settle(world);
        }
        return n == 0;
}

void api_world_take(int fd, Buf *into, bool *ret_end) {
        char piece[4096];
        ssize_t n;

        while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
                assert_int_equal(buf_append(into, piece, (size_t)n), 0);
        *ret_end = n == 0 || (n < 0 && errno != EAGAIN);
}

void api_world_take_until_end(ApiWorld *world, int fd, Buf *into) {
        bool end = false;

        for (int turn = 0; !end && turn < API_WORLD_TURNS; turn++) {
                api_world_settle(world);
                api_world_take(fd, into, &end);
        }
        assert_true(end);
}

char *api_world_ask(ApiWorld *world, const char *request) {
        mon_auto_buf Buf answer = BUF_INIT(API_WORLD_ANSWER);
        int fd = api_world_dial(world);

        assert_true(fd >= 0);
        (void)api_world_send(world, fd, request, strlen(request));
        api_world_take_until_end(world, fd, &answer);
        close(fd);
        return buf_steal(&answer);
}

char *api_world_get(ApiWorld *world, const char *path) {
        mon_auto_free char *request = mon_printf("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
        return api_world_ask(world, request);
}

char *api_world_post(ApiWorld *world, const char *path, const char *type, const char *body) {
        mon_auto_free char *request = mon_printf(
                "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s%sContent-Length: %zu\r\n\r\n%s", path,
                type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "", strlen(body), body);
        return api_world_ask(world, request);
}

int api_world_status(const char *answer) {
        int status = 0;
        (void)sscanf(answer, "HTTP/1.1 %d", &status);
        return status;
}

json_t *api_world_document(const char *answer) {
        const char *body = strstr(answer, "\r\n\r\n");
        mon_auto_free char *why = NULL;
        json_t *document = NULL;

        assert_non_null(body);
        assert_int_equal(json_read(body + 4, strlen(body + 4), &document, &why), 0);
        return document;
}

void api_world_assert_problem(const char *answer, int status, const char *words) {
        if (api_world_status(answer) != status)
                fail_msg("wanted %d, got: %s", status, answer);
        assert_non_null(strstr(answer, "Content-Type: application/problem+json"));
        mon_auto_json *document = api_world_document(answer);
        assert_int_equal(json_get_int(document, "status", 0), status);
        assert_non_null(json_get_text(document, "type", NULL));
        assert_non_null(json_get_text(document, "title", NULL));
        if (words && !strstr(json_get_text(document, "detail", ""), words))
                fail_msg("no \"%s\" in: %s", words, answer);
}

/* The answer comes by a pipe: a memory checker has its own idea of a forked process's exit status. */
int api_world_as(ApiWorld *world, uid_t uid, int (*fn)(const ApiWorld *world)) {
        int ends[2], value = -1;

        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                if (setgroups(0, NULL) == 0 && setgid(uid) == 0 && setuid(uid) == 0)
                        value = fn(world);
                (void)!write(ends[1], &value, sizeof value);
                _exit(0);
        }
        close(ends[1]);
        while (waitpid(child, NULL, WNOHANG) == 0)
                api_world_settle(world);
        assert_int_equal(read(ends[0], &value, sizeof value), sizeof value);
        close(ends[0]);
        return value;
}
