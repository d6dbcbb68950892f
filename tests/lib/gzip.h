/* Compressed bodies made by hand (RFC 1951 and 1952), honest and hostile. */
#pragma once

#include "daemon/base/alloc.h"

/* A correct gzip file, not compressed at all. */
void gzip_store(const void *data, size_t n, Buf *into);
/* A gzip file that decodes to at least `n` times the letter 'a', about 158 times as long as it is. */
void gzip_bomb(size_t n, Buf *into);
/* The head of a gzip file, and one block that decodes to nothing, to be sent again and again. */
extern const unsigned char gzip_head[10];
extern const unsigned char gzip_empty_block[5];
