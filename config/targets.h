/* The list of targets: common keys, exactly one kind each, and what only several rows together can show. */
#pragma once

#include "config/mistakes.h"

/* Fills config->targets from the list (NULL: it is missing), after everything else in the configuration. `home` is a
 * place in the main file, for what concerns it as a whole. */
void targets_read(Config *config, const YamlNode *list, int home, const ProbeDriver *const *drivers,
                  Mistakes *mistakes);
void target_free(Target *target);
mon_define_cleanup(Target, target_free);
/* One target as an item of a YAML list, its lines indented by `indent`. */
mon_must_check int target_print(const Target *target, int indent, bool secrets, Buf *out);
