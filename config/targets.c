#include "config/targets.h"

#include "config/directives.h"
#include "config/future.h"
#include "config/items.h"
#include "config/rows.h"
#include "daemon/base/digest.h"
#include "daemon/base/text.h"
#include "daemon/core/hours.h"
#include "daemon/net/url.h"

#include <assert.h>

static void hours_rows_fini(HoursRows *rows) {
        directives_fini(hours_rows, rows);
}

typedef struct Reading {
        Config *config;
        const ProbeDriver *const *drivers;
        const char **others; /* the drivers' names and "hours", up to a NULL */
        const char **kinds;  /* the drivers' names among them */
        size_t n_kinds;
        Mistakes *mistakes;
        Map places; /* of ids: the nodes where they stood first */
} Reading;

void target_free(Target *target) {
        if (!target)
                return;
        if (target->spec) {
                if (target->driver->fini)
                        target->driver->fini(target->spec);
                directives_fini(target->driver->directives, target->spec);
        }
        free(target->spec);
        free(target->id);
        title_fini(&target->title);
        free(target->host);
        hours_free(target->hours);
        free(target->hours_timezone);
        text_list_fini(&target->hours_open);
        free(target);
}

static bool is_future_kind(const YamlNode *key) {
        mon_auto_free char *text = future_text("targets", key->text);
        return text != NULL;
}

/* The driver of the one kind that the target names, with its block; NULL and a mistake if it names none or several. */
static const ProbeDriver *find_kind(const Reading *reading, const YamlNode *item, const List *meant,
                                    size_t *ret_index) {
        const ItemKinds kinds = {"target", reading->kinds, reading->n_kinds, reading->mistakes};
        bool told = item_means_a_kind(&kinds, meant); /* that its kind is misspelt, or not there yet */
        size_t kind;

        for (size_t i = 0; i < item->n; i++)
                told |= is_future_kind(item->keys[i]);
        return item_find_kind(&kinds, item, told, &kind, ret_index) ? reading->drivers[kind] : NULL;
}

static bool says_retry_interval(const YamlNode *item) {
        return !yaml_is_null(yaml_get(yaml_get(item, "confirm"), "retry_interval"));
}

/* Gives the values to the target, which then owns them. */
static void take_rows(Target *target, TargetRows *rows) {
        target->id = mon_steal(&rows->id);
        target->title = rows->title;
        rows->title = (Title){0};
        for (int i = 0; i < LANGUAGE_COUNT; i++)
                if (!target->title.in[i])
                        target->title.in[i] = mon_strdup(target->id);
        target->interval = rows->checks.interval;
        target->timeout = rows->checks.timeout;
        target->confirm = (Confirm){
                .fail = (int)rows->checks.confirm_fail,
                .pass = (int)rows->checks.confirm_pass,
                .retry_interval = rows->checks.retry_interval,
        };
        target->ip = (IpFamily)rows->ip;
        target->paused = rows->paused;
}

static void check_pace(const Reading *reading, const Target *target, const YamlNode *item) {
        static const char why[] = "hosts that are not on this machine are asked at most every 30s";
        const YamlNode *at = item_place(item, "interval");

        if (target->host && !target->host_is_local) {
                if (target->interval < TARGET_INTERVAL_REMOTE_MIN)
                        mistakes_add(reading->mistakes, at->line, at->column, "'interval' is too short for '%s': %s",
                                     target->host, why);
                const YamlNode *confirm = item_place(item, "confirm");
                const YamlNode *retry = item_place(confirm, "retry_interval");
                if (target->confirm.retry_interval < TARGET_INTERVAL_REMOTE_MIN &&
                    target->confirm.retry_interval < target->interval)
                        mistakes_add(reading->mistakes, retry->line, retry->column,
                                     "'retry_interval' is too short for '%s': %s", target->host, why);
        }
        if (target->timeout > target->interval)
                mistakes_warn(reading->mistakes, at->line, at->column,
                              "a check of '%s' may take longer ('timeout') than the time to the next one ('interval')",
                              target->id);
}

static void read_kind(const Reading *reading, Target *target, const YamlNode *item, size_t index) {
        const ProbeDriver *driver = target->driver;
        DirectiveBlock block = item_kind_block(reading->mistakes, item, index);

        target->spec = mon_calloc(1, driver->spec_size);
        if (directives_read(&block, driver->directives, target->spec) && driver->prepare)
                driver->prepare(target->spec, target, item_on_mistake, &block, &target->host);
        if (driver->by_people) { /* one report is enough */
                target->confirm.fail = 1;
                target->confirm.pass = 1;
        }
        Nsec own = driver->timeout ? driver->timeout(target->spec) : 0;
        if (own > 0)
                target->timeout = own;
        target->host_is_local = target->host && net_host_is_local(target->host);
}

static Zone *open_zone(const Reading *reading, const YamlNode *at, const char *name) {
        mon_auto_free char *shown = text_clean_copy(name, MISTAKES_SHOWN_MAX);
        Zone *zone = NULL;

        if (zone_open(name, &zone) != 0)
                mistakes_add(reading->mistakes, at->line, at->column,
                             "there is no time zone '%s': names are like Europe/Paris, or UTC", shown);
        return zone;
}

