/* Messages and escapes: every word in both languages, and what each composed sentence looks like. */
#include "daemon/base/text.h"
#include "daemon/text/escape.h"
#include "daemon/text/message.h"
#include "daemon/text/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <time.h>

#define AT (INT64_C(1642468440) * NSEC_PER_SEC) /* 2022-01-18T01:14:00Z: 02:14 in Paris */

static int set_paris(void **state) {
        (void)state;
        (void)setenv("TZ", "Europe/Paris", 1);
        tzset();
        return 0;
}

static void assert_text(char *text, const char *expected) {
        assert_string_equal(text, expected);
        free(text);
}

static void test_every_word_is_there_in_both_languages(void **state) {
        (void)state;
        for (int l = 0; l < LANGUAGE_COUNT; l++) {
                for (Verdict v = VERDICT_UP; v <= VERDICT_MAX; v++)
                        assert_true(strlen(message_verdict(v, (Language)l)) > 1);
                for (int c = 1; c <= CAUSE_MAX; c++) {
                        assert_non_null(message_cause((Cause)c, (Language)l));
                        assert_true(strlen(message_cause((Cause)c, (Language)l)) > 1);
                }
        }
        for (int c = 1; c <= CAUSE_MAX; c++)
                assert_string_not_equal(message_cause((Cause)c, LANGUAGE_FR), message_cause((Cause)c, LANGUAGE_EN));
        assert_string_equal(message_verdict((Verdict)99, LANGUAGE_EN), "unknown");
        assert_string_equal(message_state("closed", LANGUAGE_FR), "fermé");
        assert_string_equal(message_state("maintenance", LANGUAGE_EN), "in maintenance");
        assert_string_equal(message_state("something new", LANGUAGE_EN), "something new");
}

/* {1}, {2}, … as bits. */
static unsigned places_of(const char *text) {
        unsigned places = 0;

        for (; *text; text++)
                if (text[0] == '{' && text[1] >= '1' && text[1] <= '9' && text[2] == '}')
                        places |= 1U << (text[1] - '0');
        return places;
}

static void test_phrases_say_the_same_in_both_languages(void **state) {
        (void)state;
        for (int p = 0; p < PHRASE_COUNT; p++) {
                const char *fr = phrase_text((Phrase)p, LANGUAGE_FR), *en = phrase_text((Phrase)p, LANGUAGE_EN);
                assert_true(fr && en && *fr && *en);
                assert_int_equal(places_of(fr), places_of(en));
                assert_true(places_of(fr) < 2U << PHRASE_ARGS_MAX);
                assert_true(text_is_utf8(fr, strlen(fr)));
        }
        assert_text(phrase_fill(PHRASE_PERIOD, LANGUAGE_EN, "a", "b", "c"), "From a to b, rule c");
        assert_text(phrase_fill(PHRASE_PERIOD, LANGUAGE_FR, "{2}", NULL, "c"), "Du {2} au , règle c");
}

static void test_language_follows_the_locale(void **state) {
        static const struct {
                const char *all, *messages, *lang;
                Language expected;
        } rows[] = {
                {NULL, NULL, NULL, LANGUAGE_EN},    {NULL, NULL, "fr_FR.UTF-8", LANGUAGE_FR},
                {"C", NULL, "fr_FR", LANGUAGE_EN},  {"", "fr", "en_GB", LANGUAGE_FR},
                {NULL, "en_US", "fr", LANGUAGE_EN}, {"fr_CA", "en", "en", LANGUAGE_FR},
                {NULL, NULL, "de_DE", LANGUAGE_EN},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++)
                assert_int_equal(message_language(rows[i].all, rows[i].messages, rows[i].lang), rows[i].expected);
}

static void test_durations(void **state) {
        static const struct {
                int64_t seconds;
                const char *fr, *en;
        } rows[] = {
                {-5, "0 s", "0 s"},
                {45, "45 s", "45 s"},
                {60, "1 min", "1 min"},
                {3599, "59 min", "59 min"},
                {3600, "1 h", "1 h"},
                {12000, "3 h 20", "3 h 20"},
                {3660, "1 h 01", "1 h 01"},
                {86400, "1 jour", "1 day"},
                {100800, "1 jour 4 h", "1 day 4 h"},
                {172800, "2 jours", "2 days"},
                {86400 * 40 + 3600, "40 jours", "40 days"},
        };

        (void)state;
        for (size_t i = 0; i < mon_count_of(rows); i++) {
                assert_text(message_duration(rows[i].seconds * NSEC_PER_SEC, LANGUAGE_FR), rows[i].fr);
                assert_text(message_duration(rows[i].seconds * NSEC_PER_SEC, LANGUAGE_EN), rows[i].en);
        }
}

