/* Shifts and powers against products and quotients. */
#include "test.h"

void test_shift(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(1 * MIB);
    rts_value two = rts_int(heap, 2);
    for (int i = 0; i < 40; i++) {
        int64_t n = (int64_t)test_random() >> test_below(64);
        size_t bits = test_below(300);
        rts_value a = rts_int(heap, n), power = rts_int_pow(heap, two, (unsigned)bits);
        rts_value left = rts_int_shift_left(heap, a, bits);
        CHECK(rts_equal(heap, left, rts_int_mul(heap, a, power)));
        CHECK(rts_equal(heap, rts_int_shift_right(heap, left, bits), a));
        size_t fewer = test_below(70);
        rts_value right = rts_int_shift_right(heap, a, fewer);
        CHECK(
            rts_equal(heap, right, rts_int_div(heap, a, rts_int_pow(heap, two, (unsigned)fewer))));
    }
    CHECK_INT(get_int(heap, rts_int_shift_right(heap, rts_int(heap, -1), 1)), 0);
    CHECK_INT(get_int(heap, rts_int_pow(heap, rts_int(heap, -3), 3)), -27);
    CHECK_INT(get_int(heap, rts_int_pow(heap, rts_int(heap, 0), 0)), 1);
    CHECK_TRAPS(RTS_TRAP_OUT_OF_RANGE, rts_int_shift_left(heap, two, SIZE_MAX));
    rts_heap_free(heap);
}
