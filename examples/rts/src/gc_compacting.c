/*
 * gc_compacting.c: stops the program, marks, and slides what is alive to the heap's beginning.
 *
 * Objects lie one after another below top. A collection marks every live object's words in a
 * bitmap; an object's new index is then the number of marked words below it, so that neither
 * forwarding words nor a second pass over the fields are needed. Order in memory is kept.
 */
#include "gc.h"

#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "trace.h"

#define COLLECT_AT_LEAST 16384 /* words; a smaller heap is not worth a collection */

struct gc {
    word top;
    word live; /* top after the last collection */
};

bool gc_open(rts_heap *heap)
{
    heap->gc = calloc(1, sizeof *heap->gc);
    return heap->gc != NULL;
}

void gc_close(rts_heap *heap) { free(heap->gc); }

word gc_allocate(rts_heap *heap, word words)
{
    struct gc *gc = heap->gc;
    if (words > heap->capacity - gc->top) {
        return NO_INDEX;
    }
    word index = gc->top;
    gc->top += words;
    return index;
}

void gc_overwrite(rts_heap *heap, word old_value)
{
    (void)heap;
    (void)old_value;
}

bool gc_idle(const rts_heap *heap)
{
    (void)heap;
    return true;
}

word gc_used_words(const rts_heap *heap) { return heap->gc->top; }

word gc_allocated_end(const rts_heap *heap, word index)
{
    return index < heap->gc->top ? heap->gc->top : 0;
}

struct plan {
    uint64_t *live; /* every word of a live object */
    size_t *ranks;
};

static word new_place(const struct plan *plan, word value)
{
    if (!is_reference(value)) {
        return value;
    }
    return reference_to((word)bitmap_rank(plan->live, plan->ranks, index_of(value)));
}

/* Objects move downwards only, so each is written before what still has to be read. */
static void slide(rts_heap *heap, const uint64_t *starts, const struct plan *plan)
{
    word top = heap->gc->top, to = 0;
    for (size_t at = bitmap_next(starts, 0, top); at < top; at = bitmap_next(starts, at + 1, top)) {
        word index = (word)at, words = object_words(heap, index);
        word fields = object_fields(heap, index);
        for (word i = 0; i < fields; i++) {
            heap->memory[index + 1 + i] = new_place(plan, heap->memory[index + 1 + i]);
        }
        memmove(&heap->memory[to], &heap->memory[index], words * sizeof(word));
        to += words;
    }
    heap->root = new_place(plan, heap->root);
#ifdef RTS_DEBUG
    memset(&heap->memory[to], 0xdd, (top - to) * sizeof(word));
#endif
    heap->gc->top = to;
}

uint64_t gc_collect(rts_heap *heap)
{
    word top = heap->gc->top;
    uint64_t *starts = trace(heap, top);
    struct plan plan = {.live = bitmap_new(top)};
    if (starts != NULL && plan.live != NULL) {
        for (size_t at = bitmap_next(starts, 0, top); at < top;
             at = bitmap_next(starts, at + 1, top)) {
            bitmap_set_range(plan.live, at, at + object_words(heap, (word)at));
        }
        plan.ranks = bitmap_ranks(plan.live, top);
    }
    bool enough = plan.ranks != NULL;
    if (enough) {
        slide(heap, starts, &plan);
        heap->gc->live = heap->gc->top;
        heap->stats.collections++;
    }
    free(starts);
    free(plan.live);
    free(plan.ranks);
    if (!enough) {
        heap_trap(heap, RTS_TRAP_OUT_OF_MEMORY, "no memory to collect with");
    }
    return heap->gc->live;
}

uint64_t gc_safepoint(rts_heap *heap)
{
    struct gc *gc = heap->gc;
    /* Due when the garbage may be as much as what lived, or the room left is getting short. */
    word fresh = gc->top - gc->live;
    if (fresh >= COLLECT_AT_LEAST &&
        (fresh >= gc->live || fresh >= (heap->capacity - gc->live) / 2)) {
        return gc_collect(heap);
    }
    return 0;
}
