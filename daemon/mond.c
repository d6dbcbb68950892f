#include "daemon/mond.h"

#include "build-config.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/mond_parts.h"
#include "daemon/state_folder.h"
#include "daemon/sys/systemd.h"

#include <signal.h>
#include <string.h>

/* --- what it is told ------------------------------------------------------------------------------------------- */

static void on_checked(void *userdata, const Watch *watch, const Observation *observation) {
        Mond *mond = userdata;

        if (mond->asks)
                asks_on_checked(mond->asks, watch, observation);
}

static void on_gone(const Watch *watch, void *userdata) {
        Mond *mond = userdata;

        if (mond->asks)
                asks_on_gone(mond->asks, watch);
}

static void on_broken(void *userdata, Nsec from_at_real, Nsec until_at_real) {
        Mond *mond = userdata;

        if (mond->watches)
                watches_break_time(mond->watches, from_at_real, until_at_real);
}

static Store *on_renew(void *userdata, int why) {
        Mond *mond = userdata;
        mon_auto_error Error error = {0};
        mon_auto_free char *moved_to = NULL;
        StoreOpening opening = {0};
        Nsec now_at_real = clock_at_real(loop_clock(mond->loop));
        int r = 0;

        if (mond->store) {
                if (mond->api)
                        api_forget_store(mond->api);
                store_close(mon_steal(&mond->store));
                if (why == -ENOENT)
                        log_error("the database %s was removed: a fresh one is begun", mond->database_path);
                else
                        r = store_set_aside(mond->database_path, now_at_real, &moved_to, &error);
                if (moved_to)
                        log_error("the database %s is corrupt: set aside as %s, a fresh one is begun",
                                  mond->database_path, moved_to);
        }
        if (r == 0)
                r = store_open(mond->database_path, now_at_real, &mond->store, &opening, &error);
        free(opening.set_aside);
        if (r != 0) {
                log_error("no fresh database could be begun: %s", error_text(&error));
                return NULL;
        }
        for (size_t i = 0; mond->watches && i < watches_count(mond->watches); i++)
                flow_restate(mond->flow, watches_at(mond->watches, i));
        if (mond->outbox)
                outbox_restate(mond->outbox);
        return mond->store;
}

/* The loop turns, so this timer fires; and no look is past its hard deadline. Commits are part of the loop. */
static void on_watchdog(void *userdata) {
        Mond *mond = userdata;

        if (!runner_is_stuck(prober_runner(mond->prober)))
                systemd_feed_watchdog();
        loop_arm_after(mond->loop, &mond->watchdog, mond->watchdog_every);
}

/* --- reload ---------------------------------------------------------------------------------------------------- */

static void set_config(Mond *mond, Config *config) {
        mond_set_notifiers(mond, config, mond->config);
        config_free(mond->config);
        mond->config = config;
        mond->target_ids = mon_realloc_array(mond->target_ids, config->targets.n, sizeof *mond->target_ids);
        for (size_t i = 0; i < config->targets.n; i++)
                mond->target_ids[i] = ((Target *)config->targets.items[i])->id;
        flow_set_config(mond->flow, config);
}

static void log_mistakes(const ConfigMistakes *mistakes) {
        for (size_t i = 0; i < mistakes->n; i++) {
                const ConfigMistake *mistake = &mistakes->items[i];
                log_fields(mistake->warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, NULL, 0, "%s:%d:%d: %s",
                           mistake->file, mistake->line, mistake->column, mistake->text);
        }
}

/* 0, CONFIG_E_MISTAKES, or a negative errno: then everything is as it was. */
static int reload(Mond *mond, ConfigMistakes *ret_mistakes, WatchesDiff *ret_diff) {
        mon_auto_settings Settings settings = {0};

        int r = settings_read(mond->config_path, mond->notifier_drivers, &settings, ret_mistakes);
        if (r != 0)
                return r;
        r = flow_load_paths(mond->flow, settings.config);
        if (r == 0)
                r = watches_set(mond->watches, settings.config, mond->config, ret_diff);
        if (r != 0)
                return r;
        if (prober_differs(mond->prober, &settings))
                watches_restart_looks(mond->watches);
        prober_set(mond->prober, &settings);
        set_config(mond, mon_steal(&settings.config));
        loop_defer(mond->loop, &mond->status);
        return 0;
}

