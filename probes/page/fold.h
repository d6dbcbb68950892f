/* Folding: what is left of a text when case, accents, entities, ligatures, the kind of apostrophe, dash and space no
 * longer matter. Two texts that a reader would call the same fold to the same bytes; the result is mostly ASCII. */
#pragma once

#include "daemon/base/alloc.h"

/* Appends the folded form of n bytes of UTF-8; BUF_E_FULL where the buffer's bound would be passed (what fits is
 * there). Lower case, no accents, ' " - for their kin, one space for any run of white space, none at both ends nor
 * after an apostrophe. UTF-8 that was read as windows-1252 and encoded again ("indisponibilitÃ©") is read as it was
 * meant. */
mon_must_check int fold_text(const char *text, size_t n, Buf *out);
char *fold_copy(const char *text); /* the same as a string of its own */
