#include "config/rows.h"

#include "config/directives.h"
#include "daemon/base/text.h"
#include "daemon/net/url.h"

#include <ctype.h>

char *config_check_id(const char *text) {
        if (strlen(text) > TARGET_ID_MAX)
                return mon_printf("an id has at most %d characters", TARGET_ID_MAX);
        if (!isalnum((unsigned char)text[0]))
                return mon_strdup("an id begins with a letter or a digit");
        for (const char *c = text; *c; c++)
                if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
                        return mon_strdup("an id is made of letters without accents, digits, '-', '_' and '.'");
        if (text_is(text, "all"))
                return mon_strdup("'all' means every target: choose another id");
        return NULL;
}

#define AT(member) .offset = offsetof(Config, member)

static const Directive observer_rows[] = {
        {.key = "name", .type = DIRECTIVE_TEXT, AT(observer_name), .fallback = "mond", .help = "who observes"},
        {.key = "contact",
         .type = DIRECTIVE_TEXT,
         AT(observer_contact),
         .required = true,
         .help = "a web page or an e-mail address where the owner of a site can reach you"},
        {.key = NULL},
};

static const Directive default_confirm_rows[] = {
        {.key = "fail",
         .type = DIRECTIVE_INT,
         AT(checks.confirm_fail),
         .fallback = "3",
         .min = 1,
         .max = CONFIG_CONFIRM_MAX,
         .help = "failing checks in a row that make a target fail"},
        {.key = "pass",
         .type = DIRECTIVE_INT,
         AT(checks.confirm_pass),
         .fallback = "2",
         .min = 1,
         .max = CONFIG_CONFIRM_MAX,
         .help = "passing checks in a row that restore it"},
        {.key = "retry_interval",
         .type = DIRECTIVE_DURATION,
         AT(checks.retry_interval),
         .fallback = "30s",
         .min = TARGET_INTERVAL_MIN,
         .max = CONFIG_INTERVAL_MAX,
         .help = "time between two checks while unsure"},
        {.key = NULL},
};

static const Directive defaults_rows[] = {
        {.key = "interval",
         .type = DIRECTIVE_DURATION,
         AT(checks.interval),
         .fallback = "60s",
         .min = TARGET_INTERVAL_MIN,
         .max = CONFIG_INTERVAL_MAX,
         .help = "time between two checks of a target"},
        {.key = "timeout",
         .type = DIRECTIVE_DURATION,
         AT(checks.timeout),
         .fallback = "20s",
         .min = TARGET_INTERVAL_MIN,
         .max = CONFIG_TIMEOUT_MAX,
         .help = "time that one check may take"},
        {.key = "confirm", .type = DIRECTIVE_SECTION, .section = default_confirm_rows, .help = "when to be sure"},
        {.key = "ca_file",
         .type = DIRECTIVE_FILE,
         AT(ca_file),
         .help = "certificates that are trusted, instead of the system's"},
        {.key = "per_host",
         .type = DIRECTIVE_INT,
         AT(per_host),
         .fallback = "1",
         .min = 1,
         .max = CONFIG_AT_ONCE_MAX,
         .help = "checks under way at a time on one remote host"},
        {.key = "at_once",
         .type = DIRECTIVE_INT,
         AT(at_once),
         .fallback = "16",
         .min = 1,
         .max = CONFIG_AT_ONCE_MAX,
         .help = "checks under way at a time, in all"},
        {.key = NULL},
};

static const Directive retention_rows[] = {
        {.key = "checks",
         .type = DIRECTIVE_DURATION,
         AT(retention_checks),
         .fallback = "5y",
         .min = CONFIG_RETENTION_MIN,
         .max = CONFIG_RETENTION_MAX,
         .help = "how long checks are kept"},
        {.key = "bodies",
         .type = DIRECTIVE_DURATION,
         AT(retention_bodies),
         .fallback = "5y",
         .min = CONFIG_RETENTION_MIN,
         .max = CONFIG_RETENTION_MAX,
         .help = "how long pages kept as evidence are kept"},
        {.key = "daily_bodies",
         .type = DIRECTIVE_DURATION,
         AT(retention_daily_bodies),
         .fallback = "90d",
         .min = CONFIG_RETENTION_MIN,
         .max = CONFIG_RETENTION_MAX,
         .help = "how long the page kept once a day is kept"},
        {.key = NULL},
};

/* Whoever can read the address on its way can say in our place that we live. */
static char *check_heartbeat(const char *text) {
        url_auto Url url = {0};
        char *mistake = url_check(text);

        if (mistake || url_parse(text, &url) != 0 || text_is(url.scheme, "https") || net_host_is_local(url.host))
                return mistake;
        return mon_strdup("over plain http everybody on the way could go on in our place: use https");
}

static const Directive heartbeat_rows[] = {
        {.key = "url",
         .type = DIRECTIVE_SECRET,
         AT(heartbeat_url),
         .check = check_heartbeat,
         .help = "what is asked for as long as mond does its work: https, or http on this machine"},
        {.key = "every",
         .type = DIRECTIVE_DURATION,
         AT(heartbeat_every),
         .min = CONFIG_HEARTBEAT_MIN,
         .max = CONFIG_HEARTBEAT_MAX,
         .help = "how often; without it every 5m"},
        {.key = NULL},
};

static const DirectiveChoice languages[] = {{"fr", LANGUAGE_FR}, {"en", LANGUAGE_EN}, {NULL, 0}};

