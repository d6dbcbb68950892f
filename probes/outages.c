#include "probes/outages.h"

#include "daemon/base/text.h"
#include "daemon/net/fetch.h"
#include "daemon/net/url.h"

#define OUTAGES_BODY_MIN 1024

#define AT(member) .offset = offsetof(OutagesSpec, member)

static const Directive only_rows[] = {
        {.key = "at", .type = DIRECTIVE_TEXTS, AT(only_at), .help = "where in an item its kind stands (JSON Pointer)"},
        {.key = "is", .type = DIRECTIVE_TEXTS, AT(only_is), .help = "the kinds that count"},
        {.key = NULL},
};

static const Directive outages_rows[] = {
        {.key = "url",
         .type = DIRECTIVE_TEXT,
         AT(http.url),
         .required = true,
         .check = url_check,
         .help = "the address of the feed, http or https"},
        {.key = "items",
         .type = DIRECTIVE_TEXT,
         AT(items),
         .may_be_empty = true,
         .fallback = "\"\"",
         .check = outages_check_pointer,
         .help = "where the list of outages stands (JSON Pointer); \"\" is the whole document"},
        {.key = "from",
         .type = DIRECTIVE_TEXT,
         AT(from),
         .required = true,
         .check = outages_check_pointer,
         .help = "where in an item its beginning stands (JSON Pointer)"},
        {.key = "until",
         .type = DIRECTIVE_TEXT,
         AT(until),
         .check = outages_check_pointer,
         .help = "where its end stands; empty, null or absent there is open-ended"},
        {.key = "text",
         .type = DIRECTIVE_TEXT,
         AT(text),
         .required = true,
         .check = outages_check_pointer,
         .help = "where its words stand"},
        {.key = "only", .type = DIRECTIVE_SECTION, .section = only_rows, .help = "of all outages, these"},
        {.key = "headers",
         .type = DIRECTIVE_HEADERS,
         AT(http.headers),
         .check = http_check_header,
         .help = "further request headers; secret ones are not sent to another origin"},
        {.key = "follow_redirects",
         .type = DIRECTIVE_INT,
         AT(http.follow_redirects),
         .fallback = "10",
         .min = 0,
         .max = HTTP_REDIRECTS_MAX,
         .help = "how many"},
        {.key = "ip",
         .type = DIRECTIVE_CHOICE,
         AT(http.ip),
         .fallback = "any",
         .choices = http_families,
         .help = "the internet protocol, where the target does not say: any, 4 or 6"},
        {.key = "max_body",
         .type = DIRECTIVE_SIZE,
         AT(http.max_body),
         .fallback = "1M",
         .min = OUTAGES_BODY_MIN,
         .max = OUTAGES_BODY_MAX,
         .help = "bytes of the decoded feed that are taken; a larger one is not read"},
        {.key = "ca_file",
         .type = DIRECTIVE_FILE,
         AT(http.ca_file),
         .help = "authorities to trust instead of the system's"},
        {.key = NULL},
};

static bool is_good_status(int status) {
        return status >= 200 && status <= 299;
}

/* What the transport leaves to say; NULL: there is a body to read. */
static char *answer_fault(const FetchAnswer *answer) {
        if (!is_good_status(answer->http_status))
                return mon_printf("the feed answers with status %d", answer->http_status);
        return answer->failure != FETCH_DONE ? mon_printf("the feed is not whole: %s", answer->error) : NULL;
}

static void take_span(Announcement *to, Announcement *from) {
        free(to->text);
        *to = *from;
        *from = (Announcement){0};
}

static void judge(OutagesReading *reading, Observation *observation) {
        if (reading->in_force) {
                observation_judge(observation, VERDICT_MAINTENANCE, CAUSE_PUBLISHED, NULL);
                mon_replace(&observation->banner_text, reading->present.text);
                mon_replace(&observation->banner_rule, "outages");
                take_span(&observation->announcement, &reading->present);
                return;
        }
        observation_judge(observation, VERDICT_UP, CAUSE_OK, NULL);
        if (reading->to_come)
                take_span(&observation->announcement, &reading->next);
}

static void read_feed(const HttpSpec *http, const FetchAnswer *answer, const Hop *hop, Nsec now_at_real,
                      Observation *observation) {
        const OutagesSpec *spec = mon_container_of((HttpSpec *)http, OutagesSpec, http);
        const OutagesFields fields = {
                .items = spec->items ? spec->items : "",
                .from = spec->from,
                .until = spec->until,
                .text = spec->text,
                .only_at = spec->only_at.n > 0 ? spec->only_at.items[0].text : NULL,
                .only_is = &spec->only_is,
        };
        mon_cleanup(outages_reading_fini) OutagesReading reading = {0};
        mon_auto_free char *why = answer_fault(answer);

        if (!why && outages_read(buf_text(&hop->body), hop->body.len, &fields, now_at_real, &reading, &why) == 0) {
                observation_assert(observation, true, "the feed of outages is read");
                judge(&reading, observation);
                return;
        }
        observation_assert(observation, false, "the feed of outages is read");
        observation_judge(observation, VERDICT_UNREADABLE, CAUSE_FEED_UNREADABLE, why);
}

static void check_only(const OutagesSpec *outages, ProbeMistakeFn *mistake, void *userdata) {
        const TextList *at = &outages->only_at, *is = &outages->only_is;

        for (size_t i = 0; i < at->n; i++) {
                mon_auto_free char *why = outages_check_pointer(at->items[i].text);
                if (why)
                        mistake(userdata, at->items[i].line, at->items[i].column, why);
        }
        if (at->n > 1)
                mistake(userdata, at->items[1].line, at->items[1].column, "'at' takes one JSON Pointer");
        if (is->n > 0 && at->n == 0)
                mistake(userdata, is->items[0].line, is->items[0].column,
                        "'only' needs 'at': where in an item its kind stands");
        if (at->n > 0 && is->n == 0)
                mistake(userdata, at->items[0].line, at->items[0].column, "'only' needs 'is': the kinds that count");
}

static void outages_prepare(void *spec, const Target *target, ProbeMistakeFn *mistake, void *userdata,
                            char **ret_host) {
        static const PageExpectTexts nothing = {0};
        OutagesSpec *outages = spec;
        url_auto Url url = {0};

        (void)target;
        page_expect_free(outages->http.compiled);
        outages->http.compiled = page_expect_new(&nothing, mistake, userdata);
        outages->http.feed = read_feed;
        if (url_parse(outages->http.url, &url) == 0)
                *ret_host = mon_strdup(url.host);
        check_only(outages, mistake, userdata);
}

static void outages_fini(void *spec) {
        OutagesSpec *outages = spec;

        page_expect_free(outages->http.compiled);
        outages->http.compiled = NULL;
}

const ProbeDriver probe_outages = {
        .name = "outages",
        .directives = outages_rows,
        .spec_size = sizeof(OutagesSpec),
        .prepare = outages_prepare,
        .fini = outages_fini,
        .start = http_look_start,
        .cancel = http_look_cancel,
};
