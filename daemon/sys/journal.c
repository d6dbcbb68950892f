#include "daemon/sys/journal.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Every field at its longest, so an entry always fits (and always fits a datagram, which holds some 200 KiB). */
#define ENTRY_MAX (LOG_MESSAGE_MAX + LOG_FIELDS_MAX * (JOURNAL_NAME_MAX + JOURNAL_VALUE_MAX + 2) + 128)

typedef struct Entry {
        char *bytes;
        size_t len;
} Entry;

struct Journal {
        struct sockaddr_un address;
        int fd;
        LoopIo *io; /* watched while something waits */
        Entry queue[JOURNAL_QUEUE_MAX];
        size_t first, n;
        uint64_t dropped;
        uint64_t dropped_told;
};

bool journal_is_stderr(void) {
        const char *stream = getenv("JOURNAL_STREAM");
        struct stat st;

        if (!stream || fstat(STDERR_FILENO, &st) < 0)
                return false;
        mon_auto_free char *mine =
                mon_printf("%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
        return text_is(stream, mine);
}

/* systemd.journal-fields(7): capitals, digits and underscores, and those that journald itself vouches for begin with
 * one. */
static bool is_field_name(const char *name) {
        size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        return n > 0 && n <= JOURNAL_NAME_MAX && name[n] == '\0' && name[0] != '_' &&
               !(name[0] >= '0' && name[0] <= '9');
}

static char *compose(LogLevel level, const char *message, const LogField *fields, size_t n_fields, size_t *ret_len) {
        mon_auto_buf Buf entry = BUF_INIT(ENTRY_MAX);

        assert(n_fields <= LOG_FIELDS_MAX);
        int r = buf_printf(&entry, "PRIORITY=%d\nSYSLOG_IDENTIFIER=mond\nMESSAGE=%s\n", (int)level, message);
        assert(r == 0);
        for (size_t i = 0; i < n_fields; i++) {
                if (!fields[i].value)
                        continue;
                assert(is_field_name(fields[i].name));
                /* Cleaned, so that no newline begins a field of the site's own making. */
                mon_auto_free char *value = text_clean_copy(fields[i].value, JOURNAL_VALUE_MAX);
                r = buf_printf(&entry, "%s=%s\n", fields[i].name, value);
                assert(r == 0);
        }
        *ret_len = entry.len;
        return buf_steal(&entry);
}

typedef enum Sent {
        SENT_DONE, /* or refused for good: nothing to try again */
        SENT_LATER,
} Sent;

static int reconnect(Journal *journal) {
        return connect(journal->fd, (const struct sockaddr *)&journal->address, sizeof journal->address) < 0
                       ? mon_errno()
                       : 0;
}

static Sent send_entry(Journal *journal, const char *bytes, size_t len) {
        ssize_t n = send(journal->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        /* The socket was made anew (journald's socket unit restarted): another one listens under the same name. */
        if (n < 0 && (errno == ECONNREFUSED || errno == ENOTCONN || errno == ECONNRESET) && reconnect(journal) == 0)
                n = send(journal->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0)
                return SENT_DONE;
        if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
                return SENT_LATER;
        journal->dropped++;
        return SENT_DONE;
}

static Sent tell_dropped(Journal *journal) {
        char text[128];
        size_t len;

        if (journal->dropped == journal->dropped_told)
                return SENT_DONE;
        uint64_t dropped = journal->dropped;
        (void)snprintf(text, sizeof text, "the journal did not take %llu messages of mond's",
                       (unsigned long long)(dropped - journal->dropped_told));
        mon_auto_free char *bytes = compose(LOG_LEVEL_WARNING, text, NULL, 0, &len);
        if (send_entry(journal, bytes, len) == SENT_LATER)
                return SENT_LATER;
        journal->dropped_told = dropped;
        return SENT_DONE;
}

/* Sends what waits, as far as journald takes it. */
static void drain(Journal *journal) {
        while (journal->n > 0) {
                Entry *entry = &journal->queue[journal->first];
                if (send_entry(journal, entry->bytes, entry->len) == SENT_LATER)
                        return;
                free(entry->bytes);
                *entry = (Entry){};
                journal->first = (journal->first + 1) % JOURNAL_QUEUE_MAX;
                journal->n--;
        }
        if (tell_dropped(journal) == SENT_LATER)
                return;
        int r = loop_io_set(journal->io, 0);
        assert(r == 0); /* to stop watching asks for nothing */
}

static void on_writable(int fd, unsigned ready, void *userdata) {
        (void)fd;
        (void)ready;
        drain(userdata);
}

static void enqueue(Journal *journal, char *bytes, size_t len) {
        if (journal->n == JOURNAL_QUEUE_MAX || loop_io_set(journal->io, LOOP_WRITE) < 0) {
                journal->dropped++;
                free(bytes);
                return;
        }
        journal->queue[(journal->first + journal->n++) % JOURNAL_QUEUE_MAX] = (Entry){bytes, len};
}

void journal_sink(void *userdata, LogLevel level, const char *message, const LogField *fields, size_t n_fields) {
        Journal *journal = userdata;
        size_t len;
        mon_auto_free char *bytes = compose(level, message, fields, n_fields, &len);

        drain(journal);
        if (journal->n > 0 || send_entry(journal, bytes, len) == SENT_LATER)
                enqueue(journal, mon_steal(&bytes), len);
}

void journal_stream_sink(void *userdata, LogLevel level, const char *message, const LogField *fields, size_t n_fields) {
        (void)userdata;
        (void)fields;
        (void)n_fields;
        (void)fprintf(stderr, "<%d>%s\n", (int)level, message);
}

uint64_t journal_dropped(const Journal *journal) {
        return journal->dropped;
}

int journal_new(Loop *loop, const char *socket_path, Journal **ret_journal) {
        mon_cleanup(journal_free_p) Journal *journal = mon_new(Journal);
        const char *path = socket_path ? socket_path : JOURNAL_SOCKET;

        journal->address.sun_family = AF_UNIX;
        journal->fd = -1;
        if (strlen(path) >= sizeof journal->address.sun_path)
                return -ENAMETOOLONG;
        memcpy(journal->address.sun_path, path, strlen(path) + 1);
        journal->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (journal->fd < 0)
                return mon_errno();
        int r = reconnect(journal);
        if (r < 0)
                return r;
        r = loop_io_new(loop, journal->fd, 0, on_writable, journal, &journal->io);
        if (r < 0)
                return r;
        *ret_journal = mon_steal(&journal);
        return 0;
}

void journal_free(Journal *journal) {
        if (!journal)
                return;
        if (journal->io)
                drain(journal);
        /* The loop has ended by now: the one place that may wait, for a bounded time and only if journald is behind. */
        if (journal->n > 0) {
                struct pollfd poll_fd = {.fd = journal->fd, .events = POLLOUT};
                if (poll(&poll_fd, 1, JOURNAL_DRAIN_MSEC) > 0)
                        drain(journal);
        }
        for (size_t i = 0; i < JOURNAL_QUEUE_MAX; i++)
                free(journal->queue[i].bytes);
        loop_io_free(journal->io);
        if (journal->fd >= 0)
                (void)close(journal->fd);
        free(journal);
}
