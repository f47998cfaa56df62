/*
 * The promise that tells the variants apart: how much one safepoint may do. The incremental ones
 * stay far below the heap's size; the other looks at everything that is alive.
 */
#include "test.h"

#define SLOTS 2000
#define NODE_WORDS 20

static void replace(rts_heap *heap, size_t slot)
{
    rts_array_set(heap, rts_root(heap), slot,
                  rts_array(heap, NODE_WORDS, rts_int(heap, (int64_t)slot)));
}

void test_pause(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(4 * MIB);
    rts_set_root(heap, rts_array(heap, SLOTS, RTS_NULL));
    for (size_t slot = 0; slot < SLOTS; slot++) {
        replace(heap, slot);
        rts_safepoint(heap);
    }
    size_t live_words = SLOTS * (NODE_WORDS + 1);
    rts_stats before = rts_heap_stats(heap);
    size_t most = 0;
    for (int round = 0; round < 8000; round++) {
        replace(heap, test_below(SLOTS));
        rts_safepoint(heap);
        size_t used = rts_heap_stats(heap).used_bytes;
        most = used > most ? used : most;
    }
    rts_stats after = rts_heap_stats(heap);
    CHECK(after.collections > before.collections);
    /* Garbage does not pile up, though no collection was ever asked for. */
    CHECK(most < 5 * live_words * (rts_this_variant()->word_bits / 8));
    if (rts_this_variant()->incremental) {
        CHECK(after.longest_step < live_words / 4);
    } else {
        CHECK(after.longest_step >= live_words);
    }
    rts_heap_free(heap);
}
