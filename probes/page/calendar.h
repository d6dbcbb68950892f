/* Days and hours in Europe/Paris, by the European Union's rule for summer time (directive 2000/84/EC): from the last
 * Sunday of March to the last Sunday of October, both at 01:00 UTC. No time zone file is read, so the same bytes always
 * mean the same. */
#pragma once

#include "daemon/base/clock.h"

/* Days since 1970-01-01 of a day of the Gregorian calendar. */
int64_t calendar_day(int year, int month, int mday);
/* And back; any of the results may be NULL. */
void calendar_date(int64_t day, int *ret_year, int *ret_month, int *ret_mday);
bool calendar_is_date(int year, int month, int mday);
int calendar_weekday(int64_t day); /* 0 is Monday */

/* The instant of a minute of a day in Paris (minutes beyond 1440 reach into the next days). */
Nsec calendar_paris(int64_t day, int minute);
/* The day and minute in Paris of an instant. */
void calendar_in_paris(Nsec at_real, int64_t *ret_day, int *ret_minute);
