#include "daemon/base/text.h"
#include "daemon/mond_parts.h"
#include "daemon/sys/systemd.h"
#include "daemon/text/message.h"

#define MOND_GROUP "mond" /* its members may change things */

static const char *trouble_code(int error) {
        switch (error) {
        case -ENOSPC:
                return "store_full";
        case -EROFS:
                return "store_read_only";
        case -EBUSY:
                return "store_busy";
        case -EUCLEAN:
                return "store_corrupt";
        case -ENOENT:
                return "store_gone";
        case -ESTALE:
                return "store_replaced";
        default:
                return "store_failed";
        }
}

static Nsec next_check_at_real(void *userdata, const char *target) {
        const Mond *mond = userdata;
        const Watch *watch = watches_find(mond->watches, target);

        return watch ? watches_next_at_real(mond->watches, watch) : NSEC_UNKNOWN;
}

static Store *host_store(void *userdata) {
        return ((Mond *)userdata)->store;
}

static const ViewLive *host_live(void *userdata) {
        Mond *mond = userdata;

        mond->live = (ViewLive){
                .now_at_real = clock_at_real(loop_clock(mond->loop)),
                .observer_name = mond->config->observer_name,
                .observer_contact = mond->config->observer_contact,
                .next_check_at_real = next_check_at_real,
                .userdata = mond,
        };
        return &mond->live;
}

static const char *const *host_targets(void *userdata, size_t *ret_n) {
        const Mond *mond = userdata;

        *ret_n = mond->config->targets.n;
        return mond->target_ids;
}

static const ViewProblem *host_problems(void *userdata, size_t *ret_n) {
        Mond *mond = userdata;
        int trouble = flow_trouble(mond->flow);
        size_t n = 0;

        if (trouble != 0)
                mond->problems[n++] = (ViewProblem){
                        .code = trouble_code(trouble),
                        .text = store_strerror(trouble),
                        .since_at_real = flow_trouble_since_at_real(mond->flow),
                };
        if (flow_is_blind(mond->flow))
                mond->problems[n++] = (ViewProblem){
                        .code = cause_name(CAUSE_LOCAL_NETWORK),
                        .text = message_cause(CAUSE_LOCAL_NETWORK, mond_language(mond)),
                        .since_at_real = flow_blind_since_at_real(mond->flow),
                };
        n += mond_notifier_problems(mond, mond->problems + n, MOND_PROBLEMS - n);
        *ret_n = n;
        return mond->problems;
}

static void host_check(void *userdata, const char *const *targets, size_t n, ApiCall *call) {
        asks_check(((Mond *)userdata)->asks, targets, n, call);
}

static void host_pause(void *userdata, const char *target, bool paused, ApiCall *call) {
        Mond *mond = userdata;
        Watch *watch = watches_find(mond->watches, target);
        json_t *document = json_object();

        if (watch)
                watches_pause(mond->watches, watch, paused);
        json_set(document, "target", json_text(target));
        json_set(document, "paused", json_yes(paused));
        api_answer(call, document);
}

static json_t *mistakes_document(const ConfigMistakes *mistakes, bool warnings) {
        json_t *document = json_array();

        for (size_t i = 0; i < mistakes->n; i++) {
                const ConfigMistake *mistake = &mistakes->items[i];
                if (mistake->warning != warnings)
                        continue;
                mon_auto_free char *text =
                        mon_printf("%s:%d:%d: %s", mistake->file, mistake->line, mistake->column, mistake->text);
                json_add(document, json_text(text));
        }
        return document;
}

static void host_reload(void *userdata, ApiCall *call) {
        Mond *mond = userdata;
        ConfigMistakes mistakes = {0};
        WatchesDiff diff = {0};

        int r = mond_reload_and_tell(mond, &mistakes, &diff);
        if (r == CONFIG_E_MISTAKES)
                api_refuse(call, API_REFUSED_CONFIG, "The configuration has mistakes; the running one stays in force.",
                           mistakes_document(&mistakes, false), NSEC_UNKNOWN);
        else if (r != 0)
                api_refuse(call, API_REFUSED_FAULT, mon_strerror(r), NULL, NSEC_UNKNOWN);
        else {
                json_t *document = json_object();
                json_set(document, "added", json_integer((json_int_t)diff.added));
                json_set(document, "removed", json_integer((json_int_t)diff.removed));
                json_set(document, "changed", json_integer((json_int_t)diff.changed));
                json_set(document, "unchanged", json_integer((json_int_t)diff.unchanged));
                json_set(document, "warnings", mistakes_document(&mistakes, true));
                api_answer(call, document);
        }
        config_mistakes_fini(&mistakes);
}

MondExit mond_open_api(Mond *mond, const char *socket_path, Error *error) {
        ApiHost host = {
                .userdata = mond,
                .store = host_store,
                .live = host_live,
                .targets = host_targets,
                .problems = host_problems,
                .check = host_check,
                .pause = host_pause,
                .report = mond_host_report,
                .reload = host_reload,
        };
        SystemdSockets sockets;

        mond_fill_notify_host(&host);
        int r = systemd_sockets_init(&sockets);
        if (r != 0) {
                error_set(error, "the sockets handed over cannot be used: %s", mon_strerror(r));
                return MOND_EXIT_FAULT;
        }
        const ApiSettings settings = {
                .socket_path = socket_path, .fd = systemd_sockets_take(&sockets, "mond.socket"), .group = MOND_GROUP};
        r = api_new(mond->loop, &host, &settings, &mond->api, error);
        systemd_sockets_fini(&sockets);
        if (r == 0)
                return MOND_EXIT_OK;
        error_set(error, "%s: %s", socket_path, mon_strerror(r));
        return r == API_E_IN_USE ? MOND_EXIT_IN_USE : r == API_E_PATH ? MOND_EXIT_USAGE : mond_exit_of(r);
}
