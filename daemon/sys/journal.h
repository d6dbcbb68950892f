/* The log under systemd: structured entries over journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL,
 * stable), on a nonblocking socket of the loop's. sd_journal_sendv(3) waits when journald does, so it would need a
 * thread; this needs none. What journald does not take at once waits in a bounded queue; past that it is dropped,
 * counted, and the count is logged when there is room again. */
#pragma once

#include "daemon/base/log.h"
#include "daemon/base/loop.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define JOURNAL_QUEUE_MAX 256  /* entries that wait */
#define JOURNAL_VALUE_MAX 1024 /* bytes of one field's value; a longer one is cut */
#define JOURNAL_NAME_MAX 64    /* bytes of a field's name (systemd.journal-fields(7)) */
#define JOURNAL_DRAIN_MSEC 500 /* how long journal_free() waits for journald to take what is queued */

typedef struct Journal Journal;

/* Whether stderr is the journal's own stream ($JOURNAL_STREAM names its device and inode). */
bool journal_is_stderr(void);

/* A negative errno when nobody listens at `socket_path` (NULL: JOURNAL_SOCKET). */
mon_must_check int journal_new(Loop *loop, const char *socket_path, Journal **ret_journal);
void journal_free(Journal *journal); /* set another sink before */
mon_define_cleanup(Journal, journal_free);

LogSink journal_sink;                             /* userdata: the Journal */
uint64_t journal_dropped(const Journal *journal); /* entries lost since the start */

/* For stderr that is the journal's stream where the native socket is not to be had: "<N>message" (sd-daemon(3)). */
LogSink journal_stream_sink;
