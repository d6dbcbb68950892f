#include "daemon/asks.h"

#include "daemon/base/text.h"
#include "daemon/view/view.h"

/* One call: the documents so far, in the order asked, null while a look is under way. */
typedef struct Ask {
        ApiCall *call;
        char **targets;
        json_t **results;
        size_t n;
        size_t waiting;
} Ask;

struct Asks {
        Watches *watches;
        Clock *clock;
        List list; /* of Ask * */
};

static void ask_free(Ask *ask) {
        for (size_t i = 0; i < ask->n; i++) {
                free(ask->targets[i]);
                json_decref(ask->results[i]);
        }
        free(ask->targets);
        free(ask->results);
        free(ask);
}

Asks *asks_new(Watches *watches, Clock *clock) {
        Asks *asks = mon_new(Asks);
        *asks = (Asks){.watches = watches, .clock = clock};
        return asks;
}

void asks_free(Asks *asks) {
        if (!asks)
                return;
        list_each (Ask, ask, &asks->list)
                ask_free(ask);
        list_fini(&asks->list);
        free(asks);
}

static void finish(Asks *asks, Ask *ask) {
        json_t *document = json_array();

        for (size_t i = 0; i < ask->n; i++)
                if (ask->results[i])
                        json_add(document, json_incref(ask->results[i]));
        (void)list_remove(&asks->list, ask);
        api_answer(ask->call, document);
        ask_free(ask);
}

/* Takes the result, for everybody who waits for this target. */
static void deliver(Asks *asks, const Watch *watch, json_t *result) {
        for (size_t at = 0; at < asks->list.n;) {
                Ask *ask = asks->list.items[at];
                for (size_t i = 0; i < ask->n; i++)
                        if (!ask->results[i] && text_is(ask->targets[i], watch->target->id)) {
                                ask->results[i] = json_incref(result);
                                ask->waiting--;
                        }
                if (ask->waiting > 0)
                        at++;
                else
                        finish(asks, ask);
        }
        json_decref(result);
}

void asks_on_checked(Asks *asks, const Watch *watch, const Observation *observation) {
        if (asks->list.n > 0)
                deliver(asks, watch, view_check_result(watch->target->id, observation));
}

void asks_on_gone(Asks *asks, const Watch *watch) {
        if (asks->list.n == 0)
                return;
        mon_cleanup(observation_free_p) Observation *none =
                observation_new(clock_at_real(asks->clock), clock_at_boot(asks->clock));
        observation_judge(none, VERDICT_UNKNOWN, CAUSE_NOT_YET,
                          "the look was given up: the target was changed or paused");
        deliver(asks, watch, view_check_result(watch->target->id, none));
}

static bool refuse(Asks *asks, const char *const *targets, size_t n, ApiCall *call) {
        for (size_t i = 0; i < n; i++) {
                const Watch *watch = watches_find(asks->watches, targets[i]);
                Nsec wait = NSEC_UNKNOWN;
                if (!watch || watches_may_ask(asks->watches, watch, &wait) != WATCHES_E_TOO_SOON)
                        continue;
                mon_auto_free char *detail =
                        mon_printf("%s was asked for less than 30 s ago: one host is not asked more often", targets[i]);
                api_refuse(call, API_REFUSED_TOO_SOON, detail, NULL, wait);
                return true;
        }
        return false;
}

static void judge_outside(const Asks *asks, const Watch *watch, Observation *none) {
        char opens[TEXT_TIME_MAX];

        text_time(watches_next_at_real(asks->watches, watch), opens);
        mon_auto_free char *detail = mon_printf("outside of its hours, it is not looked at: they open at %s", opens);
        observation_judge(none, VERDICT_UNKNOWN, CAUSE_OUTSIDE_HOURS, detail);
}

/* Begins the look, or gives the document that says why there will be none. */
static json_t *begin_or_say(Asks *asks, const char *target) {
        Watch *watch = watches_find(asks->watches, target);
        Nsec wait;
        int may = watch ? watches_may_ask(asks->watches, watch, &wait) : 0;

        bool refused = may == WATCHES_E_PAUSED || may == WATCHES_E_OUTSIDE || may == WATCHES_E_BY_PEOPLE;
        if (watch && !refused && watches_ask(asks->watches, watch) == 0)
                return NULL;
        mon_cleanup(observation_free_p) Observation *none =
                observation_new(clock_at_real(asks->clock), clock_at_boot(asks->clock));
        if (may == WATCHES_E_PAUSED)
                observation_judge(none, VERDICT_UNKNOWN, CAUSE_PAUSED, NULL);
        else if (may == WATCHES_E_BY_PEOPLE)
                observation_judge(none, VERDICT_UNKNOWN, CAUSE_NOT_YET,
                                  "it is never looked at: `monctl report` enters what a person met");
        else if (may == WATCHES_E_OUTSIDE)
                judge_outside(asks, watch, none);
        else
                observation_judge(none, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, "the look could not begin");
        return view_check_result(target, none);
}

void asks_check(Asks *asks, const char *const *targets, size_t n, ApiCall *call) {
        if (refuse(asks, targets, n, call))
                return;

        Ask *ask = mon_new(Ask);
        *ask = (Ask){.call = call, .n = n, .waiting = n};
        ask->targets = mon_new_array(char *, n);
        ask->results = mon_new_array(json_t *, n);
        for (size_t i = 0; i < n; i++)
                ask->targets[i] = mon_strdup(targets[i]);
        list_add(&asks->list, ask);
        for (size_t i = 0; i < n; i++) {
                ask->results[i] = begin_or_say(asks, targets[i]);
                if (ask->results[i])
                        ask->waiting--;
        }
        if (ask->waiting == 0)
                finish(asks, ask);
}
