#include "config/paths.h"

#include "config/directives.h"
#include "config/rows.h"
#include "daemon/base/map.h"
#include "daemon/base/text.h"

typedef struct Reading {
        Config *config;
        Mistakes *mistakes;
        bool is_partial;
        Map targets; /* by id: the nodes of the ids, also of targets that hold a mistake */
        List names;  /* of these, as text */
        Map paths;   /* by id: the nodes where they stood first */
} Reading;

static const YamlNode *id_of(const YamlNode *item) {
        const YamlNode *id = yaml_get(item, "id");
        return id && id->kind == YAML_SCALAR ? id : NULL;
}

static void index_targets(Reading *reading, const YamlNode *targets) {
        for (size_t i = 0; targets && targets->kind == YAML_LIST && i < targets->n; i++) {
                const YamlNode *id = id_of(targets->items[i]);
                if (!id || map_get(&reading->targets, id->text))
                        continue;
                map_set(&reading->targets, id->text, (void *)id);
                list_add(&reading->names, id->text);
        }
}

/* --- what the rows alone cannot show --------------------------------------------------------------------------- */

static bool tell_first(const Reading *reading, const YamlNode *at, const char *what, const YamlNode *first) {
        mistakes_add(reading->mistakes, at->line, at->column, "the id '%s' %s %s:%d", at->text, what,
                     mistakes_file(reading->mistakes, first->line), mistakes_line(first->line));
        return false;
}

/* `status`, `uptime` and `silence` take the id of either, so the two share their names. */
static bool claim_id(Reading *reading, const YamlNode *item) {
        const YamlNode *id = id_of(item);
        const YamlNode *target = map_get(&reading->targets, id->text), *first = map_get(&reading->paths, id->text);

        if (target)
                return tell_first(reading, id, "is a target's, and a path needs another: the target stands at", target);
        if (first)
                return tell_first(reading, id, "stands twice: first at", first);
        map_set(&reading->paths, id->text, (void *)id);
        return true;
}

