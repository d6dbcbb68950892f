#include "probes/tcp.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/connect.h"
#include "daemon/net/resolve.h"
#include "probes/host.h"

#include <stdio.h>

#define AT(member) .offset = offsetof(TcpSpec, member)

static char *check_greeting(const char *text) {
        if (strlen(text) > CONNECT_GREETING_MAX)
                return mon_printf("at most %d bytes are waited for", CONNECT_GREETING_MAX);
        return NULL;
}

static const Directive tcp_rows[] = {
        {.key = "host",
         .type = DIRECTIVE_TEXT,
         AT(host),
         .required = true,
         .check = probe_check_host,
         .help = "its name or address"},
        {.key = "port",
         .type = DIRECTIVE_INT,
         AT(port),
         .required = true,
         .min = 1,
         .max = UINT16_MAX,
         .help = "its port"},
        {.key = "expect",
         .type = DIRECTIVE_TEXT,
         AT(expect),
         .check = check_greeting,
         .help = "a text among the first bytes that the server says by itself, such as \"220 \""},
        {.key = NULL},
};

static void tcp_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata, char **ret_host) {
        (void)target;
        (void)mistake;
        (void)userdata;
        *ret_host = mon_strdup(((const TcpSpec *)spec)->host);
}

struct Probe {
        Loop *loop;
        const TcpSpec *spec;
        Resolution *resolution;
        Connect *connect;
        Timer deadline; /* for the name; the connection keeps its own */
        Nsec deadline_at_boot;
        Observation *observation;
        ProbeDoneFn *done;
        void *userdata;
};

static void tcp_cancel(Probe *probe) {
        if (!probe)
                return;
        loop_disarm(probe->loop, &probe->deadline);
        resolution_cancel(probe->resolution);
        connect_cancel(probe->connect);
        observation_free(probe->observation);
        free(probe);
}

mon_define_cleanup(Probe, tcp_cancel);

static void finish(Probe *probe, Verdict verdict, Cause cause, const char *detail) {
        ProbeDoneFn *done = probe->done;
        void *userdata = probe->userdata;
        Observation *observation = mon_steal(&probe->observation);

        observation_judge(observation, verdict, cause, detail);
        observation->duration = clock_at_boot(loop_clock(probe->loop)) - observation->at_boot;
        tcp_cancel(probe);
        done(observation, userdata);
}

static void on_name_deadline(void *userdata) {
        finish(userdata, VERDICT_DOWN, CAUSE_DNS, "no name server answered before the deadline");
}

static void on_connected(const ConnectAnswer *answer, void *userdata) {
        Probe *probe = userdata;
        const char *expect = probe->spec->expect;

        probe->connect = NULL;
        probe->observation->connect = answer->connect;
        probe->observation->ttfb = answer->ttfb;
        if (answer->failure == FETCH_TIMEOUT && answer->said[0] != '\0') {
                /* It spoke: what it says is the finding, not how long was waited for more. */
        } else if (answer->failure != FETCH_DONE) {
                finish(probe, fetch_verdict(answer->failure), fetch_cause(answer->failure), answer->error);
                return;
        }
        if (expect)
                observation_assert(probe->observation, answer->greeted, "says \"%s\"", expect);
        if (!expect || answer->greeted) {
                finish(probe, VERDICT_UP, CAUSE_OK, NULL);
                return;
        }
        mon_auto_free char *why = mon_printf("the server says \"%.100s\"", answer->said);
        finish(probe, VERDICT_DOWN, CAUSE_WRONG_ANSWER, why);
}

static void on_resolved(const Resolved *resolved, void *userdata) {
        Probe *probe = userdata;
        Observation *observation = probe->observation;

        probe->resolution = NULL;
        loop_disarm(probe->loop, &probe->deadline);
        observation->dns = clock_at_boot(loop_clock(probe->loop)) - observation->at_boot;
        if (resolved->result != 0) {
                FetchFailure failure = resolved->result < 0 ? FETCH_LOCAL_FAULT : FETCH_NAME;
                finish(probe, fetch_verdict(failure), fetch_cause(failure), resolve_text(resolved->result));
                return;
        }
        (void)snprintf(observation->remote_ip, sizeof observation->remote_ip, "%s", resolved->addresses[0].text);
        const ConnectRequest request = {
                .address = resolved->addresses[0].text,
                .port = (int)probe->spec->port,
                .greeting = probe->spec->expect,
                .deadline_at_boot = probe->deadline_at_boot,
        };
        int r = connect_start(probe->loop, &request, on_connected, probe, &probe->connect);
        if (r < 0)
                finish(probe, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, mon_strerror(r));
}

static int tcp_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                     Probe **ret_probe) {
        const TcpSpec *spec = target->spec;
        const Clock *clock = loop_clock(services->loop);
        mon_cleanup(tcp_cancel_p) Probe *probe = mon_new(Probe);

        *probe = (Probe){.loop = services->loop, .spec = spec, .done = done, .userdata = userdata};
        probe->deadline = (Timer){.fn = on_name_deadline, .userdata = probe};
        probe->deadline_at_boot = clock_at_boot(clock) + target->timeout;
        probe->observation = observation_new(clock_at_real(clock), clock_at_boot(clock));
        int r = resolver_ask(services->resolver, spec->host, target->ip, on_resolved, probe, &probe->resolution);
        if (r < 0)
                return r;
        loop_arm(services->loop, &probe->deadline, probe->deadline_at_boot);
        *ret_probe = mon_steal(&probe);
        return 0;
}

const ProbeDriver probe_tcp = {
        .name = "tcp",
        .directives = tcp_rows,
        .spec_size = sizeof(TcpSpec),
        .prepare = tcp_prepare,
        .start = tcp_start,
        .cancel = tcp_cancel,
};
