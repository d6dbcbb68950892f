/* The paths of the configuration in force: what is remembered of each, and how it follows its targets. A change of a
 * path is a record of its own, to be written in the transaction of the target's change that decided it. */
#pragma once

#include "daemon/record.h"

typedef struct Paths Paths;

Paths *paths_new(void);
void paths_free(Paths *paths);
mon_define_cleanup(Paths, paths_free);

/* The targets whose states count, from when they are known to when they go. */
void paths_add_watch(Paths *paths, const Watch *watch);
void paths_forget_watch(Paths *paths, const Watch *watch);

/* Reads what the store remembers of paths that are not known yet, before paths_set(): this alone can fail, and then
 * changes nothing. */
mon_must_check int paths_load(Paths *paths, Store *store, const List *configured);
/* The paths in force, which must stay until the next ones are set: judged anew at once, since the configuration may
 * decide too. Those that are gone end. The records are appended to `records`; `next_incident_id` is counted up. */
void paths_set(Paths *paths, const List *configured, Nsec now_at_real, int64_t *next_incident_id, List *records);
/* After `record` changed the state of its target. */
void paths_follow(Paths *paths, const Watch *watch, const Record *record, int64_t *next_incident_id, List *records);
/* What is known as it stands, for a fresh database. */
void paths_restate(const Paths *paths, Nsec now_at_real, List *records);

size_t paths_count(const Paths *paths);
/* In the configuration's order. */
const Path *paths_at(const Paths *paths, size_t index, PathStatus *ret_status);
