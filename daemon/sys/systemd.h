/* What a service and its manager tell each other: sd_notify(3), the watchdog, sockets and folders handed over. Every
 * function is harmless without systemd. Its messages are a few a minute and the manager's queue holds hundreds, so none
 * waits in practice; the journal, which takes one message an event, has its own way (journal.h). */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/error.h"

#define SYSTEMD_SOCKETS_MAX 16 /* handed over at start; more is a mistake of the unit's */
#define SYSTEMD_STATUS_MAX 512 /* bytes of a status line; a longer one is cut on a character's boundary */

/* A notice that could not be sent changes nothing for us, so these give nothing back. `status` is for people. */
void systemd_tell_ready(const char *status);
void systemd_tell_status(const char *status);
/* RELOADING=1 with MONOTONIC_USEC, which Type=notify-reload of newer managers asks for; end with systemd_tell_ready().
 */
void systemd_tell_reloading(const Clock *clock, const char *status);
void systemd_tell_stopping(const char *status);
void systemd_feed_watchdog(void);

/* How often the manager wants to be fed (WATCHDOG_USEC, if it is for this process); 0: it does not watch. Feed at half
 * of it. */
Nsec systemd_watchdog_interval(void);

/* Sockets by socket activation, by their FileDescriptorName=. */
typedef struct SystemdSockets {
        char *names[SYSTEMD_SOCKETS_MAX];
        int fds[SYSTEMD_SOCKETS_MAX]; /* -1 once taken */
        size_t n;
} SystemdSockets;

/* Once, at the start: empties the environment's variables so that no child sees them. The descriptors are
 * close-on-exec.
 */
mon_must_check int systemd_sockets_init(SystemdSockets *ret_sockets);
void systemd_sockets_fini(SystemdSockets *sockets); /* closes what nobody took */
/* The listening stream socket of that name, now the caller's; -1: none was handed over. */
int systemd_sockets_take(SystemdSockets *sockets, const char *name);

/* Whether the service manager began this process as a service's main one, and so within that service's sandbox: it is
 * waited for by sd_notify(3), or named by $SYSTEMD_EXEC_PID (systemd.exec(5)). Whoever only inherits an environment
 * from one (a shell in a terminal) is not. */
bool systemd_is_service(void);

/* $STATE_DIRECTORY, $RUNTIME_DIRECTORY, $CONFIGURATION_DIRECTORY (the first path of each), $CREDENTIALS_DIRECTORY; a
 * copy, or NULL when the manager set none. */
char *systemd_state_folder(void);
char *systemd_runtime_folder(void);
char *systemd_configuration_folder(void);
char *systemd_credentials_folder(void);
