/* Everything that a heap can hold, saved and loaded: contents, sharing and cycles. */
#include "test.h"

enum { SMALL, BIG, BLOB, TEXT, TABLE, SELF, SHARED, SAME_SHARED, LARGE, NOTHING, FIELDS };

static rts_value big(rts_heap *heap, int64_t n)
{
    return rts_int_neg(heap, rts_int_pow(heap, rts_int(heap, 3 + n), 200));
}

static rts_value rope(rts_heap *heap)
{
    rts_value part = make_text(heap, "one part of a text, \xe2\x82\xac"
                                     "5, ");
    rts_value twice = rts_text_concat(heap, part, part);
    return rts_text_concat(heap, twice, twice);
}

static void build(rts_heap *heap, int64_t n)
{
    rts_value all = rts_array(heap, FIELDS, RTS_NULL), shared = rts_array(heap, 1, all);
    rts_set_root(heap, all);
    rts_array_set(heap, all, SMALL, rts_int(heap, -n));
    rts_array_set(heap, all, BIG, big(heap, n));
    rts_array_set(heap, all, BLOB, rts_blob(heap, &n, sizeof n - (size_t)(n % 8)));
    rts_array_set(heap, all, TEXT, rope(heap));
    rts_array_set(heap, all, TABLE, rts_table(heap));
    for (int64_t i = 0; i < n; i++) {
        rts_value key = rts_int(heap, i * i);
        rts_table_put(heap, rts_array_get(heap, all, TABLE), key, rts_int_to_text(heap, key));
    }
    rts_array_set(heap, all, SELF, all);
    rts_array_set(heap, all, SHARED, shared);
    rts_array_set(heap, all, SAME_SHARED, shared);
    rts_array_set(heap, all, LARGE, rts_array(heap, 5000, rts_int(heap, n)));
}

static void check(rts_heap *heap, int64_t n)
{
    rts_value all = rts_root(heap);
    CHECK_INT(get_int(heap, rts_array_get(heap, all, SMALL)), -n);
    CHECK(rts_equal(heap, rts_array_get(heap, all, BIG), big(heap, n)));
    CHECK(rts_equal(heap, rts_array_get(heap, all, BLOB),
                    rts_blob(heap, &n, sizeof n - (size_t)(n % 8))));
    CHECK(rts_equal(heap, rts_array_get(heap, all, TEXT), rope(heap)));
    rts_value table = rts_array_get(heap, all, TABLE), found;
    CHECK_INT(rts_table_count(heap, table), n);
    for (int64_t i = 0; i < n; i++) {
        CHECK(rts_table_get(heap, table, rts_int(heap, i * i), &found));
        CHECK(rts_equal(heap, found, rts_int_to_text(heap, rts_int(heap, i * i))));
    }
    CHECK(rts_same(rts_array_get(heap, all, SELF), all));
    rts_value shared = rts_array_get(heap, all, SHARED);
    CHECK(rts_same(shared, rts_array_get(heap, all, SAME_SHARED)));
    CHECK(rts_same(rts_array_get(heap, shared, 0), all));
    rts_value large = rts_array_get(heap, all, LARGE);
    CHECK_INT(rts_array_length(heap, large), 5000);
    CHECK_INT(get_int(heap, rts_array_get(heap, large, 4999)), n);
    CHECK(rts_is_null(rts_array_get(heap, all, NOTHING)));
}

void test_persist(uint64_t seed)
{
    int64_t n = (int64_t)(seed % 50);
    rts_heap *heap = test_heap(2 * MIB);
    build(heap, n);
    check(heap, n);
    /* Into a larger heap, and from there, with everything moved once, into a smaller one. */
    heap = test_reborn(heap, 4 * MIB);
    check(heap, n);
    rts_collect(heap);
    heap = test_reborn(heap, 1 * MIB);
    check(heap, n);
    test_sound(heap);
    rts_heap_free(heap);

    heap = test_reborn(test_heap(64 * KIB), 64 * KIB);
    CHECK(rts_is_null(rts_root(heap)));
    rts_heap_free(heap);
}
