#include "tests/scenario/life.h"

#include "daemon/base/log.h"
#include "daemon/base/text.h"

#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#define LIFE_BOOTED (1000 * NSEC_PER_SEC)
#define LIFE_TURNS_MAX 5000000 /* jumps of the clock in one pass: more is a loop that never rests */

/* --- the daemon ------------------------------------------------------------------------------------------------ */

static void trace_log(void *userdata, LogLevel level, const char *message, const LogField *fields, size_t n_fields) {
        Life *life = userdata;
        char at[TEXT_TIME_MAX];

        (void)fields;
        (void)n_fields;
        /* The folder's name is the one thing that no seed decides. */
        if (!life->trace || strstr(message, life->folder))
                return;
        text_time(clock_at_real(life->clock), at);
        (void)fprintf(life->trace, "%s %d %s\n", at, (int)level, message);
}

static int start(Life *life, Error *error) {
        const MondOptions options = {
                .config_path = life->config_path,
                .state_folder = life->folder,
                .socket_path = life->socket_path,
                .name_servers = name_server_place(life->names),
                .crash_after_commits = life->crashes == 0 ? life->crash_at : 0,
        };

        if (life->mond) {
                error_set(error, "mond runs already");
                return -EALREADY;
        }
        MondExit exit = mond_new(life->loop, &options, &life->mond, error);
        if (exit != MOND_EXIT_OK)
                return -EINVAL;
        mond_begin(life->mond);
        return 0;
}

static void stop(Life *life) {
        mond_free(mon_steal(&life->mond));
}

/* After a crash the service manager starts it again at once. */
static int survive(Life *life) {
        mon_auto_error Error error = {0};

        if (!life->mond || !mond_has_crashed(life->mond))
                return 0;
        stop(life);
        life->crashes++;
        int r = start(life, &error);
        if (r != 0)
                (void)fprintf(stderr, "after the crash: %s\n", error_text(&error));
        return r;
}

static int settle(Life *life) {
        int r = loop_settle(life->loop);

        if (r == 0)
                r = survive(life);
        return r == 0 ? loop_settle(life->loop) : r;
}

int life_pass(Life *life, Nsec span) {
        Nsec end = clock_at_boot(life->clock) + span;

        life->passed += span;
        for (int turn = 0; turn < LIFE_TURNS_MAX; turn++) {
                int r = settle(life);
                if (r != 0)
                        return r;
                Nsec now = clock_at_boot(life->clock), due = loop_next_due(life->loop);
                if (now >= end)
                        return 0;
                clock_advance(life->clock, (due > end ? end : due > now ? due : now) - now);
        }
        return -ELOOP;
}

/* --- servers and pages ----------------------------------------------------------------------------------------- */

static int take_span(const char *text, Nsec *ret_span, Error *error) {
        bool back = text && text[0] == '-';

        if (!text || text_parse_duration(text + back, ret_span) != 0) {
                error_set(error, "'%s' is no span of time", text ? text : "");
                return -EINVAL;
        }
        if (back)
                *ret_span = -*ret_span;
        return 0;
}

static char *header_line(const char *name, const char *value) {
        return value ? mon_printf("%s: %s\r\n", name, value) : mon_strdup("");
}

static int serve(Life *life, Server *server, const Line *line, Error *error) {
        const char *mode = line_value(line, "mode"), *status = line_value(line, "status");
        const char *page = line_value(line, "page"), *text = line_value(line, "text");
        const char *delay = line_value(line, "delay");
        mon_auto_free char *location = header_line("Location", line_value(line, "location"));
        mon_auto_free char *retry = header_line("Retry-After", line_value(line, "retry-after"));
        mon_auto_free char *cookie = header_line("Set-Cookie", line_value(line, "set-cookie"));
        mon_auto_free char *headers = mon_printf("%s%s%s", location, retry, cookie);
        ServerAnswer answer = {.content_type = line_value(line, "type"),
                               .headers = headers,
                               .body = text,
                               .needs_cookie = line_value(line, "needs-cookie")};
        int64_t number = 0;

        if (mode && !server_mode_from_name(mode, &answer.mode)) {
                error_set(error, "no such mode: %s", mode);
                return -EINVAL;
        }
        if (status && text_parse_int(status, 100, 999, &number) != 0)
                return -EINVAL;
        answer.status = (int)number;
        if (page && !(answer.body = map_get(&life->pages, page))) {
                error_set(error, "no such page: %s", page);
                return -EINVAL;
        }
        if (delay) {
                int r = take_span(delay, &answer.delay, error);
                if (r != 0)
                        return r;
        }
        server_set(server, line->words[1], &answer);
        return 0;
}