static bool check_step(const Reading *reading, const TextList *steps, size_t index) {
        const TextPlace *step = &steps->items[index];

        for (size_t i = 0; i < index; i++)
                if (text_is(steps->items[i].text, step->text)) {
                        mistakes_add(reading->mistakes, step->line, step->column,
                                     "the step '%s' stands twice in its channel", step->text);
                        return false;
                }
        if (reading->is_partial || map_get(&reading->targets, step->text))
                return true;
        mon_auto_free char *shown = text_clean_copy(step->text, MISTAKES_SHOWN_MAX);
        const char *nearest = text_nearest(step->text, (const char *const *)reading->names.items, reading->names.n);
        mistakes_add(reading->mistakes, step->line, step->column, "there is no target '%s'%s%s%s", shown,
                     nearest ? ": did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
        return false;
}

static bool check_steps(const Reading *reading, const TextList *steps) {
        bool good = true;

        for (size_t i = 0; i < steps->n; i++)
                good &= check_step(reading, steps, i);
        return good;
}

static bool check_channels(const Reading *reading, const PathRows *rows, const YamlNode *list) {
        bool good = true;

        for (size_t i = 0; i < rows->channels.n; i++) {
                const ChannelRows *channel = rows->channels.items[i].fields;
                for (size_t j = 0; j < i && channel->id; j++) {
                        const ChannelRows *other = rows->channels.items[j].fields;
                        if (!text_is(other->id, channel->id))
                                continue;
                        good = tell_first(reading, id_of(list->items[i]), "stands twice in this path: first at",
                                          id_of(list->items[j]));
                        break;
                }
                good &= check_steps(reading, &channel->steps);
        }
        return good;
}

/* --- reading --------------------------------------------------------------------------------------------------- */

static void take_title(Title *title, Title *from, const char *id) {
        *title = *from;
        *from = (Title){0};
        for (int i = 0; i < LANGUAGE_COUNT; i++)
                if (!title->in[i])
                        title->in[i] = mon_strdup(id);
}

static void take_channel(Channel *channel, ChannelRows *rows) {
        channel->id = mon_steal(&rows->id);
        take_title(&channel->title, &rows->title, channel->id);
        channel->n_steps = rows->steps.n;
        channel->steps = mon_new_array(char *, rows->steps.n);
        for (size_t i = 0; i < rows->steps.n; i++)
                channel->steps[i] = mon_steal(&rows->steps.items[i].text);
}

static Path *take_path(PathRows *rows) {
        Path *path = mon_new(Path);

        path->id = mon_steal(&rows->id);
        take_title(&path->title, &rows->title, path->id);
        path->n_channels = rows->channels.n;
        path->channels = mon_new_array(Channel, rows->channels.n);
        for (size_t i = 0; i < rows->channels.n; i++)
                take_channel(&path->channels[i], rows->channels.items[i].fields);
        return path;
}

static void path_rows_fini(PathRows *rows) {
        directives_fini(path_rows, rows);
}

static void read_path(Reading *reading, const YamlNode *item) {
        mon_cleanup(path_rows_fini) PathRows rows = {0};
        DirectiveBlock block = {reading->mistakes, "paths", item, item->line, item->column, NULL, NULL};

        if (item->kind != YAML_MAP) {
                mistakes_add(reading->mistakes, item->line, item->column,
                             "a path is a map: - { id: …, channels: [{ id: …, steps: [ … ] }] }");
                return;
        }
        bool good = directives_read(&block, path_rows, &rows);
        if (rows.id)
                good &= claim_id(reading, item);
        good &= check_channels(reading, &rows, yaml_get(item, "channels"));
        if (good)
                list_add(&reading->config->paths, take_path(&rows));
}

void paths_read(Config *config, const YamlNode *root, bool is_partial, Mistakes *mistakes) {
        const YamlNode *list = yaml_get(root, "paths");
        Reading reading = {.config = config, .mistakes = mistakes, .is_partial = is_partial};

        if (yaml_is_null(list))
                return;
        if (list->kind != YAML_LIST) {
                mistakes_add(mistakes, list->line, list->column, "'paths' takes a list: each begins with '- id: …'");
                return;
        }
        if (list->n > PATHS_MAX) {
                const YamlNode *first = list->items[PATHS_MAX];
                mistakes_add(mistakes, first->line, first->column, "there are %zu paths: %d are the most", list->n,
                             PATHS_MAX);
                return;
        }
        index_targets(&reading, yaml_get(root, "targets"));
        for (size_t i = 0; i < list->n; i++)
                read_path(&reading, list->items[i]);
        map_fini(&reading.targets);
        map_fini(&reading.paths);
        list_fini(&reading.names);
}

/* --- printing -------------------------------------------------------------------------------------------------- */

/* The rows borrow the path's texts. */
static void lend_channel(const Channel *channel, ChannelRows *rows) {
        *rows = (ChannelRows){.id = channel->id, .title = channel->title};
        rows->steps.items = mon_new_array(TextPlace, channel->n_steps);
        rows->steps.n = channel->n_steps;
        for (size_t i = 0; i < channel->n_steps; i++)
                rows->steps.items[i].text = channel->steps[i];
}

int path_print(const Path *path, int indent, Buf *out) {
        ChannelRows channels[PATH_CHANNELS_MAX];
        SectionPlace places[PATH_CHANNELS_MAX];
        PathRows rows = {.id = path->id, .title = path->title, .channels = {places, path->n_channels}};
        size_t start = out->len;

        for (size_t i = 0; i < path->n_channels; i++) {
                lend_channel(&path->channels[i], &channels[i]);
                places[i] = (SectionPlace){.fields = &channels[i]};
        }
        int r = directives_print(path_rows, &rows, indent + 2, DIRECTIVE_PRINT_WHOLE, out);
        if (r == 0)
                out->data[start + (size_t)indent] = '-';
        for (size_t i = 0; i < path->n_channels; i++)
                free(channels[i].steps.items);
        return r;
}
