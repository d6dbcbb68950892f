#include "daemon/sys/systemd.h"

#include "daemon/base/text.h"

#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define NSEC_PER_USEC INT64_C(1000)

/* One line each: a newline in a status would begin another assignment. */
static void tell(const char *state, const char *status) {
        mon_auto_free char *line = status ? text_clean_copy(status, SYSTEMD_STATUS_MAX) : NULL;

        if (line)
                (void)sd_notifyf(0, "%s%sSTATUS=%s", state, *state ? "\n" : "", line);
        else
                (void)sd_notify(0, state);
}

void systemd_tell_ready(const char *status) {
        tell("READY=1", status);
}

void systemd_tell_status(const char *status) {
        tell("", status);
}

void systemd_tell_reloading(const Clock *clock, const char *status) {
        mon_auto_free char *state =
                mon_printf("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(clock_at_monotonic(clock) / NSEC_PER_USEC));
        tell(state, status);
}

void systemd_tell_stopping(const char *status) {
        tell("STOPPING=1", status);
}

void systemd_feed_watchdog(void) {
        (void)sd_notify(0, "WATCHDOG=1");
}

Nsec systemd_watchdog_interval(void) {
        uint64_t usec = 0;

        if (sd_watchdog_enabled(0, &usec) <= 0 || usec > (uint64_t)(INT64_MAX / NSEC_PER_USEC))
                return 0;
        return (Nsec)usec * NSEC_PER_USEC;
}

int systemd_sockets_init(SystemdSockets *ret_sockets) {
        char **names = NULL;
        int n = sd_listen_fds_with_names(1, &names);
        if (n < 0)
                return n;

        SystemdSockets sockets = {};
        for (int i = 0; i < n; i++) {
                if (sockets.n < SYSTEMD_SOCKETS_MAX) {
                        sockets.names[sockets.n] = mon_strdup(names[i]);
                        sockets.fds[sockets.n++] = SD_LISTEN_FDS_START + i;
                } else
                        (void)close(SD_LISTEN_FDS_START + i);
                free(names[i]);
        }
        free(names);
        *ret_sockets = sockets;
        return n > SYSTEMD_SOCKETS_MAX ? (systemd_sockets_fini(ret_sockets), -E2BIG) : 0;
}

void systemd_sockets_fini(SystemdSockets *sockets) {
        for (size_t i = 0; i < sockets->n; i++) {
                free(sockets->names[i]);
                if (sockets->fds[i] >= 0)
                        (void)close(sockets->fds[i]);
        }
        *sockets = (SystemdSockets){};
}

int systemd_sockets_take(SystemdSockets *sockets, const char *name) {
        for (size_t i = 0; i < sockets->n; i++) {
                int fd = sockets->fds[i];
                if (fd < 0 || !text_is(sockets->names[i], name) || sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
                        continue;
                sockets->fds[i] = -1;
                return fd;
        }
        return -1;
}

/* Several paths stand with colons between them; ours is the unit's first. */
static char *first_folder(const char *variable) {
        const char *folders = getenv(variable);

        if (!folders || folders[0] != '/')
                return NULL;
        return mon_strndup(folders, strcspn(folders, ":"));
}

char *systemd_state_folder(void) {
        return first_folder("STATE_DIRECTORY");
}

char *systemd_runtime_folder(void) {
        return first_folder("RUNTIME_DIRECTORY");
}

char *systemd_configuration_folder(void) {
        return first_folder("CONFIGURATION_DIRECTORY");
}

char *systemd_credentials_folder(void) {
        return first_folder("CREDENTIALS_DIRECTORY");
}

bool systemd_is_service(void) {
        const char *pid = getenv("SYSTEMD_EXEC_PID");
        int64_t number;

        if (getenv("NOTIFY_SOCKET"))
                return true;
        return pid && text_parse_int(pid, 1, INT32_MAX, &number) == 0 && number == getpid();
}
