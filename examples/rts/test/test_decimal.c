/* Integers to text and back. */
#include <stdio.h>
#include <string.h>

#include "test.h"

static const char *const not_numbers[] = {"", "-", "+1", "1 ", " 1", "1-", "0x1", "1e3", "--1"};

static void round_trip(rts_heap *heap, const char *digits)
{
    rts_value n = rts_int_from_text(heap, make_text(heap, digits));
    CHECK(!rts_is_null(n));
    CHECK(text_is(heap, rts_int_to_text(heap, n), digits));
}

void test_decimal(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(512 * KIB);
    char digits[302];
    for (int i = 0; i < 40; i++) {
        int64_t n = (int64_t)test_random() >> test_below(64);
        snprintf(digits, sizeof digits, "%lld", (long long)n);
        CHECK(text_is(heap, rts_int_to_text(heap, rts_int(heap, n)), digits));
        CHECK_INT(get_int(heap, rts_int_from_text(heap, make_text(heap, digits))), n);
    }
    for (size_t size = 1; size < 300; size += 1 + test_below(20)) {
        size_t at = 0;
        if (test_below(2) == 0) {
            digits[at++] = '-';
        }
        digits[at++] = (char)('1' + test_below(9));
        while (at < size) {
            digits[at++] = (char)('0' + (test_below(3) == 0 ? 0 : test_below(10)));
        }
        digits[at] = '\0';
        round_trip(heap, digits);
    }
    CHECK_INT(get_int(heap, rts_int_from_text(heap, make_text(heap, "-000"))), 0);
    CHECK_INT(get_int(heap, rts_int_from_text(heap, make_text(heap, "0000000000000000000042"))),
              42);
    for (size_t i = 0; i < sizeof not_numbers / sizeof not_numbers[0]; i++) {
        CHECK(rts_is_null(rts_int_from_text(heap, make_text(heap, not_numbers[i]))));
    }
    test_sound(heap);
    rts_heap_free(heap);
}
