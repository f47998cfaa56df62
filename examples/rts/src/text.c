/*
 * text.c: texts as ropes.
 *
 * A text is an object of UTF-8, or a concatenation of two texts that are not empty. The first
 * time that its bytes are needed in order, a concatenation is flattened: its left part becomes
 * one object with all the bytes, and its right part null.
 */
#include "text.h"

#include <string.h>

#include "utf8.h"

#define CONCAT_FROM 32 /* bytes; below that, a copy is smaller than a concatenation */

static bool is_text(const rts_heap *heap, word w)
{
    if (!is_reference(w)) {
        return false;
    }
    enum object_kind kind = object_kind(heap, index_of(w));
    return kind == OBJECT_TEXT || kind == OBJECT_CONCAT;
}

static word checked(const rts_heap *heap, rts_value text)
{
    if (!is_text(heap, word_of(text))) {
        heap_trap(heap, RTS_TRAP_WRONG_KIND, "not a text");
    }
    return word_of(text);
}

size_t text_size(const rts_heap *heap, word value)
{
    word index = index_of(value);
    if (object_kind(heap, index) == OBJECT_TEXT) {
        return object_bytes(heap, index);
    }
    return (size_t)small_get(field_get(heap, index, CONCAT_SIZE));
}

size_t text_length(const rts_heap *heap, word value)
{
    word index = index_of(value);
    if (object_kind(heap, index) == OBJECT_TEXT) {
        return utf8_length(object_data(heap, index), object_bytes(heap, index));
    }
    return (size_t)small_get(field_get(heap, index, CONCAT_LENGTH));
}

static rts_value text_from(rts_heap *heap, const void *utf8, size_t size)
{
    return value_of(reference_to(object_from_bytes(heap, OBJECT_TEXT, utf8, size, false)));
}

rts_value rts_text(rts_heap *heap, const char *utf8, size_t size)
{
    return utf8_valid((const unsigned char *)utf8, size) ? text_from(heap, utf8, size) : RTS_NULL;
}

size_t rts_text_size(rts_heap *heap, rts_value text)
{
    return text_size(heap, checked(heap, text));
}

size_t rts_text_length(rts_heap *heap, rts_value text)
{
    return text_length(heap, checked(heap, text));
}

/*
 * Copies a text's bytes in front of end. Goes from right to left with the parts still to come on
 * a stack in scratch memory: a text built up by appending has them one at a time.
 */
static void copy_before(rts_heap *heap, word text, unsigned char *end)
{
    size_t pending = 0;
    for (;;) {
        word index = index_of(text);
        if (object_kind(heap, index) == OBJECT_CONCAT) {
            word left = field_get(heap, index, CONCAT_LEFT);
            word right = field_get(heap, index, CONCAT_RIGHT);
            if (right == NULL_WORD) {
                text = left;
                continue;
            }
            word *stack = heap_scratch(heap, (2 * pending + 1) * sizeof(word));
            stack[pending++] = left;
            text = right;
            continue;
        }
        size_t size = object_bytes(heap, index);
        end -= size;
        memcpy(end, object_data(heap, index), size);
        if (pending == 0) {
            return;
        }
        text = ((word *)heap->scratch)[--pending];
    }
}

word text_flat(rts_heap *heap, rts_value text)
{
    word w = checked(heap, text), index = index_of(w);
    if (object_kind(heap, index) == OBJECT_TEXT) {
        return index;
    }
    if (field_get(heap, index, CONCAT_RIGHT) != NULL_WORD) {
        size_t size = text_size(heap, w);
        size_t payload = size / sizeof(word) + (size % sizeof(word) != 0);
        word flat = object_new(heap, OBJECT_TEXT, payload, payload * sizeof(word) - size, false);
        copy_before(heap, w, object_data(heap, flat) + size);
        field_set(heap, index, CONCAT_LEFT, reference_to(flat));
        field_set(heap, index, CONCAT_RIGHT, NULL_WORD);
    }
    return index_of(field_get(heap, index, CONCAT_LEFT));
}

void rts_text_read(rts_heap *heap, rts_value text, char *utf8)
{
    word w = checked(heap, text);
    copy_before(heap, w, (unsigned char *)utf8 + text_size(heap, w));
}

rts_value rts_text_concat(rts_heap *heap, rts_value a, rts_value b)
{
    word left = checked(heap, a), right = checked(heap, b);
    size_t left_size = text_size(heap, left), right_size = text_size(heap, right);
    if (left_size == 0 || right_size == 0) {
        return left_size == 0 ? b : a;
    }
    size_t size = left_size + right_size;
    if (!fits_small((int64_t)size)) {
        heap_trap(heap, RTS_TRAP_OUT_OF_RANGE, "text too long");
    }
    if (size <= CONCAT_FROM) {
        unsigned char bytes[CONCAT_FROM];
        copy_before(heap, left, bytes + left_size);
        copy_before(heap, right, bytes + size);
        return text_from(heap, bytes, size);
    }
    size_t length = text_length(heap, left) + text_length(heap, right);
    word index = object_new(heap, OBJECT_CONCAT, CONCAT_FIELDS, 0, false);
    word *fields = &heap->memory[index + 1];
    fields[CONCAT_LEFT] = left;
    fields[CONCAT_RIGHT] = right;
    fields[CONCAT_SIZE] = small_word((int64_t)size);
    fields[CONCAT_LENGTH] = small_word((int64_t)length);
    return value_of(reference_to(index));
}

rts_value rts_text_slice(rts_heap *heap, rts_value text, size_t from, size_t to)
{
    if (from > to || to > rts_text_length(heap, text)) {
        heap_trap(heap, RTS_TRAP_OUT_OF_RANGE, "text range out of range");
    }
    word flat = text_flat(heap, text);
    const unsigned char *bytes = object_data(heap, flat);
    size_t size = object_bytes(heap, flat), first = utf8_skip(bytes, size, from);
    return text_from(heap, bytes + first, utf8_skip(bytes + first, size - first, to - from));
}

int rts_text_compare(rts_heap *heap, rts_value a, rts_value b)
{
    /* The order of UTF-8 bytes is that of the scalar values. */
    word x = text_flat(heap, a), y = text_flat(heap, b);
    size_t n = object_bytes(heap, x), m = object_bytes(heap, y);
    int order = memcmp(object_data(heap, x), object_data(heap, y), n < m ? n : m);
    return order != 0 ? order : (n > m) - (n < m);
}
