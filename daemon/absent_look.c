#include "daemon/absent_look.h"

#include "probes/absent.h"

struct AbsentLook {
        Watch *watch;
        Runner *runner;
        Flow *flow;
        Absent *absent;
};

static void look_free(AbsentLook *look) {
        look->watch->absent_look = NULL;
        absent_free(look->absent);
        free(look);
}

static void on_done(const Target *target, Observation *observation, void *userdata) {
        AbsentLook *look = userdata;

        (void)target;
        if (observation->http_status > 0)
                flow_note_absent(look->flow, look->watch, observation->http_status, observation->at_real);
        observation_free(observation);
        look_free(look);
}

void absent_look_consider(Watch *watch, Runner *runner, Flow *flow, Nsec now_at_real) {
        if (watch->absent_look || verdict_class(watch->last_verdict) != CLASS_AVAILABLE ||
            !absent_is_due(watch->target, watch->absent_at_real, now_at_real))
                return;
        mon_cleanup(absent_free_p) Absent *absent = absent_new(watch->target);
        watch->absent_at_real = now_at_real; /* also where no answer comes: once a day is once */
        if (!absent)
                return;
        AbsentLook *look = mon_new(AbsentLook);
        *look = (AbsentLook){watch, runner, flow, mon_steal(&absent)};
        watch->absent_look = look;
        if (runner_start(runner, absent_target(look->absent), on_done, look) != 0)
                look_free(look);
}

void absent_look_cancel(Watch *watch) {
        AbsentLook *look = watch->absent_look;

        if (!look)
                return;
        runner_cancel(look->runner, absent_target(look->absent));
        look_free(look);
}
