/* One value of the configuration: from a YAML node to the field that its row names. */
#pragma once

#include "config/directives.h"

/* Writes the field at row->offset of `base`, freeing what was there. False (told as a mistake, the field as it was)
 * when the node does not hold what the row takes; of a list, the good items are kept. Not for sections. */
bool value_read(Mistakes *mistakes, const Directive *row, const YamlNode *node, void *base);
void value_fini(const Directive *row, void *base);
