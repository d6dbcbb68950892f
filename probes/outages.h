/* The outages probe: what a site itself publishes, as JSON, of its own outages. One in force is maintenance/published
 * with its text; one to come is a notice; a feed that cannot be read is unreadable/feed_unreadable, never "no outage".
 * The request, its redirects and its deadline are http's. */
#pragma once

#include "probes/http.h"
#include "probes/outages_feed.h"

typedef struct OutagesSpec {
        HttpSpec http; /* first: http_look_start() sees this alone */
        char *items, *from, *until, *text;
        TextList only_at; /* at most one: a list keeps its place for a mistake */
        TextList only_is;
} OutagesSpec;

extern const ProbeDriver probe_outages;
