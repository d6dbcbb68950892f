/* The http probe: one page asked as a visitor's browser would, without its scripts. Each redirect is a hop of its own,
 * seen and judged; all of it under the target's one deadline. */
#pragma once

#include "probes/page/page.h"
#include "probes/probe.h"

#define HTTP_REDIRECTS_MAX (OBSERVATION_HOPS_MAX - 1)
#define HTTP_BODY_MIN 1024
#define HTTP_BODY_MAX PAGE_BODY_MAX
#define HTTP_SCRIPTS_MAX 4         /* script files of an application that are asked */
#define HTTP_SCRIPT_BYTES_MAX 4096 /* bytes of each that are taken: its head tells what it is */

typedef struct HttpExpect {
        TextList status, final_url, contains, absent, matches, xpath;
} HttpExpect;

/* The part of the page whose text is kept by change. */
typedef struct HttpWatch {
        TextList parts;  /* XPath */
        TextList ignore; /* PCRE2: what is noise in it */
} HttpWatch;

/* Reads an answer that is no page but a feed; the verdict, and all that there is to say, goes into the observation. */
struct FetchAnswer;
struct HttpSpec;
typedef void HttpFeedFn(const struct HttpSpec *spec, const struct FetchAnswer *answer, const Hop *hop, Nsec now_at_real,
                        Observation *observation);

typedef struct HttpSpec {
        char *url;
        int method;       /* FetchMethod */
        TextList headers; /* "Name: value" */
        int64_t follow_redirects;
        int ip; /* IpFamily */
        int64_t max_body;
        Nsec slow_after;
        char *ca_file;
        bool application;
        HttpWatch watch;
        HttpExpect expect;
        PageExpect *compiled; /* of all that is expected; by prepare() */
        HttpFeedFn *feed;     /* NULL: a page, and the page reader judges it */
} HttpSpec;

/* The check of rows that drivers over HTTP share. */
char *http_check_header(const char *text);
extern const DirectiveChoice http_families[]; /* of IpFamily */
extern const Directive http_expect_rows[];    /* of HttpExpect */
/* Never NULL; every bad item is told. `application`: a page that its scripts fill is as it should be. `watch`
 * may be NULL. */
PageExpect *http_expect_compile(const HttpExpect *expect, const HttpWatch *watch, bool application,
                                ProbeMistakeFn *mistake, void *userdata);

extern const ProbeDriver probe_http;

/* The look, in http_look.c. The target's spec is an HttpSpec or begins with one, and has its `compiled`. */
int http_look_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                    Probe **ret_probe);
void http_look_cancel(Probe *probe);
