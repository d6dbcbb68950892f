#include "probes/runner.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"
#include "daemon/base/text.h"

#include <assert.h>

#define RUNNER_PER_HOST_FIRST 1
#define RUNNER_AT_ONCE_FIRST 16
#define RUNNER_MADE_AT_REAL (INT64_C(1767225600) * NSEC_PER_SEC) /* 2026-01-01 */
#define RUNNER_SLEEP_MIN NSEC_PER_SEC                            /* the clocks are not read at the same instant */

typedef enum RunStage {
        RUN_WAITING = 0, /* for a turn */
        RUN_PROBING,
        RUN_ASKING, /* the references, about a failure */
        RUN_ENDING, /* told at the end of this tick */
} RunStage;

typedef struct Run {
        Runner *runner;
        const Target *target;
        RunnerDoneFn *done;
        void *userdata;
        RunStage stage;
        Probe *probe;
        ReferencesAsk *ask;
        Observation *observation;
        Timer grace;
        LoopDeferred ending;
        Nsec hard_deadline_at_boot;
        Nsec suspended_before; /* the machine's sleep since boot, as the look began */
} Run;

struct Runner {
        const ProbeServices *services;
        References *references;
        int per_host;
        int at_once;
        List waiting;   /* runs, in the order of their start */
        List under_way; /* the others: at most at_once of them probe */
        LoopDeferred give_turns;
};

static Loop *loop_of(const Runner *runner) {
        return runner->services->loop;
}

static void run_free(Run *run) {
        Runner *runner = run->runner;

        if (run->probe)
                run->target->driver->cancel(run->probe);
        references_cancel(run->ask);
        loop_disarm(loop_of(runner), &run->grace);
        loop_cancel_deferred(loop_of(runner), &run->ending);
        observation_free(run->observation);
        if (!list_remove(&runner->under_way, run))
                (void)list_remove(&runner->waiting, run);
        free(run);
        loop_defer(loop_of(runner), &runner->give_turns);
}

static void on_ending(void *userdata) {
        Run *run = userdata;
        RunnerDoneFn *done = run->done;
        const Target *target = run->target;
        void *theirs = run->userdata;
        Observation *observation = mon_steal(&run->observation);

        run_free(run);
        done(target, observation, theirs);
}

static void run_end(Run *run) {
        run->stage = RUN_ENDING;
        loop_defer(loop_of(run->runner), &run->ending);
}

/* A look that our own side spoiled. */
static void run_fail(Run *run, const char *why) {
        Clock *clock = loop_clock(loop_of(run->runner));

        if (!run->observation)
                run->observation = observation_new(clock_at_real(clock), clock_at_boot(clock));
        observation_judge(run->observation, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, why);
        run_end(run);
}

static void on_grace(void *userdata) {
        Run *run = userdata;
        Clock *clock = loop_clock(loop_of(run->runner));
        Nsec span = run->target->timeout + RUNNER_GRACE;

        run->target->driver->cancel(run->probe);
        run->probe = NULL;
        run->observation = observation_new(clock_at_real(clock) - span, clock_at_boot(clock) - span);
        run->observation->duration = span;
        run_fail(run, "the probe did not end at its deadline");
}

static void on_references(bool alive, void *userdata) {
        Run *run = userdata;

        run->ask = NULL;
        if (!alive) {
                mon_auto_free char *detail =
                        mon_printf("no reference answers either, so it is the network here that is out (%s: %s)",
                                   cause_name(run->observation->cause),
                                   run->observation->detail ? run->observation->detail : "no answer");
                observation_judge(run->observation, VERDICT_UNKNOWN, CAUSE_LOCAL_NETWORK, detail);
        }
        run_end(run);
}

static bool references_apply(const Run *run) {
        const References *references = run->runner->references;

        return references && references_count(references) > 0 && !run->target->host_is_local;
}

/* Time that the machine slept counts against every deadline, and says nothing of the site. */
static bool slept(const Run *run) {
        Nsec suspended = clock_suspended(loop_clock(loop_of(run->runner)));

        return suspended - run->suspended_before > RUNNER_SLEEP_MIN;
}

/* No certificate is valid by a clock that starts anew without a battery. */
static bool clock_is_wrong(const Run *run) {
        Cause cause = run->observation->cause;

        return (cause == CAUSE_TLS_EXPIRED || cause == CAUSE_TLS_UNTRUSTED) &&
               run->observation->at_real < RUNNER_MADE_AT_REAL;
}

