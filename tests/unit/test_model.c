/* The stable words: each there once, each found again by its name, and causes with the verdicts of the public table. */
#include "daemon/base/text.h"
#include "daemon/model/event.h"
#include "daemon/model/notifier.h"
#include "daemon/model/observation.h"
#include "daemon/model/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* INTERFACE, section 2, as it is published. */
static const struct {
        const char *verdict;
        const char *causes[32];
} table[] = {
        {"up", {"ok", "reported"}},
        {"degraded", {"slow", "partial_banner", "queue", "exec_warning", "certificate_expiring", "reported"}},
        {"maintenance", {"banner", "published", "reported"}},
        {"down",
         {"dns",
          "connect_refused",
          "connect_timeout",
          "unreachable",
          "reset",
          "tls_expired",
          "tls_untrusted",
          "tls_hostname",
          "tls_handshake",
          "timeout",
          "http_4xx",
          "http_5xx",
          "redirect_loop",
          "redirect_elsewhere",
          "error_page",
          "empty_page",
          "parked",
          "soft_404",
          "missing_text",
          "forbidden_text",
          "missing_element",
          "exec_failed",
          "unexpected_status",
          "wrong_page",
          "wrong_answer",
          "protocol",
          "reported"}},
        {"blocked", {"bot_wall", "captcha", "rate_limited", "access_denied"}},
        {"unreadable", {"script_shell", "truncated", "undecodable", "too_large", "feed_unreadable", "exec_unknown"}},
        {"unknown",
         {"report_expired", "paused", "outside_hours", "local_network", "local_fault", "not_running", "not_yet"}},
};

static bool is_in_table(const char *verdict, const char *cause) {
        for (size_t i = 0; i < mon_count_of(table); i++)
                for (size_t k = 0; table[i].causes[k] && text_is(table[i].verdict, verdict); k++)
                        if (text_is(table[i].causes[k], cause))
                                return true;
        return false;
}

static void causes_go_with_their_verdicts(void **state) {
        size_t n = 0, n_table = 0;
        (void)state;

        assert_int_equal(mon_count_of(table), VERDICT_MAX);
        for (Verdict verdict = VERDICT_UP; verdict <= VERDICT_MAX; verdict++)
                for (int cause = 1; cause <= CAUSE_MAX; cause++) {
                        bool fits = cause_fits((Cause)cause, verdict);
                        n += fits;
                        if (fits != is_in_table(verdict_name(verdict), cause_name((Cause)cause)))
                                fail_msg("%s with %s", cause_name((Cause)cause), verdict_name(verdict));
                }
        for (size_t i = 0; i < mon_count_of(table); i++)
                for (size_t k = 0; table[i].causes[k]; k++)
                        n_table++;
        assert_int_equal(n, n_table);
        assert_int_equal(n, CAUSE_MAX + 3); /* each once, but `reported` four times */
}

static void names_are_found_again(void **state) {
        Verdict verdict;
        Cause cause;
        EventType type;
        (void)state;

        for (Verdict v = VERDICT_UP; v <= VERDICT_MAX; v++) {
                assert_true(verdict_from_name(verdict_name(v), &verdict));
                assert_int_equal(verdict, v);
        }
        for (int c = 1; c <= CAUSE_MAX; c++) {
                assert_true(cause_from_name(cause_name((Cause)c), &cause));
                assert_int_equal(cause, c);
        }
        for (int e = 1; e <= EVENT_MAX; e++) {
                assert_true(event_type_from_name(event_type_name((EventType)e), &type));
                assert_int_equal(type, e);
        }
        assert_false(verdict_from_name("upp", &verdict));
        assert_false(cause_from_name("", &cause));
        assert_false(event_type_from_name("target.", &type));
        assert_string_equal(event_type_name(event_type_of_state(VERDICT_MAINTENANCE)), "target.maintenance");
        assert_string_equal(event_type_name(event_type_of_state(VERDICT_UNKNOWN)), "target.unknown");
}

