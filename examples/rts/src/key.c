/*
 * key.c: equality and hashes of integers, blobs and texts by their contents.
 */
#include <string.h>

#include "heap.h"
#include "text.h"

/* The object that holds a key's bytes; NO_INDEX for a small integer. */
static word key_bytes(rts_heap *heap, rts_value key)
{
    switch (rts_kind_of(heap, key)) {
    case RTS_KIND_TEXT:
        return text_flat(heap, key);
    case RTS_KIND_BLOB:
        return index_of(word_of(key));
    case RTS_KIND_INT:
        return is_small(word_of(key)) ? NO_INDEX : index_of(word_of(key));
    case RTS_KIND_NULL:
    case RTS_KIND_ARRAY:
    case RTS_KIND_TABLE:
        break;
    }
    heap_trap(heap, RTS_TRAP_WRONG_KIND, "not a key: no integer, blob or text");
}

bool rts_equal(rts_heap *heap, rts_value a, rts_value b)
{
    /* Texts become flat first, so that kind and size stand in the header alone. */
    word x = key_bytes(heap, a), y = key_bytes(heap, b);
    if (x == NO_INDEX || y == NO_INDEX) {
        return rts_same(a, b);
    }
    return heap->memory[x] == heap->memory[y] &&
           memcmp(object_data(heap, x), object_data(heap, y), object_bytes(heap, x)) == 0;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

uint64_t rts_hash(rts_heap *heap, rts_value value)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    word index = key_bytes(heap, value);
    if (index == NO_INDEX) {
        int64_t n = small_get(word_of(value));
        return hash_bytes(hash, &n, sizeof n);
    }
    unsigned char kind =
        (unsigned char)(object_kind(heap, index) + object_negative(heap, index) * 16);
    hash = hash_bytes(hash, &kind, 1);
    return hash_bytes(hash, object_data(heap, index), object_bytes(heap, index));
}