static void test_times_are_local(void **state) {
        const Nsec day = 86400 * NSEC_PER_SEC;

        (void)state;
        assert_text(message_time(AT, AT + 3600 * NSEC_PER_SEC, LANGUAGE_FR), "02:14");
        assert_text(message_time(AT, AT + day, LANGUAGE_FR), "18 janv. 02:14");
        assert_text(message_time(AT, AT + day, LANGUAGE_EN), "Jan 18 02:14");
        assert_text(message_time(AT, AT + 400 * day, LANGUAGE_FR), "18 janv. 2022 02:14");
        assert_text(message_time(AT, AT + 400 * day, LANGUAGE_EN), "Jan 18 2022 02:14");
        assert_text(message_moment(AT + 7 * NSEC_PER_SEC, AT + day, LANGUAGE_FR), "18 janv. 02:14:07");
        assert_text(message_moment(AT, AT, LANGUAGE_EN), "02:14:00");
        assert_text(message_time(NSEC_UNKNOWN, AT, LANGUAGE_EN), "-");
        assert_text(message_time(NSEC_NEVER, AT, LANGUAGE_EN), "-");
}

static void test_status_line(void **state) {
        MessageTarget targets[7] = {{"mes-opposition", VERDICT_MAINTENANCE, AT}};

        (void)state;
        for (size_t i = 1; i < 7; i++)
                targets[i] = (MessageTarget){"x", VERDICT_UP, AT};
        assert_text(message_status(NULL, 0, targets, 7, AT, NULL, LANGUAGE_EN),
                    "7 targets, 1 in maintenance: mes-opposition since 02:14");
        assert_text(message_status(NULL, 0, targets, 7, AT, NULL, LANGUAGE_FR),
                    "7 cibles, 1 en maintenance : mes-opposition depuis 02:14");
        assert_text(message_status(NULL, 0, targets + 1, 1, AT, NULL, LANGUAGE_EN), "1 target, all up");
        assert_text(message_status(NULL, 0, targets, 0, AT, NULL, LANGUAGE_EN), "0 targets");
        targets[1] = (MessageTarget){"a", VERDICT_DOWN, NSEC_UNKNOWN};
        assert_text(message_status(NULL, 0, targets, 2, AT, "the disk is full", LANGUAGE_EN),
                    "the disk is full; 2 targets, 1 down: a; 1 in maintenance: mes-opposition since 02:14");
        for (size_t i = 0; i < 7; i++)
                targets[i] = (MessageTarget){"a", VERDICT_DOWN, NSEC_UNKNOWN};
        assert_text(message_status(NULL, 0, targets, 7, AT, NULL, LANGUAGE_EN), "7 targets, 7 down: a, a, a, …");
}

static void test_events_of_paths(void **state) {
        Event event = {
                .type = EVENT_PATH_CLOSED,
                .at_real = AT,
                .kind = SUBJECT_PATH,
                .subject = (char *)"refus",
                .path_from = PATH_OPEN,
                .path_to = PATH_CLOSED,
                .proven = true,
                .reason = (char *)"mes-opposition",
                .since_at_real = AT,
                .verdict = VERDICT_MAINTENANCE,
                .cause = CAUSE_BANNER,
                .banner = (char *)"Le service est fermé",
        };

        (void)state;
        assert_text(message_event(&event, LANGUAGE_FR),
                    "refus : fermé depuis 02:14, prouvé (mes-opposition : la page le dit) : « Le service est fermé »");
        assert_text(message_event(&event, LANGUAGE_EN),
                    "refus: closed since 02:14, proven (mes-opposition: the page says so): “Le service est fermé”");
        event.proven = false;
        event.banner = NULL;
        event.unknown = (char *)"telephone guichet";
        assert_text(message_event(&event, LANGUAGE_FR),
                    "refus : fermé depuis 02:14 (mes-opposition : la page le dit) ; "
                    "on ne sait rien de telephone guichet");
        event.type = EVENT_PATH_UNKNOWN;
        event.path_to = PATH_UNKNOWN;
        event.reason = NULL;
        event.cause = 0;
        assert_text(message_event(&event, LANGUAGE_EN), "refus: unknown since 02:14 (the configuration changed)");
        event.type = EVENT_PATH_IMPAIRED;
        event.path_to = PATH_IMPAIRED;
        event.unknown = NULL;
        event.reason = (char *)"ligne";
        event.verdict = VERDICT_UP;
        event.cause = CAUSE_OK;
        assert_text(message_event(&event, LANGUAGE_FR), "refus : entravé depuis 02:14 (ligne : en service)");
}

