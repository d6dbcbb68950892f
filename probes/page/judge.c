#include "probes/page/judge.h"

#include "daemon/base/text.h"
#include "probes/page/fold.h"
#include "probes/page/weigh.h"

#include <assert.h>
#include <ctype.h>

#define JUDGE_SHELL_TEXT 80     /* bytes of visible text up to which a page with scripts is a shell */
#define JUDGE_CONCEALED 400     /* bytes of hidden text that make a page which its scripts only have to show */
#define JUDGE_SHELL_NOTICE 200  /* bytes of it beside the notice that scripts are needed */
#define JUDGE_ADDRESS_MAX 400   /* bytes of an address that are looked at */
#define JUDGE_ADDRESS_POINTS 30 /* a redirect to an address that means closed */
#define JUDGE_DOUBTED 14        /* points that make an outage of a page on which what was expected is missing */
#define JUDGE_SHORT 200         /* bytes of text that make a few words */
#define JUDGE_PART 18           /* points from which a part of a page is out of order */
#define JUDGE_PART_ALONE 150    /* bytes of other text under which the part is the whole */
#define JUDGE_PART_NOTHING 60   /* and where what is said of it is less sure */
#define JUDGE_PART_LINKS 5      /* links from which there is more to the page than the part */
#define JUDGE_ANNOUNCED 8       /* points from which a dated announcement is heard */
#define JUDGE_ANNOUNCED_BARE 26 /* and one without a date */
#define JUDGE_RETURN 20         /* points from which a return is heard beside an error */
#define JUDGE_WALL_LATE 300     /* bytes of own text after which a wall is no wall but a part of the page */

typedef struct Judge {
        const JudgeInput *in;
        Judgement *out;
        Scale scale;
        bool has_scale;
        int status;
        const ExpectItem *failed; /* the first expectation that does not hold */
        bool has_undecided;
        const char *address_rule; /* of the final address, where it means closed */
} Judge;

/* --- telling --------------------------------------------------------------------------------------------------- */

static void explain(Judge *judge, const char *rule, const char *place, const char *text, bool decided) {
        Judgement *out = judge->out;

        if (out->n_explain == PAGE_EXPLAIN_MAX || !judge->in->answer->explain)
                return;
        out->explain[out->n_explain++] = (PageExplain){.rule = mon_strdup(rule),
                                                       .place = mon_strdup(place),
                                                       .text = text_clean_copy(text, OBSERVATION_DETAIL_MAX),
                                                       .decided = decided};
}

static void decide(Judge *judge, Verdict verdict, Cause cause, const char *detail) {
        assert(cause_fits(cause, verdict));
        judge->out->verdict = verdict;
        judge->out->cause = cause;
        free(judge->out->detail);
        judge->out->detail = text_clean_copy(detail, OBSERVATION_DETAIL_MAX);
}

/* Marks of list and frame around a sentence are not part of it. */
static char *trim(const char *text) {
        static const char marks[] = " *-=_|#~>\t";
        size_t n = strlen(text);

        while (n > 0 && strchr(marks, text[n - 1]))
                n--;
        while (n > 0 && strchr(marks, *text)) {
                text++;
                n--;
        }
        mon_auto_free char *copy = mon_strndup(text, n);
        return text_clean_copy(copy, OBSERVATION_BANNER_MAX);
}

static void quote(Judge *judge, const Voice *voice) {
        judge->out->rule = mon_strdup(lexicon_rule(judge->in->lexicon, voice->rule)->id);
        judge->out->excerpt = trim(voice->sentence->text);
}

static void decide_by(Judge *judge, Verdict verdict, Cause cause, LexiconSense sense) {
        const Voice *voice = judge->scale.best[sense];

        if (voice)
                quote(judge, voice);
        decide(judge, verdict, cause, judge->out->excerpt);
}

