#include "trace.h"

#include <stdlib.h>

#include "bitmap.h"

bool stack_push(struct stack *stack, word w)
{
    if (stack->count == stack->room) {
        size_t room = stack->room == 0 ? 256 : stack->room * 2;
        word *grown = realloc(stack->words, room * sizeof(word));
        if (grown == NULL) {
            return false;
        }
        stack->words = grown;
        stack->room = room;
    }
    stack->words[stack->count++] = w;
    return true;
}

void stack_free(struct stack *stack) { free(stack->words); }

/* Marks value's object, and remembers it where it has fields to follow. */
static bool mark(const rts_heap *heap, word value, uint64_t *starts, struct stack *pending)
{
    if (!is_reference(value) || bitmap_get(starts, index_of(value))) {
        return true;
    }
    bitmap_set(starts, index_of(value));
    return object_fields(heap, index_of(value)) == 0 || stack_push(pending, index_of(value));
}

uint64_t *trace(const rts_heap *heap, word limit)
{
    struct stack pending = {0};
    uint64_t *starts = bitmap_new(limit);
    bool enough = starts != NULL && mark(heap, current(heap, heap->root), starts, &pending);
    while (enough && pending.count > 0) {
        word index = pending.words[--pending.count];
        word fields = object_fields(heap, index);
        for (word i = 0; enough && i < fields; i++) {
            enough = mark(heap, field_get(heap, index, i), starts, &pending);
        }
    }
    stack_free(&pending);
    if (!enough) {
        free(starts);
        return NULL;
    }
    return starts;
}
