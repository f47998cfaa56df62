/* Blobs of every size around a word, and their order. */
#include <string.h>

#include "test.h"

static int sign(int n) { return (n > 0) - (n < 0); }

void test_blob(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(256 * KIB);
    unsigned char bytes[40], back[40];
    for (size_t size = 0; size <= sizeof bytes; size++) {
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (unsigned char)test_random();
        }
        rts_value blob = rts_blob(heap, bytes, size);
        CHECK_INT(rts_blob_size(heap, blob), size);
        rts_blob_read(heap, blob, 0, back, size);
        CHECK(memcmp(back, bytes, size) == 0);

        size_t from = test_below(size + 1), part = test_below(size - from + 1);
        rts_blob_read(heap, blob, from, back, part);
        CHECK(memcmp(back, bytes + from, part) == 0);
        CHECK_TRAPS(RTS_TRAP_OUT_OF_RANGE, rts_blob_read(heap, blob, from, back, size - from + 1));
        CHECK_TRAPS(RTS_TRAP_OUT_OF_RANGE, rts_blob_read(heap, blob, size + 1, back, 0));

        CHECK_INT(rts_blob_compare(heap, blob, rts_blob(heap, bytes, size)), 0);
        if (size > 0) {
            rts_value prefix = rts_blob(heap, bytes, size - 1);
            CHECK_INT(sign(rts_blob_compare(heap, prefix, blob)), -1);
            bytes[size - 1] ^= 0x80;
            int expected = bytes[size - 1] >= 0x80 ? -1 : 1;
            CHECK_INT(sign(rts_blob_compare(heap, blob, rts_blob(heap, bytes, size))), expected);
        }
    }
    rts_heap_free(heap);
}
