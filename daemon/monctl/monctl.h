/* What the files of monctl share: the command line as read, and how a command asks, tells and fails.
 *
 * Functions that can fail give an exit status (EXIT_DONE, or one that was already told on stderr). */
#pragma once

#include "daemon/base/json.h"
#include "daemon/base/list.h"
#include "daemon/model/target.h"
#include "daemon/model/verdict.h"
#include "daemon/store/store.h"
#include "daemon/text/phrase.h"

enum { /* exit statuses: INTERFACE section 1 */
       EXIT_DONE = 0,
       EXIT_IMPAIRED = 1,
       EXIT_CLOSED = 2,
       EXIT_NOT_KNOWN = 3,
       EXIT_UNHEALTHY = 1,
       EXIT_USAGE = 64,
       EXIT_DATA = 65,
       EXIT_UNREACHABLE = 69,
       EXIT_REFUSED = 77,
};

#define MONCTL_SOCKET "/run/mond/mond.sock"
#define MONCTL_ARGS_MAX 1000
#define EVENTS_LINE_MAX (1U << 20) /* bytes of one line of the stream */
#define CLASSIFY_HEADERS_MAX 100   /* of one page */
#define MONCTL_MESSAGE_MAX 2000    /* bytes of what is told */
#define MONCTL_WIDTH 80            /* columns where nothing else is known */

typedef struct Command Command;

/* Values of the command line's options; what was not given is zero. */
typedef struct Options {
        bool help, version, json, no_color, watch, plugin, all, open, follow, diff;
        char *socket, *db, *since, *until, *target, *path, *url, *at, *format, *note, *by, *waited, *expires;
        int64_t limit, status, corrects;
        bool failed, pending;
        char *span, *reason; /* --for, --reason */
        List headers;        /* of char * */
} Options;

typedef struct Monctl {
        const Command *command;
        Options options;
        List args; /* of char *: after the command */
        Language language;
        bool color;
        bool is_terminal;    /* stdout */
        bool progress;       /* stderr is a terminal */
        size_t width;        /* columns of the output */
        size_t height;       /* lines of the terminal; 0: not known */
        struct Clock *clock; /* system's */
        Store *store;        /* --db: open */
} Monctl;

struct Command {
        const char *name;
        const char *synopsis; /* its arguments: "TARGET…" */
        size_t least, most;   /* arguments */
        unsigned options;     /* bits of options.h besides the ones for all */
        bool needs_daemon;
        Phrase help;
        int (*run)(Monctl *ctl);
};

extern const Command monctl_commands[]; /* ends with a NULL name */

int cmd_status(Monctl *ctl);     /* status.c */
int cmd_check(Monctl *ctl);      /* check.c */
int cmd_history(Monctl *ctl);    /* history.c */
int cmd_banners(Monctl *ctl);    /* history.c */
int cmd_notices(Monctl *ctl);    /* notices.c */
int cmd_content(Monctl *ctl);    /* content.c */
int cmd_events(Monctl *ctl);     /* events.c */
int cmd_incidents(Monctl *ctl);  /* incidents.c */
int cmd_incident(Monctl *ctl);   /* incidents.c */
int cmd_uptime(Monctl *ctl);     /* uptime.c */
int cmd_classify(Monctl *ctl);   /* classify.c */
int cmd_export(Monctl *ctl);     /* export.c */
int cmd_report(Monctl *ctl);     /* reports.c */
int cmd_reports(Monctl *ctl);    /* reports.c */
int cmd_deliveries(Monctl *ctl); /* deliveries.c, and the ones below */
int cmd_notify(Monctl *ctl);
int cmd_silence(Monctl *ctl);
int cmd_silences(Monctl *ctl);
int cmd_unsilence(Monctl *ctl);
int cmd_pause(Monctl *ctl); /* control.c, and the ones below */
int cmd_resume(Monctl *ctl);
int cmd_reload(Monctl *ctl);
int cmd_health(Monctl *ctl);
int cmd_version(Monctl *ctl);

/* "monctl: MESSAGE" on stderr, cleaned; gives `status` back. Under --plugin also a line on stdout. */
int tell(const Monctl *ctl, int status, const char *message);
#define tell_phrase(ctl, status, name, ...)                                                                            \
        ({                                                                                                             \
                mon_auto_free char *told_ = phrase_fill((name), (ctl)->language, __VA_ARGS__);                         \
                tell((ctl), (status), told_);                                                                          \
        })
static inline const char *say(const Monctl *ctl, Phrase name) {
        return phrase_text(name, ctl->language);
}
/* The document on stdout as it is; EXIT_DONE, or a failure to write. */
int print_document(const Monctl *ctl, const json_t *document);
int flush_output(const Monctl *ctl);
/* Sets width, height, colour and progress by where stdout and stderr go. */
void terminal_look(Monctl *ctl);
Nsec now_at_real(const Monctl *ctl);
/* A document's RFC 3339 text as local time for people; "-" for null. The caller frees. */
char *local_time(const Monctl *ctl, const char *rfc3339);
char *local_moment(const Monctl *ctl, const char *rfc3339); /* to the second */
/* A document's title in the language, or its id. */
const char *title_of(const Monctl *ctl, const json_t *document);
/* A cause's words from its stable name; the name itself when it is new. */
const char *cause_words(const Monctl *ctl, const char *name);
