#include "daemon/base/timers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define TIMERS 40
#define ROUNDS 200000

static void nothing(void *userdata) {
        (void)userdata;
}

/* The naive model: every timer's due time and when it was armed; the next is found by looking at all. */
typedef struct Model {
        Timer timers[TIMERS];
        bool armed[TIMERS];
        Nsec due[TIMERS];
        uint64_t order[TIMERS];
        uint64_t orders;
} Model;

static int model_first(const Model *model) {
        int first = -1;

        for (int i = 0; i < TIMERS; i++)
                if (model->armed[i] && (first < 0 || model->due[i] < model->due[first] ||
                                        (model->due[i] == model->due[first] && model->order[i] < model->order[first])))
                        first = i;
        return first;
}

static void check_same(const Model *model, const Timers *timers) {
        int first = model_first(model);
        size_t n = 0;

        for (int i = 0; i < TIMERS; i++) {
                assert_int_equal(timer_is_armed(&model->timers[i]), model->armed[i]);
                n += model->armed[i];
        }
        assert_int_equal(timers->n, n);
        assert_int_equal(timers_next(timers), first < 0 ? NSEC_NEVER : model->due[first]);
}

static void goes_like_a_sorted_list(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 3);
        mon_cleanup(timers_fini) Timers timers = {0};
        Model model = {0};
        (void)state;

        for (int i = 0; i < TIMERS; i++)
                model.timers[i].fn = nothing;
        for (int round = 0; round < ROUNDS; round++) {
                uint32_t dice[3];
                clock_random(clock, dice, sizeof dice);
                int i = (int)(dice[0] % TIMERS);
                if (dice[1] % 4 < 2) {
                        model.due[i] = dice[2] % 50; /* few, so that many are equal */
                        model.order[i] = model.orders++;
                        model.armed[i] = true;
                        timers_arm(&timers, &model.timers[i], model.due[i]);
                } else if (dice[1] % 4 == 2) {
                        model.armed[i] = false;
                        timers_disarm(&timers, &model.timers[i]);
                } else {
                        Nsec now = dice[2] % 50;
                        int first = model_first(&model);
                        Timer *taken = timers_take_due(&timers, now);
                        if (first < 0 || model.due[first] > now) {
                                assert_null(taken);
                                continue;
                        }
                        assert_ptr_equal(taken, &model.timers[first]);
                        model.armed[first] = false;
                }
                if (round % 16 == 0)
                        check_same(&model, &timers);
        }
        check_same(&model, &timers);
}

static void many_come_in_order(void **state) {
        enum { MANY = 5000 };
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 4);
        mon_cleanup(timers_fini) Timers timers = {0};
        mon_auto_free Timer *many = mon_new_array(Timer, MANY);
        Nsec last = INT64_MIN;
        (void)state;

        for (int i = 0; i < MANY; i++) {
                Nsec due;
                clock_random(clock, &due, sizeof due);
                many[i].fn = nothing;
                timers_arm(&timers, &many[i], due / 2);
        }
        for (int i = 0; i < MANY; i++) {
                Timer *timer = timers_take_due(&timers, INT64_MAX - 1);
                assert_non_null(timer);
                assert_true(timer->due_at_boot >= last);
                last = timer->due_at_boot;
        }
        assert_null(timers_take_due(&timers, INT64_MAX - 1));
        assert_int_equal(timers_next(&timers), NSEC_NEVER);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(goes_like_a_sorted_list),
                cmocka_unit_test(many_come_in_order),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
