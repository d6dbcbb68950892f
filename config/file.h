/* A whole small file, bounded, without ever waiting for one (a pipe, a device). */
#pragma once

#include "daemon/base/alloc.h"

enum {
        FILE_E_LARGE = 1,       /* more than the Buf's bound */
        FILE_E_NOT_REGULAR = 2, /* a folder, a pipe, a device */
};

/* Appends the file's bytes. A negative errno when it cannot be opened or read. */
mon_must_check int file_read(const char *path, Buf *bytes);
