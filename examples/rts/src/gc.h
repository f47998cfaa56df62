/*
 * gc.h: what every collector offers. Each variant links one of gc_compacting.c, gc_incremental.c.
 */
#ifndef RTS_GC_H
#define RTS_GC_H

#include "heap.h"

/* Sets heap->gc for a heap whose memory is zero. False where there is no memory. */
bool gc_open(rts_heap *heap);
void gc_close(rts_heap *heap);

/* The index of that many free words, or NO_INDEX. Never collects. */
word gc_allocate(rts_heap *heap, word words);

/* Told of every field value that is about to be overwritten. */
void gc_overwrite(rts_heap *heap, word old_value);

/* Each returns the words that it looked at or moved. */
uint64_t gc_safepoint(rts_heap *heap);
uint64_t gc_collect(rts_heap *heap);

/* No collection is under way, so that no field names an old place. */
bool gc_idle(const rts_heap *heap);

word gc_used_words(const rts_heap *heap);

/* The end of the allocated words around index, or 0 where nothing is allocated there. */
word gc_allocated_end(const rts_heap *heap, word index);

#endif
