/* Mistakes on their way to being told: where each stands, in which of several files, and what to do about it.
 *
 * Within config/, and in what is handed to drivers, the line of a place carries the number of its file in its upper
 * bits, so that it can pass through YamlNode, TextPlace and ProbeMistakeFn, which know of lines alone. Only
 * mistakes_finish() takes it apart again, so the places in a loaded Config are of no further use. */
#pragma once

#include "config/config.h"

#define MISTAKES_LINE_BITS 21  /* YAML_FILE_MAX bytes have fewer lines */
#define MISTAKES_SHOWN_MAX 60  /* bytes of a wrong key or value that a message quotes */
#define MISTAKES_FILES_MAX 500 /* mond.yaml and what lies in conf.d */

typedef struct MistakeEntry {
        int line, column;
        bool warning;
        size_t order;
        char *text;
} MistakeEntry;

typedef struct Mistakes {
        bool leaves_secrets; /* references to them stay as they are written */
        List files;          /* of char *: their names as they were given, in the order of reading */
        MistakeEntry *entries;
        size_t n;
        size_t n_errors, n_warnings; /* found; those past CONFIG_MISTAKES_MAX of each are not kept */
} Mistakes;

void mistakes_fini(Mistakes *mistakes);
/* Gives the lines of this file their base: a line within it is base + line. */
int mistakes_add_file(Mistakes *mistakes, const char *name);
const char *mistakes_file(const Mistakes *mistakes, int line);
static inline int mistakes_line(int line) {
        return line & ((1 << MISTAKES_LINE_BITS) - 1);
}
void mistakes_add(Mistakes *mistakes, int line, int column, const char *format, ...) mon_printf_like(4, 5);
void mistakes_warn(Mistakes *mistakes, int line, int column, const char *format, ...) mon_printf_like(4, 5);
/* Past the bound nothing is kept, so nobody needs to look for a better wording. */
bool mistakes_are_full(const Mistakes *mistakes);
/* "a, b, c", for a message that lists what may be chosen. To free. */
char *mistakes_join(const char *const *names, size_t n);
/* In the order of files and lines; the warnings only if there is nothing worse to mend. */
void mistakes_finish(Mistakes *mistakes, ConfigMistakes *ret_mistakes);
