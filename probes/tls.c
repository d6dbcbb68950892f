#include "probes/tls.h"

#include "daemon/base/text.h"
#include "daemon/net/visit.h"
#include "probes/host.h"
#include "probes/http_answer.h"

#include <string.h>

#define AT(member) .offset = offsetof(TlsSpec, member)

static const Directive tls_rows[] = {
        {.key = "host",
         .type = DIRECTIVE_TEXT,
         AT(host),
         .required = true,
         .check = probe_check_host,
         .help = "the name (or address) that the certificate has to be for"},
        {.key = "port",
         .type = DIRECTIVE_INT,
         AT(port),
         .fallback = "443",
         .min = 1,
         .max = UINT16_MAX,
         .help = "where TLS is spoken from the first byte"},
        {.key = "warn_before",
         .type = DIRECTIVE_DURATION,
         AT(warn_before),
         .fallback = "21d",
         .min = 0,
         .max = TLS_WARN_MAX,
         .help = "how long before its end a certificate is said to expire; 0s: never"},
        {.key = "ca_file", .type = DIRECTIVE_FILE, AT(ca_file), .help = "authorities to trust instead of the system's"},
        {.key = NULL},
};

static void tls_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata, char **ret_host) {
        TlsSpec *tls = spec;
        bool is_6 = strchr(tls->host, ':') != NULL;

        (void)target;
        (void)mistake;
        (void)userdata;
        free(tls->url);
        tls->url = mon_printf("https://%s%s%s:%d/", is_6 ? "[" : "", tls->host, is_6 ? "]" : "", (int)tls->port);
        *ret_host = mon_strdup(tls->host);
}

static void tls_fini(void *spec) {
        TlsSpec *tls = spec;

        free(tls->url);
        tls->url = NULL;
}

struct Probe {
        Loop *loop;
        const TlsSpec *spec;
        Visit *visit;
        Observation *observation;
        ProbeDoneFn *done;
        void *userdata;
};

static void tls_cancel(Probe *probe) {
        if (!probe)
                return;
        visit_cancel(probe->visit);
        observation_free(probe->observation);
        free(probe);
}

mon_define_cleanup(Probe, tls_cancel);

static void judge(const TlsSpec *spec, const FetchAnswer *answer, Observation *observation) {
        Nsec ends_at_real = answer->certificate.chain_expires_at_real;

        if (answer->failure != FETCH_DONE) {
                observation_judge(observation, fetch_verdict(answer->failure), fetch_cause(answer->failure),
                                  answer->error);
                return;
        }
        bool is_near = ends_at_real != NSEC_UNKNOWN && ends_at_real - observation->at_real < spec->warn_before;
        if (!is_near) {
                observation_judge(observation, VERDICT_UP, CAUSE_OK, NULL);
                return;
        }
        char ends[TEXT_TIME_MAX];
        text_time(ends_at_real, ends);
        bool is_leaf = ends_at_real == answer->certificate.expires_at_real;
        mon_auto_free char *why =
                mon_printf("the certificate%s ends on %s", is_leaf ? "" : " of an authority over it", ends);
        observation_judge(observation, VERDICT_DEGRADED, CAUSE_CERTIFICATE_EXPIRING, why);
}

static void on_visited(FetchAnswer *answer, void *userdata) {
        Probe *probe = userdata;
        ProbeDoneFn *done = probe->done;
        void *theirs = probe->userdata;
        Observation *observation = mon_steal(&probe->observation);

        probe->visit = NULL;
        http_take_transport(answer, observation);
        observation->has_key = answer->certificate.seen && answer->failure == FETCH_DONE;
        observation->key = answer->certificate.key;
        judge(probe->spec, answer, observation);
        observation->duration = clock_at_boot(loop_clock(probe->loop)) - observation->at_boot;
        tls_cancel(probe);
        done(observation, theirs);
}

static int tls_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                     Probe **ret_probe) {
        const TlsSpec *spec = target->spec;
        const Clock *clock = loop_clock(services->loop);
        mon_cleanup(tls_cancel_p) Probe *probe = mon_new(Probe);

        *probe = (Probe){.loop = services->loop, .spec = spec, .done = done, .userdata = userdata};
        probe->observation = observation_new(clock_at_real(clock), clock_at_boot(clock));
        const FetchRequest request = {
                .url = spec->url,
                .method = FETCH_CONNECT,
                .user_agent = services->user_agent,
                .ca_file = spec->ca_file ? spec->ca_file : services->ca_file,
                .deadline_at_boot = clock_at_boot(clock) + target->timeout,
        };
        int r = visit_start(services->resolver, services->fetcher, &request, target->ip, on_visited, probe,
                            &probe->visit);
        if (r < 0)
                return r;
        *ret_probe = mon_steal(&probe);
        return 0;
}

const ProbeDriver probe_tls = {
        .name = "tls",
        .directives = tls_rows,
        .spec_size = sizeof(TlsSpec),
        .prepare = tls_prepare,
        .fini = tls_fini,
        .start = tls_start,
        .cancel = tls_cancel,
};
