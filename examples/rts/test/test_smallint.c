/* Integers around every border where their form changes. */
#include "test.h"

static const int64_t borders[] = {
    0,
    1,
    -1,
    (int64_t)1 << 30,
    -((int64_t)1 << 30),
    (int64_t)1 << 31,
    -((int64_t)1 << 31),
    (int64_t)1 << 32,
    -((int64_t)1 << 32),
    (int64_t)1 << 62,
    -((int64_t)1 << 62),
};

static int64_t near_border(void)
{
    return borders[test_below(sizeof borders / sizeof borders[0])] + (int64_t)test_below(7) - 3;
}

static int compare(int64_t a, int64_t b) { return (a > b) - (a < b); }

void test_smallint(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(512 * KIB);
    for (int i = 0; i < 300; i++) {
        int64_t a = near_border(), b = near_border() / 2;
        rts_value x = rts_int(heap, a), y = rts_int(heap, b);
        CHECK_INT(get_int(heap, x), a);
        CHECK_INT(rts_int_compare(heap, x, y), compare(a, b));
        CHECK_INT(get_int(heap, rts_int_add(heap, rts_int_sub(heap, x, y), y)), a);
        CHECK_INT(get_int(heap, rts_int_sub(heap, x, y)), a - b);
        CHECK_INT(get_int(heap, rts_int_neg(heap, x)), -a);
        if (b != 0) {
            CHECK_INT(get_int(heap, rts_int_div(heap, x, y)), a / b);
            CHECK_INT(get_int(heap, rts_int_rem(heap, x, y)), a % b);
            CHECK_INT(get_int(heap, rts_int_div(heap, rts_int_mul(heap, x, y), y)), a);
        }
    }
    int64_t n;
    rts_value most = rts_int(heap, INT64_MAX), least = rts_int(heap, INT64_MIN);
    CHECK_INT(get_int(heap, most), INT64_MAX);
    CHECK_INT(get_int(heap, least), INT64_MIN);
    CHECK(!rts_int_get(heap, rts_int_add(heap, most, rts_int(heap, 1)), &n));
    CHECK(!rts_int_get(heap, rts_int_neg(heap, least), &n));
    CHECK_INT(get_int(heap, rts_int_neg(heap, rts_int_neg(heap, least))), INT64_MIN);
    CHECK_TRAPS(RTS_TRAP_DIVISION_BY_ZERO, rts_int_div(heap, most, rts_int(heap, 0)));
    CHECK_TRAPS(RTS_TRAP_DIVISION_BY_ZERO, rts_int_rem(heap, most, rts_int(heap, 0)));
    test_sound(heap);
    rts_heap_free(heap);
}
