/* The whole judgement. The first line of the input is what came beside the body: status, body state, content type,
 * address. */
#include "tests/fuzz/fuzz.h"
#include "config/lexicon.h"
#include "probes/page/page.h"
#include "daemon/base/text.h"

#include <stdio.h>

static void no_mistake(void *userdata, int line, int column, const char *text) {
        (void)userdata;
        (void)line;
        (void)column;
        (void)text;
        abort();
}

static PageExpect *expect_some(void) {
        TextList contains = {0}, absent = {0}, matches = {0}, xpath = {0};
        const PageExpectTexts texts = {.contains = &contains, .absent = &absent, .matches = &matches, .xpath = &xpath};

        text_list_add(&contains, "s'opposer", 1, 1);
        text_list_add(&absent, "maintenance", 1, 1);
        text_list_add(&matches, "(?i)service|^a+b*$", 1, 1);
        text_list_add(&xpath, "//form//input[@name]", 1, 1);
        PageExpect *expect = page_expect_new(&texts, no_mistake, NULL);
        text_list_fini(&contains);
        text_list_fini(&absent);
        text_list_fini(&matches);
        text_list_fini(&xpath);
        return expect;
}

static void check(const Judgement *judgement) {
        fuzz_holds(cause_fits(judgement->cause, judgement->verdict));
        fuzz_holds(!judgement->excerpt || strlen(judgement->excerpt) <= OBSERVATION_BANNER_MAX);
        fuzz_holds(!judgement->excerpt || text_is_utf8(judgement->excerpt, strlen(judgement->excerpt)));
        fuzz_holds(!judgement->title || text_is_utf8(judgement->title, strlen(judgement->title)));
        fuzz_holds(!judgement->detail || text_is_utf8(judgement->detail, strlen(judgement->detail)));
        fuzz_holds(judgement->verdict != VERDICT_MAINTENANCE || judgement->rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static PageReader *reader;
        static PageExpect *expect;
        char head[200] = "", type[100] = "", url[100] = "";
        const uint8_t *feed = n ? memchr(bytes, '\n', n) : NULL;
        int status = 200, body_state = 0;

        if (!reader) {
                reader = page_reader_new(lexicon_new_shipped(), 1);
                expect = expect_some();
        }
        if (feed && (size_t)(feed - bytes) < sizeof head) {
                memcpy(head, bytes, (size_t)(feed - bytes));
                (void)sscanf(head, "%d %d %99s %99s", &status, &body_state, type, url);
                n -= (size_t)(feed + 1 - bytes);
                bytes = feed + 1;
        }
        PageHeader header = {"Content-Type", type};
        PageAnswer answer = {.http_status = status < 0 ? 0 : status % 1000,
                             .start_url = "https://example.org/",
                             .final_url = url[0] ? url : NULL,
                             .headers = &header,
                             .n_headers = 1,
                             .body_state = (PageBody)((unsigned)body_state % 5),
                             .body = bytes,
                             .body_len = n,
                             .at_real = INT64_C(1780992720) * NSEC_PER_SEC,
                             .explain = true};
        mon_auto_judgement Judgement with = {0};
        mon_auto_judgement Judgement without = {0};
        mon_auto_judgement Judgement again = {0};
        page_judge(reader, expect, &answer, &with);
        page_judge(reader, NULL, &answer, &without);
        page_judge(reader, NULL, &answer, &again);
        check(&with);
        check(&without);
        fuzz_holds(again.verdict == without.verdict && again.cause == without.cause);
        fuzz_holds(text_is(again.excerpt, without.excerpt));
        return 0;
}
