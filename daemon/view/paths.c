#include "daemon/view/shape.h"

#include "daemon/base/map.h"

#include <string.h>

typedef struct Listing {
        Map states; /* of targets: their Verdict, by name */
        json_t *rows;
} Listing;

static int add_state(void *userdata, const StoreTargetRow *row) {
        Listing *listing = userdata;

        map_set(&listing->states, row->name, (void *)(uintptr_t)row->state);
        return 0;
}

/* What the configuration has no more is unknown. */
static PathState channel_state(const Listing *listing, const json_t *steps) {
        Verdict states[PATH_STEPS_MAX];
        size_t i, n = 0;
        json_t *step;

        json_array_foreach (steps, i, step) {
                const char *name = json_string_value(step);
                void *state = name ? map_get(&listing->states, name) : NULL;
                if (n < PATH_STEPS_MAX)
                        states[n++] = state ? (Verdict)(uintptr_t)state : VERDICT_UNKNOWN;
        }
        return path_channel_state(states, n);
}

static json_t *shape_channels(const Listing *listing, const char *text) {
        mon_auto_json *stored = NULL;
        mon_auto_free char *why = NULL;
        json_t *channels = json_array(), *channel;
        size_t i;

        if (!text || json_read(text, strlen(text), &stored, &why) != 0)
                return channels;
        json_array_foreach (stored, i, channel) {
                json_t *row = json_object(), *title = json_object_get(channel, "title");
                json_t *steps = json_object_get(channel, "steps");
                json_set(row, "id", json_text(json_get_text(channel, "id", "?")));
                json_set(row, "title",
                         shape_title(json_get_text(title, "fr", NULL), json_get_text(title, "en", NULL), "?"));
                json_set(row, "state", json_text(path_state_name(channel_state(listing, steps))));
                json_set(row, "steps", json_is_array(steps) ? json_incref(steps) : json_array());
                json_add(channels, row);
        }
        return channels;
}

static int add_path(void *userdata, const StorePathRow *row) {
        Listing *listing = userdata;
        json_t *path = json_object();

        json_set(path, "id", json_text(row->name));
        json_set(path, "title", shape_title(row->title_fr, row->title_en, row->name));
        json_set(path, "state", json_text(path_state_name(row->status.state)));
        json_set(path, "proven", json_yes(row->status.proven));
        json_set(path, "since", json_time(row->status.since_at_real));
        json_set(path, "channels", shape_channels(listing, row->channels));
        json_add(listing->rows, path);
        return 0;
}

int shape_paths(Store *store, const char *name, json_t **ret_rows) {
        mon_auto_json *rows = json_array();
        Listing listing = {.rows = rows};

        int r = store_each_target(store, NULL, add_state, &listing);
        if (r == 0)
                r = store_each_path(store, name, add_path, &listing);
        map_fini(&listing.states);
        if (r == 0 && name && json_array_size(rows) == 0)
                r = VIEW_E_NOT_FOUND;
        if (r != 0)
                return r;
        *ret_rows = mon_steal(&rows);
        return 0;
}
