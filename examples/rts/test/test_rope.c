/* Long texts built from parts: deep to the left, deep to the right, at random, and shared. */
#include <string.h>

#include "test.h"

#define PARTS 400
#define ROOM (PARTS * 16)

static void grow(rts_heap *heap, int way)
{
    char model[ROOM + 1] = "", part[16];
    rts_set_root(heap, make_text(heap, ""));
    for (int i = 0; i < PARTS; i++) {
        size_t size = 1 + test_below(sizeof part - 1);
        memset(part, 'a' + i % 26, size);
        bool append = way == 0 || (way == 2 && test_below(2) == 0);
        rts_value text = rts_text(heap, part, size), all = rts_root(heap);
        size_t before = strlen(model);
        memmove(model + (append ? 0 : size), model, before + 1);
        memcpy(model + (append ? before : 0), part, size);
        model[before + size] = '\0';
        rts_set_root(heap,
                     append ? rts_text_concat(heap, all, text) : rts_text_concat(heap, text, all));
        if (test_below(100) == 0) {
            CHECK(text_is(heap, rts_root(heap), model));
        }
        rts_safepoint(heap);
    }
    char back[ROOM];
    CHECK_INT(rts_text_size(heap, rts_root(heap)), strlen(model));
    CHECK_INT(rts_text_length(heap, rts_root(heap)), strlen(model));
    rts_text_read(heap, rts_root(heap), back);
    CHECK(memcmp(back, model, strlen(model)) == 0);
    test_sound(heap);
}

/* Fifteen doublings: a megabyte in fifteen small objects, until its bytes are wanted. */
static void doubled(rts_heap *heap)
{
    rts_value text = make_text(heap, "\xe2\x82\xac"
                                     "0123456789abcdefghijklmnopqr.");
    size_t size = rts_text_size(heap, text), length = rts_text_length(heap, text);
    uint64_t before = rts_heap_stats(heap).allocated_bytes;
    for (int i = 0; i < 15; i++) {
        text = rts_text_concat(heap, text, text);
    }
    CHECK(rts_heap_stats(heap).allocated_bytes - before < 2 * KIB);
    CHECK_INT(rts_text_size(heap, text), size << 15);
    CHECK_INT(rts_text_length(heap, text), length << 15);
    rts_value end = rts_text_slice(heap, text, (length << 15) - 2, length << 15);
    CHECK(text_is(heap, end, "r."));
}

void test_rope(uint64_t seed)
{
    rts_heap *heap = test_heap(4 * MIB);
    grow(heap, (int)(seed % 3));
    if (seed % 10 == 1) {
        doubled(heap);
    }
    rts_heap_free(heap);
}
