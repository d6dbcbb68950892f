/* A command run as a process of its own, watched by its pidfd on the loop: no handler of SIGCHLD, nothing waited for.
 *
 * It gets a process group, /dev/null as its input, two capped pipes, the folder /, umask 077, the environment below and
 * nothing of ours: no descriptor, no handler or mask of signals, no new privileges (so a setuid program runs as us), no
 * life past ours. Its limits are the constants below, and no core file. How many processes it may begin is left to the
 * service manager (TasksMax=): RLIMIT_NPROC would count every process of the user.
 *
 * When it ends, its whole group is killed; one that left the group by setsid(2) outlives that, but holds up nobody. */
#pragma once

#include "daemon/base/loop.h"

#define CHILD_OUTPUT_MAX 16384           /* bytes kept of what it writes to each of its two outputs */
#define CHILD_FLOOD_MAX (4U << 20)       /* bytes read from both: the one that writes more is killed */
#define CHILD_GRACE NSEC_PER_SEC         /* between SIGTERM at the deadline and SIGKILL */
#define CHILD_CPU_SECONDS_MAX 60         /* RLIMIT_CPU: then SIGXCPU, and a second later SIGKILL */
#define CHILD_MEMORY_MAX (512UL << 20)   /* RLIMIT_DATA, bytes */
#define CHILD_FILE_SIZE_MAX (16UL << 20) /* RLIMIT_FSIZE, bytes: then SIGXFSZ */
#define CHILD_DESCRIPTORS_MAX 256        /* RLIMIT_NOFILE */
#define CHILD_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define CHILD_LANG "LANG=C.UTF-8"

typedef struct Children Children; /* where those that were cancelled are awaited */
typedef struct Child Child;       /* under way */

typedef enum ChildEnd {
        CHILD_EXITED,      /* code: its exit status */
        CHILD_SIGNALLED,   /* code: the signal */
        CHILD_TIMED_OUT,   /* killed at its deadline */
        CHILD_FLOODED,     /* killed for CHILD_FLOOD_MAX */
        CHILD_NOT_STARTED, /* code: an errno; its program never ran */
} ChildEnd;

typedef struct ChildAnswer {
        ChildEnd end;
        int code;           /* 0 where nothing is said above */
        Buf output, errors; /* the beginnings of its two outputs, as they came; the callee may steal them */
} ChildAnswer;

/* Called once, from the loop, never from within child_start(); the process has ended and the Child is already freed. */
typedef void ChildDoneFn(ChildAnswer *answer, void *userdata);

Children *children_new(Loop *loop);
/* After every Child of it. Does not wait: what was killed and has not ended yet is left to init. */
void children_free(Children *children);
mon_define_cleanup(Children, children_free);

/* argv[0] is the program's whole path; argv ends with a NULL and is not needed any longer. A negative errno when there
 * could be no process at all (descriptors, memory). */
mon_must_check int child_start(Children *children, const char *const *argv, Nsec deadline_at_boot, ChildDoneFn *done,
                               void *userdata, Child **ret_child);
void child_cancel(Child *child); /* kills the group; NULL allowed */
mon_define_cleanup(Child, child_cancel);
