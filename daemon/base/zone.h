/* Time zones of the tz database by their names ("Europe/Paris"), by GLib's GTimeZone: the one door to it. The C library
 * knows one zone in a process; here several are open side by side.
 *
 * A zone that is open is plain data: it is never read again and never changes, so that code that is pure may hold one.
 * Days are counted from 1970-01-01 of the local calendar. Past the last change that the system's tz database spells out
 * (the year 2037) the last offset stays. */
#pragma once

#include "daemon/base/clock.h"

#define ZONE_NAME_MAX 64 /* bytes */

typedef struct Zone Zone;

enum {
        ZONE_E_NAME = 1,    /* not of the form of a zone's name: "UTC" or Area/Location, of letters, digits, _ - + */
        ZONE_E_UNKNOWN = 2, /* the system has no such zone */
};

/* Reads one file below the system's folder of zones, or none; the name leads nowhere else. */
mon_must_check int zone_open(const char *name, Zone **ret_zone);
void zone_close(Zone *zone);
mon_define_cleanup(Zone, zone_close);
const char *zone_name(const Zone *zone);

typedef struct ZoneTime {
        int64_t day;  /* of the local calendar, from 1970-01-01 */
        int weekday;  /* 0 is Monday */
        int minute;   /* of the day as the clock on the wall shows it: 0 to 1439 */
        int second;   /* 0 to 59 */
        int offset_s; /* what the local clock is ahead of UTC */
} ZoneTime;

/* What a clock on the wall there shows at an instant. */
void zone_local(const Zone *zone, Nsec at_real, ZoneTime *ret_local);
/* The instant at which it shows the minute of the day (minutes beyond 1440 reach into the next days). A minute that a
 * change of the clock skips is the first instant after the change; one that stands twice is its first. */
Nsec zone_instant(const Zone *zone, int64_t day, int minute);
