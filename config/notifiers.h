/* The list of notifiers: common keys, exactly one kind each. */
#pragma once

#include "config/mistakes.h"

#define NOTIFIER_REMIND_MAX (366 * INT64_C(86400) * NSEC_PER_SEC)
#define NOTIFIER_QUIET_AT_MOST_MAX (24 * 3600 * NSEC_PER_SEC)

/* Fills config->notifiers from the list (NULL: there is none), after everything else in the configuration. `drivers`
 * ends with a NULL; NULL is no kind at all. */
void notifiers_read(Config *config, const YamlNode *list, const NotifierDriver *const *drivers, Mistakes *mistakes);
void notifier_free(Notifier *notifier);
mon_define_cleanup(Notifier, notifier_free);
/* One notifier as an item of a YAML list, its lines indented by `indent`. */
mon_must_check int notifier_print(const Notifier *notifier, int indent, bool secrets, Buf *out);
