/* One question to a name server, answered as it is told: the records of one type, or why there are none (RFC 1035). The
 * hosts file has no say, nothing is searched for under another domain, nothing is remembered. */
#pragma once

#include "daemon/net/resolve.h"

#define DNS_QUERY_RECORDS_MAX 16 /* kept of an answer */

typedef enum DnsType {
        DNS_A = 1,
        DNS_CNAME = 5,
        DNS_AAAA = 28,
} DnsType; /* the numbers are those of the protocol */

typedef struct DnsQuery DnsQuery; /* under way */

typedef struct DnsRecords {
        int result;    /* 0, RESOLVE_E_*, or a negative errno. RESOLVE_E_NO_ADDRESS: no record of that type */
        bool servfail; /* with RESOLVE_E_REFUSED: SERVFAIL, and not REFUSED or worse */
        char *items[DNS_QUERY_RECORDS_MAX]; /* addresses as text, or the name that a CNAME gives, in lower case */
        size_t n;                           /* at least 1 when result is 0 */
} DnsRecords;

/* Called once, from the loop, never from within dns_query_start(); the query is already freed. */
typedef void DnsRecordsFn(const DnsRecords *records, void *userdata);

/* `servers` ("192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:53"; several with commas) instead of the system's; NULL. The
 * caller has a deadline of its own and cancels. */
mon_must_check int dns_query_start(Loop *loop, const char *servers, const char *name, DnsType type, DnsRecordsFn *done,
                                   void *userdata, DnsQuery **ret_query);
void dns_query_cancel(DnsQuery *query); /* NULL allowed */
mon_define_cleanup(DnsQuery, dns_query_cancel);
