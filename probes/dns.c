#include "probes/dns.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/url.h"

#include <arpa/inet.h>
#include <string.h>

#define NXDOMAIN "nxdomain"

#define AT(member) .offset = offsetof(DnsSpec, member)

/* --- its block in the configuration ----------------------------------------------------------------------------- */

static char *check_name(const char *text) {
        if (strlen(text) > RESOLVE_NAME_MAX)
                return mon_printf("a name has at most %d characters", RESOLVE_NAME_MAX);
        if (net_host_is_address(text))
                return mon_strdup("this is an address: 'name' takes a name, such as www.example.org");
        if (text[strcspn(text, " /:@")] != '\0')
                return mon_strdup("'name' takes a name alone, such as www.example.org");
        return NULL;
}

/* The address without its port and brackets, to free; NULL: it is none. */
static char *host_of_server(const char *server) {
        const char *end = server[0] == '[' ? strchr(server, ']') : strchr(server, ':');
        bool has_port = end && (server[0] == '[' ? end[1] == ':' : strchr(end + 1, ':') == NULL);
        const char *port = server[0] == '[' && end ? end + 2 : end ? end + 1 : NULL;
        int64_t number;

        if (has_port && text_parse_int(port, 1, UINT16_MAX, &number) != 0)
                return NULL;
        if (server[0] == '[' && (!end || (end[1] != '\0' && !has_port)))
                return NULL;
        mon_auto_free char *host = server[0] == '[' ? mon_printf("%.*s", (int)(end - server - 1), server + 1)
                                   : has_port       ? mon_printf("%.*s", (int)(end - server), server)
                                                    : mon_strdup(server);
        return net_host_is_address(host) ? mon_steal(&host) : NULL;
}

static char *check_server(const char *text) {
        mon_auto_free char *host = host_of_server(text);
        if (host)
                return NULL;
        return mon_strdup("'server' takes an address, such as 192.0.2.53 or [2001:db8::53]:5353");
}

static const DirectiveChoice types[] = {{"A", DNS_A}, {"AAAA", DNS_AAAA}, {"CNAME", DNS_CNAME}, {NULL, 0}};

static const Directive dns_rows[] = {
        {.key = "name",
         .type = DIRECTIVE_TEXT,
         AT(name),
         .required = true,
         .check = check_name,
         .help = "the name that is asked for"},
        {.key = "type",
         .type = DIRECTIVE_CHOICE,
         AT(type),
         .fallback = "A",
         .choices = types,
         .help = "of the record: A, AAAA or CNAME"},
        {.key = "server",
         .type = DIRECTIVE_TEXT,
         AT(server),
         .check = check_server,
         .help = "the name server that is asked, by its address; without it the system's are"},
        {.key = "expect",
         .type = DIRECTIVE_TEXTS,
         AT(expect),
         .help = "the only addresses (or names) that may be answered; or 'nxdomain': that there is no such name"},
        {.key = NULL},
};

static bool is_address_of(int family, const char *text) {
        struct in6_addr number;

        return inet_pton(family, text, &number) == 1;
}

static void check_expected(const DnsSpec *spec, const TextPlace *item, ProbeMistakeFn *mistake, void *userdata) {
        if (text_is(item->text, NXDOMAIN)) {
                if (spec->expect.n > 1)
                        mistake(userdata, item->line, item->column, "'nxdomain' stands alone: a name without records");
        } else if (spec->type == DNS_A && !is_address_of(AF_INET, item->text))
                mistake(userdata, item->line, item->column, "an A record holds an IPv4 address, such as 192.0.2.1");
        else if (spec->type == DNS_AAAA && !is_address_of(AF_INET6, item->text))
                mistake(userdata, item->line, item->column,
                        "an AAAA record holds an IPv6 address, such as 2001:db8::1");
        else if (spec->type == DNS_CNAME && (is_address_of(AF_INET, item->text) || strchr(item->text, ':')))
                mistake(userdata, item->line, item->column, "a CNAME record holds a name, such as www.example.org");
}

static void dns_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata, char **ret_host) {
        const DnsSpec *dns = spec;

        (void)target;
        for (size_t i = 0; i < dns->expect.n; i++)
                check_expected(dns, &dns->expect.items[i], mistake, userdata);
        *ret_host = dns->server ? host_of_server(dns->server) : mon_strdup(dns->name);
}

/* --- a look ------------------------------------------------------------------------------------------------------ */

struct Probe {
        Loop *loop;
        const DnsSpec *spec;
        DnsQuery *query;
        Timer deadline;
        Observation *observation;
        ProbeDoneFn *done;
        void *userdata;
};

static void dns_cancel(Probe *probe) {
        if (!probe)
                return;
        loop_disarm(probe->loop, &probe->deadline);
        dns_query_cancel(probe->query);
        observation_free(probe->observation);
        free(probe);
}

