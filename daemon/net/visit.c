#include "daemon/net/visit.h"

#include "daemon/base/error.h"
#include "daemon/net/url.h"

#include <stdio.h>

struct Visit {
        Loop *loop;
        Fetcher *fetcher;
        Resolution *resolution; /* until the name is known */
        Fetch *fetch;           /* from then on */
        Url url;
        char *user_agent; /* a reload may replace the caller's while the name is asked for */
        char *ca_file;
        FetchRequest request; /* its texts are those above */
        Timer deadline;       /* for the name; the fetch keeps its own */
        Nsec started;
        Nsec dns;
        FetchDoneFn *done;
        void *userdata;
};

static void visit_free(Visit *visit) {
        resolution_cancel(visit->resolution);
        fetch_cancel(visit->fetch);
        loop_disarm(visit->loop, &visit->deadline);
        url_fini(&visit->url);
        free(visit->user_agent);
        free(visit->ca_file);
        free(visit);
}

static void visit_finish(Visit *visit, FetchAnswer *answer) {
        FetchDoneFn *done = visit->done;
        void *userdata = visit->userdata;

        answer->dns = visit->dns;
        visit_free(visit);
        done(answer, userdata);
}

static void on_fetched(FetchAnswer *answer, void *userdata) {
        Visit *visit = userdata;

        visit->fetch = NULL;
        visit_finish(visit, answer);
}

static void finish_early(Visit *visit, FetchFailure failure, const char *text) {
        FetchAnswer answer = {
                .failure = failure,
                .bytes = -1,
                .dns = NSEC_UNKNOWN,
                .connect = NSEC_UNKNOWN,
                .tls = NSEC_UNKNOWN,
                .ttfb = NSEC_UNKNOWN,
                .certificate.expires_at_real = NSEC_UNKNOWN,
        };

        (void)snprintf(answer.error, sizeof answer.error, "%s", text);
        visit_finish(visit, &answer);
}

static void on_deadline(void *userdata) {
        finish_early(userdata, FETCH_NAME, "no name server answered before the deadline");
}

static void on_resolved(const Resolved *resolved, void *userdata) {
        Visit *visit = userdata;

        visit->resolution = NULL;
        loop_disarm(visit->loop, &visit->deadline);
        visit->dns = clock_at_boot(loop_clock(visit->loop)) - visit->started;
        if (resolved->result != 0) {
                finish_early(visit, resolved->result < 0 ? FETCH_LOCAL_FAULT : FETCH_NAME,
                             resolve_text(resolved->result));
                return;
        }
        visit->request.address = resolved->addresses[0].text;
        int r = fetch_start(visit->fetcher, &visit->request, on_fetched, visit, &visit->fetch);
        visit->request.address = NULL;
        if (r < 0)
                finish_early(visit, FETCH_LOCAL_FAULT, mon_strerror(r));
}

int visit_start(Resolver *resolver, Fetcher *fetcher, const FetchRequest *request, IpFamily family, FetchDoneFn *done,
                void *userdata, Visit **ret_visit) {
        Loop *loop = fetcher_loop(fetcher);
        mon_cleanup(visit_cancel_p) Visit *visit = mon_new(Visit);

        *visit = (Visit){.loop = loop, .fetcher = fetcher, .request = *request, .done = done, .userdata = userdata};
        visit->deadline = (Timer){.fn = on_deadline, .userdata = visit};
        visit->started = clock_at_boot(loop_clock(loop));
        visit->dns = NSEC_UNKNOWN;
        if (url_parse(request->url, &visit->url) != 0)
                return -EINVAL;
        visit->request.url = visit->url.text;
        visit->request.host = visit->url.host;
        visit->request.port = visit->url.port;
        visit->request.user_agent = visit->user_agent = mon_strdup(request->user_agent);
        visit->request.ca_file = visit->ca_file = mon_strdup(request->ca_file);
        int r = resolver_ask(resolver, visit->url.host, family, on_resolved, visit, &visit->resolution);
        if (r < 0)
                return r;
        if (request->deadline_at_boot != NSEC_NEVER)
                loop_arm(loop, &visit->deadline, request->deadline_at_boot);
        *ret_visit = mon_steal(&visit);
        return 0;
}

void visit_cancel(Visit *visit) {
        if (visit)
                visit_free(visit);
}
