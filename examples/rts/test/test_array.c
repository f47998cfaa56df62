/* Arrays against plain ones, across collections. */
#include "test.h"

#define LENGTH 50

void test_array(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(512 * KIB);
    int64_t model[LENGTH];
    rts_set_root(heap, rts_array(heap, LENGTH, rts_int(heap, 7)));
    for (size_t i = 0; i < LENGTH; i++) {
        model[i] = 7;
    }
    for (int round = 0; round < 400; round++) {
        size_t at = test_below(LENGTH);
        /* From small integers to ones that need an object in every variant. */
        model[at] = (int64_t)test_random() >> test_below(64);
        rts_array_set(heap, rts_root(heap), at, rts_int(heap, model[at]));
        rts_array(heap, test_below(40), RTS_NULL);
        rts_safepoint(heap);
        if (round % 40 == 0) {
            rts_collect(heap);
        }
        at = test_below(LENGTH);
        CHECK_INT(get_int(heap, rts_array_get(heap, rts_root(heap), at)), model[at]);
    }
    for (size_t i = 0; i < LENGTH; i++) {
        CHECK_INT(get_int(heap, rts_array_get(heap, rts_root(heap), i)), model[i]);
    }
    CHECK_INT(rts_array_length(heap, rts_root(heap)), LENGTH);
    CHECK_TRAPS(RTS_TRAP_OUT_OF_RANGE, rts_array_get(heap, rts_root(heap), LENGTH));
    CHECK_TRAPS(RTS_TRAP_OUT_OF_RANGE, rts_array_set(heap, rts_root(heap), SIZE_MAX, RTS_NULL));
    rts_heap_free(heap);
}
