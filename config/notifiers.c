#include "config/notifiers.h"

#include "config/directives.h"
#include "config/items.h"
#include "config/rows.h"
#include "daemon/base/digest.h"
#include "daemon/base/text.h"
#include "daemon/base/zone.h"
#include "daemon/core/quiet.h"

#include <assert.h>
#include <fnmatch.h>

typedef struct Reading {
        Config *config;
        const NotifierDriver *const *drivers;
        ItemKinds kinds;
        Mistakes *mistakes;
        Map places;
} Reading;

static bool fits_a_type(const char *pattern) {
        for (int type = 1; type <= EVENT_MAX; type++)
                if (fnmatch(pattern, event_type_name((EventType)type), 0) == 0)
                        return true;
        return false;
}

static char *check_pattern(const char *text) {
        static const char *const groups[] = {"path.*",        "target.*",   "banner.*",   "notice.*",   "content.*",
                                             "certificate.*", "observer.*", "delivery.*", "incident.*", "*"};
        const char *names[EVENT_MAX + mon_count_of(groups)];
        size_t n = 0;

        if (strspn(text, "abcdefghijklmnopqrstuvwxyz.*") == strlen(text) && fits_a_type(text))
                return NULL;
        for (int type = 1; type <= EVENT_MAX; type++)
                names[n++] = event_type_name((EventType)type);
        for (size_t i = 0; i < mon_count_of(groups); i++)
                names[n++] = groups[i];
        const char *near = text_nearest(text, names, n);
        mon_auto_free char *shown = text_clean_copy(text, MISTAKES_SHOWN_MAX);
        return near ? mon_printf("'%s' fits no event: did you mean '%s'?", shown, near)
                    : mon_printf("'%s' fits no event, such as path.closed or target.*", shown);
}

static char *check_zone(const char *text) {
        mon_cleanup(zone_close_p) Zone *zone = NULL;
        mon_auto_free char *shown = text_clean_copy(text, MISTAKES_SHOWN_MAX);

        int r = zone_open(text, &zone);
        if (r == 0)
                return NULL;
        if (r < 0)
                return mon_printf("the time zone '%s' cannot be read: %s", shown, mon_strerror(r));
        return mon_printf("there is no time zone '%s': it is written as Europe/Paris", shown);
}

static char *check_minute(const char *text) {
        int minute;

        if (quiet_read_minute(text, &minute) == 0)
                return NULL;
        mon_auto_free char *shown = text_clean_copy(text, MISTAKES_SHOWN_MAX);
        return mon_printf("'%s' is no time of day: it is written as \"23:30\"", shown);
}

#define AT(member) .offset = offsetof(Notifier, member)

static const Directive quiet_rows[] = {
        {.key = "timezone",
         .type = DIRECTIVE_TEXT,
         AT(quiet.timezone),
         .check = check_zone,
         .help = "of the two times: Europe/Paris"},
        {.key = "from",
         .type = DIRECTIVE_TEXT,
         AT(quiet.from),
         .check = check_minute,
         .help = "when it begins: \"HH:MM\""},
        {.key = "until",
         .type = DIRECTIVE_TEXT,
         AT(quiet.until),
         .check = check_minute,
         .help = "when it ends: \"HH:MM\""},
        {.key = "at_most",
         .type = DIRECTIVE_DURATION,
         AT(quiet.at_most),
         .min = NSEC_PER_SEC,
         .max = NOTIFIER_QUIET_AT_MOST_MAX,
         .help = "nothing is held back for longer than this"},
        {.key = NULL},
};

static const Directive notifier_rows[] = {
        {.key = "id",
         .type = DIRECTIVE_TEXT,
         AT(id),
         .required = true,
         .check = config_check_id,
         .help = "its name in the record and on the command line"},
        {.key = "events",
         .type = DIRECTIVE_TEXTS,
         AT(events),
         .fallback = "[path.open, path.impaired, path.closed, observer.*, certificate.*]",
         .check = check_pattern,
         .help = "what it is told: event types, with * for any"},
        {.key = "remind_every",
         .type = DIRECTIVE_DURATION,
         AT(remind_every),
         .min = NSEC_PER_SEC,
         .max = NOTIFIER_REMIND_MAX,
         .help = "how often it is reminded of what still fails; without it never"},
        {.key = "quiet", .type = DIRECTIVE_SECTION, .section = quiet_rows, .help = "hours in which nothing is sent"},
        {.key = NULL},
};

void notifier_free(Notifier *notifier) {
        if (!notifier)
                return;
        if (notifier->spec) {
                if (notifier->driver->fini)
                        notifier->driver->fini(notifier->spec);
                directives_fini(notifier->driver->directives, notifier->spec);
        }
        free(notifier->spec);
        directives_fini(notifier_rows, notifier);
        free(notifier);
}

int notifier_print(const Notifier *notifier, int indent, bool secrets, Buf *out) {
        DirectivePrint how = secrets ? DIRECTIVE_PRINT_WHOLE : DIRECTIVE_PRINT_HIDDEN;
        size_t start = out->len;

        int r = directives_print(notifier_rows, notifier, indent + 2, how, out);
        if (r == 0)
                r = buf_printf(out, "%*s%s:\n", indent + 2, "", notifier->driver->name);
        if (r == 0)
                r = directives_print(notifier->driver->directives, notifier->spec, indent + 4, how, out);
        if (r == 0)
                out->data[start + (size_t)indent] = '-';
        return r;
}

