/* One question to a program on this machine: a line to its UNIX socket, and all that it says until it hangs up. */
#pragma once

#include "daemon/base/loop.h"

#define ASK_QUESTION_MAX 1024 /* bytes of it; they fit into any socket's buffer at once */

typedef struct Ask Ask; /* under way */

typedef struct AskRequest {
        const char *path;     /* of the socket */
        const char *question; /* the newline is added */
        size_t answer_max;    /* bytes */
        Nsec deadline_at_boot;
} AskRequest;

enum {
        ASK_E_ABSENT = 1,  /* there is no socket, or nobody behind it */
        ASK_E_SILENT = 2,  /* it did not hang up before the deadline */
        ASK_E_TOO_LONG = 3 /* more than answer_max came */
};

/* Called once, from the loop, never from within ask_start(); the Ask is already freed. `result` is 0, one of the above,
 * or a negative errno; the answer is whole where it is 0, and belongs to the caller of this. */
typedef void AskDoneFn(int result, const Buf *answer, void *userdata);

mon_must_check int ask_start(Loop *loop, const AskRequest *request, AskDoneFn *done, void *userdata, Ask **ret_ask);
void ask_cancel(Ask *ask); /* hangs up; NULL allowed */
mon_define_cleanup(Ask, ask_cancel);
