/* People's looks under way: who waits for which targets, and the document they get when the last of them is recorded.
 */
#pragma once

#include "daemon/api/api.h"
#include "daemon/watches.h"

typedef struct Asks Asks;

Asks *asks_new(Watches *watches, Clock *clock);
void asks_free(Asks *asks); /* after api_free(): nobody is answered any more */
mon_define_cleanup(Asks, asks_free);

/* Answers the call at once (refused) or when every look is done. The ids are known ones. */
void asks_check(Asks *asks, const char *const *targets, size_t n, ApiCall *call);
void asks_on_checked(Asks *asks, const Watch *watch, const Observation *observation);
void asks_on_gone(Asks *asks, const Watch *watch);
