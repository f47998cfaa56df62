/*
 * trace.h: what is reachable, found with memory outside the heap.
 */
#ifndef RTS_TRACE_H
#define RTS_TRACE_H

#include "heap.h"

/* A stack of words that grows; zero is an empty one. */
struct stack {
    word *words;
    size_t count, room;
};

/* False where there is no memory. */
bool stack_push(struct stack *stack, word w);
void stack_free(struct stack *stack);

/* The headers of all objects reachable from the root, as a bitmap of the heap's words below
 * limit; NULL where there is no memory. For free(). */
uint64_t *trace(const rts_heap *heap, word limit);

#endif
