#include "daemon/model/observation.h"

#include "daemon/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

Observation *observation_new(Nsec at_real, Nsec at_boot) {
        Observation *observation = mon_new(Observation);

        *observation = (Observation){
                .verdict = VERDICT_UNKNOWN,
                .cause = CAUSE_NOT_YET,
                .at_real = at_real,
                .at_boot = at_boot,
                .duration = NSEC_UNKNOWN,
                .dns = NSEC_UNKNOWN,
                .connect = NSEC_UNKNOWN,
                .tls = NSEC_UNKNOWN,
                .ttfb = NSEC_UNKNOWN,
                .bytes = -1,
                .certificate_expires_at_real = NSEC_UNKNOWN,
                .retry_after = NSEC_UNKNOWN,
                .announcement = {.from_at_real = NSEC_UNKNOWN, .until_at_real = NSEC_UNKNOWN},
        };
        return observation;
}

void observation_drop_hops(Observation *observation) {
        for (size_t i = 0; i < observation->n_hops; i++) {
                Hop *hop = &observation->hops[i];
                free(hop->url);
                free(hop->request);
                free(hop->response);
                buf_fini(&hop->body);
        }
        free(observation->hops);
        observation->hops = NULL;
        observation->n_hops = 0;
}

void observation_free(Observation *observation) {
        if (!observation)
                return;
        observation_drop_hops(observation);
        for (size_t i = 0; i < observation->n_assertions; i++)
                free(observation->assertions[i].text);
        free(observation->assertions);
        free(observation->detail);
        free(observation->banner_text);
        free(observation->banner_rule);
        free(observation->title);
        free(observation->announcement.text);
        content_fini(&observation->content);
        free(observation);
}

void observation_judge(Observation *observation, Verdict verdict, Cause cause, const char *detail) {
        assert(cause_fits(cause, verdict));
        char *copy = text_clean_copy(detail, OBSERVATION_DETAIL_MAX);

        observation->verdict = verdict;
        observation->cause = cause;
        free(observation->detail);
        observation->detail = copy;
}

void observation_assert(Observation *observation, bool held, const char *format, ...) {
        mon_auto_free char *text = NULL;
        va_list args;

        va_start(args, format);
        if (vasprintf(&text, format, args) < 0)
                abort();
        va_end(args);
        observation->assertions = mon_realloc_array(observation->assertions, observation->n_assertions + 1,
                                                    sizeof *observation->assertions);
        observation->assertions[observation->n_assertions++] =
                (Assertion){.text = text_clean_copy(text, OBSERVATION_DETAIL_MAX), .held = held};
}

Hop *observation_add_hop(Observation *observation, const char *url, size_t body_max, Nsec at_real) {
        assert(observation->n_hops < OBSERVATION_HOPS_MAX);
        observation->hops = mon_realloc_array(observation->hops, observation->n_hops + 1, sizeof *observation->hops);
        Hop *hop = &observation->hops[observation->n_hops++];
        *hop = (Hop){.url = mon_strdup(url), .body = BUF_INIT(body_max), .started_at_real = at_real};
        return hop;
}