static void paths_have_names_and_exits(void **state) {
        static const PathState from_best[] = {PATH_OPEN, PATH_UNKNOWN, PATH_IMPAIRED, PATH_CLOSED};
        static const int exits[] = {0, 3, 1, 2};
        PathState read;
        (void)state;

        for (PathState s = PATH_OPEN; s <= PATH_STATE_MAX; s++) {
                assert_true(path_state_from_name(path_state_name(s), &read));
                assert_int_equal(read, s);
        }
        assert_false(path_state_from_name("ouvert", &read));
        assert_string_equal(path_state_name(0), "unknown");
        for (size_t i = 0; i < mon_count_of(from_best); i++) {
                assert_int_equal(path_state_badness(from_best[i]), i);
                assert_int_equal(path_state_exit_status(from_best[i]), exits[i]);
        }
        assert_string_equal(event_type_name(event_type_of_path(PATH_IMPAIRED)), "path.impaired");
        assert_true(event_type_is_state(EVENT_PATH_UNKNOWN));
        assert_true(event_type_is_state(EVENT_TARGET_UP));
        assert_false(event_type_is_state(EVENT_BANNER_SEEN));
        assert_false(event_type_is_state(EVENT_PATH_UNSTABLE));
}

static void a_notifier_wants_what_its_patterns_cover(void **state) {
        mon_cleanup(text_list_fini) TextList events = {0};
        (void)state;

        text_list_add(&events, "path.*", 1, 1);
        text_list_add(&events, "target.down", 1, 1);
        Notifier notifier = {.events = events};
        assert_true(notifier_wants(&notifier, EVENT_PATH_CLOSED));
        assert_true(notifier_wants(&notifier, EVENT_TARGET_DOWN));
        assert_false(notifier_wants(&notifier, EVENT_TARGET_UP));
        assert_false(notifier_wants(&(Notifier){0}, EVENT_PATH_CLOSED));
}

static void a_copied_event_owns_its_texts(void **state) {
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(EVENT_PATH_CLOSED, NSEC_PER_SEC);
        mon_cleanup(mon_event_free_p) Event *copy = mon_event_new(EVENT_PATH_OPEN, 0);
        (void)state;

        event->subject = mon_strdup("refus");
        event->title.in[LANGUAGE_FR] = mon_strdup("Refuser");
        event->unknown = mon_strdup("telephone");
        event->reason = mon_strdup("mes-opposition");
        copy->subject = mon_strdup("autre");
        event_copy(copy, event);
        assert_int_equal(copy->type, EVENT_PATH_CLOSED);
        assert_string_equal(copy->subject, "refus");
        assert_string_equal(copy->title.in[LANGUAGE_FR], "Refuser");
        assert_string_equal(copy->unknown, "telephone");
        assert_string_equal(copy->reason, "mes-opposition");
        assert_ptr_not_equal(copy->subject, event->subject);
}

static void the_journals_ids_are_ids(void **state) {
        (void)state;

        for (int a = 1; a <= EVENT_MAX; a++) {
                const char *id = event_message_id((EventType)a);
                assert_int_equal(strlen(id), 32);
                assert_int_equal(strspn(id, "0123456789abcdef"), 32);
                for (int b = 1; b < a; b++)
                        assert_string_not_equal(id, event_message_id((EventType)b));
        }
}

static void classes_and_badness_agree(void **state) {
        static const Verdict from_best[] = {VERDICT_UP, VERDICT_BLOCKED, VERDICT_DEGRADED, VERDICT_MAINTENANCE,
                                            VERDICT_DOWN};
        static const int exits[] = {0, 3, 1, 2, 2}; /* the worst, in the order closed, impaired, unknown, open */
        (void)state;

        for (size_t i = 1; i < mon_count_of(from_best); i++)
                assert_true(verdict_badness(from_best[i - 1]) < verdict_badness(from_best[i]));
        for (size_t i = 0; i < mon_count_of(from_best); i++)
                assert_int_equal(verdict_exit_status(from_best[i]), exits[i]);
        for (Verdict v = VERDICT_UP; v <= VERDICT_MAX; v++)
                assert_int_equal(verdict_class(v) == CLASS_NOT_OBSERVED,
                                 verdict_badness(v) == verdict_badness(VERDICT_UNKNOWN));
        assert_int_equal(verdict_class(VERDICT_DEGRADED), CLASS_AVAILABLE);
        assert_int_equal(verdict_class(VERDICT_MAINTENANCE), CLASS_UNAVAILABLE);
}

