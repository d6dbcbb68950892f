#include "daemon/api/listen.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_BACKLOG 128

static void close_fd(int *fd) {
        if (*fd >= 0)
                (void)close(*fd);
}

static int take_fd(int *fd) {
        int taken = *fd;
        *fd = -1;
        return taken;
}

static int address_of(const char *path, struct sockaddr_un *ret_address, Error *error) {
        size_t n = strlen(path);

        if (n == 0 || n > API_PATH_MAX) {
                error_set(error, "%s: a socket's path has at most %d bytes, this one has %zu", path, API_PATH_MAX, n);
                return API_E_PATH;
        }
        *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
        memcpy(ret_address->sun_path, path, n);
        return 0;
}

/* Removes what a daemon that was killed left behind. Only connecting tells it from a living one. */
static int remove_stale(const char *path, const struct sockaddr_un *address, Error *error) {
        struct stat status;

        if (lstat(path, &status) < 0)
                return errno == ENOENT ? 0 : mon_errno();
        if (!S_ISSOCK(status.st_mode)) {
                error_set(error, "%s: is there and is no socket", path);
                return API_E_PATH;
        }
        mon_cleanup(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return mon_errno();
        if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno != ECONNREFUSED) {
                error_set(error, "%s: another program is listening there", path);
                return API_E_IN_USE;
        }
        return unlink(path) < 0 && errno != ENOENT ? mon_errno() : 0;
}

int listen_open(const char *path, int *ret_fd, Error *error) {
        struct sockaddr_un address;

        int r = address_of(path, &address, error);
        if (r != 0)
                return r;
        r = remove_stale(path, &address, error);
        if (r != 0) {
                error_set(error, "%s: %s", path, mon_strerror(r));
                return r;
        }
        mon_cleanup(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return mon_errno();
        if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
                r = errno == EADDRINUSE ? API_E_IN_USE : mon_errno();
                error_set(error, "%s: %s", path, mon_strerror(mon_errno()));
                return r;
        }
        /* Whoever may reach it may read; what changes something is decided by credentials. */
        if (chmod(path, 0666) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
                r = mon_errno();
                error_set(error, "%s: %s", path, mon_strerror(r));
                (void)unlink(path);
                return r;
        }
        *ret_fd = take_fd(&fd);
        return 0;
}