static void explain_page(Judge *judge) {
        const PageFeatures *features = judge->in->features;

        if (!judge->in->answer->explain)
                return;
        mon_auto_free char *text = mon_printf(
                "%u bytes seen, %u of them the page's own, %u in sentences that say something; %u links, %u fields, "
                "%u scripts, %u frames",
                features->visible, features->own, features->spoken, features->n_links, features->n_inputs,
                features->n_scripts, features->n_frames);

        explain(judge, "page", "", text, false);
}

static void explain_voices(Judge *judge) {
        for (size_t i = 0; i < judge->scale.n && judge->in->answer->explain; i++) {
                const Voice *voice = &judge->scale.voices[i];
                const char *rule = lexicon_rule(judge->in->lexicon, voice->rule)->id;
                bool decided = text_is(judge->out->rule, rule) && judge->out->excerpt &&
                               voice == judge->scale.best[voice->sense];
                mon_auto_free char *text = mon_printf("%s, %u points: %s", lexicon_sense_name(voice->sense),
                                                      voice->points, voice->sentence->text);
                explain(judge, rule, place_name(voice->sentence->places), text, decided);
        }
}

static bool has_voice(const Scale *scale, const PageSentence *sentence, uint16_t rule) {
        for (size_t i = 0; i < scale->n; i++)
                if (scale->voices[i].sentence == sentence && scale->voices[i].rule == rule)
                        return true;
        return false;
}

/* Rules that a counter-phrase, a date or a louder one of the same sentence has silenced. */
static void explain_silenced(Judge *judge) {
        const PageFeatures *features = judge->in->features;

        for (size_t i = 0; features && judge->in->answer->explain && i < features->n_sentences; i++)
                for (size_t k = 0; k < features->sentences[i].n_rules; k++) {
                        const PageSentence *sentence = &features->sentences[i];
                        const LexiconRule *rule = lexicon_rule(judge->in->lexicon, sentence->rules[k]);
                        if (has_voice(&judge->scale, sentence, sentence->rules[k]))
                                continue;
                        mon_auto_free char *text =
                                mon_printf("%s, silenced: %s", lexicon_sense_name(rule->sense), sentence->text);
                        explain(judge, rule->id, place_name(sentence->places), text, false);
                }
}

/* --- assertions ------------------------------------------------------------------------------------------------ */

static void assert_text(Judge *judge, bool held, char *text) {
        Judgement *out = judge->out;
        mon_auto_free char *owned = text;

        out->assertions = mon_realloc_array(out->assertions, out->n_assertions + 1, sizeof *out->assertions);
        out->assertions[out->n_assertions++] =
                (Assertion){.text = text_clean_copy(owned, OBSERVATION_DETAIL_MAX), .held = held};
}

/* Absence is known of a whole page only; presence of whatever part came. */
static ExpectResult result_of(const Judge *judge, size_t i) {
        const ExpectItem *item = &judge->in->expect->items[i];

        if (!judge->in->results)
                return EXPECT_UNDECIDED;
        ExpectResult result = judge->in->results[i];
        bool is_whole = judge->in->answer->body_state == PAGE_BODY_WHOLE;
        if (!is_whole && (item->kind == EXPECT_ABSENT ? result == EXPECT_HELD : result == EXPECT_FAILED))
                return EXPECT_UNDECIDED;
        return result;
}

static void assert_items(Judge *judge) {
        static const char *const names[EXPECT_KIND_COUNT] = {"contains", "absent", "matches", "xpath"};
        const PageExpect *expect = judge->in->expect;

        for (size_t i = 0; expect && i < expect->n_items; i++) {
                const ExpectItem *item = &expect->items[i];
                ExpectResult result = result_of(judge, i);
                assert_text(judge, result == EXPECT_HELD,
                            mon_printf("%s \"%s\"%s", names[item->kind], item->text,
                                       result == EXPECT_UNDECIDED ? " (undecided)" : ""));
                if (result == EXPECT_FAILED && !judge->failed)
                        judge->failed = item;
                judge->has_undecided = judge->has_undecided || result == EXPECT_UNDECIDED;
        }
}