static int set_name(Life *life, const Line *line, Error *error) {
        static const struct {
                const char *word;
                NameAnswer answer;
        } answers[] = {
                {"nxdomain", NAME_NXDOMAIN}, {"servfail", NAME_SERVFAIL}, {"refused", NAME_REFUSED},
                {"silent", NAME_SILENT},     {"garbage", NAME_GARBAGE},   {"loop", NAME_LOOP},
        };

        if (line->n < 3) {
                error_set(error, "name HOST ANSWER");
                return -EINVAL;
        }
        for (size_t i = 0; i < mon_count_of(answers); i++)
                if (text_is(line->words[2], answers[i].word)) {
                        name_server_set(life->names, line->words[1], answers[i].answer, NULL);
                        return 0;
                }
        name_server_set(life->names, line->words[1], NAME_ADDRESSES, line->words[2]);
        return 0;
}

static char *replace_all(const char *text, const char *what, int port) {
        Buf out = BUF_INIT(1U << 20);
        const char *at = text, *hit;

        while ((hit = strstr(at, what))) {
                if (buf_append(&out, at, (size_t)(hit - at)) != 0 || buf_printf(&out, "%d", port) != 0)
                        break;
                at = hit + strlen(what);
        }
        if (buf_append_text(&out, at) != 0)
                abort();
        return buf_steal(&out);
}

static int write_config(Life *life, const char *block) {
        mon_auto_free char *web = replace_all(block, "{web}", server_port(life->web));
        mon_auto_free char *places = replace_all(web, "{reference}", server_port(life->reference));
        int64_t names = 0;
        (void)!text_parse_int(strchr(name_server_place(life->names), ':') + 1, 1, UINT16_MAX, &names);
        mon_auto_free char *text = replace_all(places, "{names}", (int)names);
        FILE *file = fopen(life->config_path, "we");

        if (!file)
                return mon_errno();
        (void)fputs(text, file);
        return fclose(file) == 0 ? 0 : mon_errno();
}

static void set_page(Life *life, const Line *line) {
        free(map_get(&life->pages, line->words[1]));
        map_set(&life->pages, line->words[1], mon_strdup(line->block));
}

/* --- the database, held by somebody else ----------------------------------------------------------------------- */

