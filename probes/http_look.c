#include "probes/http.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "daemon/net/url.h"
#include "daemon/net/visit.h"
#include "probes/http_answer.h"

#include <assert.h>
#include <inttypes.h>

mon_define_cleanup(Probe, http_look_cancel);

struct Probe {
        const ProbeServices *services;
        const Target *target;
        const HttpSpec *spec;
        ProbeDoneFn *done;
        void *userdata;
        Nsec started_at_boot;
        Nsec deadline_at_boot;
        Observation *observation;
        Url start;            /* the target's own */
        Url now;              /* of the hop under way */
        const char **headers; /* of the spec's */
        Visit *visit;
        size_t redirects;
        List scripts; /* addresses still to be asked, owned */
};

static Clock *clock_of(const Probe *probe) {
        return loop_clock(probe->services->loop);
}

static void probe_free(Probe *probe) {
        visit_cancel(probe->visit);
        observation_free(probe->observation);
        url_fini(&probe->start);
        url_fini(&probe->now);
        free(probe->headers);
        list_each (char, script, &probe->scripts)
                free(script);
        list_fini(&probe->scripts);
        free(probe);
}

static void finish(Probe *probe) {
        ProbeDoneFn *done = probe->done;
        void *userdata = probe->userdata;
        Observation *observation = mon_steal(&probe->observation);

        observation->duration = clock_at_boot(clock_of(probe)) - probe->started_at_boot;
        probe_free(probe);
        done(observation, userdata);
}

static void finish_as(Probe *probe, Verdict verdict, Cause cause, const char *detail) {
        observation_judge(probe->observation, verdict, cause, detail);
        finish(probe);
}

/* Secrets go to the origin that the target names, and nowhere else. */
static size_t choose_headers(Probe *probe, const Url *url) {
        bool is_own = url_is_same_origin(&probe->start, url);
        size_t n = 0;

        for (size_t i = 0; i < probe->spec->headers.n; i++)
                if (is_own || !head_is_secret(probe->spec->headers.items[i].text))
                        probe->headers[n++] = probe->spec->headers.items[i].text;
        return n;
}

static int visit_url(Probe *probe, const Url *url, FetchMethod method, size_t body_max, FetchDoneFn *done) {
        const HttpSpec *spec = probe->spec;
        const FetchRequest request = {
                .url = url->text,
                .method = method,
                .user_agent = probe->services->user_agent,
                .headers = probe->headers,
                .n_headers = choose_headers(probe, url),
                .ca_file = spec->ca_file ? spec->ca_file : probe->services->ca_file,
                .body_max = body_max,
                .deadline_at_boot = probe->deadline_at_boot,
        };
        IpFamily family = probe->target->ip != IP_ANY ? probe->target->ip : (IpFamily)spec->ip;

        return visit_start(probe->services->resolver, probe->services->fetcher, &request, family, done, probe,
                           &probe->visit);
}

/* --- an application's own script files -------------------------------------------------------------------------- */

static void ask_next_script(Probe *probe);

static void on_script(FetchAnswer *answer, void *userdata) {
        Probe *probe = userdata;
        mon_auto_free char *why = NULL;

        probe->visit = NULL;
        Cause cause = http_script_fault(answer, &why);
        if (cause == CAUSE_OK) {
                ask_next_script(probe);
                return;
        }
        mon_auto_free char *detail = mon_printf("its script file %s: %s", probe->now.text, why);
        finish_as(probe, cause == CAUSE_LOCAL_FAULT ? VERDICT_UNKNOWN : VERDICT_DOWN, cause, detail);
}

