/* One curl multi handle on the loop. There is one for each CA file: the handle keeps the parsed authorities, at a
 * thirtieth of the price of reading them for each connection, only as long as that file stays the same. */
#pragma once

#include "daemon/base/loop.h"

typedef struct FetchPool FetchPool;

/* A transfer ended by itself: its easy handle (a CURL) and the CURLcode. The callee removes the handle. */
typedef void FetchPoolFn(void *easy, int code);

mon_must_check int fetch_pool_new(Loop *loop, const char *ca_file, FetchPoolFn *ended, FetchPool **ret_pool);
void fetch_pool_free(FetchPool *pool); /* after every transfer of it */
mon_define_cleanup(FetchPool, fetch_pool_free);

const char *fetch_pool_ca_file(const FetchPool *pool);
mon_must_check int fetch_pool_add(FetchPool *pool, void *easy);
void fetch_pool_remove(FetchPool *pool, void *easy); /* closes its connection */
