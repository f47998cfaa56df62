/*
 * Images that are known byte for byte: what was saved last year must load next year. A change
 * here is a change of format, and needs a new magic.
 */
#include <string.h>

#include "test.h"

/* ["Hi", -3, [null], 2^64] */
/* clang-format off */
static const unsigned char stream[] = {
    'R',  'T',  'S',  '1',  0x1c, 0x0c, 0x4c, 0xc7, /* checksum */
    0x04, 0x03,                                     /* four objects, the root is the first */
    0x02, 0x04, 0x05, 0x0a, 0x07, 0x09,             /* array: object 2, -3, objects 3 and 4 */
    0x06, 0x02, 'H',  'i',                          /* text */
    0x02, 0x01, 0x01,                               /* array: null */
    0x07, 0x0c, 0,    0,    0,    0,    0,    0,    0,    0,    1,    0,    0,    0, /* integer */
};
/* clang-format on */

static rts_heap *build(void)
{
    rts_heap *heap = test_heap(64 * KIB);
    rts_value all = rts_array(heap, 4, RTS_NULL);
    rts_array_set(heap, all, 0, make_text(heap, "Hi"));
    rts_array_set(heap, all, 1, rts_int(heap, -3));
    rts_array_set(heap, all, 2, rts_array(heap, 1, RTS_NULL));
    rts_array_set(heap, all, 3, rts_int_shift_left(heap, rts_int(heap, 1), 64));
    rts_set_root(heap, all);
    return heap;
}

static void check(rts_heap *heap)
{
    rts_value all = rts_root(heap);
    CHECK_INT(rts_array_length(heap, all), 4);
    CHECK(text_is(heap, rts_array_get(heap, all, 0), "Hi"));
    CHECK_INT(get_int(heap, rts_array_get(heap, all, 1)), -3);
    CHECK(rts_is_null(rts_array_get(heap, rts_array_get(heap, all, 2), 0)));
    rts_value power = rts_array_get(heap, all, 3);
    CHECK(text_is(heap, rts_int_to_text(heap, power), "18446744073709551616"));
}

static void check_stream(const rts_image *image)
{
    CHECK_INT(image->size, sizeof stream);
    CHECK(memcmp(image->bytes, stream, sizeof stream) == 0);
    rts_heap *heap = test_load(stream, sizeof stream, 64 * KIB);
    check(heap);
    rts_heap_free(heap);
}

/* The last bytes are the four objects, where the collection before saving has put them: from word
 * 4096 on, the second partition. */
static void check_heap_image(const rts_image *image)
{
    /* clang-format off */
    static const uint64_t objects[] = {
        4 << 8 | 2,          4102 << 1 | 1, (uint64_t)-6, 4104 << 1 | 1, 4106 << 1 | 1, /* array */
        1 << 8 | 6 << 4 | 6, 'H' | 'i' << 8,                                            /* text */
        1 << 8 | 2,          1,                                                         /* array */
        2 << 8 | 4 << 4 | 7, 0,             1,                                          /* integer */
    };
    /* clang-format on */
    CHECK(memcmp(image->bytes, "RTSHEAP1", 8) == 0);
    CHECK(image->size > sizeof objects);
    CHECK(memcmp(image->bytes + image->size - sizeof objects, objects, sizeof objects) == 0);
}

void test_golden(uint64_t seed)
{
    (void)seed;
    rts_image image;
    rts_heap *heap = build();
    CHECK(rts_save(heap, &image));
    (rts_this_variant()->heap_image ? check_heap_image : check_stream)(&image);
    check(heap);
    rts_heap_free(heap);
    rts_image_free(&image);
}