/* Before any answer came: these our own network could explain, and no others. */
static void transport_causes_are_those_before_an_answer(void **state) {
        (void)state;

        for (int cause = 1; cause <= CAUSE_MAX; cause++) {
                bool expected = (cause >= CAUSE_DNS && cause <= CAUSE_TIMEOUT) || cause == CAUSE_PROTOCOL;
                assert_int_equal(cause_is_transport((Cause)cause), expected);
        }
}

static void an_observation_is_bounded_and_clean(void **state) {
        mon_auto_buf Buf longest = BUF_INIT(4 * OBSERVATION_DETAIL_MAX);
        (void)state;

        while (longest.len < 2 * OBSERVATION_DETAIL_MAX)
                assert_int_equal(buf_append_text(&longest, "é\x1b"), 0);
        Observation *observation = observation_new(5, 7);
        assert_int_equal(observation->verdict, VERDICT_UNKNOWN);
        assert_int_equal(observation->duration, NSEC_UNKNOWN);
        observation_judge(observation, VERDICT_DOWN, CAUSE_TIMEOUT, longest.data);
        assert_true(strlen(observation->detail) <= OBSERVATION_DETAIL_MAX);
        assert_null(strchr(observation->detail, '\x1b'));
        observation_judge(observation, VERDICT_UP, CAUSE_OK, observation->detail); /* its own text */
        observation_assert(observation, true, "%s", longest.data);
        assert_true(strlen(observation->assertions[0].text) <= OBSERVATION_DETAIL_MAX);
        for (int i = 0; i < OBSERVATION_HOPS_MAX; i++) {
                Hop *hop = observation_add_hop(observation, "https://example.org/", 10, 5);
                assert_int_equal(buf_append_text(&hop->body, "0123456789"), 0);
                assert_int_equal(buf_append_text(&hop->body, "x"), BUF_E_FULL);
        }
        assert_int_equal(observation->n_hops, OBSERVATION_HOPS_MAX);
        observation_drop_hops(observation);
        assert_int_equal(observation->n_hops, 0);
        observation_free(observation);
        observation_free(NULL);
}

static void copies_are_deep(void **state) {
        Incident from = {.id = 3, .subject = mon_strdup("a"), .banner_text = mon_strdup("b")}, to = {0};
        Title title = {.in = {mon_strdup("x"), mon_strdup("y")}}, other = {0};
        (void)state;

        incident_copy(&to, &from);
        incident_copy(&to, &from); /* what was there is freed */
        assert_string_equal(to.subject, "a");
        assert_ptr_not_equal(to.subject, from.subject);
        assert_null(to.banner_rule);
        title_copy(&other, &title);
        title_copy(&other, &title);
        assert_string_equal(other.in[LANGUAGE_EN], "y");
        incident_fini(&from);
        incident_fini(&to);
        title_fini(&title);
        title_fini(&other);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(causes_go_with_their_verdicts),
                cmocka_unit_test(names_are_found_again),
                cmocka_unit_test(paths_have_names_and_exits),
                cmocka_unit_test(a_notifier_wants_what_its_patterns_cover),
                cmocka_unit_test(a_copied_event_owns_its_texts),
                cmocka_unit_test(the_journals_ids_are_ids),
                cmocka_unit_test(classes_and_badness_agree),
                cmocka_unit_test(transport_causes_are_those_before_an_answer),
                cmocka_unit_test(an_observation_is_bounded_and_clean),
                cmocka_unit_test(copies_are_deep),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
