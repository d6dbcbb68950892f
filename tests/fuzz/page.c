/* The whole judgement. The input is written like an answer: a first line with the status and the number of the body's
 * state, header fields, an empty line, the body. Fields called Expect-… , Url, At and Application are what else comes
 * with an answer: what the target expects and watches, the address, the time. */
#include "tests/fuzz/fuzz.h"

#include "config/lexicon.h"
#include "daemon/base/text.h"
#include "daemon/net/head.h"
#include "probes/page/page.h"

#include <stdio.h>

#define FIELDS_MAX 32
#define LIST_ITEMS_MAX 4 /* of one kind: each costs a pattern or a walk through the tree */
#define AT_SECOND 1780992720
#define AT_SECOND_LAST INT64_C(7258118400)

/* What came beside the body. */
typedef struct Asked {
        char *head;
        TextList lists[8];
        PageHeader headers[FIELDS_MAX];
        PageAnswer answer;
        bool is_application;
        int n_mistakes;
} Asked;

static const char *const list_names[8] = {"Expect-Status", "Expect-Url",   "Expect-Contains", "Expect-Absent",
                                          "Expect-Match",  "Expect-Xpath", "Watch",           "Ignore"};

static void asked_fini(Asked *asked) {
        for (size_t i = 0; i < mon_count_of(asked->lists); i++)
                text_list_fini(&asked->lists[i]);
        free(asked->head);
}

static TextList *list_of(Asked *asked, const char *name) {
        for (size_t i = 0; i < mon_count_of(list_names); i++)
                if (text_is(name, list_names[i]))
                        return &asked->lists[i];
        return NULL;
}

static void take_field(Asked *asked, const HeadField *field) {
        TextList *list = list_of(asked, field->name);
        int64_t second;

        if (list) {
                if (list->n < LIST_ITEMS_MAX && text_is_utf8(field->value, strlen(field->value)))
                        text_list_add(list, field->value, 1, 1);
        } else if (text_is(field->name, "Url"))
                asked->answer.final_url = field->value;
        else if (text_is(field->name, "Application"))
                asked->is_application = true;
        else if (text_is(field->name, "At")) {
                if (text_parse_int(field->value, 0, AT_SECOND_LAST, &second) == 0)
                        asked->answer.at_real = second * NSEC_PER_SEC;
        } else
                asked->headers[asked->answer.n_headers++] = (PageHeader){field->name, field->value};
}

static void take_head(Asked *asked, FuzzInput *input) {
        const uint8_t *end = memmem(input->bytes, input->n, "\n\n", 2);
        size_t len = end ? (size_t)(end + 1 - input->bytes) : 0;
        HeadField fields[FIELDS_MAX];
        int status = 200;
        unsigned state = 0;

        asked->head = mon_strndup((const char *)input->bytes, len);
        (void)sscanf(asked->head, "%d %u", &status, &state);
        asked->answer = (PageAnswer){.http_status = status < 0 ? 0 : status % 1000,
                                     .start_url = "https://example.org/",
                                     .headers = asked->headers,
                                     .body_state = (PageBody)(state % (PAGE_BODY_TOO_LARGE + 1)),
                                     .at_real = AT_SECOND * NSEC_PER_SEC,
                                     .explain = true};
        for (size_t i = 0, n = head_cut(asked->head, fields, FIELDS_MAX); i < n; i++)
                take_field(asked, &fields[i]);
        asked->answer.body = end ? end + 2 : input->bytes;
        asked->answer.body_len = end ? input->n - len - 1 : input->n;
}

static void count_mistake(void *userdata, int line, int column, const char *text) {
        Asked *asked = userdata;

        fuzz_holds(line == 1 && column == 1 && text_is_utf8(text, strlen(text)));
        asked->n_mistakes++;
}

static PageExpect *expect_of(Asked *asked) {
        const TextList *lists = asked->lists;
        const PageExpectTexts texts = {.status = &lists[0],
                                       .final_url = &lists[1],
                                       .contains = &lists[2],
                                       .absent = &lists[3],
                                       .matches = &lists[4],
                                       .xpath = &lists[5],
                                       .watch = &lists[6],
                                       .ignore = &lists[7],
                                       .application = asked->is_application};
        PageExpect *expect = page_expect_new(&texts, count_mistake, asked);

        fuzz_holds(page_expect_is_application(expect) == asked->is_application);
        fuzz_holds(page_expect_names_url(expect) || page_expect_fits_url(expect, ""));
        return expect;
}

/* --- what holds of every judgement ----------------------------------------------------------------------------------
 */

static void check_text(const char *text, size_t max) {
        fuzz_holds(!text || (strlen(text) <= max && text_is_utf8(text, strlen(text))));
}

static void check_announcement(const Announcement *told) {
        check_text(told->text, OBSERVATION_BANNER_MAX);
        if (!told->text)
                fuzz_holds(told->from_at_real == NSEC_UNKNOWN && told->until_at_real == NSEC_UNKNOWN);
        if (told->from_at_real != NSEC_UNKNOWN && told->until_at_real != NSEC_UNKNOWN)
                fuzz_holds(told->from_at_real <= told->until_at_real);
}

