/* Character references of HTML: "&eacute;", "&#233;", "&#xE9", and the Latin-1 names also without their semicolon, even
 * with letters behind them ("momentan&eacutement"), as browsers read them in text. */
#pragma once

#include "daemon/base/alloc.h"

/* Reads a reference at `at`, which holds '&'. The bytes it takes, 0 when it is none. */
size_t entity_take(const char *at, size_t n, uint32_t *ret_character);
