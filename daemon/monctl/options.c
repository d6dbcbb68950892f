#include "daemon/monctl/options.h"

#include "daemon/base/text.h"
#include "daemon/monctl/table.h"
#include "daemon/view/view.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef enum OptionType {
        TYPE_FLAG,   /* bool */
        TYPE_TEXT,   /* char * */
        TYPE_TIME,   /* char *, checked */
        TYPE_MOMENT, /* char *, as RFC 3339 */
        TYPE_INT,    /* int64_t from min to max */
        TYPE_TEXTS,  /* List of char * */
} OptionType;

typedef struct Option {
        const char *name;
        char letter; /* '\0': none */
        OptionType type;
        size_t offset;     /* in Options */
        unsigned bit;      /* 0: of every command */
        const char *value; /* how help shows it */
        Phrase help;
        int64_t min, max;
} Option;

#define AT(member) offsetof(Options, member)
static const Option table[] = {
        {"watch", 0, TYPE_FLAG, AT(watch), OPTION_WATCH, NULL, PHRASE_OPTION_WATCH, 0, 0},
        {"plugin", 0, TYPE_FLAG, AT(plugin), OPTION_PLUGIN, NULL, PHRASE_OPTION_PLUGIN, 0, 0},
        {"all", 0, TYPE_FLAG, AT(all), OPTION_ALL, NULL, PHRASE_OPTION_ALL, 0, 0},
        {"since", 0, TYPE_TIME, AT(since), OPTION_SINCE, "T", PHRASE_OPTION_SINCE, 0, 0},
        {"until", 0, TYPE_TIME, AT(until), OPTION_UNTIL, "T", PHRASE_OPTION_UNTIL, 0, 0},
        {"limit", 0, TYPE_INT, AT(limit), OPTION_LIMIT, "N", PHRASE_OPTION_LIMIT, 1, VIEW_LIMIT_MAX},
        {"open", 0, TYPE_FLAG, AT(open), OPTION_OPEN, NULL, PHRASE_OPTION_OPEN, 0, 0},
        {"target", 0, TYPE_TEXT, AT(target), OPTION_TARGET, "ID", PHRASE_OPTION_TARGET, 0, 0},
        {"path", 0, TYPE_TEXT, AT(path), OPTION_PATH, "ID", PHRASE_OPTION_PATH, 0, 0},
        {"follow", 0, TYPE_FLAG, AT(follow), OPTION_FOLLOW, NULL, PHRASE_OPTION_FOLLOW, 0, 0},
        {"status", 0, TYPE_INT, AT(status), OPTION_STATUS, "N", PHRASE_OPTION_STATUS, 100, 999},
        {"header", 0, TYPE_TEXTS, AT(headers), OPTION_HEADER, "'K: V'", PHRASE_OPTION_HEADER, 0, 0},
        {"url", 0, TYPE_TEXT, AT(url), OPTION_URL, "URL", PHRASE_OPTION_URL, 0, 0},
        {"at", 0, TYPE_MOMENT, AT(at), OPTION_AT, "T", PHRASE_OPTION_AT, 0, 0},
        {"format", 0, TYPE_TEXT, AT(format), OPTION_FORMAT, "F", PHRASE_OPTION_FORMAT, 0, 0},
        {"diff", 0, TYPE_FLAG, AT(diff), OPTION_DIFF, NULL, PHRASE_OPTION_DIFF, 0, 0},
        {"note", 0, TYPE_TEXT, AT(note), OPTION_NOTE, "TEXT", PHRASE_OPTION_NOTE, 0, 0},
        {"by", 0, TYPE_TEXT, AT(by), OPTION_BY, "NAME", PHRASE_OPTION_BY, 0, 0},
        {"waited", 0, TYPE_TEXT, AT(waited), OPTION_WAITED, "D", PHRASE_OPTION_WAITED, 0, 0},
        {"expires", 0, TYPE_TEXT, AT(expires), OPTION_EXPIRES, "D", PHRASE_OPTION_EXPIRES, 0, 0},
        {"corrects", 0, TYPE_INT, AT(corrects), OPTION_CORRECTS, "N", PHRASE_OPTION_CORRECTS, 1, INT64_MAX},
        {"failed", 0, TYPE_FLAG, AT(failed), OPTION_FAILED, NULL, PHRASE_OPTION_FAILED, 0, 0},
        {"pending", 0, TYPE_FLAG, AT(pending), OPTION_PENDING, NULL, PHRASE_OPTION_PENDING, 0, 0},
        {"for", 0, TYPE_TEXT, AT(span), OPTION_FOR, "D", PHRASE_OPTION_FOR, 0, 0},
        {"reason", 0, TYPE_TEXT, AT(reason), OPTION_REASON, "TEXT", PHRASE_OPTION_REASON, 0, 0},
        {"json", 0, TYPE_FLAG, AT(json), 0, NULL, PHRASE_OPTION_JSON, 0, 0},
        {"socket", 0, TYPE_TEXT, AT(socket), 0, "PATH", PHRASE_OPTION_SOCKET, 0, 0},
        {"db", 0, TYPE_TEXT, AT(db), 0, "FILE", PHRASE_OPTION_DB, 0, 0},
        {"no-color", 0, TYPE_FLAG, AT(no_color), 0, NULL, PHRASE_OPTION_NO_COLOR, 0, 0},
        {"help", 'h', TYPE_FLAG, AT(help), 0, NULL, PHRASE_OPTION_HELP, 0, 0},
        {"version", 0, TYPE_FLAG, AT(version), 0, NULL, PHRASE_OPTION_VERSION, 0, 0},
};

