#include "probes/journey.h"

#include "daemon/base/text.h"
#include "daemon/net/url.h"

#define AT(member) .offset = offsetof(JourneyStep, member)

static const Directive step_rows[] = {
        {.key = "get", .type = DIRECTIVE_TEXT, AT(get), .check = url_check, .help = "the address of a page"},
        {.key = "follow",
         .type = DIRECTIVE_TEXT,
         AT(follow),
         .help = "XPath of a link on the page before: its href, or an element that has one"},
        {.key = "expect",
         .type = DIRECTIVE_SECTION,
         AT(expect),
         .section = http_expect_rows,
         .help = "what the page must be like"},
        {.key = NULL},
};

#undef AT
#define AT(member) .offset = offsetof(JourneySpec, member)

static const Directive journey_rows[] = {
        {.key = "steps",
         .type = DIRECTIVE_SECTIONS,
         AT(steps),
         .required = true,
         .section = step_rows,
         .item_size = sizeof(JourneyStep),
         .min = 1,
         .max = JOURNEY_STEPS_MAX,
         .help = "the pages in order: each 'get' or 'follow', and 'expect'"},
        {.key = "headers",
         .type = DIRECTIVE_HEADERS,
         AT(manner.headers),
         .check = http_check_header,
         .help = "further request headers; secret ones are sent to the first page's origin alone"},
        {.key = "follow_redirects",
         .type = DIRECTIVE_INT,
         AT(manner.follow_redirects),
         .fallback = "10",
         .min = 0,
         .max = JOURNEY_REDIRECTS_MAX,
         .help = "how many, of all steps together; 0 judges the redirects themselves"},
        {.key = "ip",
         .type = DIRECTIVE_CHOICE,
         AT(manner.ip),
         .fallback = "any",
         .choices = http_families,
         .help = "the internet protocol, where the target does not say: any, 4 or 6"},
        {.key = "max_body",
         .type = DIRECTIVE_SIZE,
         AT(manner.max_body),
         .fallback = "2M",
         .min = HTTP_BODY_MIN,
         .max = HTTP_BODY_MAX,
         .help = "bytes of each decoded body that are taken; more is too_large"},
        {.key = "slow_after",
         .type = DIRECTIVE_DURATION,
         AT(manner.slow_after),
         .fallback = "8s",
         .min = NSEC_PER_SEC,
         .max = 3600 * NSEC_PER_SEC,
         .help = "a step that takes longer is degraded"},
        {.key = "ca_file",
         .type = DIRECTIVE_FILE,
         AT(manner.ca_file),
         .help = "authorities to trust instead of the system's"},
        {.key = NULL},
};

static void prepare_link(JourneyStep *step, const SectionPlace *place, ProbeMistakeFn *mistake, void *userdata) {
        mon_auto_free char *wrong = NULL;

        xpath_free(step->link);
        step->link = xpath_new(step->follow, &wrong);
        if (!step->link)
                mistake(userdata, place->line, place->column, wrong);
}

static void prepare_step(JourneySpec *journey, size_t index, ProbeMistakeFn *mistake, void *userdata) {
        const SectionPlace *place = &journey->steps.items[index];
        JourneyStep *step = place->fields;

        page_expect_free(step->compiled);
        step->compiled = http_expect_compile(&step->expect, NULL, false, mistake, userdata);
        if (!step->get == !step->follow)
                mistake(userdata, place->line, place->column,
                        "a step has either 'get', an address, or 'follow', the XPath of a link on the page before");
        else if (index == 0 && step->follow)
                mistake(userdata, place->line, place->column,
                        "the first step begins with 'get': there is no page before");
        else if (step->follow)
                prepare_link(step, place, mistake, userdata);
}

/* Of several hosts the first that is not this machine: its pace is the one to keep. */
static void name_host(const JourneyStep *step, char **host) {
        url_auto Url url = {0};

        if (step->get && url_parse(step->get, &url) == 0 && (!*host || net_host_is_local(*host)) &&
            !(*host && net_host_is_local(url.host)))
                mon_replace(host, url.host);
}

static void journey_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata,
                            char **ret_host) {
        JourneySpec *journey = spec;

        (void)target;
        for (size_t i = 0; i < journey->steps.n; i++) {
                prepare_step(journey, i, mistake, userdata);
                name_host(journey->steps.items[i].fields, ret_host);
        }
}

static void journey_fini(void *spec) {
        JourneySpec *journey = spec;

        for (size_t i = 0; i < journey->steps.n; i++) {
                JourneyStep *step = journey->steps.items[i].fields;
                xpath_free(step->link);
                page_expect_free(step->compiled);
                step->link = NULL;
                step->compiled = NULL;
        }
}

const ProbeDriver probe_journey = {
        .name = "journey",
        .directives = journey_rows,
        .spec_size = sizeof(JourneySpec),
        .prepare = journey_prepare,
        .fini = journey_fini,
        .start = journey_look_start,
        .cancel = journey_look_cancel,
};
