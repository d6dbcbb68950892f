#include "daemon/notify/format.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/text/message.h"
#include "daemon/text/phrase.h"

static const struct {
        const char *word; /* the state it goes to, or the type of an event without states */
        FormatTone tone;
} tones[] = {
        {"up", TONE_GOOD},
        {"open", TONE_GOOD},
        {"observer.back", TONE_GOOD},
        {"degraded", TONE_WARNING},
        {"impaired", TONE_WARNING},
        {"banner.seen", TONE_WARNING},
        {"banner.changed", TONE_WARNING},
        {"notice.announced", TONE_WARNING},
        {"certificate.expiring", TONE_WARNING},
        {"certificate.changed", TONE_WARNING},
        {"observer.blind", TONE_WARNING},
        {"delivery.failed", TONE_WARNING},
        {"target.unstable", TONE_WARNING},
        {"path.unstable", TONE_WARNING},
        {"down", TONE_BAD},
        {"maintenance", TONE_BAD},
        {"closed", TONE_BAD},
};

static FormatTone tone_of(const char *word) {
        for (size_t i = 0; word && i < mon_count_of(tones); i++)
                if (text_is(word, tones[i].word))
                        return tones[i].tone;
        return TONE_NEUTRAL;
}

/* A text of both languages. */
static const char *in_language(const json_t *both, Language language) {
        return json_get_text(both, language == LANGUAGE_FR ? "fr" : "en", NULL);
}

static char *make_title(const json_t *document, FormatTone tone, Language language) {
        static const char *const marks[] = {
                [TONE_GOOD] = "🟢", [TONE_WARNING] = "🟠", [TONE_BAD] = "🔴", [TONE_NEUTRAL] = "⚪"};
        const json_t *subject = json_object_get(document, "subject");
        const char *title = in_language(json_object_get(subject, "title"), language);
        const char *to = json_get_text(document, "to", NULL);

        if (!title)
                title = json_get_text(subject, "id", "mond");
        if (!to)
                return mon_printf("%s %s", marks[tone], title);
        return mon_printf("%s %s%s%s", marks[tone], title, language == LANGUAGE_FR ? " : " : ": ",
                          message_state(to, language));
}

/* When it happened, with its day and year, whatever today is. */
static char *make_late(const json_t *document, Language language) {
        Nsec at_real;

        if (!json_get_bool(document, "late", false) ||
            text_parse_time(json_get_text(document, "at", ""), &at_real) != 0)
                return NULL;
        mon_auto_free char *when = message_time(at_real, 0, language);
        return phrase_fill(PHRASE_LATE_MESSAGE, language, when);
}

bool format_is_link(const char *url) {
        if (strlen(url) > FORMAT_URL_MAX || (!text_starts(url, "https://") && !text_starts(url, "http://")))
                return false;
        for (const char *at = url; *at; at++)
                if (*at <= 0x20 || *at >= 0x7f || strchr("<>|\"'`\\()[]{}*", *at))
                        return false;
        return true;
}

static const char *link_of(const json_t *document) {
        const char *url = json_get_text(json_object_get(document, "reason"), "url", NULL);

        return url && format_is_link(url) ? url : NULL;
}

void format_parts_take(const FormatInput *input, FormatParts *ret_parts) {
        const json_t *document = input->document;
        const char *to = json_get_text(document, "to", NULL);
        const char *observer = json_get_text(json_object_get(document, "observer"), "name", NULL);
        FormatTone tone = tone_of(to ? to : json_get_text(document, "type", NULL));
        const char *text = in_language(json_object_get(document, "text"), input->language);

        *ret_parts = (FormatParts){
                .tone = tone,
                .title = make_title(document, tone, input->language),
                .text = mon_strdup(text && *text ? text : json_get_text(document, "type", "mond")),
                .late = make_late(document, input->language),
                .observer = observer && *observer ? phrase_fill(PHRASE_SEEN_BY, input->language, observer) : NULL,
                .at = json_get_text(document, "at", NULL),
                .url = link_of(document),
        };
}

void format_parts_fini(FormatParts *parts) {
        free(parts->title);
        free(parts->text);
        free(parts->late);
        free(parts->observer);
        *parts = (FormatParts){0};
}

int format_write(const json_t *value, Buf *body) {
        mon_auto_free char *line = json_line(value);

        return buf_append_text(body, line) == 0 ? 0 : -EMSGSIZE;
}

/* --- escaping --------------------------------------------------------------------------------------------------- */

const char *format_escape_none(uint32_t character, const char *raw) {
        (void)character;
        return raw;
}

/* The three characters that Slack reads in every text object. */
const char *format_escape_slack(uint32_t character, const char *raw) {
        switch (character) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        default:
                return raw;
        }
}

const char *format_escape_html(uint32_t character, const char *raw) {
        switch (character) {
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return format_escape_slack(character, raw);
        }
}

/* A character of no width after it keeps "@channel" and "@room" from being anybody. */
const char *format_escape_mention(uint32_t character, const char *raw) {
        return character == '@' ? "@\xe2\x80\x8b" : raw;
}

/* In the Markdown of Discord and Mattermost a backslash before punctuation makes it plain. */
const char *format_escape_markdown(uint32_t character, const char *raw) {
        static const char *const escaped[128] = {
                ['\\'] = "\\\\", ['*'] = "\\*", ['_'] = "\\_", ['~'] = "\\~", ['`'] = "\\`", ['|'] = "\\|",
                ['>'] = "\\>",   ['<'] = "\\<", ['['] = "\\[", [']'] = "\\]", ['('] = "\\(", [')'] = "\\)",
                ['#'] = "\\#",   ['!'] = "\\!", ['-'] = "\\-", ['+'] = "\\+",
        };

        if (character < mon_count_of(escaped) && escaped[character])
                return escaped[character];
        return format_escape_mention(character, raw);
}

static size_t units_of(const char *text, FormatUnit unit) {
        size_t n = 0;

        if (unit == UNIT_BYTE)
                return strlen(text);
        for (const unsigned char *at = (const unsigned char *)text; *at; at++)
                n += (*at & 0xc0) == 0x80 ? 0 : *at >= 0xf0 ? 2 : 1; /* outside the basic plane there are two */
        return n;
}

/* Writes what fits; how many bytes of `text` that was. */
static size_t write_fitting(const char *text, FormatEscape *escape, FormatUnit unit, size_t max, Buf *out) {
        size_t len = strlen(text), at = 0, units = 0;

        while (at < len) {
                uint32_t character;
                char raw[5] = "";
                size_t n = text_take_character(text + at, len - at, &character);
                if (n == 0) { /* no UTF-8: whoever made the document has cleaned it */
                        n = 1;
                        character = '?';
                        raw[0] = '?';
                } else {
                        memcpy(raw, text + at, n);
                }
                const char *written = escape(character, raw);
                units += units_of(written, unit);
                if (units > max || buf_append_text(out, written) != 0)
                        break;
                at += n;
        }
        return at;
}

char *format_fit(const char *text, FormatEscape *escape, FormatUnit unit, size_t max) {
        static const char ellipsis[] = "…";
        mon_auto_buf Buf whole = BUF_INIT(4 * max + 1), cut = BUF_INIT(4 * max + 1);
        size_t room = max - units_of(ellipsis, unit);

        if (write_fitting(text, escape, unit, max, &whole) == strlen(text))
                return buf_steal(&whole);
        (void)write_fitting(text, escape, unit, room, &cut);
        (void)!buf_append_text(&cut, ellipsis);
        return buf_steal(&cut);
}
