/* One curl multi handle on the loop. There is one for each CA file: the handle keeps the parsed authorities, at a
 * thirtieth of the price of reading them for each connection, only as long as that file stays the same. */
#pragma once

#include "daemon/base/list.h"
#include "daemon/base/loop.h"

typedef struct FetchPool FetchPool;

/* A transfer ended by itself: its easy handle (a CURL) and the CURLcode. The callee removes the handle. */
typedef void FetchPoolFn(void *easy, int code);

/* `connections_kept`: as in FetchPools. */
mon_must_check int fetch_pool_new(Loop *loop, const char *ca_file, FetchPoolFn *ended, long connections_kept,
                                  FetchPool **ret_pool);
void fetch_pool_free(FetchPool *pool); /* after every transfer of it */
mon_define_cleanup(FetchPool, fetch_pool_free);

const char *fetch_pool_ca_file(const FetchPool *pool);
mon_must_check int fetch_pool_add(FetchPool *pool, void *easy);
void fetch_pool_remove(FetchPool *pool, void *easy); /* closes its connection, unless it is over and kept */

/* What every transfer of ours has: http and https alone, no signal, TLS verified by the pool's file, no time-out of
 * curl's own, and with `pinned` ("host:port:address" lines, a curl_slist) no resolver of its own either, which is a
 * thread that cannot be cancelled. *local_errno, which lives as long as the transfer, takes why no socket could be
 * made.
 */
void fetch_pool_settle(const FetchPool *pool, void *easy, void *pinned, int *local_errno);
/* "+host:port:address" for CURLOPT_RESOLVE, to free; NULL when the host is an address literal. */
char *fetch_pool_pin(const char *host, int port, const char *address);

/* The pools of one client, a CA file each. */
typedef struct FetchPools FetchPools;
struct FetchPools {
        Loop *loop;
        FetchPoolFn *ended;
        long connections_kept; /* open ones, of a pool, for the next request to the same place; 0: none is used twice */
        char *system_ca_file;
        List pools;
};

mon_must_check int fetch_pools_init(FetchPools *pools, Loop *loop, FetchPoolFn *ended, long connections_kept);
void fetch_pools_fini(FetchPools *pools); /* after every transfer of them; a zeroed one too */
/* `ca_file` NULL: the system's bundle. The pool stays theirs. */
mon_must_check int fetch_pools_get(FetchPools *pools, const char *ca_file, FetchPool **ret_pool);