int mond_reload_and_tell(Mond *mond, ConfigMistakes *ret_mistakes, WatchesDiff *ret_diff) {
        systemd_tell_reloading(loop_clock(mond->loop), "reading the configuration");
        int r = reload(mond, ret_mistakes, ret_diff);
        log_mistakes(ret_mistakes);
        if (r == 0)
                log_notice("configuration reloaded: %zu added, %zu removed, %zu changed, %zu unchanged",
                           ret_diff->added, ret_diff->removed, ret_diff->changed, ret_diff->unchanged);
        else if (r == CONFIG_E_MISTAKES)
                log_error("the configuration has %zu mistakes and was not loaded; the running one stays in force",
                          ret_mistakes->n_errors);
        else
                log_error("the configuration could not be reloaded: %s; the running one stays in force",
                          mon_strerror(r));
        systemd_tell_ready(NULL);
        mond_tell_status(mond);
        return r;
}

void mond_reload(Mond *mond) {
        ConfigMistakes mistakes = {0};
        WatchesDiff diff = {0};

        (void)mond_reload_and_tell(mond, &mistakes, &diff);
        config_mistakes_fini(&mistakes);
}

/* --- building -------------------------------------------------------------------------------------------------- */

static void on_stop(int signo, void *userdata) {
        Mond *mond = userdata;

        log_notice("stopping: %s", strsignal(signo));
        systemd_tell_stopping("stopping");
        loop_stop(mond->loop, MOND_EXIT_OK);
}

static void on_hangup(int signo, void *userdata) {
        (void)signo;
        mond_reload(userdata);
}

MondExit mond_exit_of(int error) {
        return error == -EACCES || error == -EPERM ? MOND_EXIT_NO_PERMISSION : MOND_EXIT_FAULT;
}

static MondExit open_store(Mond *mond, Error *error) {
        StoreOpening opening = {0};

        int r = store_open(mond->database_path, clock_at_real(loop_clock(mond->loop)), &mond->store, &opening, error);
        if (r != 0) {
                error_set(error, "%s: %s", mond->database_path, mon_strerror(r));
                return mond_exit_of(r) == MOND_EXIT_NO_PERMISSION ? MOND_EXIT_NO_PERMISSION : MOND_EXIT_DATABASE;
        }
        if (opening.set_aside)
                log_error("the database was corrupt: set aside as %s, a fresh one is begun", opening.set_aside);
        mond->set_aside = opening.set_aside;
        return MOND_EXIT_OK;
}

static MondExit open_folder(Mond *mond, const char *path, Error *error) {
        int r = state_folder_open(path, &mond->folder, error);

        if (r == 0)
                return MOND_EXIT_OK;
        return r == STATE_FOLDER_E_IN_USE ? MOND_EXIT_IN_USE : mond_exit_of(r);
}

static MondExit read_settings(Mond *mond, Settings *ret_settings, Error *error) {
        ConfigMistakes mistakes = {0};

        int r = settings_read(mond->config_path, mond->notifier_drivers, ret_settings, &mistakes);
        if (r == CONFIG_E_MISTAKES) {
                mon_auto_free char *text = config_mistakes_text(&mistakes);
                error_set(error, "%s", text);
        } else if (r != 0)
                error_set(error, "%s:1:1: %s", mond->config_path, mon_strerror(r));
        else
                log_mistakes(&mistakes);
        config_mistakes_fini(&mistakes);
        return r == 0 ? MOND_EXIT_OK : MOND_EXIT_CONFIG;
}

static int join(Mond *mond, const MondOptions *options, Settings *settings) {
        const FlowHost host = {
                .userdata = mond,
                .event = mond_on_event,
                .checked = on_checked,
                .trouble = mond_on_trouble,
                .renew = on_renew,
                .broken = on_broken,
        };
        WatchesDiff diff;

        int r = prober_new(mond->loop, settings, options->name_servers, &mond->prober);
        if (r != 0)
                return r;
        prober_set_exec_socket(mond->prober, options->exec_socket);
        const FlowStart start = {
                .version = MOND_VERSION,
                .lexicon_hash = prober_lexicon_hash(mond->prober),
                .config_hash = settings->config->hash,
                .database_set_aside = mond->set_aside,
                .crash_after_commits = options->crash_after_commits,
        };
        r = flow_new(mond->loop, mond->store, &host, &start, &mond->flow);
        if (r != 0)
                return r;
        r = mond_open_outbox(mond, settings->config);
        if (r != 0)
                return r;
        mond->watches = watches_new(mond->loop, prober_runner(mond->prober), mond->flow, on_gone, mond);
        mond->asks = asks_new(mond->watches, loop_clock(mond->loop));
        r = flow_load_paths(mond->flow, settings->config);
        if (r == 0)
                r = watches_set(mond->watches, settings->config, NULL, &diff);
        if (r != 0)
                return r;
        set_config(mond, mon_steal(&settings->config));
        /* The start is on record before anything else happens, and before READY. */
        (void)flow_commit(mond->flow);
        /* The run before may have ended while its database refused. */
        if (flow_trouble(mond->flow) == 0)
                flow_tell_trouble(mond->flow, 0);
        return 0;
}

