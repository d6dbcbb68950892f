#include "daemon/net/child.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_READ_SIZE 16384 /* bytes taken at a time, so that a flood holds nobody else up */

typedef struct ChildStream {
        Child *child;
        int fd; /* -1 once it is over */
        LoopIo *io;
        Buf bytes;
} ChildStream;

struct Child {
        Children *children;
        pid_t pid;
        int pidfd, fault; /* an errno comes by `fault` when the command could not be begun */
        LoopIo *io;
        ChildStream streams[2];
        size_t n_read;
        Timer deadline;
        bool is_told;      /* SIGTERM was sent */
        ChildEnd end;      /* CHILD_EXITED until something else is decided */
        ChildDoneFn *done; /* NULL: cancelled, and only to be reaped */
        void *userdata;
};

struct Children {
        Loop *loop;
        List cancelled; /* killed, not reaped yet */
};

/* --- in the new process: only what is safe after a fork (signal-safety(7)) ------------------------------------------
 */

typedef struct Descriptors {
        int input, output, errors, fault;
} Descriptors;

static bool limit(int resource, rlim_t most, rlim_t extra) {
        struct rlimit old;

        if (getrlimit(resource, &old) < 0)
                return false;
        rlim_t hard = old.rlim_max < most + extra ? old.rlim_max : most + extra;
        const struct rlimit wanted = {.rlim_cur = hard < most ? hard : most, .rlim_max = hard};
        return setrlimit(resource, &wanted) == 0;
}

static bool set_limits(void) {
        return limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_CPU, CHILD_CPU_SECONDS_MAX, 1) &&
               limit(RLIMIT_DATA, CHILD_MEMORY_MAX, 0) && limit(RLIMIT_FSIZE, CHILD_FILE_SIZE_MAX, 0) &&
               limit(RLIMIT_NOFILE, CHILD_DESCRIPTORS_MAX, 0);
}

