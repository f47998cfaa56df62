/* Texts: construction, slices, and their order, which is that of the scalar values. */
#include <string.h>

#include "test.h"

static const char *const ordered[] = {
    "",
    "A",
    "AB",
    "B",
    "a",
    "z",
    "\xc3\xa9",
    "\xe2\x82\xac",
    "\xe2\x82\xac"
    "a",
    "\xf0\x9f\x90\xab",
};

static void order(rts_heap *heap)
{
    size_t count = sizeof ordered / sizeof ordered[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int got =
                rts_text_compare(heap, make_text(heap, ordered[i]), make_text(heap, ordered[j]));
            CHECK((got > 0) - (got < 0) == (i > j) - (i < j));
        }
    }
}

static void slices(rts_heap *heap)
{
    rts_value text = make_text(heap, "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x90\xab!");
    CHECK_INT(rts_text_size(heap, text), 16);
    CHECK_INT(rts_text_length(heap, text), 10);
    CHECK(text_is(heap, rts_text_slice(heap, text, 0, 3), "na\xc3\xaf"));
    CHECK(text_is(heap, rts_text_slice(heap, text, 6, 9), "\xe2\x82\xac \xf0\x9f\x90\xab"));
    CHECK(text_is(heap, rts_text_slice(heap, text, 10, 10), ""));
    CHECK_TRAPS(RTS_TRAP_OUT_OF_RANGE, rts_text_slice(heap, text, 0, 11));
    CHECK_TRAPS(RTS_TRAP_OUT_OF_RANGE, rts_text_slice(heap, text, 3, 2));
}

/* Any cut into two, joined again, is the text. */
static void cuts(rts_heap *heap)
{
    char letters[90];
    size_t length = test_below(sizeof letters);
    for (size_t i = 0; i < length; i++) {
        letters[i] = (char)('a' + test_below(26));
    }
    letters[length] = '\0';
    rts_value text = make_text(heap, letters);
    for (size_t cut = 0; cut <= length; cut++) {
        rts_value joined = rts_text_concat(heap, rts_text_slice(heap, text, 0, cut),
                                           rts_text_slice(heap, text, cut, length));
        CHECK(text_is(heap, joined, letters));
        CHECK_INT(rts_text_length(heap, joined), length);
    }
}

void test_text(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(512 * KIB);
    order(heap);
    slices(heap);
    cuts(heap);
    CHECK(rts_is_null(make_text(heap, "\xff")));
    rts_heap_free(heap);
}
