/* The document itself; ntfy (docs.ntfy.sh, publish as JSON) and Matrix (spec.matrix.org, m.room.message). */
#include "daemon/notify/format.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

int format_mond(const FormatInput *input, Buf *body) {
        return format_write(input->document, body);
}

/* --- ntfy ------------------------------------------------------------------------------------------------------- */

typedef struct NtfyTone {
        int priority; /* 1 to 5 */
        const char *tag;
} NtfyTone;

int format_ntfy(const FormatInput *input, Buf *body) {
        static const NtfyTone tones[] = {
                [TONE_GOOD] = {3, "green_circle"},
                [TONE_WARNING] = {4, "orange_circle"},
                [TONE_BAD] = {5, "red_circle"},
                [TONE_NEUTRAL] = {3, "white_circle"},
        };
        mon_auto_parts FormatParts parts;
        mon_auto_json *message = json_object();
        json_t *tags = json_array();

        format_parts_take(input, &parts);
        /* The tag shows as the same mark that the title begins with. */
        const char *words = strchr(parts.title, ' ');
        mon_auto_free char *title =
                format_fit(words ? words + 1 : parts.title, format_escape_none, UNIT_BYTE, NTFY_TITLE_MAX);
        mon_auto_free char *whole = parts.late ? mon_printf("%s\n%s", parts.text, parts.late) : mon_strdup(parts.text);
        mon_auto_free char *text = format_fit(whole, format_escape_none, UNIT_BYTE, NTFY_MESSAGE_MAX);
        json_set(message, "topic", json_text(input->topic));
        json_set(message, "title", json_text(title));
        json_set(message, "message", json_text(text));
        json_set(message, "priority", json_integer(tones[parts.tone].priority));
        json_add(tags, json_text(tones[parts.tone].tag));
        json_set(message, "tags", tags);
        if (parts.url)
                json_set(message, "click", json_text(parts.url));
        return format_write(message, body);
}

/* --- Matrix ----------------------------------------------------------------------------------------------------- */

static char *matrix_html(const FormatParts *parts) {
        mon_auto_free char *title = format_fit(parts->title, format_escape_html, UNIT_BYTE, MATRIX_TEXT_MAX / 4);
        mon_auto_free char *text = format_fit(parts->text, format_escape_html, UNIT_BYTE, MATRIX_TEXT_MAX / 2);
        mon_auto_free char *late =
                parts->late ? format_fit(parts->late, format_escape_html, UNIT_BYTE, FORMAT_URL_MAX) : mon_strdup("");
        mon_auto_free char *url =
                parts->url ? format_fit(parts->url, format_escape_html, UNIT_BYTE, MATRIX_TEXT_MAX / 8) : NULL;
        mon_auto_free char *link = url ? mon_printf("<br><a href=\"%s\">%s</a>", url, url) : mon_strdup("");

        return mon_printf("<strong>%s</strong><br>%s%s%s%s", title, text, *late ? "<br>" : "", late, link);
}

static char *matrix_plain(const FormatParts *parts) {
        return mon_printf("%s\n%s%s%s%s%s", parts->title, parts->text, parts->late ? "\n" : "",
                          parts->late ? parts->late : "", parts->url ? "\n" : "", parts->url ? parts->url : "");
}

int format_matrix(const FormatInput *input, Buf *body) {
        mon_auto_parts FormatParts parts;
        mon_auto_json *message = json_object();

        format_parts_take(input, &parts);
        mon_auto_free char *whole = matrix_plain(&parts);
        mon_auto_free char *plain = format_fit(whole, format_escape_mention, UNIT_BYTE, MATRIX_TEXT_MAX);
        mon_auto_free char *html = matrix_html(&parts);
        json_set(message, "msgtype", json_text("m.text"));
        json_set(message, "body", json_text(plain));
        json_set(message, "format", json_text("org.matrix.custom.html"));
        json_set(message, "formatted_body", json_text(html));
        json_set(message, "m.mentions", json_object()); /* nobody: clients then look for none in the text */
        return format_write(message, body);
}

/* --- Alertmanager ----------------------------------------------------------------------------------------------- */

static const char *alert_name(const char *kind) {
        static const char *const names[][2] = {
                {"path", "MondPathNotOpen"}, {"target", "MondTargetNotUp"}, {"observer", "MondBlind"}};

        for (size_t i = 0; i < mon_count_of(names); i++)
                if (text_is(kind, names[i][0]))
                        return names[i][1];
        return "Mond";
}

static json_t *alert_labels(const json_t *document) {
        const json_t *subject = json_object_get(document, "subject");
        const char *kind = json_get_text(subject, "kind", "");
        json_t *labels = json_object();

        json_set(labels, "alertname", json_text(alert_name(kind)));
        json_set(labels, "job", json_text("mond"));
        if (text_is(kind, "path") || text_is(kind, "target"))
                json_set(labels, kind, json_text(json_get_text(subject, "id", "")));
        return labels;
}

/* What stands under `key` and is a word; Alertmanager takes no other kind of value. */
static void copy_word(json_t *to, const char *name, const json_t *from, const char *key) {
        const char *word = json_get_text(from, key, NULL);

        if (word && *word)
                json_set(to, name, json_text(word));
}

json_t *format_alert(const FormatInput *input, Nsec starts_at_real, Nsec ends_at_real) {
        const json_t *reason = json_object_get(input->document, "reason");
        mon_auto_parts FormatParts parts;
        json_t *alert = json_object(), *annotations = json_object();

        format_parts_take(input, &parts);
        const char *words = strchr(parts.title, ' '); /* without its mark */
        json_set(annotations, "summary", json_text(words ? words + 1 : parts.title));
        json_set(annotations, "description", json_text(parts.text));
        copy_word(annotations, "state", input->document, "to");
        copy_word(annotations, "verdict", reason, "verdict");
        copy_word(annotations, "cause", reason, "cause");
        copy_word(annotations, "banner", reason, "banner");
        if (parts.url)
                json_set(annotations, "url", json_text(parts.url));
        json_set(alert, "labels", alert_labels(input->document));
        json_set(alert, "annotations", annotations);
        json_set(alert, "startsAt", json_time(starts_at_real));
        json_set(alert, "endsAt", json_time(ends_at_real));
        if (parts.url)
                json_set(alert, "generatorURL", json_text(parts.url));
        return alert;
}

int format_alertmanager(const FormatInput *input, Buf *body) {
        mon_auto_json *alerts = json_array();
        Nsec at_real;

        if (text_parse_time(json_get_text(input->document, "at", ""), &at_real) != 0)
                return -EINVAL;
        json_add(alerts, format_alert(input, at_real, at_real + FORMAT_TEST_SPAN));
        return format_write(alerts, body);
}