static void ask_next_script(Probe *probe) {
        while (probe->scripts.n > 0) {
                mon_auto_free char *script = list_take(&probe->scripts, 0);
                url_fini(&probe->now);
                if (url_parse(script, &probe->now) != 0)
                        continue;
                int r = visit_url(probe, &probe->now, FETCH_GET, HTTP_SCRIPT_BYTES_MAX, on_script);
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
        Nsec took = clock_at_boot(clock_of(probe)) - probe->started_at_boot;

        if (probe->observation->verdict != VERDICT_UP || probe->spec->slow_after == 0 ||
            took <= probe->spec->slow_after)
                return;
        mon_auto_free char *limit = text_duration(probe->spec->slow_after);
        mon_auto_free char *detail =
                mon_printf("it took %" PRId64 ".%" PRId64 " s; slow begins after %s", took / NSEC_PER_SEC,
                           took % NSEC_PER_SEC / (100 * NSEC_PER_MSEC), limit);
        observation_judge(probe->observation, VERDICT_DEGRADED, CAUSE_SLOW, detail);
}

static void judge_page(Probe *probe, const FetchAnswer *answer) {
        const Hop *hop = &probe->observation->hops[probe->observation->n_hops - 1];
        mon_auto_judgement Judgement judgement = {0};

        http_judge(probe->services->reader, probe->spec, answer, hop, probe->start.text, clock_at_real(clock_of(probe)),
                   &judgement);
        bool ask_scripts = page_expect_is_application(probe->spec->compiled);
        if (ask_scripts)
                http_list_scripts(&judgement, hop->url, &probe->scripts);
        judgement_give(&judgement, probe->observation);
        judge_slowness(probe);
        if (ask_scripts && is_available(probe->observation))
                ask_next_script(probe);
        else
                finish(probe);
}

static void judge_feed(Probe *probe, const FetchAnswer *answer) {
        const Hop *hop = &probe->observation->hops[probe->observation->n_hops - 1];

        probe->spec->feed(probe->spec, answer, hop, clock_at_real(clock_of(probe)), probe->observation);
        finish(probe);
}

/* --- redirects -------------------------------------------------------------------------------------------------- */

static void ask_page(Probe *probe);

/* A feed that leads elsewhere is one that cannot be read: it says nothing of the service. */
static void finish_astray(Probe *probe, Cause cause, const char *why) {
        if (probe->spec->feed)
                finish_as(probe, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE, why);
        else
                finish_as(probe, VERDICT_DOWN, cause, why);
}

static bool was_asked(const Observation *observation, const char *url) {
        for (size_t i = 0; i < observation->n_hops; i++)
                if (text_is(observation->hops[i].url, url))
                        return true;
        return false;
}

/* Without cookies an address gives the same answer again, so the second sight of one is a loop. */
static bool is_loop(Probe *probe, const char *url, char **ret_why) {
        if (was_asked(probe->observation, url))
                *ret_why = mon_printf("redirected in a circle, back to %s", url);
        else if (probe->redirects >= (size_t)probe->spec->follow_redirects)
                *ret_why = mon_printf("more than %" PRId64 " redirects, the last to %s", probe->spec->follow_redirects,
                                      url);
        return *ret_why != NULL;
}

static bool is_elsewhere(const Probe *probe, int parsed, const Url *url) {
        const PageExpect *expect = probe->spec->compiled;

        if (parsed != 0)
                return true;
        if (url_is_same_site(&probe->start, url))
                return false;
        return !page_expect_names_url(expect) || !page_expect_fits_url(expect, url->text);
}

static void follow(Probe *probe, const char *location) {
        mon_auto_free char *joined = NULL, *why = NULL;
        url_auto Url url = {0};

        int r = url_join(probe->now.text, location, &joined);
        if (r == 0)
                r = url_parse(joined, &url);
        if (r < 0) {
                finish_as(probe, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, mon_strerror(r));
        } else if (is_elsewhere(probe, r, &url)) {
                why = mon_printf("redirected to %s", joined ? joined : location);
                finish_astray(probe, CAUSE_REDIRECT_ELSEWHERE, why);
        } else if (is_loop(probe, url.text, &why)) {
                finish_astray(probe, CAUSE_REDIRECT_LOOP, why);
        } else {
                url_fini(&probe->now);
                probe->now = url;
                url = (Url){0};
                probe->redirects++;
                ask_page(probe);
        }
}

/* --- hops ------------------------------------------------------------------------------------------------------- */

static void on_page(FetchAnswer *answer, void *userdata) {
        Probe *probe = userdata;
        Observation *observation = probe->observation;

        probe->visit = NULL;
        http_take_hop(answer, &observation->hops[observation->n_hops - 1], observation);
        http_take_retry_after(answer, clock_at_real(clock_of(probe)), observation);
        if (!http_is_answer(answer)) {
                finish_as(probe, fetch_verdict(answer->failure), fetch_cause(answer->failure), answer->error);
                return;
        }
        mon_auto_free char *location = probe->spec->follow_redirects > 0 ? http_redirect_of(answer) : NULL;
        if (location)
                follow(probe, location);
        else if (probe->spec->feed)
                judge_feed(probe, answer);
        else
                judge_page(probe, answer);
}

static int begin_hop(Probe *probe) {
        size_t body_max = (size_t)probe->spec->max_body;

        (void)observation_add_hop(probe->observation, probe->now.text, body_max, clock_at_real(clock_of(probe)));
        return visit_url(probe, &probe->now, (FetchMethod)probe->spec->method, body_max, on_page);
}

static void ask_page(Probe *probe) {
        int r = begin_hop(probe);
        if (r < 0)
                finish_as(probe, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, mon_strerror(r));
}

int http_look_start(const ProbeServices *services, const Target *target, ProbeDoneFn *done, void *userdata,
                    Probe **ret_probe) {
        mon_cleanup(http_look_cancel_p) Probe *probe = mon_new(Probe);
        Clock *clock = loop_clock(services->loop);

        *probe = (Probe){
                .services = services,
                .target = target,
                .spec = target->spec,
                .done = done,
                .userdata = userdata,
                .started_at_boot = clock_at_boot(clock),
        };
        assert(probe->spec->compiled);
        probe->deadline_at_boot = probe->started_at_boot + target->timeout;
        probe->observation = observation_new(clock_at_real(clock), probe->started_at_boot);
        probe->headers = mon_new_array(const char *, probe->spec->headers.n + 1);
        if (url_parse(probe->spec->url, &probe->start) != 0 || url_parse(probe->spec->url, &probe->now) != 0)
                return -EINVAL;
        int r = begin_hop(probe);
        if (r < 0)
                return r;
        *ret_probe = mon_steal(&probe);
        return 0;
}

void http_look_cancel(Probe *probe) {
        if (probe)
                probe_free(probe);
}
