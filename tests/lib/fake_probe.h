/* A probe without a network: it does what its spec says. */
#pragma once

#include "probes/probe.h"

typedef struct FakeSpec {
        Nsec takes; /* NSEC_NEVER: it hangs */
        Verdict verdict;
        Cause cause;
        int fails;      /* a negative errno at its start */
        size_t started; /* counted here */
} FakeSpec;

extern const ProbeDriver fake_probe; /* its targets' spec is a FakeSpec */
