#include "daemon/net/ask.h"

#include "daemon/base/error.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct Ask {
        Loop *loop;
        LoopIo *io;
        int fd;
        Timer deadline;
        LoopDeferred finish;
        Buf answer;
        int result;
        AskDoneFn *done;
        void *userdata;
};

void ask_cancel(Ask *ask) {
        if (!ask)
                return;
        loop_disarm(ask->loop, &ask->deadline);
        loop_cancel_deferred(ask->loop, &ask->finish);
        loop_io_free(ask->io);
        if (ask->fd >= 0)
                (void)close(ask->fd);
        buf_fini(&ask->answer);
        loop_end_work(ask->loop);
        free(ask);
}

static void on_finish(void *userdata) {
        Ask *ask = userdata;
        AskDoneFn *done = ask->done;
        void *theirs = ask->userdata;
        int result = ask->result;
        mon_auto_buf Buf answer = ask->answer;

        ask->answer = (Buf){0};
        ask_cancel(ask);
        done(result, &answer, theirs);
}

/* Told after this pass: start() may have failed at once, and whoever asked is not to be called from within it. */
static void end(Ask *ask, int result) {
        ask->result = result;
        loop_disarm(ask->loop, &ask->deadline);
        loop_io_free(mon_steal(&ask->io));
        loop_defer(ask->loop, &ask->finish);
}

static void on_deadline(void *userdata) {
        end(userdata, ASK_E_SILENT);
}

static void on_ready(int fd, unsigned ready, void *userdata) {
        Ask *ask = userdata;
        char bytes[ASK_QUESTION_MAX];

        (void)ready;
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (n < 0)
                end(ask, mon_errno());
        else if (n == 0)
                end(ask, 0);
        else if (buf_append(&ask->answer, bytes, (size_t)n) != 0)
                end(ask, ASK_E_TOO_LONG);
}

/* 0, ASK_E_ABSENT or a negative errno. A socket of this machine connects at once, or its queue is full (EAGAIN). */
static int say(const Ask *ask, const AskRequest *request) {
        struct sockaddr_un to = {.sun_family = AF_UNIX};
        mon_auto_free char *line = mon_printf("%s\n", request->question);
        size_t n = strlen(line);

        memcpy(to.sun_path, request->path, strlen(request->path));
        if (connect(ask->fd, (const struct sockaddr *)&to, sizeof to) < 0)
                return errno == ENOENT || errno == ECONNREFUSED ? ASK_E_ABSENT : mon_errno();
        ssize_t sent = send(ask->fd, line, n, MSG_NOSIGNAL);
        if (sent < 0)
                return mon_errno();
        return (size_t)sent == n ? 0 : -EIO;
}

int ask_start(Loop *loop, const AskRequest *request, AskDoneFn *done, void *userdata, Ask **ret_ask) {
        if (strlen(request->path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
                return -ENAMETOOLONG;
        if (strlen(request->question) >= ASK_QUESTION_MAX)
                return -EMSGSIZE;
        mon_cleanup(ask_cancel_p) Ask *ask = mon_new(Ask);

        *ask = (Ask){.loop = loop, .done = done, .userdata = userdata, .answer = BUF_INIT(request->answer_max)};
        ask->deadline = (Timer){.fn = on_deadline, .userdata = ask};
        ask->finish = (LoopDeferred){.fn = on_finish, .userdata = ask};
        loop_begin_work(loop);
        ask->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (ask->fd < 0)
                return mon_errno();
        int r = say(ask, request);
        if (r != 0) {
                end(ask, r);
        } else {
                r = loop_io_new(loop, ask->fd, LOOP_READ, on_ready, ask, &ask->io);
                if (r < 0)
                        return r;
                loop_arm(loop, &ask->deadline, request->deadline_at_boot);
        }
        *ret_ask = mon_steal(&ask);
        return 0;
}
