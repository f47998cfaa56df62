/* Equality and hashes of contents: equal keys hash alike, however they were made. */
#include "test.h"

enum { KEYS = 60 };

static rts_value random_key(rts_heap *heap, uint64_t number)
{
    char text[24];
    size_t size = number % 24;
    for (size_t i = 0; i < size; i++) {
        text[i] = (char)('a' + number % 7);
    }
    switch (number % 4) {
    case 0:
        return rts_int(heap, (int64_t)(number * number) - 800);
    case 1:
        return rts_int_shift_left(heap, rts_int(heap, (int64_t)number - 30), 70);
    case 2:
        return rts_blob(heap, text, size);
    default:
        /* In one piece, or joined from two. */
        if (test_below(2) == 0) {
            size_t cut = test_below(size + 1);
            return rts_text_concat(heap, rts_text(heap, text, cut),
                                   rts_text(heap, text + cut, size - cut));
        }
        return rts_text(heap, text, size);
    }
}

void test_key(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(1 * MIB);
    size_t alike = 0;
    for (uint64_t i = 0; i < KEYS; i++) {
        for (uint64_t j = 0; j < KEYS; j++) {
            rts_value a = random_key(heap, i), b = random_key(heap, j);
            CHECK(rts_equal(heap, a, b) == (i == j));
            bool same_hash = rts_hash(heap, a) == rts_hash(heap, b);
            CHECK(same_hash || i != j);
            alike += same_hash && i != j;
        }
    }
    CHECK_INT(alike, 0);
    rts_value x = make_text(heap, "a text that is longer than"),
              y = make_text(heap, " thirty-two bytes");
    rts_value whole = make_text(heap, "a text that is longer than thirty-two bytes");
    CHECK(rts_equal(heap, rts_text_concat(heap, x, y), whole));
    CHECK(rts_hash(heap, rts_text_concat(heap, x, y)) == rts_hash(heap, whole));
    CHECK(!rts_equal(heap, make_text(heap, "ab"), rts_blob(heap, "ab", 2)));
    CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_hash(heap, RTS_NULL));
    CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_equal(heap, x, rts_array(heap, 1, x)));
    rts_heap_free(heap);
}