/* Off 0, 1 and 2 first: any of them may be closed in a parent that was started so. */
static bool take_outputs(Descriptors *at) {
        int *const all[] = {&at->input, &at->output, &at->errors, &at->fault};

        for (size_t i = 0; i < mon_count_of(all); i++)
                if ((*all[i] = fcntl(*all[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) < 0)
                        return false;
        return dup2(at->input, STDIN_FILENO) >= 0 && dup2(at->output, STDOUT_FILENO) >= 0 &&
               dup2(at->errors, STDERR_FILENO) >= 0 && close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

static bool take_signals(void) {
        const struct sigaction usual = {.sa_handler = SIG_DFL};
        sigset_t none;

        for (int signo = 1; signo < NSIG; signo++)
                (void)sigaction(signo, &usual, NULL); /* two are the kernel's and two the C library's */
        return sigemptyset(&none) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

static _Noreturn void become(const char *const *argv, Descriptors at, pid_t parent) {
        static const char *const environment[] = {CHILD_PATH, CHILD_LANG, NULL};

        errno = 0;
        bool ready = setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
                     take_outputs(&at) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && chdir("/") == 0;
        (void)umask(0077);
        if (ready && set_limits() && take_signals())
                (void)execve(argv[0], (char *const *)argv, (char *const *)environment);
        int why = errno > 0 ? errno : ESRCH;
        (void)!write(at.fault, &why, sizeof why);
        _exit(127);
}

/* --- in ours --------------------------------------------------------------------------------------------------------
 */

static void close_fd(int *fd) {
        if (*fd >= 0)
                (void)close(*fd);
        *fd = -1;
}

static void stream_close(ChildStream *stream) {
        loop_io_free(mon_steal(&stream->io));
        close_fd(&stream->fd);
}

/* The leader is not reaped before, so the number is still the group's and nobody else's. */
static void kill_group(const Child *child, int signo) {
        (void)kill(-child->pid, signo);
}

/* 1: there may be more; 0: nothing now; -1: it is over. */
static int stream_read(ChildStream *stream) {
        Child *child = stream->child;
        char bytes[CHILD_READ_SIZE];

        if (stream->fd < 0)
                return -1;
        ssize_t n = read(stream->fd, bytes, sizeof bytes);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n <= 0) {
                stream_close(stream);
                return -1;
        }
        size_t room = stream->bytes.max - stream->bytes.len;
        (void)!buf_append(&stream->bytes, bytes, (size_t)n < room ? (size_t)n : room);
        child->n_read += (size_t)n;
        return 1;
}

static bool is_flood(Child *child) {
        if (child->n_read <= CHILD_FLOOD_MAX)
                return false;
        if (child->end == CHILD_EXITED)
                child->end = CHILD_FLOODED;
        kill_group(child, SIGKILL);
        stream_close(&child->streams[0]);
        stream_close(&child->streams[1]);
        return true;
}

static void on_output(int fd, unsigned ready, void *userdata) {
        ChildStream *stream = userdata;

        (void)fd;
        (void)ready;
        if (stream_read(stream) > 0)
                (void)is_flood(stream->child);
}

static void child_free(Child *child) {
        if (!child)
                return;
        loop_disarm(child->children->loop, &child->deadline);
        loop_io_free(child->io);
        for (size_t i = 0; i < mon_count_of(child->streams); i++) {
                stream_close(&child->streams[i]);
                buf_fini(&child->streams[i].bytes);
        }
        close_fd(&child->pidfd);
        close_fd(&child->fault);
        free(child);
}

/* What it left in the pipes; past that nobody of its group writes any more. */
static void drain(Child *child) {
        for (size_t i = 0; i < mon_count_of(child->streams); i++)
                while (stream_read(&child->streams[i]) > 0 && !is_flood(child))
                        ;
}

static void fill_answer(const Child *child, const siginfo_t *info, ChildAnswer *answer) {
        int why;

        answer->end = child->end;
        if (read(child->fault, &why, sizeof why) == (ssize_t)sizeof why) {
                answer->end = CHILD_NOT_STARTED;
                answer->code = why;
        } else if (child->end == CHILD_EXITED) {
                answer->end = info->si_code == CLD_EXITED ? CHILD_EXITED : CHILD_SIGNALLED;
                answer->code = info->si_status;
        }
}

static void on_exited(int fd, unsigned ready, void *userdata) {
        Child *child = userdata;
        Children *children = child->children;
        siginfo_t info = {0};
        ChildAnswer answer = {0};

        (void)ready;
        kill_group(child, SIGKILL);
        drain(child);
        (void)waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG);
        fill_answer(child, &info, &answer);
        answer.output = child->streams[0].bytes;
        answer.errors = child->streams[1].bytes;
        child->streams[0].bytes = child->streams[1].bytes = (Buf){0};
        ChildDoneFn *done = child->done;
        void *theirs = child->userdata;
        (void)list_remove(&children->cancelled, child);
        child_free(child);
        if (done) {
                loop_end_process(children->loop);
                done(&answer, theirs);
        }
        buf_fini(&answer.output);
        buf_fini(&answer.errors);
}

static void on_deadline(void *userdata) {
        Child *child = userdata;

        if (child->end == CHILD_EXITED)
                child->end = CHILD_TIMED_OUT;
        kill_group(child, child->is_told ? SIGKILL : SIGTERM);
        if (!child->is_told)
                loop_arm_after(child->children->loop, &child->deadline, CHILD_GRACE);
        child->is_told = true;
}

void child_cancel(Child *child) {
        if (!child)
                return;
        kill_group(child, SIGKILL);
        loop_disarm(child->children->loop, &child->deadline);
        stream_close(&child->streams[0]);
        stream_close(&child->streams[1]);
        child->done = NULL;
        loop_end_process(child->children->loop);
        list_add(&child->children->cancelled, child);
}

Children *children_new(Loop *loop) {
        Children *children = mon_new(Children);

        children->loop = loop;
        return children;
}

void children_free(Children *children) {
        if (!children)
                return;
        list_each (Child, child, &children->cancelled) {
                siginfo_t info;
                (void)waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG);
                child_free(child);
        }
        list_fini(&children->cancelled);
        free(children);
}

/* --- beginning ------------------------------------------------------------------------------------------------------
 */

static int open_pipe(int *ret_ours, int *ret_theirs) {
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                return mon_errno();
        *ret_ours = ends[0];
        *ret_theirs = ends[1];
        return fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ? mon_errno() : 0;
}

static int open_all(Child *child, Descriptors *theirs) {
        theirs->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (theirs->input < 0)
                return mon_errno();
        int r = open_pipe(&child->streams[0].fd, &theirs->output);
        if (r == 0)
                r = open_pipe(&child->streams[1].fd, &theirs->errors);
        return r == 0 ? open_pipe(&child->fault, &theirs->fault) : r;
}

/* No signal of ours may be handled in the new process before its handlers are the usual ones. */
static int begin_process(Child *child, const char *const *argv, Descriptors at) {
        sigset_t all, old;
        pid_t parent = getpid();

        (void)sigfillset(&all);
        if (sigprocmask(SIG_SETMASK, &all, &old) < 0)
                return mon_errno();
        pid_t pid = fork();
        int r = pid < 0 ? mon_errno() : 0;
        if (pid == 0)
                become(argv, at, parent);
        (void)sigprocmask(SIG_SETMASK, &old, NULL);
        if (r < 0)
                return r;
        child->pid = pid;
        (void)setpgid(pid, pid); /* both do it, so that neither needs to wait for the other */
        child->pidfd = pidfd_open(pid, 0);
        if (child->pidfd >= 0)
                return 0;
        r = mon_errno();
        kill_group(child, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return r;
}

static int watch(Child *child) {
        Loop *loop = child->children->loop;

        for (size_t i = 0; i < mon_count_of(child->streams); i++) {
                ChildStream *stream = &child->streams[i];
                int r = loop_io_new(loop, stream->fd, LOOP_READ, on_output, stream, &stream->io);
                if (r < 0)
                        return r;
        }
        return loop_io_new(loop, child->pidfd, LOOP_READ, on_exited, child, &child->io);
}

mon_define_cleanup(Child, child_free);

static Child *child_new(Children *children) {
        Child *child = mon_new(Child);

        *child = (Child){.children = children, .pidfd = -1, .fault = -1};
        for (size_t i = 0; i < mon_count_of(child->streams); i++)
                child->streams[i] = (ChildStream){.child = child, .fd = -1, .bytes = BUF_INIT(CHILD_OUTPUT_MAX)};
        child->deadline = (Timer){.fn = on_deadline, .userdata = child};
        return child;
}

int child_start(Children *children, const char *const *argv, Nsec deadline_at_boot, ChildDoneFn *done, void *userdata,
                Child **ret_child) {
        Descriptors theirs = {-1, -1, -1, -1};
        mon_cleanup(child_free_p) Child *child = child_new(children);

        child->done = done;
        child->userdata = userdata;
        int r = open_all(child, &theirs);
        if (r == 0)
                r = begin_process(child, argv, theirs);
        close_fd(&theirs.input);
        close_fd(&theirs.output);
        close_fd(&theirs.errors);
        close_fd(&theirs.fault);
        if (r < 0)
                return r;
        r = watch(child);
        if (r < 0) {
                kill_group(child, SIGKILL);
                (void)waitpid(child->pid, NULL, 0);
                return r;
        }
        loop_arm(children->loop, &child->deadline, deadline_at_boot);
        loop_begin_process(children->loop);
        *ret_child = mon_steal(&child);
        return 0;
}
