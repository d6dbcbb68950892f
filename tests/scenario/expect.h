/* What must hold, and what must not have happened.
 *
 *   state TARGET STATE [CAUSE]     as the database has it
 *   path ID STATE [proven]         likewise; without the word it is not proven
 *   count OP N "SELECT …"          one number of the database; OP is = < > <= >= !=
 *   text "SELECT …" "TEXT"         one text of the database
 *   requests OP N                  that the web server got
 *
 * And of every life, at its end: the database is sound, seconds per state sum to every period exactly, no target and
 * no path has two incidents at one time, no event is there twice. */
#pragma once

#include "tests/scenario/life.h"

/* 0, or -EINVAL with what was found in `error`. */
mon_must_check int expect_line(Life *life, const Line *line, Error *error);
mon_must_check int expect_always(Life *life, Error *error);
