#include "daemon/net/dns_query.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/dns_channel.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <ctype.h>
#include <netdb.h>

struct DnsQuery {
        Loop *loop;
        DnsChannel channel;
        LoopDeferred finish;
        DnsType type;
        DnsRecords records;
        DnsRecordsFn *done;
        void *userdata;
};

static void add_record(DnsRecords *records, const char *text) {
        if (records->n == DNS_QUERY_RECORDS_MAX)
                return;
        char *copy = text_clean_copy(text, RESOLVE_NAME_MAX + 1);
        for (char *c = copy; *c; c++)
                *c = (char)tolower((unsigned char)*c);
        records->items[records->n++] = copy;
}

static int take_addresses(DnsRecords *records, int family, const void *addresses, size_t size, int n) {
        for (int i = 0; i < n; i++) {
                char text[ADDRESS_TEXT_MAX];
                if (inet_ntop(family, (const char *)addresses + (size_t)i * size, text, sizeof text))
                        add_record(records, text);
        }
        return ARES_SUCCESS;
}

static int take_a(DnsRecords *records, const unsigned char *bytes, int len) {
        struct ares_addrttl found[DNS_QUERY_RECORDS_MAX];
        int n = DNS_QUERY_RECORDS_MAX;

        int status = ares_parse_a_reply(bytes, len, NULL, found, &n);
        return status == ARES_SUCCESS ? take_addresses(records, AF_INET, found, sizeof *found, n) : status;
}

static int take_aaaa(DnsRecords *records, const unsigned char *bytes, int len) {
        struct ares_addr6ttl found[DNS_QUERY_RECORDS_MAX];
        int n = DNS_QUERY_RECORDS_MAX;

        int status = ares_parse_aaaa_reply(bytes, len, NULL, found, &n);
        return status == ARES_SUCCESS ? take_addresses(records, AF_INET6, found, sizeof *found, n) : status;
}

/* c-ares has no parser for a CNAME alone, but gives the end of the chain as the host's own name, and every name before
 * it as an alias: no alias, no CNAME. */
static int take_cname(DnsRecords *records, const unsigned char *bytes, int len) {
        struct hostent *host = NULL;

        int status = ares_parse_a_reply(bytes, len, &host, NULL, NULL);
        if (status == ARES_SUCCESS && host->h_aliases && host->h_aliases[0])
                add_record(records, host->h_name);
        if (host)
                ares_free_hostent(host);
        return status;
}

static int take_records(DnsQuery *query, const unsigned char *bytes, int len) {
        switch (query->type) {
        case DNS_AAAA:
                return take_aaaa(&query->records, bytes, len);
        case DNS_CNAME:
                return take_cname(&query->records, bytes, len);
        default:
                return take_a(&query->records, bytes, len);
        }
}

/* Runs inside c-ares, which must not be destroyed from here: the end is deferred. */
static void on_answer(void *userdata, int status, int timeouts, unsigned char *bytes, int len) {
        DnsQuery *query = userdata;
        DnsRecords *records = &query->records;

        (void)timeouts;
        if (status == ARES_EDESTRUCTION)
                return;
        dns_channel_rest(&query->channel);
        if (status == ARES_SUCCESS)
                status = take_records(query, bytes, len);
        records->result = dns_channel_result(status);
        records->servfail = status == ARES_ESERVFAIL;
        int fault = records->result == RESOLVE_E_REFUSED ? dns_channel_own_fault() : 0;
        if (fault < 0)
                records->result = fault;
        if (records->result == 0 && records->n == 0)
                records->result = RESOLVE_E_NO_ADDRESS;
        loop_defer(query->loop, &query->finish);
}

static void records_fini(DnsRecords *records) {
        for (size_t i = 0; i < records->n; i++)
                free(records->items[i]);
}

void dns_query_cancel(DnsQuery *query) {
        if (!query)
                return;
        loop_cancel_deferred(query->loop, &query->finish);
        dns_channel_close(&query->channel);
        records_fini(&query->records);
        loop_end_work(query->loop);
        free(query);
}

static void on_finish(void *userdata) {
        DnsQuery *query = userdata;
        DnsRecords records = query->records;
        DnsRecordsFn *done = query->done;
        void *theirs = query->userdata;

        query->records.n = 0;
        dns_query_cancel(query);
        done(&records, theirs);
        records_fini(&records);
}

int dns_query_start(Loop *loop, const char *servers, const char *name, DnsType type, DnsRecordsFn *done, void *userdata,
                    DnsQuery **ret_query) {
        mon_cleanup(dns_query_cancel_p) DnsQuery *query = mon_new(DnsQuery);

        *query = (DnsQuery){.loop = loop, .type = type, .done = done, .userdata = userdata};
        query->finish = (LoopDeferred){.fn = on_finish, .userdata = query};
        loop_begin_work(loop);
        int r = dns_channel_open(&query->channel, loop, servers, ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES);
        if (r < 0)
                return r;
        ares_query(query->channel.ares, name, ns_c_in, (int)type, on_answer, query);
        *ret_query = mon_steal(&query);
        return 0;
}
