#include "config/file.h"

#include "daemon/base/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_READ_SIZE 16384

static void close_p(int *fd) {
        if (*fd >= 0)
                (void)close(*fd);
}

int file_read(const char *path, Buf *bytes) {
        char chunk[FILE_READ_SIZE];
        struct stat about;

        mon_cleanup(close_p) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0 || fstat(fd, &about) < 0)
                return mon_errno();
        if (!S_ISREG(about.st_mode))
                return FILE_E_NOT_REGULAR;
        for (;;) {
                ssize_t n = read(fd, chunk, sizeof chunk);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return mon_errno();
                if (n == 0)
                        return 0;
                if (buf_append(bytes, chunk, (size_t)n) != 0)
                        return FILE_E_LARGE;
        }
}
