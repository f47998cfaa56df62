/* Shapes that break collectors: long chains, cycles, wide arrays, and shared objects. */
#include "test.h"

enum { NEXT, NUMBER, NODE };

static rts_value node(rts_heap *heap, rts_value next, int64_t number)
{
    rts_value made = rts_array(heap, NODE, next);
    rts_array_set(heap, made, NUMBER, rts_int(heap, number));
    return made;
}

/* Deeper than any C stack would bear as recursion. */
static void chain(rts_heap *heap, int64_t length)
{
    rts_set_root(heap, RTS_NULL);
    for (int64_t i = 0; i < length; i++) {
        rts_set_root(heap, node(heap, rts_root(heap), i));
        node(heap, RTS_NULL, -i); /* garbage between the links */
        rts_safepoint(heap);
    }
    rts_collect(heap);
    rts_value at = rts_root(heap);
    for (int64_t i = length; i-- > 0; at = rts_array_get(heap, at, NEXT)) {
        CHECK_INT(get_int(heap, rts_array_get(heap, at, NUMBER)), i);
    }
    CHECK(rts_is_null(at));
}

static void ring(rts_heap *heap, int64_t length)
{
    rts_value first = node(heap, RTS_NULL, 0), last = first;
    for (int64_t i = 1; i < length; i++) {
        rts_value next = node(heap, RTS_NULL, i);
        rts_array_set(heap, last, NEXT, next);
        last = next;
    }
    rts_array_set(heap, last, NEXT, first);
    rts_set_root(heap, first);
    rts_collect(heap);
    rts_value at = rts_root(heap);
    for (int64_t i = 0; i < 2 * length; i++, at = rts_array_get(heap, at, NEXT)) {
        CHECK_INT(get_int(heap, rts_array_get(heap, at, NUMBER)), i % length);
    }
    CHECK(rts_same(at, rts_root(heap)));

    /* A ring that nothing holds is garbage all the same. */
    size_t before = rts_heap_stats(heap).used_bytes;
    rts_set_root(heap, RTS_NULL);
    rts_collect(heap);
    CHECK(rts_heap_stats(heap).used_bytes < before);
}

/* A large array whose elements are a few shared objects. */
static void wide(rts_heap *heap, size_t length)
{
    rts_value shared[3];
    for (int64_t i = 0; i < 3; i++) {
        shared[i] = node(heap, RTS_NULL, i);
    }
    rts_value array = rts_array(heap, length, RTS_NULL);
    for (size_t i = 0; i < length; i++) {
        rts_array_set(heap, array, i, shared[i % 3]);
    }
    rts_set_root(heap, array);
    for (int round = 0; round < 20; round++) {
        rts_array(heap, 1000, RTS_NULL);
        rts_safepoint(heap);
    }
    rts_collect(heap);
    array = rts_root(heap);
    for (size_t i = 0; i < length; i++) {
        rts_value element = rts_array_get(heap, array, i);
        CHECK(rts_same(element, rts_array_get(heap, array, i % 3)));
        CHECK_INT(get_int(heap, rts_array_get(heap, element, NUMBER)), i % 3);
    }
}

void test_graph(uint64_t seed)
{
    rts_heap *heap = test_heap(4 * MIB);
    chain(heap, seed % 10 == 1 ? 30000 : 1000);
    ring(heap, 2000 + (int64_t)test_below(4000));
    wide(heap, 1 + test_below(12000));
    test_sound(heap);
    rts_heap_free(heap);
}
