#include "tests/lib/fake_probe.h"

struct Probe {
        Loop *loop;
        Timer timer;
        Observation *observation;
        ProbeDoneFn *done;
        void *userdata;
};

static void fake_free(Probe *probe) {
        loop_disarm(probe->loop, &probe->timer);
        observation_free(probe->observation);
        loop_end_work(probe->loop);
        free(probe);
}

static void on_fake(void *userdata) {
        Probe *probe = userdata;
        Observation *observation = mon_steal(&probe->observation);
        ProbeDoneFn *done = probe->done;
        void *theirs = probe->userdata;

        observation->duration = clock_at_boot(loop_clock(probe->loop)) - observation->at_boot;
        fake_free(probe);
        done(observation, theirs);
}

static int fake_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                      Probe **ret_probe) {
        FakeSpec *spec = target->spec;
        Clock *clock = loop_clock(services->loop);

        spec->started++;
        if (spec->fails)
                return spec->fails;
        Probe *probe = mon_new(Probe);
        *probe = (Probe){.loop = services->loop, .done = done, .userdata = userdata};
        probe->timer = (Timer){.fn = on_fake, .userdata = probe};
        probe->observation = observation_new(clock_at_real(clock), clock_at_boot(clock));
        observation_judge(probe->observation, spec->verdict, spec->cause, "as told");
        loop_begin_work(services->loop);
        if (spec->takes != NSEC_NEVER)
                loop_arm_after(services->loop, &probe->timer, spec->takes);
        *ret_probe = probe;
        return 0;
}

const ProbeDriver fake_probe = {.name = "fake", .start = fake_start, .cancel = fake_free};
