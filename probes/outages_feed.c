#include "probes/outages_feed.h"

#include "daemon/base/text.h"
#include "probes/page/calendar.h"

#include <ctype.h>
#include <inttypes.h>

#define DAY_SECONDS INT64_C(86400)
#define EPOCH_DIGITS_LEAST 9 /* fewer is no instant that an outage of our time could have */
#define POINTER_SHOWN 80     /* bytes of a pointer or a date in a sentence */

void outages_reading_fini(OutagesReading *reading) {
        free(reading->present.text);
        free(reading->next.text);
        *reading = (OutagesReading){0};
}

/* --- pointers --------------------------------------------------------------------------------------------------- */

char *outages_check_pointer(const char *text) {
        if (*text && *text != '/')
                return mon_strdup("a JSON Pointer begins with '/' (or is empty: the whole document)");
        for (const char *at = text; *at; at++)
                if (*at == '~' && at[1] != '0' && at[1] != '1')
                        return mon_strdup("in a JSON Pointer '~' is written ~0, and a '/' in a name ~1");
        return NULL;
}

/* One name of the pointer, ~1 and ~0 undone. To free. */
static char *take_name(const char **at) {
        size_t n = strcspn(*at, "/"), len = 0;
        char *name = mon_strndup(*at, n);

        for (size_t i = 0; i < n; i++) {
                bool escaped = name[i] == '~' && i + 1 < n;
                name[len++] = escaped ? (name[i + 1] == '1' ? '/' : '~') : name[i];
                i += escaped;
        }
        name[len] = '\0';
        *at += n;
        return name;
}

static const json_t *step_into(const json_t *value, const char *name) {
        int64_t index;

        if (json_is_object(value))
                return json_object_get(value, name);
        if (!json_is_array(value) || !isdigit((unsigned char)*name) || (name[0] == '0' && name[1] != '\0') ||
            text_parse_int(name, 0, INT32_MAX, &index) != 0)
                return NULL;
        return json_array_get(value, (size_t)index);
}

const json_t *outages_find(const json_t *from, const char *pointer) {
        const json_t *value = from;

        while (value && *pointer == '/') {
                pointer++;
                mon_auto_free char *name = take_name(&pointer);
                value = step_into(value, name);
        }
        return value;
}

/* --- dates ------------------------------------------------------------------------------------------------------ */

static bool take_number(const char **at, int least, int most, int *ret_number) {
        int number = 0, n = 0;

        while (n < most && isdigit((unsigned char)**at)) {
                number = number * 10 + (**at - '0');
                (*at)++;
                n++;
        }
        *ret_number = number;
        return n >= least && !isdigit((unsigned char)**at);
}

static bool take_mark(const char **at, char mark) {
        if (**at != mark)
                return false;
        (*at)++;
        return true;
}

static bool take_day(const char **at, int64_t *ret_day) {
        const char *start = *at;
        int year, month, mday;

        bool is_iso = take_number(at, 4, 4, &year) && take_mark(at, '-') && take_number(at, 2, 2, &month) &&
                      take_mark(at, '-') && take_number(at, 2, 2, &mday);
        if (!is_iso) {
                *at = start;
                if (!take_number(at, 1, 2, &mday) || !take_mark(at, '/') || !take_number(at, 1, 2, &month) ||
                    !take_mark(at, '/') || !take_number(at, 4, 4, &year))
                        return false;
        }
        if (!calendar_is_date(year, month, mday))
                return false;
        *ret_day = calendar_day(year, month, mday);
        return true;
}

/* Seconds of the day; 24:00 is its end. */
static bool take_hours(const char **at, int *ret_seconds) {
        int hour, minute, second = 0, fraction;

        if (!take_number(at, 1, 2, &hour) || !take_mark(at, ':') || !take_number(at, 2, 2, &minute))
                return false;
        if (take_mark(at, ':') && !take_number(at, 2, 2, &second))
                return false;
        if (take_mark(at, '.') && !take_number(at, 1, 9, &fraction))
                return false;
        *ret_seconds = (hour * 60 + minute) * 60 + second;
        return minute < 60 && second < 60 && *ret_seconds <= DAY_SECONDS;
}

