/* How a function tells that it failed: the one error law of this program.
 *
 *   0            done; outputs named ret_* are written
 *   negative     a negative errno: this operation is broken. Pass it up, unmatched; whoever ends the operation logs
 * once positive     MODULE_E_*: a documented condition, which the direct caller handles
 *
 * Outputs are never written on failure. assert() is for our own mistakes and stays on in release builds. */
#pragma once

#include "daemon/base/alloc.h"

#include <errno.h>

/* A message for people that travels beside a failure, where "what and where" matters (config, database, socket).
 * NULL is allowed wherever an Error * is taken. */
typedef struct Error {
        char *text;
} Error;

void error_fini(Error *error);
void error_set(Error *error, const char *format, ...) mon_printf_like(2, 3); /* keeps the first text */
const char *error_text(const Error *error);                                  /* "" when none was set */
#define mon_auto_error mon_cleanup(error_fini)

/* errno as a negative result; never 0, so a failure without errno is still one. */
static inline int mon_errno(void) {
        return errno > 0 ? -errno : -EIO;
}

/* The C library's text for a negative result, without a static buffer shared by threads. */
const char *mon_strerror(int result);
