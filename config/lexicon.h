/* The lexicon from YAML: the shipped one, built into the program, and what users add beside their configuration. */
#pragma once

#include "config/config.h"
#include "probes/page/lexicon.h"

#define LEXICON_FILES_MAX 64 /* *.yaml in one folder */

/* The shipped lexicon alone. Never NULL: it is part of the program, and a test holds it sound. */
Lexicon *lexicon_new_shipped(void);

/* Adds the rules of one file's bytes; every mistake is appended to `mistakes` under that name. The lexicon is not
 * finished. */
void lexicon_read(Lexicon *lexicon, const char *name, const char *bytes, size_t n, ConfigMistakes *mistakes);

/* The shipped lexicon and every *.yaml of the folder, in name order; an entry with a known id replaces it. A folder
 * that is not there adds nothing. Every mistake is appended to `mistakes`; the rules that are sound are there all the
 * same. */
Lexicon *lexicon_load_folder(const char *folder, ConfigMistakes *mistakes);
