#include "daemon/once.h"

#include "build-config.h"
#include "daemon/flow.h"
#include "daemon/mond.h"
#include "daemon/prober.h"
#include "daemon/state_folder.h"
#include "daemon/text/escape.h"
#include "daemon/text/message.h"

#include <stdio.h>
#include <string.h>

#define ONCE_DETAIL_MAX 160 /* bytes of a line's last part */

typedef struct Once Once;

typedef struct Item {
        Once *once;
        Watch watch;
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

static void print(const Once *once, const Target *target, const Observation *seen) {
        const char *why = seen->banner_text ? seen->banner_text
                          : seen->detail    ? seen->detail
                                            : message_cause(seen->cause, once->language);
        mon_auto_free char *clean = escape_terminal(why, ONCE_DETAIL_MAX);

        (void)printf("%s %s  %s: %s (%s, %lld ms)\n", symbol(seen->verdict), target->id,
                     message_verdict(seen->verdict, once->language), clean, cause_name(seen->cause),
                     seen->duration == NSEC_UNKNOWN ? 0 : (long long)(seen->duration / NSEC_PER_MSEC));
        (void)fflush(stdout);
}

static void on_done(const Target *target, Observation *observation, void *userdata) {
        Item *item = userdata;
        Once *once = item->once;

        print(once, target, observation);
        if (verdict_badness(observation->verdict) > verdict_badness(once->worst))
                once->worst = observation->verdict;
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
        flow_set_config(once->flow, once->config);
        (void)flow_commit(once->flow);
        return 0;
}

/* Closed now, it is not looked at. */
static bool is_outside(const Once *once, const Target *target) {
        mon_cleanup(observation_free_p) Observation *none = NULL;
        Clock *clock = loop_clock(once->loop);

        if (!target->hours || hours_is_open(target->hours, clock_at_real(clock)))
                return false;
        none = observation_new(clock_at_real(clock), clock_at_boot(clock));
        observation_judge(none, VERDICT_UNKNOWN, CAUSE_OUTSIDE_HOURS, NULL);
        print(once, target, none);
        return true;
}

static int begin(Once *once) {
        size_t n = once->config->targets.n;

        once->items = mon_new_array(Item, n);
        for (size_t i = 0; i < n; i++) {
                Item *item = &once->items[i];
                *item = (Item){.once = once, .watch = {.target = once->config->targets.items[i]}};
                target_state_init(&item->watch.state);
                if (is_outside(once, item->watch.target))
                        continue;
                int r = once->flow ? flow_load(once->flow, &item->watch) : 0;
                if (r == 0)
                        r = runner_start(prober_runner(once->prober), item->watch.target, on_done, item);
                if (r != 0)
                        return r;
                once->waiting++;
        }
        return once->waiting > 0 ? loop_run(once->loop) : 0;
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

        int r = settings_read(config_path, &settings, &mistakes);
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
                exit = begin(&once) < 0 ? MOND_EXIT_FAULT : verdict_exit_status(once.worst);
        if (error_text(&error)[0])
                (void)fprintf(stderr, "mond: %s\n", error_text(&error));
        finish(&once);
        return exit;
}
