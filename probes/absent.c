#include "probes/absent.h"

#include "daemon/base/digest.h"
#include "daemon/base/text.h"
#include "daemon/net/fetch.h"
#include "daemon/net/url.h"
#include "probes/http.h"

#define ABSENT_HEX 16 /* digits of the hash that are shown */

struct Absent {
        Target target;
        HttpSpec spec;
};

char *absent_url(const char *page_url, const char *target_id) {
        mon_auto_free char *path = NULL;
        char hex[SHA256_HEX_MAX], *url = NULL;
        Sha256 digest;

        sha256_of(target_id, strlen(target_id), &digest);
        sha256_hex(&digest, hex);
        path = mon_printf("/mond-verification-%.*s", ABSENT_HEX, hex);
        return url_join(page_url, path, &url) == 0 ? url : NULL;
}

bool absent_is_due(const Target *target, Nsec asked_at_real, Nsec now_at_real) {
        if (target->driver != &probe_http || !((const HttpSpec *)target->spec)->application)
                return false;
        return asked_at_real == NSEC_UNKNOWN || now_at_real < asked_at_real ||
               now_at_real - asked_at_real >= ABSENT_EVERY;
}

static void ignore(void *userdata, int line, int column, const char *text) {
        (void)userdata;
        (void)line;
        (void)column;
        (void)text;
}

Absent *absent_new(const Target *target) {
        static const HttpExpect nothing;
        const HttpSpec *page = target->spec;
        mon_cleanup(absent_free_p) Absent *absent = mon_new(Absent);

        absent->target = *target;
        absent->target.spec = &absent->spec;
        absent->spec = *page;
        absent->spec.method = FETCH_GET;
        absent->spec.follow_redirects = 0;
        absent->spec.application = false;
        absent->spec.expect = nothing;
        absent->spec.compiled = http_expect_compile(&nothing, NULL, false, ignore, NULL);
        absent->spec.url = absent_url(page->url, target->id);
        return absent->spec.url ? mon_steal(&absent) : NULL;
}

void absent_free(Absent *absent) {
        if (!absent)
                return;
        free(absent->spec.url);
        page_expect_free(absent->spec.compiled);
        free(absent);
}

const Target *absent_target(const Absent *absent) {
        return &absent->target;
}
