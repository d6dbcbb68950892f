/* Files that are part of the program (embed.py writes them into a source of the build). */
#pragma once

#include <stddef.h>

typedef struct EmbeddedFile {
        const char *name; /* NULL ends a list */
        const char *bytes;
        size_t n; /* a NUL behind them is not counted */
} EmbeddedFile;

extern const EmbeddedFile lexicon_shipped_files[];
