/* What every look over HTTP has: who asked for it, when it began, what it sees, and the walk that it goes. A driver's
 * Probe holds one. */
#pragma once

#include "probes/walk.h"

typedef struct Look {
        const ProbeServices *services;
        ProbeDoneFn *done;
        void *userdata;
        Nsec started_at_boot;
        Observation *observation;
        Walk walk; /* not begun */
} Look;

/* All but where the walk leads. `on_page` is given `probe`. */
void look_init(Look *look, const ProbeServices *services, const Target *target, const HttpSpec *manner,
               ProbeDoneFn *done, void *userdata, WalkDoneFn *on_page, Probe *probe);
void look_fini(Look *look); /* cancels what is under way */
/* It is over: frees the probe, which holds the look, then hands the observation to whoever asked. */
void look_end(Look *look, Probe *probe, void (*probe_free)(Probe *probe));

static inline Clock *look_clock(const Look *look) {
        return loop_clock(look->services->loop);
}
static inline Nsec look_took(const Look *look) {
        return clock_at_boot(look_clock(look)) - look->started_at_boot;
}
/* The one that was asked last. */
static inline const Hop *look_hop(const Look *look) {
        return &look->observation->hops[look->observation->n_hops - 1];
}
