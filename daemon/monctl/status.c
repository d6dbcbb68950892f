#include "daemon/monctl/status.h"

#include "daemon/base/loop.h"
#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/text/message.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define STATUS_FRAME_LINES 4 /* above and below the table */
#define STATUS_WATCH_EVERY (2 * NSEC_PER_SEC)

static PathState state_of(const json_t *path) {
        PathState state = PATH_UNKNOWN;

        (void)path_state_from_name(json_get_text(path, "state", ""), &state);
        return state;
}

static int exit_of_paths(const json_t *paths) {
        PathState worst = PATH_OPEN;
        size_t i;
        json_t *path;

        json_array_foreach (paths, i, path)
                if (path_state_badness(state_of(path)) > path_state_badness(worst))
                        worst = state_of(path);
        return path_state_exit_status(worst);
}

int status_exit(const json_t *document) {
        const json_t *paths = json_object_get(document, "paths"), *targets = json_object_get(document, "targets");
        Verdict worst = VERDICT_UP;
        size_t i;
        json_t *target;

        if (json_array_size(paths) > 0)
                return exit_of_paths(paths);
        if (json_array_size(targets) == 0)
                return EXIT_NOT_KNOWN;
        json_array_foreach (targets, i, target) {
                Verdict state = VERDICT_UNKNOWN;
                (void)verdict_from_name(json_get_text(target, "state", ""), &state);
                if (verdict_badness(state) > verdict_badness(worst))
                        worst = state;
        }
        return verdict_exit_status(worst);
}

/* --- for people ------------------------------------------------------------------------------------------------- */

/* What people reported of it: the last word, and whether others in force say otherwise. */
static void add_reports(const Monctl *ctl, Table *table, const json_t *target) {
        const json_t *reports = json_object_get(target, "reports"), *last = json_object_get(target, "last_check");
        const char *detail = json_get_text(last, "detail", NULL);
        int64_t others = json_get_int(reports, "disagree", 0);

        if (json_get_int(reports, "in_force", 0) == 0)
                return;
        mon_auto_free char *in_force = show_int(json_object_get(reports, "in_force"));
        mon_auto_free char *disagree = mon_printf("%" PRId64, others);
        mon_auto_free char *text = phrase_fill(others > 0 ? PHRASE_REPORTS_DISAGREE : PHRASE_REPORTS_AGREE,
                                               ctl->language, in_force, disagree);
        mon_auto_free char *line = mon_printf("%s%s%s", detail ? detail : "", detail ? " · " : "", text);
        table_note(table, "    ", line);
}

static void add_target(const Monctl *ctl, Table *table, const json_t *target) {
        const json_t *last = json_object_get(target, "last_check");
        const json_t *banner = json_object_get(last, "banner");
        const char *state = json_get_text(target, "state", "unknown");
        bool paused = json_get_bool(target, "paused", false);
        /* An open run may say another thing than the state: its cause belongs to the last check, so it is shown with
         * that check's own verdict when they differ. */
        const char *verdict = json_get_text(last, "verdict", NULL);
        const char *cause = json_get_text(last, "cause", NULL);

        table_row(table);
        table_take(table, show_state(ctl, state), show_color(state));
        table_cell(table, json_get_text(target, "id", "?"), COLOR_NONE);
        table_take(table, local_time(ctl, json_get_text(target, "since", NULL)), COLOR_NONE);
        table_take(table, local_time(ctl, json_get_text(last, "at", NULL)), COLOR_DIM);
        if (paused)
                table_cell(table, say(ctl, PHRASE_PAUSED), COLOR_DIM);
        else if (text_is(json_get_text(target, "cause", NULL), cause_name(CAUSE_OUTSIDE_HOURS)))
                table_cell(table, message_cause(CAUSE_OUTSIDE_HOURS, ctl->language), COLOR_DIM);
        else if (!verdict)
                table_cell(table, message_cause(CAUSE_NOT_YET, ctl->language), COLOR_DIM);
        else if (text_is(verdict, state) || text_is(verdict, "up"))
                table_cell(table, cause_words(ctl, cause), COLOR_NONE);
        else
                table_take(table, mon_printf("(%s) %s", message_state(verdict, ctl->language), cause_words(ctl, cause)),
                           show_color(verdict));
        const char *text = json_get_text(banner, "text", NULL);
        if (text) {
                mon_auto_free char *quoted = show_quoted(ctl, text);
                table_note(table, "    ", quoted);
        }
        const json_t *notice = json_object_get(target, "notice");
        if (json_is_object(notice)) {
                mon_auto_free char *announced = show_notice(ctl, notice);
                table_note(table, "    ", announced);
        }
        if (json_is_object(json_object_get(target, "reports")))
                add_reports(ctl, table, target);
}

