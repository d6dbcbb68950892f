/* One look at a target: the verdict, why, how long each part took, and, until it is decided what to keep of it, the
 * bytes themselves. Made by a probe, owned by whoever it is handed to. */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/digest.h"
#include "daemon/model/content.h"
#include "daemon/model/verdict.h"

#define OBSERVATION_DETAIL_MAX 400 /* bytes of `detail` */
#define OBSERVATION_BANNER_MAX 600 /* bytes of a banner's text */
#define OBSERVATION_TITLE_MAX 200
#define OBSERVATION_HOPS_MAX 21 /* a first request and the redirects after it (follow_redirects is at most 20) */
#define ADDRESS_TEXT_MAX 46     /* INET6_ADDRSTRLEN */

/* One request and its answer. */
typedef struct Hop {
        char *url;
        char *request;   /* request line and headers as sent, CRLF between lines; NULL if nothing was sent */
        char *response;  /* status line and headers as received, cleaned of nothing; NULL if none came */
        Buf body;        /* decoded; what came of it */
        int http_status; /* 0: no answer */
        char remote_ip[ADDRESS_TEXT_MAX];
        Nsec started_at_real;
} Hop;

/* A maintenance that the page announces for later, or the span that it gives for the present one. */
typedef struct Announcement {
        char *text;         /* as it stands on the page; NULL: there is none */
        Nsec from_at_real;  /* NSEC_UNKNOWN where it cannot be read */
        Nsec until_at_real; /* likewise */
} Announcement;

/* One assertion and what came of it: every one is evaluated and kept, also after a bad status. */
typedef struct Assertion {
        char *text; /* for people: `contains "opposer"` */
        bool held;
} Assertion;

typedef struct Observation {
        Verdict verdict;
        Cause cause;
        char *detail; /* one sentence for people; NULL when the cause says it all */

        Nsec at_real; /* when the look began */
        Nsec at_boot;
        bool asked_for;               /* by a person, between two due times */
        Nsec speaks_until_at_real;    /* 0: as its target's interval has it */
        Nsec duration;                /* all of it, without waiting for a turn */
        Nsec dns, connect, tls, ttfb; /* of the last hop, each its own part; NSEC_UNKNOWN when it was not reached */

        int http_status; /* of the last hop; 0: none */
        int64_t bytes;   /* of the last body as transferred; -1: none */
        char remote_ip[ADDRESS_TEXT_MAX];
        bool has_certificate;
        Sha256 certificate; /* of the leaf's DER, also when verification failed */
        Nsec certificate_expires_at_real;
        bool has_key; /* the target follows its certificate's key */
        Sha256 key;
        bool has_body;
        Sha256 body_sha256; /* of the last decoded body */
        Nsec retry_after;   /* what the answer asked for, from now; NSEC_UNKNOWN when nothing */

        char *banner_text; /* what the page says of itself; NULL: nothing */
        char *banner_rule; /* the lexicon's rule that caught it */
        char *title;       /* the page's, cleaned */
        Announcement announcement;
        Content content;       /* of the part that is watched, where the page was read whole */
        uint64_t lexicon_hash; /* of the lexicon that judged it; 0: none did */

        Assertion *assertions;
        size_t n_assertions;
        Hop *hops;
        size_t n_hops;
} Observation;

Observation *observation_new(Nsec at_real, Nsec at_boot); /* unknown / not_yet, nothing measured */
void observation_free(Observation *observation);
mon_define_cleanup(Observation, observation_free);

/* Sets both; `detail` is copied, cleaned and cut, NULL allowed. */
void observation_judge(Observation *observation, Verdict verdict, Cause cause, const char *detail);
void observation_assert(Observation *observation, bool held, const char *format, ...) mon_printf_like(3, 4);
/* A new, empty last hop; the caller fills it. Never more than OBSERVATION_HOPS_MAX. */
Hop *observation_add_hop(Observation *observation, const char *url, size_t body_max, Nsec at_real);
/* Drops the bytes (requests, responses, bodies) once nothing of them is to be kept. */
void observation_drop_hops(Observation *observation);
