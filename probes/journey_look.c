#include "probes/journey.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "probes/http_answer.h"
#include "probes/journey_answer.h"
#include "probes/look.h"

#include <assert.h>

mon_define_cleanup(Probe, journey_look_cancel);

struct Probe {
        const JourneySpec *spec;
        Nsec step_at_boot;
        size_t index; /* of the step under way */
        Cookies cookies;
        Look look;
};

static const JourneyStep *step_of(const Probe *probe) {
        return probe->spec->steps.items[probe->index].fields;
}

static void probe_free(Probe *probe) {
        look_fini(&probe->look);
        cookies_fini(&probe->cookies);
        free(probe);
}

static void finish(Probe *probe) {
        look_end(&probe->look, probe, probe_free);
}

static void finish_as(Probe *probe, Verdict verdict, Cause cause, const char *address, const char *why) {
        observation_judge(probe->look.observation, verdict, cause, why);
        journey_blame(probe->index, address, probe->look.observation);
        finish(probe);
}

static int begin_step(Probe *probe, const char *url) {
        probe->step_at_boot = clock_at_boot(look_clock(&probe->look));
        probe->look.walk.expect = step_of(probe)->compiled;
        return walk_begin(&probe->look.walk, url);
}

static void ask(Probe *probe, const char *url) {
        int r = begin_step(probe, url);
        if (r < 0)
                finish_as(probe, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, url, mon_strerror(r));
}

/* --- links ------------------------------------------------------------------------------------------------------ */

/* A link to another site is one that the step's own final_url expects, or it is a redirect elsewhere like any other. */
static bool is_elsewhere(const Probe *probe, const char *page_url, const Url *url) {
        const PageExpect *expect = step_of(probe)->compiled;
        url_auto Url page = {0};

        if (url_parse(page_url, &page) == 0 && url_is_same_site(&page, url))
                return false;
        return !page_expect_names_url(expect) || !page_expect_fits_url(expect, url->text);
}

static void ask_link(Probe *probe, const char *page_url, const char *base, const char *href) {
        mon_auto_free char *from = NULL, *joined = NULL;
        url_auto Url url = {0};

        if (!base || url_join(page_url, base, &from) != 0)
                from = mon_strdup(page_url);
        int r = url_join(from, href, &joined);
        if (r == 0)
                r = url_parse(joined, &url);
        if (r < 0) {
                finish_as(probe, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, href, mon_strerror(r));
        } else if (r > 0 || is_elsewhere(probe, page_url, &url)) {
                mon_auto_free char *why = mon_printf("the link on %s leads to %s", page_url,
                                                     r > 0 ? "no page of the web" : "another site");
                finish_as(probe, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE, joined ? joined : href, why);
        } else {
                ask(probe, url.text);
        }
}

/* `answer` is the page that was judged last: its bytes lie in its hop. */
static void follow_link(Probe *probe, const FetchAnswer *answer, const char *base) {
        const Hop *hop = look_hop(&probe->look);
        const JourneyStep *step = step_of(probe);
        mon_auto_free char *href = NULL, *page_url = mon_strdup(hop->url);

        int r = http_find_link(answer, hop, step->link, &href);
        if (r == LINK_E_NONE) {
                mon_auto_free char *why = mon_printf("there is no such link on %s", page_url);
                finish_as(probe, VERDICT_DOWN, CAUSE_MISSING_ELEMENT, step->follow, why);
        } else if (r != 0) {
                finish_as(probe, VERDICT_UNREADABLE, r == LINK_E_COST ? CAUSE_TOO_LARGE : CAUSE_UNDECODABLE,
                          step->follow, "the link cannot be looked for on the page before");
        } else {
                ask_link(probe, page_url, base, href);
        }
}

/* --- pages ------------------------------------------------------------------------------------------------------ */

static void judge_step(Probe *probe, const FetchAnswer *answer, Judgement *judgement) {
        Observation *observation = probe->look.observation;
        const char *address = probe->look.walk.start.text;
        Nsec took = clock_at_boot(look_clock(&probe->look)) - probe->step_at_boot;
        mon_auto_free char *slow = http_slowness(took, probe->spec->manner.slow_after);

        http_judge(probe->look.services->reader, step_of(probe)->compiled, FETCH_GET, answer,
                   &observation->hops[observation->n_hops - 1], address, clock_at_real(look_clock(&probe->look)),
                   judgement);
        journey_take(judgement, probe->index, address, observation);
        if (slow)
                journey_take_slowness(slow, probe->index, address, observation);
}

static void on_page(FetchAnswer *answer, void *userdata) {
        Probe *probe = userdata;
        mon_auto_judgement Judgement judgement = {0};

        if (!answer) {
                journey_blame(probe->index, probe->look.walk.start.text, probe->look.observation);
                finish(probe);
                return;
        }
        judge_step(probe, answer, &judgement);
        if (verdict_class(probe->look.observation->verdict) != CLASS_AVAILABLE ||
            ++probe->index == probe->spec->steps.n)
                finish(probe);
        else if (step_of(probe)->get)
                ask(probe, step_of(probe)->get);
        else
                follow_link(probe, answer, judgement.base);
}

int journey_look_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                       Probe **ret_probe) {
        mon_cleanup(journey_look_cancel_p) Probe *probe = mon_new(Probe);

        probe->spec = target->spec;
        assert(probe->spec->steps.n > 0 && probe->spec->steps.n <= JOURNEY_STEPS_MAX);
        look_init(&probe->look, services, target, &probe->spec->manner, done, userdata, on_page, probe);
        probe->look.walk.cookies = &probe->cookies;
        int r = begin_step(probe, step_of(probe)->get);
        if (r < 0)
                return r;
        *ret_probe = mon_steal(&probe);
        return 0;
}

void journey_look_cancel(Probe *probe) {
        if (probe)
                probe_free(probe);
}
