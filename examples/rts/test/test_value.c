/* Values: kinds, identity, the root, and the trap for a value of the wrong kind. */
#include "test.h"

void test_value(uint64_t seed)
{
    rts_heap *heap = test_heap(256 * KIB);
    CHECK(rts_is_null(rts_root(heap)));
    CHECK_INT(rts_kind_of(heap, RTS_NULL), RTS_KIND_NULL);

    struct {
        rts_kind kind;
        rts_value value;
    } all[] = {
        {RTS_KIND_INT, rts_int(heap, (int64_t)seed)},
        {RTS_KIND_INT, rts_int(heap, INT64_MIN)},
        {RTS_KIND_ARRAY, rts_array(heap, 0, RTS_NULL)},
        {RTS_KIND_BLOB, rts_blob(heap, NULL, 0)},
        {RTS_KIND_TEXT, make_text(heap, "")},
        {RTS_KIND_TEXT, rts_text_concat(heap, make_text(heap, "a text that is not short"),
                                        make_text(heap, "another one, so they are joined"))},
        {RTS_KIND_TABLE, rts_table(heap)},
    };
    size_t count = sizeof all / sizeof all[0];
    for (size_t i = 0; i < count; i++) {
        CHECK_INT(rts_kind_of(heap, all[i].value), all[i].kind);
        for (size_t j = 0; j < count; j++) {
            CHECK(rts_same(all[i].value, all[j].value) == (i == j));
        }
        rts_set_root(heap, all[i].value);
        CHECK(rts_same(rts_root(heap), all[i].value));
    }
    for (size_t i = 0; i < count; i++) {
        rts_value v = all[i].value;
        if (all[i].kind != RTS_KIND_ARRAY) {
            CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_array_length(heap, v));
        }
        if (all[i].kind != RTS_KIND_BLOB) {
            CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_blob_size(heap, v));
        }
        if (all[i].kind != RTS_KIND_TEXT) {
            CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_text_size(heap, v));
        }
        if (all[i].kind != RTS_KIND_INT) {
            CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_int_neg(heap, v));
        }
        if (all[i].kind != RTS_KIND_TABLE) {
            CHECK_TRAPS(RTS_TRAP_WRONG_KIND, rts_table_count(heap, v));
        }
    }
    rts_heap_free(heap);
}
