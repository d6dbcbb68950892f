/* What a mail says, before any of its forms: a sentence first, then what is known, row by row. Pure but for the time
 * zone (text/instant.h). All of it is text as it is, cleaned, one line each, to be escaped by whoever writes it out. */
#pragma once

#include "daemon/notify/driver.h"

#define LETTER_ROWS_MAX 20
#define LETTER_VALUE_MAX 2000 /* bytes of a row's value; what is longer is cut */

typedef struct LetterRow {
        const char *label;
        char *value;
        bool is_link; /* an address of the web, that may be followed */
} LetterRow;

typedef struct LetterText {
        Language language;
        char *subject;
        char *sentence;
        char *late; /* NULL: it is not */
        LetterRow rows[LETTER_ROWS_MAX];
        size_t n;
        char *silence; /* the command that stops such mails; NULL: nothing to silence */
} LetterText;

void letter_take(const NotifyServices *services, Language language, const Letter *letter, LetterText *ret_text);
void letter_fini(LetterText *text);
#define mon_auto_letter mon_cleanup(letter_fini)

/* -EMSGSIZE when it does not fit. */
mon_must_check int letter_write_plain(const LetterText *text, Buf *out);
mon_must_check int letter_write_html(const LetterText *text, Buf *out);
