#include "daemon/paths.h"

#include "daemon/base/map.h"
#include "daemon/base/text.h"

#include <assert.h>

/* What is remembered of one path. */
typedef struct Entry {
        char *id;
        const Path *path; /* the configuration's; NULL: it left, or was not set yet */
        PathStatus status;
        Incident open; /* id 0: none */
        bool in_force; /* or was, when this database was last written */
} Entry;

struct Paths {
        List entries; /* of Entry *, in the configuration's order */
        Map watches;  /* of const Watch *, by the target's id */
        bool loaded;  /* once, whatever the store has */
};

/* --- life ------------------------------------------------------------------------------------------------------ */

static void entry_free(Entry *entry) {
        if (!entry)
                return;
        free(entry->id);
        incident_fini(&entry->open);
        free(entry);
}
mon_define_cleanup(Entry, entry_free);

static void free_entries(List *entries) {
        list_each (Entry, entry, entries)
                entry_free(entry);
        list_fini(entries);
}

static void free_names(List *names) {
        list_each (char, name, names)
                free(name);
        list_fini(names);
}

Paths *paths_new(void) {
        return mon_new(Paths);
}

void paths_free(Paths *paths) {
        if (!paths)
                return;
        free_entries(&paths->entries);
        map_fini(&paths->watches);
        free(paths);
}

void paths_add_watch(Paths *paths, const Watch *watch) {
        map_set(&paths->watches, watch->target->id, (void *)watch);
}

void paths_forget_watch(Paths *paths, const Watch *watch) {
        if (map_get(&paths->watches, watch->target->id) == watch)
                map_set(&paths->watches, watch->target->id, NULL);
}

static Entry *find(const List *entries, const char *id) {
        list_each (Entry, entry, entries)
                if (text_is(entry->id, id))
                        return entry;
        return NULL;
}

/* --- what the store remembers ---------------------------------------------------------------------------------- */

static int load_entry(Store *store, const char *id, Entry **ret_entry) {
        mon_cleanup(entry_free_p) Entry *entry = mon_new(Entry);

        entry->id = mon_strdup(id);
        path_status_init(&entry->status);
        int r = store_load_path(store, id, &entry->status);
        if (r == 0 && entry->status.incident != 0)
                r = store_load_incident(store, entry->status.incident, &entry->open);
        if (r != 0 && r != STORE_E_NOT_FOUND)
                return r < 0 ? r : -EINVAL;
        if (entry->open.id == 0)
                entry->status.incident = 0;
        *ret_entry = mon_steal(&entry);
        return 0;
}

/* Those that left the configuration while mond stood still: their incidents are to end. */
static int load_gone(Paths *paths, Store *store, List *loaded) {
        mon_cleanup(free_names) List names = {0};

        int r = paths->loaded ? 0 : store_active_paths(store, &names);
        list_each (char, name, &names) {
                Entry *entry = find(loaded, name);
                if (r == 0 && !entry) {
                        r = load_entry(store, name, &entry);
                        if (r == 0)
                                list_add(loaded, entry);
                }
                if (r == 0)
                        entry->in_force = true;
        }
        return r;
}

int paths_load(Paths *paths, Store *store, const List *configured) {
        mon_cleanup(free_entries) List loaded = {0};
        int r = 0;

        list_each (Path, path, configured) {
                Entry *entry;
                if (r != 0 || find(&paths->entries, path->id))
                        continue;
                r = load_entry(store, path->id, &entry);
                if (r == 0)
                        list_add(&loaded, entry);
        }
        if (r == 0)
                r = load_gone(paths, store, &loaded);
        if (r != 0)
                return r;
        list_each (Entry, entry, &loaded)
                list_add(&paths->entries, entry);
        loaded.n = 0;
        paths->loaded = true;
        return 0;
}

/* --- following ------------------------------------------------------------------------------------------------- */

static PathStep step_of(void *userdata, const char *target) {
        const Paths *paths = userdata;
        const Watch *watch = map_get(&paths->watches, target);

        return watch ? (PathStep){target, watch->state.state, watch->state.cause}
                     : (PathStep){target, VERDICT_UNKNOWN, CAUSE_NOT_YET};
}

