/* What was announced against what happened, case by case. */
#include "daemon/core/notice.h"

#include "daemon/base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MINUTE (60 * NSEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define DAY (INT64_C(20000) * 24 * HOUR)
#define AT(hour, minute) (DAY + (hour)*HOUR + (minute)*MINUTE)
#define OPEN NSEC_UNKNOWN
#define NONE NSEC_UNKNOWN

/* Seen at 0:00; announced from 2:00 to 4:00. */
static const NoticeSpan night = {AT(2, 0), AT(4, 0), AT(0, 0)};
static const NoticeSpan no_end = {AT(2, 0), NONE, AT(0, 0)};
static const NoticeSpan no_beginning = {NONE, AT(4, 0), AT(0, 0)};
static const NoticeSpan no_date = {NONE, NONE, AT(0, 0)};

static void test_fit(void **unused) {
        static const struct {
                const NoticeSpan *span;
                NoticeIncident incident;
                NoticeFit fit;
        } rows[] = {
                {&night, {AT(2, 0), AT(4, 0)}, NOTICE_FITS_SPAN},
                {&night, {AT(1, 0), AT(2, 30)}, NOTICE_FITS_SPAN},
                {&night, {AT(3, 59), OPEN}, NOTICE_FITS_SPAN},
                {&night, {AT(1, 0), OPEN}, NOTICE_FITS_SPAN},
                {&night, {AT(1, 0), AT(1, 30)}, NOTICE_FITS_NEAR},
                {&night, {AT(5, 0), AT(6, 0)}, NOTICE_FITS_NEAR},
                {&night, {AT(4, 0) + NOTICE_LATE_MAX, OPEN}, NOTICE_FITS_NEAR},
                {&night, {AT(4, 1) + NOTICE_LATE_MAX, OPEN}, NOTICE_FITS_NOT},
                {&night, {AT(0, 0) - 1, AT(3, 0)}, NOTICE_FITS_NOT}, /* there before the notice was */
                {&no_end, {AT(1, 0), AT(3, 0)}, NOTICE_FITS_SPAN},
                {&no_end, {AT(2, 5), AT(3, 0)}, NOTICE_FITS_NEAR},
                {&no_beginning, {AT(1, 0), AT(1, 5)}, NOTICE_FITS_SPAN},
                {&no_beginning, {AT(5, 0), AT(6, 0)}, NOTICE_FITS_NEAR},
                {&no_date, {AT(2, 0), AT(4, 0)}, NOTICE_FITS_NOT},
        };
        (void)unused;

        for (size_t i = 0; i < mon_count_of(rows); i++)
                if (notice_fit(rows[i].span, &rows[i].incident) != rows[i].fit)
                        fail_msg("row %zu: %d", i, (int)notice_fit(rows[i].span, &rows[i].incident));
        /* A notice of long ago, an incident well before what it announces. */
        const NoticeSpan later = {AT(20, 0), AT(22, 0), AT(0, 0)};
        NoticeIncident before = {AT(1, 0), AT(20, 0) - NOTICE_EARLY_MAX};
        assert_int_equal(notice_fit(&later, &before), NOTICE_FITS_NEAR);
        before.closed_at_real--;
        assert_int_equal(notice_fit(&later, &before), NOTICE_FITS_NOT);
        /* While it lasts nobody knows that it will reach so far; once it did, it is what was announced. */
        before.closed_at_real = OPEN;
        assert_int_equal(notice_fit(&later, &before), NOTICE_FITS_NOT);
        before.closed_at_real = AT(21, 0);
        assert_int_equal(notice_fit(&later, &before), NOTICE_FITS_SPAN);
        before = (NoticeIncident){AT(20, 0) - NOTICE_EARLY_MAX, OPEN};
        assert_int_equal(notice_fit(&later, &before), NOTICE_FITS_SPAN);
}

static void test_better(void **unused) {
        const NoticeIncident inside = {AT(2, 10), AT(3, 0)}, sooner = {AT(2, 1), AT(2, 5)};
        const NoticeIncident near = {AT(1, 50), AT(1, 59)}, never = {AT(30, 0), OPEN};
        (void)unused;

        assert_true(notice_is_better(&night, &inside, NULL));
        assert_true(notice_is_better(&night, &near, NULL));
        assert_false(notice_is_better(&night, &never, NULL));
        assert_true(notice_is_better(&night, &inside, &near));
        assert_false(notice_is_better(&night, &near, &inside));
        assert_true(notice_is_better(&night, &sooner, &inside));
        assert_false(notice_is_better(&night, &inside, &sooner));
        assert_false(notice_is_better(&night, &inside, &inside));
        assert_false(notice_is_better(&no_date, &inside, NULL));
        assert_true(notice_is_better(&no_beginning, &inside, &never));
}

static void test_compare(void **unused) {
        static const struct {
                const NoticeSpan *span;
                NoticeIncident incident;
                Nsec now;
                bool has_early;
                Nsec early;
                bool has_overrun;
                Nsec overrun;
        } rows[] = {
                {&night, {AT(2, 0), AT(4, 0)}, AT(9, 0), true, 0, true, 0},
                {&night, {AT(1, 40), AT(5, 30)}, AT(9, 0), true, 20 * MINUTE, true, 90 * MINUTE},
                {&night, {AT(2, 30), AT(3, 0)}, AT(9, 0), true, -30 * MINUTE, true, -60 * MINUTE},
                {&night, {AT(2, 0), OPEN}, AT(3, 0), true, 0, false, 0},
                {&night, {AT(2, 0), OPEN}, AT(4, 0), true, 0, false, 0},
                {&night, {AT(2, 0), OPEN}, AT(5, 0), true, 0, true, 60 * MINUTE},
                {&no_end, {AT(2, 1), AT(5, 0)}, AT(9, 0), true, -MINUTE, false, 0},
                {&no_beginning, {AT(2, 0), AT(4, 1)}, AT(9, 0), false, 0, true, MINUTE},
        };
        (void)unused;

        for (size_t i = 0; i < mon_count_of(rows); i++) {
                NoticeOutcome got;
                notice_compare(rows[i].span, &rows[i].incident, rows[i].now, &got);
                if (got.has_early != rows[i].has_early || got.early != rows[i].early ||
                    got.has_overrun != rows[i].has_overrun || got.overrun != rows[i].overrun)
                        fail_msg("row %zu", i);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fit),
                cmocka_unit_test(test_better),
                cmocka_unit_test(test_compare),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
