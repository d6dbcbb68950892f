/* How documents look to people: states in colour, symbol and word together, times and durations in the reader's way. */
#pragma once

#include "daemon/monctl/monctl.h"
#include "daemon/monctl/table.h"

/* "● up", by the stable name of a state or verdict. The caller frees. */
char *show_state(const Monctl *ctl, const char *name);
Color show_color(const char *name);
/* A duration in seconds as a document has it; "-" when it is null. The caller frees. */
char *show_seconds(const Monctl *ctl, const json_t *seconds);
/* "99.95 %", never rounded up to 100; "-" when it is null. The caller frees. */
char *show_share(const Monctl *ctl, const json_t *share);
/* The quotation marks of the language around a text. The caller frees. */
char *show_quoted(const Monctl *ctl, const char *text);
/* A document's { from, until, text } of something announced: "announced (02:00 – 04:00): “…”". The caller frees. */
char *show_notice(const Monctl *ctl, const json_t *notice);
/* What became of a notice (one of `notices --json`): "began on time, overran by 40 min". In notices.c; to free. */
char *show_outcome(const Monctl *ctl, const json_t *notice);
void show_deliveries(const Monctl *ctl, const json_t *document); /* a table of `deliveries --json`; in deliveries.c */
char *show_int(const json_t *number);                            /* "-" when it is none */
void show_table(const Monctl *ctl, const Table *table);          /* or "nothing to show" */
