/* References: pages that are surely up. When all of them fail at the same time as a target, it is our network. */
#pragma once

#include "daemon/base/loop.h"
#include "daemon/net/visit.h"

#define REFERENCES_MAX 8
#define REFERENCES_TIMEOUT (10 * NSEC_PER_SEC)
#define REFERENCES_KEEP (5 * NSEC_PER_SEC) /* how long an answer serves */

typedef struct References References;
typedef struct ReferencesAsk ReferencesAsk;

/* `alive`: a reference answered over HTTP, whatever it said. Called once, from the loop, never from within
 * references_ask(); the ask is already freed. */
typedef void ReferencesFn(bool alive, void *userdata);

mon_must_check int references_new(Loop *loop, Resolver *resolver, Fetcher *fetcher, References **ret_references);
void references_free(References *references); /* after every ask of it */
mon_define_cleanup(References, references_free);

/* Replaces the list, also while asks are waiting: those wait for the new ones. At most REFERENCES_MAX; the texts are
 * copied. `ca_file` NULL is the system's bundle. */
void references_set(References *references, const char *const *urls, size_t n, const char *user_agent,
                    const char *ca_file);
size_t references_count(const References *references);

/* Whoever asks while an answer is on its way, or within REFERENCES_KEEP of it, shares it. At least one must be set. */
void references_ask(References *references, ReferencesFn *done, void *userdata, ReferencesAsk **ret_ask);
void references_cancel(ReferencesAsk *ask); /* NULL allowed */
