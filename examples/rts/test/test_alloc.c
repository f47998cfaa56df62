/* The allocator: what it hands out is separate, counted, and ends with a trap. */
#include "test.h"

#define CAPACITY (256 * KIB)

/* Chains arrays until there is no room; *count is how many there are. */
static void chain_forever(rts_heap *heap, size_t length, volatile size_t *count)
{
    for (;;) {
        rts_value node = rts_array(heap, length, rts_int(heap, (int64_t)*count));
        rts_array_set(heap, node, 0, rts_root(heap));
        rts_set_root(heap, node);
        ++*count;
    }
}

static size_t fill_up(rts_heap *heap, size_t length)
{
    volatile size_t count = 0;
    rts_set_root(heap, RTS_NULL);
    CHECK_TRAPS(RTS_TRAP_OUT_OF_MEMORY, chain_forever(heap, length, &count));
    return count;
}

/* The last one made is found first, and none has been written over. */
static void check_chain(rts_heap *heap, size_t count, size_t length)
{
    rts_value node = rts_root(heap);
    for (size_t i = count; i-- > 0; node = rts_array_get(heap, node, 0)) {
        CHECK_INT(rts_array_length(heap, node), length);
        CHECK_INT(get_int(heap, rts_array_get(heap, node, 1)), i);
        CHECK_INT(get_int(heap, rts_array_get(heap, node, length - 1)), i);
    }
    CHECK(rts_is_null(node));
}

void test_alloc(uint64_t seed)
{
    rts_heap *heap = test_heap(CAPACITY);
    size_t word_bytes = rts_this_variant()->word_bits / 8;
    size_t length = 2 + test_below(seed % 4 == 0 ? 5000 : 60);
    size_t count = fill_up(heap, length);
    rts_stats stats = rts_heap_stats(heap);
    CHECK_INT(stats.allocated_bytes, count * (length + 1) * word_bytes);
    CHECK(stats.used_bytes <= CAPACITY);
    /* Not more than half of the memory may be left over, and none where objects are small. */
    CHECK(stats.allocated_bytes >= CAPACITY / (length > 100 ? 4 : 2));
    check_chain(heap, count, length);
    test_sound(heap);

    /* The trap has spoiled nothing, and everything can be had again. */
    rts_set_root(heap, RTS_NULL);
    rts_collect(heap);
    CHECK_INT(fill_up(heap, length), count);
    check_chain(heap, count, length);
    rts_heap_free(heap);

    heap = test_heap(0);
    CHECK_INT(fill_up(heap, 2), 0);
    rts_heap_free(heap);
    CHECK(rts_heap_new(SIZE_MAX) == NULL);
}