static void check_events(const Reading *reading, const Notifier *notifier, const YamlNode *item) {
        const YamlNode *at = item_place(item, "events");

        if (at != item && at->kind == YAML_LIST && at->n == 0)
                mistakes_add(reading->mistakes, at->line, at->column,
                             "'events' is empty: '%s' would never be told anything", notifier->id);
        if (notifier->events.n > NOTIFIER_EVENTS_MAX) {
                const TextPlace *first = &notifier->events.items[NOTIFIER_EVENTS_MAX];
                mistakes_add(reading->mistakes, first->line, first->column, "there are %zu patterns: %d are the most",
                             notifier->events.n, NOTIFIER_EVENTS_MAX);
        }
}

static void check_quiet(const Reading *reading, const QuietHours *quiet, const YamlNode *item) {
        const YamlNode *at = yaml_get(item, "quiet");

        if (yaml_is_null(at) || at->kind != YAML_MAP || at->n == 0)
                return;
        const char *const keys[] = {"timezone", "from", "until"};
        for (size_t i = 0; i < mon_count_of(keys); i++)
                if (!yaml_get(at, keys[i]))
                        mistakes_add(reading->mistakes, at->line, at->column,
                                     "'%s' is missing in 'quiet': it takes timezone, from and until", keys[i]);
        if (quiet->from && quiet->until && text_is(quiet->from, quiet->until)) {
                const YamlNode *until = item_place(at, "until");
                mistakes_add(reading->mistakes, until->line, until->column,
                             "'quiet' ends when it begins: nobody could say whether it is always or never");
        }
}

static bool read_kind(const Reading *reading, Notifier *notifier, const YamlNode *item, size_t index) {
        const NotifierDriver *driver = notifier->driver;
        DirectiveBlock block = item_kind_block(reading->mistakes, item, index);

        notifier->spec = mon_calloc(1, driver->spec_size);
        if (!directives_read(&block, driver->directives, notifier->spec))
                return false;
        if (driver->prepare)
                driver->prepare(notifier->spec, notifier, item_on_mistake, &block);
        return true;
}

static uint64_t fingerprint_of(const Notifier *notifier) {
        mon_auto_buf Buf text = BUF_INIT(SIZE_MAX / 4); /* what is printed was read from files with a bound */

        int r = notifier_print(notifier, 0, true, &text);
        assert(r == 0);
        (void)r;
        uint64_t hash = hash_of(text.data, text.len, 0);
        explicit_bzero(text.data, text.len);
        return hash;
}

static void read_notifier(Reading *reading, const YamlNode *item) {
        mon_cleanup(notifier_free_p) Notifier *notifier = mon_new(Notifier);
        mon_cleanup(list_fini) List meant = {0};
        DirectiveBlock block = {reading->mistakes, "notifiers",          item,  item->line,
                                item->column,      reading->kinds.names, &meant};
        size_t kind, index = 0;

        if (item->kind != YAML_MAP) {
                mistakes_add(reading->mistakes, item->line, item->column,
                             "a notifier is a map: - { id: …, webhook: { url: … } }");
                return;
        }
        notifier->language = (Language)reading->config->language;
        bool whole = directives_read(&block, notifier_rows, notifier);
        whole = whole && item_claim_id(&reading->places, reading->mistakes, notifier->id, item);
        check_events(reading, notifier, item);
        check_quiet(reading, &notifier->quiet, item);
        if (!item_find_kind(&reading->kinds, item, item_means_a_kind(&reading->kinds, &meant), &kind, &index))
                return;
        notifier->driver = reading->drivers[kind];
        if (!notifier->id)
                notifier->id = mon_strdup("?"); /* so that the mistakes of its block are told in this run too */
        if (!read_kind(reading, notifier, item, index) || !whole)
                return;
        notifier->fingerprint = fingerprint_of(notifier);
        list_add(&reading->config->notifiers, mon_steal(&notifier));
}

void notifiers_read(Config *config, const YamlNode *list, const NotifierDriver *const *drivers, Mistakes *mistakes) {
        Reading reading = {.config = config, .drivers = drivers, .mistakes = mistakes};

        if (yaml_is_null(list))
                return;
        if (list->kind != YAML_LIST) {
                mistakes_add(mistakes, list->line, list->column,
                             "'notifiers' takes a list: each begins with '- id: …'");
                return;
        }
        if (list->n > NOTIFIERS_MAX) {
                const YamlNode *first = list->items[NOTIFIERS_MAX];
                mistakes_add(mistakes, first->line, first->column, "there are %zu notifiers: %d are the most", list->n,
                             NOTIFIERS_MAX);
                return;
        }
        size_t n = 0;
        while (drivers && drivers[n])
                n++;
        mon_auto_free const char **names = mon_new_array(const char *, n + 1);
        for (size_t i = 0; i < n; i++)
                names[i] = drivers[i]->name;
        reading.kinds = (ItemKinds){"notifier", names, n, mistakes};
        for (size_t i = 0; i < list->n; i++)
                read_notifier(&reading, list->items[i]);
        map_fini(&reading.places);
}
