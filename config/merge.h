/* Several files as one: maps merged, lists appended, and whatever else is said twice a mistake. */
#pragma once

#include "config/mistakes.h"

/* Moves what `from` holds into `into` (both maps); `from` is left to be freed. */
void merge_into(YamlNode *into, YamlNode *from, Mistakes *mistakes);
