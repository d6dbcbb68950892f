/* What a kind of probe is: a name, the directives of its block in the configuration, and four functions. A new kind is
 * one file with one ProbeDriver, one row in registry.c and one scenario. */
#pragma once

#include "daemon/base/loop.h"
#include "daemon/model/directive.h"
#include "daemon/model/observation.h"
#include "daemon/model/target.h"

typedef struct Probe Probe; /* one look under way; each driver's own */
typedef struct ProbeServices ProbeServices;

/* Called once, from the loop, never from within start(): the look is over, and the observation is the callee's. The
 * Probe is already freed. Not called after cancel(). */
typedef void ProbeDoneFn(Observation *observation, void *userdata);

/* Line 0: it has no place but the block. */
typedef DirectiveMistakeFn ProbeMistakeFn;

typedef struct ProbeDriver {
        const char *name;            /* the key in the configuration: "http" */
        const Directive *directives; /* of its block */
        size_t spec_size;            /* a zeroed spec is filled by the rows */
        bool by_people;              /* never looked at: what people report decides, at once */
        /* Checks across rows, compiles what a probe will need into the spec, and names the host asked (NULL: none). */
        void (*prepare)(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata, char **ret_host);
        /* The kind's own `timeout`, where its block says one, instead of the target's; 0: it does not. May be NULL. */
        Nsec (*timeout)(const void *spec);
        void (*fini)(void *spec); /* the driver's own parts; the rows' are freed by their types */
        /* Begins a look, of which the deadline is the driver's to keep (target->timeout from now). The target stays as
         * it is until done or cancel. A negative errno is a fault of our own (local_fault); nothing is called then. */
        int (*start)(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                     Probe **ret_probe);
        void (*cancel)(Probe *probe);
} ProbeDriver;

struct Children;   /* net/child.h */
struct Fetcher;    /* net/fetch.h */
struct Resolver;   /* net/resolve.h */
struct PageReader; /* probes/page/page.h: lexicon and what was read of pages seen before */

/* What drivers share; each object outlives every probe. */
struct ProbeServices {
        Loop *loop;
        struct Resolver *resolver;
        struct Fetcher *fetcher;
        struct PageReader *reader;
        struct Children *children;
        const char *exec_socket; /* who runs commands instead of this process, whose sandbox forbids it; NULL: nobody */
        const char *user_agent;  /* with the observer's contact */
        const char *ca_file;     /* where a target names none; NULL: the system's bundle */
};
