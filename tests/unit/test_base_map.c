#include "daemon/base/clock.h"
#include "daemon/base/list.h"
#include "daemon/base/map.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define KEYS 60
#define ROUNDS 60000

static void goes_like_an_array(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 5);
        (void)state;

        for (uint64_t seed = 0; seed < 4; seed++) {
                mon_cleanup(map_fini) Map map = {.seed = seed};
                void *model[KEYS] = {0};
                size_t n = 0;
                for (int round = 0; round < ROUNDS; round++) {
                        uint32_t dice[2];
                        char key[16];
                        clock_random(clock, dice, sizeof dice);
                        size_t i = dice[0] % KEYS;
                        (void)snprintf(key, sizeof key, "k%zu", i);
                        void *value = dice[1] % 3 == 0 ? NULL : (void *)(uintptr_t)(dice[1] | 1);
                        n = n - (model[i] != NULL) + (value != NULL);
                        model[i] = value;
                        map_set(&map, key, value);
                        assert_int_equal(map.n, n);
                        (void)snprintf(key, sizeof key, "k%u", dice[1] % KEYS);
                        assert_ptr_equal(map_get(&map, key), model[dice[1] % KEYS]);
                }
                size_t seen = 0;
                map_each (&map, slot) {
                        assert_ptr_equal(map_get(&map, slot->key), slot->value);
                        seen++;
                }
                assert_int_equal(seen, n);
        }
}

static void is_empty_at_first(void **state) {
        mon_cleanup(map_fini) Map map = {0};
        (void)state;

        assert_null(map_get(&map, "x"));
        map_set(&map, "x", NULL);
        assert_int_equal(map.n, 0);
        map_set(&map, "", &map);
        assert_ptr_equal(map_get(&map, ""), &map);
}

/* A map in use for long must not fill with what is gone: its size stays what the most keys at a time need. */
static void does_not_grow_with_history(void **state) {
        mon_cleanup(map_fini) Map map = {0};
        (void)state;

        for (int i = 0; i < 100000; i++) {
                char key[16];
                (void)snprintf(key, sizeof key, "%d", i);
                map_set(&map, key, &map);
                if (i >= 10) {
                        (void)snprintf(key, sizeof key, "%d", i - 10);
                        map_set(&map, key, NULL);
                }
        }
        assert_int_equal(map.n, 10);
        assert_true(map.cap <= 32);
}

static void lists_keep_their_order(void **state) {
        mon_cleanup(clock_free_p) Clock *clock = clock_new_simulated(0, 0, 6);
        mon_cleanup(list_fini) List list = {0};
        uintptr_t model[64];
        size_t n = 0;
        (void)state;

        for (uintptr_t round = 1; round < 20000; round++) {
                uint32_t dice[2];
                clock_random(clock, dice, sizeof dice);
                if (n < mon_count_of(model) && dice[0] % 2) {
                        model[n++] = round;
                        list_add(&list, (void *)round);
                } else if (n > 0) {
                        size_t at = dice[1] % n;
                        if (dice[0] % 4 == 0)
                                assert_true(list_remove(&list, (void *)model[at]));
                        else
                                assert_ptr_equal(list_take(&list, at), (void *)model[at]);
                        memmove(model + at, model + at + 1, (--n - at) * sizeof *model);
                }
                assert_int_equal(list.n, n);
                assert_false(list_remove(&list, &list));
        }
        size_t i = 0;
        list_each (void, item, &list)
                assert_ptr_equal(item, (void *)model[i++]);
        assert_int_equal(i, n);
}

static void a_break_leaves_the_list(void **state) {
        mon_cleanup(list_fini) List list = {0};
        static char texts[][2] = {"a", "b", "c"};
        int visited = 0, inner = 0;
        (void)state;

        for (size_t i = 0; i < mon_count_of(texts); i++)
                list_add(&list, texts[i]);
        list_each (char, text, &list) {
                visited++;
                if (text_is(text, "a"))
                        continue;
                list_each (char, other, &list) {
                        inner++;
                        if (other == text)
                                break;
                }
                if (text_is(text, "b"))
                        break;
        }
        assert_int_equal(visited, 2);
        assert_int_equal(inner, 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(goes_like_an_array),         cmocka_unit_test(is_empty_at_first),
                cmocka_unit_test(does_not_grow_with_history), cmocka_unit_test(lists_keep_their_order),
                cmocka_unit_test(a_break_leaves_the_list),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
