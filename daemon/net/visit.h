/* One address of the web asked once: its name resolved, one address pinned, one request (resolve.h and fetch.h in a
 * row, under one deadline). Redirects are the caller's. */
#pragma once

#include "daemon/net/fetch.h"
#include "daemon/net/resolve.h"

typedef struct Visit Visit;

/* `request` as for fetch_start(), without host, port and address, which are found here. The answer's failure is
 * FETCH_NAME while the name is the trouble. Nothing of the request is needed after the call but the headers, which must
 * live until the visit is over. */
mon_must_check int visit_start(Resolver *resolver, Fetcher *fetcher, const FetchRequest *request, IpFamily family,
                               FetchDoneFn *done, void *userdata, Visit **ret_visit);
void visit_cancel(Visit *visit); /* NULL allowed */
mon_define_cleanup(Visit, visit_cancel);
