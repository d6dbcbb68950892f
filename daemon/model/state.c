#include "daemon/model/state.h"

void target_state_init(TargetState *state) {
        *state = (TargetState){
                .state = VERDICT_UNKNOWN,
                .cause = CAUSE_NOT_YET,
                .since_at_real = NSEC_UNKNOWN,
                .confirmed = VERDICT_UNKNOWN,
                .confirmed_since_at_real = NSEC_UNKNOWN,
                .run_began_at_real = NSEC_UNKNOWN,
                .run_began_at_boot = NSEC_UNKNOWN,
                .not_observed_since_at_real = NSEC_UNKNOWN,
                .last_check_at_real = NSEC_UNKNOWN,
                .last_counted_at_real = NSEC_UNKNOWN,
                .expiring_at_real = NSEC_UNKNOWN,
                .notice_from_at_real = NSEC_UNKNOWN,
                .notice_until_at_real = NSEC_UNKNOWN,
        };
}

void target_state_fini(TargetState *state) {
        free(state->banner_text);
        free(state->notice_text);
        target_state_init(state);
}

void target_state_copy(TargetState *to, const TargetState *from) {
        char *banner = mon_strdup(from->banner_text), *notice = mon_strdup(from->notice_text);

        free(to->banner_text);
        free(to->notice_text);
        *to = *from;
        to->banner_text = banner;
        to->notice_text = notice;
}