static bool take_zone(const char **at, bool *ret_has, int *ret_seconds) {
        int hour, minute = 0;

        *at += strspn(*at, " ");
        *ret_has = **at != '\0';
        *ret_seconds = 0;
        if (!*ret_has || take_mark(at, 'Z') || take_mark(at, 'z'))
                return true;
        int sign = take_mark(at, '-') ? -1 : take_mark(at, '+') ? 1 : 0;
        const char *digits = *at;
        if (sign == 0 || strspn(digits, "0123456789") < 2)
                return false;
        hour = (digits[0] - '0') * 10 + (digits[1] - '0');
        *at += 2;
        bool has_minutes = take_mark(at, ':') || isdigit((unsigned char)**at);
        if (has_minutes && !take_number(at, 2, 2, &minute))
                return false;
        *ret_seconds = sign * (hour * 60 + minute) * 60;
        return hour <= 14 && minute < 60;
}

static bool read_epoch(const char *text, Nsec *ret_at_real) {
        size_t n = strspn(text, "0123456789");
        int64_t seconds;

        if (n < EPOCH_DIGITS_LEAST || text[n] != '\0' ||
            text_parse_int(text, 0, calendar_day(2200, 1, 1) * DAY_SECONDS, &seconds) != 0)
                return false;
        *ret_at_real = seconds * NSEC_PER_SEC;
        return true;
}

static bool read_calendar_date(const char *at, bool is_end, Nsec *ret_at_real) {
        int64_t day;
        int seconds = 0, offset = 0;
        bool has_zone = false;

        if (!take_day(&at, &day))
                return false;
        if (*at == '\0') {
                day += is_end;
        } else {
                if (*at != 'T' && *at != 't' && *at != ' ')
                        return false;
                at += *at == ' ' ? strspn(at, " ") : 1;
                if (!take_hours(&at, &seconds) || !take_zone(&at, &has_zone, &offset) || *at != '\0')
                        return false;
        }
        *ret_at_real = has_zone ? (day * DAY_SECONDS + seconds - offset) * NSEC_PER_SEC
                                : calendar_paris(day, seconds / 60) + seconds % 60 * NSEC_PER_SEC;
        return *ret_at_real >= 0;
}

bool outages_read_date(const char *text, bool is_end, Nsec *ret_at_real) {
        const char *begin = text + strspn(text, " \t\r\n");
        size_t n = strlen(begin);
        Nsec at_real;

        while (n > 0 && strchr(" \t\r\n", begin[n - 1]))
                n--;
        mon_auto_free char *trimmed = mon_strndup(begin, n);
        if (!read_epoch(trimmed, &at_real) && !read_calendar_date(trimmed, is_end, &at_real))
                return false;
        *ret_at_real = at_real;
        return true;
}

/* --- items ------------------------------------------------------------------------------------------------------ */

typedef struct Reading {
        const OutagesFields *fields;
        Nsec now_at_real;
        size_t nth; /* of the item, from 1 */
        OutagesReading result;
        char **ret_why;
} Reading;

/* Always false: what could not be read, and where. */
static bool refuse(const Reading *reading, const char *pointer, const char *why) {
        mon_auto_free char *shown = text_clean_copy(pointer, POINTER_SHOWN);

        *reading->ret_why = mon_printf("outage %zu of the feed: '%s' %s", reading->nth, shown, why);
        return false;
}

/* A number as JSON has it, a text as it is; NULL: another type. To free. */
static char *plain_text(const json_t *value) {
        if (json_is_string(value))
                return mon_strdup(json_string_value(value));
        return json_is_integer(value) || json_is_boolean(value) ? json_line(value) : NULL;
}

