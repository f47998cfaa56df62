/*
 * gc_incremental.c: marks, evacuates and updates in steps, each bounded by its share of work.
 *
 * Marking takes a snapshot: what was reachable when it began counts as alive, and what is
 * allocated meanwhile too. A field that is overwritten while marking goes on gives its old value
 * to the marking (gc_overwrite), so nothing of the snapshot can be hidden from it.
 *
 * Then partitions that are at least half garbage are emptied: their objects are copied, and their
 * old headers say where to. Until every field has been updated, readers follow the old header
 * (current in heap.h). Only then are the emptied partitions free again.
 *
 * Gray objects are a set of bits, not a stack: marking needs no memory and cannot overflow.
 */
#include "gc.h"

#include <stdlib.h>
#include <string.h>

#include "partition.h"

#define LARGE_WORDS (PARTITION_WORDS / 2)
#define SLICE_FIELDS ((word)256)  /* of one array, before the budget is looked at again */
#define STEP_WORDS ((word)2048)   /* work of a step in which nothing was allocated */
#define STEP_PER_WORD ((word)4)   /* and more for each word that was */
#define CYCLE_WORDS ((word)16384) /* new words before a collection begins */

static word place_of(word partition, word offset) { return partition * PARTITION_WORDS + offset; }

static word run_length(word words) { return (words + PARTITION_WORDS - 1) / PARTITION_WORDS; }

bool gc_open(rts_heap *heap)
{
    struct gc *gc = calloc(1, sizeof *gc);
    if (gc == NULL) {
        return false;
    }
    gc->count = gc->free = heap->capacity / PARTITION_WORDS;
    gc->table = calloc(gc->count + 1, sizeof *gc->table);
    if (gc->table == NULL) {
        free(gc);
        return false;
    }
    gc->open = gc->target = gc->gray_list = NO_PARTITION;
    gc->scanned = NO_INDEX;
    heap->gc = gc;
    return true;
}

void gc_close(rts_heap *heap)
{
    free(heap->gc->table);
    free(heap->gc);
}

bool gc_idle(const rts_heap *heap) { return heap->gc->phase == PHASE_IDLE; }

word gc_used_words(const rts_heap *heap)
{
    return (heap->gc->count - heap->gc->free) * PARTITION_WORDS;
}

word gc_allocated_end(const rts_heap *heap, word index)
{
    const struct gc *gc = heap->gc;
    word partition = index / PARTITION_WORDS;
    if (partition >= gc->high || gc->table[partition].use == USE_FREE ||
        gc->table[partition].use == USE_LARGE_REST) {
        return 0;
    }
    word end = place_of(partition, gc->table[partition].top);
    return index < end ? end : 0;
}

/* --- Partitions in and out of use ---------------------------------------------------------- */

static void take(struct gc *gc, word partition, enum partition_use use, word top)
{
    gc->table[partition].use = use;
    gc->table[partition].top = top;
    gc->free--;
    if (partition >= gc->high) {
        gc->high = partition + 1;
    }
}

static void take_run(struct gc *gc, word first, word words)
{
    word length = run_length(words);
    take(gc, first, USE_LARGE, words);
    for (word i = 1; i < length; i++) {
        take(gc, first + i, USE_LARGE_REST, 0);
    }
}

/* The first of so many free partitions in a row, or NO_PARTITION. */
static word find_run(const struct gc *gc, word length)
{
    word found = 0;
    for (word p = 0; p < gc->count; p++) {
        found = gc->table[p].use == USE_FREE ? found + 1 : 0;
        if (found == length) {
            return p + 1 - length;
        }
    }
    return NO_PARTITION;
}

