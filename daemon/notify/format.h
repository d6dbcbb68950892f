/* What a webhook's format is: an event's document in, the bytes of one message out. Pure: the same document gives the
 * same bytes. Whatever a site or a person wrote is text in each of them, never markup, and nobody is called by it. */
#pragma once

#include "daemon/base/json.h"
#include "daemon/model/target.h"

typedef enum WebhookFormat {
        FORMAT_MOND = 0,
        FORMAT_SLACK = 1,
        FORMAT_DISCORD = 2,
        FORMAT_MATTERMOST = 3,
        FORMAT_NTFY = 4,
        FORMAT_MATRIX = 5,
        FORMAT_ALERTMANAGER = 6,
        FORMAT_TEMPLATE = 7,
} WebhookFormat;
#define FORMAT_MAX FORMAT_TEMPLATE

/* What the services document as their most. Characters are counted as UTF-16 does, which is the strictest reading. */
#define SLACK_HEADER_MAX 150     /* characters of a header block */
#define SLACK_TEXT_MAX 3000      /* of a section's text */
#define DISCORD_TITLE_MAX 256    /* of an embed's title */
#define DISCORD_TEXT_MAX 4096    /* of its description */
#define DISCORD_FOOTER_MAX 2048  /* of its footer */
#define DISCORD_OBSERVER_MAX 256 /* of what stands there, so that the whole fits */
#define DISCORD_EMBED_MAX 6000   /* of all of an embed together */
#define MATTERMOST_TITLE_MAX 256 /* no limit is documented: what a phone shows */
#define MATTERMOST_TEXT_MAX 4000 /* of a message, on servers of any age */
#define NTFY_MESSAGE_MAX 4096    /* bytes: beyond them it would be an attachment */
#define NTFY_TITLE_MAX 250       /* bytes */
#define MATRIX_TEXT_MAX 16384    /* bytes of each body; an event has at most 65536 in all */
#define FORMAT_URL_MAX 1024      /* bytes of a link; a longer one is left out */

typedef struct FormatInput {
        const json_t *document; /* view_event()'s */
        Language language;
        const char *topic; /* ntfy alone */
} FormatInput;

/* Appends the message. A negative errno: it cannot be written, or does not fit `body`. */
typedef int FormatFn(const FormatInput *input, Buf *body);
FormatFn format_mond, format_slack, format_discord, format_mattermost, format_ntfy, format_matrix;
/* One alert that ends by itself, FORMAT_TEST_SPAN after its event: for notifier.test. */
FormatFn format_alertmanager;
#define FORMAT_TEST_SPAN (60 * NSEC_PER_SEC)

/* One alert of Prometheus Alertmanager's API v2: its labels, by which it is known, hold nothing that changes while it
 * fires. `ends_at_real` in the future is until when it fires without another word; else when it ended. */
json_t *format_alert(const FormatInput *input, Nsec starts_at_real, Nsec ends_at_real);

/* --- what the formats share (format_parts.c) -------------------------------------------------------------------- */

typedef enum FormatTone {
        TONE_GOOD,
        TONE_WARNING,
        TONE_BAD,
        TONE_NEUTRAL,
} FormatTone;

/* The message in pieces, each of them text as it is, to be escaped by the format. */
typedef struct FormatParts {
        FormatTone tone;
        char *title;     /* "🔴 Refuser : fermé" */
        char *text;      /* the event's sentence */
        char *late;      /* that the message is late, in a sentence; NULL: it is not */
        char *observer;  /* who saw it; NULL */
        const char *at;  /* RFC 3339 */
        const char *url; /* of the page, http or https, without spaces; NULL */
} FormatParts;

void format_parts_take(const FormatInput *input, FormatParts *ret_parts);
void format_parts_fini(FormatParts *parts);
#define mon_auto_parts mon_cleanup(format_parts_fini)
/* An address of the web that can stand in every markup as it is. */
bool format_is_link(const char *url);
/* Appends the value on one line; -EMSGSIZE. */
mon_must_check int format_write(const json_t *value, Buf *body);

/* Gives one character as it must be written; `raw` is its own UTF-8 (NUL-terminated). */
typedef const char *FormatEscape(uint32_t character, const char *raw);
FormatEscape format_escape_none, format_escape_slack, format_escape_markdown, format_escape_html, format_escape_mention;

typedef enum FormatUnit {
        UNIT_BYTE,
        UNIT_UTF16,
} FormatUnit;

/* Escaped, and cut between characters, an ellipsis at the end, to at most `max` units as written. To free. */
char *format_fit(const char *text, FormatEscape *escape, FormatUnit unit, size_t max);
