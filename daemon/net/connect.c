#include "daemon/net/connect.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct Connect {
        Loop *loop;
        LoopIo *io;
        int fd;
        char *greeting;
        Timer deadline;
        LoopDeferred finish;
        Nsec started, connected;
        char bytes[CONNECT_GREETING_MAX + 1]; /* as they came, a NUL as a space */
        size_t n;
        ConnectAnswer answer;
        ConnectDoneFn *done;
        void *userdata;
};

void connect_cancel(Connect *attempt) {
        if (!attempt)
                return;
        loop_disarm(attempt->loop, &attempt->deadline);
        loop_cancel_deferred(attempt->loop, &attempt->finish);
        loop_io_free(attempt->io);
        if (attempt->fd >= 0)
                (void)close(attempt->fd);
        loop_end_work(attempt->loop);
        free(attempt->greeting);
        free(attempt);
}

static void on_finish(void *userdata) {
        Connect *attempt = userdata;
        ConnectDoneFn *done = attempt->done;
        void *theirs = attempt->userdata;
        ConnectAnswer answer = attempt->answer;

        memcpy(answer.said, attempt->bytes, attempt->n);
        answer.said[strcspn(answer.said, "\r\n")] = '\0';
        text_clean(answer.said);
        connect_cancel(attempt);
        done(&answer, theirs);
}

/* Told after this pass: start() may have failed at once, and whoever asked is not to be called from within it. */
static void end(Connect *attempt, FetchFailure failure, const char *error) {
        attempt->answer.failure = failure;
        attempt->answer.error = error;
        loop_disarm(attempt->loop, &attempt->deadline);
        loop_io_free(mon_steal(&attempt->io));
        loop_defer(attempt->loop, &attempt->finish);
}

static void on_deadline(void *userdata) {
        Connect *attempt = userdata;

        if (attempt->connected == NSEC_UNKNOWN)
                end(attempt, FETCH_CONNECT_TIMEOUT, "no connection before the deadline");
        else
                end(attempt, FETCH_TIMEOUT,
                    attempt->n > 0 ? "the expected text did not come before the deadline"
                                   : "the server said nothing before the deadline");
}

static void read_greeting(Connect *attempt) {
        ssize_t n = recv(attempt->fd, attempt->bytes + attempt->n, CONNECT_GREETING_MAX - attempt->n, 0);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (n > 0 && attempt->n == 0)
                attempt->answer.ttfb = clock_at_boot(loop_clock(attempt->loop)) - attempt->connected;
        for (ssize_t i = 0; i < n; i++)
                if (attempt->bytes[attempt->n + (size_t)i] == '\0')
                        attempt->bytes[attempt->n + (size_t)i] = ' ';
        attempt->n += n > 0 ? (size_t)n : 0;
        attempt->answer.greeted = strstr(attempt->bytes, attempt->greeting) != NULL;
        if (attempt->answer.greeted || attempt->n == CONNECT_GREETING_MAX || (n == 0 && attempt->n > 0))
                end(attempt, FETCH_DONE, NULL);
        else if (n <= 0)
                end(attempt, FETCH_RESET, "the connection was closed without a byte");
}

static void on_ready(int fd, unsigned ready, void *userdata) {
        Connect *attempt = userdata;
        int error = 0;
        socklen_t len = sizeof error;

        (void)ready;
        if (attempt->connected != NSEC_UNKNOWN) {
                read_greeting(attempt);
                return;
        }
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
                error = errno;
        if (error != 0) {
                end(attempt, fetch_failure_of_errno(error), mon_strerror(-error));
                return;
        }
        attempt->connected = clock_at_boot(loop_clock(attempt->loop));
        attempt->answer.connect = attempt->connected - attempt->started;
        if (!attempt->greeting)
                end(attempt, FETCH_DONE, NULL);
        else if (loop_io_set(attempt->io, LOOP_READ) < 0)
                end(attempt, FETCH_LOCAL_FAULT, "no memory to watch the connection");
}

static socklen_t fill_address(const char *address, int port, struct sockaddr_storage *ret_to) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

        if (inet_pton(AF_INET, address, &in.sin_addr) == 1) {
                memcpy(ret_to, &in, sizeof in);
                return sizeof in;
        }
        if (inet_pton(AF_INET6, address, &in6.sin6_addr) != 1)
                return 0;
        memcpy(ret_to, &in6, sizeof in6);
        return sizeof in6;
}

int connect_start(Loop *loop, const ConnectRequest *request, ConnectDoneFn *done, void *userdata,
                  Connect **ret_connect) {
        struct sockaddr_storage to = {0};
        socklen_t len = fill_address(request->address, request->port, &to);
        if (len == 0)
                return -EINVAL;
        mon_cleanup(connect_cancel_p) Connect *attempt = mon_new(Connect);

        *attempt = (Connect){.loop = loop, .done = done, .userdata = userdata, .connected = NSEC_UNKNOWN};
        attempt->greeting = mon_strdup(request->greeting);
        attempt->started = clock_at_boot(loop_clock(loop));
        attempt->deadline = (Timer){.fn = on_deadline, .userdata = attempt};
        attempt->finish = (LoopDeferred){.fn = on_finish, .userdata = attempt};
        attempt->answer = (ConnectAnswer){.connect = NSEC_UNKNOWN, .ttfb = NSEC_UNKNOWN};
        loop_begin_work(loop);
        attempt->fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (attempt->fd < 0)
                return mon_errno();
        if (connect(attempt->fd, (const struct sockaddr *)&to, len) < 0 && errno != EINPROGRESS) {
                end(attempt, fetch_failure_of_errno(errno), mon_strerror(mon_errno()));
        } else {
                int r = loop_io_new(loop, attempt->fd, LOOP_WRITE, on_ready, attempt, &attempt->io);
                if (r < 0)
                        return r;
                loop_arm(loop, &attempt->deadline, request->deadline_at_boot);
        }
        *ret_connect = mon_steal(&attempt);
        return 0;
}
