/*
 * bitmap.h: sets of small numbers, one bit each, and how many members precede a number.
 *
 * A bitmap is a plain array of 64-bit blocks. Its *rank* at i is the number of members below i;
 * with a table of the ranks at each block that takes one count of bits. The compacting collector
 * computes new places with it and the stream numbers objects with it.
 */
#ifndef RTS_BITMAP_H
#define RTS_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_BLOCKS(count) (((count) + 63) / 64)

/* All clear, room for count bits; NULL where there is no memory. For free(). */
uint64_t *bitmap_new(size_t count);

static inline bool bitmap_get(const uint64_t *bitmap, size_t i)
{
    return bitmap[i / 64] >> (i % 64) & 1;
}

static inline void bitmap_set(uint64_t *bitmap, size_t i)
{
    bitmap[i / 64] |= UINT64_C(1) << i % 64;
}

static inline void bitmap_clear(uint64_t *bitmap, size_t i)
{
    bitmap[i / 64] &= ~(UINT64_C(1) << i % 64);
}

/* Sets from..to-1. False where one of them was set already; then the rest are set all the same. */
bool bitmap_set_range(uint64_t *bitmap, size_t from, size_t to);

/* The first member in from..limit-1, or limit. */
size_t bitmap_next(const uint64_t *bitmap, size_t from, size_t limit);

/* The members below each block and, last, the members in all; NULL without memory. For free(). */
size_t *bitmap_ranks(const uint64_t *bitmap, size_t count);

size_t bitmap_rank(const uint64_t *bitmap, const size_t *ranks, size_t i);

#endif
