/*
 * Images that are damaged: none may crash the loader, or give a heap that is not sound. The
 * checksum finds every single changed bit; then, with a checksum made to fit, what remains.
 */
#include <stdlib.h>
#include <string.h>

#include "crc32.h"

#include "test.h"

#define CAPACITY (512 * KIB)

static rts_image make_image(void)
{
    rts_image image;
    rts_heap *heap = test_heap(CAPACITY);
    rts_value all = rts_array(heap, 6, RTS_NULL), table = rts_table(heap);
    rts_set_root(heap, all);
    rts_array_set(heap, all, 0, table);
    for (int64_t i = 0; i < 10; i++) {
        rts_table_put(heap, table, rts_int(heap, i), rts_int_pow(heap, rts_int(heap, i + 9), 30));
        rts_table_put(heap, table, rts_int_to_text(heap, rts_int(heap, -i)), all);
    }
    rts_value part = make_text(heap, "thirty-two bytes, and a few more: \xe2\x82\xac");
    rts_array_set(heap, all, 1, rts_text_concat(heap, part, rts_text_concat(heap, part, part)));
    rts_array_set(heap, all, 2, rts_array(heap, 300, part));
    CHECK(rts_save(heap, &image));
    rts_heap_free(heap);
    return image;
}

static void fix_checksum(unsigned char *bytes, size_t size)
{
    size_t at = rts_this_variant()->heap_image ? 8 : 4;
    uint32_t crc = crc32_of(bytes + at + 4, size - at - 4);
    for (size_t i = 0; i < 4; i++) {
        bytes[at + i] = (unsigned char)(crc >> 8 * i);
    }
}

static void refused(const unsigned char *bytes, size_t size)
{
    const char *problem = NULL;
    CHECK(rts_load(bytes, size, CAPACITY, &problem) == NULL);
    CHECK(problem != NULL);
}

/* Either refused, or as good as any heap: it can be collected, read and saved. */
static void survived(const unsigned char *bytes, size_t size)
{
    const char *problem = NULL;
    rts_heap *heap = rts_load(bytes, size, CAPACITY, &problem);
    CHECK((heap == NULL) == (problem != NULL));
    if (heap != NULL) {
        test_sound(heap);
        rts_collect(heap);
        test_sound(heap);
        rts_heap_free(heap);
    }
}

void test_image(uint64_t seed)
{
    (void)seed;
    rts_image image = make_image();
    const char *problem;
    rts_heap_free(test_load(image.bytes, image.size, CAPACITY));
    CHECK(rts_load(image.bytes, image.size, 1 * KIB, &problem) == NULL);

    unsigned char *bytes = malloc(image.size + 1);
    CHECK(bytes != NULL);
    for (int i = 0; i < 25; i++) {
        /* An allocation of the exact size, so that a tool sees a read beyond it. */
        size_t size = test_below(image.size);
        unsigned char *cut = malloc(size + (size == 0));
        CHECK(cut != NULL);
        memcpy(cut, image.bytes, size);
        refused(cut, size);
        if (size > 24) {
            fix_checksum(cut, size);
            refused(cut, size);
        }
        free(cut);

        memcpy(bytes, image.bytes, image.size);
        bytes[test_below(image.size)] ^= (unsigned char)(1 << test_below(8));
        refused(bytes, image.size);
    }
    for (int i = 0; i < 60; i++) {
        memcpy(bytes, image.bytes, image.size);
        for (size_t changes = 1 + test_below(4); changes > 0; changes--) {
            bytes[8 + test_below(image.size - 8)] = (unsigned char)test_random();
        }
        fix_checksum(bytes, image.size);
        survived(bytes, image.size);
    }
    bytes[image.size] = 0;
    memcpy(bytes, image.bytes, image.size);
    fix_checksum(bytes, image.size + 1);
    refused(bytes, image.size + 1);
    free(bytes);
    rts_image_free(&image);
}