static bool is_named(const TextList *names, const char *text) {
        for (size_t i = 0; names && i < names->n; i++)
                if (text_is(names->items[i].text, text))
                        return true;
        return false;
}

/* Whether the item is of those that the target asks for; a list of names asks for each of them. */
static bool read_only(const Reading *reading, const json_t *item, bool *ret_counts) {
        const OutagesFields *fields = reading->fields;
        size_t n = 1;

        *ret_counts = !fields->only_at;
        if (*ret_counts)
                return true;
        const json_t *value = outages_find(item, fields->only_at);
        if (!value)
                return refuse(reading, fields->only_at, "is missing");
        if (json_is_array(value))
                n = json_array_size(value);
        for (size_t i = 0; i < n; i++) {
                mon_auto_free char *text = plain_text(json_is_array(value) ? json_array_get(value, i) : value);
                if (!text)
                        return refuse(reading, fields->only_at, "is no name");
                *ret_counts |= is_named(fields->only_is, text);
        }
        return true;
}

static bool read_date(const Reading *reading, const json_t *value, const char *pointer, bool is_end,
                      Nsec *ret_at_real) {
        mon_auto_free char *text = json_is_boolean(value) ? NULL : plain_text(value);

        if (!text)
                return refuse(reading, pointer, "is no date");
        if (outages_read_date(text, is_end, ret_at_real))
                return true;
        mon_auto_free char *shown = text_clean_copy(text, POINTER_SHOWN);
        mon_auto_free char *why = mon_printf("is no date that can be read: %s", shown);
        return refuse(reading, pointer, why);
}

static bool is_blank(const json_t *value) {
        const char *text = json_string_value(value);
        return !value || json_is_null(value) || (text && text[strspn(text, " \t\r\n")] == '\0');
}

static bool read_span(const Reading *reading, const json_t *item, Nsec *ret_from, Nsec *ret_until) {
        const OutagesFields *fields = reading->fields;
        const json_t *from = outages_find(item, fields->from);
        const json_t *until = fields->until ? outages_find(item, fields->until) : NULL;

        *ret_until = NSEC_UNKNOWN;
        if (!from)
                return refuse(reading, fields->from, "is missing");
        if (!read_date(reading, from, fields->from, false, ret_from))
                return false;
        if (!is_blank(until) && !read_date(reading, until, fields->until, true, ret_until))
                return false;
        /* An end before the beginning is somebody's slip. It matters while the outage is to come or could still last.
         */
        bool is_slip = *ret_until != NSEC_UNKNOWN && *ret_until < *ret_from;
        if (is_slip && *ret_from > reading->now_at_real - OUTAGES_SLIP_MAX)
                return refuse(reading, fields->until, "ends before it begins");
        return true;
}

static bool read_words(const Reading *reading, const json_t *item, char **ret_text) {
        const json_t *value = outages_find(item, reading->fields->text);

        if (!value)
                return refuse(reading, reading->fields->text, "is missing");
        if (!json_is_null(value) && !json_is_string(value))
                return refuse(reading, reading->fields->text, "is no text");
        mon_auto_free char *own = is_blank(value) ? json_line(item) : NULL;
        *ret_text = text_clean_copy(own ? own : json_string_value(value), OUTAGES_TEXT_MAX);
        return true;
}

/* The one that began, or will begin, first; of two at one instant the first in the order of bytes, of two with the same
 * words the one that lasts longer: a feed in another order says the same. */
static bool comes_first(const Announcement *kept, const char *text, Nsec from, Nsec until) {
        int order = strcmp(text, kept->text);

        if (from != kept->from_at_real || order != 0)
                return from < kept->from_at_real || (from == kept->from_at_real && order < 0);
        return kept->until_at_real != NSEC_UNKNOWN && (until == NSEC_UNKNOWN || until > kept->until_at_real);
}

