/* Dates and hours in French and in English, as notices write them, to a span of time. Hours are those of Europe/Paris
 * unless a zone is named beside them. */
#pragma once

#include "daemon/base/clock.h"

#define ANNOUNCE_TOKENS_MAX 160 /* words, numbers and marks of one text that are looked at */

typedef struct AnnounceSpan {
        Nsec from_at_real;  /* NSEC_UNKNOWN where none was read */
        Nsec until_at_real; /* likewise; always after the beginning */
        bool has_hours;     /* else whole days */
        bool has_date;      /* else today's hours */
} AnnounceSpan;

/* Reads folded text (fold.h). False when no date and no hour of a day stands in it. What has no year, month or day is
 * taken as near `at_real` as the words allow. Opening hours ("du lundi au vendredi") are no dates. */
bool announce_read(const char *folded, Nsec at_real, AnnounceSpan *ret_span);