static void assert_all(Judge *judge) {
        const PageExpect *expect = judge->in->expect;
        const char *url = judge->in->answer->final_url;

        assert_text(judge, expect_takes_status(expect, judge->status), mon_printf("status %d", judge->status));
        if (page_expect_names_url(expect) && url)
                assert_text(judge, page_expect_fits_url(expect, url), mon_printf("final_url %s", url));
        assert_items(judge);
}

/* --- the address ----------------------------------------------------------------------------------------------- */

/* The path and query of an address, folded, from its first slash after the host. */
static char *path_of(const char *url) {
        const char *host = strstr(url, "://");
        const char *path = strchr(host ? host + 3 : url, '/');
        mon_auto_free char *cut = mon_strndup(path ? path : "/", JUDGE_ADDRESS_MAX);

        return fold_copy(cut);
}

/* Only an address that we were led to speaks: nobody is told anything by the one that was asked for. */
static void ask_address(Judge *judge) {
        const PageAnswer *answer = judge->in->answer;
        uint16_t hits[LEXICON_HITS_MAX];
        LexiconScan scan;

        if (!answer->final_url || text_is(answer->start_url, answer->final_url))
                return;
        mon_auto_free char *path = path_of(answer->final_url);
        lexicon_scan_init(&scan, judge->in->lexicon);
        size_t n = lexicon_scan_sentence(&scan, path, strlen(path), PLACE_ADDRESS, hits);
        for (size_t i = 0; i < n && !judge->address_rule; i++) {
                const LexiconRule *rule = lexicon_rule(judge->in->lexicon, hits[i]);
                if (rule->sense == SENSE_CLOSED) {
                        judge->address_rule = rule->id;
                        judge->scale.points[SENSE_CLOSED] +=
                                answer->start_url ? JUDGE_ADDRESS_POINTS : JUDGE_ADDRESS_POINTS / 2;
                        explain(judge, rule->id, "address", answer->final_url, false);
                }
        }
        lexicon_scan_fini(&scan);
}

/* --- causes, in their order ------------------------------------------------------------------------------------ */

static const PageHeader *find_header(const PageAnswer *answer, const char *name) {
        for (size_t i = 0; i < answer->n_headers; i++)
                if (answer->headers[i].name && strcasecmp(answer->headers[i].name, name) == 0)
                        return &answer->headers[i];
        return NULL;
}

/* Where the first loud sentence of a sense stands; the title lies too often to count. */
static uint32_t first_place(const Scale *scale, LexiconSense sense) {
        for (size_t i = 0; i < scale->n; i++)
                if (scale->voices[i].sense == sense && scale->voices[i].strength >= STRENGTH_MEDIUM &&
                    !(scale->voices[i].sentence->places & PLACE_TITLE))
                        return scale->voices[i].sentence->position;
        return UINT32_MAX;
}

static bool judge_wall(Judge *judge) {
        static const struct {
                LexiconSense sense;
                Cause cause;
        } walls[] = {{SENSE_CAPTCHA, CAUSE_CAPTCHA},
                     {SENSE_WALL, CAUSE_BOT_WALL},
                     {SENSE_RATE, CAUSE_RATE_LIMITED},
                     {SENSE_DENIED, CAUSE_ACCESS_DENIED}};
        const Scale *scale = &judge->scale;
        size_t best = 0;

        for (size_t i = 1; i < mon_count_of(walls); i++)
                if (scale->points[walls[i].sense] > scale->points[walls[best].sense])
                        best = i;
        if (scale->points[SENSE_CAPTCHA] >= WEIGH_ENOUGH)
                best = 0;
        uint32_t points = scale->points[walls[best].sense];
        uint32_t place = first_place(scale, walls[best].sense);
        bool is_refusal = judge->status == 401 || judge->status == 403 || judge->status == 429;
        if (points < WEIGH_ENOUGH && !is_refusal && find_header(judge->in->answer, "cf-mitigated")) {
                decide(judge, VERDICT_BLOCKED, CAUSE_BOT_WALL, "the answer says that it is a challenge (cf-mitigated)");
                return true;
        }
        if (points < WEIGH_ENOUGH || (place > JUDGE_WALL_LATE && place != UINT32_MAX))
                return false;
        if (!is_refusal && scale->points[SENSE_ERROR] >= WEIGH_ENOUGH && first_place(scale, SENSE_ERROR) < place)
                return false;
        if (points < scale->points[SENSE_CLOSED] && !is_refusal && first_place(scale, SENSE_CLOSED) < place)
                return false;
        decide_by(judge, VERDICT_BLOCKED, walls[best].cause, walls[best].sense);
        return true;
}

