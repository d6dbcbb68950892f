/* Slack (docs.slack.dev, Block Kit), Discord (discord.com/developers, Execute Webhook) and Mattermost
 * (docs.mattermost.com, incoming webhooks): one message of a title, a sentence, a link and who saw it. */
#include "daemon/notify/format.h"

#include "daemon/base/text.h"
#include "daemon/text/phrase.h"

/* The sentence, and that it is late. */
static char *whole_text(const FormatParts *parts) {
        return parts->late ? mon_printf("%s\n%s", parts->text, parts->late) : mon_strdup(parts->text);
}

static void set_text(json_t *object, const char *key, const char *text) {
        json_set(object, key, json_text(text));
}

static void set_fit(json_t *object, const char *key, const char *text, FormatEscape *escape, size_t max) {
        mon_auto_free char *fit = format_fit(text, escape, UNIT_UTF16, max);

        json_set(object, key, json_text(fit));
}

/* --- Slack ------------------------------------------------------------------------------------------------------ */

/* `plain_text` knows no markup at all, but the three characters. */
static json_t *slack_plain(const char *text, size_t max) {
        json_t *object = json_object();

        set_text(object, "type", "plain_text");
        set_fit(object, "text", text, format_escape_slack, max);
        json_set(object, "emoji", json_false());
        return object;
}

static json_t *slack_block(const char *type, json_t *text) {
        json_t *block = json_object();

        set_text(block, "type", type);
        json_set(block, "text", text);
        return block;
}

static json_t *slack_link(const char *url, Language language) {
        json_t *object = json_object();
        mon_auto_free char *safe = format_fit(url, format_escape_slack, UNIT_UTF16, SLACK_TEXT_MAX);
        mon_auto_free char *link = mon_printf("<%s|%s>", safe, phrase_text(PHRASE_SEE_PAGE, language));

        set_text(object, "type", "mrkdwn");
        set_text(object, "text", link);
        json_set(object, "verbatim", json_true());
        return slack_block("section", object);
}

static json_t *slack_context(const char *text) {
        json_t *block = json_object(), *elements = json_array();

        json_add(elements, slack_plain(text, SLACK_TEXT_MAX));
        set_text(block, "type", "context");
        json_set(block, "elements", elements);
        return block;
}

int format_slack(const FormatInput *input, Buf *body) {
        mon_auto_parts FormatParts parts;
        mon_auto_json *message = json_object();
        json_t *blocks = json_array();

        format_parts_take(input, &parts);
        mon_auto_free char *text = whole_text(&parts);
        mon_auto_free char *unaddressed = format_fit(parts.title, format_escape_mention, UNIT_UTF16, SLACK_TEXT_MAX);
        set_fit(message, "text", unaddressed, format_escape_slack, SLACK_TEXT_MAX); /* of notifications */
        json_set(message, "mrkdwn", json_false());
        json_add(blocks, slack_block("header", slack_plain(parts.title, SLACK_HEADER_MAX)));
        json_add(blocks, slack_block("section", slack_plain(text, SLACK_TEXT_MAX)));
        if (parts.url)
                json_add(blocks, slack_link(parts.url, input->language));
        if (parts.observer)
                json_add(blocks, slack_context(parts.observer));
        json_set(message, "blocks", blocks);
        json_set(message, "unfurl_links", json_false());
        json_set(message, "unfurl_media", json_false());
        return format_write(message, body);
}

/* --- Discord ---------------------------------------------------------------------------------------------------- */

static const int colours[] = {
        [TONE_GOOD] = 0x2e7d32, [TONE_WARNING] = 0xef6c00, [TONE_BAD] = 0xc62828, [TONE_NEUTRAL] = 0x757575};

/* Together at most 6000: title, description and footer have their own, smaller bounds here. */
_Static_assert(DISCORD_TITLE_MAX + DISCORD_TEXT_MAX + DISCORD_OBSERVER_MAX <= DISCORD_EMBED_MAX, "of one embed");
_Static_assert(DISCORD_OBSERVER_MAX <= DISCORD_FOOTER_MAX, "of its footer");

int format_discord(const FormatInput *input, Buf *body) {
        mon_auto_parts FormatParts parts;
        mon_auto_json *message = json_object();
        json_t *embed = json_object(), *embeds = json_array(), *mentions = json_object();

        format_parts_take(input, &parts);
        mon_auto_free char *text = whole_text(&parts);
        set_fit(embed, "title", parts.title, format_escape_markdown, DISCORD_TITLE_MAX);
        set_fit(embed, "description", text, format_escape_markdown, DISCORD_TEXT_MAX);
        if (parts.url)
                set_text(embed, "url", parts.url);
        if (parts.at)
                set_text(embed, "timestamp", parts.at);
        json_set(embed, "color", json_integer(colours[parts.tone]));
        if (parts.observer) {
                json_t *footer = json_object();
                set_fit(footer, "text", parts.observer, format_escape_none, DISCORD_OBSERVER_MAX);
                json_set(embed, "footer", footer);
        }
        json_add(embeds, embed);
        json_set(message, "embeds", embeds);
        json_set(mentions, "parse", json_array());
        json_set(message, "allowed_mentions", mentions);
        return format_write(message, body);
}

/* --- Mattermost ------------------------------------------------------------------------------------------------- */

int format_mattermost(const FormatInput *input, Buf *body) {
        mon_auto_parts FormatParts parts;
        mon_auto_json *message = json_object();
        json_t *attachment = json_object(), *attachments = json_array();

        format_parts_take(input, &parts);
        mon_auto_free char *text = whole_text(&parts);
        mon_auto_free char *colour = mon_printf("#%06x", (unsigned)colours[parts.tone]);
        set_fit(attachment, "fallback", parts.title, format_escape_mention, MATTERMOST_TITLE_MAX);
        set_text(attachment, "color", colour);
        set_fit(attachment, "title", parts.title, format_escape_markdown, MATTERMOST_TITLE_MAX);
        if (parts.url)
                set_text(attachment, "title_link", parts.url);
        set_fit(attachment, "text", text, format_escape_markdown, MATTERMOST_TEXT_MAX);
        if (parts.observer)
                set_fit(attachment, "footer", parts.observer, format_escape_mention, MATTERMOST_TITLE_MAX);
        json_add(attachments, attachment);
        json_set(message, "attachments", attachments);
        return format_write(message, body);
}
