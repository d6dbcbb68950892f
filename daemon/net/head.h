/* The head of an HTTP answer as it comes, line by line, and what is looked for in one (RFC 9110 section 5). */
#pragma once

#include "daemon/base/clock.h"

/* Interim answers (1xx) are counted, and forgotten once the next one begins. What follows a complete head is not taken.
 */
typedef struct HeadReader {
        Buf text;     /* of the latest answer; its max bounds one head */
        size_t taken; /* bytes of all answers, so that interim ones without end have one too */
        size_t lines; /* likewise */
        size_t lines_max;
        int status; /* 0: no status line yet */
        bool is_interim;
        bool is_complete;
} HeadReader;

#define HEAD_READER_INIT(bytes_max, n_lines_max) ((HeadReader){.text = BUF_INIT(bytes_max), .lines_max = (n_lines_max)})

enum { HEAD_E_TOO_LARGE = 1 };

void head_reader_fini(HeadReader *reader);
/* Takes one line with its end. HEAD_E_TOO_LARGE once bytes or lines pass their bound. */
mon_must_check int head_reader_take(HeadReader *reader, const char *line, size_t n);
static inline bool head_reader_is_complete(const HeadReader *reader) {
        return reader->is_complete;
}

/* The value of the first header of that name (ASCII case ignored) in a head, without the spaces around it, to free;
 * NULL: there is none. The first line of the head is not a header. */
char *head_get(const char *head, const char *name);

/* Authorization, Cookie and their like: never shown, never stored, never sent to another origin. `header` is a name, or
 * a line that begins with one. */
bool head_is_secret(const char *header);
/* Replaces the values of such headers in a request's head by '*', in place. */
void head_mask_secrets(char *head);

/* One header line, cut out in place. */
typedef struct HeadField {
        const char *name, *value;
} HeadField;

/* Cuts a head (a copy of the caller's, which is written to) into its fields, at most `max`; how many there are. */
size_t head_cut(char *head, HeadField *ret_fields, size_t max);

/* An HTTP date in its preferred form (RFC 9110 section 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT". */
mon_must_check int head_parse_date(const char *text, Nsec *ret_at_real);
/* Retry-After: seconds or a date, as the span from `now_at_real` on, never below 0. */
mon_must_check int head_parse_retry_after(const char *text, Nsec now_at_real, Nsec *ret_span);
#define HEAD_RETRY_AFTER_MAX (366 * INT64_C(86400) * NSEC_PER_SEC) /* a longer one is this long */

enum { HEAD_E_FORM = 2 };
