/* A folder of a test's own, with a database in it. Failures end the test by assert(). */
#pragma once

#include "daemon/store/store.h"

#include <assert.h>

#define FOLDER_NOW (INT64_C(1767225600) * NSEC_PER_SEC) /* 2026-01-01 00:00:00 UTC */

typedef struct Folder {
        char path[64];
        char database[96]; /* mond.db in it */
} Folder;

void folder_make(Folder *folder);
void folder_remove(Folder *folder); /* with all that is in it */
/* How many names in it begin so, and end so ("" ends everything). */
int folder_count(const Folder *folder, const char *prefix, const char *suffix);

/* A result that has to be 0; says which it was. */
void folder_must(int r);
Store *folder_open(const Folder *folder); /* sound, and not set aside */
/* In one transaction of its own; `b` may be NULL. `a` has the titles "Un" and "One". */
void folder_put_targets(Store *store, const char *a, const char *b, Nsec at_real);
/* A check that speaks for 140 s. */
int64_t folder_put_check(Store *store, const char *target, Nsec at_real, Verdict verdict, Cause cause);