/* A server that fails of itself does not know that it is closed and when it comes back. */
static bool says_return(const Scale *scale) {
        bool is_closed = false, comes_back = false;

        for (size_t i = 0; i < scale->n; i++) {
                const Voice *voice = &scale->voices[i];
                if (voice->sense != SENSE_CLOSED || voice->strength < STRENGTH_MEDIUM || voice->points < JUDGE_RETURN)
                        continue;
                is_closed = is_closed || !voice->is_return;
                comes_back = comes_back || voice->is_return;
        }
        return is_closed && comes_back;
}

/* A page that only says "unavailable" under a title that says "error" is an error. */
static bool is_rather_error(const Judge *judge) {
        const Voice *closed = judge->scale.best[SENSE_CLOSED], *error = judge->scale.best[SENSE_ERROR];

        if (!error || judge->scale.points[SENSE_ERROR] < WEIGH_ENOUGH || judge->address_rule)
                return false;
        if (closed && closed->strength < STRENGTH_STRONG && says_return(&judge->scale))
                return error->points > 2 * judge->scale.points[SENSE_CLOSED];
        if (closed && closed->strength == STRENGTH_STRONG)
                return error->strength == STRENGTH_STRONG && error->points > 2 * closed->points;
        return error->strength == STRENGTH_STRONG || (error->sentence->places & (PLACE_TITLE | PLACE_HEADING));
}

/* Nobody's page also says "under construction". */
static bool is_parked(const Judge *judge) {
        uint32_t points = judge->scale.points[SENSE_PARKED];
        return points >= WEIGH_ENOUGH && points >= judge->scale.points[SENSE_CLOSED] * 3 / 4;
}

/* A status that says "unavailable" over a few words that name no error: whoever wrote them knew of it. */
static bool is_short_503(const Judge *judge) {
        const PageFeatures *features = judge->in->features;

        return judge->status == 503 && features && features->own < JUDGE_SHORT && !judge->scale.best[SENSE_ERROR] &&
               !judge->scale.best[SENSE_NOT_FOUND];
}

static bool judge_closed(Judge *judge) {
        const Scale *scale = &judge->scale;
        const PageFeatures *features = judge->in->features;
        bool is_doubted = judge->failed || is_short_503(judge);
        uint32_t enough = is_doubted ? JUDGE_DOUBTED : WEIGH_ENOUGH;

        if (is_parked(judge))
                return false;
        if ((judge->status == 404 || judge->status == 410) && scale->best[SENSE_CLOSED] &&
            scale->best[SENSE_CLOSED]->strength < STRENGTH_STRONG)
                return false; /* "this shop is unavailable" is how a page that is gone puts it */
        if (scale->points[SENSE_CLOSED] >= enough && !is_rather_error(judge)) {
                if (scale->best[SENSE_CLOSED] || !judge->address_rule)
                        decide_by(judge, VERDICT_MAINTENANCE, CAUSE_BANNER, SENSE_CLOSED);
                else {
                        judge->out->rule = mon_strdup(judge->address_rule);
                        decide(judge, VERDICT_MAINTENANCE, CAUSE_BANNER, judge->in->answer->final_url);
                }
                return true;
        }
        if (!features || scale->points[SENSE_PART] < WEIGH_ENOUGH || is_rather_error(judge))
                return false;
        uint32_t rest = features->own > features->spoken ? features->own - features->spoken : 0;
        uint32_t least = scale->best[SENSE_PART]->strength == STRENGTH_STRONG ? JUDGE_PART_ALONE : JUDGE_PART_NOTHING;
        bool is_alone = rest < least && features->n_inputs == 0 &&
                        (features->n_links < JUDGE_PART_LINKS || judge->status >= 500);
        if (is_alone || judge->failed) {
                decide_by(judge, VERDICT_MAINTENANCE, CAUSE_BANNER, SENSE_PART);
                return true;
        }
        return false;
}

