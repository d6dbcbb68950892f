/* The folder that holds the database: made if missing (0700), locked so that two daemons never write one state. */
#pragma once

#include "daemon/base/error.h"

enum { STATE_FOLDER_E_IN_USE = 1 };

/* *ret_fd holds the lock until it is closed. */
mon_must_check int state_folder_open(const char *path, int *ret_fd, Error *error);
void state_folder_close(int fd); /* -1 allowed */
