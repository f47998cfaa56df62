/*
 * array.c: arrays of values, and blobs of bytes.
 */
#include <string.h>

#include "heap.h"

static word array_at(rts_heap *heap, rts_value array)
{
    return expect(heap, array, OBJECT_ARRAY, "not an array");
}

rts_value rts_array(rts_heap *heap, size_t length, rts_value fill)
{
    word index = object_new(heap, OBJECT_ARRAY, length, 0, false);
    for (size_t i = 0; i < length; i++) {
        heap->memory[index + 1 + i] = word_of(fill);
    }
    return value_of(reference_to(index));
}

size_t rts_array_length(rts_heap *heap, rts_value array)
{
    return object_payload(heap, array_at(heap, array));
}

static word checked(rts_heap *heap, word array, size_t index)
{
    if (index >= object_payload(heap, array)) {
        heap_trap(heap, RTS_TRAP_OUT_OF_RANGE, "array index out of range");
    }
    return (word)index;
}

rts_value rts_array_get(rts_heap *heap, rts_value array, size_t index)
{
    word at = array_at(heap, array);
    return value_of(field_get(heap, at, checked(heap, at, index)));
}

void rts_array_set(rts_heap *heap, rts_value array, size_t index, rts_value value)
{
    word at = array_at(heap, array);
    field_set(heap, at, checked(heap, at, index), word_of(value));
}

static word blob_at(rts_heap *heap, rts_value blob)
{
    return expect(heap, blob, OBJECT_BLOB, "not a blob");
}

rts_value rts_blob(rts_heap *heap, const void *bytes, size_t size)
{
    return value_of(reference_to(object_from_bytes(heap, OBJECT_BLOB, bytes, size, false)));
}

size_t rts_blob_size(rts_heap *heap, rts_value blob)
{
    return object_bytes(heap, blob_at(heap, blob));
}

void rts_blob_read(rts_heap *heap, rts_value blob, size_t from, void *bytes, size_t size)
{
    word at = blob_at(heap, blob);
    if (from > object_bytes(heap, at) || size > object_bytes(heap, at) - from) {
        heap_trap(heap, RTS_TRAP_OUT_OF_RANGE, "blob range out of range");
    }
    if (size > 0) {
        memcpy(bytes, object_data(heap, at) + from, size);
    }
}

int rts_blob_compare(rts_heap *heap, rts_value a, rts_value b)
{
    word x = blob_at(heap, a), y = blob_at(heap, b);
    size_t n = object_bytes(heap, x), m = object_bytes(heap, y);
    int order = memcmp(object_data(heap, x), object_data(heap, y), n < m ? n : m);
    return order != 0 ? order : (n > m) - (n < m);
}
