#include "daemon/base/zone.h"

#include <glib.h>
#include <string.h>

#define DAY_SECONDS INT64_C(86400)

struct Zone {
        char *name;
        GTimeZone *zone;
};

/* GLib also takes absolute paths, offsets and rules of POSIX ("CET-1CEST"); a misspelt name must not be read as one. */
static bool is_name(const char *name) {
        size_t n = strnlen(name, ZONE_NAME_MAX + 1);

        if (strcmp(name, "UTC") == 0)
                return true;
        if (n == 0 || n > ZONE_NAME_MAX || !strchr(name, '/') || name[0] == '/' || name[n - 1] == '/')
                return false;
        for (size_t i = 0; i < n; i++)
                if (!g_ascii_isalnum(name[i]) && !strchr("/_-+", name[i]))
                        return false;
        return strstr(name, "//") == NULL;
}

int zone_open(const char *name, Zone **ret_zone) {
        if (!is_name(name))
                return ZONE_E_NAME;
        GTimeZone *found = strcmp(name, "UTC") == 0 ? g_time_zone_new_utc() : g_time_zone_new_identifier(name);
        if (!found)
                return ZONE_E_UNKNOWN;
        Zone *zone = mon_new(Zone);
        *zone = (Zone){.name = mon_strdup(name), .zone = found};
        *ret_zone = zone;
        return 0;
}

void zone_close(Zone *zone) {
        if (!zone)
                return;
        g_time_zone_unref(zone->zone);
        free(zone->name);
        free(zone);
}

const char *zone_name(const Zone *zone) {
        return zone->name;
}

static int64_t floor_div(int64_t a, int64_t b) {
        return a / b - (a % b < 0);
}

static int offset_at(const Zone *zone, int64_t second) {
        int interval = g_time_zone_find_interval(zone->zone, G_TIME_TYPE_UNIVERSAL, second);

        return g_time_zone_get_offset(zone->zone, interval);
}

void zone_local(const Zone *zone, Nsec at_real, ZoneTime *ret_local) {
        int64_t second = floor_div(at_real, NSEC_PER_SEC);
        int offset = offset_at(zone, second);
        int64_t local = second + offset, day = floor_div(local, DAY_SECONDS);
        int64_t of_week = (day + 3) % 7; /* 1970-01-01 was a Thursday */

        *ret_local = (ZoneTime){
                .day = day,
                .weekday = (int)(of_week < 0 ? of_week + 7 : of_week),
                .minute = (int)((local - day * DAY_SECONDS) / 60),
                .second = (int)((local - day * DAY_SECONDS) % 60),
                .offset_s = offset,
        };
}

/* The first second of (from, until] at which the offset is no more that of `from`. */
static int64_t find_change(const Zone *zone, int64_t from, int64_t until) {
        int before = offset_at(zone, from);

        while (until - from > 1) {
                int64_t middle = from + (until - from) / 2;
                if (offset_at(zone, middle) == before)
                        from = middle;
                else
                        until = middle;
        }
        return until;
}

Nsec zone_instant(const Zone *zone, int64_t day, int minute) {
        int64_t local = day * DAY_SECONDS + minute * INT64_C(60);
        /* No zone is a day away from UTC, so these are the offsets before and after a change near this minute. */
        int before = offset_at(zone, local - DAY_SECONDS), after = offset_at(zone, local + DAY_SECONDS);
        int64_t second = local - before;

        if (offset_at(zone, second) != before) {
                second = local - after;
                if (offset_at(zone, second) != after)
                        second = find_change(zone, local - after, local - before);
        }
        return second * NSEC_PER_SEC;
}
