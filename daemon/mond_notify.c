#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/core/flap.h"
#include "daemon/mond_parts.h"

static Store *outbox_store(void *userdata) {
        return ((Mond *)userdata)->store;
}

static void want_commit(void *userdata) {
        flow_want_commit(((Mond *)userdata)->flow);
}

static void take_event(void *userdata, Event *event) {
        flow_tell(((Mond *)userdata)->flow, event);
}

static json_t *document_of(void *userdata, const Event *event) {
        const Mond *mond = userdata;
        const NotifyServices *services = &mond->notify_services;

        return view_event(event, services->observer_name, services->observer_contact);
}

static int changes_of(void *userdata, const char *target) {
        const Mond *mond = userdata;
        const Watch *watch = mond->watches ? watches_find(mond->watches, target) : NULL;

        return watch && watch->state.flapping ? flap_changes(watch->state.history, watch->state.history_length) : 0;
}

static void on_trouble_lasts(void *userdata) {
        Mond *mond = userdata;
        int trouble = flow_trouble(mond->flow);

        if (trouble != 0)
                flow_tell_trouble(mond->flow, trouble);
}

static void set_services(Mond *mond, const Config *config) {
        const Settings settings = {.config = (Config *)config};

        free(mond->user_agent);
        mond->user_agent = settings_user_agent(&settings);
        mon_replace(&mond->ca_file, config->ca_file);
        mond->notify_services.loop = mond->loop;
        mond->notify_services.user_agent = mond->user_agent;
        mond->notify_services.ca_file = mond->ca_file;
        mond->notify_services.observer_name = config->observer_name;
        mond->notify_services.observer_contact = config->observer_contact;
}

/* --- Alertmanager, who is owed nothing and told the present state --- */

static bool is_silenced(void *userdata, const char *subject) {
        const Mond *mond = userdata;

        return mond->outbox && outbox_is_silenced(mond->outbox, subject);
}

static void on_known(void *userdata, const Event *event) {
        alertmanager_take(((Mond *)userdata)->alertmanager, event);
}

static void on_forgotten(void *userdata, SubjectKind kind, const char *subject) {
        alertmanager_forget(((Mond *)userdata)->alertmanager, kind, subject);
}

static void on_silences(void *userdata) {
        alertmanager_look(((Mond *)userdata)->alertmanager);
}

/* Said when it begins and when it ends; in between it is tried again, and nobody needs to hear of each. */
static void on_fed(void *userdata, const Notifier *notifier, const SendOutcome *outcome) {
        Mond *mond = userdata;
        bool was_failing = map_get(&mond->failing_feeds, notifier->id), fails = outcome->result != SEND_DELIVERED;

        if (fails && !was_failing)
                log_warning("%s: Alertmanager cannot be told: %s", notifier->id, outcome->error);
        if (!fails && was_failing)
                log_notice("%s: Alertmanager is told again", notifier->id);
        map_set(&mond->failing_feeds, notifier->id, fails ? mond : NULL);
}

/* What a sign of life says is that mond looks and keeps what it sees. A daemon that turns and can do neither is what
 * the sign is there to tell from one that works. */
static const char *why_unwell(void *userdata) {
        const Mond *mond = userdata;

        if (flow_trouble(mond->flow) != 0)
                return "the database refuses";
        if (flow_is_blind(mond->flow))
                return "no reference answers: our own network is out";
        return runner_is_stuck(prober_runner(mond->prober)) ? "a look is past its deadline" : NULL;
}

/* --- life ----------------------------------------------------------------------------------------------------- */

int mond_open_outbox(Mond *mond, const Config *config) {
        const OutboxHost host = {
                .userdata = mond,
                .store = outbox_store,
                .commit = want_commit,
                .event = take_event,
                .document = document_of,
                .changes = changes_of,
                .known = on_known,
                .forgotten = on_forgotten,
                .silences = on_silences,
                .tried = mond_on_tried,
        };
        const AlertmanagerHost alertmanager_host = {
                .userdata = mond,
                .document = document_of,
                .is_silenced = is_silenced,
                .sent = on_fed,
        };

        mond->trouble_told = (Timer){.fn = on_trouble_lasts, .userdata = mond};
        set_services(mond, config);
        int r = poster_new(mond->loop, prober_resolver(mond->prober), &mond->poster);
        if (r != 0)
                return r;
        mond->notify_services.resolver = prober_resolver(mond->prober);
        mond->notify_services.poster = mond->poster;
        mond->alertmanager = alertmanager_new(mond->loop, &alertmanager_host, &mond->notify_services);
        mond->heartbeat = heartbeat_new(&mond->notify_services, why_unwell, mond);
        r = outbox_new(mond->loop, &host, &mond->notify_services, &mond->outbox);
        if (r == 0)
                flow_set_outbox(mond->flow, mond->outbox);
        return r;
}

void mond_set_notifiers(Mond *mond, Config *config, Config *old) {
        set_services(mond, config);
        outbox_set(mond->outbox, config, old);
        heartbeat_set(mond->heartbeat, config->heartbeat_url, config->heartbeat_every);
        alertmanager_set(mond->alertmanager, &config->notifiers); /* as they are now: unchanged ones have moved */
}

void mond_follow_trouble(Mond *mond, int error) {
        loop_disarm(mond->loop, &mond->trouble_told);
        if (error != 0)
                loop_arm_after(mond->loop, &mond->trouble_told, MOND_TROUBLE_TOLD_AFTER);
        else
                flow_tell_trouble(mond->flow, 0);
}

void mond_close_outbox(Mond *mond) {
        loop_disarm(mond->loop, &mond->trouble_told);
        if (mond->heartbeat)
                heartbeat_set(mond->heartbeat, NULL, 0);
        if (mond->outbox)
                outbox_stop(mond->outbox);
}

void mond_free_outbox(Mond *mond) {
        mond_forget_tests(mond);
        list_each (char, text, &mond->problem_texts)
                free(text);
        list_fini(&mond->problem_texts);
        heartbeat_free(mon_steal(&mond->heartbeat));
        alertmanager_free(mon_steal(&mond->alertmanager));
        map_fini(&mond->failing_feeds);
        outbox_free(mon_steal(&mond->outbox));
        poster_free(mon_steal(&mond->poster));
        free(mond->user_agent);
        free(mond->ca_file);
}