static void keep_first(bool *has, Announcement *kept, char **text, Nsec from, Nsec until) {
        if (*has && !comes_first(kept, *text, from, until))
                return;
        free(kept->text);
        *kept = (Announcement){.text = mon_steal(text), .from_at_real = from, .until_at_real = until};
        *has = true;
}

static bool read_item(Reading *reading, const json_t *item) {
        mon_auto_free char *text = NULL;
        Nsec from, until, now = reading->now_at_real;
        bool counts;

        if (!read_only(reading, item, &counts))
                return false;
        if (!counts)
                return true;
        if (!read_span(reading, item, &from, &until) || !read_words(reading, item, &text))
                return false;
        if (from > now)
                keep_first(&reading->result.to_come, &reading->result.next, &text, from, until);
        else if (until == NSEC_UNKNOWN || until > now)
                keep_first(&reading->result.in_force, &reading->result.present, &text, from, until);
        return true;
}

/* --- the document ----------------------------------------------------------------------------------------------- */

/* Before anything recurses into it. */
static bool is_too_deep(const char *bytes, size_t n) {
        bool in_text = false;
        int depth = 0;

        for (size_t i = 0; i < n; i++) {
                if (in_text) {
                        if (bytes[i] == '\\')
                                i++;
                        else
                                in_text = bytes[i] != '"';
                } else if (bytes[i] == '"') {
                        in_text = true;
                } else if (bytes[i] == '[' || bytes[i] == '{') {
                        if (++depth > OUTAGES_DEPTH_MAX)
                                return true;
                } else if (bytes[i] == ']' || bytes[i] == '}') {
                        depth--;
                }
        }
        return false;
}

static int read_document(const char *bytes, size_t n, json_t **ret_document, char **ret_why) {
        if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) { /* RFC 8259, section 8.1: may be ignored */
                bytes += 3;
                n -= 3;
        }
        if (is_too_deep(bytes, n)) {
                *ret_why = mon_printf("the feed is nested deeper than %d", OUTAGES_DEPTH_MAX);
                return OUTAGES_E_UNREADABLE;
        }
        mon_auto_free char *why = NULL;
        if (json_read(bytes, n, ret_document, &why) == 0)
                return 0;
        *ret_why = mon_printf("the feed is no JSON: %s", why);
        return OUTAGES_E_UNREADABLE;
}

static const json_t *find_items(const json_t *document, const char *pointer, char **ret_why) {
        mon_auto_free char *shown = text_clean_copy(pointer, POINTER_SHOWN);
        const json_t *items = outages_find(document, pointer);

        if (!items)
                *ret_why = mon_printf("the feed has nothing at '%s'", shown);
        else if (!json_is_array(items))
                *ret_why = mon_printf("the feed has no list at '%s'", shown);
        else if (json_array_size(items) > OUTAGES_ITEMS_MAX)
                *ret_why = mon_printf("the feed has more than %d outages", OUTAGES_ITEMS_MAX);
        else
                return items;
        return NULL;
}

int outages_read(const char *bytes, size_t n, const OutagesFields *fields, Nsec now_at_real,
                 OutagesReading *ret_reading, char **ret_why) {
        mon_auto_json *document = NULL;
        Reading reading = {.fields = fields, .now_at_real = now_at_real, .ret_why = ret_why};

        if (read_document(bytes, n, &document, ret_why) != 0)
                return OUTAGES_E_UNREADABLE;
        const json_t *items = find_items(document, fields->items, ret_why);
        if (!items)
                return OUTAGES_E_UNREADABLE;
        for (size_t i = 0; i < json_array_size(items); i++) {
                reading.nth = i + 1;
                if (!read_item(&reading, json_array_get(items, i))) {
                        outages_reading_fini(&reading.result);
                        return OUTAGES_E_UNREADABLE;
                }
        }
        *ret_reading = reading.result;
        return 0;
}