static bool judge_status(Judge *judge) {
        int status = judge->status;
        mon_auto_free char *detail = NULL;

        if (expect_takes_status(judge->in->expect, status))
                return false;
        const Voice *error =
                judge->scale.best[SENSE_ERROR] ? judge->scale.best[SENSE_ERROR] : judge->scale.best[SENSE_NOT_FOUND];
        if (error && error->points >= WEIGH_ENOUGH)
                quote(judge, error);
        detail = mon_printf("HTTP %d%s%s", status, judge->out->excerpt ? ": " : "",
                            judge->out->excerpt ? judge->out->excerpt : "");
        if (status == 429)
                decide(judge, VERDICT_BLOCKED, CAUSE_RATE_LIMITED, detail);
        else if (status == 401 || status == 403)
                decide(judge, VERDICT_BLOCKED, CAUSE_ACCESS_DENIED, detail);
        else if (status >= 500 && status <= 599)
                decide(judge, VERDICT_DOWN, CAUSE_HTTP_5XX, detail);
        else if (status >= 400 && status <= 499)
                decide(judge, VERDICT_DOWN, CAUSE_HTTP_4XX, detail);
        else
                decide(judge, VERDICT_DOWN, CAUSE_UNEXPECTED_STATUS, detail);
        return true;
}

static bool judge_body(Judge *judge) {
        const PageAnswer *answer = judge->in->answer;

        /* The caps first: what was cut short says nothing certain of its charset. */
        if (judge->in->is_over_caps || answer->body_state == PAGE_BODY_TOO_LARGE)
                decide(judge, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, "the body or its markup is beyond the caps");
        else if (judge->in->is_undecodable || answer->body_state == PAGE_BODY_UNDECODABLE)
                decide(judge, VERDICT_UNREADABLE, CAUSE_UNDECODABLE,
                       "the body is no text in a charset that can be read");
        else if (answer->body_state == PAGE_BODY_TRUNCATED)
                decide(judge, VERDICT_UNREADABLE, CAUSE_TRUNCATED, "the body was cut short");
        else
                return false;
        return true;
}

static bool judge_parked(Judge *judge) {
        if (!is_parked(judge))
                return false;
        decide_by(judge, VERDICT_DOWN, CAUSE_PARKED, SENSE_PARKED);
        return true;
}

static bool judge_other_pages(Judge *judge) {
        static const struct {
                LexiconSense sense;
                Verdict verdict;
                Cause cause;
        } others[] = {{SENSE_QUEUE, VERDICT_DEGRADED, CAUSE_QUEUE},
                      {SENSE_NOT_FOUND, VERDICT_DOWN, CAUSE_SOFT_404},
                      {SENSE_ERROR, VERDICT_DOWN, CAUSE_ERROR_PAGE}};

        for (size_t i = 0; i < mon_count_of(others); i++)
                if (judge->scale.points[others[i].sense] >= WEIGH_ENOUGH) {
                        decide_by(judge, others[i].verdict, others[i].cause, others[i].sense);
                        return true;
                }
        return false;
}

