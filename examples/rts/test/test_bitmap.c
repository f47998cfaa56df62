/* Bitmaps against an array of bools. */
#include "bitmap.h"

#include <stdlib.h>

#include "test.h"

#define COUNT 1000

static void agree(const uint64_t *bitmap, const bool *model)
{
    size_t *ranks = bitmap_ranks(bitmap, COUNT);
    CHECK(ranks != NULL);
    size_t rank = 0, next = bitmap_next(bitmap, 0, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        CHECK(bitmap_get(bitmap, i) == model[i]);
        CHECK_INT(bitmap_rank(bitmap, ranks, i), rank);
        CHECK((next == i) == model[i]);
        rank += model[i];
        next = next == i ? bitmap_next(bitmap, i + 1, COUNT) : next;
    }
    CHECK_INT(next, COUNT);
    CHECK_INT(ranks[BITMAP_BLOCKS(COUNT)], rank);
    free(ranks);
}

void test_bitmap(uint64_t seed)
{
    (void)seed;
    uint64_t *bitmap = bitmap_new(COUNT);
    CHECK(bitmap != NULL);
    bool model[COUNT] = {false};
    for (int round = 0; round < 10; round++) {
        size_t from = test_below(COUNT), to = from + test_below(COUNT + 1 - from);
        bool fresh = true;
        for (size_t i = from; i < to; i++) {
            fresh = fresh && !model[i];
            model[i] = true;
        }
        CHECK(bitmap_set_range(bitmap, from, to) == fresh);
        agree(bitmap, model);
        for (int i = 0; i < 300; i++) {
            size_t at = test_below(COUNT);
            model[at] = i % 3 == 0;
            (model[at] ? bitmap_set : bitmap_clear)(bitmap, at);
        }
        agree(bitmap, model);
    }
    CHECK_INT(bitmap_next(bitmap, COUNT, COUNT), COUNT);
    free(bitmap);
}