/* A row of its own below its path's. */
static void add_channel(const Monctl *ctl, Table *table, const json_t *channel) {
        const char *title = title_of(ctl, channel), *id = json_get_text(channel, "id", "?");
        const char *state = json_get_text(channel, "state", "unknown");
        char *text = text_is(title, id) ? mon_strdup("") : mon_printf("%s: ", title);
        size_t i;
        json_t *step;

        json_array_foreach (json_object_get(channel, "steps"), i, step) {
                char *more = mon_printf("%s%s%s", text, i ? ", " : "", json_string_value(step));
                free(text);
                text = more;
        }
        table_row(table);
        table_take(table, show_state(ctl, state), show_color(state));
        table_take(table, mon_printf("↳ %s", id), COLOR_NONE);
        table_cell(table, "", COLOR_NONE);
        table_take(table, text, COLOR_DIM);
}

static void print_paths(const Monctl *ctl, const json_t *document, const char *line_end, FILE *out) {
        const Column columns[] = {{say(ctl, PHRASE_STATE), 0, false},
                                  {say(ctl, PHRASE_PATH), 12, false},
                                  {say(ctl, PHRASE_SINCE), 0, false},
                                  {"", 12, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i, j;
        json_t *path, *channel;

        json_array_foreach (json_object_get(document, "paths"), i, path) {
                const char *state = json_get_text(path, "state", "unknown"), *id = json_get_text(path, "id", "?");
                mon_auto_free char *words = show_state(ctl, state);
                bool proven = json_get_bool(path, "proven", false);
                table_row(table);
                table_take(table, proven ? mon_printf("%s, %s", words, say(ctl, PHRASE_PROVEN)) : mon_strdup(words),
                           show_color(state));
                table_cell(table, id, COLOR_BOLD);
                table_take(table, local_time(ctl, json_get_text(path, "since", NULL)), COLOR_NONE);
                table_cell(table, text_is(title_of(ctl, path), id) ? "" : title_of(ctl, path), COLOR_NONE);
                json_array_foreach (json_object_get(path, "channels"), j, channel)
                        add_channel(ctl, table, channel);
        }
        table_print(table, ctl->width, ctl->color, line_end, out);
        if (table_rows(table) > 0)
                (void)fprintf(out, "%s\n", line_end);
}

/* Said of the one target that was asked about. */
static void print_absent(const Monctl *ctl, const json_t *document, const char *line_end, FILE *out) {
        const json_t *targets = json_object_get(document, "targets");
        const json_t *page = json_object_get(json_array_get(targets, 0), "absent_page");

        if (json_array_size(targets) != 1 || !json_is_object(page))
                return;
        mon_auto_free char *at = local_time(ctl, json_get_text(page, "at", NULL));
        mon_auto_free char *status = mon_printf("%" PRId64, json_get_int(page, "http_status", 0));
        Phrase phrase = json_get_bool(page, "answers", false) ? PHRASE_ABSENT_ANSWERS : PHRASE_ABSENT_SAYS;
        mon_auto_free char *text = phrase_fill(phrase, ctl->language, at, status);
        (void)fprintf(out, "%s\n%s%s\n", line_end, text, line_end);
}

void status_print(const Monctl *ctl, const json_t *document, const char *line_end, FILE *out) {
        const Column columns[] = {{say(ctl, PHRASE_STATE), 0, false},
                                  {say(ctl, PHRASE_TARGET), 20, false},
                                  {say(ctl, PHRASE_SINCE), 0, false},
                                  {say(ctl, PHRASE_SEEN), 0, false},
                                  {say(ctl, PHRASE_WHY), 10, false}};
        mon_cleanup(table_free_p) Table *table = table_new(columns, mon_count_of(columns));
        size_t i, n_open = json_array_size(json_object_get(document, "incidents"));
        json_t *target;

        print_paths(ctl, document, line_end, out);
        json_array_foreach (json_object_get(document, "targets"), i, target)
                add_target(ctl, table, target);
        if (table_rows(table) == 0)
                (void)fprintf(out, "%s%s\n", say(ctl, PHRASE_NO_TARGETS), line_end);
        table_print(table, ctl->width, ctl->color, line_end, out);
        print_absent(ctl, document, line_end, out);
        if (n_open > 0) {
                mon_auto_free char *number = mon_printf("%zu", n_open);
                mon_auto_free char *text = phrase_fill(PHRASE_OPEN_INCIDENTS, ctl->language, number);
                (void)fprintf(out, "%s\n%s%s\n", line_end, text, line_end);
        }
}

/* --- for Nagios ------------------------------------------------------------------------------------------------- */

/* When the state began; NSEC_UNKNOWN. */
static Nsec since_of(const json_t *subject) {
        Nsec since;

        return text_parse_time(json_get_text(subject, "since", ""), &since) == 0 ? since : NSEC_UNKNOWN;
}

/* Short, where there are paths: what one asks is whether one can get through. */
static char *summary(const Monctl *ctl, const json_t *document) {
        const json_t *targets = json_object_get(document, "targets"), *paths = json_object_get(document, "paths");
        size_t n = json_array_size(targets), n_paths = json_array_size(paths), i;
        mon_auto_free MessageTarget *list = mon_new_array(MessageTarget, n);
        mon_auto_free MessagePath *path_list = mon_new_array(MessagePath, n_paths);
        json_t *target, *path;

        json_array_foreach (paths, i, path) {
                path_list[i] = (MessagePath){json_get_text(path, "id", "?"), state_of(path),
                                             json_get_bool(path, "proven", false), since_of(path)};
        }
        if (n_paths > 0)
                return message_paths(path_list, n_paths, now_at_real(ctl), ctl->language);
        json_array_foreach (targets, i, target) {
                list[i] = (MessageTarget){json_get_text(target, "id", "?"), VERDICT_UNKNOWN, since_of(target)};
                (void)verdict_from_name(json_get_text(target, "state", ""), &list[i].state);
        }
        return message_status(NULL, 0, list, n, now_at_real(ctl), NULL, ctl->language);
}

static void print_target_counts(const json_t *targets) {
        size_t counts[VERDICT_MAX + 1] = {0}, i;
        json_t *target;

        json_array_foreach (targets, i, target) {
                Verdict state = VERDICT_UNKNOWN;
                (void)verdict_from_name(json_get_text(target, "state", ""), &state);
                counts[state]++;
        }
        for (Verdict v = VERDICT_UP; v <= VERDICT_MAX; v++)
                (void)printf(" %s=%zu;;;0;%zu", verdict_name(v), counts[v], json_array_size(targets));
}

/* `unknown` is a target's state too, so a path's have their own word before them. */
static void print_path_counts(const json_t *paths) {
        size_t counts[PATH_STATE_MAX + 1] = {0}, i;
        json_t *path;

        json_array_foreach (paths, i, path)
                counts[state_of(path)]++;
        for (PathState state = PATH_OPEN; state <= PATH_STATE_MAX; state++)
                (void)printf(" path_%s=%zu;;;0;%zu", path_state_name(state), counts[state], json_array_size(paths));
}

/* Perfdata by the plugins' guidelines: 'label'=value[unit]. */
static void print_perfdata(const json_t *document, bool named) {
        const json_t *targets = json_object_get(document, "targets"), *paths = json_object_get(document, "paths");

        if (named && json_array_size(paths) == 0) {
                const json_t *last = json_object_get(json_array_get(targets, 0), "last_check");
                const json_t *msec = json_object_get(last, "duration_ms");
                if (json_is_number(msec))
                        (void)printf(" | time=%.3fs;;;0", json_number_value(msec) / 1000.0);
                return;
        }
        (void)printf(" |");
        if (json_array_size(paths) > 0)
                print_path_counts(paths);
        print_target_counts(targets);
}

static void print_plugin(const Monctl *ctl, const json_t *document, int status, bool named) {
        static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
        mon_auto_free char *text = summary(ctl, document);

        for (char *bar = text; (bar = strchr(bar, '|')) != NULL;)
                *bar = '/'; /* it begins the perfdata */
        (void)printf("MOND %s - %s", words[status], text);
        print_perfdata(document, named);
        (void)printf("\n");
}

/* --- watching --------------------------------------------------------------------------------------------------- */

typedef struct Watching {
        Monctl *ctl;
        Loop *loop;
        Timer timer;
        const char *subject;
        char *last; /* what was printed, where it is no terminal */
        bool drawn;
        int status;
} Watching;

static char *draw(const Monctl *ctl, const json_t *document, const char *line_end) {
        char *text = NULL;
        size_t n = 0;
        FILE *out = open_memstream(&text, &n);

        if (!out)
                abort();
        status_print(ctl, document, line_end, out);
        if (fclose(out) != 0)
                abort();
        return text;
}

/* What does not fit on the screen would scroll it away at each drawing. */
static void cut_lines(char *text, size_t most) {
        char *at = text;

        for (size_t n = 0; n < most && at; n++) {
                at = strchr(at, '\n');
                at = at ? at + 1 : NULL;
        }
        if (at)
                *at = '\0';
}

static void print_screen(const Watching *watching, char *text) {
        const Monctl *ctl = watching->ctl;
        const Nsec now = now_at_real(ctl);
        mon_auto_free char *time = message_time(now, now, ctl->language);
        mon_auto_free char *as_of = phrase_fill(PHRASE_AS_OF, ctl->language, time);

        if (ctl->height > STATUS_FRAME_LINES)
                cut_lines(text, ctl->height - STATUS_FRAME_LINES);
        (void)printf("%s%s\x1b[K\n\x1b[K\n%s\x1b[K\n%s\x1b[J", watching->drawn ? "\x1b[H" : "\x1b[2J\x1b[H", as_of,
                     text, say(ctl, PHRASE_WATCHING));
}

static void on_watch(void *userdata) {
        Watching *watching = userdata;
        Monctl *ctl = watching->ctl;
        mon_auto_json *document = NULL;

        int r = ask_document(ctl, ASK_STATUS, watching->subject, &document);
        if (r != EXIT_DONE && !watching->drawn) {
                loop_stop(watching->loop, r);
                return;
        }
        loop_arm_after(watching->loop, &watching->timer, STATUS_WATCH_EVERY);
        if (r != EXIT_DONE) /* said on stderr; a daemon that restarts comes back */
                return;
        terminal_look(ctl); /* it may have another size by now */
        mon_auto_free char *text = draw(ctl, document, ctl->is_terminal ? "\x1b[K" : "");
        if (ctl->is_terminal) {
                print_screen(watching, text);
        } else if (!text_is(text, watching->last)) {
                (void)printf("%s%s", watching->drawn ? "\n" : "", text);
                mon_replace(&watching->last, text);
        }
        watching->drawn = true;
        r = flush_output(ctl);
        if (r != EXIT_DONE)
                loop_stop(watching->loop, r);
}

static void on_signal(int signo, void *userdata) {
        Watching *watching = userdata;

        (void)signo;
        if (watching->ctl->is_terminal)
                (void)printf("\n");
        loop_stop(watching->loop, EXIT_DONE);
}

static int watch(Monctl *ctl, const char *subject) {
        mon_cleanup(loop_free_p) Loop *loop = NULL;
        mon_cleanup(loop_signal_free_p) LoopSignal *interrupt = NULL, *terminate = NULL;
        Watching watching = {.ctl = ctl, .subject = subject};

        int r = loop_new(ctl->clock, &loop);
        if (r == 0)
                r = loop_signal_new(loop, SIGINT, on_signal, &watching, &interrupt);
        if (r == 0)
                r = loop_signal_new(loop, SIGTERM, on_signal, &watching, &terminate);
        if (r < 0)
                return tell(ctl, EXIT_UNREACHABLE, mon_strerror(r));
        watching.loop = loop;
        watching.timer = (Timer){.fn = on_watch, .userdata = &watching};
        loop_arm_after(loop, &watching.timer, 0);
        r = loop_run(loop);
        loop_disarm(loop, &watching.timer);
        free(watching.last);
        return r < 0 ? tell(ctl, EXIT_UNREACHABLE, mon_strerror(r)) : r;
}

int cmd_status(Monctl *ctl) {
        const char *subject = ctl->args.n > 0 ? ctl->args.items[0] : NULL;
        mon_auto_json *document = NULL;

        if (ctl->options.watch && (ctl->options.json || ctl->options.plugin))
                return tell_phrase(ctl, EXIT_USAGE, PHRASE_OPTION_NOT_HERE, "status --watch",
                                   ctl->options.json ? "json" : "plugin");
        if (ctl->options.watch)
                return watch(ctl, subject);
        int r = ask_document(ctl, ASK_STATUS, subject, &document);
        if (r != EXIT_DONE)
                return r;
        int status = status_exit(document);
        if (ctl->options.plugin)
                print_plugin(ctl, document, status, subject != NULL);
        else if (ctl->options.json) {
                r = print_document(ctl, document);
                return r == EXIT_DONE ? status : r;
        } else
                status_print(ctl, document, "", stdout);
        r = flush_output(ctl);
        return r == EXIT_DONE ? status : r;
}
