#include "daemon/core/hours.h"

#include "daemon/base/text.h"

#include <stdlib.h>

#define DAY_MINUTES 1440
#define WEEK_DAYS 7
#define DAYS_BACK 1  /* a span of the day before may end today where midnight is skipped */
#define DAYS_AHEAD 9 /* a week, and what a change of the clock moves */

typedef struct Span {
        int weekday, from, until; /* minutes of the day */
} Span;

struct Hours {
        Zone *zone;
        Span spans[HOURS_SPANS_MAX]; /* by weekday and beginning, merged within a day */
        size_t n;
};

Hours *hours_new(Zone *zone) {
        Hours *hours = mon_new(Hours);

        hours->zone = zone;
        return hours;
}

void hours_free(Hours *hours) {
        if (!hours)
                return;
        zone_close(hours->zone);
        free(hours);
}

const Zone *hours_zone(const Hours *hours) {
        return hours->zone;
}

/* --- reading an item -------------------------------------------------------------------------------------------- */

static int weekday_of(const char *word, size_t n) {
        static const char *const names[][WEEK_DAYS] = {
                {"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
                {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"},
                {"lun", "mar", "mer", "jeu", "ven", "sam", "dim"},
                {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"},
        };

        for (size_t i = 0; i < mon_count_of(names); i++)
                for (int day = 0; day < WEEK_DAYS; day++)
                        if (strlen(names[i][day]) == n && strncasecmp(word, names[i][day], n) == 0)
                                return day;
        return -1;
}

/* The days of "Mon-Fri,Sun" as bits; 0 and the mistake. */
static unsigned read_days(const char *text, size_t n, char **ret_why) {
        unsigned days = 0;

        for (size_t at = 0; at <= n;) {
                size_t length = strcspn(text + at, ", "), dash = strcspn(text + at, "-, ");
                int from = weekday_of(text + at, dash), until = from;
                if (dash < length)
                        until = weekday_of(text + at + dash + 1, length - dash - 1);
                if (from < 0 || until < 0) {
                        mon_auto_free char *word = mon_strndup(text + at, length);
                        *ret_why = mon_printf("'%s' is no day: Mon, Tue, Wed, Thu, Fri, Sat, Sun (or Lun … Dim), also"
                                              " Mon-Fri and Mon,Wed",
                                              word);
                        return 0;
                }
                for (int day = from;; day = (day + 1) % WEEK_DAYS) {
                        days |= 1U << day;
                        if (day == until)
                                break;
                }
                at += length + 1;
        }
        return days;
}

/* "08:30" to its minute; -1. */
static int read_minute(const char *text, size_t n) {
        int hour = 0, minute = 0;
        size_t colon = n - 3;

        if (n < 4 || n > 5 || text[colon] != ':')
                return -1;
        for (size_t i = 0; i < n; i++) {
                if (i == colon)
                        continue;
                if (text[i] < '0' || text[i] > '9')
                        return -1;
                if (i < colon)
                        hour = hour * 10 + text[i] - '0';
                else
                        minute = minute * 10 + text[i] - '0';
        }
        return minute < 60 && (hour < 24 || (hour == 24 && minute == 0)) ? hour * 60 + minute : -1;
}

static int read_span(const char *text, size_t n, Span *ret_span, char **ret_why) {
        mon_auto_free char *word = mon_strndup(text, n);
        const char *dash = memchr(text, '-', n);
        int from = dash ? read_minute(text, (size_t)(dash - text)) : -1;
        int until = dash ? read_minute(dash + 1, n - (size_t)(dash - text) - 1) : -1;

        if (from < 0 || until < 0 || from == DAY_MINUTES) {
                *ret_why = mon_printf("'%s' is no span of a day: HH:MM-HH:MM, from 00:00 to 24:00", word);
                return HOURS_E_ITEM;
        }
        if (until <= from) {
                *ret_why = mon_printf("'%s' ends before it begins: a span over midnight is written as two, one to 24:00"
                                      " and one from 00:00",
                                      word);
                return HOURS_E_ITEM;
        }
        *ret_span = (Span){.from = from, .until = until};
        return 0;
}

static int compare_spans(const void *a, const void *b) {
        const Span *x = a, *y = b;

        if (x->weekday != y->weekday)
                return x->weekday - y->weekday;
        return x->from != y->from ? x->from - y->from : x->until - y->until;
}

static void merge(Hours *hours) {
        size_t n = 0;

        qsort(hours->spans, hours->n, sizeof hours->spans[0], compare_spans);
        for (size_t i = 0; i < hours->n; i++) {
                Span *last = n > 0 ? &hours->spans[n - 1] : NULL;
                if (!last || last->weekday != hours->spans[i].weekday || last->until < hours->spans[i].from)
                        hours->spans[n++] = hours->spans[i];
                else if (last->until < hours->spans[i].until)
                        last->until = hours->spans[i].until;
        }
        hours->n = n;
}

static int add_span(Hours *hours, unsigned days, Span span, char **ret_why) {
        for (int day = 0; day < WEEK_DAYS; day++) {
                if (!(days & 1U << day))
                        continue;
                if (hours->n == HOURS_SPANS_MAX) {
                        *ret_why = mon_printf("there are more than %d spans in the week", HOURS_SPANS_MAX);
                        return HOURS_E_ITEM;
                }
                span.weekday = day;
                hours->spans[hours->n++] = span;
        }
        return 0;
}

int hours_add(Hours *hours, const char *item, char **ret_why) {
        size_t length = strlen(item), days_length = strcspn(item, " ");
        Hours whole = *hours; /* an item with a mistake adds nothing */

        if (length > HOURS_ITEM_MAX || length == days_length) {
                *ret_why = length > HOURS_ITEM_MAX
                                   ? mon_printf("an item has at most %d bytes", HOURS_ITEM_MAX)
                                   : mon_printf("'%s': days and hours, as in \"Mon-Fri 08:30-17:30\"", item);
                return HOURS_E_ITEM;
        }
        unsigned days = read_days(item, days_length, ret_why);
        if (days == 0)
                return HOURS_E_ITEM;
        for (size_t at = days_length + strspn(item + days_length, " "); at <= length;) {
                size_t n = strcspn(item + at, ",");
                Span span;
                int r = read_span(item + at, n, &span, ret_why);
                if (r == 0)
                        r = add_span(&whole, days, span, ret_why);
                if (r != 0)
                        return r;
                at += n + 1;
        }
        merge(&whole);
        *hours = whole;
        return 0;
}

/* --- the days about an instant ---------------------------------------------------------------------------------- */

/* Steps through the spans from the day before `at_real` on, as instants; those that touch are given apart. */
typedef struct Walk {
        const Hours *hours;
        int64_t day, last_day;
        int weekday;
        size_t next; /* span */
} Walk;

static Walk walk_begin(const Hours *hours, Nsec at_real, int days_ahead) {
        ZoneTime local;

        zone_local(hours->zone, at_real, &local);
        return (Walk){.hours = hours,
                      .day = local.day - DAYS_BACK,
                      .last_day = local.day + days_ahead,
                      .weekday = (local.weekday + WEEK_DAYS - DAYS_BACK) % WEEK_DAYS};
}

static bool walk_step(Walk *walk, HoursSpan *ret_span) {
        const Hours *hours = walk->hours;

        while (walk->day <= walk->last_day) {
                while (walk->next < hours->n && hours->spans[walk->next].weekday != walk->weekday)
                        walk->next++;
                if (walk->next < hours->n) {
                        const Span *span = &hours->spans[walk->next++];
                        ret_span->from_at_real = zone_instant(hours->zone, walk->day, span->from);
                        ret_span->until_at_real = zone_instant(hours->zone, walk->day, span->until);
                        return true;
                }
                walk->day++;
                walk->weekday = (walk->weekday + 1) % WEEK_DAYS;
                walk->next = 0;
        }
        return false;
}

bool hours_is_open(const Hours *hours, Nsec at_real) {
        Walk walk = walk_begin(hours, at_real, 1);
        HoursSpan span;

        while (walk_step(&walk, &span))
                if (at_real >= span.from_at_real && at_real < span.until_at_real)
                        return true;
        return false;
}

Nsec hours_next_change(const Hours *hours, Nsec at_real) {
        Walk walk = walk_begin(hours, at_real, DAYS_AHEAD);
        HoursSpan span;
        Nsec open_until = NSEC_UNKNOWN; /* where the stretch that holds at_real ends, as far as it was followed */

        while (walk_step(&walk, &span)) {
                if (span.until_at_real <= at_real || span.from_at_real == span.until_at_real)
                        continue;
                if (open_until == NSEC_UNKNOWN && span.from_at_real > at_real)
                        return span.from_at_real;
                if (open_until != NSEC_UNKNOWN && span.from_at_real > open_until)
                        return open_until;
                if (span.until_at_real > open_until)
                        open_until = span.until_at_real;
        }
        return NSEC_NEVER;
}

size_t hours_closed(const Hours *hours, Nsec from_at_real, Nsec until_at_real,
                    HoursSpan ret_spans[static HOURS_CLOSED_MAX]) {
        size_t n = 0;

        if (from_at_real < until_at_real - HOURS_CLOSED_BACK)
                from_at_real = until_at_real - HOURS_CLOSED_BACK;
        while (from_at_real < until_at_real) {
                Nsec change = hours_next_change(hours, from_at_real);
                if (change > until_at_real)
                        change = until_at_real;
                if (!hours_is_open(hours, from_at_real)) {
                        if (n == HOURS_CLOSED_MAX)
                                memmove(ret_spans, ret_spans + 1, --n * sizeof *ret_spans);
                        ret_spans[n++] = (HoursSpan){from_at_real, change};
                }
                from_at_real = change;
        }
        return n;
}
