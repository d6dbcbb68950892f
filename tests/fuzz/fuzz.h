/* What a fuzz target is: one function, whose name libFuzzer chose, and which the replay calls as well. It aborts when
 * what it looks at does not hold. */
#pragma once

#include "daemon/base/alloc.h"

#include <stdio.h>
#include <string.h>

#define FUZZ_INPUT_MAX (4U << 20) /* bytes of a file in a corpus */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

_Noreturn static inline void fuzz_fail(const char *what, const char *file, int line) {
        (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
        abort();
}
#define fuzz_holds(what) ((what) ? (void)0 : fuzz_fail(#what, __FILE__, __LINE__))

/* An input in parts: what is not taken yet. */
typedef struct FuzzInput {
        const uint8_t *bytes;
        size_t n;
} FuzzInput;

/* Takes the first line with its end; as a string up to a NUL, to free. The whole input where no line ends. */
static inline char *fuzz_take_line(FuzzInput *input) {
        const uint8_t *feed = input->n > 0 ? memchr(input->bytes, '\n', input->n) : NULL;
        size_t len = feed ? (size_t)(feed - input->bytes) : input->n;
        char *line = mon_strndup((const char *)input->bytes, len);

        input->bytes += feed ? len + 1 : len;
        input->n -= feed ? len + 1 : len;
        return line;
}
