/* Opening hours: the spans of a week, on the wall clock of one zone, in which a target is looked at. Pure.
 *
 * An item is days and spans: "Mon-Fri 08:30-17:30", "Sat 09:00-12:00", "Mon,Wed-Thu 09:00-12:00,14:00-24:00". Days are
 * English or French, short or whole, in any case; a range may go over the week's end ("Sat-Mon"). A span does not go
 * over midnight: it is written as two, one to 24:00 and one from 00:00. Spans that touch or overlap are one.
 *
 * A span is open from the first instant at which the clock shows its beginning to the first at which it shows its end;
 * what a change of the clock skips is the first instant after the change (see zone.h). */
#pragma once

#include "daemon/base/zone.h"

#define HOURS_ITEM_MAX 200 /* bytes of one item */
#define HOURS_SPANS_MAX 70 /* in a week, before they are merged */

typedef struct Hours Hours;

enum {
        HOURS_E_ITEM = 1, /* *ret_why says what is wrong with the item, in one sentence to free */
};

/* Takes the zone, which it closes. Nothing is open yet. */
Hours *hours_new(Zone *zone);
void hours_free(Hours *hours);
mon_define_cleanup(Hours, hours_free);

mon_must_check int hours_add(Hours *hours, const char *item, char **ret_why);
const Zone *hours_zone(const Hours *hours);

bool hours_is_open(const Hours *hours, Nsec at_real);
/* The first instant after `at_real` at which they open or close; NSEC_NEVER: they never do. */
Nsec hours_next_change(const Hours *hours, Nsec at_real);

typedef struct HoursSpan {
        Nsec from_at_real, until_at_real;
} HoursSpan;

#define HOURS_CLOSED_MAX 800                                    /* spans in one answer of hours_closed() */
#define HOURS_CLOSED_BACK (370 * INT64_C(86400) * NSEC_PER_SEC) /* before its end, further back is not looked at */
/* The closed spans in [from, until), in order, cut to it; the newest, where there are more than fit. Gives how many. */
size_t hours_closed(const Hours *hours, Nsec from_at_real, Nsec until_at_real,
                    HoursSpan ret_spans[static HOURS_CLOSED_MAX]);
