#include "daemon/once.h"

#include "build-config.h"
#include "daemon/base/text.h"
#include "daemon/flow.h"
#include "daemon/mond.h"
#include "daemon/prober.h"
#include "daemon/state_folder.h"
#include "daemon/text/escape.h"
#include "daemon/text/message.h"
#include "daemon/text/phrase.h"

#include <stdio.h>
#include <string.h>

#define ONCE_DETAIL_MAX 160 /* bytes of a line's last part */

typedef struct Once Once;

typedef struct Item {
        Once *once;
        Watch watch;
        Verdict verdict; /* of the look; VERDICT_UNKNOWN before */
        Cause cause;
        char *line; /* kept while the paths are to be printed first; NULL */
} Item;

struct Once {
        Loop *loop;
        Config *config;
        Prober *prober;
        int folder;
        Store *store;    /* NULL: nothing is recorded */
        char *set_aside; /* where a corrupt database went; the record's first commit says so */
        Flow *flow;
        Item *items; /* one for each target, in its order */
        size_t waiting;
        Verdict worst;
        Language language;
};

static const char *symbol(Verdict verdict) {
        switch (verdict_class(verdict)) {
        case CLASS_AVAILABLE:
                return verdict == VERDICT_DEGRADED ? "~" : "+";
        case CLASS_UNAVAILABLE:
                return "!";
        default:
                return "?";
        }
}

static char *line_of(const Once *once, const Target *target, const Observation *seen) {
        const char *why = seen->banner_text ? seen->banner_text
                          : seen->detail    ? seen->detail
                                            : message_cause(seen->cause, once->language);
        mon_auto_free char *clean = escape_terminal(why, ONCE_DETAIL_MAX);

        return mon_printf("%s %s  %s: %s (%s, %lld ms)\n", symbol(seen->verdict), target->id,
                          message_verdict(seen->verdict, once->language), clean, cause_name(seen->cause),
                          seen->duration == NSEC_UNKNOWN ? 0 : (long long)(seen->duration / NSEC_PER_MSEC));
}

/* Without paths each line goes out at once. */
static void print(Item *item, const Observation *seen) {
        mon_auto_free char *line = line_of(item->once, item->watch.target, seen);

        if (item->once->config->paths.n > 0) {
                item->line = mon_steal(&line);
                return;
        }
        (void)fputs(line, stdout);
        (void)fflush(stdout);
}

static void take(Item *item, const Observation *seen) {
        Once *once = item->once;

        print(item, seen);
        item->verdict = seen->verdict;
        item->cause = seen->cause;
        if (verdict_badness(seen->verdict) > verdict_badness(once->worst))
                once->worst = seen->verdict;
}

static void on_done(const Target *target, Observation *observation, void *userdata) {
        Item *item = userdata;
        Once *once = item->once;

        (void)target;
        take(item, observation);
        if (once->flow)
                flow_observe(once->flow, &item->watch, observation);
        else
                observation_free(observation);
        if (--once->waiting == 0)
                loop_stop(once->loop, 0);
}

static void ignore_event(void *userdata, const Event *event) {
        (void)userdata;
        (void)event;
}

static void ignore_checked(void *userdata, const Watch *watch, const Observation *observation) {
        (void)userdata;
        (void)watch;
        (void)observation;
}

static void on_trouble(void *userdata, int error) {
        (void)userdata;
        if (error != 0)
                (void)fprintf(stderr, "mond: this look could not be recorded: %s\n", mon_strerror(error));
}

/* Corrupt at the start it was set aside then; found so in the middle of one look, it is the daemon's business. */
static Store *no_renewal(void *userdata, int why) {
        (void)userdata;
        (void)why;
        return NULL;
}

static int open_record(Once *once, const char *state_folder, Error *error) {
        mon_auto_free char *path = mon_printf("%s/%s", state_folder, MOND_FILE);
        const FlowHost host = {
                .userdata = once,
                .event = ignore_event,
                .checked = ignore_checked,
                .trouble = on_trouble,
                .renew = no_renewal,
        };
        StoreOpening opening = {0};

        int r = state_folder_open(state_folder, &once->folder, error);
        if (r != 0)
                return r == STATE_FOLDER_E_IN_USE ? MOND_EXIT_IN_USE : mond_exit_of(r);
        r = store_open(path, clock_at_real(loop_clock(once->loop)), &once->store, &opening, error);
        const FlowStart start = {
                .version = MOND_VERSION,
                .lexicon_hash = prober_lexicon_hash(once->prober),
                .config_hash = once->config->hash,
                .database_set_aside = opening.set_aside,
        };
        once->set_aside = opening.set_aside;
        if (r == 0)
                r = flow_new(once->loop, once->store, &host, &start, &once->flow);
        if (r != 0) {
                error_set(error, "%s: %s", path, mon_strerror(r));
                return mond_exit_of(r) == MOND_EXIT_NO_PERMISSION ? MOND_EXIT_NO_PERMISSION : MOND_EXIT_DATABASE;
        }
        return 0;
}

/* --- paths ----------------------------------------------------------------------------------------------------- */

/* By this look alone: nothing confirms it. */
static PathStep step_of(void *userdata, const char *target) {
        const Once *once = userdata;

        for (size_t i = 0; i < once->config->targets.n; i++)
                if (text_is(once->items[i].watch.target->id, target))
                        return (PathStep){target, once->items[i].verdict, once->items[i].cause};
        return (PathStep){target, VERDICT_UNKNOWN, CAUSE_NOT_YET};
}