bool partition_restore(rts_heap *heap, word partition, enum partition_use use, word top)
{
    struct gc *gc = heap->gc;
    word length = use == USE_LARGE ? run_length(top) : 1;
    bool sized = use == USE_LARGE ? top > LARGE_WORDS : use == USE_SMALL && top <= PARTITION_WORDS;
    if (!sized || partition >= gc->count || length > gc->count - partition) {
        return false;
    }
    for (word i = 0; i < length; i++) {
        if (gc->table[partition + i].use != USE_FREE) {
            return false;
        }
    }
    if (use == USE_LARGE) {
        take_run(gc, partition, top);
    } else {
        take(gc, partition, use, top);
    }
    return true;
}

/* Frees a partition, or a large object's run. */
static word release(rts_heap *heap, word partition)
{
    struct gc *gc = heap->gc;
    word length = gc->table[partition].use == USE_LARGE ? run_length(gc->table[partition].top) : 1;
#ifdef RTS_DEBUG
    memset(&heap->memory[place_of(partition, 0)], 0xdd, length * PARTITION_WORDS * sizeof(word));
#endif
    memset(&gc->table[partition], 0, length * sizeof *gc->table);
    gc->free += length;
    return length;
}

/* --- Allocation ------------------------------------------------------------------------------ */

/* Takes words from the partition *current, or from a new one when that is full. */
static word bump(struct gc *gc, word *into, word words, word keep_free)
{
    if (*into == NO_PARTITION || gc->table[*into].top + words > PARTITION_WORDS) {
        word fresh = gc->free > keep_free ? find_run(gc, 1) : NO_PARTITION;
        if (fresh == NO_PARTITION) {
            return NO_INDEX;
        }
        take(gc, fresh, USE_SMALL, 0);
        *into = fresh;
    }
    word index = place_of(*into, gc->table[*into].top);
    gc->table[*into].top += words;
    return index;
}

static word allocate_large(struct gc *gc, word words)
{
    word length = run_length(words);
    if (length > gc->free - gc->reserved) {
        return NO_INDEX;
    }
    word first = find_run(gc, length);
    if (first == NO_PARTITION) {
        return NO_INDEX;
    }
    take_run(gc, first, words);
    return place_of(first, 0);
}

static void mark_words(struct gc *gc, word index, word words)
{
    struct partition *p = &gc->table[index / PARTITION_WORDS];
    bitmap_set(p->marks, index % PARTITION_WORDS);
    p->live += words;
}

word gc_allocate(rts_heap *heap, word words)
{
    struct gc *gc = heap->gc;
    word index =
        words > LARGE_WORDS ? allocate_large(gc, words) : bump(gc, &gc->open, words, gc->reserved);
    if (index == NO_INDEX) {
        return NO_INDEX;
    }
    gc->allocated_in_cycle += words;
    gc->allocated_in_step += words;
    /* Once updating has begun, new objects hold new places only and need no visit. */
    if (gc->phase == PHASE_MARK || gc->phase == PHASE_SELECT || gc->phase == PHASE_EVACUATE) {
        mark_words(gc, index, words);
    }
    return index;
}

/* --- Marking --------------------------------------------------------------------------------- */

static void make_gray(struct gc *gc, word index)
{
    word number = index / PARTITION_WORDS, offset = index % PARTITION_WORDS;
    struct partition *p = &gc->table[number];
    bitmap_set(p->grays, offset);
    if (p->gray == 0 || offset < p->gray_from) {
        p->gray_from = offset;
    }
    p->gray++;
    if (!p->listed) {
        p->listed = true;
        p->gray_next = gc->gray_list;
        gc->gray_list = number;
    }
}

static void mark_value(rts_heap *heap, word value)
{
    if (!is_reference(value)) {
        return;
    }
    word index = index_of(value);
    struct gc *gc = heap->gc;
    if (bitmap_get(gc->table[index / PARTITION_WORDS].marks, index % PARTITION_WORDS)) {
        return;
    }
    mark_words(gc, index, object_words(heap, index));
    if (object_fields(heap, index) > 0) {
        make_gray(gc, index);
    }
}

void gc_overwrite(rts_heap *heap, word old_value)
{
    if (heap->gc->phase == PHASE_MARK) {
        mark_value(heap, old_value);
    }
}

