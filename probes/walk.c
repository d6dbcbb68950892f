#include "probes/walk.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "probes/http_answer.h"

#include <inttypes.h>

static Clock *clock_of(const Walk *walk) {
        return loop_clock(walk->services->loop);
}

static void end_as(Walk *walk, Verdict verdict, Cause cause, const char *detail) {
        observation_judge(walk->observation, verdict, cause, detail);
        walk->done(NULL, walk->userdata);
}

/* Secrets go to the origin that the target names, and nowhere else. */
static size_t choose_headers(Walk *walk, const Url *url) {
        const TextList *all = &walk->manner->headers;
        bool is_own = url_is_same_origin(&walk->home, url);
        size_t n = 0;

        if (!walk->headers)
                walk->headers = mon_new_array(const char *, all->n + 1);
        for (size_t i = 0; i < all->n; i++)
                if (is_own || !head_is_secret(all->items[i].text))
                        walk->headers[n++] = all->items[i].text;
        return n;
}

int walk_ask(Walk *walk, const Url *url, FetchMethod method, size_t body_max, FetchDoneFn *done, void *userdata) {
        const HttpSpec *manner = walk->manner;
        size_t n_headers = choose_headers(walk, url);
        const FetchRequest request = {
                .url = url->text,
                .method = method,
                .user_agent = walk->services->user_agent,
                .headers = walk->headers,
                .n_headers = n_headers,
                .ca_file = manner->ca_file ? manner->ca_file : walk->services->ca_file,
                .body_max = body_max,
                .deadline_at_boot = walk->deadline_at_boot,
                .cookies = walk->cookies,
        };
        IpFamily family = walk->target->ip != IP_ANY ? walk->target->ip : (IpFamily)manner->ip;

        return visit_start(walk->services->resolver, walk->services->fetcher, &request, family, done, userdata,
                           &walk->visit);
}

/* --- redirects -------------------------------------------------------------------------------------------------- */

static void ask_page(Walk *walk);

static bool was_asked(const Walk *walk, const char *url) {
        const Observation *observation = walk->observation;

        for (size_t i = walk->first_hop; i < observation->n_hops; i++)
                if (text_is(observation->hops[i].url, url))
                        return true;
        return false;
}

/* Without cookies an address gives the same answer again, so the second sight of one is a loop; with them a page may
 * well send back to itself once it has set one, and the number of redirects alone decides. */
static bool is_loop(Walk *walk, const char *url, char **ret_why) {
        if (!walk->cookies && was_asked(walk, url))
                *ret_why = mon_printf("redirected in a circle, back to %s", url);
        else if (walk->redirects >= (size_t)walk->manner->follow_redirects)
                *ret_why = mon_printf("more than %" PRId64 " redirects, the last to %s", walk->manner->follow_redirects,
                                      url);
        return *ret_why != NULL;
}

static bool is_elsewhere(const Walk *walk, int parsed, const Url *url) {
        if (parsed != 0)
                return true;
        if (url_is_same_site(&walk->start, url))
                return false;
        return !page_expect_names_url(walk->expect) || !page_expect_fits_url(walk->expect, url->text);
}

static void follow(Walk *walk, const char *location) {
        mon_auto_free char *joined = NULL, *why = NULL;
        url_auto Url url = {0};

        int r = url_join(walk->now.text, location, &joined);
        if (r == 0)
                r = url_parse(joined, &url);
        if (r < 0) {
                end_as(walk, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, mon_strerror(r));
        } else if (is_elsewhere(walk, r, &url)) {
                why = mon_printf("redirected to %s", joined ? joined : location);
                end_as(walk, VERDICT_DOWN, CAUSE_REDIRECT_ELSEWHERE, why);
        } else if (is_loop(walk, url.text, &why)) {
                end_as(walk, VERDICT_DOWN, CAUSE_REDIRECT_LOOP, why);
        } else {
                url_fini(&walk->now);
                walk->now = url;
                url = (Url){0};
                walk->redirects++;
                ask_page(walk);
        }
}

/* --- hops ------------------------------------------------------------------------------------------------------- */

static void on_page(FetchAnswer *answer, void *userdata) {
        Walk *walk = userdata;
        Observation *observation = walk->observation;

        walk->visit = NULL;
        http_take_hop(answer, &observation->hops[observation->n_hops - 1], observation);
        http_take_retry_after(answer, clock_at_real(clock_of(walk)), observation);
        if (!http_is_answer(answer)) {
                end_as(walk, fetch_verdict(answer->failure), fetch_cause(answer->failure), answer->error);
                return;
        }
        mon_auto_free char *location = walk->manner->follow_redirects > 0 ? http_redirect_of(answer) : NULL;
        if (location)
                follow(walk, location);
        else
                walk->done(answer, walk->userdata);
}

static int begin_hop(Walk *walk) {
        size_t body_max = (size_t)walk->manner->max_body;

        (void)observation_add_hop(walk->observation, walk->now.text, body_max, clock_at_real(clock_of(walk)));
        return walk_ask(walk, &walk->now, (FetchMethod)walk->manner->method, body_max, on_page, walk);
}

static void ask_page(Walk *walk) {
        int r = begin_hop(walk);
        if (r < 0)
                end_as(walk, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT, mon_strerror(r));
}

int walk_begin(Walk *walk, const char *url) {
        url_fini(&walk->start);
        url_fini(&walk->now);
        if (url_parse(url, &walk->start) != 0 || url_parse(url, &walk->now) != 0)
                return -EINVAL;
        if (!walk->home.text && url_parse(url, &walk->home) != 0)
                return -EINVAL;
        walk->first_hop = walk->observation->n_hops;
        return begin_hop(walk);
}

void walk_fini(Walk *walk) {
        visit_cancel(walk->visit);
        url_fini(&walk->home);
        url_fini(&walk->start);
        url_fini(&walk->now);
        free(walk->headers);
        *walk = (Walk){0};
}
