/*
 * heap.h: the heap and the layout of its objects, for the library's own modules.
 *
 * An object is a header word and its payload, at least one word, so that a moved object has room
 * for the index of its copy. The header holds, from the lowest bit:
 *
 *     4 bits  kind
 *     3 bits  slack: unused bytes at the payload's end
 *     1 bit   negative (integers)
 *     rest    payload in words
 *
 * The payload of arrays, tables and concatenations is *fields*, each a value; that of the others
 * is bytes. Fields are read and written through field_get and field_set alone: in the incremental
 * variants a field may still name the old place of a moved object, and marking has to hear of
 * values that are overwritten.
 */
#ifndef RTS_HEAP_H
#define RTS_HEAP_H

#include "word.h"

struct gc; /* the collector's own books; the linked collector defines it */

struct rts_heap {
    word *memory;
    word capacity; /* in words */
    word root;
    struct gc *gc;
    void *scratch;
    size_t scratch_size;
    rts_trap_handler *on_trap;
    void *trap_context;
    rts_stats stats;
};

enum object_kind {
    OBJECT_MOVED = 1, /* payload word 0 is the copy's index */
    OBJECT_ARRAY,
    OBJECT_TABLE,  /* the number of keys; an array of slots, see table.c */
    OBJECT_CONCAT, /* two texts; size in bytes; length in scalar values, see text.c */
    OBJECT_BLOB,
    OBJECT_TEXT, /* valid UTF-8 */
    OBJECT_INT,  /* limbs of 32 bits, lowest first; never one that fits a small integer */
    OBJECT_KINDS,
};

enum { CONCAT_LEFT, CONCAT_RIGHT, CONCAT_SIZE, CONCAT_LENGTH, CONCAT_FIELDS };
enum { TABLE_COUNT, TABLE_SLOTS, TABLE_FIELDS };

#define PAYLOAD_MAX (WORD_MAX >> 8)

static inline word header_of(enum object_kind kind, word payload, size_t slack, bool negative)
{
    return (word)kind | (word)slack << 4 | (word)negative << 7 | payload << 8;
}

static inline word header_payload(word header) { return header >> 8; }
static inline size_t header_slack(word header) { return header >> 4 & 7; }

static inline enum object_kind object_kind(const rts_heap *heap, word index)
{
    return (enum object_kind)(heap->memory[index] & 15);
}

static inline word object_payload(const rts_heap *heap, word index)
{
    return header_payload(heap->memory[index]);
}

static inline bool object_negative(const rts_heap *heap, word index)
{
    return heap->memory[index] >> 7 & 1;
}

/* The payload's size in bytes. */
static inline size_t object_bytes(const rts_heap *heap, word index)
{
    return object_payload(heap, index) * sizeof(word) - header_slack(heap->memory[index]);
}

/* Header included. */
static inline word words_for(word payload) { return payload == 0 ? 2 : payload + 1; }

static inline word object_words(const rts_heap *heap, word index)
{
    return words_for(object_payload(heap, index));
}

static inline bool kind_has_fields(enum object_kind kind)
{
    return kind == OBJECT_ARRAY || kind == OBJECT_TABLE || kind == OBJECT_CONCAT;
}

/* The number of fields; none for an object of bytes. */
static inline word object_fields(const rts_heap *heap, word index)
{
    return kind_has_fields(object_kind(heap, index)) ? object_payload(heap, index) : 0;
}

/* The value with a reference to a moved object's old place replaced by its copy. */
static inline word current(const rts_heap *heap, word value)
{
#if RTS_INCREMENTAL
    if (is_reference(value) && object_kind(heap, index_of(value)) == OBJECT_MOVED) {
        return reference_to(heap->memory[index_of(value) + 1]);
    }
#else
    (void)heap;
#endif
    return value;
}

static inline word field_get(const rts_heap *heap, word index, word field)
{
    return current(heap, heap->memory[index + 1 + field]);
}

void field_set(rts_heap *heap, word index, word field, word value);

_Noreturn void heap_trap(const rts_heap *heap, rts_trap trap, const char *message);

/* The index of value's object, which must be of that kind; message says whose argument it is. */
word expect(const rts_heap *heap, rts_value value, enum object_kind kind, const char *message);

/* A new object of which the caller writes every payload byte. Traps where there is no room. */
word object_new(rts_heap *heap, enum object_kind kind, size_t payload, size_t slack, bool negative);

/* A new object of bytes, copied from there. */
word object_from_bytes(rts_heap *heap, enum object_kind kind, const void *bytes, size_t size,
                       bool negative);

/* The payload's first byte; stays put until the next safepoint. */
static inline unsigned char *object_data(const rts_heap *heap, word index)
{
    return (unsigned char *)&heap->memory[index + 1];
}

/* At least size bytes for one module's use until the next call, old contents kept. Traps. */
void *heap_scratch(rts_heap *heap, size_t size);

/* Debug builds stop at a broken promise of the library to itself. */
#ifdef RTS_DEBUG
#define RTS_ASSERT(condition) \
    ((condition) ? (void)0 : rts_assertion(#condition, __FILE__, __LINE__))
#else
#define RTS_ASSERT(condition) ((void)0)
#endif
_Noreturn void rts_assertion(const char *condition, const char *file, int line);

#endif
