#include "probes/look.h"

void look_init(Look *look, const ProbeServices *services, const Target *target, const HttpSpec *manner,
               ProbeDoneFn *done, void *userdata, WalkDoneFn *on_page, Probe *probe) {
        Clock *clock = loop_clock(services->loop);

        *look = (Look){
                .services = services,
                .done = done,
                .userdata = userdata,
                .started_at_boot = clock_at_boot(clock),
        };
        look->observation = observation_new(clock_at_real(clock), look->started_at_boot);
        look->walk = (Walk){
                .services = services,
                .target = target,
                .manner = manner,
                .observation = look->observation,
                .deadline_at_boot = look->started_at_boot + target->timeout,
                .done = on_page,
                .userdata = probe,
        };
}

void look_fini(Look *look) {
        walk_fini(&look->walk);
        observation_free(look->observation);
        *look = (Look){0};
}

void look_end(Look *look, Probe *probe, void (*probe_free)(Probe *probe)) {
        ProbeDoneFn *done = look->done;
        void *userdata = look->userdata;
        Observation *observation = mon_steal(&look->observation);

        observation->duration = look_took(look);
        probe_free(probe);
        done(observation, userdata);
}
