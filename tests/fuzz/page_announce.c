/* Dates and hours. The first line of the input is the second at which it is read; without a number, several times of
 * the year. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "probes/page/announce.h"
#include "probes/page/calendar.h"
#include "probes/page/fold.h"

#define SECOND_LAST INT64_C(7258118400) /* 2200 */
#define FOLDED_MAX (1U << 20)
#define DAY_MINUTES 1440

/* Years are from 1970 to 2200, the days around them included. */
static bool is_sane(Nsec at_real) {
        return at_real == NSEC_UNKNOWN ||
               (at_real > -10 * 86400 * NSEC_PER_SEC && at_real < (SECOND_LAST + 380 * 86400) * NSEC_PER_SEC);
}

static void check_calendar(Nsec at_real) {
        int64_t day;
        int minute, year, month, mday;

        calendar_in_paris(at_real, &day, &minute);
        calendar_date(day, &year, &month, &mday);
        fuzz_holds(minute >= 0 && minute < DAY_MINUTES && calendar_day(year, month, mday) == day);
        fuzz_holds(calendar_weekday(day) >= 0 && calendar_weekday(day) < 7);
        fuzz_holds(calendar_is_date(year, month, mday) || year < 1970 || year > 2200);
        /* The hour that stands twice is its first. */
        Nsec back = at_real - calendar_paris(day, minute);
        fuzz_holds((back >= 0 && back < 60 * NSEC_PER_SEC) ||
                   (back >= 3600 * NSEC_PER_SEC && back < 3660 * NSEC_PER_SEC));
}

static void check(const char *folded, Nsec at_real) {
        AnnounceSpan span = {.from_at_real = 1, .until_at_real = 1}, again;

        check_calendar(at_real);
        if (!announce_read(folded, at_real, &span)) {
                fuzz_holds(span.from_at_real == 1 && span.until_at_real == 1);
                return;
        }
        fuzz_holds(span.from_at_real != NSEC_UNKNOWN || span.until_at_real != NSEC_UNKNOWN);
        fuzz_holds(is_sane(span.from_at_real) && is_sane(span.until_at_real));
        fuzz_holds(span.has_hours || span.has_date);
        if (span.from_at_real != NSEC_UNKNOWN && span.until_at_real != NSEC_UNKNOWN)
                fuzz_holds(span.from_at_real < span.until_at_real);
        fuzz_holds(announce_read(folded, at_real, &again) && again.from_at_real == span.from_at_real &&
                   again.until_at_real == span.until_at_real && again.has_hours == span.has_hours);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static const int64_t seconds[] = {0, 1580992720, 1780992720, 1798675200, 4102444800};
        FuzzInput input = {bytes, n};
        mon_auto_free char *line = fuzz_take_line(&input);
        int64_t second;
        bool is_timed = text_parse_int(line, 0, SECOND_LAST, &second) == 0;
        mon_auto_free char *text =
                is_timed ? mon_strndup((const char *)input.bytes, input.n) : mon_strndup((const char *)bytes, n);
        mon_auto_buf Buf folded = BUF_INIT(FOLDED_MAX);

        (void)!fold_text(text, strlen(text), &folded);
        if (is_timed)
                check(buf_text(&folded), second * NSEC_PER_SEC);
        for (size_t i = 0; i < mon_count_of(seconds) && !is_timed; i++)
                check(buf_text(&folded), seconds[i] * NSEC_PER_SEC);
        return 0;
}