const Directive config_rows[] = {
        {.key = "observer", .type = DIRECTIVE_SECTION, .section = observer_rows, .help = "who observes"},
        {.key = "language",
         .type = DIRECTIVE_CHOICE,
         AT(language),
         .fallback = "fr",
         .choices = languages,
         .help = "of texts that mond composes"},
        {.key = "defaults", .type = DIRECTIVE_SECTION, .section = defaults_rows, .help = "what targets inherit"},
        {.key = "references",
         .type = DIRECTIVE_TEXTS,
         AT(references),
         .check = url_check,
         .help = "pages that are asked when a target does not answer: if they fail too, it is our network"},
        {.key = "heartbeat",
         .type = DIRECTIVE_SECTION,
         .section = heartbeat_rows,
         .help = "a sign of life for somebody who raises the alarm when it stays away"},
        {.key = "retention", .type = DIRECTIVE_SECTION, .section = retention_rows, .help = "how long things are kept"},
        {.key = NULL},
};

#undef AT
#define AT(member) .offset = offsetof(TargetRows, member)

/* No fallbacks: the struct already holds what is inherited. */
static const Directive target_confirm_rows[] = {
        {.key = "fail",
         .type = DIRECTIVE_INT,
         AT(checks.confirm_fail),
         .min = 1,
         .max = CONFIG_CONFIRM_MAX,
         .help = "failing checks in a row that make the target fail"},
        {.key = "pass",
         .type = DIRECTIVE_INT,
         AT(checks.confirm_pass),
         .min = 1,
         .max = CONFIG_CONFIRM_MAX,
         .help = "passing checks in a row that restore it"},
        {.key = "retry_interval",
         .type = DIRECTIVE_DURATION,
         AT(checks.retry_interval),
         .min = TARGET_INTERVAL_MIN,
         .max = CONFIG_INTERVAL_MAX,
         .help = "time between two checks while unsure"},
        {.key = NULL},
};

static const DirectiveChoice families[] = {{"any", IP_ANY}, {"4", IP_4}, {"6", IP_6}, {NULL, 0}};

const Directive target_rows[] = {
        {.key = "id",
         .type = DIRECTIVE_TEXT,
         AT(id),
         .required = true,
         .check = config_check_id,
         .help = "its name in the record and on the command line, never to be changed"},
        {.key = "title", .type = DIRECTIVE_TITLE, AT(title), .help = "its name for people: a text, or { fr, en }"},
        {.key = "paused", .type = DIRECTIVE_BOOL, AT(paused), .fallback = "false", .help = "not looked at"},
        {.key = "interval",
         .type = DIRECTIVE_DURATION,
         AT(checks.interval),
         .min = TARGET_INTERVAL_MIN,
         .max = CONFIG_INTERVAL_MAX,
         .help = "time between two checks"},
        {.key = "timeout",
         .type = DIRECTIVE_DURATION,
         AT(checks.timeout),
         .min = TARGET_INTERVAL_MIN,
         .max = CONFIG_TIMEOUT_MAX,
         .help = "time that one check may take"},
        {.key = "confirm", .type = DIRECTIVE_SECTION, .section = target_confirm_rows, .help = "when to be sure"},
        {.key = "ip",
         .type = DIRECTIVE_CHOICE,
         AT(ip),
         .fallback = "any",
         .choices = families,
         .help = "the internet protocol: any, 4 or 6"},
        {.key = NULL},
};

#undef AT
#define AT(member) .offset = offsetof(HoursRows, member)

const Directive hours_rows[] = {
        {.key = "timezone",
         .type = DIRECTIVE_TEXT,
         AT(timezone),
         .required = true,
         .help = "whose clock they go by: Europe/Paris"},
        {.key = "open",
         .type = DIRECTIVE_TEXTS,
         AT(open),
         .required = true,
         .help = "when it is open: \"Mon-Fri 08:30-17:30\""},
        {.key = NULL},
};

#undef AT
#define AT(member) .offset = offsetof(ChannelRows, member)

static const Directive channel_rows[] = {
        {.key = "id", .type = DIRECTIVE_TEXT, AT(id), .required = true, .check = config_check_id, .help = "its name"},
        {.key = "title", .type = DIRECTIVE_TITLE, AT(title), .help = "its name for people: a text, or { fr, en }"},
        {.key = "steps",
         .type = DIRECTIVE_TEXTS,
         AT(steps),
         .required = true,
         .min = 1,
         .max = PATH_STEPS_MAX,
         .help = "ids of targets, all of which must work"},
        {.key = NULL},
};

#undef AT
#define AT(member) .offset = offsetof(PathRows, member)

const Directive path_rows[] = {
        {.key = "id",
         .type = DIRECTIVE_TEXT,
         AT(id),
         .required = true,
         .check = config_check_id,
         .help = "its name in the record and on the command line, never to be changed"},
        {.key = "title", .type = DIRECTIVE_TITLE, AT(title), .help = "its name for people: a text, or { fr, en }"},
        {.key = "channels",
         .type = DIRECTIVE_SECTIONS,
         AT(channels),
         .required = true,
         .min = 1,
         .max = PATH_CHANNELS_MAX,
         .section = channel_rows,
         .item_size = sizeof(ChannelRows),
         .help = "the ways to do it, of which one must work"},
        {.key = NULL},
};