static bool looks_like_shell(const PageFeatures *features, const Scale *scale) {
        bool has_scripts = features->n_scripts > 0 || features->script_bytes > 0;
        bool says_so = scale->best[SENSE_SHELL] != NULL;

        if (features->concealed >= JUDGE_CONCEALED && !says_so)
                return false;
        if (says_so && scale->points[SENSE_SHELL] >= WEIGH_ENOUGH && features->n_inputs == 0 &&
            features->visible <= features->spoken + JUDGE_SHELL_TEXT)
                return true;
        if (features->visible <= JUDGE_SHELL_TEXT)
                return (has_scripts && features->n_inputs == 0) || features->has_empty_root || features->n_frames > 0 ||
                       features->has_refresh;
        if (says_so && scale->points[SENSE_SHELL] >= WEIGH_ENOUGH)
                return features->visible < features->spoken + JUDGE_SHELL_NOTICE;
        return features->has_empty_root && has_scripts && features->own <= JUDGE_SHELL_TEXT;
}

static bool judge_empty(Judge *judge) {
        const PageFeatures *features = judge->in->features;

        if (!features || features->visible > 0 || features->n_inputs > 0 || features->n_images > 0 ||
            features->concealed >= JUDGE_CONCEALED)
                return false;
        decide(judge, VERDICT_DOWN, CAUSE_EMPTY_PAGE, "the page shows nothing");
        return true;
}

static bool judge_shell(Judge *judge) {
        if (!judge->out->is_shell || page_expect_is_application(judge->in->expect))
                return false;
        decide(judge, VERDICT_UNREADABLE, CAUSE_SCRIPT_SHELL,
               judge->in->features->n_frames > 0 && judge->in->features->n_scripts == 0
                       ? "the page shows only what is in its frames"
                       : "the page shows nothing without its scripts");
        return true;
}

static bool judge_expectations(Judge *judge) {
        static const Cause causes[EXPECT_KIND_COUNT] = {CAUSE_MISSING_TEXT, CAUSE_FORBIDDEN_TEXT, CAUSE_MISSING_TEXT,
                                                        CAUSE_MISSING_ELEMENT};
        static const char *const texts[EXPECT_KIND_COUNT] = {"the page does not contain", "the page contains",
                                                             "nothing on the page matches", "nothing is selected by"};
        const char *url = judge->in->answer->final_url;

        if (url && !page_expect_fits_url(judge->in->expect, url)) {
                decide(judge, VERDICT_DOWN, CAUSE_WRONG_PAGE, url);
                return true;
        }
        if (judge->failed) {
                mon_auto_free char *detail = mon_printf("%s \"%s\"", texts[judge->failed->kind], judge->failed->text);
                decide(judge, VERDICT_DOWN, causes[judge->failed->kind], detail);
                return true;
        }
        if (judge->has_undecided && judge->in->answer->body_state == PAGE_BODY_NONE) {
                decide(judge, VERDICT_DOWN, CAUSE_EMPTY_PAGE, "the answer has no content");
                return true;
        }
        if (judge->has_undecided && judge->in->answer->body_state == PAGE_BODY_WHOLE) {
                decide(judge, VERDICT_UNREADABLE, CAUSE_TOO_LARGE, "an expectation would cost too much on this page");
                return true;
        }
        return false;
}

static bool judge_part(Judge *judge) {
        uint32_t points = judge->scale.points[SENSE_PART];

        if (points < JUDGE_PART)
                return false;
        decide_by(judge, VERDICT_DEGRADED, CAUSE_PARTIAL_BANNER, SENSE_PART);
        return true;
}

/* --- notices --------------------------------------------------------------------------------------------------- */

static Announcement announcement_of(const Voice *voice) {
        return (Announcement){.text = trim(voice->sentence->text),
                              .from_at_real = voice->is_dated ? voice->span.from_at_real : NSEC_UNKNOWN,
                              .until_at_real = voice->is_dated ? voice->span.until_at_real : NSEC_UNKNOWN};
}

