#include "daemon/store/store.h"

#include "daemon/base/json.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

/* --- the configuration's --------------------------------------------------------------------------------------- */

static json_t *title_json(const Title *title) {
        json_t *json = json_object();

        json_set(json, "fr", json_text(title->in[LANGUAGE_FR]));
        json_set(json, "en", json_text(title->in[LANGUAGE_EN]));
        return json;
}

static char *channels_text(const Path *path) {
        mon_auto_json *channels = json_array();

        for (size_t i = 0; i < path->n_channels; i++) {
                const Channel *channel = &path->channels[i];
                json_t *row = json_object(), *steps = json_array();
                for (size_t j = 0; j < channel->n_steps; j++)
                        json_add(steps, json_text(channel->steps[j]));
                json_set(row, "id", json_text(channel->id));
                json_set(row, "title", title_json(&channel->title));
                json_set(row, "steps", steps);
                json_add(channels, row);
        }
        return json_line(channels);
}

static const char sql_put_path[] =
        "INSERT INTO path (name, title_fr, title_en, active, place, added_ms, channels, state, proven)"
        " VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, 0)"
        " ON CONFLICT (name) DO UPDATE SET title_fr = ?2, title_en = ?3, active = 1, place = ?4, channels = ?6";

static int put_path(Store *store, const Path *path, size_t place, Nsec at_real) {
        mon_auto_free char *channels = channels_text(path);
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_path);
        if (r < 0)
                return r;
        query_text(&query, path->id);
        query_text(&query, path->title.in[LANGUAGE_FR]);
        query_text(&query, path->title.in[LANGUAGE_EN]);
        query_int(&query, (int64_t)place);
        query_msec(&query, at_real);
        query_text(&query, channels);
        query_int(&query, PATH_UNKNOWN);
        return query_run(&query);
}

static const char sql_drop_paths[] = "UPDATE path SET active = 0 WHERE active = 1";

int store_put_paths(Store *store, Path *const *paths, size_t n, Nsec at_real) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_drop_paths);
        if (r == 0)
                r = query_run(&query);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = put_path(store, paths[i], i, at_real);
        return r;
}

/* --- what is remembered of them -------------------------------------------------------------------------------- */

static const char sql_find[] = "SELECT id FROM path WHERE name = ?";

static int find_path(Store *store, const char *name, int64_t *ret_id) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_find);
        if (r < 0)
                return r;
        query_text(&query, name);
        r = query_one(&query, ret_id);
        return r < 0 ? r : *ret_id == 0 ? -ENXIO : 0;
}

static const char sql_put_status[] =
        "UPDATE path SET state = ?2, proven = ?3, since_ms = ?4, incident = ?5 WHERE id = ?1";

int store_put_path_status(Store *store, const char *path, const PathStatus *status) {
        mon_auto_query query = {0};
        int64_t id = 0;

        int r = find_path(store, path, &id);
        if (r == 0)
                r = query_begin(&query, store, sql_put_status);
        if (r < 0)
                return r;
        query_int(&query, id);
        query_int(&query, status->state);
        query_int(&query, status->proven);
        query_msec(&query, status->since_at_real);
        query_int_or_null(&query, status->incident, status->incident != 0);
        return query_run(&query);
}

static const char sql_put_transition[] =
        "INSERT INTO path_transition (path, at_ms, decided_ms, from_state, to_state, proven, target, verdict, cause)"
        " VALUES (?,?,?,?,?,?,?,?,?)";

int store_put_path_transition(Store *store, const char *path, const PathTransition *transition, const char *target,
                              Verdict verdict, Cause cause) {
        mon_auto_query query = {0};
        int64_t id = 0;

        int r = find_path(store, path, &id);
        if (r == 0)
                r = query_begin(&query, store, sql_put_transition);
        if (r < 0)
                return r;
        query_int(&query, id);
        query_msec(&query, transition->at_real);
        query_msec(&query, transition->decided_at_real);
        query_int(&query, transition->from);
        query_int(&query, transition->to);
        query_int(&query, transition->proven);
        query_text(&query, target);
        query_int(&query, verdict);
        query_int(&query, cause);
        return query_run(&query);
}

static const char sql_load[] = "SELECT state, proven, since_ms, coalesce(incident, 0) FROM path WHERE name = ?";

int store_load_path(Store *store, const char *path, PathStatus *ret_status) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_load);
        if (r < 0)
                return r;
        query_text(&query, path);
        r = query_step(&query);
        if (r != QUERY_ROW)
                return r < 0 ? r : STORE_E_NOT_FOUND;
        *ret_status = (PathStatus){
                .state = (PathState)query_get_int(&query, 0),
                .proven = query_get_int(&query, 1) != 0,
                .since_at_real = query_get_msec(&query, 2),
                .incident = query_get_int(&query, 3),
        };
        return 0;
}

static const char sql_active[] = "SELECT name FROM path WHERE active = 1 ORDER BY name";

int store_active_paths(Store *store, List *names) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_active);
        while (r >= 0 && (r = query_step(&query)) == QUERY_ROW)
                list_add(names, mon_strdup(query_get_text(&query, 0)));
        return r;
}