bool options_time(const Monctl *ctl, const char *text, Nsec *ret_at_real) {
        Nsec span, now = now_at_real(ctl);

        if (text_parse_time(text, ret_at_real) == 0)
                return true;
        if (text_parse_duration(text, &span) != 0)
                return false;
        *ret_at_real = span < now ? now - span : 0;
        return true;
}

#define LOCAL_MINUTE 16 /* bytes of "2026-01-12 14:05" */
#define LOCAL_SECOND 19

bool options_moment(const Monctl *ctl, const char *text, Nsec *ret_at_real) {
        size_t n = strlen(text);
        struct tm tm;
        Nsec as_utc;

        if (options_time(ctl, text, ret_at_real))
                return true;
        if ((n != LOCAL_MINUTE && n != LOCAL_SECOND) || (text[10] != ' ' && text[10] != 'T'))
                return false;
        mon_auto_free char *utc = mon_printf("%.10sT%s%s", text, text + 11, n == LOCAL_MINUTE ? ":00Z" : "Z");
        if (text_parse_time(utc, &as_utc) != 0)
                return false;
        time_t seconds = as_utc / NSEC_PER_SEC;
        if (!gmtime_r(&seconds, &tm))
                return false;
        tm.tm_isdst = -1;
        seconds = mktime(&tm);
        *ret_at_real = (Nsec)seconds * NSEC_PER_SEC;
        return seconds >= 0;
}

/* "unknown …; did you mean …?" */
static int tell_unknown(const Monctl *ctl, Phrase what, const char *word, const char *near) {
        mon_auto_free char *first = phrase_fill(what, ctl->language, word);
        mon_auto_free char *second = near ? phrase_fill(PHRASE_DID_YOU_MEAN, ctl->language, near) : mon_strdup("");
        mon_auto_free char *message = mon_printf("%s%s", first, second);

        (void)tell(ctl, EXIT_USAGE, message);
        if (!near)
                (void)fprintf(stderr, "%s\n", say(ctl, PHRASE_SEE_HELP));
        return EXIT_USAGE;
}

