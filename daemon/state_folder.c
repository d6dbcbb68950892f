#include "daemon/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int state_folder_open(const char *path, int *ret_fd, Error *error) {
        if (mkdir(path, 0700) < 0 && errno != EEXIST) {
                int r = mon_errno();
                error_set(error, "%s: the state folder cannot be made: %s", path, mon_strerror(r));
                return r;
        }
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) {
                int r = mon_errno();
                error_set(error, "%s: the state folder cannot be opened: %s", path, mon_strerror(r));
                return r;
        }
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                int r = errno == EWOULDBLOCK ? STATE_FOLDER_E_IN_USE : mon_errno();
                error_set(error, "%s: %s", path,
                          r == STATE_FOLDER_E_IN_USE ? "another mond records in this state folder" : mon_strerror(r));
                (void)close(fd);
                return r;
        }
        *ret_fd = fd;
        return 0;
}

void state_folder_close(int fd) {
        if (fd >= 0)
                (void)close(fd);
}
