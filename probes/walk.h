/* From an address to the page at which it ends: each redirect is a hop of its own, seen, kept and judged, under one
 * deadline. What several web probes are made of. */
#pragma once

#include "daemon/net/url.h"
#include "daemon/net/visit.h"
#include "probes/http.h"

/* NULL: no page came, and the observation says why. The answer is the last hop's, its bytes taken by that hop. */
typedef void WalkDoneFn(FetchAnswer *answer, void *userdata);

typedef struct Walk {
        /* The caller's, all there until the walk is over. */
        const ProbeServices *services;
        const Target *target;
        const HttpSpec *manner; /* how each address is asked: method, headers, caps; follow_redirects bounds them all */
        const PageExpect *expect; /* of the page; says which other sites are expected */
        Observation *observation;
        Nsec deadline_at_boot;
        Cookies *cookies; /* NULL: none are kept */
        WalkDoneFn *done; /* may begin the walk again */
        void *userdata;
        /* Its own. */
        Url home;  /* where it began first: secret headers go to this origin alone */
        Url start; /* where it began last: redirects to its site are its own */
        Url now;   /* of the hop under way */
        size_t first_hop;
        const char **headers;
        Visit *visit;
        size_t redirects;
} Walk;

/* Asks `url`; done is called once, never from within. A negative errno is a fault of our own. */
mon_must_check int walk_begin(Walk *walk, const char *url);
/* One more request in the same manner, which is no hop; its callback sets walk->visit to NULL first. */
mon_must_check int walk_ask(Walk *walk, const Url *url, FetchMethod method, size_t body_max, FetchDoneFn *done,
                            void *userdata);
void walk_fini(Walk *walk); /* cancels what is under way */
