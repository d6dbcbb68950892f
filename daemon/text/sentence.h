/* What happened, in one sentence for somebody who has never heard of mond: subjects by their titles, no word of the
 * trade. message.h has the short form, with ids and times, for logs and screens. Pure. */
#pragma once

#include "daemon/model/event.h"

/* To free. */
char *sentence_event(const Event *event, Language language);
/* The same in a few words, as a mail's subject: "Refuser son espace santé : fermé". To free. */
char *sentence_subject(const Event *event, Language language);
