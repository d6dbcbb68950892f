/* The daemon's UNIX socket: made, guarded against a second daemon, removed. */
#pragma once

#include "daemon/api/api.h"

/* A listening, non-blocking socket of mode 0666 at the path. A file there that nobody listens on is removed first.
 * API_E_IN_USE, API_E_PATH as in api.h. */
mon_must_check int listen_open(const char *path, int *ret_fd, Error *error);
