/* The list of paths: its rows, and what only several of them, or they and the targets together, can show. */
#pragma once

#include "config/mistakes.h"

/* Fills config->paths from the file's "paths", after everything else in the configuration. `is_partial`: targets may
 * stand where they could not be read, so that an unknown one is no mistake. */
void paths_read(Config *config, const YamlNode *root, bool is_partial, Mistakes *mistakes);
/* One path as an item of a YAML list, its lines indented by `indent`. */
mon_must_check int path_print(const Path *path, int indent, Buf *out);