static void tell_announced(Judge *judge) {
        const Voice *best = NULL;

        bool is_closed = judge->out->verdict == VERDICT_MAINTENANCE;
        for (size_t i = 0; i < judge->scale.n; i++) {
                const Voice *voice = &judge->scale.voices[i];
                uint32_t least = voice->is_dated && voice->span.from_at_real != NSEC_UNKNOWN ? JUDGE_ANNOUNCED
                                 : is_closed                                                 ? UINT32_MAX
                                                                                             : JUDGE_ANNOUNCED_BARE;
                bool is_heard = least == JUDGE_ANNOUNCED || voice->strength == STRENGTH_STRONG;
                if (voice->sense == SENSE_ANNOUNCED && is_heard && voice->points >= least &&
                    (!best || (voice->is_dated && !best->is_dated) ||
                     (voice->is_dated == best->is_dated && voice->points > best->points)))
                        best = voice;
        }
        if (best)
                judge->out->announced = announcement_of(best);
}

static Nsec retry_after(const PageAnswer *answer, Nsec at_real) {
        const PageHeader *header = find_header(answer, "retry-after");
        int64_t seconds;

        if (!header || !header->value || text_parse_int(header->value, 1, 400 * 86400, &seconds) != 0)
                return NSEC_UNKNOWN;
        return at_real + seconds * NSEC_PER_SEC;
}

/* The span that the page gives for the present outage: the first sentence with a date or hour in it. */
static void tell_present(Judge *judge) {
        Judgement *out = judge->out;

        if (out->verdict != VERDICT_MAINTENANCE)
                return;
        for (size_t i = 0; i < judge->scale.n && !out->present.text; i++) {
                const Voice *voice = &judge->scale.voices[i];
                if ((voice->sense == SENSE_CLOSED || voice->sense == SENSE_PART) && voice->is_dated)
                        out->present = announcement_of(voice);
        }
        Nsec until = retry_after(judge->in->answer, judge->in->at_real);
        if (!out->present.text && out->excerpt && until != NSEC_UNKNOWN)
                out->present = (Announcement){mon_strdup(out->excerpt), NSEC_UNKNOWN, until};
}

static void tell_facts(Judge *judge) {
        const PageFeatures *features = judge->in->features;
        Judgement *out = judge->out;

        out->title = mon_strdup(features->title);
        out->language = features->language;
        out->has_text = true;
        out->text_sha256 = features->text_sha256;
        out->is_shell = looks_like_shell(features, &judge->scale);
        out->base = mon_strdup(features->base);
        for (size_t i = 0; i < features->n_kept_scripts; i++)
                out->scripts[out->n_scripts++] = mon_strdup(features->scripts[i]);
}

static void decide_all(Judge *judge) {
        bool has_body = judge->in->answer->body_state != PAGE_BODY_NONE;
        bool is_whole = judge->in->answer->body_state == PAGE_BODY_WHOLE;

        if (judge_wall(judge) || judge_closed(judge) || judge_parked(judge) || judge_status(judge) || judge_body(judge))
                return;
        if (has_body &&
            (judge_other_pages(judge) || (!judge->out->is_shell && judge_empty(judge)) || judge_shell(judge)))
                return;
        if (judge_expectations(judge) || (is_whole && judge_part(judge)))
                return;
        decide(judge, VERDICT_UP, CAUSE_OK, NULL);
}

void judge(const JudgeInput *input, Judgement *judgement) {
        Judge *judge = mon_new(Judge);

        judge->in = input;
        judge->out = judgement;
        judge->status = input->answer->http_status ? input->answer->http_status : 200;
        *judgement = (Judgement){.language = "",
                                 .announced = {NULL, NSEC_UNKNOWN, NSEC_UNKNOWN},
                                 .present = {NULL, NSEC_UNKNOWN, NSEC_UNKNOWN},
                                 .lexicon_hash = lexicon_hash(input->lexicon)};
        if (input->features) {
                weigh(input->features, input->lexicon, judge->status, input->at_real, &judge->scale);
                tell_facts(judge);
                explain_page(judge);
        }
        assert_all(judge);
        ask_address(judge);
        decide_all(judge);
        tell_announced(judge);
        tell_present(judge);
        explain_voices(judge);
        explain_silenced(judge);
        free(judge);
}
