#include "daemon/text/instant.h"

#include "daemon/base/text.h"

#include <stdio.h>
#include <time.h>

static bool take_times(Nsec at_real, struct tm *ret_local, struct tm *ret_utc) {
        /* Rounded towards the past, also before 1970. */
        time_t seconds = (time_t)(at_real / NSEC_PER_SEC - (at_real % NSEC_PER_SEC < 0));

        return at_real != NSEC_UNKNOWN && at_real != NSEC_NEVER && localtime_r(&seconds, ret_local) &&
               gmtime_r(&seconds, ret_utc);
}

char *instant_text(Nsec at_real, Language language) {
        static const char *const days[][LANGUAGE_COUNT] = {
                {"dimanche", "Sunday"}, {"lundi", "Monday"},    {"mardi", "Tuesday"},  {"mercredi", "Wednesday"},
                {"jeudi", "Thursday"},  {"vendredi", "Friday"}, {"samedi", "Saturday"}};
        static const char *const months[][LANGUAGE_COUNT] = {
                {"janvier", "January"}, {"février", "February"},  {"mars", "March"},
                {"avril", "April"},     {"mai", "May"},           {"juin", "June"},
                {"juillet", "July"},    {"août", "August"},       {"septembre", "September"},
                {"octobre", "October"}, {"novembre", "November"}, {"décembre", "December"}};
        struct tm at, utc;

        if (!take_times(at_real, &at, &utc))
                return mon_strdup("-");
        mon_auto_free char *universal = mon_printf("%04d-%02d-%02d %02d:%02d UTC", utc.tm_year + 1900, utc.tm_mon + 1,
                                                   utc.tm_mday, utc.tm_hour, utc.tm_min);
        const char *first = language == LANGUAGE_FR && at.tm_mday == 1 ? "er" : "";
        mon_auto_free char *local =
                mon_printf(language == LANGUAGE_FR ? "%s %d%s %s %d à %02d:%02d" : "%s, %d%s %s %d, %02d:%02d",
                           days[at.tm_wday][language], at.tm_mday, first, months[at.tm_mon][language],
                           at.tm_year + 1900, at.tm_hour, at.tm_min);
        return at.tm_gmtoff == 0 ? mon_printf("%s UTC", local) : mon_printf("%s %s (%s)", local, at.tm_zone, universal);
}

/* Names of days and months that no locale changes. */
void instant_mail(Nsec at_real, char ret_text[static INSTANT_MAIL_MAX]) {
        static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        struct tm at, utc;

        if (!take_times(at_real, &at, &utc) && !take_times(0, &at, &utc))
                at = (struct tm){.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
        long minutes = at.tm_gmtoff / 60;
        long size = minutes < 0 ? -minutes : minutes;
        (void)snprintf(ret_text, INSTANT_MAIL_MAX, "%.3s, %02d %.3s %04d %02d:%02d:%02d %c%02ld%02ld",
                       days + 3 * at.tm_wday, at.tm_mday, months + 3 * at.tm_mon, at.tm_year + 1900, at.tm_hour,
                       at.tm_min, at.tm_sec, minutes < 0 ? '-' : '+', size / 60 % 100, size % 60);
}