static void print_path(const Once *once, const Path *path, const PathJudgement *judgement) {
        static const char *const symbols[PATH_STATE_MAX + 1] = {"?", "+", "~", "!", "?"};
        const char *state = message_state(path_state_name(judgement->state), once->language);

        (void)printf("%s %s  %s%s%s:", symbols[judgement->state], path->id, state, judgement->proven ? ", " : "",
                     judgement->proven ? phrase_text(PHRASE_PROVEN, once->language) : "");
        for (size_t i = 0; i < path->n_channels; i++)
                (void)printf("%s %s %s", i ? "," : "", path->channels[i].id,
                             message_state(path_state_name(judgement->channels[i]), once->language));
        (void)printf("\n");
}

/* The paths first; the exit status is the worst one's. */
static int print_paths(Once *once) {
        PathState worst = PATH_OPEN;

        list_each (Path, path, &once->config->paths) {
                PathJudgement judgement;
                path_judge(path, step_of, once, &judgement);
                print_path(once, path, &judgement);
                if (path_state_badness(judgement.state) > path_state_badness(worst))
                        worst = judgement.state;
        }
        for (size_t i = 0; i < once->config->targets.n; i++)
                if (once->items[i].line)
                        (void)fputs(once->items[i].line, stdout);
        (void)fflush(stdout);
        return path_state_exit_status(worst);
}

/* What the record remembers: of the targets before the paths, which go by them. */
static int load(Once *once) {
        int r = 0;

        for (size_t i = 0; i < once->config->targets.n && r == 0; i++)
                r = flow_load(once->flow, &once->items[i].watch);
        if (r == 0)
                r = flow_load_paths(once->flow, once->config);
        if (r != 0)
                return r;
        flow_set_config(once->flow, once->config);
        (void)flow_commit(once->flow);
        return 0;
}

/* Closed now, or never looked at by a program. */
static bool is_left_out(const Item *item, Cause *ret_cause) {
        const Target *target = item->watch.target;
        bool outside = target->hours && !hours_is_open(target->hours, clock_at_real(loop_clock(item->once->loop)));

        *ret_cause = outside ? CAUSE_OUTSIDE_HOURS : CAUSE_NOT_YET;
        return outside || target->driver->by_people;
}

static void leave_out(Item *item, Cause cause) {
        mon_cleanup(observation_free_p) Observation *none = observation_new(0, 0);

        observation_judge(none, VERDICT_UNKNOWN, cause, NULL);
        take(item, none);
}

static int begin(Once *once) {
        size_t n = once->config->targets.n;

        once->items = mon_new_array(Item, n);
        for (size_t i = 0; i < n; i++) {
                Item *item = &once->items[i];
                *item = (Item){.once = once,
                               .watch = {.target = once->config->targets.items[i]},
                               .verdict = VERDICT_UNKNOWN,
                               .cause = CAUSE_NOT_YET};
                target_state_init(&item->watch.state);
        }
        int r = once->flow ? load(once) : 0;
        for (size_t i = 0; i < n && r == 0; i++) {
                Item *item = &once->items[i];
                Cause cause;
                if (is_left_out(item, &cause)) {
                        leave_out(item, cause);
                        continue;
                }
                r = runner_start(prober_runner(once->prober), item->watch.target, on_done, item);
                once->waiting++;
        }
        return r != 0 || once->waiting == 0 ? r : loop_run(once->loop);
}

static void finish(Once *once) {
        if (once->prober)
                for (size_t i = 0; i < once->config->targets.n; i++)
                        runner_cancel(prober_runner(once->prober), once->config->targets.items[i]);
        flow_free(once->flow);
        store_close(once->store);
        for (size_t i = 0; once->items && i < once->config->targets.n; i++) {
                target_state_fini(&once->items[i].watch.state);
                incident_fini(&once->items[i].watch.open);
                content_fini(&once->items[i].watch.content);
                free(once->items[i].line);
                reports_fini(&once->items[i].watch.reports);
        }
        free(once->items);
        free(once->set_aside);
        prober_free(once->prober);
        state_folder_close(once->folder);
        config_free(once->config);
}

static int read_config(Once *once, const char *config_path) {
        mon_auto_settings Settings settings = {0};
        ConfigMistakes mistakes = {0};

        int r = settings_read(config_path, NULL, &settings, &mistakes);
        mon_auto_free char *diagnostics = config_mistakes_text(&mistakes);
        (void)fputs(diagnostics, stderr);
        config_mistakes_fini(&mistakes);
        if (r < 0)
                (void)fprintf(stderr, "%s:1:1: %s\n", config_path, mon_strerror(r));
        if (r != 0)
                return MOND_EXIT_CONFIG;
        r = prober_new(once->loop, &settings, NULL, &once->prober);
        once->config = mon_steal(&settings.config);
        return r == 0 ? 0 : MOND_EXIT_FAULT;
}

int once_run(Loop *loop, const char *config_path, const char *state_folder) {
        Once once = {.loop = loop, .folder = -1, .worst = VERDICT_UP};
        mon_auto_error Error error = {0};

        once.language = message_language(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"));
        int exit = read_config(&once, config_path);
        if (exit == 0 && state_folder)
                exit = open_record(&once, state_folder, &error);
        if (exit == 0)
                exit = begin(&once) < 0           ? MOND_EXIT_FAULT
                       : once.config->paths.n > 0 ? print_paths(&once)
                                                  : verdict_exit_status(once.worst);
        if (error_text(&error)[0])
                (void)fprintf(stderr, "mond: %s\n", error_text(&error));
        finish(&once);
        return exit;
}
