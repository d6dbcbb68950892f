/* Everything that looking at targets needs, built and joined: names, fetches, the page reader, references, the runner.
 * The daemon and `mond --once` share it. */
#pragma once

#include "daemon/net/resolve.h"
#include "daemon/settings.h"
#include "probes/runner.h"

typedef struct Prober Prober;

/* Takes the lexicon. `name_servers` NULL: the system's. */
mon_must_check int prober_new(Loop *loop, Settings *settings, const char *name_servers, Prober **ret_prober);
/* Who runs commands from now on (ProbeServices.exec_socket). The text must outlive the prober. */
void prober_set_exec_socket(Prober *prober, const char *path);
void prober_free(Prober *prober);
mon_define_cleanup(Prober, prober_free);

/* Whether these settings would change what a look under way leans on: then none may be when they are set. */
bool prober_differs(const Prober *prober, const Settings *settings);
/* A reload: limits, references, user agent, CA file and (taken, if it is another) the lexicon of the new settings. */
void prober_set(Prober *prober, Settings *settings);
Runner *prober_runner(Prober *prober);
Resolver *prober_resolver(Prober *prober);
uint64_t prober_lexicon_hash(const Prober *prober);
