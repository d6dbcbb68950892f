/* What a fuzz target is: one function, whose name libFuzzer chose, and which the replay calls as well. It aborts when
 * what it looks at does not hold. */
#pragma once

#include "daemon/base/alloc.h"

#define FUZZ_INPUT_MAX (4U << 20) /* bytes of a file in a corpus */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static inline void fuzz_holds(bool what) {
        if (!what)
                abort();
}
