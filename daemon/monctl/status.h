/* The status document: its exit status and its look. */
#pragma once

#include "daemon/monctl/monctl.h"
#include "daemon/monctl/show.h"

/* The worst path; with no path, or a target named, the worst target. */
int status_exit(const json_t *document);
void status_print(const Monctl *ctl, const json_t *document, const char *line_end, FILE *out);
