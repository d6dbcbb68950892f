/* The database: one SQLite file, WAL, written by the daemon's loop alone in one transaction per tick; read by anybody.
 *
 * Times are stored as milliseconds since 1970 UTC (`*_ms`), spans in microseconds (`*_us`), verdicts and causes by
 * their numbers. Rows are never updated once they say what was seen; only open intervals (an incident, a banner's last
 * sight, a run of the daemon) and present states are. */
#pragma once

#include "daemon/base/error.h"
#include "daemon/base/clock.h"
#include "daemon/base/list.h"
#include "daemon/core/content.h"
#include "daemon/core/engine.h"
#include "daemon/core/path.h"
#include "daemon/model/report.h"

typedef struct Store Store;

/* Negative results: -ENOSPC (disk full), -EROFS, -EBUSY (somebody else writes; never waited for), -EIO, -EUCLEAN (the
 * file is corrupt: close it, store_set_aside(), open anew), -ENOENT (the file is gone from its path: close it, open
 * anew), -ESTALE (another file stands at its path), -ENXIO (store_put_targets() never named that target). What failed
 * in a transaction undoes all of it. */
enum {
        STORE_E_FOREIGN = 1, /* not a database, or another program's: untouched */
        STORE_E_NEWER = 2,   /* of a newer mond: untouched */
        STORE_E_NOT_FOUND = 3,
        STORE_E_OLDER = 4,       /* read-only: of an older mond, which only a daemon can migrate */
        STORE_E_NOT_DURABLE = 5, /* committed, and the disk refused to confirm it: kept, so not to be repeated */
        STORE_E_BOUND = 6,       /* more rows than the caller allowed */
};

typedef struct StoreOpening {
        bool created;
        char *set_aside; /* where our own, corrupt database was moved with its -wal and -shm; NULL: it was sound. To
                            free */
} StoreOpening;

/* Opens for writing, creates if missing (mode 0600), migrates forward. A database of ours that is corrupt is set aside
 * under a dated name and a fresh one is begun. `now_at_real` dates what is made. No other connection of this process
 * may have the file open: its header is read through a descriptor, whose closing drops the process's locks (fcntl(2)).
 */
mon_must_check int store_open(const char *path, Nsec now_at_real, Store **ret_store, StoreOpening *ret_opening,
                              Error *error);
/* Also while a daemon writes, on a copy without its -wal, and in a directory that cannot be written. */
mon_must_check int store_open_read_only(const char *path, Store **ret_store, Error *error);
/* Moves a closed database with its -wal and -shm to `PATH.corrupt-YYYYMMDDTHHMMSSZ`; the new path is to free. */
mon_must_check int store_set_aside(const char *path, Nsec now_at_real, char **ret_moved_to, Error *error);
/* Touches nothing at the path when another file stands there, or none. */
void store_close(Store *store);
mon_define_cleanup(Store, store_close);
/* What a negative result means, in one line. */
const char *store_strerror(int error);

/* One transaction per tick. Durable commits survive a power cut (the -wal is synced); others survive a crash of mond. A
 * commit that fails has rolled back; so has one after a write that failed, and gives that write's error. */
mon_must_check int store_begin(Store *store);
mon_must_check int store_commit(Store *store, bool durable);
void store_rollback(Store *store);

/* --- what the daemon writes (inside a transaction) ------------------------------------------------------------- */

/* A run of the daemon. `at_real` of each commit is its last sign of life. */
mon_must_check int store_begin_run(Store *store, Nsec at_real, const char *version, uint64_t lexicon_hash,
                                   uint64_t config_hash, int64_t *ret_run);
mon_must_check int store_mark_alive(Store *store, int64_t run, Nsec at_real);
mon_must_check int store_end_run(Store *store, int64_t run, Nsec at_real);
/* The end (or last sign of life) of the latest run before this one; NSEC_UNKNOWN: there was none. */
mon_must_check int store_last_run(Store *store, Nsec *ret_ended_at_real, bool *ret_orderly);

/* Who observes, for documents made without a daemon. */
mon_must_check int store_put_observer(Store *store, const char *name, const char *contact);

/* Time in which nobody looked, for one target or (NULL) for all. An open one (until NSEC_NEVER) is closed later. */
mon_must_check int store_put_gap(Store *store, const char *target, Nsec from_at_real, Nsec until_at_real, Cause cause,
                                 const char *why, int64_t *ret_gap);
