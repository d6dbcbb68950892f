#include "daemon/core/quiet.h"

#include "daemon/base/text.h"

#define DAY_MINUTES (24 * 60)

static int digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : -1;
}

int quiet_read_minute(const char *text, int *ret_minute) {
        if (strlen(text) != 5 || text[2] != ':')
                return QUIET_E_FORM;
        int a = digit(text[0]), b = digit(text[1]), c = digit(text[3]), d = digit(text[4]);
        if (a < 0 || b < 0 || c < 0 || d < 0 || a * 10 + b > 23 || c > 5)
                return QUIET_E_FORM;
        *ret_minute = (a * 10 + b) * 60 + c * 10 + d;
        return 0;
}

Nsec quiet_until(const Quiet *quiet, Nsec at_real) {
        ZoneTime local;

        if (!quiet->zone)
                return NSEC_UNKNOWN;
        zone_local(quiet->zone, at_real, &local);
        bool over_midnight = quiet->from > quiet->until;
        int until = over_midnight && local.minute >= quiet->from ? quiet->until + DAY_MINUTES : quiet->until;
        bool is_quiet = over_midnight ? local.minute >= quiet->from || local.minute < quiet->until
                                      : local.minute >= quiet->from && local.minute < quiet->until;
        if (!is_quiet)
                return NSEC_UNKNOWN;
        Nsec end = zone_instant(quiet->zone, local.day, until);
        /* An hour that stands twice: the first end may be past already. */
        return end > at_real ? end : NSEC_UNKNOWN;
}
