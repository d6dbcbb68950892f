/* All that is watched: who is due, whose look is under way, and how a new configuration takes the place of the old. */
#pragma once

#include "config/config.h"
#include "daemon/flow.h"
#include "daemon/watch.h"
#include "probes/runner.h"

/* A person may ask one host of another's once in this time. */
#define WATCHES_ASK_EVERY (30 * NSEC_PER_SEC)

enum {
        WATCHES_E_TOO_SOON = 1, /* *ret_wait says how long to wait */
        WATCHES_E_PAUSED = 2,
        WATCHES_E_OUTSIDE = 3,   /* of its hours */
        WATCHES_E_BY_PEOPLE = 4, /* it is never looked at: what people report decides */
};

/* A look that was under way was given up (a reload, a pause): nothing will come of it. */
typedef void WatchesGoneFn(const Watch *watch, void *userdata);

typedef struct WatchesDiff {
        size_t added, removed, changed, unchanged;
} WatchesDiff;

Watches *watches_new(Loop *loop, Runner *runner, Flow *flow, WatchesGoneFn *gone, void *userdata);
void watches_free(Watches *watches); /* gives up every look */
mon_define_cleanup(Watches, watches_free);

/* Watches the targets of `config` from now on. Unchanged ones (by their fingerprint) keep counters, timer and a look
 * under way: their Target moves from `old` into `config`, so that whoever holds it may go on. Changed ones keep their
 * state and are looked at anew; those that are gone are forgotten here, never in the database. `old` NULL at the start.
 */
mon_must_check int watches_set(Watches *watches, Config *config, Config *old, WatchesDiff *ret_diff);
/* Gives up every look and begins them again: what judges them has changed. */
void watches_restart_looks(Watches *watches);

size_t watches_count(const Watches *watches);
Watch *watches_at(const Watches *watches, size_t index); /* in the configuration's order */
Watch *watches_find(const Watches *watches, const char *id);

/* Looks now, or joins the look under way. WATCHES_E_*. */
mon_must_check int watches_may_ask(Watches *watches, const Watch *watch, Nsec *ret_wait);
mon_must_check int watches_ask(Watches *watches, Watch *watch);
void watches_pause(Watches *watches, Watch *watch, bool paused);
/* Takes what a person entered of a target of such a kind. */
void watches_report(Watches *watches, Watch *watch, Report *report);
/* Wall time did not pass as it seems in [from, until): FlowHost.broken. Hours are judged anew at the end of the tick.
 */
void watches_break_time(Watches *watches, Nsec from_at_real, Nsec until_at_real);

/* For documents: wall time of the next look, NSEC_UNKNOWN when none is planned. */
Nsec watches_next_at_real(const Watches *watches, const Watch *watch);
