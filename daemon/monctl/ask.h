/* The documents that commands show: from the daemon, or under --db made here by the same functions from the database.
 */
#pragma once

#include "daemon/monctl/monctl.h"
#include "daemon/view/view.h"

typedef enum Ask {
        ASK_STATUS,     /* `subject`: one path or target, NULL: all */
        ASK_HISTORY,    /* `subject` */
        ASK_UPTIME,     /* ctl->args: targets and paths, none: all */
        ASK_INCIDENTS,  /* --open, --target, --path */
        ASK_INCIDENT,   /* `subject`: its id */
        ASK_BANNERS,    /* `subject`: one target, NULL: all */
        ASK_NOTICES,    /* likewise */
        ASK_CONTENT,    /* likewise */
        ASK_REPORTS,    /* likewise */
        ASK_DELIVERIES, /* --failed, --pending */
        ASK_SILENCES,
        ASK_EVENTS,
} Ask;

/* Goes by --since, --until and --limit too. */
int ask_document(Monctl *ctl, Ask ask, const char *subject, json_t **ret_document);
/* Asks, and prints the document as JSON or as `show` has it; the command's exit status. */
int ask_and_show(Monctl *ctl, Ask ask, const char *subject, void (*show)(const Monctl *ctl, const json_t *document));
/* --db: opens the database once. */
int ask_store(Monctl *ctl, Store **ret_store);
/* Says what a view or the store gave but 0. */
int ask_tell(Monctl *ctl, int result, const char *subject);
/* The options as a view takes them. */
ViewFilter ask_filter(const Monctl *ctl, const char *subject);
/* "?since=…&target=…" of the options and the target (NULL: none), "" when there is nothing to say. The caller frees. */
char *ask_query(const Monctl *ctl, const char *target);