/* Takes a gray object out of the set, or returns NO_INDEX where none is left. */
static word take_gray(struct gc *gc)
{
    while (gc->gray_list != NO_PARTITION) {
        word number = gc->gray_list;
        struct partition *p = &gc->table[number];
        if (p->gray > 0) {
            word offset = (word)bitmap_next(p->grays, p->gray_from, PARTITION_WORDS);
            bitmap_clear(p->grays, offset);
            p->gray--;
            p->gray_from = offset + 1;
            return place_of(number, offset);
        }
        gc->gray_list = p->gray_next;
        p->listed = false;
    }
    return NO_INDEX;
}

static void enter(struct gc *gc, enum gc_phase phase)
{
    gc->phase = phase;
    gc->partition = gc->offset = gc->field = 0;
}

static word mark_some(rts_heap *heap)
{
    struct gc *gc = heap->gc;
    if (gc->scanned == NO_INDEX) {
        gc->scanned = take_gray(gc);
        gc->field = 0;
        if (gc->scanned == NO_INDEX) {
            enter(gc, PHASE_SELECT);
            gc->open = NO_PARTITION; /* so that it can be chosen like the others */
        }
        return 1;
    }
    word fields = object_fields(heap, gc->scanned);
    word end = fields - gc->field > SLICE_FIELDS ? gc->field + SLICE_FIELDS : fields;
    word work = end - gc->field;
    for (; gc->field < end; gc->field++) {
        mark_value(heap, heap->memory[gc->scanned + 1 + gc->field]);
    }
    if (gc->field == fields) {
        gc->scanned = NO_INDEX;
    }
    return work;
}

/* --- Evacuation ------------------------------------------------------------------------------ */

/* The partitions that copies of so many words may need: an object that no longer fits leaves less
 * than half a partition unused. */
static word copies_need(word words) { return words / (PARTITION_WORDS / 2) + 1; }

static word select_some(rts_heap *heap)
{
    struct gc *gc = heap->gc;
    if (gc->partition == gc->high) {
        enter(gc, PHASE_EVACUATE);
        return 1;
    }
    word number = gc->partition++;
    struct partition *p = &gc->table[number];
    bool settled = p->use == USE_SMALL && number != gc->open;
    if ((p->use == USE_LARGE || settled) && p->live == 0) {
        return release(heap, number);
    }
    if (settled && p->live <= PARTITION_WORDS / 2) {
        word need = copies_need(gc->evacuating + p->live);
        if (need <= gc->free) {
            p->use = USE_LEAVING;
            gc->evacuating += p->live;
            gc->reserved = need;
        }
    }
    return 1;
}

/* Advances to the partition's next marked object; PARTITION_WORDS where there is none. */
static word next_marked(struct gc *gc)
{
    gc->offset = (word)bitmap_next(gc->table[gc->partition].marks, gc->offset, PARTITION_WORDS);
    return gc->offset;
}

static void next_partition(struct gc *gc)
{
    gc->partition++;
    gc->offset = gc->field = 0;
}

static word evacuate_some(rts_heap *heap)
{
    struct gc *gc = heap->gc;
    if (gc->partition == gc->high) {
        gc->reserved = gc->evacuating = 0;
        gc->target = NO_PARTITION;
        enter(gc, PHASE_UPDATE);
        return 1;
    }
    if (gc->table[gc->partition].use != USE_LEAVING || next_marked(gc) == PARTITION_WORDS) {
        next_partition(gc);
        return 1;
    }
    word index = place_of(gc->partition, gc->offset), words = object_words(heap, index);
    word before = gc->free;
    word copy = bump(gc, &gc->target, words, 0);
    if (copy == NO_INDEX) { /* only in a heap loaded with objects that have no business here */
        heap_trap(heap, RTS_TRAP_OUT_OF_MEMORY, "no room to move objects to");
    }
    word taken = before - gc->free;
    gc->reserved -= taken < gc->reserved ? taken : gc->reserved;
    memcpy(&heap->memory[copy], &heap->memory[index], words * sizeof(word));
    mark_words(gc, copy, words);
    heap->memory[index] = header_of(OBJECT_MOVED, words - 1, 0, false);
    heap->memory[index + 1] = copy;
    gc->offset++;
    return words;
}

