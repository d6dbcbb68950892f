#include "probes/http.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"
#include "daemon/base/text.h"
#include "probes/http_answer.h"
#include "probes/look.h"

#include <assert.h>

mon_define_cleanup(Probe, http_look_cancel);

struct Probe {
        const HttpSpec *spec;
        Look look;
        List scripts; /* addresses still to be asked, owned */
        Url script;   /* the one under way */
};

static void probe_free(Probe *probe) {
        look_fini(&probe->look);
        url_fini(&probe->script);
        list_each (char, script, &probe->scripts)
                free(script);
        list_fini(&probe->scripts);
        free(probe);
}

static void finish(Probe *probe) {
        look_end(&probe->look, probe, probe_free);
}

static void finish_as(Probe *probe, Verdict verdict, Cause cause, const char *detail) {
        observation_judge(probe->look.observation, verdict, cause, detail);
        finish(probe);
}

/* --- an application's own script files -------------------------------------------------------------------------- */

static void ask_next_script(Probe *probe);

static void on_script(FetchAnswer *answer, void *userdata) {
        Probe *probe = userdata;
        mon_auto_free char *why = NULL;

        probe->look.walk.visit = NULL;
        Cause cause = http_script_fault(answer, &why);
        if (cause == CAUSE_OK) {
                ask_next_script(probe);
                return;
        }
        mon_auto_free char *detail = mon_printf("its script file %s: %s", probe->script.text, why);
        finish_as(probe, cause == CAUSE_LOCAL_FAULT ? VERDICT_UNKNOWN : VERDICT_DOWN, cause, detail);
}

static void ask_next_script(Probe *probe) {
        while (probe->scripts.n > 0) {
                mon_auto_free char *script = list_take(&probe->scripts, 0);
                url_fini(&probe->script);
                if (url_parse(script, &probe->script) != 0)
                        continue;
                int r = walk_ask(&probe->look.walk, &probe->script, FETCH_GET, HTTP_SCRIPT_BYTES_MAX, on_script, probe);
                if (r < 0)
                        finish_as(probe, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, mon_strerror(r));
                return;
        }
        finish(probe);
}

static bool is_available(const Observation *observation) {
        return verdict_class(observation->verdict) == CLASS_AVAILABLE;
}

/* --- the page --------------------------------------------------------------------------------------------------- */

static void judge_slowness(Probe *probe) {
        mon_auto_free char *detail = http_slowness(look_took(&probe->look), probe->spec->slow_after);

        if (probe->look.observation->verdict == VERDICT_UP && detail)
                observation_judge(probe->look.observation, VERDICT_DEGRADED, CAUSE_SLOW, detail);
}

static void judge_page(Probe *probe, const FetchAnswer *answer) {
        const Hop *hop = look_hop(&probe->look);
        mon_auto_judgement Judgement judgement = {0};

        http_judge(probe->look.services->reader, probe->spec->compiled, (FetchMethod)probe->spec->method, answer, hop,
                   probe->look.walk.start.text, clock_at_real(look_clock(&probe->look)), &judgement);
        bool ask_scripts = page_expect_is_application(probe->spec->compiled);
        if (ask_scripts)
                http_list_scripts(&judgement, hop->url, &probe->scripts);
        judgement_give(&judgement, probe->look.observation);
        judge_slowness(probe);
        if (ask_scripts && is_available(probe->look.observation))
                ask_next_script(probe);
        else
                finish(probe);
}

static void judge_feed(Probe *probe, const FetchAnswer *answer) {
        const Hop *hop = look_hop(&probe->look);

        probe->spec->feed(probe->spec, answer, hop, clock_at_real(look_clock(&probe->look)), probe->look.observation);
        finish(probe);
}

/* A feed that leads elsewhere is one that cannot be read: it says nothing of the service. */
static void finish_astray(Probe *probe) {
        Cause cause = probe->look.observation->cause;

        if (probe->spec->feed && (cause == CAUSE_REDIRECT_ELSEWHERE || cause == CAUSE_REDIRECT_LOOP))
                observation_judge(probe->look.observation, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE,
                                  probe->look.observation->detail);
        finish(probe);
}

static void on_page(FetchAnswer *answer, void *userdata) {
        Probe *probe = userdata;

        if (!answer)
                finish_astray(probe);
        else if (probe->spec->feed)
                judge_feed(probe, answer);
        else
                judge_page(probe, answer);
}

int http_look_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                    Probe **ret_probe) {
        mon_cleanup(http_look_cancel_p) Probe *probe = mon_new(Probe);

        probe->spec = target->spec;
        assert(probe->spec->compiled);
        look_init(&probe->look, services, target, probe->spec, done, userdata, on_page, probe);
        probe->look.walk.expect = probe->spec->compiled;
        int r = walk_begin(&probe->look.walk, probe->spec->url);
        if (r < 0)
                return r;
        *ret_probe = mon_steal(&probe);
        return 0;
}

void http_look_cancel(Probe *probe) {
        if (probe)
                probe_free(probe);
}
