#include "probes/journey_answer.h"

#include "daemon/base/text.h"

/* "step 2 (https://…): why" */
static char *name_step(size_t index, const char *address, const char *why) {
        mon_auto_free char *shown = text_clean_copy(address, JOURNEY_ADDRESS_SHOWN_MAX);

        return mon_printf("step %zu (%s)%s%s", index + 1, shown, why ? ": " : "", why ? why : "");
}

static void judge_step(Observation *observation, Verdict verdict, Cause cause, const char *why, size_t index,
                       const char *address) {
        mon_auto_free char *detail = name_step(index, address, why);

        observation_judge(observation, verdict, cause, verdict == VERDICT_UP ? why : detail);
}

static void forget_banner(Observation *observation) {
        mon_replace(&observation->banner_text, NULL);
        mon_replace(&observation->banner_rule, NULL);
}

static void number_assertions(Judgement *judgement, size_t index) {
        for (size_t i = 0; i < judgement->n_assertions; i++) {
                char *text = judgement->assertions[i].text;
                judgement->assertions[i].text = mon_printf("step %zu: %s", index + 1, text);
                free(text);
        }
}

/* What stays of the judgement that does not decide. */
static void take_rest(Judgement *judgement, Observation *observation) {
        if (!observation->announcement.text && judgement->announced.text) {
                observation->announcement = judgement->announced;
                judgement->announced = (Announcement){NULL, NSEC_UNKNOWN, NSEC_UNKNOWN};
        }
        for (size_t i = 0; i < judgement->n_assertions; i++)
                observation_assert(observation, judgement->assertions[i].held, "%s", judgement->assertions[i].text);
}

/* The steps before were available, or this one would not have been asked: one that is not, or that nobody could see,
 * decides over any of them. */
static bool decides(const Judgement *judgement, size_t index, const Observation *observation) {
        return index == 0 || observation->verdict == VERDICT_UP || verdict_class(judgement->verdict) != CLASS_AVAILABLE;
}

void journey_take(Judgement *judgement, size_t index, const char *address, Observation *observation) {
        number_assertions(judgement, index);
        if (!decides(judgement, index, observation)) {
                take_rest(judgement, observation);
                return;
        }
        if (!judgement->announced.text && !judgement->present.text) {
                judgement->announced = observation->announcement;
                observation->announcement = (Announcement){NULL, NSEC_UNKNOWN, NSEC_UNKNOWN};
        }
        forget_banner(observation);
        mon_auto_free char *why = mon_steal(&judgement->detail);
        judgement_give(judgement, observation);
        judge_step(observation, observation->verdict, observation->cause, why, index, address);
}

void journey_blame(size_t index, const char *address, Observation *observation) {
        mon_auto_free char *why = mon_strdup(observation->detail);

        forget_banner(observation);
        judge_step(observation, observation->verdict, observation->cause, why, index, address);
}

void journey_take_slowness(const char *why, size_t index, const char *address, Observation *observation) {
        if (observation->verdict == VERDICT_UP)
                judge_step(observation, VERDICT_DEGRADED, CAUSE_SLOW, why, index, address);
}