static void test_a_status_line_begins_with_the_paths(void **state) {
        const MessagePath paths[MESSAGE_STATUS_PATHS_MAX + 2] = {{"a", PATH_OPEN, false, NSEC_UNKNOWN},
                                                                 {"refus", PATH_CLOSED, true, AT},
                                                                 {"c", PATH_UNKNOWN, false, AT},
                                                                 {"d", PATH_IMPAIRED, false, AT},
                                                                 {"e", PATH_OPEN, false, AT}};
        const MessageTarget target = {"x", VERDICT_UP, AT};

        (void)state;
        assert_text(message_paths(paths, 0, AT, LANGUAGE_FR), "");
        assert_text(message_paths(paths, 1, AT, LANGUAGE_FR), "a : ouvert");
        assert_text(message_paths(paths, mon_count_of(paths), AT, LANGUAGE_FR),
                    "refus : fermé depuis 02:14, prouvé; d : entravé depuis 02:14; c : inconnu depuis 02:14; 2 autres "
                    "chemins");
        assert_text(message_status(paths + 1, 1, &target, 1, AT, NULL, LANGUAGE_EN),
                    "refus: closed since 02:14, proven; 1 target, all up");
        assert_text(message_status(paths, 1, &target, 1, AT, "the disk is full", LANGUAGE_EN),
                    "the disk is full; a: open; 1 target, all up");
}

static void test_a_status_line_is_bounded(void **state) {
        char id[TARGET_ID_MAX + 1], trouble[2 * MESSAGE_TROUBLE_MAX];
        MessageTarget targets[VERDICT_MAX * (MESSAGE_STATUS_NAMES_MAX + 1)];

        (void)state;
        memset(id, 'i', sizeof id - 1);
        id[sizeof id - 1] = '\0';
        memset(trouble, 't', sizeof trouble - 1);
        trouble[sizeof trouble - 1] = '\0';
        for (size_t i = 0; i < mon_count_of(targets); i++)
                targets[i] = (MessageTarget){id, (Verdict)(1 + i % VERDICT_MAX), AT};
        mon_auto_free char *text = message_status(NULL, 0, targets, mon_count_of(targets), AT, trouble, LANGUAGE_FR);
        assert_true(text_ends(text, ", …"));
        assert_null(strstr(text, trouble + sizeof trouble - 1 - MESSAGE_TROUBLE_MAX));
        size_t named = 0;
        for (const char *at = text; (at = strstr(at, id)) != NULL; at += sizeof id - 1)
                named++;
        assert_int_equal(named, (VERDICT_MAX - 1) * MESSAGE_STATUS_NAMES_MAX); /* those that are up have no names */
}

static void test_events_in_both_languages(void **state) {
        (void)state;
        for (EventType type = EVENT_TARGET_UP; type <= EVENT_MAX; type++) {
                mon_cleanup(mon_event_free_p) Event *event = mon_event_new(type, AT);
                event->subject = mon_strdup("mes-opposition");
                mon_auto_free char *fr = message_event(event, LANGUAGE_FR);
                mon_auto_free char *en = message_event(event, LANGUAGE_EN);
                assert_true(strlen(fr) > 4 && strlen(en) > 4);
                assert_string_not_equal(fr, en);
        }
        mon_cleanup(mon_event_free_p) Event *event = mon_event_new(EVENT_TARGET_MAINTENANCE, AT);
        event->subject = mon_strdup("mes-opposition");
        event->to = VERDICT_MAINTENANCE;
        event->cause = CAUSE_BANNER;
        event->since_at_real = AT;
        event->banner = mon_strdup("Revenez vite !");
        assert_text(message_event(event, LANGUAGE_FR),
                    "mes-opposition : en maintenance depuis 02:14 (la page le dit) : « Revenez vite ! »");
        assert_text(message_event(event, LANGUAGE_EN),
                    "mes-opposition: in maintenance since 02:14 (the page says so): “Revenez vite !”");
}