static int lock(Life *life) {
        if (sqlite3_open(life->database_path, &life->locked) != SQLITE_OK)
                return -EIO;
        return sqlite3_exec(life->locked, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK ? 0 : -EBUSY;
}

static void unlock(Life *life) {
        sqlite3_close(mon_steal(&life->locked));
}

/* --- commands -------------------------------------------------------------------------------------------------- */

static int do_clock(Life *life, const Line *line, Error *error) {
        Nsec span;
        int r = take_span(line->n > 1 ? line->words[1] : NULL, &span, error);

        if (r != 0)
                return r;
        if (text_is(line->words[0], "pass"))
                return life_pass(life, span);
        if (text_is(line->words[0], "suspend")) {
                clock_suspend(life->clock, span);
                life->passed += span;
        } else
                clock_step_real(life->clock, span);
        return settle(life);
}

static int do_daemon(Life *life, const char *what, Error *error) {
        if (text_is(what, "start")) {
                int r = start(life, error);
                return r == 0 ? settle(life) : r;
        }
        if (!life->mond) {
                error_set(error, "mond does not run");
                return -EINVAL;
        }
        if (text_is(what, "stop") || text_is(what, "kill")) {
                if (text_is(what, "kill"))
                        mond_crash(life->mond);
                stop(life);
                return 0;
        }
        mond_reload(life->mond);
        return settle(life);
}

static int do_target(Life *life, const Line *line, Error *error) {
        if (!life->mond || line->n < 2) {
                error_set(error, "%s TARGET, while mond runs", line->words[0]);
                return -EINVAL;
        }
        if (text_is(line->words[0], "check")) {
                int r = mond_check(life->mond, line->words[1]);
                return r == 0 ? settle(life) : r;
        }
        mond_pause(life->mond, line->words[1], text_is(line->words[0], "pause"));
        return settle(life);
}

/* report TARGET STATE [note="…"] [by=NAME] [ago=25m] [expires=2h] [corrects=N] */
static int enter_report(Life *life, const Line *line, Error *error) {
        const char *ago = line_value(line, "ago"), *expires = line_value(line, "expires");
        const char *corrects = line_value(line, "corrects");
        mon_cleanup(report_free_p) Report *report = mon_new(Report);
        Nsec span = 0;
        mon_auto_free char *why = NULL;

        *report = (Report){.at_real = NSEC_UNKNOWN, .until_at_real = NSEC_UNKNOWN, .waited = NSEC_UNKNOWN, .uid = -1};
        report->how = mon_strdup("socket");
        report->note = mon_strdup(line_value(line, "note"));
        report->by = mon_strdup(line_value(line, "by"));
        if (!life->mond || line->n < 3 || !verdict_from_name(line->words[2], &report->verdict)) {
                error_set(error, "report TARGET STATE, while mond runs");
                return -EINVAL;
        }
        int r = ago ? take_span(ago, &span, error) : 0;
        if (r == 0 && ago)
                report->at_real = clock_at_real(life->clock) - span;
        if (r == 0 && expires)
                r = take_span(expires, &report->until_at_real, error);
        if (r == 0 && corrects)
                r = text_parse_int(corrects, 1, INT64_MAX, &report->corrects);
        if (r == 0)
                r = mond_report(life->mond, line->words[1], mon_steal(&report), &why);
        if (why)
                error_set(error, "%s", why);
        return r == 0 ? settle(life) : -EINVAL;
}

static bool is_one_of(const char *word, const char *const *words) {
        for (; *words; words++)
                if (text_is(word, *words))
                        return true;
        return false;
}

int life_do(Life *life, const Line *line, Error *error) {
        static const char *const clocks[] = {"pass", "suspend", "step", NULL};
        static const char *const daemons[] = {"start", "stop", "kill", "reload", NULL};
        static const char *const targets[] = {"pause", "resume", "check", NULL};
        const char *what = line->words[0];

        if (is_one_of(what, clocks))
                return do_clock(life, line, error);
        if (is_one_of(what, daemons))
                return do_daemon(life, what, error);
        if (is_one_of(what, targets))
                return do_target(life, line, error);
        if (text_is(what, "report"))
                return enter_report(life, line, error);
        if (text_is(what, "config"))
                return write_config(life, line->block);
        if (text_is(what, "page") && line->n > 1)
                return set_page(life, line), 0;
        if (text_is(what, "serve") && line->n > 1)
                return serve(life, life->web, line, error);
        if (text_is(what, "reference") && line->n > 1)
                return serve(life, life->reference, line, error);
        if (text_is(what, "name"))
                return set_name(life, line, error);
        if (text_is(what, "lock"))
                return lock(life);
        if (text_is(what, "unlock"))
                return unlock(life), 0;
        error_set(error, "no such command: %s", what);
        return -EINVAL;
}

/* --- beginning and end ----------------------------------------------------------------------------------------- */

int life_begin(Life *ret_life, uint64_t seed, unsigned crash_at, FILE *trace) {
        /* In memory where there is such a place: a life of thousands of commits would wait for the disk at each. */
        mon_auto_free char *folder =
                mon_printf("%s/mond-life-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        Nsec at_real;

        if (text_parse_time(LIFE_BEGINS, &at_real) != 0 || !mkdtemp(folder))
                return mon_errno();
        Life life = {
                .clock = clock_new_simulated(LIFE_BOOTED, at_real, seed),
                .folder = mon_strdup(folder),
                .config_path = mon_printf("%s/mond.yaml", folder),
                .socket_path = mon_printf("%s/mond.sock", folder),
                .database_path = mon_printf("%s/%s", folder, MOND_FILE),
                .crash_at = crash_at,
                .trace = trace,
        };
        int r = loop_new(life.clock, &life.loop);
        if (r == 0)
                r = server_new(life.loop, NULL, &life.web);
        if (r == 0)
                r = server_new(life.loop, NULL, &life.reference);
        if (r == 0)
                r = name_server_new(life.loop, &life.names);
        *ret_life = life;
        log_set_sink(trace_log, ret_life);
        return r;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
        (void)status;
        (void)kind;
        (void)place;
        return remove(path);
}

void life_end(Life *life) {
        unlock(life);
        stop(life);
        log_set_sink(NULL, NULL);
        name_server_free(life->names);
        server_free(life->reference);
        server_free(life->web);
        loop_free(life->loop);
        clock_free(life->clock);
        map_each (&life->pages, slot)
                free(slot->value);
        map_fini(&life->pages);
        (void)nftw(life->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
        free(life->folder);
        free(life->config_path);
        free(life->socket_path);
        free(life->database_path);
}