static void unmark(struct partition *p)
{
    memset(p->marks, 0, sizeof p->marks);
    p->live = 0;
}

static word update_some(rts_heap *heap)
{
    struct gc *gc = heap->gc;
    if (gc->partition == gc->high) {
        heap->root = current(heap, heap->root);
        enter(gc, PHASE_RELEASE);
        return 1;
    }
    struct partition *p = &gc->table[gc->partition];
    if (p->use == USE_LEAVING || next_marked(gc) == PARTITION_WORDS) {
        unmark(p);
        next_partition(gc);
        return 1;
    }
    word index = place_of(gc->partition, gc->offset), fields = object_fields(heap, index);
    word end = fields - gc->field > SLICE_FIELDS ? gc->field + SLICE_FIELDS : fields;
    word work = end - gc->field + 1;
    for (; gc->field < end; gc->field++) {
        heap->memory[index + 1 + gc->field] = field_get(heap, index, gc->field);
    }
    if (gc->field == fields) {
        gc->offset++;
        gc->field = 0;
    }
    return work;
}

static word release_some(rts_heap *heap)
{
    struct gc *gc = heap->gc;
    if (gc->partition == gc->high) {
        enter(gc, PHASE_IDLE);
        gc->allocated_in_cycle = 0;
        heap->stats.collections++;
        return 1;
    }
    if (gc->table[gc->partition].use == USE_LEAVING) {
        release(heap, gc->partition);
    }
    gc->partition++;
    return 1;
}

/* --- Steps ----------------------------------------------------------------------------------- */

static void begin(rts_heap *heap)
{
    RTS_ASSERT(heap->gc->phase == PHASE_IDLE && heap->gc->reserved == 0);
    enter(heap->gc, PHASE_MARK);
    mark_value(heap, heap->root);
}

/* Works until the budget, in words, is used up or the collection is finished. What one call of a
 * phase does is less than a partition. */
static uint64_t work_for(rts_heap *heap, uint64_t budget)
{
    uint64_t work = 0;
    while (work < budget && heap->gc->phase != PHASE_IDLE) {
        switch (heap->gc->phase) {
        case PHASE_MARK:
            work += mark_some(heap);
            break;
        case PHASE_SELECT:
            work += select_some(heap);
            break;
        case PHASE_EVACUATE:
            work += evacuate_some(heap);
            break;
        case PHASE_UPDATE:
            work += update_some(heap);
            break;
        case PHASE_RELEASE:
            work += release_some(heap);
            break;
        case PHASE_IDLE:
            break;
        }
    }
    return work;
}

uint64_t gc_safepoint(rts_heap *heap)
{
    struct gc *gc = heap->gc;
    if (gc->phase == PHASE_IDLE) {
        word used = gc_used_words(heap);
        /* Due when a third of what is in use is new, or the room left is getting short. */
        if (gc->allocated_in_cycle < CYCLE_WORDS ||
            (gc->allocated_in_cycle < used / 3 && gc->free > gc->count / 4)) {
            return 0;
        }
        gc->allocated_in_step = 0;
        begin(heap);
    }
    uint64_t budget = STEP_WORDS + (uint64_t)STEP_PER_WORD * gc->allocated_in_step;
    gc->allocated_in_step = 0;
    return work_for(heap, budget);
}

/* A collection under way spares what died since it began, so finish it and do another. */
uint64_t gc_collect(rts_heap *heap)
{
    uint64_t work = work_for(heap, UINT64_MAX);
    begin(heap);
    return work + work_for(heap, UINT64_MAX);
}
