/* Instants written out in full, for letters that are read elsewhere and later. Pure but for the time zone, which is the
 * C library's (TZ, /etc/localtime). */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/model/target.h"

/* "lundi 12 janvier 2026 à 02:12 CET (2026-01-12 01:12 UTC)", "Monday, 12 January 2026, 02:12 CET (…)". To free; "-"
 * for NSEC_UNKNOWN and NSEC_NEVER. */
char *instant_text(Nsec at_real, Language language);

/* The date of a mail (RFC 5322, section 3.3): "Mon, 12 Jan 2026 02:12:05 +0100". */
#define INSTANT_MAIL_MAX 48
void instant_mail(Nsec at_real, char ret_text[static INSTANT_MAIL_MAX]);