/* `hours: { timezone, open }`, of any kind of target. */
static void read_hours(const Reading *reading, Target *target, const YamlNode *item) {
        const YamlNode *node = yaml_get(item, "hours");
        mon_cleanup(hours_rows_fini) HoursRows rows = {0};

        if (yaml_is_null(node))
                return;
        const DirectiveBlock block = {
                .mistakes = reading->mistakes,
                .name = "hours",
                .node = node,
                .line = node->line,
                .column = node->column,
        };
        if (!directives_read(&block, hours_rows, &rows) || !rows.timezone)
                return;
        Zone *zone = open_zone(reading, item_place(node, "timezone"), rows.timezone);
        if (!zone)
                return;
        target->hours = hours_new(zone);
        if (rows.open.n == 0)
                mistakes_add(reading->mistakes, node->line, node->column,
                             "'open' is empty: the target would never be looked at");
        for (size_t i = 0; i < rows.open.n; i++) {
                mon_auto_free char *why = NULL;
                if (hours_add(target->hours, rows.open.items[i].text, &why) != 0)
                        mistakes_add(reading->mistakes, rows.open.items[i].line, rows.open.items[i].column, "%s", why);
        }
        target->hours_timezone = mon_steal(&rows.timezone);
        target->hours_open = rows.open;
        rows.open = (TextList){0};
}

static uint64_t fingerprint_of(const Config *config, const Target *target) {
        mon_auto_buf Buf text = BUF_INIT(SIZE_MAX / 4); /* what is printed was read from files with a bound */

        /* Whatever reaches the probe from outside the target is part of it. */
        int r = buf_printf(&text, "%s\n", config->ca_file ? config->ca_file : "");
        if (r == 0)
                r = target_print(target, 0, true, &text);
        assert(r == 0);
        uint64_t hash = hash_of(text.data, text.len, 0);
        explicit_bzero(text.data, text.len);
        return hash;
}

static void target_rows_fini(TargetRows *rows) {
        directives_fini(target_rows, rows);
}

static void read_target(Reading *reading, const YamlNode *item) {
        mon_cleanup(target_rows_fini) TargetRows rows = {.checks = reading->config->checks};
        mon_cleanup(target_free_p) Target *target = mon_new(Target);
        mon_cleanup(list_fini) List meant = {0};
        DirectiveBlock block = {reading->mistakes, "targets", item, item->line, item->column, reading->others, &meant};
        size_t index = 0;

        if (item->kind != YAML_MAP) {
                mistakes_add(reading->mistakes, item->line, item->column,
                             "a target is a map: - { id: …, http: { url: … } }");
                return;
        }
        bool whole = directives_read(&block, target_rows, &rows);
        whole = whole && item_claim_id(&reading->places, reading->mistakes, rows.id, item);
        target->driver = find_kind(reading, item, &meant, &index);
        if (!says_retry_interval(item) && rows.checks.retry_interval > rows.checks.interval)
                rows.checks.retry_interval = rows.checks.interval; /* unsure, it does not look less often */
        if (!rows.id)
                rows.id = mon_strdup("?"); /* so that the mistakes of its block are told in this run too */
        take_rows(target, &rows);
        if (!target->driver)
                return;
        read_kind(reading, target, item, index);
        read_hours(reading, target, item);
        if (!target->driver->by_people)
                check_pace(reading, target, item);
        target->fingerprint = fingerprint_of(reading->config, target);
        if (whole)
                list_add(&reading->config->targets, mon_steal(&target));
}

/* The list, if it is one to be read. */
static bool check_list(const YamlNode *list, int home, Mistakes *mistakes) {
        if (yaml_is_null(list) || (list->kind == YAML_LIST && list->n == 0)) {
                mistakes_add(mistakes, list ? list->line : home + 1, list ? list->column : 1,
                             "nothing to watch: 'targets' needs at least one target");
                return false;
        }
        if (list->kind != YAML_LIST) {
                mistakes_add(mistakes, list->line, list->column, "'targets' takes a list: each begins with '- id: …'");
                return false;
        }
        if (list->n > TARGETS_MAX) {
                const YamlNode *first = list->items[TARGETS_MAX];
                mistakes_add(mistakes, first->line, first->column, "there are %zu targets: %d are the most", list->n,
                             TARGETS_MAX);
                return false;
        }
        return true;
}

void targets_read(Config *config, const YamlNode *list, int home, const ProbeDriver *const *drivers,
                  Mistakes *mistakes) {
        Reading reading = {.config = config, .drivers = drivers, .mistakes = mistakes};

        if (!check_list(list, home, mistakes))
                return;
        while (drivers[reading.n_kinds])
                reading.n_kinds++;
        reading.others = mon_new_array(const char *, reading.n_kinds + 2);
        reading.others[0] = "hours";
        reading.kinds = reading.others + 1;
        for (size_t i = 0; i < reading.n_kinds; i++)
                reading.kinds[i] = drivers[i]->name;
        for (size_t i = 0; i < list->n; i++)
                read_target(&reading, list->items[i]);
        map_fini(&reading.places);
        free(reading.others);
}
