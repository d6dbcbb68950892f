/* Keys that mond's configuration is going to have: known by name, so that whoever reads of them elsewhere is told the
 * truth rather than "unknown key". */
#pragma once

#include "daemon/base/alloc.h"

/* The sentence for a key of a block ("" is the file itself, "targets" one target), or NULL. To free. */
char *future_text(const char *block, const char *key);
