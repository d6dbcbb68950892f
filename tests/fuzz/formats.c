/* Whatever words an event bears, in place of every text of its document: each format is JSON within its bounds, and no
 * markup is left of them. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/driver.h"
#include "daemon/notify/format.h"

static json_t *both(const char *words) {
        json_t *object = json_object();

        json_set(object, "fr", json_text(words));
        json_set(object, "en", json_text(words));
        return object;
}

/* First line: type, second: state, the rest is every text. */
static json_t *document_of(FuzzInput *input) {
        mon_auto_free char *type = fuzz_take_line(input), *to = fuzz_take_line(input);
        mon_auto_free char *words = mon_strndup((const char *)input->bytes, input->n);
        json_t *document = json_object(), *observer = json_object(), *subject = json_object(), *reason = json_object();

        text_clean(words);
        text_clean(type);
        text_clean(to);
        json_set(observer, "name", json_text(words));
        json_set(subject, "kind", json_text("target"));
        json_set(subject, "id", json_text(words));
        json_set(subject, "title", both(words));
        json_set(reason, "url", json_text(words));
        json_set(reason, "banner", json_text(words));
        json_set(document, "type", json_text(type));
        json_set(document, "at", json_text("2026-01-12T01:14:00.000Z"));
        json_set(document, "late", json_true());
        json_set(document, "observer", observer);
        json_set(document, "subject", subject);
        json_set(document, "to", *to ? json_text(to) : json_null());
        json_set(document, "reason", reason);
        json_set(document, "text", both(words));
        return document;
}

/* The only '<' of our own is the link's, and of Matrix' few elements. */
static void check_words(const json_t *message, FormatFn *format) {
        if (format == format_slack) {
                const json_t *section = json_array_get(json_object_get(message, "blocks"), 1);
                const char *text = json_get_text(json_object_get(section, "text"), "text", "<");
                fuzz_holds(!strchr(text, '<') && !strchr(text, '>'));
                fuzz_holds(strlen(text) <= 3 * SLACK_TEXT_MAX); /* a character has three bytes at most a unit */
        }
        if (format == format_mattermost) {
                const json_t *attachment = json_array_get(json_object_get(message, "attachments"), 0);
                const char *text = json_get_text(attachment, "text", "@channel");
                fuzz_holds(!strstr(text, "@channel") && !strstr(text, "@all") && !strstr(text, "@here"));
        }
        if (format == format_matrix)
                fuzz_holds(!strstr(json_get_text(message, "formatted_body", "<script"), "<script"));
}

static void check_format(FormatFn *format, const json_t *document) {
        mon_auto_buf Buf body = BUF_INIT(NOTIFIER_BODY_MAX);
        const FormatInput input = {document, LANGUAGE_FR, "sujet"};
        mon_auto_free char *why = NULL;
        json_t *message = NULL;

        int r = format(&input, &body);
        if (r == -EMSGSIZE) /* words that are escaped to more than fits: only where the words are whole */
                return;
        fuzz_holds(r == 0 && json_read(buf_text(&body), body.len, &message, &why) == 0);
        check_words(message, format);
        json_decref(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static FormatFn *const formats[] = {format_mond, format_slack,  format_discord,     format_mattermost,
                                            format_ntfy, format_matrix, format_alertmanager};
        FuzzInput input = {bytes, n};
        mon_auto_json *document = document_of(&input);

        for (size_t i = 0; i < mon_count_of(formats); i++)
                check_format(formats[i], document);
        return 0;
}
