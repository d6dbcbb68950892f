/* Text in sentences. */
#pragma once

#include "daemon/base/alloc.h"

/* The length of the first sentence of n > 0 bytes, with its closing mark, without the space that follows; *ret_next is
 * where the next one begins. At most `max` bytes, cut between words. A line feed ends a sentence where what follows
 * looks like another one. In a title (`is_title`) " | ", " - " and the like end one too. */
size_t sentence_take(const char *text, size_t n, size_t max, bool is_title, size_t *ret_next);

/* Whether one stands, in a block of text, in a quotation that other words introduced. Zeroed at the block's start. */
typedef struct Quote {
        size_t letters; /* before any quotation */
        bool is_open;
} Quote;

/* Goes on over the next n bytes of the block, of which `rest` >= n are left. */
void quote_follow(Quote *quote, const char *text, size_t n, size_t rest);