static void on_probed(Observation *observation, void *userdata) {
        Run *run = userdata;
        bool is_failure = observation->verdict == VERDICT_DOWN && cause_is_transport(observation->cause);

        run->probe = NULL;
        run->observation = observation;
        loop_disarm(loop_of(run->runner), &run->grace);
        if (is_failure && clock_is_wrong(run)) {
                run_fail(run, "this machine's clock is set to a time before this program was made");
        } else if (is_failure && slept(run)) {
                run_fail(run, "this machine slept during the look");
        } else if (is_failure && references_apply(run)) {
                run->stage = RUN_ASKING;
                references_ask(run->runner->references, on_references, run, &run->ask);
                loop_defer(loop_of(run->runner), &run->runner->give_turns);
        } else {
                run_end(run);
        }
}

static void run_probe(Run *run) {
        Loop *loop = loop_of(run->runner);

        run->stage = RUN_PROBING;
        run->suspended_before = clock_suspended(loop_clock(loop));
        run->hard_deadline_at_boot = clock_at_boot(loop_clock(loop)) + run->target->timeout + RUNNER_GRACE;
        int r = run->target->driver->start(run->runner->services, run->target, on_probed, run, &run->probe);
        if (r < 0)
                run_fail(run, mon_strerror(r));
        else
                loop_arm(loop, &run->grace, run->hard_deadline_at_boot);
}

/* How many probe, at `host` or (NULL) in all. */
static int count_probing(const Runner *runner, const char *host) {
        int n = 0;

        list_each (const Run, run, &runner->under_way)
                n += run->stage == RUN_PROBING && (!host || text_is(run->target->host, host));
        return n;
}

static bool host_is_free(const Runner *runner, const Target *target) {
        return !target->host || target->host_is_local || count_probing(runner, target->host) < runner->per_host;
}

/* First come, first served, past those whose host is busy. */
static void on_give_turns(void *userdata) {
        Runner *runner = userdata;
        int room = runner->at_once - count_probing(runner, NULL);
        size_t i = 0;

        while (room > 0 && i < runner->waiting.n) {
                Run *run = runner->waiting.items[i];
                if (!host_is_free(runner, run->target)) {
                        i++;
                        continue;
                }
                (void)list_take(&runner->waiting, i);
                list_add(&runner->under_way, run);
                run_probe(run);
                room--;
        }
}

Runner *runner_new(const ProbeServices *services, References *references) {
        Runner *runner = mon_new(Runner);

        *runner = (Runner){
                .services = services,
                .references = references,
                .per_host = RUNNER_PER_HOST_FIRST,
                .at_once = RUNNER_AT_ONCE_FIRST,
        };
        runner->give_turns = (LoopDeferred){.fn = on_give_turns, .userdata = runner};
        return runner;
}

void runner_free(Runner *runner) {
        if (!runner)
                return;
        while (runner->waiting.n > 0)
                run_free(runner->waiting.items[0]);
        while (runner->under_way.n > 0)
                run_free(runner->under_way.items[0]);
        loop_cancel_deferred(loop_of(runner), &runner->give_turns);
        list_fini(&runner->waiting);
        list_fini(&runner->under_way);
        free(runner);
}

void runner_set_limits(Runner *runner, int per_host, int at_once) {
        assert(per_host >= 1 && at_once >= 1);
        runner->per_host = per_host;
        runner->at_once = at_once;
        loop_defer(loop_of(runner), &runner->give_turns);
}

static Run *run_of(const Runner *runner, const Target *target) {
        list_each (Run, run, &runner->under_way)
                if (run->target == target)
                        return run;
        list_each (Run, run, &runner->waiting)
                if (run->target == target)
                        return run;
        return NULL;
}

int runner_start(Runner *runner, const Target *target, RunnerDoneFn *done, void *userdata) {
        if (run_of(runner, target))
                return RUNNER_E_BUSY;
        Run *run = mon_new(Run);
        *run = (Run){.runner = runner, .target = target, .done = done, .userdata = userdata};
        run->grace = (Timer){.fn = on_grace, .userdata = run};
        run->ending = (LoopDeferred){.fn = on_ending, .userdata = run};
        list_add(&runner->waiting, run);
        loop_defer(loop_of(runner), &runner->give_turns);
        return 0;
}

void runner_cancel(Runner *runner, const Target *target) {
        Run *run = run_of(runner, target);

        if (run)
                run_free(run);
}

bool runner_is_busy(const Runner *runner, const Target *target) {
        return run_of(runner, target) != NULL;
}

size_t runner_waiting(const Runner *runner) {
        return runner->waiting.n;
}

size_t runner_under_way(const Runner *runner) {
        return runner->under_way.n;
}

bool runner_is_stuck(const Runner *runner) {
        Nsec now = clock_at_boot(loop_clock(loop_of(runner)));

        list_each (const Run, run, &runner->under_way)
                if (run->stage == RUN_PROBING && now > run->hard_deadline_at_boot + RUNNER_GRACE)
                        return true;
        return false;
}