static int unknown_option(const Monctl *ctl, const char *arg) {
        const char *names[mon_count_of(table)];
        size_t n = 0;

        for (size_t i = 0; i < mon_count_of(table); i++)
                if (!ctl->command || table[i].bit == 0 || (ctl->command->options & table[i].bit))
                        names[n++] = table[i].name;
        const char *bare = arg + strspn(arg, "-");
        mon_auto_free char *word = mon_strndup(bare, strcspn(bare, "="));
        const char *near = text_nearest(word, names, n);
        mon_auto_free char *full = near ? mon_printf("--%s", near) : NULL;
        return tell_unknown(ctl, PHRASE_UNKNOWN_OPTION, arg, full);
}

static int set_int(const Monctl *ctl, const Option *option, int64_t *value, const char *text) {
        if (text_parse_int(text, option->min, option->max, value) == 0)
                return EXIT_DONE;
        mon_auto_free char *min = mon_printf("%" PRId64, option->min), *max = mon_printf("%" PRId64, option->max);
        return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_NUMBER, option->name, min, max);
}

static int set_moment(const Monctl *ctl, const Option *option, char **member, const char *value) {
        char text[TEXT_TIME_MAX];
        Nsec at;

        if (!options_moment(ctl, value, &at))
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_MOMENT, option->name);
        text_time(at, text);
        *member = mon_strdup(text);
        return EXIT_DONE;
}

static int set(Monctl *ctl, const Option *option, const char *value) {
        void *member = (char *)&ctl->options + option->offset;
        Nsec at;

        switch (option->type) {
        case TYPE_FLAG:
                *(bool *)member = true;
                return EXIT_DONE;
        case TYPE_INT:
                if (*(int64_t *)member)
                        break;
                return set_int(ctl, option, member, value);
        case TYPE_TEXTS:
                list_add(member, mon_strdup(value));
                return EXIT_DONE;
        case TYPE_MOMENT:
                if (*(char **)member)
                        break;
                return set_moment(ctl, option, member, value);
        case TYPE_TIME:
                if (!options_time(ctl, value, &at))
                        return tell_phrase(ctl, EXIT_USAGE, PHRASE_BAD_TIME, option->name);
                __attribute__((fallthrough));
        case TYPE_TEXT:
                if (*(char **)member)
                        break;
                *(char **)member = mon_strdup(value);
                return EXIT_DONE;
        }
        return tell_phrase(ctl, EXIT_USAGE, PHRASE_OPTION_TWICE, option->name);
}

static const Option *find(const char *arg) {
        size_t n = strcspn(arg, "=");

        for (size_t i = 0; i < mon_count_of(table); i++) {
                if (arg[0] == '-' && arg[1] == table[i].letter && arg[2] == '\0' && table[i].letter)
                        return &table[i];
                if (n >= 3 && text_starts(arg, "--") && strlen(table[i].name) == n - 2 &&
                    strncmp(arg + 2, table[i].name, n - 2) == 0)
                        return &table[i];
        }
        return NULL;
}

/* One option and its value, which may be the next argument. */
static int read_option(Monctl *ctl, int argc, char **argv, int *at, unsigned *used) {
        const char *arg = argv[*at], *equals = strchr(arg, '=');
        const Option *option = find(arg);
        const char *value = equals ? equals + 1 : NULL;

        if (!option)
                return unknown_option(ctl, arg);
        *used |= option->bit;
        if (option->type == TYPE_FLAG)
                return value ? tell_phrase(ctl, EXIT_USAGE, PHRASE_OPTION_NO_VALUE, option->name)
                             : set(ctl, option, NULL);
        if (!value && *at + 1 < argc)
                value = argv[++*at];
        if (!value)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_OPTION_VALUE, option->name);
        return set(ctl, option, value);
}