static void finish(Probe *probe) {
        ProbeDoneFn *done = probe->done;
        void *userdata = probe->userdata;
        Observation *observation = mon_steal(&probe->observation);

        observation->duration = clock_at_boot(loop_clock(probe->loop)) - observation->at_boot;
        observation->dns = observation->duration;
        dns_cancel(probe);
        done(observation, userdata);
}

static void on_deadline(void *userdata) {
        Probe *probe = userdata;

        observation_judge(probe->observation, VERDICT_DOWN, CAUSE_TIMEOUT, "no name server answered");
        finish(probe);
}

static bool is_same(const char *a, const char *b) {
        struct in6_addr x = {0}, y = {0};

        for (size_t i = 0; i < 2; i++) {
                int family = i == 0 ? AF_INET : AF_INET6;
                if (inet_pton(family, a, &x) == 1 && inet_pton(family, b, &y) == 1)
                        return memcmp(&x, &y, sizeof x) == 0;
        }
        size_t n = strlen(a), m = strlen(b);
        n -= n > 0 && a[n - 1] == '.';
        m -= m > 0 && b[m - 1] == '.';
        return n == m && strncasecmp(a, b, n) == 0;
}

static bool is_expected(const DnsSpec *spec, const char *record) {
        for (size_t i = 0; i < spec->expect.n; i++)
                if (is_same(spec->expect.items[i].text, record))
                        return true;
        return spec->expect.n == 0;
}

static bool expects_no_name(const DnsSpec *spec) {
        return spec->expect.n == 1 && text_is(spec->expect.items[0].text, NXDOMAIN);
}

static void judge_records(const DnsSpec *spec, const DnsRecords *records, Observation *observation) {
        if (expects_no_name(spec)) {
                mon_auto_free char *why = mon_printf("the name exists: %s", records->items[0]);
                observation_assert(observation, false, "there is no such name");
                observation_judge(observation, VERDICT_DOWN, CAUSE_WRONG_ANSWER, why);
                return;
        }
        observation_judge(observation, VERDICT_UP, CAUSE_OK, NULL);
        for (size_t i = 0; i < records->n; i++) {
                bool held = is_expected(spec, records->items[i]);
                if (spec->expect.n > 0)
                        observation_assert(observation, held, "%s is among the expected ones", records->items[i]);
                if (held || observation->verdict != VERDICT_UP)
                        continue;
                mon_auto_free char *why = mon_printf("%s is answered, which is not expected", records->items[i]);
                observation_judge(observation, VERDICT_DOWN, CAUSE_WRONG_ANSWER, why);
        }
}

static void judge(const DnsSpec *spec, const DnsRecords *records, Observation *observation) {
        const char *why = records->servfail ? "the name server failed (SERVFAIL)" : resolve_text(records->result);

        switch (records->result) {
        case 0:
                judge_records(spec, records, observation);
                return;
        case RESOLVE_E_NO_NAME:
                if (expects_no_name(spec)) {
                        observation_assert(observation, true, "there is no such name");
                        observation_judge(observation, VERDICT_UP, CAUSE_OK, NULL);
                } else
                        observation_judge(observation, VERDICT_DOWN, CAUSE_DNS, why);
                return;
        case RESOLVE_E_NO_ADDRESS:
                observation_judge(observation, VERDICT_DOWN, CAUSE_WRONG_ANSWER,
                                  "the name exists, without a record of this type");
                return;
        case RESOLVE_E_SILENT:
                observation_judge(observation, VERDICT_DOWN, CAUSE_TIMEOUT, why);
                return;
        default:
                observation_judge(observation, records->result < 0 ? VERDICT_UNKNOWN : VERDICT_DOWN,
                                  records->result < 0 ? CAUSE_LOCAL_FAULT : CAUSE_DNS, why);
        }
}

static void on_records(const DnsRecords *records, void *userdata) {
        Probe *probe = userdata;

        probe->query = NULL;
        judge(probe->spec, records, probe->observation);
        finish(probe);
}

mon_define_cleanup(Probe, dns_cancel);

static int dns_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                     Probe **ret_probe) {
        const DnsSpec *spec = target->spec;
        const Clock *clock = loop_clock(services->loop);
        mon_cleanup(dns_cancel_p) Probe *probe = mon_new(Probe);

        *probe = (Probe){.loop = services->loop, .spec = spec, .done = done, .userdata = userdata};
        probe->deadline = (Timer){.fn = on_deadline, .userdata = probe};
        probe->observation = observation_new(clock_at_real(clock), clock_at_boot(clock));
        const char *servers = spec->server ? spec->server : resolver_servers(services->resolver);
        int r = dns_query_start(services->loop, servers, spec->name, (DnsType)spec->type, on_records, probe,
                                &probe->query);
        if (r < 0)
                return r;
        loop_arm_after(services->loop, &probe->deadline, target->timeout);
        *ret_probe = mon_steal(&probe);
        return 0;
}

const ProbeDriver probe_dns = {
        .name = "dns",
        .directives = dns_rows,
        .spec_size = sizeof(DnsSpec),
        .prepare = dns_prepare,
        .start = dns_start,
        .cancel = dns_cancel,
};
