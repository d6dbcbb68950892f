/* The document itself; ntfy (docs.ntfy.sh, publish as JSON) and Matrix (spec.matrix.org, m.room.message). */
#include "daemon/notify/format.h"

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