static int read_command(Monctl *ctl, const char *arg) {
        const char *names[32];
        size_t n = 0;

        for (const Command *command = monctl_commands; command->name; command++) {
                if (text_is(arg, command->name)) {
                        ctl->command = command;
                        return EXIT_DONE;
                }
                if (n < mon_count_of(names))
                        names[n++] = command->name;
        }
        return tell_unknown(ctl, PHRASE_UNKNOWN_COMMAND, arg, text_nearest(arg, names, n));
}

static int check(const Monctl *ctl, unsigned used) {
        const Command *command = ctl->command;

        if (!command)
                return EXIT_DONE;
        for (size_t i = 0; i < mon_count_of(table); i++)
                if (table[i].bit & used & ~command->options)
                        return tell_phrase(ctl, EXIT_USAGE, PHRASE_OPTION_NOT_HERE, command->name, table[i].name);
        if (ctl->options.help)
                return EXIT_DONE;
        if (ctl->args.n < command->least)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_TOO_FEW, command->name, command->synopsis);
        if (ctl->args.n > command->most)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_TOO_MANY, command->name, ctl->args.items[command->most]);
        if (command->needs_daemon && ctl->options.db)
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_NEEDS_DAEMON, command->name);
        return EXIT_DONE;
}

int options_read(Monctl *ctl, int argc, char **argv) {
        unsigned used = 0;
        bool ended = false;

        for (int i = 1; i < argc; i++) {
                const char *arg = argv[i];
                int r = EXIT_DONE;
                if (!ended && text_is(arg, "--"))
                        ended = true;
                else if (!ended && arg[0] == '-' && arg[1] != '\0')
                        r = read_option(ctl, argc, argv, &i, &used);
                else if (!ctl->command)
                        r = read_command(ctl, arg);
                else
                        list_add(&ctl->args, mon_strdup(arg));
                if (r != EXIT_DONE)
                        return r;
        }
        return check(ctl, used);
}

void options_fini(Options *options) {
        for (size_t i = 0; i < mon_count_of(table); i++)
                if (table[i].type == TYPE_TEXT || table[i].type == TYPE_TIME || table[i].type == TYPE_MOMENT)
                        free(*(char **)((char *)options + table[i].offset));
        list_each (char, header, &options->headers)
                free(header);
        list_fini(&options->headers);
}

/* "  --since T        from this time, …" with the second column aligned. */
static void help_row(const char *left, const char *right, size_t width) {
        (void)printf("  %s%*s  %s\n", left, (int)(width > table_width(left) ? width - table_width(left) : 0), "",
                     right);
}

static void help_options(const Monctl *ctl) {
        (void)printf("\n%s\n", say(ctl, PHRASE_OPTIONS));
        for (size_t i = 0; i < mon_count_of(table); i++) {
                const Option *option = &table[i];
                if (option->bit && (!ctl->command || !(ctl->command->options & option->bit)))
                        continue;
                mon_auto_free char *left = mon_printf("%s--%s%s%s", option->letter ? "-h, " : "", option->name,
                                                      option->value ? " " : "", option->value ? option->value : "");
                help_row(left, say(ctl, option->help), 17);
        }
}

void options_help(const Monctl *ctl) {
        if (ctl->command) {
                const Command *command = ctl->command;
                mon_auto_free char *usage = phrase_fill(PHRASE_USAGE_OF, ctl->language, command->name,
                                                        *command->synopsis ? " " : "", command->synopsis);
                (void)printf("%s\n\n%s\n", usage, say(ctl, command->help));
                help_options(ctl);
                return;
        }
        (void)printf("%s\n\n%s\n", say(ctl, PHRASE_USAGE), say(ctl, PHRASE_COMMANDS));
        for (const Command *command = monctl_commands; command->name; command++) {
                mon_auto_free char *left =
                        mon_printf("%s%s%s", command->name, *command->synopsis ? " " : "", command->synopsis);
                help_row(left, say(ctl, command->help), 20);
        }
        help_options(ctl);
        (void)printf("\n%s\n", say(ctl, PHRASE_EXITS));
}
