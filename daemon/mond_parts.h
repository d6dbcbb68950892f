/* What the files of the daemon's top object share: its building and life (mond.c), what it says (mond_tell.c), and what
 * the API asks of it (mond_host.c). Nobody else includes this. */
#pragma once

#include "daemon/api/api.h"
#include "daemon/asks.h"
#include "daemon/base/map.h"
#include "daemon/flow.h"
#include "daemon/mond.h"
#include "daemon/net/post.h"
#include "daemon/notify/alertmanager.h"
#include "daemon/notify/heartbeat.h"
#include "daemon/notify/outbox.h"
#include "daemon/prober.h"
#include "daemon/sys/journal.h"
#include "daemon/view/view.h"
#include "daemon/watches.h"

#define MOND_PROBLEMS (2 + NOTIFIERS_MAX) /* the database, the network, notifiers */
/* The database refuses for this long: that is told as blindness of the observer. A lock of a moment is not. */
#define MOND_TROUBLE_TOLD_AFTER (60 * NSEC_PER_SEC)

struct Mond {
        Loop *loop;
        char *config_path;
        char *database_path;
        char *set_aside; /* where a corrupt database went at the start; NULL */
        int folder;      /* the state folder, locked */
        Config *config;
        Store *store;
        Prober *prober;
        Flow *flow;
        Watches *watches;
        const NotifierDriver *const *notifier_drivers; /* NULL: this build's */
        NotifyServices notify_services;
        char *user_agent; /* of notifiers */
        char *ca_file;    /* likewise */
        Poster *poster;
        Alertmanager *alertmanager;
        Heartbeat *heartbeat;
        Map failing_feeds; /* the ids of notifiers whose Alertmanager could not be told last */
        Outbox *outbox;
        List tests; /* of MondTest *: whoever waits for the outcome of a notifier.test */
        Timer trouble_told;
        Asks *asks;
        Api *api;
        Journal *journal;
        LoopSignal *terminate, *interrupt, *hangup;
        Timer watchdog;
        Nsec watchdog_every; /* 0: nobody watches */
        LoopDeferred status;
        ViewLive live;
        ViewProblem problems[MOND_PROBLEMS]; /* as last asked for; their texts are problem_texts */
        List problem_texts;
        const char **target_ids;                  /* of the configuration in force */
        const char **notifier_ids, **subject_ids; /* likewise, as last asked for */
        bool ready;
};

static inline Language mond_language(const Mond *mond) {
        return (Language)mond->config->language;
}

/* --- mond.c: 0, CONFIG_E_MISTAKES, or a negative errno; then everything is as it was */
int mond_reload_and_tell(Mond *mond, ConfigMistakes *ret_mistakes, WatchesDiff *ret_diff);

/* --- mond_tell.c */
void mond_on_event(void *userdata, const Event *event);
void mond_on_trouble(void *userdata, int error);
void mond_tell_status(void *userdata);

/* --- mond_notify.c */
mon_must_check int mond_open_outbox(Mond *mond, const Config *config);
void mond_set_notifiers(Mond *mond, Config *config, Config *old);
void mond_follow_trouble(Mond *mond, int error);
void mond_close_outbox(Mond *mond); /* nothing is sent any more; what came of it is still written */
void mond_free_outbox(Mond *mond);
/* --- mond_report.c */
void mond_host_report(void *userdata, const char *target, Report *report, ApiCall *call);

/* --- mond_host_notify.c */
void mond_fill_notify_host(ApiHost *host);
void mond_on_tried(void *userdata, const Notifier *notifier, const char *event_id, const SendOutcome *outcome);
void mond_forget_tests(Mond *mond);
size_t mond_notifier_problems(Mond *mond, ViewProblem *ret_problems, size_t max);

/* --- mond_host.c */
mon_must_check MondExit mond_open_api(Mond *mond, const char *socket_path, Error *error);