mon_must_check int store_close_gap(Store *store, const char *target, Cause cause, Nsec until_at_real);
/* The target's gaps of that cause end there, where they would have ended later. */
mon_must_check int store_cut_gaps(Store *store, const char *target, Cause cause, Nsec at_real);

/* The targets of the configuration now: new ones are added, titles follow, none is ever deleted (`active` says which).
 */
mon_must_check int store_put_targets(Store *store, Target *const *targets, size_t n, Nsec at_real);

/* The paths of the configuration now, likewise. */
mon_must_check int store_put_paths(Store *store, Path *const *paths, size_t n, Nsec at_real);
/* -ENXIO: store_put_paths() never named it. */
mon_must_check int store_put_path_status(Store *store, const char *path, const PathStatus *status);
mon_must_check int store_put_path_transition(Store *store, const char *path, const PathTransition *transition,
                                             const char *target, Verdict verdict, Cause cause);

/* One check with its counted facts; the state it led to is stored by store_put_state(). */
mon_must_check int store_put_check(Store *store, const char *target, const Observation *observation,
                                   Nsec speaks_until_at_real, int64_t *ret_check);
/* After the check that decided it. */
mon_must_check int store_put_transition(Store *store, const char *target, const Transition *transition);
mon_must_check int store_put_state(Store *store, const char *target, const TargetState *state);
mon_must_check int store_put_incident(Store *store, const Incident *incident); /* by its id: inserted or replaced */
/* Closes the open incidents of targets that are not in the configuration any more, where the last look stopped speaking
 * or, if that was sooner, where the target left; in it again, such a target begins anew. After store_put_targets(). */
mon_must_check int store_close_left(Store *store, Nsec at_real);
/* A line of an incident's timeline: opened, confirmed, changed, banner, closed, left (the configuration). */
mon_must_check int store_put_incident_line(Store *store, int64_t incident, Nsec at_real, const char *what,
                                           Verdict verdict, Cause cause, const char *text);
/* Likewise of a path's incident, which names the step that decided; NULL: the configuration did. */
mon_must_check int store_put_path_line(Store *store, int64_t incident, Nsec at_real, const char *what,
                                       const char *target, Verdict verdict, Cause cause, const char *text);
mon_must_check int store_put_banner(Store *store, const char *target, const char *text, const char *rule, Nsec at_real);
/* What the target's site answered when it was asked for a page that should not exist: the latest alone is kept. */
mon_must_check int store_put_absent(Store *store, const char *target, int http_status, Nsec at_real);

/* A maintenance announced for later, seen once more: one row from its first to its last sight. What the target
 * announced before is gone by that. */
mon_must_check int store_put_notice(Store *store, const char *target, const Announcement *announced, Nsec at_real);
/* Seen no more. */
mon_must_check int store_end_notices(Store *store, const char *target, Nsec at_real);
/* After each change of an incident: the notices that it fulfils keep its number. */
#define STORE_NOTICES_MAX 64 /* of one target, the newest, that an incident is held against */
mon_must_check int store_match_notices(Store *store, const Incident *incident);
/* A version of what the target watches, and that the latest one was seen again. */
mon_must_check int store_put_content(Store *store, const char *target, const Content *content, ContentStep began,
                                     const ContentChange *change, Nsec at_real);
mon_must_check int store_see_content(Store *store, const char *target, Nsec at_real);
/* What a person entered. */
mon_must_check int store_put_report(Store *store, const char *target, const Report *report);
mon_must_check int store_next_report_id(Store *store, int64_t *ret_id);
mon_must_check int store_put_event(Store *store, const Event *event);
/* Requests, responses and bodies of an observation: bodies once by SHA-256, zstd. `daily`: kept only because it is the
 * first answer of its day, so that retention may let go of it sooner. */
mon_must_check int store_put_hops(Store *store, int64_t check, const Observation *observation, bool daily);

/* --- notifiers: what each was told, and what it is owed --------------------------------------------------------- */

typedef struct StoreNotifier {
        const char *name;
        const char *kind;
        bool active; /* the configuration has it */
        uint64_t fingerprint;
        const char *disabled; /* why; NULL: it is not */
} StoreNotifier;
typedef int StoreNotifierFn(void *userdata, const StoreNotifier *row);

/* The last state of a subject that a notifier was told: see core/telling.h. */
typedef struct StoreTold {
        SubjectKind kind;
        const char *subject;
        int state;
        bool unstable;
        Nsec at_real;
} StoreTold;
typedef int StoreToldFn(void *userdata, const StoreTold *row);

