/* Tables against a plain array, with keys of three kinds, while the heap is collected. */
#include "test.h"

#define KEYS 120
#define ABSENT -1

static rts_value key(rts_heap *heap, size_t number)
{
    char text[4] = {'k', (char)('0' + number / 10 % 10), (char)('0' + number % 10), '\0'};
    return number % 3 == 0   ? rts_int(heap, (int64_t)number)
           : number % 3 == 1 ? make_text(heap, text)
                             : rts_blob(heap, &number, sizeof number);
}

static void agree(rts_heap *heap, const int64_t *model)
{
    rts_value table = rts_root(heap), k, v;
    size_t count = 0, seen = 0, position = 0;
    for (size_t i = 0; i < KEYS; i++) {
        bool found = rts_table_get(heap, table, key(heap, i), &v);
        CHECK(found == (model[i] != ABSENT));
        CHECK(found ? get_int(heap, v) == model[i] : rts_is_null(v));
        count += found;
    }
    CHECK_INT(rts_table_count(heap, table), count);
    for (; rts_table_next(heap, table, &position, &k, &v); seen++) {
        rts_value again;
        CHECK(rts_table_get(heap, table, k, &again) && rts_equal(heap, again, v));
    }
    CHECK_INT(seen, count);
}

void test_table(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(1 * MIB);
    int64_t model[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        model[i] = ABSENT;
    }
    rts_set_root(heap, rts_table(heap));
    for (int round = 0; round < 1200; round++) {
        size_t i = test_below(KEYS);
        /* Mostly growing, then mostly shrinking. */
        if (test_below(10) < (round / 400 % 2 == 0 ? 7u : 2u)) {
            model[i] = (int64_t)test_below(1000);
            rts_table_put(heap, rts_root(heap), key(heap, i), rts_int(heap, model[i]));
        } else {
            CHECK(rts_table_remove(heap, rts_root(heap), key(heap, i)) == (model[i] != ABSENT));
            model[i] = ABSENT;
        }
        rts_safepoint(heap);
        if (round % 300 == 299) {
            agree(heap, model);
            test_sound(heap);
        }
    }
    CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_table_put(heap, rts_root(heap), RTS_NULL, RTS_NULL));
    rts_heap_free(heap);
}