static void test_words_for_notifiers(void **state) {
        Event event = {
                .type = EVENT_INCIDENT_REMINDER,
                .kind = SUBJECT_TARGET,
                .subject = (char *)"page",
                .to = VERDICT_DOWN,
                .cause = CAUSE_HTTP_5XX,
                .since_at_real = NSEC_UNKNOWN,
        };
        (void)state;

        assert_text(message_event(&event, LANGUAGE_FR), "rappel : page : en panne (erreur du serveur (5xx))");
        assert_text(message_event(&event, LANGUAGE_EN), "reminder: page: down (server error (5xx))");
        event.kind = SUBJECT_OBSERVER;
        event.cause = CAUSE_LOCAL_NETWORK;
        assert_text(message_event(&event, LANGUAGE_EN), "reminder: mond is blind (our own network is out)");
        event = (Event){.type = EVENT_DELIVERY_FAILED, .kind = SUBJECT_NOTIFIER, .subject = (char *)"equipe"};
        event.detail = (char *)"path.closed refus (evt_1): 404";
        assert_text(message_event(&event, LANGUAGE_FR),
                    "equipe : un envoi est abandonné : « path.closed refus (evt_1): 404 »");
        assert_text(message_event(&event, LANGUAGE_EN),
                    "equipe: a delivery is given up: “path.closed refus (evt_1): 404”");
        event = (Event){.type = EVENT_NOTIFIER_TEST, .kind = SUBJECT_NOTIFIER, .subject = (char *)"equipe"};
        assert_text(message_event(&event, LANGUAGE_FR), "equipe : ceci est un essai");
        assert_text(message_event(&event, LANGUAGE_EN), "equipe: this is a test");
        event = (Event){.type = EVENT_PATH_UNSTABLE, .kind = SUBJECT_PATH, .subject = (char *)"refus", .changes = 14};
        assert_text(message_event(&event, LANGUAGE_FR), "refus : instable (14 changements)");
        assert_text(message_event(&event, LANGUAGE_EN), "refus: unstable (14 changes)");
}

static void test_escapes(void **state) {
        (void)state;
        assert_text(escape_csv(NULL), "");
        assert_text(escape_csv("plain"), "plain");
        assert_text(escape_csv("a,b"), "\"a,b\"");
        assert_text(escape_csv("say \"no\""), "\"say \"\"no\"\"\"");
        assert_text(escape_csv("two\nlines"), "\"two\nlines\"");
        assert_text(escape_csv("=1+1"), "\"'=1+1\"");
        assert_text(escape_csv("@SUM(A1)"), "\"'@SUM(A1)\"");
        assert_text(escape_csv("-2+3"), "\"'-2+3\"");
        assert_text(escape_csv("-2.5"), "-2.5");
        assert_text(escape_csv("+33"), "+33");
        assert_text(escape_terminal("a\x1b[31mb\xc2\x9b", 100), "a [31mb ");
        assert_text(escape_terminal(NULL, 10), "");
        assert_text(escape_terminal("éééééééé", 9), "ééé…");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_word_is_there_in_both_languages),
                cmocka_unit_test(test_phrases_say_the_same_in_both_languages),
                cmocka_unit_test(test_language_follows_the_locale),
                cmocka_unit_test(test_durations),
                cmocka_unit_test(test_times_are_local),
                cmocka_unit_test(test_status_line),
                cmocka_unit_test(test_events_of_paths),
                cmocka_unit_test(test_a_status_line_begins_with_the_paths),
                cmocka_unit_test(test_a_status_line_is_bounded),
                cmocka_unit_test(test_events_in_both_languages),
                cmocka_unit_test(test_words_for_notifiers),
                cmocka_unit_test(test_escapes),
        };
        return cmocka_run_group_tests(tests, set_paris, NULL);
}
