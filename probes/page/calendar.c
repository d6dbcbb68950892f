#include "probes/page/calendar.h"

#define DAY_SECONDS INT64_C(86400)

int64_t calendar_day(int year, int month, int mday) {
        /* Years that begin in March, so that the leap day is the last of them. */
        int64_t y = month > 2 ? year : year - 1;
        int64_t m = month > 2 ? month - 3 : month + 9;
        int64_t era = (y >= 0 ? y : y - 399) / 400;
        int64_t of_era = y - era * 400;
        int64_t of_year = (153 * m + 2) / 5 + mday - 1;

        return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void calendar_date(int64_t day, int *ret_year, int *ret_month, int *ret_mday) {
        int64_t shifted = day + 719468;
        int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
        int64_t of_era = shifted - era * 146097;
        int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
        int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
        int64_t m = (5 * of_year + 2) / 153;
        int month = (int)(m < 10 ? m + 3 : m - 9);

        if (ret_year)
                *ret_year = (int)(year + era * 400 + (month <= 2));
        if (ret_month)
                *ret_month = month;
        if (ret_mday)
                *ret_mday = (int)(of_year - (153 * m + 2) / 5 + 1);
}

bool calendar_is_date(int year, int month, int mday) {
        int y, m, d;

        if (year < 1970 || year > 2200 || month < 1 || month > 12 || mday < 1 || mday > 31)
                return false;
        calendar_date(calendar_day(year, month, mday), &y, &m, &d);
        return m == month && d == mday;
}

int calendar_weekday(int64_t day) {
        int64_t of_week = (day + 3) % 7; /* 1970-01-01 was a Thursday */
        return (int)(of_week < 0 ? of_week + 7 : of_week);
}

static int64_t last_sunday(int year, int month) {
        int64_t day = calendar_day(year, month, 31);
        return day - (calendar_weekday(day) + 1) % 7;
}

static bool is_summer(int64_t second) {
        int year;
        int64_t day = second / DAY_SECONDS - (second % DAY_SECONDS < 0);

        calendar_date(day, &year, NULL, NULL);
        return second >= last_sunday(year, 3) * DAY_SECONDS + 3600 &&
               second < last_sunday(year, 10) * DAY_SECONDS + 3600;
}

Nsec calendar_paris(int64_t day, int minute) {
        int64_t second = day * DAY_SECONDS + minute * INT64_C(60) - 3600;

        /* An hour that stands twice is its first; one that is skipped is the one after. */
        if (is_summer(second - 3600))
                second -= 3600;
        return second * NSEC_PER_SEC;
}

void calendar_in_paris(Nsec at_real, int64_t *ret_day, int *ret_minute) {
        int64_t second = at_real / NSEC_PER_SEC - (at_real % NSEC_PER_SEC < 0);

        second += is_summer(second) ? 7200 : 3600;
        int64_t day = second / DAY_SECONDS - (second % DAY_SECONDS < 0);
        *ret_day = day;
        *ret_minute = (int)((second - day * DAY_SECONDS) / 60);
}
