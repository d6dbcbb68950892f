#include "daemon/notify/letter.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/format.h"
#include "daemon/text/instant.h"
#include "daemon/text/message.h"
#include "daemon/text/phrase.h"
#include "daemon/text/sentence.h"

#include <assert.h>
#include <inttypes.h>

/* --- rows ------------------------------------------------------------------------------------------------------- */

static LetterRow *add(LetterText *text, Phrase label, const char *value) {
        if (!value || !*value)
                return NULL;
        assert(text->n < LETTER_ROWS_MAX);
        LetterRow *row = &text->rows[text->n++];
        *row = (LetterRow){.label = phrase_text(label, text->language)};
        row->value = text_clean_copy(value, LETTER_VALUE_MAX);
        return row;
}

static void add_instant(LetterText *text, Phrase label, Nsec at_real) {
        if (at_real == NSEC_UNKNOWN || at_real == NSEC_NEVER || at_real == 0)
                return;
        mon_auto_free char *instant = instant_text(at_real, text->language);
        (void)add(text, label, instant);
}

static void add_span(LetterText *text, Phrase label, Nsec from_at_real, Nsec until_at_real) {
        if (from_at_real == NSEC_UNKNOWN || from_at_real == 0 || until_at_real <= from_at_real)
                return;
        mon_auto_free char *span = message_duration(until_at_real - from_at_real, text->language);
        (void)add(text, label, span);
}

static void add_states(LetterText *text, const Event *event) {
        const char *from = event->path_from ? path_state_name(event->path_from)
                           : event->from    ? verdict_name(event->from)
                                            : NULL;
        const char *to = event->path_to ? path_state_name(event->path_to) : event->to ? verdict_name(event->to) : NULL;

        if (!to)
                return;
        const char *is = message_state(to, text->language), *was = from ? message_state(from, text->language) : NULL;
        mon_auto_free char *both =
                was && !text_is(is, was) ? phrase_fill(PHRASE_MAIL_WAS, text->language, is, was) : mon_strdup(is);
        (void)add(text, PHRASE_MAIL_STATE, both);
}

static void add_times(LetterText *text, const Event *event) {
        Nsec opened = event->incident ? event->incident_opened_at_real : NSEC_UNKNOWN;

        add_instant(text, PHRASE_MAIL_SINCE, event->since_at_real);
        if (event->incident && event->incident_closed_at_real != NSEC_UNKNOWN && event->incident_closed_at_real != 0)
                add_span(text, PHRASE_MAIL_LASTED, opened, event->incident_closed_at_real);
        else
                add_span(text, PHRASE_MAIL_LASTS, opened, event->at_real);
        add_instant(text, PHRASE_MAIL_SEEN, event->observed_at_real);
        add_instant(text, PHRASE_MAIL_FROM, event->notice_from_at_real);
        add_instant(text, PHRASE_MAIL_UNTIL, event->notice_until_at_real);
}

static void add_reason(LetterText *text, const Event *event) {
        Language language = text->language;

        if (event->cause && event->cause != CAUSE_OK)
                (void)add(text, PHRASE_MAIL_WHY, message_cause(event->cause, language));
        if (event->reason && !text_is(event->reason, event->subject))
                (void)add(text, PHRASE_MAIL_WHERE, event->reason);
        if (event->banner && *event->banner) {
                mon_auto_free char *words = text_clean_copy(event->banner, LETTER_VALUE_MAX - 16);
                mon_auto_free char *quoted = mon_printf(language == LANGUAGE_FR ? "« %s »" : "“%s”", words);
                (void)add(text, PHRASE_MAIL_SAYS, quoted);
        }
        (void)add(text, PHRASE_MAIL_DETAIL, event->detail);
        (void)add(text, PHRASE_MAIL_CHANGE, event->diff);
        if (event->http_status > 0) {
                mon_auto_free char *status = mon_printf("%d", event->http_status);
                (void)add(text, PHRASE_MAIL_STATUS, status);
        }
        (void)add(text, PHRASE_MAIL_UNKNOWN, event->unknown);
}

static void add_address(LetterText *text, const char *url, Phrase label) {
        LetterRow *row = add(text, label, url);

        if (row)
                row->is_link = format_is_link(row->value);
}

