/* Text from outside, made safe for where it goes. */
#pragma once

#include "daemon/base/alloc.h"

/* For a terminal or a log line: valid UTF-8, no control, escape or direction characters (text_clean), at most `max`
 * bytes. NULL gives "". The caller frees. */
char *escape_terminal(const char *text, size_t max);

/* One CSV field (RFC 4180): quoted where it holds a comma, a quote, or a line's end; and where a spreadsheet would take
 * it for a formula (it begins with = + - @, a tab or a return, but is not a plain number) an apostrophe is put before.
 * NULL is an empty field. The caller frees. */
char *escape_csv(const char *text);
