#include "daemon/monctl/monctl.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/monctl/options.h"
#include "daemon/text/message.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MONCTL_WIDTH_LEAST 40

#define LIST (OPTION_SINCE | OPTION_UNTIL | OPTION_LIMIT)
const Command monctl_commands[] = {
        {"status", "[ID]", 0, 1, OPTION_WATCH | OPTION_PLUGIN, false, PHRASE_HELP_STATUS, cmd_status},
        {"check", "ID…", 0, MONCTL_ARGS_MAX, OPTION_ALL, true, PHRASE_HELP_CHECK, cmd_check},
        {"history", "ID", 1, 1, LIST, false, PHRASE_HELP_HISTORY, cmd_history},
        {"uptime", "[ID]…", 0, MONCTL_ARGS_MAX, OPTION_SINCE | OPTION_UNTIL, false, PHRASE_HELP_UPTIME, cmd_uptime},
        {"incidents", "", 0, 0, LIST | OPTION_OPEN | OPTION_TARGET | OPTION_PATH, false, PHRASE_HELP_INCIDENTS,
         cmd_incidents},
        {"incident", "N", 1, 1, 0, false, PHRASE_HELP_INCIDENT, cmd_incident},
        {"banners", "[ID]", 0, 1, LIST, false, PHRASE_HELP_BANNERS, cmd_banners},
        {"notices", "[ID]", 0, 1, LIST, false, PHRASE_HELP_NOTICES, cmd_notices},
        {"content", "[ID]", 0, 1, LIST | OPTION_DIFF, false, PHRASE_HELP_CONTENT, cmd_content},
        {"reports", "[ID]", 0, 1, LIST, false, PHRASE_HELP_REPORTS, cmd_reports},
        {"events", "", 0, 0, LIST | OPTION_TARGET | OPTION_PATH | OPTION_FOLLOW, false, PHRASE_HELP_EVENTS, cmd_events},
        {"classify", "FILE|-", 1, 1, OPTION_STATUS | OPTION_HEADER | OPTION_URL | OPTION_AT, false,
         PHRASE_HELP_CLASSIFY, cmd_classify},
        {"export", "", 0, 0, OPTION_FORMAT | OPTION_SINCE | OPTION_UNTIL | OPTION_TARGET, false, PHRASE_HELP_EXPORT,
         cmd_export},
        {"report", "ID STATE", 2, 2,
         OPTION_NOTE | OPTION_AT | OPTION_BY | OPTION_WAITED | OPTION_EXPIRES | OPTION_CORRECTS, true,
         PHRASE_HELP_REPORT, cmd_report},
        {"deliveries", "[retry N]", 0, 2, LIST | OPTION_FAILED | OPTION_PENDING, false, PHRASE_HELP_DELIVERIES,
         cmd_deliveries},
        {"notify", "test|enable ID", 2, 2, 0, true, PHRASE_HELP_NOTIFY, cmd_notify},
        {"silence", "ID|all", 1, 1, OPTION_FOR | OPTION_REASON, true, PHRASE_HELP_SILENCE, cmd_silence},
        {"silences", "", 0, 0, 0, false, PHRASE_HELP_SILENCES, cmd_silences},
        {"unsilence", "N", 1, 1, 0, true, PHRASE_HELP_UNSILENCE, cmd_unsilence},
        {"pause", "ID", 1, 1, 0, true, PHRASE_HELP_PAUSE, cmd_pause},
        {"resume", "ID", 1, 1, 0, true, PHRASE_HELP_RESUME, cmd_resume},
        {"reload", "", 0, 0, 0, true, PHRASE_HELP_RELOAD, cmd_reload},
        {"health", "", 0, 0, 0, true, PHRASE_HELP_HEALTH, cmd_health},
        {"version", "", 0, 0, 0, true, PHRASE_HELP_VERSION, cmd_version},
        {0},
};

int tell(const Monctl *ctl, int status, const char *message) {
        mon_auto_free char *clean = text_clean_copy(message, MONCTL_MESSAGE_MAX);

        (void)fprintf(stderr, "monctl: %s\n", clean);
        /* A monitoring system reads the first line of stdout. */
        if (ctl->options.plugin)
                (void)printf("MOND UNKNOWN - %s\n", clean);
        return status;
}

int flush_output(const Monctl *ctl) {
        if (fflush(stdout) == 0 && !ferror(stdout))
                return EXIT_DONE;
        return tell_phrase(ctl, EXIT_DATA, PHRASE_CANNOT_WRITE, mon_strerror(mon_errno()));
}

int print_document(const Monctl *ctl, const json_t *document) {
        mon_auto_free char *text = json_print(document);

        (void)printf("%s\n", text);
        return flush_output(ctl);
}

Nsec now_at_real(const Monctl *ctl) {
        return clock_at_real(ctl->clock);
}

char *local_time(const Monctl *ctl, const char *rfc3339) {
        Nsec at;

        if (!rfc3339 || text_parse_time(rfc3339, &at) != 0)
                return mon_strdup("-");
        return message_time(at, now_at_real(ctl), ctl->language);
}

char *local_moment(const Monctl *ctl, const char *rfc3339) {
        Nsec at;

        if (!rfc3339 || text_parse_time(rfc3339, &at) != 0)
                return mon_strdup("-");
        return message_moment(at, now_at_real(ctl), ctl->language);
}

const char *title_of(const Monctl *ctl, const json_t *document) {
        const char *key = ctl->language == LANGUAGE_FR ? "fr" : "en";
        return json_get_text(json_object_get(document, "title"), key, json_get_text(document, "id", "?"));
}

const char *cause_words(const Monctl *ctl, const char *name) {
        Cause cause;
        return cause_from_name(name, &cause) ? message_cause(cause, ctl->language) : name;
}

void terminal_look(Monctl *ctl) {
        struct winsize size;
        const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

        ctl->is_terminal = isatty(STDOUT_FILENO) == 1;
        ctl->progress = isatty(STDERR_FILENO) == 1;
        ctl->color = ctl->is_terminal && !ctl->options.no_color && !(no_color && *no_color) && !text_is(term, "dumb");
        ctl->width = MONCTL_WIDTH;
        ctl->height = 0;
        if (!ctl->is_terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
                return;
        ctl->height = size.ws_row;
        if (size.ws_col >= MONCTL_WIDTH_LEAST)
                ctl->width = size.ws_col;
}