static void add_observer(LetterText *text, const NotifyServices *services, const Event *event) {
        add_address(text, event->url, PHRASE_MAIL_ADDRESS);
        if (event->incident) {
                mon_auto_free char *id = mon_printf("%" PRId64, event->incident);
                mon_auto_free char *number = phrase_fill(PHRASE_MAIL_NUMBER, text->language, id);
                (void)add(text, PHRASE_MAIL_INCIDENT, number);
        }
        (void)add(text, PHRASE_MAIL_OBSERVER, services->observer_name);
        add_address(text, services->observer_contact, PHRASE_MAIL_CONTACT);
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

static char *silence_of(const Event *event, Language language) {
        bool can = event->kind == SUBJECT_TARGET || event->kind == SUBJECT_PATH || event->kind == SUBJECT_OBSERVER;

        if (!can || !event->subject || event->type == EVENT_NOTIFIER_TEST)
                return NULL;
        return mon_printf("monctl silence %s --for 2h --reason \"%s\"", event->subject,
                          phrase_text(PHRASE_MAIL_REASON, language));
}

void letter_take(const NotifyServices *services, Language language, const Letter *letter, LetterText *ret_text) {
        const Event *event = letter->event;
        LetterText text = {.language = language};
        mon_auto_free char *subject = sentence_subject(event, language), *sentence = sentence_event(event, language);

        text.subject = text_clean_copy(subject, LETTER_VALUE_MAX);
        text.sentence = text_clean_copy(sentence, LETTER_VALUE_MAX);
        if (json_get_bool(letter->document, "late", false)) {
                mon_auto_free char *when = instant_text(event->at_real, language);
                text.late = phrase_fill(PHRASE_MAIL_LATE, language, when);
        }
        add_states(&text, event);
        add_times(&text, event);
        add_reason(&text, event);
        add_observer(&text, services, event);
        text.silence = silence_of(event, language);
        *ret_text = text;
}

void letter_fini(LetterText *text) {
        free(text->subject);
        free(text->sentence);
        free(text->late);
        for (size_t i = 0; i < text->n; i++)
                free(text->rows[i].value);
        free(text->silence);
        *text = (LetterText){0};
}

/* --- its forms -------------------------------------------------------------------------------------------------- */

int letter_write_plain(const LetterText *text, Buf *out) {
        const char *colon = text->language == LANGUAGE_FR ? " : " : ": ";
        int r = buf_printf(out, "%s\n\n", text->sentence);

        if (r == 0 && text->late)
                r = buf_printf(out, "%s\n\n", text->late);
        for (size_t i = 0; i < text->n && r == 0; i++)
                r = buf_printf(out, "%s%s%s\n", text->rows[i].label, colon, text->rows[i].value);
        if (r == 0 && text->silence)
                r = buf_printf(out, "\n%s\n    %s\n", phrase_text(PHRASE_MAIL_SILENCE, text->language), text->silence);
        if (r == 0)
                r = buf_printf(out, "\n-- \n%s\n", phrase_text(PHRASE_MAIL_FOOT, text->language));
        return r == 0 ? 0 : -EMSGSIZE;
}

static char *escaped(const char *text) {
        return format_fit(text, format_escape_html, UNIT_BYTE, 6 * LETTER_VALUE_MAX);
}

static int write_row(const LetterRow *row, Buf *out) {
        mon_auto_free char *label = escaped(row->label), *value = escaped(row->value);
        mon_auto_free char *link = row->is_link ? mon_printf("<a href=\"%s\">%s</a>", value, value) : mon_strdup(value);

        return buf_printf(out, "<tr><th align=\"left\" valign=\"top\">%s</th><td>%s</td></tr>\n", label, link);
}

static int write_foot(const LetterText *text, Buf *out) {
        mon_auto_free char *foot = escaped(phrase_text(PHRASE_MAIL_FOOT, text->language));
        int r = 0;

        if (text->silence) {
                mon_auto_free char *how = escaped(phrase_text(PHRASE_MAIL_SILENCE, text->language));
                mon_auto_free char *command = escaped(text->silence);
                r = buf_printf(out, "<p>%s<br>\n<code>%s</code></p>\n", how, command);
        }
        return r == 0 ? buf_printf(out, "<p><small>%s</small></p>\n</body>\n</html>\n", foot) : r;
}

int letter_write_html(const LetterText *text, Buf *out) {
        mon_auto_free char *subject = escaped(text->subject), *sentence = escaped(text->sentence);

        int r = buf_printf(
                out,
                "<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><title>%s</title></head>\n"
                "<body>\n<p><strong>%s</strong></p>\n",
                text->language == LANGUAGE_FR ? "fr" : "en", subject, sentence);
        if (r == 0 && text->late) {
                mon_auto_free char *late = escaped(text->late);
                r = buf_printf(out, "<p>%s</p>\n", late);
        }
        if (r == 0)
                r = buf_append_text(out, "<table cellpadding=\"4\">\n");
        for (size_t i = 0; i < text->n && r == 0; i++)
                r = write_row(&text->rows[i], out);
        if (r == 0)
                r = buf_append_text(out, "</table>\n");
        if (r == 0)
                r = write_foot(text, out);
        return r == 0 ? 0 : -EMSGSIZE;
}
