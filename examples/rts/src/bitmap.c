#include "bitmap.h"

#include <stdlib.h>

uint64_t *bitmap_new(size_t count) { return calloc(BITMAP_BLOCKS(count) + 1, sizeof(uint64_t)); }

static uint64_t bits_below(size_t i) { return (UINT64_C(1) << i % 64) - 1; }

bool bitmap_set_range(uint64_t *bitmap, size_t from, size_t to)
{
    bool fresh = true;
    while (from < to) {
        size_t block = from / 64, end = (block + 1) * 64;
        uint64_t mask = ~bits_below(from);
        if (to < end) {
            mask &= bits_below(to);
            end = to;
        }
        fresh = fresh && (bitmap[block] & mask) == 0;
        bitmap[block] |= mask;
        from = end;
    }
    return fresh;
}

static size_t lowest_bit(uint64_t block)
{
    size_t i = 0;
    for (unsigned step = 32; step > 0; step /= 2) {
        if ((block & ((UINT64_C(1) << step) - 1)) == 0) {
            block >>= step;
            i += step;
        }
    }
    return i;
}

size_t bitmap_next(const uint64_t *bitmap, size_t from, size_t limit)
{
    if (from >= limit) {
        return limit;
    }
    size_t block = from / 64;
    uint64_t left = bitmap[block] & ~bits_below(from);
    while (left == 0) {
        block++;
        if (block * 64 >= limit) {
            return limit;
        }
        left = bitmap[block];
    }
    size_t found = block * 64 + lowest_bit(left);
    return found < limit ? found : limit;
}

static size_t count_bits(uint64_t block)
{
    block -= block >> 1 & UINT64_C(0x5555555555555555);
    block = (block & UINT64_C(0x3333333333333333)) + (block >> 2 & UINT64_C(0x3333333333333333));
    block = (block + (block >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)(block * UINT64_C(0x0101010101010101) >> 56);
}

size_t *bitmap_ranks(const uint64_t *bitmap, size_t count)
{
    size_t blocks = BITMAP_BLOCKS(count);
    size_t *ranks = malloc((blocks + 1) * sizeof *ranks);
    if (ranks == NULL) {
        return NULL;
    }
    size_t sum = 0;
    for (size_t block = 0; block < blocks; block++) {
        ranks[block] = sum;
        sum += count_bits(bitmap[block]);
    }
    ranks[blocks] = sum;
    return ranks;
}

size_t bitmap_rank(const uint64_t *bitmap, const size_t *ranks, size_t i)
{
    return ranks[i / 64] + count_bits(bitmap[i / 64] & bits_below(i));
}
