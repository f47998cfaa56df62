#include "gc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const rts_variant *rts_this_variant(void)
{
    static const rts_variant variant = {
        .name = RTS_VARIANT,
        .word_bits = RTS_WORD_BITS,
        .incremental = RTS_INCREMENTAL,
        .heap_image = RTS_HEAP_IMAGE,
    };
    return &variant;
}

_Noreturn void rts_assertion(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}

_Noreturn void heap_trap(const rts_heap *heap, rts_trap trap, const char *message)
{
    if (heap->on_trap != NULL) {
        heap->on_trap(heap->trap_context, trap, message);
    }
    fprintf(stderr, "trap: %s\n", message);
    abort();
}

rts_heap *rts_heap_new(size_t capacity_bytes)
{
    size_t words = capacity_bytes / sizeof(word);
    /* Half of all words are references: see word.h. */
    if (words > WORD_MAX / 2 - 1 || words >= SIZE_MAX / sizeof(word)) {
        return NULL;
    }
    rts_heap *heap = calloc(1, sizeof *heap);
    if (heap == NULL) {
        return NULL;
    }
    heap->capacity = (word)words;
    heap->root = NULL_WORD;
    heap->memory = calloc(words + 1, sizeof(word));
    if (heap->memory == NULL || !gc_open(heap)) {
        free(heap->memory);
        free(heap);
        return NULL;
    }
    return heap;
}

void rts_heap_free(rts_heap *heap)
{
    if (heap == NULL) {
        return;
    }
    gc_close(heap);
    free(heap->scratch);
    free(heap->memory);
    free(heap);
}

void rts_heap_on_trap(rts_heap *heap, rts_trap_handler *handler, void *context)
{
    heap->on_trap = handler;
    heap->trap_context = context;
}

rts_value rts_root(const rts_heap *heap) { return value_of(current(heap, heap->root)); }

/* Marking starts from the root that was, so it need not hear of this one. */
void rts_set_root(rts_heap *heap, rts_value root) { heap->root = word_of(root); }

rts_stats rts_heap_stats(const rts_heap *heap)
{
    rts_stats stats = heap->stats;
    stats.used_bytes = gc_used_words(heap) * sizeof(word);
    return stats;
}

static void count_step(rts_heap *heap, uint64_t work)
{
    if (work > heap->stats.longest_step) {
        heap->stats.longest_step = work;
    }
}

void rts_safepoint(rts_heap *heap) { count_step(heap, gc_safepoint(heap)); }

void rts_collect(rts_heap *heap) { gc_collect(heap); }

rts_kind rts_kind_of(const rts_heap *heap, rts_value value)
{
    word w = word_of(value);
    if (!is_reference(w)) {
        return is_small(w) ? RTS_KIND_INT : RTS_KIND_NULL;
    }
    switch (object_kind(heap, index_of(w))) {
    case OBJECT_ARRAY:
        return RTS_KIND_ARRAY;
    case OBJECT_TABLE:
        return RTS_KIND_TABLE;
    case OBJECT_BLOB:
        return RTS_KIND_BLOB;
    case OBJECT_CONCAT:
    case OBJECT_TEXT:
        return RTS_KIND_TEXT;
    case OBJECT_INT:
        return RTS_KIND_INT;
    case OBJECT_MOVED:
    case OBJECT_KINDS:
        break;
    }
    heap_trap(heap, RTS_TRAP_WRONG_KIND, "a stale value: kept across a safepoint");
}

word expect(const rts_heap *heap, rts_value value, enum object_kind kind, const char *message)
{
    word w = word_of(value);
    if (!is_reference(w) || object_kind(heap, index_of(w)) != kind) {
        heap_trap(heap, RTS_TRAP_WRONG_KIND, message);
    }
    return index_of(w);
}

word object_new(rts_heap *heap, enum object_kind kind, size_t payload, size_t slack, bool negative)
{
    if (payload > PAYLOAD_MAX) {
        heap_trap(heap, RTS_TRAP_OUT_OF_MEMORY, "an object larger than a header can say");
    }
    word words = words_for((word)payload);
    word index = gc_allocate(heap, words);
    if (index == NO_INDEX) {
        heap_trap(heap, RTS_TRAP_OUT_OF_MEMORY, "out of memory");
    }
    heap->stats.allocated_bytes += words * sizeof(word);
    heap->memory[index] = header_of(kind, (word)payload, slack, negative);
    /* The last word may hold slack, and an image must not hold what memory held before. */
    heap->memory[index + words - 1] = 0;
    return index;
}

word object_from_bytes(rts_heap *heap, enum object_kind kind, const void *bytes, size_t size,
                       bool negative)
{
    size_t payload = size / sizeof(word) + (size % sizeof(word) != 0);
    word index = object_new(heap, kind, payload, payload * sizeof(word) - size, negative);
    if (size > 0) {
        memcpy(object_data(heap, index), bytes, size);
    }
    return index;
}

void field_set(rts_heap *heap, word index, word field, word value)
{
    word *place = &heap->memory[index + 1 + field];
    gc_overwrite(heap, *place);
    *place = value;
}

void *heap_scratch(rts_heap *heap, size_t size)
{
    if (size > heap->scratch_size) {
        void *grown = realloc(heap->scratch, size);
        if (grown == NULL) {
            heap_trap(heap, RTS_TRAP_OUT_OF_MEMORY, "no memory for intermediate results");
        }
        heap->scratch = grown;
        heap->scratch_size = size;
    }
    return heap->scratch;
}