static int open_signals(Mond *mond) {
        int r = loop_signal_new(mond->loop, SIGTERM, on_stop, mond, &mond->terminate);
        if (r == 0)
                r = loop_signal_new(mond->loop, SIGINT, on_stop, mond, &mond->interrupt);
        if (r == 0)
                r = loop_signal_new(mond->loop, SIGHUP, on_hangup, mond, &mond->hangup);
        return r;
}

static void open_journal(Mond *mond) {
        if (!journal_is_stderr())
                return;
        if (journal_new(mond->loop, NULL, &mond->journal) == 0)
                log_set_sink(journal_sink, mond->journal);
        else
                log_set_sink(journal_stream_sink, NULL);
}

MondExit mond_new(Loop *loop, const MondOptions *options, Mond **ret_mond, Error *error) {
        mon_cleanup(mond_free_p) Mond *mond = mon_new(Mond);
        mon_auto_settings Settings settings = {0};

        mond->loop = loop;
        mond->folder = -1;
        mond->config_path = mon_strdup(options->config_path);
        mond->notifier_drivers = options->notifiers;
        mond->database_path = mon_printf("%s/%s", options->state_folder, MOND_FILE);
        mond->status = (LoopDeferred){.fn = mond_tell_status, .userdata = mond};
        mond->watchdog = (Timer){.fn = on_watchdog, .userdata = mond};
        open_journal(mond);

        MondExit exit = read_settings(mond, &settings, error);
        if (exit == MOND_EXIT_OK)
                exit = open_folder(mond, options->state_folder, error);
        if (exit == MOND_EXIT_OK)
                exit = open_store(mond, error);
        if (exit != MOND_EXIT_OK)
                return exit;
        int r = join(mond, options, &settings);
        if (r != 0) {
                error_set(error, "mond could not start: %s", mon_strerror(r));
                return mond_exit_of(r);
        }
        exit = mond_open_api(mond, options->socket_path, error);
        if (exit != MOND_EXIT_OK)
                return exit;
        r = open_signals(mond);
        if (r != 0) {
                error_set(error, "signals: %s", mon_strerror(r));
                return MOND_EXIT_FAULT;
        }
        *ret_mond = mon_steal(&mond);
        return MOND_EXIT_OK;
}

void mond_begin(Mond *mond) {
        mond->watchdog_every = systemd_watchdog_interval() / 2;
        if (mond->watchdog_every > 0)
                loop_arm_after(mond->loop, &mond->watchdog, mond->watchdog_every);
        log_notice("mond %s watches %zu targets of %s; its records are in %s", MOND_VERSION, mond->config->targets.n,
                   mond->config_path, mond->database_path);
        mond->ready = true;
        systemd_tell_ready(NULL);
        mond_tell_status(mond);
}

int mond_run(Mond *mond) {
        mond_begin(mond);
        return loop_run(mond->loop);
}

bool mond_has_crashed(const Mond *mond) {
        return flow_has_crashed(mond->flow);
}

void mond_crash(Mond *mond) {
        flow_crash(mond->flow);
}

int mond_check(Mond *mond, const char *target) {
        Watch *watch = watches_find(mond->watches, target);
        return watch ? watches_ask(mond->watches, watch) : -ENOENT;
}

void mond_pause(Mond *mond, const char *target, bool paused) {
        Watch *watch = watches_find(mond->watches, target);
        if (watch)
                watches_pause(mond->watches, watch, paused);
}

void mond_free(Mond *mond) {
        if (!mond)
                return;
        mond->ready = false;
        /* Who asks first, then who looks, then what records: each ends while what it leans on still stands. */
        api_free(mon_steal(&mond->api));
        asks_free(mon_steal(&mond->asks));
        watches_free(mon_steal(&mond->watches));
        mond_close_outbox(mond);
        flow_free(mond->flow);
        mond_free_outbox(mond);
        prober_free(mond->prober);
        store_close(mond->store);
        config_free(mond->config);
        state_folder_close(mond->folder);
        loop_cancel_deferred(mond->loop, &mond->status);
        loop_disarm(mond->loop, &mond->watchdog);
        loop_signal_free(mond->terminate);
        loop_signal_free(mond->interrupt);
        loop_signal_free(mond->hangup);
        if (mond->journal)
                log_set_sink(NULL, NULL);
        journal_free(mond->journal);
        free(mond->target_ids);
        free(mond->set_aside);
        free(mond->database_path);
        free(mond->config_path);
        free(mond);
}