static void take(Entry *entry, const PathResult *result) {
        entry->status = result->next;
        if (result->incident_change == INCIDENT_CLOSED)
                incident_fini(&entry->open);
        else if (result->incident_change != INCIDENT_SAME)
                incident_copy(&entry->open, &result->incident);
}

static Incident *open_of(Entry *entry) {
        return entry->open.id ? &entry->open : NULL;
}

static void judge(Paths *paths, Entry *entry, const PathReason *reason, int64_t *next_incident_id, List *records) {
        PathJudgement now;
        PathResult result;

        path_judge(entry->path, step_of, paths, &now);
        path_step(entry->path, &entry->status, open_of(entry), &now, reason, *next_incident_id, &result);
        if (!result.changed) {
                path_result_fini(&result);
                return;
        }
        if (result.incident_change == INCIDENT_OPENED)
                ++*next_incident_id;
        take(entry, &result);
        list_add(records, record_new_path(entry->id, reason, &result));
}

/* The event of the target's change holds what its deciding check saw. */
static const Event *state_event(const EngineResult *result) {
        for (size_t i = 0; i < result->n_events; i++)
                if (event_type_is_state(result->events[i]->type))
                        return result->events[i];
        return NULL;
}

void paths_follow(Paths *paths, const Watch *watch, const Record *record, int64_t *next_incident_id, List *records) {
        const EngineResult *result = &record->result;
        const Event *event = state_event(result);

        if (!result->has_transition)
                return;
        assert(event);
        const PathReason reason = {
                .target = watch->target->id,
                .at_real = result->transition.at_real,
                .decided_at_real = result->transition.decided_at_real,
                .verdict = event->verdict,
                .cause = event->cause,
                .detail = event->detail,
                .banner_text = event->banner,
                .banner_rule = record->observation ? record->observation->banner_rule : NULL,
                .url = event->url,
                .http_status = event->http_status,
        };
        list_each (Entry, entry, &paths->entries)
                if (entry->path && path_has_step(entry->path, watch->target->id))
                        judge(paths, entry, &reason, next_incident_id, records);
}

static void end(Entry *entry, Nsec now_at_real, List *records) {
        const PathReason reason = {.at_real = now_at_real, .decided_at_real = now_at_real};
        PathResult result;

        path_remove(&entry->status, open_of(entry), now_at_real, &result);
        list_add(records, record_new_path(entry->id, &reason, &result));
        entry_free(entry);
}

void paths_set(Paths *paths, const List *configured, Nsec now_at_real, int64_t *next_incident_id, List *records) {
        const PathReason reason = {.at_real = now_at_real, .decided_at_real = now_at_real};
        List entries = {0};

        list_each (Path, path, configured) {
                Entry *entry = find(&paths->entries, path->id);
                assert(entry); /* paths_load() */
                (void)list_remove(&paths->entries, entry);
                entry->path = path;
                entry->in_force = true;
                list_add(&entries, entry);
        }
        list_each (Entry, entry, &paths->entries)
                if (entry->in_force)
                        end(entry, now_at_real, records);
                else
                        entry_free(entry);
        list_fini(&paths->entries);
        paths->entries = entries;
        list_each (Entry, entry, &paths->entries)
                judge(paths, entry, &reason, next_incident_id, records);
}

void paths_restate(const Paths *paths, Nsec now_at_real, List *records) {
        const PathReason reason = {.at_real = now_at_real, .decided_at_real = now_at_real};

        list_each (Entry, entry, &paths->entries) {
                PathResult result = {.next = entry->status, .changed = true};
                if (entry->status.state != PATH_UNKNOWN) {
                        result.has_transition = true;
                        result.transition = (PathTransition){PATH_UNKNOWN, entry->status.state, entry->status.proven,
                                                             now_at_real, now_at_real};
                }
                if (entry->open.id != 0) {
                        result.incident_change = INCIDENT_CHANGED;
                        incident_copy(&result.incident, &entry->open);
                }
                list_add(records, record_new_path(entry->id, &reason, &result));
        }
}

size_t paths_count(const Paths *paths) {
        return paths->entries.n;
}

const Path *paths_at(const Paths *paths, size_t index, PathStatus *ret_status) {
        const Entry *entry = paths->entries.items[index];

        *ret_status = entry->status;
        return entry->path;
}