static void check_content(const Content *content, const PageAnswer *answer) {
        mon_auto_free char *clean = NULL;

        check_text(content->text, CONTENT_TEXT_MAX);
        check_text(content->missing, CONTENT_MISSING_MAX);
        if (!content->text) {
                fuzz_holds(!content->missing);
                return;
        }
        fuzz_holds(answer->body_state == PAGE_BODY_WHOLE && content->rules != 0);
        fuzz_holds(content->text[0] != '\n' && content->text[0] != ' ');
        fuzz_holds(!strstr(content->text, "\n\n") && !strstr(content->text, "  ") && !strstr(content->text, "\n "));
        clean = mon_strdup(content->text);
        for (char *c = clean; *c; c++)
                *c = *c == '\n' ? ' ' : *c;
        mon_auto_free char *again = mon_strdup(clean);
        text_clean(again);
        fuzz_holds(text_is(again, clean));
}

static void check_lists(const Judgement *judgement) {
        fuzz_holds(judgement->n_scripts <= PAGE_SCRIPTS_MAX && judgement->n_explain <= PAGE_EXPLAIN_MAX);
        for (size_t i = 0; i < judgement->n_scripts; i++)
                check_text(judgement->scripts[i], SIZE_MAX);
        for (size_t i = 0; i < judgement->n_explain; i++) {
                check_text(judgement->explain[i].text, OBSERVATION_DETAIL_MAX);
                fuzz_holds(judgement->explain[i].rule && judgement->explain[i].place);
        }
        fuzz_holds(judgement->n_assertions >= 1);
        for (size_t i = 0; i < judgement->n_assertions; i++) {
                check_text(judgement->assertions[i].text, OBSERVATION_DETAIL_MAX);
                fuzz_holds(judgement->assertions[i].held || judgement->verdict != VERDICT_UP ||
                           judgement->cause != CAUSE_OK);
        }
}

static void check(const Judgement *judgement, const PageAnswer *answer) {
        fuzz_holds(cause_fits(judgement->cause, judgement->verdict));
        fuzz_holds(judgement->verdict != VERDICT_UNKNOWN);
        fuzz_holds(judgement->verdict != VERDICT_MAINTENANCE || judgement->rule);
        check_text(judgement->detail, OBSERVATION_DETAIL_MAX);
        check_text(judgement->excerpt, OBSERVATION_BANNER_MAX);
        check_text(judgement->title, SIZE_MAX);
        check_text(judgement->base, SIZE_MAX);
        check_announcement(&judgement->announced);
        check_announcement(&judgement->present);
        check_content(&judgement->content, answer);
        check_lists(judgement);
        fuzz_holds(judgement->language && strlen(judgement->language) % 2 == 0);
        fuzz_holds(!judgement->has_text ||
                   (answer->body_state != PAGE_BODY_NONE && answer->body_state != PAGE_BODY_UNDECODABLE));
}

static void check_same(const Judgement *a, const Judgement *b) {
        fuzz_holds(a->verdict == b->verdict && a->cause == b->cause && text_is(a->detail, b->detail));
        fuzz_holds(text_is(a->rule, b->rule) && text_is(a->excerpt, b->excerpt) && text_is(a->title, b->title));
        fuzz_holds(text_is(a->announced.text, b->announced.text) && text_is(a->present.text, b->present.text));
        fuzz_holds(a->announced.from_at_real == b->announced.from_at_real &&
                   a->announced.until_at_real == b->announced.until_at_real);
        fuzz_holds(a->has_text == b->has_text && a->is_shell == b->is_shell && a->n_scripts == b->n_scripts);
        fuzz_holds(memcmp(&a->text_sha256, &b->text_sha256, sizeof a->text_sha256) == 0);
        fuzz_holds(text_is(a->content.text, b->content.text) && text_is(a->content.missing, b->content.missing));
        fuzz_holds(a->n_assertions == b->n_assertions);
        for (size_t i = 0; i < a->n_assertions; i++)
                fuzz_holds(a->assertions[i].held == b->assertions[i].held);
}

/* What an observation keeps of it. */
static void check_given(Judgement *judgement) {
        mon_cleanup(observation_free_p) Observation *observation = observation_new(0, 0);
        Verdict verdict = judgement->verdict;

        judgement_give(judgement, observation);
        fuzz_holds(observation->verdict == verdict && cause_fits(observation->cause, verdict));
        check_text(observation->banner_text, OBSERVATION_BANNER_MAX);
        check_text(observation->title, OBSERVATION_TITLE_MAX);
        check_text(observation->detail, OBSERVATION_DETAIL_MAX);
        fuzz_holds(!observation->banner_text == !observation->banner_rule);
        check_announcement(&observation->announcement);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static PageReader *reader; /* pages seen before are in it, so that its cache is tried too */
        mon_cleanup(asked_fini) Asked asked = {0};
        FuzzInput input = {bytes, n};
        mon_auto_judgement Judgement judgement = {0};
        mon_auto_judgement Judgement again = {0};
        mon_auto_judgement Judgement bare = {0};

        if (!reader)
                reader = page_reader_new(lexicon_new_shipped(), 1);
        take_head(&asked, &input);
        mon_cleanup(page_expect_free_p) PageExpect *expect = expect_of(&asked);
        page_judge(reader, expect, &asked.answer, &judgement);
        check(&judgement, &asked.answer);
        page_judge(reader, NULL, &asked.answer, &bare);
        check(&bare, &asked.answer);
        asked.answer.explain = false;
        page_judge(reader, expect, &asked.answer, &again);
        check_same(&judgement, &again);
        fuzz_holds(again.n_explain == 0);
        check_given(&judgement);
        return 0;
}