typedef enum DeliveryState { /* stored: append only */
                             DELIVERY_PENDING = 1,
                             DELIVERY_DELIVERED = 2,
                             DELIVERY_FAILED = 3,
} DeliveryState;
const char *delivery_state_name(DeliveryState state);

typedef struct StoreDelivery {
        const char *notifier, *event_id;
        DeliveryState state;
        bool is_new; /* owed, or owed anew: what an earlier row of the two said is replaced, the body too */
        Nsec owed_at_real;
        Nsec next_at_real, first_at_real, done_at_real; /* NSEC_UNKNOWN */
        int attempts;
        int http_status;   /* 0: no answer */
        const char *error; /* NULL: none */
        const void *body;  /* NULL: as it stands */
        size_t body_len;
} StoreDelivery;

typedef struct StoreSilence {
        int64_t id;
        const char *subject, *reason;
        Nsec from_at_real, until_at_real;
        Nsec ended_at_real; /* taken back before its end; NSEC_UNKNOWN */
} StoreSilence;
typedef int StoreSilenceFn(void *userdata, const StoreSilence *row);

/* Every one out of use, before those of the configuration are put. */
mon_must_check int store_retire_notifiers(Store *store);
mon_must_check int store_put_notifier(Store *store, const StoreNotifier *notifier); /* in use; by its name */
mon_must_check int store_each_notifier(Store *store, StoreNotifierFn *fn, void *userdata);
mon_must_check int store_put_told(Store *store, const char *notifier, const StoreTold *told);
mon_must_check int store_forget_told(Store *store, const char *notifier);
mon_must_check int store_each_told(Store *store, const char *notifier, StoreToldFn *fn, void *userdata);
/* After its event, by notifier and event: inserted or replaced. Nothing where either is not in the database. */
mon_must_check int store_put_delivery(Store *store, const StoreDelivery *delivery);
/* All that is pending of a notifier (NULL: of each that is out of use) fails with a reason. */
mon_must_check int store_give_up_deliveries(Store *store, const char *notifier, const char *why, Nsec at_real);
/* Other settings make other bodies. */
mon_must_check int store_drop_pending_bodies(Store *store, const char *notifier);
/* Appends the body that was composed; STORE_E_NOT_FOUND: none was. */
mon_must_check int store_read_delivery_body(Store *store, const char *notifier, const char *event_id, Buf *body);
mon_must_check int store_count_pending(Store *store, int64_t *ret_n);
/* By its id: inserted, or its end set. */
mon_must_check int store_put_silence(Store *store, const StoreSilence *silence);
mon_must_check int store_next_silence_id(Store *store, int64_t *ret_id);
/* Those in force, newest first. */
mon_must_check int store_each_silence(Store *store, Nsec now_at_real, StoreSilenceFn *fn, void *userdata);

/* --- what the daemon reads at its start ------------------------------------------------------------------------ */

/* The state as stored; the verdict of the last check (0: none). STORE_E_NOT_FOUND for a new target. */
mon_must_check int store_load_state(Store *store, const char *target, TargetState *ret_state,
                                    Verdict *ret_last_verdict);
/* STORE_E_NOT_FOUND for a new path. */
mon_must_check int store_load_path(Store *store, const char *path, PathStatus *ret_status);
/* Appends the names (char *, to free) of the paths that were in the configuration last, sorted. */
mon_must_check int store_active_paths(Store *store, List *names);
/* When store_put_absent() was last called for it; NSEC_UNKNOWN: never. */
mon_must_check int store_load_absent(Store *store, const char *target, Nsec *ret_at_real);
/* The latest version; STORE_E_NOT_FOUND: none. */
mon_must_check int store_load_content(Store *store, const char *target, Content *ret_content);
mon_must_check int store_load_incident(Store *store, int64_t id, Incident *ret_incident);
/* An event by its id, and the latest one that told the state of a subject: STORE_E_NOT_FOUND. */
mon_must_check int store_load_event(Store *store, const char *id, Event *ret_event);
mon_must_check int store_load_state_event(Store *store, SubjectKind kind, const char *subject, Event *ret_event);
mon_must_check int store_next_incident_id(Store *store, int64_t *ret_id);

/* What is older goes; a body goes with its check at the latest. */
typedef struct StoreRetention {
        Nsec checks_before_at_real;
        Nsec bodies_before_at_real;
        Nsec daily_bodies_before_at_real;
} StoreRetention;

/* Deletes what retention has outlived, at most `rows_max` rows a call; *ret_more says whether to call again. */
mon_must_check int store_expire(Store *store, const StoreRetention *retention, int rows_max, bool *ret_more);
