/* What became of a notice, in words. */
#include "daemon/monctl/show.h"

#include "daemon/base/text.h"
#include "daemon/core/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ANNOUNCED "{\"announced\":{\"from\":\"2026-01-20T01:00:00Z\",\"until\":\"2026-01-20T03:00:00Z\"},\"happened\":"
#define CLOSED "\"closed_at\":\"2026-01-20T03:00:00Z\","

static void test_words(void **unused) {
        static const struct {
                const char *notice, *fr, *en;
        } rows[] = {
                {ANNOUNCED "{" CLOSED "\"early_s\":30.0,\"overrun_s\":-600.0}}", "début à l'heure, fin à l'heure",
                 "began on time, ended on time"},
                {ANNOUNCED "{" CLOSED "\"early_s\":601.0,\"overrun_s\":5400.0}}",
                 "début 10 min plus tôt, dépassé de 1 h 30", "began 10 min early, overran by 1 h 30"},
                {ANNOUNCED "{" CLOSED "\"early_s\":-1200.0,\"overrun_s\":-1800.0}}",
                 "début 20 min plus tard, fin 30 min plus tôt", "began 20 min late, ended 30 min early"},
                {ANNOUNCED "{" CLOSED "\"early_s\":null,\"overrun_s\":null}}", "terminé", "over"},
                {ANNOUNCED "{\"closed_at\":null,\"early_s\":0.0,\"overrun_s\":null}}", "début à l'heure, en cours",
                 "began on time, going on"},
                {ANNOUNCED "{\"closed_at\":null,\"early_s\":0.0,\"overrun_s\":60.0}}", "début à l'heure, en cours",
                 "began on time, going on"},
                {ANNOUNCED "{\"closed_at\":null,\"early_s\":0.0,\"overrun_s\":1200.0}}",
                 "début à l'heure, dépassé de 20 min", "began on time, overran by 20 min"},
                {ANNOUNCED "null}", "à venir", "to come"},
                {"{\"announced\":{\"from\":\"2025-12-01T01:00:00Z\",\"until\":null},\"happened\":null}", "rien vu",
                 "nothing seen"},
                {"{\"announced\":{\"from\":null,\"until\":null},\"happened\":null}", "-", "-"},
                {"{}", "-", "-"},
        };
        Monctl ctl = {.clock = clock_new_simulated(NSEC_PER_SEC, INT64_C(1767225600) * NSEC_PER_SEC, 1)};
        (void)unused;

        assert_int_equal(NOTICE_ON_TIME_MAX, 600 * NSEC_PER_SEC);
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                mon_auto_json *notice = NULL;
                char *why = NULL;
                assert_int_equal(json_read(rows[i].notice, strlen(rows[i].notice), &notice, &why), 0);
                for (Language language = 0; language < LANGUAGE_COUNT; language++) {
                        ctl.language = language;
                        mon_auto_free char *words = show_outcome(&ctl, notice);
                        assert_string_equal(words, language == LANGUAGE_FR ? rows[i].fr : rows[i].en);
                }
        }
        clock_free(ctl.clock);
}

int main(void) {
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
