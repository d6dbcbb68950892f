#include "tests/lib/gzip.h"

#include <assert.h>

const unsigned char gzip_head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
const unsigned char gzip_empty_block[5] = {0, 0, 0, 0xff, 0xff};

static void put(Buf *into, const void *bytes, size_t n) {
        int r = buf_append(into, bytes, n);

        assert(r == 0);
        (void)r;
}

static uint32_t crc_of(const uint8_t *bytes, size_t n) {
        uint32_t crc = UINT32_MAX;

        for (size_t i = 0; i < n; i++) {
                crc ^= bytes[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
        }
        return ~crc;
}

static void put_32(Buf *into, uint32_t value) {
        uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

        put(into, bytes, sizeof bytes);
}

void gzip_store(const void *data, size_t n, Buf *into) {
        const uint8_t *bytes = data;
        size_t done = 0;

        put(into, gzip_head, sizeof gzip_head);
        do {
                size_t part = n - done < 65535 ? n - done : 65535;
                uint8_t block[5] = {done + part == n, (uint8_t)part, (uint8_t)(part >> 8), (uint8_t)~part,
                                    (uint8_t)(~part >> 8)};
                put(into, block, sizeof block);
                put(into, bytes + done, part);
                done += part;
        } while (done < n);
        put_32(into, crc_of(bytes, n));
        put_32(into, (uint32_t)n);
}

typedef struct Bits {
        Buf *into;
        uint32_t waiting;
        int n;
} Bits;

/* The lowest bit first. */
static void put_bits(Bits *bits, uint32_t value, int n) {
        bits->waiting |= value << bits->n;
        for (bits->n += n; bits->n >= 8; bits->n -= 8, bits->waiting >>= 8) {
                uint8_t byte = (uint8_t)bits->waiting;
                put(bits->into, &byte, 1);
        }
}

void gzip_bomb(size_t n, Buf *into) {
        Bits bits = {.into = into};

        put(into, gzip_head, sizeof gzip_head);
        put_bits(&bits, 3, 3);    /* the last block, of the fixed codes */
        put_bits(&bits, 0x89, 8); /* 'a': code 0x91, its first bit first */
        for (size_t made = 1; made < n; made += 258) {
                put_bits(&bits, 0xa3, 8); /* length 258: code 11000101 */
                put_bits(&bits, 0, 5);    /* from one byte back */
        }
        put_bits(&bits, 0, 7 + 7); /* the end of the block, and of the byte */
}
